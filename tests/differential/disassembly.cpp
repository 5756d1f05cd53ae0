// SPDX-License-Identifier: BSD-3-Clause
//
// One capstone handle for the process, opened at the first use.
#include "tests/differential/disassembly.hpp"

#include <capstone/capstone.h>
#include <cassert>

namespace differential {

namespace {

csh handle_open()
{
    csh handle;
    const cs_err error = cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &handle);
    assert(error == CS_ERR_OK);
    return handle;
}

} // namespace

disassembled disassemble(uint32_t word, uint64_t address)
{
    static const csh handle = handle_open();
    cs_insn *instruction = nullptr;
    disassembled out;
    const uint8_t bytes[] = {static_cast<uint8_t>(word), static_cast<uint8_t>(word >> 8),
                             static_cast<uint8_t>(word >> 16), static_cast<uint8_t>(word >> 24)};
    const size_t count = cs_disasm(handle, bytes, sizeof(bytes), address, 1, &instruction);
    if (count == 1) {
        out.mnemonic = instruction->mnemonic;
        out.operands = instruction->op_str;
        cs_free(instruction, count);
    }
    return out;
}

} // namespace differential
