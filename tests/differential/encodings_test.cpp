// SPDX-License-Identifier: BSD-3-Clause
//
// Random words of the whole encoding space but FP and SIMD, at EL0, in qemu-system-aarch64 and on our core:
// the same ones are UNDEFINED, and what is not ends in the same exception with the same syndrome and
// addresses. By hand:
//
//     differential_encodings --count 200000 --seed 7
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <sstream>

#include "tests/differential/bare_machine.hpp"
#include "tests/differential/disassembly.hpp"
#include "tests/differential/process.hpp"
#include "tests/differential/qemu_machine.hpp"

namespace {

using namespace differential;

uint32_t word_count = 10000;
uint32_t seed = 1;

constexpr double SECONDS_MAX = 250;
constexpr uint64_t RAM_NEEDED = 16 << 20;
constexpr uint64_t INSTRUCTIONS_PER_WORD_MAX = 10000;
constexpr uint32_t FAILURES_SHOWN_MAX = 10;

constexpr uint64_t EC_UNDEFINED = 0x00, EC_FP_ACCESS = 0x07, EC_SVC = 0x15, EC_SYSTEM = 0x18,
                   EC_DATA_ABORT = 0x24;

struct outcome {
    uint32_t word = 0;
    uint64_t esr = 0;
    uint64_t elr = 0;
    uint64_t far = 0;
    uint64_t exception_class() const { return esr >> 26; }
};

std::vector<outcome> outcomes_read(const std::string &text)
{
    std::vector<outcome> out;
    std::istringstream lines(text);
    std::string line;
    while (std::getline(lines, line)) {
        outcome one;
        unsigned long long esr = 0;
        unsigned long long elr = 0;
        unsigned long long far = 0;
        if (sscanf(line.c_str(), "%x esr %llx elr %llx far %llx", &one.word, &esr, &elr, &far) >= 3) {
            one.esr = esr;
            one.elr = elr;
            one.far = far;
            out.push_back(one);
        }
    }
    return out;
}

bool word_is(uint32_t word, uint32_t mask, uint32_t value)
{
    return (word & mask) == value;
}

// Ours is UNDEFINED because an ID register says so; QEMU's PE has the feature.
bool feature_denied(uint32_t word, const outcome &expected, bool later_cpu)
{
    if (word_is(word, 0xffdfffc0, 0xd51b4400)) {
        return expected.exception_class() == EC_FP_ACCESS; // FPCR, FPSR
    }
    if (word_is(word, 0xffdff000, 0xd51b9000) || word_is(word, 0xffdff800, 0xd51be800)) {
        return expected.exception_class() == EC_SYSTEM; // FEAT_PMUv3
    }
    return later_cpu && (word_is(word, 0x3ffffc00, 0x38bfc000) || // LDAPR
                         word_is(word, 0xffdfffe0, 0xd51b42c0) || // SSBS
                         word_is(word, 0x3fa08000, 0x08800000) || // LDLAR, STLLR
                         word_is(word, 0xfff8f01f, 0xd500401f));  // PAN, UAO
}

// Each where QEMU 7.2 is not the architecture, or has another feature than our PE.
bool difference_allowed(const outcome &expected, const outcome &got, bool later_cpu)
{
    const uint32_t word = got.word;
    if (expected.word != word) {
        return false;
    }
    if (got.exception_class() == EC_UNDEFINED) {
        return feature_denied(word, expected, later_cpu);
    }
    if (word_is(word, 0x3fc00000, 0x08000000) && got.exception_class() == EC_DATA_ABORT) {
        return expected.exception_class() == EC_SVC; // a store-exclusive that fails anyway need not abort
    }
    if (expected.elr != got.elr) {
        return false;
    }
    if (word_is(word, 0xffffffe0, 0xd50b7c20) || word_is(word, 0xffffffe0, 0xd50b7d20)) {
        return expected.exception_class() == EC_UNDEFINED; // DC CVAP and CVADP: FEAT_DPB, FEAT_DPB2
    }
    return word_is(word, 0xfffff0df, 0xd50340df) && expected.exception_class() == EC_SYSTEM &&
           got.exception_class() == EC_SYSTEM; // DAIFSet, DAIFClr
}

std::string outcome_text(const outcome &one)
{
    char text[120];
    snprintf(text, sizeof(text), "esr %llx elr %llx far %llx", static_cast<unsigned long long>(one.esr),
             static_cast<unsigned long long>(one.elr), static_cast<unsigned long long>(one.far));
    return text;
}

std::string word_text(uint32_t word)
{
    char text[20];
    snprintf(text, sizeof(text), "%08x ", word);
    const disassembled shown = disassemble(word, 0);
    return text + (shown.mnemonic.empty() ? "?" : shown.mnemonic + " " + shown.operands);
}

std::string run_qemu(const std::string &elf, const char *cpu, uint64_t parameter)
{
    qemu_options qemu;
    qemu.program = FFA_COSIM_QEMU_SYSTEM;
    qemu.elf = elf;
    qemu.cpu = cpu;
    qemu.parameter = parameter;
    const process_result run = process_run(qemu_command(qemu), "", SECONDS_MAX);
    EXPECT_TRUE(run.exited && run.status == 0) << "QEMU: status " << run.status;
    return run.output;
}

std::string run_core(const std::string &elf, bool lse, cpu_memory_mode mode, uint64_t parameter)
{
    machine_options options;
    options.mode = mode;
    options.lse = lse;
    options.ram_size = RAM_NEEDED;
    bare_machine machine(options);
    const elf_image image = elf_image_read(elf);
    machine.load(image);
    memcpy(machine.ram_at(GUEST_PARAMETER_ADDRESS), &parameter, sizeof(parameter));
    machine.start(image.entry);
    EXPECT_EQ(machine.run(INSTRUCTIONS_PER_WORD_MAX * word_count), machine_end::power_off)
        << cpu_stop_told(machine.cpu())->name;
    return machine.console();
}

void outcomes_compare(const std::vector<outcome> &expected, const std::vector<outcome> &got, bool later_cpu)
{
    ASSERT_EQ(expected.size(), word_count);
    ASSERT_EQ(got.size(), word_count);
    uint32_t failures = 0;
    uint32_t undefined = 0;
    uint32_t allowed = 0;
    for (size_t i = 0; i < got.size(); i++) {
        undefined += got[i].exception_class() == EC_UNDEFINED;
        if (outcome_text(expected[i]) == outcome_text(got[i]) && expected[i].word == got[i].word) {
            continue;
        }
        if (difference_allowed(expected[i], got[i], later_cpu)) {
            allowed++;
            continue;
        }
        failures++;
        if (failures <= FAILURES_SHOWN_MAX) {
            ADD_FAILURE() << word_text(got[i].word) << "\n  QEMU " << outcome_text(expected[i]) << "\n  ours "
                          << outcome_text(got[i]);
        }
    }
    EXPECT_EQ(failures, 0U);
    EXPECT_GT(undefined, word_count / 20);
    EXPECT_LT(undefined, word_count * 3 / 4);
    printf("%u words, %u UNDEFINED, %u allowed differences\n", word_count, undefined, allowed);
}

void encodings_compare(const char *qemu_cpu, bool lse)
{
    const std::string elf = std::string(FFA_COSIM_GUEST_DIR) + "/encodings.elf";
    const uint64_t parameter = uint64_t{word_count} << 32 | seed;
    const std::vector<outcome> expected = outcomes_read(run_qemu(elf, qemu_cpu, parameter));
    const std::string golden = run_core(elf, lse, CPU_MEMORY_GOLDEN, parameter);
    outcomes_compare(expected, outcomes_read(golden), lse);
    EXPECT_EQ(run_core(elf, lse, CPU_MEMORY_CACHED, parameter), golden);
}

TEST(encodings, of_a_v8_0_pe_end_as_on_cortex_a53)
{
    encodings_compare("cortex-a53,pmu=off", false);
}

TEST(encodings, with_atomics_end_as_on_cortex_a76)
{
    encodings_compare("cortex-a76,pmu=off", true);
}

} // namespace

int main(int argc, char **argv)
{
    testing::InitGoogleTest(&argc, argv);
    for (int i = 1; i < argc; i += 2) {
        const bool has_value = i + 1 < argc;
        if (has_value && strcmp(argv[i], "--count") == 0) {
            word_count = static_cast<uint32_t>(strtoul(argv[i + 1], nullptr, 0));
        } else if (has_value && strcmp(argv[i], "--seed") == 0) {
            seed = static_cast<uint32_t>(strtoul(argv[i + 1], nullptr, 0));
        } else {
            fprintf(stderr, "%s: only --count N and --seed S are known, besides the options of GoogleTest\n",
                    argv[0]);
            return 2;
        }
    }
    return RUN_ALL_TESTS();
}
