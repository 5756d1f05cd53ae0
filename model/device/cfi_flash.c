/* SPDX-License-Identifier: BSD-3-Clause */
/* The command machine of a flash bank and its query table; see cfi_flash.h. */
#include "model/device/cfi_flash.h"

#include <assert.h>
#include <string.h>

#define CHIPS      2 /* side by side: each holds every other 16 bits */
#define CHIP_WIDTH 2 /* bytes */
#define BUS_WIDTH  4 /* bytes */

/* Status register of a chip. */
#define STATUS_READY         (1U << 7)
#define STATUS_ERASE_ERROR   (1U << 5)
#define STATUS_PROGRAM_ERROR (1U << 4) /* with ERASE_ERROR: the commands came in a wrong order */

/* Commands, first and second cycle. */
#define COMMAND_PROGRAM_ALTERNATE 0x10
#define COMMAND_ERASE             0x20
#define COMMAND_PROGRAM           0x40
#define COMMAND_CLEAR_STATUS      0x50
#define COMMAND_LOCK              0x60
#define COMMAND_READ_STATUS       0x70
#define COMMAND_READ_IDENTIFIER   0x90
#define COMMAND_READ_QUERY        0x98
#define COMMAND_CONFIRM           0xD0
#define COMMAND_LOCK_SET          0x01
#define COMMAND_BUFFERED_PROGRAM  0xE8
#define COMMAND_READ_ARRAY        0xFF

#define MANUFACTURER 0x89
#define DEVICE       0x18

static uint8_t log2_of(uint64_t value)
{
    uint8_t bits = 0;
    while (value >> (bits + 1) != 0) {
        bits++;
    }
    return bits;
}

/* JESD68.01, "CFI query structure output", of one chip; then the Intel extension, which promises nothing. */
static void query_make(struct cfi_flash *flash)
{
    const uint64_t chip_size = flash->size / CHIPS;
    const uint32_t chip_sector = CFI_FLASH_SECTOR_SIZE / CHIPS;
    const uint32_t sectors = (uint32_t)(chip_size / chip_sector);
    uint8_t *query = flash->query;
    memcpy(query + 0x10, "QRY", 3);
    query[0x13] = 0x01; /* primary command set: Intel/Sharp extended */
    query[0x15] = 0x31; /* its table */
    query[0x1B] = 0x45; /* Vcc 4.5 V to 5.5 V */
    query[0x1C] = 0x55;
    query[0x1F] = 0x07; /* typical time of a single program, 2^n us */
    query[0x20] = 0x07; /* of a buffered one */
    query[0x21] = 0x0A; /* of an erase, 2^n ms */
    query[0x23] = 0x04; /* at most 2^n times the typical time, in the same order */
    query[0x24] = 0x04;
    query[0x25] = 0x04;
    query[0x27] = log2_of(chip_size);
    query[0x28] = 0x02; /* interface: x8 and x16 */
    query[0x2A] = log2_of(CFI_FLASH_BUFFER_SIZE / CHIPS);
    query[0x2C] = 1; /* one region of sectors of one size */
    query[0x2D] = (uint8_t)(sectors - 1);
    query[0x2E] = (uint8_t)((sectors - 1) >> 8);
    query[0x2F] = (uint8_t)(chip_sector >> 8);
    query[0x30] = (uint8_t)(chip_sector >> 16);
    memcpy(query + 0x31, "PRI10", 5);
    query[0x3F] = 1; /* protection register fields */
}

void cfi_flash_init(struct cfi_flash *flash, uint8_t *bytes, uint64_t size)
{
    assert(bytes != NULL);
    assert(size >= CFI_FLASH_SECTOR_SIZE);
    assert(size % CFI_FLASH_SECTOR_SIZE == 0);
    *flash = (struct cfi_flash){.bytes = bytes, .size = size, .status = STATUS_READY};
    query_make(flash);
}

static bool access_fits(const struct cfi_flash *flash, uint64_t offset, uint32_t size)
{
    return size != 0 && offset < flash->size && size <= flash->size - offset;
}

/* The next aligned piece of an access of `size` bytes. */
static uint32_t piece_size(uint64_t offset, uint32_t size)
{
    uint32_t piece = BUS_WIDTH;
    while (piece > size || offset % piece != 0) {
        piece /= 2;
    }
    return piece;
}

/* ---- reads ---- */

/* Both chips answer the same. */
static uint32_t of_both_chips(uint32_t chip)
{
    return chip | chip << (8 * CHIP_WIDTH);
}

/* What the bank puts on the bus in its register modes. The bus takes the low bytes, whichever are addressed.
 */
static uint32_t register_word(const struct cfi_flash *flash, uint64_t offset)
{
    const uint64_t word = offset / BUS_WIDTH;
    switch ((enum cfi_flash_mode)flash->mode) {
    case CFI_FLASH_STATUS:
        return of_both_chips(flash->status);
    case CFI_FLASH_IDENTIFIER: /* at the start of each block; the lock bits of one that is never locked */
        if (word % 256 == 0) {
            return of_both_chips(MANUFACTURER);
        }
        return word % 256 == 1 ? of_both_chips(DEVICE) : 0;
    case CFI_FLASH_QUERY:
        return word < CFI_FLASH_QUERY_SIZE ? of_both_chips(flash->query[word]) : 0;
    case CFI_FLASH_ARRAY:
        break;
    }
    assert(false);
    return 0;
}

enum cfi_flash_result cfi_flash_read(struct cfi_flash *flash, uint64_t offset, uint8_t *data, uint32_t size)
{
    if (!access_fits(flash, offset, size)) {
        return CFI_FLASH_ABORT;
    }
    if (cfi_flash_is_array(flash)) {
        memcpy(data, flash->bytes + offset, size);
        return CFI_FLASH_OK;
    }
    for (uint32_t done = 0; done < size;) {
        const uint32_t piece = piece_size(offset + done, size - done);
        const uint32_t word = register_word(flash, offset + done);
        for (uint32_t i = 0; i < piece; i++) {
            data[done + i] = (uint8_t)(word >> (8 * i));
        }
        done += piece;
    }
    return CFI_FLASH_OK;
}

/* ---- writes ---- */

static void array_mode(struct cfi_flash *flash)
{
    flash->mode = CFI_FLASH_ARRAY;
    flash->cycle = CFI_FLASH_COMMAND;
}

static void status_mode(struct cfi_flash *flash, enum cfi_flash_cycle next)
{
    flash->mode = CFI_FLASH_STATUS;
    flash->cycle = (uint8_t)next;
}

/* The commands came in a wrong order, or ask what cannot be: both error bits, and nothing done. */
static void sequence_error(struct cfi_flash *flash)
{
    flash->status |= STATUS_ERASE_ERROR | STATUS_PROGRAM_ERROR;
    status_mode(flash, CFI_FLASH_COMMAND);
}

static void command(struct cfi_flash *flash, uint8_t code)
{
    switch (code) {
    case COMMAND_PROGRAM:
    case COMMAND_PROGRAM_ALTERNATE:
        status_mode(flash, CFI_FLASH_PROGRAM_DATA);
        return;
    case COMMAND_ERASE:
        status_mode(flash, CFI_FLASH_ERASE_CONFIRM);
        return;
    case COMMAND_LOCK:
        status_mode(flash, CFI_FLASH_LOCK_CONFIRM);
        return;
    case COMMAND_BUFFERED_PROGRAM:
        flash->status |= STATUS_READY; /* a buffer is available */
        status_mode(flash, CFI_FLASH_BUFFER_COUNT);
        return;
    case COMMAND_READ_STATUS:
        status_mode(flash, CFI_FLASH_COMMAND);
        return;
    case COMMAND_READ_IDENTIFIER:
        flash->mode = CFI_FLASH_IDENTIFIER;
        return;
    case COMMAND_READ_QUERY:
        flash->mode = CFI_FLASH_QUERY;
        return;
    case COMMAND_CLEAR_STATUS:
        flash->status = 0;
        array_mode(flash);
        return;
    default: /* COMMAND_READ_ARRAY, and what no such chip knows */
        array_mode(flash);
        return;
    }
}

static void program(struct cfi_flash *flash, uint64_t offset, const uint8_t *data, uint32_t size)
{
    memcpy(flash->bytes + offset, data, size);
    flash->dirty = true;
    flash->status |= STATUS_READY;
    status_mode(flash, CFI_FLASH_COMMAND);
}

static void erase(struct cfi_flash *flash, uint64_t offset)
{
    memset(flash->bytes + (offset - offset % CFI_FLASH_SECTOR_SIZE), 0xFF, CFI_FLASH_SECTOR_SIZE);
    flash->dirty = true;
    flash->status |= STATUS_READY;
    status_mode(flash, CFI_FLASH_COMMAND);
}

static void confirm(struct cfi_flash *flash, uint64_t offset, uint8_t code)
{
    const bool locks = flash->cycle == CFI_FLASH_LOCK_CONFIRM;
    if (code == COMMAND_READ_ARRAY) {
        array_mode(flash);
    } else if (!locks && code == COMMAND_CONFIRM) {
        erase(flash, offset);
    } else if (locks && (code == COMMAND_CONFIRM || code == COMMAND_LOCK_SET)) {
        flash->status |= STATUS_READY; /* no sector can be locked */
        status_mode(flash, CFI_FLASH_COMMAND);
    } else {
        array_mode(flash);
    }
}

/* The count is of bus words less one, as each chip sees it. */
static void buffer_count(struct cfi_flash *flash, const uint8_t *data, uint32_t size)
{
    const uint32_t words = (data[0] | (size > 1 ? (uint32_t)data[1] << 8 : 0)) + 1;
    if (words > CFI_FLASH_BUFFER_SIZE / BUS_WIDTH) {
        sequence_error(flash);
        return;
    }
    flash->buffer_left = words;
    flash->buffer_placed = false;
    status_mode(flash, CFI_FLASH_BUFFER_DATA);
}

/* Words go to one aligned block of the buffer's size, which the first of them names. */
static void buffer_data(struct cfi_flash *flash, uint64_t offset, const uint8_t *data, uint32_t size)
{
    const uint64_t base = offset - offset % CFI_FLASH_BUFFER_SIZE;
    if (!flash->buffer_placed) {
        flash->buffer_placed = true;
        flash->buffer_base = base;
        memcpy(flash->buffer, flash->bytes + base, CFI_FLASH_BUFFER_SIZE);
    }
    if (base != flash->buffer_base) {
        sequence_error(flash);
        return;
    }
    memcpy(flash->buffer + (offset - base), data, size);
    flash->buffer_left--;
    if (flash->buffer_left == 0) {
        status_mode(flash, CFI_FLASH_BUFFER_CONFIRM);
    }
}

static void buffer_confirm(struct cfi_flash *flash, uint8_t code)
{
    if (code == COMMAND_CONFIRM) {
        program(flash, flash->buffer_base, flash->buffer, CFI_FLASH_BUFFER_SIZE);
    } else if (code == COMMAND_READ_ARRAY) {
        array_mode(flash);
    } else {
        sequence_error(flash);
    }
}

/* One access of the bus: naturally aligned, 1, 2 or 4 bytes. */
static void bus_write(struct cfi_flash *flash, uint64_t offset, const uint8_t *data, uint32_t size)
{
    switch ((enum cfi_flash_cycle)flash->cycle) {
    case CFI_FLASH_COMMAND:
        command(flash, data[0]);
        return;
    case CFI_FLASH_PROGRAM_DATA:
        program(flash, offset, data, size);
        return;
    case CFI_FLASH_ERASE_CONFIRM:
    case CFI_FLASH_LOCK_CONFIRM:
        confirm(flash, offset, data[0]);
        return;
    case CFI_FLASH_BUFFER_COUNT:
        buffer_count(flash, data, size);
        return;
    case CFI_FLASH_BUFFER_DATA:
        buffer_data(flash, offset, data, size);
        return;
    case CFI_FLASH_BUFFER_CONFIRM:
        buffer_confirm(flash, data[0]);
        return;
    }
}

enum cfi_flash_result cfi_flash_write(struct cfi_flash *flash, uint64_t offset, const uint8_t *data,
                                      uint32_t size)
{
    if (!access_fits(flash, offset, size)) {
        return CFI_FLASH_ABORT;
    }
    for (uint32_t done = 0; done < size;) {
        const uint32_t piece = piece_size(offset + done, size - done);
        bus_write(flash, offset + done, data + done, piece);
        done += piece;
    }
    return CFI_FLASH_OK;
}
