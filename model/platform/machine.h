/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One run of one machine: elaborates a platform, loads an image, runs it to its end, tells what happened.
 *
 * SystemC elaborates once per process, so machine_run() may be called once per process: the caller forks. The
 * request and the result are plain data; the result holds everything a report needs.
 */
#ifndef MODEL_PLATFORM_MACHINE_H
#define MODEL_PLATFORM_MACHINE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "model/cache/golden.h"
#include "model/checker/prove.h"
#include "model/cpu_nsel1/cpu.h"
#include "model/platform/image_copy.h"
#include "model/platform/platform_config.h"

#ifdef __cplusplus
extern "C" {
#endif

enum machine_mode {
    MACHINE_MODE_GOLDEN, /* no caches, no comparison: the plain simulator */
    MACHINE_MODE_CACHED, /* the data-carrying caches with the golden copy beside them */
    MACHINE_MODE_PROVE,  /* golden memory with the checker beside it */
    MACHINE_MODE_TOKEN,  /* data-carrying caches that make the moves of a token and no others */
};

/* A part of the image. The bytes belong to the caller. size_memory - size_file bytes are zeroed. */
struct machine_segment {
    uint64_t pa;
    const uint8_t *bytes;
    uint64_t size_file;
    uint64_t size_memory;
};

/* What a flash bank holds when the machine is switched on; behind it stand zeros. */
struct machine_flash {
    const uint8_t *bytes; /* NULL: all of the bank is zeros */
    uint64_t size;        /* at most the bank's */
    uint8_t *after; /* receives what these `size` bytes are when the run is over; NULL: what was programmed is
                       lost */
};

/* The disk in its slot. */
struct machine_disk {
    const uint8_t *bytes; /* NULL: the slot is empty */
    uint64_t size;        /* whole sectors of 512 bytes */
    bool read_only;
    uint8_t *after; /* receives the disk when the run is over; NULL: what was written is lost */
};

/* What the partition is told to do with the message of a step; see mm_sp.h for kinds and values. */
struct machine_step {
    uint32_t code; /* enum script_step_code */
    uint32_t operands_size;
    const uint8_t *operands;
    uint32_t interrupts;     /* FFA_INTERRUPTs of the step's first direct request */
    uint16_t interrupts_for; /* of the first one that this partition gets, whoever sends it; 0: of any */
    uint32_t fault_kind;     /* enum mm_sp_fault; 0: none */
    int64_t fault_value;
};

/* One line of a console script. Empty text: NULL. */
struct machine_console_line {
    const char *expect;           /* wait until the guest has printed this since the last line matched */
    const char *send;             /* then type this */
    uint64_t within_instructions; /* 0: no limit of its own */
};

#define MACHINE_STEPS_MAX   1024
#define MACHINE_TRACKED_MAX 4096
#define MACHINE_MOVES_MAX   32
#define MACHINE_FLASHES_MAX PLATFORM_FLASHES_MAX

struct machine_request {
    const struct platform_config *platform;
    enum machine_mode mode;
    const struct machine_segment *segments;
    uint32_t segment_count;
    uint64_t entry;
    uint64_t entry_x0;                                 /* device tree address, or 0 */
    struct machine_flash flashes[MACHINE_FLASHES_MAX]; /* for the banks of the platform, in its order */
    struct machine_disk disk;
    const char *store_path;     /* the file that the MM partition keeps its variables in; NULL: memory */
    const uint8_t *store_image; /* else what such a file held, to begin with; NULL: nothing */
    uint64_t store_image_size;
    const uint8_t *device_tree; /* NULL: made from the platform, if its file says where one is expected */
    uint64_t device_tree_size;
    uint64_t device_tree_pa; /* 0: where the platform file says */
    const struct machine_step *steps;
    uint32_t step_count;
    const struct machine_console_line *console;
    uint32_t console_count;
    const char
        *stop_text; /* the run ends well when the guest prints this after the console script; NULL: none */
    uint64_t instructions_max;     /* 0: no limit */
    const uint64_t *tracked_lines; /* line addresses whose writers the run records */
    uint32_t tracked_count;
    const struct prove_move *moves; /* MACHINE_MODE_TOKEN: in the order in which they are made; their lines
                                       are the lines that move */
    uint32_t move_count;
    FILE *events;       /* event text, NULL: none */
    FILE *console_out;  /* guest console as it is printed, NULL: none */
    int keyboard_fd;    /* bytes typed by a person, -1: none */
    bool copies_wanted; /* result->copies: symbols are at hand, and the image may move */
};

enum machine_end {
    MACHINE_END_CLEAN, /* powered off, or the stop text was printed */
    MACHINE_END_FAULT, /* our firmware met an exception that it cannot survive */
    MACHINE_END_LIMIT,
    MACHINE_END_INTERRUPTED, /* Ctrl-C */
};

enum machine_limit {
    MACHINE_LIMIT_NONE,
    MACHINE_LIMIT_INSTRUCTIONS,
    MACHINE_LIMIT_CONSOLE,        /* an expected text did not come within its instructions */
    MACHINE_LIMIT_WAITS_FOR_EVER, /* WFI or WFE and nothing can wake it */
    MACHINE_LIMIT_FAULT_REPEATS,
    MACHINE_LIMIT_UNMODELLED,
    MACHINE_LIMIT_MEMORY, /* more lines in disagreement than the golden copy or the checker keeps */
};

/* What of a request has no place on the platform: then nothing has run. */
enum machine_misfit {
    MACHINE_FITS,
    MACHINE_MISFIT_SEGMENT,     /* `misfit_index`: of the segment that is not all inside memory */
    MACHINE_MISFIT_FLASH,       /* `misfit_index`: of an image larger than its bank, or without a bank */
    MACHINE_MISFIT_DISK,        /* there is no slot for one, or it is not made of sectors */
    MACHINE_MISFIT_DEVICE_TREE, /* it does not fit memory where it should go, or nobody says where */
    MACHINE_MISFIT_HOST,        /* the host has no memory for such a machine */
};

/* Why a move of a token was not made. */
enum machine_move_failure {
    MACHINE_MOVE_OK,         /* all were made */
    MACHINE_MOVE_NOT_COME,   /* the run ended, or its event is not one that such a move belongs to */
    MACHINE_MOVE_IMPOSSIBLE, /* the caches were in no state that allows it */
};

#define MACHINE_RESULT_DATA_MAX 4096

struct machine_step_result {
    bool finished;
    uint64_t status; /* EFI_STATUS */
    uint32_t size;   /* bytes of data that follow; more than MACHINE_RESULT_DATA_MAX are cut */
    uint8_t data[MACHINE_RESULT_DATA_MAX];
};

struct machine_result {
    enum machine_end end;
    enum machine_limit limit;
    enum machine_misfit misfit; /* machine_run() has returned false */
    uint32_t misfit_index;
    uint32_t reset; /* PSCI function that ended the run: SYSTEM_OFF, SYSTEM_RESET, SYSTEM_RESET2; 0: none */
    uint64_t instructions;
    uint64_t events;
    uint64_t pc; /* where the guest was */
    uint32_t el;
    struct cpu_stop stop;                     /* MACHINE_LIMIT_FAULT_REPEATS and _UNMODELLED */
    uint64_t fault_esr, fault_far, fault_elr; /* MACHINE_END_FAULT */
    uint32_t console_matched;                 /* lines of the console script */
    uint32_t step_started;                    /* steps that the guest took */
    uint32_t moves_made;                      /* MACHINE_MODE_TOKEN */
    enum machine_move_failure move_failure;   /* of the first move that was not made */
    uint32_t proof_count;                     /* MACHINE_MODE_PROVE */
    uint64_t proofs_dropped;
    bool set_way_unjudged; /* nobody told of ExitBootServices */
    struct prove_finding proofs[PROVE_FINDINGS_MAX];
    uint32_t proof_line_count; /* what a second pass tracks: the lines of stale or lost bytes */
    uint64_t proof_lines[PROVE_LINES_MAX];
    uint32_t copy_count; /* places to which the image has copied itself, where a program counter was */
    struct image_copy copies[IMAGE_COPIES_MAX];
    uint32_t finding_count; /* of the data-carrying caches */
    uint64_t findings_dropped;
    struct golden_finding findings[GOLDEN_FINDINGS_MAX];
    struct machine_step_result steps[MACHINE_STEPS_MAX];
};

/* Runs the machine. Returns false when the request does not fit the platform (result->misfit; nothing has
 * run). */
bool machine_run(const struct machine_request *request, struct machine_result *result);

/* Asks a running machine to stop at the next instruction: for a signal handler. */
void machine_interrupt(void);

#ifdef __cplusplus
}
#endif

#endif
