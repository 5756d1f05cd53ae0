// SPDX-License-Identifier: BSD-3-Clause
//
// The interconnect: decodes the address, passes the transaction on unchanged except for the address, which
// devices see relative to their base and memory sees absolute. An address that nobody claims is a decode
// error, which the initiator turns into an external abort; so is what a target refuses. The log is told the
// first of them in each page, so that a guest that goes on trying does not fill it.
//
// An empty bus answers as PCI Express does where there is no device: reads return ones, writes are lost.
#ifndef MODEL_BUS_ROUTER_MODULE_HPP
#define MODEL_BUS_ROUTER_MODULE_HPP

#include <cstdint>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/multi_passthrough_initiator_socket.h>
#include <tlm_utils/multi_passthrough_target_socket.h>

#include "model/event/event.h"

class router_module : public sc_core::sc_module {
public:
    tlm_utils::multi_passthrough_target_socket<router_module> target_socket;
    tlm_utils::multi_passthrough_initiator_socket<router_module> initiator_socket;

    explicit router_module(sc_core::sc_module_name name, struct event_log *log = nullptr);

    // Says what the next bound target answers: bind the targets in the same order. `relative`: the target
    // sees addresses from its base.
    void map(uint64_t pa, uint64_t size, bool relative);
    // An empty bus; nothing is bound.
    void map_empty(uint64_t pa, uint64_t size);

private:
    struct route {
        uint64_t pa;
        uint64_t size;
        bool relative;
        uint32_t port;
    };

    static const route *find(const std::vector<route> &routes, uint64_t pa, uint64_t size);
    bool empty_answers(tlm::tlm_generic_payload &payload) const;
    void abort_tell(const tlm::tlm_generic_payload &payload);
    void b_transport(int id, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    bool get_direct_mem_ptr(int id, tlm::tlm_generic_payload &payload, tlm::tlm_dmi &dmi);
    unsigned int transport_dbg(int id, tlm::tlm_generic_payload &payload);
    void invalidate_direct_mem_ptr(int id, sc_dt::uint64 start, sc_dt::uint64 end);

    std::vector<route> routes_;
    std::vector<route> empties_;
    struct event_log *log_;
    std::vector<uint64_t> pages_told_; // of which an abort is in the log
};

#endif
