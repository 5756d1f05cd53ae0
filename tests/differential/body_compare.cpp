// SPDX-License-Identifier: BSD-3-Clause
//
// Comparison, minimisation and report. A smaller body may not be valid any more (its address register may be
// gone): then QEMU does not come to its end, and the candidate is dropped.
#include "tests/differential/body_compare.hpp"

#include <cstdio>

#include "tests/differential/a64_encode.hpp"
#include "tests/differential/body_qemu.hpp"
#include "tests/differential/disassembly.hpp"

namespace differential {

namespace {

std::string line_text(const char *name, uint64_t expected, uint64_t got)
{
    char text[120];
    snprintf(text, sizeof(text), "    %-8s expected %016llx, got %016llx\n", name,
             static_cast<unsigned long long>(expected), static_cast<unsigned long long>(got));
    return text;
}

bool differs(const body &which, const core_variant &variant)
{
    batch_result expected;
    batch_result got;
    std::string why_not;
    if (!batch_run_qemu({which}, &expected, &why_not)) {
        return false;
    }
    return !batch_run_core({which}, variant, &got, &why_not) || !difference_text(expected, got, 0).empty();
}

std::string data_difference_text(const body_data &expected, const body_data &got)
{
    std::string text;
    uint32_t shown = 0;
    for (uint32_t i = 0; i < expected.size() && shown < 8; i++) {
        if (expected[i] != got[i]) {
            char name[16];
            snprintf(name, sizeof(name), "[%x]", BODY_DATA_BASE + i);
            text += line_text(name, expected[i], got[i]);
            shown++;
        }
    }
    return text;
}

std::string listing_text(const body &which)
{
    std::string text;
    for (uint32_t i = 0; i < BODY_WORDS; i++) {
        if (which.words[i] == a64::NOP) {
            continue;
        }
        const uint64_t address = body_slot_address(0) + 4 * (PROLOGUE_WORDS + i);
        const disassembled shown = disassemble(which.words[i], address);
        char line[200];
        snprintf(line, sizeof(line), "    %2u  %08x  %s %s\n", i, which.words[i],
                 shown.mnemonic.empty() ? "?" : shown.mnemonic.c_str(), shown.operands.c_str());
        text += line;
    }
    return text;
}

std::string start_text(const body &which)
{
    std::string text;
    for (uint32_t i = 0; i < which.x.size(); i++) {
        char cell[40];
        snprintf(cell, sizeof(cell), "%sx%-2u %016llx", i % 4 == 0 ? "\n    " : "  ", i,
                 static_cast<unsigned long long>(which.x[i]));
        text += cell;
    }
    char last[100];
    snprintf(last, sizeof(last), "\n    sp %016llx, nzcv %llx, data seed %llx\n",
             static_cast<unsigned long long>(which.sp), static_cast<unsigned long long>(which.nzcv),
             static_cast<unsigned long long>(which.data_seed));
    return text + last;
}

} // namespace

std::string difference_text(const batch_result &expected, const batch_result &got, uint32_t number)
{
    const body_state &want = expected.states[number];
    const body_state &have = got.states[number];
    std::string text;
    for (uint32_t i = 0; i < 31; i++) {
        if (want.x[i] != have.x[i]) {
            text += line_text(("x" + std::to_string(i)).c_str(), want.x[i], have.x[i]);
        }
    }
    if (want.sp != have.sp) {
        text += line_text("sp", want.sp, have.sp);
    }
    if (want.nzcv != have.nzcv) {
        text += line_text("nzcv", want.nzcv, have.nzcv);
    }
    return text + data_difference_text(expected.data[number], got.data[number]);
}

body body_minimise(const body &failing, const core_variant &variant)
{
    body smallest = failing;
    for (uint32_t length = 1; length < BODY_WORDS; length++) {
        body shorter = failing;
        for (uint32_t i = length; i < BODY_WORDS; i++) {
            shorter.words[i] = a64::NOP;
        }
        if (differs(shorter, variant)) {
            smallest = shorter;
            break;
        }
    }
    for (uint32_t i = BODY_WORDS; i-- > 0;) {
        body without = smallest;
        without.words[i] = a64::NOP;
        if (smallest.words[i] != a64::NOP && differs(without, variant)) {
            smallest = without;
        }
    }
    return smallest;
}

std::string body_report(const body &which, const core_variant &variant)
{
    batch_result expected;
    batch_result got;
    std::string why_not;
    std::string text = "  registers before:" + start_text(which) + "  instructions:\n" + listing_text(which);
    if (!batch_run_qemu({which}, &expected, &why_not) || !batch_run_core({which}, variant, &got, &why_not)) {
        return text + "  " + why_not + "\n";
    }
    return text + "  QEMU expects, our core gives:\n" + difference_text(expected, got, 0);
}

} // namespace differential
