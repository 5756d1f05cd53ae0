/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "firmware/common/crc32.h"
#include "firmware/runtime/services.h"
#include "firmware/runtime/variable.h"
#include "model/abi/ffa.h"
#include "model/abi/smccc.h"
#include "tests/unit/firmware_world.hpp"

namespace {

constexpr efi_guid VENDOR = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
const std::u16string NAME = u"Foo";
const uint16_t *name_of(const std::u16string &text)
{
    return reinterpret_cast<const uint16_t *>(text.c_str());
}

/** A partition that answers one request; the test says how, and sees what arrived. */
class Variables : public ::testing::Test {
protected:
    FirmwareWorld world;
    uint8_t *const payload = world.shared.data() + MM_PAYLOAD_OFFSET;

    template <typename Field> Field at(uint64_t offset) const
    {
        Field value;
        std::memcpy(&value, payload + offset, sizeof(value));
        return value;
    }
    template <typename Field> void put(uint64_t offset, Field value)
    {
        std::memcpy(payload + offset, &value, sizeof(value));
    }
    void answer(std::function<void()> partition)
    {
        world.secure = [partition](const WorldCall &) {
            partition();
            return FirmwareWorld::response();
        };
    }
};

TEST_F(Variables, set_lays_the_message_out_as_edk2_does)
{
    answer([&] {
        EXPECT_EQ(16U + 36 + 8 + 3, world.header().message_length);
        EXPECT_EQ(uint64_t{MM_FUNCTION_SET_VARIABLE}, world.variable_header().function);
        EXPECT_EQ(0, std::memcmp(&VENDOR, payload, 16));
        EXPECT_EQ(3U, at<uint64_t>(16));
        EXPECT_EQ(8U, at<uint64_t>(24));
        EXPECT_EQ(7U, at<uint32_t>(32));
        EXPECT_EQ(0, std::memcmp(NAME.c_str(), payload + 36, 8)) << "the name follows the attributes";
        EXPECT_EQ(0, std::memcmp("bar", payload + 44, 3)) << "the data follow the name";
        world.answer_headers(0, EFI_WRITE_PROTECTED);
    });
    EXPECT_EQ(EFI_WRITE_PROTECTED, efi_set_variable(name_of(NAME), &VENDOR, 7, 3, "bar"));
}

TEST_F(Variables, set_refuses_what_cannot_be_sent)
{
    const std::vector<uint8_t> data(FirmwareWorld::BUFFER_SIZE);
    const uint64_t room = efi_runtime_context.payload_max - 36 - 8;
    EXPECT_EQ(EFI_INVALID_PARAMETER, efi_set_variable(nullptr, &VENDOR, 7, 3, "bar"));
    EXPECT_EQ(EFI_INVALID_PARAMETER, efi_set_variable(name_of(NAME), nullptr, 7, 3, "bar"));
    EXPECT_EQ(EFI_INVALID_PARAMETER, efi_set_variable(name_of(u""), &VENDOR, 7, 3, "bar"));
    EXPECT_EQ(EFI_INVALID_PARAMETER, efi_set_variable(name_of(NAME), &VENDOR, 7, 3, nullptr));
    EXPECT_EQ(EFI_INVALID_PARAMETER, efi_set_variable(name_of(NAME), &VENDOR, 7, room + 1, data.data()));
    EXPECT_EQ(EFI_INVALID_PARAMETER, efi_set_variable(name_of(NAME), &VENDOR, 7, UINT64_MAX, data.data()));
    const std::u16string long_name(FirmwareWorld::BUFFER_SIZE, u'x');
    EXPECT_EQ(EFI_INVALID_PARAMETER, efi_set_variable(name_of(long_name), &VENDOR, 7, 0, nullptr));
    EXPECT_TRUE(world.calls.empty());
    answer([&] { world.answer_headers(0, EFI_SUCCESS); });
    EXPECT_EQ(EFI_SUCCESS, efi_set_variable(name_of(NAME), &VENDOR, 7, room, data.data()))
        << "what just fits";
}

TEST_F(Variables, get_returns_data_size_and_attributes)
{
    answer([&] {
        EXPECT_EQ(16U + 36 + 8 + 10, world.header().message_length);
        EXPECT_EQ(10U, at<uint64_t>(16));
        put<uint64_t>(16, 3);
        put<uint32_t>(32, 7);
        std::memcpy(payload + 44, "bar", 3);
        world.answer_headers(36 + 8 + 3, EFI_SUCCESS);
    });
    char data[10] = "---------";
    uint64_t size = sizeof(data);
    uint32_t attributes = 0;
    EXPECT_EQ(EFI_SUCCESS, efi_get_variable(name_of(NAME), &VENDOR, &attributes, &size, data));
    EXPECT_EQ(3U, size);
    EXPECT_EQ(7U, attributes);
    EXPECT_STREQ("bar------", data);
    EXPECT_EQ(EFI_SUCCESS, efi_get_variable(name_of(NAME), &VENDOR, nullptr, &(size = 10), data));
}

TEST_F(Variables, get_with_too_small_a_buffer_tells_the_size)
{
    answer([&] {
        put<uint64_t>(16, 300);
        put<uint32_t>(32, 7);
        world.answer_headers(36, EFI_BUFFER_TOO_SMALL);
    });
    uint64_t size = 0;
    uint32_t attributes = 0;
    EXPECT_EQ(EFI_BUFFER_TOO_SMALL, efi_get_variable(name_of(NAME), &VENDOR, &attributes, &size, nullptr));
    EXPECT_EQ(300U, size);
    EXPECT_EQ(7U, attributes);
}

TEST_F(Variables, get_does_not_believe_sizes_that_cannot_be)
{
    uint64_t claimed = 11;
    uint64_t response_payload = 36 + 8 + 10;
    answer([&] {
        put<uint64_t>(16, claimed);
        world.answer_headers(response_payload, EFI_SUCCESS);
    });
    char data[10] = "";
    uint64_t size = sizeof(data);
    EXPECT_EQ(EFI_DEVICE_ERROR, efi_get_variable(name_of(NAME), &VENDOR, nullptr, &size, data))
        << "more than asked";
    claimed = UINT64_MAX;
    EXPECT_EQ(EFI_DEVICE_ERROR, efi_get_variable(name_of(NAME), &VENDOR, nullptr, &(size = 10), data));
    claimed = 10;
    response_payload = 36 + 8 + 9;
    EXPECT_EQ(EFI_DEVICE_ERROR, efi_get_variable(name_of(NAME), &VENDOR, nullptr, &(size = 10), data))
        << "not sent";
    response_payload = 35;
    EXPECT_EQ(EFI_DEVICE_ERROR, efi_get_variable(name_of(NAME), &VENDOR, nullptr, &(size = 10), data));
}

TEST_F(Variables, get_refuses_its_callers_mistakes)
{
    uint64_t size = 8;
    char data[8];
    EXPECT_EQ(EFI_INVALID_PARAMETER, efi_get_variable(nullptr, &VENDOR, nullptr, &size, data));
    EXPECT_EQ(EFI_INVALID_PARAMETER, efi_get_variable(name_of(NAME), nullptr, nullptr, &size, data));
    EXPECT_EQ(EFI_INVALID_PARAMETER, efi_get_variable(name_of(NAME), &VENDOR, nullptr, nullptr, data));
    EXPECT_EQ(EFI_INVALID_PARAMETER, efi_get_variable(name_of(NAME), &VENDOR, nullptr, &size, nullptr));
    EXPECT_EQ(EFI_NOT_FOUND, efi_get_variable(name_of(u""), &VENDOR, nullptr, &size, data));
    EXPECT_TRUE(world.calls.empty());
}

TEST_F(Variables, at_runtime_a_boot_variable_is_not_found_even_if_the_partition_forgot)
{
    answer([&] {
        put<uint64_t>(16, 1);
        put<uint32_t>(32, EFI_VARIABLE_BOOTSERVICE_ACCESS);
        world.answer_headers(36 + 8 + 1, EFI_SUCCESS);
    });
    char data[4];
    uint64_t size = sizeof(data);
    EXPECT_EQ(EFI_SUCCESS, efi_get_variable(name_of(NAME), &VENDOR, nullptr, &size, data));
    world.runtime_phase();
    EXPECT_EQ(EFI_NOT_FOUND, efi_get_variable(name_of(NAME), &VENDOR, nullptr, &(size = 4), data));
}

TEST_F(Variables, next_name_sends_the_previous_one_in_the_callers_capacity)
{
    answer([&] {
        EXPECT_EQ(16U + 24 + 16, world.header().message_length);
        EXPECT_EQ(16U, at<uint64_t>(16));
        EXPECT_EQ(0, std::memcmp(NAME.c_str(), payload + 24, 8));
        EXPECT_EQ(0U, at<uint64_t>(32)) << "zeros behind the name";
        const efi_guid other = {{9}};
        put(0, other);
        put<uint64_t>(16, 12);
        std::memcpy(payload + 24, u"Other", 12);
        world.answer_headers(24 + 12, EFI_SUCCESS);
    });
    uint16_t name[8] = {'F', 'o', 'o', 0, 'j', 'u', 'n', 'k'};
    uint64_t size = sizeof(name);
    efi_guid vendor = VENDOR;
    EXPECT_EQ(EFI_SUCCESS, efi_get_next_variable_name(&size, name, &vendor));
    EXPECT_EQ(12U, size);
    EXPECT_EQ(0, std::memcmp(u"Other", name, 12));
    EXPECT_EQ(9, vendor.bytes[0]);
}

TEST_F(Variables, next_name_tells_the_size_and_refuses_a_name_without_end)
{
    answer([&] {
        put<uint64_t>(16, 40);
        world.answer_headers(24, EFI_BUFFER_TOO_SMALL);
    });
    uint16_t name[2] = {0, 0};
    uint64_t size = sizeof(name);
    efi_guid vendor = VENDOR;
    EXPECT_EQ(EFI_BUFFER_TOO_SMALL, efi_get_next_variable_name(&size, name, &vendor));
    EXPECT_EQ(40U, size);
    EXPECT_EQ(1, vendor.bytes[0]) << "untouched";
    name[0] = name[1] = 'x';
    size = sizeof(name);
    EXPECT_EQ(EFI_INVALID_PARAMETER, efi_get_next_variable_name(&size, name, &vendor));
    answer([&] { put<uint64_t>(16, 6), world.answer_headers(24 + 4, EFI_SUCCESS); });
    name[1] = 0;
    EXPECT_EQ(EFI_DEVICE_ERROR, efi_get_next_variable_name(&(size = 4), name, &vendor));
}

TEST_F(Variables, query_returns_the_three_sizes)
{
    answer([&] {
        EXPECT_EQ(7U, at<uint32_t>(24));
        put<uint64_t>(0, 65536);
        put<uint64_t>(8, 60000);
        put<uint64_t>(16, 4096);
        world.answer_headers(32, EFI_SUCCESS);
    });
    uint64_t maximum = 0;
    uint64_t remaining = 0;
    uint64_t size = 0;
    EXPECT_EQ(EFI_SUCCESS, efi_query_variable_info(7, &maximum, &remaining, &size));
    EXPECT_EQ(65536U, maximum);
    EXPECT_EQ(60000U, remaining);
    EXPECT_EQ(4096U, size);
    EXPECT_EQ(EFI_INVALID_PARAMETER, efi_query_variable_info(0, &maximum, &remaining, &size));
    EXPECT_EQ(EFI_INVALID_PARAMETER, efi_query_variable_info(7, nullptr, &remaining, &size));
}

/** SetVirtualAddressMap moves pointers by arithmetic alone, so that the host can watch it. */
class VirtualAddressMap : public ::testing::Test {
protected:
    static constexpr uint64_t OFFSET = 0x4000000000;
    FirmwareWorld world;
    struct efi_runtime_services saved = efi_runtime_services;
    efi_memory_descriptor map[3] = {};

    void SetUp() override
    {
        world.runtime_phase();
        map[0] = region(reinterpret_cast<uint64_t>(efi_runtime_services.get_variable), 64);
        map[1] = region(reinterpret_cast<uint64_t>(&efi_runtime_services), 16);
        map[2] = region(reinterpret_cast<uint64_t>(world.shared.data()), 2);
    }
    void TearDown() override { efi_runtime_services = saved; }

    /** Pages around an address, generously: the parts of a host program lie as its linker likes. */
    static efi_memory_descriptor region(uint64_t address, uint64_t pages_around)
    {
        efi_memory_descriptor descriptor = {};
        descriptor.type = EFI_RUNTIME_SERVICES_DATA;
        descriptor.physical_start = (address & ~uint64_t{0xFFF}) - pages_around / 2 * EFI_PAGE_SIZE;
        descriptor.virtual_start = descriptor.physical_start + OFFSET;
        descriptor.pages = pages_around;
        descriptor.attribute = EFI_MEMORY_RUNTIME | EFI_MEMORY_WB;
        return descriptor;
    }
    uint64_t set() { return saved.set_virtual_address_map(sizeof(map), sizeof(map[0]), 1, map); }
};

TEST_F(VirtualAddressMap, moves_the_services_and_the_buffer)
{
    ASSERT_EQ(EFI_SUCCESS, set());
    EXPECT_EQ(reinterpret_cast<uint64_t>(world.shared.data()) + OFFSET,
              reinterpret_cast<uint64_t>(efi_runtime_context.shared_message));
    EXPECT_EQ(reinterpret_cast<uint64_t>(saved.get_variable) + OFFSET,
              reinterpret_cast<uint64_t>(efi_runtime_services.get_variable));
    EXPECT_EQ(reinterpret_cast<uint64_t>(saved.query_variable_info) + OFFSET,
              reinterpret_cast<uint64_t>(efi_runtime_services.query_variable_info));
    efi_runtime_services.header.crc32 = 0;
    const uint32_t crc = crc32_bytes(&efi_runtime_services, sizeof(efi_runtime_services));
    efi_runtime_services_seal();
    EXPECT_EQ(crc, efi_runtime_services.header.crc32);
    EXPECT_EQ(EFI_UNSUPPORTED, set()) << "a second time";
    void *pointer = world.shared.data();
    EXPECT_EQ(EFI_UNSUPPORTED, saved.convert_pointer(0, &pointer)) << "outside of SetVirtualAddressMap";
}

TEST_F(VirtualAddressMap, changes_nothing_when_a_region_is_missing)
{
    map[2].attribute = EFI_MEMORY_WB; // the buffer is not to be mapped at runtime
    EXPECT_EQ(EFI_NOT_FOUND, set());
    EXPECT_EQ(world.shared.data(), efi_runtime_context.shared_message);
    EXPECT_EQ(0, std::memcmp(&saved, &efi_runtime_services, sizeof(saved)));
}

TEST_F(VirtualAddressMap, refuses_its_callers_mistakes)
{
    EXPECT_EQ(EFI_INVALID_PARAMETER, saved.set_virtual_address_map(sizeof(map), sizeof(map[0]), 2, map));
    EXPECT_EQ(EFI_INVALID_PARAMETER, saved.set_virtual_address_map(sizeof(map), 39, 1, map));
    EXPECT_EQ(EFI_INVALID_PARAMETER, saved.set_virtual_address_map(0, sizeof(map[0]), 1, map));
    EXPECT_EQ(EFI_INVALID_PARAMETER, saved.set_virtual_address_map(sizeof(map), sizeof(map[0]), 1, nullptr));
    efi_runtime_context.phase = EFI_PHASE_BOOT;
    EXPECT_EQ(EFI_UNSUPPORTED, set());
}

TEST(runtime_services, that_do_not_exist_say_so)
{
    EXPECT_EQ(EFI_UNSUPPORTED, efi_runtime_services.get_time());
    EXPECT_EQ(EFI_UNSUPPORTED, efi_runtime_services.update_capsule());
    EXPECT_EQ(0x25F0U, EFI_RT_SERVICES_SUPPORTED);
}

TEST(runtime_services, reset_is_psci)
{
    FirmwareWorld world;
    efi_runtime_services.reset_system(EFI_RESET_SHUTDOWN, 0, 0, nullptr);
    efi_runtime_services.reset_system(EFI_RESET_COLD, 0, 0, nullptr);
    ASSERT_EQ(2U, world.calls.size());
    EXPECT_EQ(uint64_t{PSCI_SYSTEM_OFF}, world.calls[0].x[0]);
    EXPECT_EQ(uint64_t{PSCI_SYSTEM_RESET}, world.calls[1].x[0]);
}

TEST(crc32, is_the_one_of_uefi)
{
    EXPECT_EQ(0xCBF43926U, crc32_bytes("123456789", 9)); // the check value of CRC-32
}

} // namespace
