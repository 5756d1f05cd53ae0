// SPDX-License-Identifier: BSD-3-Clause
//
// The secure world's door: SMCs with any registers, any contents of RX and TX, and partitions that do
// whatever the input says, in each profile and version.
#include <string>
#include <vector>

#include "model/abi/ffa.h"
#include "model/bus/access.h"
#include "tests/fuzz/spmc_fuzz_world.hpp"

namespace {

const uint32_t CALLS_MAX = 64; // of one input

void buffer_fill(spmc_fuzz_world &world, fuzz_input &input)
{
    const uint8_t where = input.byte();
    const uint64_t offset = input.take(2);
    const uint32_t size = input.byte();
    const bool secure = (where & 3U) != 0;
    const uint64_t pa = secure ? spmc_fuzz_world::SECURE_PA + 0x4000ULL * ((where & 3U) - 1) + SPMC_PAGE_SIZE
                               : spmc_fuzz_world::TX_PA;
    uint8_t *memory =
        world.memory(pa + offset % SPMC_PAGE_SIZE, size, secure ? PA_SPACE_SECURE : PA_SPACE_NON_SECURE);
    for (uint32_t i = 0; memory != nullptr && i < size; i++) {
        memory[i] = input.byte();
    }
}

} // namespace

namespace {

const std::string MAP =
    "\1" + fuzz_frame({FFA_RXTX_MAP_64, spmc_fuzz_world::TX_PA, spmc_fuzz_world::RX_PA, 1});

std::string call(std::initializer_list<uint64_t> registers)
{
    return "\1" + fuzz_frame(registers);
}

// What a partition does instead of answering.
std::string act(std::initializer_list<uint64_t> registers)
{
    return "\x80" + fuzz_frame(registers);
}

std::string tx(const std::string &content)
{
    return std::string("\2\0\0\0", 4) + static_cast<char>(content.size()) + content;
}

std::string options(uint8_t profile_and_version, uint8_t partitions)
{
    return {static_cast<char>(profile_and_version), static_cast<char>(partitions)};
}

} // namespace

extern const std::vector<std::string> fuzz_seeds = {
    options(0, 0) + call({FFA_VERSION, FFA_VERSION_1_0}) + call({FFA_FEATURES, FFA_RXTX_MAP_64}) + MAP +
        call({FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 0}) + call({FFA_RX_RELEASE}) + call({FFA_RXTX_UNMAP}),
    options(9, 0) + call({FFA_VERSION, FFA_VERSION_1_2}) + MAP + "\3\2" +
        call({FFA_MSG_SEND_DIRECT_REQ_64, 0x8001, 0, 5}) + call({FFA_RUN, 0x80010000}) +
        call({FFA_RUN, 0x80010000}),
    options(10, 7) + call({FFA_VERSION, FFA_VERSION_1_2}) +
        call({FFA_MSG_SEND_DIRECT_REQ2, 0x8002, 0, 0, 1, 2, 3}),
    options(8, 0x20) + call({FFA_NOTIFICATION_BITMAP_CREATE, 0, 1}) +
        call({FFA_NOTIFICATION_BIND, 0x80010000, 0, 1, 0}) + call({FFA_MSG_SEND_DIRECT_REQ_64, 0x8001}) +
        act({FFA_NOTIFICATION_SET, 0x80010000, 0, 1, 0}) + call({FFA_NOTIFICATION_INFO_GET_64}) +
        call({FFA_NOTIFICATION_GET, 0, 1}),
    options(8, 1) + MAP + tx(std::string("\0\0\0\0\0\0\0\0\x14\0\0\0\1\x80\0\0\4\0\0\0abcd", 24)) +
        call({FFA_MSG_SEND2, 0, 0}),
    options(0, 0) + call({FFA_MSG_SEND_DIRECT_REQ_32, 0x8001}) +
        act({FFA_MSG_SEND_DIRECT_REQ_64, 0x80018002, 0, 1}) + std::string(2, '\0') + act({FFA_YIELD}) +
        call({FFA_RUN, 0x80010000}),
};
extern const std::vector<std::string> fuzz_words = {
    MAP,
    call({FFA_VERSION, FFA_VERSION_1_1}),
    call({FFA_RX_RELEASE}),
    call({FFA_RXTX_UNMAP}),
    call({FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 0}),
    call({FFA_PARTITION_INFO_GET_REGS, 0, 0, 0}),
    call({FFA_MSG_SEND_DIRECT_REQ_64, 0x8001, 0, 5}),
    call({FFA_MSG_SEND_DIRECT_REQ_32, 0x8002}),
    call({FFA_RUN, 0x80010000}),
    call({FFA_NOTIFICATION_BITMAP_CREATE, 0, 1}),
    call({FFA_NOTIFICATION_BIND, 0x80010000, 0, 1}),
    call({FFA_MSG_SEND2, 0, 0}),
    act({FFA_MSG_SEND_DIRECT_REQ_64, 0x80018002}),
    act({FFA_MSG_WAIT}),
    act({FFA_YIELD}),
    act({FFA_RX_RELEASE}),
    act({FFA_NOTIFICATION_SET, 0x80010000, 0, 1}),
    "\3\2",
    "\xFF",
    "\x70",
};

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input(data, size);
    spmc_fuzz_world world(input);
    for (uint32_t calls = 0; calls < CALLS_MAX && !input.empty(); calls++) {
        switch (input.byte() & 3U) {
        case 0:
        case 1:
            world.call(world.frame());
            break;
        case 2:
            buffer_fill(world, input);
            break;
        default:
            spmc_arm_interrupts(&world.core(), input.byte() % 8);
            break;
        }
    }
    return 0;
}
