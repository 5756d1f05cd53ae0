// SPDX-License-Identifier: BSD-3-Clause
//
// The SPMC's shell between a caller, a partition, a bus and a listener to the power port. One elaboration for
// the whole executable: the tests share one set of modules.
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "model/abi/ffa.h"
#include "model/abi/mm.h"
#include "model/abi/smccc.h"
#include "model/spmc/spmc_module.hpp"

namespace {

const uint64_t TX_PA = 0x80010000;
const uint64_t RX_PA = 0x80020000;

class bench : public sc_core::sc_module,
              public tlm::tlm_analysis_if<uint32_t>,
              public tlm::tlm_analysis_if<struct spmc_hand_over>,
              public tlm::tlm_analysis_if<struct event_log *> {
public:
    tlm_utils::simple_initiator_socket<bench> caller_socket;
    tlm_utils::simple_initiator_socket<bench> bare_socket;
    tlm_utils::simple_target_socket<bench> partition_socket;
    tlm_utils::simple_target_socket<bench> bus_socket;

    explicit bench(sc_core::sc_module_name name)
        : sc_core::sc_module(name), caller_socket("caller_socket"), bare_socket("bare_socket"),
          partition_socket("partition_socket"), bus_socket("bus_socket")
    {
        partition_socket.register_b_transport(this, &bench::partition);
        bus_socket.register_b_transport(this, &bench::bus);
    }

    void write(const uint32_t &function_id) override { powered.push_back(function_id); }
    void write(const struct spmc_hand_over &edge) override { edges.push_back(edge); }
    void write(struct event_log *const &log) override
    {
        logs_read++;
        event_log_clear(log);
    }

    tlm::tlm_response_status call(struct smc_frame &frame, tlm::tlm_command command = tlm::TLM_WRITE_COMMAND,
                                  uint64_t address = 0, unsigned int length = sizeof(struct smc_frame))
    {
        tlm::tlm_generic_payload payload;
        payload.set_command(command);
        payload.set_address(address);
        payload.set_data_ptr(reinterpret_cast<unsigned char *>(&frame));
        payload.set_data_length(length);
        payload.set_streaming_width(length);
        accesses.clear();
        messages.clear();
        powered.clear();
        edges.clear();
        delay = sc_core::SC_ZERO_TIME;
        caller_socket->b_transport(payload, delay);
        return payload.get_response_status();
    }

    std::vector<struct access> accesses;
    std::vector<struct smc_frame> messages;
    std::vector<uint32_t> powered;
    std::vector<struct spmc_hand_over> edges;
    uint32_t logs_read = 0;
    uint8_t rx[4096];
    tlm::tlm_response_status bus_answer = tlm::TLM_OK_RESPONSE;
    tlm::tlm_response_status partition_answer = tlm::TLM_OK_RESPONSE;
    sc_core::sc_time delay;

private:
    void partition(tlm::tlm_generic_payload &payload, sc_core::sc_time &)
    {
        struct smc_frame frame;
        ASSERT_EQ(payload.get_data_length(), sizeof(frame));
        ASSERT_TRUE(payload.is_write());
        memcpy(&frame, payload.get_data_ptr(), sizeof(frame));
        messages.push_back(frame);
        frame = {{FFA_MSG_SEND_DIRECT_RESP_64, 0x80020000, 0, ~frame.x[3]}};
        memcpy(payload.get_data_ptr(), &frame, sizeof(frame));
        payload.set_response_status(partition_answer);
    }

    void bus(tlm::tlm_generic_payload &payload, sc_core::sc_time &)
    {
        access_extension *extension = nullptr;
        payload.get_extension(extension);
        ASSERT_NE(extension, nullptr);
        accesses.push_back(extension->access);
        memcpy(rx + (payload.get_address() - RX_PA), payload.get_data_ptr(), payload.get_data_length());
        payload.set_response_status(bus_answer);
    }
};

struct spmc_config config()
{
    struct spmc_config result;
    spmc_config_init(&result);
    result.ns_range_count = 1;
    result.ns_ranges[0] = {0x80000000, 0x100000};
    spmc_config_add_mm_partition(&result, 0x8002);
    return result;
}

struct world {
    struct event_log log {};
    bench bench_{"bench"};
    spmc_module spmc_{"spmc", config(), &log, 64};
    spmc_module bare_{"bare", config(), &log, 64}; // PSCI alone: its optional sockets stay unbound

    world()
    {
        event_log_init(&log);
        bench_.caller_socket.bind(spmc_.smc_target_socket);
        spmc_.partition_initiator_sockets[0].bind(bench_.partition_socket);
        spmc_.bus_initiator_socket.bind(bench_.bus_socket);
        spmc_.power_port.bind(bench_);
        spmc_.hand_over_port.bind(bench_);
        spmc_.log_port.bind(bench_);
        bench_.bare_socket.bind(bare_.smc_target_socket);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }
};

world &the()
{
    static world *instance = new world; // SystemC keeps its modules until the process ends
    return *instance;
}

class spmc_module_test : public testing::Test {
protected:
    void SetUp() override
    {
        event_log_clear(&the().log);
        bench_.bus_answer = tlm::TLM_OK_RESPONSE;
        bench_.partition_answer = tlm::TLM_OK_RESPONSE;
    }

    bench &bench_ = the().bench_;
};

} // namespace

TEST_F(spmc_module_test, registers_that_are_not_written_keep_their_values)
{
    struct smc_frame frame = {{PSCI_VERSION, 0x11, 0x22}};
    frame.x[17] = 0x1717;
    EXPECT_EQ(bench_.call(frame), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(frame.x[0], PSCI_VERSION_1_1);
    EXPECT_EQ(frame.x[1], 0x11U);
    frame = {{FFA_ID_GET, 1, 2, 3, 4, 5, 6, 7, 8}};
    bench_.call(frame);
    EXPECT_EQ(frame.x[0], FFA_SUCCESS_32);
    EXPECT_EQ(frame.x[7], 0U);
    EXPECT_EQ(frame.x[8], 8U);
    EXPECT_GT(bench_.delay, sc_core::SC_ZERO_TIME);
}

TEST_F(spmc_module_test, a_payload_that_is_no_frame_is_refused)
{
    struct smc_frame frame = {{PSCI_VERSION}};
    EXPECT_EQ(bench_.call(frame, tlm::TLM_READ_COMMAND), tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(bench_.call(frame, tlm::TLM_WRITE_COMMAND, 8), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(bench_.call(frame, tlm::TLM_WRITE_COMMAND, 0, 64), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(frame.x[0], PSCI_VERSION) << "nothing ran";
}

TEST_F(spmc_module_test, power_calls_reach_the_port_and_leave_the_frame)
{
    struct smc_frame frame = {{PSCI_SYSTEM_OFF, 5}};
    EXPECT_EQ(bench_.call(frame), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(bench_.powered, (std::vector<uint32_t>{PSCI_SYSTEM_OFF}));
    EXPECT_EQ(frame.x[0], PSCI_SYSTEM_OFF);
    EXPECT_EQ(frame.x[1], 5U);
}

TEST_F(spmc_module_test, partition_information_goes_to_rx_line_by_line_as_the_spmc)
{
    the().log.pc = 0xABC;
    the().log.position = 42;
    struct smc_frame frame = {{FFA_RXTX_MAP_64, TX_PA, RX_PA, 1}};
    bench_.call(frame);
    ASSERT_EQ(frame.x[0], FFA_SUCCESS_32);
    frame = {{FFA_PARTITION_INFO_GET}};
    bench_.call(frame);
    ASSERT_EQ(frame.x[0], FFA_SUCCESS_32);
    ASSERT_EQ(bench_.accesses.size(), 4096U / 64);
    for (size_t i = 0; i < bench_.accesses.size(); i++) {
        const struct access &access = bench_.accesses[i];
        ASSERT_EQ(access.pa, RX_PA + i * 64);
        ASSERT_EQ(access.va, access.pa);
        ASSERT_EQ(access.size, 64U);
        ASSERT_EQ(access.op, ACCESS_WRITE);
        ASSERT_EQ(access.agent, AGENT_SPMC);
        ASSERT_EQ(access.space, PA_SPACE_NON_SECURE);
        ASSERT_EQ(access.type, MEMORY_NORMAL_WB);
        ASSERT_EQ(access.shareability, SHAREABILITY_INNER);
        ASSERT_EQ(access.pc, 0xABCU);
        ASSERT_EQ(access.position, 42U);
    }
    uint16_t id;
    memcpy(&id, bench_.rx, 2);
    EXPECT_EQ(id, 0x8002);
    frame = {{FFA_RX_RELEASE}};
    bench_.call(frame);
    bench_.bus_answer = tlm::TLM_ADDRESS_ERROR_RESPONSE;
    frame = {{FFA_PARTITION_INFO_GET}};
    bench_.call(frame);
    EXPECT_EQ(frame.x[0], FFA_ERROR);
    EXPECT_EQ(static_cast<int32_t>(frame.x[2]), FFA_ABORTED);
    EXPECT_EQ(bench_.accesses.size(), 1U) << "nothing follows a refused write";
}

TEST_F(spmc_module_test, direct_requests_reach_the_partition_after_the_armed_interrupts)
{
    the().spmc_.arm_interrupts(1);
    struct smc_frame frame = {{FFA_MSG_SEND_DIRECT_REQ_64, 0x8002, 0, 0x77}};
    bench_.call(frame);
    EXPECT_EQ(frame.x[0], FFA_INTERRUPT);
    EXPECT_TRUE(bench_.messages.empty());
    frame = {{FFA_RUN, 0x80020000}};
    bench_.call(frame);
    EXPECT_EQ(frame.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    EXPECT_EQ(frame.x[3], ~0x77ULL);
    ASSERT_EQ(bench_.messages.size(), 1U);
    EXPECT_EQ(bench_.messages[0].x[3], 0x77U);
}

TEST_F(spmc_module_test, what_is_shared_with_a_partition_is_in_its_hands_until_it_answers)
{
    the().spmc_.arm_interrupts(1);
    struct smc_frame frame = {{FFA_MSG_SEND_DIRECT_REQ_64, 0x8002}};
    bench_.call(frame);
    ASSERT_EQ(bench_.edges.size(), 1U) << "preempted, it keeps it";
    EXPECT_TRUE(bench_.edges[0].to_secure);
    EXPECT_EQ(bench_.edges[0].partition, 0U);
    EXPECT_EQ(bench_.edges[0].function_id, FFA_MSG_SEND_DIRECT_REQ_64);
    frame = {{FFA_RUN, 0x80020000}};
    bench_.call(frame);
    ASSERT_EQ(bench_.edges.size(), 1U);
    EXPECT_FALSE(bench_.edges[0].to_secure);
    EXPECT_EQ(bench_.edges[0].function_id, FFA_RUN);
}

TEST_F(spmc_module_test, a_log_that_fills_up_during_a_call_is_given_to_its_reader)
{
    for (uint32_t i = 0; i <= EVENT_LOG_CAPACITY / 2; i++) {
        event_log_append(&the().log, EVENT_CONSOLE_BYTE, AGENT_DEVICE, 0, 0, 0, 0, 0);
    }
    struct smc_frame frame = {{FFA_ID_GET}};
    bench_.call(frame);
    EXPECT_EQ(bench_.logs_read, 1U);
    EXPECT_EQ(the().log.count, 0U);
    bench_.call(frame);
    EXPECT_EQ(bench_.logs_read, 1U);
}

// The last test in this file: the partition does not come back.
TEST_F(spmc_module_test, z_a_partition_that_cannot_be_reached_is_aborted)
{
    bench_.partition_answer = tlm::TLM_GENERIC_ERROR_RESPONSE;
    struct smc_frame frame = {{FFA_MSG_SEND_DIRECT_REQ_64, 0x8002}};
    bench_.call(frame);
    EXPECT_EQ(frame.x[0], FFA_ERROR);
    EXPECT_EQ(static_cast<int32_t>(frame.x[2]), FFA_ABORTED);
}

int sc_main(int, char **)
{
    return 0;
}
