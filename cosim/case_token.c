/* SPDX-License-Identifier: BSD-3-Clause */
#include "cosim/case_token.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct token_position position_of(const struct access_where *where)
{
    return (struct token_position){
        .count = where->count, .ordinal = where->ordinal, .agent = where->agent, .pe = where->pe};
}

/* Why a proof has no token; NULL: it has one. */
static const char *token_refusal(const struct run_case *run_case, const struct prove_finding *proof)
{
    if (!finding_rule_is_data((enum prove_rule)proof->rule)) {
        return "not replayed: a contract, which no byte shows";
    }
    const bool other_copy = proof->copy != PROVE_COPY_DATA;
    if (!proof->at_end &&
        (other_copy || proof->site.where.agent == AGENT_FETCH || proof->site.where.agent == AGENT_WALKER)) {
        return "not replayed: the instruction side (translation) has no data-carrying copy";
    }
    if (run_case->request.keyboard_fd >= 0) {
        return "not replayed: what was typed cannot be repeated";
    }
    if (!run_case->values_known) {
        return "not replayed: interrupted";
    }
    if (proof->move_count == 0) {
        return "not replayed: its moves are not known, for more lines were found than are tracked";
    }
    const bool called_boot = strcmp(run_case->scenario.name, "boot") == 0;
    if (called_boot && run_case->options->boot_line == NULL) {
        return "not replayed: a token of a scenario called boot would be one of a boot run";
    }
    if (!token_name_fits(run_case->scenario.name) || !token_name_fits(run_case->platform.name)) {
        return "not replayed: the name of the scenario or platform does not fit a token";
    }
    return NULL;
}

static void token_fill(const struct run_case *run_case, const struct prove_finding *proof, uint64_t hash,
                       struct token *token)
{
    *token = (struct token){.hash = hash, .move_count = proof->move_count};
    (void)snprintf(token->scenario, sizeof(token->scenario), "%s", run_case->scenario.name);
    (void)snprintf(token->platform, sizeof(token->platform), "%s", run_case->platform.name);
    for (uint32_t i = 0; i < proof->move_count; i++) {
        const struct prove_move *move = &proof->moves[i];
        token->moves[i] = (struct token_move){
            .position = position_of(&move->where), .pa = move->pa, .kind = move->kind, .space = move->space};
    }
    token->read = position_of(&proof->site.where);
}

void case_tokens_make(struct run_case *run_case)
{
    if (findings_errors(run_case->findings) == 0) {
        return;
    }
    const uint64_t hash = token_run_hash(&run_case->request);
    for (uint32_t i = 0; i < run_case->findings->count; i++) {
        struct finding *finding = &run_case->findings->entries[i];
        if (finding->severity != FINDING_ERROR) {
            continue;
        }
        const struct prove_finding *proof = &run_case->result->proofs[finding->record];
        const char *refusal = token_refusal(run_case, proof);
        if (refusal != NULL) {
            (void)snprintf(finding->replay, sizeof(finding->replay), "%s", refusal);
            continue;
        }
        struct token token;
        char text[TOKEN_TEXT_MAX];
        token_fill(run_case, proof, hash, &token);
        const size_t size = token_print(&token, text);
        assert(size < sizeof(finding->token));
        memcpy(finding->token, text, size + 1);
        finding->replay_wanted = true;
    }
}

static bool in_memory(const struct platform_config *platform, uint64_t pa)
{
    for (uint32_t i = 0; i < platform->ram_count; i++) {
        if (pa >= platform->ram[i].pa && pa - platform->ram[i].pa < platform->ram[i].size) {
            return true;
        }
    }
    return false;
}

bool case_token_take(struct run_case *run_case, const struct token *token, char *error, size_t size)
{
    static_assert(MACHINE_MOVES_MAX >= TOKEN_MOVES_MAX, "a request has room for the moves of a token");
    for (uint32_t i = 0; i < token->move_count; i++) {
        const struct token_move *move = &token->moves[i];
        if (!in_memory(&run_case->platform, move->pa)) {
            (void)snprintf(error, size, "move %u is at 0x%" PRIx64 ", expected an address in memory", i + 1,
                           move->pa);
            return false;
        }
        run_case->moves[i] = (struct prove_move){
            .where = {.count = move->position.count,
                      .ordinal = move->position.ordinal,
                      .agent = move->position.agent,
                      .pe = move->position.pe},
            .pa = move->pa,
            .kind = move->kind,
            .space = move->space,
            .pe = move->position.pe,
        };
    }
    run_case->request.moves = run_case->moves;
    run_case->request.move_count = token->move_count;
    run_case->request.tracked_lines = NULL; /* the lines of moves are tracked by themselves */
    run_case->request.tracked_count = 0;
    return true;
}

bool case_token_fits(const struct run_case *run_case, const struct token *token, char *error, size_t size)
{
    const uint64_t hash = token_run_hash(&run_case->request);
    if (strcmp(token->platform, run_case->platform.name) != 0) {
        (void)snprintf(error, size,
                       "the token was made on platform %s, this run is on %s, expected --platform %s",
                       token->platform, run_case->platform.name, token->platform);
        return false;
    }
    if (token->hash != hash) {
        const char *options =
            run_case->options->boot_line != NULL ? "the options of boot" : "--platform, --firmware and --set";
        (void)snprintf(error, size,
                       "the token was made of another run: image, platform, scenario or input differ (hash "
                       "%016" PRIx64 ", expected %016" PRIx64 "); %s must be repeated",
                       hash, token->hash, options);
        return false;
    }
    return true;
}
