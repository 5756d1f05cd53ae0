/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/device/script.h"

#include <assert.h>
#include <string.h>

void script_init(struct script *script, const struct script_step *steps, uint32_t step_count, uint8_t *result_data,
                 uint32_t result_data_max)
{
    *script = (struct script){
        .steps = steps,
        .step_count = step_count,
        .result_data = result_data,
        .result_data_max = result_data_max,
    };
}

uint32_t script_current(const struct script *script)
{
    assert(script->next > 0);
    return script->next - 1;
}

static const struct script_step *step_running(const struct script *script)
{
    return script->running ? &script->steps[script_current(script)] : NULL;
}

static enum script_outcome next_read(struct script *script, uint64_t *value)
{
    if (script->running) {
        return SCRIPT_ABORT; /* the step before has no result yet */
    }
    if (script->next >= script->step_count) {
        *value = SCRIPT_STEP_END;
        script->next = script->step_count + 1;
        return SCRIPT_STEP_STARTED;
    }
    const struct script_step *step = &script->steps[script->next++];
    *value = step->code | (uint64_t)step->operands_size << 32;
    script->running = true;
    script->status_written = false;
    script->length_written = false;
    script->operands_read = 0;
    script->result_received = 0;
    script->result = (struct script_result){0};
    return SCRIPT_STEP_STARTED;
}

static enum script_outcome data_read(struct script *script, uint64_t *value)
{
    const struct script_step *step = step_running(script);
    if (step == NULL || script->operands_read >= step->operands_size) {
        return SCRIPT_ABORT;
    }
    const uint32_t left = step->operands_size - script->operands_read;
    const uint32_t taken = left < 8 ? left : 8;
    uint8_t bytes[8] = {0};
    memcpy(bytes, step->operands + script->operands_read, taken);
    *value = 0;
    for (uint32_t i = 0; i < 8; i++) {
        *value |= (uint64_t)bytes[i] << (8 * i);
    }
    script->operands_read += taken;
    return SCRIPT_OK;
}

enum script_outcome script_read(struct script *script, uint64_t offset, uint32_t size, uint64_t *value)
{
    if (size != 8) {
        return SCRIPT_ABORT;
    }
    switch (offset) {
    case SCRIPT_NEXT:
        return next_read(script, value);
    case SCRIPT_DATA:
        return data_read(script, value);
    default:
        return SCRIPT_ABORT;
    }
}

static enum script_outcome result_progress(struct script *script)
{
    if (script->result_received < script->result.size) {
        return SCRIPT_OK;
    }
    script->running = false;
    script->result.finished = true;
    return SCRIPT_STEP_FINISHED;
}

static enum script_outcome length_write(struct script *script, uint64_t value)
{
    if (!script->running || !script->status_written || script->length_written || value > SCRIPT_RESULTS_MAX) {
        return SCRIPT_ABORT;
    }
    script->length_written = true;
    script->result.size = (uint32_t)value;
    return result_progress(script);
}

static enum script_outcome result_write(struct script *script, uint64_t value)
{
    if (!script->running || !script->length_written) {
        return SCRIPT_ABORT;
    }
    for (uint32_t i = 0; i < 8 && script->result_received < script->result.size; i++) {
        if (script->result_received < script->result_data_max) {
            script->result_data[script->result_received] = (uint8_t)(value >> (8 * i));
        }
        script->result_received++;
    }
    return result_progress(script);
}

enum script_outcome script_write(struct script *script, uint64_t offset, uint32_t size, uint64_t value)
{
    if (size != 8) {
        return SCRIPT_ABORT;
    }
    switch (offset) {
    case SCRIPT_RESULT_STATUS:
        if (!script->running || script->status_written) {
            return SCRIPT_ABORT;
        }
        script->result.status = value;
        script->status_written = true;
        return SCRIPT_OK;
    case SCRIPT_RESULT_LENGTH:
        return length_write(script, value);
    case SCRIPT_RESULT_DATA:
        return result_write(script, value);
    case SCRIPT_FAULT_ESR:
        script->fault_esr = value;
        return SCRIPT_OK;
    case SCRIPT_FAULT_FAR:
        script->fault_far = value;
        return SCRIPT_OK;
    case SCRIPT_FAULT_ELR:
        script->fault_elr = value;
        return SCRIPT_FAULT_TOLD;
    default:
        return SCRIPT_ABORT;
    }
}
