/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The firmware configuration device of QEMU's virt machine, memory mapped: a selector, a data register that
 * streams the selected item, a directory of named files, and DMA. Specification: QEMU documentation, "QEMU
 * Firmware Configuration (fw_cfg) Device".
 *
 * Items are the caller's bytes; nothing can be written by the guest. DMA goes out as needs:
 *
 *     if (fw_cfg_write(fw_cfg, offset, data, size) == FW_CFG_WORK) {
 *         struct dma_step step = fw_cfg_start(fw_cfg);
 *         while (step.need != DMA_NOTHING) {
 *             step = fw_cfg_continue(fw_cfg, provide(&step));
 *         }
 *     }
 */
#ifndef MODEL_DEVICE_FW_CFG_H
#define MODEL_DEVICE_FW_CFG_H

#include <stdbool.h>
#include <stdint.h>

#include "model/device/dma.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FW_CFG_SIZE     0x18
#define FW_CFG_DATA     0x00 /* 1 to 8 bytes */
#define FW_CFG_SELECTOR 0x08 /* 2 bytes, big endian, write only */
#define FW_CFG_DMA      0x10 /* 8 bytes, or 4 and 4, big endian; reads as the DMA signature */

/* Keys of well-known items. */
#define FW_CFG_SIGNATURE    0x00
#define FW_CFG_ID           0x01
#define FW_CFG_UUID         0x02
#define FW_CFG_RAM_SIZE     0x03
#define FW_CFG_NOGRAPHIC    0x04
#define FW_CFG_NB_CPUS      0x05
#define FW_CFG_KERNEL_SIZE  0x08
#define FW_CFG_INITRD_SIZE  0x0B
#define FW_CFG_BOOT_MENU    0x0E
#define FW_CFG_CMDLINE_SIZE 0x14
#define FW_CFG_FILE_DIR     0x19
#define FW_CFG_FILE_FIRST   0x20
#define FW_CFG_FILES_MAX    0x20
#define FW_CFG_KEYS         (FW_CFG_FILE_FIRST + FW_CFG_FILES_MAX)

#define FW_CFG_NAME_SIZE      56 /* of a file, the closing zero included */
#define FW_CFG_DIRECTORY_SIZE (4 + 64 * FW_CFG_FILES_MAX)

struct fw_cfg_config {
    uint8_t uuid[16];
    uint64_t ram_size; /* bytes; 0 as the virt machine has it, where memory is told by the device tree */
    uint16_t cpus;
};

struct fw_cfg_item {
    const uint8_t *data; /* NULL: there is no such item, and it reads as zeros */
    uint32_t size;
};

/* Where DMA stands: what has been asked for last. */
enum fw_cfg_stage {
    FW_CFG_IDLE,
    FW_CFG_READING_REQUEST,
    FW_CFG_MOVING,
    FW_CFG_WRITING_CONTROL,
};

#define FW_CFG_CHUNK_MAX 4096 /* bytes that one need writes */

struct fw_cfg {
    struct fw_cfg_item items[FW_CFG_KEYS];
    uint32_t file_count;
    bool selected_valid; /* false: no such key, reads as zeros */
    uint16_t selected;   /* key, without the architecture and write bits */
    uint32_t offset;     /* of the next byte of the selected item */
    uint64_t dma_pa;     /* of the request */
    uint8_t stage;       /* enum fw_cfg_stage */
    uint32_t length;     /* left of the request */
    uint64_t address;    /* where the rest goes */
    uint8_t request[16]; /* control, length, address: big endian */
    uint8_t chunk[FW_CFG_CHUNK_MAX];
    uint8_t small[64]; /* the items that the configuration makes */
    uint8_t directory[FW_CFG_DIRECTORY_SIZE];
};

enum fw_cfg_result {
    FW_CFG_OK,
    FW_CFG_WORK,  /* DMA was asked for: fw_cfg_start() */
    FW_CFG_ABORT, /* no such register, or not with this size */
};

void fw_cfg_init(struct fw_cfg *fw_cfg, const struct fw_cfg_config *config);

/* A file, before the run. The data outlives the core. False: no room, the name is too long or taken. */
bool fw_cfg_add_file(struct fw_cfg *fw_cfg, const char *name, const uint8_t *data, uint32_t size);

/* Bytes in the order of their addresses. */
enum fw_cfg_result fw_cfg_read(struct fw_cfg *fw_cfg, uint64_t offset, uint8_t *data, uint32_t size);
enum fw_cfg_result fw_cfg_write(struct fw_cfg *fw_cfg, uint64_t offset, const uint8_t *data, uint32_t size);

struct dma_step fw_cfg_start(struct fw_cfg *fw_cfg);
/* `provided`: all of the step was done. */
struct dma_step fw_cfg_continue(struct fw_cfg *fw_cfg, bool provided);

#ifdef __cplusplus
}
#endif

#endif
