// SPDX-License-Identifier: BSD-3-Clause
#include "model/mm_sp/mm_sp_module.hpp"

#include <algorithm>

#include "model/abi/ffa.h"

namespace {

// A world switch and the partition's own work, loosely timed; nothing in the product depends on it.
const sc_core::sc_time RUN_TIME(10, sc_core::SC_US);

} // namespace

mm_sp_module::mm_sp_module(sc_core::sc_module_name name, const struct mm_sp_config &config,
                           struct event_log *log, uint32_t line_size)
    : sc_core::sc_module(name), message_target_socket("message_target_socket"),
      bus_initiator_socket("bus_initiator_socket"), mm_sp_(std::make_unique<struct mm_sp>()),
      line_size_(line_size)
{
    mm_sp_init(mm_sp_.get(), &config, log);
    message_target_socket.register_b_transport(this, &mm_sp_module::b_transport);
}

mm_sp_module::~mm_sp_module()
{
    mm_sp_destroy(mm_sp_.get());
}

void mm_sp_module::arm_fault(enum mm_sp_fault kind, int64_t value)
{
    mm_sp_arm_fault(mm_sp_.get(), kind, value);
}

void mm_sp_module::arm_interrupts(uint32_t count)
{
    mm_sp_arm_interrupts(mm_sp_.get(), count);
}

bool mm_sp_module::power_cycle()
{
    return mm_sp_power_cycle(mm_sp_.get());
}

void mm_sp_module::b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
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
    const bool ran = run(frame, delay);
    std::copy_n(reinterpret_cast<unsigned char *>(&frame), sizeof(frame), payload.get_data_ptr());
    payload.set_response_status(ran ? tlm::TLM_OK_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE);
}

// False: a preempted partition was given something else than cycles.
bool mm_sp_module::run(struct smc_frame &frame, sc_core::sc_time &delay)
{
    const auto function_id = static_cast<uint32_t>(frame.x[0]);
    if (mm_sp_busy(mm_sp_.get()) && function_id != FFA_RUN && function_id != FFA_INTERRUPT) {
        return false;
    }
    struct mm_sp_step step = mm_sp_call(mm_sp_.get(), &frame);
    while (step.need != MM_SP_DONE) {
        step = mm_sp_continue(mm_sp_.get(), step.need == MM_SP_PREEMPTIBLE || provide(step, delay));
    }
    frame = step.frame;
    return true;
}

// Splits the range of the access at line boundaries; a barrier has no range.
bool mm_sp_module::provide(const struct mm_sp_step &step, sc_core::sc_time &delay)
{
    if (step.access.size == 0) {
        return transport(step.access, nullptr, delay);
    }
    struct access piece = step.access;
    const uint64_t end = step.access.pa + step.access.size;
    while (piece.pa < end) {
        piece.va = piece.pa;
        piece.size =
            static_cast<uint32_t>(std::min<uint64_t>(end - piece.pa, line_size_ - piece.pa % line_size_));
        uint8_t *bytes = step.bytes != nullptr ? step.bytes + (piece.pa - step.access.pa) : nullptr;
        if (!transport(piece, bytes, delay)) {
            return false;
        }
        piece.pa += piece.size;
    }
    return true;
}

bool mm_sp_module::transport(const struct access &access, uint8_t *bytes, sc_core::sc_time &delay)
{
    tlm::tlm_generic_payload &payload = bus_transaction_.prepare(access, bytes);
    bus_initiator_socket->b_transport(payload, delay);
    return payload.is_response_ok();
}
