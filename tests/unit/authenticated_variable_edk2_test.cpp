// SPDX-License-Identifier: BSD-3-Clause
//
// EDK2's rules, one test for each.
#include <gtest/gtest.h>

#include "tests/unit/authenticated_variable_world.hpp"

using namespace authentication;

namespace {

const people &all = everybody();

} // namespace

TEST(edk2_private, a_signed_variable_is_created_and_updated_by_its_signer)
{
    machine store;
    call first;
    ASSERT_EQ(EFI_SUCCESS, store.set(first, first.signed_by(all.vendor)));
    EXPECT_TRUE(store.answer.authenticated);
    EXPECT_TRUE(store.record.has_fingerprint);
    EXPECT_EQ(text("content"), store.result);
    EXPECT_FALSE(store.answer.deletes);

    call second;
    second.time = time_of(2024, 1, 1, 0, 0, 1);
    second.content = text("other");
    EXPECT_EQ(EFI_SUCCESS, store.set(second, second.signed_by(all.vendor)));
    EXPECT_EQ(text("other"), store.result);
}

TEST(edk2_private, a_content_info_around_the_signed_data_changes_nothing)
{
    machine store;
    call first;
    first.wrapped = true;
    EXPECT_EQ(EFI_SUCCESS, store.set(first, first.signed_by(all.vendor)));
}

TEST(edk2_private, signed_attributes_are_followed)
{
    machine store;
    call first;
    first.flags = 0;
    EXPECT_EQ(EFI_SUCCESS, store.check(first, first.signed_by(all.vendor)));
    bytes data = first.signed_by(all.vendor);
    data.back() ^= 1;
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(first, data));
}

TEST(edk2_private, elliptic_curves_sign_too)
{
    machine store;
    call first;
    EXPECT_EQ(EFI_SUCCESS, store.set(first, first.signed_by(all.curve)));
}

TEST(edk2_private, another_signer_is_refused_even_of_the_same_name)
{
    machine store;
    call first;
    ASSERT_EQ(EFI_SUCCESS, store.set(first, first.signed_by(all.vendor)));
    call second;
    second.time = time_of(2025);
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(second, second.signed_by(all.stranger)));
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(second, second.signed_by(all.vendor_again)));
    EXPECT_EQ(EFI_SUCCESS, store.check(second, second.signed_by(all.vendor)));
}

TEST(edk2_private, a_signer_without_a_common_name_is_refused)
{
    machine store;
    call first;
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(first, first.signed_by(all.nameless)));
}

TEST(edk2_private, each_part_of_what_was_signed_counts)
{
    machine store;
    const call signed_call;
    const bytes data = signed_call.signed_by(all.vendor);
    ASSERT_EQ(EFI_SUCCESS, store.check(signed_call, data));
    call other = signed_call;
    other.name = "Privatf";
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(other, data));
    other = signed_call;
    other.name_space = OWNER;
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(other, data));
    other = signed_call;
    other.attributes = SIGNED & ~EFI_VARIABLE_RUNTIME_ACCESS;
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(other, data));
    other.attributes = APPEND;
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(other, data));
    bytes later = data;
    later[0]++; // of the year
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(signed_call, later));
    bytes longer = data;
    longer.push_back(0);
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(signed_call, longer));
}

TEST(edk2_private, times_must_increase)
{
    machine store;
    call first;
    first.time = time_of(2024, 6, 15, 12, 30, 30);
    ASSERT_EQ(EFI_SUCCESS, store.set(first, first.signed_by(all.vendor)));
    for (const bytes &time : {first.time, time_of(2024, 6, 15, 12, 30, 29), time_of(2024, 6, 15, 12, 29, 59),
                              time_of(2024, 6, 15, 11, 59, 59), time_of(2024, 6, 14, 23, 59, 59),
                              time_of(2024, 5, 31, 23, 59, 59), time_of(2023, 12, 31, 23, 59, 59)}) {
        call again;
        again.time = time;
        EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(again, again.signed_by(all.vendor)));
    }
    for (const bytes &time :
         {time_of(2024, 6, 15, 12, 30, 31), time_of(2024, 6, 15, 12, 31, 0), time_of(2024, 6, 15, 13, 0, 0),
          time_of(2024, 6, 16), time_of(2024, 7, 1), time_of(2025)}) {
        call again;
        again.time = time;
        EXPECT_EQ(EFI_SUCCESS, store.check(again, again.signed_by(all.vendor)));
    }
}

TEST(edk2_private, an_append_may_be_earlier_and_the_later_time_stays)
{
    machine store;
    call first;
    ASSERT_EQ(EFI_SUCCESS, store.set(first, first.signed_by(all.vendor)));
    call append;
    append.attributes = APPEND;
    append.time = time_of(2020);
    ASSERT_EQ(EFI_SUCCESS, store.set(append, append.signed_by(all.vendor)));
    EXPECT_EQ(0, memcmp(first.time.data(), store.record.timestamp, 16));
    append.time = time_of(2030);
    ASSERT_EQ(EFI_SUCCESS, store.set(append, append.signed_by(all.vendor)));
    EXPECT_EQ(0, memcmp(append.time.data(), store.record.timestamp, 16));
}

TEST(edk2_private, times_are_in_gmt_and_whole_seconds)
{
    machine store;
    for (size_t at = 7; at < 16; at++) { // Pad1, Nanosecond, TimeZone, Daylight, Pad2
        call first;
        first.time[at] = 1;
        EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(first, first.signed_by(all.vendor))) << at;
    }
}

TEST(edk2_private, other_certificates_than_pkcs7_are_refused)
{
    machine store;
    const call first;
    for (const size_t at : {22U, 23U, 24U, 39U}) { // wCertificateType, CertType
        bytes data = first.signed_by(all.vendor);
        data[at] ^= 1;
        EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(first, data)) << at;
    }
    bytes data = first.signed_by(all.vendor);
    data[20] ^= 1; // wRevision: EDK2 does not look
    EXPECT_EQ(EFI_SUCCESS, store.check(first, data));
}

TEST(edk2_private, other_digests_than_sha256_are_refused)
{
    machine store;
    for (const EVP_MD *digest : {EVP_sha1(), EVP_sha384(), EVP_sha512()}) {
        call first;
        first.digest = digest;
        EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(first, first.signed_by(all.vendor)));
    }
}

TEST(edk2_private, a_descriptor_with_wrong_sizes_is_refused)
{
    machine store;
    const call first;
    const bytes data = first.signed_by(all.vendor);
    for (const uint32_t length :
         {0U, 23U, 0xFFFFFFFFU, 0xFFFFFFF0U, static_cast<uint32_t>(data.size() - 15)}) {
        bytes wrong = data;
        const bytes field = number(length, 4);
        std::copy(field.begin(), field.end(), wrong.begin() + 16);
        EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(first, wrong)) << length;
    }
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(first, {}));
}

TEST(edk2_private, an_empty_content_deletes_what_exists)
{
    machine store;
    call first;
    ASSERT_EQ(EFI_SUCCESS, store.set(first, first.signed_by(all.vendor)));
    call removal;
    removal.time = time_of(2025);
    removal.content = {};
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(removal, removal.signed_by(all.stranger)));
    ASSERT_EQ(EFI_SUCCESS, store.set(removal, removal.signed_by(all.vendor)));
    EXPECT_TRUE(store.answer.deletes);
    EXPECT_EQ(EFI_SUCCESS, store.check(first, first.signed_by(all.stranger))); // free for anybody again
}

TEST(edk2_private, what_exists_without_a_record_cannot_be_signed)
{
    machine store;
    store.exists = true;
    store.existing_attributes = NV_BS_RT;
    const call first;
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(first, first.signed_by(all.vendor)));
}

TEST(edk2_private, without_the_attribute_what_is_authenticated_is_write_protected)
{
    machine store;
    call first;
    ASSERT_EQ(EFI_SUCCESS, store.set(first, first.signed_by(all.vendor)));
    call plain;
    plain.attributes = NV_BS_RT;
    EXPECT_EQ(EFI_WRITE_PROTECTED, store.check(plain, text("x")));
    store = machine();
    EXPECT_EQ(EFI_SUCCESS, store.check(plain, text("x")));
    EXPECT_FALSE(store.answer.authenticated);
    EXPECT_EQ(text("x"), store.result);
    plain.attributes = NV_BS_RT | EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS;
    EXPECT_EQ(EFI_UNSUPPORTED, store.check(plain, text("x")));
}

TEST(edk2_private, what_needs_a_present_user_is_refused)
{
    machine store;
    call what;
    what.attributes = EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS;
    what.name = "SecureBootEnable";
    what.name_space = guid("f0a30bc7-af08-4556-99c4-001009c93a44");
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(what, {0}));
    what.name_space = PRIVATE;
    EXPECT_EQ(EFI_SUCCESS, store.check(what, {0}));
    what.name = "CustomMode";
    what.name_space = guid("c076ec0c-7028-4399-a072-71ee5c448b9f");
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(what, {1}));
    what.name = "certdb";
    what.name_space = guid("d9bee56e-75dc-49d9-b4d7-b534210f637a");
    EXPECT_EQ(EFI_WRITE_PROTECTED, store.check(what, {1}));
    what.name = "certdbv";
    EXPECT_EQ(EFI_WRITE_PROTECTED, store.check(what, {1}));
}

TEST(edk2_setup_mode, any_pk_is_enrolled_and_user_mode_begins)
{
    machine store = setup_mode();
    const call pk = call_of("PK", all.platform.list());
    EXPECT_EQ(EFI_SUCCESS, store.check(pk, pk.unsigned_data()));
    EXPECT_EQ(AUTHENTICATED_VARIABLE_MODE_USER, store.answer.mode);
    EXPECT_TRUE(store.answer.vendor_keys_modified);
    EXPECT_EQ(EFI_SUCCESS, store.check(pk, pk.signed_by(all.stranger)));
}

TEST(edk2_setup_mode, where_a_self_signed_pk_is_asked_for_it_must_be)
{
    machine store = setup_mode();
    store.self_signed_pk = true;
    const call pk = call_of("PK", all.platform.list());
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(pk, pk.unsigned_data()));
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(pk, pk.signed_by(all.stranger)));
    EXPECT_EQ(EFI_SUCCESS, store.check(pk, pk.signed_by(all.platform)));
    EXPECT_EQ(AUTHENTICATED_VARIABLE_MODE_USER, store.answer.mode);
    EXPECT_FALSE(store.answer.vendor_keys_modified);
    const call empty = call_of("PK");
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(empty, empty.signed_by(all.platform)));
    const call kek = call_of("KEK", all.exchange.list()); // only PK is asked
    EXPECT_EQ(EFI_SUCCESS, store.check(kek, kek.unsigned_data()));
}

TEST(edk2_setup_mode, kek_and_databases_are_written_without_a_signature)
{
    machine store = setup_mode();
    for (const char *name : {"KEK", "db", "dbx", "dbt"}) {
        const call what = call_of(name, all.exchange.list());
        EXPECT_EQ(EFI_SUCCESS, store.check(what, what.unsigned_data())) << name;
        EXPECT_EQ(AUTHENTICATED_VARIABLE_MODE_KEPT, store.answer.mode);
    }
}

TEST(edk2_setup_mode, key_databases_must_be_lists_non_volatile_and_authenticated)
{
    machine store = setup_mode();
    for (const char *name : {"PK", "KEK", "db", "dbx", "dbt"}) {
        call what = call_of(name, text("no list"));
        EXPECT_EQ(EFI_INVALID_PARAMETER, store.check(what, what.unsigned_data())) << name;
        what.content = all.platform.list();
        what.attributes = SIGNED & ~EFI_VARIABLE_NON_VOLATILE;
        EXPECT_EQ(EFI_INVALID_PARAMETER, store.check(what, what.unsigned_data())) << name;
        what.attributes = NV_BS_RT;
        EXPECT_EQ(EFI_INVALID_PARAMETER, store.check(what, what.content)) << name;
        what.attributes = SIGNED;
        what.name_space = PRIVATE; // by any other name it is a private variable
        EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(what, what.unsigned_data())) << name;
    }
}

TEST(edk2_setup_mode, pk_has_one_signature)
{
    machine store = setup_mode();
    const bytes two = all.platform.list() + all.exchange.list();
    const call pk = call_of("PK", two);
    EXPECT_EQ(EFI_INVALID_PARAMETER, store.check(pk, pk.unsigned_data()));
    const call kek = call_of("KEK", two);
    EXPECT_EQ(EFI_SUCCESS, store.check(kek, kek.unsigned_data()));
}

TEST(edk2_user_mode, pk_is_replaced_and_deleted_by_pk_alone)
{
    machine store = user_mode();
    store.exists = true;
    const call pk = call_of("PK", all.stranger.list());
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(pk, pk.unsigned_data()));
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(pk, pk.signed_by(all.stranger)));
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(pk, pk.signed_by(all.exchange)));
    EXPECT_EQ(EFI_SUCCESS, store.check(pk, pk.signed_by(all.platform)));
    EXPECT_EQ(AUTHENTICATED_VARIABLE_MODE_KEPT, store.answer.mode);

    const call removal = call_of("PK");
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(removal, removal.signed_by(all.exchange)));
    EXPECT_EQ(EFI_SUCCESS, store.check(removal, removal.signed_by(all.platform)));
    EXPECT_TRUE(store.answer.deletes);
    EXPECT_EQ(AUTHENTICATED_VARIABLE_MODE_SETUP, store.answer.mode);
}

TEST(edk2_user_mode, kek_is_written_by_pk_alone)
{
    machine store = user_mode();
    const call kek = call_of("KEK", all.stranger.list());
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(kek, kek.signed_by(all.exchange)));
    EXPECT_EQ(EFI_SUCCESS, store.check(kek, kek.signed_by(all.platform)));
}

TEST(edk2_user_mode, databases_are_written_by_pk_and_by_kek_and_whom_it_vouches_for)
{
    machine store = user_mode();
    for (const char *name : {"db", "dbx", "dbt"}) {
        call what = call_of(name, all.stranger.list());
        EXPECT_EQ(EFI_SUCCESS, store.check(what, what.signed_by(all.platform))) << name;
        EXPECT_EQ(EFI_SUCCESS, store.check(what, what.signed_by(all.exchange))) << name;
        EXPECT_EQ(EFI_SUCCESS, store.check(what, what.signed_by(all.leaf))) << name;
        EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(what, what.signed_by(all.stranger))) << name;
        EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(what, what.unsigned_data())) << name;
        what.inside = {&all.exchange}; // having somebody's certificate is not having signed
        EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(what, what.signed_by(all.stranger))) << name;
    }
}

TEST(edk2_user_mode, every_signer_must_be_trusted)
{
    machine store = user_mode();
    const call what = call_of("db", all.stranger.list());
    EXPECT_EQ(EFI_SUCCESS, store.check(what, what.signed_by({&all.exchange, &all.leaf})));
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(what, what.signed_by({&all.exchange, &all.stranger})));
}

TEST(edk2_user_mode, all_certificates_of_kek_are_tried_and_other_lists_passed_over)
{
    machine store = user_mode();
    const call what = call_of("db", all.stranger.list());
    store.kek = signature_list(TYPE_SHA256_GUID, {bytes(32, 1)}) + all.vendor.list() + all.exchange.list();
    EXPECT_EQ(EFI_SUCCESS, store.check(what, what.signed_by(all.exchange)));
    store.kek = all.vendor.list();
    EXPECT_EQ(EFI_SECURITY_VIOLATION, store.check(what, what.signed_by(all.exchange)));
}

TEST(edk2_user_mode, without_kek_what_pk_has_not_signed_is_not_found)
{
    machine store = user_mode();
    store.kek = {};
    const call what = call_of("db", all.stranger.list());
    EXPECT_EQ(EFI_NOT_FOUND, store.check(what, what.signed_by(all.exchange)));
    EXPECT_EQ(EFI_SUCCESS, store.check(what, what.signed_by(all.platform)));
}

TEST(edk2_user_mode, a_signed_content_must_still_be_a_list)
{
    machine store = user_mode();
    const call kek = call_of("KEK", text("no list"));
    EXPECT_EQ(EFI_INVALID_PARAMETER, store.check(kek, kek.signed_by(all.platform)));
    const call db = call_of("db", text("no list"));
    EXPECT_EQ(EFI_INVALID_PARAMETER, store.check(db, db.signed_by(all.exchange)));
    call pk = call_of("PK", all.platform.list() + all.exchange.list());
    EXPECT_EQ(EFI_INVALID_PARAMETER, store.check(pk, pk.signed_by(all.platform)));
}

TEST(edk2_user_mode, an_append_leaves_out_what_is_there)
{
    machine store = user_mode();
    store.exists = true;
    store.value = signature_list(TYPE_SHA256_GUID, {bytes(32, 1), bytes(32, 2)});
    call append = call_of("dbx", signature_list(TYPE_SHA256_GUID, {bytes(32, 2), bytes(32, 3)}));
    append.attributes = APPEND;
    ASSERT_EQ(EFI_SUCCESS, store.check(append, append.signed_by(all.exchange)));
    EXPECT_EQ(signature_list(TYPE_SHA256_GUID, {bytes(32, 3)}), store.result);
    append.content = store.value;
    ASSERT_EQ(EFI_SUCCESS, store.check(append, append.signed_by(all.exchange)));
    EXPECT_EQ(bytes(), store.result);
    EXPECT_FALSE(store.answer.deletes);
    append.attributes = SIGNED; // a write that replaces keeps all of it
    append.time = time_of(2030);
    ASSERT_EQ(EFI_SUCCESS, store.check(append, append.signed_by(all.exchange)));
    EXPECT_EQ(append.content, store.result);
}

TEST(edk2_system, variables_follow_the_mode)
{
    const auto value = [](uint32_t index, bool user, bool secure_boot, bool kept) {
        const struct authenticated_variable_state state = {user, secure_boot, kept};
        struct authenticated_variable_system variable;
        authenticated_variable_system_at(index, &state, &variable);
        std::string name;
        for (uint32_t i = 0; i + 2 < variable.name_size; i += 2) {
            name += static_cast<char>(variable.name[i]);
        }
        return name + (variable.present ? "=" + std::to_string(variable.value[0]) : " absent") +
               (variable.read_only ? " read-only" : "");
    };
    EXPECT_EQ("SetupMode=1 read-only", value(0, false, false, true));
    EXPECT_EQ("SetupMode=0 read-only", value(0, true, false, true));
    EXPECT_EQ("SecureBootEnable absent", value(2, false, false, true));
    EXPECT_EQ("SecureBootEnable=1", value(2, true, true, true));
    EXPECT_EQ("SecureBoot=0 read-only", value(3, true, false, true)); // enrolled at runtime
    EXPECT_EQ("SecureBoot=1 read-only", value(3, true, true, true));
    EXPECT_EQ("CustomMode=0", value(4, true, true, true));
    EXPECT_EQ("VendorKeysNv=1 read-only", value(5, true, true, true));
    EXPECT_EQ("VendorKeys=0 read-only", value(6, true, true, false));
}
