/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The way of every exception to the program. A program without guest_trap() of its own expects none: the
 * exception is printed and the machine goes off.
 */
#include "tests/differential/guest/guest.h"

extern const char guest_power_off_smc[];
extern const char guest_power_off_hvc[];

void guest_trap_common(uint64_t vector, struct trap_frame *frame);

void guest_trap_common(uint64_t vector, struct trap_frame *frame)
{
    if (frame->elr == (uint64_t)guest_power_off_smc) {
        frame->elr = (uint64_t)guest_power_off_hvc;
        return;
    }
    guest_trap(vector, frame);
}

__attribute__((weak)) void guest_trap(uint64_t vector, struct trap_frame *frame)
{
    console_text("unexpected exception, vector ");
    console_decimal(vector);
    console_text(" esr ");
    console_hex(frame->esr);
    console_text(" elr ");
    console_hex(frame->elr);
    console_text(" far ");
    console_hex(frame->far);
    console_text("\n");
    guest_power_off();
}
