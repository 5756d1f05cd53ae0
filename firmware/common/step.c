/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Steps: operands come in words of 8 bytes, every field padded to a multiple of 8 (model/abi/script.h).
 */
#include "firmware/common/step.h"

#include "firmware/common/memory.h"
#include "firmware/common/script.h"
#include "firmware/common/smc.h"
#include "model/abi/smccc.h"

#define WORD_SIZE     sizeof(uint64_t)
#define GUID_WORDS    2U
#define RESULTS_WORDS (STEP_BYTES_MAX / WORD_SIZE)

/* Where the results of the present step are put together. Not cleared at start: written before it is read. */
static uint64_t results[RESULTS_WORDS] __attribute__((section(".noinit")));

/* Reads operands in order. A field that is not there, or does not fit, makes every later one fail too. */
struct operand_reader {
    const struct step *step;
    uint32_t word;
    bool failed;
};

void step_take(struct step *step)
{
    const uint64_t next = script_read(SCRIPT_NEXT);
    const uint32_t length = (uint32_t)(next >> 32);
    const uint32_t words = (uint32_t)((length + WORD_SIZE - 1) / WORD_SIZE);
    const uint32_t words_max = (uint32_t)(STEP_BYTES_MAX / WORD_SIZE);

    step->code = (uint32_t)next;
    step->truncated = words > words_max;
    step->length = step->truncated ? STEP_BYTES_MAX : length;
    for (uint32_t word = 0; word < words; word++) {
        const uint64_t value = script_read(SCRIPT_DATA);
        if (word < words_max) {
            step->operands[word] = value;
        }
    }
}

void step_finish_with(uint64_t status, const uint64_t *words, uint64_t length)
{
    script_write(SCRIPT_RESULT_STATUS, status);
    script_write(SCRIPT_RESULT_LENGTH, length);
    for (uint64_t word = 0; word * WORD_SIZE < length; word++) {
        script_write(SCRIPT_RESULT_DATA, words[word]);
    }
}

void step_finish(uint64_t status)
{
    step_finish_with(status, 0, 0);
}

void step_end(void)
{
    smc_call(PSCI_SYSTEM_OFF, 0, 0, 0, 0, 0);
    arch_wait_for_ever();
}

bool step_is_variable(const struct step *step)
{
    return step->code >= SCRIPT_STEP_GET_VARIABLE && step->code <= SCRIPT_STEP_QUERY_VARIABLE_INFO;
}

/* `size` bytes, padding skipped; NULL if they are not there. */
static const void *operand_bytes(struct operand_reader *reader, uint64_t size)
{
    const uint64_t left = (reader->step->length + WORD_SIZE - 1) / WORD_SIZE - reader->word;

    if (reader->failed || size > left * WORD_SIZE) {
        reader->failed = true;
        return 0;
    }
    const void *bytes = &reader->step->operands[reader->word];
    reader->word += (uint32_t)((size + WORD_SIZE - 1) / WORD_SIZE);
    return bytes;
}

static uint64_t operand_word(struct operand_reader *reader)
{
    const uint64_t *word = operand_bytes(reader, WORD_SIZE);

    return word ? *word : 0;
}

/* A name must end with NUL within its size: the services look for one. */
static const uint16_t *operand_name(struct operand_reader *reader, uint64_t size)
{
    const uint16_t *name = operand_bytes(reader, size);

    if (!name || size < sizeof(*name) || size % sizeof(*name) != 0 || name[size / sizeof(*name) - 1] != 0) {
        reader->failed = true;
        return 0;
    }
    return name;
}

/* -> attributes:u64 data_size:u64 data. With EFI_BUFFER_TOO_SMALL the two sizes come without data. */
static void get_variable_do(const struct efi_runtime_services *services, struct operand_reader *reader)
{
    enum { HEADER_WORDS = 2 };
    const uint64_t room = sizeof(results) - HEADER_WORDS * WORD_SIZE;
    const struct efi_guid *guid = operand_bytes(reader, sizeof(*guid));
    uint64_t data_size = operand_word(reader);
    const uint64_t name_size = operand_word(reader);
    const uint16_t *name = operand_name(reader, name_size);
    uint32_t attributes = 0;

    if (reader->failed || data_size > room) {
        step_finish(EFI_INVALID_PARAMETER);
        return;
    }
    const uint64_t status =
        services->get_variable(name, guid, &attributes, &data_size, &results[HEADER_WORDS]);
    results[0] = attributes;
    results[1] = data_size;
    if (status == EFI_SUCCESS) {
        step_finish_with(status, results, HEADER_WORDS * WORD_SIZE + data_size);
    } else if (status == EFI_BUFFER_TOO_SMALL) {
        step_finish_with(status, results, HEADER_WORDS * WORD_SIZE);
    } else {
        step_finish(status);
    }
}

static void set_variable_do(const struct efi_runtime_services *services, struct operand_reader *reader)
{
    const struct efi_guid *guid = operand_bytes(reader, sizeof(*guid));
    const uint64_t attributes = operand_word(reader);
    const uint64_t data_size = operand_word(reader);
    const uint64_t name_size = operand_word(reader);
    const uint16_t *name = operand_name(reader, name_size);
    const void *data = operand_bytes(reader, data_size);

    if (reader->failed || attributes > UINT32_MAX) {
        step_finish(EFI_INVALID_PARAMETER);
        return;
    }
    step_finish(services->set_variable(name, guid, (uint32_t)attributes, data_size, data));
}

/* -> guid[16] name_size:u64 name. With EFI_BUFFER_TOO_SMALL guid and size come without a name. */
static void get_next_variable_name_do(const struct efi_runtime_services *services,
                                      struct operand_reader *reader)
{
    enum { HEADER_WORDS = GUID_WORDS + 1 };
    const uint64_t room = sizeof(results) - HEADER_WORDS * WORD_SIZE;
    const struct efi_guid *guid = operand_bytes(reader, sizeof(*guid));
    uint64_t name_size_max = operand_word(reader);
    const uint64_t name_size = operand_word(reader);
    const uint16_t *name = operand_name(reader, name_size);

    if (reader->failed || name_size > name_size_max || name_size_max > room) {
        step_finish(EFI_INVALID_PARAMETER);
        return;
    }
    struct efi_guid vendor = *guid;
    uint16_t *answer = (uint16_t *)(void *)&results[HEADER_WORDS];
    memcpy(answer, name, name_size);
    const uint64_t status = services->get_next_variable_name(&name_size_max, answer, &vendor);
    memcpy(&results[0], &vendor, sizeof(vendor));
    results[GUID_WORDS] = name_size_max;
    if (status == EFI_SUCCESS) {
        step_finish_with(status, results, HEADER_WORDS * WORD_SIZE + name_size_max);
    } else if (status == EFI_BUFFER_TOO_SMALL) {
        step_finish_with(status, results, HEADER_WORDS * WORD_SIZE);
    } else {
        step_finish(status);
    }
}

static void query_variable_info_do(const struct efi_runtime_services *services, struct operand_reader *reader)
{
    const uint64_t attributes = operand_word(reader);

    if (reader->failed || attributes > UINT32_MAX) {
        step_finish(EFI_INVALID_PARAMETER);
        return;
    }
    const uint64_t status =
        services->query_variable_info((uint32_t)attributes, &results[0], &results[1], &results[2]);
    step_finish_with(status, results, status == EFI_SUCCESS ? 3 * WORD_SIZE : 0);
}

void step_do_variable(const struct efi_runtime_services *services, const struct step *step)
{
    struct operand_reader reader = {.step = step, .word = 0, .failed = step->truncated};

    switch (step->code) {
    case SCRIPT_STEP_GET_VARIABLE:
        get_variable_do(services, &reader);
        break;
    case SCRIPT_STEP_SET_VARIABLE:
        set_variable_do(services, &reader);
        break;
    case SCRIPT_STEP_GET_NEXT_VARIABLE_NAME:
        get_next_variable_name_do(services, &reader);
        break;
    case SCRIPT_STEP_QUERY_VARIABLE_INFO:
        query_variable_info_do(services, &reader);
        break;
    default:
        step_finish(EFI_UNSUPPORTED);
        break;
    }
}
