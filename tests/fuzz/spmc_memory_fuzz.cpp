// SPDX-License-Identifier: BSD-3-Clause
//
// Memory sharing under any registers and any bytes in TX buffers: a row of calls by any endpoint, in any
// profile and version. Each call starts from a descriptor that is right and has a few bytes of the input
// written over it, so that the later checks are met too. After every call the tables are consistent, and what
// the bus was told is what the core believes.
#include <cassert>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/unit/spmc_memory_world.hpp"

namespace {

const uint32_t CALLS_MAX = 24;
const uint16_t ENDPOINTS[] = {0, 0x8001, 0x8002, 0x8003};
const uint64_t PAGES[] = {0x80100000, 0x80101000, 0x80102000, memory_world::SP_PA + 0x8000,
                          memory_world::NS_TX};

class bytes_reader {
public:
    bytes_reader(const uint8_t *bytes, size_t size) : bytes_(bytes), size_(size) {}
    bool empty() const { return at_ >= size_; }
    uint8_t next() { return at_ < size_ ? bytes_[at_++] : uint8_t{0}; }
    uint32_t word()
    {
        uint32_t value = next();
        value |= static_cast<uint32_t>(next()) << 8;
        return value | static_cast<uint32_t>(next()) << 16 | static_cast<uint32_t>(next()) << 24;
    }

private:
    const uint8_t *bytes_;
    size_t size_;
    size_t at_ = 0;
};

memory_request request_from(bytes_reader &input, uint32_t version, uint16_t sender)
{
    memory_request request;
    const uint8_t shape = input.next();
    request.version = version;
    request.sender = sender;
    request.receivers.clear();
    for (uint16_t i = 0; i < 1 + shape % 3; i++) {
        request.receivers.push_back({static_cast<uint16_t>(0x8001 + (shape / 4 + i) % 3),
                                     static_cast<uint8_t>((shape & 0x40) != 0 ? 0 : 2)});
    }
    request.attributes = (shape & 0x80) != 0 ? 0 : FFA_MEMORY_NORMAL_WB_INNER;
    request.constituents.clear();
    const uint8_t pages = input.next();
    for (uint32_t i = 0; i < 1U + pages % 4; i++) {
        request.constituents.push_back({PAGES[(pages / 4 + i) % 5], 1});
    }
    return request;
}

// A few bytes anywhere, more often in the header.
void patch(bytes_reader &input, std::vector<uint8_t> &bytes)
{
    const uint32_t count = input.next() % 5;
    for (uint32_t i = 0; i < count && !bytes.empty(); i++) {
        const size_t at = input.next() % bytes.size();
        bytes[at] = input.next();
    }
}

void lengths_from(bytes_reader &input, struct smc_frame &frame, size_t size)
{
    const uint8_t how = input.next();
    frame.x[1] = frame.x[2] = size;
    if ((how & 1) != 0) {
        frame.x[2] = size - size % 64;
    }
    if ((how & 0xF0) == 0xF0) {
        frame.x[1 + how % 7] = input.word();
    }
}

uint64_t handle_from(bytes_reader &input)
{
    const uint8_t choice = input.next();
    return choice < 0xF0 ? 1 + choice % 6 : static_cast<uint64_t>(input.word()) << 32 | choice;
}

struct session {
    memory_world world;
    uint32_t version;
};

void send(session &s, bytes_reader &input, uint16_t from)
{
    const uint32_t functions[] = {FFA_MEM_SHARE_32, FFA_MEM_LEND_64, FFA_MEM_DONATE_32};
    std::vector<uint8_t> bytes = request_from(input, s.version, from).bytes();
    patch(input, bytes);
    s.world.write(s.world.caller(from).tx_pa, bytes);
    struct smc_frame frame = {};
    frame.x[0] = functions[input.next() % 3];
    lengths_from(input, frame, bytes.size());
    s.world.call(spmc_ffa_mem_send, from, frame);
}

void retrieve(session &s, bytes_reader &input, uint16_t from)
{
    memory_request request = memory_world::retrieve_request(handle_from(input), from, s.version);
    request.sender = ENDPOINTS[input.next() % 4];
    const uint8_t others = input.next();
    for (uint16_t i = 0; i < others % 3; i++) {
        request.receivers.push_back({static_cast<uint16_t>(0x8001 + (others / 4 + i) % 3), 0});
    }
    std::vector<uint8_t> bytes = request.bytes();
    patch(input, bytes);
    s.world.write(s.world.caller(from).tx_pa, bytes);
    struct smc_frame frame = {};
    frame.x[0] = FFA_MEM_RETRIEVE_REQ_32;
    lengths_from(input, frame, bytes.size());
    s.world.call(spmc_ffa_mem_retrieve_req, from, frame);
}

void fragment(session &s, bytes_reader &input, uint16_t from)
{
    const uint64_t handle = handle_from(input);
    if ((input.next() & 1) != 0) {
        s.world.fragment_ask(from, handle, input.word() % 8192);
        return;
    }
    std::vector<uint8_t> bytes(input.next() % 80);
    for (uint8_t &byte : bytes) {
        byte = input.next();
    }
    s.world.fragment_send(from, handle, bytes, from == 0 ? 0 : input.next());
}

void permission(session &s, bytes_reader &input, uint16_t from)
{
    struct smc_frame frame = {};
    const bool set = (input.next() & 1) != 0;
    frame.x[0] = set ? FFA_MEM_PERM_SET_64 : FFA_MEM_PERM_GET_64;
    frame.x[1] = memory_world::SP_PA + input.word() % 0x300000;
    frame.x[2] = input.word() % 16;
    frame.x[3] = input.next() % 10;
    s.world.call(set ? spmc_ffa_mem_perm_set : spmc_ffa_mem_perm_get, from, frame);
}

void anything(session &s, bytes_reader &input, uint16_t from)
{
    const memory_world::interface interfaces[] = {
        spmc_ffa_mem_send,    spmc_ffa_mem_retrieve_req, spmc_ffa_mem_relinquish, spmc_ffa_mem_reclaim,
        spmc_ffa_mem_frag_tx, spmc_ffa_mem_frag_rx,      spmc_ffa_mem_perm_get,   spmc_ffa_mem_perm_set,
    };
    const uint32_t identifiers[] = {FFA_MEM_DONATE_64,   FFA_MEM_RETRIEVE_REQ_64, FFA_MEM_RELINQUISH,
                                    FFA_MEM_RECLAIM,     FFA_MEM_FRAG_TX,         FFA_MEM_FRAG_RX,
                                    FFA_MEM_PERM_GET_32, FFA_MEM_PERM_SET_32};
    const uint32_t which = input.next() % 8;
    struct smc_frame frame = {};
    frame.x[0] = identifiers[which];
    for (uint32_t i = 1; i < 8; i++) {
        frame.x[i] = static_cast<uint64_t>(input.word()) << 32 | input.word();
    }
    s.world.call(interfaces[which], from, frame);
}

void check(const session &s)
{
    uint32_t constituents = 0;
    for (const struct spmc_memory_transaction &transaction : s.world.memory->transactions) {
        constituents += transaction.live ? transaction.constituent_count : 0;
        assert(transaction.live || !transaction.in_force);
    }
    assert(constituents == s.world.memory->constituent_count);
    for (uint64_t pa : PAGES) {
        for (uint16_t id : ENDPOINTS) {
            const bool owns = pa < memory_world::NS_PA ? id == 0x8001 : id == 0;
            const int told = s.world.told(id, pa);
            const int at_reset = owns ? SPMC_MEMORY_READ_WRITE : SPMC_MEMORY_NO_ACCESS;
            assert(s.world.right(id, pa) == (told == -1 ? at_reset : told));
        }
    }
}

void call(session &s, bytes_reader &input)
{
    const uint8_t choice = input.next();
    const uint16_t from = ENDPOINTS[choice / 8 % 4];
    s.world.caller(from).rx_full = s.world.caller(from).rx_full && choice >= 0xC0;
    switch (choice % 8) {
    case 0:
        send(s, input, from);
        break;
    case 1:
    case 2:
        retrieve(s, input, from);
        break;
    case 3:
        s.world.relinquish_as(from, handle_from(input), input.next() % 8, 1, from);
        break;
    case 4:
        s.world.reclaim(from, handle_from(input), input.next() % 3);
        break;
    case 5:
        fragment(s, input, from);
        break;
    case 6:
        permission(s, input, from);
        break;
    default:
        anything(s, input, from);
        break;
    }
}

} // namespace

extern const std::vector<std::string> fuzz_seeds = {
    std::string("\0\0\0\0\0\0\0\x09\0\0\0\0\0\0\x0b\0\0\0\0\0\0\0", 22),
    std::string("\x01\0\0\0\0\0\0\0\x09\0\0\0\0\0\0\x0b\0\0\0\0\0\0\0", 23),
    std::string("\x03\0\xc4\0\0\x01\0\0\x09\0\0\0\0\0\0\x0b\0\0\0\x04\0\0\0", 23),
};
extern const std::vector<std::string> fuzz_words = {
    std::string("\xff\xff\xff\xff", 4),
    std::string("\0\0\0\0", 4),
    std::string("\x00\x10", 2),
};

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    bytes_reader input(bytes, size);
    const uint8_t choice = input.next();
    const uint32_t versions[] = {FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2};
    const uint32_t version = versions[choice / 4 % 3];
    session s{memory_world(static_cast<enum spmc_profile>(choice % 3), version), version};
    for (uint16_t i = 1; i < 4; i++) {
        s.world.caller(ENDPOINTS[i]).version = version;
        s.world.caller(ENDPOINTS[i]).s_el0 = true;
        s.world.caller(ENDPOINTS[i]).initialising = i == 1;
    }
    s.world.writes_fail_at = choice >= 0xE0 ? PAGES[0] : UINT64_MAX;
    for (uint32_t i = 0; i < CALLS_MAX && !input.empty(); i++) {
        call(s, input);
        check(s);
    }
    return 0;
}
