/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A64 words as text, by capstone: for reports, and for the check that the generator reaches what it promises.
 */
#ifndef TESTS_DIFFERENTIAL_DISASSEMBLY_HPP
#define TESTS_DIFFERENTIAL_DISASSEMBLY_HPP

#include <cstdint>
#include <string>

namespace differential {

struct disassembled {
    std::string mnemonic; /* empty: not an instruction that capstone knows */
    std::string operands;
};

disassembled disassemble(uint32_t word, uint64_t address);

} // namespace differential

#endif
