// SPDX-License-Identifier: BSD-3-Clause
//
// A PE and a partition on it around a shared buffer, for tests of the contracts: makes accesses, hand-overs
// and events, and drains what was found after each.
#ifndef TESTS_UNIT_CONTRACT_WORLD_HPP
#define TESTS_UNIT_CONTRACT_WORLD_HPP

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "model/abi/efi.h"
#include "model/abi/ffa.h"
#include "model/abi/mm.h"
#include "model/abi/script.h"
#include "model/abi/smccc.h"
#include "model/checker/contract.h"

class contract_world {
public:
    static constexpr uint64_t PA = 0x81FFF000;
    static constexpr uint32_t SIZE = 4096;
    static constexpr uint32_t LINE = 64;
    static constexpr uint64_t DSB_SY = 15;

    explicit contract_world(const struct contract_config &config = {LINE, 1, PA, SIZE})
        : core(contract_create(&config))
    {
    }
    ~contract_world() { contract_destroy(core); }
    contract_world(const contract_world &) = delete;
    contract_world &operator=(const contract_world &) = delete;

    // How the two sides map the buffer.
    static struct access pe_wb()
    {
        struct access access {};
        access.agent = AGENT_PE;
        access.type = MEMORY_NORMAL_WB;
        access.shareability = SHAREABILITY_INNER;
        return access;
    }
    static struct access pe_nc()
    {
        struct access access = pe_wb();
        access.type = MEMORY_NORMAL_NC;
        access.shareability = SHAREABILITY_OUTER;
        return access;
    }
    static struct access partition(enum memory_type type, enum pa_space space = PA_SPACE_NON_SECURE)
    {
        struct access access = pe_wb();
        access.agent = AGENT_PARTITION;
        access.type = static_cast<uint8_t>(type);
        access.shareability = memory_type_cacheable(type) ? SHAREABILITY_INNER : SHAREABILITY_OUTER;
        access.space = static_cast<uint8_t>(space);
        return access;
    }

    // One access; true if it broke nothing.
    bool quiet(struct access access, enum access_op op, uint64_t pa, uint32_t size = 8)
    {
        const size_t before = found.size();
        access.op = static_cast<uint8_t>(op);
        access.pa = access.va = pa;
        access.size = size;
        if (access.pc == 0) {
            access.pc = 0x1000 + 4 * static_cast<uint64_t>(op);
        }
        access.position = ++position;
        const struct prove_site site = site_of(access);
        contract_access(core, &access, &site, neighbours_dirty);
        drain();
        return found.size() == before;
    }
    bool dsb(const struct access &agent = pe_wb(), uint64_t option = DSB_SY)
    {
        struct access access = agent;
        access.operand = option;
        return quiet(access, ACCESS_DSB, 0, 0);
    }
    // A sweep loop: one instruction, many operands.
    void sweep(enum access_op op, uint64_t pc = 0x2000, uint32_t operations = 3, uint8_t pe = 0)
    {
        struct access access = pe_wb();
        access.pc = pc;
        access.pe = pe;
        for (uint32_t i = 0; i < operations; i++) {
            access.operand = 0x40 * (i + 1);
            quiet(access, op, 0, 0);
        }
    }

    void hand_over(bool to_secure)
    {
        struct access smc = pe_wb();
        smc.pc = to_secure ? 0x3000 : 0x3004;
        smc.position = ++position;
        const struct prove_site site = site_of(smc);
        contract_hand_over(core, to_secure, &site);
        drain();
    }

    void event(enum event_kind kind, uint64_t arg0 = 0, uint64_t arg1 = 0, uint64_t arg2 = 0,
               uint64_t arg3 = 0)
    {
        struct event event {};
        event.kind = static_cast<uint16_t>(kind);
        event.args[0] = arg0;
        event.args[1] = arg1;
        event.args[2] = arg2;
        event.args[3] = arg3;
        event.pc = 0x4000;
        event.position = ++position;
        tell(event);
    }
    void tell(const struct event &event)
    {
        contract_event(core, &event);
        drain();
    }
    void step_begin(enum script_step_code code) { event(EVENT_SCRIPT_STEP, 0, code); }
    void step_end(uint64_t status) { event(EVENT_SCRIPT_RESULT, 0, status); }
    void finish()
    {
        contract_finish(core);
        drain();
    }

    std::vector<struct contract_breach> take()
    {
        std::vector<struct contract_breach> result;
        result.swap(found);
        return result;
    }

    struct contract *core;
    bool neighbours_dirty = false;
    std::vector<struct contract_breach> found;

private:
    static struct prove_site site_of(const struct access &access)
    {
        struct prove_site site {};
        site.known = true;
        site.op = access.op;
        site.pc = access.pc;
        site.position = access.position;
        site.where.count = access.position;
        site.where.agent = access.agent;
        site.where.pe = access.pe;
        return site;
    }
    void drain()
    {
        struct contract_breach breach {};
        while (contract_next(core, &breach)) {
            found.push_back(breach);
        }
    }

    uint64_t position = 0;
};

// The only breach there is.
inline struct contract_breach only(contract_world &w)
{
    const auto found = w.take();
    EXPECT_EQ(found.size(), 1U);
    return found.empty() ? contract_breach{} : found.front();
}

#endif
