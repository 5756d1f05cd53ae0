// SPDX-License-Identifier: BSD-3-Clause
//
// Two differences are QEMU's ways and are allowed, each exactly: no record for an instruction that could not
// be fetched, and ISV with its fields in ESR_EL2 after an abort of stage 1 (for the one instruction that
// reads it; the guest masks the bits next).
#include "tests/differential/lockstep.hpp"

#include <cassert>
#include <cstdio>
#include <cstring>

#include "tests/differential/disassembly.hpp"
#include "tests/differential/qemu_machine.hpp"

namespace differential {

namespace {

constexpr uint64_t STEPS_MAX = 20000000;
constexpr uint64_t START_STEPS_MAX = 200;

const char *const TRACE_OVER = "    QEMU's trace is over\n";

constexpr uint32_t MRS_ESR_EL2 = 0xd53c5200;
constexpr uint64_t ESR_ISV_FIELDS = 0x7ffUL
                                    << 14; // Arm ARM, "ISS encoding for an exception from a Data Abort"
constexpr uint32_t MSR_NZCV_XZR = 0xd51b421f;
constexpr uint64_t VECTOR_OFFSETS = 0x7f;
constexpr uint64_t PSTATE_NZCV = 0xf0000000;
constexpr uint64_t ESR_CLASS_DATA_ABORT_SAME_LEVEL = 0x25;

cpu_snapshot snapshot_take(struct cpu *cpu)
{
    cpu_snapshot out;
    out.pc = cpu_pc(cpu);
    for (uint32_t i = 0; i < out.x.size(); i++) {
        out.x[i] = cpu_register(cpu, i);
    }
    out.sp = cpu_register(cpu, 31);
    out.pstate = cpu_pstate(cpu);
    return out;
}

bool esr_difference_allowed(uint32_t before, uint32_t number, uint64_t expected, uint64_t got)
{
    return before == (MRS_ESR_EL2 | number) && (expected >> 26) == ESR_CLASS_DATA_ABORT_SAME_LEVEL &&
           (expected & ~ESR_ISV_FIELDS) == got;
}

void difference_add(std::string *text, const std::string &name, uint64_t expected, uint64_t got)
{
    char line[120];
    snprintf(line, sizeof(line), "    %-8s expected %016llx, got %016llx\n", name.c_str(),
             static_cast<unsigned long long>(expected), static_cast<unsigned long long>(got));
    *text += line;
}

// `word` stands at a vector and clears the flags.
bool flags_difference_allowed(uint64_t pc, uint32_t word)
{
    return (pc & VECTOR_OFFSETS) == 0 && word == MSR_NZCV_XZR;
}

// `before`: the word of the instruction that led here; `word`: the one that is here.
std::string snapshot_difference(const cpu_snapshot &expected, const cpu_snapshot &got, uint32_t before,
                                uint32_t word)
{
    std::string text;
    if (expected.pc != got.pc) {
        difference_add(&text, "pc", expected.pc, got.pc);
    }
    for (uint32_t i = 0; i < expected.x.size(); i++) {
        if (expected.x[i] != got.x[i] && !esr_difference_allowed(before, i, expected.x[i], got.x[i])) {
            difference_add(&text, "x" + std::to_string(i), expected.x[i], got.x[i]);
        }
    }
    if (expected.sp != got.sp) {
        difference_add(&text, "sp", expected.sp, got.sp);
    }
    const uint64_t compared = flags_difference_allowed(got.pc, word) ? ~PSTATE_NZCV : ~0UL;
    if ((expected.pstate & compared) != (got.pstate & compared)) {
        difference_add(&text, "pstate", expected.pstate, got.pstate);
    }
    return text;
}

// The instruction at an identity-mapped address, 0 elsewhere.
uint32_t word_at(bare_machine *machine, uint64_t va)
{
    uint32_t word = 0;
    if (va >= RAM_BASE && va - RAM_BASE < machine->ram()->size()) {
        memcpy(&word, machine->ram_at(va), sizeof(word));
    }
    return word;
}

std::string failure_text(uint64_t step, uint64_t pc_before, uint32_t word_before,
                         const std::string &difference)
{
    const disassembled shown = disassemble(word_before, pc_before);
    char text[200];
    snprintf(text, sizeof(text), "after %llu equal states, behind %llx: %08x %s %s\n",
             static_cast<unsigned long long>(step), static_cast<unsigned long long>(pc_before), word_before,
             shown.mnemonic.c_str(), shown.operands.c_str());
    return text + difference;
}

bool start_reach(bare_machine *machine, uint64_t pc)
{
    for (uint64_t i = 0; i < START_STEPS_MAX && cpu_pc(machine->cpu()) != pc; i++) {
        if (machine->run(1) != machine_end::running) {
            return false;
        }
    }
    return cpu_pc(machine->cpu()) == pc;
}

// Where the walk is in QEMU's trace, and what led there on our side.
struct walker {
    bare_machine *machine;
    const std::vector<cpu_snapshot> *expected;
    size_t at;
    uint64_t pc_before;
    uint32_t word_before;
    std::string unaccepted; // not empty: the state before this one has no record
};

std::string walker_difference(const walker &walk, size_t at, const cpu_snapshot &got)
{
    if (at >= walk.expected->size()) {
        return "    QEMU's trace is over\n";
    }
    return snapshot_difference((*walk.expected)[at], got, walk.word_before, word_at(walk.machine, got.pc));
}

bool walker_at_vector(const walker &walk)
{
    if (walk.at >= walk.expected->size()) {
        return false;
    }
    const uint64_t pc = (*walk.expected)[walk.at].pc;
    return flags_difference_allowed(pc, word_at(walk.machine, pc));
}

// Moves along QEMU's trace by the state that our core is in. False: no record fits.
bool walker_accept(walker *walk, const cpu_snapshot &got, lockstep_result *result)
{
    const std::string difference = walker_difference(*walk, walk->at, got);
    if (difference.empty()) {
        walk->at++;
    } else if (walker_at_vector(*walk) && walker_difference(*walk, walk->at + 1, got).empty()) {
        walk->at += 2;
        result->through_vectors++;
    } else if (walk->unaccepted.empty() && walker_at_vector(*walk)) {
        walk->unaccepted = difference;
        result->unfetched++;
        return true;
    } else {
        result->failure = failure_text(result->compared, walk->pc_before, walk->word_before,
                                       walk->unaccepted.empty() ? difference : walk->unaccepted);
        return false;
    }
    walk->unaccepted.clear();
    result->compared++;
    return true;
}

void walk_along(walker *walk, lockstep_result *result)
{
    for (uint64_t step = 0; step < STEPS_MAX; step++) {
        const cpu_snapshot got = snapshot_take(walk->machine->cpu());
        if (!walker_accept(walk, got, result)) {
            return;
        }
        walk->word_before = word_at(walk->machine, got.pc);
        walk->pc_before = got.pc;
        const machine_end end = walk->machine->run(1);
        if (end != machine_end::running) {
            result->left = walk->expected->size() - walk->at;
            if (end != machine_end::power_off) {
                result->failure = std::string("no power-off: ") + cpu_stop_told(walk->machine->cpu())->name;
            }
            return;
        }
    }
    result->failure = "no end";
}

} // namespace

lockstep_result lockstep_run(const elf_image &image, const machine_options &options, uint64_t parameter,
                             const std::vector<cpu_snapshot> &expected)
{
    lockstep_result result = {};
    bare_machine machine(options);
    machine.load(image);
    memcpy(machine.ram_at(GUEST_PARAMETER_ADDRESS), &parameter, sizeof(parameter));
    machine.start(image.entry);
    const uint64_t compare_from = image.symbols.at("guest_compare_from");
    size_t at = 0;
    while (at < expected.size() && expected[at].pc != compare_from) {
        at++;
    }
    if (at == expected.size() || !start_reach(&machine, compare_from)) {
        result.failure = at == expected.size() ? "QEMU never came to guest_compare_from"
                                               : "our core never came to guest_compare_from";
        return result;
    }
    walker walk = {&machine, &expected, at, 0, 0, ""};
    walk_along(&walk, &result);
    return result;
}

} // namespace differential
