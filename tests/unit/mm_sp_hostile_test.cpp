// SPDX-License-Identifier: BSD-3-Clause
//
// A normal world that means harm, to both dialects alike: sizes near the ends of their words, messages at the
// last byte of the buffer, enumerations whose ground is taken away. What each of them must answer is in
// variable_service_rows_test.cpp; here nothing outside the message may be read or written, and what was
// stored before stays as it was.
#include <gtest/gtest.h>

#include "tests/unit/mm_sp_world.hpp"

namespace {

constexpr uint64_t BIG[] = {
    UINT64_MAX,      UINT64_MAX - 1, UINT64_MAX - 23,  UINT64_MAX - 35, UINT64_MAX - 39,
    UINT64_MAX - 63, 1ULL << 63,     (1ULL << 63) + 4, 1ULL << 32,      (1ULL << 32) + 4,
    0xFFFFFFFF,      0xFFFFFFFC,     1ULL << 31,       0x10000,         4096};
constexpr uint64_t SIZES[] = {0, 1, 2, 3, 4};

class mm_sp_hostile : public testing::TestWithParam<enum mm_sp_dialect> {
protected:
    mm_sp_hostile() : world_(config_of(GetParam()))
    {
        EXPECT_EQ(world_.set("Kept", NV_BS_RT, {1, 2, 3}), EFI_SUCCESS);
    }

    static struct mm_sp_config config_of(enum mm_sp_dialect dialect)
    {
        struct mm_sp_config config = mm_sp_world::default_config(dialect);
        config.preemptible = MM_SP_POINTS_ALL;
        return config;
    }

    // What is behind the message stays as it is, and so does the variable.
    void expect_refused(uint64_t function, const bytes &payload)
    {
        const size_t end = MM_PAYLOAD_OFFSET + payload.size();
        std::fill(world_.buffer.begin(), world_.buffer.end(), 0xA5);
        const uint64_t status = world_.invoke(function, payload).efi_status;
        EXPECT_TRUE(status == EFI_INVALID_PARAMETER || status == EFI_ACCESS_DENIED) << std::hex << status;
        EXPECT_TRUE(std::all_of(world_.buffer.begin() + static_cast<std::ptrdiff_t>(end), world_.buffer.end(),
                                [](uint8_t byte) { return byte == 0xA5; }));
        EXPECT_EQ(world_.get("Kept").data, (bytes{1, 2, 3}));
    }

    mm_sp_world world_;
};

INSTANTIATE_TEST_SUITE_P(dialects, mm_sp_hostile, testing::Values(MM_SP_SMM_GATEWAY, MM_SP_STANDALONE_MM),
                         [](const auto &name) {
                             return name.param == MM_SP_SMM_GATEWAY ? "smm_gateway" : "standalone_mm";
                         });

// GUID, then the two sizes of GetVariable and SetVariable.
bytes access_with(const bytes &name, uint64_t data_size, uint64_t name_size)
{
    bytes payload = mm_sp_world::access_payload(name, NV_BS_RT, {9, 9, 9, 9}, data_size, guid_of(1));
    memcpy(payload.data() + 24, &name_size, 8);
    return payload;
}

} // namespace

TEST_P(mm_sp_hostile, sizes_that_wrap_around_are_refused)
{
    const bytes name = utf16("Kept");
    for (const uint64_t big : BIG) {
        SCOPED_TRACE(big);
        expect_refused(MM_FUNCTION_SET_VARIABLE, access_with(name, big, name.size()));
        expect_refused(MM_FUNCTION_SET_VARIABLE, access_with(name, 4, big));
        expect_refused(MM_FUNCTION_GET_VARIABLE, access_with(name, 4, big));
        for (const uint64_t other : BIG) {
            expect_refused(MM_FUNCTION_SET_VARIABLE, access_with(name, big, other));
            expect_refused(MM_FUNCTION_GET_VARIABLE, access_with(name, big, other));
        }
        for (const uint64_t small : SIZES) { // their sum is small again
            expect_refused(MM_FUNCTION_SET_VARIABLE, access_with(name, small - big, big + name.size()));
        }
    }
}

TEST_P(mm_sp_hostile, name_sizes_that_wrap_around_are_refused)
{
    for (const uint64_t big : BIG) {
        SCOPED_TRACE(big);
        bytes next(MM_VARIABLE_GET_NEXT_NAME + 16);
        memcpy(next.data() + 16, &big, 8);
        expect_refused(MM_FUNCTION_GET_NEXT_VARIABLE_NAME, next);
        struct mm_variable_property property = {};
        property.revision = MM_VARIABLE_PROPERTY_REVISION;
        bytes payload = mm_sp_world::property_payload(utf16("Kept"), property);
        memcpy(payload.data() + 16, &big, 8);
        expect_refused(MM_FUNCTION_VAR_CHECK_PROPERTY_SET, payload);
        expect_refused(MM_FUNCTION_VAR_CHECK_PROPERTY_GET, payload);
    }
}

TEST_P(mm_sp_hostile, names_without_an_end_are_refused)
{
    for (const size_t size : {size_t{1}, size_t{2}, size_t{3}, size_t{8}, size_t{1000}}) {
        const bytes name(size, 'A');
        bytes next(MM_VARIABLE_GET_NEXT_NAME);
        memcpy(next.data() + 16, &size, 8);
        next.insert(next.end(), name.begin(), name.end());
        expect_refused(MM_FUNCTION_GET_NEXT_VARIABLE_NAME, next);
        expect_refused(MM_FUNCTION_SET_VARIABLE, access_with(name, 4, size));
        expect_refused(MM_FUNCTION_GET_VARIABLE, access_with(name, 4, size));
    }
}

// Every message that still fits, from wherever it may begin.
TEST_P(mm_sp_hostile, messages_up_to_the_last_byte_of_the_buffer)
{
    const uint64_t size = world_.buffer.size();
    const bytes get = mm_sp_world::access_payload(utf16("Kept"), 0, bytes(3), 3, guid_of(1));
    const uint64_t last = size - MM_PAYLOAD_OFFSET - get.size();
    for (uint64_t offset = last - 8; offset <= last; offset++) {
        const mm_sp_world::reply reply = world_.invoke(MM_FUNCTION_GET_VARIABLE, get, offset);
        EXPECT_EQ(reply.efi_status, EFI_SUCCESS) << offset;
        EXPECT_EQ(world_.buffer[offset + MM_PAYLOAD_OFFSET + get.size() - 1], 3) << offset;
    }
    for (uint64_t offset = size - 64; offset < size + 64; offset++) { // at the end, and behind it
        std::fill(world_.buffer.begin(), world_.buffer.end(), 0xFF);
        world_.doorbell(offset);
        for (const struct access &access : world_.accesses) {
            EXPECT_LE(access.pa + access.size, mm_sp_world::BUFFER_PA + size);
        }
    }
}

TEST_P(mm_sp_hostile, an_enumeration_goes_on_behind_the_end_of_boot_services)
{
    ASSERT_EQ(world_.set("Boot", EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS, {1}),
              EFI_SUCCESS);
    ASSERT_EQ(world_.set("Last", NV_BS_RT, {1}), EFI_SUCCESS);
    ASSERT_EQ(world_.next(utf16("Kept"), 1).name, utf16("Boot"));
    ASSERT_EQ(world_.exit_boot_services(), EFI_SUCCESS);
    EXPECT_EQ(world_.next(utf16("Kept"), 1).name, utf16("Last")) << "what is hidden now is passed over";
    const mm_sp_world::next_name hidden = world_.next(utf16("Boot"), 1);
    if (GetParam() == MM_SP_SMM_GATEWAY) {
        EXPECT_EQ(hidden.name, utf16("Last")) << "its index knows the name all the same";
    } else {
        EXPECT_EQ(hidden.efi_status, EFI_INVALID_PARAMETER);
    }
    EXPECT_EQ(world_.next(utf16("Last"), 1).efi_status, EFI_NOT_FOUND);
}

TEST_P(mm_sp_hostile, an_enumeration_does_not_go_on_from_a_name_that_was_deleted)
{
    ASSERT_EQ(world_.set("Gone", NV_BS_RT, {1}), EFI_SUCCESS);
    ASSERT_EQ(world_.set("Last", NV_BS_RT, {1}), EFI_SUCCESS);
    ASSERT_EQ(world_.set("Gone", NV_BS_RT, {}), EFI_SUCCESS);
    EXPECT_EQ(world_.next(utf16("Gone"), 1).efi_status, EFI_INVALID_PARAMETER);
    EXPECT_EQ(world_.next(utf16("Kept"), 1).name, utf16("Last"));
}

// One byte at a time, an interrupt at every point, and the sizes in the buffer large between any two steps.
TEST_P(mm_sp_hostile, sizes_that_change_under_a_message_taken_byte_by_byte)
{
    struct mm_sp_config config = config_of(GetParam());
    config.piece_size = 1;
    config.own_maintenance = true;
    config.maintenance_per_piece = true;
    mm_sp_world world(config);
    ASSERT_EQ(world.set("Kept", NV_BS_RT, {1, 2, 3}), EFI_SUCCESS);
    const bytes get = mm_sp_world::access_payload(utf16("Kept"), 0, bytes(3), 3, guid_of(1));
    world.lay(MM_FUNCTION_GET_VARIABLE, get);
    mm_sp_arm_interrupts(world.core.get(), UINT32_MAX);
    const uint64_t x3 = world.standalone() ? mm_sp_world::BUFFER_PA : 0;
    struct smc_frame out = world.run({{FFA_MSG_SEND_DIRECT_REQ_64, 0x8002, 0, x3}});
    uint32_t interrupts = 0;
    while (out.x[0] == FFA_INTERRUPT && interrupts < 10000) {
        interrupts++;
        if (interrupts > MM_PAYLOAD_OFFSET + MM_VARIABLE_ACCESS_NAME && interrupts < get.size()) {
            memset(world.buffer.data() + 16, 0xFF, 8);                      // MessageLength, read long ago
            memset(world.buffer.data() + MM_PAYLOAD_OFFSET + 16, 0xFF, 16); // DataSize and NameSize
        }
        out = world.run({{FFA_RUN, 0x80020000}});
    }
    EXPECT_EQ(out.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    EXPECT_GT(interrupts, 2 * get.size()) << "each byte was read and written by itself";
    uint64_t status = 1;
    memcpy(&status, world.buffer.data() + 32, 8);
    EXPECT_EQ(status, EFI_SUCCESS);
    const size_t data = MM_PAYLOAD_OFFSET + MM_VARIABLE_ACCESS_NAME + utf16("Kept").size();
    EXPECT_EQ(bytes(world.buffer.begin() + data, world.buffer.begin() + data + 3), (bytes{1, 2, 3}));
}

// What is appended never passes the limit, and the attempt leaves the value as it is.
TEST_P(mm_sp_hostile, appending_until_it_is_refused_stays_refused)
{
    const uint32_t append = NV_BS_RT | EFI_VARIABLE_APPEND_WRITE;
    uint64_t size = 3;
    uint64_t status = EFI_SUCCESS;
    for (int i = 0; i < 10000 && status == EFI_SUCCESS; i++) {
        status = world_.set("Kept", append, bytes(97, 7));
        size += status == EFI_SUCCESS ? 97 : 0;
    }
    EXPECT_EQ(status, EFI_INVALID_PARAMETER);
    while ((status = world_.set("Kept", append, {7})) == EFI_SUCCESS) {
        size++;
    }
    EXPECT_EQ(status, EFI_INVALID_PARAMETER);
    const uint64_t name_size = utf16("Kept").size();
    const uint64_t limit = GetParam() == MM_SP_SMM_GATEWAY ? 4096 : 0x400 - 32 - name_size;
    EXPECT_EQ(size, limit);
    EXPECT_EQ(world_.set("Kept", append, {}), EFI_SUCCESS);
    EXPECT_EQ(world_.get("Kept", 0).data_size, limit);
}
