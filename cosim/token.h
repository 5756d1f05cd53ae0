/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tokens: one line of text that replays one finding (ARCHITECTURE.md tells how).
 *
 *     v1:<scenario>:<platform>:<hash>:<position>.<move>.<copy>.<pa>;...;<position>.read
 *
 *     position   <agent>@<n>[.<k>]: n instructions retired by a PE, or n accesses made by any other agent; k
 *                tells the accesses of one instruction apart, from 1; without it the first is meant
 *     agent      pe0 fetch0 walker0 (and other numbers of PEs), spmc, partition, device
 *     move       fill drop writeback hold complete miss drain; just before what happens at the position, hold
 *                and miss of it
 *     copy       ns or s: the PA space
 *     pa         0x and hexadecimal digits: the first stale byte
 *     hash       16 hexadecimal digits: what the run was made of
 *
 * There is one text for one token: digits are lower case and numbers have no leading zeros, so that what has
 * been read prints as it was. Reads and prints; the run, the caches and the checker are not touched.
 */
#ifndef COSIM_TOKEN_H
#define COSIM_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/bus/access.h"
#include "model/checker/checker.h"
#include "model/platform/machine.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOKEN_NAME_MAX  64 /* bytes of a scenario's or platform's name, the NUL included */
#define TOKEN_MOVES_MAX 32
#define TOKEN_TEXT_MAX  4096 /* every token fits, the NUL included */
#define TOKEN_ERROR_MAX 128

struct token_position {
    uint64_t count;   /* instructions or accesses before it */
    uint32_t ordinal; /* of the access in its instruction, from 0 */
    uint8_t agent;    /* enum agent_kind */
    uint8_t pe;       /* of AGENT_PE, AGENT_FETCH and AGENT_WALKER; else 0 */
};

struct token_move {
    struct token_position position;
    uint64_t pa;
    uint8_t kind;  /* enum checker_move_kind */
    uint8_t space; /* enum pa_space */
};

struct token {
    char scenario[TOKEN_NAME_MAX]; /* "boot" for boot runs */
    char platform[TOKEN_NAME_MAX];
    uint64_t hash;
    uint32_t move_count;
    struct token_move moves[TOKEN_MOVES_MAX]; /* in the order in which they are made */
    struct token_position read;
};

struct token_error {
    size_t offset;              /* of the first byte that does not fit, from 0 */
    char text[TOKEN_ERROR_MAX]; /* "expected ..." */
};

/* The whole text is one token (it ends with a NUL). False: `error` says where it stops being one, and why. */
bool token_parse(const char *text, struct token *token, struct token_error *error);

/* Prints a token whose fields are in range; returns its length. */
size_t token_print(const struct token *token, char text[TOKEN_TEXT_MAX]);

/* A name that a token can hold: 1 to TOKEN_NAME_MAX - 1 printable bytes, none of them a space, `:` or `;`. */
bool token_name_fits(const char *name);

/* The position as a token writes it, "pe0@123.1"; returns its length. */
size_t token_position_print(const struct token_position *position, char *text, size_t size);

/*
 * What the run is made of: what is loaded and entered, the platform but for its texts, the steps of the
 * scenario and the console script. Not what only watches or limits the run. The platform must have been
 * filled into zeroed memory, as platform_file.h does.
 */
uint64_t token_run_hash(const struct machine_request *request);

#ifdef __cplusplus
}
#endif

#endif
