// SPDX-License-Identifier: BSD-3-Clause
//
// A chapter of FF-A as a table: in a profile, after a setup, a call with these registers gives that result.
// The names of tests are the names of rows.
#ifndef TESTS_UNIT_SPMC_ROWS_HPP
#define TESTS_UNIT_SPMC_ROWS_HPP

#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/spmc_world.hpp"

namespace spmc_rows {

const uint32_t ANY_PROFILE = 7;
const uint32_t HAFNIUM = 1U << SPMC_PROFILE_HAFNIUM;
const uint32_t EL3 = 1U << SPMC_PROFILE_EL3_SPMC;
const uint32_t OP_TEE = 1U << SPMC_PROFILE_OP_TEE;

// The partitions of the tables' worlds, by index.
const uint32_t FIRST = 0;  // 1.2, sends and receives everything, two UUIDs, notifications
const uint32_t SECOND = 1; // 1.2, as the first
const uint32_t OLD = 2;    // 1.1, direct requests alone
const uint32_t MUTE = 3;   // receives nothing
const uint16_t FIRST_ID = 0x8001;
const uint16_t SECOND_ID = 0x8002;
const uint16_t OLD_ID = 0x8003;
const uint16_t MUTE_ID = 0x8004;
const uint64_t SECURE_PA = 0x0E000000; // of each partition 64 KiB

inline uint64_t secure_pa(uint32_t index)
{
    return SECURE_PA + index * 0x10000ULL;
}

inline struct spmc_partition_config partition_config(uint32_t index)
{
    const uint32_t everything = FFA_PARTITION_RECEIVES_DIRECT_REQUESTS | FFA_PARTITION_SENDS_DIRECT_REQUESTS |
                                FFA_PARTITION_INDIRECT_MESSAGES | FFA_PARTITION_NOTIFICATIONS |
                                FFA_PARTITION_VM_CREATED_MESSAGES | FFA_PARTITION_AARCH64 |
                                FFA_PARTITION_RECEIVES_DIRECT_REQUESTS2 |
                                FFA_PARTITION_SENDS_DIRECT_REQUESTS2;
    static const uint32_t properties[] = {everything, everything,
                                          FFA_PARTITION_RECEIVES_DIRECT_REQUESTS |
                                              FFA_PARTITION_SENDS_DIRECT_REQUESTS |
                                              FFA_PARTITION_RECEIVES_DIRECT_REQUESTS2,
                                          FFA_PARTITION_SENDS_DIRECT_REQUESTS2};
    struct spmc_partition_config config = {};
    config.id = static_cast<uint16_t>(FIRST_ID + index);
    config.execution_context_count = 1;
    config.properties = properties[index];
    config.uuid_count = index == FIRST ? 2 : 1;
    for (uint32_t i = 0; i < config.uuid_count; i++) {
        for (uint32_t word = 0; word < 4; word++) {
            config.uuids[i][word] = 0x11111111U * (index + 1) + 0x01000000U * i + word;
        }
    }
    config.ffa_version = index == OLD ? FFA_VERSION_1_1 : FFA_VERSION_1_2;
    config.ns_interrupts_action = SPMC_NS_INTERRUPTS_SIGNALED;
    config.memory_region_count = 1;
    config.memory_regions[0] = {secure_pa(index), 0x10000, false, FFA_MEMORY_NORMAL_WB_INNER,
                                FFA_MEMORY_DATA_READ_WRITE};
    if (index == FIRST || index == SECOND) {
        config.tx_pa = secure_pa(index);
        config.rx_pa = secure_pa(index) + 0x1000;
        config.rxtx_pages = 1;
    }
    return config;
}

inline struct spmc_config config_of(uint32_t profile, uint32_t own_version = FFA_VERSION_1_2)
{
    struct spmc_config config;
    spmc_config_init(&config);
    config.profile = static_cast<uint8_t>(profile);
    config.ffa_version = own_version;
    config.ns_range_count = 1;
    config.ns_ranges[0] = {spmc_world::DRAM_PA, spmc_world::DRAM_SIZE};
    config.partition_count = 4;
    for (uint32_t i = 0; i < config.partition_count; i++) {
        config.partitions[i] = partition_config(i);
    }
    return config;
}

using registers = std::vector<uint64_t>;

inline struct smc_frame frame_of(const registers &values)
{
    struct smc_frame frame = {};
    for (size_t i = 0; i < values.size(); i++) {
        frame.x[i] = values[i];
    }
    return frame;
}

// The registers that are compared: `out` from x0 on. FFA_ERROR is compared with its status.
struct row {
    const char *name;
    uint32_t profiles; // for which it holds
    uint32_t version;  // that the normal world agrees on first; 0: none
    std::vector<registers> before;
    registers in;
    registers out;
};

inline registers error(int32_t status)
{
    return {FFA_ERROR, 0, w(status)};
}

struct instance {
    const struct row *row;
    uint32_t profile;
};

inline std::ostream &operator<<(std::ostream &stream, const struct instance &instance)
{
    return stream << instance.row->name;
}

inline std::vector<struct instance> instances(const std::vector<struct row> &rows)
{
    std::vector<struct instance> result;
    for (const struct row &row : rows) {
        for (uint32_t profile = 0; profile < SPMC_PROFILE_COUNT; profile++) {
            if ((row.profiles >> profile & 1) != 0) {
                result.push_back({&row, profile});
            }
        }
    }
    return result;
}

inline std::string name_of(const testing::TestParamInfo<struct instance> &info)
{
    static const char *const profiles[] = {"hafnium", "el3_spmc", "op_tee"};
    return std::string(info.param.row->name) + "_" + profiles[info.param.profile];
}

inline void expect_registers(const struct smc_frame &frame, const registers &expected)
{
    for (size_t i = 0; i < expected.size(); i++) {
        EXPECT_EQ(frame.x[i], expected[i]) << "x" << i;
    }
}

// The normal world says its version, unless that is 0, makes the calls before, then the one of the row.
inline void run_row(spmc_world &world, const struct row &row)
{
    if (row.version != 0) {
        world.version(row.version);
    }
    for (const registers &call : row.before) {
        world.call_frame(frame_of(call));
    }
    expect_registers(world.call_frame(frame_of(row.in)), row.out);
}

// The same call made by a partition while it works on a request; `out` is what it is run with next.
inline void run_partition_row(spmc_world &world, const struct row &row, uint32_t index)
{
    if (row.version != 0) {
        world.version(row.version);
    }
    std::deque<struct smc_frame> &script = world.script(index);
    for (const registers &call : row.before) {
        script.push_back(frame_of(call));
    }
    script.push_back(frame_of(row.in));
    world.call({FFA_MSG_SEND_DIRECT_REQ_64, world.spmc->config.partitions[index].id});
    std::vector<struct smc_frame> own;
    for (size_t i = 0; i < world.ran.size(); i++) {
        if (world.ran_by[i] == index) {
            own.push_back(world.ran[i]);
        }
    }
    ASSERT_GT(own.size(), row.before.size() + 1) << "the partition was not run again";
    expect_registers(own[row.before.size() + 1], row.out);
}

} // namespace spmc_rows

#define SPMC_ROWS(suite, rows)                                                                               \
    class suite : public testing::TestWithParam<struct spmc_rows::instance> {};                              \
    TEST_P(suite, row)                                                                                       \
    {                                                                                                        \
        spmc_world world(spmc_rows::config_of(GetParam().profile));                                          \
        spmc_rows::run_row(world, *GetParam().row);                                                          \
    }                                                                                                        \
    INSTANTIATE_TEST_SUITE_P(rows, suite, testing::ValuesIn(spmc_rows::instances(rows)), spmc_rows::name_of)

#define SPMC_PARTITION_ROWS(suite, rows)                                                                     \
    class suite : public testing::TestWithParam<struct spmc_rows::instance> {};                              \
    TEST_P(suite, row)                                                                                       \
    {                                                                                                        \
        spmc_world world(spmc_rows::config_of(GetParam().profile));                                          \
        spmc_rows::run_partition_row(world, *GetParam().row, spmc_rows::FIRST);                              \
    }                                                                                                        \
    INSTANTIATE_TEST_SUITE_P(rows, suite, testing::ValuesIn(spmc_rows::instances(rows)), spmc_rows::name_of)

#endif
