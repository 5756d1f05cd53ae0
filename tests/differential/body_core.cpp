// SPDX-License-Identifier: BSD-3-Clause
//
// An EL1 regime with two 2 MiB blocks: code (EL1 only) and data (EL0 may access it too, so that LDTR and STTR
// work). Arm ARM, chapter D8 "The AArch64 Virtual Memory System Architecture".
#include "tests/differential/body_core.hpp"

#include <cassert>
#include <cstring>

#include "tests/differential/a64_encode.hpp"

namespace differential {

namespace {

constexpr uint64_t TABLE_L1 = BODY_RAM_BASE;
constexpr uint64_t TABLE_L2 = BODY_RAM_BASE + 0x1000;
constexpr uint64_t SET_UP = BODY_RAM_BASE + 0x2000;
constexpr uint64_t EXIT = BODY_RAM_BASE + 0x3000;

constexpr uint64_t DESCRIPTOR_BLOCK = 1;
constexpr uint64_t DESCRIPTOR_TABLE = 3;
constexpr uint64_t DESCRIPTOR_EL0 = 1U << 6;
constexpr uint64_t DESCRIPTOR_INNER_SHAREABLE = 3U << 8;
constexpr uint64_t DESCRIPTOR_ACCESSED = 1U << 10;

// T0SZ 25, walks inner and outer write-back, inner shareable, 4 KiB, TTBR1 off.
constexpr uint64_t TCR = 25 | (1U << 8) | (1U << 10) | (3U << 12) | (1U << 23);
// M, C, I, and what is RES1 in an AArch64-only v8.0 PE.
constexpr uint64_t SCTLR = 0x30d00980 | (1U << 0) | (1U << 2) | (1U << 12);
constexpr uint64_t MAIR = 0xff;

constexpr uint64_t BODY_INSTRUCTIONS_MAX = 4 * BODY_SLOT_WORDS;

void word64_put(bare_machine *machine, uint64_t pa, uint64_t value)
{
    memcpy(machine->ram_at(pa), &value, sizeof(value));
}

void register_set_put(std::vector<uint32_t> *code, uint32_t reg, uint64_t value)
{
    code->push_back(a64::movz(0, static_cast<uint16_t>(value), 0));
    code->push_back(a64::movk(0, static_cast<uint16_t>(value >> 16), 1));
    code->push_back(a64::msr(reg, 0));
}

void machine_prepare(bare_machine *machine)
{
    word64_put(machine, TABLE_L1 + 8, TABLE_L2 | DESCRIPTOR_TABLE);
    const uint64_t block = DESCRIPTOR_BLOCK | DESCRIPTOR_INNER_SHAREABLE | DESCRIPTOR_ACCESSED;
    word64_put(machine, TABLE_L2, BODY_RAM_BASE | block);
    word64_put(machine, TABLE_L2 + 8, BODY_STATE_BASE | block | DESCRIPTOR_EL0);
    std::vector<uint32_t> code;
    register_set_put(&code, a64::MAIR_EL1, MAIR);
    register_set_put(&code, a64::TCR_EL1, TCR);
    register_set_put(&code, a64::TTBR0_EL1, TABLE_L1);
    code.push_back(a64::ISB);
    register_set_put(&code, a64::SCTLR_EL1, SCTLR);
    code.push_back(a64::ISB);
    code.push_back(a64::SMC_0);
    memcpy(machine->ram_at(SET_UP), code.data(), code.size() * sizeof(uint32_t));
    memcpy(machine->ram_at(EXIT), &a64::SMC_0, sizeof(uint32_t));
}

void batch_load(bare_machine *machine, const std::vector<body> &bodies)
{
    for (uint32_t i = 0; i < bodies.size(); i++) {
        const body_slot slot = body_slot_make(bodies[i], i);
        memcpy(machine->ram_at(body_slot_address(i)), slot.data(), sizeof(slot));
        body_state state = body_state_make(bodies[i]);
        state.exit_pc = EXIT;
        memcpy(machine->ram_at(body_state_address(i)), &state, sizeof(state));
    }
}

// Runs to the next SMC.
bool smc_reach(bare_machine *machine, uint64_t chunk)
{
    for (uint64_t done = 0; done < BODY_INSTRUCTIONS_MAX; done += chunk) {
        const machine_end end = machine->run(chunk);
        if (end != machine_end::running) {
            return end == machine_end::smc;
        }
    }
    return false;
}

std::string failure_text(bare_machine *machine, const char *what)
{
    char text[200];
    const struct cpu_stop *stop = cpu_stop_told(machine->cpu());
    snprintf(text, sizeof(text), "%s: pc %#llx, stop reason %d at %#llx (%08x %s)", what,
             static_cast<unsigned long long>(cpu_pc(machine->cpu())), static_cast<int>(stop->reason),
             static_cast<unsigned long long>(stop->pc), stop->word, stop->name);
    return text;
}

} // namespace

const core_variant core_variants[] = {
    {"golden", CPU_MEMORY_GOLDEN, grant_policy::always, true, BODY_INSTRUCTIONS_MAX},
    {"golden without marks, 7 at a time", CPU_MEMORY_GOLDEN, grant_policy::always, false, 7},
    {"golden, single steps", CPU_MEMORY_GOLDEN, grant_policy::always, true, 1},
    {"cached, always granted", CPU_MEMORY_CACHED, grant_policy::always, false, BODY_INSTRUCTIONS_MAX},
    {"cached, never granted", CPU_MEMORY_CACHED, grant_policy::never, false, BODY_INSTRUCTIONS_MAX},
    {"cached, erratic grants, 5 at a time", CPU_MEMORY_CACHED, grant_policy::erratic, false, 5},
};
const size_t core_variant_count = sizeof(core_variants) / sizeof(core_variants[0]);

bool batch_run_core(const std::vector<body> &bodies, const core_variant &variant, batch_result *out,
                    std::string *why_not)
{
    assert(bodies.size() <= BODIES_PER_BATCH_MAX);
    machine_options options;
    options.mode = variant.mode;
    options.policy = variant.policy;
    options.marks = variant.marks;
    options.entry_el = 1;
    options.lse = bodies.front().lse;
    options.ram_size = BODY_RAM_SIZE;
    bare_machine machine(options);
    machine_prepare(&machine);
    batch_load(&machine, bodies);
    machine.start(SET_UP);
    if (!smc_reach(&machine, variant.chunk)) {
        *why_not = failure_text(&machine, "the set-up of the MMU");
        return false;
    }
    for (uint32_t i = 0; i < bodies.size(); i++) {
        body_data_fill(reinterpret_cast<uint64_t *>(machine.ram_at(BODY_DATA_BASE)), bodies[i].data_seed);
        cpu_register_set(machine.cpu(), 30, body_state_address(i));
        cpu_pc_set(machine.cpu(), body_slot_address(i));
        if (!smc_reach(&machine, variant.chunk)) {
            *why_not = failure_text(&machine, ("body " + std::to_string(i)).c_str());
            return false;
        }
        body_data data;
        memcpy(data.data(), machine.ram_at(BODY_DATA_BASE), data.size());
        out->data.push_back(data);
    }
    out->states.resize(bodies.size());
    memcpy(out->states.data(), machine.ram_at(BODY_STATE_BASE), bodies.size() * sizeof(body_state));
    return true;
}

} // namespace differential
