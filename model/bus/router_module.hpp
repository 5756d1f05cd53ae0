// SPDX-License-Identifier: BSD-3-Clause
//
// The interconnect: decodes the address, passes the transaction on unchanged except for the address, which
// devices see relative to their base and memory sees absolute. An address that nobody claims is a decode
// error, which the initiator turns into an external abort.
#ifndef MODEL_BUS_ROUTER_MODULE_HPP
#define MODEL_BUS_ROUTER_MODULE_HPP

#include <cstdint>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/multi_passthrough_initiator_socket.h>
#include <tlm_utils/multi_passthrough_target_socket.h>

class router_module : public sc_core::sc_module {
public:
    tlm_utils::multi_passthrough_target_socket<router_module> target_socket;
    tlm_utils::multi_passthrough_initiator_socket<router_module> initiator_socket;

    explicit router_module(sc_core::sc_module_name name);

    // Says what the next bound target answers: bind the targets in the same order. `relative`: the target
    // sees addresses from its base.
    void map(uint64_t pa, uint64_t size, bool relative);

private:
    struct route {
        uint64_t pa;
        uint64_t size;
        bool relative;
        uint32_t port;
    };

    const route *find(uint64_t pa, uint64_t size) const;
    void b_transport(int id, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    bool get_direct_mem_ptr(int id, tlm::tlm_generic_payload &payload, tlm::tlm_dmi &dmi);
    unsigned int transport_dbg(int id, tlm::tlm_generic_payload &payload);
    void invalidate_direct_mem_ptr(int id, sc_dt::uint64 start, sc_dt::uint64 end);

    std::vector<route> routes_;
};

#endif
