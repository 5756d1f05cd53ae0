// SPDX-License-Identifier: BSD-3-Clause
//
// The shell of a partition on a bus with plain memory: frames in, accesses out line by line, death. One
// elaboration for the whole executable.
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "model/abi/ffa.h"
#include "model/abi/ffa_memory.h"
#include "model/partition/partition_module.hpp"

namespace {

const uint64_t TX_PA = 0x10000000;
const uint32_t LINE = 64;

class bench : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<bench> message_socket;
    tlm_utils::simple_target_socket<bench> bus_socket;

    explicit bench(sc_core::sc_module_name name)
        : sc_core::sc_module(name), message_socket("message_socket"), bus_socket("bus_socket")
    {
        bus_socket.register_b_transport(this, &bench::bus);
    }

    tlm::tlm_response_status send(struct smc_frame &frame, tlm::tlm_command command = tlm::TLM_WRITE_COMMAND,
                                  uint64_t address = 0, unsigned int length = sizeof(struct smc_frame))
    {
        tlm::tlm_generic_payload payload;
        payload.set_command(command);
        payload.set_address(address);
        payload.set_data_ptr(reinterpret_cast<unsigned char *>(&frame));
        payload.set_data_length(length);
        payload.set_streaming_width(length);
        accesses.clear();
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        message_socket->b_transport(payload, delay);
        return payload.get_response_status();
    }

    std::vector<struct access> accesses;
    uint8_t memory[2 * PARTITION_PAGE_SIZE] = {};
    int refuse_access = -1;

private:
    void bus(tlm::tlm_generic_payload &payload, sc_core::sc_time &)
    {
        access_extension *extension = nullptr;
        payload.get_extension(extension);
        ASSERT_NE(extension, nullptr);
        accesses.push_back(extension->access);
        if (static_cast<int>(accesses.size()) - 1 == refuse_access) {
            payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
            return;
        }
        uint8_t *bytes = memory + (payload.get_address() - TX_PA);
        if (payload.is_read()) {
            memcpy(payload.get_data_ptr(), bytes, payload.get_data_length());
        } else {
            memcpy(bytes, payload.get_data_ptr(), payload.get_data_length());
        }
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
    }
};

struct partition_config config()
{
    struct partition_config result = {};
    result.id = 0x8002;
    result.behaviour = PARTITION_BORROWER;
    result.ffa_version = FFA_VERSION_1_1;
    result.tx_pa = TX_PA;
    result.rx_pa = TX_PA + PARTITION_PAGE_SIZE;
    result.rxtx_pages = 1;
    return result;
}

struct world {
    struct event_log log {};
    bench bench_{"bench"};
    partition_module partition_{"partition", config(), &log, LINE};

    world()
    {
        event_log_init(&log);
        bench_.message_socket.bind(partition_.message_target_socket);
        partition_.bus_initiator_socket.bind(bench_.bus_socket);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }
};

world &the()
{
    static world *instance = new world; // SystemC keeps its modules until the process ends
    return *instance;
}

class partition_module_test : public testing::Test {
protected:
    void SetUp() override { bench_.refuse_access = -1; }

    bench &bench_ = the().bench_;
};

} // namespace

TEST_F(partition_module_test, a_payload_that_is_no_frame_is_refused)
{
    struct smc_frame frame = {{FFA_RUN}};
    EXPECT_EQ(bench_.send(frame, tlm::TLM_READ_COMMAND), tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(bench_.send(frame, tlm::TLM_WRITE_COMMAND, 8), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(bench_.send(frame, tlm::TLM_WRITE_COMMAND, 0, 64), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(frame.x[0], FFA_RUN);
}

TEST_F(partition_module_test, accesses_do_not_cross_lines_and_calls_come_back_as_frames)
{
    struct smc_frame frame = {{FFA_MSG_SEND_DIRECT_REQ_64, 0x8002, 0, PARTITION_COMMAND_RETRIEVE, 0x55}};
    ASSERT_EQ(bench_.send(frame), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(frame.x[0], FFA_MEM_RETRIEVE_REQ_32);
    EXPECT_EQ(frame.x[1], 64U);
    ASSERT_EQ(bench_.accesses.size(), 1U);
    EXPECT_EQ(bench_.accesses[0].size, 64U);
    frame = {{FFA_MEM_RETRIEVE_RESP, 200, 200}};
    ASSERT_EQ(bench_.send(frame), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(frame.x[0], FFA_RX_RELEASE);
    ASSERT_EQ(bench_.accesses.size(), 4U);
    EXPECT_EQ(bench_.accesses[3].size, 8U);
}

TEST_F(partition_module_test, death_is_an_error_response)
{
    struct smc_frame frame = {{FFA_MSG_SEND_DIRECT_REQ_64, 0x8002, 0, PARTITION_COMMAND_PANIC}};
    EXPECT_EQ(bench_.send(frame), tlm::TLM_GENERIC_ERROR_RESPONSE);
}

TEST_F(partition_module_test, an_access_that_the_bus_refuses_is_death)
{
    bench_.refuse_access = 0;
    struct smc_frame frame = {{FFA_MSG_SEND_DIRECT_REQ_64, 0x8002, 0, PARTITION_COMMAND_RETRIEVE, 0x55}};
    EXPECT_EQ(bench_.send(frame), tlm::TLM_GENERIC_ERROR_RESPONSE);
}

int sc_main(int, char **)
{
    return 0;
}
