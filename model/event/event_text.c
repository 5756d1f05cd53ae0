/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/event/event_text.h"

#include <inttypes.h>
#include <stdbool.h>

void agent_text(enum agent_kind agent, uint8_t pe, char *text, size_t size)
{
    const bool belongs_to_pe = agent == AGENT_PE || agent == AGENT_FETCH || agent == AGENT_WALKER;
    if (belongs_to_pe) {
        (void)snprintf(text, size, "%s%u", agent_kind_text(agent), (unsigned)pe);
    } else {
        (void)snprintf(text, size, "%s", agent_kind_text(agent));
    }
}

static void line_begin(FILE *file, const struct event *event)
{
    char agent[16];
    const enum event_kind kind = (enum event_kind)event->kind;
    agent_text((enum agent_kind)event->agent, event->pe, agent, sizeof(agent));
    (void)fprintf(file, "%" PRIu64 " %" PRIu64 " 0x%" PRIx64 " %s agent=%s", event->sequence, event->position,
                  event->pc, event_kind_text(kind), agent);
    for (uint32_t i = 0; i < EVENT_ARGS; i++) {
        const char *name = event_argument_name(kind, i);
        if (name != NULL) {
            (void)fprintf(file, " %s=0x%" PRIx64, name, event->args[i]);
        }
    }
}

void event_text_write(FILE *file, const struct event *event)
{
    line_begin(file, event);
    (void)fputc('\n', file);
}

void event_writer_init(struct event_writer *writer, FILE *file)
{
    *writer = (struct event_writer){.file = file};
}

/* The next step of the same loop over sets and ways. */
static bool event_continues(const struct event *last, const struct event *event)
{
    return event->kind == EVENT_CPU_DC_SET_WAY && last->kind == event->kind && last->pc == event->pc &&
           last->agent == event->agent && last->pe == event->pe && last->args[0] == event->args[0];
}

void event_writer_finish(struct event_writer *writer)
{
    if (writer->folded > 0) {
        line_begin(writer->file, &writer->first);
        if (writer->folded > 1) {
            (void)fprintf(writer->file, " last_operand=0x%" PRIx64 " count=%" PRIu64, writer->last.args[1],
                          writer->folded);
        }
        (void)fputc('\n', writer->file);
        writer->folded = 0;
    }
}

void event_writer_write(struct event_writer *writer, const struct event *event)
{
    if (writer->folded > 0 && event_continues(&writer->last, event)) {
        writer->last = *event;
        writer->folded++;
        return;
    }
    event_writer_finish(writer);
    if (event->kind == EVENT_CPU_DC_SET_WAY) {
        writer->first = *event;
        writer->last = *event;
        writer->folded = 1;
    } else {
        event_text_write(writer->file, event);
    }
}
