/* SPDX-License-Identifier: BSD-3-Clause */
/* `ffa-cosim check-trace`: the checker alone, on text traces. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cosim/command.h"
#include "cosim/trace_check.h"

#define MOVES_TEXT_MAX 2048

struct mapped_file {
    const char *text;
    size_t size;
    char *copy; /* of what cannot be mapped (a pipe), else NULL */
};

static bool stream_read(int descriptor, struct mapped_file *file)
{
    size_t capacity = 1U << 16;
    file->copy = malloc(capacity);
    for (;;) {
        if (file->copy == NULL) {
            return false;
        }
        const ssize_t got = read(descriptor, file->copy + file->size, capacity - file->size);
        if (got <= 0) {
            file->text = file->copy;
            return got == 0;
        }
        file->size += (size_t)got;
        if (file->size == capacity) {
            capacity *= 2;
            char *grown = realloc(file->copy, capacity);
            if (grown == NULL) {
                free(file->copy);
            }
            file->copy = grown;
        }
    }
}

static bool file_map(const char *path, struct mapped_file *file)
{
    *file = (struct mapped_file){.text = ""};
    const int descriptor = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return false;
    }
    struct stat status;
    bool ok = fstat(descriptor, &status) == 0;
    if (ok && S_ISREG(status.st_mode) && status.st_size > 0) {
        file->size = (size_t)status.st_size;
        void *map = mmap(NULL, file->size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        ok = map != MAP_FAILED;
        file->text = ok ? map : "";
    } else if (ok) {
        ok = stream_read(descriptor, file);
    }
    const int error = errno;
    close(descriptor);
    errno = error;
    return ok;
}

static void file_unmap(struct mapped_file *file)
{
    if (file->copy != NULL) {
        free(file->copy);
    } else if (file->size != 0) {
        munmap((void *)(uintptr_t)file->text, file->size);
    }
}

static void finding_print(const struct trace_check *trace, const char *path,
                          const struct checker_finding *finding)
{
    char moves[MOVES_TEXT_MAX];
    trace_check_moves(trace, finding, moves, sizeof(moves));
    printf("%s:%" PRIu64 ": %s agent=%s pa=0x%" PRIx64 " bytes=%u moves=%s\n", path, finding->position,
           checker_rule_text((enum checker_rule)finding->rule), trace_check_agent(trace, finding),
           finding->pa, finding->bytes, moves);
}

static void finding_json(const struct trace_check *trace, const struct checker_finding *finding,
                         json_t *findings)
{
    char moves[MOVES_TEXT_MAX], pa[32];
    snprintf(pa, sizeof(pa), "0x%" PRIx64, finding->pa);
    trace_check_moves(trace, finding, moves, sizeof(moves));
    json_t *list = json_array();
    for (char *move = strtok(moves, ";"); move != NULL; move = strtok(NULL, ";")) {
        json_array_append_new(list, json_string(move));
    }
    json_t *object = json_object();
    json_object_set_new(object, "line", json_integer((json_int_t)finding->position));
    json_object_set_new(object, "rule", json_string(checker_rule_text((enum checker_rule)finding->rule)));
    json_object_set_new(object, "agent", json_string(trace_check_agent(trace, finding)));
    json_object_set_new(object, "pa", json_string(pa));
    json_object_set_new(object, "bytes", json_integer(finding->bytes));
    json_object_set_new(object, "moves", list);
    json_array_append_new(findings, object);
}

/* Checks one trace; `results` is the JSON array of files, or NULL for text. */
static int trace_run(struct trace_check *trace, const char *path, json_t *results)
{
    json_t *findings = results != NULL ? json_array() : NULL;
    uint64_t count = 0;
    const struct checker_finding *finding = NULL;
    enum trace_check_item item;
    while ((item = trace_check_next(trace, &finding)) == TRACE_CHECK_FINDING) {
        count++;
        if (findings != NULL) {
            finding_json(trace, finding, findings);
        } else {
            finding_print(trace, path, finding);
        }
    }
    if (item == TRACE_CHECK_DONE) {
        if (findings != NULL) {
            json_t *object = json_object();
            json_object_set_new(object, "file", json_string(path));
            json_object_set_new(object, "verdict", json_string(count == 0 ? "pass" : "fail"));
            json_object_set_new(object, "findings", findings);
            json_array_append_new(results, object);
        } else if (count == 0) {
            printf("%s: ok\n", path);
        } else {
            printf("%s: %" PRIu64 " findings\n", path, count);
        }
        return count == 0 ? 0 : 1;
    }
    json_decref(findings);
    fflush(stdout);
    const bool malformed = item == TRACE_CHECK_MALFORMED;
    (void)fprintf(stderr, "%s:%" PRIu64 ":%" PRIu64 ": %s\n", path, trace->reader.line,
                  malformed ? trace->reader.column : 1,
                  malformed ? trace->reader.error : "the trace needs more than the checker's limits allow");
    return 2;
}

static int trace_file(const char *path, json_t *results)
{
    struct mapped_file file;
    if (!file_map(path, &file)) {
        return command_mistake("%s: %s, expected a trace to read", path, strerror(errno));
    }
    struct trace_check *trace = malloc(sizeof(*trace));
    int status = 3;
    if (trace != NULL) {
        trace_check_init(trace, file.text, file.size);
        status = trace_run(trace, path, results);
        trace_check_release(trace);
        free(trace);
    }
    file_unmap(&file);
    return status;
}

int command_check_trace(int argc, char *argv[])
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    bool json = false;
    int option;
    optind = 1;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help_text("check-trace"), stdout);
            return 0;
        }
        if (option != 'j') {
            return 2;
        }
        json = true;
    }
    if (optind == argc) {
        return command_mistake("check-trace: expected a trace file (see `ffa-cosim check-trace --help`)");
    }
    json_t *results = json ? json_array() : NULL;
    int worst = 0;
    for (int i = optind; i < argc; i++) {
        const int status = trace_file(argv[i], results);
        worst = status > worst ? status : worst;
    }
    if (results != NULL) {
        json_dumpf(results, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(results);
    }
    return worst;
}
