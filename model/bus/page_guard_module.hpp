// SPDX-License-Identifier: BSD-3-Clause
//
// Stands between the masters and the memory side and lets through what page_access.h allows: reads, writes,
// fetches, table walks, grants and DMI. What is refused is an address error, which a PE takes as a
// synchronous external abort; the log is told the first in each page. Maintenance passes: it moves copies,
// and whether it was somebody's to do is for the checker to judge. The SPMC is not held to anything.
//
// One stands before each side, data and instructions. DMI that is taken back is taken from all masters.
#ifndef MODEL_BUS_PAGE_GUARD_MODULE_HPP
#define MODEL_BUS_PAGE_GUARD_MODULE_HPP

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/multi_passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

#include "model/bus/access.h"
#include "model/bus/page_access.h"
#include "model/event/event.h"

class page_guard_module : public sc_core::sc_module {
public:
    tlm_utils::multi_passthrough_target_socket<page_guard_module> target_socket;
    tlm_utils::simple_initiator_socket<page_guard_module> initiator_socket; // the memory side

    explicit page_guard_module(sc_core::sc_module_name name, struct event_log *log = nullptr);

    // An endpoint that may touch nothing until allow() says so.
    void add(uint16_t endpoint);
    // From now on; DMI that says otherwise is taken back.
    void allow(uint16_t endpoint, uint64_t pa, uint64_t size, enum page_right right);

private:
    void start_of_simulation() override { simulated_ = true; }
    bool refuses(const struct access &access) const;
    void refusal_tell(const struct access &access);
    void b_transport(int id, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    bool get_direct_mem_ptr(int id, tlm::tlm_generic_payload &payload, tlm::tlm_dmi &dmi);
    unsigned int transport_dbg(int id, tlm::tlm_generic_payload &payload);
    void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end);

    std::unique_ptr<struct page_access> core_;
    bool simulated_ = false; // before, nobody has DMI, and nobody can be told
    struct event_log *log_;
    std::vector<std::pair<uint16_t, uint64_t>> told_; // endpoints and pages of which a refusal is in the log
};

#endif
