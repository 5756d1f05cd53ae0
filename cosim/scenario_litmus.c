/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The step `litmus`: a program of a few events on one line of memory that was shared with a partition, from
 * the words of model/checker's traces (`ns w; ns civac; sp r`) to the codes of model/abi/script.h. Reads and
 * refuses; what the events do is firmware/common/litmus.S.
 */
#include <assert.h>
#include <string.h>

#include "cosim/scenario_operands.h"
#include "model/abi/script.h"

#define PROGRAM_TEXT_MAX 512
#define EVENT_TEXT_MAX   24
#define EVENT_BITS       4U

static const struct {
    const char *text;
    uint8_t code; /* enum script_litmus_event */
} events[] = {
    {"ns w", SCRIPT_LITMUS_WRITE},
    {"ns r", SCRIPT_LITMUS_READ},
    {"ns wn", SCRIPT_LITMUS_WRITE_NEIGHBOUR},
    {"ns rn", SCRIPT_LITMUS_READ_NEIGHBOUR},
    {"ns wnc", SCRIPT_LITMUS_WRITE_ALIAS},
    {"ns rnc", SCRIPT_LITMUS_READ_ALIAS},
    {"ns civac", SCRIPT_LITMUS_CIVAC},
    {"ns cvac", SCRIPT_LITMUS_CVAC},
    {"ns ivac", SCRIPT_LITMUS_IVAC},
    {"ns dsb", SCRIPT_LITMUS_DSB},
    {"ns isw", SCRIPT_LITMUS_ISW},
    {"ns cisw", SCRIPT_LITMUS_CISW},
    {"sp r", SCRIPT_LITMUS_PARTITION_READ},
    {"sp w", SCRIPT_LITMUS_PARTITION_WRITE},
};
#define EVENTS (sizeof(events) / sizeof(events[0]))

struct program {
    uint64_t codes;
    uint32_t count;
    uint32_t reads;
};

static bool is_read(uint8_t code)
{
    return code == SCRIPT_LITMUS_READ || code == SCRIPT_LITMUS_READ_NEIGHBOUR ||
           code == SCRIPT_LITMUS_READ_ALIAS || code == SCRIPT_LITMUS_PARTITION_READ;
}

static void events_expected(char *text, size_t size)
{
    const char *names[EVENTS + 1];
    for (size_t i = 0; i < EVENTS; i++) {
        names[i] = events[i].text;
    }
    names[EVENTS] = NULL;
    yaml_names_join(names, text, size);
}

/* A mistake in the text of a scalar is told where it stands there. */
static bool event_fail(struct yaml_document *document, const struct yaml_node *node, size_t at,
                       const char *what)
{
    char expected[256];
    struct yaml_node place = *node;
    place.column += (uint32_t)at;
    events_expected(expected, sizeof(expected));
    return yaml_fail(document, &place, "'%.32s' is no event, expected %s", what, expected);
}

/* The words from `text` on, `length` of them, with one space between two words and none around them. */
static void event_trim(const char *text, size_t length, char event[EVENT_TEXT_MAX])
{
    size_t used = 0;
    for (size_t i = 0; i < length && used < EVENT_TEXT_MAX - 1; i++) {
        const bool space = text[i] == ' ';
        if (!space || (used > 0 && event[used - 1] != ' ')) {
            event[used++] = text[i];
        }
    }
    while (used > 0 && event[used - 1] == ' ') {
        used--;
    }
    event[used] = '\0';
}

static bool event_read(struct yaml_document *document, const struct yaml_node *node, size_t at, size_t length,
                       struct program *program)
{
    char text[EVENT_TEXT_MAX];
    size_t index = 0;
    event_trim(node->text + at, length, text);
    while (index < EVENTS && strcmp(events[index].text, text) != 0) {
        index++;
    }
    if (index == EVENTS) {
        return event_fail(document, node, at + strspn(node->text + at, " "), text);
    }
    if (program->count == SCRIPT_LITMUS_EVENTS) {
        return yaml_fail(document, node, "the program is too long, expected at most %u events",
                         SCRIPT_LITMUS_EVENTS);
    }
    program->codes |= (uint64_t)events[index].code << (EVENT_BITS * program->count);
    program->count++;
    program->reads += is_read(events[index].code) ? 1 : 0;
    return true;
}

static bool program_read(struct yaml_document *document, const struct yaml_node *node,
                         struct program *program)
{
    const char *text = NULL;
    if (!yaml_text(document, node, PROGRAM_TEXT_MAX, &text)) {
        return false;
    }
    for (size_t at = 0;;) {
        const size_t length = strcspn(text + at, ";");
        if (!event_read(document, node, at, length, program)) {
            return false;
        }
        if (text[at + length] == '\0') {
            break;
        }
        at += length + 1;
    }
    return program->reads <= SCRIPT_LITMUS_READS ||
           yaml_fail(document, node, "the program has %u reads, expected at most %u", program->reads,
                     SCRIPT_LITMUS_READS);
}

/* What each read must return: the number of the event that wrote it, 0 before any. */
static bool values_read(struct yaml_document *document, const struct yaml_node *list, uint32_t reads,
                        struct scenario_step *step)
{
    static const char *const names[SCRIPT_LITMUS_READS] = {"read 1", "read 2", "read 3",
                                                           "read 4", "read 5", "read 6"};
    uint32_t index = 0;
    if (list == NULL) {
        return true;
    }
    if (list->kind != YAML_SEQUENCE || list->count != reads) {
        return yaml_fail(document, list, "expected a list of %u values, one for each read", reads);
    }
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next, index++) {
        assert(index < SCRIPT_LITMUS_READS);
        if (!scenario_number_expect(document, node, names[index], index, step)) {
            return false;
        }
    }
    return true;
}

bool scenario_litmus_read(struct scenario *scenario, const struct yaml_node *operands,
                          struct scenario_step *step)
{
    struct yaml_document *document = &scenario->document;
    const struct yaml_node *region = yaml_require(document, operands, "region");
    const struct yaml_node *to = yaml_require(document, operands, "to");
    const struct yaml_node *text = yaml_require(document, operands, "program");
    struct program program = {0};
    uint32_t slot = 0;
    uint64_t partition = 0;
    uint64_t offset = 0;
    if (region == NULL || to == NULL || text == NULL || !scenario_region_find(scenario, region, &slot) ||
        !scenario_region_offset(scenario, region, slot, 0, &offset) ||
        !yaml_u64(document, to, 0, UINT16_MAX, &partition) || !program_read(document, text, &program)) {
        return false;
    }
    operands_append_u64(step, slot);
    operands_append_u64(step, offset);
    operands_append_u64(step, partition);
    operands_append_u64(step, program.codes);
    return values_read(document, yaml_get(operands, "expect"), program.reads, step);
}
