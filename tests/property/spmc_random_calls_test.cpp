// SPDX-License-Identifier: BSD-3-Clause
//
// Law: whatever a caller puts into the registers of an SMC, the SPMC answers with an architected result and
// never asserts; and who owns the buffers and who runs is what a naive model of a few variables says. A
// million random calls with plausible and absurd operands; SPMC_CALLS and SPMC_SEED change how many and
// which.
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "tests/unit/spmc_world.hpp"

namespace {

const uint32_t CALLS_DEFAULT = 1000000;

uint64_t environment(const char *name, uint64_t otherwise)
{
    const char *text = std::getenv(name);
    return text != nullptr ? std::strtoull(text, nullptr, 0) : otherwise;
}

const uint32_t function_ids[] = {
    FFA_ERROR,
    FFA_SUCCESS_32,
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
    FFA_SPM_ID_GET,
    FFA_NORMAL_WORLD_RESUME,
    0x84000073,
    0xC400008B,
    0xC400008D,
    PSCI_VERSION,
    PSCI_FEATURES,
    PSCI_SYSTEM_OFF,
    PSCI_CPU_ON_64,
    PSCI_AFFINITY_INFO_32,
    SMCCC_VERSION,
    SMCCC_ARCH_FEATURES,
};

const uint64_t operands[] = {
    0,
    1,
    2,
    3,
    4,
    8,
    64,
    0x1000,
    spmc_world::MM_ID,
    0x80020000,
    0x8002ULL << 16 | 1,
    0x8000,
    0x8001,
    0xFFFE,
    0x10000,
    FFA_VERSION_1_0,
    FFA_VERSION_1_1,
    FFA_VERSION_1_2,
    0x80000000,
    0x80000004,
    FFA_RXTX_MAP_64,
    spmc_world::DRAM_PA,
    spmc_world::TX_PA,
    spmc_world::RX_PA,
    spmc_world::RX_PA + 8,
    spmc_world::DRAM_PA + spmc_world::DRAM_SIZE - 0x1000,
    spmc_world::DRAM_PA + spmc_world::DRAM_SIZE,
    UINT64_MAX - 0xFFF,
    UINT64_MAX,
    MM_PARTITION_UUID_WORD0,
    MM_PARTITION_UUID_WORD1,
    MM_PARTITION_UUID_WORD2,
    MM_PARTITION_UUID_WORD3,
};

class random_caller {
public:
    explicit random_caller(uint64_t seed) : random_(seed) {}

    void call_once()
    {
        if (pick(64) == 0) {
            restart();
        }
        if (pick(32) == 0) {
            armed_ = static_cast<uint32_t>(pick(4));
            spmc_arm_interrupts(world_.spmc.get(), armed_);
        }
        world_.rx_writable = pick(8) != 0;
        world_.behaviour = behaviour();
        world_.ran.clear();
        world_.rx.clear();
        const struct smc_frame in = random_frame();
        const struct smc_frame out = world_.call_frame(in);
        check_shape(in, out);
        check_model(in, out);
    }

private:
    uint64_t pick(uint64_t below) { return random_() % below; }

    template <size_t count, typename type> uint64_t one_of(const type (&values)[count])
    {
        return values[pick(count)];
    }

    void restart()
    {
        struct spmc_config config = spmc_world::default_config();
        config.ffa_version = FFA_VERSION_1_0 + static_cast<uint32_t>(pick(3));
        config.preemption = static_cast<uint8_t>(pick(2));
        config.ffa_present = pick(8) != 0;
        config.rx_pages_max = 1 + static_cast<uint32_t>(pick(4));
        config.partitions[0].ffa_version = FFA_VERSION_1_0 + static_cast<uint32_t>(pick(3));
        world_ = spmc_world(config);
        present_ = config.ffa_present;
        mapped_ = false;
        rx_full_ = false;
        armed_ = 0;
        preempted_ = false;
        aborted_ = false;
    }

    spmc_world::partition_does behaviour()
    {
        return pick(64) != 0 ? spmc_world::partition_does::RESPONDS : spmc_world::partition_does::BREAKS;
    }

    uint64_t operand()
    {
        switch (pick(8)) {
        case 0:
            return random_();
        case 1:
            return 1ULL << pick(64);
        default:
            return one_of(operands);
        }
    }

    struct smc_frame random_frame()
    {
        struct smc_frame frame = {};
        frame.x[0] = pick(16) == 0 ? random_() : one_of(function_ids) | (pick(32) == 0 ? SMCCC_SVE_HINT : 0);
        const uint64_t count = pick(4) == 0 ? SMC_FRAME_REGISTERS : 4;
        for (uint64_t i = 1; i < count; i++) {
            frame.x[i] = operand();
        }
        if (pick(2) == 0) { // right calls are rare by chance alone
            make_right(frame);
        }
        return frame;
    }

    void make_right(struct smc_frame &frame)
    {
        const struct smc_frame right[] = {
            {{FFA_RXTX_MAP_64, spmc_world::TX_PA, spmc_world::RX_PA, 1}},
            {{FFA_RXTX_UNMAP}},
            {{FFA_PARTITION_INFO_GET}},
            {{FFA_RX_RELEASE}},
            {{FFA_MSG_SEND_DIRECT_REQ_64, spmc_world::MM_ID, 0, random_()}},
            {{FFA_MSG_SEND_DIRECT_REQ_32, spmc_world::MM_ID, 0, random_()}},
            {{FFA_RUN, static_cast<uint64_t>(spmc_world::MM_ID) << 16}},
            {{FFA_VERSION, FFA_VERSION_1_0}},
        };
        frame = right[pick(8)];
    }

    // The result is one that the caller can be told.
    void check_shape(const struct smc_frame &in, const struct smc_frame &out)
    {
        if (world_.powered != 0) {
            ASSERT_EQ(world_.powered & ~1U, 0x84000008U & ~1U);
            return;
        }
        const uint32_t registers = world_.registers_written;
        ASSERT_TRUE(registers == 1 || registers == 8 || registers == 18) << registers;
        for (uint32_t i = registers; i < SMC_FRAME_REGISTERS; i++) {
            ASSERT_EQ(out.x[i], in.x[i]) << i;
        }
        if (registers == 1) {
            return;
        }
        switch (out.x[0]) {
        case FFA_ERROR:
            ASSERT_EQ(out.x[1], 0U);
            ASSERT_GE(static_cast<int32_t>(out.x[2]), FFA_ABORTED);
            ASSERT_LT(static_cast<int32_t>(out.x[2]), 0);
            return;
        case FFA_SUCCESS_32:
        case FFA_SUCCESS_64:
        case FFA_INTERRUPT:
        case FFA_MSG_WAIT:
        case FFA_MSG_SEND_DIRECT_RESP_32:
        case FFA_MSG_SEND_DIRECT_RESP_64:
        case 0xFFFFFFFF: // FFA_VERSION
        case FFA_VERSION_1_0:
        case FFA_VERSION_1_1:
        case FFA_VERSION_1_2:
            return;
        default:
            FAIL() << std::hex << in.x[0] << " returned " << out.x[0];
        }
    }

    void check_model(const struct smc_frame &in, const struct smc_frame &out)
    {
        const uint32_t id = static_cast<uint32_t>(in.x[0]) & ~SMCCC_SVE_HINT;
        const bool success = out.x[0] == FFA_SUCCESS_32 && world_.registers_written > 1;
        if (!present_) {
            ASSERT_NE(world_.registers_written, 8U);
            ASSERT_TRUE(world_.ran.empty());
            return;
        }
        if (!world_.rx.empty()) {
            ASSERT_TRUE(mapped_ && !rx_full_) << "RX written without being the SPMC's";
        }
        if (id == FFA_RXTX_MAP_64) {
            ASSERT_FALSE(success && mapped_);
            mapped_ = mapped_ || success;
        } else if (id == FFA_RXTX_UNMAP) {
            ASSERT_FALSE(success && !mapped_);
            mapped_ = mapped_ && !success;
            rx_full_ = rx_full_ && !success;
        } else if (id == FFA_PARTITION_INFO_GET && success && out.x[3] != 0) {
            ASSERT_TRUE(mapped_ && !rx_full_ && !world_.rx.empty());
            rx_full_ = true;
        } else if (id == FFA_RX_RELEASE && (in.x[1] & 0xFFFF) == 0) {
            ASSERT_EQ(success, rx_full_);
            rx_full_ = false;
        }
        check_partition(id, out);
    }

    void check_partition(uint32_t id, const struct smc_frame &out)
    {
        const bool request = id == FFA_MSG_SEND_DIRECT_REQ_32 || id == FFA_MSG_SEND_DIRECT_REQ_64;
        if (!world_.ran.empty()) {
            ASSERT_TRUE(request || id == FFA_RUN);
            ASSERT_FALSE(aborted_) << "an aborted partition was run";
            ASSERT_FALSE(request && preempted_) << "a preempted partition got a request";
            ASSERT_EQ(world_.ran.size(), 1U);
        }
        if (!request && id != FFA_RUN) {
            return;
        }
        if (out.x[0] == FFA_INTERRUPT) {
            ASSERT_FALSE(request && preempted_);
            ASSERT_TRUE(preempted_ || armed_ > 0);
            armed_ = request ? 0 : armed_; // what is armed meanwhile is for the next request
            preempted_ = true;
        } else if (out.x[0] != FFA_ERROR || !world_.ran.empty() || world_.refused_by() == 0) {
            preempted_ = false;
            aborted_ =
                ffa_status(out) == w(FFA_ABORTED) && world_.behaviour == spmc_world::partition_does::BREAKS;
        }
    }

    std::mt19937_64 random_;
    spmc_world world_;
    bool present_ = true;
    bool mapped_ = false;
    bool rx_full_ = false;
    bool preempted_ = false;
    bool aborted_ = false;
    uint32_t armed_ = 0;
};

} // namespace

TEST(spmc_random_calls, are_all_answered_and_agree_with_a_naive_model)
{
    const uint64_t seed = environment("SPMC_SEED", 20260822);
    const uint64_t calls = environment("SPMC_CALLS", CALLS_DEFAULT);
    random_caller caller(seed);
    for (uint64_t i = 0; i < calls && !HasFailure(); i++) {
        caller.call_once();
        if (HasFailure()) {
            ADD_FAILURE() << "call " << i << " with SPMC_SEED=" << seed;
        }
    }
}
