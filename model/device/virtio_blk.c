/* SPDX-License-Identifier: BSD-3-Clause */
/* The queue and the requests of a virtio block device; see virtio_blk.h. */
#include "model/device/virtio_blk.h"

#include <assert.h>
#include <string.h>

#define DESCRIPTOR_SIZE     16
#define DESCRIPTOR_NEXT     1
#define DESCRIPTOR_WRITE    2 /* by the device */
#define DESCRIPTOR_INDIRECT 4

#define AVAILABLE_NO_INTERRUPT 1

#define HEADER_SIZE      16
#define DATA_SIZE_MAX    0x7FFFFE00U /* of one request, so that the used length has room */
#define SEGMENTS_OFFERED (VIRTIO_QUEUE_SIZE_RESET - 2)

static uint64_t little_endian_get(const uint8_t *from, uint32_t size)
{
    uint64_t value = 0;
    for (uint32_t i = size; i > 0; i--) {
        value = value << 8 | from[i - 1];
    }
    return value;
}

static void little_endian_put(uint8_t *to, uint64_t value, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        to[i] = (uint8_t)(value >> (8 * i));
    }
}

static uint64_t sectors(const struct virtio_blk *blk)
{
    return blk->config.size / VIRTIO_BLK_SECTOR_SIZE;
}

void virtio_blk_init(struct virtio_blk *blk, const struct virtio_blk_config *config)
{
    assert(config->bytes != NULL || config->size == 0);
    *blk = (struct virtio_blk){.config = *config};
    virtio_blk_reset(blk);
}

void virtio_blk_reset(struct virtio_blk *blk)
{
    assert(blk->stage == VIRTIO_BLK_IDLE);
    blk->queue = (struct virtio_queue){.size = VIRTIO_QUEUE_SIZE_RESET};
    blk->broken = false;
    blk->interrupt = false;
}

uint64_t virtio_blk_features(const struct virtio_blk *blk)
{
    return VIRTIO_BLK_F_SEG_MAX | VIRTIO_BLK_F_BLK_SIZE | VIRTIO_BLK_F_FLUSH |
           (blk->config.read_only ? VIRTIO_BLK_F_RO : 0);
}

/* "Device configuration layout". Fields of features that are not offered are 0. */
void virtio_blk_config_space(const struct virtio_blk *blk, uint8_t space[VIRTIO_BLK_CONFIG_SIZE])
{
    memset(space, 0, VIRTIO_BLK_CONFIG_SIZE);
    little_endian_put(space, sectors(blk), 8);
    little_endian_put(space + 12, SEGMENTS_OFFERED, 4);
    little_endian_put(space + 20, VIRTIO_BLK_SECTOR_SIZE, 4);
}

/* ---- needs ---- */

static struct dma_step rest(struct virtio_blk *blk)
{
    blk->stage = VIRTIO_BLK_IDLE;
    return (struct dma_step){.need = DMA_NOTHING};
}

/* The queue is not one: nothing more until a reset. */
static struct dma_step break_down(struct virtio_blk *blk)
{
    blk->broken = true;
    return rest(blk);
}

static struct dma_step ask(struct virtio_blk *blk, enum virtio_blk_stage stage, enum dma_need need,
                           uint64_t pa, uint64_t size, uint8_t *bytes)
{
    if (pa > UINT64_MAX - size) {
        return break_down(blk);
    }
    blk->stage = (uint8_t)stage;
    return (struct dma_step){.need = need, .pa = pa, .size = size, .bytes = bytes};
}

static struct dma_step read_small(struct virtio_blk *blk, enum virtio_blk_stage stage, uint64_t pa,
                                  uint32_t size)
{
    assert(size <= sizeof(blk->transfer));
    return ask(blk, stage, DMA_READ, pa, size, blk->transfer);
}

/* ---- the available ring ---- */

struct dma_step virtio_blk_start(struct virtio_blk *blk)
{
    assert(blk->stage == VIRTIO_BLK_IDLE);
    if (blk->broken || blk->queue.descriptor_pa == 0 || blk->queue.size == 0) {
        return rest(blk);
    }
    return read_small(blk, VIRTIO_BLK_READING_AVAILABLE, blk->queue.available_pa, 4);
}

/* What became available before the notification is served; the next one is for what comes later. */
static struct dma_step chain_next(struct virtio_blk *blk)
{
    const struct virtio_queue *queue = &blk->queue;
    if (queue->available_seen == blk->available_index) {
        return rest(blk);
    }
    const uint64_t slot = queue->available_seen % queue->size;
    return read_small(blk, VIRTIO_BLK_READING_HEAD, queue->available_pa + 4 + 2 * slot, 2);
}

static struct dma_step available_take(struct virtio_blk *blk)
{
    blk->interrupt_unwanted = (little_endian_get(blk->transfer, 2) & AVAILABLE_NO_INTERRUPT) != 0;
    blk->available_index = (uint16_t)little_endian_get(blk->transfer + 2, 2);
    const uint16_t count = (uint16_t)(blk->available_index - blk->queue.available_seen);
    return count > blk->queue.size ? break_down(blk) : chain_next(blk);
}

/* ---- the chain ---- */

static struct dma_step descriptor_read(struct virtio_blk *blk, uint16_t index)
{
    if (index >= blk->queue.size) {
        return break_down(blk);
    }
    return read_small(blk, VIRTIO_BLK_READING_DESCRIPTOR,
                      blk->queue.descriptor_pa + (uint64_t)DESCRIPTOR_SIZE * index, DESCRIPTOR_SIZE);
}

static struct dma_step head_take(struct virtio_blk *blk)
{
    blk->head = (uint16_t)little_endian_get(blk->transfer, 2);
    blk->readable_count = 0;
    blk->writable_count = 0;
    return descriptor_read(blk, blk->head);
}

/* False: no segment of a chain can be this. A chain longer than the queue loops. */
static bool segment_add(struct virtio_blk *blk, uint64_t pa, uint32_t size, bool writable)
{
    const uint32_t count = blk->readable_count + blk->writable_count;
    const bool late = !writable && blk->writable_count != 0; /* readable ones come first */
    if (size == 0 || pa > UINT64_MAX - size || late || count == blk->queue.size) {
        return false;
    }
    assert(count < VIRTIO_QUEUE_SIZE_MAX);
    blk->segments[count] = (struct virtio_segment){.pa = pa, .size = size};
    blk->readable_count += !writable;
    blk->writable_count += writable;
    return true;
}

static uint64_t segments_size(const struct virtio_blk *blk, uint32_t first, uint32_t count)
{
    uint64_t size = 0;
    for (uint32_t i = first; i < first + count; i++) {
        size += blk->segments[i].size;
    }
    return size;
}

/* The next piece of the segments, of at most `size` bytes. There is one. */
static struct virtio_segment piece_take(struct virtio_blk *blk, uint64_t size)
{
    const struct virtio_segment *segment = &blk->segments[blk->segment];
    assert(blk->segment < blk->readable_count + blk->writable_count);
    const uint32_t left = segment->size - blk->segment_offset;
    const struct virtio_segment piece = {
        .pa = segment->pa + blk->segment_offset,
        .size = left < size ? left : (uint32_t)size,
    };
    blk->segment_offset += piece.size;
    if (blk->segment_offset == segment->size) {
        blk->segment++;
        blk->segment_offset = 0;
    }
    return piece;
}

static struct dma_step header_next(struct virtio_blk *blk)
{
    const struct virtio_segment piece = piece_take(blk, HEADER_SIZE - blk->header_size);
    uint8_t *bytes = blk->header + blk->header_size;
    blk->header_size += piece.size;
    return ask(blk, VIRTIO_BLK_READING_HEADER, DMA_READ, piece.pa, piece.size, bytes);
}

/* A request is a header that the device reads and, at the end, a status that it writes. */
static struct dma_step request_begin(struct virtio_blk *blk)
{
    if (segments_size(blk, 0, blk->readable_count) < HEADER_SIZE || blk->writable_count == 0) {
        return break_down(blk);
    }
    blk->segment = 0;
    blk->segment_offset = 0;
    blk->header_size = 0;
    blk->written = 0;
    return header_next(blk);
}

static struct dma_step descriptor_take(struct virtio_blk *blk)
{
    const uint64_t pa = little_endian_get(blk->transfer, 8);
    const uint32_t size = (uint32_t)little_endian_get(blk->transfer + 8, 4);
    const uint16_t flags = (uint16_t)little_endian_get(blk->transfer + 12, 2);
    const uint16_t next = (uint16_t)little_endian_get(blk->transfer + 14, 2);
    const bool indirect = (flags & DESCRIPTOR_INDIRECT) != 0; /* not offered */
    if (indirect || !segment_add(blk, pa, size, (flags & DESCRIPTOR_WRITE) != 0)) {
        return break_down(blk);
    }
    return (flags & DESCRIPTOR_NEXT) != 0 ? descriptor_read(blk, next) : request_begin(blk);
}

/* ---- the request ---- */

static uint32_t request_type(const struct virtio_blk *blk)
{
    return (uint32_t)little_endian_get(blk->header, 4);
}

static struct dma_step status_write(struct virtio_blk *blk)
{
    const struct virtio_segment *last = &blk->segments[blk->readable_count + blk->writable_count - 1];
    blk->written++;
    return ask(blk, VIRTIO_BLK_WRITING_STATUS, DMA_WRITE, last->pa + last->size - 1, 1, &blk->status);
}

static struct dma_step data_next(struct virtio_blk *blk)
{
    if (blk->data_left == 0) {
        return status_write(blk);
    }
    const struct virtio_segment piece = piece_take(blk, blk->data_left);
    const uint32_t type = request_type(blk);
    uint8_t *bytes = type == VIRTIO_BLK_T_GET_ID ? blk->id : blk->config.bytes;
    bytes += blk->disk_offset;
    blk->data_left -= piece.size;
    blk->disk_offset += piece.size;
    if (type == VIRTIO_BLK_T_OUT) {
        blk->dirty = true;
        return ask(blk, VIRTIO_BLK_MOVING_DATA, DMA_READ, piece.pa, piece.size, bytes);
    }
    blk->written += piece.size;
    return ask(blk, VIRTIO_BLK_MOVING_DATA, DMA_WRITE, piece.pa, piece.size, bytes);
}

/* Whole sectors of the disk, and writable if they are to be written. */
static bool data_fits(const struct virtio_blk *blk, uint64_t sector, uint64_t size)
{
    const uint64_t count = size / VIRTIO_BLK_SECTOR_SIZE;
    return size % VIRTIO_BLK_SECTOR_SIZE == 0 && size <= DATA_SIZE_MAX && sector <= sectors(blk) &&
           count <= sectors(blk) - sector;
}

static void identify(struct virtio_blk *blk, uint64_t room)
{
    memcpy(blk->id, blk->config.id, VIRTIO_BLK_ID_SIZE);
    blk->disk_offset = 0;
    blk->data_left = room < VIRTIO_BLK_ID_SIZE ? room : VIRTIO_BLK_ID_SIZE;
}

/* Sets the status, and how much data moves from where: the cursor is behind the header. */
static struct dma_step request_serve(struct virtio_blk *blk)
{
    const uint32_t type = request_type(blk);
    const uint64_t sector = little_endian_get(blk->header + 8, 8);
    const uint64_t outgoing = segments_size(blk, 0, blk->readable_count) - HEADER_SIZE;
    const uint64_t incoming = segments_size(blk, blk->readable_count, blk->writable_count) - 1;
    const uint64_t size = type == VIRTIO_BLK_T_OUT ? outgoing : incoming;
    blk->data_left = 0;
    blk->status = VIRTIO_BLK_S_OK;
    if (type != VIRTIO_BLK_T_OUT) {
        blk->segment = blk->readable_count;
        blk->segment_offset = 0;
    }
    switch (type) {
    case VIRTIO_BLK_T_IN:
    case VIRTIO_BLK_T_OUT:
        if (!data_fits(blk, sector, size) || (type == VIRTIO_BLK_T_OUT && blk->config.read_only)) {
            blk->status = VIRTIO_BLK_S_IOERR;
            break;
        }
        blk->disk_offset = sector * VIRTIO_BLK_SECTOR_SIZE;
        blk->data_left = size;
        break;
    case VIRTIO_BLK_T_FLUSH: /* the disk is memory: whatever was written is there */
        break;
    case VIRTIO_BLK_T_GET_ID:
        identify(blk, incoming);
        break;
    default:
        blk->status = VIRTIO_BLK_S_UNSUPP;
        break;
    }
    return data_next(blk);
}

/* ---- the used ring ---- */

static struct dma_step used_write(struct virtio_blk *blk)
{
    const uint64_t slot = blk->queue.used_next % blk->queue.size;
    little_endian_put(blk->transfer, blk->head, 4);
    little_endian_put(blk->transfer + 4, blk->written, 4);
    return ask(blk, VIRTIO_BLK_WRITING_USED, DMA_WRITE, blk->queue.used_pa + 4 + 8 * slot, 8, blk->transfer);
}

static struct dma_step used_index_write(struct virtio_blk *blk)
{
    blk->queue.used_next++;
    little_endian_put(blk->transfer, blk->queue.used_next, 2);
    return ask(blk, VIRTIO_BLK_WRITING_USED_INDEX, DMA_WRITE, blk->queue.used_pa + 2, 2, blk->transfer);
}

static struct dma_step request_end(struct virtio_blk *blk)
{
    blk->queue.available_seen++;
    blk->interrupt = blk->interrupt || !blk->interrupt_unwanted;
    return chain_next(blk);
}

struct dma_step virtio_blk_continue(struct virtio_blk *blk, bool provided)
{
    if (!provided) {
        return break_down(blk);
    }
    switch ((enum virtio_blk_stage)blk->stage) {
    case VIRTIO_BLK_READING_AVAILABLE:
        return available_take(blk);
    case VIRTIO_BLK_READING_HEAD:
        return head_take(blk);
    case VIRTIO_BLK_READING_DESCRIPTOR:
        return descriptor_take(blk);
    case VIRTIO_BLK_READING_HEADER:
        return blk->header_size < HEADER_SIZE ? header_next(blk) : request_serve(blk);
    case VIRTIO_BLK_MOVING_DATA:
        return data_next(blk);
    case VIRTIO_BLK_WRITING_STATUS:
        return used_write(blk);
    case VIRTIO_BLK_WRITING_USED:
        return used_index_write(blk);
    case VIRTIO_BLK_WRITING_USED_INDEX:
        return request_end(blk);
    case VIRTIO_BLK_IDLE:
        break;
    }
    assert(false);
    return rest(blk);
}
