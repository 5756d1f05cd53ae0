// SPDX-License-Identifier: BSD-3-Clause
//
// UEFI variable services with smm-gateway's statuses, row by row, through the whole partition.
#include <gtest/gtest.h>

#include "tests/unit/mm_sp_world.hpp"

namespace {

uint64_t payload_word(const mm_sp_world::reply &reply, size_t index)
{
    uint64_t word = 0;
    memcpy(&word, reply.payload.data() + index * 8, 8);
    return word;
}

mm_sp_world::reply query(mm_sp_world &world, uint32_t attributes)
{
    struct mm_variable_query message = {};
    message.attributes = attributes;
    bytes payload(sizeof(message));
    memcpy(payload.data(), &message, sizeof(message));
    return world.invoke(MM_FUNCTION_QUERY_VARIABLE_INFO, payload);
}

// The names from an empty one to the end; the last status goes to *status.
std::vector<std::string> walk(mm_sp_world &world, uint64_t *status)
{
    std::vector<std::string> names;
    bytes name = utf16("");
    for (int i = 0; i < 100; i++) {
        const mm_sp_world::next_name found = world.next(name, 1);
        *status = found.efi_status;
        if (found.efi_status != EFI_SUCCESS) {
            return names;
        }
        std::string text;
        for (size_t c = 0; c + 2 < found.name.size(); c += 2) {
            text.push_back(static_cast<char>(found.name[c]));
        }
        names.push_back(text);
        name = found.name;
    }
    return names;
}

} // namespace

// Messages that are not whole

TEST(mm_sp_variable, name_that_is_not_terminated_is_an_invalid_parameter)
{
    mm_sp_world world;
    const bytes bad = {'F', 0, 'o', 0};
    for (const uint64_t function : {MM_FUNCTION_GET_VARIABLE, MM_FUNCTION_SET_VARIABLE}) {
        for (const bytes &name : {bad, bytes{}, bytes{0}}) {
            const bytes payload = mm_sp_world::access_payload(name, NV_BS_RT, {}, 0, guid_of(1));
            EXPECT_EQ(world.invoke(function, payload).efi_status, EFI_INVALID_PARAMETER);
            EXPECT_EQ(world.mm_status, MM_STATUS_SUCCESS) << "the endpoint is content";
        }
    }
    EXPECT_EQ(world.next(bad, 1, 4).efi_status, EFI_INVALID_PARAMETER);
}

TEST(mm_sp_variable, an_odd_byte_behind_the_terminator_is_not_looked_at)
{
    mm_sp_world world;
    bytes name = utf16("Foo");
    name.push_back('x');
    const bytes payload = mm_sp_world::access_payload(name, NV_BS_RT, {1}, 1, guid_of(1));
    EXPECT_EQ(world.invoke(MM_FUNCTION_SET_VARIABLE, payload).efi_status, EFI_SUCCESS);
}

TEST(mm_sp_variable, sizes_beyond_the_message_are_an_invalid_parameter)
{
    mm_sp_world world;
    const bytes name = utf16("Foo");
    for (const uint64_t data_size : {uint64_t{4}, UINT64_MAX, UINT64_MAX - 40}) {
        const bytes payload = mm_sp_world::access_payload(name, NV_BS_RT, {1, 2, 3}, data_size, guid_of(1));
        EXPECT_EQ(world.invoke(MM_FUNCTION_SET_VARIABLE, payload).efi_status, EFI_INVALID_PARAMETER);
    }
    for (const uint64_t name_size : {uint64_t{name.size() + 1}, UINT64_MAX, UINT64_MAX - 35}) {
        bytes payload = mm_sp_world::access_payload(name, NV_BS_RT, {}, 0, guid_of(1));
        memcpy(payload.data() + 24, &name_size, 8);
        EXPECT_EQ(world.invoke(MM_FUNCTION_SET_VARIABLE, payload).efi_status, EFI_INVALID_PARAMETER);
        EXPECT_EQ(world.invoke(MM_FUNCTION_GET_VARIABLE, payload).efi_status, EFI_INVALID_PARAMETER);
    }
}

class mm_sp_short_message : public testing::TestWithParam<std::pair<uint64_t, size_t>> {};

TEST_P(mm_sp_short_message, is_an_invalid_parameter_with_an_empty_reply)
{
    mm_sp_world world;
    const auto [function, size] = GetParam();
    const mm_sp_world::reply reply = world.invoke(function, bytes(size - 1, 0));
    EXPECT_EQ(reply.efi_status, EFI_INVALID_PARAMETER);
    EXPECT_EQ(reply.message_length, 16U);
}

INSTANTIATE_TEST_SUITE_P(functions, mm_sp_short_message,
                         testing::Values(std::make_pair(MM_FUNCTION_GET_VARIABLE, 36),
                                         std::make_pair(MM_FUNCTION_SET_VARIABLE, 36),
                                         std::make_pair(MM_FUNCTION_GET_NEXT_VARIABLE_NAME, 24),
                                         std::make_pair(MM_FUNCTION_QUERY_VARIABLE_INFO, 32),
                                         std::make_pair(MM_FUNCTION_VAR_CHECK_PROPERTY_SET, 48),
                                         std::make_pair(MM_FUNCTION_VAR_CHECK_PROPERTY_GET, 48)));

// GetVariable

TEST(mm_sp_get, returns_size_attributes_and_data)
{
    mm_sp_world world;
    EXPECT_EQ(world.set("Foo", NV_BS_RT, data_of("bar")), EFI_SUCCESS);
    const mm_sp_world::value value = world.get("Foo");
    EXPECT_EQ(value.efi_status, EFI_SUCCESS);
    EXPECT_EQ(value.data_size, 3U);
    EXPECT_EQ(value.attributes, NV_BS_RT);
    EXPECT_EQ(value.data, data_of("bar"));
}

TEST(mm_sp_get, uboots_four_slack_bytes_do_not_matter)
{
    mm_sp_world world;
    bytes payload = mm_sp_world::access_payload(utf16("Foo"), NV_BS_RT, data_of("bar"), 3, guid_of(1));
    payload.insert(payload.end(), 4, 0xEE);
    EXPECT_EQ(world.invoke(MM_FUNCTION_SET_VARIABLE, payload).efi_status, EFI_SUCCESS);
    EXPECT_EQ(world.get("Foo").data, data_of("bar"));
}

TEST(mm_sp_get, missing_variable_and_empty_name_are_not_found)
{
    mm_sp_world world;
    EXPECT_EQ(world.get("Foo").efi_status, EFI_NOT_FOUND);
    EXPECT_EQ(world.get("").efi_status, EFI_NOT_FOUND);
    EXPECT_EQ(world.get(std::string(200, 'x')).efi_status, EFI_NOT_FOUND);
}

TEST(mm_sp_get, name_and_guid_tell_variables_apart)
{
    mm_sp_world world;
    world.set("Foo", NV_BS_RT, data_of("one"), 1);
    world.set("Foo", NV_BS_RT, data_of("two"), 2);
    world.set("foo", NV_BS_RT, data_of("three"), 1);
    EXPECT_EQ(world.get("Foo", 100, 1).data, data_of("one"));
    EXPECT_EQ(world.get("Foo", 100, 2).data, data_of("two"));
    EXPECT_EQ(world.get("foo", 100, 1).data, data_of("three"));
    EXPECT_EQ(world.get("Fo", 100, 1).efi_status, EFI_NOT_FOUND);
}

TEST(mm_sp_get, too_small_a_buffer_tells_size_and_attributes)
{
    mm_sp_world world;
    world.set("Foo", NV_BS_RT, data_of("barbaz"));
    for (const uint64_t room : {0, 5}) {
        const mm_sp_world::value value = world.get("Foo", room);
        EXPECT_EQ(value.efi_status, EFI_BUFFER_TOO_SMALL);
        EXPECT_EQ(value.data_size, 6U);
        EXPECT_EQ(value.attributes, NV_BS_RT);
        EXPECT_TRUE(value.data.empty());
    }
    EXPECT_EQ(world.get("Foo", 6).efi_status, EFI_SUCCESS);
}

TEST(mm_sp_get, data_that_does_not_fit_the_buffer_behind_the_name_is_too_small)
{
    mm_sp_world world;
    world.set("F", NV_BS_RT, bytes(4096 - 40 - 36 - 4, 7));
    EXPECT_EQ(world.get("F", UINT64_MAX).efi_status, EFI_SUCCESS);
    const bytes payload = mm_sp_world::access_payload(utf16("F"), 0, {}, UINT64_MAX, guid_of(1));
    EXPECT_EQ(world.invoke(MM_FUNCTION_GET_VARIABLE, payload, 1).efi_status, EFI_BUFFER_TOO_SMALL);
}

TEST(mm_sp_get, boot_only_variables_vanish_at_runtime)
{
    mm_sp_world world;
    world.set("Boot", BS, data_of("b"));
    world.set("Both", BS_RT, data_of("r"));
    EXPECT_EQ(world.get("Boot").efi_status, EFI_SUCCESS);
    EXPECT_EQ(world.exit_boot_services(), EFI_SUCCESS);
    EXPECT_EQ(world.get("Boot").efi_status, EFI_NOT_FOUND);
    EXPECT_EQ(world.get("Both").efi_status, EFI_SUCCESS);
    EXPECT_EQ(world.exit_boot_services(), EFI_SUCCESS) << "one way, and no error when repeated";
    EXPECT_EQ(world.get("Boot").efi_status, EFI_NOT_FOUND);
}

// SetVariable: attributes

class mm_sp_set_attributes : public testing::TestWithParam<std::pair<uint32_t, uint64_t>> {};

TEST_P(mm_sp_set_attributes, decide)
{
    mm_sp_world world;
    const auto [attributes, status] = GetParam();
    EXPECT_EQ(world.set("Foo", attributes, {1}), status);
    EXPECT_EQ(world.get("Foo").efi_status, status == EFI_SUCCESS ? EFI_SUCCESS : EFI_NOT_FOUND);
}

INSTANTIATE_TEST_SUITE_P(
    rows, mm_sp_set_attributes,
    testing::Values(std::make_pair(0x2U, EFI_SUCCESS), std::make_pair(0x6U, EFI_SUCCESS),
                    std::make_pair(0x7U, EFI_SUCCESS), std::make_pair(0x3U, EFI_SUCCESS),
                    std::make_pair(0x4U, EFI_INVALID_PARAMETER) /* RT without BS */,
                    std::make_pair(0x5U, EFI_INVALID_PARAMETER),
                    std::make_pair(0x14U, EFI_INVALID_PARAMETER) /* before AUTH_WRITE is looked at */,
                    std::make_pair(0x1U, EFI_SUCCESS) /* NV only, missing, with data: accepted */,
                    std::make_pair(0x107U, EFI_UNSUPPORTED) /* unknown bit */,
                    std::make_pair(0x80000007U, EFI_UNSUPPORTED), std::make_pair(0x17U, EFI_UNSUPPORTED),
                    std::make_pair(0xFU, EFI_UNSUPPORTED) /* HW_ERROR_RECORD */,
                    std::make_pair(0x87U, EFI_UNSUPPORTED) /* ENHANCED_AUTH */,
                    std::make_pair(0xA7U, EFI_INVALID_PARAMETER) /* with TIME_BASED */,
                    std::make_pair(0xB7U, EFI_UNSUPPORTED) /* AUTH_WRITE comes first */,
                    std::make_pair(0x27U, EFI_SUCCESS) /* TIME_BASED, built without UEFI_AUTH_VAR */));

TEST(mm_sp_set, different_attributes_on_an_existing_variable_are_an_invalid_parameter)
{
    mm_sp_world world;
    world.set("Foo", NV_BS_RT, data_of("bar"));
    EXPECT_EQ(world.set("Foo", BS_RT, data_of("x")), EFI_INVALID_PARAMETER);
    EXPECT_EQ(world.set("Foo", NV_BS_RT | EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS, data_of("x")),
              EFI_INVALID_PARAMETER);
    EXPECT_EQ(world.get("Foo").data, data_of("bar"));
}

TEST(mm_sp_set, rewriting_replaces_the_data)
{
    mm_sp_world world;
    world.set("Foo", NV_BS_RT, data_of("long value"));
    EXPECT_EQ(world.set("Foo", NV_BS_RT, data_of("new")), EFI_SUCCESS);
    EXPECT_EQ(world.get("Foo").data, data_of("new"));
    EXPECT_EQ(world.set("Foo", NV_BS_RT, data_of("new")), EFI_SUCCESS);
}

// SetVariable: delete and append

TEST(mm_sp_delete, by_size_zero_or_without_access_attributes)
{
    for (const uint32_t attributes : {NV_BS_RT, BS, 0U, uint32_t{EFI_VARIABLE_NON_VOLATILE}}) {
        mm_sp_world world;
        world.set("Foo", NV_BS_RT, data_of("bar"));
        EXPECT_EQ(world.set("Foo", attributes, {}), EFI_SUCCESS);
        EXPECT_EQ(world.get("Foo").efi_status, EFI_NOT_FOUND);
    }
    for (const uint32_t attributes : {0U, 1U, uint32_t{EFI_VARIABLE_APPEND_WRITE}}) {
        mm_sp_world world;
        world.set("Foo", NV_BS_RT, data_of("bar"));
        EXPECT_EQ(world.set("Foo", attributes, data_of("data")), EFI_SUCCESS);
        EXPECT_EQ(world.get("Foo").efi_status, EFI_NOT_FOUND);
    }
}

TEST(mm_sp_delete, of_a_missing_variable_is_not_found)
{
    mm_sp_world world;
    EXPECT_EQ(world.set("Foo", NV_BS_RT, {}), EFI_NOT_FOUND);
    EXPECT_EQ(world.set("Foo", 0, {}), EFI_NOT_FOUND);
}

TEST(mm_sp_append, extends_the_data)
{
    mm_sp_world world;
    world.set("Foo", NV_BS_RT, data_of("bar"));
    EXPECT_EQ(world.set("Foo", NV_BS_RT | EFI_VARIABLE_APPEND_WRITE, data_of("baz")), EFI_SUCCESS);
    EXPECT_EQ(world.get("Foo").data, data_of("barbaz"));
    EXPECT_EQ(world.get("Foo").attributes, NV_BS_RT) << "APPEND_WRITE is not an attribute of the variable";
}

TEST(mm_sp_append, of_nothing_changes_nothing)
{
    mm_sp_world world;
    world.set("Foo", NV_BS_RT, data_of("bar"));
    EXPECT_EQ(world.set("Foo", NV_BS_RT | EFI_VARIABLE_APPEND_WRITE, {}), EFI_SUCCESS);
    EXPECT_EQ(world.get("Foo").data, data_of("bar"));
}

TEST(mm_sp_append, to_a_missing_variable_is_not_found)
{
    mm_sp_world world;
    EXPECT_EQ(world.set("Foo", NV_BS_RT | EFI_VARIABLE_APPEND_WRITE, {}), EFI_NOT_FOUND);
    EXPECT_EQ(world.set("Foo", NV_BS_RT | EFI_VARIABLE_APPEND_WRITE, data_of("x")), EFI_NOT_FOUND);
    EXPECT_EQ(world.get("Foo").efi_status, EFI_NOT_FOUND);
}

TEST(mm_sp_append, beyond_the_maximum_is_an_invalid_parameter)
{
    struct mm_sp_config config = mm_sp_world::default_config();
    config.limits.data_size_max = 10;
    mm_sp_world world(config);
    world.set("Foo", NV_BS_RT, bytes(6, 1));
    EXPECT_EQ(world.set("Foo", NV_BS_RT | EFI_VARIABLE_APPEND_WRITE, bytes(5, 2)), EFI_INVALID_PARAMETER);
    EXPECT_EQ(world.get("Foo").data, bytes(6, 1));
    EXPECT_EQ(world.set("Foo", NV_BS_RT | EFI_VARIABLE_APPEND_WRITE, bytes(4, 2)), EFI_SUCCESS);
    EXPECT_EQ(world.get("Foo").data_size, 10U);
}

// SetVariable: limits

TEST(mm_sp_limits, data_beyond_the_maximum_is_an_invalid_parameter)
{
    struct mm_sp_config config;
    mm_sp_config_init(&config, mm_sp_world::BUFFER_PA, 8192);
    mm_sp_world world(config);
    EXPECT_EQ(world.set("Foo", NV_BS_RT, bytes(4097, 1)), EFI_INVALID_PARAMETER);
    EXPECT_EQ(world.get("Foo").efi_status, EFI_NOT_FOUND);
    EXPECT_EQ(world.set("Foo", NV_BS_RT, bytes(4096, 1)), EFI_SUCCESS);
    EXPECT_EQ(world.set("Foo", NV_BS_RT, bytes(4097, 2)), EFI_INVALID_PARAMETER);
    EXPECT_EQ(world.get("Foo", 4096).data, bytes(4096, 1));
}

TEST(mm_sp_limits, name_of_64_characters_fits_and_of_65_does_not)
{
    mm_sp_world world;
    EXPECT_EQ(world.set(std::string(63, 'n'), NV_BS_RT, {1}), EFI_SUCCESS);
    EXPECT_EQ(world.set(std::string(64, 'n'), NV_BS_RT, {1}), EFI_OUT_OF_RESOURCES);
    EXPECT_EQ(world.get(std::string(63, 'n')).efi_status, EFI_SUCCESS);
}

TEST(mm_sp_limits, forty_variables_fit_and_a_deleted_one_makes_room)
{
    mm_sp_world world;
    for (int i = 0; i < VARIABLE_COUNT_DEFAULT; i++) {
        ASSERT_EQ(world.set("V" + std::to_string(i), NV_BS_RT, {1}), EFI_SUCCESS);
    }
    EXPECT_EQ(world.set("More", NV_BS_RT, {1}), EFI_OUT_OF_RESOURCES);
    EXPECT_EQ(world.set("V7", NV_BS_RT, {2}), EFI_SUCCESS);
    EXPECT_EQ(world.set("V7", NV_BS_RT, {}), EFI_SUCCESS);
    EXPECT_EQ(world.set("More", NV_BS_RT, {1}), EFI_SUCCESS);
}

TEST(mm_sp_limits, a_refused_set_takes_no_room)
{
    struct mm_sp_config config = mm_sp_world::default_config();
    config.limits.count_max = 1;
    config.limits.data_size_max = 4;
    mm_sp_world world(config);
    EXPECT_EQ(world.set("Big", BS, bytes(5, 1)), EFI_INVALID_PARAMETER);
    EXPECT_EQ(world.set("Good", BS, {1}), EFI_SUCCESS);
}

// SetVariable at runtime

TEST(mm_sp_runtime, set_of_a_boot_only_variable_is_not_found)
{
    mm_sp_world world;
    world.set("Boot", BS, data_of("b"));
    world.exit_boot_services();
    EXPECT_EQ(world.set("Boot", BS, data_of("c")), EFI_NOT_FOUND);
    EXPECT_EQ(world.set("Boot", BS, {}), EFI_NOT_FOUND);
}

TEST(mm_sp_runtime, set_of_a_volatile_variable_and_creation_with_any_attributes_are_allowed)
{
    mm_sp_world world;
    world.set("Both", BS_RT, data_of("b"));
    world.exit_boot_services();
    EXPECT_EQ(world.set("Both", BS_RT, data_of("c")), EFI_SUCCESS);
    EXPECT_EQ(world.get("Both").data, data_of("c"));
    EXPECT_EQ(world.set("New", BS, data_of("n")), EFI_SUCCESS);
    EXPECT_EQ(world.get("New").efi_status, EFI_NOT_FOUND) << "created, and not visible";
}

// Properties

TEST(mm_sp_property, read_only_takes_effect_at_once_for_set_and_delete)
{
    mm_sp_world world;
    world.set("Foo", NV_BS_RT, data_of("bar"));
    EXPECT_EQ(world.set_property("Foo", MM_VARIABLE_PROPERTY_READ_ONLY, 0, 100), EFI_SUCCESS);
    EXPECT_EQ(world.set("Foo", NV_BS_RT, data_of("x")), EFI_WRITE_PROTECTED);
    EXPECT_EQ(world.set("Foo", NV_BS_RT, {}), EFI_WRITE_PROTECTED);
    EXPECT_EQ(world.get("Foo").data, data_of("bar"));
    EXPECT_EQ(world.set_property("Foo", 0, 0, 100), EFI_SUCCESS) << "always allowed";
    EXPECT_EQ(world.set("Foo", NV_BS_RT, data_of("x")), EFI_SUCCESS);
}

TEST(mm_sp_property, sizes_outside_its_bounds_are_an_invalid_parameter)
{
    mm_sp_world world;
    EXPECT_EQ(world.set_property("Foo", 0, 2, 4), EFI_SUCCESS) << "of a variable that is missing";
    EXPECT_EQ(world.get("Foo").efi_status, EFI_NOT_FOUND);
    EXPECT_EQ(world.set("Foo", NV_BS_RT, bytes(1, 1)), EFI_INVALID_PARAMETER);
    EXPECT_EQ(world.set("Foo", NV_BS_RT, bytes(5, 1)), EFI_INVALID_PARAMETER);
    EXPECT_EQ(world.set("Foo", NV_BS_RT, bytes(2, 1)), EFI_SUCCESS);
    EXPECT_EQ(world.set("Foo", NV_BS_RT, bytes(4, 1)), EFI_SUCCESS);
    EXPECT_EQ(world.set("Foo", NV_BS_RT, {}), EFI_INVALID_PARAMETER) << "a delete has size 0";
}

TEST(mm_sp_property, delete_of_a_variable_with_only_a_property_is_not_found)
{
    mm_sp_world world;
    world.set_property("Foo", 0, 0, 4);
    EXPECT_EQ(world.set("Foo", NV_BS_RT, {}), EFI_NOT_FOUND);
}

TEST(mm_sp_property, bad_revision_and_minimum_above_maximum_are_an_invalid_parameter)
{
    mm_sp_world world;
    EXPECT_EQ(world.set_property("Foo", 0, 0, 4, 0), EFI_INVALID_PARAMETER);
    EXPECT_EQ(world.set_property("Foo", 0, 0, 4, 2), EFI_INVALID_PARAMETER);
    EXPECT_EQ(world.set_property("Foo", 0, 5, 4), EFI_INVALID_PARAMETER);
    EXPECT_EQ(world.set_property("Foo", 0, 4, 4), EFI_SUCCESS);
}

TEST(mm_sp_property, is_read_back_behind_its_name)
{
    mm_sp_world world;
    struct mm_variable_property sent = {};
    sent.revision = MM_VARIABLE_PROPERTY_REVISION;
    sent.property = MM_VARIABLE_PROPERTY_READ_ONLY;
    sent.attributes = 7;
    sent.size_min = 1;
    sent.size_max = 0x123456789;
    world.invoke(MM_FUNCTION_VAR_CHECK_PROPERTY_SET, mm_sp_world::property_payload(utf16("Foo"), sent));
    const mm_sp_world::reply reply =
        world.invoke(MM_FUNCTION_VAR_CHECK_PROPERTY_GET, mm_sp_world::property_payload(utf16("Foo"), {}));
    ASSERT_EQ(reply.efi_status, EFI_SUCCESS);
    ASSERT_EQ(reply.payload.size(), 48U + 8);
    struct mm_variable_property got;
    memcpy(&got, reply.payload.data(), sizeof(got));
    EXPECT_EQ(got.revision, 1);
    EXPECT_EQ(got.property, 1);
    EXPECT_EQ(got.attributes, 7U);
    EXPECT_EQ(got.size_min, 1U);
    EXPECT_EQ(got.size_max, 0x123456789U);
    EXPECT_EQ(bytes(reply.payload.begin() + 48, reply.payload.end()), utf16("Foo"));
}

TEST(mm_sp_property, of_a_variable_without_one_is_not_found_in_a_whole_reply)
{
    mm_sp_world world;
    world.set("Foo", NV_BS_RT, {1});
    for (const char *name : {"Foo", "Missing"}) {
        const mm_sp_world::reply reply =
            world.invoke(MM_FUNCTION_VAR_CHECK_PROPERTY_GET, mm_sp_world::property_payload(utf16(name), {}));
        EXPECT_EQ(reply.efi_status, EFI_NOT_FOUND);
        EXPECT_EQ(reply.payload.size(), 48 + utf16(name).size());
    }
}

TEST(mm_sp_property, keeps_no_attributes_of_a_deleted_variable)
{
    mm_sp_world world;
    world.set_property("Foo", 0, 0, 4);
    world.set("Foo", BS, {1});
    world.set("Foo", BS, {});
    world.exit_boot_services();
    EXPECT_EQ(world.set("Foo", BS_RT, {1}), EFI_SUCCESS);
    EXPECT_EQ(world.get("Foo").efi_status, EFI_SUCCESS);
}

TEST(mm_sp_property, outlives_the_variable_and_counts_as_a_row)
{
    struct mm_sp_config config = mm_sp_world::default_config();
    config.limits.count_max = 1;
    mm_sp_world world(config);
    world.set_property("Foo", 0, 0, 4);
    world.set("Foo", BS, {1});
    world.set("Foo", BS, {});
    EXPECT_EQ(world.set("Bar", BS, {1}), EFI_OUT_OF_RESOURCES);
    EXPECT_EQ(world.set("Foo", BS, bytes(5, 1)), EFI_INVALID_PARAMETER);
}

// GetNextVariableName

TEST(mm_sp_next, walks_in_the_order_of_insertion)
{
    mm_sp_world world;
    uint64_t status = 0;
    EXPECT_TRUE(walk(world, &status).empty());
    EXPECT_EQ(status, EFI_NOT_FOUND);
    for (const char *name : {"Zeta", "Alpha", "Mid"}) {
        world.set(name, NV_BS_RT, {1});
    }
    world.set("Alpha", NV_BS_RT, {2});
    EXPECT_EQ(walk(world, &status), (std::vector<std::string>{"Zeta", "Alpha", "Mid"}));
    EXPECT_EQ(status, EFI_NOT_FOUND);
    world.set("Zeta", NV_BS_RT, {});
    world.set("Zeta", NV_BS_RT, {3});
    EXPECT_EQ(walk(world, &status), (std::vector<std::string>{"Alpha", "Mid", "Zeta"}));
}

TEST(mm_sp_next, skips_names_with_only_a_property)
{
    mm_sp_world world;
    uint64_t status = 0;
    world.set_property("Only", 0, 0, 4);
    world.set("Foo", NV_BS_RT, {1});
    EXPECT_EQ(walk(world, &status), (std::vector<std::string>{"Foo"}));
}

TEST(mm_sp_next, skips_boot_only_variables_at_runtime)
{
    mm_sp_world world;
    uint64_t status = 0;
    world.set("B1", BS, {1});
    world.set("R1", BS_RT, {1});
    world.set("B2", BS, {1});
    world.set("R2", BS_RT, {1});
    world.set("B3", BS, {1});
    world.exit_boot_services();
    EXPECT_EQ(walk(world, &status), (std::vector<std::string>{"R1", "R2"}));
    EXPECT_EQ(status, EFI_NOT_FOUND);
}

TEST(mm_sp_next, name_that_is_not_in_the_store_is_an_invalid_parameter)
{
    mm_sp_world world;
    world.set("Foo", NV_BS_RT, {1});
    EXPECT_EQ(world.next(utf16("Bar"), 1).efi_status, EFI_INVALID_PARAMETER);
    EXPECT_EQ(world.next(utf16("Foo"), 2).efi_status, EFI_INVALID_PARAMETER);
}

TEST(mm_sp_next, at_the_end_guid_and_name_are_zero_and_so_is_the_size)
{
    mm_sp_world world;
    world.set("Foo", NV_BS_RT, {1});
    const mm_sp_world::next_name end = world.next(utf16("Foo"), 1);
    EXPECT_EQ(end.efi_status, EFI_NOT_FOUND);
    EXPECT_EQ(end.name_size, 0U);
    EXPECT_EQ(memcmp(end.guid.bytes, guid_of(0).bytes, 16), 0);
    EXPECT_TRUE(end.name.empty());
}

TEST(mm_sp_next, too_small_an_area_tells_the_size_and_zeroes_the_guid)
{
    mm_sp_world world;
    world.set("Foo", NV_BS_RT, {1});
    const mm_sp_world::next_name small = world.next(utf16(""), 1, 6);
    EXPECT_EQ(small.efi_status, EFI_BUFFER_TOO_SMALL);
    EXPECT_EQ(small.name_size, 8U);
    EXPECT_EQ(memcmp(small.guid.bytes, guid_of(0).bytes, 16), 0);
    EXPECT_EQ(world.next(utf16(""), 1, 8).efi_status, EFI_SUCCESS);
}

TEST(mm_sp_next, name_size_beyond_the_message_is_an_invalid_parameter)
{
    mm_sp_world world;
    world.set("Foo", NV_BS_RT, {1});
    struct mm_variable_get_next header = {guid_of(1), 3};
    bytes payload(sizeof(header) + 2);
    memcpy(payload.data(), &header, sizeof(header));
    EXPECT_EQ(world.invoke(MM_FUNCTION_GET_NEXT_VARIABLE_NAME, payload).efi_status, EFI_INVALID_PARAMETER);
}

// QueryVariableInfo and GetPayloadSize

TEST(mm_sp_query, counts_volatile_and_non_volatile_variables_apart)
{
    mm_sp_world world;
    world.set("N1", NV_BS_RT, bytes(100, 1));
    world.set("N2", NV_BS_RT, bytes(11, 1));
    world.set("V1", BS, bytes(7, 1));
    const uint64_t capacity = 4096 * VARIABLE_COUNT_DEFAULT;
    mm_sp_world::reply reply = query(world, NV_BS_RT);
    EXPECT_EQ(reply.efi_status, EFI_SUCCESS);
    EXPECT_EQ(reply.payload.size(), 32U);
    EXPECT_EQ(payload_word(reply, 0), capacity);
    EXPECT_EQ(payload_word(reply, 1), capacity - 111);
    EXPECT_EQ(payload_word(reply, 2), 4096U);
    EXPECT_EQ(payload_word(query(world, BS), 1), capacity - 7);
}

TEST(mm_sp_query, refuses_no_attributes)
{
    mm_sp_world world;
    for (const uint32_t attributes : {0U, 1U, 4U, 0xFFFFFFFFU}) {
        EXPECT_EQ(query(world, attributes).efi_status, EFI_SUCCESS);
    }
}

TEST(mm_sp_payload_size, is_what_fits_behind_the_headers)
{
    mm_sp_world world;
    const mm_sp_world::reply reply = world.invoke(MM_FUNCTION_GET_PAYLOAD_SIZE, bytes(8, 0));
    EXPECT_EQ(reply.efi_status, EFI_SUCCESS);
    EXPECT_EQ(payload_word(reply, 0), 4096U - 24 - 16 - 36);
}

TEST(mm_sp_payload_size, a_buffer_too_small_for_the_answer_is_a_bad_buffer_size)
{
    struct mm_sp_config config;
    mm_sp_config_init(&config, mm_sp_world::BUFFER_PA, 44);
    mm_sp_world world(config);
    EXPECT_EQ(world.invoke(MM_FUNCTION_GET_PAYLOAD_SIZE, {}).efi_status, EFI_BAD_BUFFER_SIZE);
}

TEST(mm_sp_payload_size, a_value_of_that_size_makes_the_round_trip)
{
    mm_sp_world world;
    const mm_sp_world::reply reply = world.invoke(MM_FUNCTION_GET_PAYLOAD_SIZE, bytes(8, 0));
    const bytes data(payload_word(reply, 0) - utf16("V").size(), 0x5A);
    EXPECT_EQ(world.set("V", NV_BS_RT, data), EFI_SUCCESS);
    EXPECT_EQ(world.get("V", data.size()).data, data);
}
