// SPDX-License-Identifier: BSD-3-Clause
//
// Law: what is fillable is what a naive account of all history says. The naive account keeps, as plain maps,
// every table pointer and every leaf that a TLB or walker could know, with the time when the tables led to it
// last; after each event it reads all tables that it knows again. A TLBI with its DSB erases what it names
// and what was not current when it was issued.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <tuple>

#include "tests/unit/fillable_world.hpp"

using namespace tables;

namespace {

constexpr uint64_t ADDRESS = 0x0000fffffffff000ULL;

// el, upper, asid, level, va, table, entries
using pointer = std::tuple<int, bool, uint64_t, int, uint64_t, uint64_t, uint64_t>;
// el, upper, asid, global, va, size, pa
using leaf = std::tuple<int, bool, uint64_t, bool, uint64_t, uint64_t, uint64_t>;

uint64_t span(int level)
{
    return 1ULL << (39 - 9 * level);
}

struct known_table {
    uint64_t current_at = 0;
    bool current = false;
    uint64_t mair = 0, bits = 0;
    std::vector<uint64_t> entries;
};

struct operation {
    uint32_t encoding;
    uint64_t operand;
    uint64_t at;
    bool wide_asid;
};

class naive {
public:
    explicit naive(const world &w) : world_(w) {}

    void event() { now_++; }
    void tlbi(uint32_t encoding, uint64_t operand)
    {
        operations_.push_back({encoding, operand, now_, (world_.el1.tcr & AS) != 0});
    }
    void dsb()
    {
        for (const operation &op : operations_) {
            for (auto it = tables_.begin(); it != tables_.end();) {
                it = it->second.current_at < op.at && covers(op, it->first) ? tables_.erase(it)
                                                                            : std::next(it);
            }
            for (auto it = leaves_.begin(); it != leaves_.end();) {
                it = it->second < op.at && covers(op, it->first) ? leaves_.erase(it) : std::next(it);
            }
            learn();
        }
        operations_.clear();
    }

    // Walks from the registers, and from every table that is known.
    void learn()
    {
        for (auto &table : tables_) {
            table.second.current = false;
        }
        for (const int el : {1, 2}) {
            if (walks(regime(el))) {
                root(el, false);
                if (el == 1) {
                    root(el, true);
                }
            }
        }
        for (int level = 0; level < 4; level++) {
            const auto tables = tables_;
            for (const auto &table : tables) {
                if (std::get<3>(table.first) == level) {
                    read(table.first);
                }
            }
        }
    }

    bool fillable(uint64_t pa) const
    {
        for (const int el : {1, 2}) {
            const struct translation_regime &r = regime(el);
            if (el == 1 && (r.hcr_el2 & HCR_DC) != 0) {
                return true;
            }
            if (!walks(r) || (r.sctlr & C) == 0) {
                continue;
            }
            for (const auto &known : leaves_) {
                const auto &[leaf_el, upper, asid, global, va, size, leaf_pa] = known.first;
                if (leaf_el == el && pa >= leaf_pa && pa - leaf_pa < size) {
                    return true;
                }
            }
        }
        return false;
    }
    size_t size() const { return tables_.size() + leaves_.size(); }
    bool knows_table(uint64_t page) const
    {
        for (const auto &table : tables_) {
            if (std::get<5>(table.first) >> 12 == page >> 12) {
                return true;
            }
        }
        return false;
    }

private:
    const struct translation_regime &regime(int el) const { return el == 1 ? world_.el1 : world_.el2; }
    static bool walks(const struct translation_regime &r)
    {
        return (r.sctlr & M) != 0 && !(r.el == 1 && (r.hcr_el2 & HCR_DC) != 0);
    }
    static uint64_t output_bits(const struct translation_regime &r)
    {
        const uint64_t field = (r.el == 2 ? r.tcr >> 16 : r.tcr >> 32) & 7;
        return field == 0 ? 32 : field == 1 ? 36 : 40;
    }
    bool in_memory(uint64_t pa, uint64_t size) const
    {
        return pa >= world::RAM && pa + size <= world::RAM + world_.bytes.size();
    }

    void root(int el, bool upper)
    {
        const struct translation_regime &r = regime(el);
        const uint64_t half = upper ? r.tcr >> 16 : r.tcr;
        const uint64_t bits = 64 - (half & 0x3f);
        if (bits > 48 || bits < 25 || (el == 1 && (half & 0x80) != 0)) {
            return;
        }
        const int level = bits > 39 ? 0 : bits > 30 ? 1 : 2;
        const uint64_t entries = (1ULL << bits) / span(level);
        const uint64_t ttbr = upper ? r.ttbr1 : r.ttbr0;
        const uint64_t base = (ttbr & 0x0000ffffffffffc0ULL) / (8 * entries) * (8 * entries);
        const uint64_t asid_ttbr = (r.tcr & A1) != 0 ? r.ttbr1 : r.ttbr0;
        const uint64_t asid = el == 2 ? 0 : asid_ttbr >> 48 & ((r.tcr & AS) != 0 ? 0xffff : 0xff);
        if (base >> output_bits(r) == 0 && in_memory(base, 8 * entries)) {
            const uint64_t va = upper ? (1ULL << 48) - (1ULL << bits) : 0;
            meet({el, upper, asid, level, va, base, entries}, now_, true);
        }
    }

    void meet(const pointer &where, uint64_t current_at, bool current)
    {
        known_table &table = tables_[where];
        table.current_at = std::max(table.current_at, current_at);
        table.current |= current;
        table.entries.resize(std::get<6>(where));
    }

    void read(const pointer &where)
    {
        const auto &[el, upper, asid, level, va, base, count] = where;
        known_table &table = tables_[where];
        const struct translation_regime &r = regime(el);
        if (walks(r)) {
            table.mair = r.mair;
            table.bits = output_bits(r);
            for (uint64_t i = 0; i < count; i++) {
                table.entries[i] = world_.get(base + 8 * i);
            }
        }
        for (uint64_t i = 0; i < count; i++) {
            const uint64_t descriptor = table.entries[i];
            const uint64_t here = va + i * span(level);
            if ((descriptor & 1) == 0) {
                continue;
            }
            if (level < 3 && (descriptor & 2) != 0) {
                const uint64_t next = descriptor & ADDRESS;
                if (next >> table.bits == 0 && in_memory(next, 4096)) {
                    meet({el, upper, asid, level + 1, here, next, 512}, table.current_at, table.current);
                }
                continue;
            }
            if (level == 0 || (level == 3 && (descriptor & 2) == 0)) {
                continue;
            }
            const uint64_t pa = (descriptor & ADDRESS) / span(level) * span(level);
            const uint64_t attribute = table.mair >> (descriptor >> 2 & 7) * 8 & 0xff;
            const bool cacheable = attribute >> 4 != 0 && (attribute & 15) != 4;
            if (cacheable && (descriptor & AF) != 0 && pa >> table.bits == 0) {
                const bool global = el == 2 || (descriptor & NG) == 0;
                uint64_t &at = leaves_[{el, upper, asid, global, here, span(level), pa}];
                at = std::max(at, table.current_at);
            }
        }
    }

    // The parts of an operation: regime, whether by VA, by ASID, of leaves alone.
    struct parts {
        int el;
        bool all, by_va, by_asid, leaves_only;
    };
    static parts parts_of(uint32_t encoding)
    {
        switch (encoding) {
        case VMALLE1:
        case ALLE1:
            return {1, true, false, false, false};
        case VAE1:
            return {1, false, true, true, false};
        case VALE1:
            return {1, false, true, true, true};
        case VAAE1:
            return {1, false, true, false, false};
        case VAALE1:
            return {1, false, true, false, true};
        case ASIDE1:
            return {1, false, false, true, false};
        case ALLE2:
            return {2, true, false, false, false};
        case VAE2:
            return {2, false, true, false, false};
        default:
            return {2, false, true, false, true}; // VALE2
        }
    }
    static bool names(const operation &op, bool upper, uint64_t va, uint64_t size)
    {
        const uint64_t named = (op.operand << 12) & ((1ULL << 48) - 1);
        return upper == ((op.operand >> 43 & 1) != 0) && named >= va && named - va < size;
    }
    static bool asid_is(const operation &op, uint64_t asid)
    {
        return asid == (op.operand >> 48 & (op.wide_asid ? 0xffff : 0xff));
    }
    static bool covers(const operation &op, const pointer &where)
    {
        const auto &[el, upper, asid, level, va, base, count] = where;
        const parts p = parts_of(op.encoding);
        return p.el == el && !p.leaves_only &&
               (p.all || ((!p.by_va || names(op, upper, va, count * span(level))) &&
                          (!p.by_asid || asid_is(op, asid))));
    }
    static bool covers(const operation &op, const leaf &what)
    {
        const auto &[el, upper, asid, global, va, size, pa] = what;
        const parts p = parts_of(op.encoding);
        if (p.el != el || p.all) {
            return p.el == el;
        }
        if (p.by_va) {
            return names(op, upper, va, size) && (!p.by_asid || global || asid_is(op, asid));
        }
        return !global && asid_is(op, asid);
    }

    const world &world_;
    uint64_t now_ = 1;
    std::map<pointer, known_table> tables_;
    std::map<leaf, uint64_t> leaves_;
    std::vector<operation> operations_;
};

class scene {
public:
    explicit scene(uint32_t seed) : random_(seed), account_(w)
    {
        w.el1.sctlr = 0;
        w.el2.sctlr = 0;
        w.el1_tell();
        w.el2_tell();
    }

    uint32_t below(uint32_t bound) { return random_() % bound; }

    void step()
    {
        account_.event();
        const uint32_t what = below(100);
        if (what < 62) {
            table_write();
        } else if (what < 74) {
            registers(below(3) == 0 ? w.el2 : w.el1);
        } else if (what < 88) {
            tlbi();
        } else {
            account_.learn();
            account_.dsb();
            fillable_dsb(w.core);
        }
        account_.learn();
    }

    void compare()
    {
        struct fillable_change changes[FILLABLE_CHANGES_MAX];
        bool all = false;
        const uint32_t count = fillable_changes(w.core, changes, &all);
        for (uint32_t i = 0; i < queries_.size(); i++) {
            const uint64_t pa = query(i);
            const bool expected = account_.fillable(pa);
            ASSERT_EQ(w.line(pa), expected) << std::hex << pa;
            bool told = all;
            for (uint32_t c = 0; c < count; c++) {
                told |= pa - changes[c].pa < changes[c].size;
            }
            ASSERT_TRUE(told || queries_[i] == expected) << std::hex << pa;
            queries_[i] = expected;
            uint64_t end = 0;
            ASSERT_EQ(fillable_range(w.core, pa, &end), expected);
            ASSERT_GT(end, pa);
            ASSERT_TRUE(end == UINT64_MAX || w.line(end - 1) == expected);
        }
        for (uint64_t table = 0; table < TABLES; table++) {
            ASSERT_EQ(fillable_is_table(w.core, world::T(table)), account_.knows_table(world::T(table)))
                << table;
        }
        ASSERT_FALSE(fillable_overflowed(w.core)) << account_.size();
    }

    world w;
    uint32_t answers_of_both_kinds = 0;

private:
    static constexpr uint64_t TABLES = 10;
    static constexpr std::array<uint64_t, 4> INDICES = {0, 1, 5, 511};

    uint64_t index() { return INDICES[below(4)]; }
    uint64_t target(uint32_t number)
    {
        static const uint64_t bases[] = {0x40000000, 0x80000000, 0x80200000, 0x100000000, 0x1000000000};
        return bases[number % 5] + number / 5 % 4 * 0x1000;
    }
    // In each block: the first pages, one in the middle, and the first one behind.
    uint64_t query(uint32_t number)
    {
        static const uint64_t offsets[] = {0, 0, 0, 0x100000, 0x200000, 0x20000000, 0x40000000};
        return target(number % 20) + offsets[number / 20] + (number / 20 == 1 ? 64 : 0);
    }
    uint64_t descriptor()
    {
        const uint32_t what = below(10);
        if (what < 2) {
            return below(2) == 0 ? 0 : target(below(20)) | AF | 2;
        }
        if (what < 6) {
            return (below(12) == 0 ? 0x30000000 : world::T(below(TABLES))) | TABLE | AF | ATTR(below(8));
        }
        const uint64_t kind = below(3) == 0 ? BLOCK : PAGE;
        return target(below(20)) | kind | (below(8) == 0 ? 0 : AF) | (below(2) == 0 ? NG : 0) |
               ATTR(below(8));
    }
    void table_write()
    {
        const uint64_t table = world::T(below(TABLES));
        if (below(20) == 0) { // a whole page at once
            for (const uint64_t i : INDICES) {
                w.put(table, i, descriptor());
            }
            fillable_table_write(w.core, table, 4096);
        } else {
            w.write(table, index(), descriptor());
        }
    }
    void registers(struct translation_regime &r)
    {
        static const uint64_t sizes[] = {16, 25, 34, 39, 60};
        switch (below(8)) {
        case 0:
            r.ttbr0 = world::T(below(TABLES)) | (r.el == 1 ? uint64_t{below(3)} << 48 : 0);
            break;
        case 1:
            r.ttbr1 =
                r.el == 1 ? world::T(below(TABLES)) | uint64_t{below(3)} << 48 | uint64_t{below(2)} << 56 : 0;
            break;
        case 2:
            r.tcr = r.el == 2 ? (sizes[below(5)] | uint64_t{below(3)} << 16)
                              : sizes[below(5)] | sizes[below(5)] << 16 | uint64_t{below(3)} << 32 |
                                    (below(4) == 0 ? EPD0 : 0) | (below(4) == 0 ? EPD1 : 0) |
                                    (below(3) == 0 ? A1 : 0) | (below(3) == 0 ? AS : 0);
            break;
        case 3:
            r.mair = below(2) == 0 ? MAIR : 0x44ff44ff0400bbffULL;
            break;
        case 4:
            r.hcr_el2 = below(4) == 0 ? HCR_DC : 0;
            break;
        default:
            r.sctlr = below(8) == 0 ? below(2) * C : M | (below(8) == 0 ? 0 : C);
            break;
        }
        r.el == 1 ? w.el1_tell() : w.el2_tell();
    }
    void tlbi()
    {
        static const uint32_t operations[] = {VMALLE1, ALLE1, VAE1, VALE1, VAAE1, VAALE1,
                                              ASIDE1,  ALLE2, VAE2, VALE2, VAE1,  VAE2};
        const uint32_t encoding = operations[below(12)];
        const bool upper = below(2) == 0;
        uint64_t va = upper ? 0x00ff000000000000ULL : 0;
        va |= index() << 39 | index() << 30 | index() << 21 | index() << 12;
        static const uint64_t kept[] = {48, 39, 30, 25};
        const uint64_t bits = kept[below(4)];
        const uint64_t mask = (1ULL << bits) - 1;
        va = upper ? va | (0x00ffffffffffffffULL & ~mask) : va & mask;
        const uint64_t operand = va >> 12 | uint64_t{below(3)} << 48 | uint64_t{below(2)} << 56;
        account_.tlbi(encoding, operand);
        fillable_tlbi(w.core, encoding, operand);
    }

    std::mt19937 random_;
    naive account_;
    std::vector<bool> queries_ = std::vector<bool>(140, false);
};

} // namespace

TEST(fillable_random, agrees_with_a_naive_account_of_all_history)
{
    for (uint32_t seed = 1; seed <= 30; seed++) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        scene s(seed);
        for (uint32_t step = 0; step < 400; step++) {
            s.step();
            s.compare();
            if (HasFatalFailure()) {
                GTEST_FAIL() << "at step " << step;
            }
        }
    }
}
