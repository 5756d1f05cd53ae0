// SPDX-License-Identifier: BSD-3-Clause
//
// The MM partition's shell behind the SPMC's, on a bus with plain memory: frames in, accesses out line by
// line. One elaboration for the whole executable.
#include <algorithm>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "model/abi/ffa.h"
#include "model/abi/mm.h"
#include "model/mm_sp/mm_sp_module.hpp"

namespace {

const uint64_t BUFFER_PA = 0x81FFF000;
const uint32_t BUFFER_SIZE = 4096;
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

    void lay(uint64_t function, uint64_t payload_size)
    {
        const uint8_t guid[] = MM_VARIABLE_GUID_BYTES;
        const uint64_t length = MM_VARIABLE_HEADER_SIZE + payload_size;
        memset(memory, 0, sizeof(memory));
        memcpy(memory, guid, sizeof(guid));
        memcpy(memory + 16, &length, 8);
        memcpy(memory + 24, &function, 8);
    }

    std::vector<struct access> accesses;
    uint8_t memory[BUFFER_SIZE] = {};
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
        if (payload.is_read()) {
            memcpy(payload.get_data_ptr(), memory + (payload.get_address() - BUFFER_PA),
                   payload.get_data_length());
        } else if (payload.is_write()) {
            memcpy(memory + (payload.get_address() - BUFFER_PA), payload.get_data_ptr(),
                   payload.get_data_length());
        }
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
    }
};

struct mm_sp_config config()
{
    struct mm_sp_config result;
    mm_sp_config_init(&result, BUFFER_PA, BUFFER_SIZE);
    result.own_maintenance = true;
    result.memory_type = MEMORY_NORMAL_WB;
    result.piece_size = 128;
    result.preemptible = MM_SP_WHILE_READING | MM_SP_AFTER_REPLYING;
    return result;
}

struct world {
    struct event_log log {};
    bench bench_{"bench"};
    mm_sp_module mm_sp_{"mm_sp", config(), &log, LINE};

    world()
    {
        event_log_init(&log);
        bench_.message_socket.bind(mm_sp_.message_target_socket);
        mm_sp_.bus_initiator_socket.bind(bench_.bus_socket);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }
};

world &the()
{
    static world *instance = new world; // SystemC keeps its modules until the process ends
    return *instance;
}

class mm_sp_module_test : public testing::Test {
protected:
    void SetUp() override
    {
        event_log_clear(&the().log);
        bench_.refuse_access = -1;
    }

    struct smc_frame doorbell(uint64_t offset = 0)
    {
        struct smc_frame frame = {{FFA_MSG_SEND_DIRECT_REQ_64, 0x8002, 0, offset}};
        EXPECT_EQ(bench_.send(frame), tlm::TLM_OK_RESPONSE);
        return frame;
    }

    bench &bench_ = the().bench_;
};

} // namespace

TEST_F(mm_sp_module_test, a_payload_that_is_no_frame_is_refused)
{
    struct smc_frame frame = {{FFA_RUN}};
    EXPECT_EQ(bench_.send(frame, tlm::TLM_READ_COMMAND), tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(bench_.send(frame, tlm::TLM_WRITE_COMMAND, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(bench_.send(frame, tlm::TLM_WRITE_COMMAND, 0, 64), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(frame.x[0], FFA_RUN);
}

TEST_F(mm_sp_module_test, a_message_is_served)
{
    bench_.lay(MM_FUNCTION_GET_PAYLOAD_SIZE, 8);
    const struct smc_frame out = doorbell();
    EXPECT_EQ(out.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    EXPECT_EQ(out.x[1], 0x80020000U);
    EXPECT_EQ(out.x[3], 0U);
    uint64_t size;
    memcpy(&size, bench_.memory + MM_PAYLOAD_OFFSET, 8);
    EXPECT_EQ(size, 4020U);
}

TEST_F(mm_sp_module_test, accesses_never_cross_a_line_and_cover_the_message_once)
{
    bench_.lay(MM_FUNCTION_GET_VARIABLE, 300);
    doorbell();
    uint64_t read = 0;
    for (const struct access &access : bench_.accesses) {
        if (access.op == ACCESS_DSB) {
            EXPECT_EQ(access.size, 0U);
            continue;
        }
        ASSERT_GT(access.size, 0U);
        ASSERT_EQ(access.pa / LINE, (access.pa + access.size - 1) / LINE);
        ASSERT_EQ(access.va, access.pa);
        ASSERT_EQ(access.agent, AGENT_PARTITION);
        if (access.op == ACCESS_READ) {
            ASSERT_EQ(access.pa, BUFFER_PA + read) << "in order, without a gap";
            read += access.size;
        }
    }
    EXPECT_EQ(read, 24U + 16 + 300);
}

TEST_F(mm_sp_module_test, maintenance_names_each_line_once)
{
    bench_.lay(MM_FUNCTION_GET_VARIABLE, 100); // bytes 24..140 of the buffer: lines 0, 1 and 2
    doorbell();
    std::vector<uint64_t> lines;
    for (const struct access &access : bench_.accesses) {
        if (access.op == ACCESS_DC_IVAC) {
            lines.push_back((access.pa - BUFFER_PA) / LINE);
        }
    }
    EXPECT_EQ(lines, (std::vector<uint64_t>{0, 0, 1, 2})) << "the header, then the message";
}

TEST_F(mm_sp_module_test, an_access_that_the_bus_refuses_is_no_memory)
{
    bench_.lay(MM_FUNCTION_GET_VARIABLE, 300);
    doorbell();
    const int count = static_cast<int>(bench_.accesses.size());
    for (int refused = 0; refused < count; refused++) {
        bench_.lay(MM_FUNCTION_GET_VARIABLE, 300);
        bench_.refuse_access = refused;
        EXPECT_EQ(static_cast<int64_t>(doorbell().x[3]), MM_STATUS_NO_MEMORY);
        EXPECT_EQ(bench_.accesses.size(), static_cast<size_t>(refused) + 1);
    }
}

TEST_F(mm_sp_module_test, an_interrupt_takes_the_pe_at_the_next_point_and_cycles_bring_it_back)
{
    bench_.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, 300); // header, then pieces of 128, 128 and 60
    struct smc_frame frame = {{FFA_MSG_SEND_DIRECT_REQ_64, 0x8002}};
    the().mm_sp_.arm_interrupts(2);
    EXPECT_EQ(bench_.send(frame), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(frame.x[0], FFA_INTERRUPT);
    const auto reads = [this] {
        return std::count_if(bench_.accesses.begin(), bench_.accesses.end(),
                             [](const struct access &access) { return access.op == ACCESS_READ; });
    };
    EXPECT_EQ(reads(), 1) << "the header";
    frame = {{FFA_RUN, 0x80020000}};
    EXPECT_EQ(bench_.send(frame), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(frame.x[0], FFA_INTERRUPT);
    EXPECT_EQ(reads(), 3) << "bytes 24 to 152 of the buffer are in three lines";
    frame = {{FFA_RUN, 0x80020000}};
    EXPECT_EQ(bench_.send(frame), tlm::TLM_OK_RESPONSE) << "no interrupt is left: it goes on to the end";
    EXPECT_EQ(frame.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    EXPECT_EQ(frame.x[1], 0x80020000U);
    EXPECT_EQ(frame.x[3], 0U);
}

TEST_F(mm_sp_module_test, a_preempted_partition_takes_nothing_but_cycles)
{
    bench_.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, 0);
    struct smc_frame frame = {{FFA_MSG_SEND_DIRECT_REQ_64, 0x8002}};
    the().mm_sp_.arm_interrupts(1);
    bench_.send(frame);
    ASSERT_EQ(frame.x[0], FFA_INTERRUPT);
    frame = {{FFA_MSG_SEND_DIRECT_REQ_64, 0x8002}};
    EXPECT_EQ(bench_.send(frame), tlm::TLM_GENERIC_ERROR_RESPONSE);
    EXPECT_TRUE(the().mm_sp_.power_cycle());
    frame = {{FFA_RUN, 0x80020000}};
    EXPECT_EQ(bench_.send(frame), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(frame.x[0], FFA_MSG_WAIT) << "it is idle again";
}

TEST_F(mm_sp_module_test, faults_reach_the_core)
{
    the().mm_sp_.arm_fault(MM_SP_FAULT_MM_STATUS, -3);
    EXPECT_EQ(static_cast<int64_t>(doorbell().x[3]), -3);
    EXPECT_TRUE(bench_.accesses.empty());
}

int sc_main(int, char **)
{
    return 0;
}
