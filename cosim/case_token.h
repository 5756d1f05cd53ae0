/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tokens of a case: made of what prove found, and taken for what is to be run. What a token says is in
 * token.h.
 */
#ifndef COSIM_CASE_TOKEN_H
#define COSIM_CASE_TOKEN_H

#include <stdbool.h>

#include "cosim/run_case.h"
#include "cosim/token.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Every error that prove found gets its token, or a reason why there is none. */
void case_tokens_make(struct run_case *run_case);

/* The moves of a token become those of the request. False: a move is outside memory; `error` says which. */
bool case_token_take(struct run_case *run_case, const struct token *token, char *error, size_t size);

/* The run that the token was made of? False: `error` says what differs. */
bool case_token_fits(const struct run_case *run_case, const struct token *token, char *error, size_t size);

#ifdef __cplusplus
}
#endif

#endif
