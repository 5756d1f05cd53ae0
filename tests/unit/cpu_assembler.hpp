// SPDX-License-Identifier: BSD-3-Clause
//
// The few A64 encodings that the tests of the core write by hand. Arm ARM, "A64 Instruction Set Encoding".
#ifndef TESTS_UNIT_CPU_ASSEMBLER_HPP
#define TESTS_UNIT_CPU_ASSEMBLER_HPP

#include <cstdint>
#include <initializer_list>
#include <vector>

namespace a64 {

constexpr uint32_t NOP = 0xd503201f;
constexpr uint32_t WFE = 0xd503205f;
constexpr uint32_t WFI = 0xd503207f;
constexpr uint32_t SEV = 0xd503209f;
constexpr uint32_t CLREX = 0xd5033f5f;
constexpr uint32_t DSB_SY = 0xd5033f9f;
constexpr uint32_t DMB_ISH = 0xd5033bbf;
constexpr uint32_t ISB = 0xd5033fdf;
constexpr uint32_t ERET = 0xd69f03e0;
constexpr uint32_t RET = 0xd65f03c0;
constexpr uint32_t SP = 31;
constexpr uint32_t XZR = 31;

constexpr uint32_t smc(uint32_t imm)
{
    return 0xd4000003 | imm << 5;
}
constexpr uint32_t svc(uint32_t imm)
{
    return 0xd4000001 | imm << 5;
}
constexpr uint32_t hvc(uint32_t imm)
{
    return 0xd4000002 | imm << 5;
}
constexpr uint32_t breakpoint(uint32_t imm)
{
    return 0xd4200000 | imm << 5;
}
constexpr uint32_t hlt(uint32_t imm)
{
    return 0xd4400000 | imm << 5;
}

// MRS, MSR, SYS: op0 op1 CRn CRm op2 at bits [20:5].
constexpr uint32_t sys(uint32_t op0, uint32_t op1, uint32_t crn, uint32_t crm, uint32_t op2)
{
    return op0 << 19 | op1 << 16 | crn << 12 | crm << 8 | op2 << 5;
}
constexpr uint32_t mrs(uint32_t rt, uint32_t reg)
{
    return 0xd5200000 | reg | rt;
}
constexpr uint32_t msr(uint32_t reg, uint32_t rt)
{
    return 0xd5000000 | reg | rt;
}
constexpr uint32_t daifset(uint32_t imm)
{
    return 0xd50340df | imm << 8;
}
constexpr uint32_t spsel(uint32_t imm)
{
    return 0xd50040bf | imm << 8;
}

constexpr uint32_t SCTLR_EL1 = sys(3, 0, 1, 0, 0);
constexpr uint32_t CPACR_EL1 = sys(3, 0, 1, 0, 2);
constexpr uint32_t TTBR0_EL1 = sys(3, 0, 2, 0, 0);
constexpr uint32_t TTBR1_EL1 = sys(3, 0, 2, 0, 1);
constexpr uint32_t TCR_EL1 = sys(3, 0, 2, 0, 2);
constexpr uint32_t SPSR_EL1 = sys(3, 0, 4, 0, 0);
constexpr uint32_t ELR_EL1 = sys(3, 0, 4, 0, 1);
constexpr uint32_t SP_EL0 = sys(3, 0, 4, 1, 0);
constexpr uint32_t SPSEL = sys(3, 0, 4, 2, 0);
constexpr uint32_t CURRENTEL = sys(3, 0, 4, 2, 2);
constexpr uint32_t ESR_EL1 = sys(3, 0, 5, 2, 0);
constexpr uint32_t FAR_EL1 = sys(3, 0, 6, 0, 0);
constexpr uint32_t PAR_EL1 = sys(3, 0, 7, 4, 0);
constexpr uint32_t MAIR_EL1 = sys(3, 0, 10, 2, 0);
constexpr uint32_t VBAR_EL1 = sys(3, 0, 12, 0, 0);
constexpr uint32_t TPIDR_EL1 = sys(3, 0, 13, 0, 4);
constexpr uint32_t CNTKCTL_EL1 = sys(3, 0, 14, 1, 0);
constexpr uint32_t MIDR_EL1 = sys(3, 0, 0, 0, 0);
constexpr uint32_t ID_AA64PFR0_EL1 = sys(3, 0, 0, 4, 0);
constexpr uint32_t CCSIDR_EL1 = sys(3, 1, 0, 0, 0);
constexpr uint32_t CSSELR_EL1 = sys(3, 2, 0, 0, 0);
constexpr uint32_t CTR_EL0 = sys(3, 3, 0, 0, 1);
constexpr uint32_t DCZID_EL0 = sys(3, 3, 0, 0, 7);
constexpr uint32_t NZCV = sys(3, 3, 4, 2, 0);
constexpr uint32_t DAIF = sys(3, 3, 4, 2, 1);
constexpr uint32_t FPCR = sys(3, 3, 4, 4, 0);
constexpr uint32_t TPIDR_EL0 = sys(3, 3, 13, 0, 2);
constexpr uint32_t TPIDRRO_EL0 = sys(3, 3, 13, 0, 3);
constexpr uint32_t CNTFRQ_EL0 = sys(3, 3, 14, 0, 0);
constexpr uint32_t CNTPCT_EL0 = sys(3, 3, 14, 0, 1);
constexpr uint32_t CNTVCT_EL0 = sys(3, 3, 14, 0, 2);
constexpr uint32_t CNTP_TVAL_EL0 = sys(3, 3, 14, 2, 0);
constexpr uint32_t CNTP_CTL_EL0 = sys(3, 3, 14, 2, 1);
constexpr uint32_t VPIDR_EL2 = sys(3, 4, 0, 0, 0);
constexpr uint32_t SCTLR_EL2 = sys(3, 4, 1, 0, 0);
constexpr uint32_t HCR_EL2 = sys(3, 4, 1, 1, 0);
constexpr uint32_t TTBR0_EL2 = sys(3, 4, 2, 0, 0);
constexpr uint32_t TCR_EL2 = sys(3, 4, 2, 0, 2);
constexpr uint32_t SPSR_EL2 = sys(3, 4, 4, 0, 0);
constexpr uint32_t ELR_EL2 = sys(3, 4, 4, 0, 1);
constexpr uint32_t SP_EL1 = sys(3, 4, 4, 1, 0);
constexpr uint32_t ESR_EL2 = sys(3, 4, 5, 2, 0);
constexpr uint32_t FAR_EL2 = sys(3, 4, 6, 0, 0);
constexpr uint32_t MAIR_EL2 = sys(3, 4, 10, 2, 0);
constexpr uint32_t VBAR_EL2 = sys(3, 4, 12, 0, 0);
constexpr uint32_t CNTVOFF_EL2 = sys(3, 4, 14, 0, 3);
constexpr uint32_t CNTHCTL_EL2 = sys(3, 4, 14, 1, 0);

constexpr uint32_t DC_IVAC = sys(1, 0, 7, 6, 1);
constexpr uint32_t DC_ISW = sys(1, 0, 7, 6, 2);
constexpr uint32_t DC_CISW = sys(1, 0, 7, 14, 2);
constexpr uint32_t DC_ZVA = sys(1, 3, 7, 4, 1);
constexpr uint32_t DC_CVAC = sys(1, 3, 7, 10, 1);
constexpr uint32_t DC_CVAU = sys(1, 3, 7, 11, 1);
constexpr uint32_t DC_CIVAC = sys(1, 3, 7, 14, 1);
constexpr uint32_t IC_IALLU = sys(1, 0, 7, 5, 0);
constexpr uint32_t IC_IVAU = sys(1, 3, 7, 5, 1);
constexpr uint32_t AT_S1E1R = sys(1, 0, 7, 8, 0);
constexpr uint32_t AT_S1E1W = sys(1, 0, 7, 8, 1);
constexpr uint32_t AT_S1E0R = sys(1, 0, 7, 8, 2);
constexpr uint32_t TLBI_VMALLE1 = sys(1, 0, 8, 7, 0);
constexpr uint32_t TLBI_VAE1IS = sys(1, 0, 8, 3, 1);
constexpr uint32_t TLBI_ASIDE1 = sys(1, 0, 8, 7, 2);
constexpr uint32_t TLBI_VAAE1 = sys(1, 0, 8, 7, 3);
constexpr uint32_t TLBI_ALLE2 = sys(1, 4, 8, 7, 0);

constexpr uint32_t movz(uint32_t rd, uint32_t imm, uint32_t half = 0)
{
    return 0xd2800000 | half << 21 | imm << 5 | rd;
}
constexpr uint32_t movk(uint32_t rd, uint32_t imm, uint32_t half)
{
    return 0xf2800000 | half << 21 | imm << 5 | rd;
}
constexpr uint32_t add(uint32_t rd, uint32_t rn, uint32_t imm)
{
    return 0x91000000 | imm << 10 | rn << 5 | rd;
}
constexpr uint32_t subs(uint32_t rd, uint32_t rn, uint32_t imm)
{
    return 0xf1000000 | imm << 10 | rn << 5 | rd;
}
constexpr uint32_t ldr(uint32_t rt, uint32_t rn, uint32_t offset = 0)
{
    return 0xf9400000 | offset / 8 << 10 | rn << 5 | rt;
}
constexpr uint32_t str(uint32_t rt, uint32_t rn, uint32_t offset = 0)
{
    return 0xf9000000 | offset / 8 << 10 | rn << 5 | rt;
}
constexpr uint32_t str_w(uint32_t rt, uint32_t rn)
{
    return 0xb9000000 | rn << 5 | rt;
}
constexpr uint32_t strb(uint32_t rt, uint32_t rn)
{
    return 0x39000000 | rn << 5 | rt;
}
constexpr uint32_t ldrb(uint32_t rt, uint32_t rn)
{
    return 0x39400000 | rn << 5 | rt;
}
constexpr uint32_t ldtr(uint32_t rt, uint32_t rn)
{
    return 0xf8400800 | rn << 5 | rt;
}
constexpr uint32_t sttr(uint32_t rt, uint32_t rn)
{
    return 0xf8000800 | rn << 5 | rt;
}
constexpr uint32_t str_post(uint32_t rt, uint32_t rn, uint32_t imm)
{
    return 0xf8000400 | imm << 12 | rn << 5 | rt;
}
constexpr uint32_t ldp(uint32_t rt, uint32_t rt2, uint32_t rn)
{
    return 0xa9400000 | rt2 << 10 | rn << 5 | rt;
}
constexpr uint32_t stp(uint32_t rt, uint32_t rt2, uint32_t rn)
{
    return 0xa9000000 | rt2 << 10 | rn << 5 | rt;
}
constexpr uint32_t ldxr(uint32_t rt, uint32_t rn)
{
    return 0xc85f7c00 | rn << 5 | rt;
}
constexpr uint32_t stxr(uint32_t rs, uint32_t rt, uint32_t rn)
{
    return 0xc8007c00 | rs << 16 | rn << 5 | rt;
}
constexpr uint32_t ldar(uint32_t rt, uint32_t rn)
{
    return 0xc8dffc00 | rn << 5 | rt;
}
constexpr uint32_t stlr(uint32_t rt, uint32_t rn)
{
    return 0xc89ffc00 | rn << 5 | rt;
}
constexpr uint32_t ldaxr(uint32_t rt, uint32_t rn)
{
    return 0xc85ffc00 | rn << 5 | rt;
}
constexpr uint32_t stlxr(uint32_t rs, uint32_t rt, uint32_t rn)
{
    return 0xc800fc00 | rs << 16 | rn << 5 | rt;
}
constexpr uint32_t br(uint32_t rn)
{
    return 0xd61f0000 | rn << 5;
}
constexpr uint32_t blr(uint32_t rn)
{
    return 0xd63f0000 | rn << 5;
}
constexpr uint32_t b(int32_t words)
{
    return 0x14000000 | (static_cast<uint32_t>(words) & 0x3ffffff);
}
constexpr uint32_t b_ne(int32_t words)
{
    return 0x54000001 | (static_cast<uint32_t>(words) & 0x7ffff) << 5;
}

// A sequence of instructions.
class program {
public:
    program() = default;
    program(std::initializer_list<uint32_t> list) : list_(list) {}

    program &operator()(uint32_t word)
    {
        list_.push_back(word);
        return *this;
    }
    program &mov(uint32_t rd, uint64_t value)
    {
        list_.push_back(movz(rd, value & 0xffff));
        for (uint32_t half = 1; half < 4; half++) {
            if ((value >> 16 * half & 0xffff) != 0) {
                list_.push_back(movk(rd, value >> 16 * half & 0xffff, half));
            }
        }
        return *this;
    }
    // Through x28.
    program &set(uint32_t reg, uint64_t value) { return mov(28, value)(msr(reg, 28)); }
    program &append(const program &other)
    {
        list_.insert(list_.end(), other.list_.begin(), other.list_.end());
        return *this;
    }
    const std::vector<uint32_t> &words() const { return list_; }

private:
    std::vector<uint32_t> list_;
};

} // namespace a64

#endif
