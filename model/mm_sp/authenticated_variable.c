/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rules of both servers, in the order in which each asks them. EDK2 (AuthVariableLib, "ProcessVarWithPk",
 * "ProcessVarWithKek", "ProcessVariable", "VerifyTimeBasedPayload") refuses a key database that is no
 * signature list, lets everything pass in setup mode, and follows chains; no user is ever present. Trusted
 * Services (uefi_variable_store.c, "authenticate_variable") knows a key database by its name in any
 * namespace, looks into none of them, and asks for the very key.
 *
 * Two differences from EDK2 are meant: an empty PK in setup mode, where a self-signed one is asked for, is
 * refused (there, it reads beyond the data), and so is a SignedData that is not what it must be in a place
 * that no signature covers (authenticated_variable_signature.c).
 */
#include "model/mm_sp/authenticated_variable.h"

#include <assert.h>
#include <string.h>

#include "model/mm_sp/authenticated_variable_internal.h"
#include "model/mm_sp/signature_list.h"

/* EFI_VARIABLE_AUTHENTICATION_2: EFI_TIME, WIN_CERTIFICATE_UEFI_GUID. */
#define TIME_YEAR_AT     0U
#define TIME_SECOND_AT   6U
#define LENGTH_AT        16U /* dwLength: from here to the end of the certificate */
#define REVISION_AT      20U
#define TYPE_AT          22U
#define CERTIFICATE_AT   24U /* CertType */
#define REVISION_CURRENT 0x0200U
#define TYPE_EFI_GUID    0x0EF1U

#define CHARACTER_SIZE 2U

#define AUTHENTICATIONS                                                                                      \
    (EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS | EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS)

/* EFI_CERT_TYPE_PKCS7_GUID 4aafd29d-68df-49ee-8aa9-347d375665a7 */
static const uint8_t pkcs7_guid[16] = {0x9d, 0xd2, 0xaf, 0x4a, 0xdf, 0x68, 0xee, 0x49,
                                       0x8a, 0xa9, 0x34, 0x7d, 0x37, 0x56, 0x65, 0xa7};

/* A descriptor and what follows it. */
struct descriptor {
    const uint8_t *time;
    struct authenticated_variable_bytes certificate; /* CertData */
    uint32_t content_offset;
    struct authenticated_variable_bytes content;
};

static uint32_t u16_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
}

static uint32_t u32_at(const uint8_t *bytes)
{
    return u16_at(bytes) | u16_at(bytes + 2) << 16;
}

static bool descriptor_read(const uint8_t *data, uint32_t data_size, struct descriptor *descriptor)
{
    if (data_size < AUTHENTICATION_2_HEADER_SIZE) {
        return false;
    }
    const uint32_t length = u32_at(&data[LENGTH_AT]);
    if (length > data_size - LENGTH_AT || length < AUTHENTICATION_2_HEADER_SIZE - LENGTH_AT) {
        return false;
    }
    descriptor->time = data;
    descriptor->content_offset = LENGTH_AT + length;
    descriptor->certificate.bytes = &data[AUTHENTICATION_2_HEADER_SIZE];
    descriptor->certificate.size = descriptor->content_offset - AUTHENTICATION_2_HEADER_SIZE;
    descriptor->content.bytes = &data[descriptor->content_offset];
    descriptor->content.size = data_size - descriptor->content_offset;
    return true;
}

bool authenticated_variable_content(const uint8_t *data, uint32_t data_size, uint32_t *content_offset)
{
    struct descriptor descriptor;
    if (!descriptor_read(data, data_size, &descriptor)) {
        return false;
    }
    *content_offset = descriptor.content_offset;
    return true;
}

static bool certificate_type_is_pkcs7(const struct descriptor *descriptor)
{
    return u16_at(&descriptor->time[TYPE_AT]) == TYPE_EFI_GUID &&
           memcmp(&descriptor->time[CERTIFICATE_AT], pkcs7_guid, sizeof(pkcs7_guid)) == 0;
}

/* Times */

/* Pad1, Nanosecond, TimeZone, Daylight and Pad2 are what follows the second. */
static bool time_is_gmt(const uint8_t *time)
{
    for (uint32_t i = TIME_SECOND_AT + 1; i < AUTHENTICATION_2_TIME_SIZE; i++) {
        if (time[i] != 0) {
            return false;
        }
    }
    return true;
}

static uint64_t time_value(const uint8_t *time)
{
    uint64_t value = u16_at(&time[TIME_YEAR_AT]);
    for (uint32_t i = TIME_YEAR_AT + 2; i <= TIME_SECOND_AT; i++) {
        value = value << 8 | time[i];
    }
    return value;
}

/* Trusted Services compares the bytes as they stand: the low byte of the year first. */
static bool time_later(enum authenticated_variable_rules rules, const uint8_t *a, const uint8_t *b)
{
    return rules == AUTHENTICATED_VARIABLE_EDK2 ? time_value(a) > time_value(b)
                                                : memcmp(a, b, AUTHENTICATION_2_TIME_SIZE) > 0;
}

static void record_time(const struct authenticated_variable_request *request,
                        const struct descriptor *descriptor, struct variable_record *record)
{
    const bool append = (request->attributes & EFI_VARIABLE_APPEND_WRITE) != 0;
    if (!append || time_later(request->rules, descriptor->time, record->timestamp)) {
        memcpy(record->timestamp, descriptor->time, AUTHENTICATION_2_TIME_SIZE);
    }
}

/* What was signed: the name less its NUL, the namespace, the attributes, the time, the content. */
static struct signed_message message_of(const struct authenticated_variable_request *request,
                                        const struct descriptor *descriptor, uint8_t attributes[4])
{
    assert(request->name_size >= CHARACTER_SIZE);
    for (uint32_t i = 0; i < 4; i++) {
        attributes[i] = (uint8_t)(request->attributes >> (8 * i));
    }
    return (struct signed_message){{{request->name, request->name_size - CHARACTER_SIZE},
                                    {request->guid.bytes, sizeof(request->guid.bytes)},
                                    {attributes, 4},
                                    {descriptor->time, AUTHENTICATION_2_TIME_SIZE},
                                    descriptor->content}};
}

/* What a write that may happen means. */
static void answer_content(const struct authenticated_variable_request *request, uint32_t offset,
                           uint32_t size, struct authenticated_variable_answer *answer)
{
    const bool append = (request->attributes & EFI_VARIABLE_APPEND_WRITE) != 0;
    answer->status = EFI_SUCCESS;
    answer->content_offset = offset;
    answer->content_size = size;
    answer->deletes = request->exists && size == 0 && !append;
}

static void answer_signed(const struct authenticated_variable_request *request,
                          const struct descriptor *descriptor, struct authenticated_variable_answer *answer)
{
    answer->authenticated = true;
    record_time(request, descriptor, &answer->record);
    answer_content(request, descriptor->content_offset, descriptor->content.size, answer);
}

static void answer_plain(const struct authenticated_variable_request *request,
                         struct authenticated_variable_answer *answer)
{
    answer_content(request, 0, request->data_size, answer);
}

static void answer_mode(const struct authenticated_variable_request *request, bool is_pk,
                        struct authenticated_variable_answer *answer)
{
    if (is_pk && request->pk.size == 0 && answer->content_size != 0) {
        answer->mode = AUTHENTICATED_VARIABLE_MODE_USER;
    } else if (is_pk && request->pk.size != 0 && answer->deletes) {
        answer->mode = AUTHENTICATED_VARIABLE_MODE_SETUP;
    }
}

/* EDK2 */

/* Whom a signature must come from. */
enum trust {
    TRUST_PK,      /* made with the first certificate of PK itself */
    TRUST_KEK,     /* chains to a certificate of KEK */
    TRUST_CONTENT, /* chains to the first certificate of the new value */
    TRUST_OWN,     /* the one that the variable began with */
};

static bool first_signature(const struct authenticated_variable_bytes *lists, struct signature *signature)
{
    struct signature_walk walk;
    if (signature_list_check_sizes(lists->bytes, lists->size) != SIGNATURE_LIST_OK) {
        return false;
    }
    signature_walk_start(&walk, lists->bytes, lists->size);
    return signature_walk_next(&walk, signature);
}

static uint64_t trust_pk(struct pkcs7_st *signed_data, const struct signed_message *message,
                         const struct authenticated_variable_bytes *pk)
{
    struct signature signature;
    const bool good = first_signature(pk, &signature) &&
                      signed_data_first_signer_is(signed_data, signature.data, signature.data_size) &&
                      signed_data_verify_chain(signed_data, message, signature.data, signature.data_size);
    return good ? EFI_SUCCESS : EFI_SECURITY_VIOLATION;
}

static uint64_t trust_kek(struct pkcs7_st *signed_data, const struct signed_message *message,
                          const struct authenticated_variable_bytes *kek)
{
    struct signature_walk walk;
    struct signature signature;
    if (kek->size == 0) {
        return EFI_NOT_FOUND; /* as FindVariable() said */
    }
    if (signature_list_check_sizes(kek->bytes, kek->size) != SIGNATURE_LIST_OK) {
        return EFI_SECURITY_VIOLATION;
    }
    signature_walk_start(&walk, kek->bytes, kek->size);
    while (signature_walk_next(&walk, &signature)) {
        if (signature_is_x509(&signature) &&
            signed_data_verify_chain(signed_data, message, signature.data, signature.data_size)) {
            return EFI_SUCCESS;
        }
    }
    return EFI_SECURITY_VIOLATION;
}

static uint64_t trust_content(struct pkcs7_st *signed_data, const struct signed_message *message,
                              const struct authenticated_variable_bytes *content)
{
    struct signature signature;
    const bool good = first_signature(content, &signature) &&
                      signed_data_verify_chain(signed_data, message, signature.data, signature.data_size);
    return good ? EFI_SUCCESS : EFI_SECURITY_VIOLATION;
}

static uint64_t trust_own(struct pkcs7_st *signed_data, const struct signed_message *message,
                          const struct authenticated_variable_request *request,
                          struct variable_record *record)
{
    uint8_t fingerprint[SIGNED_DATA_DIGEST_SIZE];
    if (!signed_data_fingerprint_edk2(signed_data, fingerprint)) {
        return EFI_SECURITY_VIOLATION;
    }
    if (request->exists &&
        (!request->existing_record.has_fingerprint ||
         memcmp(fingerprint, request->existing_record.fingerprint, sizeof(fingerprint)) != 0)) {
        return EFI_SECURITY_VIOLATION;
    }
    if (!signed_data_verify_own(signed_data, message)) {
        return EFI_SECURITY_VIOLATION;
    }
    record->has_fingerprint = true;
    memcpy(record->fingerprint, fingerprint, sizeof(fingerprint));
    return EFI_SUCCESS;
}

static uint64_t edk2_trust(const struct authenticated_variable_request *request,
                           const struct descriptor *descriptor, enum trust trust,
                           struct variable_record *record)
{
    uint8_t attributes[4];
    uint64_t status = EFI_SECURITY_VIOLATION;
    const struct signed_message message = message_of(request, descriptor, attributes);
    struct pkcs7_st *signed_data =
        signed_data_parse(descriptor->certificate.bytes, descriptor->certificate.size);
    if (signed_data == NULL) {
        return EFI_SECURITY_VIOLATION;
    }
    switch (trust) {
    case TRUST_PK:
        status = trust_pk(signed_data, &message, &request->pk);
        break;
    case TRUST_KEK:
        status = trust_kek(signed_data, &message, &request->kek);
        break;
    case TRUST_CONTENT:
        status = trust_content(signed_data, &message, &descriptor->content);
        break;
    case TRUST_OWN:
        status = trust_own(signed_data, &message, request, record);
        break;
    }
    signed_data_free(signed_data);
    return status;
}

static uint64_t edk2_list_check(const struct descriptor *descriptor, bool is_pk)
{
    const enum signature_list_status status =
        signature_list_check(descriptor->content.bytes, descriptor->content.size, is_pk);
    return status == SIGNATURE_LIST_OK ? EFI_SUCCESS : EFI_INVALID_PARAMETER;
}

/* VerifyTimeBasedPayload(), up to the check of the lists. */
static uint64_t edk2_verify(const struct authenticated_variable_request *request,
                            const struct descriptor *descriptor, enum trust trust, bool is_pk,
                            struct variable_record *record)
{
    const bool append = (request->attributes & EFI_VARIABLE_APPEND_WRITE) != 0;
    if (!time_is_gmt(descriptor->time)) {
        return EFI_SECURITY_VIOLATION;
    }
    if (request->exists && !append &&
        !time_later(request->rules, descriptor->time, request->existing_record.timestamp)) {
        return EFI_SECURITY_VIOLATION;
    }
    if (!certificate_type_is_pkcs7(descriptor)) {
        return EFI_SECURITY_VIOLATION;
    }
    const uint64_t status = edk2_trust(request, descriptor, trust, record);
    if (status != EFI_SUCCESS || trust == TRUST_OWN) {
        return status;
    }
    return edk2_list_check(descriptor, is_pk);
}

/* Which of the key databases an EDK2 variable is; KEY_DATABASE_COUNT: none. */
static int edk2_database(const struct authenticated_variable_request *request)
{
    struct authenticated_variable_name name;
    int database = 0;
    for (; database < KEY_DATABASE_COUNT; database++) {
        authenticated_variable_name_of((enum authenticated_variable_key_database)database, &name);
        if (name.name_size == request->name_size && memcmp(name.name, request->name, name.name_size) == 0 &&
            memcmp(name.guid.bytes, request->guid.bytes, sizeof(name.guid.bytes)) == 0) {
            break;
        }
    }
    return database;
}

/* An append to KEK, db, dbx or dbt leaves out what is there. */
static void edk2_filter(const struct authenticated_variable_request *request,
                        struct authenticated_variable_answer *answer)
{
    const bool append = (request->attributes & EFI_VARIABLE_APPEND_WRITE) != 0;
    const struct authenticated_variable_bytes *present = &request->existing_value;
    if (!request->exists || !append ||
        signature_list_check_sizes(present->bytes, present->size) != SIGNATURE_LIST_OK) {
        return;
    }
    answer->content_size = signature_list_filter(
        present->bytes, present->size, &request->data[answer->content_offset], answer->content_size);
}

static uint64_t edk2_database_status(const struct authenticated_variable_request *request,
                                     const struct descriptor *descriptor, int database,
                                     struct variable_record *record)
{
    const bool is_pk = database == KEY_DATABASE_PK;
    if (request->pk.size == 0 && !(is_pk && request->self_signed_pk)) {
        return edk2_list_check(descriptor, is_pk); /* setup mode */
    }
    if (request->pk.size == 0) {
        return edk2_verify(request, descriptor, TRUST_CONTENT, is_pk, record);
    }
    const uint64_t status = edk2_verify(request, descriptor, TRUST_PK, is_pk, record);
    if (status == EFI_SUCCESS || is_pk || database == KEY_DATABASE_KEK) {
        return status;
    }
    return edk2_verify(request, descriptor, TRUST_KEK, is_pk, record);
}

static void edk2_database_check(const struct authenticated_variable_request *request, int database,
                                struct authenticated_variable_answer *answer)
{
    const uint32_t needed = EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS;
    const bool is_pk = database == KEY_DATABASE_PK;
    struct descriptor descriptor;
    if ((request->attributes & needed) != needed) {
        answer->status = EFI_INVALID_PARAMETER;
        return;
    }
    if (!descriptor_read(request->data, request->data_size, &descriptor)) {
        answer->status = EFI_SECURITY_VIOLATION;
        return;
    }
    answer->status = edk2_database_status(request, &descriptor, database, &answer->record);
    if (answer->status != EFI_SUCCESS) {
        return;
    }
    answer_signed(request, &descriptor, answer);
    if (!is_pk) {
        edk2_filter(request, answer);
    }
    answer_mode(request, is_pk, answer);
    answer->vendor_keys_modified = is_pk && request->pk.size == 0 && !request->self_signed_pk;
}

/* SetVariable asked for what only a present user, or nobody, may change. */
static uint64_t edk2_protection(const struct authenticated_variable_request *request)
{
    static const struct {
        struct efi_guid guid;
        const char *name;
        uint64_t status;
    } table[] = {
        /* f0a30bc7-af08-4556-99c4-001009c93a44 */
        {{{0xc7, 0x0b, 0xa3, 0xf0, 0x08, 0xaf, 0x56, 0x45, 0x99, 0xc4, 0x00, 0x10, 0x09, 0xc9, 0x3a, 0x44}},
         "SecureBootEnable",
         EFI_SECURITY_VIOLATION},
        /* c076ec0c-7028-4399-a072-71ee5c448b9f */
        {{{0x0c, 0xec, 0x76, 0xc0, 0x28, 0x70, 0x99, 0x43, 0xa0, 0x72, 0x71, 0xee, 0x5c, 0x44, 0x8b, 0x9f}},
         "CustomMode",
         EFI_SECURITY_VIOLATION},
        /* d9bee56e-75dc-49d9-b4d7-b534210f637a */
        {{{0x6e, 0xe5, 0xbe, 0xd9, 0xdc, 0x75, 0xd9, 0x49, 0xb4, 0xd7, 0xb5, 0x34, 0x21, 0x0f, 0x63, 0x7a}},
         "certdb",
         EFI_WRITE_PROTECTED},
        {{{0x6e, 0xe5, 0xbe, 0xd9, 0xdc, 0x75, 0xd9, 0x49, 0xb4, 0xd7, 0xb5, 0x34, 0x21, 0x0f, 0x63, 0x7a}},
         "certdbv",
         EFI_WRITE_PROTECTED},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (memcmp(table[i].guid.bytes, request->guid.bytes, sizeof(request->guid.bytes)) == 0 &&
            authenticated_variable_name_equals(request->name, request->name_size, table[i].name)) {
            return table[i].status;
        }
    }
    return EFI_SUCCESS;
}

static void edk2_other_check(const struct authenticated_variable_request *request,
                             struct authenticated_variable_answer *answer)
{
    struct descriptor descriptor;
    answer->status = edk2_protection(request);
    if (answer->status != EFI_SUCCESS) {
        return;
    }
    if ((request->attributes & EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS) != 0) {
        answer->status = EFI_UNSUPPORTED; /* counters are of the past */
        return;
    }
    if ((request->attributes & EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS) == 0) {
        answer->status = request->exists && (request->existing_attributes & AUTHENTICATIONS) != 0
                             ? EFI_WRITE_PROTECTED
                             : EFI_SUCCESS;
        if (answer->status == EFI_SUCCESS) {
            answer_plain(request, answer);
        }
        return;
    }
    if (!descriptor_read(request->data, request->data_size, &descriptor)) {
        answer->status = EFI_SECURITY_VIOLATION;
        return;
    }
    answer->status = edk2_verify(request, &descriptor, TRUST_OWN, false, &answer->record);
    if (answer->status == EFI_SUCCESS) {
        answer_signed(request, &descriptor, answer);
    }
}

static void edk2_check(const struct authenticated_variable_request *request,
                       struct authenticated_variable_answer *answer)
{
    const int database = edk2_database(request);
    if (database < KEY_DATABASE_COUNT) {
        edk2_database_check(request, database, answer);
    } else {
        edk2_other_check(request, answer);
    }
}

/* Trusted Services */

static bool is_global(const struct authenticated_variable_request *request)
{
    struct authenticated_variable_name pk;
    authenticated_variable_name_of(KEY_DATABASE_PK, &pk);
    return memcmp(pk.guid.bytes, request->guid.bytes, sizeof(pk.guid.bytes)) == 0;
}

static bool is_security_database(const struct authenticated_variable_request *request)
{
    struct authenticated_variable_name db;
    authenticated_variable_name_of(KEY_DATABASE_DB, &db);
    return memcmp(db.guid.bytes, request->guid.bytes, sizeof(db.guid.bytes)) == 0;
}

static bool named(const struct authenticated_variable_request *request, const char *name)
{
    return authenticated_variable_name_equals(request->name, request->name_size, name);
}

/* "verify_var_by_key_var": the lists are walked as they come, and one that holds no certificates ends it. */
static uint64_t verify_by_database(struct pkcs7_st *signed_data, const struct signed_message *message,
                                   const struct authenticated_variable_bytes *database)
{
    struct signature_walk walk;
    struct signature signature;
    if (signature_list_check_sizes(database->bytes, database->size) != SIGNATURE_LIST_OK) {
        return EFI_SECURITY_VIOLATION;
    }
    signature_walk_start(&walk, database->bytes, database->size);
    while (signature_walk_next(&walk, &signature)) {
        if (!signature_is_x509(&signature)) {
            return EFI_INVALID_PARAMETER;
        }
        if (signed_data_verify_direct(signed_data, message, signature.data, signature.data_size)) {
            return EFI_SUCCESS;
        }
    }
    return EFI_SECURITY_VIOLATION;
}

/* PK and KEK by PK; the other databases by PK or KEK, which must be there if PK did not do. */
static uint64_t trusted_services_database(const struct authenticated_variable_request *request,
                                          const struct signed_message *message, struct pkcs7_st *signed_data)
{
    const bool by_pk_only = named(request, "PK") || named(request, "KEK");
    if (by_pk_only ? !is_global(request) : !is_security_database(request)) {
        return EFI_SECURITY_VIOLATION;
    }
    const uint64_t status = verify_by_database(signed_data, message, &request->pk);
    if (status == EFI_SUCCESS || by_pk_only) {
        return status;
    }
    return request->kek.size != 0 ? verify_by_database(signed_data, message, &request->kek)
                                  : EFI_SECURITY_VIOLATION;
}

static uint64_t trusted_services_private(const struct authenticated_variable_request *request,
                                         const struct signed_message *message, struct pkcs7_st *signed_data,
                                         struct variable_record *record)
{
    uint8_t fingerprint[SIGNED_DATA_DIGEST_SIZE];
    if (!signed_data_verify_direct(signed_data, message, NULL, 0) ||
        !signed_data_fingerprint_trusted_services(signed_data, fingerprint)) {
        return EFI_SECURITY_VIOLATION;
    }
    if (request->exists && memcmp(fingerprint, record->fingerprint, sizeof(fingerprint)) != 0) {
        return EFI_SECURITY_VIOLATION;
    }
    record->has_fingerprint = true;
    memcpy(record->fingerprint, fingerprint, sizeof(fingerprint));
    return EFI_SUCCESS;
}

static uint64_t trusted_services_verify(const struct authenticated_variable_request *request,
                                        const struct descriptor *descriptor, struct variable_record *record)
{
    uint8_t attributes[4];
    const bool is_database = authenticated_variable_is_key_database(request->name, request->name_size);
    if (is_database && request->pk.size == 0) {
        return EFI_SUCCESS; /* setup mode */
    }
    const struct signed_message message = message_of(request, descriptor, attributes);
    struct pkcs7_st *signed_data =
        signed_data_parse(descriptor->certificate.bytes, descriptor->certificate.size);
    if (signed_data == NULL) {
        return EFI_SECURITY_VIOLATION;
    }
    const uint64_t status = is_database ? trusted_services_database(request, &message, signed_data)
                                        : trusted_services_private(request, &message, signed_data, record);
    signed_data_free(signed_data);
    return status;
}

static uint64_t trusted_services_status(const struct authenticated_variable_request *request,
                                        const struct descriptor *descriptor, struct variable_record *record)
{
    const bool append = (request->attributes & EFI_VARIABLE_APPEND_WRITE) != 0;
    if (u16_at(&descriptor->time[REVISION_AT]) != REVISION_CURRENT ||
        !certificate_type_is_pkcs7(descriptor) || !time_is_gmt(descriptor->time)) {
        return EFI_SECURITY_VIOLATION;
    }
    if (!append && !time_later(request->rules, descriptor->time, record->timestamp)) {
        return EFI_SECURITY_VIOLATION;
    }
    return trusted_services_verify(request, descriptor, record);
}

/* What exists and was authenticated is authenticated again, whatever the attributes of the call say. */
static void trusted_services_check(const struct authenticated_variable_request *request,
                                   struct authenticated_variable_answer *answer)
{
    struct descriptor descriptor;
    const uint32_t attributes = request->exists ? request->existing_attributes : request->attributes;
    if ((attributes & EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS) == 0) {
        answer_plain(request, answer);
        return;
    }
    if (!descriptor_read(request->data, request->data_size, &descriptor)) {
        answer->status = EFI_SECURITY_VIOLATION;
        return;
    }
    answer->status = trusted_services_status(request, &descriptor, &answer->record);
    if (answer->status == EFI_SUCCESS) {
        answer_signed(request, &descriptor, answer);
        answer_mode(request, named(request, "PK") && is_global(request), answer);
    }
}

void authenticated_variable_check(const struct authenticated_variable_request *request,
                                  struct authenticated_variable_answer *answer)
{
    memset(answer, 0, sizeof(*answer));
    if (request->exists) {
        answer->record = request->existing_record;
    }
    if (request->rules == AUTHENTICATED_VARIABLE_EDK2) {
        edk2_check(request, answer);
    } else {
        trusted_services_check(request, answer);
    }
}
