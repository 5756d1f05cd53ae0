/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Probes of the lockstep programs: run something that may trap, show what was trapped, go on. With the
 * parameter PROBE_QUIET nothing is printed: lockstep compares the registers that hold the syndromes, and
 * printing only makes the trace long.
 */
#ifndef TESTS_DIFFERENTIAL_GUEST_PROBE_H
#define TESTS_DIFFERENTIAL_GUEST_PROBE_H

#include "tests/differential/guest/guest.h"

#define PROBE_QUIET 0x5155494554UL

/* One access through each kind of instruction; the trap handler skips what faults. Returns what was loaded.
 */
uint64_t probe_load(uint64_t va);
uint64_t probe_store(uint64_t va, uint64_t value);

/* Calls the code at `va`; a trap in it returns to the caller. */
void probe_call(uint64_t va);

/* Where the next trap resumes; 0: behind the trapped instruction (at ELR for SVC and HVC). Cleared by the
 * trap. */
extern uint64_t probe_resume;
/* Traps taken since the start. */
extern uint64_t probe_traps;

void probe_show(const char *name, uint64_t value);

#endif
