/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Results of FF-A steps against what a scenario expects of them: only what it names is compared. FF-A
 * (DEN0077), the frames of FFA_ERROR and FFA_SUCCESS.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cosim/run_case.h"
#include "model/abi/ffa.h"
#include "model/abi/script.h"

static uint64_t result_word(const struct machine_step_result *result, uint32_t index)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < 8 && 8 * index + i < result->size; i++) {
        value |= (uint64_t)result->data[8 * index + i] << (8 * i);
    }
    return value;
}

/* 0 for any answer that is no error. */
static int64_t status_of(const struct machine_step_result *result)
{
    const uint32_t function = (uint32_t)result_word(result, 0);
    return function == FFA_ERROR ? (int64_t)(int32_t)result_word(result, 2) : 0;
}

static void value_name(const struct scenario_expect *expect, uint64_t value, char *text, size_t size)
{
    char function[64];
    const char *name =
        expect->index == 0 ? ffa_function_text((uint32_t)value, function, sizeof(function)) : NULL;
    const int64_t narrow = expect->mask == UINT32_MAX ? (int64_t)(int32_t)value : (int64_t)value;
    if (name == NULL && narrow < 0) {
        name = ffa_status_text(narrow);
    }
    if (name != NULL) {
        (void)snprintf(text, size, "%s %s", expect->name, name);
    } else {
        (void)snprintf(text, size, "%s 0x%" PRIx64, expect->name, value);
    }
}

static void status_name(int64_t status, char *text, size_t size)
{
    const char *name = status == 0 ? "no error" : ffa_status_text(status);
    if (name != NULL) {
        (void)snprintf(text, size, "%s", name);
    } else {
        (void)snprintf(text, size, "status %" PRId64, status);
    }
}

static bool status_differs(const struct machine_step_result *result, uint64_t wanted, char *found,
                           char *expected, size_t size)
{
    const int64_t status = status_of(result);
    status_name(status, found, size);
    status_name((int64_t)wanted, expected, size);
    return status != (int64_t)wanted;
}

static bool word_differs(const struct machine_step_result *result, const struct scenario_expect *expect,
                         uint64_t wanted, char *found, char *expected, size_t size)
{
    const uint64_t value = result_word(result, expect->index) & expect->mask;
    value_name(expect, value, found, size);
    value_name(expect, wanted & expect->mask, expected, size);
    return value != (wanted & expect->mask);
}

static bool bytes_differ(const struct machine_step_result *result, const struct scenario_expect *expect,
                         char *found, char *expected, size_t size)
{
    for (size_t i = 0; i < expect->size; i++) {
        const bool there = i < result->size && i < MACHINE_RESULT_DATA_MAX;
        if (!there || result->data[i] != expect->bytes[i]) {
            (void)snprintf(found, size, "byte %zu is 0x%02x", i, there ? result->data[i] : 0);
            (void)snprintf(expected, size, "0x%02x", expect->bytes[i]);
            return true;
        }
    }
    return false;
}

bool verdict_ffa_differs(const struct run_case *run_case, uint32_t index, char *found, char *expected,
                         size_t size)
{
    const struct scenario_step *step = &run_case->scenario.steps[index];
    const struct machine_step_result *result = &run_case->result->steps[index];
    const uint8_t profile = run_case->platform.profile;
    for (uint32_t i = 0; i < step->expect_count; i++) {
        const struct scenario_expect *expect = &step->expects[i];
        bool differs = false;
        if (expect->kind == EXPECT_BYTES) {
            differs = bytes_differ(result, expect, found, expected, size);
        } else if (expect->given[profile] && expect->kind == EXPECT_STATUS) {
            differs = status_differs(result, expect->values[profile], found, expected, size);
        } else if (expect->given[profile]) {
            differs = word_differs(result, expect, expect->values[profile], found, expected, size);
        }
        if (differs) {
            return true;
        }
    }
    return false;
}
