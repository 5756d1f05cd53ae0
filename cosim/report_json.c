/* SPDX-License-Identifier: BSD-3-Clause */
/* Findings as JSON: keys in a fixed order, addresses as "0x%x", bytes as lower-case hexadecimal, absent is
 * null. */
#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "cosim/report.h"
#include "model/platform/platform_file.h"

FILE *report_open(const char *path)
{
    return strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
}

bool report_close(FILE *file)
{
    const bool failed = ferror(file) != 0 || fflush(file) != 0;
    return (file == stdout || fclose(file) == 0) && !failed;
}

static void put(json_t *object, const char *key, json_t *value)
{
    assert(value != NULL);
    const int status = json_object_set_new(object, key, value);
    assert(status == 0);
}

static json_t *text_or_null(const char *text)
{
    if (text == NULL || text[0] == '\0') {
        return json_null();
    }
    json_t *value = json_string(text);
    return value != NULL ? value : json_null(); /* a name from a file that is no UTF-8 */
}

static json_t *address(uint64_t value)
{
    char text[32];
    (void)snprintf(text, sizeof(text), "0x%" PRIx64, value);
    return json_string(text);
}

static json_t *bytes_text(const uint8_t *bytes, uint32_t size)
{
    char text[2 * GOLDEN_VALUE_MAX + 1] = "";
    if (size == 0) {
        return json_null();
    }
    for (uint32_t i = 0; i < size && i < GOLDEN_VALUE_MAX; i++) {
        (void)snprintf(text + (size_t)2 * i, 3, "%02x", bytes[i]);
    }
    return json_string(text);
}

static json_t *line_or_null(uint32_t line)
{
    return line == 0 ? json_null() : json_integer(line);
}

static void code_put(json_t *object, const struct symbol_code *code)
{
    put(object, "function", text_or_null(code->function));
    put(object, "file", text_or_null(code->file));
    put(object, "line", line_or_null(code->line));
}

/* "pe0@72800 memcpy (firmware/common/memory.c:26)": who wrote, after how many instructions, where. */
static json_t *writer_json(const struct finding_writer *writer)
{
    if (writer->loaded) {
        return json_string("loader");
    }
    if (!writer->known) {
        return json_null();
    }
    char code[FINDING_TEXT_MAX], text[FINDING_TEXT_MAX + AGENT_TEXT_MAX + 32];
    finding_code_text(&writer->code, writer->pc, code, sizeof(code));
    (void)snprintf(text, sizeof(text), "%s@%" PRIu64 " %s", writer->agent, writer->position, code);
    return text_or_null(text);
}

/* What a scenario's `by` names: the culprit's function, or its operation where no name is known. */
static json_t *culprit_json(const struct finding_culprit *by)
{
    if (!by->known) {
        return json_null();
    }
    return by->code.function[0] != '\0' ? text_or_null(by->code.function) : json_string(by->op);
}

static json_t *moves_json(const struct finding *finding)
{
    json_t *array = json_array();
    for (uint32_t i = 0; i < finding->move_count; i++) {
        const int status = json_array_append_new(array, json_string(finding->moves[i].text));
        assert(status == 0);
    }
    return array;
}

static json_t *copies_json(const struct finding *finding)
{
    json_t *object = json_object();
    for (uint32_t i = 0; i < finding->copies_count; i++) {
        char name[32];
        finding_copy_name(&finding->copies[i], name, sizeof(name));
        put(object, name, json_string(finding_copy_state(&finding->copies[i])));
    }
    return object;
}

static json_t *finding_json(const struct finding *finding)
{
    json_t *object = json_object();
    put(object, "rule", json_string(prove_rule_text(finding->rule)));
    put(object, "severity", json_string(finding_severity_text(finding->severity)));
    put(object, "after", text_or_null(finding->after));
    put(object, "owner", json_string(byte_owner_text(finding->owner)));
    put(object, "agent", finding->at_end ? json_null() : json_string(finding->agent));
    put(object, "pa", address(finding->pa));
    put(object, "va", finding->at_end ? json_null() : address(finding->va));
    put(object, "size", json_integer(finding->size));
    put(object, "pc", finding->at_end ? json_null() : address(finding->pc));
    code_put(object, &finding->code);
    put(object, "golden", bytes_text(finding->golden, finding->value_size));
    put(object, "observed", bytes_text(finding->observed, finding->observed_known ? finding->value_size : 0));
    put(object, "golden_writer", writer_json(&finding->golden_writer));
    put(object, "observed_writer", writer_json(&finding->observed_writer));
    put(object, "by", culprit_json(&finding->by));
    put(object, "moves", moves_json(finding));
    put(object, "copies", copies_json(finding));
    put(object, "token", text_or_null(finding->token));
    put(object, "message", text_or_null(finding->message));
    put(object, "count", json_integer((json_int_t)(finding->count + finding->lines_lost)));
    put(object, "replay", text_or_null(finding->replay));
    return object;
}

static json_t *case_json(const struct run_case *run_case)
{
    static const char *const modes[] = {[MACHINE_MODE_GOLDEN] = "golden",
                                        [MACHINE_MODE_CACHED] = "replay",
                                        [MACHINE_MODE_PROVE] = "prove",
                                        [MACHINE_MODE_TOKEN] = "token"};
    const bool ran = run_case_end_text(run_case) != NULL;
    json_t *object = json_object();
    put(object, "scenario", text_or_null(run_case->scenario.path));
    put(object, "verdict", json_string(run_case->passed ? "pass" : "fail"));
    put(object, "mode", json_string(modes[run_case->options->mode]));
    put(object, "end", text_or_null(run_case_end_text(run_case)));
    put(object, "instructions", ran ? json_integer((json_int_t)run_case->result->instructions) : json_null());
    put(object, "events", ran ? json_integer((json_int_t)run_case->result->events) : json_null());
    json_t *findings = json_array();
    for (uint32_t i = 0; ran && i < run_case->findings->count; i++) {
        const int status = json_array_append_new(findings, finding_json(&run_case->findings->entries[i]));
        assert(status == 0);
    }
    put(object, "findings", findings);
    return object;
}

bool report_json(const char *path, const struct run_case *cases, uint32_t count)
{
    FILE *file = report_open(path);
    if (file == NULL) {
        return false;
    }
    json_t *array = json_array();
    for (uint32_t i = 0; i < count; i++) {
        const int status = json_array_append_new(array, case_json(&cases[i]));
        assert(status == 0);
    }
    const bool written = json_dumpf(array, file, JSON_INDENT(2) | JSON_PRESERVE_ORDER) == 0;
    (void)fputc('\n', file);
    json_decref(array);
    return report_close(file) && written;
}
