/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Text traces for the checker: the format of `ffa-cosim check-trace` (docs in `ffa-cosim check-trace
 * --help`). One event a line, `#` begins a comment:
 *
 *     line 64                      declarations come first
 *     elsewhere
 *     agent ns wb                  KIND: wb | wb-alias | nc | nc-buffered, [pe=N]
 *     ns w 0x8000 8                r, w, r.nc, w.nc: address, size in bytes; within one line
 *     ns civac 0x8000              cvac, ivac, civac, zva: the whole line of the address
 *     ns isw                       isw, csw, cisw, dsb, dmb, smc
 *     ns unmap 0x8000 64           map, unmap: every line that the range touches
 *     end                          optional, last: the lost-write audit
 *
 * The reader knows the text; what events mean is the checker's.
 */
#ifndef COSIM_TRACE_H
#define COSIM_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/checker/checker.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TRACE_NAME_MAX  64 /* bytes of an agent's name, the NUL included */
#define TRACE_ERROR_MAX 256

enum trace_item {
    TRACE_EVENT, /* `event` is the next one */
    TRACE_AUDIT, /* the line `end` */
    TRACE_FINISHED,
    TRACE_MALFORMED, /* `error` says what is wrong, at `line`:`column` */
};

struct trace_reader {
    const char *text; /* need not end with NUL */
    size_t size;
    size_t place;
    size_t line_begin;
    uint64_t line;   /* of the item read last, from 1 */
    uint64_t column; /* of the mistake, in bytes from 1 */
    bool begun;      /* an event has come: declarations are over */
    bool ended;
    bool line_declared;
    struct checker_config config; /* complete once the first event has been read */
    char names[CHECKER_AGENTS_MAX][TRACE_NAME_MAX];
    uint8_t name_sizes[CHECKER_AGENTS_MAX];
    struct checker_event event;
    char error[TRACE_ERROR_MAX];
};

void trace_reader_init(struct trace_reader *reader, const char *text, size_t size);

/* The next item. After TRACE_FINISHED or TRACE_MALFORMED there is none. */
enum trace_item trace_reader_next(struct trace_reader *reader);

#ifdef __cplusplus
}
#endif

#endif
