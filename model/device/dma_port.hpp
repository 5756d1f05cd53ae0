// SPDX-License-Identifier: BSD-3-Clause
//
// How the shells of bus masters provide what their cores need: accesses of AGENT_DEVICE within lines, with
// the attributes of the device. It belongs on the side of the caches or the checker where the PEs are: they
// see what a device reads and writes.
#ifndef MODEL_DEVICE_DMA_PORT_HPP
#define MODEL_DEVICE_DMA_PORT_HPP

#include <cstdint>

#include <systemc>
#include <tlm>

#include "model/bus/access_extension.hpp"
#include "model/device/dma.h"

class dma_port {
public:
    // `coherent`: accesses are Normal write-back inner shareable, as of an agent in the PEs' domain;
    // otherwise they are Normal non-cacheable outer shareable. `line_size`: no access crosses a line.
    dma_port(bool coherent, uint32_t line_size) : coherent_(coherent), line_size_(line_size) {}

    // The access by which the program set the device to work: DMA is told as its consequence.
    void caused_by(const tlm::tlm_generic_payload &payload);

    // Does all of it, in ascending order; false: memory refused a part of it, and nothing behind that was
    // done.
    bool provide(const struct dma_step &step, tlm::tlm_blocking_transport_if<> &bus, sc_core::sc_time &delay);

private:
    bool coherent_;
    uint32_t line_size_;
    uint64_t pc_ = 0;
    uint64_t position_ = 0;
    uint8_t pe_ = 0;
    access_transaction transaction_;
};

#endif
