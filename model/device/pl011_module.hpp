// SPDX-License-Identifier: BSD-3-Clause
// The shell of the PL011 core: a target socket, the bytes that go out, the bytes that come in.
#ifndef MODEL_DEVICE_PL011_MODULE_HPP
#define MODEL_DEVICE_PL011_MODULE_HPP

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "model/device/pl011.h"

class pl011_module : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<pl011_module> target_socket;
    tlm::tlm_analysis_port<uint8_t> transmit_port;

    explicit pl011_module(sc_core::sc_module_name name);

    // A byte from outside; false when the receive queue is full.
    bool receive(uint8_t byte) { return pl011_receive(&uart_, byte); }

private:
    void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);

    struct pl011 uart_ {};
};

#endif
