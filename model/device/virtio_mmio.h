/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One slot of the memory mapped virtio transport: Virtual I/O Device (VIRTIO) Version 1.1, "Virtio Over
 * MMIO", registers of version 2, or of version 1 ("Legacy interface"), which is what QEMU's virt machine
 * shows by default. A slot is empty, or has a block device (virtio_blk.h). The interrupt output has no
 * effect; its register tells.
 *
 *     if (virtio_mmio_write(slot, offset, size, value) == VIRTIO_MMIO_WORK) {
 *         struct dma_step step = virtio_mmio_start(slot);
 *         while (step.need != DMA_NOTHING) {
 *             step = virtio_mmio_continue(slot, provide(&step));
 *         }
 *     }
 */
#ifndef MODEL_DEVICE_VIRTIO_MMIO_H
#define MODEL_DEVICE_VIRTIO_MMIO_H

#include <stdbool.h>
#include <stdint.h>

#include "model/device/dma.h"
#include "model/device/virtio_blk.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VIRTIO_MMIO_SIZE  0x200 /* of a slot */
#define VIRTIO_MMIO_SLOTS 32    /* of the virt machine */

#define VIRTIO_MMIO_MAGIC_VALUE         0x000
#define VIRTIO_MMIO_VERSION             0x004
#define VIRTIO_MMIO_DEVICE_ID           0x008
#define VIRTIO_MMIO_VENDOR_ID           0x00C
#define VIRTIO_MMIO_DEVICE_FEATURES     0x010
#define VIRTIO_MMIO_DEVICE_FEATURES_SEL 0x014
#define VIRTIO_MMIO_DRIVER_FEATURES     0x020
#define VIRTIO_MMIO_DRIVER_FEATURES_SEL 0x024
#define VIRTIO_MMIO_GUEST_PAGE_SIZE     0x028 /* legacy */
#define VIRTIO_MMIO_QUEUE_SEL           0x030
#define VIRTIO_MMIO_QUEUE_NUM_MAX       0x034
#define VIRTIO_MMIO_QUEUE_NUM           0x038
#define VIRTIO_MMIO_QUEUE_ALIGN         0x03C /* legacy */
#define VIRTIO_MMIO_QUEUE_PFN           0x040 /* legacy */
#define VIRTIO_MMIO_QUEUE_READY         0x044
#define VIRTIO_MMIO_QUEUE_NOTIFY        0x050
#define VIRTIO_MMIO_INTERRUPT_STATUS    0x060
#define VIRTIO_MMIO_INTERRUPT_ACK       0x064
#define VIRTIO_MMIO_STATUS              0x070
#define VIRTIO_MMIO_QUEUE_DESC_LOW      0x080
#define VIRTIO_MMIO_QUEUE_DESC_HIGH     0x084
#define VIRTIO_MMIO_QUEUE_DRIVER_LOW    0x090
#define VIRTIO_MMIO_QUEUE_DRIVER_HIGH   0x094
#define VIRTIO_MMIO_QUEUE_DEVICE_LOW    0x0A0
#define VIRTIO_MMIO_QUEUE_DEVICE_HIGH   0x0A4
#define VIRTIO_MMIO_CONFIG_GENERATION   0x0FC
#define VIRTIO_MMIO_CONFIG              0x100

#define VIRTIO_STATUS_DRIVER_OK   4
#define VIRTIO_STATUS_FEATURES_OK 8
#define VIRTIO_STATUS_NEEDS_RESET 64

#define VIRTIO_DEVICE_ID_BLOCK 2

struct virtio_mmio {
    bool legacy;
    struct virtio_blk *blk; /* NULL: the slot is empty */
    uint32_t device_features_sel, driver_features_sel, queue_sel;
    uint64_t driver_features;
    uint32_t guest_page_shift; /* legacy */
    uint64_t queue_pa;         /* legacy: of the descriptor table, from which the rest follows */
    uint32_t queue_align;      /* legacy */
    uint64_t queue_areas[3];   /* as written, to take effect with QUEUE_READY: descriptors, driver, device */
    bool queue_ready;
    uint32_t interrupt_status;
    uint32_t status;
};

enum virtio_mmio_result {
    VIRTIO_MMIO_OK,
    VIRTIO_MMIO_WORK,  /* the queue was notified: virtio_mmio_start() */
    VIRTIO_MMIO_ABORT, /* the access is not inside the slot, or not aligned */
};

/* `blk`: initialised, outlives the slot; NULL for an empty one. */
void virtio_mmio_init(struct virtio_mmio *slot, bool legacy, struct virtio_blk *blk);

/* `offset` is relative to the slot, `size` in bytes: 1, 2 or 4, aligned. */
enum virtio_mmio_result virtio_mmio_read(struct virtio_mmio *slot, uint64_t offset, uint32_t size,
                                         uint32_t *value);
enum virtio_mmio_result virtio_mmio_write(struct virtio_mmio *slot, uint64_t offset, uint32_t size,
                                          uint32_t value);

struct dma_step virtio_mmio_start(struct virtio_mmio *slot);
struct dma_step virtio_mmio_continue(struct virtio_mmio *slot, bool provided);

#ifdef __cplusplus
}
#endif

#endif
