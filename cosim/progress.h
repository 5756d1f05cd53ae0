/* SPDX-License-Identifier: BSD-3-Clause */
/* A progress bar on a terminal, for runs that last over a second. Writes to standard error only. */
#ifndef COSIM_PROGRESS_H
#define COSIM_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct progress {
    bool wanted; /* standard error is a terminal */
    bool shown;
    uint64_t start_ms;
};

void progress_begin(struct progress *progress);
void progress_show(struct progress *progress, uint32_t done, uint32_t count);
/* Takes the bar off the screen, before something else is printed and at the end. */
void progress_clear(struct progress *progress);

#ifdef __cplusplus
}
#endif

#endif
