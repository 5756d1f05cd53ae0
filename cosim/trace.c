/* SPDX-License-Identifier: BSD-3-Clause */
#include "cosim/trace.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINE_DEFAULT 64
#define SHOWN_MAX    32 /* bytes of a word that an error message quotes */

struct word {
    const char *text;
    uint32_t size; /* 0: the line has no more words */
};

void trace_reader_init(struct trace_reader *reader, const char *text, size_t size)
{
    *reader = (struct trace_reader){.text = text, .size = size, .config = {.line = LINE_DEFAULT}};
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/* The next word of the line; a comment ends the line. */
static inline struct word word_next(struct trace_reader *reader)
{
    const char *text = reader->text;
    size_t place = reader->place;
    const size_t size = reader->size;
    while (place < size && is_space(text[place])) {
        place++;
    }
    const size_t begin = place;
    while (place < size && !is_space(text[place]) && text[place] != '\n' && text[place] != '#') {
        place++;
    }
    reader->place = place;
    const size_t length = place - begin;
    return (struct word){.text = text + begin, .size = length > UINT32_MAX ? UINT32_MAX : (uint32_t)length};
}

static bool word_is(struct word word, const char *text)
{
    return word.size == strlen(text) && memcmp(word.text, text, word.size) == 0;
}

/* Notes the mistake at the word; an empty word stands for the end of the line. */
static enum trace_item malformed(struct trace_reader *reader, struct word word, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reader->error, sizeof(reader->error), format, arguments);
    va_end(arguments);
    for (char *c = reader->error; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || (unsigned char)*c > '~') {
            *c = '?';
        }
    }
    reader->column = (uint64_t)(word.text - (reader->text + reader->line_begin)) + 1;
    return TRACE_MALFORMED;
}

static int shown(struct word word)
{
    return word.size < SHOWN_MAX ? (int)word.size : SHOWN_MAX;
}

/* Decimal or 0x hexadecimal, at most 64 bits. */
static inline bool number_read(struct word word, uint64_t *value)
{
    uint64_t result = 0;
    if (word.size > 2 && word.text[0] == '0' && (word.text[1] | 0x20) == 'x') {
        for (uint32_t i = 2; i < word.size; i++) {
            const char c = word.text[i];
            const char letter = (char)(c | 0x20);
            uint64_t digit = 0;
            if (c >= '0' && c <= '9') {
                digit = (uint64_t)(c - '0');
            } else if (letter >= 'a' && letter <= 'f') {
                digit = (uint64_t)(letter - 'a') + 10;
            } else {
                return false;
            }
            if (result >> 60 != 0) {
                return false;
            }
            result = result << 4 | digit;
        }
    } else {
        for (uint32_t i = 0; i < word.size; i++) {
            if (word.text[i] < '0' || word.text[i] > '9' || __builtin_mul_overflow(result, 10, &result) ||
                __builtin_add_overflow(result, (uint64_t)(word.text[i] - '0'), &result)) {
                return false;
            }
        }
    }
    *value = result;
    return word.size != 0;
}

struct operation {
    const char *text;
    uint8_t kind; /* enum checker_event_kind; CHECKER_EVENT_KIND_COUNT: no event */
    bool has_address;
    bool has_size;
    bool within_line;
    bool cacheable_only;
};

static const struct operation operations[] = {
    {"r", CHECKER_READ, true, true, true, false},
    {"w", CHECKER_WRITE, true, true, true, false},
    {"r.nc", CHECKER_READ_NC, true, true, true, true},
    {"w.nc", CHECKER_WRITE_NC, true, true, true, true},
    {"cvac", CHECKER_CVAC, true, false, false, true},
    {"civac", CHECKER_CIVAC, true, false, false, true},
    {"ivac", CHECKER_IVAC, true, false, false, true},
    {"zva", CHECKER_ZVA, true, false, false, true},
    {"csw", CHECKER_CSW, false, false, false, true},
    {"isw", CHECKER_ISW, false, false, false, true},
    {"cisw", CHECKER_CISW, false, false, false, true},
    {"dsb", CHECKER_DSB, false, false, false, false},
    {"dmb", CHECKER_DMB, false, false, false, false},
    {"smc", CHECKER_EVENT_KIND_COUNT, false, false, false, false},
    {"map", CHECKER_MAP, true, true, false, true},
    {"unmap", CHECKER_UNMAP, true, true, false, true},
};
#define OPERATION_COUNT (sizeof(operations) / sizeof(operations[0]))

static inline const struct operation *operation_find(struct word word)
{
    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        const char *text = operations[i].text;
        if (word.size > 0 && word.text[0] == text[0] && word_is(word, text)) {
            return &operations[i];
        }
    }
    return NULL;
}

static inline int32_t agent_find(const struct trace_reader *reader, struct word name)
{
    for (uint32_t i = 0; i < reader->config.agent_count; i++) {
        if (reader->name_sizes[i] == name.size && memcmp(reader->names[i], name.text, name.size) == 0) {
            return (int32_t)i;
        }
    }
    return -1;
}

static enum trace_item rest_is_empty(struct trace_reader *reader, enum trace_item item)
{
    const struct word extra = word_next(reader);
    if (extra.size != 0) {
        return malformed(reader, extra, "'%.*s' is more than this line takes", shown(extra), extra.text);
    }
    return item;
}

static enum trace_item operands_read(struct trace_reader *reader, const struct operation *operation)
{
    struct checker_event *event = &reader->event;
    struct word word = word_next(reader);
    if (!number_read(word, &event->pa)) {
        return malformed(reader, word, "expected an address of at most 64 bits after '%s'", operation->text);
    }
    if (!operation->has_size) {
        return TRACE_EVENT;
    }
    const struct word address = word;
    word = word_next(reader);
    if (!number_read(word, &event->size) || event->size == 0) {
        return malformed(reader, word, "expected a size in bytes, at least 1, after the address");
    }
    if (event->pa + (event->size - 1) < event->pa) {
        return malformed(reader, word, "the range reaches beyond 64 bits of address");
    }
    const uint64_t line = reader->config.line;
    if (operation->within_line && (event->size > line || (event->pa & (line - 1)) + event->size > line)) {
        return malformed(reader, address, "the access crosses a line of %u bytes", reader->config.line);
    }
    return TRACE_EVENT;
}

static enum trace_item event_read(struct trace_reader *reader, struct word name)
{
    const int32_t agent = agent_find(reader, name);
    if (agent < 0) {
        return malformed(reader, name, "'%.*s' is no declared agent and no word of the format", shown(name),
                         name.text);
    }
    const struct word word = word_next(reader);
    const struct operation *operation = operation_find(word);
    if (operation == NULL) {
        return malformed(
            reader, word,
            "expected what the agent does: r, w, r.nc, w.nc, cvac, civac, ivac, zva, csw, isw, cisw, "
            "dsb, dmb, smc, map or unmap");
    }
    const uint8_t kind = reader->config.agents[agent].kind;
    if (operation->cacheable_only && kind != CHECKER_AGENT_WB && kind != CHECKER_AGENT_WB_ALIAS) {
        return malformed(reader, word, "'%s' is for agents with a cacheable mapping (wb, wb-alias)",
                         operation->text);
    }
    if (!reader->begun) {
        const char *error = checker_config_error(&reader->config);
        if (error != NULL) {
            return malformed(reader, name, "%s", error);
        }
        reader->begun = true;
    }
    reader->event =
        (struct checker_event){.position = reader->line, .kind = operation->kind, .agent = (uint8_t)agent};
    if (operation->has_address && operands_read(reader, operation) == TRACE_MALFORMED) {
        return TRACE_MALFORMED;
    }
    return rest_is_empty(reader, TRACE_EVENT);
}

static bool name_is_keyword(struct word name)
{
    static const char *const words[] = {"line", "elsewhere", "agent", "end"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (word_is(name, words[i])) {
            return true;
        }
    }
    return operation_find(name) != NULL;
}

static enum trace_item agent_declare(struct trace_reader *reader, struct word name, struct word kind,
                                     struct word pe)
{
    static const char *const kinds[] = {
        [CHECKER_AGENT_WB] = "wb",
        [CHECKER_AGENT_WB_ALIAS] = "wb-alias",
        [CHECKER_AGENT_NC] = "nc",
        [CHECKER_AGENT_NC_BUFFERED] = "nc-buffered",
    };
    uint32_t number = 0;
    while (number < sizeof(kinds) / sizeof(kinds[0]) && !word_is(kind, kinds[number])) {
        number++;
    }
    if (number == sizeof(kinds) / sizeof(kinds[0])) {
        return malformed(reader, kind, "expected a kind of agent: wb, wb-alias, nc or nc-buffered");
    }
    uint64_t pe_number = 0;
    if (pe.size != 0) {
        const struct word digits = {.text = pe.text + 3, .size = pe.size > 3 ? pe.size - 3 : 0};
        if (pe.size < 4 || memcmp(pe.text, "pe=", 3) != 0 || !number_read(digits, &pe_number) ||
            pe_number >= CHECKER_PES_MAX) {
            return malformed(reader, pe, "expected pe=N with N from 0 to %d", CHECKER_PES_MAX - 1);
        }
    }
    if (reader->config.agent_count == CHECKER_AGENTS_MAX) {
        return malformed(reader, name, "there are more than %d agents", CHECKER_AGENTS_MAX);
    }
    const uint32_t agent = reader->config.agent_count++;
    reader->config.agents[agent] = (struct checker_agent){.kind = (uint8_t)number, .pe = (uint8_t)pe_number};
    memcpy(reader->names[agent], name.text, name.size);
    reader->name_sizes[agent] = (uint8_t)name.size;
    return rest_is_empty(reader, TRACE_FINISHED);
}

static enum trace_item agent_read(struct trace_reader *reader)
{
    const struct word name = word_next(reader);
    if (name.size == 0 || name.size >= TRACE_NAME_MAX) {
        return malformed(reader, name, "expected a name for the agent, of at most %d bytes",
                         TRACE_NAME_MAX - 1);
    }
    if (name_is_keyword(name)) {
        return malformed(reader, name, "'%.*s' is a word of the format and names no agent", shown(name),
                         name.text);
    }
    if (agent_find(reader, name) >= 0) {
        return malformed(reader, name, "agent '%.*s' is declared twice", shown(name), name.text);
    }
    const struct word kind = word_next(reader);
    const struct word pe = word_next(reader);
    return agent_declare(reader, name, kind, pe);
}

static enum trace_item line_read(struct trace_reader *reader, struct word keyword)
{
    const struct word word = word_next(reader);
    uint64_t size = 0;
    if (reader->line_declared) {
        return malformed(reader, keyword, "the line size is declared twice");
    }
    if (!number_read(word, &size) || size < 16 || size > 2048 || (size & (size - 1)) != 0) {
        return malformed(reader, word, "expected a line size: a power of two from 16 to 2048");
    }
    reader->line_declared = true;
    reader->config.line = (uint32_t)size;
    return rest_is_empty(reader, TRACE_FINISHED);
}

/* Declarations answer TRACE_FINISHED: there is no event in the line. */
static enum trace_item declaration_read(struct trace_reader *reader, struct word word)
{
    if (reader->begun) {
        return malformed(reader, word, "'%.*s' must stand before the first event", shown(word), word.text);
    }
    if (word_is(word, "line")) {
        return line_read(reader, word);
    }
    if (word_is(word, "agent")) {
        return agent_read(reader);
    }
    reader->config.elsewhere = true;
    return rest_is_empty(reader, TRACE_FINISHED);
}

static enum trace_item line_item(struct trace_reader *reader, struct word first)
{
    if (reader->ended) {
        return malformed(reader, first, "nothing may follow 'end'");
    }
    if (agent_find(reader, first) >= 0) {
        return event_read(reader, first);
    }
    if (word_is(first, "end")) {
        reader->ended = true;
        return rest_is_empty(reader, TRACE_AUDIT);
    }
    if (word_is(first, "line") || word_is(first, "agent") || word_is(first, "elsewhere")) {
        return declaration_read(reader, first);
    }
    return event_read(reader, first);
}

static void line_skip(struct trace_reader *reader)
{
    if (reader->place < reader->size && reader->text[reader->place] == '\n') {
        reader->place++;
        return;
    }
    const char *end = memchr(reader->text + reader->place, '\n', reader->size - reader->place);
    reader->place = end != NULL ? (size_t)(end - reader->text) + 1 : reader->size;
}

enum trace_item trace_reader_next(struct trace_reader *reader)
{
    while (reader->place < reader->size) {
        reader->line++;
        reader->line_begin = reader->place;
        const struct word first = word_next(reader);
        if (first.size == 0) {
            line_skip(reader);
            continue;
        }
        const enum trace_item item = line_item(reader, first);
        if (item == TRACE_MALFORMED) {
            return item;
        }
        line_skip(reader);
        const bool nothing = item == TRACE_EVENT && reader->event.kind == CHECKER_EVENT_KIND_COUNT;
        if (item != TRACE_FINISHED && !nothing) {
            return item;
        }
    }
    return TRACE_FINISHED;
}
