/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variables of a store file as people and other programs see them: text, JSON, and the signature lists of the
 * key databases as efitools and U-Boot exchange them (UEFI specification, "Signature Database"). Nothing here
 * knows what a SetVariable may do; what is written here is the work of the machine's owner.
 */
#ifndef COSIM_VARS_H
#define COSIM_VARS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "model/mm_sp/variable_store.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VARS_GUID_TEXT_SIZE       37                                /* with the NUL */
#define VARS_NAME_TEXT_SIZE       (3 * VARIABLE_STORE_NAME_MAX + 1) /* of any name */
#define VARS_ATTRIBUTES_TEXT_SIZE 64
#define VARS_ERROR_MAX            1024

/* A variable as it is told to the store. */
struct vars_value {
    struct efi_guid guid;
    uint8_t name[VARIABLE_STORE_NAME_MAX];
    uint32_t name_size;
    uint32_t attributes;
    const uint8_t *data;
    uint32_t data_size;
    bool is_signed; /* `record` means something */
    struct variable_record record;
};

void vars_guid_text(const struct efi_guid *guid, char text[VARS_GUID_TEXT_SIZE]);

/* "NV BS RT AT"; bits without a name as a number. */
void vars_attributes_text(uint32_t attributes, char text[VARS_ATTRIBUTES_TEXT_SIZE]);
/* One word of it. */
bool vars_attribute_parse(const char *word, uint32_t *attribute);

/*
 * A name in UTF-8. What cannot be shown, control characters, halves of surrogate pairs, an odd byte, becomes
 * \uXXXX or \xXX. Returns whether nothing did.
 */
bool vars_name_text(const uint8_t *name, uint32_t name_size, char text[VARS_NAME_TEXT_SIZE]);
/* UTF-8 as a name, NUL added. False: no UTF-8, too long, or empty. */
bool vars_name_parse(const char *text, uint8_t name[VARIABLE_STORE_NAME_MAX], uint32_t *name_size);

/* One line for each variable, in the order of enumeration. False: the store failed. */
bool vars_list(struct variable_store *store, FILE *out);

bool vars_print(struct variable_store *store, const struct variable_entry *entry, FILE *out);

/* Sets a variable in the store, whose row it makes where there is none. */
bool vars_set(struct variable_store *store, const struct vars_value *value);

/* vars_json.c. `error` says what is wrong, with the place; exported text is the same for the same store. */
bool vars_export(struct variable_store *store, FILE *out);
/* In one transaction: all of the file's variables or none. */
bool vars_import(struct variable_store *store, const char *path, char error[VARS_ERROR_MAX]);

#ifdef __cplusplus
}
#endif

#endif
