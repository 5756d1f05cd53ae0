// SPDX-License-Identifier: BSD-3-Clause
//
// PSCI (DEN0022) and SMCCC (DEN0028) of a machine with one PE.
#include <gtest/gtest.h>

#include "tests/unit/spmc_world.hpp"

namespace {

constexpr uint64_t x0(int64_t status)
{
    return static_cast<uint64_t>(status);
}

} // namespace

TEST(spmc_psci, version_is_1_1)
{
    spmc_world world;
    const struct smc_frame out = world.call({PSCI_VERSION, 0x11, 0x22});
    EXPECT_EQ(out.x[0], PSCI_VERSION_1_1);
    EXPECT_EQ(out.x[1], 0x11U) << "PSCI writes x0 alone";
    EXPECT_EQ(world.registers_written, 1U);
}

TEST(spmc_psci, features_names_what_is_there)
{
    spmc_world world;
    for (const uint32_t id : {SMCCC_VERSION, PSCI_VERSION, PSCI_FEATURES, PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET,
                              PSCI_CPU_ON_32, PSCI_CPU_ON_64, PSCI_CPU_OFF, PSCI_AFFINITY_INFO_64,
                              PSCI_SYSTEM_RESET2_32, PSCI_SYSTEM_RESET2_64}) {
        EXPECT_EQ(world.call({PSCI_FEATURES, id}).x[0], 0U) << std::hex << id;
    }
    for (const uint32_t id : {PSCI_SYSTEM_SUSPEND_32, 0x84000001U, 0x84000013U, FFA_VERSION, 0U}) {
        EXPECT_EQ(world.call({PSCI_FEATURES, id}).x[0], x0(PSCI_NOT_SUPPORTED)) << std::hex << id;
    }
}

TEST(spmc_psci, system_off_and_reset_do_not_return)
{
    spmc_world world;
    world.call({PSCI_SYSTEM_OFF});
    EXPECT_EQ(world.powered, PSCI_SYSTEM_OFF);
    EXPECT_EQ(world.events(EVENT_SPMC_POWER), 1U);
    EXPECT_EQ(world.events(EVENT_SPMC_RESULT), 0U);
    world.call({PSCI_SYSTEM_RESET});
    EXPECT_EQ(world.powered, PSCI_SYSTEM_RESET);
}

TEST(spmc_psci, system_reset2_knows_the_warm_reset_alone)
{
    spmc_world world;
    for (const uint64_t type : {1ULL, 0x80000000ULL, 0xFFFFFFFFULL}) {
        EXPECT_EQ(world.call({PSCI_SYSTEM_RESET2_64, type, 0}).x[0], x0(PSCI_INVALID_PARAMETERS)) << type;
        EXPECT_EQ(world.powered, 0U);
    }
    world.call({PSCI_SYSTEM_RESET2_64, PSCI_SYSTEM_WARM_RESET, 0x1234});
    EXPECT_EQ(world.powered, PSCI_SYSTEM_RESET2_64);
    world.call({PSCI_SYSTEM_RESET2_32, 0xFFFFFFFF00000000, 0});
    EXPECT_EQ(world.powered, PSCI_SYSTEM_RESET2_32) << "the type is a w register";
}

TEST(spmc_psci, cpu_on_of_the_only_pe_is_already_on_and_of_any_other_invalid)
{
    struct spmc_config config = spmc_world::default_config();
    config.mpidr = 0x100;
    spmc_world world(config);
    EXPECT_EQ(world.call({PSCI_CPU_ON_64, 0x100, 0x80000000, 0}).x[0], x0(PSCI_ALREADY_ON));
    EXPECT_EQ(world.call({PSCI_CPU_ON_32, 0xFF00000100, 0x80000000, 0}).x[0], x0(PSCI_ALREADY_ON));
    EXPECT_EQ(world.call({PSCI_CPU_ON_64, 0x101, 0x80000000, 0}).x[0], x0(PSCI_INVALID_PARAMETERS));
    EXPECT_EQ(world.call({PSCI_CPU_ON_64, 0xFF00000100, 0, 0}).x[0], x0(PSCI_INVALID_PARAMETERS));
    EXPECT_EQ(world.call({PSCI_CPU_ON_64, 0x80000100, 0, 0}).x[0], x0(PSCI_INVALID_PARAMETERS));
}

TEST(spmc_psci, cpu_off_of_the_last_pe_is_denied)
{
    spmc_world world;
    EXPECT_EQ(world.call({PSCI_CPU_OFF}).x[0], x0(PSCI_DENIED));
}

TEST(spmc_psci, affinity_info_knows_the_only_pe_at_level_0)
{
    spmc_world world;
    EXPECT_EQ(world.call({PSCI_AFFINITY_INFO_64, 0, 0}).x[0], 0U);
    EXPECT_EQ(world.call({PSCI_AFFINITY_INFO_64, 1, 0}).x[0], x0(PSCI_INVALID_PARAMETERS));
    EXPECT_EQ(world.call({PSCI_AFFINITY_INFO_32, 0, 1}).x[0], x0(PSCI_INVALID_PARAMETERS));
}

TEST(spmc_smccc, version_is_1_2)
{
    spmc_world world;
    EXPECT_EQ(world.call({SMCCC_VERSION}).x[0], SMCCC_VERSION_1_2);
    EXPECT_EQ(world.registers_written, 1U);
}

TEST(spmc_smccc, arch_features_knows_the_discovery_calls)
{
    spmc_world world;
    EXPECT_EQ(world.call({SMCCC_ARCH_FEATURES, SMCCC_VERSION}).x[0], 0U);
    EXPECT_EQ(world.call({SMCCC_ARCH_FEATURES, SMCCC_ARCH_FEATURES}).x[0], 0U);
    EXPECT_EQ(world.call({SMCCC_ARCH_FEATURES, 0x80008000}).x[0], x0(SMCCC_NOT_SUPPORTED));
}

class spmc_unknown : public testing::TestWithParam<uint32_t> {};

TEST_P(spmc_unknown, function_returns_minus_one_in_x0_alone)
{
    spmc_world world;
    const struct smc_frame out = world.call({GetParam(), 0x11});
    EXPECT_EQ(out.x[0], UINT64_MAX);
    EXPECT_EQ(out.x[1], 0x11U);
    EXPECT_EQ(world.events(EVENT_SPMC_REFUSED), 1U);
}

INSTANTIATE_TEST_SUITE_P(functions, spmc_unknown,
                         testing::Values(0U, 0x7FFFFFFFU, 0x80000002U, 0x80008000U, 0x84000001U, 0x8400005FU,
                                         0x84000100U, 0x04000063U /* a yielding call */, 0x8500006FU,
                                         0xC2000063U /* another owner */, 0xB2000004U /* trusted OS */,
                                         0xFFFFFFFFU));

TEST(spmc_without_ffa, every_ffa_function_is_unknown_and_psci_works)
{
    struct spmc_config config = spmc_world::default_config();
    config.ffa_present = false;
    spmc_world world(config);
    for (const uint32_t id :
         {FFA_VERSION, FFA_ID_GET, FFA_RXTX_MAP_64, FFA_MSG_SEND_DIRECT_REQ_64, 0x84000099U}) {
        EXPECT_EQ(world.call({id, FFA_VERSION_1_0}).x[0], UINT64_MAX);
        EXPECT_EQ(world.registers_written, 1U);
    }
    EXPECT_EQ(world.call({PSCI_VERSION}).x[0], PSCI_VERSION_1_1);
    world.call({PSCI_SYSTEM_OFF});
    EXPECT_EQ(world.powered, PSCI_SYSTEM_OFF);
}
