/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/mm_sp/signature_list.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

/* Offsets in EFI_SIGNATURE_LIST. */
#define LIST_SIZE_AT        16U
#define LIST_HEADER_SIZE_AT 20U
#define SIGNATURE_SIZE_AT   24U

#define SIZE_ANY 0xFFFFFFFFU

/* Types, with the bytes of their signatures less the owner (UEFI, "Signature Database"). None has a header.
 */
static const struct {
    struct efi_guid type;
    uint32_t data_size;
} types[] = {
    /* EFI_CERT_SHA256_GUID c1c41626-504c-4092-aca9-41f936934328 */
    {{{0x26, 0x16, 0xc4, 0xc1, 0x4c, 0x50, 0x92, 0x40, 0xac, 0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43, 0x28}}, 32},
    /* EFI_CERT_RSA2048_GUID 3c5766e8-269c-4e34-aa14-ed776e85b3b6 */
    {{{0xe8, 0x66, 0x57, 0x3c, 0x9c, 0x26, 0x34, 0x4e, 0xaa, 0x14, 0xed, 0x77, 0x6e, 0x85, 0xb3, 0xb6}}, 256},
    /* EFI_CERT_RSA2048_SHA256_GUID e2b36190-879b-4a3d-ad8d-f2e7bba32784 */
    {{{0x90, 0x61, 0xb3, 0xe2, 0x9b, 0x87, 0x3d, 0x4a, 0xad, 0x8d, 0xf2, 0xe7, 0xbb, 0xa3, 0x27, 0x84}}, 256},
    /* EFI_CERT_SHA1_GUID 826ca512-cf10-4ac9-b187-be01496631bd */
    {{{0x12, 0xa5, 0x6c, 0x82, 0x10, 0xcf, 0xc9, 0x4a, 0xb1, 0x87, 0xbe, 0x01, 0x49, 0x66, 0x31, 0xbd}}, 20},
    /* EFI_CERT_RSA2048_SHA1_GUID 67f8444f-8743-48f1-a328-1eaab8736080 */
    {{{0x4f, 0x44, 0xf8, 0x67, 0x43, 0x87, 0xf1, 0x48, 0xa3, 0x28, 0x1e, 0xaa, 0xb8, 0x73, 0x60, 0x80}}, 256},
    /* EFI_CERT_X509_GUID a5c059a1-94e4-4aa7-87b5-ab155c2bf072 */
    {{{0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a, 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72}},
     SIZE_ANY},
    /* EFI_CERT_SHA224_GUID 0b6e5233-a65c-44c9-9407-d9ab83bfc8bd */
    {{{0x33, 0x52, 0x6e, 0x0b, 0x5c, 0xa6, 0xc9, 0x44, 0x94, 0x07, 0xd9, 0xab, 0x83, 0xbf, 0xc8, 0xbd}}, 28},
    /* EFI_CERT_SHA384_GUID ff3e5307-9fd0-48c9-85f1-8ad56c701e01 */
    {{{0x07, 0x53, 0x3e, 0xff, 0xd0, 0x9f, 0xc9, 0x48, 0x85, 0xf1, 0x8a, 0xd5, 0x6c, 0x70, 0x1e, 0x01}}, 48},
    /* EFI_CERT_SHA512_GUID 093e0fae-a6c4-4f50-9f1b-d41e2b89c19a */
    {{{0xae, 0x0f, 0x3e, 0x09, 0xc4, 0xa6, 0x50, 0x4f, 0x9f, 0x1b, 0xd4, 0x1e, 0x2b, 0x89, 0xc1, 0x9a}}, 64},
    /* EFI_CERT_X509_SHA256_GUID 3bd2a492-96c0-4079-b420-fcf98ef103ed, with the time of revocation */
    {{{0x92, 0xa4, 0xd2, 0x3b, 0xc0, 0x96, 0x79, 0x40, 0xb4, 0x20, 0xfc, 0xf9, 0x8e, 0xf1, 0x03, 0xed}}, 48},
    /* EFI_CERT_X509_SHA384_GUID 7076876e-80c2-4ee6-aad2-28b349a6865b */
    {{{0x6e, 0x87, 0x76, 0x70, 0xc2, 0x80, 0xe6, 0x4e, 0xaa, 0xd2, 0x28, 0xb3, 0x49, 0xa6, 0x86, 0x5b}}, 64},
    /* EFI_CERT_X509_SHA512_GUID 446dbf63-2502-4cda-bcfa-2465d2b0fe9d */
    {{{0x63, 0xbf, 0x6d, 0x44, 0x02, 0x25, 0xda, 0x4c, 0xbc, 0xfa, 0x24, 0x65, 0xd2, 0xb0, 0xfe, 0x9d}}, 80},
};
#define TYPE_COUNT (sizeof(types) / sizeof(types[0]))
#define TYPE_X509  5U

/* One list, read out of its bytes. */
struct list {
    const uint8_t *type;
    uint32_t size;
    uint32_t header_size;
    uint32_t signature_size;
    uint32_t count;
};

static uint32_t u32_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void u32_put(uint8_t *bytes, uint32_t value)
{
    for (uint32_t i = 0; i < sizeof(value); i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
}

static enum signature_list_status list_read(const uint8_t *bytes, uint32_t room, struct list *list)
{
    if (room < SIGNATURE_LIST_HEADER_SIZE) {
        return SIGNATURE_LIST_TRUNCATED;
    }
    list->type = bytes;
    list->size = u32_at(&bytes[LIST_SIZE_AT]);
    list->header_size = u32_at(&bytes[LIST_HEADER_SIZE_AT]);
    list->signature_size = u32_at(&bytes[SIGNATURE_SIZE_AT]);
    if (list->size > room || list->size < SIGNATURE_LIST_HEADER_SIZE ||
        list->header_size > list->size - SIGNATURE_LIST_HEADER_SIZE) {
        return SIGNATURE_LIST_TRUNCATED;
    }
    const uint32_t area = list->size - SIGNATURE_LIST_HEADER_SIZE - list->header_size;
    if (list->signature_size < SIGNATURE_OWNER_SIZE || area % list->signature_size != 0) {
        return SIGNATURE_LIST_UNEVEN;
    }
    list->count = area / list->signature_size;
    return SIGNATURE_LIST_OK;
}

static const uint8_t *list_signature(const struct list *list, uint32_t index)
{
    return list->type + SIGNATURE_LIST_HEADER_SIZE + list->header_size + (size_t)index * list->signature_size;
}

enum signature_list_status signature_list_check_sizes(const uint8_t *bytes, uint32_t size)
{
    struct list list;
    for (uint32_t at = 0; at < size; at += list.size) { /* a list is never empty */
        const enum signature_list_status status = list_read(&bytes[at], size - at, &list);
        if (status != SIGNATURE_LIST_OK) {
            return status;
        }
    }
    return SIGNATURE_LIST_OK;
}

/* Whether bytes are a certificate with an RSA key, which is all that may sign. */
static bool certificate_is_rsa(const uint8_t *bytes, uint32_t size)
{
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG,
                              NULL); /* what the host configures changes nothing */
    const unsigned char *at = bytes;
    X509 *certificate = d2i_X509(NULL, &at, (long)size);
    const EVP_PKEY *key = certificate != NULL ? X509_get0_pubkey(certificate) : NULL;
    const bool rsa = key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
    X509_free(certificate);
    ERR_clear_error();
    return rsa;
}

/* As EDK2, which looks at the first certificate of a list only. */
static enum signature_list_status list_check(const struct list *list)
{
    uint32_t type = 0;
    while (type < TYPE_COUNT && memcmp(list->type, types[type].type.bytes, sizeof(struct efi_guid)) != 0) {
        type++;
    }
    if (type == TYPE_COUNT) {
        return SIGNATURE_LIST_TYPE;
    }
    const uint32_t data_size = list->signature_size - SIGNATURE_OWNER_SIZE;
    if (list->header_size != 0 || (types[type].data_size != SIZE_ANY && data_size != types[type].data_size)) {
        return SIGNATURE_LIST_SIZE;
    }
    if (type == TYPE_X509 &&
        (list->count == 0 ||
         !certificate_is_rsa(list_signature(list, 0) + SIGNATURE_OWNER_SIZE, data_size))) {
        return SIGNATURE_LIST_CERTIFICATE;
    }
    return SIGNATURE_LIST_OK;
}

enum signature_list_status signature_list_check(const uint8_t *bytes, uint32_t size, bool one_only)
{
    struct list list;
    uint32_t count = 0;
    for (uint32_t at = 0; at < size; at += list.size) {
        enum signature_list_status status = list_read(&bytes[at], size - at, &list);
        if (status == SIGNATURE_LIST_OK) {
            status = list_check(&list);
        }
        if (status != SIGNATURE_LIST_OK) {
            return status;
        }
        count += list.count;
    }
    return one_only && count > 1 ? SIGNATURE_LIST_COUNT : SIGNATURE_LIST_OK;
}

const char *signature_list_status_text(enum signature_list_status status)
{
    static const char *const texts[] = {
        [SIGNATURE_LIST_OK] = "a signature list",
        [SIGNATURE_LIST_TRUNCATED] = "a size in a signature list reaches beyond the data",
        [SIGNATURE_LIST_UNEVEN] = "a signature list does not hold a whole number of signatures",
        [SIGNATURE_LIST_TYPE] = "a signature list of a type that is not known",
        [SIGNATURE_LIST_SIZE] = "a signature or its header does not have the size of its type",
        [SIGNATURE_LIST_CERTIFICATE] = "a signature is no X.509 certificate with an RSA key",
        [SIGNATURE_LIST_COUNT] = "more than one signature",
    };
    return texts[status];
}

/* Walks */

void signature_walk_start(struct signature_walk *walk, const uint8_t *bytes, uint32_t size)
{
    *walk = (struct signature_walk){.bytes = bytes, .size = size};
}

bool signature_walk_next(struct signature_walk *walk, struct signature *signature)
{
    struct list list;
    while (walk->list < walk->size) {
        const enum signature_list_status status =
            list_read(&walk->bytes[walk->list], walk->size - walk->list, &list);
        assert(status == SIGNATURE_LIST_OK);
        if (walk->index < list.count) {
            signature->owner = list_signature(&list, walk->index);
            signature->data = signature->owner + SIGNATURE_OWNER_SIZE;
            signature->data_size = list.signature_size - SIGNATURE_OWNER_SIZE;
            memcpy(signature->type.bytes, list.type, sizeof(signature->type.bytes));
            walk->index++;
            return true;
        }
        walk->list += list.size;
        walk->index = 0;
    }
    return false;
}

bool signature_is_x509(const struct signature *signature)
{
    return memcmp(signature->type.bytes, types[TYPE_X509].type.bytes, sizeof(signature->type.bytes)) == 0;
}

/* Appending */

static bool signature_present(const uint8_t *bytes, uint32_t size, const uint8_t *type,
                              const uint8_t *signature, uint32_t signature_size)
{
    struct signature_walk walk;
    struct signature other;
    signature_walk_start(&walk, bytes, size);
    while (signature_walk_next(&walk, &other)) {
        if (other.data_size + SIGNATURE_OWNER_SIZE == signature_size &&
            memcmp(other.type.bytes, type, sizeof(other.type.bytes)) == 0 &&
            memcmp(other.owner, signature, signature_size) == 0) {
            return true;
        }
    }
    return false;
}

/* Moves a list to `to`, which is not behind it, less what is present. Returns the bytes that it takes there.
 */
static uint32_t list_filter(const uint8_t *present, uint32_t present_size, uint8_t *to,
                            const struct list *list)
{
    const uint32_t start = SIGNATURE_LIST_HEADER_SIZE + list->header_size;
    struct efi_guid type;
    uint32_t kept = 0;
    memcpy(type.bytes, list->type, sizeof(type.bytes));
    const uint8_t *first = list_signature(list, 0);
    memmove(to, list->type, start);
    for (uint32_t i = 0; i < list->count; i++) {
        const uint8_t *signature = first + (size_t)i * list->signature_size;
        if (!signature_present(present, present_size, type.bytes, signature, list->signature_size)) {
            memmove(to + start + (size_t)kept * list->signature_size, signature, list->signature_size);
            kept++;
        }
    }
    if (kept == 0) {
        return 0;
    }
    u32_put(&to[LIST_SIZE_AT], start + kept * list->signature_size);
    return start + kept * list->signature_size;
}

uint32_t signature_list_filter(const uint8_t *present, uint32_t present_size, uint8_t *added,
                               uint32_t added_size)
{
    struct list list;
    uint32_t left = 0;
    for (uint32_t at = 0; at < added_size; at += list.size) {
        const enum signature_list_status status = list_read(&added[at], added_size - at, &list);
        assert(status == SIGNATURE_LIST_OK);
        left += list_filter(present, present_size, &added[left], &list);
    }
    return left;
}
