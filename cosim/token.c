/* SPDX-License-Identifier: BSD-3-Clause */
/* The text of a token, read byte by byte: each refusal knows its place. */
#include "cosim/token.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/cache/cache_config.h"

#define VERSION     "v1:"
#define HASH_DIGITS 16

/* The agents' names; those of a PE's own are followed by its number. */
static const struct agent_name {
    const char *text;
    bool numbered;
} agent_names[AGENT_KIND_COUNT] = {
    [AGENT_PE] = {"pe", true},
    [AGENT_FETCH] = {"fetch", true},
    [AGENT_WALKER] = {"walker", true},
    [AGENT_SPMC] = {"spmc", false},
    [AGENT_PARTITION] = {"partition", false},
    [AGENT_DEVICE] = {"device", false},
};

static const char *const space_names[] = {[PA_SPACE_NON_SECURE] = "ns", [PA_SPACE_SECURE] = "s"};

struct reader {
    const char *text;
    size_t place;
    struct token_error *error;
};

static bool refuse(struct reader *reader, size_t place, const char *expected)
{
    reader->error->offset = place;
    snprintf(reader->error->text, sizeof(reader->error->text), "expected %s", expected);
    return false;
}

static char here(const struct reader *reader)
{
    return reader->text[reader->place];
}

/* The text goes on with these bytes; if so they are read. */
static bool take(struct reader *reader, const char *bytes)
{
    const size_t size = strlen(bytes);
    if (strncmp(reader->text + reader->place, bytes, size) != 0) {
        return false;
    }
    reader->place += size;
    return true;
}

/* Reads bytes that must stand here. The place of a refusal is the first one that differs. */
static bool demand(struct reader *reader, const char *bytes, const char *expected)
{
    for (const char *byte = bytes; *byte != '\0'; byte++, reader->place++) {
        if (here(reader) != *byte) {
            return refuse(reader, reader->place, expected);
        }
    }
    return true;
}

static bool name_byte(char byte)
{
    return byte > ' ' && byte <= '~' && byte != ':' && byte != ';';
}

bool token_name_fits(const char *name)
{
    size_t size = 0;
    while (size < TOKEN_NAME_MAX && name_byte(name[size])) {
        size++;
    }
    return size > 0 && size < TOKEN_NAME_MAX && name[size] == '\0';
}

static bool name_read(struct reader *reader, char name[TOKEN_NAME_MAX], const char *expected)
{
    size_t size = 0;
    while (name_byte(here(reader)) && size < TOKEN_NAME_MAX - 1) {
        name[size++] = here(reader);
        reader->place++;
    }
    name[size] = '\0';
    return size == 0 ? refuse(reader, reader->place, expected)
                     : demand(reader, ":", "':' after a name of at most 63 bytes");
}

static int digit_value(char byte, uint32_t base)
{
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    return base == 16 && byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* A number up to `max` without leading zeros. */
static bool number_read(struct reader *reader, uint32_t base, uint64_t max, uint64_t *value,
                        const char *expected)
{
    const size_t begin = reader->place;
    *value = 0;
    while (digit_value(here(reader), base) >= 0) {
        const uint64_t digit = (uint64_t)digit_value(here(reader), base);
        if (reader->place == begin + 1 && *value == 0) {
            return refuse(reader, begin, "a number without leading zeros");
        }
        if (digit > max || *value > (max - digit) / base) {
            return refuse(reader, begin, expected);
        }
        *value = *value * base + digit;
        reader->place++;
    }
    return reader->place != begin || refuse(reader, begin, expected);
}

static bool hash_read(struct reader *reader, uint64_t *hash)
{
    *hash = 0;
    for (uint32_t i = 0; i < HASH_DIGITS; i++, reader->place++) {
        const int digit = digit_value(here(reader), 16);
        if (digit < 0) {
            return refuse(reader, reader->place, "a hash of 16 hexadecimal digits in lower case");
        }
        *hash = *hash << 4 | (uint64_t)digit;
    }
    return demand(reader, ":", "':' after the hash");
}

static bool agent_read(struct reader *reader, struct token_position *position)
{
    const size_t begin = reader->place;
    for (uint32_t i = 0; i < AGENT_KIND_COUNT; i++) {
        if (!take(reader, agent_names[i].text)) {
            continue;
        }
        position->agent = (uint8_t)i;
        uint64_t pe = 0;
        if (agent_names[i].numbered &&
            !number_read(reader, 10, CACHE_PE_MAX - 1, &pe, "the number of a PE, 0 to 3")) {
            return false;
        }
        position->pe = (uint8_t)pe;
        return demand(reader, "@", "'@' after the agent");
    }
    return refuse(reader, begin, "an agent: pe0, fetch0, walker0, spmc, partition or device");
}

/* Up to the point after the position. */
static bool position_read(struct reader *reader, struct token_position *position)
{
    *position = (struct token_position){0};
    if (!agent_read(reader, position) ||
        !number_read(reader, 10, UINT64_MAX, &position->count, "a decimal number below 2^64") ||
        !demand(reader, ".", "'.' after the position")) {
        return false;
    }
    if (digit_value(here(reader), 10) < 0) {
        return true;
    }
    const size_t begin = reader->place;
    uint64_t ordinal = 0;
    if (!number_read(reader, 10, UINT32_MAX, &ordinal, "the number of an access, below 2^32")) {
        return false;
    }
    if (ordinal == 0) {
        return refuse(reader, begin, "the number of an access from 1: the first has none");
    }
    position->ordinal = (uint32_t)ordinal;
    return demand(reader, ".", "'.' after the position");
}

static bool move_kind_read(struct reader *reader, struct token_move *move)
{
    for (uint32_t kind = 0; kind <= CHECKER_MOVE_DRAIN; kind++) {
        if (take(reader, checker_move_text((enum checker_move_kind)kind))) {
            move->kind = (uint8_t)kind;
            return demand(reader, ".", "'.' after the move");
        }
    }
    return refuse(reader, reader->place,
                  "fill, drop, writeback, hold, complete, miss, drain, or read at the end");
}

static bool space_read(struct reader *reader, struct token_move *move)
{
    for (uint32_t space = 0; space < sizeof(space_names) / sizeof(space_names[0]); space++) {
        if (take(reader, space_names[space])) {
            move->space = (uint8_t)space;
            return demand(reader, ".", "'.' after the copy");
        }
    }
    return refuse(reader, reader->place, "a copy: ns or s");
}

static bool move_read(struct reader *reader, struct token_move *move)
{
    return move_kind_read(reader, move) && space_read(reader, move) &&
           demand(reader, "0x", "an address: 0x and hexadecimal digits") &&
           number_read(reader, 16, UINT64_MAX, &move->pa, "hexadecimal digits in lower case, at most 16") &&
           demand(reader, ";", "';' after a move");
}

static bool entries_read(struct reader *reader, struct token *token)
{
    for (;;) {
        const size_t begin = reader->place;
        struct token_position position;
        if (!position_read(reader, &position)) {
            return false;
        }
        if (take(reader, "read")) {
            token->read = position;
            return here(reader) == '\0' || refuse(reader, reader->place, "the end of the token after read");
        }
        if (token->move_count == TOKEN_MOVES_MAX) {
            return refuse(reader, begin, "at most 32 moves");
        }
        struct token_move *move = &token->moves[token->move_count++];
        *move = (struct token_move){.position = position};
        if (!move_read(reader, move)) {
            return false;
        }
    }
}

bool token_parse(const char *text, struct token *token, struct token_error *error)
{
    struct reader reader = {.text = text, .error = error};
    *token = (struct token){0};
    *error = (struct token_error){0};
    return demand(&reader, VERSION, "a token of version 1, which begins with v1:") &&
           name_read(&reader, token->scenario, "the name of a scenario, or boot") &&
           name_read(&reader, token->platform, "the name of a platform") &&
           hash_read(&reader, &token->hash) && entries_read(&reader, token);
}

size_t token_position_print(const struct token_position *position, char *text, size_t size)
{
    assert(position->agent < AGENT_KIND_COUNT);
    const struct agent_name *agent = &agent_names[position->agent];
    char number[8] = "", ordinal[16] = "";
    if (agent->numbered) {
        snprintf(number, sizeof(number), "%u", (unsigned)position->pe);
    }
    if (position->ordinal != 0) {
        snprintf(ordinal, sizeof(ordinal), ".%" PRIu32, position->ordinal);
    }
    const int printed =
        snprintf(text, size, "%s%s@%" PRIu64 "%s", agent->text, number, position->count, ordinal);
    assert(printed > 0);
    assert((size_t)printed < size);
    return (size_t)printed;
}

size_t token_print(const struct token *token, char text[TOKEN_TEXT_MAX])
{
    assert(token_name_fits(token->scenario));
    assert(token_name_fits(token->platform));
    assert(token->move_count <= TOKEN_MOVES_MAX);
    size_t size = (size_t)snprintf(text, TOKEN_TEXT_MAX, VERSION "%s:%s:%016" PRIx64 ":", token->scenario,
                                   token->platform, token->hash);
    for (uint32_t i = 0; i < token->move_count; i++) {
        const struct token_move *move = &token->moves[i];
        size += token_position_print(&move->position, text + size, TOKEN_TEXT_MAX - size);
        size += (size_t)snprintf(text + size, TOKEN_TEXT_MAX - size, ".%s.%s.0x%" PRIx64 ";",
                                 checker_move_text((enum checker_move_kind)move->kind),
                                 space_names[move->space], move->pa);
    }
    size += token_position_print(&token->read, text + size, TOKEN_TEXT_MAX - size);
    size += (size_t)snprintf(text + size, TOKEN_TEXT_MAX - size, ".read");
    assert(size < TOKEN_TEXT_MAX);
    return size;
}
