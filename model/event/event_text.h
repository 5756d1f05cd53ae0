/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Events as text, one line each: `sequence position pc kind agent=pe0 name=value ...`, values in hexadecimal.
 * The words come from the table in event.h. Two runs of one scenario give the same bytes.
 *
 * A sweep by set/way is thousands of events of one instruction: the writer folds those that follow each other
 * and differ in their operand alone into one line with the last operand and the count.
 */
#ifndef MODEL_EVENT_EVENT_TEXT_H
#define MODEL_EVENT_EVENT_TEXT_H

#include <stdint.h>
#include <stdio.h>

#include "model/event/event.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Writes one event as one line. */
void event_text_write(FILE *file, const struct event *event);

/* A writer that folds. The caller owns the file; call event_writer_finish() before closing it. */
struct event_writer {
    FILE *file;
    uint64_t folded; /* events in `first`..`last`; 0: nothing is held back */
    struct event first;
    struct event last;
};

void event_writer_init(struct event_writer *writer, FILE *file);
void event_writer_write(struct event_writer *writer, const struct event *event);
void event_writer_finish(struct event_writer *writer);

/* "pe0", "fetch0", "walker0" with the number of the PE; "spmc", "partition", "device". */
void agent_text(enum agent_kind agent, uint8_t pe, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
