/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Accesses to the devices of QEMU's virt machine, in order: device_virt_guest.c makes them inside QEMU and
 * prints what it reads, device_virt_test.cpp makes them on our cores and compares. Registers are those of the
 * devices' headers in model/device; numbers stand here because the guest knows no model.
 *
 * Left out is what differs and must: the date, the files and sizes that QEMU passes by fw_cfg, the features
 * of a richer block device.
 */
#ifndef TESTS_UNIT_DEVICE_VIRT_ACCESSES_H
#define TESTS_UNIT_DEVICE_VIRT_ACCESSES_H

#include <stdint.h>

#define VIRT_FLASH_1      0x04000000UL
#define VIRT_RTC          0x09010000UL
#define VIRT_FW_CFG       0x09020000UL
#define VIRT_VIRTIO       0x0A000000UL
#define VIRT_DISK         0x0A003E00UL /* the last slot */
#define VIRT_RAM          0x41000000UL /* free for queues and data */
#define VIRT_RAM_SIZE     0x10000UL
#define VIRT_DISK_SIZE    0x10000UL
#define VIRT_DISK_BYTE(i) ((uint8_t)((i)*7 + (i) / 512))

enum virt_op {
    VIRT_READ,  /* told: the value, or that it aborted */
    VIRT_WRITE, /* told when it aborted */
    VIRT_WAIT,  /* until the value is read, which the device writes in its own time */
};

struct virt_access {
    uint64_t pa;
    uint64_t value;
    uint32_t op;
    uint32_t size;
};

#define R(bytes, at)                                                                                         \
    {                                                                                                        \
        (at), 0, VIRT_READ, (bytes)                                                                          \
    }
#define W(bytes, at, v)                                                                                      \
    {                                                                                                        \
        (at), (v), VIRT_WRITE, (bytes)                                                                       \
    }
#define UNTIL(bytes, at, v)                                                                                  \
    {                                                                                                        \
        (at), (v), VIRT_WAIT, (bytes)                                                                        \
    }

#define BE16(v) ((((v)&0xFFU) << 8) | (((v) >> 8) & 0xFFU))
#define BE32(v) (((uint32_t)BE16((v)&0xFFFFU) << 16) | BE16((uint32_t)(v) >> 16))
#define BE64(v) (((uint64_t)BE32((v)&0xFFFFFFFFU) << 32) | BE32((uint64_t)(v) >> 32))

#define R4X4(at) R(4, (at)), R(4, (at) + 4), R(4, (at) + 8), R(4, (at) + 12)

/* ---- PL031 ---- */
#define VIRT_RTC_ACCESSES                                                                                    \
    R4X4(VIRT_RTC + 0xFE0), R4X4(VIRT_RTC + 0xFF0), R(1, VIRT_RTC + 0xFE0), R(4, VIRT_RTC + 0x0C),           \
        R(4, VIRT_RTC + 0x10), R(4, VIRT_RTC + 0x14), R(4, VIRT_RTC + 0x18), R(4, VIRT_RTC + 0x1C),          \
        R(4, VIRT_RTC + 0x20), W(4, VIRT_RTC + 0x0C, 0), R(4, VIRT_RTC + 0x0C),                              \
        W(4, VIRT_RTC + 0x08, 0x12345), R(4, VIRT_RTC + 0x00), W(4, VIRT_RTC + 0x04, 0x22345),               \
        R(4, VIRT_RTC + 0x04), R(4, VIRT_RTC + 0x14), W(4, VIRT_RTC + 0x08, 0x22345), R(4, VIRT_RTC + 0x14), \
        R(4, VIRT_RTC + 0x18), W(4, VIRT_RTC + 0x10, 3), R(4, VIRT_RTC + 0x10), R(4, VIRT_RTC + 0x18),       \
        W(4, VIRT_RTC + 0x1C, 1), R(4, VIRT_RTC + 0x14), R(4, VIRT_RTC + 0x18)

/* ---- CFI flash ---- */
#define FLASH(word)               (VIRT_FLASH_1 + 4UL * (word))
#define FLASH_COMMAND(word, code) W(4, FLASH(word), (code)*0x10001UL)
#define FLASH_ARRAY               FLASH_COMMAND(0, 0xFF)

#define VIRT_FLASH_QUERY_ACCESSES                                                                            \
    R(4, 0), R(4, VIRT_FLASH_1), R(8, VIRT_FLASH_1 + 8), FLASH_COMMAND(0x55, 0x98), R4X4(FLASH(0)),          \
        R4X4(FLASH(4)), R4X4(FLASH(8)), R4X4(FLASH(12)), R4X4(FLASH(16)), R4X4(FLASH(20)), R4X4(FLASH(24)),  \
        R4X4(FLASH(28)), R4X4(FLASH(32)), R4X4(FLASH(36)), R4X4(FLASH(40)), R4X4(FLASH(44)),                 \
        R4X4(FLASH(48)), R4X4(FLASH(52)), R4X4(FLASH(56)), R4X4(FLASH(60)), R4X4(FLASH(64)),                 \
        R4X4(FLASH(68)), R4X4(FLASH(72)), R4X4(FLASH(76)), R4X4(FLASH(80)), R(1, FLASH(16)),                 \
        R(1, FLASH(16) + 1), R(1, FLASH(16) + 2), R(2, FLASH(16)), R(2, FLASH(16) + 2), R(8, FLASH(16)),     \
        R(4, FLASH(0x10010)), FLASH_ARRAY, R(4, FLASH(16)), W(1, FLASH(0x55), 0x98), R(1, FLASH(0x10)),      \
        R(4, FLASH(0x10)), W(1, FLASH(0), 0xFF), R(1, FLASH(0x10)), W(2, FLASH(0x55), 0x98),                 \
        R(2, FLASH(0x11)), W(2, FLASH(0), 0xF0F0), FLASH_ARRAY, R(2, FLASH(0x11))

#define VIRT_FLASH_IDENTIFIER_ACCESSES                                                                       \
    FLASH_COMMAND(0, 0x90), R4X4(FLASH(0)), R(2, FLASH(0)), R(1, FLASH(1)), R(4, FLASH(0x100)),              \
        R(4, FLASH(0x10000)), R(4, FLASH(0x10001)), R(4, FLASH(0x10002)), FLASH_COMMAND(0, 0x70),            \
        R(4, FLASH(0)), R(2, FLASH(0)), R(1, FLASH(0)), R(1, FLASH(0) + 1), R(8, FLASH(2)), FLASH_ARRAY,     \
        R(4, FLASH(0)), FLASH_COMMAND(0, 0x50), R(4, FLASH(0)), FLASH_COMMAND(0, 0x70), R(4, FLASH(0)),      \
        FLASH_COMMAND(0, 0xF0), R(4, FLASH(0)), FLASH_COMMAND(0, 0x33), R(4, FLASH(0)), FLASH_COMMAND(0, 0), \
        R(4, FLASH(0)), FLASH_COMMAND(0, 0x60), R(4, FLASH(0)), FLASH_COMMAND(0, 0xD0), R(4, FLASH(0)),      \
        FLASH_COMMAND(0, 0x60), FLASH_COMMAND(0, 0x01), R(4, FLASH(0)), FLASH_ARRAY

#define VIRT_FLASH_PROGRAM_ACCESSES                                                                          \
    FLASH_COMMAND(0x10000, 0x20), FLASH_COMMAND(0x10000, 0xD0), R(4, FLASH(0x10000)), R(4, FLASH(0)),        \
        FLASH_ARRAY, R(4, FLASH(0xFFFF)), R(4, FLASH(0x10000)), R(4, FLASH(0x1FFFF)), R(4, FLASH(0x20000)),  \
        FLASH_COMMAND(0x10000, 0x40), R(4, FLASH(0)), W(4, FLASH(0x10000), 0x12345678),                      \
        R(4, FLASH(0x10000)), FLASH_ARRAY, R(4, FLASH(0x10000)), FLASH_COMMAND(0x10001, 0x10),               \
        W(2, FLASH(0x10001) + 2, 0xABCD), R(4, FLASH(0)), FLASH_ARRAY, R(4, FLASH(0x10001)),                 \
        W(1, FLASH(0x10002), 0x40), W(1, FLASH(0x10002) + 1, 0x5A), FLASH_ARRAY, R(4, FLASH(0x10002)),       \
        FLASH_COMMAND(0x10400, 0xE8), R(4, FLASH(0x10400)), FLASH_COMMAND(0x10400, 3),                       \
        W(4, FLASH(0x10400), 1), W(4, FLASH(0x10401), 2), R(4, FLASH(0)), W(4, FLASH(0x10402), 3),           \
        W(4, FLASH(0x10403), 0x04040404), FLASH_COMMAND(0x10400, 0xD0), R(4, FLASH(0x10400)), FLASH_ARRAY,   \
        R4X4(FLASH(0x10400)), R(4, FLASH(0x10404)), R(4, FLASH(0x103FF)), FLASH_COMMAND(0x10000, 0x20),      \
        FLASH_COMMAND(0x10000, 0xD0), FLASH_ARRAY, R(4, FLASH(0x10400))

/* ---- fw_cfg ---- */
#define SELECT(key) W(2, VIRT_FW_CFG + 8, BE16(key))
#define DMA_REQUEST(control, length, address)                                                                \
    W(4, VIRT_RAM, BE32(control)), W(4, VIRT_RAM + 4, BE32(length)),                                         \
        W(8, VIRT_RAM + 8, BE64((uint64_t)(address)))
#define DMA_GO W(8, VIRT_FW_CFG + 16, BE64((uint64_t)VIRT_RAM)), UNTIL(1, VIRT_RAM, 0), R(4, VIRT_RAM)

#define VIRT_FW_CFG_ACCESSES                                                                                 \
    SELECT(0), R(4, VIRT_FW_CFG), R(4, VIRT_FW_CFG), SELECT(0), R(1, VIRT_FW_CFG), R(1, VIRT_FW_CFG),        \
        R(2, VIRT_FW_CFG), SELECT(0), R(8, VIRT_FW_CFG), SELECT(1), R(4, VIRT_FW_CFG), SELECT(2),            \
        R(8, VIRT_FW_CFG), R(8, VIRT_FW_CFG), R(8, VIRT_FW_CFG), SELECT(4), R(2, VIRT_FW_CFG), SELECT(5),    \
        R(2, VIRT_FW_CFG), R(2, VIRT_FW_CFG), SELECT(8), R(4, VIRT_FW_CFG), SELECT(0x0B), R(4, VIRT_FW_CFG), \
        SELECT(0x0E), R(2, VIRT_FW_CFG), SELECT(0x14), R(4, VIRT_FW_CFG), SELECT(3), R(8, VIRT_FW_CFG),      \
        SELECT(0x0F), R(2, VIRT_FW_CFG), SELECT(0x0C), R(2, VIRT_FW_CFG), SELECT(6), R(2, VIRT_FW_CFG),      \
        SELECT(0x3F), R(4, VIRT_FW_CFG), SELECT(0x40), R(4, VIRT_FW_CFG), SELECT(0x8000), R(4, VIRT_FW_CFG), \
        SELECT(0x4000), R(4, VIRT_FW_CFG), SELECT(0xFFFF), R(4, VIRT_FW_CFG), R(8, VIRT_FW_CFG + 16),        \
        R(4, VIRT_FW_CFG + 16), R(4, VIRT_FW_CFG + 20), R(2, VIRT_FW_CFG + 18), R(2, VIRT_FW_CFG + 8),       \
        R(4, VIRT_FW_CFG + 12), R(4, VIRT_FW_CFG + 4), W(4, VIRT_FW_CFG + 8, 0), W(2, VIRT_FW_CFG + 16, 0),  \
        W(4, VIRT_FW_CFG, 0)

#define VIRT_FW_CFG_DMA_ACCESSES                                                                             \
    DMA_REQUEST(0x0000000A, 8, VIRT_RAM + 0x100), W(8, VIRT_RAM + 0x100, ~0UL),                              \
        W(8, VIRT_RAM + 0x108, ~0UL), DMA_GO, R(8, VIRT_RAM + 0x100), R(8, VIRT_RAM + 0x108), SELECT(0),     \
        DMA_REQUEST(4, 2, 0), DMA_GO, R(1, VIRT_FW_CFG), DMA_REQUEST(0x00000018, 4, VIRT_RAM + 0x100),       \
        DMA_GO, DMA_REQUEST(0x00010008, 4, 0), DMA_GO, R(4, VIRT_FW_CFG),                                    \
        DMA_REQUEST(2, 4, VIRT_RAM + 0x100), DMA_GO, R(8, VIRT_RAM + 0x100),                                 \
        DMA_REQUEST(0x0000000A, 2, VIRT_RAM + 0x104), W(4, VIRT_FW_CFG + 16, 0),                             \
        W(4, VIRT_FW_CFG + 20, BE32((uint32_t)VIRT_RAM)), UNTIL(1, VIRT_RAM, 0), R(4, VIRT_RAM),             \
        R(8, VIRT_RAM + 0x100), R(2, VIRT_FW_CFG)

/* ---- virtio ---- */
#define VIRT_VIRTIO_EMPTY_ACCESSES                                                                           \
    R4X4(VIRT_VIRTIO), R(4, VIRT_VIRTIO + 0x10), R(4, VIRT_VIRTIO + 0x34), R(4, VIRT_VIRTIO + 0x70),         \
        R(4, VIRT_VIRTIO + 0x100), W(4, VIRT_VIRTIO + 0x70, 1), R(4, VIRT_VIRTIO + 0x70),                    \
        R4X4(VIRT_DISK - 0x200)

#define VIRT_VIRTIO_REGISTER_ACCESSES                                                                        \
    R4X4(VIRT_DISK), R(4, VIRT_DISK + 0x34), R(4, VIRT_DISK + 0x40), R(4, VIRT_DISK + 0x44),                 \
        R(4, VIRT_DISK + 0x60), R(4, VIRT_DISK + 0x70), R(4, VIRT_DISK + 0x50), R(2, VIRT_DISK + 0x34),      \
        R(4, VIRT_DISK + 0xFC), R(4, VIRT_DISK + 0x100), R(4, VIRT_DISK + 0x104), R(4, VIRT_DISK + 0x108),   \
        R(4, VIRT_DISK + 0x10C), R(4, VIRT_DISK + 0x114), R(1, VIRT_DISK + 0x115), R(2, VIRT_DISK + 0x114),  \
        R(4, VIRT_DISK + 0x13C), R(1, VIRT_DISK + 0x13C), W(4, VIRT_DISK + 0x30, 1), R(4, VIRT_DISK + 0x34), \
        W(4, VIRT_DISK + 0x30, 0), W(4, VIRT_DISK + 0x14, 1), R(4, VIRT_DISK + 0x10),                        \
        W(4, VIRT_DISK + 0x14, 0), W(4, VIRT_DISK + 0x70, 1), R(4, VIRT_DISK + 0x70),                        \
        W(4, VIRT_DISK + 0x70, 3), R(4, VIRT_DISK + 0x70), W(4, VIRT_DISK + 0x70, 0), R(4, VIRT_DISK + 0x70)

/* Queue of 8 at RAM + 0x1000: descriptors, available ring at 0x1080, used ring at 0x2000. */
#define QUEUE     (VIRT_RAM + 0x1000)
#define AVAILABLE (QUEUE + 0x80)
#define USED      (VIRT_RAM + 0x2000)
#define HEADER    (VIRT_RAM + 0x3000)
#define STATUS    (VIRT_RAM + 0x3100)
#define DATA      (VIRT_RAM + 0x4000)
#define DESCRIPTOR(i, pa, length, flags, next)                                                               \
    W(8, QUEUE + 16UL * (i), (pa)), W(4, QUEUE + 16UL * (i) + 8, (length)),                                  \
        W(2, QUEUE + 16UL * (i) + 12, (flags)), W(2, QUEUE + 16UL * (i) + 14, (next))
#define REQUEST(type, sector)                                                                                \
    W(4, HEADER, (type)), W(4, HEADER + 4, 0), W(8, HEADER + 8, (sector)), W(1, STATUS, 0xEE)
/* The `n`th request, whose chain starts at descriptor 0. */
#define MAKE_AVAILABLE(n)                                                                                    \
    W(2, AVAILABLE + 4 + 2UL * (((n)-1) % 8), 0), W(2, AVAILABLE + 2, (n)), W(4, VIRT_DISK + 0x50, 0),       \
        UNTIL(2, USED + 2, (n)), R(4, USED + 4 + 8UL * (((n)-1) % 8)), R(4, USED + 8 + 8UL * (((n)-1) % 8)), \
        R(1, STATUS), R(4, VIRT_DISK + 0x60), W(4, VIRT_DISK + 0x64, 1), R(4, VIRT_DISK + 0x60)

#define VIRT_VIRTIO_QUEUE_ACCESSES                                                                           \
    W(4, VIRT_DISK + 0x70, 0), W(4, VIRT_DISK + 0x70, 3), W(4, VIRT_DISK + 0x20, 0),                         \
        W(4, VIRT_DISK + 0x28, 0x1000), W(4, VIRT_DISK + 0x30, 0), W(4, VIRT_DISK + 0x38, 8),                \
        W(4, VIRT_DISK + 0x3C, 0x1000), W(4, VIRT_DISK + 0x40, QUEUE >> 12), R(4, VIRT_DISK + 0x40),         \
        W(4, VIRT_DISK + 0x70, 7), R(4, VIRT_DISK + 0x70)

/* A read in two pieces, a write, what was written read again, flush, identity, and what cannot be served. */
#define VIRT_VIRTIO_REQUEST_ACCESSES                                                                         \
    DESCRIPTOR(0, HEADER, 16, 1, 1), DESCRIPTOR(1, DATA, 512, 3, 2),                                         \
        DESCRIPTOR(2, DATA + 0x1000, 512, 3, 3), DESCRIPTOR(3, STATUS, 1, 2, 0), REQUEST(0, 2),              \
        MAKE_AVAILABLE(1), R(8, DATA), R(8, DATA + 504), R(8, DATA + 512), R(8, DATA + 0x1000),              \
        R(8, DATA + 0x11F8), DESCRIPTOR(1, DATA, 1024, 1, 3), W(8, DATA, 0x1122334455667788), REQUEST(1, 5), \
        MAKE_AVAILABLE(2), DESCRIPTOR(1, DATA + 0x1000, 512, 3, 3), REQUEST(0, 5), MAKE_AVAILABLE(3),        \
        R(8, DATA + 0x1000), R(8, DATA + 0x1008), DESCRIPTOR(0, HEADER, 16, 1, 3), REQUEST(4, 0),            \
        MAKE_AVAILABLE(4), DESCRIPTOR(0, HEADER, 16, 1, 1), W(8, DATA, 0), W(8, DATA + 8, 0),                \
        W(8, DATA + 16, 0), DESCRIPTOR(1, DATA, 20, 3, 3), REQUEST(8, 0), MAKE_AVAILABLE(5), R(8, DATA),     \
        R(8, DATA + 8), R(8, DATA + 16)

/* Whole requests in two descriptors, and a driver that wants no interrupt. */
#define VIRT_VIRTIO_LAYOUT_ACCESSES                                                                          \
    DESCRIPTOR(0, HEADER, 16, 1, 1), DESCRIPTOR(1, STATUS - 512, 513, 2, 0), REQUEST(0, 127),                \
        MAKE_AVAILABLE(6), R(8, STATUS - 512), R(8, STATUS - 8), W(2, AVAILABLE, 1), REQUEST(0, 0),          \
        MAKE_AVAILABLE(7), R(8, STATUS - 512), W(4, VIRT_DISK + 0x40, 0), R(4, VIRT_DISK + 0x70),            \
        R(4, VIRT_DISK + 0x40)

static const struct virt_access virt_accesses[] = {
    VIRT_RTC_ACCESSES,
    VIRT_FLASH_QUERY_ACCESSES,
    VIRT_FLASH_IDENTIFIER_ACCESSES,
    VIRT_FLASH_PROGRAM_ACCESSES,
    VIRT_FW_CFG_ACCESSES,
    VIRT_FW_CFG_DMA_ACCESSES,
    VIRT_VIRTIO_EMPTY_ACCESSES,
    VIRT_VIRTIO_REGISTER_ACCESSES,
    VIRT_VIRTIO_QUEUE_ACCESSES,
    VIRT_VIRTIO_REQUEST_ACCESSES,
    VIRT_VIRTIO_LAYOUT_ACCESSES,
};

#define VIRT_ACCESS_COUNT (sizeof(virt_accesses) / sizeof(virt_accesses[0]))

#endif
