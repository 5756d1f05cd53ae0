// SPDX-License-Identifier: BSD-3-Clause
//
// Law: the golden copy is the memory of a machine in which every read returns the latest write. A naive model
// keeps that memory as an array of bytes; random agents read, write, maintain, fetch and use grants on random
// caches, and after every step (a) the golden lines equal the array, (b) a read is reported stale if and only
// if its bytes differ from the array, (c) the brute-force invariants of states and grants hold.
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "tests/unit/cache_machine.hpp"

namespace {

const uint32_t GRANT_SLOTS = 8; // few, so that lines fight for them
const uint32_t LINES = 24;      // over small caches, so that lines travel
const uint32_t STEPS = 1500;

class golden_law {
public:
    golden_law(uint64_t seed, bool secure_alias)
        : random_(seed), config_(random_config()), machine_(config_), newest_(LINES * config_.line),
          secure_alias_(secure_alias)
    {
        table_ = {read_, write_, GRANT_SLOTS, static_cast<uint32_t>(__builtin_ctz(config_.line))};
        grant_clear_all(&table_);
        cache_grants_set(machine_.core(), 0, &table_);
        for (uint64_t i = 0; i < pick(3); i++) {
            cache_track(machine_.core(), cache_machine::DRAM_BASE + pick(LINES) * config_.line);
        }
    }

    void run()
    {
        for (uint32_t step = 0; step < STEPS && !testing::Test::HasFailure(); step++) {
            one_step();
            code_check();
            if (step % 16 == 0) {
                check();
            }
        }
    }

    uint32_t stale_reads() const { return stale_reads_; }
    uint32_t grants_used() const { return grants_used_; }

private:
    uint64_t pick(uint64_t below) { return random_() % below; }

    struct cache_config random_config()
    {
        struct cache_config config = cache_machine::small(pick(2) != 0);
        config.line = pick(2) != 0 ? 64 : 32;
        config.l1d = {config.line * 4, 1U + 3U * static_cast<uint32_t>(pick(2)), true};
        config.l1i = {config.line * 2, 2, true};
        config.l2 = {pick(4) == 0 ? 0 : config.line * 6, 3, pick(2) != 0};
        config.system_cache = {pick(3) == 0 ? config.line * 8 : 0, 2, false};
        config.idc = pick(4) == 0;
        config.dic = pick(4) == 0;
        return config;
    }

    void one_step()
    {
        const uint64_t line = pick(LINES);
        const uint32_t size = 1U << pick(4);
        const uint64_t offset = line * config_.line + pick(config_.line / size) * size;
        switch (pick(12)) {
        case 0:
        case 1:
        case 2:
            write(offset, size);
            return;
        case 3:
        case 4:
        case 5:
            read(offset, size);
            return;
        case 6:
        case 7:
            use_grant(offset, size);
            return;
        case 8:
        case 9:
            maintain(offset);
            return;
        case 10:
            fetch(line);
            return;
        default:
            set_way();
            return;
        }
    }

    struct access request(enum access_op op, uint64_t offset, uint32_t size)
    {
        const enum memory_type types[] = {MEMORY_NORMAL_WB,   MEMORY_NORMAL_WB, MEMORY_NORMAL_WB,
                                          MEMORY_NORMAL_WB,   MEMORY_NORMAL_NC, MEMORY_NORMAL_WT,
                                          MEMORY_DEVICE_NGNRE};
        struct access access = machine_.request(op, cache_machine::DRAM_BASE + offset, size, types[pick(7)]);
        access.va = access.pa + (pick(4) == 0 ? 0x100000 : 0); // an alias now and then
        access.shareability = pick(5) == 0 ? SHAREABILITY_NON : SHAREABILITY_INNER;
        if (secure_alias_ && pick(3) == 0) {
            access.space = PA_SPACE_SECURE;
            access.agent = AGENT_PARTITION;
        }
        return access;
    }

    void write(uint64_t offset, uint32_t size)
    {
        uint8_t bytes[8];
        for (uint8_t &byte : bytes) {
            byte = static_cast<uint8_t>(random_());
        }
        struct access access = request(pick(8) == 0 ? ACCESS_DC_ZVA : ACCESS_WRITE, offset, size);
        if (access.op == ACCESS_DC_ZVA) {
            access.pa -= access.pa % config_.line;
            access.size = config_.line;
            offset = access.pa - cache_machine::DRAM_BASE;
            memset(&newest_[offset], 0, config_.line);
        } else {
            memcpy(&newest_[offset], bytes, size);
        }
        machine_.act(access, bytes);
        ASSERT_EQ(CACHE_DONE, machine_.result());
    }

    void read(uint64_t offset, uint32_t size)
    {
        uint8_t bytes[8];
        const bool stale = machine_.act(request(ACCESS_READ, offset, size), bytes);
        ASSERT_EQ(memcmp(bytes, &newest_[offset], size) != 0, stale);
        stale_reads_ += stale;
    }

    // As the CPU does: look at the grant, ask for one on a miss, use it at once.
    void use_grant(uint64_t offset, uint32_t size)
    {
        const bool store = pick(2) != 0;
        struct access access = request(store ? ACCESS_GRANT_WRITE : ACCESS_GRANT_READ, offset, size);
        if (access.agent != AGENT_PE) {
            return;
        }
        access.type = MEMORY_NORMAL_WB;
        const uint32_t slot = grant_slot(&table_, access.va);
        const struct grant *grant = store ? &table_.write[slot] : &table_.read[slot];
        if ((access.va ^ grant->tag) > config_.line - size) {
            access.grant_slot = slot;
            machine_.act(access, nullptr);
            ASSERT_EQ(machine_.granted(), (access.va ^ grant->tag) <= config_.line - size);
            if (!machine_.granted()) {
                return;
            }
        }
        grants_used_++;
        uint8_t *host = grant->host + (access.va ^ grant->tag);
        if (store) {
            memset(host, static_cast<int>(random_()), size);
            memcpy(&newest_[offset], host, size);
        } else {
            ASSERT_EQ(0, memcmp(host, &newest_[offset], size));
        }
    }

    void maintain(uint64_t offset)
    {
        const enum access_op ops[] = {ACCESS_DC_IVAC,  ACCESS_DC_CVAC, ACCESS_DC_CVAU,  ACCESS_DC_CVAP,
                                      ACCESS_DC_CIVAC, ACCESS_IC_IVAU, ACCESS_IC_IALLU, ACCESS_DSB};
        machine_.act(request(ops[pick(8)], offset - offset % config_.line, 0), nullptr);
    }

    void set_way()
    {
        struct access access = request(static_cast<enum access_op>(ACCESS_DC_ISW + pick(3)), 0, 0);
        access.operand = random_() & 0xF00003FE; // any way, any set, any level
        machine_.act(access, nullptr);
    }

    void fetch(uint64_t line)
    {
        std::vector<uint8_t> bytes(config_.line);
        struct access access = request(ACCESS_READ, line * config_.line, config_.line);
        access.agent = AGENT_FETCH;
        access.space = PA_SPACE_NON_SECURE;
        access.pc = access.va = access.pa + pick(config_.line / 4) * 4;
        const uint64_t word = access.pc - cache_machine::DRAM_BASE;
        const bool stale = machine_.act(access, bytes.data());
        const bool differs = memcmp(bytes.data(), &newest_[line * config_.line], config_.line) != 0;
        ASSERT_EQ(memcmp(&bytes[word % config_.line], &newest_[word], 4) != 0, stale);
        ASSERT_TRUE(!differs || !machine_.granted());
        if (machine_.granted()) {
            code_drop();
            kept_code_[access.pa] = bytes;
        }
    }

    // As the PE does when it is told that lines left its instruction cache.
    void code_drop()
    {
        uint64_t lines[CACHE_CODE_LINES_MAX];
        bool all = false;
        const uint32_t count = cache_code_lines_taken(machine_.core(), lines, &all);
        for (uint32_t i = 0; i < count; i++) {
            kept_code_.erase(lines[i]);
        }
        if (all) {
            kept_code_.clear();
        }
    }

    void code_check()
    {
        code_drop();
        for (const auto &[pa, bytes] : kept_code_) {
            ASSERT_EQ(0, memcmp(bytes.data(), &newest_[pa - cache_machine::DRAM_BASE], config_.line))
                << std::hex << pa;
        }
    }

    void check()
    {
        cache_check(machine_.core());
        std::vector<uint8_t> bytes(config_.line);
        for (uint64_t line = 0; line < LINES; line++) {
            const uint64_t pa = cache_machine::DRAM_BASE + line * config_.line;
            ASSERT_TRUE(cache_golden_line(machine_.core(), pa, bytes.data()));
            ASSERT_EQ(0, memcmp(bytes.data(), &newest_[line * config_.line], config_.line))
                << "line " << line;
        }
    }

    std::mt19937_64 random_;
    struct cache_config config_;
    cache_machine machine_;
    std::vector<uint8_t> newest_;
    struct grant read_[GRANT_SLOTS];
    struct grant write_[GRANT_SLOTS];
    struct grant_table table_;
    bool secure_alias_;
    std::map<uint64_t, std::vector<uint8_t>> kept_code_;
    uint32_t stale_reads_ = 0;
    uint32_t grants_used_ = 0;
};

class cache_golden : public testing::TestWithParam<int> {};

TEST_P(cache_golden, golden_copy_equals_a_naive_memory)
{
    uint32_t stale_reads = 0, grants_used = 0;
    for (uint64_t seed = 0; seed < 150 && !HasFailure(); seed++) {
        SCOPED_TRACE("seed " + std::to_string(seed) + " alias " + std::to_string(GetParam()));
        golden_law law(seed, GetParam() != 0);
        law.run();
        stale_reads += law.stale_reads();
        grants_used += law.grants_used();
    }
    // The law would hold of nothing if nothing happened.
    EXPECT_GT(stale_reads, 1000U);
    EXPECT_GT(grants_used, 1000U);
}

INSTANTIATE_TEST_SUITE_P(spaces, cache_golden, testing::Values(0, 1));

} // namespace
