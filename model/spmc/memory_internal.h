/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of memory management share: the tables of transactions and of owners, and the order in which
 * a call takes effect. Private to model/spmc/memory_*.c.
 *
 * Checks stand in tables, one per profile, in the order in which the implementation makes them: a number that
 * the chapter knows, and the status of a refusal.
 */
#ifndef MODEL_SPMC_MEMORY_INTERNAL_H
#define MODEL_SPMC_MEMORY_INTERNAL_H

#include "model/spmc/memory.h"
#include "model/spmc/memory_descriptor.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MEMORY_NONE            UINT32_MAX
#define MEMORY_SECURE          0x8000U /* bit 15 of an endpoint ID */
#define MEMORY_PASSED          0
#define MEMORY_COUNT_OF(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

enum memory_kind { MEMORY_SHARE, MEMORY_LEND, MEMORY_DONATE };

enum memory_operation_kind {
    MEMORY_OPERATION_NONE,
    /* The descriptor is being read. */
    MEMORY_OPERATION_READ_SEND,
    MEMORY_OPERATION_READ_FRAGMENT,
    MEMORY_OPERATION_READ_RETRIEVE,
    MEMORY_OPERATION_READ_RELINQUISH,
    /* It takes effect. */
    MEMORY_OPERATION_SEND,
    MEMORY_OPERATION_RETRIEVE,
    MEMORY_OPERATION_RESPOND, /* RX alone */
    MEMORY_OPERATION_RELINQUISH,
    MEMORY_OPERATION_RECLAIM,
    MEMORY_OPERATION_PERMISSION, /* of a partition's own pages: told, and done */
};
#define MEMORY_OPERATION_COUNT 11

struct memory_check {
    uint8_t check;
    int8_t status;
};

struct memory_checks {
    const struct memory_check *rows;
    uint32_t count;
};
#define MEMORY_CHECKS(rows)                                                                                  \
    {                                                                                                        \
        (rows), MEMORY_COUNT_OF(rows)                                                                        \
    }

/* memory_state.c */
uint16_t memory_owner_of(uint16_t endpoint_id); /* all of the normal world own as one */
bool memory_partition_known(const struct spmc_memory *memory, uint16_t endpoint_id);
struct spmc_memory_response *memory_response_of(struct spmc_memory *memory, uint16_t endpoint_id);
uint32_t memory_transaction_find(const struct spmc_memory *memory, uint64_t handle);
uint32_t memory_borrower_find(const struct spmc_memory_transaction *transaction, uint16_t endpoint_id);
bool memory_retrieved(const struct spmc_memory_transaction *transaction);
/* A live transaction with `constituent_count` constituents, or MEMORY_NONE. */
uint32_t memory_transaction_add(struct spmc_memory *memory, uint32_t constituent_count);
void memory_transaction_remove(struct spmc_memory *memory, uint32_t index);
const struct ffa_memory_constituent *memory_constituent(const struct spmc_memory *memory,
                                                        const struct spmc_memory_transaction *transaction,
                                                        uint32_t index);
/* The home that all of [pa, pa + size) lies in while `owner` owns it, or MEMORY_NONE. */
uint32_t memory_home_of(const struct spmc_memory *memory, uint16_t owner, uint64_t pa, uint64_t size);
bool memory_in_use(const struct spmc_memory *memory, uint64_t pa, uint64_t size);
/* What `endpoint_id` may do at `pa`, and as far as *last as well; the owner of these pages. */
enum spmc_memory_right memory_right_run(const struct spmc_memory *memory, uint16_t endpoint_id, uint64_t pa,
                                        uint64_t *last, uint16_t *owner);
bool memory_donate_fits(const struct spmc_memory *memory, const struct spmc_memory_transaction *transaction);
void memory_donate(struct spmc_memory *memory, const struct spmc_memory_transaction *transaction,
                   uint16_t owner);

/* memory_effect.c: how a call goes on and ends. */
struct spmc_memory_step memory_refused(struct spmc_memory *memory, int32_t status, uint32_t check);
struct spmc_memory_step memory_done(struct spmc_memory *memory, const struct smc_frame *frame);
void memory_begin(struct spmc_memory *memory, const struct spmc_memory_caller *caller,
                  const struct smc_frame *call);
/* Reads `size` bytes at `pa` into the buffer, then goes on as `kind`. */
struct spmc_memory_step memory_read(struct spmc_memory *memory, enum memory_operation_kind kind, uint64_t pa,
                                    uint8_t space, uint32_t size);
/* The phases of `kind`, from the first. */
struct spmc_memory_step memory_effect(struct spmc_memory *memory, enum memory_operation_kind kind);

/* After the descriptor has been read. */
struct spmc_memory_step memory_send_read(struct spmc_memory *memory);
struct spmc_memory_step memory_fragment_read(struct spmc_memory *memory);
struct spmc_memory_step memory_retrieve_read(struct spmc_memory *memory);
struct spmc_memory_step memory_relinquish_read(struct spmc_memory *memory);

/* memory_send.c: all fragments are there, or the next one is asked for. */
struct spmc_memory_step memory_send_received(struct spmc_memory *memory, uint32_t index);

/*
 * memory_fragment.c: a response to the caller, for one borrower or (MEMORY_NONE) for a hypervisor, and its
 * fragment from `offset` on into the buffer. They return the whole length and the fragment's.
 */
uint32_t memory_response_begin(struct spmc_memory *memory, uint32_t transaction, uint32_t borrower);
uint32_t memory_response_fragment(struct spmc_memory *memory, uint32_t offset);

#ifdef __cplusplus
}
#endif

#endif
