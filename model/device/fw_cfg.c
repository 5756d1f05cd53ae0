/* SPDX-License-Identifier: BSD-3-Clause */
/* Registers, items, directory and DMA of fw_cfg; see fw_cfg.h. */
#include "model/device/fw_cfg.h"

#include <assert.h>
#include <string.h>

#define ID_TRADITIONAL 1 /* selector and data register: always */
#define ID_DMA         2

/* The control word of a DMA request: the key is in [31:16]. */
#define CONTROL_ERROR  (1U << 0)
#define CONTROL_READ   (1U << 1)
#define CONTROL_SKIP   (1U << 2)
#define CONTROL_SELECT (1U << 3)
#define CONTROL_WRITE  (1U << 4)
#define CONTROL_KEY(c) ((uint16_t)((c) >> 16))

#define KEY_WRITE_CHANNEL 0x4000 /* no effect */
#define KEY_ARCH_LOCAL    0x8000

static const char dma_signature[8] = {'Q', 'E', 'M', 'U', ' ', 'C', 'F', 'G'};

static void little_endian_put(uint8_t *to, uint64_t value, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        to[i] = (uint8_t)(value >> (8 * i));
    }
}

static void big_endian_put(uint8_t *to, uint64_t value, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        to[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
    }
}

static uint64_t big_endian_get(const uint8_t *from, uint32_t size)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < size; i++) {
        value = value << 8 | from[i];
    }
    return value;
}

/* ---- items ---- */

struct small_items {
    struct fw_cfg *fw_cfg;
    uint32_t used;
};

static uint8_t *small_add(struct small_items *small, uint16_t key, uint32_t size)
{
    struct fw_cfg *fw_cfg = small->fw_cfg;
    assert(size <= sizeof(fw_cfg->small) - small->used);
    uint8_t *data = fw_cfg->small + small->used;
    fw_cfg->items[key] = (struct fw_cfg_item){.data = data, .size = size};
    small->used += size;
    return data;
}

static void number_add(struct small_items *small, uint16_t key, uint64_t value, uint32_t size)
{
    little_endian_put(small_add(small, key, size), value, size);
}

void fw_cfg_init(struct fw_cfg *fw_cfg, const struct fw_cfg_config *config)
{
    *fw_cfg = (struct fw_cfg){.file_count = 0};
    struct small_items small = {.fw_cfg = fw_cfg};
    memcpy(small_add(&small, FW_CFG_SIGNATURE, 4), "QEMU", 4);
    memcpy(small_add(&small, FW_CFG_UUID, 16), config->uuid, 16);
    number_add(&small, FW_CFG_ID, ID_TRADITIONAL | ID_DMA, 4);
    number_add(&small, FW_CFG_RAM_SIZE, config->ram_size, 8);
    number_add(&small, FW_CFG_NOGRAPHIC, 0, 2);
    number_add(&small, FW_CFG_NB_CPUS, config->cpus, 2);
    number_add(&small, FW_CFG_BOOT_MENU, 0, 2);
    number_add(&small, FW_CFG_KERNEL_SIZE, 0, 4);
    number_add(&small, FW_CFG_INITRD_SIZE, 0, 4);
    number_add(&small, FW_CFG_CMDLINE_SIZE, 0, 4);
    fw_cfg->items[FW_CFG_FILE_DIR] =
        (struct fw_cfg_item){.data = fw_cfg->directory, .size = sizeof(fw_cfg->directory)};
}

static uint8_t *directory_entry(struct fw_cfg *fw_cfg, uint32_t index)
{
    return fw_cfg->directory + 4 + 64 * index;
}

/* An entry of the directory: size, key, two reserved bytes, name. */
bool fw_cfg_add_file(struct fw_cfg *fw_cfg, const char *name, const uint8_t *data, uint32_t size)
{
    const size_t length = strlen(name);
    if (fw_cfg->file_count == FW_CFG_FILES_MAX || length == 0 || length >= FW_CFG_NAME_SIZE) {
        return false;
    }
    for (uint32_t i = 0; i < fw_cfg->file_count; i++) {
        if (strcmp((const char *)directory_entry(fw_cfg, i) + 8, name) == 0) {
            return false;
        }
    }
    const uint32_t index = fw_cfg->file_count++;
    uint8_t *entry = directory_entry(fw_cfg, index);
    big_endian_put(entry, size, 4);
    big_endian_put(entry + 4, FW_CFG_FILE_FIRST + index, 2);
    memcpy(entry + 8, name, length);
    big_endian_put(fw_cfg->directory, fw_cfg->file_count, 4);
    fw_cfg->items[FW_CFG_FILE_FIRST + index] = (struct fw_cfg_item){.data = data, .size = size};
    return true;
}

static void item_select(struct fw_cfg *fw_cfg, uint16_t key)
{
    const uint16_t index = key & (uint16_t) ~(KEY_WRITE_CHANNEL | KEY_ARCH_LOCAL);
    fw_cfg->offset = 0;
    fw_cfg->selected = index;
    fw_cfg->selected_valid = (key & KEY_ARCH_LOCAL) == 0 && index < FW_CFG_KEYS;
}

/* The bytes of the selected item that are left. */
static uint32_t item_left(const struct fw_cfg *fw_cfg)
{
    if (!fw_cfg->selected_valid || fw_cfg->items[fw_cfg->selected].data == NULL) {
        return 0;
    }
    return fw_cfg->items[fw_cfg->selected].size - fw_cfg->offset;
}

/* The next bytes of the item; zeros behind its end. */
static void item_take(struct fw_cfg *fw_cfg, uint8_t *data, uint32_t size)
{
    const uint32_t left = item_left(fw_cfg);
    const uint32_t taken = left < size ? left : size;
    if (taken != 0) {
        memcpy(data, fw_cfg->items[fw_cfg->selected].data + fw_cfg->offset, taken);
    }
    memset(data + taken, 0, size - taken);
    fw_cfg->offset += taken;
}

/* ---- registers ---- */

static bool size_is_power(uint32_t size)
{
    return size == 1 || size == 2 || size == 4 || size == 8;
}

enum fw_cfg_result fw_cfg_read(struct fw_cfg *fw_cfg, uint64_t offset, uint8_t *data, uint32_t size)
{
    if (!size_is_power(size) || offset >= FW_CFG_SIZE || offset % size != 0) {
        return FW_CFG_ABORT;
    }
    if (offset == FW_CFG_DATA) {
        item_take(fw_cfg, data, size);
        return FW_CFG_OK;
    }
    if (offset >= FW_CFG_DMA) {
        memcpy(data, dma_signature + (offset - FW_CFG_DMA), size);
        return FW_CFG_OK;
    }
    return FW_CFG_ABORT;
}

/* The low half, or the whole, starts. */
static enum fw_cfg_result dma_register_write(struct fw_cfg *fw_cfg, uint64_t offset, const uint8_t *data,
                                             uint32_t size)
{
    if (size == 8) {
        fw_cfg->dma_pa = big_endian_get(data, 8);
        return FW_CFG_WORK;
    }
    if (size != 4) {
        return FW_CFG_ABORT;
    }
    const uint64_t half = big_endian_get(data, 4);
    if (offset == FW_CFG_DMA) {
        fw_cfg->dma_pa = half << 32;
        return FW_CFG_OK;
    }
    fw_cfg->dma_pa |= half;
    return FW_CFG_WORK;
}

enum fw_cfg_result fw_cfg_write(struct fw_cfg *fw_cfg, uint64_t offset, const uint8_t *data, uint32_t size)
{
    if (!size_is_power(size) || offset >= FW_CFG_SIZE || offset % size != 0) {
        return FW_CFG_ABORT;
    }
    if (offset == FW_CFG_DATA) {
        return FW_CFG_OK; /* items are read only */
    }
    if (offset == FW_CFG_SELECTOR && size == 2) {
        item_select(fw_cfg, (uint16_t)big_endian_get(data, 2));
        return FW_CFG_OK;
    }
    return offset >= FW_CFG_DMA ? dma_register_write(fw_cfg, offset, data, size) : FW_CFG_ABORT;
}

/* ---- DMA ---- */

static struct dma_step step_make(struct fw_cfg *fw_cfg, enum fw_cfg_stage stage, enum dma_need need,
                                 uint64_t pa, uint32_t size, uint8_t *bytes)
{
    fw_cfg->stage = (uint8_t)stage;
    return (struct dma_step){.need = need, .pa = pa, .size = size, .bytes = bytes};
}

static bool range_wraps(uint64_t pa, uint64_t size)
{
    return pa > UINT64_MAX - size;
}

static struct dma_step rest(struct fw_cfg *fw_cfg)
{
    fw_cfg->dma_pa = 0;
    return step_make(fw_cfg, FW_CFG_IDLE, DMA_NOTHING, 0, 0, NULL);
}

struct dma_step fw_cfg_start(struct fw_cfg *fw_cfg)
{
    assert(fw_cfg->stage == FW_CFG_IDLE);
    if (range_wraps(fw_cfg->dma_pa, sizeof(fw_cfg->request))) {
        return rest(fw_cfg);
    }
    return step_make(fw_cfg, FW_CFG_READING_REQUEST, DMA_READ, fw_cfg->dma_pa, sizeof(fw_cfg->request),
                     fw_cfg->request);
}

/* The answer replaces the control word: 0, or that it went wrong. */
static struct dma_step answer(struct fw_cfg *fw_cfg, bool failed)
{
    big_endian_put(fw_cfg->request, failed ? CONTROL_ERROR : 0, 4);
    return step_make(fw_cfg, FW_CFG_WRITING_CONTROL, DMA_WRITE, fw_cfg->dma_pa, 4, fw_cfg->request);
}

static struct dma_step move_next(struct fw_cfg *fw_cfg)
{
    if (fw_cfg->length == 0) {
        return answer(fw_cfg, false);
    }
    const uint32_t size = fw_cfg->length < FW_CFG_CHUNK_MAX ? fw_cfg->length : FW_CFG_CHUNK_MAX;
    if (range_wraps(fw_cfg->address, size)) {
        return answer(fw_cfg, true);
    }
    item_take(fw_cfg, fw_cfg->chunk, size);
    const uint64_t pa = fw_cfg->address;
    fw_cfg->address += size;
    fw_cfg->length -= size;
    return step_make(fw_cfg, FW_CFG_MOVING, DMA_WRITE, pa, size, fw_cfg->chunk);
}

/* The first of read, write and skip that is asked for; a request may ask for none and select alone. */
static struct dma_step request_serve(struct fw_cfg *fw_cfg)
{
    const uint32_t control = (uint32_t)big_endian_get(fw_cfg->request, 4);
    fw_cfg->length = (uint32_t)big_endian_get(fw_cfg->request + 4, 4);
    fw_cfg->address = big_endian_get(fw_cfg->request + 8, 8);
    if ((control & CONTROL_SELECT) != 0) {
        item_select(fw_cfg, CONTROL_KEY(control));
    }
    if ((control & CONTROL_READ) != 0) {
        return move_next(fw_cfg);
    }
    if ((control & CONTROL_WRITE) != 0) {
        return answer(fw_cfg, fw_cfg->length != 0);
    }
    if ((control & CONTROL_SKIP) != 0) {
        const uint32_t left = item_left(fw_cfg);
        fw_cfg->offset += left < fw_cfg->length ? left : fw_cfg->length;
    }
    return answer(fw_cfg, false);
}

struct dma_step fw_cfg_continue(struct fw_cfg *fw_cfg, bool provided)
{
    switch ((enum fw_cfg_stage)fw_cfg->stage) {
    case FW_CFG_READING_REQUEST:
        return provided ? request_serve(fw_cfg) : answer(fw_cfg, true);
    case FW_CFG_MOVING:
        return provided ? move_next(fw_cfg) : answer(fw_cfg, true);
    case FW_CFG_WRITING_CONTROL: /* when memory refuses the answer, there is nobody to tell */
        return rest(fw_cfg);
    case FW_CFG_IDLE:
        break;
    }
    assert(false);
    return rest(fw_cfg);
}
