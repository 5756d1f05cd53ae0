// SPDX-License-Identifier: BSD-3-Clause
#include "tests/fuzz/spmc_fuzz_world.hpp"

#include <algorithm>
#include <iterator>

#include "model/abi/ffa.h"
#include "model/abi/ffa_memory.h"
#include "model/abi/smccc.h"
#include "model/bus/access.h"

namespace {

const uint32_t STEPS_MAX = 100000; // of one call: zeroing the largest loan, page by page, is far below

const uint64_t words[] = {
    0,
    1,
    2,
    FFA_ERROR,
    FFA_SUCCESS_32,
    FFA_SUCCESS_64,
    FFA_INTERRUPT,
    FFA_VERSION,
    FFA_FEATURES,
    FFA_RX_RELEASE,
    FFA_RXTX_MAP_32,
    FFA_RXTX_MAP_64,
    FFA_RXTX_UNMAP,
    FFA_PARTITION_INFO_GET,
    FFA_ID_GET,
    FFA_MSG_WAIT,
    FFA_YIELD,
    FFA_RUN,
    FFA_MSG_SEND_DIRECT_REQ_32,
    FFA_MSG_SEND_DIRECT_REQ_64,
    FFA_MSG_SEND_DIRECT_RESP_32,
    FFA_MSG_SEND_DIRECT_RESP_64,
    FFA_MEM_DONATE_32,
    FFA_MEM_DONATE_64,
    FFA_MEM_LEND_32,
    FFA_MEM_LEND_64,
    FFA_MEM_SHARE_32,
    FFA_MEM_SHARE_64,
    FFA_MEM_RETRIEVE_REQ_32,
    FFA_MEM_RETRIEVE_REQ_64,
    FFA_MEM_RETRIEVE_RESP,
    FFA_MEM_RELINQUISH,
    FFA_MEM_RECLAIM,
    FFA_MEM_FRAG_RX,
    FFA_MEM_FRAG_TX,
    FFA_MEM_PERM_GET_64,
    FFA_MEM_PERM_SET_64,
    FFA_SPM_ID_GET,
    FFA_NOTIFICATION_BITMAP_CREATE,
    FFA_NOTIFICATION_BITMAP_DESTROY,
    FFA_NOTIFICATION_BIND,
    FFA_NOTIFICATION_UNBIND,
    FFA_NOTIFICATION_SET,
    FFA_NOTIFICATION_GET,
    FFA_NOTIFICATION_INFO_GET_32,
    FFA_NOTIFICATION_INFO_GET_64,
    FFA_RX_ACQUIRE,
    FFA_MSG_SEND2,
    FFA_CONSOLE_LOG_32,
    FFA_CONSOLE_LOG_64,
    FFA_PARTITION_INFO_GET_REGS,
    FFA_MSG_SEND_DIRECT_REQ2,
    FFA_MSG_SEND_DIRECT_RESP2,
    PSCI_VERSION,
    PSCI_FEATURES,
    PSCI_CPU_ON_64,
    SMCCC_VERSION,
    SMCCC_ARCH_FEATURES,
    FFA_VERSION_1_0,
    FFA_VERSION_1_1,
    FFA_VERSION_1_2,
    spmc_fuzz_world::TX_PA,
    spmc_fuzz_world::RX_PA,
    spmc_fuzz_world::NS_PA + 0x8000,
    spmc_fuzz_world::SECURE_PA,
    0x8000,
    0x8001,
    0x8002,
    0x8003,
    0x80010000,
    0x80020000,
    0x80030000,
    0x80018002,
    0x80000000,
    0x80000004,
    UINT32_MAX,
    UINT64_MAX,
    FFA_MEMORY_FLAG_TYPE_SHARE,
    FFA_MEMORY_FLAG_TYPE_LEND,
    80,
    96,
    112,
};

const uint32_t versions[] = {FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2};

struct spmc_partition_config partition_make(uint32_t index, uint8_t traits, uint32_t ffa_version)
{
    struct spmc_partition_config partition = {};
    partition.id = static_cast<uint16_t>(spmc_fuzz_world::PARTITION_ID + index);
    partition.execution_context_count = static_cast<uint16_t>(1 + (traits & 3U));
    partition.properties = index == 2 ? 0x6FBU : 0x7FFU & ~0x30U; // the last one has no indirect messages
    partition.uuid_count = 1 + index % 2;
    partition.uuids[0][0] = 0x1111 * (index + 1);
    partition.uuids[1][0] = 0x7777;
    partition.ffa_version = ffa_version;
    partition.ns_interrupts_action = static_cast<uint8_t>((traits >> 2) % 3);
    partition.exception_level = static_cast<uint8_t>(traits >> 4 & 1U);
    partition.not_initialised = index == 2 && (traits & 0x20U) != 0;
    partition.rx_pa = spmc_fuzz_world::SECURE_PA + 0x4000ULL * index;
    partition.tx_pa = partition.rx_pa + SPMC_PAGE_SIZE;
    partition.rxtx_pages = 1;
    return partition;
}

struct spmc_config config_make(fuzz_input &input)
{
    const uint8_t options = input.byte();
    const uint8_t traits = input.byte();
    struct spmc_config config;
    spmc_config_init(&config);
    config.profile = static_cast<uint8_t>(options % SPMC_PROFILE_COUNT);
    config.ffa_version = versions[options / 4 % 3];
    config.preemption = (options & 0x10U) != 0 ? SPMC_PREEMPTED_AFTER_WORK : SPMC_PREEMPTED_BEFORE_WORK;
    config.per_vcpu_notifications = (options & 0x20U) != 0;
    config.lifecycle_support = (options & 0x40U) != 0;
    config.rx_pages_max = 1 + (options >> 7) * 3U;
    config.ns_range_count = 1;
    config.ns_ranges[0] = {spmc_fuzz_world::NS_PA, spmc_fuzz_world::NS_SIZE};
    for (uint32_t i = 0; i < spmc_fuzz_world::PARTITIONS; i++) {
        config.partitions[config.partition_count++] =
            partition_make(i, static_cast<uint8_t>(traits >> i), versions[(traits / 3 + i) % 3]);
    }
    return config;
}

bool is_ffa(uint64_t function_id)
{
    const uint32_t number = static_cast<uint32_t>(function_id) & 0xFFFFU;
    return (static_cast<uint32_t>(function_id) & 0xBFFF0000U) == 0x84000000U && number >= 0x60 &&
           number <= 0xFF;
}

} // namespace

std::string fuzz_frame(std::initializer_list<uint64_t> registers)
{
    std::string text(1, static_cast<char>(registers.size() - 1));
    for (uint64_t value : registers) {
        const auto *found = std::find(std::begin(words), std::end(words), value);
        if (found != std::end(words)) {
            text.push_back(static_cast<char>(found - std::begin(words)));
            continue;
        }
        text.push_back(static_cast<char>(0xF0));
        for (unsigned i = 0; i < 8; i++) {
            text.push_back(static_cast<char>(value >> (8 * i)));
        }
    }
    return text;
}

spmc_fuzz_world::spmc_fuzz_world(fuzz_input &input) : input_(input)
{
    const struct spmc_config config = config_make(input);
    event_log_init(log_.get());
    spmc_init(spmc_.get(), &config, log_.get());
}

struct smc_frame spmc_fuzz_world::frame()
{
    struct smc_frame in = {};
    const uint32_t count = 1 + input_.byte() % SMC_FRAME_REGISTERS;
    for (uint32_t i = 0; i < count; i++) {
        in.x[i] = input_.word(words);
    }
    return in;
}

uint8_t *spmc_fuzz_world::memory(uint64_t pa, uint64_t size, uint8_t space)
{
    std::vector<uint8_t> &bytes = space == PA_SPACE_SECURE ? secure_ : ns_;
    const uint64_t start = space == PA_SPACE_SECURE ? SECURE_PA : NS_PA;
    if (pa < start || pa - start > bytes.size() || size > bytes.size() - (pa - start)) {
        return nullptr;
    }
    return bytes.data() + (pa - start);
}

// One in sixteen accesses fails, as the input says.
void spmc_fuzz_world::provide(const struct spmc_step &step)
{
    if (step.need == SPMC_RUN_PARTITION) {
        partition_act(step);
        return;
    }
    access_check(step);
    const bool fails = input_.byte() == 0xFF;
    if (!fails && step.need != SPMC_OWNERSHIP) {
        uint8_t *bytes = memory(step.pa, step.size, step.space);
        for (uint32_t i = 0; i < step.size; i++) {
            (step.need == SPMC_READ ? step.bytes[i] : bytes[i]) =
                step.need == SPMC_READ ? bytes[i] : step.bytes[i];
        }
    }
    spmc_provide_accessed(spmc_.get(), !fails);
}

// A proper answer, any other call, or the end of the partition.
void spmc_fuzz_world::partition_act(const struct spmc_step &step)
{
    fuzz_require(step.partition < PARTITIONS, "the partition that is run exists");
    fuzz_require(step.vcpu < spmc_->config.partitions[step.partition].execution_context_count,
                 "the execution context that is run exists");
    ran_ = true;
    if (!acts_[step.partition].empty()) {
        const struct smc_frame next = acts_[step.partition].front();
        acts_[step.partition].pop_front();
        spmc_provide_response(spmc_.get(), &next);
        return;
    }
    const uint8_t act = input_.byte();
    if (act == 0xFF) {
        spmc_provide_abort(spmc_.get());
        return;
    }
    struct smc_frame answer = {};
    const uint32_t function_id = static_cast<uint32_t>(step.frame.x[0]);
    const uint32_t ids = static_cast<uint32_t>(step.frame.x[1]);
    if (act >= 0x80) {
        answer = frame();
    } else if (act >= 0x70) {
        answer.x[0] = FFA_YIELD;
    } else if (function_id == FFA_MSG_SEND_DIRECT_REQ_32 || function_id == FFA_MSG_SEND_DIRECT_REQ_64 ||
               function_id == FFA_MSG_SEND_DIRECT_REQ2) {
        answer.x[0] = function_id + 1;
        answer.x[1] = ids << 16 | ids >> 16;
    } else {
        answer.x[0] = FFA_MSG_WAIT;
    }
    spmc_provide_response(spmc_.get(), &answer);
}

void spmc_fuzz_world::access_check(const struct spmc_step &step) const
{
    const bool secure = step.space == PA_SPACE_SECURE;
    const uint64_t start = secure ? SECURE_PA : NS_PA;
    const uint64_t whole = secure ? SECURE_SIZE : NS_SIZE;
    const uint64_t size = step.need == SPMC_OWNERSHIP ? step.extent : step.size;
    fuzz_require(size != 0, "an access has an extent");
    fuzz_require(step.need == SPMC_OWNERSHIP || size <= SPMC_RX_PAGES_MAX * SPMC_PAGE_SIZE,
                 "an access is at most a buffer");
    fuzz_require(step.pa >= start && step.pa - start <= whole && size <= whole - (step.pa - start),
                 "an access stays in memory that the configuration names");
    fuzz_require(step.need == SPMC_OWNERSHIP || step.bytes != nullptr, "an access has bytes");
    fuzz_require(step.need != SPMC_OWNERSHIP || (step.pa | size) % SPMC_PAGE_SIZE == 0, "pages are owned");
}

void spmc_fuzz_world::result_check(const struct smc_frame &in, const struct spmc_step &step) const
{
    const uint32_t count = step.registers;
    fuzz_require((count >= 1 && count <= 8) || count == SMC_FRAME_REGISTERS,
                 "a result fills registers that the calling convention has");
    if (!is_ffa(in.x[0]) || !is_ffa(step.frame.x[0])) {
        return; // PSCI, SMCCC and FFA_VERSION answer in x0
    }
    fuzz_require(step.frame.x[0] >> 32 == 0, "a function identifier has 32 bits");
    if (step.frame.x[0] == FFA_ERROR && !ran_) { // a partition may return any status of its own
        const int32_t status = static_cast<int32_t>(step.frame.x[2]);
        fuzz_require(step.frame.x[2] >> 32 == 0 && status < 0 && status >= -10,
                     "a status of the specification");
    }
}

struct smc_frame spmc_fuzz_world::call(const struct smc_frame &in)
{
    event_log_clear(log_.get());
    ran_ = false;
    struct spmc_step step = spmc_call(spmc_.get(), &in);
    uint32_t steps = 0;
    while (step.need != SPMC_DONE && step.need != SPMC_POWER) {
        fuzz_require(++steps < STEPS_MAX, "a call ends");
        provide(step);
        step = spmc_continue(spmc_.get());
    }
    if (step.need == SPMC_DONE) {
        result_check(in, step);
    }
    return step.frame;
}
