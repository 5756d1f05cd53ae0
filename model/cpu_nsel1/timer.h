/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The generic timer of a PE in simulated time: counters, the timers' registers, and the event stream that
 * wakes WFE. Arm ARM, "The Generic Timer in AArch64 state". There is no interrupt controller: a timer's
 * condition is seen in ISTATUS, and an interrupt that the PE would take ends the run as unmodelled.
 */
#ifndef MODEL_CPU_NSEL1_TIMER_H
#define MODEL_CPU_NSEL1_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cpu;

/* CNTPCT_EL0 and CNTVCT_EL0. */
uint64_t timer_counter(const struct cpu *cpu, bool is_virtual);

/* CNTP_*, CNTV_* and CNTHP_*: TVAL, CTL (CVAL is a plain register). `id` is enum sysreg_id. */
bool timer_register(uint32_t id);
uint64_t timer_read(const struct cpu *cpu, uint32_t id);
void timer_write(struct cpu *cpu, uint32_t id, uint64_t value);

/* CNTKCTL_EL1 and CNTHCTL_EL2: a stream that is switched off keeps what it has signalled. */
void timer_event_control_write(struct cpu *cpu, uint32_t id, uint64_t value);

/* The event register, with the events of the streams up to now; taking clears it. */
bool timer_event_take(struct cpu *cpu);

/* Simulated nanoseconds since the first instruction. */
uint64_t timer_now(const struct cpu *cpu);

/* When a stream signals next, in the same; UINT64_MAX: none ever does. */
uint64_t timer_event_at(const struct cpu *cpu);

/* Some timer is enabled and not masked: its interrupt would wake a PE that waits. */
bool timer_interrupt_enabled(const struct cpu *cpu);

/* Ends the run where such an interrupt could be taken, because PSTATE.I does not mask it. */
void timer_interrupt_check(struct cpu *cpu);

#ifdef __cplusplus
}
#endif

#endif
