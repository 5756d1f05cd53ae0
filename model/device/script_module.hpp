// SPDX-License-Identifier: BSD-3-Clause
// The shell of the scenario device: a target socket, and a port that tells the platform when a step starts or
// ends.
#ifndef MODEL_DEVICE_SCRIPT_MODULE_HPP
#define MODEL_DEVICE_SCRIPT_MODULE_HPP

#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "model/device/script.h"

class script_module : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<script_module> target_socket;
    // SCRIPT_STEP_STARTED, SCRIPT_STEP_FINISHED or SCRIPT_FAULT_TOLD, while the access that caused it is
    // under way.
    tlm::tlm_analysis_port<enum script_outcome> outcome_port;

    // The steps must outlive the module. `result_data_max`: bytes of results that are kept.
    script_module(sc_core::sc_module_name name, const std::vector<struct script_step> &steps,
                  uint32_t result_data_max);

    const struct script &script() const { return script_; }

private:
    void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);

    std::vector<uint8_t> result_data_;
    struct script script_ {};
};

#endif
