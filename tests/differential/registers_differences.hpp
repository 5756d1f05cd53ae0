/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reviewed differences between the system registers of our core and those of QEMU 7.2's Cortex-A53, each
 * with its reason. The test fails for a difference that is not here and for a row that no longer differs.
 * Arm ARM, chapter D17 "AArch64 System Register Descriptions".
 */
#ifndef TESTS_DIFFERENTIAL_REGISTERS_DIFFERENCES_HPP
#define TESTS_DIFFERENTIAL_REGISTERS_DIFFERENCES_HPP

#include <cstdint>

namespace differential {

/* How the program runs. */
constexpr uint32_t AT_EL2 = 1;    /* entered at EL2 */
constexpr uint32_t BELOW_EL2 = 2; /* entered at EL2, which it has left for EL1 */
constexpr uint32_t ALONE = 4;     /* entered at EL1 */
constexpr uint32_t AT_EL1 = BELOW_EL2 | ALONE;
constexpr uint32_t ANYWHERE = AT_EL2 | AT_EL1;

enum class difference {
    only_qemu,  /* the register, and nothing of it is ours; `amount` registers */
    only_ours,  /* the other way round */
    read_bits,  /* as found: `amount` is the exclusive or of both values */
    write_bits, /* read back: the union over all patterns of the same */
    zero_ours,  /* QEMU's value is not 0, ours is; `amount` registers */
    time,       /* a value that time changes; nothing is compared, `amount` registers */
    write_trap, /* a write is UNDEFINED here; `amount` registers */
};

struct difference_row {
    difference kind;
    uint32_t where;
    const char *name; /* its beginning; without one in our table: op0_op1_CRn_CRm_op2 */
    uint64_t amount;
    const char *why;
};

constexpr difference_row differences[] = {
    /* Registers of features that our ID registers deny. */
    {difference::only_qemu, ANYWHERE, "2_0_0_2_", 4, "ID_AA64DFR0_EL1: two breakpoints and two watchpoints"},
    {difference::only_qemu, ANYWHERE, "2_0_0_3_", 4, "likewise"},
    {difference::only_qemu, ANYWHERE, "2_0_0_4_", 2, "likewise"},
    {difference::only_qemu, ANYWHERE, "2_0_0_5_", 2, "likewise"},
    {difference::only_qemu, AT_EL2, "2_4_0_7_0", 1, "DBGVCR32_EL2: no AArch32"},
    {difference::only_qemu, ANYWHERE, "3_0_9_14_", 2, "FEAT_PMUv3"},
    {difference::only_qemu, ANYWHERE, "3_3_9_12_", 7, "FEAT_PMUv3"},
    {difference::only_qemu, ANYWHERE, "3_3_9_13_", 3, "FEAT_PMUv3"},
    {difference::only_qemu, ANYWHERE, "3_3_9_14_", 2, "FEAT_PMUv3"},
    {difference::only_qemu, ANYWHERE, "3_3_14_8_", 6, "FEAT_PMUv3"},
    {difference::only_qemu, ANYWHERE, "3_3_14_12_", 6, "FEAT_PMUv3"},
    {difference::only_qemu, ANYWHERE, "3_3_14_15_7", 1, "FEAT_PMUv3"},
    {difference::only_qemu, ANYWHERE, "3_1_11_0_", 2, "IMPLEMENTATION DEFINED: of the Cortex-A53"},
    {difference::only_qemu, ANYWHERE, "3_1_15_", 6, "IMPLEMENTATION DEFINED: of the Cortex-A53"},
    {difference::only_qemu, ANYWHERE, "3_3_4_4_", 2, "FPCR, FPSR: no floating point"},
    {difference::only_qemu, AT_EL2, "3_4_3_0_0", 1, "DACR32_EL2: no AArch32"},
    {difference::only_qemu, AT_EL2, "3_4_4_3_", 4, "SPSR_irq, _abt, _und, _fiq: no AArch32"},
    {difference::only_qemu, AT_EL2, "3_4_5_0_1", 1, "IFSR32_EL2: no AArch32"},
    {difference::only_qemu, AT_EL2, "3_4_5_3_0", 1, "FPEXC32_EL2: no AArch32"},
    {difference::only_qemu, AT_EL2, "3_4_12_0_1", 1, "RVBAR_EL2: EL3 is implemented"},
    {difference::only_qemu, ALONE, "3_0_12_0_1", 1, "RVBAR_EL1: EL3 is implemented"},

    /* Debug registers that every Armv8 PE has, and QEMU does not. */
    {difference::only_ours, ANYWHERE, "OSDTR", 2, "OSDTRRX_EL1, OSDTRTX_EL1"},
    {difference::only_ours, ANYWHERE, "OSECCR_EL1", 1, "the register"},
    {difference::only_ours, ANYWHERE, "DBGPRCR_EL1", 1, "the register"},
    {difference::only_ours, ANYWHERE, "DBGCLAIM", 2, "DBGCLAIMSET_EL1, DBGCLAIMCLR_EL1"},
    {difference::only_ours, ANYWHERE, "DBGAUTHSTATUS_EL1", 1, "the register"},

    /* Identification: what is not modelled is denied. */
    {difference::zero_ours, ANYWHERE, "3_0_0_1_", 7, "AArch32 identification: none"},
    {difference::zero_ours, ANYWHERE, "3_0_0_2_", 6, "AArch32 identification: none"},
    {difference::zero_ours, ANYWHERE, "3_0_0_3_", 3, "AArch32 identification: none"},
    {difference::read_bits, AT_EL2 | BELOW_EL2, "ID_AA64PFR0_EL1", 0xff1333, "no AArch32, no FP; EL3"},
    {difference::read_bits, ALONE, "ID_AA64PFR0_EL1", 0xff1033, "likewise"},
    {difference::read_bits, ANYWHERE, "ID_AA64DFR0_EL1", 0x10204000, "two breakpoints, two watchpoints"},
    {difference::read_bits, ANYWHERE, "ID_AA64ISAR0_EL1", 0x1120, "no cryptography"},
    {difference::read_bits, ANYWHERE, "ID_AA64ISAR1_EL1", 0x2, "DC CVAP and DC CVADP"},
    {difference::read_bits, ANYWHERE, "ID_AA64MMFR0_EL1", 0xf000100, "no 64 KiB granule, one endianness"},

    /* What a reset leaves, where QEMU's PE comes up with AArch32 and without the RES1 bits. */
    {difference::read_bits, AT_EL2 | ALONE, "SCTLR_EL1", 0x301501b8,
     "LSMAOE, nTLSMD, TSCXT, SED and ITD are RES1, CP15BEN is RES0; nTWI and nTWE are UNKNOWN"},
    {difference::read_bits, ANYWHERE, "DBGBCR", 0x1e0, "BAS is RES1 without AArch32"},
    {difference::read_bits, AT_EL2, "SCTLR_EL2", 0x30c50830, "RES1 bits, which QEMU leaves 0"},
    {difference::read_bits, AT_EL2, "HCR_EL2", 0x80000000, "RW is RAO without AArch32"},
    {difference::read_bits, AT_EL2, "MDCR_EL2", 0x6, "HPMN: no PMU"},
    {difference::read_bits, AT_EL2, "CPTR_EL2", 0x33ff, "RES1 bits, which QEMU leaves 0"},
    {difference::read_bits, AT_EL2, "TCR_EL2", 0x80800000, "RES1 bits, which QEMU leaves 0"},
    {difference::read_bits, AT_EL2, "VTCR_EL2", 0x80000000, "bit 31 is RES1"},

    /* Counters, and what is relative to them. */
    {difference::time, ANYWHERE, "CNTPCT_EL0", 1, "the counter"},
    {difference::time, ANYWHERE, "CNTVCT_EL0", 1, "the counter"},
    {difference::time, ANYWHERE, "CNTP_TVAL_EL0", 1, "relative to the counter"},
    {difference::time, ANYWHERE, "CNTV_TVAL_EL0", 1, "relative to the counter"},
    {difference::time, AT_EL2, "CNTHP_TVAL_EL2", 1, "relative to the counter"},

    /* Written: QEMU keeps most RES0 bits as they were written, and few RES1 bits. */
    {difference::write_bits, ANYWHERE, "DBGBCR", 0xffffffffff001ff8, "RES0; BAS is RES1 without AArch32"},
    {difference::write_bits, ANYWHERE, "DBGWCR", 0xffffffffe0e00000, "RES0"},
    {difference::write_bits, ANYWHERE, "MDCCINT_EL1", 0x60000000, "QEMU has no TX and RX"},
    {difference::write_bits, ANYWHERE, "MDSCR_EL1", 0xffffffff931f0fbe, "RES0"},
    {difference::write_bits, AT_EL2, "SCTLR_EL1", 0xfffff01ffbf22de0,
     "RES0, EE and E0E with them: little-endian alone; LSMAOE, nTLSMD, SPAN, EIS, TSCXT, EOS, SED, ITD are "
     "RES1"},
    {difference::write_bits, AT_EL1, "SCTLR_EL1", 0xfffff01ff9f22de0, "likewise; EE is not written"},
    {difference::write_bits, ANYWHERE, "CPACR_EL1", 0xffffffffffcfffff, "RES0; no trace unit: TTA too"},
    {difference::write_bits, ANYWHERE, "TTBR0_EL1", 0x1, "CnP: FEAT_TTCNP"},
    {difference::write_bits, ANYWHERE, "TTBR1_EL1", 0x1, "CnP: FEAT_TTCNP"},
    {difference::write_bits, ANYWHERE, "TCR_EL1", 0xffffff8800000040, "RES0 and later features"},
    {difference::write_bits, ANYWHERE, "SPSR_EL1", 0xffffffff0fcffc20, "RES0"},
    {difference::write_bits, ANYWHERE, "ESR_EL1", 0xffffffff00000000, "RES0"},
    {difference::write_bits, ANYWHERE, "VBAR_EL1", 0x7e0, "RES0"},
    {difference::write_bits, ANYWHERE, "CONTEXTIDR_EL1", 0xffffffff00000000, "RES0"},
    {difference::write_bits, ANYWHERE, "CNTKCTL_EL1", 0xfffffffffffffc00, "RES0"},
    {difference::write_trap, AT_EL2 | ALONE, "CNTFRQ_EL0", 1, "written at the highest level: ours has EL3"},
    {difference::write_bits, AT_EL2, "VPIDR_EL2", 0xffffffff00000000, "RES0"},
    {difference::write_bits, AT_EL2, "VMPIDR_EL2", 0xffffff00be000000, "RES0; bit 31 is RES1"},
    {difference::write_bits, AT_EL2, "SCTLR_EL2", 0xfffff01ffdf7eff0,
     "RES0 and RES1 bits; EE: see SCTLR_EL1"},
    {difference::write_bits, AT_EL2, "HCR_EL2", 0xa0000000, "RW is RAO; HCD is RES0 with EL3"},
    {difference::write_bits, AT_EL2, "MDCR_EL2", 0xfffffffffffff0ff, "RES0; no PMU"},
    {difference::write_bits, AT_EL2, "CPTR_EL2", 0xffffffff7ffffbff, "RES0, RES1; no trace unit: TTA too"},
    {difference::write_bits, AT_EL2, "HSTR_EL2", 0xffffffffffff4010, "RES0: T4, T14 and above T15"},
    {difference::write_bits, AT_EL2, "TTBR0_EL2", 0xffff000000000001, "RES0; CnP: FEAT_TTCNP"},
    {difference::write_bits, AT_EL2, "TCR_EL2", 0xffffffffffe800c0, "RES0, RES1 and later features"},
    {difference::write_bits, AT_EL2, "VTTBR_EL2", 0xff00000000000001, "8 bits of VMID; CnP: FEAT_TTCNP"},
    {difference::write_bits, AT_EL2, "VTCR_EL2", 0xfffffffffff80000, "RES0, RES1 and later features"},
    {difference::write_bits, AT_EL2, "SPSR_EL2", 0xffffffff0fcffc20, "RES0"},
    {difference::write_bits, AT_EL2, "ESR_EL2", 0xffffffff00000000, "RES0"},
    {difference::write_bits, AT_EL2, "HPFAR_EL2", 0xffffff000000000f, "RES0"},
    {difference::write_bits, AT_EL2, "VBAR_EL2", 0x7e0, "RES0"},
    {difference::write_bits, AT_EL2, "CNTHCTL_EL2", 0xffffffffffffff00, "RES0"},
};

} // namespace differential

#endif
