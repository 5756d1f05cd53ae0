/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists of signatures as the key databases PK, KEK, db, dbx and dbt hold them (UEFI specification, "Secure
 * Boot and Driver Signing", "Signature Database": EFI_SIGNATURE_LIST, EFI_SIGNATURE_DATA; the checks are
 * those of EDK2's AuthVariableLib, CheckSignatureListFormat() and FilterSignatureList()). Works on bytes that
 * the caller has copied; must not read past them, whatever sizes stand in them, and knows nothing of
 * variables.
 */
#ifndef MODEL_MM_SP_SIGNATURE_LIST_H
#define MODEL_MM_SP_SIGNATURE_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "model/abi/efi.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SIGNATURE_LIST_HEADER_SIZE 28U /* EFI_SIGNATURE_LIST without its signature header */
#define SIGNATURE_OWNER_SIZE       16U /* EFI_SIGNATURE_DATA.SignatureOwner */

enum signature_list_status {
    SIGNATURE_LIST_OK,
    SIGNATURE_LIST_TRUNCATED,   /* sizes that reach beyond the bytes, or bytes behind the last list */
    SIGNATURE_LIST_UNEVEN,      /* not a whole number of signatures, or signatures of no size */
    SIGNATURE_LIST_TYPE,        /* a type that no list may have */
    SIGNATURE_LIST_SIZE,        /* a signature or header whose size is not that of its type */
    SIGNATURE_LIST_CERTIFICATE, /* X.509 without an RSA public key */
    SIGNATURE_LIST_COUNT        /* more signatures than one, where one is all there may be */
};

/* One signature of a list. */
struct signature {
    struct efi_guid type;
    const uint8_t *owner; /* 16 bytes; the data follows */
    const uint8_t *data;
    uint32_t data_size;
};

/* A walk over the signatures of several lists; only for bytes that signature_list_check_sizes() accepts. */
struct signature_walk {
    const uint8_t *bytes;
    uint32_t size;
    uint32_t list;  /* offset of the list under way */
    uint32_t index; /* of the next signature in it */
};

/* Whether the sizes fit each other and the bytes; says nothing of types. No bytes at all are no lists: OK. */
enum signature_list_status signature_list_check_sizes(const uint8_t *bytes, uint32_t size);

/* What may become the value of a key database. `one_only`: PK. */
enum signature_list_status signature_list_check(const uint8_t *bytes, uint32_t size, bool one_only);

const char *signature_list_status_text(enum signature_list_status status);

void signature_walk_start(struct signature_walk *walk, const uint8_t *bytes, uint32_t size);
bool signature_walk_next(struct signature_walk *walk, struct signature *signature);

bool signature_is_x509(const struct signature *signature);

/*
 * Leaves out of `added` what is in `present`, in place, and returns the size of what is left; lists that lose
 * all their signatures go. Both must have been accepted by signature_list_check_sizes().
 */
uint32_t signature_list_filter(const uint8_t *present, uint32_t present_size, uint8_t *added,
                               uint32_t added_size);

#ifdef __cplusplus
}
#endif

#endif
