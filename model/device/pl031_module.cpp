// SPDX-License-Identifier: BSD-3-Clause
#include "model/device/pl031_module.hpp"

#include <algorithm>
#include <cstring>

#include "model/bus/access_extension.hpp"

pl031_module::pl031_module(sc_core::sc_module_name name, uint32_t start, uint64_t ns_per_instruction)
    : sc_core::sc_module(name), target_socket("target_socket"), ns_per_instruction_(ns_per_instruction)
{
    pl031_init(&rtc_, start);
    target_socket.register_b_transport(this, &pl031_module::b_transport);
}

// Never back: an access whose initiator runs behind is at the time of the last one.
uint64_t pl031_module::now_ns(const tlm::tlm_generic_payload &payload, const sc_core::sc_time &delay)
{
    const access_extension *extension = payload.get_extension<access_extension>();
    const uint64_t now =
        extension != nullptr
            ? extension->access.position * ns_per_instruction_
            : static_cast<uint64_t>((sc_core::sc_time_stamp() + delay) / sc_core::sc_time(1, sc_core::SC_NS));
    now_ns_ = std::max(now_ns_, now);
    return now_ns_;
}

void pl031_module::b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    const uint32_t size = payload.get_data_length();
    uint32_t value = 0;
    enum pl031_result result = PL031_ABORT;
    if (size > sizeof(value) || payload.get_byte_enable_ptr() != nullptr) {
        payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
        return;
    }
    const uint64_t now = now_ns(payload, delay);
    if (payload.is_read()) {
        result = pl031_read(&rtc_, now, payload.get_address(), size, &value);
        memcpy(payload.get_data_ptr(), &value, size);
    } else if (payload.is_write()) {
        memcpy(&value, payload.get_data_ptr(), size);
        result = pl031_write(&rtc_, now, payload.get_address(), size, value);
    }
    payload.set_response_status(result == PL031_ABORT ? tlm::TLM_ADDRESS_ERROR_RESPONSE
                                                      : tlm::TLM_OK_RESPONSE);
}
