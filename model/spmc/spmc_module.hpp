// SPDX-License-Identifier: BSD-3-Clause
//
// The SystemC shell of the SPMC: carries SMC frames to the core (spmc.h), its RX writes to the bus, its
// messages to the partition, and PSCI's end of the machine to a port. It decides nothing.
//
// The bus sees the SPMC write through Normal write-back, inner shareable memory of the non-secure PA space,
// as Hafnium maps RX buffers (DEN0077, "RX/TX buffers").
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

// What is shared with a partition changes hands.
struct spmc_hand_over {
    uint32_t function_id; // of the call
    bool to_secure;
};

class spmc_module : public sc_core::sc_module {
public:
    // A struct smc_frame at address 0, TLM_WRITE_COMMAND. On return it holds the results; registers that the
    // call does not write keep their values.
    tlm_utils::simple_target_socket<spmc_module> smc_target_socket;
    // Both may stay unbound on a platform without FF-A.
    tlm_utils::simple_initiator_socket_optional<spmc_module> bus_initiator_socket;
    tlm_utils::simple_initiator_socket_optional<spmc_module>
        partition_initiator_socket;              // frames, to the one partition
    tlm::tlm_analysis_port<uint32_t> power_port; // PSCI_SYSTEM_OFF or PSCI_SYSTEM_RESET

    // Before the partition makes its first access, and before the call returns that brings its answer.
    tlm::tlm_analysis_port<struct spmc_hand_over> hand_over_port;

    spmc_module(sc_core::sc_module_name name, const struct spmc_config &config, struct event_log *log,
                uint32_t line_size = 64);

    // The next accepted direct request returns FFA_INTERRUPT `count` times before its response.
    void arm_interrupts(uint32_t count);

private:
    void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    void serve(struct smc_frame &frame, sc_core::sc_time &delay);
    void run_partition(const struct spmc_step &step, sc_core::sc_time &delay);
    void hands_tell(uint32_t function_id);
    bool write_rx(const struct spmc_step &step, sc_core::sc_time &delay);

    std::unique_ptr<struct spmc> spmc_;
    struct event_log *log_;
    uint32_t line_size_;
    bool in_secure_hands_ = false;
    access_transaction bus_transaction_;
    tlm::tlm_generic_payload partition_payload_;
};

#endif
