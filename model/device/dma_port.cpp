// SPDX-License-Identifier: BSD-3-Clause
#include "model/device/dma_port.hpp"

#include <algorithm>

void dma_port::caused_by(const tlm::tlm_generic_payload &payload)
{
    const access_extension *extension = payload.get_extension<access_extension>();
    if (extension != nullptr) {
        pc_ = extension->access.pc;
        position_ = extension->access.position;
        pe_ = extension->access.pe;
    }
}

bool dma_port::provide(const struct dma_step &step, tlm::tlm_blocking_transport_if<> &bus,
                       sc_core::sc_time &delay)
{
    struct access access {};
    access.op = step.need == DMA_READ ? ACCESS_READ : ACCESS_WRITE;
    access.agent = AGENT_DEVICE;
    access.type = coherent_ ? MEMORY_NORMAL_WB : MEMORY_NORMAL_NC;
    access.shareability = coherent_ ? SHAREABILITY_INNER : SHAREABILITY_OUTER;
    access.pc = pc_;
    access.position = position_;
    access.pe = pe_;
    for (uint64_t done = 0; done < step.size; done += access.size) {
        access.pa = access.va = step.pa + done;
        access.size =
            static_cast<uint32_t>(std::min<uint64_t>(step.size - done, line_size_ - access.pa % line_size_));
        tlm::tlm_generic_payload &payload = transaction_.prepare(access, step.bytes + done);
        bus.b_transport(payload, delay);
        if (!payload.is_response_ok()) {
            return false;
        }
    }
    return true;
}
