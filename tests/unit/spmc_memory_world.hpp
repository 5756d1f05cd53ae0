// SPDX-License-Identifier: BSD-3-Clause
//
// Endpoints around the memory management core for its tests: memory by page, RX/TX buffers, descriptors of
// both generations written by hand (not by the code under test), and what the bus has been told.
#ifndef TESTS_UNIT_SPMC_MEMORY_WORLD_HPP
#define TESTS_UNIT_SPMC_MEMORY_WORLD_HPP

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "model/abi/ffa.h"
#include "model/abi/ffa_memory.h"
#include "model/bus/access.h"
#include "model/spmc/memory.h"

struct memory_receiver {
    uint16_t id;
    uint8_t permissions = FFA_MEMORY_DATA_READ_WRITE;
    uint32_t composite_offset = UINT32_MAX; // as laid out
};

// A descriptor to be: what a sender or a borrower fills in.
struct memory_request {
    uint32_t version = FFA_VERSION_1_1;
    uint16_t sender = 0;
    uint16_t attributes = FFA_MEMORY_NORMAL_WB_INNER;
    uint32_t flags = 0;
    uint64_t handle = 0;
    uint64_t tag = 0;
    uint32_t access_size = 16;
    uint32_t access_offset = 48;
    std::vector<memory_receiver> receivers = {{0x8001}};
    std::vector<std::pair<uint64_t, uint32_t>> constituents = {{0x80100000, 1}};
    bool composite = true; // a retrieve request has none

    bool is_1_0() const { return version == FFA_VERSION_1_0; }
    uint32_t header_size() const { return is_1_0() ? 32 : access_offset; }
    uint32_t stride() const { return is_1_0() ? 16 : access_size; }
    uint32_t composite_offset() const
    {
        return (header_size() + stride() * static_cast<uint32_t>(receivers.size()) + 15) & ~15U;
    }

    std::vector<uint8_t> bytes() const
    {
        std::vector<uint8_t> out(composite ? composite_offset() + 16 + 16 * constituents.size()
                                           : header_size() + stride() * receivers.size());
        put(out, 0, sender, 2);
        put(out, 2, attributes, is_1_0() ? 1 : 2);
        put(out, 4, flags, 4);
        put(out, 8, handle, 8);
        put(out, 16, tag, 8);
        put(out, 24, is_1_0() ? 0 : access_size, 4);
        put(out, 28, receivers.size(), 4);
        if (!is_1_0()) {
            put(out, 32, access_offset, 4);
        }
        uint32_t pages = 0;
        for (size_t i = 0; i < receivers.size(); i++) {
            const size_t at = header_size() + stride() * i;
            const bool laid_out = receivers[i].composite_offset == UINT32_MAX;
            put(out, at, receivers[i].id, 2);
            put(out, at + 2, receivers[i].permissions, 1);
            put(out, at + 4, laid_out ? (composite ? composite_offset() : 0) : receivers[i].composite_offset,
                4);
        }
        for (size_t i = 0; composite && i < constituents.size(); i++) {
            put(out, composite_offset() + 16 + 16 * i, constituents[i].first, 8);
            put(out, composite_offset() + 24 + 16 * i, constituents[i].second, 4);
            pages += constituents[i].second;
        }
        if (composite) {
            put(out, composite_offset(), pages, 4);
            put(out, composite_offset() + 4, constituents.size(), 4);
        }
        return out;
    }

    static void put(std::vector<uint8_t> &out, size_t at, uint64_t value, size_t size)
    {
        for (size_t i = 0; i < size && at + i < out.size(); i++) {
            out[at + i] = static_cast<uint8_t>(value >> (8 * i));
        }
    }
};

class memory_world {
public:
    static constexpr uint64_t NS_PA = 0x80000000;
    static constexpr uint64_t NS_SIZE = 0x1000000;
    static constexpr uint64_t NS_DEVICE_PA = 0x09000000;
    static constexpr uint64_t SP_PA = 0x0E100000; // of 0x8001; the others follow
    static constexpr uint64_t SP_SIZE = 0x100000;
    static constexpr uint64_t SP_CODE_PA = 0x0F000000; // of 0x8001, read-only
    static constexpr uint64_t NS_TX = 0x80010000;
    static constexpr uint64_t NS_RX = 0x80020000;
    static constexpr uint64_t PAGE = 4096;
    static constexpr uint16_t PARTITIONS = 3;

    static struct spmc_memory_config default_config(enum spmc_profile profile)
    {
        struct spmc_memory_config config = {};
        config.profile = static_cast<uint8_t>(profile);
        config.spmc_id = 0x8000;
        const uint8_t all = FFA_MEMORY_DATA_READ_WRITE | FFA_MEMORY_EXECUTABLE;
        config.homes[config.home_count++] = {NS_PA, NS_SIZE, 0, false, false, all};
        config.homes[config.home_count++] = {NS_DEVICE_PA, PAGE, 0, false, true, FFA_MEMORY_DATA_READ_WRITE};
        for (uint16_t i = 0; i < PARTITIONS; i++) {
            const auto id = static_cast<uint16_t>(0x8001 + i);
            config.partitions[config.partition_count++] = id;
            config.homes[config.home_count++] = {SP_PA + i * SP_SIZE, SP_SIZE, id, true, false, all};
        }
        config.homes[config.home_count++] = {
            SP_CODE_PA, 4 * PAGE, 0x8001, true, false, FFA_MEMORY_DATA_READ_ONLY | FFA_MEMORY_EXECUTABLE};
        return config;
    }

    explicit memory_world(enum spmc_profile profile = SPMC_PROFILE_HAFNIUM,
                          uint32_t version = FFA_VERSION_1_1)
        : memory_world(default_config(profile), version)
    {
    }

    explicit memory_world(const struct spmc_memory_config &config, uint32_t version = FFA_VERSION_1_1)
        : memory(std::make_unique<struct spmc_memory>())
    {
        spmc_memory_init(memory.get(), &config);
        normal.version = version;
        normal.buffers_mapped = true;
        normal.buffer_size = PAGE;
        normal.tx_pa = NS_TX;
        normal.rx_pa = NS_RX;
        normal.space = PA_SPACE_NON_SECURE;
        for (uint16_t i = 0; i < PARTITIONS; i++) {
            struct spmc_memory_caller partition = normal;
            partition.id = static_cast<uint16_t>(0x8001 + i);
            partition.secure = true;
            partition.tx_pa = SP_PA + i * SP_SIZE;
            partition.rx_pa = partition.tx_pa + PAGE;
            partition.space = PA_SPACE_SECURE;
            partitions.push_back(partition);
        }
    }

    struct spmc_memory_caller &caller(uint16_t id) { return id == 0 ? normal : partitions.at(id - 0x8001U); }

    std::vector<uint8_t> &page(uint64_t pa)
    {
        std::vector<uint8_t> &bytes = pages_[pa / PAGE];
        bytes.resize(PAGE);
        return bytes;
    }

    void write(uint64_t pa, const std::vector<uint8_t> &bytes)
    {
        for (size_t i = 0; i < bytes.size(); i++) {
            page(pa + i)[(pa + i) % PAGE] = bytes[i];
        }
    }

    std::vector<uint8_t> read(uint64_t pa, size_t size)
    {
        std::vector<uint8_t> bytes(size);
        for (size_t i = 0; i < size; i++) {
            bytes[i] = page(pa + i)[(pa + i) % PAGE];
        }
        return bytes;
    }

    using interface = struct spmc_memory_step (*)(struct spmc_memory *, const struct spmc_memory_caller *,
                                                  const struct smc_frame *);

    // Makes the call and provides what it needs; the result or the FFA_ERROR frame.
    struct smc_frame call(interface function, uint16_t from, const struct smc_frame &frame)
    {
        steps.clear();
        check = 0;
        struct spmc_memory_step step = function(memory.get(), &caller(from), &frame);
        while (step.need != SPMC_MEMORY_DONE && step.need != SPMC_MEMORY_REFUSED) {
            steps.push_back(step);
            step = spmc_memory_accessed(memory.get(), provide(step));
        }
        if (step.need == SPMC_MEMORY_REFUSED) {
            check = step.check;
            struct smc_frame error = {};
            error.x[0] = FFA_ERROR;
            error.x[2] = static_cast<uint32_t>(step.status);
            return error;
        }
        caller(from).rx_full = caller(from).rx_full || step.fills_rx;
        return step.frame;
    }

    // Of the whole descriptor in one fragment.
    struct smc_frame send(uint32_t function_id, uint16_t from, const memory_request &request)
    {
        const std::vector<uint8_t> bytes = request.bytes();
        write(caller(from).tx_pa, bytes);
        return call(spmc_ffa_mem_send, from, lengths(function_id, bytes.size(), bytes.size()));
    }

    struct smc_frame retrieve(uint16_t from, const memory_request &request)
    {
        const std::vector<uint8_t> bytes = request.bytes();
        write(caller(from).tx_pa, bytes);
        return call(spmc_ffa_mem_retrieve_req, from,
                    lengths(FFA_MEM_RETRIEVE_REQ_32, bytes.size(), bytes.size()));
    }

    // What a borrower asks for by default: everything it was given.
    static memory_request retrieve_request(uint64_t handle, uint16_t borrower,
                                           uint32_t version = FFA_VERSION_1_1)
    {
        memory_request request;
        request.version = version;
        request.handle = handle;
        request.receivers = {{borrower, 0}};
        request.attributes = 0;
        request.composite = false;
        return request;
    }

    struct smc_frame relinquish(uint16_t from, uint64_t handle, uint32_t flags = 0)
    {
        return relinquish_as(from, handle, flags, 1, from);
    }

    struct smc_frame relinquish_as(uint16_t from, uint64_t handle, uint32_t flags, uint32_t count,
                                   uint16_t id)
    {
        std::vector<uint8_t> bytes(18);
        memory_request::put(bytes, 0, handle, 8);
        memory_request::put(bytes, 8, flags, 4);
        memory_request::put(bytes, 12, count, 4);
        memory_request::put(bytes, 16, id, 2);
        write(caller(from).tx_pa, bytes);
        struct smc_frame frame = {};
        frame.x[0] = FFA_MEM_RELINQUISH;
        return call(spmc_ffa_mem_relinquish, from, frame);
    }

    struct smc_frame reclaim(uint16_t from, uint64_t handle, uint32_t flags = 0)
    {
        return call(spmc_ffa_mem_reclaim, from, with_handle(FFA_MEM_RECLAIM, handle, flags));
    }

    struct smc_frame fragment_send(uint16_t from, uint64_t handle, const std::vector<uint8_t> &bytes,
                                   uint32_t w4 = 0)
    {
        write(caller(from).tx_pa, bytes);
        struct smc_frame frame = with_handle(FFA_MEM_FRAG_TX, handle, static_cast<uint32_t>(bytes.size()));
        frame.x[4] = w4;
        return call(spmc_ffa_mem_frag_tx, from, frame);
    }

    struct smc_frame fragment_ask(uint16_t from, uint64_t handle, uint32_t offset, uint32_t w4 = 0)
    {
        struct smc_frame frame = with_handle(FFA_MEM_FRAG_RX, handle, offset);
        frame.x[4] = w4;
        return call(spmc_ffa_mem_frag_rx, from, frame);
    }

    static struct smc_frame lengths(uint32_t function_id, size_t total, size_t fragment)
    {
        struct smc_frame frame = {};
        frame.x[0] = function_id;
        frame.x[1] = total;
        frame.x[2] = fragment;
        return frame;
    }

    static struct smc_frame with_handle(uint32_t function_id, uint64_t handle, uint32_t w3)
    {
        struct smc_frame frame = {};
        frame.x[0] = function_id;
        frame.x[1] = static_cast<uint32_t>(handle);
        frame.x[2] = handle >> 32;
        frame.x[3] = w3;
        return frame;
    }

    // What the bus was told last of this endpoint and page; -1: nothing.
    int told(uint16_t endpoint, uint64_t pa) const
    {
        const auto found = told_.find({endpoint, pa / PAGE});
        return found == told_.end() ? -1 : found->second;
    }

    enum spmc_memory_right right(uint16_t endpoint, uint64_t pa) const
    {
        return spmc_memory_right_of(memory.get(), endpoint, pa);
    }

    std::unique_ptr<struct spmc_memory> memory;
    struct spmc_memory_caller normal = {};
    std::vector<struct spmc_memory_caller> partitions;
    std::vector<struct spmc_memory_step> steps; // that the last call needed
    uint32_t check = 0;                         // that refused the last call; 0: none
    uint64_t writes_fail_at = UINT64_MAX;       // a page that cannot be written
    bool reads_fail = false;

private:
    bool provide(const struct spmc_memory_step &step)
    {
        if (step.need == SPMC_MEMORY_READ) {
            const std::vector<uint8_t> bytes = read(step.pa, step.size);
            memcpy(step.buffer, bytes.data(), bytes.size());
            return !reads_fail;
        }
        if (step.need == SPMC_MEMORY_WRITE) {
            if (step.pa / PAGE == writes_fail_at / PAGE) {
                return false;
            }
            write(step.pa, std::vector<uint8_t>(step.bytes, step.bytes + step.size));
            return true;
        }
        for (uint64_t pa = step.pa; pa - step.pa < step.size; pa += PAGE) {
            told_[{step.endpoint, pa / PAGE}] = step.access;
        }
        return true;
    }

    std::map<uint64_t, std::vector<uint8_t>> pages_;
    std::map<std::pair<uint16_t, uint64_t>, int> told_;
};

inline uint64_t memory_handle(const struct smc_frame &frame)
{
    return frame.x[0] == FFA_SUCCESS_32 ? frame.x[2] | frame.x[3] << 32 : frame.x[1] | frame.x[2] << 32;
}

// 0 for every frame but FFA_ERROR.
inline int memory_status(const struct smc_frame &frame)
{
    return frame.x[0] == FFA_ERROR ? static_cast<int32_t>(frame.x[2]) : 0;
}

#endif
