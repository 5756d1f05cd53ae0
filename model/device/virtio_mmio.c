/* SPDX-License-Identifier: BSD-3-Clause */
/* The registers of a virtio slot; see virtio_mmio.h. */
#include "model/device/virtio_mmio.h"

#include <assert.h>
#include <stddef.h>

#define MAGIC  0x74726976U /* "virt" */
#define VENDOR 0x554D4551U /* "QEMU" */

#define QUEUE_ALIGN_RESET 4096
#define QUEUE_SEL_MAX     1023
#define PAGE_SHIFT_MAX    31

#define INTERRUPT_USED_BUFFER 1
#define INTERRUPT_CONFIG      2

#define LOW(value)  ((uint32_t)(value))
#define HIGH(value) ((uint32_t)((value) >> 32))

enum queue_area { AREA_DESCRIPTORS, AREA_DRIVER, AREA_DEVICE };

/* As a reset leaves it. What a driver says of itself, and not of the device, stays. */
static void reset(struct virtio_mmio *slot)
{
    virtio_blk_reset(slot->blk);
    slot->driver_features = 0;
    slot->queue_sel = 0;
    slot->queue_pa = 0;
    slot->queue_align = QUEUE_ALIGN_RESET;
    slot->queue_ready = false;
    slot->interrupt_status = 0;
    slot->status = 0;
    for (uint32_t i = 0; i < sizeof(slot->queue_areas) / sizeof(slot->queue_areas[0]); i++) {
        slot->queue_areas[i] = 0;
    }
}

void virtio_mmio_init(struct virtio_mmio *slot, bool legacy, struct virtio_blk *blk)
{
    *slot = (struct virtio_mmio){.legacy = legacy, .blk = blk};
    if (blk != NULL) {
        reset(slot);
    }
}

static uint64_t features(const struct virtio_mmio *slot)
{
    return virtio_blk_features(slot->blk) | (slot->legacy ? VIRTIO_F_ANY_LAYOUT : VIRTIO_F_VERSION_1);
}

static bool access_fits(uint64_t offset, uint32_t size)
{
    return (size == 1 || size == 2 || size == 4) && offset < VIRTIO_MMIO_SIZE && offset % size == 0;
}

/* ---- reads ---- */

/* What is behind the last field reads as ones. */
static uint32_t config_read(const struct virtio_mmio *slot, uint64_t offset, uint32_t size)
{
    uint8_t space[VIRTIO_BLK_CONFIG_SIZE];
    if (offset + size > sizeof(space)) {
        return UINT32_MAX >> (8 * (4 - size));
    }
    virtio_blk_config_space(slot->blk, space);
    uint32_t value = 0;
    for (uint32_t i = 0; i < size; i++) {
        value |= (uint32_t)space[offset + i] << (8 * i);
    }
    return value;
}

static uint32_t device_features_read(const struct virtio_mmio *slot)
{
    if (slot->device_features_sel != 0) {
        return slot->legacy ? 0 : HIGH(features(slot));
    }
    return LOW(features(slot));
}

static uint32_t register_read(const struct virtio_mmio *slot, uint64_t offset)
{
    switch (offset) {
    case VIRTIO_MMIO_DEVICE_ID:
        return VIRTIO_DEVICE_ID_BLOCK;
    case VIRTIO_MMIO_DEVICE_FEATURES:
        return device_features_read(slot);
    case VIRTIO_MMIO_QUEUE_NUM_MAX:
        return slot->queue_sel == 0 ? VIRTIO_QUEUE_SIZE_MAX : 0;
    case VIRTIO_MMIO_QUEUE_PFN:
        return slot->legacy && slot->queue_sel == 0 ? LOW(slot->queue_pa >> slot->guest_page_shift) : 0;
    case VIRTIO_MMIO_QUEUE_READY:
        return !slot->legacy && slot->queue_sel == 0 && slot->queue_ready;
    case VIRTIO_MMIO_INTERRUPT_STATUS:
        return slot->interrupt_status;
    case VIRTIO_MMIO_STATUS:
        return slot->status;
    default: /* write only, reserved, and CONFIG_GENERATION of a configuration that never changes */
        return 0;
    }
}

enum virtio_mmio_result virtio_mmio_read(struct virtio_mmio *slot, uint64_t offset, uint32_t size,
                                         uint32_t *value)
{
    *value = 0;
    if (!access_fits(offset, size)) {
        return VIRTIO_MMIO_ABORT;
    }
    if (size == 4 && offset == VIRTIO_MMIO_MAGIC_VALUE) {
        *value = MAGIC;
    } else if (size == 4 && offset == VIRTIO_MMIO_VERSION) {
        *value = slot->legacy ? 1 : 2;
    } else if (size == 4 && offset == VIRTIO_MMIO_VENDOR_ID) {
        *value = VENDOR;
    } else if (slot->blk != NULL && offset >= VIRTIO_MMIO_CONFIG) {
        *value = config_read(slot, offset - VIRTIO_MMIO_CONFIG, size);
    } else if (slot->blk != NULL && size == 4) {
        *value = register_read(slot, offset);
    }
    return VIRTIO_MMIO_OK;
}

/* ---- the place of the queue ---- */

/* "Legacy interfaces: a note on virtqueue layout": the areas follow each other, the used ring on a boundary.
 */
static void legacy_queue_place(struct virtio_mmio *slot)
{
    struct virtio_queue *queue = &slot->blk->queue;
    const uint64_t align = slot->queue_align;
    const uint64_t available = slot->queue_pa + 16 * (uint64_t)queue->size;
    const uint64_t available_end = available + 4 + 2 * (uint64_t)queue->size;
    queue->descriptor_pa = slot->queue_pa;
    queue->available_pa = available;
    queue->used_pa = (available_end + align - 1) / align * align;
}

static void queue_ready_write(struct virtio_mmio *slot, uint32_t value)
{
    struct virtio_queue *queue = &slot->blk->queue;
    slot->queue_ready = (value & 1) != 0;
    queue->descriptor_pa = slot->queue_ready ? slot->queue_areas[AREA_DESCRIPTORS] : 0;
    queue->available_pa = slot->queue_areas[AREA_DRIVER];
    queue->used_pa = slot->queue_areas[AREA_DEVICE];
}

static void queue_size_write(struct virtio_mmio *slot, uint32_t value)
{
    if (value == 0 || value > VIRTIO_QUEUE_SIZE_MAX) {
        return;
    }
    slot->blk->queue.size = value;
    if (slot->legacy && slot->queue_pa != 0) {
        legacy_queue_place(slot);
    }
}

static void queue_align_write(struct virtio_mmio *slot, uint32_t value)
{
    if (value == 0) {
        return;
    }
    slot->queue_align = value;
    if (slot->queue_pa != 0) {
        legacy_queue_place(slot);
    }
}

static void queue_pfn_write(struct virtio_mmio *slot, uint32_t value)
{
    if (value == 0) {
        reset(slot);
        return;
    }
    slot->queue_pa = (uint64_t)value << slot->guest_page_shift;
    legacy_queue_place(slot);
}

static void queue_area_write(struct virtio_mmio *slot, uint64_t offset, uint32_t value)
{
    const uint64_t relative = offset - VIRTIO_MMIO_QUEUE_DESC_LOW;
    uint64_t *area = &slot->queue_areas[relative / 0x10];
    if (relative % 0x10 == 0) {
        *area = (*area & ~(uint64_t)UINT32_MAX) | value;
    } else {
        *area = (*area & UINT32_MAX) | (uint64_t)value << 32;
    }
}

/* ---- writes ---- */

/* Nothing is negotiated after FEATURES_OK. What is not offered is not accepted. */
static void driver_features_write(struct virtio_mmio *slot, uint32_t value)
{
    const bool high = slot->driver_features_sel != 0;
    if ((slot->status & VIRTIO_STATUS_FEATURES_OK) != 0 || (high && slot->legacy)) {
        return;
    }
    const uint64_t other =
        high ? slot->driver_features & UINT32_MAX : slot->driver_features & ~(uint64_t)UINT32_MAX;
    slot->driver_features = (other | (uint64_t)value << (high ? 32 : 0)) & features(slot);
}

/* NEEDS_RESET is the device's to set. FEATURES_OK does not stay without VERSION_1, but on a legacy device. */
static void status_write(struct virtio_mmio *slot, uint32_t value)
{
    if ((value & 0xFF) == 0) {
        reset(slot);
        return;
    }
    const bool acceptable = slot->legacy || (slot->driver_features & VIRTIO_F_VERSION_1) != 0;
    const uint32_t kept = slot->status & VIRTIO_STATUS_NEEDS_RESET;
    slot->status = kept | (value & 0xFF & ~(uint32_t)VIRTIO_STATUS_NEEDS_RESET);
    if (!acceptable) {
        slot->status &= ~(uint32_t)VIRTIO_STATUS_FEATURES_OK;
    }
}

static void guest_page_size_write(struct virtio_mmio *slot, uint32_t value)
{
    uint32_t shift = 0;
    while (shift < 32 && (value >> shift & 1) == 0) {
        shift++;
    }
    slot->guest_page_shift = shift > PAGE_SHIFT_MAX ? 0 : shift;
}

/* A queue that exists is told. A driver of the legacy interface may notify before it says DRIVER_OK. */
static enum virtio_mmio_result notify(const struct virtio_mmio *slot, uint32_t queue)
{
    const bool running = slot->legacy || (slot->status & VIRTIO_STATUS_DRIVER_OK) != 0;
    return queue == 0 && running ? VIRTIO_MMIO_WORK : VIRTIO_MMIO_OK;
}

/* What there is for the selected queue. Only queue 0 exists. */
static void queue_write(struct virtio_mmio *slot, uint64_t offset, uint32_t value)
{
    if (slot->queue_sel != 0) {
        return;
    }
    switch (offset) {
    case VIRTIO_MMIO_QUEUE_NUM:
        queue_size_write(slot, value);
        return;
    case VIRTIO_MMIO_QUEUE_DESC_LOW:
    case VIRTIO_MMIO_QUEUE_DESC_HIGH:
    case VIRTIO_MMIO_QUEUE_DRIVER_LOW:
    case VIRTIO_MMIO_QUEUE_DRIVER_HIGH:
    case VIRTIO_MMIO_QUEUE_DEVICE_LOW:
    case VIRTIO_MMIO_QUEUE_DEVICE_HIGH:
        queue_area_write(slot, offset, value);
        return;
    case VIRTIO_MMIO_QUEUE_READY:
        if (!slot->legacy) {
            queue_ready_write(slot, value);
        }
        return;
    case VIRTIO_MMIO_QUEUE_ALIGN:
        if (slot->legacy) {
            queue_align_write(slot, value);
        }
        return;
    case VIRTIO_MMIO_QUEUE_PFN:
        if (slot->legacy) {
            queue_pfn_write(slot, value);
        }
        return;
    default: /* read only or reserved */
        return;
    }
}

static enum virtio_mmio_result register_write(struct virtio_mmio *slot, uint64_t offset, uint32_t value)
{
    switch (offset) {
    case VIRTIO_MMIO_DEVICE_FEATURES_SEL:
        slot->device_features_sel = value != 0;
        break;
    case VIRTIO_MMIO_DRIVER_FEATURES_SEL:
        slot->driver_features_sel = value != 0;
        break;
    case VIRTIO_MMIO_DRIVER_FEATURES:
        driver_features_write(slot, value);
        break;
    case VIRTIO_MMIO_GUEST_PAGE_SIZE:
        if (slot->legacy) {
            guest_page_size_write(slot, value);
        }
        break;
    case VIRTIO_MMIO_QUEUE_SEL:
        slot->queue_sel = value <= QUEUE_SEL_MAX ? value : slot->queue_sel;
        break;
    case VIRTIO_MMIO_QUEUE_NOTIFY:
        return notify(slot, value);
    case VIRTIO_MMIO_INTERRUPT_ACK:
        slot->interrupt_status &= ~value;
        break;
    case VIRTIO_MMIO_STATUS:
        status_write(slot, value);
        break;
    default:
        queue_write(slot, offset, value);
        break;
    }
    return VIRTIO_MMIO_OK;
}

enum virtio_mmio_result virtio_mmio_write(struct virtio_mmio *slot, uint64_t offset, uint32_t size,
                                          uint32_t value)
{
    if (!access_fits(offset, size)) {
        return VIRTIO_MMIO_ABORT;
    }
    const bool config = offset >= VIRTIO_MMIO_CONFIG; /* no field of it is writable */
    if (slot->blk == NULL || size != 4 || config) {
        return VIRTIO_MMIO_OK;
    }
    return register_write(slot, offset, value);
}

/* ---- work ---- */

/* When the device comes to rest its state becomes visible in the registers. */
static struct dma_step settle(struct virtio_mmio *slot, struct dma_step step)
{
    if (step.need != DMA_NOTHING) {
        return step;
    }
    if (slot->blk->interrupt) {
        slot->blk->interrupt = false;
        slot->interrupt_status |= INTERRUPT_USED_BUFFER;
    }
    if (slot->blk->broken && (slot->status & VIRTIO_STATUS_NEEDS_RESET) == 0) {
        slot->status |= VIRTIO_STATUS_NEEDS_RESET;
        slot->interrupt_status |= (slot->status & VIRTIO_STATUS_DRIVER_OK) != 0 ? INTERRUPT_CONFIG : 0;
    }
    return step;
}

struct dma_step virtio_mmio_start(struct virtio_mmio *slot)
{
    assert(slot->blk != NULL);
    return settle(slot, virtio_blk_start(slot->blk));
}

struct dma_step virtio_mmio_continue(struct virtio_mmio *slot, bool provided)
{
    assert(slot->blk != NULL);
    return settle(slot, virtio_blk_continue(slot->blk, provided));
}
