/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The names of all handlers, once. CPU_OPS(X) expands X(name) for each; ops*.inc defines op_<name>, and the
 * compiler complains about a name that is listed and not defined, or defined and not listed.
 */
#ifndef MODEL_CPU_NSEL1_OPS_LIST_H
#define MODEL_CPU_NSEL1_OPS_LIST_H

#define OPS_BOTH(X, name) X(name##64) X(name##32)

/* Second operands of data processing (register). */
#define OPS_SHIFT3(X, name) X(name) X(name##_lsl) X(name##_lsr) X(name##_asr)
#define OPS_SHIFT4(X, name) OPS_SHIFT3(X, name) X(name##_ror)
#define OPS_EXTEND(X, name)                                                                                  \
    X(name##_uxtb)                                                                                           \
    X(name##_uxth) X(name##_uxtw) X(name##_uxtx) X(name##_sxtb) X(name##_sxth) X(name##_sxtw) X(name##_sxtx)
#define OPS_ARITHMETIC(X, name)                                                                              \
    OPS_SHIFT3(X, name##64) OPS_SHIFT3(X, name##32) OPS_EXTEND(X, name##64) OPS_EXTEND(X, name##32)
#define OPS_LOGICAL(X, name)     OPS_SHIFT4(X, name##64) OPS_SHIFT4(X, name##32)
#define OPS_LOGICAL_IMM(X, name) X(name##_imm64) X(name##_replicated64) X(name##_rotated64) X(name##_imm32)

/* Condition codes; `al` stands for 14 and 15. */
#define OPS_CONDITIONS(X, name)                                                                              \
    X(name##_eq)                                                                                             \
    X(name##_ne) X(name##_cs) X(name##_cc) X(name##_mi) X(name##_pl) X(name##_vs) X(name##_vc) X(name##_hi)  \
        X(name##_ls) X(name##_ge) X(name##_lt) X(name##_gt) X(name##_le) X(name##_al)

/* Addressing modes. `_sp` has SP as its base and checks its alignment. */
#define OPS_WRITEBACK(X, name) X(name##_imm) X(name##_pre) X(name##_post)
#define OPS_PAIR(X, name)      OPS_WRITEBACK(X, name) OPS_WRITEBACK(X, name##_sp)
#define OPS_INDEXED(X, name)   OPS_WRITEBACK(X, name) X(name##_lsl) X(name##_uxtw) X(name##_sxtw)
#define OPS_SINGLE(X, name)    OPS_INDEXED(X, name) OPS_INDEXED(X, name##_sp)

#define OPS_TARGET(X, name) X(name##_near) X(name##_far)

#define CPU_OPS_CONTROL(X) X(undecoded) X(page_end) X(slow) X(nop)

#define CPU_OPS_IMMEDIATE(X)                                                                                 \
    X(movz)                                                                                                  \
    OPS_BOTH(X, movn) X(movk64) X(movk32) X(adr) X(adrp) OPS_BOTH(X, add_imm) OPS_BOTH(X, subs_imm)          \
        OPS_BOTH(X, cmp_imm) OPS_LOGICAL_IMM(X, and) OPS_LOGICAL_IMM(X, orr) OPS_LOGICAL_IMM(X, eor)         \
            OPS_LOGICAL_IMM(X, ands) X(ubfm) OPS_BOTH(X, sbfm) OPS_BOTH(X, bfm) X(lsl_imm64) X(lsr_imm64)    \
                OPS_BOTH(X, extr)

#define CPU_OPS_REGISTER(X)                                                                                  \
    OPS_BOTH(X, mov)                                                                                         \
    OPS_ARITHMETIC(X, add) OPS_ARITHMETIC(X, sub) OPS_ARITHMETIC(X, adds) OPS_ARITHMETIC(X, subs)            \
        OPS_LOGICAL(X, and) OPS_LOGICAL(X, orr) OPS_LOGICAL(X, eor) OPS_LOGICAL(X, ands) OPS_LOGICAL(X, bic) \
            OPS_LOGICAL(X, orn) OPS_LOGICAL(X, eon) OPS_LOGICAL(X, bics) OPS_BOTH(X, adc) OPS_BOTH(X, sbc)   \
                OPS_BOTH(X, adcs) OPS_BOTH(X, sbcs) OPS_BOTH(X, udiv) OPS_BOTH(X, sdiv) OPS_BOTH(X, lslv)    \
                    OPS_BOTH(X, lsrv) OPS_BOTH(X, asrv) OPS_BOTH(X, rorv) X(crc32b) X(crc32h) X(crc32w)      \
                        X(crc32x) X(crc32cb) X(crc32ch) X(crc32cw) X(crc32cx) OPS_BOTH(X, rbit)              \
                            OPS_BOTH(X, rev16_) X(rev32_64) OPS_BOTH(X, rev) OPS_BOTH(X, clz)                \
                                OPS_BOTH(X, cls) OPS_BOTH(X, madd) OPS_BOTH(X, msub) X(smaddl) X(smsubl)     \
                                    X(umaddl) X(umsubl) X(smulh) X(umulh)

#define CPU_OPS_CONDITIONAL(X)                                                                               \
    OPS_CONDITIONS(X, csel64)                                                                                \
    OPS_CONDITIONS(X, csel32) OPS_CONDITIONS(X, csinc64) OPS_CONDITIONS(X, csinc32)                          \
        OPS_CONDITIONS(X, csinv64) OPS_CONDITIONS(X, csinv32) OPS_CONDITIONS(X, csneg64)                     \
            OPS_CONDITIONS(X, csneg32) OPS_CONDITIONS(X, ccmp64) OPS_CONDITIONS(X, ccmp32)                   \
                OPS_CONDITIONS(X, ccmp_imm64) OPS_CONDITIONS(X, ccmp_imm32) OPS_CONDITIONS(X, ccmn64)        \
                    OPS_CONDITIONS(X, ccmn32) OPS_CONDITIONS(X, ccmn_imm64) OPS_CONDITIONS(X, ccmn_imm32)

#define CPU_OPS_BRANCH(X)                                                                                    \
    OPS_TARGET(X, b)                                                                                         \
    OPS_TARGET(X, bl) OPS_CONDITIONS(X, b_near) OPS_CONDITIONS(X, b_far) OPS_TARGET(X, cbz64)                \
        OPS_TARGET(X, cbz32) OPS_TARGET(X, cbnz64) OPS_TARGET(X, cbnz32) OPS_TARGET(X, tbz)                  \
            OPS_TARGET(X, tbnz) X(br) X(blr)

#define CPU_OPS_MEMORY(X)                                                                                    \
    OPS_SINGLE(X, ldrb)                                                                                      \
    OPS_SINGLE(X, ldrh) OPS_SINGLE(X, ldrw) OPS_SINGLE(X, ldrx) OPS_SINGLE(X, ldrsb64)                       \
        OPS_SINGLE(X, ldrsb32) OPS_SINGLE(X, ldrsh64) OPS_SINGLE(X, ldrsh32) OPS_SINGLE(X, ldrsw)            \
            OPS_SINGLE(X, strb) OPS_SINGLE(X, strh) OPS_SINGLE(X, strw) OPS_SINGLE(X, strx) X(ldrw_literal)  \
                X(ldrx_literal) X(ldrsw_literal) OPS_PAIR(X, ldpw) OPS_PAIR(X, ldpx) OPS_PAIR(X, ldpsw)      \
                    OPS_PAIR(X, stpw) OPS_PAIR(X, stpx)

#define CPU_OPS(X)                                                                                           \
    CPU_OPS_CONTROL(X)                                                                                       \
    CPU_OPS_IMMEDIATE(X) CPU_OPS_REGISTER(X) CPU_OPS_CONDITIONAL(X) CPU_OPS_BRANCH(X) CPU_OPS_MEMORY(X)

enum op_code {
#define OP_ENUMERATOR(name) OP_##name,
    CPU_OPS(OP_ENUMERATOR)
#undef OP_ENUMERATOR
        OP_CODE_COUNT
};

#endif
