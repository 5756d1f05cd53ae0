// SPDX-License-Identifier: BSD-3-Clause
//
// The shell of the caches: every agent of the cluster enters here, what the caches do not serve goes on to
// the bus. In golden mode there is no core behind it: accesses and DMI requests pass, maintenance has nothing
// to do. Caches that a token drives make its moves here, just before the accesses where they stand.
#ifndef MODEL_CACHE_CACHE_MODULE_HPP
#define MODEL_CACHE_CACHE_MODULE_HPP

#include <memory>
#include <optional>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/multi_passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

#include "model/bus/memory_module.hpp"
#include "model/cache/cache.h"
#include "model/cache/move_script.h"

class cache_module : public sc_core::sc_module {
public:
    tlm_utils::multi_passthrough_target_socket<cache_module>
        target_socket; // PEs' data side, secure side, masters
    tlm_utils::multi_passthrough_target_socket<cache_module> fetch_target_socket; // PEs' instruction side
    tlm_utils::simple_initiator_socket<cache_module> initiator_socket;

    using moves = std::vector<struct cache_script_move>;

    // `config` null: golden mode. `dram`: the regions that may be cached. `script`: token-driven caches,
    // whose named lines are those of the moves.
    cache_module(sc_core::sc_module_name name, const struct cache_config *config,
                 const std::vector<memory_region> &dram, struct event_log *log,
                 std::optional<moves> script = std::nullopt);

    // The core, for findings and tracking; null in golden mode.
    struct cache *core() const { return core_.get(); }
    // How far the moves of a token have come.
    const struct cache_script &script() const { return script_; }
    // The run is over, after so many instructions: moves that stand there are made.
    void script_finish(uint64_t instructions);

private:
    struct core_destroy {
        void operator()(struct cache *core) const { cache_destroy(core); }
    };

    void start_of_simulation() override;
    void b_transport(int id, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    enum cache_result core_access(struct access *access, uint8_t *data);
    bool steady(tlm::tlm_generic_payload &payload);
    void golden_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    void code_lines_tell();
    bool get_direct_mem_ptr(int id, tlm::tlm_generic_payload &payload, tlm::tlm_dmi &dmi);
    unsigned int transport_dbg(int id, tlm::tlm_generic_payload &payload);
    void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end);

    std::unique_ptr<struct cache, core_destroy> core_;
    std::vector<memory_region> dram_;
    uint32_t line_ = 0;
    bool scripted_;
    moves moves_; // of script_
    struct cache_script script_ {};
};

#endif
