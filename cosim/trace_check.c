/* SPDX-License-Identifier: BSD-3-Clause */
#include "cosim/trace_check.h"

#include <inttypes.h>
#include <stdio.h>

void trace_check_init(struct trace_check *trace, const char *text, size_t size)
{
    trace->checker = NULL;
    trace->auditing = false;
    trace_reader_init(&trace->reader, text, size);
}

void trace_check_release(struct trace_check *trace)
{
    if (trace->checker != NULL) {
        checker_destroy(trace->checker);
    }
    trace->checker = NULL;
}

static enum trace_check_item audit_next(struct trace_check *trace, const struct checker_finding **finding)
{
    *finding = checker_audit_next(trace->checker);
    if (checker_overflowed(trace->checker)) {
        return TRACE_CHECK_OVERFLOWED;
    }
    if (*finding != NULL) {
        return TRACE_CHECK_FINDING;
    }
    trace->auditing = false;
    return TRACE_CHECK_DONE;
}

enum trace_check_item trace_check_next(struct trace_check *trace, const struct checker_finding **finding)
{
    struct trace_reader *reader = &trace->reader;
    *finding = NULL;
    if (trace->auditing) {
        const enum trace_check_item item = audit_next(trace, finding);
        if (item != TRACE_CHECK_DONE) {
            return item;
        }
    }
    for (;;) {
        const enum trace_item item = trace_reader_next(reader);
        if (item == TRACE_MALFORMED || item == TRACE_FINISHED) {
            return item == TRACE_MALFORMED ? TRACE_CHECK_MALFORMED : TRACE_CHECK_DONE;
        }
        if (item == TRACE_EVENT && trace->checker == NULL) {
            trace->checker = checker_create(&reader->config);
            if (trace->checker == NULL) {
                return TRACE_CHECK_OVERFLOWED;
            }
        }
        if (item == TRACE_EVENT) {
            *finding = checker_take(trace->checker, &reader->event);
            if (checker_overflowed(trace->checker)) {
                return TRACE_CHECK_OVERFLOWED;
            }
            if (*finding != NULL) {
                return TRACE_CHECK_FINDING;
            }
        } else if (trace->checker != NULL) {
            trace->auditing = true;
            checker_audit_begin(trace->checker, reader->line);
            const enum trace_check_item audit = audit_next(trace, finding);
            if (audit != TRACE_CHECK_DONE) {
                return audit;
            }
        }
    }
}

/* The first agent that has this copy, or issued this operation or store. */
static const char *move_copy(const struct trace_check *trace, const struct checker_move *move)
{
    const struct checker_config *config = &trace->reader.config;
    const bool copy = move->kind == CHECKER_MOVE_FILL || move->kind == CHECKER_MOVE_DROP ||
                      move->kind == CHECKER_MOVE_WRITEBACK;
    for (uint32_t i = 0; i < config->agent_count; i++) {
        const bool domain = checker_domain(trace->checker, (uint8_t)i) == move->domain;
        const bool pe = config->agents[i].pe == move->pe;
        const bool store = move->kind == CHECKER_MOVE_DRAIN;
        if ((copy && domain) || (!copy && pe && (domain || store))) {
            return trace->reader.names[i];
        }
    }
    /* A held store of a PE whose agents have no cacheable mapping. */
    for (uint32_t i = 0; i < config->agent_count; i++) {
        if (config->agents[i].pe == move->pe) {
            return trace->reader.names[i];
        }
    }
    return "";
}

void trace_check_moves(const struct trace_check *trace, const struct checker_finding *finding, char *text,
                       size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < finding->move_count && used < size; i++) {
        const struct checker_move *move = &finding->moves[i];
        const int written = snprintf(
            text + used, size - used, "%s%" PRIu64 ".%s.%s.0x%" PRIx64, i == 0 ? "" : ";", move->position,
            checker_move_text((enum checker_move_kind)move->kind), move_copy(trace, move), finding->pa);
        used += written > 0 ? (size_t)written : 0;
    }
}

const char *trace_check_agent(const struct trace_check *trace, const struct checker_finding *finding)
{
    return trace->auditing ? "end" : trace->reader.names[finding->agent];
}
