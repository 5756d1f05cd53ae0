// SPDX-License-Identifier: BSD-3-Clause
//
// The shell of all virtio slots of the machine: their registers by one socket, the queues and data of their
// block devices by another, within the access that notifies. Disks are copies in memory; a file is the
// owner's business.
#ifndef MODEL_DEVICE_VIRTIO_MMIO_MODULE_HPP
#define MODEL_DEVICE_VIRTIO_MMIO_MODULE_HPP

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "model/device/dma_port.hpp"
#include "model/device/virtio_mmio.h"

// A block device. QEMU puts its first one in the last slot, 31.
struct virtio_disk {
    uint32_t slot = VIRTIO_MMIO_SLOTS - 1;
    std::vector<uint8_t> bytes;
    bool read_only = false;
    std::string id; // the first VIRTIO_BLK_ID_SIZE characters count
};

class virtio_mmio_module : public sc_core::sc_module {
public:
    static constexpr uint64_t SIZE = static_cast<uint64_t>(VIRTIO_MMIO_SLOTS) * VIRTIO_MMIO_SIZE;

    tlm_utils::simple_target_socket<virtio_mmio_module> target_socket; // SIZE bytes, relative to slot 0
    tlm_utils::simple_initiator_socket<virtio_mmio_module> bus_initiator_socket; // to the side of the PEs

    // Two disks in one slot, or a slot that does not exist: std::invalid_argument.
    virtio_mmio_module(sc_core::sc_module_name name, std::vector<virtio_disk> disks, bool legacy,
                       bool coherent, uint32_t line_size);

    // By their order at construction.
    bool dirty(size_t disk) const { return blks_.at(disk)->dirty; }
    const std::vector<uint8_t> &bytes(size_t disk) const { return disks_.at(disk).bytes; }

private:
    void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    void work(struct virtio_mmio *slot, sc_core::sc_time &delay);

    std::vector<virtio_disk> disks_;
    std::vector<std::unique_ptr<struct virtio_blk>> blks_;
    std::array<struct virtio_mmio, VIRTIO_MMIO_SLOTS> slots_{};
    dma_port dma_;
    bool busy_ = false; // its own DMA is under way: the registers do not answer it
};

#endif
