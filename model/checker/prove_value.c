/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The values of tracked lines: every version that may still be somewhere, and who wrote it. A line that is
 * clean and fresh everywhere keeps only its newest bytes.
 */
#include "model/checker/prove_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct prove_tracked *prove_tracked_of(struct prove *prove, uint64_t line_pa)
{
    uint32_t low = 0, high = prove->tracked_count;
    while (low < high) {
        const uint32_t middle = (low + high) / 2;
        if (prove->tracked[middle].pa < line_pa) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < prove->tracked_count && prove->tracked[low].pa == line_pa ? &prove->tracked[low] : NULL;
}

static const uint8_t *golden_line(struct prove *prove, uint64_t line_pa)
{
    const struct prove_memory *memory = prove_memory_of(prove, line_pa);
    assert(memory != NULL && memory->host != NULL);
    return memory->host + (line_pa - memory->window.pa);
}

static struct prove_version *version_add(struct prove *prove, struct prove_tracked *tracked)
{
    if (tracked->count == TRACKED_VERSIONS_MAX) {
        tracked->forgotten = true;
        tracked->count--;
        memmove(tracked->versions, tracked->versions + 1, tracked->count * sizeof(*tracked->versions));
    }
    if (tracked->count == tracked->capacity) {
        const uint32_t capacity = tracked->capacity == 0 ? 4 : 2 * tracked->capacity;
        struct prove_version *grown = realloc(tracked->versions, capacity * sizeof(*grown));
        if (grown == NULL) {
            prove->overflowed = true;
            return NULL;
        }
        tracked->versions = grown;
        tracked->capacity = capacity;
    }
    return &tracked->versions[tracked->count++];
}

static void version_put(struct prove *prove, struct prove_tracked *tracked, const struct prove_site *site,
                        uint32_t first, uint32_t last)
{
    struct prove_version *version = version_add(prove, tracked);
    if (version == NULL) {
        return;
    }
    version->site = *site;
    version->of = UINT64_MAX >> (63 - (last - first)) << first;
    memcpy(version->bytes, golden_line(prove, tracked->pa), sizeof(version->bytes));
}

void prove_value_loaded(struct prove *prove, struct prove_tracked *tracked)
{
    const struct prove_site nobody = {.loaded = true};
    version_put(prove, tracked, &nobody, 0, prove->config.line - 1);
}

/* Golden memory has the new bytes already. */
void prove_value_written(struct prove *prove, struct prove_tracked *tracked)
{
    const struct prove_site site = prove_site_now(prove);
    const uint32_t first = (uint32_t)(prove->access->pa - tracked->pa);
    version_put(prove, tracked, &site, first, first + prove->access->size - 1);
}

static bool covers(const struct prove_version *version, uint32_t offset)
{
    return (version->of >> offset & 1) != 0;
}

/* The newest version of a byte before version `below`; UINT32_MAX: none is known. */
static uint32_t version_before(const struct prove_tracked *tracked, uint32_t offset, uint32_t below)
{
    for (uint32_t i = below; i-- > 0;) {
        if (covers(&tracked->versions[i], offset)) {
            return i;
        }
    }
    return UINT32_MAX;
}

/* Of each byte the newest version remains. */
void prove_value_settled(struct prove_tracked *tracked)
{
    uint64_t newer = 0;
    for (uint32_t i = tracked->count; i-- > 0;) {
        tracked->versions[i].of &= ~newer;
        newer |= tracked->versions[i].of;
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < tracked->count; i++) {
        if (tracked->versions[i].of != 0) {
            tracked->versions[count++] = tracked->versions[i];
        }
    }
    tracked->count = count;
    tracked->forgotten = false;
}

/* Every version of these bytes is the newest one over again. */
static bool values_equal(const struct prove_tracked *tracked, const uint8_t *golden, uint32_t first,
                         uint32_t end)
{
    for (uint32_t i = 0; i < tracked->count; i++) {
        const struct prove_version *version = &tracked->versions[i];
        for (uint32_t offset = first; offset < end; offset++) {
            if (covers(version, offset) && version->bytes[offset] != golden[offset]) {
                return false;
            }
        }
    }
    return !tracked->forgotten;
}

bool prove_value_equal(struct prove *prove, const struct prove_tracked *tracked)
{
    const uint32_t first = (uint32_t)(prove->access->pa - tracked->pa);
    return values_equal(tracked, golden_line(prove, tracked->pa), first, first + prove->access->size);
}

/* Whether the version before the newest one of this byte differs from it, and whether all before that do. */
static enum prove_shows byte_shows(const struct prove_tracked *tracked, uint8_t golden, uint32_t offset)
{
    uint32_t newest = version_before(tracked, offset, tracked->count);
    uint32_t older = newest == UINT32_MAX ? UINT32_MAX : version_before(tracked, offset, newest);
    if (older == UINT32_MAX || tracked->versions[older].bytes[offset] == golden) {
        return PROVE_SHOWS_PERHAPS;
    }
    for (; older != UINT32_MAX; older = version_before(tracked, offset, older)) {
        if (tracked->versions[older].bytes[offset] == golden) {
            return PROVE_SHOWS_LIKELY;
        }
    }
    return tracked->forgotten ? PROVE_SHOWS_LIKELY : PROVE_SHOWS_SURELY;
}

static enum prove_shows value_shows(const struct prove_tracked *tracked, const uint8_t *golden,
                                    uint32_t first, uint32_t end)
{
    enum prove_shows most = PROVE_SHOWS_PERHAPS;
    for (uint32_t offset = first; offset < end; offset++) {
        const enum prove_shows shows = byte_shows(tracked, golden[offset], offset);
        most = shows > most ? shows : most;
    }
    return most;
}

void prove_value_tell(struct prove *prove, uint64_t end, struct prove_finding *finding)
{
    const uint64_t line_pa = prove_line_of(prove, finding->pa);
    const struct prove_tracked *tracked = prove_tracked_of(prove, line_pa);
    if (tracked == NULL) {
        return;
    }
    const uint8_t *golden = golden_line(prove, line_pa);
    const uint32_t first = (uint32_t)(finding->pa - line_pa);
    const uint32_t last = (uint32_t)(end - line_pa);
    finding->equal_value = values_equal(tracked, golden, first, last);
    finding->shows = (uint8_t)value_shows(tracked, golden, first, last);
    finding->value_size = last - first < PROVE_VALUE_MAX ? last - first : PROVE_VALUE_MAX;
    for (uint32_t i = 0; i < finding->value_size; i++) {
        const uint32_t newest = version_before(tracked, first + i, tracked->count);
        const uint32_t older = newest == UINT32_MAX ? UINT32_MAX : version_before(tracked, first + i, newest);
        finding->golden[i] = golden[first + i];
        finding->superseded[i] =
            older == UINT32_MAX ? golden[first + i] : tracked->versions[older].bytes[first + i];
        if (i == 0 && newest != UINT32_MAX) {
            finding->golden_writer = tracked->versions[newest].site;
        }
        if (i == 0 && older != UINT32_MAX) {
            finding->superseded_writer = tracked->versions[older].site;
        }
    }
}
