/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The scenario device: gives our firmware the steps of a scenario and takes their results. Registers and protocol:
 * model/abi/script.h. Steps and results are the caller's memory; the device only keeps its place in them.
 */
#ifndef MODEL_DEVICE_SCRIPT_H
#define MODEL_DEVICE_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/abi/script.h"

#ifdef __cplusplus
extern "C" {
#endif

struct script_step {
    uint32_t code; /* enum script_step_code */
    uint32_t operands_size;
    const uint8_t *operands;
};

struct script_result {
    bool finished;
    uint64_t status;
    uint32_t size; /* bytes announced; data keeps the first data_max of them */
};

enum script_outcome {
    SCRIPT_OK,
    SCRIPT_STEP_STARTED,  /* NEXT was read: script_current() is the step */
    SCRIPT_STEP_FINISHED, /* its last result byte has arrived: script_result_of() */
    SCRIPT_FAULT_TOLD,    /* the guest met an exception that it cannot survive */
    SCRIPT_ABORT,         /* no such register, or not in this order */
};

struct script {
    const struct script_step *steps;
    uint32_t step_count;
    uint32_t next;          /* index of the step that NEXT gives */
    bool running;           /* a step was taken and has not finished */
    bool status_written;    /* RESULT_STATUS came */
    bool length_written;    /* RESULT_LENGTH came */
    uint32_t operands_read; /* bytes */
    uint32_t result_received; /* bytes */
    struct script_result result; /* of the current step */
    uint8_t *result_data;   /* room for the results of one step */
    uint32_t result_data_max;
    uint64_t fault_esr, fault_far, fault_elr;
};

void script_init(struct script *script, const struct script_step *steps, uint32_t step_count, uint8_t *result_data,
                 uint32_t result_data_max);

/* 64-bit aligned accesses; `offset` is relative to the page. */
enum script_outcome script_read(struct script *script, uint64_t offset, uint32_t size, uint64_t *value);
enum script_outcome script_write(struct script *script, uint64_t offset, uint32_t size, uint64_t value);

/* Index of the step that was taken last; step_count when that was SCRIPT_STEP_END. */
uint32_t script_current(const struct script *script);

#ifdef __cplusplus
}
#endif

#endif
