// SPDX-License-Identifier: BSD-3-Clause
//
// Law: an old entry may translate an address differently if and only if a naive account of all history knows
// such an entry. The account keeps every table and every leaf that a walker could have seen, with the event
// at which registers and tables led to it last; after each event it walks from the registers and from all
// tables that it knows. A TLBI with its DSB erases what it names and what was not current when it was issued.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <tuple>

#include "tests/unit/translation_side_world.hpp"

using namespace old_tables;

namespace {

constexpr uint64_t ADDRESS = 0x0000fffffffff000ULL;
constexpr uint64_t TABLES = 10;

struct outcome {
    uint64_t pa = 0, leaf = 0, mair = 0;
    bool operator<(const outcome &o) const
    {
        return std::tie(pa, leaf, mair) < std::tie(o.pa, o.leaf, o.mair);
    }
};

// What an entry is found by. Level 4: a leaf that is known by itself, of `size` bytes.
struct place {
    int el = 0;
    bool upper = false;
    uint64_t asid = 0, va = 0, size = 0;
    bool operator<(const place &o) const
    {
        return std::tie(el, upper, asid, va, size) < std::tie(o.el, o.upper, o.asid, o.va, o.size);
    }
};

uint64_t span(int level)
{
    return 1ULL << (39 - 9 * level);
}

class account {
public:
    explicit account(const world &w) : world_(w) {}

    void tlbi(uint32_t encoding, uint64_t operand) { pending_.push_back({encoding, operand, now_}); }
    void event() { now_++; }
    void learn()
    {
        for (int el : {1, 2}) {
            const struct translation_regime &r = regime(el);
            if ((r.sctlr & M) == 0) {
                continue;
            }
            meet_root(el, false, r.ttbr0);
            if (el == 1) {
                meet_root(el, true, r.ttbr1);
            }
        }
        for (int level = 1; level < 4; level++) {
            const auto known = tables_;
            for (const auto &[key, at] : known) {
                if (key.second.first == level && (regime(key.first.el).sctlr & M) != 0) {
                    read(key.first, level, key.second.second, at);
                }
            }
        }
    }
    void dsb()
    {
        for (const operation &op : pending_) {
            for (auto it = tables_.begin(); it != tables_.end();) {
                const bool leaves_only = op.encoding == VALE1;
                const bool gone = !leaves_only && it->second < op.at && covers(op, it->first.first, false);
                it = gone ? tables_.erase(it) : std::next(it);
            }
            for (auto it = leaves_.begin(); it != leaves_.end();) {
                const bool global = it->first.second.first;
                it = it->second < op.at && covers(op, it->first.first, global) ? leaves_.erase(it)
                                                                               : std::next(it);
            }
            learn();
        }
        pending_.clear();
    }

    // The least difference of all that is known, in the order of their severity.
    int differs(uint64_t va, int el, int use, bool el0) const
    {
        const struct translation_regime &r = regime(el);
        if ((r.sctlr & M) == 0) {
            return TRANSLATION_SIDE_SAME;
        }
        const bool upper = el == 1 && (va >> 55 & 1) != 0;
        const uint64_t key = va & ((1ULL << 48) - 1);
        outcome current;
        const walked now = walk(r, upper, key, current);
        int worst = TRANSLATION_SIDE_SAME;
        if (now == walked::UNKNOWN) {
            return worst; // nothing is said where nothing is known
        }
        for (const auto &[what, at] : leaves_) {
            const place &p = what.first;
            const bool asid_fits = what.second.first || p.asid == (el == 2 ? 0 : r.ttbr0 >> 48 & 0xff);
            if (p.el != el || p.upper != upper || !asid_fits || key < p.va || key - p.va >= p.size) {
                continue;
            }
            outcome old = what.second.second;
            old.pa += key - p.va;
            const int difference = now == walked::LEAF ? compare(r, current, old, use, el0)
                                                       : static_cast<int>(TRANSLATION_SIDE_REMOVED);
            if (difference != TRANSLATION_SIDE_SAME &&
                (worst == TRANSLATION_SIDE_SAME || difference < worst)) {
                worst = difference;
            }
        }
        return worst;
    }

private:
    struct operation {
        uint32_t encoding;
        uint64_t operand;
        uint64_t at;
    };

    const struct translation_regime &regime(int el) const { return el == 1 ? world_.el1 : world_.el2; }

    void meet_root(int el, bool upper, uint64_t ttbr)
    {
        place where;
        where.el = el;
        where.upper = upper;
        where.asid = el == 2 ? 0 : regime(1).ttbr0 >> 48 & 0xff;
        where.va = upper ? (1ULL << 48) - (1ULL << 39) : 0;
        where.size = 1ULL << 39;
        tables_[{where, {1, ttbr & ADDRESS}}] = now_;
    }

    void read(const place &table_place, int level, uint64_t table, uint64_t at)
    {
        for (uint64_t i = 0; i < 512; i++) {
            const uint64_t d = world_.get(table + 8 * i);
            place here = table_place;
            here.va += i * span(level);
            here.size = span(level);
            if ((d & 1) == 0 || (level == 3 && (d & 2) == 0)) {
                continue;
            }
            if (level < 3 && (d & 2) != 0 && !answers(d & ADDRESS)) {
                continue;
            }
            if (level < 3 && (d & 2) != 0) {
                uint64_t &known = tables_[{here, {level + 1, d & ADDRESS}}];
                known = std::max(known, at);
            } else if ((d & AF) != 0) {
                const bool global = here.el == 2 || (d & NG) == 0;
                const outcome o = {(d & ADDRESS) / span(level) * span(level), d & ~SOFTWARE,
                                   regime(here.el).mair};
                uint64_t &known = leaves_[{here, {global, o}}];
                known = std::max(known, at);
            }
        }
    }

    bool answers(uint64_t table) const
    {
        return table >= world::RAM && table < world::RAM + world_.bytes.size();
    }

    enum class walked { LEAF, FAULT, UNKNOWN };
    walked walk(const struct translation_regime &r, bool upper, uint64_t va, outcome &found) const
    {
        uint64_t table = (upper ? r.ttbr1 : r.ttbr0) & ADDRESS;
        for (int level = 1; level < 4; level++) {
            if (!answers(table)) {
                return walked::UNKNOWN;
            }
            const uint64_t d = world_.get(table + 8 * (va / span(level) % 512));
            if ((d & 1) == 0 || (level == 3 && (d & 2) == 0)) {
                return walked::FAULT;
            }
            if (level == 3 || (d & 2) == 0) {
                found = {(d & ADDRESS) / span(level) * span(level) + va % span(level), d, r.mair};
                return walked::LEAF;
            }
            table = d & ADDRESS;
        }
        return walked::FAULT;
    }

    // WB 2, WT 1, Non-cacheable 0, Device below it.
    static int type(const outcome &o)
    {
        const uint64_t attribute = o.mair >> (o.leaf >> 2 & 7) * 8 & 0xff;
        if (attribute >> 4 == 0) {
            return -1 - static_cast<int>(attribute >> 2);
        }
        return (attribute & 15) == 4 ? 0 : (attribute & 4) != 0 ? 2 : 1;
    }
    static bool denies(const struct translation_regime &r, const outcome &o, int use, bool el0)
    {
        const bool user = (o.leaf & EL0) != 0, writes = (o.leaf & RO) == 0;
        if (use == TRANSLATION_SIDE_READ) {
            return el0 && !user;
        }
        if (use == TRANSLATION_SIDE_WRITE) {
            return !writes || (el0 && !user);
        }
        if (el0 || r.el == 2) {
            return (o.leaf & XN) != 0;
        }
        return (o.leaf & PXN) != 0 || (user && writes);
    }
    static int compare(const struct translation_regime &r, const outcome &current, const outcome &old,
                       int use, bool el0)
    {
        if (current.pa != old.pa) {
            return TRANSLATION_SIDE_ADDRESS;
        }
        if (type(current) != type(old) || (type(old) > 0 && (current.leaf & ISH) != (old.leaf & ISH))) {
            return TRANSLATION_SIDE_ATTRIBUTES;
        }
        return denies(r, old, use, el0) && !denies(r, current, use, el0) ? TRANSLATION_SIDE_PERMISSION
                                                                         : TRANSLATION_SIDE_SAME;
    }

    bool covers(const operation &op, const place &p, bool global) const
    {
        const uint64_t va = op.operand << 12 & ((1ULL << 48) - 1);
        const bool holds = p.upper == ((op.operand >> 43 & 1) != 0) && va >= p.va && va - p.va < p.size;
        const bool asid = p.asid == (op.operand >> 48 & 0xff);
        switch (op.encoding) {
        case VMALLE1:
            return p.el == 1;
        case VAE1:
        case VALE1:
            return p.el == 1 && holds && (global || asid);
        case VAAE1:
            return p.el == 1 && holds;
        case ASIDE1:
            return p.el == 1 && !global && asid;
        case ALLE2:
            return p.el == 2;
        default:
            return p.el == 2 && holds; // VAE2
        }
    }

    const world &world_;
    uint64_t now_ = 1;
    std::map<std::pair<place, std::pair<int, uint64_t>>, uint64_t> tables_;
    std::map<std::pair<place, std::pair<bool, outcome>>, uint64_t> leaves_;
    std::vector<operation> pending_;
};

class scene {
public:
    explicit scene(uint32_t seed) : random_(seed), account_(w)
    {
        w.el1.ttbr1 = world::T(1);
        w.tell(w.el1);
        w.el2.sctlr = 0;
        w.tell(w.el2);
        account_.learn();
    }

    void step()
    {
        account_.event();
        const uint32_t what = below(100);
        if (what < 58) {
            w.write(world::T(below(TABLES)), index(), descriptor());
        } else if (what < 70) {
            registers(below(3) == 0 ? w.el2 : w.el1);
        } else if (what < 86) {
            tlbi();
        } else {
            dsb();
        }
        account_.learn();
    }

    void compare()
    {
        for (int query = 0; query < 40; query++) {
            const int el = below(3) == 0 ? 2 : 1;
            const int use = static_cast<int>(below(3));
            const bool el0 = el == 1 && below(2) == 0;
            uint64_t va = address() + below(2) * 0x1238;
            if (el == 1 && below(3) == 0) {
                va |= 0xffffff8000000000ULL;
            }
            const int expected = account_.differs(va, el, use, el0);
            ASSERT_EQ(w.ask(va, el, use, el0), expected) << std::hex << va << " el " << el << " use " << use;
            ASSERT_TRUE(expected == TRANSLATION_SIDE_SAME || w.alive());
            seen[static_cast<size_t>(expected)]++;
        }
        ASSERT_FALSE(translation_side_overflowed(w.core));
    }

    world w;
    std::array<uint64_t, 5> seen{};

private:
    uint32_t below(uint32_t bound) { return random_() % bound; }
    uint64_t index()
    {
        static const uint64_t indices[] = {0, 1, 5, 511};
        return indices[below(4)];
    }
    uint64_t address() { return index() << 30 | index() << 21 | index() << 12; }
    uint64_t descriptor()
    {
        static const uint64_t targets[] = {0x80000000, 0x80001000, 0x80200000, 0xc0000000};
        const uint32_t what = below(10);
        if (what == 0) {
            return 0;
        }
        if (what < 5) {
            return world::T(below(TABLES)) | TABLE;
        }
        uint64_t leaf = targets[below(4)] | (below(3) == 0 ? BLOCK : PAGE) | (below(8) == 0 ? 0 : AF);
        static const uint64_t bits[] = {NG, ISH, OSH, EL0, RO, PXN, XN, 1ULL << 55};
        for (const uint64_t bit : bits) {
            leaf |= below(3) == 0 ? bit : 0;
        }
        return leaf | ATTR(below(3) == 0 ? below(6) : 0);
    }
    void dsb()
    {
        account_.dsb();
        translation_side_dsb(w.core);
    }
    // First a DSB: the account does not know what is walked between a TLBI and the MMU's going off.
    void registers(struct translation_regime &r)
    {
        dsb();
        switch (below(4)) {
        case 0:
            r.ttbr0 = world::T(below(3)) | (r.el == 1 ? uint64_t{below(3)} << 48 : 0);
            break;
        case 1:
            r.mair = below(2) == 0 ? MAIR : MAIR ^ 0xbb;
            break;
        default:
            r.sctlr = (below(4) == 0 ? 0 : M) | C | I;
            break;
        }
        w.tell(r);
    }
    void tlbi()
    {
        static const uint32_t operations[] = {VMALLE1, VAE1, VAE1, VALE1, VALE1, VAAE1, ASIDE1, ALLE2, VAE2};
        const uint32_t encoding = operations[below(9)];
        uint64_t operand = address() >> 12 | uint64_t{below(3)} << 48;
        operand |= below(3) == 0 ? 0xFFF8000000ULL | 1ULL << 43 | 0xFULL << 40 : 0; // the upper half
        account_.tlbi(encoding, operand);
        translation_side_tlbi(w.core, encoding, operand);
    }

    std::mt19937 random_;
    account account_;
};

} // namespace

TEST(translation_side_random, agrees_with_a_naive_account_of_all_history)
{
    std::array<uint64_t, 5> seen{};
    for (uint32_t seed = 1; seed <= 100; seed++) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        scene s(seed);
        for (uint32_t step = 0; step < 300; step++) {
            s.step();
            s.compare();
            if (HasFatalFailure()) {
                GTEST_FAIL() << "at step " << step;
            }
        }
        for (size_t i = 0; i < seen.size(); i++) {
            seen[i] += s.seen[i];
        }
    }
    for (const uint64_t count : seen) { // each difference has been met
        EXPECT_GT(count, 100U);
    }
}
