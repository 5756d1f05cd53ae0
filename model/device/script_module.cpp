// SPDX-License-Identifier: BSD-3-Clause
#include "model/device/script_module.hpp"

#include <cstring>

script_module::script_module(sc_core::sc_module_name name, const std::vector<struct script_step> &steps,
                             uint32_t result_data_max)
    : sc_core::sc_module(name), target_socket("target_socket"), outcome_port("outcome_port"),
      result_data_(result_data_max)
{
    script_init(&script_, steps.data(), static_cast<uint32_t>(steps.size()), result_data_.data(),
                result_data_max);
    target_socket.register_b_transport(this, &script_module::b_transport);
}

void script_module::b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &)
{
    const uint32_t size = payload.get_data_length();
    uint64_t value = 0;
    enum script_outcome outcome = SCRIPT_ABORT;
    if (size > sizeof(value) || payload.get_byte_enable_ptr() != nullptr) {
        payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
        return;
    }
    if (payload.is_read()) {
        outcome = script_read(&script_, payload.get_address(), size, &value);
        memcpy(payload.get_data_ptr(), &value, size);
    } else if (payload.is_write()) {
        memcpy(&value, payload.get_data_ptr(), size);
        outcome = script_write(&script_, payload.get_address(), size, value);
    }
    if (outcome == SCRIPT_ABORT) {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    if (outcome != SCRIPT_OK) {
        outcome_port.write(outcome);
    }
}
