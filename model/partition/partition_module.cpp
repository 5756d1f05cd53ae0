// SPDX-License-Identifier: BSD-3-Clause
#include "model/partition/partition_module.hpp"

#include <algorithm>

namespace {

// A world switch and the partition's own work, loosely timed; nothing in the product depends on it.
const sc_core::sc_time RUN_TIME(10, sc_core::SC_US);

} // namespace

partition_module::partition_module(sc_core::sc_module_name name, const struct partition_config &config,
                                   struct event_log *log, uint32_t line_size)
    : sc_core::sc_module(name), message_target_socket("message_target_socket"),
      bus_initiator_socket("bus_initiator_socket"), partition_(std::make_unique<struct partition>()),
      line_size_(line_size)
{
    partition_init(partition_.get(), &config, log);
    message_target_socket.register_b_transport(this, &partition_module::b_transport);
}

void partition_module::b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    if (!payload.is_write()) {
        payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
        return;
    }
    if (payload.get_address() != 0) {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    if (payload.get_data_length() != sizeof(struct smc_frame)) {
        payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
        return;
    }
    delay += RUN_TIME;
    struct smc_frame frame;
    std::copy_n(payload.get_data_ptr(), sizeof(frame), reinterpret_cast<unsigned char *>(&frame));
    struct partition_step step = partition_call(partition_.get(), &frame);
    while (step.need == PARTITION_ACCESS) {
        step = partition_continue(partition_.get(), provide(step, delay));
    }
    if (step.need == PARTITION_ABORTED) {
        payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        return;
    }
    std::copy_n(reinterpret_cast<unsigned char *>(&step.frame), sizeof(step.frame), payload.get_data_ptr());
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

// Splits the range of the access at line boundaries; a barrier has no range.
bool partition_module::provide(const struct partition_step &step, sc_core::sc_time &delay)
{
    struct access piece = step.access;
    if (piece.size == 0) {
        return transport(piece, nullptr, delay);
    }
    const uint64_t end = step.access.pa + step.access.size;
    while (piece.pa < end) {
        piece.va = piece.pa;
        piece.size =
            static_cast<uint32_t>(std::min<uint64_t>(end - piece.pa, line_size_ - piece.pa % line_size_));
        if (!transport(piece, step.bytes + (piece.pa - step.access.pa), delay)) {
            return false;
        }
        piece.pa += piece.size;
    }
    return true;
}

bool partition_module::transport(const struct access &access, uint8_t *bytes, sc_core::sc_time &delay)
{
    tlm::tlm_generic_payload &payload = bus_transaction_.prepare(access, bytes);
    bus_initiator_socket->b_transport(payload, delay);
    return payload.is_response_ok();
}
