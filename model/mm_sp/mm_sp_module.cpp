// SPDX-License-Identifier: BSD-3-Clause
#include "model/mm_sp/mm_sp_module.hpp"

#include "model/abi/ffa.h"
#include "model/bus/frame_payload.hpp"

namespace {

// A world switch and the partition's own work, loosely timed; nothing in the product depends on it.
const sc_core::sc_time RUN_TIME(10, sc_core::SC_US);

} // namespace

mm_sp_module::mm_sp_module(sc_core::sc_module_name name, const struct mm_sp_config &config,
                           struct event_log *log, uint32_t line_size)
    : sc_core::sc_module(name), message_target_socket("message_target_socket"),
      bus_initiator_socket("bus_initiator_socket"), mm_sp_(std::make_unique<struct mm_sp>()),
      lines_(line_size)
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
    struct smc_frame frame;
    if (!frame_payload_take(payload, frame)) {
        return;
    }
    delay += RUN_TIME;
    if (run(frame, delay)) {
        frame_payload_answer(payload, frame);
    } else {
        payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    }
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

bool mm_sp_module::provide(const struct mm_sp_step &step, sc_core::sc_time &delay)
{
    return lines_.run(*bus_initiator_socket.operator->(), step.access, step.bytes, delay);
}
