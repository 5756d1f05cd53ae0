// SPDX-License-Identifier: BSD-3-Clause
//
// The shell of prove: stands where the caches stand in a cached run. Every access of the cluster is made on
// golden memory behind it, then told to the core; memory that the core does not want to see is granted by
// DMI, and taken back when it does. No decision is taken here. Flash and other memory outside the windows is
// granted as its owner grants it, for reading.
#ifndef MODEL_CHECKER_CHECKER_MODULE_HPP
#define MODEL_CHECKER_CHECKER_MODULE_HPP

#include <memory>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/multi_passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

#include "model/bus/memory_module.hpp"
#include "model/checker/prove.h"

class checker_module : public sc_core::sc_module {
public:
    tlm_utils::multi_passthrough_target_socket<checker_module>
        target_socket; // PEs' data side, secure side, masters
    tlm_utils::multi_passthrough_target_socket<checker_module> fetch_target_socket; // PEs' instruction side
    tlm_utils::simple_initiator_socket<checker_module> initiator_socket;

    // The windows of `config` are DRAM behind the bus, which grants DMI to each of them as a whole.
    checker_module(sc_core::sc_module_name name, const struct prove_config &config);

    struct prove *core() const { return core_.get(); }
    // The shared buffer changes hands; `by` made the call.
    void hand_over(uint32_t function_id, bool to_secure, const struct access &by);
    // Pages of non-secure memory belong to the secure side alone, or come back.
    void lend(uint64_t pa, uint64_t size, bool lent, const struct access &by);

private:
    struct core_destroy {
        void operator()(struct prove *core) const { prove_destroy(core); }
    };

    void start_of_simulation() override;
    void b_transport(int id, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    void pass(const struct access &access, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    void take(const struct access &access, const uint8_t *data);
    bool in_memory(uint64_t pa) const;
    bool steady(tlm::tlm_generic_payload &payload);
    void revoke();
    bool get_direct_mem_ptr(int id, tlm::tlm_generic_payload &payload, tlm::tlm_dmi &dmi);
    unsigned int transport_dbg(int id, tlm::tlm_generic_payload &payload);
    void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end);

    std::unique_ptr<struct prove, core_destroy> core_;
    std::vector<struct prove_window> windows_;
};

#endif
