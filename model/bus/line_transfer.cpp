// SPDX-License-Identifier: BSD-3-Clause
#include "model/bus/line_transfer.hpp"

#include <algorithm>

bool line_transfer::run(tlm::tlm_fw_transport_if<> &bus, const struct access &access, uint8_t *bytes,
                        sc_core::sc_time &delay)
{
    if (access.size == 0) {
        return transport(bus, access, nullptr, delay);
    }
    struct access piece = access;
    const uint64_t end = access.pa + access.size;
    while (piece.pa < end) {
        piece.va = piece.pa;
        piece.size =
            static_cast<uint32_t>(std::min<uint64_t>(end - piece.pa, line_size_ - piece.pa % line_size_));
        if (!transport(bus, piece, bytes != nullptr ? bytes + (piece.pa - access.pa) : nullptr, delay)) {
            return false;
        }
        piece.pa += piece.size;
    }
    return true;
}

bool line_transfer::transport(tlm::tlm_fw_transport_if<> &bus, const struct access &access, uint8_t *bytes,
                              sc_core::sc_time &delay)
{
    tlm::tlm_generic_payload &payload = transaction_.prepare(access, bytes);
    bus.b_transport(payload, delay);
    return payload.is_response_ok();
}
