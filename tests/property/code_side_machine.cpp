// SPDX-License-Identifier: BSD-3-Clause
#include "tests/property/code_side_machine.hpp"

#include <cstring>

namespace code_side_machine {

namespace {

constexpr uint64_t RAM = 0x40000000, RAM_PAGES = 16;
constexpr uint64_t T1 = RAM, T2 = RAM + 0x1000, T3 = RAM + 0x2000; // tables of level 1, 2, 3
constexpr std::array<uint64_t, PAGES> PAGE_PA = {RAM + 0x8000, RAM + 0x9000, RAM + 0xC000};
constexpr uint64_t VALID = 1, TABLE = 3, PAGE = 3, AF = 1 << 10, XN = 1ULL << 54;
constexpr uint64_t SCTLR_M = 1, SCTLR_C = 1 << 2, SCTLR_I = 1 << 12;
constexpr uint32_t ALLE2 = 1U << 14 | 4 << 11 | 8U << 7 | 7 << 3;

const char *const NAMES[OP_COUNT] = {"store", "store_other", "store_untold", "cvau",   "cvac", "clean_all",
                                     "ic",    "ic_all",      "dsb",          "dsb_st", "isb",  "fetch",
                                     "map_x", "map_xn",      "unmap",        "tlbi",   "mmu",  "icache"};

} // namespace

std::string text(const std::vector<happening> &program)
{
    std::string all;
    for (const happening &e : program) {
        all += std::string(NAMES[static_cast<int>(e.what)]) + " " + std::to_string(e.spot) + "; ";
    }
    return all;
}

machine::machine(const options &o) : chosen(o), bytes(RAM_PAGES * 0x1000), marks(RAM_PAGES * 64)
{
    struct code_side_config config = {};
    config.idc = o.idc;
    config.dic = o.dic;
    config.window_count = 1;
    config.windows[0] = {RAM, bytes.size(), bytes.data(), marks.data()};
    code = code_side_create(&config);
    regime.el = 2;
    regime.tcr = 25 | 2 << 16;
    regime.mair = 0xFF;
    regime.ttbr0 = T1;
    regime.sctlr = (o.mmu ? SCTLR_M | SCTLR_C : 0) | (o.icache ? SCTLR_I : 0);
    const uint64_t t2 = T2 | TABLE, t3 = T3 | TABLE;
    memcpy(bytes.data() + 8, &t2, 8);      // RAM is in the second GiB
    memcpy(bytes.data() + 0x1000, &t3, 8); // and at its start
    for (int page = 0; page < PAGES; page++) {
        executable[page] = o.executable;
        if (o.executable) {
            const uint64_t leaf = PAGE_PA[page] | PAGE | AF;
            memcpy(bytes.data() + 0x2000 + (PAGE_PA[page] - RAM) / 0x1000 * 8, &leaf, 8);
        }
    }
    code_side_regime(code, &regime);
    code_side_naive::environment e;
    e.idc = o.idc;
    e.dic = o.dic;
    words.assign(SPOTS.size(), code_side_naive::word(e));
    environments_set();
}

machine::~machine()
{
    code_side_destroy(code);
}

uint64_t machine::pa(const spot &at) const
{
    return PAGE_PA[at.page] + 64 * at.line + 4 * at.word;
}

uint8_t *machine::mark(const spot &at)
{
    return &marks[(pa(at) - RAM) / 64];
}

bool machine::page_fetchable(int page) const
{
    const bool mmu = (regime.sctlr & SCTLR_M) != 0;
    return mmu ? executable[page] || old[page] : executed_near[page];
}

void machine::environments_set()
{
    for (int page = 0; page < PAGES; page++) {
        walked[page] |= executable[page] && (regime.sctlr & SCTLR_M) != 0;
    }
    for (size_t i = 0; i < words.size(); i++) {
        code_side_naive::environment e;
        e.idc = chosen.idc;
        e.dic = chosen.dic;
        e.fetchable = page_fetchable(SPOTS[i].page);
        e.caching = (regime.sctlr & SCTLR_I) != 0;
        words[i].environment_set(e);
    }
}

void machine::regime_tell()
{
    code_side_regime(code, &regime);
    environments_set();
}

void machine::descriptor_write(int page, uint64_t descriptor)
{
    const uint64_t at = T3 + (PAGE_PA[page] - RAM) / 0x1000 * 8;
    memcpy(bytes.data() + (at - RAM), &descriptor, 8);
    executable[page] = (descriptor & VALID) != 0 && (descriptor & XN) == 0;
    if (walked[page] && !executable[page]) {
        walked[page] = false;
        old[page] = true;
        old_since_tlbi[page] = true;
    }
    code_side_table_write(code, at, 8);
    environments_set();
}

void machine::store(int number, op how)
{
    const spot &at = SPOTS[number];
    uint32_t value = 0;
    memcpy(&value, bytes.data() + (pa(at) - RAM), 4);
    value++;
    memcpy(bytes.data() + (pa(at) - RAM), &value, 4);
    line(at).cvac = at.cached ? false : line(at).cvac;
    line(at).kept = false;
    if (how == op::STORE_UNTOLD) {
        *mark(at) = 1;
        words[number].stored(code_side_naive::store::CACHED);
        return;
    }
    const enum code_side_store kind = at.cached          ? CODE_SIDE_CACHED
                                      : how == op::STORE ? CODE_SIDE_BUFFERED
                                                         : CODE_SIDE_UNBUFFERED;
    code_side_store(code, pa(at), 4, kind);
    if (at.cached) {
        *mark(at) = CODE_SIDE_MARK_TOLD;
    }
    words[number].stored(at.cached                    ? code_side_naive::store::CACHED
                         : kind == CODE_SIDE_BUFFERED ? code_side_naive::store::BUFFERED
                                                      : code_side_naive::store::UNBUFFERED);
}

void machine::clean(const spot &at, bool to_poc)
{
    code_side_maintain(code, to_poc ? ACCESS_DC_CVAC : ACCESS_DC_CVAU, pa(at));
    line(at).cvac |= to_poc;
    for (size_t i = 0; i < SPOTS.size(); i++) {
        if (SPOTS[i].page == at.page) {
            words[i].cleaned();
        }
    }
}

void machine::clean_all()
{
    for (size_t i = 0; i < SPOTS.size(); i++) {
        line_state &l = line(SPOTS[i]);
        words[i].cleaned();
        l.cvac = true;
        if (*mark(SPOTS[i]) == 1 && l.how == judged::EXACT) {
            l.how = judged::SOUND; // the store may be forgotten
        }
    }
    code_side_clean_all(code);
}

void machine::dsb(bool full)
{
    code_side_dsb(code, full);
    for (code_side_naive::word &w : words) {
        w.dsb(full);
    }
    if (!full) {
        return;
    }
    for (const spot &at : SPOTS) {
        if (line(at).cvac) {
            *mark(at) = 0; // as whoever holds the data side does
        }
    }
    for (line_state &l : lines) {
        l.cvac = false;
    }
    if (tlbi_pending) {
        old = old_since_tlbi;
        tlbi_pending = false;
        if ((regime.sctlr & SCTLR_M) == 0) { // since before the TLBI: nothing has been walked after it
            walked = {};
            old = {};
        }
        environments_set();
    }
}

std::string machine::fetch(int number)
{
    const spot &at = SPOTS[number];
    line_state &l = line(at);
    const bool expected = words[number].fetched();
    std::string wrong;
    if (l.kept) {
        kept_fetches++;
        return expected ? "a kept line is stale" : "";
    }
    const bool cacheable = (regime.sctlr & SCTLR_I) != 0;
    const struct code_side_fetched got = code_side_fetch(code, pa(at), cacheable);
    const bool fault = got.fault != CODE_SIDE_OK;
    faults[got.fault]++;
    findings += fault;
    if (l.how == judged::EXACT) {
        // What is assumed may be too much; and then a fetch from DRAM is left to the data side.
        const bool excused = got.assumed && (fault || !cacheable);
        if (expected != fault && !excused) {
            wrong = std::string(expected ? "missed" : "false") + " at spot " + std::to_string(number) + ": " +
                    code_side_fault_text(static_cast<enum code_side_fault>(got.fault));
        }
    } else if (l.how == judged::SOUND && fault && !expected && !got.assumed && cacheable) {
        wrong = "unsound at spot " + std::to_string(number);
    }
    if ((fault || expected) && !chosen.after) {
        l.how = judged::NOT;
    }
    l.kept = got.keep && l.how == judged::EXACT;
    executed_near[at.page] = true;
    if (at.page == 0) {
        executed_near[1] = true;
    }
    environments_set();
    return wrong;
}

bool machine::possible(const happening &e) const
{
    const spot &at = SPOTS[e.spot];
    const line_state &l = lines[at.page];
    switch (e.what) {
    case op::STORE_UNTOLD:
        return at.cached && !l.kept; // stores to decoded lines are told
    case op::STORE_OTHER:
        return !at.cached;
    case op::FETCH:
        return (regime.sctlr & SCTLR_M) == 0 || executable[at.page];
    case op::MMU:
        return !tlbi_pending;
    default:
        return true;
    }
}

std::string machine::apply(const happening &e)
{
    const spot &at = SPOTS[e.spot];
    switch (e.what) {
    case op::STORE:
    case op::STORE_OTHER:
    case op::STORE_UNTOLD:
        store(e.spot, e.what);
        if (e.what == op::STORE_UNTOLD && chosen.idc && line(at).how == judged::EXACT) {
            line(at).how = judged::SOUND; // what came after it is told favourably
        }
        break;
    case op::CLEAN_POU:
    case op::CLEAN_POC:
        clean(at, e.what == op::CLEAN_POC);
        break;
    case op::CLEAN_ALL:
        clean_all();
        break;
    case op::IC_LINE:
        code_side_maintain(code, ACCESS_IC_IVAU, pa(at));
        for (size_t i = 0; i < SPOTS.size(); i++) {
            if (SPOTS[i].page == at.page) {
                words[i].invalidated();
            }
        }
        break;
    case op::IC_ALL:
        code_side_ic_all(code);
        for (code_side_naive::word &w : words) {
            w.invalidated();
        }
        break;
    case op::DSB:
    case op::DSB_ST:
        dsb(e.what == op::DSB);
        break;
    case op::ISB:
        code_side_synchronise(code);
        for (code_side_naive::word &w : words) {
            w.synchronised();
        }
        break;
    case op::FETCH:
        return fetch(e.spot);
    case op::MAP_EXECUTABLE:
        descriptor_write(at.page, PAGE_PA[at.page] | PAGE | AF);
        break;
    case op::MAP_XN:
        descriptor_write(at.page, PAGE_PA[at.page] | PAGE | AF | XN);
        break;
    case op::UNMAP:
        descriptor_write(at.page, 0);
        break;
    case op::TLBI:
        code_side_tlbi(code, ALLE2, 0);
        tlbi_pending = true;
        old_since_tlbi = {};
        break;
    case op::MMU:
        regime.sctlr ^= SCTLR_M | SCTLR_C;
        regime_tell();
        break;
    case op::ICACHE:
        regime.sctlr ^= SCTLR_I;
        regime_tell();
        break;
    }
    return "";
}

std::string machine::run(const std::vector<happening> &program)
{
    for (const happening &e : program) {
        if (!possible(e)) {
            continue;
        }
        const std::string wrong = apply(e);
        if (!wrong.empty()) {
            return wrong;
        }
    }
    return code_side_overflowed(code) ? "overflowed" : "";
}

} // namespace code_side_machine
