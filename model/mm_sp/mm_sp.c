/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stages of one request, for both dialects: take the header, take the rest, serve the copy, write the reply,
 * give up the PE. In which pieces the buffer is read and written, with which maintenance, and where an
 * interrupt may come in between, is configuration. What a request means is mm_sp_<dialect>.c's business, what
 * a message asks for variable_service.c's. FF-A (DEN0077), "Direct messages".
 */
#include "model/mm_sp/mm_sp.h"

#include <assert.h>
#include <string.h>

#include "model/abi/ffa.h"
#include "model/mm_sp/mm_sp_internal.h"

#define BARRIER_SY 15U /* CRm of DSB SY */

static const uint8_t variable_guid[sizeof(struct efi_guid)] = MM_VARIABLE_GUID_BYTES;

void mm_sp_config_init(struct mm_sp_config *config, uint64_t buffer_pa, uint32_t buffer_size)
{
    *config = (struct mm_sp_config){
        .dialect = MM_SP_SMM_GATEWAY,
        .buffer_pa = buffer_pa,
        .buffer_size = buffer_size,
        .memory_type = MEMORY_NORMAL_WB,
        .shareability = SHAREABILITY_INNER,
        .pa_space = PA_SPACE_NON_SECURE,
        .secure_barrier = true,
    };
    variable_limits_init(&config->limits);
}

void mm_sp_init(struct mm_sp *mm_sp, const struct mm_sp_config *config, struct event_log *log)
{
    assert(config->dialect < MM_SP_DIALECT_COUNT);
    assert(config->buffer_size >= MM_SP_BUFFER_SIZE_MIN);
    assert(config->buffer_size <= MM_SP_BUFFER_SIZE_MAX);
    assert(config->buffer_pa <= UINT64_MAX - config->buffer_size);
    assert((config->preemptible & ~(uint32_t)MM_SP_POINTS_ALL) == 0);
    const bool standalone = config->dialect == MM_SP_STANDALONE_MM;
    const struct variable_config service = {
        .dialect = standalone ? VARIABLE_DIALECT_EDK2 : VARIABLE_DIALECT_SMM_GATEWAY,
        .authentication = config->authentication,
        .self_signed_pk = config->self_signed_pk,
        .limits = config->limits,
        .store = config->store,
    };
    memset(mm_sp, 0, sizeof(*mm_sp));
    mm_sp->config = *config;
    mm_sp->log = log;
    variable_service_init(&mm_sp->service, &service);
}

void mm_sp_destroy(struct mm_sp *mm_sp)
{
    variable_service_destroy(&mm_sp->service);
}

bool mm_sp_power_cycle(struct mm_sp *mm_sp)
{
    mm_sp->stage = MM_SP_IDLE;
    mm_sp->fault_armed = MM_SP_FAULT_NONE;
    mm_sp->interrupts_armed = 0;
    return variable_service_power_cycle(&mm_sp->service);
}

bool mm_sp_busy(const struct mm_sp *mm_sp)
{
    return mm_sp->stage != MM_SP_IDLE;
}

void mm_sp_arm_fault(struct mm_sp *mm_sp, enum mm_sp_fault kind, int64_t value)
{
    assert((uint32_t)kind < MM_SP_FAULT_COUNT);
    mm_sp->fault_armed = (uint8_t)kind;
    mm_sp->fault_value_armed = value;
}

void mm_sp_arm_interrupts(struct mm_sp *mm_sp, uint32_t count)
{
    mm_sp->interrupts_armed = count;
}

static bool dialect_is_standalone(const struct mm_sp *mm_sp)
{
    return mm_sp->config.dialect == MM_SP_STANDALONE_MM;
}

/* How the partition gives up the PE. */

static struct mm_sp_step give_up(struct mm_sp *mm_sp, const struct smc_frame *frame)
{
    mm_sp->stage = MM_SP_IDLE;
    return (struct mm_sp_step){.need = MM_SP_DONE, .frame = *frame};
}

static struct mm_sp_step return_error(struct mm_sp *mm_sp, int32_t status)
{
    const struct smc_frame frame = {.x = {FFA_ERROR, 0, (uint32_t)status}};
    return give_up(mm_sp, &frame);
}

uint64_t mm_sp_endpoints_swapped(const struct mm_sp *mm_sp)
{
    const uint32_t w1 = (uint32_t)mm_sp->request.x[1];
    return w1 << 16 | w1 >> 16;
}

static struct mm_sp_step respond(struct mm_sp *mm_sp)
{
    const struct smc_frame frame =
        dialect_is_standalone(mm_sp) ? mm_sp_standalone_mm_frame(mm_sp) : mm_sp_smm_gateway_frame(mm_sp);
    const uint64_t status = (uint64_t)(int64_t)mm_sp->status;
    const bool is_ffa = dialect_is_standalone(mm_sp);
    const bool is_fault = mm_sp->fault == MM_SP_FAULT_MM_STATUS; /* x3 has one, whose ever it is */
    const uint64_t in_x3 = is_fault ? (uint64_t)mm_sp->fault_value : 0;
    event_log_append(mm_sp->log, EVENT_MM_REPLY, AGENT_PARTITION, 0, mm_sp->function, mm_sp->return_status,
                     is_ffa ? in_x3 : status, is_ffa ? status : 0);
    return give_up(mm_sp, &frame);
}

/* Accesses */

/* Through the partition's own mapping of the buffer, of the message or reply in the copy at `from`. */
static struct mm_sp_step access_need(struct mm_sp *mm_sp, enum mm_sp_stage next, enum access_op op,
                                     uint32_t from, uint32_t size)
{
    assert(mm_sp->offset + from + size <= mm_sp->config.buffer_size);
    const uint64_t pa = mm_sp->config.buffer_pa + mm_sp->offset + from;
    const bool has_bytes = op == ACCESS_READ || op == ACCESS_WRITE;
    mm_sp->stage = (uint8_t)next;
    return (struct mm_sp_step){
        .need = MM_SP_ACCESS,
        .access =
            {
                .pa = pa,
                .va = pa,
                .pc = mm_sp->log->pc,
                .position = mm_sp->log->position,
                .size = size,
                .op = (uint8_t)op,
                .agent = AGENT_PARTITION,
                .space = mm_sp->config.pa_space,
                .type = mm_sp->config.memory_type,
                .shareability = mm_sp->config.shareability,
            },
        .bytes = has_bytes ? &mm_sp->copy[from] : NULL,
    };
}

static struct mm_sp_step barrier_need(struct mm_sp *mm_sp, enum mm_sp_stage next)
{
    struct mm_sp_step step = access_need(mm_sp, next, ACCESS_DSB, 0, 0);
    step.access.pa = 0;
    step.access.va = 0;
    step.access.operand = BARRIER_SY;
    return step;
}

static uint32_t piece_size(const struct mm_sp *mm_sp, uint32_t left)
{
    const uint32_t piece = mm_sp->config.piece_size;
    return piece == 0 || piece > left ? left : piece;
}

/* What is left of the message behind its header, or the next piece of that. */
static uint32_t message_left(const struct mm_sp *mm_sp)
{
    return mm_sp->message_length - mm_sp->done;
}

static uint32_t message_piece(const struct mm_sp *mm_sp)
{
    return piece_size(mm_sp, message_left(mm_sp));
}

static uint32_t reply_piece(const struct mm_sp *mm_sp)
{
    return piece_size(mm_sp, mm_sp->reply_size - mm_sp->done);
}

static struct mm_sp_step message_invalidate(struct mm_sp *mm_sp)
{
    const uint32_t size = mm_sp->config.maintenance_per_piece ? message_piece(mm_sp) : message_left(mm_sp);
    return access_need(mm_sp, MM_SP_MESSAGE_BARRIER, ACCESS_DC_IVAC, MM_COMMUNICATE_HEADER_SIZE + mm_sp->done,
                       size);
}

static struct mm_sp_step message_read(struct mm_sp *mm_sp)
{
    return access_need(mm_sp, MM_SP_MESSAGE_PIECE_READ, ACCESS_READ, MM_COMMUNICATE_HEADER_SIZE + mm_sp->done,
                       message_piece(mm_sp));
}

static struct mm_sp_step reply_write(struct mm_sp *mm_sp)
{
    const bool clean = mm_sp->config.own_maintenance && mm_sp->config.maintenance_per_piece;
    return access_need(mm_sp, clean ? MM_SP_REPLY_CLEAN : MM_SP_REPLY_PIECE_WRITTEN, ACCESS_WRITE,
                       mm_sp->done, reply_piece(mm_sp));
}

static struct mm_sp_step reply_clean(struct mm_sp *mm_sp)
{
    if (mm_sp->config.maintenance_per_piece) {
        return access_need(mm_sp, MM_SP_REPLY_PIECE_WRITTEN, ACCESS_DC_CVAC, mm_sp->done, reply_piece(mm_sp));
    }
    return access_need(mm_sp, MM_SP_REPLY_COMPLETE, ACCESS_DC_CVAC, 0, mm_sp->reply_size);
}

/* The copy */

bool mm_sp_names_variables(const struct mm_communicate_header *header)
{
    return memcmp(header->header_guid.bytes, variable_guid, sizeof(variable_guid)) == 0;
}

void mm_sp_copy_message_length(struct mm_sp *mm_sp, uint64_t message_length)
{
    memcpy(&mm_sp->copy[offsetof(struct mm_communicate_header, message_length)], &message_length,
           sizeof(message_length));
}

void mm_sp_copy_return_status(struct mm_sp *mm_sp)
{
    memcpy(&mm_sp->copy[MM_COMMUNICATE_HEADER_SIZE + offsetof(struct mm_variable_header, return_status)],
           &mm_sp->return_status, sizeof(mm_sp->return_status));
}

enum variable_outcome mm_sp_invoke(struct mm_sp *mm_sp, uint32_t capacity, uint32_t *reply_size)
{
    struct variable_call call = {
        .function = mm_sp->function,
        .size = mm_sp->message_length - MM_VARIABLE_HEADER_SIZE,
        .capacity = capacity,
        .payload = &mm_sp->copy[MM_PAYLOAD_OFFSET],
    };
    if (mm_sp->fault == MM_SP_FAULT_EFI_STATUS) {
        mm_sp->return_status = (uint64_t)mm_sp->fault_value;
        *reply_size = 0;
        return VARIABLE_SERVED;
    }
    const enum variable_outcome outcome = variable_service_invoke(&mm_sp->service, &call);
    mm_sp->return_status = call.return_status;
    *reply_size = call.reply_size;
    return outcome;
}

/* A reply that breaks the protocol. */
static void reply_corrupt(struct mm_sp *mm_sp)
{
    const uint64_t value = (uint64_t)mm_sp->fault_value;
    const uint64_t beyond = mm_sp->config.buffer_size - mm_sp->offset - MM_COMMUNICATE_HEADER_SIZE + 1;
    switch ((enum mm_sp_fault)mm_sp->fault) {
    case MM_SP_FAULT_MESSAGE_LENGTH:
        mm_sp_copy_message_length(mm_sp, value != 0 ? value : beyond);
        return;
    case MM_SP_FAULT_GUID:
        for (uint32_t i = 0; i < sizeof(struct efi_guid); i++) {
            mm_sp->copy[i] = (uint8_t)~mm_sp->copy[i];
        }
        return;
    case MM_SP_FAULT_FUNCTION:
        memcpy(&mm_sp->copy[MM_COMMUNICATE_HEADER_SIZE], &value, sizeof(value));
        return;
    case MM_SP_FAULT_NONE:
    case MM_SP_FAULT_MM_STATUS:
    case MM_SP_FAULT_EFI_STATUS:
    case MM_SP_FAULT_SILENT:
    case MM_SP_FAULT_FFA_ERROR:
        return;
    }
    assert(false);
}

/* The request */

static void request_event(struct mm_sp *mm_sp, uint64_t message_length)
{
    event_log_append(mm_sp->log, EVENT_MM_REQUEST, AGENT_PARTITION, 0, mm_sp->function, message_length,
                     mm_sp->offset, 0);
}

static enum mm_sp_stage header_check(struct mm_sp *mm_sp)
{
    struct mm_communicate_header header;
    memcpy(&header, mm_sp->copy, sizeof(header));
    const enum mm_sp_verdict verdict = dialect_is_standalone(mm_sp)
                                           ? mm_sp_standalone_mm_check(mm_sp, &header)
                                           : mm_sp_smm_gateway_check(mm_sp, &header);
    mm_sp->done = 0;
    if (verdict == MM_SP_GOES_ON) {
        mm_sp->message_length = (uint32_t)header.message_length;
        return mm_sp->message_length != 0 ? MM_SP_MESSAGE_START : MM_SP_MESSAGE_COMPLETE;
    }
    request_event(mm_sp, header.message_length);
    mm_sp->reply_size = MM_COMMUNICATE_HEADER_SIZE;
    return verdict == MM_SP_ANSWERED ? MM_SP_RESPOND : MM_SP_REPLY_WRITE;
}

static void message_complete(struct mm_sp *mm_sp)
{
    if (mm_sp->message_length >= MM_VARIABLE_HEADER_SIZE) {
        memcpy(&mm_sp->function, &mm_sp->copy[MM_COMMUNICATE_HEADER_SIZE], sizeof(mm_sp->function));
    }
    request_event(mm_sp, mm_sp->message_length);
}

static enum mm_sp_stage message_serve(struct mm_sp *mm_sp)
{
    if (mm_sp->fault == MM_SP_FAULT_SILENT) {
        return MM_SP_RESPOND;
    }
    if (dialect_is_standalone(mm_sp)) {
        mm_sp_standalone_mm_serve(mm_sp);
    } else {
        mm_sp_smm_gateway_serve(mm_sp);
    }
    reply_corrupt(mm_sp);
    mm_sp->done = 0;
    return MM_SP_REPLY_START;
}

/* Stages */

/* A stage that needs nothing from outside: what it decides is which one is next. */
static enum mm_sp_stage stage_decide(struct mm_sp *mm_sp)
{
    const struct mm_sp_config *config = &mm_sp->config;
    switch ((enum mm_sp_stage)mm_sp->stage) {
    case MM_SP_HEADER_CHECK:
        return header_check(mm_sp);
    case MM_SP_MESSAGE_PIECE_READ:
        mm_sp->done += message_piece(mm_sp);
        return message_left(mm_sp) != 0 ? MM_SP_MESSAGE_NEXT : MM_SP_MESSAGE_COMPLETE;
    case MM_SP_MESSAGE_COMPLETE:
        message_complete(mm_sp);
        return MM_SP_SERVE_START;
    case MM_SP_SERVE:
        return message_serve(mm_sp);
    case MM_SP_REPLY_PIECE_WRITTEN:
        mm_sp->done += reply_piece(mm_sp);
        if (mm_sp->done != mm_sp->reply_size) {
            return MM_SP_REPLY_NEXT;
        }
        return config->own_maintenance && !config->maintenance_per_piece ? MM_SP_REPLY_CLEAN
                                                                         : MM_SP_REPLY_COMPLETE;
    case MM_SP_IDLE:
    case MM_SP_START:
    case MM_SP_HEADER_INVALIDATE:
    case MM_SP_HEADER_BARRIER:
    case MM_SP_HEADER_READ:
    case MM_SP_MESSAGE_START:
    case MM_SP_MESSAGE_INVALIDATE:
    case MM_SP_MESSAGE_BARRIER:
    case MM_SP_MESSAGE_READ:
    case MM_SP_MESSAGE_NEXT:
    case MM_SP_SERVE_START:
    case MM_SP_REPLY_START:
    case MM_SP_REPLY_WRITE:
    case MM_SP_REPLY_CLEAN:
    case MM_SP_REPLY_NEXT:
    case MM_SP_REPLY_COMPLETE:
    case MM_SP_LAST_BARRIER:
    case MM_SP_RESPOND:
        break;
    }
    assert(false); /* stage_step() or stage_pause() has it */
    return MM_SP_IDLE;
}

/* A point where an interrupt may come in, and what is next. */
struct pause {
    uint32_t point; /* 0: the stage is none */
    enum mm_sp_stage next;
};

static struct pause stage_pause(const struct mm_sp *mm_sp)
{
    const bool own = mm_sp->config.own_maintenance;
    const bool per_piece = own && mm_sp->config.maintenance_per_piece;
    const struct pause pauses[MM_SP_STAGE_COUNT] = {
        [MM_SP_START] = {MM_SP_BEFORE_READING, own ? MM_SP_HEADER_INVALIDATE : MM_SP_HEADER_READ},
        [MM_SP_MESSAGE_START] = {MM_SP_WHILE_READING, own ? MM_SP_MESSAGE_INVALIDATE : MM_SP_MESSAGE_READ},
        [MM_SP_MESSAGE_NEXT] = {MM_SP_WHILE_READING,
                                per_piece ? MM_SP_MESSAGE_INVALIDATE : MM_SP_MESSAGE_READ},
        [MM_SP_SERVE_START] = {MM_SP_BEFORE_SERVING, MM_SP_SERVE},
        [MM_SP_REPLY_START] = {MM_SP_BEFORE_REPLYING, MM_SP_REPLY_WRITE},
        [MM_SP_REPLY_NEXT] = {MM_SP_WHILE_REPLYING, MM_SP_REPLY_WRITE},
        [MM_SP_REPLY_COMPLETE] = {MM_SP_AFTER_REPLYING,
                                  mm_sp->config.secure_barrier ? MM_SP_LAST_BARRIER : MM_SP_RESPOND},
    };
    return pauses[mm_sp->stage];
}

/* A stage that needs an access, or the last one. `none`: it is another kind of stage. */
static struct mm_sp_step stage_step(struct mm_sp *mm_sp, bool *none)
{
    *none = false;
    switch ((enum mm_sp_stage)mm_sp->stage) {
    case MM_SP_HEADER_INVALIDATE:
        return access_need(mm_sp, MM_SP_HEADER_BARRIER, ACCESS_DC_IVAC, 0, MM_COMMUNICATE_HEADER_SIZE);
    case MM_SP_HEADER_BARRIER:
        return barrier_need(mm_sp, MM_SP_HEADER_READ);
    case MM_SP_HEADER_READ:
        return access_need(mm_sp, MM_SP_HEADER_CHECK, ACCESS_READ, 0, MM_COMMUNICATE_HEADER_SIZE);
    case MM_SP_MESSAGE_INVALIDATE:
        return message_invalidate(mm_sp);
    case MM_SP_MESSAGE_BARRIER:
        return barrier_need(mm_sp, MM_SP_MESSAGE_READ);
    case MM_SP_MESSAGE_READ:
        return message_read(mm_sp);
    case MM_SP_REPLY_WRITE:
        return reply_write(mm_sp);
    case MM_SP_REPLY_CLEAN:
        return reply_clean(mm_sp);
    case MM_SP_LAST_BARRIER:
        return barrier_need(mm_sp, MM_SP_RESPOND);
    case MM_SP_RESPOND:
        return respond(mm_sp);
    case MM_SP_IDLE:
    case MM_SP_START:
    case MM_SP_HEADER_CHECK:
    case MM_SP_MESSAGE_START:
    case MM_SP_MESSAGE_PIECE_READ:
    case MM_SP_MESSAGE_NEXT:
    case MM_SP_MESSAGE_COMPLETE:
    case MM_SP_SERVE_START:
    case MM_SP_SERVE:
    case MM_SP_REPLY_START:
    case MM_SP_REPLY_PIECE_WRITTEN:
    case MM_SP_REPLY_NEXT:
    case MM_SP_REPLY_COMPLETE:
        break;
    }
    *none = true;
    return (struct mm_sp_step){.need = MM_SP_DONE};
}

/* At a point that can be preempted. The stage stays: the next call goes on with it. */
static struct mm_sp_step point_step(struct mm_sp *mm_sp, uint32_t point)
{
    if (mm_sp->interrupts == 0) {
        return (struct mm_sp_step){.need = MM_SP_PREEMPTIBLE, .point = point};
    }
    mm_sp->interrupts--;
    return (struct mm_sp_step){.need = MM_SP_DONE, .point = point, .frame = {.x = {FFA_INTERRUPT}}};
}

static struct mm_sp_step advance(struct mm_sp *mm_sp)
{
    for (;;) { /* stages only go forward, and each piece has bytes */
        bool none = false;
        const struct mm_sp_step step = stage_step(mm_sp, &none);
        if (!none) {
            return step;
        }
        const struct pause pause = stage_pause(mm_sp);
        mm_sp->stage = (uint8_t)(pause.point != 0 ? pause.next : stage_decide(mm_sp));
        if ((pause.point & mm_sp->config.preemptible) != 0) {
            return point_step(mm_sp, pause.point);
        }
    }
}

/* Direct requests */

static void fault_take(struct mm_sp *mm_sp)
{
    mm_sp->fault = mm_sp->fault_armed;
    mm_sp->fault_value = mm_sp->fault_value_armed;
    mm_sp->fault_armed = MM_SP_FAULT_NONE;
    if (mm_sp->fault != MM_SP_FAULT_NONE) {
        event_log_append(mm_sp->log, EVENT_MM_FAULT_INJECTED, AGENT_PARTITION, 0, mm_sp->fault,
                         (uint64_t)mm_sp->fault_value, 0, 0);
    }
}

/* Faults that never look at the buffer. StandaloneMM has no MM status: it says something else than it should.
 */
static struct mm_sp_step fault_answer(struct mm_sp *mm_sp)
{
    const int32_t value = (int32_t)mm_sp->fault_value;
    if (mm_sp->fault == MM_SP_FAULT_FFA_ERROR) {
        return return_error(mm_sp, value);
    }
    if (!dialect_is_standalone(mm_sp)) {
        mm_sp->status = value;
        return respond(mm_sp);
    }
    struct mm_sp_step step = respond(mm_sp);
    step.frame.x[3] = (uint64_t)mm_sp->fault_value;
    return step;
}

static struct mm_sp_step direct_request(struct mm_sp *mm_sp)
{
    fault_take(mm_sp);
    mm_sp->interrupts = mm_sp->interrupts_armed;
    mm_sp->interrupts_armed = 0;
    if (mm_sp->fault == MM_SP_FAULT_MM_STATUS || mm_sp->fault == MM_SP_FAULT_FFA_ERROR) {
        return fault_answer(mm_sp);
    }
    const enum mm_sp_verdict verdict =
        dialect_is_standalone(mm_sp) ? mm_sp_standalone_mm_locate(mm_sp) : mm_sp_smm_gateway_locate(mm_sp);
    if (verdict == MM_SP_GOES_ON) {
        mm_sp->stage = MM_SP_START;
        return advance(mm_sp);
    }
    if ((uint32_t)mm_sp->request.x[0] != FFA_MSG_SEND_DIRECT_REQ_32) {
        request_event(mm_sp, 0);
    }
    return respond(mm_sp);
}

static bool frame_is_request(const struct mm_sp *mm_sp)
{
    const uint32_t function_id = (uint32_t)mm_sp->request.x[0];
    return function_id == FFA_MSG_SEND_DIRECT_REQ_64 || function_id == FFA_MSG_SEND_DIRECT_REQ_32 ||
           (function_id == FFA_MSG_SEND_DIRECT_REQ2 && dialect_is_standalone(mm_sp));
}

static struct mm_sp_step resume(struct mm_sp *mm_sp, const struct smc_frame *frame)
{
    const uint32_t function_id = (uint32_t)frame->x[0];
    assert(function_id == FFA_RUN || function_id == FFA_INTERRUPT);
    mm_sp->interrupts = function_id == FFA_INTERRUPT ? 0 : mm_sp->interrupts;
    return advance(mm_sp);
}

struct mm_sp_step mm_sp_call(struct mm_sp *mm_sp, const struct smc_frame *request)
{
    if (mm_sp->stage != MM_SP_IDLE) {
        return resume(mm_sp, request);
    }
    mm_sp->request = *request;
    mm_sp->offset = request->x[3];
    mm_sp->done = 0;
    mm_sp->message_length = 0;
    mm_sp->function = 0;
    mm_sp->return_status = EFI_SUCCESS;
    mm_sp->reply_size = 0;
    mm_sp->status = 0;
    if ((uint32_t)request->x[0] == FFA_RUN) { /* cycles without a message: nothing to do with them */
        const struct smc_frame wait = {.x = {FFA_MSG_WAIT}};
        return give_up(mm_sp, &wait);
    }
    if (!frame_is_request(mm_sp)) {
        return return_error(mm_sp, dialect_is_standalone(mm_sp) ? FFA_INVALID_PARAMETERS : FFA_NOT_SUPPORTED);
    }
    return direct_request(mm_sp);
}

struct mm_sp_step mm_sp_continue(struct mm_sp *mm_sp, bool provided)
{
    assert(mm_sp->stage != MM_SP_IDLE);
    if (!provided) { /* the bus refused: the partition has no memory to work with */
        mm_sp->status = dialect_is_standalone(mm_sp) ? FFA_NO_MEMORY : MM_STATUS_NO_MEMORY;
        return respond(mm_sp);
    }
    return advance(mm_sp);
}
