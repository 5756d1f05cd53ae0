// SPDX-License-Identifier: BSD-3-Clause
#include "model/bus/memory_module.hpp"

#include <cstring>
#include <new>

#include <sys/mman.h>

namespace {

// A first guess of a DRAM access, loosely timed; nothing in the product depends on it.
const sc_core::sc_time ACCESS_TIME(50, sc_core::SC_NS);

} // namespace

memory_module::memory_module(sc_core::sc_module_name name, const std::vector<memory_region> &regions)
    : sc_core::sc_module(name), target_socket("target_socket")
{
    for (const memory_region &region : regions) {
        reservation_size_ += region.size;
    }
    reservation_ = mmap(nullptr, reservation_size_, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (reservation_ == MAP_FAILED) {
        throw std::bad_alloc(); // the host cannot reserve the platform's memory
    }
    uint8_t *host = static_cast<uint8_t *>(reservation_);
    for (const memory_region &region : regions) {
        mappings_.push_back({region, host});
        host += region.size;
    }
    target_socket.register_b_transport(this, &memory_module::b_transport);
    target_socket.register_get_direct_mem_ptr(this, &memory_module::get_direct_mem_ptr);
    target_socket.register_transport_dbg(this, &memory_module::transport_dbg);
}

memory_module::~memory_module()
{
    munmap(reservation_, reservation_size_);
}

const memory_module::mapping *memory_module::find(uint64_t pa, uint64_t size) const
{
    for (const mapping &candidate : mappings_) {
        const memory_region &region = candidate.region;
        if (pa >= region.pa && pa - region.pa < region.size && size <= region.size - (pa - region.pa)) {
            return &candidate;
        }
    }
    return nullptr;
}

uint8_t *memory_module::host(uint64_t pa, uint64_t size) const
{
    const mapping *found = find(pa, size);
    return found != nullptr ? found->host + (pa - found->region.pa) : nullptr;
}

unsigned int memory_module::transport_dbg(int, tlm::tlm_generic_payload &payload)
{
    uint8_t *bytes = host(payload.get_address(), payload.get_data_length());
    if (bytes == nullptr) {
        return 0;
    }
    if (payload.is_read()) {
        memcpy(payload.get_data_ptr(), bytes, payload.get_data_length());
    } else if (payload.is_write()) {
        memcpy(bytes, payload.get_data_ptr(), payload.get_data_length());
    }
    return payload.get_data_length();
}

void memory_module::b_transport(int id, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    if (payload.get_byte_enable_ptr() != nullptr) {
        payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
        return;
    }
    if (payload.get_streaming_width() < payload.get_data_length()) {
        payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
        return;
    }
    if (payload.get_data_length() != 0 && transport_dbg(id, payload) == 0) {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    delay += ACCESS_TIME;
    payload.set_dmi_allowed(true);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

bool memory_module::get_direct_mem_ptr(int, tlm::tlm_generic_payload &payload, tlm::tlm_dmi &dmi)
{
    const mapping *found = find(payload.get_address(), 1);
    if (found == nullptr) {
        dmi.set_start_address(payload.get_address());
        dmi.set_end_address(payload.get_address());
        dmi.allow_none();
        return false;
    }
    dmi.set_start_address(found->region.pa);
    dmi.set_end_address(found->region.pa + found->region.size - 1);
    dmi.set_dmi_ptr(found->host);
    dmi.allow_read_write();
    dmi.set_read_latency(ACCESS_TIME);
    dmi.set_write_latency(ACCESS_TIME);
    return true;
}
