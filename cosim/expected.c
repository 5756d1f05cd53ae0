/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The golden event text of a scenario, in the file `.expected` beside it, and its promotion. Differences are
 * told as the lines between the common head and the common tail of both texts.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cosim/locate.h"
#include "cosim/run_case.h"

#define EXPECTED_CONTEXT   3
#define EXPECTED_SHOWN_MAX 100 /* lines of either side that a difference shows */

static void expected_path(const char *scenario_path, char path[LOCATE_PATH_MAX])
{
    const size_t size = strlen(scenario_path);
    const bool yaml = size > 5 && strcmp(scenario_path + size - 5, ".yaml") == 0;
    (void)snprintf(path, LOCATE_PATH_MAX, "%.*s.expected", (int)(yaml ? size - 5 : size), scenario_path);
}

bool expected_exists(const char *scenario_path)
{
    char path[LOCATE_PATH_MAX];
    expected_path(scenario_path, path);
    return access(path, F_OK) == 0;
}

bool expected_due(const struct run_case *run_case)
{
    return run_case->compared && run_case->options->mode == MACHINE_MODE_PROVE &&
           !run_case->options->promoting && expected_exists(run_case->scenario.path);
}

/* A text as lines. */
struct lines {
    char *text;
    char **at; /* NUL-terminated lines */
    size_t count;
};

static void lines_split(struct lines *lines, char *text, size_t size)
{
    lines->text = text;
    lines->count = 0;
    for (size_t i = 0; i < size; i++) {
        lines->count += text[i] == '\n' ? 1 : 0;
    }
    lines->at = (char **)calloc(lines->count + 1, sizeof(char *));
    assert(lines->at != NULL);
    char *at = text;
    for (size_t i = 0; i < lines->count; i++) {
        lines->at[i] = at;
        at = strchr(at, '\n');
        *at++ = '\0';
    }
}

static void lines_read(struct lines *lines, FILE *file)
{
    size_t capacity = 65536;
    size_t size = 0;
    char *text = (char *)malloc(capacity + 2);
    assert(text != NULL);
    for (;;) {
        size += fread(text + size, 1, capacity - size, file);
        if (size < capacity) {
            break;
        }
        capacity *= 2;
        text = (char *)realloc(text, capacity + 2);
        assert(text != NULL);
    }
    for (size_t i = 0; i < size; i++) {
        text[i] = text[i] == '\0' ? '?' : text[i];
    }
    if (size > 0 && text[size - 1] != '\n') {
        text[size++] = '\n';
    }
    text[size] = '\0';
    lines_split(lines, text, size);
}

static void lines_free(struct lines *lines)
{
    free(lines->at);
    free(lines->text);
}

/* What differs: [head, old.count - tail) against [head, new.count - tail). */
struct difference {
    size_t head;
    size_t tail;
    bool any;
};

static struct difference lines_compare(const struct lines *old, const struct lines *new)
{
    struct difference difference = {0};
    const size_t shorter = old->count < new->count ? old->count : new->count;
    while (difference.head < shorter && strcmp(old->at[difference.head], new->at[difference.head]) == 0) {
        difference.head++;
    }
    while (difference.tail < shorter - difference.head &&
           strcmp(old->at[old->count - 1 - difference.tail], new->at[new->count - 1 - difference.tail]) ==
               0) {
        difference.tail++;
    }
    difference.any = old->count != new->count || difference.head != old->count;
    return difference;
}

static void old_read(const char *scenario_path, struct lines *old)
{
    char path[LOCATE_PATH_MAX];
    expected_path(scenario_path, path);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        char *empty = (char *)calloc(1, 1);
        assert(empty != NULL);
        lines_split(old, empty, 0);
        return;
    }
    lines_read(old, file);
    (void)fclose(file);
}

static void new_read(struct run_case *run_case, struct lines *new)
{
    rewind(run_case->events);
    lines_read(new, run_case->events);
}

void expected_compare(struct run_case *run_case)
{
    struct lines old;
    struct lines new;
    old_read(run_case->scenario.path, &old);
    new_read(run_case, &new);
    const struct difference difference = lines_compare(&old, &new);
    if (difference.any) {
        const char *wanted = difference.head < old.count ? old.at[difference.head] : "the end";
        const char *found = difference.head < new.count ? new.at[difference.head] : "the end";
        run_case_append(
            run_case, "events: line %zu is '%.256s', expected '%.256s'; to accept it: ffa-cosim promote %s\n",
            difference.head + 1, found, wanted, run_case->scenario.path);
        run_case->passed = false;
        run_case->status = run_case->status == EXIT_AS_EXPECTED ? EXIT_NOT_AS_EXPECTED : run_case->status;
    }
    lines_free(&old);
    lines_free(&new);
}

static void side_show(FILE *file, char mark, const struct lines *lines, const struct difference *difference)
{
    const size_t end = lines->count - difference->tail;
    size_t shown = 0;
    for (size_t i = difference->head; i < end && shown < EXPECTED_SHOWN_MAX; i++, shown++) {
        (void)fprintf(file, "%c%s\n", mark, lines->at[i]);
    }
    if (end - difference->head > shown) {
        (void)fprintf(file, "%c... and %zu more lines\n", mark, end - difference->head - shown);
    }
}

static void difference_show(FILE *file, const struct lines *old, const struct lines *new,
                            const struct difference *difference)
{
    const size_t from = difference->head > EXPECTED_CONTEXT ? difference->head - EXPECTED_CONTEXT : 0;
    (void)fprintf(file, "@@ line %zu @@\n", difference->head + 1);
    for (size_t i = from; i < difference->head; i++) {
        (void)fprintf(file, " %s\n", old->at[i]);
    }
    side_show(file, '-', old, difference);
    side_show(file, '+', new, difference);
    for (size_t i = 0; i < EXPECTED_CONTEXT && i < difference->tail; i++) {
        (void)fprintf(file, " %s\n", new->at[new->count - difference->tail + i]);
    }
}

static bool new_write(const char *path, const struct lines *new)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        return false;
    }
    for (size_t i = 0; i < new->count; i++) {
        (void)fprintf(file, "%s\n", new->at[i]);
    }
    const bool failed = ferror(file) != 0;
    return fclose(file) == 0 && !failed;
}

bool expected_promote(struct run_case *run_case, FILE *file)
{
    char path[LOCATE_PATH_MAX];
    struct lines old;
    struct lines new;
    expected_path(run_case->scenario.path, path);
    old_read(run_case->scenario.path, &old);
    new_read(run_case, &new);
    const struct difference difference = lines_compare(&old, &new);
    bool written = true;
    if (!difference.any && expected_exists(run_case->scenario.path)) {
        (void)fprintf(file, "%s: unchanged\n", path);
    } else {
        (void)fprintf(file, "%s: %zu lines, were %zu\n", path, new.count, old.count);
        difference_show(file, &old, &new, &difference);
        written = new_write(path, &new);
    }
    lines_free(&old);
    lines_free(&new);
    return written;
}
