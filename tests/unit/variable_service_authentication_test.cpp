// SPDX-License-Identifier: BSD-3-Clause
//
// Authenticated variables through the whole partition, in both dialects: rows of the comparison of the two
// servers where authentication is on, and what becomes of SetupMode, SecureBoot and their like. Which
// signatures are good is authenticated_variable_test's subject.
#include <gtest/gtest.h>

#include "tests/unit/authenticated_variable_world.hpp"
#include "tests/unit/mm_sp_world.hpp"

namespace {

using authentication::call;
using authentication::call_of;
using authentication::everybody;
using authentication::person;
using authentication::SIGNED;
using authentication::time_of;

const uint32_t APPEND = EFI_VARIABLE_APPEND_WRITE;

class authenticated_world : public mm_sp_world {
public:
    explicit authenticated_world(enum mm_sp_dialect dialect) : mm_sp_world(config_of(dialect)) {}

    static struct mm_sp_config config_of(enum mm_sp_dialect dialect)
    {
        struct mm_sp_config config;
        mm_sp_config_init(&config, BUFFER_PA, 16384);
        config.dialect = static_cast<uint8_t>(dialect);
        config.authentication = true;
        return config;
    }

    uint64_t set_raw(const call &what, const bytes &data)
    {
        return invoke(MM_FUNCTION_SET_VARIABLE, access_payload(utf16(what.name), what.attributes, data,
                                                               data.size(), guid_from(what.name_space)))
            .efi_status;
    }

    uint64_t set_signed(const call &what, const person &signer)
    {
        return set_raw(what, what.signed_by(signer));
    }

    value get_in(const std::string &name, const bytes &name_space)
    {
        const bytes wide = utf16(name);
        const bytes area(standalone() ? 4096 : 0, 0);
        const reply answer =
            invoke(MM_FUNCTION_GET_VARIABLE, access_payload(wide, 0, area, 4096, guid_from(name_space)));
        value result = {answer.efi_status, 0, 0, {}};
        if (answer.efi_status == EFI_SUCCESS) {
            struct mm_variable_access header;
            memcpy(&header, answer.payload.data(), MM_VARIABLE_ACCESS_NAME);
            const auto start =
                answer.payload.begin() + MM_VARIABLE_ACCESS_NAME + static_cast<std::ptrdiff_t>(wide.size());
            result.data_size = header.data_size;
            result.attributes = header.attributes;
            result.data.assign(start, start + static_cast<std::ptrdiff_t>(header.data_size));
        }
        return result;
    }

    // A variable of one byte in the global namespace; -1: it is not there.
    int mode(const std::string &name)
    {
        const value found = get_in(name, authentication::GLOBAL);
        return found.data.size() == 1 ? found.data[0] : -1;
    }

    static struct efi_guid guid_from(const bytes &name_space)
    {
        struct efi_guid guid;
        memcpy(guid.bytes, name_space.data(), sizeof(guid.bytes));
        return guid;
    }
};

class variable_authentication : public testing::TestWithParam<enum mm_sp_dialect> {
protected:
    authenticated_world world{GetParam()};
    bool edk2() const { return GetParam() == MM_SP_STANDALONE_MM; }
};

call enrolment(const std::string &name, const person &owner, uint32_t year = 2024)
{
    call result = call_of(name, owner.list());
    result.time = time_of(year);
    return result;
}

std::string dialect_name(const testing::TestParamInfo<enum mm_sp_dialect> &tested)
{
    return tested.param == MM_SP_STANDALONE_MM ? "edk2" : "smm_gateway";
}

} // namespace

INSTANTIATE_TEST_SUITE_P(dialects, variable_authentication,
                         testing::Values(MM_SP_SMM_GATEWAY, MM_SP_STANDALONE_MM), dialect_name);

TEST_P(variable_authentication, private_variable_holds_what_follows_the_descriptor)
{
    call what;
    EXPECT_EQ(world.set_signed(what, everybody().vendor), EFI_SUCCESS);
    const mm_sp_world::value found = world.get_in(what.name, what.name_space);
    EXPECT_EQ(found.data, authentication::text("content"));
    EXPECT_EQ(found.attributes, SIGNED);
    what.time = time_of(2025);
    what.content = authentication::text("other");
    EXPECT_EQ(world.set_signed(what, everybody().vendor), EFI_SUCCESS);
    EXPECT_EQ(world.get_in(what.name, what.name_space).data, authentication::text("other"));
}

TEST_P(variable_authentication, malformed_or_short_descriptor_is_a_security_violation)
{
    const call what;
    const bytes good = what.signed_by(everybody().vendor);
    EXPECT_EQ(world.set_raw(what, {}), edk2() ? EFI_SECURITY_VIOLATION : EFI_NOT_FOUND)
        << "nothing for a variable that is missing: for smm-gateway a delete";
    for (const size_t size : {1, 15, 16, 39, 40}) {
        EXPECT_EQ(world.set_raw(what, bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))),
                  EFI_SECURITY_VIOLATION)
            << size;
    }
    for (const uint8_t length : {0, 23, 255}) { // of the certificate
        bytes data = good;
        data[16] = length;
        data[17] = data[18] = length == 255 ? 255 : 0;
        EXPECT_EQ(world.set_raw(what, data), EFI_SECURITY_VIOLATION);
    }
    EXPECT_EQ(world.get_in(what.name, what.name_space).efi_status, EFI_NOT_FOUND);
}

TEST_P(variable_authentication, bad_signature_is_a_security_violation)
{
    const call what;
    bytes data = what.signed_by(everybody().vendor);
    data.back() ^= 1;
    EXPECT_EQ(world.set_raw(what, data), EFI_SECURITY_VIOLATION);
    EXPECT_EQ(world.get_in(what.name, what.name_space).efi_status, EFI_NOT_FOUND);
}

TEST_P(variable_authentication, wrong_certificate_type_is_a_security_violation)
{
    const call what;
    bytes data = what.signed_by(everybody().vendor);
    data[24] ^= 1;
    EXPECT_EQ(world.set_raw(what, data), EFI_SECURITY_VIOLATION);
}

TEST_P(variable_authentication, old_timestamp_is_a_security_violation_even_after_a_refusal)
{
    call what;
    world.set_signed(what, everybody().vendor);
    EXPECT_EQ(world.set_signed(what, everybody().vendor), EFI_SECURITY_VIOLATION) << "the same again";
    what.time = time_of(2026);
    EXPECT_EQ(world.set_signed(what, everybody().stranger), EFI_SECURITY_VIOLATION);
    what.time = time_of(2025);
    EXPECT_EQ(world.set_signed(what, everybody().vendor), EFI_SUCCESS) << "2026 was never believed";
}

TEST_P(variable_authentication, set_on_an_authenticated_variable_without_the_attribute)
{
    call what;
    world.set_signed(what, everybody().vendor);
    what.attributes = 0;
    EXPECT_EQ(world.set_raw(what, {}), edk2() ? EFI_WRITE_PROTECTED : EFI_SECURITY_VIOLATION);
    what.attributes = NV_BS_RT;
    EXPECT_EQ(world.set_raw(what, {1}), edk2() ? EFI_INVALID_PARAMETER : EFI_SECURITY_VIOLATION)
        << "EDK2 compares attributes first";
    EXPECT_EQ(world.get_in(what.name, what.name_space).data, authentication::text("content"));
}

TEST_P(variable_authentication, count_based_authentication_is_unsupported)
{
    call what;
    what.attributes = NV_BS_RT | EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS;
    EXPECT_EQ(world.set_raw(what, bytes(600, 1)), EFI_UNSUPPORTED);
    what.attributes |= EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS;
    EXPECT_EQ(world.set_raw(what, bytes(600, 1)), EFI_UNSUPPORTED);
}

TEST_P(variable_authentication, a_signed_delete_deletes)
{
    call what;
    world.set_signed(what, everybody().vendor);
    what.content.clear();
    what.time = time_of(2025);
    EXPECT_EQ(world.set_signed(what, everybody().stranger), EFI_SECURITY_VIOLATION);
    EXPECT_EQ(world.set_signed(what, everybody().vendor), EFI_SUCCESS);
    EXPECT_EQ(world.get_in(what.name, what.name_space).efi_status, EFI_NOT_FOUND);
    what.content = authentication::text("new");
    what.time = time_of(2020);
    EXPECT_EQ(world.set_signed(what, everybody().stranger), EFI_SUCCESS) << "nothing is remembered";
}

TEST_P(variable_authentication, a_signed_append_extends)
{
    call what;
    world.set_signed(what, everybody().vendor);
    what.attributes |= APPEND;
    what.time = time_of(2025);
    what.content = authentication::text("+");
    EXPECT_EQ(world.set_signed(what, everybody().vendor), EFI_SUCCESS);
    EXPECT_EQ(world.get_in(what.name, what.name_space).data, authentication::text("content+"));
    EXPECT_EQ(world.get_in(what.name, what.name_space).attributes, SIGNED);
}

TEST_P(variable_authentication, other_variables_are_not_asked)
{
    EXPECT_EQ(world.set("Plain", NV_BS_RT, {1}), EFI_SUCCESS);
    EXPECT_EQ(world.set("Plain", NV_BS_RT, {}), EFI_SUCCESS);
}

TEST_P(variable_authentication, key_databases_are_open_in_setup_mode_and_closed_in_user_mode)
{
    const authentication::people &all = everybody();
    const call kek = enrolment("KEK", all.exchange);
    EXPECT_EQ(world.set_raw(kek, kek.unsigned_data()), EFI_SUCCESS);
    const call pk = enrolment("PK", all.platform);
    EXPECT_EQ(world.set_raw(pk, pk.signed_by(all.platform)), EFI_SUCCESS);
    EXPECT_EQ(world.get_in("PK", authentication::GLOBAL).data, all.platform.list());
    const call db = enrolment("db", all.vendor);
    EXPECT_EQ(world.set_raw(db, db.unsigned_data()), EFI_SECURITY_VIOLATION);
    EXPECT_EQ(world.set_signed(db, all.stranger), EFI_SECURITY_VIOLATION);
    EXPECT_EQ(world.set_signed(db, all.exchange), EFI_SUCCESS);
    EXPECT_EQ(world.get_in("db", authentication::SECURITY).data, all.vendor.list());
    const call kek_again = enrolment("KEK", all.stranger, 2025);
    EXPECT_EQ(world.set_signed(kek_again, all.exchange), EFI_SECURITY_VIOLATION) << "KEK is PK's";
    EXPECT_EQ(world.set_signed(kek_again, all.platform), EFI_SUCCESS);
}

TEST_P(variable_authentication, outlives_the_power)
{
    const authentication::people &all = everybody();
    const call pk = enrolment("PK", all.platform);
    call mine;
    world.set_raw(pk, pk.signed_by(all.platform));
    world.set_signed(mine, all.vendor);
    ASSERT_TRUE(mm_sp_power_cycle(world.core.get()));
    EXPECT_EQ(world.set_signed(mine, all.vendor), EFI_SECURITY_VIOLATION) << "the timestamp is kept";
    mine.time = time_of(2025);
    EXPECT_EQ(world.set_signed(mine, all.stranger), EFI_SECURITY_VIOLATION) << "and the signer";
    EXPECT_EQ(world.set_signed(mine, all.vendor), EFI_SUCCESS);
    const call db = enrolment("db", all.vendor);
    EXPECT_EQ(world.set_raw(db, db.unsigned_data()), EFI_SECURITY_VIOLATION) << "PK is still there";
}

// Variables that EDK2 makes by itself

TEST(variable_system, smm_gateway_has_none)
{
    authenticated_world world(MM_SP_SMM_GATEWAY);
    EXPECT_EQ(world.mode("SetupMode"), -1);
    EXPECT_EQ(world.mode("SecureBoot"), -1);
    EXPECT_EQ(world.next(utf16(""), 1).efi_status, EFI_NOT_FOUND);
}

TEST(variable_system, edk2_without_authentication_has_none)
{
    mm_sp_world world(mm_sp_world::default_config(MM_SP_STANDALONE_MM));
    EXPECT_EQ(world.next(utf16(""), 1).efi_status, EFI_NOT_FOUND);
}

TEST(variable_system, modes_follow_the_platform_key)
{
    const authentication::people &all = everybody();
    authenticated_world world(MM_SP_STANDALONE_MM);
    EXPECT_EQ(world.mode("SetupMode"), 1);
    EXPECT_EQ(world.mode("SecureBoot"), 0);
    EXPECT_EQ(world.mode("VendorKeys"), 1);
    EXPECT_EQ(world.get_in("SignatureSupport", authentication::GLOBAL).data_size, 64U);
    call pk = enrolment("PK", all.platform);
    EXPECT_EQ(world.set_raw(pk, pk.signed_by(all.platform)), EFI_SUCCESS);
    EXPECT_EQ(world.mode("SetupMode"), 0);
    EXPECT_EQ(world.mode("SecureBoot"), 1);
    EXPECT_EQ(world.mode("VendorKeys"), 0) << "somebody else's keys";
    pk.content.clear();
    pk.time = time_of(2025);
    EXPECT_EQ(world.set_signed(pk, all.stranger), EFI_SECURITY_VIOLATION);
    EXPECT_EQ(world.mode("SetupMode"), 0) << "a refused delete changes nothing";
    EXPECT_EQ(world.set_signed(pk, all.platform), EFI_SUCCESS);
    EXPECT_EQ(world.mode("SetupMode"), 1);
    EXPECT_EQ(world.mode("SecureBoot"), 0);
}

TEST(variable_system, modes_are_made_again_after_power)
{
    const authentication::people &all = everybody();
    authenticated_world world(MM_SP_STANDALONE_MM);
    const call pk = enrolment("PK", all.platform);
    world.set_raw(pk, pk.signed_by(all.platform));
    ASSERT_TRUE(mm_sp_power_cycle(world.core.get()));
    EXPECT_EQ(world.mode("SetupMode"), 0);
    EXPECT_EQ(world.mode("SecureBoot"), 1);
    EXPECT_EQ(world.mode("VendorKeys"), 0);
}

TEST(variable_system, secure_boot_keeps_its_value_at_runtime)
{
    const authentication::people &all = everybody();
    authenticated_world world(MM_SP_STANDALONE_MM);
    world.exit_boot_services();
    const call pk = enrolment("PK", all.platform);
    EXPECT_EQ(world.set_raw(pk, pk.signed_by(all.platform)), EFI_SUCCESS);
    EXPECT_EQ(world.mode("SetupMode"), 0);
    EXPECT_EQ(world.mode("SecureBoot"), 0) << "until the next boot";
    ASSERT_TRUE(mm_sp_power_cycle(world.core.get()));
    EXPECT_EQ(world.mode("SecureBoot"), 1);
}

TEST(variable_system, modes_are_read_only_after_the_end_of_dxe)
{
    authenticated_world world(MM_SP_STANDALONE_MM);
    world.invoke(MM_FUNCTION_READY_TO_BOOT, {});
    for (const char *name : {"SetupMode", "SecureBoot", "SignatureSupport", "VendorKeys"}) {
        call what = call_of(name);
        what.name_space = authentication::GLOBAL;
        what.attributes = BS_RT;
        EXPECT_EQ(world.set_raw(what, {0}), EFI_WRITE_PROTECTED) << name;
        EXPECT_EQ(world.set_raw(what, {}), EFI_WRITE_PROTECTED) << name;
    }
    EXPECT_EQ(world.mode("SetupMode"), 1);
}
