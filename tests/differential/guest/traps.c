/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Single instructions at EL1 under EL2's control: what HCR_EL2, CPTR_EL2, MDCR_EL2 and CNTHCTL_EL2 trap, with
 * the syndrome of each, and that it is not trapped without. Arm ARM, chapter D1, "EL2 configurable
 * controls".
 */
#include "tests/differential/guest/probe.h"

#define CODE_PAGE    8
#define MSR_NZCV_XZR 0xd51b421f
#define CODE_VA      (MMU_TEST_BASE + CODE_PAGE * 4096)
#define HVC_1        0xd4000022

#define HCR_RW     (1UL << 31)
#define SCTLR_RES1 0x30d00980UL

struct control {
    uint32_t word;
    uint64_t hcr;
    uint64_t cptr;
    uint64_t mdcr;
    uint64_t cnthctl_cleared;
};

static const struct control controls[] = {
    {.word = 0xd4000003, .hcr = 1UL << 19},     /* SMC: TSC */
    {.word = 0xd503207f, .hcr = 1UL << 13},     /* WFI: TWI; not run without */
    {.word = 0xd5181005, .hcr = 1UL << 26},     /* MSR SCTLR_EL1, x5: TVM */
    {.word = 0xd5182005, .hcr = 1UL << 26},     /* MSR TTBR0_EL1 */
    {.word = 0xd5182025, .hcr = 1UL << 26},     /* MSR TTBR1_EL1 */
    {.word = 0xd5182045, .hcr = 1UL << 26},     /* MSR TCR_EL1 */
    {.word = 0xd5185205, .hcr = 1UL << 26},     /* MSR ESR_EL1 */
    {.word = 0xd5186005, .hcr = 1UL << 26},     /* MSR FAR_EL1 */
    {.word = 0xd518a205, .hcr = 1UL << 26},     /* MSR MAIR_EL1 */
    {.word = 0xd518d025, .hcr = 1UL << 26},     /* MSR CONTEXTIDR_EL1 */
    {.word = 0xd5381007, .hcr = 1UL << 30},     /* MRS x7, SCTLR_EL1: TRVM */
    {.word = 0xd5382007, .hcr = 1UL << 30},     /* MRS x7, TTBR0_EL1 */
    {.word = 0xd538a207, .hcr = 1UL << 30},     /* MRS x7, MAIR_EL1 */
    {.word = 0xd5181005, .hcr = 1UL << 30},     /* writes are TVM's */
    {.word = 0xd5380427, .hcr = 1UL << 18},     /* MRS x7, ID_AA64PFR1_EL1: TID3 */
    {.word = 0xd5380747, .hcr = 1UL << 18},     /* MRS x7, ID_AA64MMFR2_EL1 */
    {.word = 0xd53b0027, .hcr = 1UL << 17},     /* MRS x7, CTR_EL0: TID2 */
    {.word = 0xd5390007, .hcr = 1UL << 17},     /* MRS x7, CCSIDR_EL1 */
    {.word = 0xd5390027, .hcr = 1UL << 17},     /* MRS x7, CLIDR_EL1 */
    {.word = 0xd53a0007, .hcr = 1UL << 17},     /* MRS x7, CSSELR_EL1 */
    {.word = 0xd51a001f, .hcr = 1UL << 17},     /* MSR CSSELR_EL1, xzr */
    {.word = 0xd53800c7, .hcr = 1UL << 16},     /* MRS x7, REVIDR_EL1: TID1 */
    {.word = 0xd53900e7, .hcr = 1UL << 16},     /* MRS x7, AIDR_EL1 */
    {.word = 0xd5380007, .hcr = 7UL << 16},     /* MRS x7, MIDR_EL1: none of them */
    {.word = 0xd5381027, .hcr = 1UL << 21},     /* MRS x7, ACTLR_EL1: TACR */
    {.word = 0xd50b7e25, .hcr = 1UL << 23},     /* DC CIVAC, x5: TPC */
    {.word = 0xd5087625, .hcr = 1UL << 23},     /* DC IVAC */
    {.word = 0xd50b7b25, .hcr = 1UL << 24},     /* DC CVAU: TPU */
    {.word = 0xd508751f, .hcr = 1UL << 24},     /* IC IALLU */
    {.word = 0xd50b7525, .hcr = 1UL << 24},     /* IC IVAU */
    {.word = 0xd5087645, .hcr = 1UL << 22},     /* DC ISW: TSW */
    {.word = 0xd5087e45, .hcr = 1UL << 22},     /* DC CISW */
    {.word = 0xd508871f, .hcr = 1UL << 25},     /* TLBI VMALLE1: TTLB */
    {.word = 0xd5088325, .hcr = 1UL << 25},     /* TLBI VAE1IS */
    {.word = 0xd508831f, .hcr = 1UL << 25},     /* TLBI VMALLE1IS */
    {.word = 0xd5381047, .cptr = 1UL << 31},    /* MRS x7, CPACR_EL1: TCPAC */
    {.word = 0xd5181045, .cptr = 1UL << 31},    /* MSR CPACR_EL1 */
    {.word = 0xd5300247, .mdcr = 1UL << 9},     /* MRS x7, MDSCR_EL1: TDA */
    {.word = 0xd53be03f, .cnthctl_cleared = 1}, /* MRS xzr, CNTPCT_EL0: EL1PCTEN */
    {.word = 0xd53be227, .cnthctl_cleared = 2}, /* MRS x7, CNTP_CTL_EL0: EL1PCEN */
    {.word = 0xd53be247, .cnthctl_cleared = 2}, /* MRS x7, CNTP_CVAL_EL0 */
    {.word = 0xd53be327, .cnthctl_cleared = 3}, /* MRS x7, CNTV_CTL_EL0: not trapped */
    {.word = 0xd53c1007, .hcr = 0},             /* MRS x7, SCTLR_EL2 at EL1: UNDEFINED, taken to EL1 */
    {.word = 0xd4000002, .hcr = 0},             /* HVC #0 */
};

static void code_put(uint32_t first, uint32_t second)
{
    volatile uint32_t *code = (volatile uint32_t *)CODE_VA;
    code[0] = first;
    code[1] = second;
    /* An exception that EL1 takes goes on to EL2 from its vector, which begins as all of them do (vectors.S).
     */
    code[0x200 / 4] = MSR_NZCV_XZR;
    code[0x204 / 4] = HVC_1;
    __asm__ volatile("dc cvau, %0\n\tdc cvau, %1\n\tdsb ish\n\tic ialluis\n\tdsb ish\n\tisb" ::"r"(code),
                     "r"(&code[0x200 / 4])
                     : "memory");
}

static void el1_run(uint32_t word)
{
    code_put(word, HVC_1);
    __asm__ volatile("adr x9, 2f\n\t"
                     "str x9, [%[resume]]\n\t"
                     "mov x10, #0x3c5\n\t"
                     "msr elr_el2, %[pc]\n\t"
                     "msr spsr_el2, x10\n\t"
                     "mov x5, #0\n\t"
                     "eret\n\t"
                     "2:\n\t" ::[resume] "r"(&probe_resume),
                     [pc] "r"(CODE_VA)
                     : "x5", "x7", "x9", "x10", "memory");
}

static void control_run(const struct control *control, bool on)
{
    sysreg_write("SCTLR_EL1", SCTLR_RES1);
    sysreg_write("VBAR_EL1", CODE_VA);
    sysreg_write("HCR_EL2", HCR_RW | (on ? control->hcr : 0));
    sysreg_write("CPTR_EL2", 0x33ff | (on ? control->cptr : 0));
    sysreg_write("MDCR_EL2", on ? control->mdcr : 0);
    sysreg_write("CNTHCTL_EL2", on ? 3 & ~control->cnthctl_cleared : 3);
    __asm__ volatile("isb" ::: "memory");
    el1_run(control->word);
}

static void controls_run(void)
{
    for (uint32_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
        const bool runs_on = (controls[i].word & ~0x3fU) != 0xd5032040 && controls[i].word != 0xd4000003;
        probe_show("word", controls[i].word);
        control_run(&controls[i], true);
        if (runs_on) {
            control_run(&controls[i], false);
        }
    }
    sysreg_write("HCR_EL2", HCR_RW);
}

void guest_main(void)
{
    controls_run();
}
