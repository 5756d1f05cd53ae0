// SPDX-License-Identifier: BSD-3-Clause
// FF-A steps: operands as model/abi/script.h lays them out, expectations by profile. Mistakes with positions
// are tested through the command line (tests/scenario/cli_test.py).
#include "cosim/scenario.h"

#include <cstring>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

#include "model/abi/ffa.h"
#include "model/abi/ffa_memory.h"
#include "model/abi/script.h"

namespace {

class cosim_scenario_ffa : public ::testing::Test {
protected:
    void TearDown() override { scenario_free(&read_); }

    void read(const std::string &steps, const std::string &expect = "  findings: []\n")
    {
        char path[] = "/tmp/ffa-cosim-scenario-XXXXXX.yaml";
        const int descriptor = mkstemps(path, 5);
        const std::string text =
            "about: a test\nplatform: p\nfirmware: f\nsteps:\n" + steps + "expect:\n" + expect;
        EXPECT_EQ(write(descriptor, text.data(), text.size()), static_cast<ssize_t>(text.size()));
        close(descriptor);
        scenario_free(&read_);
        ASSERT_TRUE(scenario_read(path, &read_)) << read_.document.error;
        unlink(path);
    }

    uint64_t word(uint32_t step, uint32_t index) const
    {
        uint64_t value = 0;
        EXPECT_LE(8 * (index + 1), read_.steps[step].operands_size);
        memcpy(&value, read_.steps[step].operands + 8 * index, sizeof(value));
        return value;
    }

    scenario read_ = {};
};

} // namespace

TEST_F(cosim_scenario_ffa, a_call_is_kinds_and_eighteen_registers)
{
    read("  - mem_share: {name: a, to: [{id: 0x8002}]}\n"
         "  - smc: {function: FFA_MEM_RECLAIM, x1: {handle_low: a}, w2: FFA_DENIED, x3: FFA_DENIED, x4: tx, "
         "x5: rx, "
         "x6: {page: 3}, x17: -1}\n");
    ASSERT_EQ(read_.steps[1].operands_size, 8u * (1 + SCRIPT_REGISTERS));
    EXPECT_EQ(word(1, 0), static_cast<uint64_t>(SCRIPT_VALUE_HANDLE_LOW) << 3 |
                              static_cast<uint64_t>(SCRIPT_VALUE_TX) << 12 |
                              static_cast<uint64_t>(SCRIPT_VALUE_RX) << 15 |
                              static_cast<uint64_t>(SCRIPT_VALUE_PAGE) << 18);
    EXPECT_EQ(word(1, 1), FFA_MEM_RECLAIM);
    EXPECT_EQ(word(1, 3), 0xFFFFFFFAu) << "w: 32 bits";
    EXPECT_EQ(word(1, 4), 0xFFFFFFFFFFFFFFFAu) << "x: sign-extended";
    EXPECT_EQ(word(1, 7), 3u);
    EXPECT_EQ(word(1, 18), UINT64_MAX);
}

TEST_F(cosim_scenario_ffa, a_direct_request_has_its_payload_where_its_form_puts_it)
{
    read("  - direct_request: {to: 0x8001, payload: [7]}\n"
         "  - direct_request: {to: 0x8001, form: \"32\", payload: [7], runs: 3}\n"
         "  - direct_request: {to: 0x8001, form: req2, payload: [7]}\n");
    EXPECT_EQ(word(0, 1), FFA_MSG_SEND_DIRECT_REQ_64);
    EXPECT_EQ(word(0, 2), 0x8001u);
    EXPECT_EQ(word(0, 4), 7u);
    EXPECT_EQ(word(0, 19), 4096u) << "runs";
    EXPECT_EQ(word(1, 1), FFA_MSG_SEND_DIRECT_REQ_32);
    EXPECT_EQ(word(1, 19), 3u);
    EXPECT_EQ(word(2, 1), FFA_MSG_SEND_DIRECT_REQ2);
    EXPECT_EQ(word(2, 5), 7u);
}

TEST_F(cosim_scenario_ffa, memory_is_sent_as_a_lender_that_knows_the_rules_does)
{
    read("  - mem_share: {name: a, to: [{id: 0x8002, access: read-only}], pages: 2}\n"
         "  - mem_lend: {name: b, to: [{id: 0x8002}], pages: 1}\n"
         "  - mem_lend: {name: c, to: [{id: 0x8001}, {id: 0x8002}], pages: 1}\n"
         "  - mem_donate: {name: d, to: [{id: 0x8002}], ranges: [{page: 9, count: 2}, {pa: 0x1000}], "
         "fragment: 64}\n");
    EXPECT_EQ(word(0, 0), FFA_MEM_SHARE_32);
    EXPECT_EQ(word(0, 1), 0u) << "slot";
    EXPECT_EQ(word(0, 3), FFA_MEMORY_NORMAL_WB_INNER);
    EXPECT_EQ(word(0, 8), 0x8002u | FFA_MEMORY_DATA_READ_ONLY << 16);
    EXPECT_EQ(word(0, 9), 0u) << "the first page of the pool";
    EXPECT_EQ(word(0, 10), 2u | SCRIPT_RANGE_POOL);
    EXPECT_EQ(word(1, 3), 0u) << "attributes of a single borrower's loan";
    EXPECT_EQ(word(1, 9), 2u) << "the next page";
    EXPECT_EQ(word(2, 3), FFA_MEMORY_NORMAL_WB_INNER) << "of several";
    EXPECT_EQ(word(3, 0), FFA_MEM_DONATE_32);
    EXPECT_EQ(word(3, 1), 3u);
    EXPECT_EQ(word(3, 5), 64u);
    EXPECT_EQ(word(3, 8), 0x8002u) << "no permissions";
    EXPECT_EQ(word(3, 9), 9u);
    EXPECT_EQ(word(3, 11), 0x1000u);
    EXPECT_EQ(word(3, 12), 1u);
}

TEST_F(cosim_scenario_ffa, an_offset_goes_over_the_ranges)
{
    read("  - mem_share: {name: a, to: [{id: 0x8002}], ranges: [{page: 4}, {page: 1, count: 2}]}\n"
         "  - mem_write: {region: a, offset: 8, value: 5}\n"
         "  - mem_read: {region: a, offset: 0x1010, expect: 6}\n");
    EXPECT_EQ(word(1, 0), 0x4008u);
    EXPECT_EQ(word(1, 1), 5u);
    EXPECT_EQ(word(2, 0), 0x1010u);
    ASSERT_EQ(read_.steps[2].expect_count, 1u);
    EXPECT_EQ(read_.steps[2].expects[0].values[SPMC_PROFILE_OP_TEE], 6u);
}

TEST_F(cosim_scenario_ffa, bytes_may_be_said_in_six_ways)
{
    read("  - tx_write: {offset: 4, bytes: \"00 1f A0\"}\n"
         "  - tx_write: {text: \"ab\"}\n"
         "  - tx_write: {u8: [1, 2]}\n"
         "  - tx_write: {u16: [0x201]}\n"
         "  - tx_write: {u32: [0x4030201]}\n"
         "  - rx_read: {expect: {u64: [0x807060504030201]}}\n");
    EXPECT_EQ(word(0, 0), 4u);
    EXPECT_EQ(word(0, 1), 3u);
    EXPECT_EQ(word(0, 2), 0xA01F00u);
    EXPECT_EQ(word(1, 2), 0x6261u);
    EXPECT_EQ(word(2, 2), 0x201u);
    EXPECT_EQ(word(3, 2), 0x201u);
    EXPECT_EQ(word(4, 2), 0x4030201u);
    EXPECT_EQ(word(5, 1), 8u);
    EXPECT_EQ(read_.steps[5].expects[0].bytes[7], 8);
}

TEST_F(cosim_scenario_ffa, values_by_profile)
{
    read("  - smc: {function: FFA_ID_GET, expect: {status: {op-tee: FFA_BUSY, default: FFA_SUCCESS}, w2: "
         "{hafnium: 1}}}\n");
    ASSERT_EQ(read_.steps[0].expect_count, 2u);
    const scenario_expect &status = read_.steps[0].expects[0];
    EXPECT_EQ(status.kind, EXPECT_STATUS);
    EXPECT_EQ(status.values[SPMC_PROFILE_HAFNIUM], 0u);
    EXPECT_EQ(static_cast<int64_t>(status.values[SPMC_PROFILE_OP_TEE]), FFA_BUSY);
    const scenario_expect &w2 = read_.steps[0].expects[1];
    EXPECT_EQ(w2.mask, UINT32_MAX);
    EXPECT_TRUE(w2.given[SPMC_PROFILE_HAFNIUM]);
    EXPECT_FALSE(w2.given[SPMC_PROFILE_EL3_SPMC]);
}

TEST_F(cosim_scenario_ffa, a_profile_leaves_out_what_is_not_its_own)
{
    read("  - smc: {function: FFA_ID_GET, profiles: [op-tee]}\n"
         "  - smc: {function: FFA_VERSION}\n"
         "  - smc: {function: FFA_YIELD, profiles: [hafnium, el3-spmc]}\n",
         "  findings: []\n  end: {op-tee: limit, default: fault}\n");
    scenario_profile_apply(&read_, SPMC_PROFILE_OP_TEE);
    ASSERT_EQ(read_.step_count, 2u);
    EXPECT_EQ(word(0, 1), FFA_ID_GET);
    EXPECT_EQ(word(1, 1), FFA_VERSION);
    EXPECT_EQ(read_.end, SCENARIO_END_LIMIT);
}

TEST_F(cosim_scenario_ffa, interrupts_may_be_somebody_elses)
{
    read("  - direct_request: {to: 0x8004, interrupts: {partition: 0x8001, count: 2}}\n"
         "  - direct_request: {to: 0x8004, interrupts: 3}\n");
    EXPECT_EQ(read_.steps[0].interrupts, 2u);
    EXPECT_EQ(read_.steps[0].interrupts_for, 0x8001);
    EXPECT_EQ(read_.steps[1].interrupts, 3u);
    EXPECT_EQ(read_.steps[1].interrupts_for, 0);
}
