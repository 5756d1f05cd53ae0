/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System registers with the MMU off: MRS of every encoding with op0 2 and 3, as early as a program can, so
 * that resets show; then every register of the model's table, written with ones, zeros and arbitrary bits and
 * read back. A register that is not there is not printed. Arm ARM, chapter C5 "The A64 System Instruction
 * Class", chapter D17 "AArch64 System Register Descriptions".
 *
 * Lines are "<op0_op1_CRn_CRm_op2> <what> <value>" with `what` one of read, ones, zeros, bits0.., or with the
 * syndrome "esr <value>".
 */
#include "model/cpu_nsel1/sysreg_list.h"
#include "tests/differential/guest/guest.h"

/* Above everything that the MMU tests map. */
#define CODE_PA         0x40608000UL
#define MRS_X0          0xd5200000U
#define MSR_X0          0xd5000000U
#define MRS_X2          0xd5200002U
#define MSR_X1          0xd5000001U
#define ISB             0xd5033fdfU
#define RET             0xd65f03c0U
#define EC_SHIFT        26
#define ENCODINGS_FIRST (2U << 14)
#define ENCODINGS_END   (4U << 14)
/* Debug communication channel: S2_3_C0_C4_*, S2_3_C0_C5_*. */
#define DCC_FIRST 0x9820
#define DCC_LAST  0x9828
#define NO_TRAP   (~0UL)

#define ENCODING(op0, op1, crn, crm, op2) ((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

enum access { RO, RW, WO };

struct row {
    uint16_t encoding;
    uint8_t access;
};

static const struct row rows[] = {
#define ROW(name, op0, op1, crn, crm, op2, access, reset, mask, traits)                                      \
    {ENCODING(op0, op1, crn, crm, op2), access},
    SYSREGS(ROW)
#undef ROW
};

/* Bits that stay as they are, because the program would not go on, or the model ends the run. */
struct kept {
    uint16_t encoding;
    uint64_t bits;
};

static const struct kept kept[] = {
#if GUEST_EL == 2
    {ENCODING(3, 4, 1, 0, 0), 1UL << 25 | 1UL << 0}, /* SCTLR_EL2: EE, M */
#else
    {ENCODING(3, 0, 1, 0, 0), 1UL << 25 | 1UL << 0}, /* SCTLR_EL1: EE, M */
#endif
    {ENCODING(2, 0, 0, 2, 2), 1UL << 15 | 1UL << 13 | 1UL << 0}, /* MDSCR_EL1: MDE, KDE, SS */
    {ENCODING(2, 0, 0, 0, 5), 1},                                /* DBGBCR<n>_EL1.E */
    {ENCODING(2, 0, 0, 1, 5), 1},                                /* likewise */
    {ENCODING(2, 0, 0, 0, 7), 1},                                /* DBGWCR<n>_EL1.E */
    {ENCODING(2, 0, 0, 1, 7), 1},                                /* likewise */
};

struct pattern {
    const char *name;
    uint64_t value;
};

static const struct pattern patterns[] = {
    {"ones", ~0UL},
    {"zeros", 0},
    {"bits0", 0x5a3c96e10f78d2b4UL},
    {"bits1", 0xa5c3691ef0872d4bUL},
    {"bits2", 0x93d05b2ec471a86fUL},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t trapped;
static bool shown;

void guest_trap(uint64_t vector, struct trap_frame *frame)
{
    (void)vector;
    if (trapped == NO_TRAP) {
        trapped = frame->esr;
    }
    frame->elr += 4;
}

/* Called with x0 and x1; returns x2. */
static uint64_t run(const uint32_t *words, uint32_t count, uint64_t a, uint64_t b)
{
    volatile uint32_t *code = (volatile uint32_t *)CODE_PA;
    register uint64_t x0 __asm__("x0") = a;
    register uint64_t x1 __asm__("x1") = b;
    register uint64_t x2 __asm__("x2") = 0;
    for (uint32_t i = 0; i < count; i++) {
        code[i] = words[i];
    }
    code[count] = RET;
    trapped = NO_TRAP;
    __asm__ volatile("dsb ish\n\tic iallu\n\tdsb ish\n\tisb\n\tblr %3"
                     : "+r"(x0), "+r"(x1), "+r"(x2)
                     : "r"(code)
                     : "x30", "cc", "memory");
    return x2;
}

static uint64_t register_read(uint32_t encoding)
{
    const uint32_t words[] = {MRS_X2 | encoding << 5};
    return run(words, COUNT(words), 0, 0);
}

/* No memory is accessed between the write and the restoration. */
static uint64_t register_try(uint32_t encoding, uint64_t value, uint64_t restored)
{
    const uint32_t words[] = {MSR_X0 | encoding << 5, ISB, MRS_X2 | encoding << 5, MSR_X1 | encoding << 5,
                              ISB};
    return run(words, COUNT(words), value, restored);
}

static void encoding_show(uint32_t encoding)
{
    static const uint8_t shifts[] = {14, 11, 7, 3, 0};
    static const uint8_t masks[] = {3, 7, 15, 15, 7};
    for (uint32_t i = 0; i < COUNT(shifts); i++) {
        console_decimal(encoding >> shifts[i] & masks[i]);
        console_byte(i + 1 < COUNT(shifts) ? '_' : ' ');
    }
}

static void line_show(uint32_t encoding, const char *what, uint64_t value)
{
    encoding_show(encoding);
    console_text(what);
    console_text(trapped != NO_TRAP ? " esr " : " ");
    console_hex(trapped != NO_TRAP ? trapped : value);
    console_byte('\n');
}

static void reads_show(void)
{
    for (uint32_t encoding = ENCODINGS_FIRST; encoding < ENCODINGS_END; encoding++) {
        if ((encoding & ~7U) == DCC_FIRST || (encoding & ~7U) == DCC_LAST) {
            continue;
        }
        const uint64_t value = register_read(encoding);
        if (trapped == NO_TRAP || trapped >> EC_SHIFT != 0) {
            line_show(encoding, "read", value);
        }
    }
}

static uint64_t bits_kept(uint32_t encoding)
{
    for (uint32_t i = 0; i < COUNT(kept); i++) {
        if (kept[i].encoding == encoding) {
            return kept[i].bits;
        }
    }
    return 0;
}

static void row_show(const struct row *row)
{
    const uint64_t before = register_read(row->encoding);
    const uint64_t keep = bits_kept(row->encoding);
    if (row->access == WO || trapped != NO_TRAP) {
        return;
    }
    for (uint32_t i = 0; i < (row->access == RO ? 1 : COUNT(patterns)); i++) {
        const uint64_t value = (patterns[i].value & ~keep) | (before & keep);
        const uint64_t after = register_try(row->encoding, value, before);
        line_show(row->encoding, patterns[i].name, after);
    }
}

/* OSLAR_EL1 has no reads: OSLSR_EL1 shows what it did. */
static void lock_show(void)
{
    const uint32_t oslar = ENCODING(2, 0, 1, 0, 4);
    const uint32_t oslsr = ENCODING(2, 0, 1, 1, 4);
    for (uint64_t key = 0; key < 4; key++) {
        const uint32_t words[] = {MSR_X0 | oslar << 5, ISB, MRS_X2 | oslsr << 5};
        const uint64_t status = run(words, COUNT(words), key, 0);
        line_show(oslar, patterns[key].name, status);
    }
}

static void registers_show(void)
{
    reads_show();
    for (uint32_t i = 0; i < COUNT(rows); i++) {
        row_show(&rows[i]);
    }
    lock_show();
    shown = true;
}

void guest_early(void)
{
    extern const char guest_vectors[];
    const uint64_t vbar = sysreg_read(GUEST_SYSREG("VBAR"));
    sysreg_write(GUEST_SYSREG("VBAR"), (uint64_t)guest_vectors);
    __asm__ volatile("isb" ::: "memory");
    trapped = NO_TRAP;
    line_show(GUEST_EL == 2 ? ENCODING(3, 4, 12, 0, 0) : ENCODING(3, 0, 12, 0, 0), "reset", vbar);
    registers_show();
}

/* Entered at EL2, but for EL1: what the early look did not see. */
void guest_main(void)
{
    if (!shown) {
        sysreg_write(GUEST_SYSREG("SCTLR"), sysreg_read(GUEST_SYSREG("SCTLR")) & ~0x1005UL);
        __asm__ volatile("isb" ::: "memory");
        registers_show();
    }
}
