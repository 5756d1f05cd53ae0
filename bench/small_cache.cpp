// SPDX-License-Identifier: BSD-3-Clause
#include "bench/small_cache.hpp"

#include <cassert>
#include <cstring>

namespace bench {

small_cache::small_cache(uint64_t base, std::vector<uint8_t> *ram)
    : base_(base), ram_(ram), lines_(SETS * WAYS), next_(SETS)
{
    assert(base % LINE == 0 && ram->size() % LINE == 0);
}

void small_cache::attach(struct cpu *) {}

small_cache::line *small_cache::lookup(uint64_t pa)
{
    line *set = &lines_[pa / LINE % SETS * WAYS];
    for (uint64_t way = 0; way < WAYS; way++) {
        if (set[way].pa == pa) {
            return &set[way];
        }
    }
    return nullptr;
}

small_cache::line *small_cache::fill(uint64_t pa)
{
    const uint64_t set = pa / LINE % SETS;
    line *victim = &lines_[set * WAYS + next_[set]];
    next_[set] = (next_[set] + 1) % WAYS;
    if (victim->dirty) {
        memcpy(ram_->data() + (victim->pa - base_), victim->bytes, LINE);
    }
    victim->pa = pa;
    victim->dirty = false;
    memcpy(victim->bytes, ram_->data() + (pa - base_), LINE);
    return victim;
}

access_status small_cache::serve(struct access *access, uint8_t *data)
{
    if (access->op > ACCESS_WRITE || access->pa < base_ || access->pa - base_ >= ram_->size()) {
        return ACCESS_EXTERNAL_ABORT;
    }
    const uint64_t offset = access->pa % LINE;
    assert(offset + access->size <= LINE);
    line *held = lookup(access->pa - offset);
    if (held == nullptr) {
        held = fill(access->pa - offset);
    }
    if (access->op == ACCESS_READ) {
        memcpy(data, held->bytes + offset, access->size);
    } else {
        memcpy(held->bytes + offset, data, access->size);
        held->dirty = true;
    }
    return ACCESS_OK;
}

} // namespace bench
