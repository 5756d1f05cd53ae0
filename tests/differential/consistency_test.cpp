// SPDX-License-Identifier: BSD-3-Clause
//
// The core against itself, which needs no oracle: however a program is cut into pieces, and whatever stands
// behind its memory, the state after the same number of instructions is the same.
#include <cstring>
#include <gtest/gtest.h>
#include <pthread.h>

#include "tests/differential/bare_machine.hpp"
#include "tests/differential/qemu_machine.hpp"

namespace {

using namespace differential;

// The states are compared at its multiples, which every chunk below reaches exactly.
constexpr uint64_t PERIOD = 7 * 997;
constexpr uint64_t INSTRUCTIONS_MAX = 400000;

struct variant {
    const char *name;
    cpu_memory_mode mode;
    grant_policy policy;
    bool marks;
    uint64_t chunk;
};

const variant variants[] = {
    {"golden, whole periods", CPU_MEMORY_GOLDEN, grant_policy::always, true, PERIOD},
    {"golden, 1", CPU_MEMORY_GOLDEN, grant_policy::always, true, 1},
    {"golden, 7", CPU_MEMORY_GOLDEN, grant_policy::always, true, 7},
    {"golden without marks, 997", CPU_MEMORY_GOLDEN, grant_policy::always, false, 997},
    {"cached, whole periods", CPU_MEMORY_CACHED, grant_policy::always, false, PERIOD},
    {"cached, 1", CPU_MEMORY_CACHED, grant_policy::always, false, 1},
    {"cached, never granted, 997", CPU_MEMORY_CACHED, grant_policy::never, false, 997},
    {"cached, erratic, 7", CPU_MEMORY_CACHED, grant_policy::erratic, false, 7},
};

uint64_t hash_add(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15U;
    return hash ^ (hash >> 31);
}

uint64_t state_hash(const struct cpu *cpu)
{
    uint64_t hash = hash_add(cpu_retired(cpu), cpu_pc(cpu));
    hash = hash_add(hash, cpu_pstate(cpu));
    for (uint32_t i = 0; i < 32; i++) {
        hash = hash_add(hash, cpu_register(cpu, i));
    }
    return hash;
}

struct history {
    std::vector<uint64_t> hashes; /* after each period */
    uint64_t retired;
    uint64_t memory_hash;
    std::string console;
};

history history_make(const elf_image &image, const variant &chosen)
{
    machine_options options;
    options.mode = chosen.mode;
    options.policy = chosen.policy;
    options.marks = chosen.marks;
    options.ram_size = 16 << 20;
    bare_machine machine(options);
    machine.load(image);
    machine.start(image.entry);
    history out = {};
    while (cpu_retired(machine.cpu()) < INSTRUCTIONS_MAX &&
           machine.run(chosen.chunk) == machine_end::running) {
        if (cpu_retired(machine.cpu()) % PERIOD == 0) {
            out.hashes.push_back(state_hash(machine.cpu()));
        }
    }
    out.retired = cpu_retired(machine.cpu());
    for (uint8_t byte : *machine.ram()) {
        out.memory_hash = hash_add(out.memory_hash, byte);
    }
    out.console = machine.console();
    return out;
}

class consistency : public testing::TestWithParam<const char *> {};

TEST_P(consistency, the_state_after_n_instructions_does_not_depend_on_how_they_are_run)
{
    const elf_image image = elf_image_read(std::string(FFA_COSIM_GUEST_DIR) + "/" + GetParam() + ".elf");
    const history expected = history_make(image, variants[0]);
    ASSERT_GT(expected.hashes.size(), 1U);
    for (const variant &chosen : variants) {
        const history got = history_make(image, chosen);
        EXPECT_EQ(got.hashes, expected.hashes) << chosen.name;
        EXPECT_EQ(got.console, expected.console) << chosen.name;
        if (got.hashes.size() == expected.hashes.size() && got.retired == expected.retired) {
            EXPECT_EQ(got.memory_hash, expected.memory_hash) << chosen.name;
        }
    }
}

std::string program_name(const testing::TestParamInfo<const char *> &info)
{
    return info.param;
}

INSTANTIATE_TEST_SUITE_P(programs, consistency,
                         testing::Values("exceptions_el1", "exceptions_el2", "translation_el1",
                                         "translation_el2", "memory_access_el1", "memory_access_el2"),
                         program_name);

// Handlers call each other as the last thing they do; if one of them were a real call, the stack would grow
// with every instruction.
constexpr size_t SMALL_STACK = 256 << 10;
constexpr uint64_t MANY_INSTRUCTIONS = 10000000;

struct long_run {
    bare_machine *machine;
    machine_end end;
};

void *long_run_start(void *argument)
{
    long_run *run = static_cast<long_run *>(argument);
    run->end = run->machine->run(MANY_INSTRUCTIONS);
    return nullptr;
}

TEST(small_stack, is_enough_for_ten_million_instructions_in_a_row)
{
    for (const cpu_memory_mode mode : {CPU_MEMORY_GOLDEN, CPU_MEMORY_CACHED}) {
        machine_options options;
        options.mode = mode;
        options.entry_el = 1;
        options.ram_size = 1 << 20;
        bare_machine machine(options);
        // ADD x0, x0, #1; ADDS x1, x1, #2; CSET x2, EQ; B to the first.
        const uint32_t loop[] = {0x91000400, 0xb1000821, 0x9a9f17e2, 0x17fffffd};
        memcpy(machine.ram_at(RAM_BASE), loop, sizeof(loop));
        machine.start(RAM_BASE);
        long_run run = {&machine, machine_end::stopped};
        pthread_attr_t attributes;
        pthread_t thread;
        ASSERT_EQ(pthread_attr_init(&attributes), 0);
        ASSERT_EQ(pthread_attr_setstacksize(&attributes, SMALL_STACK), 0);
        ASSERT_EQ(pthread_create(&thread, &attributes, long_run_start, &run), 0);
        ASSERT_EQ(pthread_join(thread, nullptr), 0);
        pthread_attr_destroy(&attributes);
        EXPECT_EQ(run.end, machine_end::running);
        EXPECT_EQ(cpu_retired(machine.cpu()), MANY_INSTRUCTIONS);
        EXPECT_EQ(cpu_register(machine.cpu(), 0), MANY_INSTRUCTIONS / 4);
    }
}

} // namespace
