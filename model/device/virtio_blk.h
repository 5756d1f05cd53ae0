/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A virtio block device on bytes in memory, its one queue and its requests: Virtual I/O Device (VIRTIO)
 * Version 1.1, "Split Virtqueues" and "Block Device", legacy layouts included. Registers are virtio_mmio.h's.
 *
 * Offers FLUSH, BLK_SIZE, SEG_MAX, RO for a read-only disk, any layout of the request in descriptors. No
 * indirect descriptors, no event index: neither is offered. All of guest memory goes out as needs (dma.h); a
 * request is served completely before the next one is looked at.
 *
 * What a guest got wrong in the queue itself (a loop, a length or an address that cannot be) breaks the
 * device until it is reset; nothing but that guest is harmed. Must not know the bus.
 */
#ifndef MODEL_DEVICE_VIRTIO_BLK_H
#define MODEL_DEVICE_VIRTIO_BLK_H

#include <stdbool.h>
#include <stdint.h>

#include "model/device/dma.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VIRTIO_QUEUE_SIZE_MAX   1024 /* what QUEUE_NUM_MAX says, as QEMU's virt machine */
#define VIRTIO_QUEUE_SIZE_RESET 256  /* of a queue whose size the driver has not set */
#define VIRTIO_BLK_SECTOR_SIZE  512
#define VIRTIO_BLK_ID_SIZE      20
#define VIRTIO_BLK_CONFIG_SIZE  60

#define VIRTIO_BLK_F_SEG_MAX  (1ULL << 2)
#define VIRTIO_BLK_F_RO       (1ULL << 5)
#define VIRTIO_BLK_F_BLK_SIZE (1ULL << 6)
#define VIRTIO_BLK_F_FLUSH    (1ULL << 9)
#define VIRTIO_F_ANY_LAYOUT   (1ULL << 27)
#define VIRTIO_F_VERSION_1    (1ULL << 32)

/* Types and statuses of requests. */
enum { VIRTIO_BLK_T_IN = 0, VIRTIO_BLK_T_OUT = 1, VIRTIO_BLK_T_FLUSH = 4, VIRTIO_BLK_T_GET_ID = 8 };
enum { VIRTIO_BLK_S_OK = 0, VIRTIO_BLK_S_IOERR = 1, VIRTIO_BLK_S_UNSUPP = 2 };

struct virtio_blk_config {
    uint8_t *bytes; /* the disk; outlives the core */
    uint64_t size;  /* bytes; what does not fill a sector is out of reach */
    bool read_only;
    char id[VIRTIO_BLK_ID_SIZE]; /* what GET_ID tells, filled up with zeros */
};

/* The queue, as the driver placed it. */
struct virtio_queue {
    uint32_t size; /* descriptors */
    uint64_t descriptor_pa, available_pa, used_pa;
    uint16_t available_seen; /* index of the next entry of the available ring */
    uint16_t used_next;      /* index of the next entry of the used ring */
};

struct virtio_segment {
    uint64_t pa;
    uint32_t size;
};

/* What has been asked for last. */
enum virtio_blk_stage {
    VIRTIO_BLK_IDLE,
    VIRTIO_BLK_READING_AVAILABLE,
    VIRTIO_BLK_READING_HEAD,
    VIRTIO_BLK_READING_DESCRIPTOR,
    VIRTIO_BLK_READING_HEADER,
    VIRTIO_BLK_MOVING_DATA,
    VIRTIO_BLK_WRITING_STATUS,
    VIRTIO_BLK_WRITING_USED,
    VIRTIO_BLK_WRITING_USED_INDEX,
};

struct virtio_blk {
    struct virtio_blk_config config;
    struct virtio_queue queue;
    bool dirty;           /* the bytes are no longer those given at init */
    bool broken;          /* needs a reset */
    bool interrupt;       /* buffers were used since the caller cleared it, and the driver wants to know */
    uint8_t stage;        /* enum virtio_blk_stage */
    uint8_t transfer[16]; /* the bytes of small needs */
    uint16_t available_index; /* as the driver had it when it notified */
    bool interrupt_unwanted;
    uint16_t head;                           /* of the chain in progress */
    uint32_t readable_count, writable_count; /* segments: the readable ones stand first */
    uint8_t header[16];
    uint32_t header_size; /* bytes of it that have come */
    uint32_t segment;     /* that data moves by */
    uint32_t segment_offset;
    uint64_t disk_offset;
    uint64_t data_left;
    uint32_t written; /* bytes of guest memory */
    uint8_t status;
    uint8_t id[VIRTIO_BLK_ID_SIZE];
    struct virtio_segment segments[VIRTIO_QUEUE_SIZE_MAX];
};

void virtio_blk_init(struct virtio_blk *blk, const struct virtio_blk_config *config);
/* The device as a reset leaves it; the disk keeps its bytes. */
void virtio_blk_reset(struct virtio_blk *blk);

uint64_t virtio_blk_features(const struct virtio_blk *blk);
/* The configuration space. */
void virtio_blk_config_space(const struct virtio_blk *blk, uint8_t space[VIRTIO_BLK_CONFIG_SIZE]);

/* The driver has put something in the queue: serves what is there now. */
struct dma_step virtio_blk_start(struct virtio_blk *blk);
/* `provided`: all of the step was done. */
struct dma_step virtio_blk_continue(struct virtio_blk *blk, bool provided);

#ifdef __cplusplus
}
#endif

#endif
