/* SPDX-License-Identifier: BSD-3-Clause */
#include "cosim/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define PROGRESS_DELAY_MS 1000
#define PROGRESS_WIDTH    30

static uint64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void progress_begin(struct progress *progress)
{
    *progress = (struct progress){.wanted = isatty(STDERR_FILENO) == 1, .start_ms = now_ms()};
}

void progress_show(struct progress *progress, uint32_t done, uint32_t count)
{
    const uint64_t elapsed_ms = now_ms() - progress->start_ms;
    if (!progress->wanted || elapsed_ms < PROGRESS_DELAY_MS || count == 0) {
        return;
    }
    char bar[PROGRESS_WIDTH + 1];
    const uint32_t filled = (uint32_t)((uint64_t)done * PROGRESS_WIDTH / count);
    for (uint32_t i = 0; i < PROGRESS_WIDTH; i++) {
        bar[i] = i < filled ? '#' : '.';
    }
    bar[PROGRESS_WIDTH] = '\0';
    (void)fprintf(stderr, "\r[%s] %u of %u, %llu s\033[K", bar, done, count,
                  (unsigned long long)(elapsed_ms / 1000));
    (void)fflush(stderr);
    progress->shown = true;
}

void progress_clear(struct progress *progress)
{
    if (progress->shown) {
        (void)fputs("\r\033[K", stderr);
        (void)fflush(stderr);
        progress->shown = false;
    }
}
