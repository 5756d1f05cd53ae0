// SPDX-License-Identifier: BSD-3-Clause
//
// A frame as the payload of a transaction (smc_frame.h says how it travels), as TLM-2.0 wants targets to
// answer: what is not a frame gets the response status that tells why ("Response status attribute" of the
// generic payload).
#ifndef MODEL_BUS_FRAME_PAYLOAD_HPP
#define MODEL_BUS_FRAME_PAYLOAD_HPP

#include <tlm>

#include "model/bus/smc_frame.h"

// False: the payload is none; its response status has been set.
bool frame_payload_take(tlm::tlm_generic_payload &payload, struct smc_frame &frame);

// The registers after the call; the transaction is over, well.
void frame_payload_answer(tlm::tlm_generic_payload &payload, const struct smc_frame &frame);

#endif
