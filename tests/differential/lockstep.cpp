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

constexpr uint32_t MRS_ESR_EL2 = 0xd53c5200;
constexpr uint64_t ESR_ISV_FIELDS = 0x7ffUL
                                    << 14; // Arm ARM, "ISS encoding for an exception from a Data Abort"
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

// `before`: the word of the instruction that led here.
std::string snapshot_difference(const cpu_snapshot &expected, const cpu_snapshot &got, uint32_t before)
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
    if (expected.pstate != got.pstate) {
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

// The walk along both; one call of run(1) per round.
void walk(bare_machine *machine, const std::vector<cpu_snapshot> &expected, size_t at,
          lockstep_result *result)
{
    uint64_t pc_before = 0;
    uint32_t word_before = 0;
    std::string unfetched_difference; // not empty: the state before this one was not in QEMU's trace
    for (uint64_t step = 0; step < STEPS_MAX; step++) {
        const cpu_snapshot got = snapshot_take(machine->cpu());
        const std::string difference = at < expected.size()
                                           ? snapshot_difference(expected[at], got, word_before)
                                           : "    QEMU's trace is over\n";
        if (difference.empty()) {
            at++;
            result->compared++;
            unfetched_difference.clear();
        } else if (!unfetched_difference.empty()) {
            result->failure = failure_text(result->compared, pc_before, word_before, unfetched_difference);
            return;
        } else {
            unfetched_difference = difference;
        }
        const uint64_t retired = cpu_retired(machine->cpu());
        const machine_end end = machine->run(1);
        if (!difference.empty() && cpu_retired(machine->cpu()) != retired) {
            result->failure = failure_text(result->compared, pc_before, word_before, difference);
            return;
        }
        result->unfetched += difference.empty() ? 0 : 1;
        pc_before = got.pc;
        word_before = word_at(machine, got.pc);
        if (end != machine_end::running) {
            result->left = expected.size() - at;
            result->failure = end == machine_end::power_off
                                  ? ""
                                  : "our core stopped without power-off: " +
                                        std::string(cpu_stop_told(machine->cpu())->name);
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
    walk(&machine, expected, at, &result);
    return result;
}

} // namespace differential
