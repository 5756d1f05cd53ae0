// SPDX-License-Identifier: BSD-3-Clause
#include "model/partition/partition_module.hpp"

#include "model/bus/frame_payload.hpp"

namespace {

// A world switch and the partition's own work, loosely timed; nothing in the product depends on it.
const sc_core::sc_time RUN_TIME(10, sc_core::SC_US);

} // namespace

partition_module::partition_module(sc_core::sc_module_name name, const struct partition_config &config,
                                   struct event_log *log, uint32_t line_size)
    : sc_core::sc_module(name), message_target_socket("message_target_socket"),
      bus_initiator_socket("bus_initiator_socket"), partition_(std::make_unique<struct partition>()),
      lines_(line_size)
{
    partition_init(partition_.get(), &config, log);
    message_target_socket.register_b_transport(this, &partition_module::b_transport);
}

void partition_module::b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    struct smc_frame frame;
    if (!frame_payload_take(payload, frame)) {
        return;
    }
    delay += RUN_TIME;
    struct partition_step step = partition_call(partition_.get(), &frame);
    while (step.need == PARTITION_ACCESS) {
        step = partition_continue(
            partition_.get(), lines_.run(*bus_initiator_socket.operator->(), step.access, step.bytes, delay));
    }
    if (step.need == PARTITION_ABORTED) {
        payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        return;
    }
    frame_payload_answer(payload, step.frame);
}
