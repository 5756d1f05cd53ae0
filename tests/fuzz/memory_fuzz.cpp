// SPDX-License-Identifier: BSD-3-Clause
//
// Memory transaction descriptors of any contents, in both generations, from the normal world and from
// partitions: sends, fragments, retrievals, relinquishments and reclaims in any order. Handles that were
// given out can be put into what follows, so that inputs get beyond the first check.
#include <cstring>
#include <string>
#include <vector>

#include "model/abi/ffa.h"
#include "model/abi/ffa_memory.h"
#include "model/bus/access.h"
#include "tests/fuzz/spmc_fuzz_world.hpp"

namespace {

const uint32_t ACTS_MAX = 48; // of one input
const uint32_t CONTENT_MAX = 600;

enum act : uint8_t { VERSION, SEND, FRAGMENT, REQUEST, RECLAIM, HYPERVISOR_RETRIEVE, FETCH, RELEASE, ACTS };

const uint32_t senders[] = {FFA_MEM_SHARE_32, FFA_MEM_LEND_32, FFA_MEM_DONATE_32, FFA_MEM_SHARE_64};
const uint32_t borrowing[] = {FFA_MEM_RETRIEVE_REQ_32, FFA_MEM_RELINQUISH, FFA_MEM_SHARE_32, FFA_MEM_LEND_64};

class memory_caller {
public:
    explicit memory_caller(fuzz_input &input) : input_(input), world_(input) {}

    void begin() { world_.call(frame({FFA_RXTX_MAP_64, spmc_fuzz_world::TX_PA, spmc_fuzz_world::RX_PA, 1})); }

    void act_once()
    {
        switch (input_.byte() % ACTS) {
        case VERSION:
            world_.call(frame({FFA_VERSION, FFA_VERSION_1_0 + input_.byte() % 3U}));
            return;
        case SEND:
            remember(send(senders[input_.byte() % 4]));
            return;
        case FRAGMENT: {
            const uint32_t size = content(spmc_fuzz_world::TX_PA, PA_SPACE_NON_SECURE);
            remember(world_.call(frame({FFA_MEM_FRAG_TX, handle_ & UINT32_MAX, handle_ >> 32, size})));
            return;
        }
        case REQUEST:
            request();
            return;
        case RECLAIM:
            world_.call(frame({FFA_MEM_RECLAIM, handle_ & UINT32_MAX, handle_ >> 32, input_.byte() % 4U}));
            return;
        case HYPERVISOR_RETRIEVE: {
            const uint32_t size = content(spmc_fuzz_world::TX_PA, PA_SPACE_NON_SECURE);
            world_.call(frame({FFA_MEM_RETRIEVE_REQ_32, size, size}));
            return;
        }
        case FETCH:
            world_.call(frame({FFA_MEM_FRAG_RX, handle_ & UINT32_MAX, handle_ >> 32, input_.take(2)}));
            return;
        default:
            world_.call(frame({FFA_RX_RELEASE}));
            return;
        }
    }

private:
    static struct smc_frame frame(std::initializer_list<uint64_t> registers)
    {
        struct smc_frame in = {};
        size_t i = 0;
        for (uint64_t value : registers) {
            in.x[i++] = value;
        }
        return in;
    }

    // Bytes of the input into a TX buffer; 1 puts the handle where a transaction descriptor has it, 2 where a
    // relinquish descriptor does.
    uint32_t content(uint64_t pa, uint8_t space)
    {
        const uint8_t patch = input_.byte();
        const uint32_t size = static_cast<uint32_t>(input_.take(2) % (CONTENT_MAX + 1));
        uint8_t *memory = world_.memory(pa, CONTENT_MAX, space);
        for (uint32_t i = 0; i < size; i++) {
            memory[i] = input_.byte();
        }
        if (patch == 1) {
            memcpy(memory + 8, &handle_, sizeof(handle_));
        } else if (patch == 2) {
            memcpy(memory, &handle_, sizeof(handle_));
        }
        return size;
    }

    // The length of all may differ from that of the first fragment.
    struct smc_frame send(uint32_t function)
    {
        const uint32_t more = input_.byte();
        const uint32_t size = content(spmc_fuzz_world::TX_PA, PA_SPACE_NON_SECURE);
        return world_.call(frame({function, size + 16ULL * more, size}));
    }

    // A partition calls with a descriptor while it works on a request: the world reads its act from the
    // input.
    void request()
    {
        const uint32_t partition = input_.byte() % spmc_fuzz_world::PARTITIONS;
        const uint64_t tx = spmc_fuzz_world::SECURE_PA + 0x4000ULL * partition + SPMC_PAGE_SIZE;
        const uint32_t function = borrowing[input_.byte() % 4];
        const uint32_t size = content(tx, PA_SPACE_SECURE);
        world_.act_next(partition, frame({function, size, size}));
        world_.act_next(partition, frame({FFA_RX_RELEASE}));
        world_.call(frame({FFA_MSG_SEND_DIRECT_REQ_64, spmc_fuzz_world::PARTITION_ID + partition}));
    }

    void remember(const struct smc_frame &out)
    {
        if (out.x[0] == FFA_SUCCESS_32) {
            handle_ = out.x[2] | out.x[3] << 32;
        } else if (out.x[0] == FFA_MEM_FRAG_RX) {
            handle_ = out.x[1] | out.x[2] << 32;
        }
    }

    fuzz_input &input_;
    spmc_fuzz_world world_;
    uint64_t handle_ = 0;
};

// Seeds

std::string word(uint64_t value, unsigned bytes)
{
    std::string text;
    for (unsigned i = 0; i < bytes; i++) {
        text.push_back(static_cast<char>(i < 8 ? value >> (8 * i) : 0));
    }
    return text;
}

std::string content(uint8_t patch, const std::string &bytes)
{
    return std::string(1, static_cast<char>(patch)) + word(bytes.size(), 2) + bytes;
}

std::string composite(uint32_t pages)
{
    return word(pages, 4) + word(1, 4) + word(0, 8) + word(spmc_fuzz_world::NS_PA + 0x8000, 8) +
           word(pages, 4) + word(0, 4);
}

std::string header_v1_0(uint32_t flags, uint64_t tag)
{
    return word(0, 2) + word(0x2F, 1) + word(0, 1) + word(flags, 4) + word(0, 8) + word(tag, 8) + word(0, 4) +
           word(1, 4);
}

std::string header_v1_1(uint32_t flags, uint32_t access_size)
{
    return word(0, 2) + word(0x2F, 2) + word(flags, 4) + word(0, 8) + word(0, 8) + word(access_size, 4) +
           word(1, 4) + word(48, 4) + word(0, 12);
}

std::string access(uint32_t composite_offset, uint32_t size)
{
    return word(0x8001, 2) + word(2, 1) + word(0, 1) + word(composite_offset, 4) + word(0, size - 8);
}

std::string act(enum act what, const std::string &rest)
{
    return std::string(1, static_cast<char>(what)) + rest;
}

const std::string SHARE_V1_0 = content(0, header_v1_0(0, 0) + access(48, 16) + composite(2));
const std::string SHARE_V1_1 = content(0, header_v1_1(0, 16) + access(64, 16) + composite(2));
const std::string SHARE_V1_2 = content(0, header_v1_1(0, 32) + access(80, 32) + composite(1));
const std::string RETRIEVE = content(1, header_v1_1(FFA_MEMORY_FLAG_TYPE_SHARE, 16) + access(0, 16));
const std::string RETRIEVE_V1_0 = content(1, header_v1_0(FFA_MEMORY_FLAG_TYPE_SHARE, 0) + access(0, 16));
const std::string RELINQUISH = content(2, word(0, 8) + word(0, 4) + word(1, 4) + word(0x8001, 2));
const std::string ZERO(1, '\0');
const std::string ONE = "\1";

} // namespace

// The first two bytes are profile, version and partitions.
extern const std::vector<std::string> fuzz_seeds = {
    ZERO + ZERO + act(SEND, ZERO + ZERO + SHARE_V1_0) + act(REQUEST, ZERO + ZERO + RETRIEVE_V1_0) +
        act(REQUEST, ZERO + ONE + RELINQUISH) + act(RECLAIM, ZERO),
    "\4" + ZERO + act(SEND, ZERO + ZERO + SHARE_V1_1) + act(REQUEST, ZERO + ZERO + RETRIEVE) +
        act(RECLAIM, ZERO),
    "\10" + ZERO + act(VERSION, "\2") + act(SEND, ONE + ZERO + SHARE_V1_2) +
        act(REQUEST, ZERO + ZERO + RETRIEVE) + act(REQUEST, ZERO + ONE + RELINQUISH) + act(RECLAIM, ONE),
    "\11" + ZERO + act(SEND, ZERO + ONE + SHARE_V1_1) +
        act(FRAGMENT, content(0, word(0x80009000, 8) + word(1, 8))),
    "\12" + ZERO + act(SEND, ZERO + ZERO + SHARE_V1_1) +
        act(HYPERVISOR_RETRIEVE, content(1, header_v1_1(0, 0))) + act(RELEASE, "") + act(FETCH, word(16, 2)),
};
extern const std::vector<std::string> fuzz_words = {
    act(SEND, ZERO + ZERO + SHARE_V1_0),
    act(SEND, ONE + ZERO + SHARE_V1_1),
    act(REQUEST, ZERO + ZERO + RETRIEVE),
    act(REQUEST, ZERO + ONE + RELINQUISH),
    act(RECLAIM, ZERO),
    act(RELEASE, ""),
    word(0x8001, 2),
    word(0x8002, 2),
    word(spmc_fuzz_world::NS_PA + 0x9000, 8),
    word(UINT64_MAX, 8),
    word(UINT32_MAX, 4),
    word(0x80000000, 4),
    word(1, 4),
    word(0, 4),
    word(48, 4),
    word(4096, 4),
    word(FFA_MEMORY_FLAG_TYPE_LEND, 4),
};

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input(data, size);
    memory_caller caller(input);
    caller.begin();
    for (uint32_t acts = 0; acts < ACTS_MAX && !input.empty(); acts++) {
        caller.act_once();
    }
    return 0;
}
