// SPDX-License-Identifier: BSD-3-Clause
//
// Any list of accesses, translations, fetches and hand-overs as a run beside prove: it says what it finds and
// never crashes, whatever stands in the translation tables.
#include <cassert>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "model/bus/translation.h"
#include "model/checker/prove.h"

namespace {

const uint64_t BASE = 0x40000000;
const uint64_t SIZE = 16 * PROVE_PAGE_SIZE;
const size_t RECORD = 8; // bytes of the input that make one access

struct fuzz_run {
    std::vector<uint8_t> memory = std::vector<uint8_t>(SIZE);
    struct prove *prove = nullptr;
    uint64_t position = 0;

    void take(struct access access, const uint8_t *data)
    {
        access.pc = BASE + position % SIZE / 4 * 4;
        access.position = position++;
        access.el = 2;
        prove_take(prove, &access, data);
        struct prove_revoke revoke {};
        while (prove_revoked(prove, &revoke)) {
            assert(revoke.size != 0);
        }
    }
};

uint64_t number(const uint8_t *bytes)
{
    uint64_t value = 0;
    memcpy(&value, bytes, 4);
    return value;
}

void regime(fuzz_run &run, const uint8_t *record)
{
    struct translation_regime regime {};
    regime.el = record[1] % 2 == 0 ? 2 : 1;
    regime.sctlr = record[2] % 8 == 0 ? 0 : TRANSLATION_SCTLR_M | (record[2] & TRANSLATION_SCTLR_C);
    regime.tcr = (16 + record[3] % 24) | 2ULL << 16 | 0x3500;
    regime.ttbr0 = BASE + record[4] % 16 * PROVE_PAGE_SIZE;
    regime.ttbr1 = BASE + record[5] % 16 * PROVE_PAGE_SIZE;
    regime.mair = 0xFF440C0400;
    regime.hcr_el2 = record[6] % 16 == 0 ? TRANSLATION_HCR_DC : 0;
    regime.live = regime.sctlr != 0 || (regime.el == 1 && regime.hcr_el2 != 0);
    uint8_t data[sizeof(regime)];
    memcpy(data, &regime, sizeof(regime));
    struct access access {};
    access.op = ACCESS_TRANSLATION_CHANGED;
    access.size = sizeof(regime);
    run.take(access, data);
}

void tlbi(fuzz_run &run, const uint8_t *record)
{
    static const uint16_t encodings[] = {0x6438, 0x643C, 0x4438, 0x4439, 0x443B, 0x6439};
    struct access access {};
    access.op = ACCESS_TLBI;
    access.operand = encodings[record[1] % 6];
    access.size = sizeof(uint64_t);
    uint8_t operand[8] = {record[2], record[3], record[4], record[5], 0, 0, 0, 0};
    run.take(access, operand);
}

// Stores of descriptors too: what the input says, within this memory, so that tables point to tables.
void store(fuzz_run &run, const struct access &access, const uint8_t *record)
{
    uint64_t value = BASE | (number(record + 4) & (SIZE - 1) & ~0xCULL) | (record[7] & 0x1CULL) << 6;
    for (uint32_t i = 0; i < access.size; i++) {
        run.memory[access.pa - BASE + i] = static_cast<uint8_t>(value >> (8 * (i % 8)));
    }
}

void memory_access(fuzz_run &run, const uint8_t *record)
{
    static const uint8_t agents[] = {AGENT_PE,   AGENT_PE,        AGENT_PE,    AGENT_WALKER,
                                     AGENT_SPMC, AGENT_PARTITION, AGENT_DEVICE};
    struct access access {};
    access.op = record[0] % 2 == 0 ? ACCESS_READ : ACCESS_WRITE;
    access.agent = agents[record[1] % 7];
    access.type = record[2] % 7;
    access.space =
        access.agent == AGENT_PARTITION && record[2] >= 128 ? PA_SPACE_SECURE : PA_SPACE_NON_SECURE;
    access.exclusive = record[3] % 16 == 0;
    access.ordered = record[3] % 8 == 1;
    access.shareability = record[3] % 4;
    access.size = 1U << record[3] % 4;
    access.pa = access.va = BASE + (number(record + 4) & (SIZE - 1) & ~7ULL);
    if (access.op == ACCESS_WRITE) {
        store(run, access, record);
    }
    run.take(access, &run.memory[access.pa - BASE]);
}

void fetch(fuzz_run &run, const uint8_t *record)
{
    struct access access {};
    access.op = ACCESS_READ;
    access.agent = AGENT_FETCH;
    access.type = record[1] % 2 == 0 ? MEMORY_NORMAL_WB : MEMORY_NORMAL_NC;
    access.size = 64;
    access.pa = access.va = BASE + (number(record + 4) & (SIZE - 1) & ~63ULL);
    run.take(access, &run.memory[access.pa - BASE]);
}

void maintenance(fuzz_run &run, const uint8_t *record)
{
    static const uint8_t ops[] = {ACCESS_DC_IVAC, ACCESS_DC_CVAC,  ACCESS_DC_CVAU,  ACCESS_DC_CIVAC,
                                  ACCESS_DC_ISW,  ACCESS_DC_CSW,   ACCESS_DC_CISW,  ACCESS_DC_ZVA,
                                  ACCESS_IC_IVAU, ACCESS_IC_IALLU, ACCESS_DSB,      ACCESS_DMB,
                                  ACCESS_ISB,     ACCESS_DSB,      ACCESS_DC_CIVAC, ACCESS_DSB};
    struct access access {};
    access.op = ops[record[1] % 16];
    access.agent = record[2] % 8 == 0 ? AGENT_PARTITION : AGENT_PE;
    access.type = MEMORY_NORMAL_WB;
    access.pa = access.va = BASE + (number(record + 4) & (SIZE - 1) & ~63ULL);
    access.size = 64;
    access.operand = access.op >= ACCESS_DSB ? record[3] % 16 : number(record + 4) & 0xF00001FE;
    if (access.op == ACCESS_DC_ZVA) {
        memset(&run.memory[access.pa - BASE], 0, 64);
    }
    run.take(access, nullptr);
}

void hand_over(fuzz_run &run, const uint8_t *record)
{
    struct access by {};
    by.position = run.position;
    prove_hand_over(run.prove, 0xC400006F, record[1] % 2 == 0, &by);
}

void ask(fuzz_run &run, const uint8_t *record)
{
    uint64_t first = 0, last = 0;
    bool writable = false;
    const uint64_t pa = BASE + (number(record + 4) & (SIZE - 1));
    if (prove_grant(run.prove, pa, &first, &last, &writable)) {
        assert(first <= pa && pa <= last && first >= BASE && last < BASE + SIZE);
        assert(first % PROVE_PAGE_SIZE == 0 && (last + 1) % PROVE_PAGE_SIZE == 0);
    }
}

struct prove_config config_of(uint8_t choice)
{
    struct prove_config config {};
    config.line = 64;
    config.elsewhere = (choice & 1) != 0;
    config.idc = (choice & 2) != 0;
    config.dic = (choice & 4) != 0;
    config.levels[0] = {4, 2};
    config.secure_alias = true; // secure accesses are part of the input
    config.buffer_pa = BASE + 0x2020;
    config.buffer_size = 0xFC0;
    config.window_count = 1;
    config.windows[0] = {BASE, SIZE};
    return config;
}

void finish(fuzz_run &run)
{
    prove_audit(run.prove, run.position);
    const struct prove_finding *findings = nullptr;
    const uint64_t *lines = nullptr;
    uint64_t dropped = 0;
    const uint32_t count = prove_findings(run.prove, &findings, &dropped);
    for (uint32_t i = 0; i < count; i++) {
        assert(findings[i].rule < PROVE_RULE_COUNT);
        assert(findings[i].count > 0);
        assert(findings[i].move_count <= CHECKER_MOVES_MAX);
    }
    assert(prove_finding_lines(run.prove, &lines) <= PROVE_LINES_MAX);
    prove_destroy(run.prove);
}

std::string seed(const std::vector<std::vector<uint8_t>> &records)
{
    std::string text(2, '\0');
    for (const std::vector<uint8_t> &record : records) {
        text.append(record.begin(), record.end());
    }
    return text;
}

} // namespace

// A regime with tables in the first page, stores, maintenance, the other side, and what is asked.
extern const std::vector<std::string> fuzz_seeds = {
    seed({{1, 0, 0, 3, 0, 0, 0, 0},
          {6, 0, 7, 9, 0, 0, 1, 0},
          {1, 0, 6, 3, 0, 0x20, 0, 0},
          {2, 1, 1, 15, 0, 0x20, 0, 0},
          {2, 10, 1, 15, 0, 0, 0, 0},
          {4, 0, 0, 0, 0, 0, 0, 0},
          {0, 5, 4, 3, 0, 0x20, 0, 0},
          {1, 5, 4, 3, 0, 0x20, 0, 0},
          {0, 0, 6, 3, 0, 0x20, 0, 0}}),
    seed({{1, 0, 6, 3, 0x40, 0, 0, 0},
          {2, 4, 1, 0, 2, 0, 0, 0},
          {2, 10, 1, 15, 0, 0, 0, 0},
          {0, 0, 6, 3, 0x40, 0, 0, 0},
          {3, 0, 0, 0, 0x40, 0, 0, 0},
          {5, 0, 1, 2, 3, 4, 0, 0}}),
    std::string(),
};
extern const std::vector<std::string> fuzz_words = {
    std::string("\x02\x0A\x01\x0F\x00\x00\x00\x00", 8),
    std::string("\x01\x00\x06\x03\x00\x20\x00\x00", 8),
    std::string("\x00\x05\x04\x03\x00\x20\x00\x00", 8),
    std::string("\x06\x00\x07\x09\x00\x00\x01\x00", 8),
};

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    fuzz_run run;
    const struct prove_config config = config_of(data[0]);
    run.prove = prove_create(&config);
    assert(run.prove != nullptr);
    prove_memory_is(run.prove, 0, run.memory.data());
    for (uint64_t line = 0; line < data[1] % 4; line++) {
        prove_track(run.prove, BASE + 0x2000 + line * 64);
    }
    for (size_t place = 2; place + RECORD <= size && place < 2 + 512 * RECORD; place += RECORD) {
        const uint8_t *record = data + place;
        switch (record[0] % 8) {
        case 0:
        case 1:
            memory_access(run, record);
            break;
        case 2:
            maintenance(run, record);
            break;
        case 3:
            fetch(run, record);
            break;
        case 4:
            hand_over(run, record);
            break;
        case 5:
            tlbi(run, record);
            break;
        case 6:
            regime(run, record);
            break;
        default:
            ask(run, record);
            break;
        }
    }
    finish(run);
    return 0;
}
