/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs cases in child processes, at most `jobs` at a time: one child per pass, its result in memory shared
 * with this process. A child that dies is an internal error of its case. Ctrl-C stops every child at its next
 * instruction, and what they know by then is reported.
 */
#ifndef COSIM_ENGINE_H
#define COSIM_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "cosim/run_case.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Calls machine_run() in a child. Waits for a place first. */
struct engine;

struct engine *engine_create(uint32_t jobs, uint32_t case_count);
void engine_destroy(struct engine *engine);

/* Waits until at least one more case is done, or a tenth of a second has passed. True while cases are
 * running. */
bool engine_wait(struct engine *engine);
/* True if another case can be started now. */
bool engine_has_place(const struct engine *engine);
void engine_start(struct engine *engine, struct run_case *run_case);

bool engine_interrupted(void);
uint32_t engine_jobs_default(void);

#ifdef __cplusplus
}
#endif

#endif
