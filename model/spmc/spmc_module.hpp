// SPDX-License-Identifier: BSD-3-Clause
//
// The SystemC shell of the SPMC: carries SMC frames to the core (spmc.h), its reads and writes to the bus,
// its messages to the partitions, and to ports who owns memory and PSCI's end of the machine. It decides
// nothing.
//
// The bus sees the SPMC access memory as Normal write-back, inner shareable, as Hafnium maps RX/TX buffers
// (DEN0077, "RX/TX buffers").
#ifndef MODEL_SPMC_SPMC_MODULE_HPP
#define MODEL_SPMC_SPMC_MODULE_HPP

#include <cstdint>
#include <memory>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "model/bus/access_extension.hpp"
#include "model/bus/smc_frame.h"
#include "model/event/event.h"
#include "model/spmc/spmc.h"

// What is shared with one partition changes hands.
struct spmc_hand_over {
    uint32_t function_id; // of the normal world's call
    uint32_t partition;   // index in the configuration
    bool to_secure;
};

// Memory changes hands: from now on `endpoint` (0: the normal world) has `access` to the range.
struct spmc_ownership {
    uint64_t pa;
    uint64_t size;
    uint8_t space;     // enum pa_space
    uint8_t access;    // enum spmc_memory_right
    uint16_t endpoint; // whose access changes
    uint16_t owner;
};

class spmc_module : public sc_core::sc_module {
public:
    // A struct smc_frame at address 0, TLM_WRITE_COMMAND. On return it holds the results; registers that the
    // call does not write keep their values.
    tlm_utils::simple_target_socket<spmc_module> smc_target_socket;
    // Both may stay unbound on a platform without FF-A.
    tlm_utils::simple_initiator_socket_optional<spmc_module> bus_initiator_socket;
    // Frames, to the partitions in the order of the configuration.
    sc_core::sc_vector<tlm_utils::simple_initiator_socket_optional<spmc_module>> partition_initiator_sockets;
    tlm::tlm_analysis_port<uint32_t> power_port; // PSCI_SYSTEM_OFF or PSCI_SYSTEM_RESET

    // In time: the bus enforces it from the next access on.
    tlm::tlm_analysis_port<struct spmc_ownership> ownership_port;

    // The interrupt's ID, when the schedule receiver interrupt is raised during a call.
    tlm::tlm_analysis_port<uint32_t> schedule_receiver_port;

    // The log is half full in the middle of a call, which can touch any number of pages: read and empty it.
    tlm::tlm_analysis_port<struct event_log *> log_port;

    // Before the partition makes its first access, and before the call returns that brings its answer.
    tlm::tlm_analysis_port<struct spmc_hand_over> hand_over_port;

    spmc_module(sc_core::sc_module_name name, const struct spmc_config &config, struct event_log *log,
                uint32_t line_size = 64);

    // The next accepted direct request returns FFA_INTERRUPT `count` times before its response.
    void arm_interrupts(uint32_t count) { spmc_arm_interrupts(spmc_.get(), count); }

    // The same for the next direct request that the partition `endpoint_id` gets, whoever sends it.
    void arm_interrupts_for(uint16_t endpoint_id, uint32_t count)
    {
        spmc_arm_interrupts_for(spmc_.get(), endpoint_id, count);
    }

private:
    void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    void serve(struct smc_frame &frame, sc_core::sc_time &delay);
    void run_partition(const struct spmc_step &step, sc_core::sc_time &delay);
    void log_relieve();
    void hands_tell(uint32_t function_id);
    bool access_memory(const struct spmc_step &step, sc_core::sc_time &delay);

    std::unique_ptr<struct spmc> spmc_;
    struct event_log *log_;
    uint32_t line_size_;
    uint32_t sri_interrupt_id_;
    uint32_t partition_count_;
    bool in_secure_hands_[SPMC_PARTITIONS_MAX] = {};
    access_transaction bus_transaction_;
    tlm::tlm_generic_payload partition_payload_;
};

#endif
