// SPDX-License-Identifier: BSD-3-Clause
//
// DRAM at the Point of Coherency: bytes, and nothing else. All regions of a platform lie in one host
// reservation, so that one map of may-be-dirty marks serves them all. Host pages are touched only where the
// guest touches them.
#ifndef MODEL_BUS_MEMORY_MODULE_HPP
#define MODEL_BUS_MEMORY_MODULE_HPP

#include <cstdint>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/multi_passthrough_target_socket.h>

// A region of DRAM: page aligned, in bytes.
struct memory_region {
    uint64_t pa;
    uint64_t size;
};

class memory_module : public sc_core::sc_module {
public:
    tlm_utils::multi_passthrough_target_socket<memory_module> target_socket; // one binding a region

    memory_module(sc_core::sc_module_name name, const std::vector<memory_region> &regions);
    ~memory_module() override;

    // The host bytes of [pa, pa + size), or null if it is not all inside one region. For loaders and reports.
    uint8_t *host(uint64_t pa, uint64_t size) const;

private:
    struct mapping {
        memory_region region;
        uint8_t *host;
    };

    const mapping *find(uint64_t pa, uint64_t size) const;
    void b_transport(int id, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    bool get_direct_mem_ptr(int id, tlm::tlm_generic_payload &payload, tlm::tlm_dmi &dmi);
    unsigned int transport_dbg(int id, tlm::tlm_generic_payload &payload);

    std::vector<mapping> mappings_;
    void *reservation_ = nullptr;
    uint64_t reservation_size_ = 0;
};

#endif
