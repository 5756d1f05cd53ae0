/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The constituents of a transaction when all of them have come: DEN0077, "Memory management", ownership and
 * access rules, "Composite memory region descriptor". The statuses and their order are those of each
 * implementation.
 */
#include <assert.h>

#include "model/abi/ffa.h"
#include "model/spmc/memory_send.h"

enum page_check {
    CHECK_PAGES_OWNED,
    CHECK_PAGES_UNUSED,
    CHECK_PAGES_NOT_BUFFERS,
    CHECK_PAGES_OF_TYPE,
    CHECK_PAGES_WRITABLE,
    CHECK_CONSTITUENTS_SOUND, /* page aligned, not empty, disjoint, and as many pages as the composite says */
};

static const struct memory_check pages_hafnium[] = {
    {CHECK_PAGES_OWNED, FFA_DENIED},    {CHECK_PAGES_NOT_BUFFERS, FFA_DENIED},
    {CHECK_PAGES_UNUSED, FFA_DENIED},   {CHECK_PAGES_OF_TYPE, FFA_DENIED},
    {CHECK_PAGES_WRITABLE, FFA_DENIED}, {CHECK_CONSTITUENTS_SOUND, FFA_INVALID_PARAMETERS},
};
static const struct memory_check pages_el3_spmc[] = {
    {CHECK_CONSTITUENTS_SOUND, FFA_INVALID_PARAMETERS},
    {CHECK_PAGES_UNUSED, FFA_INVALID_PARAMETERS},
    {CHECK_PAGES_OWNED, FFA_INVALID_PARAMETERS}, /* this platform's hook */
};
static const struct memory_check pages_op_tee[] = {
    {CHECK_PAGES_OWNED, FFA_INVALID_PARAMETERS},
    {CHECK_CONSTITUENTS_SOUND, FFA_INVALID_PARAMETERS},
};

static const struct memory_checks checks_of_pages[SPMC_PROFILE_COUNT] = {
    [SPMC_PROFILE_HAFNIUM] = MEMORY_CHECKS(pages_hafnium),
    [SPMC_PROFILE_EL3_SPMC] = MEMORY_CHECKS(pages_el3_spmc),
    [SPMC_PROFILE_OP_TEE] = MEMORY_CHECKS(pages_op_tee),
};

static uint64_t size_of(const struct ffa_memory_constituent *constituent)
{
    return (uint64_t)constituent->page_count * SPMC_MEMORY_PAGE_SIZE;
}

static bool overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return a_size != 0 && b_size != 0 && a <= b + (b_size - 1) && b <= a + (a_size - 1);
}

static bool overlaps_caller_buffers(const struct spmc_memory_caller *caller, uint64_t pa, uint64_t size)
{
    return caller->buffers_mapped && (overlap(pa, size, caller->tx_pa, caller->buffer_size) ||
                                      overlap(pa, size, caller->rx_pa, caller->buffer_size));
}

static bool constituents_sound(const struct spmc_memory *memory,
                               const struct spmc_memory_transaction *transaction)
{
    uint64_t pages = 0;
    for (uint32_t i = 0; i < transaction->constituent_count; i++) {
        const struct ffa_memory_constituent *constituent = memory_constituent(memory, transaction, i);
        const uint64_t size = size_of(constituent);
        if (size == 0 || constituent->address % SPMC_MEMORY_PAGE_SIZE != 0 ||
            constituent->address > UINT64_MAX - (size - 1)) {
            return false;
        }
        for (uint32_t j = 0; j < i; j++) {
            const struct ffa_memory_constituent *other = memory_constituent(memory, transaction, j);
            if (overlap(constituent->address, size, other->address, size_of(other))) {
                return false;
            }
        }
        pages += constituent->page_count;
    }
    return pages == transaction->page_count;
}

/* A page that is called Normal must not be a device's. */
static bool type_allowed(const struct spmc_memory_transaction *transaction,
                         const struct spmc_memory_home *home)
{
    const uint32_t type = transaction->attributes & FFA_MEMORY_TYPE;
    return type == 0 || home->device == (type == FFA_MEMORY_TYPE_DEVICE);
}

/* Nobody gives more than it has, and who asks for zeroes could have written them. */
static bool writable_enough(const struct spmc_memory_transaction *transaction,
                            const struct spmc_memory_home *home)
{
    bool writes = (transaction->flags & FFA_MEMORY_FLAG_ZERO) != 0;
    for (uint32_t i = 0; i < transaction->borrower_count; i++) {
        const uint32_t data = transaction->borrowers[i].permissions & FFA_MEMORY_DATA_ACCESS;
        writes = writes || data == FFA_MEMORY_DATA_READ_WRITE;
    }
    return !writes || (home->permissions & FFA_MEMORY_DATA_ACCESS) == FFA_MEMORY_DATA_READ_WRITE;
}

static bool page_pass(const struct spmc_memory *memory, const struct spmc_memory_transaction *transaction,
                      const struct ffa_memory_constituent *constituent, enum page_check check)
{
    const uint64_t size = constituent->page_count != 0 ? size_of(constituent) : 1; /* none is refused later */
    const uint32_t home =
        memory_home_of(memory, memory_owner_of(transaction->sender), constituent->address, size);
    switch (check) {
    case CHECK_PAGES_OWNED:
        return home != MEMORY_NONE && memory->config.homes[home].secure == transaction->secure;
    case CHECK_PAGES_UNUSED:
        return !memory_in_use(memory, constituent->address, size);
    case CHECK_PAGES_NOT_BUFFERS:
        return !overlaps_caller_buffers(&memory->operation.caller, constituent->address, size);
    case CHECK_PAGES_OF_TYPE:
        return type_allowed(transaction, &memory->config.homes[home]);
    case CHECK_PAGES_WRITABLE:
        return writable_enough(transaction, &memory->config.homes[home]);
    default:
        assert(false);
        return false;
    }
}

static bool pages_pass(const struct spmc_memory *memory, const struct spmc_memory_transaction *transaction,
                       enum page_check check)
{
    if (check == CHECK_CONSTITUENTS_SOUND) {
        return constituents_sound(memory, transaction);
    }
    for (uint32_t i = 0; i < transaction->constituent_count; i++) {
        if (!page_pass(memory, transaction, memory_constituent(memory, transaction, i), check)) {
            return false;
        }
    }
    return true;
}

int32_t memory_send_check_pages(const struct spmc_memory *memory,
                                const struct spmc_memory_transaction *transaction, uint32_t *check)
{
    const struct memory_checks *checks = &checks_of_pages[memory->config.profile];
    for (uint32_t i = 0; i < checks->count; i++) {
        if (!pages_pass(memory, transaction, (enum page_check)checks->rows[i].check)) {
            *check = i + 1;
            return checks->rows[i].status;
        }
    }
    return MEMORY_PASSED;
}
