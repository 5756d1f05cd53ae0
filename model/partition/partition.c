/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The partition as the framework sees it: which behaviour gets a frame, and how runs end. FF-A (DEN0077),
 * "Direct messages", "Framework messages", "Partition runtime models". It must not act on a payload: the
 * behaviours do.
 */
#include "model/partition/partition.h"

#include <assert.h>
#include <string.h>

#include "model/partition/partition_internal.h"

#define PAYLOAD_FIRST_DIRECT 3U
#define PAYLOAD_COUNT_DIRECT 5U
#define PAYLOAD_FIRST_REQ2   4U

void partition_init(struct partition *partition, const struct partition_config *config, struct event_log *log)
{
    assert(config->behaviour < PARTITION_BEHAVIOUR_COUNT);
    assert(config->rule_count <= PARTITION_RULES_MAX);
    assert(config->slices <= PARTITION_SLICES_MAX);
    assert(config->behaviour != PARTITION_BORROWER || config->rxtx_pages > 0);
    memset(partition, 0, sizeof(*partition));
    partition->config = *config;
    partition->log = log;
}

/* Messages. */

static bool frame_is_request(const struct smc_frame *frame)
{
    const uint32_t function = (uint32_t)frame->x[0];
    return function == FFA_MSG_SEND_DIRECT_REQ_32 || function == FFA_MSG_SEND_DIRECT_REQ_64 ||
           function == FFA_MSG_SEND_DIRECT_REQ2;
}

bool partition_frame_is_error(const struct smc_frame *frame)
{
    return (uint32_t)frame->x[0] == FFA_ERROR;
}

static bool request_is_req2(const struct partition *partition)
{
    return (uint32_t)partition->request.x[0] == FFA_MSG_SEND_DIRECT_REQ2;
}

static bool request_is_framework(const struct partition *partition)
{
    return !request_is_req2(partition) &&
           ((uint32_t)partition->request.x[2] & FFA_DIRECT_MESSAGE_FRAMEWORK) != 0;
}

uint32_t partition_payload_first(const struct partition *partition)
{
    return request_is_req2(partition) ? PAYLOAD_FIRST_REQ2 : PAYLOAD_FIRST_DIRECT;
}

uint32_t partition_payload_count(const struct partition *partition)
{
    return request_is_req2(partition) ? PAYLOAD_MAX : PAYLOAD_COUNT_DIRECT;
}

uint64_t partition_payload(const struct partition *partition, uint32_t index)
{
    assert(index < partition_payload_count(partition));
    return partition->request.x[partition_payload_first(partition) + index];
}

struct smc_frame partition_response(const struct partition *partition)
{
    const uint32_t function = (uint32_t)partition->request.x[0];
    const uint32_t w1 = (uint32_t)partition->request.x[1];
    return (struct smc_frame){
        .x = {function == FFA_MSG_SEND_DIRECT_REQ2     ? FFA_MSG_SEND_DIRECT_RESP2
              : function == FFA_MSG_SEND_DIRECT_REQ_64 ? FFA_MSG_SEND_DIRECT_RESP_64
                                                       : FFA_MSG_SEND_DIRECT_RESP_32,
              w1 << 16 | w1 >> 16},
    };
}

/* How a run ends. */

struct partition_step partition_respond_with(struct partition *partition, const struct smc_frame *frame)
{
    partition->stage = PARTITION_IDLE;
    partition->answering = false;
    return (struct partition_step){.need = PARTITION_DONE, .frame = *frame};
}

struct partition_step partition_respond(struct partition *partition, const uint64_t *payload, uint32_t count)
{
    struct smc_frame frame = partition_response(partition);
    const bool wide = ((uint32_t)frame.x[0] & FFA_FUNCTION_64BIT) != 0;
    assert(count <= partition_payload_count(partition));
    for (uint32_t i = 0; i < count; i++) {
        frame.x[partition_payload_first(partition) + i] = wide ? payload[i] : (uint32_t)payload[i];
    }
    return partition_respond_with(partition, &frame);
}

struct partition_step partition_wait(struct partition *partition)
{
    const struct smc_frame frame = {.x = {FFA_MSG_WAIT}};
    partition->stage = PARTITION_IDLE;
    return (struct partition_step){.need = PARTITION_DONE, .frame = frame};
}

struct partition_step partition_make_call(struct partition *partition, enum partition_stage stage,
                                          const struct smc_frame *frame)
{
    if (partition->calls == PARTITION_CALLS_MAX) {
        return partition_die(partition);
    }
    partition->calls++;
    partition->stage = (uint8_t)stage;
    return (struct partition_step){.need = PARTITION_DONE, .frame = *frame};
}

/* FF-A 1.2: no timeout. The caller decides when it goes on. */
struct partition_step partition_yield(struct partition *partition)
{
    const struct smc_frame frame = {.x = {FFA_YIELD}};
    partition->stage = PARTITION_CALLING;
    return (struct partition_step){.need = PARTITION_DONE, .frame = frame};
}

struct partition_step partition_die(struct partition *partition)
{
    partition->stage = PARTITION_IDLE;
    partition->answering = false;
    return (struct partition_step){.need = PARTITION_ABORTED};
}

/* What comes in. */

/* "VM availability messages": the response has the next type, and a status in w3. */
static struct partition_step framework_request(struct partition *partition)
{
    struct smc_frame frame = partition_response(partition);
    frame.x[2] = (uint32_t)partition->request.x[2] + 1;
    return partition_respond_with(partition, &frame);
}

static struct partition_step request_dispatch(struct partition *partition)
{
    if (partition->config.behaviour == PARTITION_SCRIPTED) {
        return partition_scripted_frame(partition, &partition->request);
    }
    if (request_is_framework(partition)) {
        return framework_request(partition);
    }
    switch ((enum partition_behaviour)partition->config.behaviour) {
    case PARTITION_BORROWER:
        return partition_borrower_command(partition);
    case PARTITION_FORWARDER:
        return partition_forwarder_request(partition);
    case PARTITION_SILENT:
        return partition_silent_request(partition);
    case PARTITION_PREEMPTED:
        partition->slices_left = partition->config.slices;
        return partition_preempted_continue(partition, &partition->request);
    case PARTITION_ECHO:
    case PARTITION_SCRIPTED:
        break;
    }
    return partition_echo(partition);
}

static struct partition_step result_dispatch(struct partition *partition, const struct smc_frame *frame)
{
    switch ((enum partition_behaviour)partition->config.behaviour) {
    case PARTITION_BORROWER:
        return partition_borrower_result(partition, frame);
    case PARTITION_FORWARDER:
        return partition_forwarder_result(partition, frame);
    case PARTITION_SILENT:
        return partition_silent_result(partition, frame);
    case PARTITION_PREEMPTED:
        return partition_preempted_continue(partition, frame);
    case PARTITION_SCRIPTED:
        return partition_scripted_frame(partition, frame);
    case PARTITION_ECHO:
        break; /* makes no calls */
    }
    return partition_wait(partition);
}

/* It was given cycles (FFA_RUN): there is nothing to do but wait. Or its last response or wait was refused.
 */
static struct partition_step idle_dispatch(struct partition *partition, const struct smc_frame *frame)
{
    const bool refused = partition_frame_is_error(frame);
    partition->calls = refused ? partition->calls + 1 : 0;
    if (partition->calls > PARTITION_CALLS_MAX) {
        return partition_die(partition);
    }
    if (partition->config.behaviour == PARTITION_SCRIPTED) {
        return partition_scripted_frame(partition, frame);
    }
    return refused ? partition_die(partition) : partition_wait(partition);
}

struct partition_step partition_call(struct partition *partition, const struct smc_frame *frame)
{
    /* While a call of its own is under way nobody can send it a message: this is a new one. */
    if (frame_is_request(frame)) {
        partition->stage = PARTITION_IDLE;
        partition->request = *frame;
        partition->answering = true;
        partition->calls = 0;
        return request_dispatch(partition);
    }
    if (partition->stage != PARTITION_IDLE) {
        return result_dispatch(partition, frame);
    }
    return idle_dispatch(partition, frame);
}

struct partition_step partition_continue(struct partition *partition, bool provided)
{
    assert(partition->stage == PARTITION_WRITING_TX || partition->stage == PARTITION_READING_RX ||
           partition->stage == PARTITION_TOUCHING || partition->stage == PARTITION_DRAINING);
    /* An access that the bus refuses is an abort that the partition does not handle. */
    return provided ? partition_borrower_accessed(partition) : partition_die(partition);
}
