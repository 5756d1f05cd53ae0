// SPDX-License-Identifier: BSD-3-Clause
#include "model/device/pl011_module.hpp"

#include <cstring>

pl011_module::pl011_module(sc_core::sc_module_name name)
    : sc_core::sc_module(name), target_socket("target_socket"), transmit_port("transmit_port")
{
    pl011_init(&uart_);
    target_socket.register_b_transport(this, &pl011_module::b_transport);
}

void pl011_module::b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &)
{
    const uint32_t size = payload.get_data_length();
    uint32_t value = 0;
    enum pl011_result result = PL011_ABORT;
    if (size > sizeof(value) || payload.get_byte_enable_ptr() != nullptr) {
        payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
        return;
    }
    if (payload.is_read()) {
        result = pl011_read(&uart_, payload.get_address(), size, &value);
        memcpy(payload.get_data_ptr(), &value, size);
    } else if (payload.is_write()) {
        memcpy(&value, payload.get_data_ptr(), size);
        result = pl011_write(&uart_, payload.get_address(), size, value);
    }
    if (result == PL011_TRANSMIT) {
        transmit_port.write(static_cast<uint8_t>(value));
    }
    payload.set_response_status(result == PL011_ABORT ? tlm::TLM_ADDRESS_ERROR_RESPONSE
                                                      : tlm::TLM_OK_RESPONSE);
}
