/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An AArch64 processing element at Non-secure EL1 or EL2 (EL0 below it): A64 base integer instructions, MMU
 * with the 4 KiB granule, system registers, synchronous exceptions, maintenance and barriers as requests to
 * the outside. Arm ARM (DDI 0487), parts B2 (memory model), C (A64 instruction set), D (system level
 * architecture).
 *
 * Not modelled: FP and SIMD (the ID registers deny them), interrupts, EL3, stage 2 translation, debug. See
 * CAVEATS.md.
 *
 * The core never calls out. cpu_run() executes until it needs something, and says what. The caller provides
 * it, says so with cpu_provide(), and calls cpu_run() again. Memory that may be touched without asking is
 * described by windows (golden mode) or by grants (cached mode).
 */
#ifndef MODEL_CPU_NSEL1_CPU_H
#define MODEL_CPU_NSEL1_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "model/bus/access.h"
#include "model/bus/grant.h"
#include "model/bus/smc_frame.h"
#include "model/event/event.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CPU_CACHE_LEVELS_MAX 7
#define CPU_WINDOWS_MAX      16
#define CPU_ACCESS_SIZE_MAX  LINE_SIZE_MAX

enum cpu_memory_mode {
    CPU_MEMORY_GOLDEN, /* windows: page grants into DRAM, stores mark `may_be_dirty` */
    CPU_MEMORY_CACHED, /* no windows: line grants, installed by the memory side on ACCESS_GRANT_* */
};

/* What the PE is and how it is entered. Register values are as the guest reads them. */
struct cpu_config {
    enum cpu_memory_mode mode;
    uint8_t pe;       /* number in events and accesses */
    uint8_t entry_el; /* 1 or 2; with 1, EL2 exists only as hcr_el2's effect on maintenance */
    uint64_t entry_pc;
    uint64_t entry_x[4]; /* x0..x3 at entry */
    uint64_t midr_el1;
    uint64_t mpidr_el1;
    uint64_t ctr_el0;
    uint64_t clidr_el1;
    uint64_t ccsidr_el1[CPU_CACHE_LEVELS_MAX][2]; /* [level - 1][InD]: what CSSELR_EL1 selects */
    bool ccidx;                                   /* CCSIDR_EL1 in the FEAT_CCIDX format */
    uint64_t dczid_el0;
    bool lse;            /* FEAT_LSE: ID_AA64ISAR0_EL1.Atomic = 2; without it its encodings are UNDEFINED */
    uint64_t hcr_el2;    /* at entry; <DC,VM> and SWIO upgrade IVAC and ISW at EL1, DC disables its MMU */
    uint64_t cntfrq_el0; /* Hz */
    uint64_t counter_start;      /* CNTPCT_EL0 at the first instruction */
    uint64_t ns_per_instruction; /* >= 1: simulated time runs with retired instructions */
    uint32_t line_size; /* bytes, 16..2048; 64 is fast. The unit of asked-for fetches and of grants */
    bool one_shot;      /* handlers return one by one: the slow reference for the fast form; same results */
    bool observed;      /* golden mode: asks for all that an observer of memory must see (below) */
};

enum cpu_need {
    CPU_NEED_NOTHING, /* the budget is used up, or the event log is half full: stopped before an exact
                         instruction */
    CPU_NEED_ACCESS,  /* do cpu->access on cpu->access_data, then cpu_provide() */
    CPU_NEED_SMC,     /* x0..x17 are the frame: cpu_smc_frame(), then cpu_smc_return() */
    CPU_NEED_TIME, /* WFI or WFE (retired) with nothing pending: cpu_advance_time by cpu_wakes_in, or end the
                      run */
    CPU_NEED_STOP, /* the run is over: cpu_stop_told() says why */
};

enum cpu_stop_reason {
    CPU_STOP_NONE,
    CPU_STOP_UNMODELLED, /* an encoding or register that the ID registers promise and that is missing here */
    CPU_STOP_FAULT_REPEATS, /* exceptions without progress: no instruction retires, or the same one over and
                               over */
};
#define CPU_STOP_NAME_MAX 64

struct cpu_stop {
    enum cpu_stop_reason reason;
    uint64_t pc;                  /* of the instruction */
    uint32_t word;                /* its encoding, 0 if it could not be fetched */
    char name[CPU_STOP_NAME_MAX]; /* what is unmodelled, e.g. "LDADD (FEAT_LSE)" */
    uint64_t esr, far;            /* of the repeated exception */
};

struct cpu; /* cpu_state.h; about 150 KiB, and decoded pages: 20 KiB for each 4 KiB of code that runs */

/* Allocates a PE (decoded pages and TLB included). NULL when the host has no memory. */
struct cpu *cpu_create(const struct cpu_config *config, struct event_log *log);
void cpu_destroy(struct cpu *cpu);

/*
 * Runs at most `instructions_max` instructions. Resumes exactly where the last call stopped. The caller
 * empties the event log; a log that is half full ends the call early (with CPU_NEED_NOTHING), so
 * cpu_retired() tells how far it got.
 */
enum cpu_need cpu_run(struct cpu *cpu, uint64_t instructions_max);

/* CPU_NEED_ACCESS: what is asked. The caller fills the data of reads and `granted`; writes carry data. */
struct access *cpu_access(struct cpu *cpu);
uint8_t *cpu_access_data(struct cpu *cpu);
void cpu_provide(struct cpu *cpu, enum access_status status);

/* CPU_NEED_SMC. The SMC is retired already, and the PC is behind it. */
void cpu_smc_frame(const struct cpu *cpu, struct smc_frame *frame);
void cpu_smc_return(struct cpu *cpu, const struct smc_frame *frame, uint32_t registers_written);

/*
 * CPU_NEED_TIME. The event stream of the generic timer wakes WFE; UINT64_MAX: nothing wakes the PE, because
 * there are no interrupts.
 */
uint64_t cpu_wakes_in(const struct cpu *cpu); /* ns */
void cpu_advance_time(struct cpu *cpu, uint64_t ns);

/* CPU_NEED_STOP. */
const struct cpu_stop *cpu_stop_told(const struct cpu *cpu);

/*
 * Golden mode: [pa, pa + size) of Non-secure memory is at `host`. `may_be_dirty` maps the window's lines, one
 * byte per 64 bytes, set to 1 by each store through a WB or WT translation; NULL: no marks. A window must be
 * page aligned. A range whose bytes an existing window has already gets back what had been taken from it
 * (without `writable`, stores to it go on asking) and keeps the marks that it has. False: too many windows.
 */
bool cpu_window_add(struct cpu *cpu, uint64_t pa, uint64_t size, uint8_t *host, bool writable,
                    uint8_t *may_be_dirty);
/*
 * Takes back what was granted in the range (pages); accesses to it then ask. Any number of pages; a range
 * that covers whole windows costs as much as there are windows. Decoded instructions of the range go too, but
 * for an observed PE: there cpu_code_line_invalidate() takes them back.
 */
void cpu_window_remove(struct cpu *cpu, uint64_t pa, uint64_t size);
/* The mark of this address's line, of a revoked page too; NULL if no window has it or it has no marks. */
uint8_t *cpu_window_mark(struct cpu *cpu, uint64_t pa);

/*
 * Observed golden mode (cpu_config.observed) asks, besides, as CPU_NEED_ACCESS:
 *  - every data access, walk and fetch that is not Normal WB or WT, and every one to a revoked page;
 *  - every store-release, whatever buffered stores it orders;
 *  - every fetch of a line that is not decoded (granted = 1: keep it); a store or DC ZVA to a line with
 *    decoded instructions, which are then decoded anew;
 *  - ACCESS_TRANSLATION_CHANGED and ACCESS_TLBI (model/bus/access.h).
 * The caller does them on the golden bytes and on nothing else; maintenance and barriers are asked always.
 */

/* Cached mode: the arrays that the memory side fills. Valid for the life of the PE. */
struct grant_table *cpu_grants(struct cpu *cpu);
/* Cached and observed mode: the instruction cache no longer holds this line (or all lines): decoded
 * instructions of it go. */
void cpu_code_line_invalidate(struct cpu *cpu, uint64_t pa);
void cpu_code_invalidate_all(struct cpu *cpu);

/* State, for reports and tests. Register 31 is SP of the current EL. */
uint64_t cpu_register(const struct cpu *cpu, uint32_t index);
void cpu_register_set(struct cpu *cpu, uint32_t index, uint64_t value);
uint64_t cpu_pc(const struct cpu *cpu);
void cpu_pc_set(struct cpu *cpu, uint64_t pc);
uint64_t cpu_pstate(const struct cpu *cpu); /* in SPSR format */
uint32_t cpu_current_el(const struct cpu *cpu);
uint64_t
cpu_retired(const struct cpu *cpu); /* instructions since entry; an instruction that faults is not retired */
/* By encoding, bits [20:5] of MRS; false: there is no such register. */
bool cpu_system_register(const struct cpu *cpu, uint32_t encoding, uint64_t *value);

/* The registers of the EL1&0 (el = 1) or EL2 regime as they are now (model/bus/translation.h). */
struct translation_regime;
void cpu_translation_regime(const struct cpu *cpu, uint32_t el, struct translation_regime *regime);

/* What args[1] of a CPU_UNDEFINED event means. NULL if it is no such argument. */
const char *cpu_undefined_text(uint32_t name);

#ifdef __cplusplus
}
#endif

#endif
