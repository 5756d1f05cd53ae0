/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A scenario file as data (scenarios/README.md tells its keys): what is loaded, the steps that the firmware
 * is told to do, and what must come of it. Reads and refuses; runs nothing and looks no file up.
 */
#ifndef COSIM_SCENARIO_H
#define COSIM_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/platform/ffa_words.h"
#include "model/platform/machine.h"
#include "model/platform/yaml_reader.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SCENARIO_FINDINGS_MAX 64
#define SCENARIO_CONSOLE_MAX  256
#define SCENARIO_SETTINGS_MAX 16

/* A finding that is expected: it matches what agrees with it in every key that is not NULL. */
struct scenario_finding {
    const char *rule;
    const char *severity;
    const char *owner;
    const char *agent;
    const char *by;       /* the culprit's function or operation */
    const char *function; /* the reader's function */
    const char *file;     /* the reader's file */
    const struct yaml_node *node;
};

struct scenario_findings {
    bool given;
    uint32_t count;
    struct scenario_finding entries[SCENARIO_FINDINGS_MAX];
};

enum scenario_end { SCENARIO_END_CLEAN, SCENARIO_END_FAULT, SCENARIO_END_LIMIT, SCENARIO_END_ANY };

enum scenario_expect_kind {
    EXPECT_WORD,   /* the result's word `index`, under `mask` */
    EXPECT_STATUS, /* of the framework: 0 any answer but FFA_ERROR, else the status of FFA_ERROR */
    EXPECT_BYTES,  /* all of the result */
};

/* What a result is compared with; `given` and `values` by profile. */
struct scenario_expect {
    enum scenario_expect_kind kind;
    const char *name; /* as the scenario says it */
    uint32_t index;
    uint64_t mask;
    bool given[SPMC_PROFILE_COUNT];
    uint64_t values[SPMC_PROFILE_COUNT];
    uint8_t *bytes;
    size_t size;
};

#define SCENARIO_RANGES_MAX 16
#define SCENARIO_NAMES_MAX  32

struct scenario_range {
    bool pool; /* `start` is a page of the firmware's pool, else an address */
    uint64_t start;
    uint32_t pages;
};

/* Memory that a scenario sends, by the name that it gives it. */
struct scenario_region {
    const char *name;
    uint32_t range_count;
    struct scenario_range ranges[SCENARIO_RANGES_MAX];
};

struct scenario_step {
    uint32_t code;     /* enum script_step_code */
    uint32_t profiles; /* bit i: it is done on enum spmc_profile i */
    const char *word;
    uint32_t line; /* in the scenario file */
    uint8_t *operands;
    uint32_t operands_size;
    uint32_t interrupts;
    uint16_t interrupts_for; /* the partition that they hit; 0: the one that gets the request */
    uint32_t fault_kind;     /* enum mm_sp_fault */
    int64_t fault_value;
    bool status_given;
    uint64_t status;    /* EFI_STATUS that is expected */
    const char *expect; /* data of get_variable, name of get_next_variable_name; NULL: not compared */
    uint64_t lines;     /* of os_dirty */
    struct scenario_expect *expects; /* of FF-A steps */
    uint32_t expect_count;
};

/* A file by the name that the user gave it. */
struct scenario_file {
    const char *name;             /* NULL: none */
    const struct yaml_node *node; /* NULL: from the command line */
};

struct scenario_payload {
    bool given;                 /* else the scenario has firmware and steps */
    struct scenario_file image; /* none: what is in the first flash bank runs */
    bool load_given, entry_given;
    uint64_t load;
    uint64_t entry;
    const struct yaml_node *entry_node;
    uint32_t el;                  /* 0: as the platform says */
    struct scenario_file symbols; /* none: the image's own */
    struct scenario_file flashes[MACHINE_FLASHES_MAX];
    struct scenario_file disk;
    struct scenario_file device_tree; /* none: made from the platform, unless */
    bool device_tree_none;
};

struct scenario {
    char *path; /* as given */
    char *name; /* file name without folder and .yaml */
    const char *about;
    const char *platform;
    const char *firmware;
    struct scenario_payload payload;
    struct scenario_step *steps;
    uint32_t step_count;
    uint32_t region_count;
    struct scenario_region regions[SCENARIO_NAMES_MAX];
    uint64_t pool_used; /* pages */
    uint32_t setting_count;
    const struct yaml_node *settings[SCENARIO_SETTINGS_MAX]; /* KEY=VALUE, of the platform file */
    const struct yaml_node *partitions;                      /* NULL: the platform's alone */
    struct machine_console_line console[SCENARIO_CONSOLE_MAX];
    uint32_t console_count;
    const char *stop_text;
    uint64_t instructions_max;                /* 0: not given */
    struct scenario_findings findings;        /* of prove */
    struct scenario_findings replay_findings; /* of the cached run; absent: as findings */
    enum scenario_end end;                    /* of the platform's profile, once that is known */
    enum scenario_end ends[SPMC_PROFILE_COUNT];
    struct yaml_document document; /* holds the texts */
};

/* Reads a file. False: scenario->document.error is one line. Call scenario_free() in either case. */
bool scenario_read(const char *path, struct scenario *scenario);
void scenario_free(struct scenario *scenario);

/* What it asks for on a platform: steps and expectations of other profiles are left out. */
void scenario_profile_apply(struct scenario *scenario, uint8_t profile);

const char *scenario_end_text(enum scenario_end end);

/* scenario_steps.c: reads the list of steps. */
bool scenario_steps_read(struct scenario *scenario, const struct yaml_node *list);

/* scenario_payload.c: reads the mapping of a foreign payload. */
bool scenario_payload_read(struct scenario *scenario, const struct yaml_node *node);

/* scenario_words.c: names that scenario files and reports share. Unknown texts and values: false and NULL. */
bool efi_status_parse(const char *text, uint64_t *status);
const char *efi_status_text(uint64_t status);
/* The same, or the number where there is no name. */
void efi_status_name(uint64_t status, char *text, size_t size);
bool efi_attribute_parse(const char *text, uint32_t *attribute);
bool efi_guid_parse(const char *text, uint8_t bytes[16]);
void efi_status_names(const char **names, size_t names_max);

#ifdef __cplusplus
}
#endif

#endif
