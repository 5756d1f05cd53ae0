/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the replay of a token showed: whether the read that prove told of went wrong there too, and what that
 * did to the program. Compares results of runs; runs nothing.
 */
#ifndef COSIM_REPLAY_JUDGE_H
#define COSIM_REPLAY_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cosim/run_case.h"
#include "model/platform/machine.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The record of the data-carrying caches that shows what the proof tells of. `itself`: the same reader at the
 * same place on the same line, or for bytes that nobody read any record of the line. Not itself: an event
 * before it that its record merges, in the same page and by the same instruction. `consequence`: the proof
 * stands behind an earlier stale read, after which the program may go another way and the other moves have no
 * place; then any stale read up to there will do. NULL: not shown.
 */
struct replay_evidence {
    const struct golden_finding *record;
    bool itself;
};
struct replay_evidence replay_shown(const struct prove_finding *proof, bool consequence, uint32_t line,
                                    const struct machine_result *replay);

/* What became of the program, against the run on golden memory: one clause. */
#define REPLAY_UNNOTICED "the program did not notice"
void replay_consequence(const struct run_case *run_case, const struct machine_result *golden,
                        const struct machine_result *replay, char *text, size_t size);

/* Why a move was not made: "move 2 of 3 was not made: ...". */
void replay_move_failure(const struct machine_result *replay, uint32_t move_count, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
