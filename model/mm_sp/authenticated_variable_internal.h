/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PKCS#7 SignedData (RFC 2315) as authentication descriptors carry it: detached, SHA-256, parsed once,
 * verified in the manner of one server or the other. Nobody but authenticated_variable*.c includes it.
 */
#ifndef MODEL_MM_SP_AUTHENTICATED_VARIABLE_INTERNAL_H
#define MODEL_MM_SP_AUTHENTICATED_VARIABLE_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "model/mm_sp/authenticated_variable.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SIGNED_DATA_DIGEST_SIZE 32U
#define SIGNED_DATA_PIECES      5

struct pkcs7_st;

/* What was signed, in pieces: name, namespace, attributes, time, content. */
struct signed_message {
    struct authenticated_variable_bytes pieces[SIGNED_DATA_PIECES];
};

/* NULL: no SignedData that may sign a variable. With or without a ContentInfo around it. */
struct pkcs7_st *signed_data_parse(const uint8_t *bytes, uint32_t size);
void signed_data_free(struct pkcs7_st *signed_data);

/* EDK2: every signer's chain ends in the trusted certificate, or passes through it; no dates, no purposes. */
bool signed_data_verify_chain(struct pkcs7_st *signed_data, const struct signed_message *message,
                              const uint8_t *trusted, uint32_t trusted_size);

/* The first signer's certificate; it belongs to the SignedData. */
struct x509_st *signed_data_first_signer(struct pkcs7_st *signed_data);
bool signed_data_first_signer_is(struct pkcs7_st *signed_data, const uint8_t *certificate, uint32_t size);

/* EDK2: the same with the first signer's own certificate trusted, and what ties a variable to it. */
bool signed_data_verify_own(struct pkcs7_st *signed_data, const struct signed_message *message);
bool signed_data_fingerprint_edk2(struct pkcs7_st *signed_data, uint8_t fingerprint[SIGNED_DATA_DIGEST_SIZE]);

/*
 * Trusted Services (Mbed TLS 3, pkcs7.c): some signature was made with the key of that certificate; no
 * chains, no attributes, one certificate at most inside. NULL: the one inside.
 */
bool signed_data_verify_direct(struct pkcs7_st *signed_data, const struct signed_message *message,
                               const uint8_t *certificate, uint32_t size);
bool signed_data_fingerprint_trusted_services(struct pkcs7_st *signed_data,
                                              uint8_t fingerprint[SIGNED_DATA_DIGEST_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
