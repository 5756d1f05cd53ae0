// SPDX-License-Identifier: BSD-3-Clause
#include "model/spmc/spmc_module.hpp"

#include <algorithm>

#include "model/bus/frame_payload.hpp"

namespace {

// Entering EL3 and leaving it again, loosely timed; nothing in the product depends on it.
const sc_core::sc_time CALL_TIME(1, sc_core::SC_US);

} // namespace

spmc_module::spmc_module(sc_core::sc_module_name name, const struct spmc_config &config,
                         struct event_log *log, uint32_t line_size)
    : sc_core::sc_module(name), smc_target_socket("smc_target_socket"),
      bus_initiator_socket("bus_initiator_socket"),
      partition_initiator_sockets("partition_initiator_socket", SPMC_PARTITIONS_MAX),
      power_port("power_port"), ownership_port("ownership_port"),
      schedule_receiver_port("schedule_receiver_port"), log_port("log_port"),
      hand_over_port("hand_over_port"), spmc_(std::make_unique<struct spmc>()), log_(log),
      line_size_(line_size), sri_interrupt_id_(config.sri_interrupt_id),
      partition_count_(config.partition_count)
{
    spmc_init(spmc_.get(), &config, log);
    smc_target_socket.register_b_transport(this, &spmc_module::b_transport);
}

void spmc_module::b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    struct smc_frame frame;
    if (!frame_payload_take(payload, frame)) {
        return;
    }
    serve(frame, delay);
    frame_payload_answer(payload, frame);
}

void spmc_module::serve(struct smc_frame &frame, sc_core::sc_time &delay)
{
    delay += CALL_TIME;
    const auto function_id = static_cast<uint32_t>(frame.x[0]);
    struct spmc_step step = spmc_call(spmc_.get(), &frame);
    for (;;) {
        log_relieve();
        hands_tell(function_id);
        switch (step.need) {
        case SPMC_DONE:
            std::copy_n(step.frame.x, step.registers, frame.x);
            if (step.sri) {
                schedule_receiver_port.write(sri_interrupt_id_);
            }
            return;
        case SPMC_POWER:
            power_port.write(step.function_id);
            return;
        case SPMC_RUN_PARTITION:
            run_partition(step, delay);
            break;
        case SPMC_READ:
        case SPMC_WRITE:
            spmc_provide_accessed(spmc_.get(), access_memory(step, delay));
            break;
        case SPMC_OWNERSHIP:
            ownership_port.write({step.pa, step.extent, step.space, step.access, step.endpoint, step.owner});
            spmc_provide_accessed(spmc_.get(), true);
            break;
        }
        step = spmc_continue(spmc_.get());
    }
}

void spmc_module::log_relieve()
{
    if (log_->count > EVENT_LOG_CAPACITY / 2) {
        log_port.write(log_);
    }
}

void spmc_module::hands_tell(uint32_t function_id)
{
    for (uint32_t i = 0; i < partition_count_; i++) {
        const bool busy = spmc_partition_busy(spmc_.get(), i);
        if (busy != in_secure_hands_[i]) {
            in_secure_hands_[i] = busy;
            hand_over_port.write({function_id, i, busy});
        }
    }
}

void spmc_module::run_partition(const struct spmc_step &step, sc_core::sc_time &delay)
{
    struct smc_frame message = step.frame;
    partition_payload_.set_command(tlm::TLM_WRITE_COMMAND);
    partition_payload_.set_address(0);
    partition_payload_.set_data_ptr(reinterpret_cast<unsigned char *>(&message));
    partition_payload_.set_data_length(sizeof(message));
    partition_payload_.set_streaming_width(sizeof(message));
    partition_payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    partition_initiator_sockets[step.partition]->b_transport(partition_payload_, delay);
    if (partition_payload_.is_response_ok()) {
        spmc_provide_response(spmc_.get(), &message);
    } else {
        spmc_provide_abort(spmc_.get());
    }
}

bool spmc_module::access_memory(const struct spmc_step &step, sc_core::sc_time &delay)
{
    struct access access {};
    access.op = step.need == SPMC_READ ? ACCESS_READ : ACCESS_WRITE;
    access.agent = AGENT_SPMC;
    access.space = static_cast<uint8_t>(step.space);
    access.type = MEMORY_NORMAL_WB;
    access.shareability = SHAREABILITY_INNER;
    access.pc = log_->pc;
    access.position = log_->position;
    for (uint32_t done = 0; done < step.size; done += access.size) {
        log_relieve();
        access.pa = step.pa + done;
        access.va = access.pa;
        access.size = std::min<uint32_t>(step.size - done, line_size_ - access.pa % line_size_);
        tlm::tlm_generic_payload &payload = bus_transaction_.prepare(access, step.bytes + done);
        bus_initiator_socket->b_transport(payload, delay);
        if (!payload.is_response_ok()) {
            return false;
        }
        if (step.flush) {
            struct access clean = access;
            clean.op = ACCESS_DC_CIVAC;
            tlm::tlm_generic_payload &cleaning = bus_transaction_.prepare(clean, nullptr);
            bus_initiator_socket->b_transport(cleaning, delay);
            if (!cleaning.is_response_ok()) {
                return false;
            }
        }
    }
    return true;
}
