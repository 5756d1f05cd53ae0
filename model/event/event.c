/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/event/event.h"

#include <assert.h>
#include <stddef.h>

struct kind_description {
    const char *text;
    const char *arguments[EVENT_ARGS];
};

static const struct kind_description kinds[EVENT_KIND_COUNT] = {
#define EVENT_KIND_DESCRIPTION(name, text, a, b, c, d) [EVENT_##name] = {text, {a, b, c, d}},
    EVENT_KINDS(EVENT_KIND_DESCRIPTION)
#undef EVENT_KIND_DESCRIPTION
};

void event_log_init(struct event_log *log)
{
    log->appended = 0;
    log->count = 0;
    log->position = 0;
    log->pc = 0;
}

void event_log_append(struct event_log *log, enum event_kind kind, enum agent_kind agent, uint8_t pe,
                      uint64_t arg0, uint64_t arg1, uint64_t arg2, uint64_t arg3)
{
    assert(log->count < EVENT_LOG_CAPACITY);
    assert(kind < EVENT_KIND_COUNT);
    log->events[log->count] = (struct event){
        .sequence = log->appended,
        .position = log->position,
        .pc = log->pc,
        .args = {arg0, arg1, arg2, arg3},
        .kind = (uint16_t)kind,
        .agent = (uint8_t)agent,
        .pe = pe,
    };
    log->count++;
    log->appended++;
}

void event_log_clear(struct event_log *log)
{
    log->count = 0;
}

const char *event_kind_text(enum event_kind kind)
{
    assert(kind < EVENT_KIND_COUNT);
    return kinds[kind].text;
}

const char *event_argument_name(enum event_kind kind, uint32_t index)
{
    assert(kind < EVENT_KIND_COUNT);
    assert(index < EVENT_ARGS);
    return kinds[kind].arguments[index];
}

const char *agent_kind_text(enum agent_kind agent)
{
    static const char *const texts[AGENT_KIND_COUNT] = {
        [AGENT_PE] = "pe",     [AGENT_FETCH] = "fetch",         [AGENT_WALKER] = "walker",
        [AGENT_SPMC] = "spmc", [AGENT_PARTITION] = "partition", [AGENT_DEVICE] = "device",
    };
    assert((unsigned)agent < AGENT_KIND_COUNT);
    return texts[agent];
}
