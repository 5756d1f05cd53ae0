// SPDX-License-Identifier: BSD-3-Clause
//
// The SystemC shell of a partition whose behaviour is data: frames in from the SPMC, accesses out to the bus,
// line by line. A partition that has died answers with an error response, now and for ever. It decides
// nothing.
#ifndef MODEL_PARTITION_PARTITION_MODULE_HPP
#define MODEL_PARTITION_PARTITION_MODULE_HPP

#include <memory>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "model/bus/line_transfer.hpp"
#include "model/partition/partition.h"

class partition_module : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<partition_module> message_target_socket; // frames (smc_frame.h)
    tlm_utils::simple_initiator_socket<partition_module> bus_initiator_socket;

    partition_module(sc_core::sc_module_name name, const struct partition_config &config,
                     struct event_log *log, uint32_t line_size);

private:
    void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);

    std::unique_ptr<struct partition> partition_;
    line_transfer lines_;
};

#endif
