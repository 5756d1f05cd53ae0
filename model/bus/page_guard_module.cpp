// SPDX-License-Identifier: BSD-3-Clause
#include "model/bus/page_guard_module.hpp"

#include <algorithm>

#include "model/bus/access_extension.hpp"

namespace {

const uint64_t PAGE_MASK = 4095;
const size_t PAGES_TOLD_MAX = 1024; // refusals in more pages are not told

bool writes(const struct access &access)
{
    return access.op == ACCESS_WRITE || access.op == ACCESS_GRANT_WRITE || access.op == ACCESS_DC_ZVA;
}

bool grants(const struct access &access)
{
    return access.op == ACCESS_GRANT_READ || access.op == ACCESS_GRANT_WRITE;
}

bool touches(const struct access &access)
{
    return access.op == ACCESS_READ || writes(access) || grants(access);
}

// A master that does not know the extension is a device of the normal world.
struct access access_of(const tlm::tlm_generic_payload &payload)
{
    const access_extension *extension = payload.get_extension<access_extension>();
    return extension != nullptr ? extension->access : access_of_device(payload);
}

uint16_t endpoint_of(const struct access &access)
{
    return access.agent == AGENT_PARTITION ? access.endpoint : uint16_t{PAGE_ACCESS_NORMAL_WORLD};
}

// A partition that does not say which one it is is held to nothing.
bool exempt(const struct access &access)
{
    return access.agent == AGENT_SPMC || (access.agent == AGENT_PARTITION && access.endpoint == 0);
}

} // namespace

page_guard_module::page_guard_module(sc_core::sc_module_name name, struct event_log *log)
    : sc_core::sc_module(name), target_socket("target_socket"), initiator_socket("initiator_socket"),
      core_(std::make_unique<struct page_access>()), log_(log)
{
    page_access_init(core_.get());
    target_socket.register_b_transport(this, &page_guard_module::b_transport);
    target_socket.register_get_direct_mem_ptr(this, &page_guard_module::get_direct_mem_ptr);
    target_socket.register_transport_dbg(this, &page_guard_module::transport_dbg);
    initiator_socket.register_invalidate_direct_mem_ptr(this, &page_guard_module::invalidate_direct_mem_ptr);
}

void page_guard_module::add(uint16_t endpoint)
{
    page_access_add(core_.get(), endpoint);
}

void page_guard_module::allow(uint16_t endpoint, uint64_t pa, uint64_t size, enum page_right right)
{
    page_access_set(core_.get(), endpoint, pa, size, right);
    if (simulated_) {
        invalidate_direct_mem_ptr(pa, pa + size - 1);
    }
}

bool page_guard_module::refuses(const struct access &access) const
{
    return core_->range_count + core_->endpoint_count > 1 && touches(access) && access.size != 0 &&
           !exempt(access) &&
           !page_access_allows(core_.get(), endpoint_of(access), access.pa, access.size, writes(access));
}

void page_guard_module::refusal_tell(const struct access &access)
{
    const std::pair<uint16_t, uint64_t> page(endpoint_of(access), access.pa & ~PAGE_MASK);
    const bool told = std::find(told_.begin(), told_.end(), page) != told_.end();
    if (log_ == nullptr || told || told_.size() == PAGES_TOLD_MAX) {
        return;
    }
    told_.push_back(page);
    event_log_append(log_, EVENT_BUS_REFUSED, static_cast<enum agent_kind>(access.agent), access.pe,
                     access.pa, access.size, page.first, writes(access));
}

void page_guard_module::b_transport(int, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    const struct access access = access_of(payload);
    if (!refuses(access)) {
        initiator_socket->b_transport(payload, delay);
        return;
    }
    payload.set_dmi_allowed(false);
    if (grants(access)) { // declined: the access itself follows
        payload.get_extension<access_extension>()->access.granted = 0;
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
        return;
    }
    refusal_tell(access);
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

bool page_guard_module::get_direct_mem_ptr(int, tlm::tlm_generic_payload &payload, tlm::tlm_dmi &dmi)
{
    const struct access access = access_of(payload);
    uint64_t first = 0;
    uint64_t last = UINT64_MAX;
    const enum page_right right = exempt(access) ? PAGE_READ_WRITE
                                                 : page_access_at(core_.get(), endpoint_of(access),
                                                                  payload.get_address(), &first, &last);
    if (right == PAGE_NO_ACCESS || !initiator_socket->get_direct_mem_ptr(payload, dmi)) {
        dmi.allow_none();
        return false;
    }
    const uint64_t start = std::max<uint64_t>(dmi.get_start_address(), first);
    dmi.set_dmi_ptr(dmi.get_dmi_ptr() + (start - dmi.get_start_address()));
    dmi.set_start_address(start);
    dmi.set_end_address(std::min<uint64_t>(dmi.get_end_address(), last));
    if (right == PAGE_READ_ONLY && dmi.is_write_allowed()) {
        dmi.set_granted_access(tlm::tlm_dmi::DMI_ACCESS_READ);
    }
    return true;
}

unsigned int page_guard_module::transport_dbg(int, tlm::tlm_generic_payload &payload)
{
    return initiator_socket->transport_dbg(payload);
}

void page_guard_module::invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end)
{
    for (unsigned int i = 0; i < target_socket.size(); i++) {
        target_socket[i]->invalidate_direct_mem_ptr(start, end);
    }
}
