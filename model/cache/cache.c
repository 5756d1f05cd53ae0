/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/cache/cache_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "model/cache/replay.h"

static bool geometry_fits(const struct cache_geometry *geometry, uint32_t line)
{
    if (geometry->size == 0) {
        return true;
    }
    return geometry->ways > 0 && geometry->ways <= 1024 && geometry->size % (geometry->ways * line) == 0 &&
           geometry->size <= 1U << 30 && geometry->size / (geometry->ways * line) <= 1U << 15;
}

const char *cache_config_error(const struct cache_config *config)
{
    if (config->pe_count == 0 || config->pe_count > CACHE_PE_MAX) {
        return "the number of PEs is out of range";
    }
    if (config->line < 16 || config->line > LINE_SIZE_MAX || (config->line & (config->line - 1)) != 0) {
        return "a line is a power of two from 16 to 2048 bytes";
    }
    if (config->l1d.size == 0 || config->l1i.size == 0) {
        return "every PE has an L1D and an L1I";
    }
    const struct cache_geometry *geometries[] = {&config->l1d, &config->l1i, &config->l2,
                                                 &config->system_cache};
    for (size_t i = 0; i < sizeof(geometries) / sizeof(geometries[0]); i++) {
        if (!geometry_fits(geometries[i], config->line)) {
            return "a cache's size is a multiple of ways times line, at most 1 GiB, with 1 to 1024 ways and "
                   "at most "
                   "32768 sets";
        }
    }
    return NULL;
}

static bool arrays_init(struct cache *cache)
{
    const struct cache_config *config = &cache->config;
    bool ok = true;
    for (uint32_t pe = 0; pe < config->pe_count; pe++) {
        ok = cache_array_init(&cache->l1d[pe], &config->l1d, config->line) && ok;
        ok = cache_array_init(&cache->l1i[pe], &config->l1i, config->line) && ok;
    }
    const struct cache_geometry *lower[CACHE_LOWER_MAX] = {&config->l2, &config->system_cache};
    for (uint32_t i = 0; i < CACHE_LOWER_MAX; i++) {
        if (lower[i]->size != 0) {
            ok = cache_array_init(&cache->lower[cache->lower_count], lower[i], config->line) && ok;
            cache->lower_level[cache->lower_count] = (uint8_t)(2 + i);
            cache->lower_set_way[cache->lower_count] = i == 0 && lower[i]->set_way;
            cache->lower_count++;
        }
    }
    return ok;
}

struct cache *cache_create(const struct cache_config *config, struct event_log *log)
{
    assert(cache_config_error(config) == NULL);
    struct cache *cache = calloc(1, sizeof(*cache));
    if (cache == NULL) {
        return NULL;
    }
    cache->config = *config;
    cache->log = log;
    if (!golden_table_init(&cache->golden, config->line) || !arrays_init(cache)) {
        cache_destroy(cache);
        return NULL;
    }
    return cache;
}

struct cache *cache_create_replay(const struct cache_config *config, struct event_log *log,
                                  const uint64_t *lines, uint32_t line_count)
{
    assert(cache_config_error(config) == NULL);
    struct cache *cache = calloc(1, sizeof(*cache));
    if (cache == NULL) {
        return NULL;
    }
    cache->config = (struct cache_config){.pe_count = config->pe_count, .line = config->line};
    cache->log = log;
    if (!golden_table_init(&cache->golden, config->line) || !arrays_init(cache) ||
        !replay_init(cache, lines, line_count)) {
        cache_destroy(cache);
        return NULL;
    }
    cache->replay->sweep_levels = config->l2.size != 0 && config->l2.set_way ? 2 : 1;
    return cache;
}

void cache_destroy(struct cache *cache)
{
    replay_release(cache);
    for (uint32_t pe = 0; pe < CACHE_PE_MAX; pe++) {
        cache_array_release(&cache->l1d[pe]);
        cache_array_release(&cache->l1i[pe]);
        free(cache->slots[pe]);
    }
    for (uint32_t i = 0; i < cache->lower_count; i++) {
        cache_array_release(&cache->lower[i]);
    }
    golden_table_release(&cache->golden);
    free(cache);
}

void cache_window_add(struct cache *cache, uint64_t pa, uint64_t size, uint8_t *host)
{
    assert(cache->window_count < CACHE_WINDOWS_MAX);
    assert(pa % cache->config.line == 0);
    assert(size % cache->config.line == 0);
    cache->windows[cache->window_count++] = (struct cache_window){.pa = pa, .size = size, .host = host};
}

void cache_grants_set(struct cache *cache, uint32_t pe, struct grant_table *grants)
{
    assert(pe < cache->config.pe_count);
    assert(cache->grants[pe] == NULL);
    assert(grants->shift == cache->l1d[pe].line_shift);
    cache->grants[pe] = grants;
    cache->slots[pe] = calloc(grants->count, sizeof(*cache->slots[pe]));
    assert(cache->slots[pe] != NULL);
}

void cache_track(struct cache *cache, uint64_t line_pa)
{
    struct golden_entry *entry = golden_table_add(&cache->golden, line_pa);
    if (entry != NULL) {
        golden_table_track(&cache->golden, entry);
    }
}

static uint64_t line_of(const struct cache *cache, uint64_t pa)
{
    return pa & ~(uint64_t)(cache->config.line - 1);
}

static uint8_t *line_bytes(const struct cache *cache, uint8_t *line, uint64_t pa)
{
    return line + (pa & (cache->config.line - 1));
}

/* The line needs the golden copy at this access: some copy differs, or may come to differ by it. */
static bool line_is_watched(const struct cache *cache, uint64_t line_pa)
{
    return golden_suspect(cache, line_pa) || cache_has_secure_lines(cache);
}

static void coherent_read(struct cache *cache, struct access *access, uint8_t *data)
{
    const uint64_t line_pa = line_of(cache, access->pa);
    const bool watched = line_is_watched(cache, line_pa) || access->space == PA_SPACE_SECURE;
    uint8_t golden[LINE_SIZE_MAX];
    if (watched) {
        golden_line(cache, line_pa, golden);
    }
    const uint64_t tag = cache_tag(line_pa, (enum pa_space)access->space);
    struct cache_way *way = cache_l1d_fill(cache, access->pe, tag);
    uint8_t *line = cache_array_data(&cache->l1d[access->pe], way);
    memcpy(data, line_bytes(cache, line, access->pa), access->size);
    if (watched) {
        golden_settle(cache, line_pa, golden, NULL);
        golden_compare(cache, access, data);
    }
}

/* Write-through: the bytes go to every copy of this PA space and to DRAM; no copy is allocated or becomes
 * dirty. */
static void write_through(struct cache *cache, const struct access *access, uint64_t tag, const uint8_t *data)
{
    cache_l1d_own(cache, access->pe, tag);
    struct cache_way *way = cache_array_find(&cache->l1d[access->pe], tag);
    if (way != NULL) {
        memcpy(line_bytes(cache, cache_array_data(&cache->l1d[access->pe], way), access->pa), data,
               access->size);
    }
    for (uint32_t i = 0; i < cache->lower_count; i++) {
        way = cache_array_find(&cache->lower[i], tag);
        if (way != NULL) {
            memcpy(line_bytes(cache, cache_array_data(&cache->lower[i], way), access->pa), data,
                   access->size);
        }
    }
    memcpy(line_bytes(cache, cache_dram(cache, cache_tag_pa(tag)), access->pa), data, access->size);
}

static void coherent_write(struct cache *cache, struct access *access, const uint8_t *data)
{
    const uint64_t line_pa = line_of(cache, access->pa);
    const uint64_t tag = cache_tag(line_pa, (enum pa_space)access->space);
    uint8_t golden[LINE_SIZE_MAX];
    const bool watched = line_is_watched(cache, line_pa) || access->space == PA_SPACE_SECURE;
    if (watched) {
        golden_line(cache, line_pa, golden);
        memcpy(line_bytes(cache, golden, access->pa), data, access->size);
    }
    if (access->type == MEMORY_NORMAL_WT) {
        write_through(cache, access, tag, data);
    } else {
        cache_l1d_own(cache, access->pe, tag);
        struct cache_way *way = cache_l1d_fill(cache, access->pe, tag);
        uint8_t *line = cache_array_data(&cache->l1d[access->pe], way);
        memcpy(line_bytes(cache, line, access->pa), data, access->size);
        way->dirty = true;
    }
    if (watched) {
        golden_settle(cache, line_pa, golden, NULL);
        golden_written(cache, access, data);
    }
}

/* Non-cacheable and Device: DRAM itself; a cached copy is not looked at (an unexpected hit is ignored). */
static void uncached_read(struct cache *cache, struct access *access, uint8_t *data)
{
    const uint64_t line_pa = line_of(cache, access->pa);
    memcpy(data, line_bytes(cache, cache_dram(cache, line_pa), access->pa), access->size);
    golden_compare(cache, access, data);
}

static void uncached_write(struct cache *cache, struct access *access, const uint8_t *data)
{
    const uint64_t line_pa = line_of(cache, access->pa);
    uint8_t golden[LINE_SIZE_MAX];
    golden_line(cache, line_pa, golden);
    memcpy(line_bytes(cache, golden, access->pa), data, access->size);
    memcpy(line_bytes(cache, cache_dram(cache, line_pa), access->pa), data, access->size);
    golden_settle(cache, line_pa, golden, NULL);
    golden_written(cache, access, data);
}

static void data_read(struct cache *cache, struct access *access, uint8_t *data)
{
    if (cache->replay != NULL) {
        replay_read(cache, access, data);
    } else if (memory_type_cacheable((enum memory_type)access->type)) {
        coherent_read(cache, access, data);
    } else {
        uncached_read(cache, access, data);
    }
}

static void data_write(struct cache *cache, struct access *access, const uint8_t *data)
{
    if (cache->replay != NULL) {
        replay_write(cache, access, data);
    } else if (memory_type_cacheable((enum memory_type)access->type)) {
        coherent_write(cache, access, data);
    } else {
        uncached_write(cache, access, data);
    }
    cache_decoded_take(cache, line_of(cache, access->pa));
}

static void block_zero(struct cache *cache, const struct access *access)
{
    static const uint8_t zeros[LINE_SIZE_MAX];
    struct access piece = *access;
    for (uint64_t done = 0; done < access->size; done += piece.size) {
        const uint64_t left = access->size - done;
        piece.pa = access->pa + done;
        piece.size = (uint32_t)(left < cache->config.line ? left : cache->config.line);
        data_write(cache, &piece, zeros);
    }
}

static void instruction_read(struct cache *cache, struct access *access, uint8_t *data)
{
    const uint64_t line_pa = line_of(cache, access->pa);
    assert(access->pa == line_pa && access->size == cache->config.line);
    uint8_t golden[LINE_SIZE_MAX];
    golden_line(cache, line_pa, golden);
    if (memory_type_cacheable((enum memory_type)access->type)) {
        cache_fetch_line(cache, access->pe, cache_tag(line_pa, (enum pa_space)access->space), data);
    } else {
        memcpy(data, cache_dram(cache, line_pa), cache->config.line);
    }
    golden_settle(cache, line_pa, golden, NULL); /* the fetch may have filled a unified level */
    const bool fresh = memcmp(data, golden, cache->config.line) == 0;
    access->granted = fresh;
    if (fresh) {
        cache_decoded_put(cache, line_pa);
    } else {
        struct access word = *access;
        const uint64_t offset = access->pc & (cache->config.line - 4);
        word.pa = line_pa + offset;
        word.va = access->pc;
        word.size = 4;
        golden_compare(cache, &word, data + offset);
    }
    struct cache_way *way =
        cache_array_find(&cache->l1d[access->pe], cache_tag(line_pa, (enum pa_space)access->space));
    if (way != NULL) {
        cache_way_grants_clear_write(cache, access->pe, way);
    }
}

static void fetch(struct cache *cache, struct access *access, uint8_t *data)
{
    if (cache->replay != NULL) {
        replay_fetch(cache, access, data);
    } else {
        instruction_read(cache, access, data);
    }
}

static bool grant(struct cache *cache, struct access *access)
{
    const bool write = access->op == ACCESS_GRANT_WRITE;
    return cache->replay != NULL ? replay_grant(cache, access, write) : cache_grant(cache, access, write);
}

static void maintain_va(struct cache *cache, const struct access *access)
{
    if (cache->replay != NULL) {
        replay_maintain_va(cache, access);
    } else {
        cache_maintain_va(cache, access);
    }
}

static void maintain_set_way(struct cache *cache, const struct access *access)
{
    if (cache->replay != NULL) {
        replay_maintain_set_way(cache, access);
    } else {
        cache_maintain_set_way(cache, access);
    }
}

/* Without a token every operation here is complete when it has been done. */
static void barrier(struct cache *cache, const struct access *access)
{
    if (cache->replay != NULL) {
        replay_barrier(cache, access);
    }
}

static bool access_has_address(enum access_op op)
{
    return op <= ACCESS_GRANT_WRITE || op == ACCESS_DC_ZVA;
}

static void access_do(struct cache *cache, struct access *access, uint8_t *data)
{
    const enum access_op op = (enum access_op)access->op;
    switch (op) {
    case ACCESS_READ:
        if (access->agent == AGENT_FETCH) {
            fetch(cache, access, data);
        } else {
            data_read(cache, access, data);
        }
        return;
    case ACCESS_WRITE:
        data_write(cache, access, data);
        return;
    case ACCESS_GRANT_READ:
    case ACCESS_GRANT_WRITE:
        access->granted = grant(cache, access);
        return;
    case ACCESS_DC_IVAC:
    case ACCESS_DC_CVAC:
    case ACCESS_DC_CVAU:
    case ACCESS_DC_CVAP:
    case ACCESS_DC_CVADP:
    case ACCESS_DC_CIVAC:
        maintain_va(cache, access);
        return;
    case ACCESS_DC_ISW:
    case ACCESS_DC_CSW:
    case ACCESS_DC_CISW:
        maintain_set_way(cache, access);
        return;
    case ACCESS_DC_ZVA:
        block_zero(cache, access);
        return;
    case ACCESS_IC_IALLU:
    case ACCESS_IC_IALLUIS:
    case ACCESS_IC_IVAU:
        cache_maintain_instruction(cache, access);
        return;
    case ACCESS_DSB:
    case ACCESS_DMB:
        barrier(cache, access);
        return;
    case ACCESS_ISB:
        return;
    }
}

enum cache_result cache_access(struct cache *cache, struct access *access, uint8_t *data)
{
    access->granted = 0;
    if (access_has_address((enum access_op)access->op)) {
        const uint64_t last = access->pa + (access->size != 0 ? access->size - 1 : 0);
        const bool within = line_of(cache, last) == line_of(cache, access->pa);
        if (cache_dram(cache, line_of(cache, access->pa)) == NULL ||
            (!within && cache_dram(cache, line_of(cache, last)) == NULL)) {
            return CACHE_PASS;
        }
        assert(access->op == ACCESS_DC_ZVA || within);
    }
    cache->access = access;
    cache->moved_count = 0;
    access_do(cache, access, data);
    if (cache->moved_count != 0) {
        golden_settle_moved(cache);
    }
    cache->access = NULL;
    return CACHE_DONE;
}

uint32_t cache_code_lines_taken(struct cache *cache, uint64_t lines[CACHE_CODE_LINES_MAX], bool *all)
{
    const uint32_t count = cache->code_line_count;
    memcpy(lines, cache->code_lines, count * sizeof(lines[0]));
    *all = cache->code_all;
    cache->code_line_count = 0;
    cache->code_all = false;
    return count;
}

bool cache_overflowed(const struct cache *cache)
{
    return cache->golden.overflowed;
}
