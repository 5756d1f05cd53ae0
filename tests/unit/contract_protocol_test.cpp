// SPDX-License-Identifier: BSD-3-Clause
//
// What the secure side refuses, as the models of the SPMC and the MM partition tell it: which refusals are
// the caller's mistakes, and when a firmware goes on as if there had been none. The events are theirs, so
// that the checks' numbers are held to what they count.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "model/mm_sp/mm_sp.h"
#include "model/spmc/spmc.h"
#include "tests/unit/contract_world.hpp"

namespace {

constexpr uint64_t MM_ID = 0x8002;
constexpr uint64_t TX_PA = 0x80010000;
constexpr uint64_t RX_PA = 0x80020000;

struct spmc_config spmc_config_of(bool ffa_present = true)
{
    struct spmc_config config;
    spmc_config_init(&config);
    config.ffa_present = ffa_present;
    config.ns_range_count = 1;
    config.ns_ranges[0] = {0x80000000, 0x100000};
    spmc_config_add_mm_partition(&config, MM_ID);
    return config;
}

// The normal world in front of an SPMC and the MM partition.
class secure_world : public contract_world {
public:
    explicit secure_world(const struct spmc_config &config = spmc_config_of()) : buffer(SIZE, 0)
    {
        struct mm_sp_config partition;
        mm_sp_config_init(&partition, PA, SIZE);
        event_log_init(log.get());
        spmc_init(spmc.get(), &config, log.get());
        mm_sp_init(mm_sp.get(), &partition, log.get());
    }
    ~secure_world() { mm_sp_destroy(mm_sp.get()); }

    struct smc_frame call(const std::vector<uint64_t> &registers)
    {
        struct smc_frame frame {};
        for (size_t i = 0; i < registers.size(); i++) {
            frame.x[i] = registers[i];
        }
        log->pc = pc;
        struct spmc_step step = spmc_call(spmc.get(), &frame);
        while (step.need == SPMC_RUN_PARTITION || step.need == SPMC_WRITE) {
            provide(step);
            step = spmc_continue(spmc.get());
        }
        for (uint32_t i = 0; i < log->count; i++) {
            tell(log->events[i]);
        }
        event_log_clear(log.get());
        return step.frame;
    }

    struct smc_frame map() { return call({FFA_RXTX_MAP_64, TX_PA, RX_PA, 1}); }
    struct smc_frame info_get() { return call({FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 0}); }
    struct smc_frame doorbell(uint64_t offset = 0, uint64_t function_id = FFA_MSG_SEND_DIRECT_REQ_64)
    {
        return call({function_id, MM_ID, 0, offset});
    }
    struct smc_frame run(uint64_t function_id = FFA_RUN) { return call({function_id, MM_ID << 16}); }

    // A message in the buffer; `length` counts what follows the header.
    void lay(uint64_t function, uint64_t length = 16, uint64_t offset = 0)
    {
        const uint8_t guid[] = MM_VARIABLE_GUID_BYTES;
        memcpy(buffer.data() + offset, guid, sizeof(guid));
        memcpy(buffer.data() + offset + 16, &length, 8);
        memcpy(buffer.data() + offset + 24, &function, 8);
    }
    struct smc_frame query(uint64_t function = MM_FUNCTION_QUERY_VARIABLE_INFO)
    {
        lay(function, MM_VARIABLE_HEADER_SIZE + sizeof(struct mm_variable_query));
        return doorbell();
    }
    void fault(enum mm_sp_fault kind, int64_t value = 0) { mm_sp_arm_fault(mm_sp.get(), kind, value); }

    std::unique_ptr<struct spmc> spmc = std::make_unique<struct spmc>();
    std::unique_ptr<struct mm_sp> mm_sp = std::make_unique<struct mm_sp>();
    std::unique_ptr<struct event_log> log = std::make_unique<struct event_log>();
    std::vector<uint8_t> buffer;
    uint64_t pc = 0x7000;
    bool partition_breaks = false;

private:
    void provide(const struct spmc_step &step)
    {
        if (step.need == SPMC_WRITE) {
            spmc_provide_accessed(spmc.get(), true);
            return;
        }
        if (partition_breaks) {
            spmc_provide_abort(spmc.get());
            return;
        }
        struct mm_sp_step work = mm_sp_call(mm_sp.get(), &step.frame);
        while (work.need == MM_SP_ACCESS) {
            uint8_t *at = buffer.data() + (work.access.pa - PA);
            if (work.access.op == ACCESS_READ) {
                memcpy(work.bytes, at, work.access.size);
            } else if (work.access.op == ACCESS_WRITE) {
                memcpy(at, work.bytes, work.access.size);
            }
            work = mm_sp_continue(mm_sp.get(), true);
        }
        spmc_provide_response(spmc.get(), &work.frame);
    }
};

void expect_breach(const struct contract_breach &breach, enum prove_severity severity, uint32_t function_id,
                   int64_t status, const char *text)
{
    const char *told = contract_protocol_text(breach.detail);
    EXPECT_EQ(breach.rule, PROVE_PROTOCOL);
    EXPECT_EQ(breach.severity, severity);
    EXPECT_EQ(contract_protocol_function_id(breach.detail), function_id);
    EXPECT_EQ(breach.status, status);
    EXPECT_STREQ(told, text);
}

bool answered(const struct smc_frame &frame, int32_t status)
{
    return (uint32_t)frame.x[0] == FFA_ERROR && static_cast<int32_t>(frame.x[2]) == status;
}

// Calls that the caller could have known to be refused.
enum state { FRESH, MAPPED, UNMAPPED };
const struct {
    enum state state;
    std::vector<uint64_t> registers;
    int32_t status;
    const char *text;
} refused[] = {
    {MAPPED, {FFA_RXTX_MAP_64, TX_PA, RX_PA, 1}, FFA_DENIED, "RX and TX buffers are mapped already"},
    {FRESH, {FFA_RXTX_MAP_64, TX_PA, RX_PA, 0}, FFA_INVALID_PARAMETERS, "no such buffer size is allowed"},
    {FRESH, {FFA_RXTX_MAP_64, TX_PA, RX_PA, 2}, FFA_INVALID_PARAMETERS, "no such buffer size is allowed"},
    {FRESH,
     {FFA_RXTX_MAP_64, TX_PA + 64, RX_PA, 1},
     FFA_INVALID_PARAMETERS,
     "the buffers are not page aligned"},
    {FRESH, {FFA_RXTX_MAP_64, TX_PA, TX_PA, 1}, FFA_INVALID_PARAMETERS, "the buffers overlap"},
    {FRESH, {FFA_RXTX_MAP_64, TX_PA, 0x90000000, 1}, FFA_DENIED, "the buffers are not in non-secure memory"},
    {MAPPED,
     {FFA_RXTX_UNMAP, 0x10000},
     FFA_INVALID_PARAMETERS,
     "the buffers of a VM are named that does not exist"},
    {UNMAPPED, {FFA_RXTX_UNMAP, 0}, FFA_INVALID_PARAMETERS, "no RX and TX buffers are mapped"},
    {MAPPED, {FFA_RX_RELEASE, 1}, FFA_INVALID_PARAMETERS, "the buffer of a VM is named that does not exist"},
    {MAPPED, {FFA_RX_RELEASE, 0}, FFA_DENIED, "the RX buffer is not the caller's"},
    {MAPPED,
     {FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 2},
     FFA_INVALID_PARAMETERS,
     "flags that must be zero are not"},
    {FRESH,
     {FFA_MSG_SEND_DIRECT_REQ_64, 0x80018002},
     FFA_INVALID_PARAMETERS,
     "the sender is no non-secure endpoint"},
    {FRESH,
     {FFA_MSG_SEND_DIRECT_REQ_32, 0xFFC1},
     FFA_INVALID_PARAMETERS,
     "an endpoint is an EL3 logical partition"},
    {FRESH, {FFA_MSG_SEND_DIRECT_REQ_64, MM_ID, 1}, FFA_INVALID_PARAMETERS, "w2 must be zero"},
    {FRESH,
     {FFA_MSG_SEND_DIRECT_REQ_64, MM_ID, 0x80000004},
     FFA_INVALID_PARAMETERS,
     "the receiver takes no such framework message"},
    {FRESH, {FFA_MSG_SEND_DIRECT_REQ_64, 0x8003}, FFA_INVALID_PARAMETERS, "the receiver does not exist"},
    {FRESH,
     {FFA_MSG_SEND_DIRECT_RESP_64, 0x80020000},
     FFA_INVALID_PARAMETERS,
     "there is no request to respond to"},
    {FRESH, {FFA_RUN, MM_ID << 16, 0, 0, 0, 0, 0, 0, 1}, FFA_INVALID_PARAMETERS, "x8-x17 must be zero"},
    {FRESH, {FFA_RUN, 0x80030000}, FFA_INVALID_PARAMETERS, "the partition does not exist"},
    {FRESH, {FFA_RUN, MM_ID << 16 | 1}, FFA_INVALID_PARAMETERS, "the partition has no such vCPU on this PE"},
    {FRESH, {FFA_RUN, 0}, FFA_DENIED, "the normal world cannot be run"},
    {FRESH, {FFA_NORMAL_WORLD_RESUME}, FFA_DENIED, "only the secure world may make the call"},
    {FRESH,
     {FFA_RUN | FFA_FUNCTION_64BIT, MM_ID << 16},
     FFA_NOT_SUPPORTED,
     "the function has no 64-bit form"},
    {FRESH, {FFA_ID_GET | FFA_FUNCTION_64BIT}, FFA_NOT_SUPPORTED, "the function has no 64-bit form"},
};

} // namespace

// Calls

TEST(contract_protocol, refused_calls_that_the_caller_could_have_known_of)
{
    for (const auto &row : refused) {
        secure_world w;
        if (row.state != FRESH) {
            w.map();
        }
        if (row.state == UNMAPPED) {
            w.call({FFA_RXTX_UNMAP});
        }
        EXPECT_TRUE(w.take().empty());
        EXPECT_TRUE(answered(w.call(row.registers), row.status)) << row.text;
        const struct contract_breach breach = only(w);
        expect_breach(breach, PROVE_WARNING, static_cast<uint32_t>(row.registers[0]), row.status, row.text);
        EXPECT_EQ(breach.site.pc, w.pc);
        EXPECT_FALSE(contract_protocol_message(breach.detail));
    }
}

TEST(contract_protocol, a_receiver_that_takes_no_direct_requests)
{
    for (const uint32_t properties : {FFA_PARTITION_RECEIVES_DIRECT_REQUESTS, 0U}) {
        struct spmc_config config = spmc_config_of();
        config.partitions[0].properties = properties | FFA_PARTITION_AARCH64;
        secure_world w(config);
        w.query();
        if (properties == 0) {
            expect_breach(only(w), PROVE_WARNING, FFA_MSG_SEND_DIRECT_REQ_64, FFA_DENIED,
                          "the receiver takes no direct requests");
        }
        EXPECT_TRUE(w.take().empty());
    }
}

TEST(contract_protocol, a_version_whose_bit_31_is_set)
{
    secure_world w;
    for (const uint64_t version : {FFA_VERSION_1_0, 0x00020000U, 0x00010063U}) { // refused or not: an answer
        w.call({FFA_VERSION, version});
        EXPECT_TRUE(w.take().empty());
    }
    w.call({FFA_VERSION, 0x80010000});
    expect_breach(only(w), PROVE_WARNING, FFA_VERSION, FFA_NOT_SUPPORTED,
                  "bit 31 of the version is not zero");
    secure_world absent(spmc_config_of(false));
    absent.call({FFA_VERSION, FFA_VERSION_1_0});
    EXPECT_TRUE(absent.take().empty());
}

TEST(contract_protocol, ordinary_answers_and_undefined_registers_are_no_mistakes)
{
    const std::vector<uint64_t> rows[] = {
        {FFA_FEATURES, FFA_MSG_SEND_DIRECT_REQ_64},
        {FFA_FEATURES, 0x84000073},              // a function that does not exist here
        {FFA_FEATURES, 1},                       // a feature that does not
        {FFA_PARTITION_INFO_GET, 1, 2, 3, 4, 0}, // a UUID that nobody has
        {0x84000073, TX_PA},                     // FFA_MEM_SHARE
        {0xC400008B},                            // FFA_PARTITION_INFO_GET_REGS
        {FFA_SPM_ID_GET},
        {FFA_VERSION, FFA_VERSION_1_2},    // too late to change it
        {FFA_ID_GET, 1, 2, 3, 4, 5, 6, 7}, // FFA_ID_GET defines none
        {SMCCC_ARCH_FEATURES, 0x80008000},
        {PSCI_FEATURES, PSCI_CPU_SUSPEND_32},
        {PSCI_CPU_ON_64, 5},
        {PSCI_AFFINITY_INFO_64, 0, 1},
        {PSCI_CPU_OFF},
        {0x8200FF01},
    };
    secure_world w;
    w.map();
    for (const auto &row : rows) {
        w.call(row);
        EXPECT_TRUE(w.take().empty()) << std::hex << row[0];
    }
    EXPECT_FALSE(answered(w.info_get(), FFA_BUSY));
    EXPECT_TRUE(answered(w.info_get(), FFA_BUSY)); // RX is full
    EXPECT_TRUE(w.take().empty());
}

TEST(contract_protocol, a_partition_that_is_busy_or_dead_is_an_ordinary_answer)
{
    secure_world w;
    spmc_arm_interrupts(w.spmc.get(), 1);
    EXPECT_EQ(w.query().x[0], FFA_INTERRUPT);
    EXPECT_TRUE(answered(w.query(), FFA_BUSY));
    EXPECT_EQ(w.run().x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    w.partition_breaks = true;
    EXPECT_TRUE(answered(w.query(), FFA_ABORTED));
    EXPECT_TRUE(answered(w.query(), FFA_ABORTED));
    EXPECT_TRUE(answered(w.run(), FFA_ABORTED));
    EXPECT_TRUE(w.take().empty());
}

TEST(contract_protocol, where_ff_a_does_not_exist_every_answer_is_ordinary)
{
    secure_world w(spmc_config_of(false));
    w.call({FFA_VERSION, FFA_VERSION_1_0});
    w.map();
    w.info_get();
    w.call({FFA_RX_RELEASE});
    w.doorbell();
    w.run();
    EXPECT_TRUE(w.take().empty());
}

// Of secure sides that are not modelled.
TEST(contract_protocol, the_same_check_with_another_status_is_no_mistake)
{
    const struct {
        uint32_t function_id;
        int32_t status;
        uint64_t check;
        size_t breaches;
    } rows[] = {
        {FFA_RXTX_MAP_64, FFA_NO_MEMORY, 1, 0},
        {FFA_RXTX_MAP_64, FFA_DENIED, 1, 1},
        {FFA_RUN | FFA_FUNCTION_64BIT, FFA_BUSY, 7, 0},
        {FFA_RUN | FFA_FUNCTION_64BIT, FFA_NOT_SUPPORTED, 1, 1},
    };
    for (const auto &row : rows) {
        contract_world w;
        w.event(EVENT_SPMC_CALL, row.function_id);
        w.event(EVENT_SPMC_REFUSED, row.function_id, static_cast<uint64_t>(int64_t{row.status}), row.check);
        EXPECT_EQ(w.take().size(), row.breaches) << row.status;
    }
    for (const uint64_t length : {15U, 16U}) {
        contract_world w;
        w.event(EVENT_SPMC_CALL, FFA_MSG_SEND_DIRECT_REQ_64);
        w.event(EVENT_MM_REQUEST, 0, length, 0);
        w.event(EVENT_MM_REPLY, 0, 0, static_cast<uint64_t>(MM_STATUS_DENIED));
        EXPECT_EQ(w.take().size(), length == 15 ? 1U : 0U);
    }
}

// Messages

TEST(contract_protocol, messages_that_do_not_end_in_the_buffer)
{
    const uint32_t size = contract_world::SIZE;
    const struct {
        uint64_t offset, length;
        bool kept;
        uint32_t bytes;
    } rows[] = {
        {0, 56, true, 0},
        {0, size - MM_COMMUNICATE_HEADER_SIZE, true, 0},
        {0, size - MM_COMMUNICATE_HEADER_SIZE + 1, false, size + 1},
        {64, size - MM_COMMUNICATE_HEADER_SIZE - 64, true, 0},
        {64, size - MM_COMMUNICATE_HEADER_SIZE - 63, false, size - 63},
        {0, UINT64_MAX, false, UINT32_MAX},
        {0, UINT32_MAX, false, UINT32_MAX},
        {size - MM_COMMUNICATE_HEADER_SIZE + 1, 0, false, MM_COMMUNICATE_HEADER_SIZE},
        {UINT64_MAX, 0, false, MM_COMMUNICATE_HEADER_SIZE},
    };
    for (const auto &row : rows) {
        secure_world w;
        if (row.offset < size - MM_PAYLOAD_OFFSET) {
            w.lay(MM_FUNCTION_QUERY_VARIABLE_INFO, row.length, row.offset);
        }
        w.doorbell(row.offset);
        if (row.kept) {
            EXPECT_TRUE(w.take().empty()) << row.offset << " " << row.length;
            continue;
        }
        const struct contract_breach breach = only(w);
        expect_breach(breach, PROVE_WARNING, FFA_MSG_SEND_DIRECT_REQ_64, MM_STATUS_INVALID_PARAMETER,
                      "the message does not end inside the shared buffer");
        EXPECT_TRUE(contract_protocol_message(breach.detail));
        EXPECT_TRUE(contract_protocol_mm_status(breach.detail));
        EXPECT_EQ(breach.pa, contract_world::PA + row.offset);
        EXPECT_EQ(breach.bytes, row.bytes);
    }
}

// FFA_ERROR from the partition and its mm.reply are one answer. StandaloneMM's DENIED is the FF-A status.
TEST(contract_protocol, messages_that_standalone_mm_refuses)
{
    const struct {
        uint64_t offset, length;
        int32_t status;
        const char *text;
    } rows[] = {
        {0, UINT64_MAX, FFA_DENIED, "the message does not end inside the shared buffer"},
        {UINT64_MAX, 0, FFA_DENIED, "the message does not end inside the shared buffer"},
        {0, 48, FFA_NO_MEMORY, "the message was not dealt with"},
        {0, 8, FFA_DENIED, "the message was not dealt with"},
    };
    for (const auto &row : rows) {
        for (const uint64_t reported : {EFI_SUCCESS, EFI_ACCESS_DENIED}) {
            contract_world w;
            const bool mistake = row.status == FFA_DENIED && row.length != 8;
            w.step_begin(SCRIPT_STEP_QUERY_VARIABLE_INFO);
            w.event(EVENT_SPMC_CALL, FFA_MSG_SEND_DIRECT_REQ_64, MM_ID);
            w.event(EVENT_MM_REQUEST, 0, row.length, row.offset);
            w.event(EVENT_MM_REPLY, 0, 0, 0, static_cast<uint64_t>(int64_t{row.status}));
            w.event(EVENT_SPMC_RESULT, FFA_ERROR, 0, static_cast<uint64_t>(int64_t{row.status}));
            w.step_end(reported);
            if (!mistake && reported != EFI_SUCCESS) {
                EXPECT_TRUE(w.take().empty()) << row.length;
                continue;
            }
            const struct contract_breach breach = only(w);
            expect_breach(breach, reported == EFI_SUCCESS ? PROVE_ERROR : PROVE_WARNING,
                          FFA_MSG_SEND_DIRECT_REQ_64, row.status, row.text);
            EXPECT_TRUE(contract_protocol_message(breach.detail));
            EXPECT_FALSE(contract_protocol_mm_status(breach.detail));
        }
    }
}

TEST(contract_protocol, a_message_that_standalone_mm_refused_is_made_good_by_the_same_function)
{
    for (const int64_t second : {0, FFA_NO_MEMORY}) {
        contract_world w;
        w.step_begin(SCRIPT_STEP_GET_VARIABLE);
        for (const int64_t status : {int64_t{FFA_NO_MEMORY}, second}) {
            w.event(EVENT_SPMC_CALL, FFA_MSG_SEND_DIRECT_REQ_64, MM_ID);
            w.event(EVENT_MM_REQUEST, MM_FUNCTION_GET_VARIABLE, 56, 0);
            w.event(EVENT_MM_REPLY, MM_FUNCTION_GET_VARIABLE, 0, 0, static_cast<uint64_t>(status));
            w.event(EVENT_SPMC_RESULT, status == 0 ? FFA_MSG_SEND_DIRECT_RESP_64 : FFA_ERROR, 0,
                    static_cast<uint64_t>(status));
        }
        w.step_end(EFI_SUCCESS);
        EXPECT_EQ(w.take().size(), second == 0 ? 0U : 1U);
    }
}

TEST(contract_protocol, a_message_that_fills_the_buffer_is_not_refused_for_its_length)
{
    secure_world w;
    w.lay(MM_FUNCTION_GET_STATISTICS, contract_world::SIZE - MM_COMMUNICATE_HEADER_SIZE);
    EXPECT_EQ(static_cast<int64_t>(w.doorbell().x[3]), MM_STATUS_INVALID_PARAMETER); // no such function
    EXPECT_TRUE(w.take().empty());
}

TEST(contract_protocol, messages_that_are_too_short_for_their_service)
{
    for (const uint64_t length : {15U, 16U}) {
        secure_world w;
        w.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, length);
        w.doorbell();
        if (length == 15) {
            expect_breach(only(w), PROVE_WARNING, FFA_MSG_SEND_DIRECT_REQ_64, MM_STATUS_DENIED,
                          "the message is shorter than the header of its service");
        }
        EXPECT_TRUE(w.take().empty());
    }
}

TEST(contract_protocol, what_a_partition_does_not_know_or_want_is_no_mistake)
{
    secure_world w;
    EXPECT_EQ(static_cast<int64_t>(w.query(MM_FUNCTION_GET_STATISTICS).x[3]), MM_STATUS_INVALID_PARAMETER);
    w.lay(MM_FUNCTION_GET_VARIABLE);
    w.buffer[0] ^= 1; // nobody has this GUID
    EXPECT_EQ(static_cast<int64_t>(w.doorbell().x[3]), MM_STATUS_NOT_SUPPORTED);
    EXPECT_EQ(static_cast<int32_t>(w.doorbell(0, FFA_MSG_SEND_DIRECT_REQ_32).x[3]), MM_STATUS_NOT_SUPPORTED);
    for (const int64_t status : {MM_STATUS_INVALID_PARAMETER, MM_STATUS_DENIED, MM_STATUS_NO_MEMORY}) {
        w.fault(MM_SP_FAULT_MM_STATUS, status);
        EXPECT_EQ(static_cast<int64_t>(w.doorbell().x[3]), status);
    }
    w.fault(MM_SP_FAULT_FFA_ERROR, FFA_DENIED);
    EXPECT_TRUE(answered(w.doorbell(), FFA_DENIED));
    EXPECT_TRUE(w.take().empty());
}

// Steps

TEST(contract_protocol, a_failed_message_and_a_step_that_reports_success_are_an_error)
{
    const struct {
        enum mm_sp_fault fault;
        int64_t value;
        bool message; // the MM status says it
    } rows[] = {
        {MM_SP_FAULT_MM_STATUS, MM_STATUS_DENIED, true},
        {MM_SP_FAULT_MM_STATUS, MM_STATUS_INVALID_PARAMETER, true},
        {MM_SP_FAULT_MM_STATUS, MM_STATUS_NO_MEMORY, true},
        {MM_SP_FAULT_MM_STATUS, MM_STATUS_NOT_SUPPORTED, true},
        {MM_SP_FAULT_MM_STATUS, -4, true},
        {MM_SP_FAULT_FFA_ERROR, FFA_BUSY, false},
        {MM_SP_FAULT_FFA_ERROR, FFA_DENIED, false},
    };
    for (const auto &row : rows) {
        for (const enum script_step_code code :
             {SCRIPT_STEP_SET_VARIABLE, SCRIPT_STEP_GET_VARIABLE, SCRIPT_STEP_GET_NEXT_VARIABLE_NAME,
              SCRIPT_STEP_QUERY_VARIABLE_INFO}) {
            for (const uint64_t status : {EFI_SUCCESS, EFI_ACCESS_DENIED, EFI_NOT_FOUND}) {
                secure_world w;
                w.step_begin(code);
                w.fault(row.fault, row.value);
                w.query();
                w.step_end(status);
                if (status == EFI_SUCCESS) {
                    const struct contract_breach breach = only(w);
                    expect_breach(breach, PROVE_ERROR, FFA_MSG_SEND_DIRECT_REQ_64, row.value,
                                  "the message was not dealt with");
                    EXPECT_EQ(contract_protocol_message(breach.detail), row.message);
                    EXPECT_EQ(breach.site.pc, w.pc);
                }
                EXPECT_TRUE(w.take().empty());
            }
        }
    }
}

TEST(contract_protocol, a_failed_message_that_is_repeated_with_success_is_made_good)
{
    for (const bool repeated : {false, true}) {
        for (const enum mm_sp_fault fault : {MM_SP_FAULT_MM_STATUS, MM_SP_FAULT_FFA_ERROR}) {
            secure_world w;
            w.step_begin(SCRIPT_STEP_QUERY_VARIABLE_INFO);
            w.query(); // success before is none after
            w.fault(fault, FFA_BUSY);
            w.query();
            if (repeated) {
                w.query();
            }
            w.step_end(EFI_SUCCESS);
            EXPECT_EQ(w.take().size(), repeated ? 0U : 1U);
        }
    }
}

TEST(contract_protocol, a_message_is_made_good_by_one_to_the_same_function)
{
    for (const enum mm_variable_function second :
         {MM_FUNCTION_QUERY_VARIABLE_INFO, MM_FUNCTION_GET_PAYLOAD_SIZE}) {
        contract_world w;
        w.step_begin(SCRIPT_STEP_QUERY_VARIABLE_INFO);
        w.event(EVENT_SPMC_CALL, FFA_MSG_SEND_DIRECT_REQ_64, MM_ID);
        w.event(EVENT_MM_REQUEST, MM_FUNCTION_QUERY_VARIABLE_INFO, 48, 0);
        w.event(EVENT_MM_REPLY, MM_FUNCTION_QUERY_VARIABLE_INFO, 0,
                static_cast<uint64_t>(MM_STATUS_NO_MEMORY));
        w.event(EVENT_SPMC_RESULT, FFA_MSG_SEND_DIRECT_RESP_64);
        w.event(EVENT_SPMC_CALL, FFA_MSG_SEND_DIRECT_REQ_64, MM_ID);
        w.event(EVENT_MM_REQUEST, second, 48, 0);
        w.event(EVENT_MM_REPLY, second, 0, MM_STATUS_SUCCESS);
        w.event(EVENT_SPMC_RESULT, FFA_MSG_SEND_DIRECT_RESP_64);
        w.step_end(EFI_SUCCESS);
        EXPECT_EQ(w.take().size(), second == MM_FUNCTION_QUERY_VARIABLE_INFO ? 0U : 1U);
    }
}

TEST(contract_protocol, messages_to_two_functions_are_made_good_each_by_itself)
{
    for (const bool both : {false, true}) {
        contract_world w;
        const auto message = [&w](uint64_t function, int64_t status) {
            w.event(EVENT_SPMC_CALL, FFA_MSG_SEND_DIRECT_REQ_64, MM_ID);
            w.event(EVENT_MM_REQUEST, function, 48, 0);
            w.event(EVENT_MM_REPLY, function, 0, static_cast<uint64_t>(status));
            w.event(EVENT_SPMC_RESULT, FFA_MSG_SEND_DIRECT_RESP_64);
        };
        w.step_begin(SCRIPT_STEP_SET_VARIABLE);
        message(MM_FUNCTION_GET_VARIABLE, MM_STATUS_NO_MEMORY);
        message(MM_FUNCTION_SET_VARIABLE, MM_STATUS_NO_MEMORY);
        message(MM_FUNCTION_GET_VARIABLE, MM_STATUS_SUCCESS);
        if (both) {
            message(MM_FUNCTION_SET_VARIABLE, MM_STATUS_SUCCESS);
        }
        w.step_end(EFI_SUCCESS);
        EXPECT_EQ(w.take().size(), both ? 0U : 1U);
    }
}

TEST(contract_protocol, what_was_made_good_can_fail_again)
{
    for (const bool again : {false, true}) {
        secure_world w;
        w.step_begin(SCRIPT_STEP_SET_VARIABLE);
        for (const bool fails : {true, false, again}) {
            if (fails) {
                w.fault(MM_SP_FAULT_FFA_ERROR, FFA_BUSY);
            }
            w.query();
        }
        w.step_end(EFI_SUCCESS);
        EXPECT_EQ(w.take().size(), again ? 1U : 0U);
    }
}

// The partition has done its work, and the firmware never fetched the response.
TEST(contract_protocol, a_call_is_made_good_by_its_response_alone)
{
    for (const bool fetched : {false, true}) {
        struct spmc_config config = spmc_config_of();
        config.preemption = SPMC_PREEMPTED_AFTER_WORK;
        secure_world w(config);
        w.step_begin(SCRIPT_STEP_SET_VARIABLE);
        w.fault(MM_SP_FAULT_FFA_ERROR, FFA_BUSY);
        w.query();
        spmc_arm_interrupts(w.spmc.get(), 1);
        EXPECT_EQ(w.query().x[0], FFA_INTERRUPT);
        if (fetched) {
            EXPECT_EQ(w.run().x[0], FFA_MSG_SEND_DIRECT_RESP_64);
        }
        w.step_end(EFI_SUCCESS);
        EXPECT_EQ(w.take().size(), fetched ? 0U : 1U);
    }
}

TEST(contract_protocol, an_optional_message_that_the_partition_does_not_know_is_no_failure)
{
    secure_world w;
    w.step_begin(SCRIPT_STEP_SET_VARIABLE);
    w.query(MM_FUNCTION_LOCK_VARIABLE);
    w.step_end(EFI_SUCCESS);
    EXPECT_TRUE(w.take().empty());
}

TEST(contract_protocol, a_mistake_waits_for_the_end_of_its_step)
{
    const struct {
        uint64_t status;
        bool repeated;
        enum prove_severity severity;
    } rows[] = {
        {EFI_SUCCESS, false, PROVE_ERROR},
        {EFI_SUCCESS, true, PROVE_WARNING},
        {EFI_DEVICE_ERROR, false, PROVE_WARNING},
        {EFI_DEVICE_ERROR, true, PROVE_WARNING},
    };
    for (const auto &row : rows) {
        secure_world w;
        w.step_begin(SCRIPT_STEP_SET_VARIABLE);
        w.call({FFA_MSG_SEND_DIRECT_REQ_64, MM_ID, 1});
        w.call({FFA_MSG_SEND_DIRECT_REQ_64, MM_ID, 1});
        EXPECT_TRUE(w.take().empty());
        if (row.repeated) {
            w.query();
        }
        w.step_end(row.status);
        const struct contract_breach breach = only(w);
        expect_breach(breach, row.severity, FFA_MSG_SEND_DIRECT_REQ_64, FFA_INVALID_PARAMETERS,
                      "w2 must be zero");
        EXPECT_EQ(breach.count, 2U);
        w.step_end(EFI_SUCCESS);
        EXPECT_TRUE(w.take().empty()); // told once
    }
}

TEST(contract_protocol, a_message_beyond_the_buffer_that_a_step_takes_for_success)
{
    for (const uint64_t status : {EFI_SUCCESS, EFI_INVALID_PARAMETER}) {
        secure_world w;
        w.step_begin(SCRIPT_STEP_SET_VARIABLE);
        w.doorbell(contract_world::SIZE);
        w.step_end(status);
        expect_breach(only(w), status == EFI_SUCCESS ? PROVE_ERROR : PROVE_WARNING,
                      FFA_MSG_SEND_DIRECT_REQ_64, MM_STATUS_INVALID_PARAMETER,
                      "the message does not end inside the shared buffer");
    }
}

TEST(contract_protocol, an_interrupted_request_is_resumed_in_the_32_bit_form)
{
    const struct {
        std::vector<uint64_t> functions;
        uint64_t status;
        int severity; // -1: nothing
    } rows[] = {
        {{FFA_RUN, FFA_RUN}, EFI_SUCCESS, -1},
        {{FFA_RUN | FFA_FUNCTION_64BIT}, EFI_DEVICE_ERROR, PROVE_WARNING},
        {{FFA_RUN | FFA_FUNCTION_64BIT}, EFI_SUCCESS, PROVE_ERROR},
        {{FFA_RUN | FFA_FUNCTION_64BIT, FFA_RUN, FFA_RUN}, EFI_SUCCESS, PROVE_WARNING},
    };
    for (const auto &row : rows) {
        secure_world w;
        w.step_begin(SCRIPT_STEP_SET_VARIABLE);
        spmc_arm_interrupts(w.spmc.get(), 2);
        EXPECT_EQ(w.query().x[0], FFA_INTERRUPT);
        for (const uint64_t function_id : row.functions) {
            w.run(function_id);
        }
        w.step_end(row.status);
        if (row.severity >= 0) {
            expect_breach(only(w), static_cast<enum prove_severity>(row.severity),
                          FFA_RUN | FFA_FUNCTION_64BIT, FFA_NOT_SUPPORTED, "the function has no 64-bit form");
        }
        EXPECT_TRUE(w.take().empty());
    }
}

TEST(contract_protocol, a_dead_partition_that_a_step_takes_for_success)
{
    for (const bool breaks : {false, true}) {
        secure_world w;
        w.partition_breaks = breaks;
        w.step_begin(SCRIPT_STEP_SET_VARIABLE);
        w.query();
        w.step_end(EFI_SUCCESS);
        if (breaks) {
            expect_breach(only(w), PROVE_ERROR, FFA_MSG_SEND_DIRECT_REQ_64, FFA_ABORTED,
                          "the message was not dealt with");
        }
        EXPECT_TRUE(w.take().empty());
    }
}

TEST(contract_protocol, a_step_that_can_do_without_the_partition_is_not_judged)
{
    for (const enum script_step_code code :
         {SCRIPT_STEP_BOOT, SCRIPT_STEP_EXIT_BOOT_SERVICES, SCRIPT_STEP_SET_VIRTUAL_ADDRESS_MAP}) {
        secure_world w;
        w.step_begin(code);
        w.fault(MM_SP_FAULT_FFA_ERROR, FFA_BUSY);
        w.query();
        EXPECT_TRUE(w.take().empty());
        w.call({FFA_MSG_SEND_DIRECT_REQ_64, MM_ID, 1});
        EXPECT_EQ(only(w).severity, PROVE_WARNING);
        w.step_end(EFI_SUCCESS);
        EXPECT_TRUE(w.take().empty());
    }
}

TEST(contract_protocol, a_run_that_ends_in_a_step_tells_its_mistakes_as_warnings)
{
    secure_world w;
    w.step_begin(SCRIPT_STEP_SET_VARIABLE);
    w.fault(MM_SP_FAULT_FFA_ERROR, FFA_BUSY);
    w.query();
    w.call({FFA_MSG_SEND_DIRECT_REQ_64, MM_ID, 1});
    w.finish();
    EXPECT_EQ(only(w).severity, PROVE_WARNING);
}

TEST(contract_protocol, between_steps_a_mistake_is_told_at_once)
{
    secure_world w;
    w.step_begin(SCRIPT_STEP_SET_VARIABLE);
    w.call({FFA_MSG_SEND_DIRECT_REQ_64, MM_ID, 1});
    w.step_begin(SCRIPT_STEP_GET_VARIABLE); // without a result of the first
    EXPECT_EQ(only(w).severity, PROVE_WARNING);
    w.step_end(EFI_SUCCESS);
    EXPECT_TRUE(w.take().empty());
    w.call({FFA_MSG_SEND_DIRECT_REQ_64, MM_ID, 1});
    EXPECT_EQ(only(w).severity, PROVE_WARNING);
}

TEST(contract_protocol, more_failures_than_a_step_keeps_are_told_at_once)
{
    secure_world w;
    w.step_begin(SCRIPT_STEP_SET_VARIABLE);
    for (uint32_t i = 0; i < CONTRACT_FAILURES_MAX + 2; i++) {
        w.pc = 0x7000 + 4 * i;
        w.call({FFA_MSG_SEND_DIRECT_REQ_64, MM_ID, 1});
    }
    const auto early = w.take();
    ASSERT_EQ(early.size(), 2U);
    EXPECT_EQ(early[0].severity, PROVE_WARNING);
    EXPECT_EQ(early[0].site.pc, 0x7000U + 4 * CONTRACT_FAILURES_MAX);
    w.step_end(EFI_SUCCESS);
    const auto late = w.take();
    ASSERT_EQ(late.size(), CONTRACT_FAILURES_MAX + 0U);
    for (const auto &breach : late) {
        EXPECT_EQ(breach.severity, PROVE_ERROR);
    }
}

TEST(contract_protocol, other_calls_of_a_step_are_mistakes_and_no_more)
{
    secure_world w;
    w.step_begin(SCRIPT_STEP_SET_VARIABLE);
    w.call({FFA_RX_RELEASE});
    EXPECT_EQ(only(w).severity, PROVE_WARNING);
    w.query();
    w.step_end(EFI_SUCCESS);
    EXPECT_TRUE(w.take().empty());
}
