/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The words of UEFI that scenario files use, from the tables in model/abi. UEFI specification, "Status
 * Codes". Those of FF-A: model/platform/ffa_words.h.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cosim/scenario.h"
#include "model/abi/efi.h"

static const struct {
    const char *text;
    uint64_t value;
} efi_statuses[] = {
    {"EFI_SUCCESS", EFI_SUCCESS},
    {"EFI_INVALID_PARAMETER", EFI_INVALID_PARAMETER},
    {"EFI_UNSUPPORTED", EFI_UNSUPPORTED},
    {"EFI_BAD_BUFFER_SIZE", EFI_BAD_BUFFER_SIZE},
    {"EFI_BUFFER_TOO_SMALL", EFI_BUFFER_TOO_SMALL},
    {"EFI_NOT_READY", EFI_NOT_READY},
    {"EFI_DEVICE_ERROR", EFI_DEVICE_ERROR},
    {"EFI_WRITE_PROTECTED", EFI_WRITE_PROTECTED},
    {"EFI_OUT_OF_RESOURCES", EFI_OUT_OF_RESOURCES},
    {"EFI_NOT_FOUND", EFI_NOT_FOUND},
    {"EFI_ACCESS_DENIED", EFI_ACCESS_DENIED},
    {"EFI_SECURITY_VIOLATION", EFI_SECURITY_VIOLATION},
};

static const struct {
    const char *text;
    uint32_t value;
} efi_attributes[] = {
    {"NV", EFI_VARIABLE_NON_VOLATILE},
    {"BS", EFI_VARIABLE_BOOTSERVICE_ACCESS},
    {"RT", EFI_VARIABLE_RUNTIME_ACCESS},
    {"HR", EFI_VARIABLE_HARDWARE_ERROR_RECORD},
    {"AW", EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS},
    {"AT", EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS},
    {"AP", EFI_VARIABLE_APPEND_WRITE},
    {"EA", EFI_VARIABLE_ENHANCED_AUTHENTICATED_ACCESS},
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

bool efi_status_parse(const char *text, uint64_t *status)
{
    for (size_t i = 0; i < COUNT_OF(efi_statuses); i++) {
        if (strcmp(text, efi_statuses[i].text) == 0) {
            *status = efi_statuses[i].value;
            return true;
        }
    }
    return false;
}

const char *efi_status_text(uint64_t status)
{
    for (size_t i = 0; i < COUNT_OF(efi_statuses); i++) {
        if (status == efi_statuses[i].value) {
            return efi_statuses[i].text;
        }
    }
    return NULL;
}

void efi_status_name(uint64_t status, char *text, size_t size)
{
    const char *name = efi_status_text(status);
    if (name != NULL) {
        (void)snprintf(text, size, "%s", name);
    } else {
        (void)snprintf(text, size, "0x%" PRIx64, status);
    }
}

void efi_status_names(const char **names, size_t names_max)
{
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(efi_statuses) && count + 1 < names_max; i++) {
        names[count++] = efi_statuses[i].text;
    }
    names[count] = NULL;
}

bool efi_attribute_parse(const char *text, uint32_t *attribute)
{
    for (size_t i = 0; i < COUNT_OF(efi_attributes); i++) {
        if (strcmp(text, efi_attributes[i].text) == 0) {
            *attribute = efi_attributes[i].value;
            return true;
        }
    }
    return false;
}

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    const char lower = (char)tolower((unsigned char)digit);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool efi_guid_parse(const char *text, uint8_t bytes[16])
{
    /* Registry format; the first three fields are stored little endian. */
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    if (strlen(text) != sizeof(shape) - 1) {
        return false;
    }
    uint32_t digits = 0;
    uint8_t value = 0;
    for (size_t i = 0; i < sizeof(shape) - 1; i++) {
        if (shape[i] == '-') {
            if (text[i] != '-') {
                return false;
            }
            continue;
        }
        const int digit = digit_value(text[i]);
        if (digit < 0) {
            return false;
        }
        value = (uint8_t)(value << 4 | digit);
        if (digits % 2 == 1) {
            bytes[order[digits / 2]] = value;
        }
        digits++;
    }
    return true;
}
