// SPDX-License-Identifier: BSD-3-Clause
//
// A cache core with a little DRAM and two agents, driven by the words of the trace format: "ns w 0x8000", "sp
// r 0x8000". For tests of the cache room; it knows nothing of verdicts.
#ifndef TESTS_UNIT_CACHE_MACHINE_HPP
#define TESTS_UNIT_CACHE_MACHINE_HPP

#include <cstdint>
#include <cstring>
#include <vector>

#include "model/cache/cache.h"

class cache_machine {
  public:
    static constexpr uint64_t DRAM_BASE = 0x8000;
    static constexpr uint64_t DRAM_SIZE = 0x4000;

    explicit cache_machine(const struct cache_config &config) : dram_(DRAM_SIZE), config_(config)
    {
        event_log_init(&log_);
        core_ = cache_create(&config, &log_);
        cache_window_add(core_, DRAM_BASE, DRAM_SIZE, dram_.data());
    }
    ~cache_machine() { cache_destroy(core_); }
    cache_machine(const cache_machine &) = delete;
    cache_machine &operator=(const cache_machine &) = delete;

    // Two levels, small enough that lines travel.
    static struct cache_config small(bool invalidate_cleans)
    {
        struct cache_config config {};
        config.pe_count = 1;
        config.line = 64;
        config.l1d = {1024, 2, true};
        config.l1i = {1024, 2, true};
        config.l2 = {4096, 4, true};
        config.invalidate_cleans = invalidate_cleans;
        return config;
    }

    struct access request(enum access_op op, uint64_t pa, uint32_t size, enum memory_type type) const
    {
        struct access access {};
        access.op = static_cast<uint8_t>(op);
        access.pa = access.va = pa;
        access.size = size;
        access.agent = AGENT_PE;
        access.type = static_cast<uint8_t>(type);
        access.shareability = SHAREABILITY_INNER;
        access.pc = 0x1000 + position_ * 4;
        access.position = position_;
        return access;
    }

    // Does the access; true if the caches found it stale.
    bool act(struct access access, uint8_t *data)
    {
        position_++;
        event_log_clear(&log_);
        result_ = cache_access(core_, &access, data);
        bool stale = false;
        for (uint32_t i = 0; i < log_.count; i++) {
            stale = stale || log_.events[i].kind == EVENT_GOLDEN_STALE_READ;
        }
        granted_ = access.granted != 0;
        return stale;
    }

    // Every set/way of every level, as firmware does it; L1 first.
    void sweep(enum access_op op)
    {
        for (uint32_t level = 0; level < 2; level++) {
            const struct cache_geometry &geometry = level == 0 ? config_.l1d : config_.l2;
            const uint32_t sets = geometry.size / (geometry.ways * config_.line);
            const uint32_t way_bits = geometry.ways > 1 ? 32U - __builtin_clz(geometry.ways - 1) : 0;
            for (uint32_t set = 0; set < sets; set++) {
                for (uint32_t way = 0; way < geometry.ways; way++) {
                    struct access access = request(op, 0, 0, MEMORY_NORMAL_WB);
                    access.operand = level << 1 | set << __builtin_ctz(config_.line) |
                                     (way_bits != 0 ? way << (32 - way_bits) : 0);
                    act(access, nullptr);
                }
            }
        }
    }

    struct cache *core() const { return core_; }
    struct event_log *log() { return &log_; }
    uint8_t *dram() { return dram_.data(); }
    enum cache_result result() const { return result_; }
    bool granted() const { return granted_; }

  private:
    std::vector<uint8_t> dram_;
    struct cache_config config_;
    struct event_log log_;
    struct cache *core_ = nullptr;
    uint64_t position_ = 0;
    enum cache_result result_ = CACHE_DONE;
    bool granted_ = false;
};

#endif
