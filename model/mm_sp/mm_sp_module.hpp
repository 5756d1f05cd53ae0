// SPDX-License-Identifier: BSD-3-Clause
//
// The SystemC shell of the MM partition: messages from the SPMC in, the core's accesses out to the bus, line
// by line, as agent AGENT_PARTITION. It decides nothing (mm_sp.h does).
//
// Preempted, it hands the PE back with FFA_INTERRUPT, and goes on from there at the next transaction, whose
// frame is FFA_RUN, or FFA_INTERRUPT where it is to respond soon.
#ifndef MODEL_MM_SP_MM_SP_MODULE_HPP
#define MODEL_MM_SP_MM_SP_MODULE_HPP

#include <cstdint>
#include <memory>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "model/bus/line_transfer.hpp"
#include "model/bus/smc_frame.h"
#include "model/event/event.h"
#include "model/mm_sp/mm_sp.h"

class mm_sp_module : public sc_core::sc_module {
public:
    // A struct smc_frame at address 0, TLM_WRITE_COMMAND; on return it holds what the partition gave up the
    // PE with.
    tlm_utils::simple_target_socket<mm_sp_module> message_target_socket;
    tlm_utils::simple_initiator_socket<mm_sp_module> bus_initiator_socket;

    mm_sp_module(sc_core::sc_module_name name, const struct mm_sp_config &config, struct event_log *log,
                 uint32_t line_size = 64);
    ~mm_sp_module() override;

    // Tells the partition what to do with the next direct request.
    void arm_fault(enum mm_sp_fault kind, int64_t value);

    // The next direct request is preempted at the first `count` points that it comes to.
    void arm_interrupts(uint32_t count);

    // Cuts the power and gives it back; false: the variable store cannot be opened any more.
    bool power_cycle();

private:
    bool run(struct smc_frame &frame, sc_core::sc_time &delay);
    void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    bool provide(const struct mm_sp_step &step, sc_core::sc_time &delay);

    std::unique_ptr<struct mm_sp> mm_sp_;
    line_transfer lines_;
};

#endif
