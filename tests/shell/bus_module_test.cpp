// SPDX-License-Identifier: BSD-3-Clause
//
// Router and memory as TLM-2.0 says: addresses, responses, DMI and its limits. One elaboration for all tests.
#include <gtest/gtest.h>

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "model/bus/memory_module.hpp"
#include "model/bus/router_module.hpp"

namespace {

class device : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<device> target_socket;
    uint64_t last_address = 0;

    explicit device(sc_core::sc_module_name name) : sc_core::sc_module(name), target_socket("target_socket")
    {
        target_socket.register_b_transport(this, &device::b_transport);
    }

private:
    void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &)
    {
        last_address = payload.get_address();
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
    }
};

class initiator : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<initiator> socket;
    uint64_t invalidated_start = 0, invalidated_end = 0;

    explicit initiator(sc_core::sc_module_name name) : sc_core::sc_module(name), socket("socket")
    {
        socket.register_invalidate_direct_mem_ptr(this, &initiator::invalidate);
    }

    tlm::tlm_response_status access(tlm::tlm_command command, uint64_t address, uint8_t *data, unsigned size)
    {
        payload.set_command(command);
        payload.set_address(address);
        payload.set_data_ptr(data);
        payload.set_data_length(size);
        payload.set_streaming_width(size);
        payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
        payload.set_dmi_allowed(false);
        sc_core::sc_time delay;
        socket->b_transport(payload, delay);
        return payload.get_response_status();
    }

    tlm::tlm_generic_payload payload;

private:
    void invalidate(sc_dt::uint64 start, sc_dt::uint64 end)
    {
        invalidated_start = start;
        invalidated_end = end;
    }
};

struct bench {
    event_log log{};
    initiator cpu{"cpu"};
    router_module router{"router", &log};
    memory_module memory{"memory", {{0x80000000, 0x10000}, {0x90000000, 0x2000}}};
    device uart{"uart"};

    bench()
    {
        cpu.socket.bind(router.target_socket);
        router.map(0x80000000, 0x10000, false);
        router.initiator_socket.bind(memory.target_socket);
        router.map(0x90000000, 0x1000, false); // less than the region behind it
        router.initiator_socket.bind(memory.target_socket);
        router.map(0x1000, 0x1000, true);
        router.initiator_socket.bind(uart.target_socket);
        router.map_empty(0x4010000000, 0x10000);
        event_log_init(&log);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }
};

bench &the_bench()
{
    static bench instance;
    return instance;
}

TEST(bus, memory_keeps_what_is_written)
{
    initiator &cpu = the_bench().cpu;
    uint8_t out[4] = {1, 2, 3, 4}, in[4] = {};
    EXPECT_EQ(tlm::TLM_OK_RESPONSE, cpu.access(tlm::TLM_WRITE_COMMAND, 0x8000FFFC, out, 4));
    EXPECT_TRUE(cpu.payload.is_dmi_allowed());
    EXPECT_EQ(tlm::TLM_OK_RESPONSE, cpu.access(tlm::TLM_READ_COMMAND, 0x8000FFFC, in, 4));
    EXPECT_EQ(0, memcmp(in, out, 4));
    EXPECT_EQ(0x8000FFFCU, cpu.payload.get_address());
}

TEST(bus, an_address_that_nobody_claims_is_a_decode_error)
{
    initiator &cpu = the_bench().cpu;
    uint8_t data[8] = {};
    EXPECT_EQ(tlm::TLM_ADDRESS_ERROR_RESPONSE, cpu.access(tlm::TLM_READ_COMMAND, 0x70000000, data, 4));
    EXPECT_EQ(tlm::TLM_ADDRESS_ERROR_RESPONSE, cpu.access(tlm::TLM_READ_COMMAND, 0x8000FFFC, data, 8));
    EXPECT_EQ(tlm::TLM_ADDRESS_ERROR_RESPONSE, cpu.access(tlm::TLM_READ_COMMAND, UINT64_MAX - 3, data, 8));
}

TEST(bus, the_first_abort_in_a_page_is_an_event)
{
    initiator &cpu = the_bench().cpu;
    struct event_log &log = the_bench().log;
    uint8_t data[8] = {};
    event_log_clear(&log);
    for (const uint64_t pa : {0x71000010U, 0x71000010U, 0x71000FFCU, 0x71001000U, 0x71000010U}) {
        EXPECT_EQ(tlm::TLM_ADDRESS_ERROR_RESPONSE, cpu.access(tlm::TLM_READ_COMMAND, pa, data, 4));
    }
    ASSERT_EQ(2U, log.count);
    EXPECT_EQ(EVENT_BUS_ABORT, log.events[0].kind);
    EXPECT_EQ(0x71000010U, log.events[0].args[0]);
    EXPECT_EQ(4U, log.events[0].args[1]);
    EXPECT_EQ(0x71001000U, log.events[1].args[0]);
}

TEST(bus, an_empty_bus_reads_as_ones_and_loses_writes)
{
    initiator &cpu = the_bench().cpu;
    struct event_log &log = the_bench().log;
    uint8_t data[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    event_log_clear(&log);
    EXPECT_EQ(tlm::TLM_OK_RESPONSE, cpu.access(tlm::TLM_WRITE_COMMAND, 0x4010000000, data, 8));
    EXPECT_EQ(tlm::TLM_OK_RESPONSE, cpu.access(tlm::TLM_READ_COMMAND, 0x4010000000, data, 4));
    EXPECT_FALSE(cpu.payload.is_dmi_allowed());
    const uint8_t half[8] = {0xFF, 0xFF, 0xFF, 0xFF, 5, 6, 7, 8};
    EXPECT_EQ(0, memcmp(data, half, 8));
    EXPECT_EQ(0U, log.count);
    EXPECT_EQ(tlm::TLM_ADDRESS_ERROR_RESPONSE, cpu.access(tlm::TLM_READ_COMMAND, 0x401000FFFC, data, 8));
    EXPECT_EQ(1U, log.count);
}

TEST(bus, a_device_sees_addresses_from_its_base)
{
    uint8_t data[4] = {};
    EXPECT_EQ(tlm::TLM_OK_RESPONSE, the_bench().cpu.access(tlm::TLM_READ_COMMAND, 0x1018, data, 4));
    EXPECT_EQ(0x18U, the_bench().uart.last_address);
}

TEST(bus, byte_enables_are_refused_not_ignored)
{
    initiator &cpu = the_bench().cpu;
    uint8_t data[4] = {}, enables[4] = {0xFF, 0, 0xFF, 0};
    cpu.payload.set_byte_enable_ptr(enables);
    cpu.payload.set_byte_enable_length(4);
    EXPECT_EQ(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE, cpu.access(tlm::TLM_WRITE_COMMAND, 0x80000000, data, 4));
    cpu.payload.set_byte_enable_ptr(nullptr);
}

TEST(bus, dmi_covers_a_region_and_no_more_than_is_routed)
{
    initiator &cpu = the_bench().cpu;
    tlm::tlm_dmi dmi;
    cpu.payload.set_address(0x80000800);
    ASSERT_TRUE(cpu.socket->get_direct_mem_ptr(cpu.payload, dmi));
    EXPECT_TRUE(dmi.is_read_write_allowed());
    EXPECT_EQ(0x80000000U, dmi.get_start_address());
    EXPECT_EQ(0x8000FFFFU, dmi.get_end_address());
    dmi.init();
    cpu.payload.set_address(0x90000010);
    ASSERT_TRUE(cpu.socket->get_direct_mem_ptr(cpu.payload, dmi));
    EXPECT_EQ(0x90000FFFU, dmi.get_end_address());
    EXPECT_EQ(the_bench().memory.host(0x90000000, 1), dmi.get_dmi_ptr());
    cpu.payload.set_address(0x70000000);
    EXPECT_FALSE(cpu.socket->get_direct_mem_ptr(cpu.payload, dmi));
}

TEST(bus, invalidation_of_dmi_goes_back_with_absolute_addresses)
{
    the_bench().memory.target_socket[0]->invalidate_direct_mem_ptr(0x80001000, 0x80001FFF);
    EXPECT_EQ(0x80001000U, the_bench().cpu.invalidated_start);
    EXPECT_EQ(0x80001FFFU, the_bench().cpu.invalidated_end);
    the_bench().uart.target_socket->invalidate_direct_mem_ptr(0x10, 0x1F);
    EXPECT_EQ(0x1010U, the_bench().cpu.invalidated_start);
}

// Last: pages that have been told of are counted.
TEST(bus, aborts_in_very_many_pages_do_not_fill_the_log)
{
    initiator &cpu = the_bench().cpu;
    struct event_log &log = the_bench().log;
    uint8_t data[8] = {};
    event_log_clear(&log);
    for (uint64_t pa = 0x20000000; pa < 0x30000000; pa += 0x4000) {
        EXPECT_EQ(tlm::TLM_ADDRESS_ERROR_RESPONSE, cpu.access(tlm::TLM_WRITE_COMMAND, pa, data, 4));
    }
    EXPECT_LE(log.count, 1024U);
    EXPECT_GT(log.count, 1000U);
    event_log_clear(&log);
}

} // namespace

// The library's main() would call this; the tests bring their own main().
int sc_main(int, char *[])
{
    return 0;
}
