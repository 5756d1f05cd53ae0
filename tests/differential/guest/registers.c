/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MRS of every encoding with op0 2 and 3. A register that is not there is not printed. Arm ARM, chapter C5
 * "The A64 System Instruction Class".
 */
#include "tests/differential/guest/guest.h"

#define CODE_PAGE       8
#define CODE_VA         (MMU_TEST_BASE + CODE_PAGE * 4096)
#define MRS_X0          0xd5200000
#define RET             0xd65f03c0
#define EC_SHIFT        26
#define ENCODINGS_FIRST (2U << 14)
#define ENCODINGS_END   (4U << 14)
/* Debug communication channel: S2_3_C0_C4_*, S2_3_C0_C5_*. */
#define DCC_FIRST 0x9820
#define DCC_LAST  0x9828
#define NO_TRAP   (~0UL)

static uint64_t trapped;

void guest_trap(uint64_t vector, struct trap_frame *frame)
{
    (void)vector;
    trapped = frame->esr;
    frame->elr += 4;
}

static uint64_t run(uint32_t word, uint64_t x0)
{
    volatile uint32_t *code = (volatile uint32_t *)CODE_VA;
    register uint64_t value __asm__("x0") = x0;
    code[0] = word;
    code[1] = RET;
    trapped = NO_TRAP;
    __asm__ volatile("dc cvau, %1\n\tdsb ish\n\tic ivau, %1\n\tdsb ish\n\tisb\n\tblr %1"
                     : "+r"(value)
                     : "r"(code)
                     : "x30", "memory");
    return value;
}

static void show(const char *name, uint64_t value)
{
    console_text(name);
    console_hex(value);
}

static void encoding_show(uint32_t encoding)
{
    show("s", encoding >> 14);
    show("_", encoding >> 11 & 7);
    console_text("_c");
    console_decimal(encoding >> 7 & 15);
    console_text("_c");
    console_decimal(encoding >> 3 & 15);
    show("_", encoding & 7);
}

static void read_show(uint32_t encoding)
{
    const uint64_t value = run(MRS_X0 | encoding << 5, 0);
    if (trapped != NO_TRAP && trapped >> EC_SHIFT == 0) {
        return;
    }
    encoding_show(encoding);
    if (trapped != NO_TRAP) {
        show(" esr ", trapped);
    } else {
        show(" ", value);
    }
    console_byte('\n');
}

void guest_main(void)
{
    for (uint32_t encoding = ENCODINGS_FIRST; encoding < ENCODINGS_END; encoding++) {
        if ((encoding & ~7U) != DCC_FIRST && (encoding & ~7U) != DCC_LAST) {
            read_show(encoding);
        }
    }
}
