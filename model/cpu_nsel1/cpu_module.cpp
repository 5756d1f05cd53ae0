// SPDX-License-Identifier: BSD-3-Clause
#include "model/cpu_nsel1/cpu_module.hpp"

#include <algorithm>
#include <new>

namespace {

const uint64_t CODE_LINES_MAX = 4096; // more than so many lines of code are forgotten with all the others

} // namespace

cpu_module::cpu_module(sc_core::sc_module_name name, const struct cpu_config &config,
                       uint64_t instructions_max, struct event_log *log)
    : sc_core::sc_module(name), data_initiator_socket("data_initiator_socket"),
      fetch_initiator_socket("fetch_initiator_socket"), smc_initiator_socket("smc_initiator_socket"),
      step_port("step_port"), core_(cpu_create(&config, log)), log_(log),
      golden_(config.mode == CPU_MEMORY_GOLDEN), observed_(config.observed), line_size_(config.line_size),
      ns_per_instruction_(config.ns_per_instruction), instructions_max_(instructions_max)
{
    if (core_ == nullptr) {
        throw std::bad_alloc();
    }
    data_initiator_socket.register_invalidate_direct_mem_ptr(this, &cpu_module::data_dmi_invalidate);
    fetch_initiator_socket.register_invalidate_direct_mem_ptr(this, &cpu_module::fetch_dmi_invalidate);
    SC_HAS_PROCESS(cpu_module);
    SC_THREAD(run);
}

cpu_module::~cpu_module() = default;

uint64_t cpu_module::slice() const
{
    const sc_core::sc_time quantum = tlm::tlm_global_quantum::instance().get();
    const uint64_t per_quantum =
        std::max<uint64_t>(1, static_cast<uint64_t>(quantum.to_seconds() * 1e9) / ns_per_instruction_);
    const uint64_t left = instructions_max_ - std::min(instructions_max_, cpu_retired(core_.get()));
    return instructions_max_ == 0 ? per_quantum : std::min(per_quantum, left);
}

// Accesses inside a slice only add to the local delay; the quantum keeper is asked once a slice.
void cpu_module::run()
{
    quantum_.reset();
    while (halt_ == cpu_halt::none) {
        const uint64_t before = cpu_retired(core_.get());
        const uint64_t instructions = slice();
        delay_ = quantum_.get_local_time();
        enum cpu_need need = CPU_NEED_NOTHING;
        do {
            need = cpu_run(core_.get(), before + instructions - cpu_retired(core_.get()));
            if (log_->count != 0) {
                step_port.write(log_); // what came before the access is known before it
            }
            need_provide(need);
            if (log_->count != 0 || need == CPU_NEED_NOTHING) {
                step_port.write(log_);
            }
        } while (need == CPU_NEED_ACCESS && !stop_asked_);
        if (need == CPU_NEED_NOTHING && instructions == 0) {
            halt_ = cpu_halt::budget;
        }
        if (stop_asked_) {
            halt_ = cpu_halt::asked;
        }
        const uint64_t retired = cpu_retired(core_.get()) - before;
        quantum_.set(delay_);
        quantum_.inc(sc_core::sc_time(static_cast<double>(retired * ns_per_instruction_), sc_core::SC_NS));
        if (quantum_.need_sync()) {
            quantum_.sync();
        }
    }
    sc_core::sc_stop();
}

void cpu_module::need_provide(enum cpu_need need)
{
    switch (need) {
    case CPU_NEED_NOTHING:
        return;
    case CPU_NEED_ACCESS:
        access_provide();
        return;
    case CPU_NEED_SMC:
        smc_provide();
        return;
    case CPU_NEED_TIME:
        time_provide();
        return;
    case CPU_NEED_STOP:
        halt_ = cpu_halt::core_stop;
        return;
    }
}

// Simulated time passes until the PE wakes; the host does not wait.
void cpu_module::time_provide()
{
    const uint64_t ns = cpu_wakes_in(core_.get());
    if (ns == UINT64_MAX) {
        halt_ = cpu_halt::waits_for_ever;
        return;
    }
    cpu_advance_time(core_.get(), ns);
    delay_ += sc_core::sc_time(static_cast<double>(ns), sc_core::SC_NS);
}

void cpu_module::log_stamp(uint64_t pc)
{
    log_->position = cpu_retired(core_.get());
    log_->pc = pc;
}

void cpu_module::access_provide()
{
    struct access *access = cpu_access(core_.get());
    log_stamp(access->pc);
    auto &socket = access->agent == AGENT_FETCH ? fetch_initiator_socket : data_initiator_socket;
    tlm::tlm_generic_payload &payload = transaction_.prepare(*access, cpu_access_data(core_.get()));
    socket->b_transport(payload, delay_);
    access->granted = transaction_.answer().granted;
    const bool ok = payload.is_response_ok();
    const bool decoded_from_answers = observed_ && access->agent == AGENT_FETCH;
    if (ok && golden_ && payload.is_dmi_allowed() && !decoded_from_answers) {
        window_take(socket, payload);
    }
    cpu_provide(core_.get(), ok ? ACCESS_OK : ACCESS_EXTERNAL_ABORT);
}

// The target may grant what it likes around the address: a page that it gives back, or a whole region.
void cpu_module::window_take(tlm_utils::simple_initiator_socket<cpu_module> &socket,
                             tlm::tlm_generic_payload &payload)
{
    tlm::tlm_dmi dmi;
    payload.set_address(cpu_access(core_.get())->pa);
    if (!socket->get_direct_mem_ptr(payload, dmi) || !dmi.is_read_allowed()) {
        return;
    }
    const uint64_t size = dmi.get_end_address() - dmi.get_start_address() + 1;
    cpu_window_add(core_.get(), dmi.get_start_address(), size, dmi.get_dmi_ptr(), dmi.is_write_allowed(),
                   marks_.of(core_.get(), dmi.get_start_address(), size));
}

void cpu_module::smc_provide()
{
    struct smc_frame frame {};
    cpu_smc_frame(core_.get(), &frame);
    log_stamp(cpu_pc(core_.get()));
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_WRITE_COMMAND);
    payload.set_address(0);
    payload.set_data_ptr(reinterpret_cast<unsigned char *>(&frame));
    payload.set_data_length(sizeof(frame));
    payload.set_streaming_width(sizeof(frame));
    smc_initiator_socket->b_transport(payload, delay_);
    if (!payload.is_response_ok()) {
        SC_REPORT_FATAL(name(), "the secure monitor did not answer an SMC");
    }
    cpu_smc_return(core_.get(), &frame, SMC_FRAME_REGISTERS);
}

void cpu_module::data_dmi_invalidate(sc_dt::uint64 start, sc_dt::uint64 end)
{
    cpu_window_remove(core_.get(), start, start == 0 && end == UINT64_MAX ? UINT64_MAX : end - start + 1);
}

// In cached and observed mode this says that the instruction cache lost the lines; otherwise it is DMI as
// everywhere.
void cpu_module::fetch_dmi_invalidate(sc_dt::uint64 start, sc_dt::uint64 end)
{
    if (golden_ && !observed_) {
        data_dmi_invalidate(start, end);
    } else if (end - start >= CODE_LINES_MAX * line_size_) {
        cpu_code_invalidate_all(core_.get());
    } else {
        for (uint64_t pa = start; pa - start <= end - start; pa += line_size_) {
            cpu_code_line_invalidate(core_.get(), pa);
        }
    }
}
