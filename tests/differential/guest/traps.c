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
    uint64_t sctlr; /* bits of SCTLR_EL1 */
    bool user;      /* at EL0 */
    bool only_on;   /* not run where nothing traps it */
};

static const struct control controls[] = {
    {.word = 0xd4000003, .hcr = 1UL << 19},                  /* SMC: TSC */
    {.word = 0xd41fffe3, .hcr = 1UL << 19, .only_on = true}, /* SMC #0xffff */
    {.word = 0xd503207f, .hcr = 1UL << 13},                  /* WFI: TWI; not run without */
    {.word = 0xd5181005, .hcr = 1UL << 26},                  /* MSR SCTLR_EL1, x5: TVM */
    {.word = 0xd5182005, .hcr = 1UL << 26},                  /* MSR TTBR0_EL1 */
    {.word = 0xd5182025, .hcr = 1UL << 26},                  /* MSR TTBR1_EL1 */
    {.word = 0xd5182045, .hcr = 1UL << 26},                  /* MSR TCR_EL1 */
    {.word = 0xd5185205, .hcr = 1UL << 26},                  /* MSR ESR_EL1 */
    {.word = 0xd5186005, .hcr = 1UL << 26},                  /* MSR FAR_EL1 */
    {.word = 0xd518a205, .hcr = 1UL << 26},                  /* MSR MAIR_EL1 */
    {.word = 0xd518d025, .hcr = 1UL << 26},                  /* MSR CONTEXTIDR_EL1 */
    {.word = 0xd5381007, .hcr = 1UL << 30},                  /* MRS x7, SCTLR_EL1: TRVM */
    {.word = 0xd5382007, .hcr = 1UL << 30},                  /* MRS x7, TTBR0_EL1 */
    {.word = 0xd538a207, .hcr = 1UL << 30},                  /* MRS x7, MAIR_EL1 */
    {.word = 0xd5181005, .hcr = 1UL << 30},                  /* writes are TVM's */
    {.word = 0xd5380427, .hcr = 1UL << 18},                  /* MRS x7, ID_AA64PFR1_EL1: TID3 */
    {.word = 0xd5380747, .hcr = 1UL << 18},                  /* MRS x7, ID_AA64MMFR2_EL1 */
    {.word = 0xd53b0027, .hcr = 1UL << 17},                  /* MRS x7, CTR_EL0: TID2 */
    {.word = 0xd5390007, .hcr = 1UL << 17},                  /* MRS x7, CCSIDR_EL1 */
    {.word = 0xd5390027, .hcr = 1UL << 17},                  /* MRS x7, CLIDR_EL1 */
    {.word = 0xd53a0007, .hcr = 1UL << 17},                  /* MRS x7, CSSELR_EL1 */
    {.word = 0xd51a001f, .hcr = 1UL << 17},                  /* MSR CSSELR_EL1, xzr */
    {.word = 0xd53800c7, .hcr = 1UL << 16},                  /* MRS x7, REVIDR_EL1: TID1 */
    {.word = 0xd53900e7, .hcr = 1UL << 16},                  /* MRS x7, AIDR_EL1 */
    {.word = 0xd5380007, .hcr = 7UL << 16},                  /* MRS x7, MIDR_EL1: none of them */
    {.word = 0xd5381027, .hcr = 1UL << 21},                  /* MRS x7, ACTLR_EL1: TACR */
    {.word = 0xd50b7e25, .hcr = 1UL << 23},                  /* DC CIVAC, x5: TPC */
    {.word = 0xd5087625, .hcr = 1UL << 23},                  /* DC IVAC */
    {.word = 0xd50b7b25, .hcr = 1UL << 24},                  /* DC CVAU: TPU */
    {.word = 0xd508751f, .hcr = 1UL << 24},                  /* IC IALLU */
    {.word = 0xd50b7525, .hcr = 1UL << 24},                  /* IC IVAU */
    {.word = 0xd5087645, .hcr = 1UL << 22},                  /* DC ISW: TSW */
    {.word = 0xd5087e45, .hcr = 1UL << 22},                  /* DC CISW */
    {.word = 0xd508871f, .hcr = 1UL << 25},                  /* TLBI VMALLE1: TTLB */
    {.word = 0xd5088325, .hcr = 1UL << 25},                  /* TLBI VAE1IS */
    {.word = 0xd508831f, .hcr = 1UL << 25},                  /* TLBI VMALLE1IS */
    {.word = 0xd5381047, .cptr = 1UL << 31},                 /* MRS x7, CPACR_EL1: TCPAC */
    {.word = 0xd5181045, .cptr = 1UL << 31},                 /* MSR CPACR_EL1 */
    {.word = 0xd5300247, .mdcr = 1UL << 9},                  /* MRS x7, MDSCR_EL1: TDA */
    {.word = 0xd53be03f, .cnthctl_cleared = 1},              /* MRS xzr, CNTPCT_EL0: EL1PCTEN */
    {.word = 0xd53be227, .cnthctl_cleared = 2},              /* MRS x7, CNTP_CTL_EL0: EL1PCEN */
    {.word = 0xd53be247, .cnthctl_cleared = 2},              /* MRS x7, CNTP_CVAL_EL0 */
    {.word = 0xd53be327, .cnthctl_cleared = 3},              /* MRS x7, CNTV_CTL_EL0: not trapped */
    {.word = 0xd5185105, .hcr = 1UL << 26},                  /* MSR AFSR0_EL1: TVM */
    {.word = 0xd5185125, .hcr = 1UL << 26},                  /* MSR AFSR1_EL1 */
    {.word = 0xd518a305, .hcr = 1UL << 26},                  /* MSR AMAIR_EL1 */
    {.word = 0xd5382027, .hcr = 1UL << 30},                  /* MRS x7, TTBR1_EL1: TRVM */
    {.word = 0xd5382047, .hcr = 1UL << 30},                  /* MRS x7, TCR_EL1 */
    {.word = 0xd5385107, .hcr = 1UL << 30},                  /* MRS x7, AFSR0_EL1 */
    {.word = 0xd5385127, .hcr = 1UL << 30},                  /* MRS x7, AFSR1_EL1 */
    {.word = 0xd5385207, .hcr = 1UL << 30},                  /* MRS x7, ESR_EL1 */
    {.word = 0xd5386007, .hcr = 1UL << 30},                  /* MRS x7, FAR_EL1 */
    {.word = 0xd538a307, .hcr = 1UL << 30},                  /* MRS x7, AMAIR_EL1 */
    {.word = 0xd538d027, .hcr = 1UL << 30},                  /* MRS x7, CONTEXTIDR_EL1 */
    {.word = 0xd5384007, .hcr = 1UL << 30},                  /* MRS x7, SPSR_EL1: not of them */
    {.word = 0xd538c007, .hcr = 1UL << 30},                  /* MRS x7, VBAR_EL1: not of them */
    {.word = 0xd538011f, .hcr = 1UL << 18},                  /* MRS xzr, ID_PFR0_EL1: TID3 */
    {.word = 0xd538025f, .hcr = 1UL << 18},                  /* MRS xzr, ID_ISAR2_EL1 */
    {.word = 0xd53803ff, .hcr = 1UL << 18},                  /* MRS xzr, a reserved one */
    {.word = 0xd538041f, .hcr = 1UL << 18},                  /* MRS xzr, ID_AA64PFR0_EL1 */
    {.word = 0xd538051f, .hcr = 1UL << 18},                  /* MRS xzr, ID_AA64DFR0_EL1 */
    {.word = 0xd538053f, .hcr = 1UL << 18},                  /* MRS xzr, ID_AA64DFR1_EL1 */
    {.word = 0xd538059f, .hcr = 1UL << 18},                  /* MRS xzr, ID_AA64AFR0_EL1 */
    {.word = 0xd53805bf, .hcr = 1UL << 18},                  /* MRS xzr, ID_AA64AFR1_EL1 */
    {.word = 0xd538061f, .hcr = 1UL << 18},                  /* MRS xzr, ID_AA64ISAR0_EL1 */
    {.word = 0xd538063f, .hcr = 1UL << 18},                  /* MRS xzr, ID_AA64ISAR1_EL1 */
    {.word = 0xd538071f, .hcr = 1UL << 18},                  /* MRS xzr, ID_AA64MMFR0_EL1 */
    {.word = 0xd538073f, .hcr = 1UL << 18},                  /* MRS xzr, ID_AA64MMFR1_EL1 */
    {.word = 0xd53807ff, .hcr = 1UL << 18},                  /* MRS xzr, a reserved one */
    {.word = 0xd518103f, .hcr = 1UL << 21},                  /* MSR ACTLR_EL1, xzr: TACR */
    {.word = 0xd5087a45, .hcr = 1UL << 22},                  /* DC CSW: TSW */
    {.word = 0xd50b7a25, .hcr = 1UL << 23},                  /* DC CVAC: TPC */
    {.word = 0xd508711f, .hcr = 1UL << 24},                  /* IC IALLUIS: TPU */
    {.word = 0xd50b7425, .hcr = 1UL << 28, .only_on = true}, /* DC ZVA, x5: TDZ */
    {.word = 0xd53b00e7, .hcr = 1UL << 28},                  /* MRS x7, DCZID_EL0: DZP */
    {.word = 0xd5088345, .hcr = 1UL << 25},                  /* TLBI ASIDE1IS: TTLB */
    {.word = 0xd5088365, .hcr = 1UL << 25},                  /* TLBI VAAE1IS */
    {.word = 0xd50883a5, .hcr = 1UL << 25},                  /* TLBI VALE1IS */
    {.word = 0xd50883e5, .hcr = 1UL << 25},                  /* TLBI VAALE1IS */
    {.word = 0xd5088725, .hcr = 1UL << 25},                  /* TLBI VAE1 */
    {.word = 0xd5088745, .hcr = 1UL << 25},                  /* TLBI ASIDE1 */
    {.word = 0xd5088765, .hcr = 1UL << 25},                  /* TLBI VAAE1 */
    {.word = 0xd50887a5, .hcr = 1UL << 25},                  /* TLBI VALE1 */
    {.word = 0xd50887e5, .hcr = 1UL << 25},                  /* TLBI VAALE1 */
    {.word = 0xd5300087, .mdcr = 1UL << 9},                  /* MRS x7, DBGBVR0_EL1: TDA */
    {.word = 0xd53000ff, .mdcr = 1UL << 9},                  /* MRS xzr, DBGWCR0_EL1 */
    {.word = 0xd5300207, .mdcr = 1UL << 9},                  /* MRS x7, MDCCINT_EL1 */
    {.word = 0xd5100245, .mdcr = 1UL << 9},                  /* MSR MDSCR_EL1, x5 */
    {.word = 0xd5330107, .mdcr = 1UL << 9},                  /* MRS x7, MDCCSR_EL0 */
    {.word = 0xd5301007, .mdcr = 1UL << 9},                  /* MRS x7, MDRAR_EL1: not TDA's */
    {.word = 0xd5301007, .mdcr = 1UL << 11},                 /* MRS x7, MDRAR_EL1: TDRA */
    {.word = 0xd5101085, .mdcr = 1UL << 10},                 /* MSR OSLAR_EL1, x5: TDOSA */
    {.word = 0xd5101085, .mdcr = 1UL << 9},                  /* MSR OSLAR_EL1, x5: not TDA's */
    {.word = 0xd5301387, .mdcr = 1UL << 10},                 /* MRS x7, OSDLR_EL1 */
    {.word = 0xd5301187, .mdcr = 1UL << 10},                 /* MRS x7, OSLSR_EL1 */
    {.word = 0xd5300247, .mdcr = 1UL << 8},                  /* MRS x7, MDSCR_EL1: TDE means all of them */
    {.word = 0xd5301007, .mdcr = 1UL << 8},                  /* MRS x7, MDRAR_EL1 */
    {.word = 0xd5301387, .mdcr = 1UL << 8},                  /* MRS x7, OSDLR_EL1 */
    {.word = 0xd4200040, .mdcr = 1UL << 8},                  /* BRK #2: TDE */
    {.word = 0xd4200040, .mdcr = 1UL << 8, .user = true},    /* BRK #2 */
    {.word = 0xd53be21f, .cnthctl_cleared = 2},              /* MRS xzr, CNTP_TVAL_EL0 */
    {.word = 0xd4000041, .hcr = 1UL << 27, .user = true},    /* SVC #2: TGE */
    {.word = 0x00000000, .hcr = 1UL << 27, .user = true},    /* UDF */
    {.word = 0xd4200040, .hcr = 1UL << 27, .user = true},    /* BRK #2 */
    {.word = 0xd5381007, .hcr = 1UL << 27, .user = true},    /* MRS x7, SCTLR_EL1 */
    {.word = 0xd4000002, .hcr = 1UL << 27, .user = true},    /* HVC #0 */
    {.word = 0xd53b0027, .hcr = 1UL << 27, .user = true},    /* MRS x7, CTR_EL0 without UCT */
    {.word = 0xd53b4227, .hcr = 1UL << 27, .user = true},    /* MRS x7, DAIF without UMA */
    {.word = 0xd53be047, .hcr = 1UL << 27, .user = true},    /* MRS x7, CNTVCT_EL0 without EL0VCTEN */
    {.word = 0xd50b7e25, .hcr = 1UL << 27, .user = true},    /* DC CIVAC without UCI */
    {.word = 0xd503207f, .hcr = 1UL << 27, .user = true},    /* WFI without nTWI */
    {.word = 0xd53b0027, .hcr = 1UL << 17, .user = true},    /* MRS x7, CTR_EL0: UCT is before TID2 */
    {.word = 0xd53b0027, .hcr = 1UL << 17, .user = true, .sctlr = 1UL << 15},
    {.word = 0xd50b7e25, .hcr = 1UL << 23, .user = true}, /* DC CIVAC: UCI is before TPC */
    {.word = 0xd50b7e25, .hcr = 1UL << 23, .user = true, .sctlr = 1UL << 26},
    {.word = 0xd50b7b25, .hcr = 1UL << 24, .user = true, .sctlr = 1UL << 26}, /* DC CVAU: TPU */
    {.word = 0xd50b7425, .hcr = 1UL << 28, .user = true, .only_on = true},    /* DC ZVA: DZE is before TDZ */
    {.word = 0xd50b7425, .hcr = 1UL << 28, .user = true, .sctlr = 1UL << 14, .only_on = true},
    {.word = 0xd53b00e7, .hcr = 1UL << 28, .user = true, .sctlr = 1UL << 14}, /* MRS x7, DCZID_EL0 */
    {.word = 0xd503207f, .hcr = 1UL << 13, .user = true},                     /* WFI: nTWI is before TWI */
    {.word = 0xd503207f, .hcr = 1UL << 13, .user = true, .sctlr = 1UL << 16, .only_on = true},
    {.word = 0xd4000003, .hcr = 1UL << 19, .user = true}, /* SMC at EL0: UNDEFINED before TSC */
    {.word = 0xd5330107, .mdcr = 1UL << 9, .user = true}, /* MRS x7, MDCCSR_EL0 */
    {.word = 0xd53c1007, .hcr = 0}, /* MRS x7, SCTLR_EL2 at EL1: UNDEFINED, taken to EL1 */
    {.word = 0xd4000002, .hcr = 0}, /* HVC #0 */
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
    code[0x400 / 4] = MSR_NZCV_XZR;
    code[0x404 / 4] = HVC_1;
    __asm__ volatile(
        "dc cvau, %0\n\tdc cvau, %1\n\tdc cvau, %2\n\tdsb ish\n\tic ialluis\n\tdsb ish\n\tisb" ::"r"(code),
        "r"(&code[0x200 / 4]), "r"(&code[0x400 / 4])
        : "memory");
}

static void lower_run(uint32_t word, uint64_t spsr)
{
    code_put(word, HVC_1);
    __asm__ volatile("adr x9, 2f\n\t"
                     "str x9, [%[resume]]\n\t"
                     "msr elr_el2, %[pc]\n\t"
                     "msr spsr_el2, %[spsr]\n\t"
                     "mov x5, #0\n\t"
                     "eret\n\t"
                     "2:\n\t" ::[resume] "r"(&probe_resume),
                     [pc] "r"(CODE_VA), [spsr] "r"(spsr)
                     : "x5", "x7", "x9", "memory");
}

/* SMC and WFI do not come back. */
static bool runs_without(const struct control *control)
{
    const bool waits = control->word == 0xd503207f && !control->user;
    const bool calls = control->word == 0xd4000003 && !control->user;
    return !control->only_on && !waits && !calls;
}

static void control_run(const struct control *control, bool on)
{
    sysreg_write("SCTLR_EL1", SCTLR_RES1 | control->sctlr);
    sysreg_write("VBAR_EL1", CODE_VA);
    sysreg_write("HCR_EL2", HCR_RW | (on ? control->hcr : 0));
    sysreg_write("CPTR_EL2", 0x33ff | (on ? control->cptr : 0));
    sysreg_write("MDCR_EL2", on ? control->mdcr : 0);
    sysreg_write("CNTHCTL_EL2", on ? 3 & ~control->cnthctl_cleared : 3);
    __asm__ volatile("isb" ::: "memory");
    lower_run(control->word, control->user ? 0x3c0 : 0x3c5);
}

static void controls_run(void)
{
    for (uint32_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
        probe_show("word", controls[i].word);
        control_run(&controls[i], true);
        if (runs_without(&controls[i])) {
            control_run(&controls[i], false);
        }
    }
    sysreg_write("HCR_EL2", HCR_RW);
}

void guest_main(void)
{
    controls_run();
}
