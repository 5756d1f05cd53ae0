/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The console of a payload: a line for each step. A step that failed is the last one: it says what came, and
 * the machine is switched off. PL011 as QEMU's virt machine has it.
 */
#ifndef FIRMWARE_PAYLOADS_TOLD_H
#define FIRMWARE_PAYLOADS_TOLD_H

#include <stdbool.h>
#include <stdint.h>

void told_text(const char *text);

/* "ffa: <step>: ok", or "ffa: <step>: FAILED, got <value>" and the end. */
void told_step(const char *step, bool ok, uint64_t value);

/* Waits for a key. */
char told_key(void);

#endif
