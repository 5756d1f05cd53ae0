/* SPDX-License-Identifier: BSD-3-Clause */
/* One trace through the checker: every finding in the order of the trace, then the audit if the trace asks
 * for it. */
#ifndef COSIM_TRACE_CHECK_H
#define COSIM_TRACE_CHECK_H

#include "cosim/trace.h"

#ifdef __cplusplus
extern "C" {
#endif

struct trace_check {
    struct trace_reader reader;
    struct checker *checker; /* NULL until the first event */
    bool auditing;
};

enum trace_check_item {
    TRACE_CHECK_FINDING,
    TRACE_CHECK_DONE,
    TRACE_CHECK_MALFORMED,  /* trace->reader.error, at reader.line:reader.column */
    TRACE_CHECK_OVERFLOWED, /* a named limit of the checker or the host's memory */
};

void trace_check_init(struct trace_check *trace, const char *text, size_t size);
void trace_check_release(struct trace_check *trace);

/* The next finding, valid until the next call. */
enum trace_check_item trace_check_next(struct trace_check *trace, const struct checker_finding **finding);

/* Writes `LINE.move.copy.pa` joined by `;`. */
void trace_check_moves(const struct trace_check *trace, const struct checker_finding *finding, char *text,
                       size_t size);

/* "ns", or "end" for the audit. */
const char *trace_check_agent(const struct trace_check *trace, const struct checker_finding *finding);

#ifdef __cplusplus
}
#endif

#endif
