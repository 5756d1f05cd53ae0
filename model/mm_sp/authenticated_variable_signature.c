/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Verification through OpenSSL. What nobody has signed is read strictly: a version, an algorithm or a name
 * that is not what it must be is refused here, also where EDK2 (whose OpenSSL does not look) would accept it,
 * so that no byte of a SignedData can be changed without being noticed. Dates of certificates are not
 * compared with anything: neither server has a clock to do it with.
 */
#include "model/mm_sp/authenticated_variable_internal.h"

#include <limits.h>
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define TAG_SEQUENCE    0x30U
#define LENGTH_TWO      0x82U /* the length follows in two bytes */
#define WRAP_SIZE       19U   /* of a ContentInfo before its content */
#define COMMON_NAME_MAX 127   /* characters that EDK2 has room for */

/* Parsing */

static bool algorithm_is(const X509_ALGOR *algorithm, int nid)
{
    const ASN1_OBJECT *object = NULL;
    int parameter = V_ASN1_UNDEF;
    X509_ALGOR_get0(&object, &parameter, NULL, algorithm);
    return OBJ_obj2nid(object) == nid && (parameter == V_ASN1_UNDEF || parameter == V_ASN1_NULL);
}

static bool signature_algorithm_fits(const X509_ALGOR *algorithm, const EVP_PKEY *key)
{
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) {
        return algorithm_is(algorithm, NID_rsaEncryption) ||
               algorithm_is(algorithm, NID_sha256WithRSAEncryption);
    }
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC && algorithm_is(algorithm, NID_ecdsa_with_SHA256);
}

/* OpenSSL compares names without regard to case and blanks. */
static bool names_identical(const X509_NAME *a, const X509_NAME *b)
{
    const unsigned char *bytes[2] = {NULL, NULL};
    size_t sizes[2] = {0, 0};
    return X509_NAME_get0_der(a, &bytes[0], &sizes[0]) == 1 &&
           X509_NAME_get0_der(b, &bytes[1], &sizes[1]) == 1 && sizes[0] == sizes[1] &&
           memcmp(bytes[0], bytes[1], sizes[0]) == 0;
}

static bool signer_is_strict(PKCS7 *signed_data, PKCS7_SIGNER_INFO *signer)
{
    X509 *certificate = PKCS7_cert_from_signer_info(signed_data, signer);
    if (ASN1_INTEGER_get(signer->version) != 1 || !algorithm_is(signer->digest_alg, NID_sha256)) {
        return false;
    }
    if (certificate == NULL) { /* Trusted Services does without */
        return algorithm_is(signer->digest_enc_alg, NID_rsaEncryption) ||
               algorithm_is(signer->digest_enc_alg, NID_sha256WithRSAEncryption);
    }
    const EVP_PKEY *key = X509_get0_pubkey(certificate);
    return key != NULL && signature_algorithm_fits(signer->digest_enc_alg, key) &&
           names_identical(X509_get_issuer_name(certificate), signer->issuer_and_serial->issuer);
}

static bool signed_data_is_strict(PKCS7 *signed_data)
{
    if (!PKCS7_type_is_signed(signed_data) || signed_data->d.sign == NULL) {
        return false;
    }
    const PKCS7_SIGNED *content = signed_data->d.sign;
    STACK_OF(PKCS7_SIGNER_INFO) *signers = PKCS7_get_signer_info(signed_data);
    if (ASN1_INTEGER_get(content->version) != 1 || sk_X509_ALGOR_num(content->md_algs) != 1 ||
        !algorithm_is(sk_X509_ALGOR_value(content->md_algs, 0), NID_sha256) ||
        !PKCS7_type_is_data(content->contents) || sk_PKCS7_SIGNER_INFO_num(signers) < 1) {
        return false;
    }
    for (int i = 0; i < sk_PKCS7_SIGNER_INFO_num(signers); i++) {
        if (!signer_is_strict(signed_data, sk_PKCS7_SIGNER_INFO_value(signers, i))) {
            return false;
        }
    }
    return true;
}

/* OpenSSL wants the ContentInfo that UEFI leaves out. It is put around a copy. */
static PKCS7 *bare_parse(const uint8_t *bytes, uint32_t size)
{
    static const uint8_t oid[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};
    const uint32_t inner = size + 4U + sizeof(oid);
    PKCS7 *parsed = NULL;
    if (inner > UINT16_MAX) {
        return NULL;
    }
    uint8_t *wrapped = OPENSSL_malloc(size + WRAP_SIZE);
    if (wrapped == NULL) {
        return NULL;
    }
    const uint8_t outside[] = {TAG_SEQUENCE, LENGTH_TWO, (uint8_t)(inner >> 8), (uint8_t)inner};
    const uint8_t inside[] = {0xa0, LENGTH_TWO, (uint8_t)(size >> 8), (uint8_t)size};
    memcpy(wrapped, outside, sizeof(outside));
    memcpy(wrapped + sizeof(outside), oid, sizeof(oid));
    memcpy(wrapped + sizeof(outside) + sizeof(oid), inside, sizeof(inside));
    memcpy(wrapped + WRAP_SIZE, bytes, size);
    const unsigned char *at = wrapped;
    parsed = d2i_PKCS7(NULL, &at, (long)(size + WRAP_SIZE));
    OPENSSL_free(wrapped);
    return parsed;
}

/* The bytes of the outermost element must be all that there are. */
static bool element_fills(const uint8_t *bytes, uint32_t size)
{
    const unsigned char *at = bytes;
    long length = 0;
    int tag = 0;
    int class = 0;
    const int flags = ASN1_get_object(&at, &length, &tag, &class, (long)size);
    return flags == V_ASN1_CONSTRUCTED && tag == V_ASN1_SEQUENCE && class == V_ASN1_UNIVERSAL &&
           (uint32_t)(at - bytes) + (uint32_t)length == size;
}

/* Other encodings of the same are no DER, though OpenSSL reads them. */
static bool encoding_is_der(const PKCS7 *parsed, const uint8_t *bytes, uint32_t size, bool bare)
{
    unsigned char *again = NULL;
    const int length = bare ? i2d_PKCS7_SIGNED(parsed->d.sign, &again) : i2d_PKCS7(parsed, &again);
    const bool same = length >= 0 && (uint32_t)length == size && memcmp(again, bytes, size) == 0;
    OPENSSL_free(again);
    return same;
}

struct pkcs7_st *signed_data_parse(const uint8_t *bytes, uint32_t size)
{
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG,
                              NULL); /* what the host configures changes nothing */
    if (size == 0 || size > INT_MAX || !element_fills(bytes, size)) {
        ERR_clear_error();
        return NULL;
    }
    const unsigned char *at = bytes;
    PKCS7 *parsed = d2i_PKCS7(NULL, &at, (long)size);
    const bool bare = parsed == NULL;
    if (bare) {
        parsed = bare_parse(bytes, size);
    }
    if (parsed != NULL && (!signed_data_is_strict(parsed) || !encoding_is_der(parsed, bytes, size, bare))) {
        PKCS7_free(parsed);
        parsed = NULL;
    }
    ERR_clear_error();
    return parsed;
}

void signed_data_free(struct pkcs7_st *signed_data)
{
    PKCS7_free(signed_data);
    ERR_clear_error();
}

/* EDK2 */

/* The flags are those of its Pkcs7Verify(). */
static X509_STORE *store_of(X509 *trusted)
{
    X509_STORE *store = X509_STORE_new();
    if (store != NULL &&
        (X509_STORE_add_cert(store, trusted) != 1 ||
         X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME) != 1 ||
         X509_STORE_set_purpose(store, X509_PURPOSE_ANY) != 1)) {
        X509_STORE_free(store);
        return NULL;
    }
    return store;
}

static BIO *message_open(const struct signed_message *message)
{
    BIO *bio = BIO_new(BIO_s_mem());
    for (int i = 0; bio != NULL && i < SIGNED_DATA_PIECES; i++) {
        const struct authenticated_variable_bytes *piece = &message->pieces[i];
        if (piece->size != 0 && BIO_write(bio, piece->bytes, (int)piece->size) != (int)piece->size) {
            BIO_free(bio);
            return NULL;
        }
    }
    return bio;
}

static bool verify_trusting(PKCS7 *signed_data, const struct signed_message *message, X509 *trusted)
{
    X509_STORE *store = store_of(trusted);
    BIO *bio = message_open(message);
    const bool good =
        store != NULL && bio != NULL && PKCS7_verify(signed_data, NULL, store, bio, NULL, PKCS7_BINARY) == 1;
    BIO_free(bio);
    X509_STORE_free(store);
    ERR_clear_error();
    return good;
}

bool signed_data_verify_chain(struct pkcs7_st *signed_data, const struct signed_message *message,
                              const uint8_t *trusted, uint32_t trusted_size)
{
    const unsigned char *at = trusted;
    X509 *certificate = d2i_X509(NULL, &at, (long)trusted_size);
    const bool good = certificate != NULL && verify_trusting(signed_data, message, certificate);
    X509_free(certificate);
    ERR_clear_error();
    return good;
}

/* Its certificate, or NULL where it is not inside. */
static X509 *signer_certificate(PKCS7 *signed_data, bool last)
{
    STACK_OF(PKCS7_SIGNER_INFO) *signers = PKCS7_get_signer_info(signed_data);
    const int count = sk_PKCS7_SIGNER_INFO_num(signers);
    return PKCS7_cert_from_signer_info(signed_data,
                                       sk_PKCS7_SIGNER_INFO_value(signers, last ? count - 1 : 0));
}

struct x509_st *signed_data_first_signer(struct pkcs7_st *signed_data)
{
    return signer_certificate(signed_data, false);
}

bool signed_data_first_signer_is(struct pkcs7_st *signed_data, const uint8_t *certificate, uint32_t size)
{
    unsigned char *bytes = NULL;
    const X509 *signer = signed_data_first_signer(signed_data);
    const int bytes_size = signer != NULL ? i2d_X509(signer, &bytes) : -1;
    const bool same =
        bytes_size >= 0 && (uint32_t)bytes_size == size && memcmp(bytes, certificate, size) == 0;
    OPENSSL_free(bytes);
    ERR_clear_error();
    return same;
}

bool signed_data_verify_own(struct pkcs7_st *signed_data, const struct signed_message *message)
{
    X509 *signer = signed_data_first_signer(signed_data);
    return signer != NULL && verify_trusting(signed_data, message, signer);
}

/* Fingerprints: SHA-256 of a common name and of a tbsCertificate. */

static const ASN1_STRING *common_name(const X509 *certificate)
{
    const X509_NAME *name = X509_get_subject_name(certificate);
    const int index = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    return index >= 0 ? X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)) : NULL;
}

/* The first element of the certificate, with its header. */
static bool digest_tbs(EVP_MD_CTX *digest, const X509 *certificate)
{
    unsigned char *bytes = NULL;
    const int size = i2d_X509(certificate, &bytes);
    bool done = false;
    if (size > 0) {
        const unsigned char *at = bytes;
        long length = 0;
        int tag = 0;
        int class = 0;
        if ((ASN1_get_object(&at, &length, &tag, &class, size) & 0x80) == 0) {
            const unsigned char *start = at;
            done = (ASN1_get_object(&at, &length, &tag, &class, bytes + size - start) & 0x80) == 0 &&
                   EVP_DigestUpdate(digest, start, (size_t)(at - start) + (size_t)length) == 1;
        }
    }
    OPENSSL_free(bytes);
    return done;
}

static bool fingerprint_make(const unsigned char *name, size_t name_size, const X509 *certificate,
                             uint8_t fingerprint[SIGNED_DATA_DIGEST_SIZE])
{
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    const bool done = digest != NULL && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1 &&
                      EVP_DigestUpdate(digest, name, name_size) == 1 && digest_tbs(digest, certificate) &&
                      EVP_DigestFinal_ex(digest, fingerprint, NULL) == 1;
    EVP_MD_CTX_free(digest);
    ERR_clear_error();
    return done;
}

/*
 * EDK2 takes the name of the last signer, in UTF-8 and cut to its buffer, and as "top-level certificate" that
 * of the first signer: with one signer, as there is in practice, both are the signing certificate.
 */
bool signed_data_fingerprint_edk2(struct pkcs7_st *signed_data, uint8_t fingerprint[SIGNED_DATA_DIGEST_SIZE])
{
    const X509 *first = signer_certificate(signed_data, false);
    const X509 *last = signer_certificate(signed_data, true);
    const ASN1_STRING *name = last != NULL ? common_name(last) : NULL;
    unsigned char *text = NULL;
    if (first == NULL || name == NULL) {
        return false;
    }
    const int size = ASN1_STRING_to_UTF8(&text, name);
    if (size < 0) {
        ERR_clear_error();
        return false;
    }
    size_t length = 0;
    while (length < (size_t)size && length < COMMON_NAME_MAX && text[length] != '\0') {
        length++;
    }
    const bool done = fingerprint_make(text, length, first, fingerprint);
    OPENSSL_free(text);
    return done;
}

/* Trusted Services */

static bool is_plain(PKCS7 *signed_data)
{
    STACK_OF(PKCS7_SIGNER_INFO) *signers = PKCS7_get_signer_info(signed_data);
    for (int i = 0; i < sk_PKCS7_SIGNER_INFO_num(signers); i++) {
        PKCS7_SIGNER_INFO *signer = sk_PKCS7_SIGNER_INFO_value(signers, i);
        if (signer->auth_attr != NULL || signer->unauth_attr != NULL) {
            return false;
        }
    }
    return PKCS7_get_detached(signed_data) == 1 && sk_X509_num(signed_data->d.sign->cert) <= 1;
}

static bool message_digest(const struct signed_message *message, uint8_t digest[SIGNED_DATA_DIGEST_SIZE])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
    for (int i = 0; done && i < SIGNED_DATA_PIECES; i++) {
        done = EVP_DigestUpdate(context, message->pieces[i].bytes, message->pieces[i].size) == 1;
    }
    done = done && EVP_DigestFinal_ex(context, digest, NULL) == 1;
    EVP_MD_CTX_free(context);
    return done;
}

static bool signature_verify(EVP_PKEY *key, const uint8_t digest[SIGNED_DATA_DIGEST_SIZE],
                             const ASN1_OCTET_STRING *signature)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    const bool rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
    const bool good =
        context != NULL && EVP_PKEY_verify_init(context) == 1 &&
        (!rsa || EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1) &&
        EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1 &&
        EVP_PKEY_verify(context, ASN1_STRING_get0_data(signature), (size_t)ASN1_STRING_length(signature),
                        digest, SIGNED_DATA_DIGEST_SIZE) == 1;
    EVP_PKEY_CTX_free(context);
    return good;
}

static bool verify_with_key(PKCS7 *signed_data, const struct signed_message *message, const X509 *certificate)
{
    uint8_t digest[SIGNED_DATA_DIGEST_SIZE];
    EVP_PKEY *key = certificate != NULL ? X509_get0_pubkey(certificate) : NULL;
    STACK_OF(PKCS7_SIGNER_INFO) *signers = PKCS7_get_signer_info(signed_data);
    bool good = false;
    if (key == NULL || !is_plain(signed_data) || !message_digest(message, digest)) {
        return false;
    }
    for (int i = 0; !good && i < sk_PKCS7_SIGNER_INFO_num(signers); i++) {
        good = signature_verify(key, digest, sk_PKCS7_SIGNER_INFO_value(signers, i)->enc_digest);
    }
    return good;
}

static const X509 *certificate_inside(PKCS7 *signed_data)
{
    STACK_OF(X509) *inside = signed_data->d.sign->cert;
    return sk_X509_num(inside) == 1 ? sk_X509_value(inside, 0) : NULL;
}

bool signed_data_verify_direct(struct pkcs7_st *signed_data, const struct signed_message *message,
                               const uint8_t *certificate, uint32_t size)
{
    const unsigned char *at = certificate;
    X509 *given = certificate != NULL ? d2i_X509(NULL, &at, (long)size) : NULL;
    const bool good =
        verify_with_key(signed_data, message, certificate != NULL ? given : certificate_inside(signed_data));
    X509_free(given);
    ERR_clear_error();
    return good;
}

/* The name as it stands in the certificate. */
bool signed_data_fingerprint_trusted_services(struct pkcs7_st *signed_data,
                                              uint8_t fingerprint[SIGNED_DATA_DIGEST_SIZE])
{
    const X509 *certificate = certificate_inside(signed_data);
    const ASN1_STRING *name = certificate != NULL ? common_name(certificate) : NULL;
    return name != NULL && fingerprint_make(ASN1_STRING_get0_data(name), (size_t)ASN1_STRING_length(name),
                                            certificate, fingerprint);
}
