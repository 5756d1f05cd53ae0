/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * May this SetVariable happen? Time-based authenticated variables (UEFI specification, "Variable Services",
 * "Using the EFI_VARIABLE_AUTHENTICATION_2 descriptor", and "Secure Boot and Driver Signing"), with X.509 and
 * PKCS#7 verified by OpenSSL, in two readings: EDK2's AuthVariableLib, and Trusted Services 0d55b4c7 built
 * with UEFI_AUTH_VAR. A pure function of bytes that the caller has copied: no store, no clock, nothing kept.
 * What the attributes and sizes of any variable must be is variable_service.c's business.
 *
 * For every SetVariable, with or without EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS, after the checks
 * of name and attributes:
 *
 *     struct authenticated_variable_answer answer;
 *     authenticated_variable_check(&request, &answer);
 *     if (answer.status != EFI_SUCCESS) refuse with it;
 *     else the value is data[content_offset], content_size bytes, and the attributes are those of the call;
 *          `record` goes into the variable's row in the same transaction (variable_store_write_signed()).
 *
 * With an empty content and no APPEND an existing variable is deleted (`deletes`); an empty content for a
 * variable that does not exist is what it always is (EFI_NOT_FOUND, or nothing to do for APPEND).
 */
#ifndef MODEL_MM_SP_AUTHENTICATED_VARIABLE_H
#define MODEL_MM_SP_AUTHENTICATED_VARIABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/abi/efi.h"
#include "model/mm_sp/variable_store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* EFI_TIME, then WIN_CERTIFICATE_UEFI_GUID up to its CertData. */
#define AUTHENTICATION_2_TIME_SIZE   16U
#define AUTHENTICATION_2_HEADER_SIZE 40U

enum authenticated_variable_rules { AUTHENTICATED_VARIABLE_EDK2, AUTHENTICATED_VARIABLE_TRUSTED_SERVICES };

/* Bytes that need not be there: NULL and 0. */
struct authenticated_variable_bytes {
    const uint8_t *bytes;
    uint32_t size;
};

struct authenticated_variable_request {
    enum authenticated_variable_rules rules;
    bool self_signed_pk; /* EDK2's PcdRequireSelfSignedPk (FALSE where nobody sets it) */
    struct efi_guid guid;
    const uint8_t *name; /* UTF-16, NUL included */
    uint32_t name_size;
    uint32_t attributes; /* of the call, APPEND_WRITE included */
    uint8_t *data;       /* of the call: descriptor and content; the content may be shortened in place */
    uint32_t data_size;
    /* The variable as it is. */
    bool exists;
    uint32_t existing_attributes;
    struct variable_record existing_record;             /* of its row */
    struct authenticated_variable_bytes existing_value; /* read for an EDK2 append to a key database only */
    /* The values of PK and KEK as GetVariable would give them; no bytes: setup mode, no KEK. */
    struct authenticated_variable_bytes pk;
    struct authenticated_variable_bytes kek;
};

enum authenticated_variable_mode {
    AUTHENTICATED_VARIABLE_MODE_KEPT,
    AUTHENTICATED_VARIABLE_MODE_USER, /* PK is there from now on */
    AUTHENTICATED_VARIABLE_MODE_SETUP /* PK has gone */
};

struct authenticated_variable_answer {
    uint64_t status;         /* EFI_STATUS; the rest means nothing unless EFI_SUCCESS */
    bool authenticated;      /* there was a descriptor: `record` belongs into the row */
    bool deletes;            /* the variable, with its record */
    uint32_t content_offset; /* in data */
    uint32_t content_size;
    struct variable_record record;
    enum authenticated_variable_mode mode; /* what becomes of SetupMode, after the write */
    bool vendor_keys_modified;             /* EDK2: VendorKeys becomes 0 */
};

/* A name of ASCII characters against one of a variable, NUL included. */
bool authenticated_variable_name_equals(const uint8_t *name, uint32_t name_size, const char *text);

/* Where the content begins behind a descriptor. False: it is malformed (EFI_SECURITY_VIOLATION). */
bool authenticated_variable_content(const uint8_t *data, uint32_t data_size, uint32_t *content_offset);

void authenticated_variable_check(const struct authenticated_variable_request *request,
                                  struct authenticated_variable_answer *answer);

/*
 * Does authenticated_variable_check() look at the values of PK and KEK, and at the existing value? Spares the
 * caller three reads for every other variable.
 */
bool authenticated_variable_is_key_database(const uint8_t *name, uint32_t name_size);

/* Name and namespace of PK, KEK, db, dbx and dbt. */
struct authenticated_variable_name {
    const char *text;
    struct efi_guid guid;
    uint8_t name[40]; /* UTF-16, NUL included */
    uint32_t name_size;
};
enum authenticated_variable_key_database {
    KEY_DATABASE_PK,
    KEY_DATABASE_KEK,
    KEY_DATABASE_DB,
    KEY_DATABASE_DBX,
    KEY_DATABASE_DBT,
};
#define KEY_DATABASE_COUNT 5
void authenticated_variable_name_of(enum authenticated_variable_key_database database,
                                    struct authenticated_variable_name *name);

/*
 * Variables that EDK2 makes by itself when it starts, and makes again when the mode changes: SetupMode,
 * SignatureSupport, SecureBootEnable, SecureBoot, CustomMode, VendorKeysNv, VendorKeys, in its order (certdb
 * and certdbv are not served: their contents are the records of the rows). Trusted Services has none of them.
 */
struct authenticated_variable_system {
    struct efi_guid guid;
    uint8_t name[40]; /* UTF-16, NUL included */
    uint32_t name_size;
    uint32_t attributes;
    bool present;   /* SecureBootEnable is there in user mode only */
    bool read_only; /* for SetVariable: EFI_WRITE_PROTECTED */
    uint8_t value[64];
    uint32_t value_size;
};
#define AUTHENTICATED_VARIABLE_SYSTEM_COUNT 7U

struct authenticated_variable_state {
    bool user_mode;        /* PK is there */
    bool secure_boot;      /* the value of SecureBoot: follows user_mode, but never changes at runtime */
    bool vendor_keys_kept; /* no vendor_keys_modified so far */
};

void authenticated_variable_system_at(uint32_t index, const struct authenticated_variable_state *state,
                                      struct authenticated_variable_system *variable);

#ifdef __cplusplus
}
#endif

#endif
