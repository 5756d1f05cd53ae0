// SPDX-License-Identifier: BSD-3-Clause
//
// The rules of Trusted Services, where they are not EDK2's.
#include <gtest/gtest.h>

#include "tests/unit/authenticated_variable_world.hpp"

using namespace authentication;

namespace {

const people &all = everybody();
constexpr enum authenticated_variable_rules TS = AUTHENTICATED_VARIABLE_TRUSTED_SERVICES;

} // namespace

TEST(trusted_services_private, a_signed_variable_is_created_updated_and_deleted_by_its_signer_alone)
{
    machine store = setup_mode(TS);
    const call first;
    ASSERT_EQ(EFI_SUCCESS, store.set(first, first.signed_by(all.vendor)));
    EXPECT_TRUE(store.record.has_fingerprint);
    call second;
    second.time = time_of(2025);
    second.wrapped = true;
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(second, second.signed_by(all.vendor_again)));
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(second, second.signed_by(all.stranger)));
    ASSERT_EQ(EFI_SUCCESS, store.set(second, second.signed_by(all.vendor)));
    call removal;
    removal.time = time_of(2026);
    removal.content = {};
    ASSERT_EQ(EFI_SUCCESS, store.set(removal, removal.signed_by(all.vendor)));
    EXPECT_TRUE(store.answer.deletes);
}

TEST(trusted_services_private, what_exists_is_authenticated_again_without_the_attribute)
{
    machine store = setup_mode(TS);
    const call first;
    ASSERT_EQ(EFI_SUCCESS, store.set(first, first.signed_by(all.vendor)));
    call plain;
    plain.attributes = NV_BS_RT;
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(plain, text("x")));
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(plain, {}));
    plain.time =
        time_of(2025); // signed with these attributes it passes here, and fails where they are compared
    EXPECT_EQ(EFI_SUCCESS, store.check(plain, plain.signed_by(all.vendor)));
}

TEST(trusted_services_private, what_exists_unauthenticated_stays_so)
{
    machine store = setup_mode(TS);
    store.exists = true;
    store.existing_attributes = NV_BS_RT;
    const call first;
    EXPECT_EQ(EFI_SUCCESS, store.check(first, first.signed_by(all.vendor)));
    EXPECT_FALSE(store.answer.authenticated);
    EXPECT_EQ(0u, store.answer.content_offset); // the descriptor would be data; the attributes differ, though
}

TEST(trusted_services_private, revision_type_and_time_are_asked_in_setup_mode_too)
{
    machine store = setup_mode(TS);
    const call db = call_of("db", text("anything"));
    EXPECT_EQ(EFI_SUCCESS, store.check(db, db.unsigned_data()));
    for (const size_t at : {20U, 21U, 22U, 23U, 24U, 39U, 7U, 8U, 12U, 14U, 15U}) {
        bytes data = db.unsigned_data();
        data[at] ^= 1;
        EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(db, data)) << at;
    }
    call never = db;
    never.time = bytes(16, 0); // not later than the time of what is not there
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(never, never.unsigned_data()));
}

TEST(trusted_services_private, times_are_compared_as_bytes_low_byte_of_the_year_first)
{
    machine store = setup_mode(TS);
    call first;
    first.time = time_of(2047); // 0x07FF
    ASSERT_EQ(EFI_SUCCESS, store.set(first, first.signed_by(all.vendor)));
    call second;
    second.time = time_of(2048); // 0x0800
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(second, second.signed_by(all.vendor)));
    second.attributes = APPEND;
    EXPECT_EQ(EFI_SUCCESS, store.set(second, second.signed_by(all.vendor)));
    EXPECT_EQ(0, memcmp(first.time.data(), store.record.timestamp, 16));
}

TEST(trusted_services_private, mbed_tls_takes_one_certificate_no_attributes_and_sha256)
{
    machine store = setup_mode(TS);
    call two;
    two.inside = {&all.stranger};
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(two, two.signed_by(all.vendor)));
    call attributes;
    attributes.flags = 0;
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(attributes, attributes.signed_by(all.vendor)));
    call none;
    none.flags = PKCS7_NOATTR | PKCS7_NOCERTS;
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(none, none.signed_by(all.vendor)));
    call sha1;
    sha1.digest = EVP_sha1();
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(sha1, sha1.signed_by(all.vendor)));
    call nameless;
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(nameless, nameless.signed_by(all.nameless)));
}

TEST(trusted_services_databases, user_mode_begins_with_a_pk_of_the_global_namespace)
{
    machine store = setup_mode(TS);
    call pk = call_of("PK", all.platform.list());
    EXPECT_EQ(EFI_SUCCESS, store.check(pk, pk.unsigned_data()));
    EXPECT_EQ(AUTHENTICATED_VARIABLE_MODE_USER, store.answer.mode);
    EXPECT_FALSE(store.answer.vendor_keys_modified);
    pk.name_space = PRIVATE;
    EXPECT_EQ(EFI_SUCCESS, store.check(pk, pk.unsigned_data())); // by its name it is one all the same
    EXPECT_EQ(AUTHENTICATED_VARIABLE_MODE_KEPT, store.answer.mode);
}

TEST(trusted_services_databases, contents_are_not_looked_at)
{
    machine store = user_mode(TS);
    const call kek = call_of("KEK", text("no list"));
    EXPECT_EQ(EFI_SUCCESS, store.check(kek, kek.signed_by(all.platform)));
}

TEST(trusted_services_databases, in_user_mode_the_namespace_must_be_right)
{
    machine store = user_mode(TS);
    for (const char *name : {"PK", "KEK", "db", "dbx", "dbt", "dbr"}) {
        call what = call_of(name, all.stranger.list());
        EXPECT_EQ(EFI_SUCCESS, store.check(what, what.signed_by(all.platform))) << name;
        what.name_space = what.name_space == GLOBAL ? SECURITY : GLOBAL;
        EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(what, what.signed_by(all.platform))) << name;
    }
}

TEST(trusted_services_databases, pk_and_kek_by_pk_the_others_by_kek_too)
{
    machine store = user_mode(TS);
    for (const char *name : {"PK", "KEK"}) {
        const call what = call_of(name, all.stranger.list());
        EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(what, what.signed_by(all.exchange))) << name;
    }
    for (const char *name : {"db", "dbx", "dbt", "dbr"}) {
        const call what = call_of(name, all.stranger.list());
        EXPECT_EQ(EFI_SUCCESS, store.check(what, what.signed_by(all.exchange))) << name;
        EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(what, what.signed_by(all.stranger))) << name;
    }
    const call removal = call_of("PK");
    store.exists = true;
    EXPECT_EQ(EFI_SUCCESS, store.check(removal, removal.signed_by(all.platform)));
    EXPECT_EQ(AUTHENTICATED_VARIABLE_MODE_SETUP, store.answer.mode);
}

TEST(trusted_services_databases, the_very_key_signs_and_chains_are_not_followed)
{
    machine store = user_mode(TS);
    call what = call_of("db", all.stranger.list());
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(what, what.signed_by(all.leaf)));
    what.flags = PKCS7_NOATTR | PKCS7_NOCERTS; // nor is a certificate needed inside
    EXPECT_EQ(EFI_SUCCESS, store.check(what, what.signed_by(all.exchange)));
}

TEST(trusted_services_databases, without_kek_what_pk_has_not_signed_is_a_violation)
{
    machine store = user_mode(TS);
    store.kek = {};
    const call what = call_of("db", all.stranger.list());
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(what, what.signed_by(all.exchange)));
}

TEST(trusted_services_databases, a_list_of_something_else_in_front_ends_the_search)
{
    machine store = user_mode(TS);
    const call what = call_of("db", all.stranger.list());
    store.kek = signature_list(TYPE_SHA256_GUID, {bytes(32, 1)}) + all.exchange.list();
    EXPECT_EQ(EFI_INVALID_PARAMETER, store.check(what, what.signed_by(all.exchange)));
    store.kek = all.exchange.list() + signature_list(TYPE_SHA256_GUID, {bytes(32, 1)});
    EXPECT_EQ(EFI_SUCCESS, store.check(what, what.signed_by(all.exchange)));
}

TEST(trusted_services_databases, an_append_keeps_doubles)
{
    machine store = user_mode(TS);
    store.exists = true;
    store.value = signature_list(TYPE_SHA256_GUID, {bytes(32, 1)});
    call append = call_of("dbx", store.value);
    append.attributes = APPEND;
    ASSERT_EQ(EFI_SUCCESS, store.check(append, append.signed_by(all.exchange)));
    EXPECT_EQ(append.content, store.result);
}
