// SPDX-License-Identifier: BSD-3-Clause
//
// The caches on their sockets: what passes, what is denied, what goes back. One elaboration for all tests.
#include <gtest/gtest.h>

#include <tlm_utils/simple_initiator_socket.h>

#include "model/bus/access_extension.hpp"
#include "model/cache/cache_module.hpp"

namespace {

const uint64_t DRAM = 0x80000000;

class initiator : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<initiator> socket;
    std::vector<uint64_t> invalidated;

    explicit initiator(sc_core::sc_module_name name) : sc_core::sc_module(name), socket("socket")
    {
        socket.register_invalidate_direct_mem_ptr(this, &initiator::invalidate);
    }

    tlm::tlm_response_status access(enum access_op op, uint64_t pa, uint8_t *data, uint32_t size,
                                    enum memory_type type, enum agent_kind agent, uint64_t position = 0)
    {
        struct access access {};
        access.op = static_cast<uint8_t>(op);
        access.pa = access.va = access.pc = pa;
        access.size = size;
        access.type = static_cast<uint8_t>(type);
        access.shareability = SHAREABILITY_INNER;
        access.agent = static_cast<uint8_t>(agent);
        access.position = position;
        sc_core::sc_time delay;
        tlm::tlm_generic_payload &payload = transaction.prepare(access, data);
        socket->b_transport(payload, delay);
        dmi_allowed = payload.is_dmi_allowed();
        return payload.get_response_status();
    }

    access_transaction transaction;
    bool dmi_allowed = false;

private:
    void invalidate(sc_dt::uint64 start, sc_dt::uint64) { invalidated.push_back(start); }
};

struct cache_config small_config()
{
    struct cache_config config {};
    config.pe_count = 1;
    config.line = 64;
    config.l1d = config.l1i = {1024, 2, true};
    config.l2 = {4096, 4, true};
    return config;
}

struct bench {
    struct event_log log {};
    struct cache_config config = small_config();
    std::vector<memory_region> dram{{DRAM, 0x10000}};
    initiator data{"data"}, fetch{"fetch"}, plain{"plain"}, plain_fetch{"plain_fetch"};
    initiator told{"told"}, told_fetch{"told_fetch"};
    cache_module cached{"cached", &config, dram, &log};
    cache_module golden{"golden", nullptr, dram, &log};
    // A token: a line is filled before the PE's instruction 5, and again before the partition's second
    // access.
    cache_module::moves token{
        {{5, 0, AGENT_PE, 0}, DRAM + 0x2008, CACHE_SCRIPT_FILL, PA_SPACE_NON_SECURE, 0},
        {{1, 0, AGENT_PARTITION, 0}, DRAM + 0x2040, CACHE_SCRIPT_FILL, PA_SPACE_NON_SECURE, 0},
        {{9, 0, AGENT_PE, 0}, DRAM + 0x2000, CACHE_SCRIPT_DROP, PA_SPACE_NON_SECURE, 0}};
    cache_module scripted{"scripted", &config, dram, &log, token};
    memory_module memory{"memory", dram};

    bench()
    {
        event_log_init(&log);
        data.socket.bind(cached.target_socket);
        fetch.socket.bind(cached.fetch_target_socket);
        cached.initiator_socket.bind(memory.target_socket);
        plain.socket.bind(golden.target_socket);
        plain_fetch.socket.bind(golden.fetch_target_socket);
        golden.initiator_socket.bind(memory.target_socket);
        told.socket.bind(scripted.target_socket);
        told_fetch.socket.bind(scripted.fetch_target_socket);
        scripted.initiator_socket.bind(memory.target_socket);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }
};

bench &the_bench()
{
    static bench instance;
    event_log_clear(&instance.log);
    return instance;
}

TEST(cache_shell, a_store_stays_in_the_cache_until_it_is_cleaned)
{
    bench &bench = the_bench();
    uint8_t one = 1;
    EXPECT_EQ(tlm::TLM_OK_RESPONSE,
              bench.data.access(ACCESS_WRITE, DRAM, &one, 1, MEMORY_NORMAL_WB, AGENT_PE));
    EXPECT_FALSE(bench.data.dmi_allowed);
    EXPECT_EQ(0, *bench.memory.host(DRAM, 1));
    EXPECT_EQ(tlm::TLM_OK_RESPONSE,
              bench.data.access(ACCESS_DC_CVAC, DRAM, nullptr, 0, MEMORY_NORMAL_WB, AGENT_PE));
    EXPECT_EQ(1, *bench.memory.host(DRAM, 1));
}

TEST(cache_shell, cached_memory_grants_no_dmi_and_golden_memory_does)
{
    bench &bench = the_bench();
    tlm::tlm_generic_payload payload;
    payload.set_address(DRAM);
    tlm::tlm_dmi dmi;
    EXPECT_FALSE(bench.data.socket->get_direct_mem_ptr(payload, dmi));
    EXPECT_TRUE(bench.plain.socket->get_direct_mem_ptr(payload, dmi));
}

TEST(cache_shell, an_address_without_memory_is_an_error)
{
    uint8_t byte = 0;
    EXPECT_EQ(tlm::TLM_ADDRESS_ERROR_RESPONSE,
              the_bench().data.access(ACCESS_READ, 0x1000, &byte, 1, MEMORY_NORMAL_WB, AGENT_PE));
}

TEST(cache_shell, a_master_without_the_extension_is_a_device_outside_the_coherent_domain)
{
    bench &bench = the_bench();
    uint8_t two = 2, byte = 0xFF;
    bench.data.access(ACCESS_WRITE, DRAM + 64, &two, 1, MEMORY_NORMAL_WB, AGENT_PE);
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_READ_COMMAND);
    payload.set_address(DRAM + 64);
    payload.set_data_ptr(&byte);
    payload.set_data_length(1);
    payload.set_streaming_width(1);
    sc_core::sc_time delay;
    bench.data.socket->b_transport(payload, delay);
    EXPECT_TRUE(payload.is_response_ok());
    EXPECT_EQ(0, byte);
}

TEST(cache_shell, a_line_that_leaves_the_instruction_cache_is_told_to_the_fetch_side)
{
    bench &bench = the_bench();
    uint8_t line[64];
    bench.fetch.access(ACCESS_READ, DRAM + 0x1000, line, 64, MEMORY_NORMAL_WB, AGENT_FETCH);
    EXPECT_TRUE(bench.fetch.transaction.answer().granted);
    bench.fetch.invalidated.clear();
    bench.data.access(ACCESS_IC_IVAU, DRAM + 0x1000, nullptr, 0, MEMORY_NORMAL_WB, AGENT_PE);
    EXPECT_EQ(std::vector<uint64_t>{DRAM + 0x1000}, bench.fetch.invalidated);
    EXPECT_TRUE(bench.data.invalidated.empty());
}

TEST(cache_shell, golden_mode_does_dc_zva_and_lets_other_maintenance_pass)
{
    bench &bench = the_bench();
    *bench.memory.host(DRAM + 128, 1) = 7;
    EXPECT_EQ(tlm::TLM_OK_RESPONSE,
              bench.plain.access(ACCESS_DC_IVAC, DRAM + 128, nullptr, 0, MEMORY_NORMAL_WB, AGENT_PE));
    EXPECT_EQ(7, *bench.memory.host(DRAM + 128, 1));
    EXPECT_EQ(tlm::TLM_OK_RESPONSE,
              bench.plain.access(ACCESS_DC_ZVA, DRAM + 128, nullptr, 64, MEMORY_NORMAL_WB, AGENT_PE));
    EXPECT_EQ(0, *bench.memory.host(DRAM + 128, 1));
}

TEST(cache_shell, debug_transport_reads_the_newest_bytes)
{
    bench &bench = the_bench();
    uint8_t five = 5, byte = 0;
    bench.data.access(ACCESS_WRITE, DRAM + 192, &five, 1, MEMORY_NORMAL_WB, AGENT_PE);
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_READ_COMMAND);
    payload.set_address(DRAM + 192);
    payload.set_data_ptr(&byte);
    payload.set_data_length(1);
    EXPECT_EQ(1U, bench.data.socket->transport_dbg(payload));
    EXPECT_EQ(5, byte);
    payload.set_command(tlm::TLM_WRITE_COMMAND);
    EXPECT_EQ(0U, bench.data.socket->transport_dbg(payload));
}

TEST(cache_shell, a_token_moves_its_lines_and_no_others)
{
    bench &bench = the_bench();
    uint8_t one = 1, byte = 0;
    const uint64_t first = DRAM + 0x2000, second = DRAM + 0x2040, other = DRAM + 0x2080;
    bench.told.access(ACCESS_WRITE, other, &one, 1, MEMORY_NORMAL_WB, AGENT_PE, 4);
    EXPECT_EQ(1, *bench.memory.host(other, 1)) << "a line without moves is written back at once";
    bench.told.access(ACCESS_READ, other, &byte, 1, MEMORY_NORMAL_WB, AGENT_PE, 5); // fills the first line
    bench.told.access(ACCESS_WRITE, first, &one, 1, MEMORY_NORMAL_NC, AGENT_PARTITION);
    EXPECT_EQ(1U, bench.scripted.script().made);
    bench.told.access(ACCESS_WRITE, second, &one, 1, MEMORY_NORMAL_NC, AGENT_PARTITION); // fills the second
    EXPECT_EQ(2U, bench.scripted.script().made);
    for (const uint64_t pa : {first, second}) {
        bench.told.access(ACCESS_READ, pa, &byte, 1, MEMORY_NORMAL_WB, AGENT_PE, 8);
        EXPECT_EQ(0, byte);
    }
    EXPECT_EQ(CACHE_SCRIPT_NOT_COME, cache_script_end(&bench.scripted.script()));
    bench.scripted.script_finish(9);
    EXPECT_EQ(CACHE_SCRIPT_OK, cache_script_end(&bench.scripted.script()));
    const struct golden_finding *findings = nullptr;
    uint64_t dropped = 0;
    ASSERT_EQ(2U, cache_findings(bench.scripted.core(), &findings, &dropped));
    EXPECT_EQ(first, findings[0].pa);
    EXPECT_EQ(second, findings[1].pa);
}

} // namespace

int sc_main(int, char *[])
{
    return 0;
}
