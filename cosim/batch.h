/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Many cases, some at a time: opens them in order, runs as many as `jobs` allows, and hands them over in
 * order when they are done, with a progress bar and Ctrl-C. It knows neither where cases come from nor what
 * is reported of them.
 */
#ifndef COSIM_BATCH_H
#define COSIM_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "cosim/run_case.h"

#ifdef __cplusplus
extern "C" {
#endif

struct batch {
    uint32_t count;
    uint32_t jobs;          /* at least 1 */
    struct run_case *cases; /* `count`, zeroed; the caller closes the first `opened` */
    void *context;
    /* Calls run_case_open() for case `index`; false: the case is over, its status and text say why. */
    bool (*open)(void *context, struct run_case *run_case, uint32_t index);
    /* In the order of the indexes. It may call run_case_release(). */
    void (*done)(void *context, struct run_case *run_case, uint32_t index);
    uint32_t opened;
    uint32_t reported;
};

/* Returns false after Ctrl-C: then only the first `opened` cases have run, in part. */
bool batch_run(struct batch *batch);

#ifdef __cplusplus
}
#endif

#endif
