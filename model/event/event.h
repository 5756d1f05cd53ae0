/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one event stream. Cores append facts in the past tense, numbers only; writers, reports and later the
 * checker read them, in the order of appending. Nothing that depends on the host enters an event.
 *
 * A log is a bounded buffer that its owner drains: the platform reads the events after every step of the
 * machine and empties the log. A core that finds the log full has found a mistake of ours (event_log_append
 * asserts).
 */
#ifndef MODEL_EVENT_EVENT_H
#define MODEL_EVENT_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Who acted. The number of a PE is beside it, where there is one. */
enum agent_kind {
    AGENT_PE,        /* loads, stores and maintenance of an instruction */
    AGENT_FETCH,     /* instruction fetch of a PE */
    AGENT_WALKER,    /* translation table walker of a PE */
    AGENT_SPMC,      /* the secure partition manager core, on the calling PE */
    AGENT_PARTITION, /* a secure partition, on the calling PE */
    AGENT_DEVICE,    /* a device, or a bus master that is no PE */
};
#define AGENT_KIND_COUNT 6

/*
 * Kinds. EVENT_KINDS(X) lists them as X(NAME, "room.text", "name of args[0]", ... [3]); a NULL name means
 * that the argument is unused. The text writer prints from this table, so that adding a kind is one line.
 */
#define EVENT_KINDS(X)                                                                                       \
    X(CPU_EXCEPTION, "cpu.exception", "esr", "far", "elr", "target_el")                                      \
    X(CPU_EXCEPTION_RETURN, "cpu.exception_return", "elr", "spsr", NULL, NULL)                               \
    X(CPU_UNDEFINED, "cpu.undefined", "word", "name", NULL, NULL)                                            \
    X(CPU_UNMODELLED, "cpu.unmodelled", "word", "name", NULL, NULL)                                          \
    X(CPU_SYSREG_WRITE, "cpu.sysreg_write", "encoding", "value", NULL, NULL)                                 \
    X(CPU_DC_VA, "cpu.dc", "op", "va", "pa", "attributes")                                                   \
    X(CPU_DC_SET_WAY, "cpu.dc_set_way", "op", "operand", NULL, NULL)                                         \
    X(CPU_IC, "cpu.ic", "op", "va", "pa", NULL)                                                              \
    X(CPU_TLBI, "cpu.tlbi", "encoding", "operand", NULL, NULL)                                               \
    X(CPU_BARRIER, "cpu.barrier", "op", "option", NULL, NULL)                                                \
    X(CPU_SMC, "cpu.smc", "x0", "x1", "x2", "x3")                                                            \
    X(CPU_SMC_RETURN, "cpu.smc_return", "x0", "x1", "x2", "x3")                                              \
    X(CPU_STOP, "cpu.stop", "reason", "pc", NULL, NULL)                                                      \
    X(CACHE_FILL, "cache.fill", "level", "pa", "from_level", NULL)                                           \
    X(CACHE_WRITEBACK, "cache.writeback", "level", "pa", NULL, NULL)                                         \
    X(CACHE_EVICT, "cache.evict", "level", "pa", NULL, NULL)                                                 \
    X(CACHE_INVALIDATE, "cache.invalidate", "level", "pa", "dirty", NULL)                                    \
    X(GOLDEN_SUSPECT, "golden.suspect", "pa", NULL, NULL, NULL)                                              \
    X(GOLDEN_AGREED, "golden.agreed", "pa", NULL, NULL, NULL)                                                \
    X(GOLDEN_STALE_READ, "golden.stale_read", "pa", "size", "golden", "observed")                            \
    X(GOLDEN_LOST, "golden.lost", "pa", "size", "op", NULL)                                                  \
    X(BUS_READ, "bus.read", "pa", "size", "attributes", NULL)                                                \
    X(BUS_WRITE, "bus.write", "pa", "size", "attributes", NULL)                                              \
    X(BUS_ABORT, "bus.abort", "pa", "size", NULL, NULL)                                                      \
    X(BUS_REFUSED, "bus.refused", "pa", "size", "endpoint", "write")                                         \
    X(SPMC_CALL, "spmc.call", "function_id", "x1", "x2", "x3")                                               \
    X(SPMC_RESULT, "spmc.result", "x0", "x1", "x2", "x3")                                                    \
    X(SPMC_REFUSED, "spmc.refused", "function_id", "status", "check", NULL)                                  \
    X(SPMC_PARTITION_STATE, "spmc.partition_state", "partition", "from", "to", NULL)                         \
    X(SPMC_INTERRUPT, "spmc.interrupt", "partition", "action", "remaining", NULL)                            \
    X(SPMC_NOTIFICATION, "spmc.notification", "sender", "receiver", "bitmap", "vcpu")                        \
    X(SPMC_SCHEDULE_RECEIVER, "spmc.schedule_receiver", "interrupt", "delayed", NULL, NULL)                  \
    X(SPMC_CONSOLE, "spmc.console", "partition", "count", "characters_low", "characters_high")               \
    X(SPMC_POWER, "spmc.power", "function_id", NULL, NULL, NULL)                                             \
    X(MM_REQUEST, "mm.request", "function", "message_length", "offset", NULL)                                \
    X(MM_REPLY, "mm.reply", "function", "efi_status", "mm_status", "ffa_status")                             \
    X(MM_FAULT_INJECTED, "mm.fault_injected", "kind", "value", NULL, NULL)                                   \
    X(CONSOLE_BYTE, "console.byte", "value", NULL, NULL, NULL)                                               \
    X(SCRIPT_STEP, "script.step", "index", "code", NULL, NULL)                                               \
    X(SCRIPT_RESULT, "script.result", "index", "status", "length", NULL)                                     \
    X(SCRIPT_FAULT, "script.fault", "esr", "far", "elr", NULL)                                               \
    X(RUN_END, "run.end", "end", "instructions", NULL, NULL)

enum event_kind {
#define EVENT_KIND_ENUMERATOR(name, text, a, b, c, d) EVENT_##name,
    EVENT_KINDS(EVENT_KIND_ENUMERATOR)
#undef EVENT_KIND_ENUMERATOR
        EVENT_KIND_COUNT
};

#define EVENT_ARGS 4

struct event {
    uint64_t sequence; /* counts all events of a run from 0; set by event_log_append */
    uint64_t position; /* instructions that PE `pe` had retired */
    uint64_t pc;       /* of PE `pe`, 0 if the event belongs to no instruction */
    uint64_t args[EVENT_ARGS];
    uint16_t kind; /* enum event_kind */
    uint8_t agent; /* enum agent_kind */
    uint8_t pe;    /* 0 for the only PE */
    uint32_t reserved;
};

#define EVENT_LOG_CAPACITY 8192 /* more than any one step of the machine can append */

struct event_log {
    uint64_t appended; /* ever */
    uint32_t count;    /* now in the buffer */
    uint64_t position; /* stamped on what is appended: the shell keeps it current before it calls a core */
    uint64_t pc;
    struct event events[EVENT_LOG_CAPACITY];
};

void event_log_init(struct event_log *log);

/* Appends one fact. position and pc are the log's current ones. */
void event_log_append(struct event_log *log, enum event_kind kind, enum agent_kind agent, uint8_t pe,
                      uint64_t arg0, uint64_t arg1, uint64_t arg2, uint64_t arg3);

/* Empties the buffer; the caller has read log->events[0 .. log->count). */
void event_log_clear(struct event_log *log);

/* The words of the table above. Never NULL for a valid kind; argument names may be NULL (unused). */
const char *event_kind_text(enum event_kind kind);
const char *event_argument_name(enum event_kind kind, uint32_t index);
const char *agent_kind_text(enum agent_kind agent);

#ifdef __cplusplus
}
#endif

#endif
