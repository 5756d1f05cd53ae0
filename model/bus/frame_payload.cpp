// SPDX-License-Identifier: BSD-3-Clause
#include "model/bus/frame_payload.hpp"

#include <cstring>

bool frame_payload_take(tlm::tlm_generic_payload &payload, struct smc_frame &frame)
{
    if (!payload.is_write()) {
        payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
        return false;
    }
    if (payload.get_address() != 0) {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return false;
    }
    if (payload.get_data_length() != sizeof(frame)) {
        payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
        return false;
    }
    memcpy(&frame, payload.get_data_ptr(), sizeof(frame));
    return true;
}

void frame_payload_answer(tlm::tlm_generic_payload &payload, const struct smc_frame &frame)
{
    memcpy(payload.get_data_ptr(), &frame, sizeof(frame));
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}
