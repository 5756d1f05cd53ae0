// SPDX-License-Identifier: BSD-3-Clause
//
// Owners of keys, what they sign, and SetVariable calls on it, for tests of authentication. Keys are drawn
// when a test begins; nothing that is compared depends on them. Certificates and signatures are made by
// OpenSSL's own functions, lists and descriptors byte by byte from the specification.
#ifndef TESTS_UNIT_AUTHENTICATED_VARIABLE_WORLD_HPP
#define TESTS_UNIT_AUTHENTICATED_VARIABLE_WORLD_HPP

#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "model/abi/efi.h"
#include "model/mm_sp/authenticated_variable.h"
#include "model/mm_sp/signature_list.h"

namespace authentication {

using bytes = std::vector<uint8_t>;

constexpr uint32_t NV_BS_RT =
    EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS;
constexpr uint32_t SIGNED = NV_BS_RT | EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS;
constexpr uint32_t APPEND = SIGNED | EFI_VARIABLE_APPEND_WRITE;

inline bytes operator+(bytes a, const bytes &b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

inline bytes number(uint64_t value, size_t size)
{
    bytes result;
    for (size_t i = 0; i < size; i++) {
        result.push_back(static_cast<uint8_t>(value >> (8 * i)));
    }
    return result;
}

inline bytes text(const std::string &characters)
{
    return bytes(characters.begin(), characters.end());
}

inline bytes utf16(const std::string &characters)
{
    bytes result;
    for (const char c : characters) {
        result.push_back(static_cast<uint8_t>(c));
        result.push_back(0);
    }
    return result;
}

// A namespace as it is written: 8be4df61-93ca-11d2-aa0d-00e098032b8c.
inline bytes guid(const std::string &written)
{
    bytes raw;
    for (size_t i = 0; i < written.size(); i++) {
        if (written[i] != '-') {
            raw.push_back(static_cast<uint8_t>(std::stoi(written.substr(i, 2), nullptr, 16)));
            i++;
        }
    }
    return {raw[3], raw[2], raw[1],  raw[0],  raw[5],  raw[4],  raw[7],  raw[6],
            raw[8], raw[9], raw[10], raw[11], raw[12], raw[13], raw[14], raw[15]};
}

const bytes GLOBAL = guid("8be4df61-93ca-11d2-aa0d-00e098032b8c");
const bytes SECURITY = guid("d719b2cb-3d3a-4596-a3bc-dad00e67656f");
const bytes PRIVATE = guid("01234567-89ab-cdef-0123-456789abcdef");
const bytes OWNER = guid("77fa9abd-0359-4d32-bd60-28f4e78f784b");
const bytes TYPE_X509_GUID = guid("a5c059a1-94e4-4aa7-87b5-ab155c2bf072");
const bytes TYPE_SHA256_GUID = guid("c1c41626-504c-4092-aca9-41f936934328");

// One list of signatures of one size.
inline bytes signature_list(const bytes &type, const std::vector<bytes> &signatures)
{
    const size_t size = OWNER.size() + (signatures.empty() ? 1 : signatures[0].size());
    bytes result = type + number(28 + size * signatures.size(), 4) + number(0, 4) + number(size, 4);
    for (const bytes &signature : signatures) {
        result = result + OWNER + signature;
    }
    return result;
}

inline bytes time_of(uint32_t year, uint8_t month = 1, uint8_t day = 1, uint8_t hour = 0, uint8_t minute = 0,
                     uint8_t second = 0)
{
    return number(year, 2) + bytes{month, day, hour, minute, second} + bytes(9, 0);
}

// Somebody with a key and a certificate; without an issuer it is signed with the key itself.
class person {
public:
    explicit person(const std::string &name, const person *issuer = nullptr, bool elliptic = false)
        : key(elliptic ? EVP_EC_gen("P-256") : EVP_RSA_gen(1024), EVP_PKEY_free),
          certificate(X509_new(), X509_free)
    {
        X509 *x509 = certificate.get();
        const person &signer = issuer != nullptr ? *issuer : *this;
        X509_set_version(x509, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(x509), issuer != nullptr ? 2 : 1);
        ASN1_TIME_set_string(X509_getm_notBefore(x509), "20200101000000Z");
        ASN1_TIME_set_string(X509_getm_notAfter(x509), "20210101000000Z"); // long over: nobody looks
        X509_set_pubkey(x509, key.get());
        X509_NAME *subject = X509_get_subject_name(x509);
        if (!name.empty()) {
            X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char *>(name.c_str()), -1, -1, 0);
        }
        X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char *>("tests"), -1, -1, 0);
        X509_set_issuer_name(x509, X509_get_subject_name(signer.certificate.get()));
        X509_EXTENSION *ca = X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
        X509_add_ext(x509, ca, -1);
        X509_EXTENSION_free(ca);
        if (X509_sign(x509, signer.key.get(), EVP_sha256()) == 0) {
            throw std::runtime_error("X509_sign");
        }
    }

    bytes der() const
    {
        unsigned char *at = nullptr;
        const int size = i2d_X509(certificate.get(), &at);
        const bytes result(at, at + size);
        OPENSSL_free(at);
        return result;
    }

    bytes list() const { return signature_list(TYPE_X509_GUID, {der()}); }

    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key;
    std::unique_ptr<X509, decltype(&X509_free)> certificate;
};

// Drawn once for all tests of a process; the keys are short, for nothing depends on that.
struct people {
    person platform{"platform"};
    person exchange{"exchange"};
    person leaf{"leaf", &exchange};
    person vendor{"vendor"};
    person vendor_again{"vendor"}; // the same name, another key
    person stranger{"stranger"};
    person nameless{""};
    person curve{"curve", nullptr, true};
};

inline const people &everybody()
{
    static const people all;
    return all;
}

// A call of SetVariable, to be changed by a test before it is signed.
struct call {
    std::string name = "Private";
    bytes name_space = PRIVATE;
    uint32_t attributes = SIGNED;
    bytes time = time_of(2024);
    bytes content = text("content");
    // How it is signed.
    const EVP_MD *digest = EVP_sha256();
    bool wrapped = false; // a ContentInfo around the SignedData
    int flags = PKCS7_NOATTR;
    std::vector<const person *> inside; // further certificates

    bytes serialized() const { return utf16(name) + name_space + number(attributes, 4) + time + content; }

    bytes signed_data(const std::vector<const person *> &signers) const
    {
        const int all = flags | PKCS7_PARTIAL | PKCS7_BINARY | PKCS7_DETACHED;
        const bytes message = serialized();
        PKCS7 *p7 = PKCS7_sign(nullptr, nullptr, nullptr, nullptr, all);
        for (const person *signer : signers) {
            if (PKCS7_sign_add_signer(p7, signer->certificate.get(), signer->key.get(), digest, all) ==
                nullptr) {
                throw std::runtime_error("PKCS7_sign_add_signer");
            }
        }
        for (const person *other : inside) {
            PKCS7_add_certificate(p7, other->certificate.get());
        }
        BIO *bio = BIO_new_mem_buf(message.data(), static_cast<int>(message.size()));
        if (PKCS7_final(p7, bio, all) != 1) {
            throw std::runtime_error("PKCS7_final");
        }
        BIO_free(bio);
        unsigned char *at = nullptr;
        const int size = wrapped ? i2d_PKCS7(p7, &at) : i2d_PKCS7_SIGNED(p7->d.sign, &at);
        const bytes result(at, at + size);
        OPENSSL_free(at);
        PKCS7_free(p7);
        return result;
    }

    bytes descriptor(const bytes &certificate) const
    {
        return time + number(24 + certificate.size(), 4) + number(0x0200, 2) + number(0x0EF1, 2) +
               guid("4aafd29d-68df-49ee-8aa9-347d375665a7") + certificate;
    }

    bytes signed_by(const std::vector<const person *> &signers) const
    {
        return descriptor(signed_data(signers)) + content;
    }
    bytes signed_by(const person &signer) const { return signed_by(std::vector<const person *>{&signer}); }
    bytes unsigned_data() const { return descriptor({}) + content; }
};

// What is in the store, and what a call does to it. Data is given to the core in a buffer of just its size.
struct machine {
    enum authenticated_variable_rules rules = AUTHENTICATED_VARIABLE_EDK2;
    bool self_signed_pk = false;
    bytes pk;
    bytes kek;
    bool exists = false;
    uint32_t existing_attributes = SIGNED;
    struct variable_record record = {};
    bytes value;
    bytes result; // the content of the last call
    struct authenticated_variable_answer answer = {};

    uint64_t check(const call &what, const bytes &data)
    {
        bytes name = utf16(what.name + '\0');
        const auto exact = std::make_unique<uint8_t[]>(data.size());
        std::copy(data.begin(), data.end(), exact.get());
        struct authenticated_variable_request request = {};
        request.rules = rules;
        request.self_signed_pk = self_signed_pk;
        memcpy(request.guid.bytes, what.name_space.data(), sizeof(request.guid.bytes));
        request.name = name.data();
        request.name_size = static_cast<uint32_t>(name.size());
        request.attributes = what.attributes;
        request.data = exact.get();
        request.data_size = static_cast<uint32_t>(data.size());
        request.exists = exists;
        request.existing_attributes = existing_attributes;
        request.existing_record = record;
        request.existing_value = {value.data(), static_cast<uint32_t>(value.size())};
        request.pk = {pk.data(), static_cast<uint32_t>(pk.size())};
        request.kek = {kek.data(), static_cast<uint32_t>(kek.size())};
        authenticated_variable_check(&request, &answer);
        result.clear();
        if (answer.status == EFI_SUCCESS) {
            const uint8_t *start = exact.get() + answer.content_offset;
            result.assign(start, start + answer.content_size);
        }
        return answer.status;
    }

    // The same, and the variable is then as the call leaves it.
    uint64_t set(const call &what, const bytes &data)
    {
        if (check(what, data) == EFI_SUCCESS) {
            const bool append = (what.attributes & EFI_VARIABLE_APPEND_WRITE) != 0;
            exists = !answer.deletes;
            existing_attributes = what.attributes & ~EFI_VARIABLE_APPEND_WRITE;
            record = exists ? answer.record : variable_record{};
            value = append ? value + result : result;
        }
        return answer.status;
    }
};

inline machine user_mode(enum authenticated_variable_rules rules = AUTHENTICATED_VARIABLE_EDK2)
{
    machine result;
    result.rules = rules;
    result.pk = everybody().platform.list();
    result.kek = everybody().exchange.list();
    return result;
}

inline machine setup_mode(enum authenticated_variable_rules rules = AUTHENTICATED_VARIABLE_EDK2)
{
    machine result;
    result.rules = rules;
    return result;
}

inline call call_of(const std::string &name, const bytes &content = {})
{
    call result;
    result.name = name;
    result.name_space = name == "PK" || name == "KEK" ? GLOBAL : SECURITY;
    result.content = content;
    return result;
}

} // namespace authentication

#endif
