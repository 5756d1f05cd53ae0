/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who owns each page and who may touch it: DEN0077, "Memory management", ownership and access rules. A page
 * has one owner, from its home or from a donation; what its owner and the borrowers may do to it follows from
 * the transactions in force, and from nothing that is kept per page.
 *
 * Homes and owners are ranges (page_ranges.h) with one word: the home's index + 1, and the owner above it.
 */
#include <assert.h>
#include <string.h>

#include "model/spmc/memory_internal.h"

#define OWNER_SHIFT 32U
#define HOME_MASK   0xFFFFFFFFU

static uint64_t owned_value(uint32_t home, uint16_t owner)
{
    return (uint64_t)owner << OWNER_SHIFT | (home + 1);
}

static uint32_t owned_home(uint64_t value)
{
    return (uint32_t)(value & HOME_MASK) - 1; /* MEMORY_NONE where there is no memory */
}

static uint16_t owned_owner(uint64_t value)
{
    return (uint16_t)(value >> OWNER_SHIFT);
}

void spmc_memory_init(struct spmc_memory *memory, const struct spmc_memory_config *config)
{
    assert(config->profile < SPMC_PROFILE_COUNT);
    assert(config->partition_count < SPMC_MEMORY_ENDPOINTS_MAX);
    assert(config->home_count <= SPMC_MEMORY_HOMES_MAX);
    memset(memory, 0, sizeof(*memory));
    memory->config = *config;
    memory->handle_next = 1;
    for (uint32_t i = 0; i < config->home_count; i++) {
        const struct spmc_memory_home *home = &config->homes[i];
        assert(home->size != 0);
        assert(((home->pa | home->size) & (SPMC_MEMORY_PAGE_SIZE - 1)) == 0);
        const bool fits = page_ranges_set(memory->owned, &memory->owned_count, SPMC_MEMORY_RANGES_MAX,
                                          home->pa, home->pa + home->size - 1, owned_value(i, home->owner));
        assert(fits);
        (void)fits;
    }
}

uint16_t memory_owner_of(uint16_t endpoint_id)
{
    return (endpoint_id & MEMORY_SECURE) != 0 ? endpoint_id : 0;
}

static uint32_t partition_find(const struct spmc_memory *memory, uint16_t endpoint_id)
{
    for (uint32_t i = 0; i < memory->config.partition_count; i++) {
        if (memory->config.partitions[i] == endpoint_id) {
            return i;
        }
    }
    return MEMORY_NONE;
}

bool memory_partition_known(const struct spmc_memory *memory, uint16_t endpoint_id)
{
    return partition_find(memory, endpoint_id) != MEMORY_NONE;
}

struct spmc_memory_response *memory_response_of(struct spmc_memory *memory, uint16_t endpoint_id)
{
    if ((endpoint_id & MEMORY_SECURE) == 0) {
        return &memory->responses[0];
    }
    const uint32_t index = partition_find(memory, endpoint_id);
    assert(index != MEMORY_NONE); /* the dispatch knows its partitions */
    return &memory->responses[1 + index];
}

uint32_t memory_transaction_find(const struct spmc_memory *memory, uint64_t handle)
{
    for (uint32_t i = 0; i < SPMC_MEMORY_TRANSACTIONS_MAX; i++) {
        const struct spmc_memory_transaction *transaction = &memory->transactions[i];
        if (transaction->live && !transaction->dissolving && transaction->handle == handle) {
            return i;
        }
    }
    return MEMORY_NONE;
}

uint32_t memory_borrower_find(const struct spmc_memory_transaction *transaction, uint16_t endpoint_id)
{
    for (uint32_t i = 0; i < transaction->borrower_count; i++) {
        if (transaction->borrowers[i].endpoint_id == endpoint_id) {
            return i;
        }
    }
    return MEMORY_NONE;
}

bool memory_retrieved(const struct spmc_memory_transaction *transaction)
{
    for (uint32_t i = 0; i < transaction->borrower_count; i++) {
        if (transaction->borrowers[i].retrievals != 0) {
            return true;
        }
    }
    return false;
}

uint32_t memory_transaction_add(struct spmc_memory *memory, uint32_t constituent_count)
{
    if (constituent_count > SPMC_MEMORY_CONSTITUENTS_MAX - memory->constituent_count) {
        return MEMORY_NONE;
    }
    for (uint32_t i = 0; i < SPMC_MEMORY_TRANSACTIONS_MAX; i++) {
        if (!memory->transactions[i].live) {
            memory->transactions[i] = (struct spmc_memory_transaction){
                .live = true,
                .handle = memory->handle_next,
                .constituent_first = memory->constituent_count,
                .constituent_count = constituent_count,
            };
            memory->handle_next++;
            memory->constituent_count += constituent_count;
            return i;
        }
    }
    return MEMORY_NONE;
}

/* The pool is kept without holes. */
void memory_transaction_remove(struct spmc_memory *memory, uint32_t index)
{
    struct spmc_memory_transaction *gone = &memory->transactions[index];
    assert(gone->live);
    const uint32_t behind = gone->constituent_first + gone->constituent_count;
    memmove(&memory->constituents[gone->constituent_first], &memory->constituents[behind],
            (memory->constituent_count - behind) * sizeof(memory->constituents[0]));
    memory->constituent_count -= gone->constituent_count;
    for (uint32_t i = 0; i < SPMC_MEMORY_TRANSACTIONS_MAX; i++) {
        if (memory->transactions[i].live && memory->transactions[i].constituent_first >= behind) {
            memory->transactions[i].constituent_first -= gone->constituent_count;
        }
    }
    for (uint32_t i = 0; i < SPMC_MEMORY_ENDPOINTS_MAX; i++) {
        struct spmc_memory_response *response = &memory->responses[i];
        response->live = response->live && response->transaction != index;
    }
    gone->live = false;
    gone->in_force = false;
}

const struct ffa_memory_constituent *memory_constituent(const struct spmc_memory *memory,
                                                        const struct spmc_memory_transaction *transaction,
                                                        uint32_t index)
{
    assert(index < transaction->constituent_count);
    return &memory->constituents[transaction->constituent_first + index];
}

static uint64_t constituent_last(const struct ffa_memory_constituent *constituent)
{
    return constituent->address + (uint64_t)constituent->page_count * SPMC_MEMORY_PAGE_SIZE - 1;
}

static bool homes_alike(const struct spmc_memory_home *a, const struct spmc_memory_home *b)
{
    return a->secure == b->secure && a->device == b->device && a->permissions == b->permissions;
}

uint32_t memory_home_of(const struct spmc_memory *memory, uint16_t owner, uint64_t pa, uint64_t size)
{
    if (size == 0 || pa > UINT64_MAX - (size - 1)) {
        return MEMORY_NONE;
    }
    const uint64_t last = pa + (size - 1);
    struct page_range range = page_ranges_find(memory->owned, memory->owned_count, pa);
    const uint32_t home = owned_home(range.value);
    for (;;) {
        if (range.value == 0 || owned_owner(range.value) != owner) {
            return MEMORY_NONE;
        }
        if (!homes_alike(&memory->config.homes[home], &memory->config.homes[owned_home(range.value)])) {
            return MEMORY_NONE;
        }
        if (last <= range.last) {
            return home;
        }
        range = page_ranges_find(memory->owned, memory->owned_count, range.last + 1);
    }
}

bool memory_in_use(const struct spmc_memory *memory, uint64_t pa, uint64_t size)
{
    for (uint32_t i = 0; i < SPMC_MEMORY_TRANSACTIONS_MAX; i++) {
        const struct spmc_memory_transaction *transaction = &memory->transactions[i];
        for (uint32_t j = 0; transaction->in_force && j < transaction->constituent_count; j++) {
            const struct ffa_memory_constituent *other = memory_constituent(memory, transaction, j);
            if (other->address <= pa + (size - 1) && pa <= constituent_last(other)) {
                return true;
            }
        }
    }
    return false;
}

/* What follows for one endpoint from the transactions in force. */
struct rights {
    bool given_away; /* it is the sender, and does not keep its access */
    uint8_t granted; /* enum spmc_memory_right */
};

static uint8_t right_of_permissions(uint8_t permissions)
{
    const uint8_t data = permissions & FFA_MEMORY_DATA_ACCESS;
    if (data == FFA_MEMORY_DATA_READ_WRITE) {
        return SPMC_MEMORY_READ_WRITE;
    }
    return data == FFA_MEMORY_DATA_READ_ONLY ? SPMC_MEMORY_READ_ONLY : SPMC_MEMORY_NO_ACCESS;
}

static void rights_add(struct rights *rights, const struct spmc_memory_transaction *transaction,
                       uint16_t endpoint_id)
{
    if (memory_owner_of(transaction->sender) == memory_owner_of(endpoint_id) &&
        transaction->kind != MEMORY_SHARE) {
        rights->given_away = true;
    }
    const uint32_t borrower = memory_borrower_find(transaction, endpoint_id);
    if (borrower != MEMORY_NONE && transaction->borrowers[borrower].retrievals != 0) {
        const uint8_t right = right_of_permissions(transaction->borrowers[borrower].retrieved_permissions);
        rights->granted = right > rights->granted ? right : rights->granted;
    }
}

/* Adds what one transaction says of `pa`; *last is drawn in to where it says something else. */
static void rights_at(const struct spmc_memory *memory, const struct spmc_memory_transaction *transaction,
                      uint16_t endpoint_id, uint64_t pa, uint64_t *last, struct rights *rights)
{
    for (uint32_t i = 0; i < transaction->constituent_count; i++) {
        const struct ffa_memory_constituent *constituent = memory_constituent(memory, transaction, i);
        const uint64_t end = constituent_last(constituent);
        if (constituent->address <= pa && pa <= end) {
            rights_add(rights, transaction, endpoint_id);
            *last = end < *last ? end : *last;
        } else if (constituent->address > pa && constituent->address <= *last) {
            *last = constituent->address - 1;
        }
    }
}

enum spmc_memory_right memory_right_run(const struct spmc_memory *memory, uint16_t endpoint_id, uint64_t pa,
                                        uint64_t *last, uint16_t *owner)
{
    const struct page_range range = page_ranges_find(memory->owned, memory->owned_count, pa);
    struct rights rights = {false, SPMC_MEMORY_NO_ACCESS};
    *last = range.last;
    *owner = owned_owner(range.value);
    for (uint32_t i = 0; i < SPMC_MEMORY_TRANSACTIONS_MAX; i++) {
        if (memory->transactions[i].in_force) {
            rights_at(memory, &memory->transactions[i], endpoint_id, pa, last, &rights);
        }
    }
    const bool owned = range.value != 0 && *owner == memory_owner_of(endpoint_id);
    if (!owned || rights.given_away) {
        return (enum spmc_memory_right)rights.granted;
    }
    const struct page_range set = page_ranges_find(memory->permissions, memory->permission_count, pa);
    *last = set.last < *last ? set.last : *last;
    if (set.value != 0 && *owner != 0) {
        const bool writable = (set.value & FFA_MEM_PERM_DATA) == FFA_MEM_PERM_READ_WRITE;
        return writable ? SPMC_MEMORY_READ_WRITE : SPMC_MEMORY_READ_ONLY;
    }
    const struct spmc_memory_home *home = &memory->config.homes[owned_home(range.value)];
    return (enum spmc_memory_right)right_of_permissions(home->permissions);
}

enum spmc_memory_right spmc_memory_right_of(const struct spmc_memory *memory, uint16_t endpoint, uint64_t pa)
{
    uint64_t last;
    uint16_t owner;
    return memory_right_run(memory, endpoint, pa, &last, &owner);
}

bool spmc_memory_exclusive(const struct spmc_memory *memory, uint16_t endpoint, uint64_t pa, uint64_t size)
{
    return memory_home_of(memory, memory_owner_of(endpoint), pa, size) != MEMORY_NONE &&
           !memory_in_use(memory, pa, size);
}

bool memory_donate_fits(const struct spmc_memory *memory, const struct spmc_memory_transaction *transaction)
{
    return memory->owned_count + 2 * transaction->constituent_count <= SPMC_MEMORY_RANGES_MAX;
}

void memory_donate(struct spmc_memory *memory, const struct spmc_memory_transaction *transaction,
                   uint16_t owner)
{
    for (uint32_t i = 0; i < transaction->constituent_count; i++) {
        const struct ffa_memory_constituent *constituent = memory_constituent(memory, transaction, i);
        const struct page_range range =
            page_ranges_find(memory->owned, memory->owned_count, constituent->address);
        const bool fits =
            page_ranges_set(memory->owned, &memory->owned_count, SPMC_MEMORY_RANGES_MAX, constituent->address,
                            constituent_last(constituent), owned_value(owned_home(range.value), owner));
        assert(fits); /* memory_donate_fits() */
        (void)fits;
    }
}
