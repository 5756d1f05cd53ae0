// SPDX-License-Identifier: BSD-3-Clause
// The shell of the PL031 core: a target socket, and the simulated time of each access.
#ifndef MODEL_DEVICE_PL031_MODULE_HPP
#define MODEL_DEVICE_PL031_MODULE_HPP

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "model/device/pl031.h"

class pl031_module : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<pl031_module> target_socket;

    // The time of an access is the instructions that its PE had retired times `ns_per_instruction`, as for
    // the generic timer: the same in every mode, whatever caches cost. Without that knowledge it is kernel
    // time.
    pl031_module(sc_core::sc_module_name name, uint32_t start, uint64_t ns_per_instruction);

private:
    void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    uint64_t now_ns(const tlm::tlm_generic_payload &payload, const sc_core::sc_time &delay);

    struct pl031 rtc_ {};
    uint64_t ns_per_instruction_;
    uint64_t now_ns_ = 0; // of the last access
};

#endif
