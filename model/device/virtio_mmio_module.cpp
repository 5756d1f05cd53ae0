// SPDX-License-Identifier: BSD-3-Clause
#include "model/device/virtio_mmio_module.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

virtio_mmio_module::virtio_mmio_module(sc_core::sc_module_name name, std::vector<virtio_disk> disks,
                                       bool legacy, bool coherent, uint32_t line_size)
    : sc_core::sc_module(name), target_socket("target_socket"), bus_initiator_socket("bus_initiator_socket"),
      disks_(std::move(disks)), dma_(coherent, line_size)
{
    for (struct virtio_mmio &slot : slots_) {
        virtio_mmio_init(&slot, legacy, nullptr);
    }
    for (virtio_disk &disk : disks_) {
        if (disk.slot >= slots_.size() || slots_[disk.slot].blk != nullptr) {
            throw std::invalid_argument("a disk needs a virtio slot of its own");
        }
        struct virtio_blk_config config {};
        config.bytes = disk.bytes.data();
        config.size = disk.bytes.size();
        config.read_only = disk.read_only;
        std::copy_n(disk.id.begin(), std::min<size_t>(disk.id.size(), VIRTIO_BLK_ID_SIZE), config.id);
        blks_.push_back(std::make_unique<struct virtio_blk>());
        virtio_blk_init(blks_.back().get(), &config);
        virtio_mmio_init(&slots_[disk.slot], legacy, blks_.back().get());
    }
    target_socket.register_b_transport(this, &virtio_mmio_module::b_transport);
}

void virtio_mmio_module::work(struct virtio_mmio *slot, sc_core::sc_time &delay)
{
    busy_ = true;
    struct dma_step step = virtio_mmio_start(slot);
    while (step.need != DMA_NOTHING) {
        step = virtio_mmio_continue(slot, dma_.provide(step, *bus_initiator_socket.operator->(), delay));
    }
    busy_ = false;
}

void virtio_mmio_module::b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    const uint32_t size = payload.get_data_length();
    uint32_t value = 0;
    if (size > sizeof(value) || payload.get_byte_enable_ptr() != nullptr) {
        payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
        return;
    }
    if (busy_ || payload.get_address() >= SIZE) {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    struct virtio_mmio *slot = &slots_[payload.get_address() / VIRTIO_MMIO_SIZE];
    const uint64_t offset = payload.get_address() % VIRTIO_MMIO_SIZE;
    enum virtio_mmio_result result = VIRTIO_MMIO_ABORT;
    if (payload.is_read()) {
        result = virtio_mmio_read(slot, offset, size, &value);
        memcpy(payload.get_data_ptr(), &value, size);
    } else if (payload.is_write()) {
        memcpy(&value, payload.get_data_ptr(), size);
        result = virtio_mmio_write(slot, offset, size, value);
    }
    if (result == VIRTIO_MMIO_WORK) {
        dma_.caused_by(payload);
        work(slot, delay);
    }
    payload.set_response_status(result == VIRTIO_MMIO_ABORT ? tlm::TLM_ADDRESS_ERROR_RESPONSE
                                                            : tlm::TLM_OK_RESPONSE);
}
