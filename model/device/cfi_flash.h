/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A bank of parallel NOR flash with the Common Flash Interface (JESD68.01) and the Intel/Sharp extended
 * command set (0x0001), as QEMU's virt machine has two of: two 16 bit chips side by side on a 32 bit bus,
 * uniform sectors, no locking, every program and erase done at once. Answers are those of QEMU 7.2's
 * pflash_cfi01 (tests/unit/device_virt_test.cpp compares), programming included, which overwrites: a real
 * chip can only clear bits. Otherwise than there, as Intel's data sheets say: an erase happens at its
 * confirmation; a command ends query mode; a buffered program happens at its confirmation, in the block of
 * the buffer's size that its first word names, wherever in the sector its setup was written; what breaks
 * these rules sets both error bits of the status and programs nothing.
 *
 * The bytes are the caller's; the core never touches a file, and tells with `dirty` that they have changed.
 * While the bank reads as an array (cfi_flash_is_array) the bytes may be read without asking.
 */
#ifndef MODEL_DEVICE_CFI_FLASH_H
#define MODEL_DEVICE_CFI_FLASH_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CFI_FLASH_BANK_SIZE   0x4000000 /* of each of the two banks of the virt machine */
#define CFI_FLASH_SECTOR_SIZE 0x40000   /* of the bank: both chips together */
#define CFI_FLASH_BUFFER_SIZE 4096      /* of the bank: the most that one buffered write programs */
#define CFI_FLASH_QUERY_SIZE  0x52      /* bytes of the query table, of one chip */

/* What a read returns. */
enum cfi_flash_mode {
    CFI_FLASH_ARRAY,
    CFI_FLASH_STATUS,
    CFI_FLASH_IDENTIFIER,
    CFI_FLASH_QUERY,
};

/* What the next write is. */
enum cfi_flash_cycle {
    CFI_FLASH_COMMAND,
    CFI_FLASH_PROGRAM_DATA,  /* of 0x40 or 0x10 */
    CFI_FLASH_ERASE_CONFIRM, /* of 0x20 */
    CFI_FLASH_LOCK_CONFIRM,  /* of 0x60 */
    CFI_FLASH_BUFFER_COUNT,  /* of 0xE8 */
    CFI_FLASH_BUFFER_DATA,
    CFI_FLASH_BUFFER_CONFIRM,
};

struct cfi_flash {
    uint8_t *bytes;
    uint64_t size;
    uint8_t mode;         /* enum cfi_flash_mode */
    uint8_t cycle;        /* enum cfi_flash_cycle */
    uint8_t status;       /* of one chip */
    bool dirty;           /* the bytes are no longer those given at init */
    uint32_t buffer_left; /* bus words that BUFFER_DATA still takes */
    bool buffer_placed;   /* buffer_base is known: the first word has come */
    uint64_t buffer_base; /* the block of the bank that the buffer stands for */
    uint8_t query[CFI_FLASH_QUERY_SIZE];
    uint8_t buffer[CFI_FLASH_BUFFER_SIZE];
};

enum cfi_flash_result {
    CFI_FLASH_OK,
    CFI_FLASH_ABORT, /* the access is not inside the bank */
};

/* `bytes` hold the bank, `size` of them: a multiple of the sector, at least one. They outlive the core. */
void cfi_flash_init(struct cfi_flash *flash, uint8_t *bytes, uint64_t size);

/*
 * Any size: the bus splits it into aligned accesses of at most 4 bytes, in ascending order. `offset` is
 * relative to the bank; bytes in the order of their addresses.
 */
enum cfi_flash_result cfi_flash_read(struct cfi_flash *flash, uint64_t offset, uint8_t *data, uint32_t size);
enum cfi_flash_result cfi_flash_write(struct cfi_flash *flash, uint64_t offset, const uint8_t *data,
                                      uint32_t size);

static inline bool cfi_flash_is_array(const struct cfi_flash *flash)
{
    return flash->mode == CFI_FLASH_ARRAY;
}

#ifdef __cplusplus
}
#endif

#endif
