/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What became of the accesses and instructions of guest/syndromes_*.c, and the reviewed differences between
 * our core and QEMU 7.2, each with its reason.
 */
#ifndef TESTS_DIFFERENTIAL_SYNDROMES_HPP
#define TESTS_DIFFERENTIAL_SYNDROMES_HPP

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

namespace differential {

struct syndrome {
    bool trapped = false;
    uint64_t esr = 0, far = 0, elr = 0, spsr = 0, vector = 0;
    std::array<uint64_t, 4> x = {};

    bool operator==(const syndrome &other) const
    {
        return trapped == other.trapped && esr == other.esr && far == other.far && elr == other.elr &&
               spsr == other.spsr && vector == other.vector && x == other.x;
    }
    uint64_t exception_class() const { return esr >> 26; }
    bool data_abort() const { return exception_class() == 0x24 || exception_class() == 0x25; }
    bool instruction_abort() const { return exception_class() == 0x20 || exception_class() == 0x21; }
    uint64_t fault_status() const { return esr & 0x3f; }
};

/* "<section> <what>[/<variant>]". */
struct syndrome_name {
    std::string section, what, variant;
    bool operator<(const syndrome_name &other) const
    {
        return std::tie(section, what, variant) < std::tie(other.section, other.what, other.variant);
    }
    std::string text() const { return section + " " + what + variant; }
};

using syndromes = std::map<syndrome_name, syndrome>;

/* Throws on a line that is none. */
syndromes syndromes_read(const std::string &text);
std::string syndrome_text(const syndrome &one);

/*
 * QEMU's answer as the architecture has it: nullptr, or the reason, when it is another than QEMU gave.
 * `all` are all of QEMU's answers in the same program.
 */
const char *syndrome_correct(const syndrome_name &name, const syndromes &all, syndrome *answer);

/* All reasons, to see that each of them was needed. */
extern const char *const syndrome_reasons[];
extern const uint32_t syndrome_reasons_count;

} // namespace differential

#endif
