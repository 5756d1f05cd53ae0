/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * protocol: calls and messages that the secure side refused, and what the firmware made of it. The checks are
 * those of the SPMC model (the third argument of spmc.refused is their number, the same in every profile) and
 * of the MM partition: the smm-gateway endpoint (Trusted Services 0d55b4c7), which answers with an MM status,
 * and StandaloneMM (EDK2 c5aa7e7d), which answers with FFA_ERROR.
 */
#include <assert.h>
#include <stddef.h>

#include "model/abi/efi.h"
#include "model/abi/ffa.h"
#include "model/abi/mm.h"
#include "model/abi/script.h"
#include "model/abi/smccc.h"
#include "model/checker/contract_state.h"

/* `detail`: function ID [31:0], check [47:32], whether it is the message's, and whether with an FF-A status.
 */
#define DETAIL_CHECK_SHIFT 32
#define DETAIL_CHECK_MASK  0xFFFFU
#define DETAIL_MESSAGE     (1ULL << 63)
#define DETAIL_FFA_STATUS  (1ULL << 62) /* of a message */

#define MM_FUNCTION_UNREAD 0 /* in events of messages that were refused before */

#define CHECK_NONE          0U
#define CHECK_WIDTH         0xFFFFU /* the function has no 64-bit form */
#define CHECK_BEYOND_BUFFER 1U      /* of a message */
#define CHECK_TOO_SHORT     2U

static uint64_t detail_of(uint32_t function_id, uint32_t check)
{
    return function_id | (uint64_t)check << DETAIL_CHECK_SHIFT;
}

/* ---- what is a mistake ---- */

/*
 * What the caller could have known: registers that the function defines otherwise, and objects that are not
 * its own. The same status may be an ordinary answer at another check (a UUID that nobody has is
 * INVALID_PARAMETERS too).
 */
struct mistake {
    uint32_t function_id; /* SMC32 form */
    int32_t status;
    uint32_t check;
    const char *text;
};

static const struct mistake mistakes[] = {
    {FFA_VERSION, FFA_NOT_SUPPORTED, 1, "bit 31 of the version is not zero"},
    {FFA_RXTX_MAP_32, FFA_DENIED, 1, "RX and TX buffers are mapped already"},
    {FFA_RXTX_MAP_32, FFA_INVALID_PARAMETERS, 2, "no such buffer size is allowed"},
    {FFA_RXTX_MAP_32, FFA_INVALID_PARAMETERS, 3, "the buffers are not page aligned"},
    {FFA_RXTX_MAP_32, FFA_INVALID_PARAMETERS, 4, "the buffers overlap"},
    {FFA_RXTX_MAP_32, FFA_DENIED, 5, "the buffers are not in non-secure memory"},
    {FFA_RXTX_MAP_32, FFA_INVALID_PARAMETERS, 6, "no such buffer size is allowed"},
    {FFA_RXTX_MAP_32, FFA_INVALID_PARAMETERS, 7, "reserved bits of w3 are not zero"},
    {FFA_RXTX_MAP_32, FFA_INVALID_PARAMETERS, 8, "the address of a buffer is zero"},
    {FFA_RXTX_MAP_32, FFA_INVALID_PARAMETERS, 9, "the buffers have one address"},
    {FFA_RXTX_UNMAP, FFA_INVALID_PARAMETERS, 1, "the buffers of a VM are named that does not exist"},
    {FFA_RXTX_UNMAP, FFA_INVALID_PARAMETERS, 2, "no RX and TX buffers are mapped"},
    {FFA_RX_RELEASE, FFA_INVALID_PARAMETERS, 1, "the buffer of a VM is named that does not exist"},
    {FFA_RX_RELEASE, FFA_DENIED, 2, "the RX buffer is not the caller's"},
    {FFA_PARTITION_INFO_GET, FFA_INVALID_PARAMETERS, 1, "flags that must be zero are not"},
    {FFA_MSG_SEND_DIRECT_REQ_32, FFA_INVALID_PARAMETERS, 1, "the sender is no non-secure endpoint"},
    {FFA_MSG_SEND_DIRECT_REQ_32, FFA_INVALID_PARAMETERS, 2, "an endpoint is an EL3 logical partition"},
    {FFA_MSG_SEND_DIRECT_REQ_32, FFA_INVALID_PARAMETERS, 3, "w2 must be zero"},
    {FFA_MSG_SEND_DIRECT_REQ_32, FFA_INVALID_PARAMETERS, 4, "the receiver takes no such framework message"},
    {FFA_MSG_SEND_DIRECT_REQ_32, FFA_INVALID_PARAMETERS, 5, "the receiver does not exist"},
    {FFA_MSG_SEND_DIRECT_REQ_32, FFA_DENIED, 6, "the receiver takes no direct requests"},
    {FFA_MSG_SEND_DIRECT_REQ_32, FFA_INVALID_PARAMETERS, 10, "reserved bits of w2 are not zero"},
    {FFA_MSG_SEND_DIRECT_REQ_32, FFA_INVALID_PARAMETERS, 11,
     "the normal world has no such framework message"},
    {FFA_MSG_SEND_DIRECT_REQ_32, FFA_INVALID_PARAMETERS, 12, "the sender is the receiver"},
    {FFA_MSG_SEND_DIRECT_RESP_32, FFA_INVALID_PARAMETERS, 1, "there is no request to respond to"},
    {FFA_RUN, FFA_INVALID_PARAMETERS, 1, "x8-x17 must be zero"},
    {FFA_RUN, FFA_INVALID_PARAMETERS, 2, "the partition does not exist"},
    {FFA_RUN, FFA_INVALID_PARAMETERS, 3, "the partition has no such vCPU on this PE"},
    {FFA_RUN, FFA_DENIED, 4, "the normal world cannot be run"},
    {FFA_NORMAL_WORLD_RESUME, FFA_DENIED, 1, "only the secure world may make the call"},
};

static const char *const message_texts[] = {
    [CHECK_BEYOND_BUFFER] = "the message does not end inside the shared buffer",
    [CHECK_TOO_SHORT] = "the message is shorter than the header of its service",
};

/* DEN0077, up to 1.2: functions of which there is an SMC32 form alone, as the normal world calls them. */
static bool width_wrong(uint32_t function_id)
{
    static const uint32_t functions[] = {
        FFA_VERSION, FFA_FEATURES,   FFA_RX_RELEASE, FFA_RXTX_UNMAP, FFA_PARTITION_INFO_GET,
        FFA_ID_GET,  FFA_SPM_ID_GET, FFA_RUN,
    };
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (function_id == (functions[i] | FFA_FUNCTION_64BIT)) {
            return true;
        }
    }
    return false;
}

static uint32_t either_width(uint32_t function_id)
{
    return function_id & ~FFA_FUNCTION_64BIT;
}

static const struct mistake *mistake_find(uint32_t function_id, uint32_t check)
{
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        if (mistakes[i].function_id == either_width(function_id) && mistakes[i].check == check) {
            return &mistakes[i];
        }
    }
    return NULL;
}

const char *contract_protocol_text(uint64_t detail)
{
    const uint32_t function_id = contract_protocol_function_id(detail);
    const uint32_t check = (uint32_t)(detail >> DETAIL_CHECK_SHIFT) & DETAIL_CHECK_MASK;
    if (check == CHECK_NONE) {
        return "the message was not dealt with";
    }
    if (contract_protocol_message(detail)) {
        assert(check < sizeof(message_texts) / sizeof(message_texts[0]));
        return message_texts[check];
    }
    if (check == CHECK_WIDTH) {
        return "the function has no 64-bit form";
    }
    const struct mistake *mistake = mistake_find(function_id, check);
    assert(mistake != NULL);
    return mistake->text;
}

/*
 * The check of a mistake, or CHECK_NONE. FFA_VERSION answers alike to a malformed version and where FF-A does
 * not exist; its argument tells.
 */
static uint32_t call_mistake(const struct contract_call *call, uint32_t function_id, int32_t status,
                             uint32_t check)
{
    if (status == FFA_NOT_SUPPORTED && width_wrong(function_id)) {
        return CHECK_WIDTH;
    }
    if (function_id == FFA_VERSION && ((uint32_t)call->x1 & FFA_VERSION_MBZ) == 0) {
        return CHECK_NONE;
    }
    const struct mistake *mistake = mistake_find(function_id, check);
    return mistake != NULL && mistake->status == status ? check : CHECK_NONE;
}

/* ---- failures of a step ---- */

static struct contract_breach breach_of(const struct event *event, uint64_t detail, int64_t status)
{
    return (struct contract_breach){
        .rule = PROVE_PROTOCOL,
        .severity = PROVE_WARNING,
        .count = 1,
        .site =
            {
                .known = true,
                .pc = event->pc,
                .position = event->position,
                .where = {.count = event->position, .agent = AGENT_PE, .pe = event->pe},
            },
        .detail = detail,
        .status = status,
    };
}

static struct contract_failure *failure_find(struct contract *contract,
                                             const struct contract_failure *failure)
{
    for (uint32_t i = 0; i < contract->failure_count; i++) {
        struct contract_failure *before = &contract->failures[i];
        if (before->breach.detail == failure->breach.detail &&
            before->breach.status == failure->breach.status &&
            before->breach.site.pc == failure->breach.site.pc &&
            before->mm_function == failure->mm_function) {
            return before;
        }
    }
    return NULL;
}

/* Outside the steps that decide, and where no more are kept, a mistake is told at once. */
static void failure_add(struct contract *contract, const struct contract_failure *failure)
{
    struct contract_failure *before = failure_find(contract, failure);
    if (before != NULL) {
        before->breach.count++;
        before->mended = false;
        return;
    }
    if (contract->service_step && contract->failure_count < CONTRACT_FAILURES_MAX) {
        contract->failures[contract->failure_count++] = *failure;
    } else if (failure->mistake) {
        contract_breach_put(contract, &failure->breach);
    }
}

void contract_failures_end(struct contract *contract, bool success)
{
    for (uint32_t i = 0; i < contract->failure_count; i++) {
        struct contract_failure *failure = &contract->failures[i];
        const bool ignored = success && !failure->mended;
        failure->breach.severity = ignored ? PROVE_ERROR : PROVE_WARNING;
        if (ignored || failure->mistake) {
            contract_breach_put(contract, &failure->breach);
        }
    }
    contract->failure_count = 0;
}

static void calls_mend(struct contract *contract)
{
    for (uint32_t i = 0; i < contract->failure_count; i++) {
        struct contract_failure *failure = &contract->failures[i];
        failure->mended = failure->mended || !failure->message;
    }
}

static void messages_mend(struct contract *contract, uint64_t mm_function)
{
    for (uint32_t i = 0; i < contract->failure_count; i++) {
        struct contract_failure *failure = &contract->failures[i];
        const bool same = failure->mm_function == MM_FUNCTION_UNREAD || failure->mm_function == mm_function;
        failure->mended = failure->mended || (failure->message && same);
    }
}

/* ---- steps ---- */

static void step_begin(struct contract *contract, uint64_t code)
{
    contract_failures_end(contract, false);
    contract->service_step = code == SCRIPT_STEP_GET_VARIABLE || code == SCRIPT_STEP_SET_VARIABLE ||
                             code == SCRIPT_STEP_GET_NEXT_VARIABLE_NAME ||
                             code == SCRIPT_STEP_QUERY_VARIABLE_INFO;
}

static void step_end(struct contract *contract, uint64_t status)
{
    contract_failures_end(contract, status == EFI_SUCCESS);
    contract->service_step = false;
}

/* ---- calls ---- */

static bool call_is_direct_message(uint32_t function_id)
{
    return either_width(function_id) == FFA_MSG_SEND_DIRECT_REQ_32 || either_width(function_id) == FFA_RUN;
}

/* PSCI, DEN0022: calls after which this PE's caches are gone, or may be. */
static bool call_powers_down(uint32_t function_id)
{
    static const uint32_t functions[] = {
        PSCI_CPU_SUSPEND_32, PSCI_CPU_OFF,      PSCI_DEFAULT_SUSPEND_32, PSCI_SYSTEM_SUSPEND_32,
        PSCI_SYSTEM_OFF,     PSCI_SYSTEM_RESET, PSCI_SYSTEM_RESET2_32,
    };
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (either_width(function_id) == functions[i]) {
            return true;
        }
    }
    return false;
}

static void call_begin(struct contract *contract, const struct event *event)
{
    const uint32_t function_id = (uint32_t)event->args[0] & ~SMCCC_SVE_HINT;
    contract->call = (struct contract_call){.function_id = function_id, .x1 = event->args[1]};
    contract_sweeps_end(contract, event->pe, call_powers_down(function_id));
}

static void call_refused(struct contract *contract, const struct event *event)
{
    const uint32_t function_id = (uint32_t)event->args[0];
    const int32_t status = (int32_t)event->args[1];
    const uint32_t check = call_mistake(&contract->call, function_id, status, (uint32_t)event->args[2]);
    const struct contract_failure failure = {
        .breach = breach_of(event, detail_of(function_id, check), status),
        .mistake = check != CHECK_NONE,
    };
    contract->call.refused = true;
    if (call_is_direct_message(function_id)) {
        failure_add(contract, &failure);
    } else if (failure.mistake) {
        contract_breach_put(contract, &failure.breach);
    }
}

/* An error that was not refused is the partition's own. */
static void call_end(struct contract *contract, const struct event *event)
{
    const uint32_t result = (uint32_t)event->args[0];
    const uint32_t function_id = contract->call.function_id;
    if (!call_is_direct_message(function_id)) {
        return;
    }
    if (either_width(result) == FFA_MSG_SEND_DIRECT_RESP_32) {
        calls_mend(contract);
    } else if (result == FFA_ERROR && !contract->call.refused) {
        const struct contract_failure failure = {
            .breach = breach_of(event, detail_of(function_id, CHECK_NONE), (int32_t)event->args[2]),
        };
        failure_add(contract, &failure);
    }
}

/* ---- messages ---- */

static void message_begin(struct contract *contract, const struct event *event)
{
    contract->call.requested = true;
    contract->call.mm_function = event->args[0];
    contract->call.message_length = event->args[1];
    contract->call.offset = event->args[2];
    if (event->args[0] == MM_FUNCTION_EXIT_BOOT_SERVICES) {
        contract_exit_boot_services(contract);
    }
}

static bool message_beyond_buffer(const struct contract *contract)
{
    const struct contract_call *call = &contract->call;
    const uint64_t size = contract->config.buffer_size;
    return size < MM_COMMUNICATE_HEADER_SIZE || call->offset > size - MM_COMMUNICATE_HEADER_SIZE ||
           call->message_length > size - MM_COMMUNICATE_HEADER_SIZE - call->offset;
}

/* How a message was answered. At most one of them is an error: a partition has one kind of status. */
struct message_answer {
    int64_t mm_status;
    int64_t ffa_status; /* StandaloneMM's: it comes back with FFA_ERROR */
};

static uint32_t message_mistake(const struct contract *contract, const struct message_answer *answer)
{
    if (!contract->call.requested) {
        return CHECK_NONE; /* the partition did not look at it */
    }
    if ((answer->mm_status == MM_STATUS_INVALID_PARAMETER || answer->ffa_status == FFA_DENIED) &&
        message_beyond_buffer(contract)) {
        return CHECK_BEYOND_BUFFER;
    }
    const bool too_short = contract->call.message_length < MM_VARIABLE_HEADER_SIZE;
    return answer->mm_status == MM_STATUS_DENIED && too_short ? CHECK_TOO_SHORT : CHECK_NONE;
}

static void message_failed(struct contract *contract, const struct event *event,
                           const struct message_answer *answer)
{
    const struct contract_call *call = &contract->call;
    const uint32_t check = message_mistake(contract, answer);
    const bool is_ffa = answer->ffa_status != 0;
    const uint64_t kind = DETAIL_MESSAGE | (is_ffa ? DETAIL_FFA_STATUS : 0);
    struct contract_failure failure = {
        .breach = breach_of(event, detail_of(call->function_id, check) | kind,
                            is_ffa ? answer->ffa_status : answer->mm_status),
        .mistake = check != CHECK_NONE,
        .message = true,
        .mm_function = event->args[0],
    };
    if (call->requested) {
        const uint64_t length = MM_COMMUNICATE_HEADER_SIZE + call->message_length;
        failure.breach.pa = contract->config.buffer_pa + call->offset;
        failure.breach.bytes =
            length < call->message_length || length > UINT32_MAX ? UINT32_MAX : (uint32_t)length;
    }
    failure_add(contract, &failure);
}

/* A message that the partition read to its end and did not know what to do with is no failure. */
static void message_end(struct contract *contract, const struct event *event)
{
    const struct message_answer answer = {
        .mm_status = (int64_t)event->args[2],
        .ffa_status = (int64_t)event->args[3],
    };
    const bool unknown_function = contract->call.requested &&
                                  answer.mm_status == MM_STATUS_INVALID_PARAMETER &&
                                  !message_beyond_buffer(contract);
    if (answer.mm_status == MM_STATUS_SUCCESS && answer.ffa_status == 0) {
        messages_mend(contract, event->args[0]);
    } else if (!unknown_function) {
        contract->call.refused = answer.ffa_status != 0; /* the FFA_ERROR that follows says the same */
        message_failed(contract, event, &answer);
    }
}

/* The calls of partitions are the secure side's own business. */
static bool event_of_partition_call(const struct event *event)
{
    const bool call = event->kind == EVENT_SPMC_CALL || event->kind == EVENT_SPMC_REFUSED ||
                      event->kind == EVENT_SPMC_RESULT;
    return call && event->agent == AGENT_PARTITION;
}

void contract_event(struct contract *contract, const struct event *event)
{
    if (event_of_partition_call(event)) {
        return;
    }
    switch (event->kind) {
    case EVENT_SCRIPT_STEP:
        step_begin(contract, event->args[1]);
        return;
    case EVENT_SCRIPT_RESULT:
        step_end(contract, event->args[1]);
        return;
    case EVENT_SPMC_CALL:
        call_begin(contract, event);
        return;
    case EVENT_SPMC_REFUSED:
        call_refused(contract, event);
        return;
    case EVENT_SPMC_RESULT:
        call_end(contract, event);
        return;
    case EVENT_MM_REQUEST:
        message_begin(contract, event);
        return;
    case EVENT_MM_REPLY:
        message_end(contract, event);
        return;
    case EVENT_SPMC_POWER:
        contract_reset(contract); /* or off, and then nothing follows */
        return;
    default:
        return;
    }
}
