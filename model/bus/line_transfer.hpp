// SPDX-License-Identifier: BSD-3-Clause
//
// An access of any extent as transactions of one line at most, which is how agents of the secure side go to
// the bus.
#ifndef MODEL_BUS_LINE_TRANSFER_HPP
#define MODEL_BUS_LINE_TRANSFER_HPP

#include <cstdint>

#include <systemc>
#include <tlm>

#include "model/bus/access.h"
#include "model/bus/access_extension.hpp"

class line_transfer {
public:
    explicit line_transfer(uint32_t line_size) : line_size_(line_size) {}

    // Piece by piece in ascending order, va as pa; one without an extent, a barrier, as it is. `bytes` of the
    // whole access, NULL where it has none. False as soon as a piece is refused.
    bool run(tlm::tlm_fw_transport_if<> &bus, const struct access &access, uint8_t *bytes,
             sc_core::sc_time &delay);

private:
    bool transport(tlm::tlm_fw_transport_if<> &bus, const struct access &access, uint8_t *bytes,
                   sc_core::sc_time &delay);

    access_transaction transaction_;
    uint32_t line_size_;
};

#endif
