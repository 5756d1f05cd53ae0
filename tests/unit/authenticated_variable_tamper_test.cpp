// SPDX-License-Identifier: BSD-3-Clause
//
// Not one bit of a signed call can be changed, and not one byte be missing. Data lies in buffers of just its
// size, so that the sanitizers see a read that goes too far.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/authenticated_variable_world.hpp"

using namespace authentication;

namespace {

const people &all = everybody();

struct kind {
    const char *about;
    machine store;
    call what;
    bytes data;
    // Bytes that nobody looks at: the revision in EDK2; in Trusted Services whom a signature names as its
    // maker, because the key that is tried is not searched for by that.
    size_t unseen_from;
    size_t unseen_to;

    bool unseen(size_t at) const { return at >= unseen_from && at < unseen_to; }
};

kind kind_of(const char *about, enum authenticated_variable_rules rules, call what, const person &signer)
{
    const bool edk2 = rules == AUTHENTICATED_VARIABLE_EDK2;
    what.flags |= edk2 ? 0 : PKCS7_NOCERTS;
    kind result = {about, user_mode(rules), what, what.signed_by(signer), 20, 22};
    if (!edk2) {
        unsigned char *name = nullptr;
        const int size = i2d_X509_NAME(X509_get_issuer_name(signer.certificate.get()), &name);
        const auto found = std::search(result.data.begin(), result.data.end(), name, name + size);
        OPENSSL_free(name);
        result.unseen_from = static_cast<size_t>(found - result.data.begin());
        result.unseen_to =
            result.unseen_from + static_cast<size_t>(size) + 3; // and a serial number of one byte
    }
    return result;
}

std::vector<kind> kinds()
{
    std::vector<kind> result;
    for (const enum authenticated_variable_rules rules :
         {AUTHENTICATED_VARIABLE_EDK2, AUTHENTICATED_VARIABLE_TRUSTED_SERVICES}) {
        const call db = call_of("db", all.stranger.list());
        result.push_back(kind_of("db by KEK", rules, db, all.exchange));
        const call kek = call_of("KEK", signature_list(TYPE_SHA256_GUID, {bytes(32, 9)}));
        result.push_back(kind_of("KEK by PK", rules, kek, all.platform));
        call wrapped = db;
        wrapped.wrapped = true;
        result.push_back(kind_of("wrapped", rules, wrapped, all.exchange));
    }
    return result;
}

} // namespace

TEST(tamper, one_bit_changed_is_refused)
{
    for (kind &entry : kinds()) {
        ASSERT_EQ(EFI_SUCCESS, entry.store.check(entry.what, entry.data)) << entry.about;
        for (size_t bit = 0; bit < entry.data.size() * 8; bit += 3) { // three bits of every byte
            const size_t at = bit / 8;
            if (entry.unseen(at)) {
                continue;
            }
            bytes changed = entry.data;
            changed[at] ^= static_cast<uint8_t>(1U << (bit % 8));
            EXPECT_NE(EFI_SUCCESS, entry.store.check(entry.what, changed))
                << entry.about << " rules " << entry.store.rules << " byte " << at << " bit " << bit % 8;
        }
    }
}

TEST(tamper, every_byte_inverted_is_refused)
{
    for (kind &entry : kinds()) {
        for (size_t at = 0; at < entry.data.size(); at++) {
            bytes changed = entry.data;
            changed[at] = static_cast<uint8_t>(~changed[at]);
            if (!entry.unseen(at)) {
                EXPECT_NE(EFI_SUCCESS, entry.store.check(entry.what, changed)) << entry.about << at;
            }
        }
    }
}

TEST(tamper, truncated_at_any_length_is_refused)
{
    for (kind &entry : kinds()) {
        for (size_t size = 0; size < entry.data.size(); size++) {
            const bytes cut(entry.data.begin(), entry.data.begin() + static_cast<std::ptrdiff_t>(size));
            EXPECT_NE(EFI_SUCCESS, entry.store.check(entry.what, cut)) << entry.about << size;
        }
    }
}

TEST(tamper, a_signed_data_truncated_with_its_length_corrected_is_refused)
{
    for (kind &entry : kinds()) {
        const bytes certificate(entry.data.begin() + 40,
                                entry.data.end() - static_cast<std::ptrdiff_t>(entry.what.content.size()));
        for (size_t size = 0; size < certificate.size(); size++) {
            const bytes cut(certificate.begin(), certificate.begin() + static_cast<std::ptrdiff_t>(size));
            EXPECT_NE(EFI_SUCCESS,
                      entry.store.check(entry.what, entry.what.descriptor(cut) + entry.what.content))
                << entry.about << size;
        }
        EXPECT_NE(EFI_SUCCESS, entry.store.check(entry.what, entry.what.descriptor(certificate + bytes{0}) +
                                                                 entry.what.content));
    }
}

TEST(tamper, keys_that_are_no_lists_let_nobody_in)
{
    for (kind &entry : kinds()) {
        const bytes pk = entry.store.pk;
        for (size_t size = 1; size < pk.size(); size += 7) {
            entry.store.pk.assign(pk.begin(), pk.begin() + static_cast<std::ptrdiff_t>(size));
            entry.store.kek = entry.store.pk;
            EXPECT_NE(EFI_SUCCESS, entry.store.check(entry.what, entry.data)) << entry.about << size;
        }
    }
}
