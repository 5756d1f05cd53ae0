// SPDX-License-Identifier: BSD-3-Clause
//
// The shell of a PE: provides what the core needs through TLM-2.0 sockets, keeps simulated time by a quantum
// keeper, takes DMI and passes its invalidation on. Data accesses, walks and maintenance leave through one
// socket, instruction fetches through another, SMCs through a third.
#ifndef MODEL_CPU_NSEL1_CPU_MODULE_HPP
#define MODEL_CPU_NSEL1_CPU_MODULE_HPP

#include <memory>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/tlm_quantumkeeper.h>

#include "model/bus/access_extension.hpp"
#include "model/cpu_nsel1/cpu.h"
#include "model/cpu_nsel1/mark_memory.hpp"

// Why a PE ran no further.
enum class cpu_halt { none, budget, waits_for_ever, core_stop, asked };

class cpu_module : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<cpu_module> data_initiator_socket;
    tlm_utils::simple_initiator_socket<cpu_module> fetch_initiator_socket;
    tlm_utils::simple_initiator_socket<cpu_module> smc_initiator_socket;
    // After every step of the machine that appended events, and once a slice: the reader empties the log.
    tlm::tlm_analysis_port<struct event_log *> step_port;

    cpu_module(sc_core::sc_module_name name, const struct cpu_config &config, uint64_t instructions_max,
               struct event_log *log);
    ~cpu_module() override;

    // Ends the run before the next instruction; safe from any callback of a transaction under way.
    void stop() { stop_asked_ = true; }
    // No further than this many retired instructions (0: no limit); may be lowered or raised while running.
    void limit(uint64_t instructions_max) { instructions_max_ = instructions_max; }

    // Golden mode: the marks of this memory belong to another, who reads and clears them. Before it is
    // granted.
    void share_marks(uint64_t pa, uint64_t size, uint8_t *marks) { marks_.share(pa, size, marks); }

    cpu_halt halt() const { return halt_; }
    struct cpu *core() const { return core_.get(); }

private:
    struct core_destroy {
        void operator()(struct cpu *core) const { cpu_destroy(core); }
    };

    void run();
    void need_provide(enum cpu_need need);
    void access_provide();
    void smc_provide();
    void time_provide();
    void window_take(tlm_utils::simple_initiator_socket<cpu_module> &socket,
                     tlm::tlm_generic_payload &payload);
    void data_dmi_invalidate(sc_dt::uint64 start, sc_dt::uint64 end);
    void fetch_dmi_invalidate(sc_dt::uint64 start, sc_dt::uint64 end);
    uint64_t slice() const;
    void log_stamp(uint64_t pc);

    std::unique_ptr<struct cpu, core_destroy> core_;
    struct event_log *log_;
    tlm_utils::tlm_quantumkeeper quantum_;
    sc_core::sc_time delay_; // local time of the accesses of this slice
    access_transaction transaction_;
    mark_memory marks_;
    bool golden_;
    bool observed_;
    uint64_t line_size_;
    uint64_t ns_per_instruction_;
    uint64_t instructions_max_;
    bool stop_asked_ = false;
    cpu_halt halt_ = cpu_halt::none;
};

#endif
