/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of the variable service share: the table that tells its dialects apart, messages, lookup and
 * the tally. Nobody else includes it.
 */
#ifndef MODEL_MM_SP_VARIABLE_SERVICE_INTERNAL_H
#define MODEL_MM_SP_VARIABLE_SERVICE_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "model/abi/efi.h"
#include "model/abi/mm.h"
#include "model/mm_sp/variable_service.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VARIABLE_CHARACTER_SIZE 2U /* UTF-16 */

#define VARIABLE_ACCESS_ATTRIBUTES (EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)
#define VARIABLE_AUTHENTICATIONS                                                                             \
    (EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS | EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS)

#define VARIABLE_RULES_MAX 10

/* Attributes that fulfil the condition have this status. Rules are asked in order. */
struct variable_attribute_rule {
    uint32_t mask;
    uint32_t value;         /* the bits of mask that must be set, the others must not */
    bool any;               /* instead: some bit of mask is set */
    bool no_authentication; /* holds only where authenticated variables are not configured */
    bool runtime;           /* holds only at runtime */
    uint64_t status;        /* never EFI_SUCCESS */
};

/* How a server treats what servers treat differently; EFI_SUCCESS: it does not mind. */
struct variable_rules {
    bool replies_whole;    /* a reply is as long as its request; messages that are not whole are ignored */
    bool names_end_at_nul; /* whatever NameSize says */
    bool
        areas_within_message; /* room that a GetVariable asks for must be in the message, not in the buffer */
    bool boot_sees_all;       /* boot services see variables without BOOTSERVICE_ACCESS too */
    bool ordered_by_write;    /* enumeration: volatile variables first, each as last written */
    bool zeroes_failed_walks; /* an enumeration that fails leaves no name and no GUID behind */
    bool properties_until_lock; /* properties can be set until the end of DXE, and are in force after it */
    bool property_bounds;       /* the minimum of a property is not above its maximum */
    uint64_t beyond_message;    /* sizes in the message that the message does not have */
    uint64_t name_malformed;    /* no terminator at its end, or no room for one */
    uint64_t name_empty;        /* in SetVariable and properties */
    struct variable_attribute_rule set[VARIABLE_RULES_MAX];
    struct variable_attribute_rule query[VARIABLE_RULES_MAX];
};

const struct variable_rules *variable_rules_of(const struct variable_service *service);

/* The status of the first rule that these attributes fulfil, EFI_SUCCESS when none is. */
uint64_t variable_rules_ask(const struct variable_service *service,
                            const struct variable_attribute_rule *rules, uint32_t attributes);

/* Names */

struct variable_name {
    const uint8_t *bytes;
    uint64_t size; /* NUL included */
};

/* The last whole character is NUL. An odd byte at the end is not looked at. */
bool variable_name_terminated(const uint8_t *name, uint64_t name_size);

/* Up to the first NUL, or all of it. */
uint64_t variable_name_size_used(const uint8_t *name, uint64_t room);

/* A name that is well-formed, as the dialect understands it. */
struct variable_name variable_name_of(const struct variable_service *service, const uint8_t *name,
                                      uint64_t name_size);

static inline bool variable_name_is_empty(const struct variable_name *name)
{
    return name->size == VARIABLE_CHARACTER_SIZE;
}

/* GetVariable and SetVariable: the message */

struct variable_access {
    struct mm_variable_access header;
    struct variable_name name;
    uint64_t data_offset; /* in the payload */
};

/* EFI_SUCCESS when the message is whole. A payload without the header never comes here. */
uint64_t variable_access_parse(const struct variable_service *service, const struct variable_call *call,
                               bool brings_data, struct variable_access *access);

/* Rows */

uint64_t variable_status_from_store(enum variable_store_status status);

/* A name too long for the store is in none of its rows. */
uint64_t variable_find(struct variable_service *service, const struct efi_guid *guid,
                       const struct variable_name *name, struct variable_entry *entry);

/* A row without value and property, if the limits allow one. */
uint64_t variable_add(struct variable_service *service, const struct efi_guid *guid,
                      const struct variable_name *name, struct variable_entry *entry);

/* Takes a row away that has neither. */
uint64_t variable_remove_unused(struct variable_service *service, const struct variable_entry *entry);

/* What a row is to hold. */
struct variable_value {
    uint32_t attributes;
    const uint8_t *data;
    uint64_t size;
    const struct variable_record *record; /* NULL: the write is not signed */
};

/* Replaces a value, or gives the row one. */
uint64_t variable_write(struct variable_service *service, const struct variable_entry *entry,
                        const struct variable_value *value);

uint64_t variable_delete_value(struct variable_service *service, const struct variable_entry *entry);

/* Whether the caller of now may see the variable. */
bool variable_visible(const struct variable_service *service, const struct variable_entry *entry);

/* The tally */

uint64_t variable_tally_count(struct variable_service *service);

/* EDK2: bytes that a value takes in its store. */
uint64_t variable_record_size(const struct variable_service *service, uint64_t name_size, uint64_t data_size);
uint32_t variable_record_header_size(const struct variable_service *service);

/* EDK2: bytes for values in a store. */
uint64_t variable_store_space(const struct variable_service *service, bool non_volatile);

/* EDK2: garbage collection, which a store that is a log needs. */
void variable_reclaim(struct variable_service *service, bool non_volatile);

/* Authentication */

/* May this SetVariable happen? `entry`: the row as it is, with or without a value. */
struct variable_question {
    const struct efi_guid *guid;
    const struct variable_name *name;
    uint32_t attributes;
    uint8_t *data;
    uint32_t size;
    const struct variable_entry *entry; /* NULL: there is no row */
};
uint64_t variable_authenticate(struct variable_service *service, const struct variable_question *question,
                               struct authenticated_variable_answer *answer);

/* What a write that was allowed means for the variables that EDK2 makes by itself. */
uint64_t variable_system_follow(struct variable_service *service,
                                const struct authenticated_variable_answer *answer);

/* Makes them, once after power. */
uint64_t variable_system_start(struct variable_service *service);

/* The functions. The payload has at least the size of the message's header. */
uint64_t variable_get(struct variable_service *service, struct variable_call *call);
uint64_t variable_get_next_name(struct variable_service *service, struct variable_call *call);
uint64_t variable_query_info(struct variable_service *service, struct variable_call *call);
uint64_t variable_set_smm_gateway(struct variable_service *service, struct variable_call *call);
uint64_t variable_set_edk2(struct variable_service *service, struct variable_call *call);
uint64_t variable_property_set(struct variable_service *service, struct variable_call *call);
uint64_t variable_property_get(struct variable_service *service, struct variable_call *call);
uint64_t variable_lock(struct variable_service *service, struct variable_call *call);

#ifdef __cplusplus
}
#endif

#endif
