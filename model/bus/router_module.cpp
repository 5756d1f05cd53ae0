// SPDX-License-Identifier: BSD-3-Clause
#include "model/bus/router_module.hpp"

#include <algorithm>
#include <cstring>

#include "model/bus/access_extension.hpp"

namespace {

const uint64_t PAGE_MASK = 4095;
const size_t PAGES_TOLD_MAX = 1024; // aborts in more pages are not told
const uint8_t FLOATING = 0xFF;      // what a byte reads as that nobody drives

} // namespace

router_module::router_module(sc_core::sc_module_name name, struct event_log *log)
    : sc_core::sc_module(name), target_socket("target_socket"), initiator_socket("initiator_socket"),
      log_(log)
{
    target_socket.register_b_transport(this, &router_module::b_transport);
    target_socket.register_get_direct_mem_ptr(this, &router_module::get_direct_mem_ptr);
    target_socket.register_transport_dbg(this, &router_module::transport_dbg);
    initiator_socket.register_invalidate_direct_mem_ptr(this, &router_module::invalidate_direct_mem_ptr);
}

void router_module::map(uint64_t pa, uint64_t size, bool relative)
{
    routes_.push_back({pa, size, relative, static_cast<uint32_t>(routes_.size())});
}

void router_module::map_empty(uint64_t pa, uint64_t size)
{
    empties_.push_back({pa, size, false, 0});
}

const router_module::route *router_module::find(const std::vector<route> &routes, uint64_t pa, uint64_t size)
{
    for (const route &candidate : routes) {
        if (pa >= candidate.pa && pa - candidate.pa < candidate.size &&
            size <= candidate.size - (pa - candidate.pa)) {
            return &candidate;
        }
    }
    return nullptr;
}

bool router_module::empty_answers(tlm::tlm_generic_payload &payload) const
{
    if (find(empties_, payload.get_address(), payload.get_data_length()) == nullptr) {
        return false;
    }
    if (payload.is_read()) {
        memset(payload.get_data_ptr(), FLOATING, payload.get_data_length());
    }
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    return true;
}

void router_module::abort_tell(const tlm::tlm_generic_payload &payload)
{
    const uint64_t page = payload.get_address() & ~PAGE_MASK;
    const bool told = std::find(pages_told_.begin(), pages_told_.end(), page) != pages_told_.end();
    if (log_ == nullptr || told || pages_told_.size() == PAGES_TOLD_MAX) {
        return;
    }
    pages_told_.push_back(page);
    const access_extension *extension = payload.get_extension<access_extension>();
    const uint8_t agent = extension != nullptr ? extension->access.agent : static_cast<uint8_t>(AGENT_DEVICE);
    event_log_append(log_, EVENT_BUS_ABORT, static_cast<enum agent_kind>(agent),
                     extension != nullptr ? extension->access.pe : 0, payload.get_address(),
                     payload.get_data_length(), 0, 0);
}

void router_module::b_transport(int, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    const uint64_t pa = payload.get_address();
    const route *found = find(routes_, pa, payload.get_data_length());
    if (found == nullptr) {
        if (!empty_answers(payload)) {
            payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
            abort_tell(payload);
        }
        return;
    }
    payload.set_address(found->relative ? pa - found->pa : pa);
    initiator_socket[found->port]->b_transport(payload, delay);
    payload.set_address(pa);
    if (payload.is_response_error()) {
        abort_tell(payload);
    }
}

bool router_module::get_direct_mem_ptr(int, tlm::tlm_generic_payload &payload, tlm::tlm_dmi &dmi)
{
    const uint64_t pa = payload.get_address();
    const route *found = find(routes_, pa, 1);
    if (found == nullptr) {
        dmi.allow_none();
        return false;
    }
    const uint64_t base = found->relative ? found->pa : 0;
    payload.set_address(pa - base);
    const bool allowed = initiator_socket[found->port]->get_direct_mem_ptr(payload, dmi);
    payload.set_address(pa);
    // The target may own more than is routed to it: the initiator must not learn of the rest.
    const uint64_t start = dmi.get_start_address() + base;
    if (start < found->pa && dmi.get_dmi_ptr() != nullptr) {
        dmi.set_dmi_ptr(dmi.get_dmi_ptr() + (found->pa - start));
    }
    dmi.set_start_address(std::max<uint64_t>(start, found->pa));
    dmi.set_end_address(std::min<uint64_t>(dmi.get_end_address() + base, found->pa + found->size - 1));
    return allowed;
}

unsigned int router_module::transport_dbg(int, tlm::tlm_generic_payload &payload)
{
    const uint64_t pa = payload.get_address();
    const route *found = find(routes_, pa, payload.get_data_length());
    if (found == nullptr) {
        return 0;
    }
    payload.set_address(found->relative ? pa - found->pa : pa);
    const unsigned int bytes = initiator_socket[found->port]->transport_dbg(payload);
    payload.set_address(pa);
    return bytes;
}

void router_module::invalidate_direct_mem_ptr(int id, sc_dt::uint64 start, sc_dt::uint64 end)
{
    const route &from = routes_.at(static_cast<size_t>(id));
    const uint64_t base = from.relative ? from.pa : 0;
    for (unsigned int i = 0; i < target_socket.size(); i++) {
        target_socket[i]->invalidate_direct_mem_ptr(start + base, end + base);
    }
}
