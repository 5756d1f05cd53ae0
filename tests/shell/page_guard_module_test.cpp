// SPDX-License-Identifier: BSD-3-Clause
//
// The guard between masters and memory: what passes, what is refused and told, and DMI that is cut, denied
// and taken back. One elaboration for all tests.
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tlm_utils/simple_initiator_socket.h>

#include "model/bus/access_extension.hpp"
#include "model/bus/memory_module.hpp"
#include "model/bus/page_guard_module.hpp"

namespace {

const uint64_t RAM = 0x80000000;
const uint64_t LENT = RAM + 0x4000;
const uint16_t BORROWER = 0x8001;

class master : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<master> socket;
    std::vector<std::pair<uint64_t, uint64_t>> taken_back;

    explicit master(sc_core::sc_module_name name) : sc_core::sc_module(name), socket("socket")
    {
        socket.register_invalidate_direct_mem_ptr(this, &master::invalidate);
    }

    static struct access access_for(uint8_t op, uint8_t agent, uint64_t pa, uint16_t endpoint = 0)
    {
        struct access access {};
        access.op = op;
        access.agent = agent;
        access.pa = access.va = pa;
        access.size = 8;
        access.endpoint = endpoint;
        access.granted = 1;
        return access;
    }

    tlm::tlm_response_status make(const struct access &access)
    {
        sc_core::sc_time delay;
        tlm::tlm_generic_payload &payload = transaction.prepare(access, data);
        socket->b_transport(payload, delay);
        dmi_allowed = payload.is_dmi_allowed();
        return payload.get_response_status();
    }

    bool passes(uint8_t op, uint8_t agent, uint64_t pa, uint16_t endpoint = 0)
    {
        return make(access_for(op, agent, pa, endpoint)) == tlm::TLM_OK_RESPONSE;
    }

    bool dmi(uint8_t agent, uint64_t pa, tlm::tlm_dmi &answer)
    {
        tlm::tlm_generic_payload &payload = transaction.prepare(access_for(ACCESS_READ, agent, pa), data);
        return socket->get_direct_mem_ptr(payload, answer);
    }

    access_transaction transaction;
    uint8_t data[8] = {};
    bool dmi_allowed = false;

private:
    void invalidate(sc_dt::uint64 start, sc_dt::uint64 end) { taken_back.push_back({start, end}); }
};

struct bench {
    event_log log{};
    master pe{"pe"};
    master device{"device"};
    page_guard_module guard{"guard", &log};
    memory_module memory{"memory", {{RAM, 0x10000}}};

    bench()
    {
        pe.socket.bind(guard.target_socket);
        device.socket.bind(guard.target_socket);
        guard.initiator_socket.bind(memory.target_socket);
        event_log_init(&log);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
        guard.add(BORROWER);
    }

    void lend() { guard.allow(0, LENT, 0x1000, PAGE_NO_ACCESS); }
    void give_back()
    {
        guard.allow(0, LENT, 0x1000, PAGE_READ_WRITE);
        guard.allow(BORROWER, LENT, 0x1000, PAGE_NO_ACCESS);
    }
};

bench &the_bench()
{
    static bench instance;
    return instance;
}

TEST(page_guard, refuses_what_the_normal_world_has_lent)
{
    bench &b = the_bench();
    EXPECT_TRUE(b.pe.passes(ACCESS_WRITE, AGENT_PE, LENT));
    b.lend();
    for (uint8_t agent : {AGENT_PE, AGENT_FETCH, AGENT_WALKER, AGENT_DEVICE}) {
        EXPECT_FALSE(b.pe.passes(ACCESS_READ, agent, LENT)) << int{agent};
    }
    EXPECT_FALSE(b.pe.passes(ACCESS_WRITE, AGENT_PE, LENT + 0xFF8));
    EXPECT_FALSE(b.pe.passes(ACCESS_DC_ZVA, AGENT_PE, LENT));
    EXPECT_FALSE(b.pe.dmi_allowed);
    EXPECT_TRUE(b.pe.passes(ACCESS_READ, AGENT_PE, LENT - 8));
    EXPECT_TRUE(b.pe.passes(ACCESS_READ, AGENT_PE, LENT + 0x1000));
    EXPECT_TRUE(b.pe.passes(ACCESS_WRITE, AGENT_SPMC, LENT));
    b.give_back();
    EXPECT_TRUE(b.pe.passes(ACCESS_WRITE, AGENT_PE, LENT));
}

TEST(page_guard, holds_a_partition_to_what_it_has_retrieved)
{
    bench &b = the_bench();
    EXPECT_FALSE(b.pe.passes(ACCESS_READ, AGENT_PARTITION, LENT, BORROWER));
    EXPECT_TRUE(b.pe.passes(ACCESS_READ, AGENT_PARTITION, LENT)); // it does not say who it is
    b.guard.allow(BORROWER, LENT, 0x1000, PAGE_READ_ONLY);
    EXPECT_TRUE(b.pe.passes(ACCESS_READ, AGENT_PARTITION, LENT, BORROWER));
    EXPECT_FALSE(b.pe.passes(ACCESS_WRITE, AGENT_PARTITION, LENT, BORROWER));
    b.give_back();
    EXPECT_FALSE(b.pe.passes(ACCESS_READ, AGENT_PARTITION, LENT, BORROWER));
}

TEST(page_guard, lets_maintenance_pass_and_declines_grants)
{
    bench &b = the_bench();
    b.lend();
    // Memory behind the guard knows neither: what counts is that the guard does not refuse.
    EXPECT_NE(b.pe.make(master::access_for(ACCESS_DC_CVAC, AGENT_PE, LENT)), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_TRUE(b.pe.passes(ACCESS_GRANT_WRITE, AGENT_PE, LENT));
    EXPECT_EQ(b.pe.transaction.answer().granted, 0);
    b.give_back();
}

TEST(page_guard, a_master_without_the_extension_is_of_the_normal_world)
{
    bench &b = the_bench();
    b.lend();
    uint8_t data[8] = {};
    tlm::tlm_generic_payload payload;
    sc_core::sc_time delay;
    payload.set_read();
    payload.set_address(LENT);
    payload.set_data_ptr(data);
    payload.set_data_length(8);
    payload.set_streaming_width(8);
    b.device.socket->b_transport(payload, delay);
    EXPECT_EQ(payload.get_response_status(), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    b.give_back();
}

TEST(page_guard, cuts_denies_and_takes_back_dmi)
{
    bench &b = the_bench();
    tlm::tlm_dmi dmi;
    ASSERT_TRUE(b.pe.dmi(AGENT_PE, LENT, dmi));
    EXPECT_EQ(dmi.get_start_address(), RAM);
    uint8_t *const host = dmi.get_dmi_ptr();
    b.pe.taken_back.clear();
    b.device.taken_back.clear();
    b.lend();
    const std::vector<std::pair<uint64_t, uint64_t>> page = {{LENT, LENT + 0xFFF}};
    EXPECT_EQ(b.pe.taken_back, page);
    EXPECT_EQ(b.device.taken_back, page);
    EXPECT_FALSE(b.pe.dmi(AGENT_PE, LENT, dmi));
    ASSERT_TRUE(b.pe.dmi(AGENT_PE, LENT + 0x1000, dmi));
    EXPECT_EQ(dmi.get_start_address(), LENT + 0x1000);
    EXPECT_EQ(dmi.get_end_address(), RAM + 0xFFFF);
    EXPECT_EQ(dmi.get_dmi_ptr(), host + 0x5000);
    ASSERT_TRUE(b.pe.dmi(AGENT_PE, RAM, dmi));
    EXPECT_EQ(dmi.get_end_address(), LENT - 1);
    b.guard.allow(0, LENT, 0x1000, PAGE_READ_ONLY);
    ASSERT_TRUE(b.pe.dmi(AGENT_PE, LENT, dmi));
    EXPECT_FALSE(dmi.is_write_allowed());
    b.give_back();
    EXPECT_TRUE(b.pe.dmi(AGENT_PE, LENT, dmi));
}

TEST(page_guard, tells_the_first_refusal_in_a_page)
{
    bench &b = the_bench();
    const uint64_t page = RAM + 0x8000; // that no other test has been refused
    b.guard.allow(0, page, 0x1000, PAGE_NO_ACCESS);
    event_log_clear(&b.log);
    for (uint64_t offset : {8U, 8U, 64U}) {
        EXPECT_FALSE(b.pe.passes(ACCESS_WRITE, AGENT_PE, page + offset));
    }
    ASSERT_EQ(b.log.count, 1U);
    EXPECT_EQ(b.log.events[0].kind, EVENT_BUS_REFUSED);
    EXPECT_EQ(b.log.events[0].args[0], page + 8);
    EXPECT_EQ(b.log.events[0].args[2], 0U);
    EXPECT_EQ(b.log.events[0].args[3], 1U);
    b.guard.allow(0, page, 0x1000, PAGE_READ_WRITE);
}

} // namespace

// The library's main() would call this; the tests bring their own main().
int sc_main(int, char *[])
{
    return 0;
}
