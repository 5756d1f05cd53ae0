/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of system registers. SYSREGS(X) gives, for each,
 *
 *   X(NAME, op0, op1, CRn, CRm, op2, access, reset value, write mask, traits)
 *
 * sorted by encoding. The PE is an Armv8.0-A one with FEAT_CRC32, FEAT_DPB and FEAT_DPB2, AArch64 only, EL0
 * to EL3 (EL3 belongs to the outside), without floating point, GIC registers, PMU, and with the minimum of
 * debug registers.
 */
#ifndef MODEL_CPU_NSEL1_SYSREG_LIST_H
#define MODEL_CPU_NSEL1_SYSREG_LIST_H

/* Traits. */
#define SR_COMPUTED    0x0001U /* reading or writing is more than the stored value (sysreg.c) */
#define SR_TRANSLATION 0x0002U /* a write changes what addresses mean: grants and fetch ways go */
#define SR_REPORTED    0x0004U /* a write appends CPU_SYSREG_WRITE */
#define SR_TVM         0x0008U /* HCR_EL2.TVM and TRVM trap it from EL1 */
#define SR_TID1        0x0010U /* HCR_EL2.TID1..3 trap reads of it from EL1 */
#define SR_TID2        0x0020U
#define SR_TID3        0x0040U
#define SR_TACR        0x0080U /* HCR_EL2.TACR */
#define SR_TCPAC       0x0100U /* CPTR_EL2.TCPAC */
#define SR_COUNTER     0x0200U /* EL0: CNTKCTL_EL1; EL1: CNTHCTL_EL2 */
#define SR_EL0_CTR     0x0400U /* EL0: SCTLR_EL1.UCT */
#define SR_EL0_DAIF    0x0800U /* EL0: SCTLR_EL1.UMA */
#define SR_DEBUG       0x1000U /* MDCR_EL2.TDA traps it from EL1 */
#define SR_EL0_RO      0x2000U /* EL0 may read and not write */
#define SR_DEBUG_OS    0x4000U /* MDCR_EL2.TDOSA */
#define SR_DEBUG_ROM   0x8000U /* MDCR_EL2.TDRA */

#define SR_VM (SR_TRANSLATION | SR_REPORTED | SR_TVM)

#define MASK_ALL 0xFFFFFFFFFFFFFFFFULL
#define MASK_32  0x00000000FFFFFFFFULL

/* AArch64 EL0 to EL3, no FP, no Advanced SIMD; ID_AA64PFR0_EL1.EL2 is cleared for a PE that starts at EL1. */
#define RESET_ID_AA64PFR0 0x0000000000FF1111ULL
#define RESET_ID_AA64DFR0                                                                                    \
    0x0000000000101006ULL                        /* v8 debug, 2 breakpoints (1 context-aware), 2 watchpoints \
                                                  */
#define RESET_ID_AA64ISAR0 0x0000000000010000ULL /* CRC32 */
#define RESET_ID_AA64ISAR1 0x0000000000000002ULL /* DC CVAP, DC CVADP */
#define RESET_ID_AA64MMFR0 0x000000000F001022ULL /* 40-bit PA, 16-bit ASID, 4 KiB granule only */

#define SCTLR_EL1_RES1 0x30D00980ULL /* LSMAOE nTLSMD SPAN EIS TSCXT EOS SED ITD */
#define SCTLR_EL1_MASK 0x040DD21FULL /* UCI WXN nTWE nTWI UCT DZE I UMA SA0 SA C A M */
#define SCTLR_EL2_RES1 0x30C50830ULL
#define SCTLR_EL2_MASK 0x0008100FULL /* WXN I SA C A M */
#define TCR_EL1_MASK   0x00000077FFFFFFBFULL
#define TCR_EL2_RES1   0x80800000ULL
#define TCR_EL2_MASK   0x0017FF3FULL
#define HCR_EL2_RW     (1ULL << 31) /* RAO/WI: EL1 has no AArch32 */
#define HCR_EL2_MASK   0x00000003FFFFFFFFULL
#define SPSR_MASK      0xF03003DFULL
#define VMPIDR_MASK    0x000000FF41FFFFFFULL /* Aff3, U, MT, Aff2..0; bit 31 is RES1 */
#define HSTR_MASK      0x0000BFEFULL         /* T0..T15 without T4 and T14 */

#define DBGBCR_RES1 0x000001E0ULL /* BAS: there is no AArch32 */
#define DBGBCR_MASK 0x00FFE007ULL
#define DBGWVR_MASK 0xFFFFFFFFFFFFFFFCULL
#define MDSCR_MASK  0x0000B001ULL /* MDE KDE TDCC SS */
#define MDSCR_LOCKED                                                                                         \
    0x6CE04040ULL                   /* what stands for an external debugger: written under the OS Lock alone \
                                     */
#define OSECCR_LOCKED 0x000000FFULL /* likewise */

#define SYSREGS(X)                                                                                           \
    X(OSDTRRX_EL1, 2, 0, 0, 0, 2, RW, 0, MASK_32, SR_DEBUG)                                                  \
    X(DBGBVR0_EL1, 2, 0, 0, 0, 4, RW, 0, MASK_ALL, SR_DEBUG)                                                 \
    X(DBGBCR0_EL1, 2, 0, 0, 0, 5, RW, DBGBCR_RES1, DBGBCR_MASK, SR_DEBUG | SR_COMPUTED)                      \
    X(DBGWVR0_EL1, 2, 0, 0, 0, 6, RW, 0, DBGWVR_MASK, SR_DEBUG)                                              \
    X(DBGWCR0_EL1, 2, 0, 0, 0, 7, RW, 0, 0x1F1FFFFFULL, SR_DEBUG | SR_COMPUTED)                              \
    X(DBGBVR1_EL1, 2, 0, 0, 1, 4, RW, 0, MASK_ALL, SR_DEBUG)                                                 \
    X(DBGBCR1_EL1, 2, 0, 0, 1, 5, RW, DBGBCR_RES1, DBGBCR_MASK, SR_DEBUG | SR_COMPUTED)                      \
    X(DBGWVR1_EL1, 2, 0, 0, 1, 6, RW, 0, DBGWVR_MASK, SR_DEBUG)                                              \
    X(DBGWCR1_EL1, 2, 0, 0, 1, 7, RW, 0, 0x1F1FFFFFULL, SR_DEBUG | SR_COMPUTED)                              \
    X(MDCCINT_EL1, 2, 0, 0, 2, 0, RW, 0, 0x60000000ULL, SR_DEBUG)                                            \
    X(MDSCR_EL1, 2, 0, 0, 2, 2, RW, 0, MDSCR_MASK | MDSCR_LOCKED, SR_DEBUG | SR_COMPUTED)                    \
    X(OSDTRTX_EL1, 2, 0, 0, 3, 2, RW, 0, MASK_32, SR_DEBUG)                                                  \
    X(OSECCR_EL1, 2, 0, 0, 6, 2, RW, 0, OSECCR_LOCKED, SR_DEBUG | SR_COMPUTED)                               \
    X(MDRAR_EL1, 2, 0, 1, 0, 0, RO, 0, 0, SR_DEBUG_ROM)                                                      \
    X(OSLAR_EL1, 2, 0, 1, 0, 4, WO, 0, 1, SR_DEBUG_OS | SR_COMPUTED)                                         \
    X(OSLSR_EL1, 2, 0, 1, 1, 4, RO, 0xA, 0, SR_DEBUG_OS)                                                     \
    X(OSDLR_EL1, 2, 0, 1, 3, 4, RW, 0, 1, SR_DEBUG_OS)                                                       \
    X(DBGPRCR_EL1, 2, 0, 1, 4, 4, RW, 0, 1, SR_DEBUG_OS)                                                     \
    X(DBGCLAIMSET_EL1, 2, 0, 7, 8, 6, RW, 0xFF, 0xFF, SR_DEBUG | SR_COMPUTED)                                \
    X(DBGCLAIMCLR_EL1, 2, 0, 7, 9, 6, RW, 0, 0xFF, SR_DEBUG | SR_COMPUTED)                                   \
    X(DBGAUTHSTATUS_EL1, 2, 0, 7, 14, 6, RO, 0, 0, SR_DEBUG)                                                 \
    X(MDCCSR_EL0, 2, 3, 0, 1, 0, RO, 0, 0, SR_DEBUG)                                                         \
    X(MIDR_EL1, 3, 0, 0, 0, 0, RO, 0, 0, SR_COMPUTED)                                                        \
    X(MPIDR_EL1, 3, 0, 0, 0, 5, RO, 0, 0, SR_COMPUTED)                                                       \
    X(REVIDR_EL1, 3, 0, 0, 0, 6, RO, 0, 0, SR_TID1)                                                          \
    X(ID_AA64PFR0_EL1, 3, 0, 0, 4, 0, RO, RESET_ID_AA64PFR0, 0, SR_TID3 | SR_COMPUTED)                       \
    X(ID_AA64PFR1_EL1, 3, 0, 0, 4, 1, RO, 0, 0, SR_TID3)                                                     \
    X(ID_AA64DFR0_EL1, 3, 0, 0, 5, 0, RO, RESET_ID_AA64DFR0, 0, SR_TID3)                                     \
    X(ID_AA64DFR1_EL1, 3, 0, 0, 5, 1, RO, 0, 0, SR_TID3)                                                     \
    X(ID_AA64AFR0_EL1, 3, 0, 0, 5, 4, RO, 0, 0, SR_TID3)                                                     \
    X(ID_AA64AFR1_EL1, 3, 0, 0, 5, 5, RO, 0, 0, SR_TID3)                                                     \
    X(ID_AA64ISAR0_EL1, 3, 0, 0, 6, 0, RO, RESET_ID_AA64ISAR0, 0, SR_TID3)                                   \
    X(ID_AA64ISAR1_EL1, 3, 0, 0, 6, 1, RO, RESET_ID_AA64ISAR1, 0, SR_TID3)                                   \
    X(ID_AA64MMFR0_EL1, 3, 0, 0, 7, 0, RO, RESET_ID_AA64MMFR0, 0, SR_TID3)                                   \
    X(ID_AA64MMFR1_EL1, 3, 0, 0, 7, 1, RO, 0, 0, SR_TID3)                                                    \
    X(ID_AA64MMFR2_EL1, 3, 0, 0, 7, 2, RO, 0, 0, SR_TID3 | SR_COMPUTED)                                      \
    X(SCTLR_EL1, 3, 0, 1, 0, 0, RW, SCTLR_EL1_RES1, SCTLR_EL1_MASK, SR_VM)                                   \
    X(ACTLR_EL1, 3, 0, 1, 0, 1, RW, 0, 0, SR_TACR)                                                           \
    X(CPACR_EL1, 3, 0, 1, 0, 2, RW, 0, 0x300000ULL, SR_TCPAC)                                                \
    X(TTBR0_EL1, 3, 0, 2, 0, 0, RW, 0, 0xFFFFFFFFFFFFFFFEULL, SR_VM)                                         \
    X(TTBR1_EL1, 3, 0, 2, 0, 1, RW, 0, 0xFFFFFFFFFFFFFFFEULL, SR_VM)                                         \
    X(TCR_EL1, 3, 0, 2, 0, 2, RW, 0, TCR_EL1_MASK, SR_VM)                                                    \
    X(SPSR_EL1, 3, 0, 4, 0, 0, RW, 0, SPSR_MASK, 0)                                                          \
    X(ELR_EL1, 3, 0, 4, 0, 1, RW, 0, MASK_ALL, 0)                                                            \
    X(SP_EL0, 3, 0, 4, 1, 0, RW, 0, MASK_ALL, SR_COMPUTED)                                                   \
    X(SPSEL, 3, 0, 4, 2, 0, RW, 0, 1, SR_COMPUTED)                                                           \
    X(CURRENTEL, 3, 0, 4, 2, 2, RO, 0, 0, SR_COMPUTED)                                                       \
    X(AFSR0_EL1, 3, 0, 5, 1, 0, RW, 0, 0, SR_TVM)                                                            \
    X(AFSR1_EL1, 3, 0, 5, 1, 1, RW, 0, 0, SR_TVM)                                                            \
    X(ESR_EL1, 3, 0, 5, 2, 0, RW, 0, MASK_32, SR_TVM)                                                        \
    X(FAR_EL1, 3, 0, 6, 0, 0, RW, 0, MASK_ALL, SR_TVM)                                                       \
    X(PAR_EL1, 3, 0, 7, 4, 0, RW, 0, MASK_ALL, 0)                                                            \
    X(MAIR_EL1, 3, 0, 10, 2, 0, RW, 0, MASK_ALL, SR_VM)                                                      \
    X(AMAIR_EL1, 3, 0, 10, 3, 0, RW, 0, 0, SR_TVM)                                                           \
    X(VBAR_EL1, 3, 0, 12, 0, 0, RW, 0, 0xFFFFFFFFFFFFF800ULL, SR_REPORTED)                                   \
    X(ISR_EL1, 3, 0, 12, 1, 0, RO, 0, 0, 0)                                                                  \
    X(CONTEXTIDR_EL1, 3, 0, 13, 0, 1, RW, 0, MASK_32, SR_TVM)                                                \
    X(TPIDR_EL1, 3, 0, 13, 0, 4, RW, 0, MASK_ALL, 0)                                                         \
    X(CNTKCTL_EL1, 3, 0, 14, 1, 0, RW, 0, 0x3FFULL, SR_COMPUTED)                                             \
    X(CCSIDR_EL1, 3, 1, 0, 0, 0, RO, 0, 0, SR_TID2 | SR_COMPUTED)                                            \
    X(CLIDR_EL1, 3, 1, 0, 0, 1, RO, 0, 0, SR_TID2)                                                           \
    X(AIDR_EL1, 3, 1, 0, 0, 7, RO, 0, 0, SR_TID1)                                                            \
    X(CSSELR_EL1, 3, 2, 0, 0, 0, RW, 0, 0xF, SR_TID2)                                                        \
    X(CTR_EL0, 3, 3, 0, 0, 1, RO, 0, 0, SR_TID2 | SR_EL0_CTR)                                                \
    X(DCZID_EL0, 3, 3, 0, 0, 7, RO, 0, 0, SR_COMPUTED)                                                       \
    X(NZCV, 3, 3, 4, 2, 0, RW, 0, 0xF0000000ULL, SR_COMPUTED)                                                \
    X(DAIF, 3, 3, 4, 2, 1, RW, 0, 0x3C0ULL, SR_COMPUTED | SR_EL0_DAIF)                                       \
    X(TPIDR_EL0, 3, 3, 13, 0, 2, RW, 0, MASK_ALL, 0)                                                         \
    X(TPIDRRO_EL0, 3, 3, 13, 0, 3, RW, 0, MASK_ALL, SR_EL0_RO)                                               \
    X(CNTFRQ_EL0, 3, 3, 14, 0, 0, RO, 0, 0, SR_COUNTER)                                                      \
    X(CNTPCT_EL0, 3, 3, 14, 0, 1, RO, 0, 0, SR_COMPUTED | SR_COUNTER)                                        \
    X(CNTVCT_EL0, 3, 3, 14, 0, 2, RO, 0, 0, SR_COMPUTED | SR_COUNTER)                                        \
    X(CNTP_TVAL_EL0, 3, 3, 14, 2, 0, RW, 0, MASK_32, SR_COMPUTED | SR_COUNTER)                               \
    X(CNTP_CTL_EL0, 3, 3, 14, 2, 1, RW, 0, 3, SR_COMPUTED | SR_COUNTER)                                      \
    X(CNTP_CVAL_EL0, 3, 3, 14, 2, 2, RW, 0, MASK_ALL, SR_COUNTER)                                            \
    X(CNTV_TVAL_EL0, 3, 3, 14, 3, 0, RW, 0, MASK_32, SR_COMPUTED | SR_COUNTER)                               \
    X(CNTV_CTL_EL0, 3, 3, 14, 3, 1, RW, 0, 3, SR_COMPUTED | SR_COUNTER)                                      \
    X(CNTV_CVAL_EL0, 3, 3, 14, 3, 2, RW, 0, MASK_ALL, SR_COUNTER)                                            \
    X(VPIDR_EL2, 3, 4, 0, 0, 0, RW, 0, MASK_32, 0)                                                           \
    X(VMPIDR_EL2, 3, 4, 0, 0, 5, RW, 0, VMPIDR_MASK, 0)                                                      \
    X(SCTLR_EL2, 3, 4, 1, 0, 0, RW, SCTLR_EL2_RES1, SCTLR_EL2_MASK, SR_TRANSLATION | SR_REPORTED)            \
    X(ACTLR_EL2, 3, 4, 1, 0, 1, RW, 0, 0, 0)                                                                 \
    X(HCR_EL2, 3, 4, 1, 1, 0, RW, HCR_EL2_RW, HCR_EL2_MASK, SR_TRANSLATION | SR_REPORTED | SR_COMPUTED)      \
    X(MDCR_EL2, 3, 4, 1, 1, 1, RW, 0, 0xF00ULL, 0)                                                           \
    X(CPTR_EL2, 3, 4, 1, 1, 2, RW, 0x33FF, 0x80000400ULL, 0)                                                 \
    X(HSTR_EL2, 3, 4, 1, 1, 3, RW, 0, HSTR_MASK, 0)                                                          \
    X(HACR_EL2, 3, 4, 1, 1, 7, RW, 0, 0, 0)                                                                  \
    X(TTBR0_EL2, 3, 4, 2, 0, 0, RW, 0, 0x0000FFFFFFFFFFFEULL, SR_TRANSLATION | SR_REPORTED)                  \
    X(TCR_EL2, 3, 4, 2, 0, 2, RW, TCR_EL2_RES1, TCR_EL2_MASK, SR_TRANSLATION | SR_REPORTED)                  \
    X(VTTBR_EL2, 3, 4, 2, 1, 0, RW, 0, 0x00FFFFFFFFFFFFFEULL, 0)                                             \
    X(VTCR_EL2, 3, 4, 2, 1, 2, RW, 0x80000000ULL, 0x0007FFFFULL, 0)                                          \
    X(SPSR_EL2, 3, 4, 4, 0, 0, RW, 0, SPSR_MASK, 0)                                                          \
    X(ELR_EL2, 3, 4, 4, 0, 1, RW, 0, MASK_ALL, 0)                                                            \
    X(SP_EL1, 3, 4, 4, 1, 0, RW, 0, MASK_ALL, SR_COMPUTED)                                                   \
    X(AFSR0_EL2, 3, 4, 5, 1, 0, RW, 0, 0, 0)                                                                 \
    X(AFSR1_EL2, 3, 4, 5, 1, 1, RW, 0, 0, 0)                                                                 \
    X(ESR_EL2, 3, 4, 5, 2, 0, RW, 0, MASK_32, 0)                                                             \
    X(FAR_EL2, 3, 4, 6, 0, 0, RW, 0, MASK_ALL, 0)                                                            \
    X(HPFAR_EL2, 3, 4, 6, 0, 4, RW, 0, 0x000000FFFFFFFFF0ULL, 0)                                             \
    X(MAIR_EL2, 3, 4, 10, 2, 0, RW, 0, MASK_ALL, SR_TRANSLATION | SR_REPORTED)                               \
    X(AMAIR_EL2, 3, 4, 10, 3, 0, RW, 0, 0, 0)                                                                \
    X(VBAR_EL2, 3, 4, 12, 0, 0, RW, 0, 0xFFFFFFFFFFFFF800ULL, SR_REPORTED)                                   \
    X(TPIDR_EL2, 3, 4, 13, 0, 2, RW, 0, MASK_ALL, 0)                                                         \
    X(CNTVOFF_EL2, 3, 4, 14, 0, 3, RW, 0, MASK_ALL, 0)                                                       \
    X(CNTHCTL_EL2, 3, 4, 14, 1, 0, RW, 3, 0xFFULL, SR_COMPUTED)                                              \
    X(CNTHP_TVAL_EL2, 3, 4, 14, 2, 0, RW, 0, MASK_32, SR_COMPUTED)                                           \
    X(CNTHP_CTL_EL2, 3, 4, 14, 2, 1, RW, 0, 3, SR_COMPUTED)                                                  \
    X(CNTHP_CVAL_EL2, 3, 4, 14, 2, 2, RW, 0, MASK_ALL, 0)

#endif
