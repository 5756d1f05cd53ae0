/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the three groups of checks of FFA_MEM_SHARE, FFA_MEM_LEND and FFA_MEM_DONATE share: DEN0077, "Memory
 * management interfaces". Private to model/spmc/memory_send*.c.
 */
#ifndef MODEL_SPMC_MEMORY_SEND_H
#define MODEL_SPMC_MEMORY_SEND_H

#include "model/spmc/memory_internal.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The call, and what of its first fragment could be read; what could not is zero. */
struct send {
    const struct spmc_memory *memory;
    const struct spmc_memory_caller *caller;
    const struct smc_frame *call;
    uint8_t kind; /* enum memory_kind */
    uint32_t total;
    uint32_t fragment;
    uint64_t own_buffer;
    uint32_t own_pages;
    bool header_inside;
    bool accesses_inside;
    bool composite_inside;
    struct memory_descriptor_header header;
    uint32_t access_count; /* that have been read */
    struct memory_descriptor_access accesses[SPMC_MEMORY_BORROWERS_MAX];
    struct ffa_memory_composite composite;
};

/* What the fragment in `bytes` says. */
void memory_send_parse(struct send *send, const uint8_t *bytes);

/*
 * The status of the first check that does not pass, in the order of the profile; *check counts from 1.
 * MEMORY_PASSED: there is none.
 */
int32_t memory_send_check_descriptor(const struct send *send, uint32_t *check);
int32_t memory_send_check_pages(const struct spmc_memory *memory,
                                const struct spmc_memory_transaction *transaction, uint32_t *check);

#ifdef __cplusplus
}
#endif

#endif
