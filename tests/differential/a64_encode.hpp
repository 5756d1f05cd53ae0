/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A64 encodings that the tests themselves put around what they test: entry and exit of a body, the set-up of
 * the MMU. Arm ARM, chapter C4 "A64 Instruction Set Encoding". The random bodies come from a64_generator, not
 * from here.
 */
#ifndef TESTS_DIFFERENTIAL_A64_ENCODE_HPP
#define TESTS_DIFFERENTIAL_A64_ENCODE_HPP

#include <cassert>
#include <cstdint>

namespace differential::a64 {

constexpr uint32_t SP_OR_ZR = 31;
constexpr uint32_t NOP = 0xd503201f;
constexpr uint32_t ISB = 0xd5033fdf;
constexpr uint32_t CLREX = 0xd5033f5f;
constexpr uint32_t SMC_0 = 0xd4000003;

/* op0 op1 CRn CRm op2, as the Arm ARM lists system registers, at the bits that MRS and MSR use. */
constexpr uint32_t system_register(uint32_t op0, uint32_t op1, uint32_t crn, uint32_t crm, uint32_t op2)
{
    return (op0 << 19) | (op1 << 16) | (crn << 12) | (crm << 8) | (op2 << 5);
}

constexpr uint32_t NZCV = system_register(3, 3, 4, 2, 0);
constexpr uint32_t TPIDR_EL0 = system_register(3, 3, 13, 0, 2);
constexpr uint32_t SCTLR_EL1 = system_register(3, 0, 1, 0, 0);
constexpr uint32_t TTBR0_EL1 = system_register(3, 0, 2, 0, 0);
constexpr uint32_t TCR_EL1 = system_register(3, 0, 2, 0, 2);
constexpr uint32_t MAIR_EL1 = system_register(3, 0, 10, 2, 0);

constexpr uint32_t mrs(uint32_t rt, uint32_t reg)
{
    return 0xd5200000 | reg | rt;
}

constexpr uint32_t msr(uint32_t reg, uint32_t rt)
{
    return 0xd5000000 | reg | rt;
}

constexpr uint32_t movz(uint32_t rd, uint16_t imm, uint32_t lane)
{
    return 0xd2800000 | (lane << 21) | (uint32_t{imm} << 5) | rd;
}

constexpr uint32_t movk(uint32_t rd, uint16_t imm, uint32_t lane)
{
    return 0xf2800000 | (lane << 21) | (uint32_t{imm} << 5) | rd;
}

/* ADD (immediate), 64 bits: rd and rn may be SP. */
constexpr uint32_t add_immediate(uint32_t rd, uint32_t rn, uint32_t imm)
{
    return 0x91000000 | (imm << 10) | (rn << 5) | rd;
}

constexpr uint32_t sub_immediate(uint32_t rd, uint32_t rn, uint32_t imm)
{
    return 0xd1000000 | (imm << 10) | (rn << 5) | rd;
}

/* LDR and STR of 64 bits, unsigned offset in bytes. */
constexpr uint32_t ldr(uint32_t rt, uint32_t rn, uint32_t offset)
{
    return 0xf9400000 | ((offset / 8) << 10) | (rn << 5) | rt;
}

constexpr uint32_t str(uint32_t rt, uint32_t rn, uint32_t offset)
{
    return 0xf9000000 | ((offset / 8) << 10) | (rn << 5) | rt;
}

/* LDP and STP of 64 bits, positive offset in bytes. */
constexpr uint32_t ldp(uint32_t rt, uint32_t rt2, uint32_t rn, uint32_t offset)
{
    return 0xa9400000 | ((offset / 8) << 15) | (rt2 << 10) | (rn << 5) | rt;
}

constexpr uint32_t stp(uint32_t rt, uint32_t rt2, uint32_t rn, uint32_t offset)
{
    return 0xa9000000 | ((offset / 8) << 15) | (rt2 << 10) | (rn << 5) | rt;
}

constexpr uint32_t br(uint32_t rn)
{
    return 0xd61f0000 | (rn << 5);
}

} // namespace differential::a64

#endif
