/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The generic timer. Time is cpu->retired and cpu->waited_ns, never the host's. Arm ARM, "The Generic Timer
 * in AArch64 state", "Event streams".
 */
#include "model/cpu_nsel1/timer.h"

#include <assert.h>
#include <stddef.h>

#include "model/cpu_nsel1/cpu_state.h"
#include "model/cpu_nsel1/exception.h"

#define NS_PER_SECOND 1000000000ULL

#define TIMER_ENABLE  1U
#define TIMER_IMASK   2U
#define TIMER_ISTATUS 4U

#define EVNTEN      (1ULL << 2)
#define EVNTDIR     (1ULL << 3)
#define EVNTI_SHIFT 4

#define DAIF_I 2U

struct timer {
    uint16_t control, value, compare; /* enum sysreg_id */
    bool is_virtual;
};

static const struct timer timers[] = {
    {SYSREG_CNTP_CTL_EL0, SYSREG_CNTP_TVAL_EL0, SYSREG_CNTP_CVAL_EL0, false},
    {SYSREG_CNTV_CTL_EL0, SYSREG_CNTV_TVAL_EL0, SYSREG_CNTV_CVAL_EL0, true},
    {SYSREG_CNTHP_CTL_EL2, SYSREG_CNTHP_TVAL_EL2, SYSREG_CNTHP_CVAL_EL2, false},
};
#define TIMER_COUNT (sizeof(timers) / sizeof(timers[0]))

/* The registers of event streams: the virtual counter for EL1, the physical one for EL2. */
static const struct {
    uint16_t control;
    bool is_virtual;
} streams[] = {{SYSREG_CNTKCTL_EL1, true}, {SYSREG_CNTHCTL_EL2, false}};
#define STREAM_COUNT (sizeof(streams) / sizeof(streams[0]))

/* ---- time ---- */

uint64_t timer_now(const struct cpu *cpu)
{
    return cpu->retired * cpu->config.ns_per_instruction + cpu->waited_ns;
}

/* ns * frequency / 10^9 without the overflow of the product. */
static uint64_t physical_counter(const struct cpu *cpu)
{
    uint64_t ns = timer_now(cpu);
    uint64_t frequency = cpu->config.cntfrq_el0;
    return cpu->config.counter_start + ns / NS_PER_SECOND * frequency +
           ns % NS_PER_SECOND * frequency / NS_PER_SECOND;
}

uint64_t timer_counter(const struct cpu *cpu, bool is_virtual)
{
    return physical_counter(cpu) - (is_virtual ? cpu->sysreg[SYSREG_CNTVOFF_EL2] : 0);
}

/* The first time at which the counter has gone on by `ticks`. */
static uint64_t time_after(const struct cpu *cpu, uint64_t ticks)
{
    uint64_t frequency = cpu->config.cntfrq_el0;
    uint64_t goal = physical_counter(cpu) - cpu->config.counter_start + ticks;
    uint64_t part = goal % frequency * NS_PER_SECOND;
    return goal / frequency * NS_PER_SECOND + (part + frequency - 1) / frequency;
}

/* ---- timers ---- */

static const struct timer *timer_of(uint32_t id)
{
    for (size_t i = 0; i < TIMER_COUNT; i++) {
        if (timers[i].control == id || timers[i].value == id) {
            return &timers[i];
        }
    }
    return NULL;
}

bool timer_register(uint32_t id)
{
    return timer_of(id) != NULL;
}

uint64_t timer_read(const struct cpu *cpu, uint32_t id)
{
    const struct timer *timer = timer_of(id);
    assert(timer != NULL);
    uint64_t counter = timer_counter(cpu, timer->is_virtual);
    uint64_t compare = cpu->sysreg[timer->compare];
    if (id == timer->value) {
        return (compare - counter) & MASK_32;
    }
    uint64_t control = cpu->sysreg[id];
    bool fired = (control & TIMER_ENABLE) != 0 && counter >= compare;
    return control | (fired ? TIMER_ISTATUS : 0);
}

void timer_write(struct cpu *cpu, uint32_t id, uint64_t value)
{
    const struct timer *timer = timer_of(id);
    assert(timer != NULL);
    if (id == timer->value) {
        cpu->sysreg[timer->compare] =
            timer_counter(cpu, timer->is_virtual) + (uint64_t)(int64_t)(int32_t)(uint32_t)value;
        return;
    }
    cpu->sysreg[id] = value & (TIMER_ENABLE | TIMER_IMASK);
    timer_interrupt_check(cpu);
}

bool timer_interrupt_enabled(const struct cpu *cpu)
{
    for (size_t i = 0; i < TIMER_COUNT; i++) {
        if ((cpu->sysreg[timers[i].control] & (TIMER_ENABLE | TIMER_IMASK)) == TIMER_ENABLE) {
            return true;
        }
    }
    return false;
}

/* Below EL2, PSTATE.I masks nothing that is routed to EL2. */
void timer_interrupt_check(struct cpu *cpu)
{
    bool routed = (exception_hcr(cpu) & (HCR_IMO | HCR_TGE)) != 0;
    if (cpu->stop.reason == CPU_STOP_NONE && timer_interrupt_enabled(cpu) &&
        ((cpu->pstate.daif & DAIF_I) == 0 || routed)) {
        cpu_stop_unmodelled(cpu, cpu->step.word, "timer interrupt (generic timer enabled and not masked)");
    }
}

/* ---- event streams ---- */

struct stream {
    uint64_t period; /* ticks between events; 0: no stream */
    uint64_t since;  /* ticks since the last event, or since before the counter began */
};

/* An event is a transition of one bit of the counter, upwards (EVNTDIR 0) or downwards. */
static struct stream stream_now(const struct cpu *cpu, size_t index)
{
    uint64_t control = cpu->sysreg[streams[index].control];
    if ((control & EVNTEN) == 0) {
        return (struct stream){0};
    }
    uint64_t half = 1ULL << (control >> EVNTI_SHIFT & 15);
    uint64_t phase = (control & EVNTDIR) != 0 ? 0 : half;
    uint64_t counter = timer_counter(cpu, streams[index].is_virtual);
    return (struct stream){.period = 2 * half, .since = (counter - phase) & (2 * half - 1)};
}

/* Events between the last look and now go into the event register. */
static void events_collect(struct cpu *cpu)
{
    uint64_t elapsed = physical_counter(cpu) - cpu->events_seen_at;
    for (size_t i = 0; i < STREAM_COUNT; i++) {
        struct stream stream = stream_now(cpu, i);
        if (stream.period != 0 && stream.since < elapsed) {
            cpu->event_register = true;
        }
    }
    cpu->events_seen_at += elapsed;
}

void timer_event_control_write(struct cpu *cpu, uint32_t id, uint64_t value)
{
    uint64_t mask = sysreg_describe(id)->mask;
    events_collect(cpu);
    cpu->sysreg[id] = value & mask;
}

bool timer_event_take(struct cpu *cpu)
{
    events_collect(cpu);
    bool event = cpu->event_register;
    cpu->event_register = false;
    return event;
}

uint64_t timer_event_at(const struct cpu *cpu)
{
    uint64_t ticks = UINT64_MAX;
    for (size_t i = 0; i < STREAM_COUNT; i++) {
        struct stream stream = stream_now(cpu, i);
        if (stream.period != 0 && stream.period - stream.since < ticks) {
            ticks = stream.period - stream.since;
        }
    }
    return ticks == UINT64_MAX ? UINT64_MAX : time_after(cpu, ticks);
}
