// SPDX-License-Identifier: BSD-3-Clause
//
// What the two variable servers answer, case by case: each test is a row of the comparison of smm-gateway and
// EDK2's variable driver, through the whole partition. Authentication is off; variable_service_authentication
// has the rows with it.
#include <gtest/gtest.h>

#include "tests/unit/mm_sp_world.hpp"

namespace {

constexpr uint32_t APPEND = EFI_VARIABLE_APPEND_WRITE;
constexpr uint32_t NV = EFI_VARIABLE_NON_VOLATILE;
constexpr uint32_t RT = EFI_VARIABLE_RUNTIME_ACCESS;

class gateway_world : public mm_sp_world {};

class edk2_world : public mm_sp_world {
public:
    explicit edk2_world(const struct mm_sp_config &config = default_config(MM_SP_STANDALONE_MM))
        : mm_sp_world(config)
    {
    }
    uint64_t ready_to_boot() { return invoke(MM_FUNCTION_READY_TO_BOOT, {}).efi_status; }
};

template <typename world_type>
uint64_t send_access(world_type &world, uint64_t function, const bytes &name, uint64_t data_size)
{
    return world.invoke(function, mm_sp_world::access_payload(name, NV_BS_RT, {}, data_size, guid_of(1)))
        .efi_status;
}

template <typename world_type>
struct mm_variable_query query(world_type &world, uint32_t attributes, uint64_t *status)
{
    struct mm_variable_query message = {};
    message.attributes = attributes;
    bytes payload(sizeof(message));
    memcpy(payload.data(), &message, sizeof(message));
    const mm_sp_world::reply reply = world.invoke(MM_FUNCTION_QUERY_VARIABLE_INFO, payload);
    *status = reply.efi_status;
    if (reply.payload.size() >= sizeof(message)) {
        memcpy(&message, reply.payload.data(), sizeof(message));
    }
    return message;
}

template <typename world_type> uint64_t query_status(world_type &world, uint32_t attributes)
{
    uint64_t status = 0;
    query(world, attributes, &status);
    return status;
}

std::vector<std::string> walk(mm_sp_world &world)
{
    std::vector<std::string> names;
    bytes name = utf16("");
    for (int i = 0; i < 100; i++) {
        const mm_sp_world::next_name found = world.next(name, 1);
        if (found.efi_status != EFI_SUCCESS) {
            EXPECT_EQ(found.efi_status, EFI_NOT_FOUND);
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

// Messages

TEST(variable_rows, name_not_terminated_or_shorter_than_a_character)
{
    gateway_world gateway;
    edk2_world edk2;
    for (const bytes &name : {bytes{'F', 0, 'o', 0}, bytes{}, bytes{0}}) {
        for (const uint64_t function : {MM_FUNCTION_GET_VARIABLE, MM_FUNCTION_SET_VARIABLE}) {
            EXPECT_EQ(send_access(gateway, function, name, 0), EFI_INVALID_PARAMETER);
            EXPECT_EQ(send_access(edk2, function, name, 0), EFI_ACCESS_DENIED);
        }
    }
}

TEST(variable_rows, data_size_and_name_size_beyond_the_message)
{
    gateway_world gateway;
    edk2_world edk2;
    for (const uint64_t size :
         {uint64_t{1}, uint64_t{1} << 32, UINT64_MAX, UINT64_MAX - 43, UINT64_MAX - 36}) {
        EXPECT_EQ(send_access(gateway, MM_FUNCTION_SET_VARIABLE, utf16("Foo"), size), EFI_INVALID_PARAMETER);
        EXPECT_EQ(send_access(edk2, MM_FUNCTION_SET_VARIABLE, utf16("Foo"), size), EFI_ACCESS_DENIED);
        bytes payload = mm_sp_world::access_payload(utf16("Foo"), NV_BS_RT, {}, 0, guid_of(1));
        const uint64_t name_size = size + 8;
        memcpy(payload.data() + 24, &name_size, 8);
        EXPECT_EQ(gateway.invoke(MM_FUNCTION_GET_VARIABLE, payload).efi_status, EFI_INVALID_PARAMETER);
        EXPECT_EQ(edk2.invoke(MM_FUNCTION_GET_VARIABLE, payload).efi_status, EFI_ACCESS_DENIED);
    }
}

class variable_rows_short : public testing::TestWithParam<std::pair<uint64_t, size_t>> {};

TEST_P(variable_rows_short, message_without_its_header)
{
    const auto [function, size] = GetParam();
    gateway_world gateway;
    edk2_world edk2;
    const mm_sp_world::reply refused = gateway.invoke(function, bytes(size - 1, 0x11), 0, 0x5A5A);
    const mm_sp_world::reply ignored = edk2.invoke(function, bytes(size - 1, 0x11), 0, 0x5A5A);
    if (gateway.mm_status == MM_STATUS_SUCCESS) {
        EXPECT_EQ(refused.efi_status, EFI_INVALID_PARAMETER);
    }
    EXPECT_EQ(refused.message_length, 16U);
    EXPECT_EQ(ignored.efi_status, 0x5A5AU) << "success of MM, and no status at all";
    EXPECT_EQ(ignored.payload, bytes(size - 1, 0x11));
}

INSTANTIATE_TEST_SUITE_P(functions, variable_rows_short,
                         testing::Values(std::make_pair(MM_FUNCTION_GET_VARIABLE, 36),
                                         std::make_pair(MM_FUNCTION_SET_VARIABLE, 36),
                                         std::make_pair(MM_FUNCTION_GET_NEXT_VARIABLE_NAME, 24),
                                         std::make_pair(MM_FUNCTION_QUERY_VARIABLE_INFO, 32),
                                         std::make_pair(MM_FUNCTION_LOCK_VARIABLE, 24),
                                         std::make_pair(MM_FUNCTION_VAR_CHECK_PROPERTY_SET, 48),
                                         std::make_pair(MM_FUNCTION_VAR_CHECK_PROPERTY_GET, 48)));

TEST(variable_rows, payload_beyond_what_edk2_copies)
{
    edk2_world edk2;
    bytes payload(8, 0);
    const uint64_t largest = 0x400 + 48 - 32;
    EXPECT_EQ(edk2.invoke(MM_FUNCTION_GET_PAYLOAD_SIZE, payload).efi_status, EFI_SUCCESS);
    EXPECT_EQ(edk2.invoke(MM_FUNCTION_GET_PAYLOAD_SIZE, bytes(largest + 1, 0x33), 0, 0x5A5A).efi_status,
              0x5A5AU);
    const mm_sp_world::reply reply = edk2.invoke(MM_FUNCTION_GET_PAYLOAD_SIZE, bytes(largest, 0x33));
    uint64_t size;
    memcpy(&size, reply.payload.data(), 8);
    EXPECT_EQ(size, largest);
    EXPECT_EQ(reply.payload.size(), largest) << "a reply is as long as its request";
}

TEST(variable_rows, functions_that_are_not_there)
{
    gateway_world gateway;
    edk2_world edk2;
    for (const uint64_t function : {uint64_t{0}, uint64_t{MM_FUNCTION_GET_STATISTICS}, uint64_t{12},
                                    uint64_t{13}, uint64_t{14}, uint64_t{15}, uint64_t{0xFFFFFFFF}}) {
        gateway.invoke(function, bytes(64, 0));
        EXPECT_EQ(gateway.mm_status, MM_STATUS_INVALID_PARAMETER);
        EXPECT_EQ(edk2.invoke(function, bytes(64, 0)).efi_status, EFI_UNSUPPORTED);
    }
    for (const uint64_t function : {MM_FUNCTION_READY_TO_BOOT, MM_FUNCTION_LOCK_VARIABLE}) {
        gateway.invoke(function, bytes(64, 0));
        EXPECT_EQ(gateway.mm_status, MM_STATUS_INVALID_PARAMETER);
    }
    EXPECT_EQ(edk2.invoke(0x100000006ULL, {}).efi_status, EFI_UNSUPPORTED) << "all 64 bits count";
}

// GetVariable

TEST(variable_rows, get_with_an_empty_name)
{
    gateway_world gateway;
    edk2_world edk2;
    EXPECT_EQ(gateway.get("").efi_status, EFI_NOT_FOUND);
    EXPECT_EQ(edk2.get("").efi_status, EFI_NOT_FOUND);
}

TEST(variable_rows, get_into_a_buffer_that_is_too_small)
{
    const auto check = [](mm_sp_world &world) {
        world.set("Foo", NV_BS_RT, data_of("barbaz"));
        for (const uint64_t room : {0, 5}) {
            const mm_sp_world::value value = world.get("Foo", room);
            EXPECT_EQ(value.efi_status, EFI_BUFFER_TOO_SMALL);
            EXPECT_EQ(value.data_size, 6U);
            EXPECT_EQ(value.attributes, NV_BS_RT);
        }
        EXPECT_EQ(world.get("Foo", 6).data, data_of("barbaz"));
    };
    gateway_world gateway;
    edk2_world edk2;
    check(gateway);
    check(edk2);
}

TEST(variable_rows, get_at_runtime_of_a_boot_only_variable)
{
    const auto check = [](mm_sp_world &world) {
        world.set("Boot", BS, data_of("b"));
        world.set("Both", NV_BS_RT, data_of("r"));
        EXPECT_EQ(world.exit_boot_services(), EFI_SUCCESS);
        EXPECT_EQ(world.get("Boot").efi_status, EFI_NOT_FOUND);
        EXPECT_EQ(world.get("Both").efi_status, EFI_SUCCESS);
        EXPECT_EQ(walk(world), (std::vector<std::string>{"Both"}));
    };
    gateway_world gateway;
    edk2_world edk2;
    check(gateway);
    check(edk2);
}

TEST(variable_rows, get_with_room_for_the_data_but_a_message_that_ends_before)
{
    gateway_world gateway;
    edk2_world edk2;
    gateway.set("Foo", NV_BS_RT, data_of("bar"));
    edk2.set("Foo", NV_BS_RT, data_of("bar"));
    EXPECT_EQ(send_access(gateway, MM_FUNCTION_GET_VARIABLE, utf16("Foo"), 3), EFI_SUCCESS)
        << "limited by the response area, which is the buffer";
    EXPECT_EQ(send_access(edk2, MM_FUNCTION_GET_VARIABLE, utf16("Foo"), 3), EFI_ACCESS_DENIED);
}

// SetVariable: attributes

struct attribute_row {
    const char *row;
    uint32_t attributes;
    uint64_t gateway;
    uint64_t edk2;
};

class variable_rows_set : public testing::TestWithParam<attribute_row> {};

TEST_P(variable_rows_set, attributes)
{
    const attribute_row row = GetParam();
    gateway_world gateway;
    edk2_world edk2;
    EXPECT_EQ(gateway.set("Foo", row.attributes, {1}), row.gateway);
    EXPECT_EQ(gateway.get("Foo").efi_status, row.gateway == EFI_SUCCESS ? EFI_SUCCESS : EFI_NOT_FOUND);
    EXPECT_EQ(edk2.set("Foo", row.attributes, {1}), row.edk2);
    EXPECT_EQ(edk2.get("Foo").efi_status, row.edk2 == EFI_SUCCESS ? EFI_SUCCESS : EFI_NOT_FOUND);
}

INSTANTIATE_TEST_SUITE_P(
    rows, variable_rows_set,
    testing::Values(attribute_row{"rt_without_bs", 0x4, EFI_INVALID_PARAMETER, EFI_INVALID_PARAMETER},
                    attribute_row{"rt_without_bs_nv", 0x5, EFI_INVALID_PARAMETER, EFI_INVALID_PARAMETER},
                    attribute_row{"rt_without_bs_auth_write", 0x14, EFI_INVALID_PARAMETER, EFI_UNSUPPORTED},
                    attribute_row{"nv_only", 0x1, EFI_SUCCESS, EFI_INVALID_PARAMETER},
                    attribute_row{"no_access", 0x0, EFI_SUCCESS, EFI_NOT_FOUND},
                    attribute_row{"unknown_bit", 0x107, EFI_UNSUPPORTED, EFI_INVALID_PARAMETER},
                    attribute_row{"unknown_high_bit", 0x80000007, EFI_UNSUPPORTED, EFI_INVALID_PARAMETER},
                    attribute_row{"auth_write", 0x17, EFI_UNSUPPORTED, EFI_INVALID_PARAMETER},
                    attribute_row{"hw_error_record", 0xF, EFI_UNSUPPORTED, EFI_INVALID_PARAMETER},
                    attribute_row{"enhanced_auth", 0x87, EFI_UNSUPPORTED, EFI_INVALID_PARAMETER},
                    attribute_row{"enhanced_auth_and_time_based", 0xA7, EFI_INVALID_PARAMETER,
                                  EFI_INVALID_PARAMETER},
                    attribute_row{"time_based_support_off", 0x27, EFI_SUCCESS, EFI_INVALID_PARAMETER},
                    attribute_row{"append_missing_with_data", 0x47, EFI_NOT_FOUND, EFI_SUCCESS},
                    attribute_row{"bs", 0x2, EFI_SUCCESS, EFI_SUCCESS},
                    attribute_row{"bs_rt", 0x6, EFI_SUCCESS, EFI_SUCCESS},
                    attribute_row{"nv_bs_rt", 0x7, EFI_SUCCESS, EFI_SUCCESS}),
    [](const testing::TestParamInfo<attribute_row> &tested) { return std::string(tested.param.row); });

TEST(variable_rows, set_nv_only_of_an_existing_variable)
{
    gateway_world gateway;
    edk2_world edk2;
    gateway.set("Foo", NV_BS_RT, {1});
    edk2.set("Foo", NV_BS_RT, {1});
    EXPECT_EQ(gateway.set("Foo", NV, {2}), EFI_SUCCESS) << "a delete";
    EXPECT_EQ(gateway.get("Foo").efi_status, EFI_NOT_FOUND);
    EXPECT_EQ(edk2.set("Foo", NV, {2}), EFI_INVALID_PARAMETER);
    EXPECT_EQ(edk2.get("Foo").data, bytes{1});
}

TEST(variable_rows, set_with_an_empty_name)
{
    gateway_world gateway;
    edk2_world edk2;
    EXPECT_EQ(gateway.set("", NV_BS_RT, {1}), EFI_SUCCESS) << "a name like any other";
    EXPECT_EQ(edk2.set("", NV_BS_RT, {1}), EFI_INVALID_PARAMETER);
}

TEST(variable_rows, set_with_a_name_that_ends_before_its_size)
{
    gateway_world gateway;
    edk2_world edk2;
    const bytes name = {'F', 0, 0, 0, 'x', 0, 0, 0};
    const bytes payload = mm_sp_world::access_payload(name, NV_BS_RT, {1}, 1, guid_of(1));
    EXPECT_EQ(gateway.invoke(MM_FUNCTION_SET_VARIABLE, payload).efi_status, EFI_SUCCESS);
    EXPECT_EQ(gateway.get("F").efi_status, EFI_NOT_FOUND) << "all of it is the name";
    EXPECT_EQ(edk2.invoke(MM_FUNCTION_SET_VARIABLE, payload).efi_status, EFI_SUCCESS);
    EXPECT_EQ(edk2.get("F").data, bytes{1});
}

TEST(variable_rows, set_with_different_attributes_on_existing)
{
    const auto check = [](mm_sp_world &world) {
        world.set("Foo", NV_BS_RT, data_of("bar"));
        EXPECT_EQ(world.set("Foo", BS_RT, data_of("x")), EFI_INVALID_PARAMETER);
        EXPECT_EQ(world.set("Foo", NV | BS, data_of("x")), EFI_INVALID_PARAMETER);
        EXPECT_EQ(world.get("Foo").data, data_of("bar"));
        EXPECT_EQ(world.set("Foo", NV_BS_RT | APPEND, data_of("x")), EFI_SUCCESS) << "APPEND may differ";
        EXPECT_EQ(world.get("Foo").data, data_of("barx"));
        EXPECT_EQ(world.get("Foo").attributes, NV_BS_RT);
    };
    gateway_world gateway;
    edk2_world edk2;
    check(gateway);
    check(edk2);
}

TEST(variable_rows, delete_by_size_zero_with_different_attributes)
{
    gateway_world gateway;
    edk2_world edk2;
    gateway.set("Foo", NV_BS_RT, {1});
    edk2.set("Foo", NV_BS_RT, {1});
    EXPECT_EQ(gateway.set("Foo", BS, {}), EFI_SUCCESS);
    EXPECT_EQ(edk2.set("Foo", BS, {}), EFI_INVALID_PARAMETER);
    EXPECT_EQ(edk2.get("Foo").efi_status, EFI_SUCCESS);
}

// SetVariable: delete and append

TEST(variable_rows, delete_by_size_zero_or_no_access)
{
    const auto check = [](mm_sp_world &world) {
        world.set("Foo", NV_BS_RT, {1});
        EXPECT_EQ(world.set("Foo", NV_BS_RT, {}), EFI_SUCCESS);
        EXPECT_EQ(world.get("Foo").efi_status, EFI_NOT_FOUND);
        world.set("Foo", NV_BS_RT, {1});
        EXPECT_EQ(world.set("Foo", 0, {2}), EFI_SUCCESS);
        EXPECT_EQ(world.get("Foo").efi_status, EFI_NOT_FOUND);
    };
    gateway_world gateway;
    edk2_world edk2;
    check(gateway);
    check(edk2);
}

TEST(variable_rows, delete_of_a_missing_variable)
{
    const auto check = [](mm_sp_world &world) {
        EXPECT_EQ(world.set("Foo", NV_BS_RT, {}), EFI_NOT_FOUND);
        EXPECT_EQ(world.set("Foo", 0, {}), EFI_NOT_FOUND);
    };
    gateway_world gateway;
    edk2_world edk2;
    check(gateway);
    check(edk2);
}

TEST(variable_rows, append_of_size_zero_to_a_missing_variable)
{
    gateway_world gateway;
    edk2_world edk2;
    EXPECT_EQ(gateway.set("Foo", NV_BS_RT | APPEND, {}), EFI_NOT_FOUND);
    EXPECT_EQ(edk2.set("Foo", NV_BS_RT | APPEND, {}), EFI_SUCCESS);
    EXPECT_EQ(edk2.get("Foo").efi_status, EFI_NOT_FOUND) << "and there is none";
}

TEST(variable_rows, append_of_size_zero_to_an_existing_variable)
{
    const auto check = [](mm_sp_world &world) {
        world.set("Foo", NV_BS_RT, data_of("bar"));
        EXPECT_EQ(world.set("Foo", NV_BS_RT | APPEND, {}), EFI_SUCCESS);
        EXPECT_EQ(world.get("Foo").data, data_of("bar"));
    };
    gateway_world gateway;
    edk2_world edk2;
    check(gateway);
    check(edk2);
}

TEST(variable_rows, append_beyond_the_maximum)
{
    struct mm_sp_config config = mm_sp_world::default_config();
    config.limits.data_size_max = 10;
    mm_sp_world gateway(config);
    gateway.set("Foo", NV_BS_RT, bytes(6, 1));
    EXPECT_EQ(gateway.set("Foo", NV_BS_RT | APPEND, bytes(5, 2)), EFI_INVALID_PARAMETER);
    EXPECT_EQ(gateway.get("Foo").data, bytes(6, 1));
    edk2_world edk2;
    const uint64_t max = 0x400 - 32 - utf16("Foo").size();
    edk2.set("Foo", NV_BS_RT, bytes(600, 1));
    EXPECT_EQ(edk2.set("Foo", NV_BS_RT | APPEND, bytes(max - 600 + 1, 2)), EFI_INVALID_PARAMETER);
    EXPECT_EQ(edk2.get("Foo").data, bytes(600, 1));
    EXPECT_EQ(edk2.set("Foo", NV_BS_RT | APPEND, bytes(max - 600, 2)), EFI_SUCCESS);
    EXPECT_EQ(edk2.get("Foo", max).data_size, max);
}

TEST(variable_rows, same_data_rewritten)
{
    edk2_world edk2;
    uint64_t status = 0;
    edk2.set("Foo", NV_BS_RT, bytes(100, 1));
    edk2.set("Bar", NV_BS_RT, bytes(100, 1));
    edk2.exit_boot_services();
    const uint64_t before = query(edk2, NV_BS_RT, &status).remaining_storage;
    EXPECT_EQ(edk2.set("Foo", NV_BS_RT, bytes(100, 1)), EFI_SUCCESS);
    EXPECT_EQ(query(edk2, NV_BS_RT, &status).remaining_storage, before) << "the flash is not written";
    EXPECT_EQ(walk(edk2), (std::vector<std::string>{"Foo", "Bar"}));
    EXPECT_EQ(edk2.set("Foo", NV_BS_RT, bytes(100, 2)), EFI_SUCCESS);
    EXPECT_EQ(query(edk2, NV_BS_RT, &status).remaining_storage, before - 140) << "and now it is";
    gateway_world gateway;
    EXPECT_EQ(gateway.set("Foo", NV_BS_RT, bytes(100, 1)), EFI_SUCCESS);
    EXPECT_EQ(gateway.set("Foo", NV_BS_RT, bytes(100, 1)), EFI_SUCCESS);
}

// SetVariable: limits

TEST(variable_rows, too_large)
{
    struct mm_sp_config config;
    mm_sp_config_init(&config, mm_sp_world::BUFFER_PA, 8192);
    mm_sp_world gateway(config);
    EXPECT_EQ(gateway.set("Foo", NV_BS_RT, bytes(4097, 1)), EFI_INVALID_PARAMETER);
    EXPECT_EQ(gateway.set("Foo", NV_BS_RT, bytes(4096, 1)), EFI_SUCCESS);
    edk2_world edk2;
    const uint64_t max = 0x400 - 32 - utf16("Foo").size();
    EXPECT_EQ(edk2.set("Foo", NV_BS_RT, bytes(max + 1, 1)), EFI_INVALID_PARAMETER);
    EXPECT_EQ(edk2.set("Foo", NV_BS_RT, bytes(max, 1)), EFI_SUCCESS);
    EXPECT_EQ(edk2.set("Foo2", NV_BS_RT, bytes(max - 1, 1)), EFI_INVALID_PARAMETER) << "the name counts";
}

TEST(variable_rows, name_too_long)
{
    gateway_world gateway;
    edk2_world edk2;
    EXPECT_EQ(gateway.set(std::string(63, 'n'), NV_BS_RT, {1}), EFI_SUCCESS);
    EXPECT_EQ(gateway.set(std::string(64, 'n'), NV_BS_RT, {1}), EFI_OUT_OF_RESOURCES);
    EXPECT_EQ(edk2.set(std::string(300, 'n'), NV_BS_RT, {1}), EFI_SUCCESS);
    EXPECT_EQ(edk2.get(std::string(300, 'n'), 8).data, bytes{1});
    EXPECT_EQ(edk2.set(std::string(495, 'n'), NV_BS_RT, {1}), EFI_INVALID_PARAMETER);
}

TEST(variable_rows, store_full_of_smm_gateway)
{
    gateway_world gateway;
    for (int i = 0; i < VARIABLE_COUNT_DEFAULT; i++) {
        ASSERT_EQ(gateway.set("V" + std::to_string(i), NV_BS_RT, {1}), EFI_SUCCESS);
    }
    EXPECT_EQ(gateway.set("More", NV_BS_RT, {1}), EFI_OUT_OF_RESOURCES);
}

namespace {

struct mm_sp_config small_store()
{
    struct mm_sp_config config = mm_sp_world::default_config(MM_SP_STANDALONE_MM);
    config.limits.store_size = 2000 + 28 + 72; // 2000 bytes for non-volatile variables
    return config;
}

} // namespace

TEST(variable_rows, store_full_at_boot)
{
    edk2_world edk2(small_store());
    const bytes value(464, 1); // with header and "A": 500
    for (uint8_t round = 0; round < 20; round++) {
        ASSERT_EQ(edk2.set("A", NV_BS_RT, bytes(464, round)), EFI_SUCCESS) << "what is replaced is reclaimed";
    }
    EXPECT_EQ(edk2.set("B", NV_BS_RT, value), EFI_SUCCESS);
    EXPECT_EQ(edk2.set("C", NV_BS_RT, value), EFI_SUCCESS);
    EXPECT_EQ(edk2.set("D", NV_BS_RT, value), EFI_SUCCESS);
    EXPECT_EQ(edk2.set("E", NV_BS_RT, {1}), EFI_OUT_OF_RESOURCES);
    EXPECT_EQ(edk2.set("A", NV_BS_RT, bytes(464, 77)), EFI_SUCCESS) << "the old one makes room";
    EXPECT_EQ(edk2.set("E", BS_RT, {1}), EFI_SUCCESS) << "volatile variables have a store of their own";
    EXPECT_EQ(edk2.set("B", NV_BS_RT, {}), EFI_SUCCESS);
    EXPECT_EQ(edk2.set("F", NV_BS_RT, value), EFI_SUCCESS);
    EXPECT_EQ(edk2.get("A").data, bytes(464, 77));
}

TEST(variable_rows, store_full_at_runtime)
{
    edk2_world edk2(small_store());
    edk2.set("A", NV_BS_RT, bytes(464, 0));
    edk2.exit_boot_services();
    EXPECT_EQ(edk2.set("A", NV_BS_RT, bytes(464, 1)), EFI_SUCCESS);
    EXPECT_EQ(edk2.set("A", NV_BS_RT, bytes(464, 2)), EFI_SUCCESS);
    EXPECT_EQ(edk2.set("A", NV_BS_RT, bytes(464, 3)), EFI_SUCCESS);
    EXPECT_EQ(edk2.set("A", NV_BS_RT, bytes(464, 4)), EFI_OUT_OF_RESOURCES)
        << "nothing is reclaimed any more";
    EXPECT_EQ(edk2.get("A").data, bytes(464, 3));
    EXPECT_EQ(edk2.set("A", NV_BS_RT, {}), EFI_SUCCESS);
    EXPECT_EQ(edk2.set("B", NV_BS_RT, {1}), EFI_OUT_OF_RESOURCES);
}

// SetVariable at runtime

TEST(variable_rows, runtime_set_of_a_boot_only_variable)
{
    gateway_world gateway;
    edk2_world edk2;
    gateway.set("Boot", BS, {1});
    edk2.set("Boot", NV | BS, {1});
    gateway.exit_boot_services();
    edk2.exit_boot_services();
    EXPECT_EQ(gateway.set("Boot", BS, {2}), EFI_NOT_FOUND);
    EXPECT_EQ(edk2.set("Boot", NV | BS, {2}), EFI_WRITE_PROTECTED);
    EXPECT_EQ(edk2.set("Boot", 0, {}), EFI_WRITE_PROTECTED);
}

TEST(variable_rows, runtime_set_of_a_volatile_variable)
{
    gateway_world gateway;
    edk2_world edk2;
    gateway.set("Both", BS_RT, {1});
    edk2.set("Both", BS_RT, {1});
    gateway.exit_boot_services();
    edk2.exit_boot_services();
    EXPECT_EQ(gateway.set("Both", BS_RT, {2}), EFI_SUCCESS);
    EXPECT_EQ(gateway.get("Both").data, bytes{2});
    EXPECT_EQ(edk2.set("Both", BS_RT, {2}), EFI_WRITE_PROTECTED);
    EXPECT_EQ(edk2.set("Both", BS_RT, {}), EFI_WRITE_PROTECTED);
    EXPECT_EQ(edk2.get("Both").data, bytes{1});
}

TEST(variable_rows, runtime_create_without_nv_and_rt)
{
    gateway_world gateway;
    edk2_world edk2;
    gateway.exit_boot_services();
    edk2.exit_boot_services();
    for (const uint32_t attributes : {BS, BS_RT, NV | BS}) {
        EXPECT_EQ(gateway.set("G" + std::to_string(attributes), attributes, {1}), EFI_SUCCESS);
        EXPECT_EQ(edk2.set("E" + std::to_string(attributes), attributes, {1}), EFI_INVALID_PARAMETER);
    }
    EXPECT_EQ(edk2.set("New", NV_BS_RT, {1}), EFI_SUCCESS);
    EXPECT_EQ(edk2.set("New", NV_BS_RT, {2}), EFI_SUCCESS);
}

// Properties

TEST(variable_rows, read_only_property)
{
    gateway_world gateway;
    edk2_world edk2;
    for (mm_sp_world *world : {static_cast<mm_sp_world *>(&gateway), static_cast<mm_sp_world *>(&edk2)}) {
        world->set("Foo", NV_BS_RT, {1});
        EXPECT_EQ(world->set_property("Foo", MM_VARIABLE_PROPERTY_READ_ONLY, 0, 100), EFI_SUCCESS);
    }
    EXPECT_EQ(gateway.set("Foo", NV_BS_RT, {2}), EFI_WRITE_PROTECTED);
    EXPECT_EQ(edk2.set("Foo", NV_BS_RT, {2}), EFI_SUCCESS) << "only after the end of DXE";
    EXPECT_EQ(edk2.ready_to_boot(), EFI_SUCCESS);
    EXPECT_EQ(edk2.set("Foo", NV_BS_RT, {3}), EFI_WRITE_PROTECTED);
    EXPECT_EQ(edk2.set("Foo", NV_BS_RT, {}), EFI_WRITE_PROTECTED);
    EXPECT_EQ(edk2.get("Foo").data, bytes{2});
}

TEST(variable_rows, property_minimum_and_maximum_size)
{
    gateway_world gateway;
    edk2_world edk2;
    gateway.set_property("Foo", 0, 2, 4);
    edk2.set_property("Foo", 0, 2, 4);
    EXPECT_EQ(edk2.set("Early", NV_BS_RT, bytes(1, 1)), EFI_SUCCESS);
    edk2.ready_to_boot();
    for (mm_sp_world *world : {static_cast<mm_sp_world *>(&gateway), static_cast<mm_sp_world *>(&edk2)}) {
        EXPECT_EQ(world->set("Foo", NV_BS_RT, bytes(1, 1)), EFI_INVALID_PARAMETER);
        EXPECT_EQ(world->set("Foo", NV_BS_RT, bytes(5, 1)), EFI_INVALID_PARAMETER);
        EXPECT_EQ(world->set("Foo", NV_BS_RT, bytes(2, 1)), EFI_SUCCESS);
        EXPECT_EQ(world->set("Foo", NV_BS_RT, bytes(4, 2)), EFI_SUCCESS);
    }
    EXPECT_EQ(gateway.set("Foo", NV_BS_RT, {}), EFI_INVALID_PARAMETER) << "a delete has size 0";
    EXPECT_EQ(edk2.set("Foo", NV_BS_RT, {}), EFI_SUCCESS) << "a delete is not asked for its size";
}

TEST(variable_rows, property_attributes_are_asked_by_edk2)
{
    edk2_world edk2;
    struct mm_variable_property property = {};
    property.revision = MM_VARIABLE_PROPERTY_REVISION;
    property.attributes = NV_BS_RT;
    property.size_max = 100;
    edk2.invoke(MM_FUNCTION_VAR_CHECK_PROPERTY_SET, mm_sp_world::property_payload(utf16("Foo"), property));
    edk2.ready_to_boot();
    EXPECT_EQ(edk2.set("Foo", BS, {1}), EFI_INVALID_PARAMETER);
    EXPECT_EQ(edk2.set("Foo", NV_BS_RT | APPEND, {1}), EFI_SUCCESS);
}

TEST(variable_rows, property_set_after_the_end_of_dxe)
{
    gateway_world gateway;
    edk2_world edk2;
    edk2_world without_ready_to_boot;
    EXPECT_EQ(gateway.set_property("Foo", 0, 0, 4), EFI_SUCCESS);
    gateway.exit_boot_services();
    EXPECT_EQ(gateway.set_property("Foo", 0, 0, 4), EFI_SUCCESS) << "always allowed";
    EXPECT_EQ(gateway.set_property("Foo", 0, 0, 4, 2), EFI_INVALID_PARAMETER);
    EXPECT_EQ(gateway.set_property("Foo", 0, 5, 4), EFI_INVALID_PARAMETER);
    EXPECT_EQ(edk2.set_property("Foo", 0, 5, 4), EFI_SUCCESS) << "bounds are not looked at";
    EXPECT_EQ(edk2.set_property("Foo", 0, 0, 4, 2), EFI_INVALID_PARAMETER);
    EXPECT_EQ(edk2.set_property("", 0, 0, 4), EFI_INVALID_PARAMETER);
    edk2.ready_to_boot();
    EXPECT_EQ(edk2.set_property("Foo", 0, 0, 4), EFI_ACCESS_DENIED);
    without_ready_to_boot.exit_boot_services();
    EXPECT_EQ(without_ready_to_boot.set_property("Foo", 0, 0, 4), EFI_ACCESS_DENIED);
}

TEST(variable_rows, property_set_on_a_missing_variable)
{
    const auto check = [](mm_sp_world &world) {
        EXPECT_EQ(world.set_property("Foo", 0, 3, 9), EFI_SUCCESS);
        EXPECT_EQ(world.get("Foo").efi_status, EFI_NOT_FOUND);
        const mm_sp_world::reply reply =
            world.invoke(MM_FUNCTION_VAR_CHECK_PROPERTY_GET, mm_sp_world::property_payload(utf16("Foo"), {}));
        ASSERT_EQ(reply.efi_status, EFI_SUCCESS);
        struct mm_variable_property property;
        memcpy(&property, reply.payload.data(), sizeof(property));
        EXPECT_EQ(property.size_min, 3U);
        EXPECT_EQ(property.size_max, 9U);
        EXPECT_EQ(
            world.invoke(MM_FUNCTION_VAR_CHECK_PROPERTY_GET, mm_sp_world::property_payload(utf16("Bar"), {}))
                .efi_status,
            EFI_NOT_FOUND);
    };
    gateway_world gateway;
    edk2_world edk2;
    check(gateway);
    check(edk2);
}

TEST(variable_rows, lock_variable_of_edk2)
{
    edk2_world edk2;
    struct mm_variable_get_next header = {guid_of(1), utf16("Foo").size()};
    bytes payload(sizeof(header));
    memcpy(payload.data(), &header, sizeof(header));
    const bytes name = utf16("Foo");
    payload.insert(payload.end(), name.begin(), name.end());
    edk2.set("Foo", NV_BS_RT, {1});
    EXPECT_EQ(edk2.invoke(MM_FUNCTION_LOCK_VARIABLE, payload).efi_status, EFI_SUCCESS);
    edk2.ready_to_boot();
    EXPECT_EQ(edk2.set("Foo", NV_BS_RT, {2}), EFI_WRITE_PROTECTED);
    EXPECT_EQ(edk2.invoke(MM_FUNCTION_LOCK_VARIABLE, payload).efi_status, EFI_ACCESS_DENIED);
}

// ReadyToBoot, ExitBootServices

TEST(variable_rows, ready_to_boot)
{
    edk2_world edk2(small_store());
    uint64_t status = 0;
    for (uint8_t round = 0; round < 4; round++) {
        edk2.set("A", NV_BS_RT, bytes(464, round));
    }
    EXPECT_EQ(edk2.ready_to_boot(), EFI_SUCCESS);
    edk2.exit_boot_services();
    EXPECT_EQ(query(edk2, NV_BS_RT, &status).remaining_storage, 1500U) << "reclaimed: little room was left";
    EXPECT_EQ(edk2.ready_to_boot(), EFI_UNSUPPORTED);
}

TEST(variable_rows, exit_boot_services_is_one_way)
{
    const auto check = [](mm_sp_world &world) {
        world.set("Boot", BS, {1});
        EXPECT_EQ(world.exit_boot_services(), EFI_SUCCESS);
        EXPECT_EQ(world.exit_boot_services(), EFI_SUCCESS);
        EXPECT_EQ(world.get("Boot").efi_status, EFI_NOT_FOUND);
        ASSERT_TRUE(mm_sp_power_cycle(world.core.get()));
        EXPECT_EQ(world.get("Boot").efi_status, EFI_NOT_FOUND) << "volatile: the power was cut";
        EXPECT_EQ(world.set("Boot", BS, {1}), EFI_SUCCESS) << "boot services again";
    };
    gateway_world gateway;
    edk2_world edk2;
    check(gateway);
    check(edk2);
}

// QueryVariableInfo

TEST(variable_rows, query_attributes)
{
    gateway_world gateway;
    edk2_world edk2;
    const std::pair<uint32_t, uint64_t> rows[] = {
        {0, EFI_INVALID_PARAMETER},       {NV, EFI_INVALID_PARAMETER}, {RT, EFI_INVALID_PARAMETER},
        {NV | RT, EFI_INVALID_PARAMETER}, {0x10, EFI_UNSUPPORTED},     {0x17, EFI_UNSUPPORTED},
        {0x80, EFI_UNSUPPORTED},          {0x100, EFI_UNSUPPORTED},    {0xE, EFI_INVALID_PARAMETER},
        {0xF, EFI_UNSUPPORTED},           {0x27, EFI_UNSUPPORTED},     {BS, EFI_SUCCESS},
        {NV_BS_RT, EFI_SUCCESS},          {NV | BS, EFI_SUCCESS},
    };
    for (const auto &[attributes, status] : rows) {
        EXPECT_EQ(query_status(gateway, attributes), EFI_SUCCESS) << std::hex << attributes;
        EXPECT_EQ(query_status(edk2, attributes), status) << std::hex << attributes;
    }
    edk2.exit_boot_services();
    gateway.exit_boot_services();
    EXPECT_EQ(query_status(gateway, NV | BS), EFI_SUCCESS);
    EXPECT_EQ(query_status(edk2, NV | BS), EFI_INVALID_PARAMETER) << "runtime without RT";
    EXPECT_EQ(query_status(edk2, NV_BS_RT), EFI_SUCCESS);
}

TEST(variable_rows, query_sizes)
{
    gateway_world gateway;
    edk2_world edk2;
    uint64_t status = 0;
    struct mm_variable_query found = query(gateway, NV_BS_RT, &status);
    EXPECT_EQ(found.maximum_storage, 4096U * VARIABLE_COUNT_DEFAULT);
    EXPECT_EQ(found.maximum_size, 4096U);
    found = query(edk2, NV_BS_RT, &status);
    EXPECT_EQ(found.maximum_storage, 0x10000U - 28 - 72);
    EXPECT_EQ(found.remaining_storage, 0x10000U - 28 - 72);
    EXPECT_EQ(found.maximum_size, 0x400U - 32);
    edk2.set("Foo", NV_BS_RT, bytes(5, 1));
    EXPECT_EQ(query(edk2, NV_BS_RT, &status).remaining_storage, 0x10000U - 28 - 72 - 48)
        << "header, name and data, in units of 4";
    EXPECT_EQ(query(edk2, BS, &status).maximum_storage, 0x10000U - 28);
    EXPECT_EQ(query(edk2, BS, &status).remaining_storage, 0x10000U - 28);
    edk2.set("Foo", NV_BS_RT, {});
    EXPECT_EQ(query(edk2, NV_BS_RT, &status).remaining_storage, 0x10000U - 28 - 72);
}

TEST(variable_rows, query_maximum_size_of_a_store_that_is_nearly_full)
{
    edk2_world edk2(small_store());
    uint64_t status = 0;
    edk2.set("A", NV_BS_RT, bytes(964, 1)); // 1000 with header and name
    EXPECT_EQ(query(edk2, NV_BS_RT, &status).maximum_size, 1000U - 32);
    edk2.set("B", NV_BS_RT, bytes(944, 1)); // 980
    EXPECT_EQ(query(edk2, NV_BS_RT, &status).remaining_storage, 20U);
    EXPECT_EQ(query(edk2, NV_BS_RT, &status).maximum_size, 0U);
}

// GetNextVariableName

TEST(variable_rows, next_order)
{
    gateway_world gateway;
    edk2_world edk2;
    for (mm_sp_world *world : {static_cast<mm_sp_world *>(&gateway), static_cast<mm_sp_world *>(&edk2)}) {
        world->set("N1", NV_BS_RT, {1});
        world->set("V1", BS_RT, {1});
        world->set("N2", NV_BS_RT, {1});
        world->set("V2", BS, {1});
        world->set("N1", NV_BS_RT, {2});
    }
    EXPECT_EQ(walk(gateway), (std::vector<std::string>{"N1", "V1", "N2", "V2"}));
    EXPECT_EQ(walk(edk2), (std::vector<std::string>{"V1", "V2", "N2", "N1"}))
        << "volatile variables first, each as last written";
}

TEST(variable_rows, next_of_a_name_that_is_not_in_the_store)
{
    gateway_world gateway;
    edk2_world edk2;
    for (mm_sp_world *world : {static_cast<mm_sp_world *>(&gateway), static_cast<mm_sp_world *>(&edk2)}) {
        EXPECT_EQ(world->next(utf16(""), 1).efi_status, EFI_NOT_FOUND) << "an empty store";
        world->set("Foo", NV_BS_RT, {1});
        world->set_property("Only", 0, 0, 4);
        EXPECT_EQ(world->next(utf16("Bar"), 1).efi_status, EFI_INVALID_PARAMETER);
        EXPECT_EQ(world->next(utf16("Foo"), 2).efi_status, EFI_INVALID_PARAMETER);
        EXPECT_EQ(world->next(utf16("Foo"), 1).efi_status, EFI_NOT_FOUND) << "the end";
    }
    EXPECT_EQ(edk2.next(utf16("Only"), 1).efi_status, EFI_INVALID_PARAMETER) << "a property is no variable";
    edk2.set("Boot", BS, {1});
    edk2.exit_boot_services();
    EXPECT_EQ(edk2.next(utf16("Boot"), 1).efi_status, EFI_INVALID_PARAMETER) << "not at runtime";
}

TEST(variable_rows, next_into_an_area_that_is_too_small)
{
    gateway_world gateway;
    edk2_world edk2;
    gateway.set("Foo", NV_BS_RT, {1});
    edk2.set("Foo", NV_BS_RT, {1});
    const mm_sp_world::next_name zeroed = gateway.next(utf16(""), 1, 6);
    EXPECT_EQ(zeroed.efi_status, EFI_BUFFER_TOO_SMALL);
    EXPECT_EQ(zeroed.name_size, 8U);
    EXPECT_EQ(memcmp(zeroed.guid.bytes, guid_of(0).bytes, 16), 0);
    const mm_sp_world::next_name kept = edk2.next(utf16(""), 1, 6);
    EXPECT_EQ(kept.efi_status, EFI_BUFFER_TOO_SMALL);
    EXPECT_EQ(kept.name_size, 8U);
    EXPECT_EQ(memcmp(kept.guid.bytes, guid_of(1).bytes, 16), 0);
}

TEST(variable_rows, next_with_a_message_whose_end_is_no_terminator)
{
    gateway_world gateway;
    edk2_world edk2;
    struct mm_variable_get_next header = {guid_of(1), 2};
    bytes payload(sizeof(header) + 4, 0);
    memcpy(payload.data(), &header, sizeof(header));
    payload[sizeof(header) + 2] = 'x';
    EXPECT_EQ(edk2.invoke(MM_FUNCTION_GET_NEXT_VARIABLE_NAME, payload).efi_status, EFI_ACCESS_DENIED);
    EXPECT_EQ(gateway.invoke(MM_FUNCTION_GET_NEXT_VARIABLE_NAME, payload).efi_status, EFI_NOT_FOUND);
}
