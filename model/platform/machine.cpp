// SPDX-License-Identifier: BSD-3-Clause
//
// Runs a board: loads the image, lets SystemC run until somebody ends the run, collects the result. The
// observers of the board's ports are here; each is a few lines that pass a fact on.
#include "model/platform/machine.h"

#include <cassert>
#include <csignal>
#include <cstring>
#include <new>
#include <string>

#include <poll.h>
#include <unistd.h>

#include "model/abi/efi.h"
#include "model/abi/script.h"
#include "model/event/event_text.h"
#include "model/platform/board.hpp"
#include "model/platform/console_script.h"
#include "model/platform/machine_copies.hpp"
#include "model/platform/machine_load.hpp"

namespace {

volatile std::sig_atomic_t interrupted = 0;

const sc_core::sc_time QUANTUM(1, sc_core::SC_MS);

// Passes the values of an analysis port to a member function.
template <typename owner_type, typename value_type>
class port_observer : public tlm::tlm_analysis_if<value_type> {
public:
    using handler_type = void (owner_type::*)(const value_type &);
    port_observer(owner_type *owner, handler_type handler) : owner_(owner), handler_(handler) {}
    void write(const value_type &value) override { (owner_->*handler_)(value); }

private:
    owner_type *owner_;
    handler_type handler_;
};

// The room for events is not cleared: nobody reads what has not been appended.
struct empty_log : event_log {
    empty_log() { event_log_init(this); }
};

class run {
public:
    run(const struct machine_request &request, struct machine_result &result);

    bool load();
    void execute();

private:
    void power(const uint32_t &function_id);
    void script_outcome(const enum script_outcome &outcome);
    void transmit(const uint8_t &byte);
    void events_read(struct event_log *const &log);
    void step(struct event_log *const &log);
    void events_write(const struct event_log *log);
    void step_started();
    void step_finished();
    void console_answer();
    void keyboard_poll();
    void limit_set();
    void end(enum machine_end how);
    void halt_judge();
    void limit_judge();
    void findings_collect();
    void proofs_collect();
    void moves_collect();

    const struct machine_request &request_;
    struct machine_result &result_;
    empty_log log_;
    std::vector<struct script_step> steps_;
    struct console_script console_ {};
    struct event_writer writer_ {};
    board board_;
    port_observer<run, uint32_t> power_observer_{this, &run::power};
    port_observer<run, enum script_outcome> script_observer_ { this, &run::script_outcome };
    port_observer<run, uint8_t> transmit_observer_{this, &run::transmit};
    port_observer<run, struct event_log *> step_observer_{this, &run::step};
    port_observer<run, struct event_log *> log_observer_{this, &run::events_read};
    bool ended_ = false;
};

std::vector<struct script_step> steps_of(const struct machine_request &request)
{
    std::vector<struct script_step> steps;
    for (uint32_t i = 0; i < request.step_count; i++) {
        steps.push_back({request.steps[i].code, request.steps[i].operands_size, request.steps[i].operands});
    }
    return steps;
}

run::run(const struct machine_request &request, struct machine_result &result)
    : request_(request), result_(result), steps_(steps_of(request)), board_("board", request, steps_, &log_)
{
    console_script_init(&console_, request.console, request.console_count, request.stop_text);
    event_writer_init(&writer_, request.events);
    board_.spmc.power_port.bind(power_observer_);
    board_.pe0.step_port.bind(step_observer_);
    board_.spmc.log_port.bind(log_observer_);
    if (board_.uart != nullptr) {
        board_.uart->transmit_port.bind(transmit_observer_);
    }
    if (board_.script != nullptr) {
        board_.script->outcome_port.bind(script_observer_);
    }
    for (uint32_t i = 0; board_.cache_core() != nullptr && i < request.tracked_count; i++) {
        cache_track(board_.cache_core(), request.tracked_lines[i]);
    }
    for (uint32_t i = 0; board_.prove_core() != nullptr && i < request.tracked_count; i++) {
        prove_track(board_.prove_core(), request.tracked_lines[i]);
    }
    for (uint32_t i = 0; request.mode == MACHINE_MODE_TOKEN && i < request.move_count; i++) {
        cache_track(board_.cache_core(), request.moves[i].pa & ~(request.platform->cache.line - 1ULL));
    }
}

bool run::load()
{
    result_.misfit = memory_load(request_, board_, result_.misfit_index);
    return result_.misfit == MACHINE_FITS;
}

void run::execute()
{
    tlm::tlm_global_quantum::instance().set(QUANTUM);
    console_answer();
    sc_core::sc_start();
    halt_judge();
    result_.instructions = cpu_retired(board_.pe0.core());
    result_.pc = cpu_pc(board_.pe0.core());
    result_.el = cpu_current_el(board_.pe0.core());
    result_.stop = *cpu_stop_told(board_.pe0.core());
    result_.console_matched = console_.matched + (console_.stopped ? 1 : 0);
    struct event_log *log = &log_;
    step(log);
    if (board_.caches != nullptr) {
        board_.caches->script_finish(result_.instructions);
    }
    findings_collect();
    proofs_collect();
    moves_collect();
    copies_collect(request_, board_, result_);
    media_keep(request_, board_);
    event_log_append(&log_, EVENT_RUN_END, AGENT_PE, 0, result_.end, result_.instructions, 0, 0);
    events_write(log);
    event_writer_finish(&writer_);
    result_.events = log_.appended;
}

// The first reason to end is the reason.
void run::end(enum machine_end how)
{
    if (!ended_) {
        ended_ = true;
        result_.end = how;
    }
    board_.pe0.stop();
}

void run::power(const uint32_t &function_id)
{
    result_.reset = function_id;
    end(MACHINE_END_CLEAN);
}

void run::script_outcome(const enum script_outcome &outcome)
{
    if (outcome == SCRIPT_STEP_STARTED) {
        step_started();
    } else if (outcome == SCRIPT_STEP_FINISHED) {
        step_finished();
    } else {
        const struct script &script = board_.script->script();
        result_.fault_esr = script.fault_esr;
        result_.fault_far = script.fault_far;
        result_.fault_elr = script.fault_elr;
        event_log_append(&log_, EVENT_SCRIPT_FAULT, AGENT_DEVICE, 0, script.fault_esr, script.fault_far,
                         script.fault_elr, 0);
        end(MACHINE_END_FAULT);
    }
}

void run::step_started()
{
    const uint32_t index = script_current(&board_.script->script());
    if (index >= request_.step_count) {
        event_log_append(&log_, EVENT_SCRIPT_STEP, AGENT_DEVICE, 0, index, SCRIPT_STEP_END, 0, 0);
        return;
    }
    const struct machine_step &step = request_.steps[index];
    event_log_append(&log_, EVENT_SCRIPT_STEP, AGENT_DEVICE, 0, index, step.code, 0, 0);
    result_.step_started = index + 1;
    if (step.interrupts != 0 && step.interrupts_for != 0) {
        board_.spmc.arm_interrupts_for(step.interrupts_for, step.interrupts);
    } else if (step.interrupts != 0 && board_.mm_sp != nullptr && request_.platform->mm_preemptible != 0) {
        board_.mm_sp->arm_interrupts(step.interrupts); // at the points that the platform file names
    } else if (step.interrupts != 0) {
        board_.spmc.arm_interrupts(step.interrupts);
    }
    if (step.fault_kind != MM_SP_FAULT_NONE && board_.mm_sp != nullptr) {
        board_.mm_sp->arm_fault(static_cast<enum mm_sp_fault>(step.fault_kind), step.fault_value);
    }
}

void run::step_finished()
{
    const struct script &script = board_.script->script();
    const uint32_t index = script_current(&script);
    event_log_append(&log_, EVENT_SCRIPT_RESULT, AGENT_DEVICE, 0, index, script.result.status,
                     script.result.size, 0);
    struct machine_step_result &result = result_.steps[index];
    if (board_.prove_core() != nullptr && request_.steps[index].code == SCRIPT_STEP_EXIT_BOOT_SERVICES &&
        script.result.status == EFI_SUCCESS) {
        prove_exit_boot_services(board_.prove_core());
    }
    result.finished = true;
    result.status = script.result.status;
    result.size = script.result.size;
    memcpy(result.data, script.result_data, std::min<uint32_t>(script.result.size, MACHINE_RESULT_DATA_MAX));
}

void run::transmit(const uint8_t &byte)
{
    event_log_append(&log_, EVENT_CONSOLE_BYTE, AGENT_DEVICE, 0, byte, 0, 0, 0);
    if (request_.console_out != nullptr) {
        fputc(byte, request_.console_out);
        if (byte == '\n') {
            fflush(request_.console_out);
        }
    }
    if (console_script_feed(&console_, byte)) {
        console_answer();
    }
    if (console_.stopped) {
        end(MACHINE_END_CLEAN);
    }
}

// Types what the console script has ready, and sets the limit of the line that is awaited next.
void run::console_answer()
{
    const uint64_t retired = cpu_retired(board_.pe0.core());
    const char *text = console_script_send(&console_, retired);
    while (text != nullptr) {
        for (const char *c = text; *c != '\0' && board_.uart != nullptr; c++) {
            board_.uart->receive(static_cast<uint8_t>(*c));
        }
        text = console_script_send(&console_, retired);
    }
    limit_set();
}

void run::limit_set()
{
    const uint64_t deadline = console_script_deadline(&console_);
    uint64_t limit = request_.instructions_max;
    if (deadline != 0 && (limit == 0 || deadline < limit)) {
        limit = deadline;
    }
    board_.pe0.limit(limit);
}

void run::keyboard_poll()
{
    struct pollfd keyboard = {request_.keyboard_fd, POLLIN, 0};
    uint8_t byte = 0;
    while (poll(&keyboard, 1, 0) == 1 && (keyboard.revents & POLLIN) != 0 &&
           read(request_.keyboard_fd, &byte, 1) == 1) {
        board_.uart->receive(byte);
    }
}

void run::events_write(const struct event_log *log)
{
    for (uint32_t i = 0; request_.events != nullptr && i < log->count; i++) {
        event_writer_write(&writer_, &log->events[i]);
    }
}

// After every step of the machine, and in the middle of a long one.
void run::events_read(struct event_log *const &log)
{
    events_write(log);
    for (uint32_t i = 0; board_.prove_core() != nullptr && i < log->count; i++) {
        prove_event(board_.prove_core(), &log->events[i]);
    }
    event_log_clear(log);
}

void run::step(struct event_log *const &log)
{
    events_read(log);
    const bool caches_overflowed = board_.cache_core() != nullptr && cache_overflowed(board_.cache_core());
    const bool prove_full = board_.prove_core() != nullptr && prove_overflowed(board_.prove_core());
    if (caches_overflowed || prove_full) {
        result_.limit = MACHINE_LIMIT_MEMORY;
        end(MACHINE_END_LIMIT);
    }
    if (interrupted != 0) {
        end(MACHINE_END_INTERRUPTED);
    }
    if (request_.keyboard_fd >= 0 && board_.uart != nullptr) {
        keyboard_poll();
    }
}

void run::limit_judge()
{
    switch (board_.pe0.halt()) {
    case cpu_halt::waits_for_ever:
        result_.limit = MACHINE_LIMIT_WAITS_FOR_EVER;
        return;
    case cpu_halt::core_stop:
        result_.limit = cpu_stop_told(board_.pe0.core())->reason == CPU_STOP_UNMODELLED
                            ? MACHINE_LIMIT_UNMODELLED
                            : MACHINE_LIMIT_FAULT_REPEATS;
        return;
    case cpu_halt::budget:
    case cpu_halt::asked:
    case cpu_halt::none:
        break;
    }
    const uint64_t deadline = console_script_deadline(&console_);
    const bool console = deadline != 0 && cpu_retired(board_.pe0.core()) >= deadline;
    result_.limit = console ? MACHINE_LIMIT_CONSOLE : MACHINE_LIMIT_INSTRUCTIONS;
}

void run::halt_judge()
{
    if (!ended_) {
        result_.end = MACHINE_END_LIMIT;
        limit_judge();
    }
}

void run::findings_collect()
{
    struct cache *caches = board_.cache_core();
    if (caches == nullptr) {
        return;
    }
    cache_audit(caches);
    const struct golden_finding *findings = nullptr;
    result_.finding_count = cache_findings(caches, &findings, &result_.findings_dropped);
    memcpy(result_.findings, findings, result_.finding_count * sizeof(findings[0]));
}

void run::proofs_collect()
{
    struct prove *prove = board_.prove_core();
    if (prove == nullptr) {
        return;
    }
    prove_audit(prove, result_.instructions);
    const struct prove_finding *proofs = nullptr;
    const uint64_t *lines = nullptr;
    result_.proof_count = prove_findings(prove, &proofs, &result_.proofs_dropped);
    std::copy_n(proofs, result_.proof_count, result_.proofs);
    result_.set_way_unjudged = prove_set_way_unjudged(prove);
    result_.proof_line_count = prove_finding_lines(prove, &lines);
    std::copy_n(lines, result_.proof_line_count, result_.proof_lines);
}

void run::moves_collect()
{
    if (request_.mode != MACHINE_MODE_TOKEN) {
        return;
    }
    const struct cache_script &script = board_.caches->script();
    result_.moves_made = script.made;
    switch (cache_script_end(&script)) {
    case CACHE_SCRIPT_OK:
        result_.move_failure = MACHINE_MOVE_OK;
        return;
    case CACHE_SCRIPT_NOT_COME:
        result_.move_failure = MACHINE_MOVE_NOT_COME;
        return;
    case CACHE_SCRIPT_IMPOSSIBLE:
        result_.move_failure = MACHINE_MOVE_IMPOSSIBLE;
        return;
    }
}

// sc_main() has no other way to learn what it is to do.
const struct machine_request *request_to_run;
struct machine_result *result_to_fill;
bool image_fits;

} // namespace

int sc_main(int, char *[])
{
    try {
        run run(*request_to_run, *result_to_fill);
        image_fits = run.load();
        if (image_fits) {
            run.execute();
        }
    } catch (const std::bad_alloc &) {
        image_fits = false;
        result_to_fill->misfit = MACHINE_MISFIT_HOST;
    }
    return 0;
}

bool machine_run(const struct machine_request *request, struct machine_result *result)
{
    assert(request_to_run == nullptr);
    assert(request->step_count <= MACHINE_STEPS_MAX);
    result->misfit = media_fit(*request, result->misfit_index);
    if (result->misfit != MACHINE_FITS) {
        return false;
    }
    request_to_run = request;
    result_to_fill = result;
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    char name[] = "ffa-cosim";
    char *arguments[] = {name, nullptr};
    const int status = sc_core::sc_elab_and_sim(1, arguments);
    assert(status == 0);
    return image_fits;
}

void machine_interrupt(void)
{
    interrupted = 1;
}
