/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The FF-A and MM communicate side of the partition: stages of one direct request, from the offset in x3 to
 * the MM status in x3, in the order of checks of the mm_communicate endpoint (Trusted Services 0d55b4c7).
 * What a message asks for is variable_service.c's business.
 */
#include "model/mm_sp/mm_sp.h"

#include <assert.h>
#include <string.h>

#include "model/abi/ffa.h"
#include "model/abi/mm.h"

#define BARRIER_SY 15U /* CRm of DSB SY */

static const uint8_t variable_guid[sizeof(struct efi_guid)] = MM_VARIABLE_GUID_BYTES;

void mm_sp_config_init(struct mm_sp_config *config, uint64_t buffer_pa, uint32_t buffer_size)
{
    *config = (struct mm_sp_config){
        .buffer_pa = buffer_pa,
        .buffer_size = buffer_size,
        .memory_type = MEMORY_NORMAL_WB,
        .shareability = SHAREABILITY_INNER,
        .pa_space = PA_SPACE_NON_SECURE,
        .own_maintenance = false,
        .secure_barrier = true,
        .limits = {.count_max = VARIABLE_COUNT_DEFAULT, .data_size_max = VARIABLE_DATA_SIZE_DEFAULT},
    };
}

void mm_sp_init(struct mm_sp *mm_sp, const struct mm_sp_config *config, struct event_log *log)
{
    assert(config->buffer_size >= MM_SP_BUFFER_SIZE_MIN);
    assert(config->buffer_size <= MM_SP_BUFFER_SIZE_MAX);
    assert(config->buffer_pa <= UINT64_MAX - config->buffer_size);
    memset(mm_sp, 0, sizeof(*mm_sp));
    mm_sp->config = *config;
    mm_sp->log = log;
    variable_service_init(&mm_sp->service, &config->limits);
}

void mm_sp_destroy(struct mm_sp *mm_sp)
{
    variable_service_destroy(&mm_sp->service);
}

void mm_sp_arm_fault(struct mm_sp *mm_sp, enum mm_sp_fault kind, int64_t value)
{
    assert((uint32_t)kind < MM_SP_FAULT_COUNT);
    mm_sp->fault_armed = (uint8_t)kind;
    mm_sp->fault_value_armed = value;
}

/* How the partition gives up the PE. */

static struct mm_sp_step give_up(struct mm_sp *mm_sp, const struct smc_frame *frame)
{
    mm_sp->stage = MM_SP_IDLE;
    return (struct mm_sp_step){.need = MM_SP_DONE, .frame = *frame};
}

/* A direct response: endpoints swapped, width of the request, MM status in x3 (sign-extended) or w3. */
static struct mm_sp_step respond(struct mm_sp *mm_sp)
{
    const uint32_t w1 = (uint32_t)mm_sp->request.x[1];
    const bool wide = (uint32_t)mm_sp->request.x[0] == FFA_MSG_SEND_DIRECT_REQ_64;
    const uint64_t status = (uint64_t)(int64_t)mm_sp->mm_status;
    event_log_append(mm_sp->log, EVENT_MM_REPLY, AGENT_PARTITION, 0, mm_sp->function, mm_sp->return_status,
                     status, 0);
    const struct smc_frame frame = {
        .x = {wide ? FFA_MSG_SEND_DIRECT_RESP_64 : FFA_MSG_SEND_DIRECT_RESP_32, w1 << 16 | w1 >> 16, 0,
              wide ? status : (uint32_t)status},
    };
    return give_up(mm_sp, &frame);
}

static struct mm_sp_step respond_status(struct mm_sp *mm_sp, int32_t mm_status)
{
    mm_sp->mm_status = mm_status;
    return respond(mm_sp);
}

static struct mm_sp_step return_error(struct mm_sp *mm_sp, int32_t status)
{
    const struct smc_frame frame = {.x = {FFA_ERROR, 0, (uint32_t)status}};
    return give_up(mm_sp, &frame);
}

/* Accesses */

/* Through the partition's own mapping of the buffer. `offset` is in the buffer. */
static struct mm_sp_step access_need(struct mm_sp *mm_sp, enum mm_sp_stage stage, enum access_op op,
                                     uint64_t offset, uint32_t size)
{
    assert(offset + size <= mm_sp->config.buffer_size);
    const uint64_t pa = mm_sp->config.buffer_pa + offset;
    const bool has_bytes = op == ACCESS_READ || op == ACCESS_WRITE;
    mm_sp->stage = (uint8_t)stage;
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
        .bytes = has_bytes ? &mm_sp->copy[offset - mm_sp->offset] : NULL,
    };
}

static struct mm_sp_step barrier_need(struct mm_sp *mm_sp, enum mm_sp_stage stage)
{
    struct mm_sp_step step = access_need(mm_sp, stage, ACCESS_DSB, mm_sp->offset, 0);
    step.access.pa = 0;
    step.access.va = 0;
    step.access.operand = BARRIER_SY;
    return step;
}

static struct mm_sp_step header_read(struct mm_sp *mm_sp)
{
    return access_need(mm_sp, MM_SP_READ_HEADER, ACCESS_READ, mm_sp->offset, MM_COMMUNICATE_HEADER_SIZE);
}

static struct mm_sp_step message_read(struct mm_sp *mm_sp)
{
    return access_need(mm_sp, MM_SP_READ_MESSAGE, ACCESS_READ, mm_sp->offset + MM_COMMUNICATE_HEADER_SIZE,
                       mm_sp->message_length);
}

/* The request */

static struct mm_sp_step offset_check(struct mm_sp *mm_sp)
{
    const uint64_t size = mm_sp->config.buffer_size;
    if (mm_sp->offset > size - MM_COMMUNICATE_HEADER_SIZE) {
        event_log_append(mm_sp->log, EVENT_MM_REQUEST, AGENT_PARTITION, 0, 0, 0, mm_sp->offset, 0);
        return respond_status(mm_sp, MM_STATUS_INVALID_PARAMETER);
    }
    if (mm_sp->config.own_maintenance) {
        return access_need(mm_sp, MM_SP_INVALIDATED_HEADER, ACCESS_DC_IVAC, mm_sp->offset,
                           MM_COMMUNICATE_HEADER_SIZE);
    }
    return header_read(mm_sp);
}

/* Faults that never look at the buffer. */
static bool fault_answers(const struct mm_sp *mm_sp)
{
    return mm_sp->fault == MM_SP_FAULT_MM_STATUS || mm_sp->fault == MM_SP_FAULT_FFA_ERROR;
}

static struct mm_sp_step fault_answer(struct mm_sp *mm_sp)
{
    const int32_t value = (int32_t)mm_sp->fault_value;
    return mm_sp->fault == MM_SP_FAULT_FFA_ERROR ? return_error(mm_sp, value) : respond_status(mm_sp, value);
}

static struct mm_sp_step direct_request(struct mm_sp *mm_sp)
{
    mm_sp->fault = mm_sp->fault_armed;
    mm_sp->fault_value = mm_sp->fault_value_armed;
    mm_sp->fault_armed = MM_SP_FAULT_NONE;
    if (mm_sp->fault != MM_SP_FAULT_NONE) {
        event_log_append(mm_sp->log, EVENT_MM_FAULT_INJECTED, AGENT_PARTITION, 0, mm_sp->fault,
                         (uint64_t)mm_sp->fault_value, 0, 0);
    }
    if (fault_answers(mm_sp)) {
        return fault_answer(mm_sp);
    }
    if ((uint32_t)mm_sp->request.x[0] == FFA_MSG_SEND_DIRECT_REQ_32) {
        return respond_status(mm_sp, MM_STATUS_NOT_SUPPORTED);
    }
    return offset_check(mm_sp);
}

struct mm_sp_step mm_sp_call(struct mm_sp *mm_sp, const struct smc_frame *request)
{
    assert(mm_sp->stage == MM_SP_IDLE);
    const uint32_t function_id = (uint32_t)request->x[0];
    mm_sp->request = *request;
    mm_sp->offset = request->x[3];
    mm_sp->message_length = 0;
    mm_sp->function = 0;
    mm_sp->return_status = EFI_SUCCESS;
    mm_sp->reply_size = 0;
    mm_sp->mm_status = MM_STATUS_SUCCESS;
    if (function_id == FFA_RUN) { /* cycles without a message: nothing to do with them */
        const struct smc_frame wait = {.x = {FFA_MSG_WAIT}};
        return give_up(mm_sp, &wait);
    }
    if (function_id != FFA_MSG_SEND_DIRECT_REQ_64 && function_id != FFA_MSG_SEND_DIRECT_REQ_32) {
        return return_error(mm_sp, FFA_NOT_SUPPORTED);
    }
    return direct_request(mm_sp);
}

/* The header */

/* Finds the MM status that ends the request here, or MM_STATUS_SUCCESS. The length is the guest's 64 bits. */
static int32_t header_check(const struct mm_sp *mm_sp, const struct mm_communicate_header *header)
{
    const uint64_t room = mm_sp->config.buffer_size - mm_sp->offset - MM_COMMUNICATE_HEADER_SIZE;
    if (header->message_length > room) { /* also where the end would overflow */
        return MM_STATUS_INVALID_PARAMETER;
    }
    if (memcmp(header->header_guid.bytes, variable_guid, sizeof(variable_guid)) != 0) {
        return MM_STATUS_NOT_SUPPORTED;
    }
    return header->message_length < MM_VARIABLE_HEADER_SIZE ? MM_STATUS_DENIED : MM_STATUS_SUCCESS;
}

static void copy_set_message_length(struct mm_sp *mm_sp, uint64_t message_length)
{
    memcpy(&mm_sp->copy[offsetof(struct mm_communicate_header, message_length)], &message_length,
           sizeof(message_length));
}

static struct mm_sp_step reply_write(struct mm_sp *mm_sp)
{
    return access_need(mm_sp, MM_SP_WRITTEN_REPLY, ACCESS_WRITE, mm_sp->offset, mm_sp->reply_size);
}

static struct mm_sp_step header_arrived(struct mm_sp *mm_sp)
{
    struct mm_communicate_header header;
    memcpy(&header, mm_sp->copy, sizeof(header));
    mm_sp->mm_status = header_check(mm_sp, &header);
    if (mm_sp->mm_status != MM_STATUS_SUCCESS) {
        event_log_append(mm_sp->log, EVENT_MM_REQUEST, AGENT_PARTITION, 0, 0, header.message_length,
                         mm_sp->offset, 0);
        if (mm_sp->mm_status != MM_STATUS_DENIED) {
            return respond(mm_sp);
        }
        /* The service was found but refused: the endpoint stores the length of its reply, which is empty. */
        copy_set_message_length(mm_sp, 0);
        mm_sp->reply_size = MM_COMMUNICATE_HEADER_SIZE;
        return reply_write(mm_sp);
    }
    mm_sp->message_length = (uint32_t)header.message_length;
    if (mm_sp->config.own_maintenance) {
        return access_need(mm_sp, MM_SP_INVALIDATED_MESSAGE, ACCESS_DC_IVAC,
                           mm_sp->offset + MM_COMMUNICATE_HEADER_SIZE, mm_sp->message_length);
    }
    return message_read(mm_sp);
}

/* The message */

/* Lets the variable service work on the copy; fills in the header and the size of the reply. */
static void message_serve(struct mm_sp *mm_sp)
{
    const uint32_t capacity = mm_sp->config.buffer_size - (uint32_t)mm_sp->offset - MM_PAYLOAD_OFFSET;
    struct variable_call call = {
        .function = (uint32_t)mm_sp->function, /* the RPC layer's opcode has 32 bits */
        .size = mm_sp->message_length - MM_VARIABLE_HEADER_SIZE,
        .capacity = capacity,
        .payload = &mm_sp->copy[MM_PAYLOAD_OFFSET],
        .return_status = EFI_SUCCESS,
    };
    if (mm_sp->fault == MM_SP_FAULT_EFI_STATUS) {
        call.return_status = (uint64_t)mm_sp->fault_value;
    } else if (!variable_service_invoke(&mm_sp->service, &call)) {
        mm_sp->mm_status = MM_STATUS_INVALID_PARAMETER; /* RPC_ERROR_INVALID_VALUE: no such opcode */
    }
    assert(call.reply_size <= capacity); /* the endpoint's "reply longer than buffer" cannot arise */
    mm_sp->return_status = call.return_status;
    mm_sp->reply_size = MM_PAYLOAD_OFFSET + call.reply_size;
}

/* A reply that breaks the protocol. */
static void reply_corrupt(struct mm_sp *mm_sp)
{
    const uint64_t value = (uint64_t)mm_sp->fault_value;
    const uint64_t beyond = mm_sp->config.buffer_size - mm_sp->offset - MM_COMMUNICATE_HEADER_SIZE + 1;
    switch ((enum mm_sp_fault)mm_sp->fault) {
    case MM_SP_FAULT_MESSAGE_LENGTH:
        copy_set_message_length(mm_sp, value != 0 ? value : beyond);
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

static struct mm_sp_step message_arrived(struct mm_sp *mm_sp)
{
    const bool silent = mm_sp->fault == MM_SP_FAULT_SILENT;
    memcpy(&mm_sp->function, &mm_sp->copy[MM_COMMUNICATE_HEADER_SIZE], sizeof(mm_sp->function));
    event_log_append(mm_sp->log, EVENT_MM_REQUEST, AGENT_PARTITION, 0, mm_sp->function, mm_sp->message_length,
                     mm_sp->offset, 0);
    if (silent) {
        return respond_status(mm_sp, MM_STATUS_SUCCESS);
    }
    message_serve(mm_sp);
    copy_set_message_length(mm_sp, mm_sp->reply_size - MM_COMMUNICATE_HEADER_SIZE);
    memcpy(&mm_sp->copy[MM_COMMUNICATE_HEADER_SIZE + offsetof(struct mm_variable_header, return_status)],
           &mm_sp->return_status, sizeof(mm_sp->return_status));
    reply_corrupt(mm_sp);
    return reply_write(mm_sp);
}

/* The reply is in the buffer: clean it, wait for that, give up the PE. */
static struct mm_sp_step reply_written(struct mm_sp *mm_sp)
{
    if (mm_sp->config.own_maintenance) {
        return access_need(mm_sp, MM_SP_CLEANED_REPLY, ACCESS_DC_CVAC, mm_sp->offset, mm_sp->reply_size);
    }
    return mm_sp->config.secure_barrier ? barrier_need(mm_sp, MM_SP_SYNCHRONISED) : respond(mm_sp);
}

struct mm_sp_step mm_sp_continue(struct mm_sp *mm_sp, bool provided)
{
    assert(mm_sp->stage != MM_SP_IDLE);
    if (!provided) { /* the bus refused: the partition has no memory to work with */
        return respond_status(mm_sp, MM_STATUS_NO_MEMORY);
    }
    switch ((enum mm_sp_stage)mm_sp->stage) {
    case MM_SP_IDLE:
        break;
    case MM_SP_INVALIDATED_HEADER:
        return barrier_need(mm_sp, MM_SP_READING_HEADER);
    case MM_SP_READING_HEADER:
        return header_read(mm_sp);
    case MM_SP_READ_HEADER:
        return header_arrived(mm_sp);
    case MM_SP_INVALIDATED_MESSAGE:
        return barrier_need(mm_sp, MM_SP_READING_MESSAGE);
    case MM_SP_READING_MESSAGE:
        return message_read(mm_sp);
    case MM_SP_READ_MESSAGE:
        return message_arrived(mm_sp);
    case MM_SP_WRITTEN_REPLY:
        return reply_written(mm_sp);
    case MM_SP_CLEANED_REPLY:
        return mm_sp->config.secure_barrier ? barrier_need(mm_sp, MM_SP_SYNCHRONISED) : respond(mm_sp);
    case MM_SP_SYNCHRONISED:
        return respond(mm_sp);
    }
    assert(false);
    return (struct mm_sp_step){0};
}
