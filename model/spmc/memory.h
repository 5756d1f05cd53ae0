/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory sharing: DEN0077, "Memory management interfaces", for any caller, as Hafnium, TF-A's EL3 SPMC and
 * OP-TEE serve it (profile.h). The dispatch of the SPMC calls one function per interface with the caller as
 * it knows it and the registers of the call; what the call needs comes back as a step:
 *
 *     struct spmc_memory_step step = spmc_ffa_mem_send(memory, &caller, &call);
 *     while (step.need is SPMC_MEMORY_READ, SPMC_MEMORY_WRITE or SPMC_MEMORY_OWNERSHIP) {
 *         step = spmc_memory_accessed(memory, do_it(step));
 *     }
 *
 * Modelled: who owns each page and who may touch it, transactions of both descriptor generations, several
 * borrowers, fragments, zeroing, permissions of partitions at S-EL0. It touches no memory: descriptors are
 * read once into a buffer of the core's, and the copy is validated and used.
 *
 * Fixed tables, no heap: what does not fit is NO_MEMORY.
 */
#ifndef MODEL_SPMC_MEMORY_H
#define MODEL_SPMC_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/abi/ffa_memory.h"
#include "model/bus/page_ranges.h"
#include "model/bus/smc_frame.h"
#include "model/spmc/profile.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SPMC_MEMORY_ENDPOINTS_MAX    16 /* the normal world's caller and partitions */
#define SPMC_MEMORY_HOMES_MAX        64
#define SPMC_MEMORY_TRANSACTIONS_MAX 32
#define SPMC_MEMORY_BORROWERS_MAX    8
#define SPMC_MEMORY_CONSTITUENTS_MAX 1024 /* of all live transactions */
#define SPMC_MEMORY_RANGES_MAX       1024 /* of pages with another owner than at reset, and of permissions */
#define SPMC_MEMORY_FRAGMENTS_MAX    20   /* of one transaction; Hafnium's MAX_FRAGMENTS */
#define SPMC_MEMORY_BUFFER_SIZE      16384
#define SPMC_MEMORY_PAGE_SIZE        4096

/* Pages that an endpoint owns at reset: page aligned, and disjoint from the others. */
struct spmc_memory_home {
    uint64_t pa;
    uint64_t size;
    uint16_t owner; /* 0: the normal world */
    bool secure;    /* in the secure PA space */
    bool device;
    uint8_t permissions; /* FFA_MEMORY_DATA_*, and FFA_MEMORY_EXECUTABLE where code may be */
};

struct spmc_memory_config {
    uint8_t profile; /* enum spmc_profile */
    uint16_t spmc_id;
    uint32_t partition_count;
    uint16_t partitions[SPMC_MEMORY_ENDPOINTS_MAX - 1]; /* their IDs */
    uint32_t home_count;
    struct spmc_memory_home homes[SPMC_MEMORY_HOMES_MAX];
};

/* The caller as the dispatch knows it at the moment of the call. */
struct spmc_memory_caller {
    uint16_t id;      /* 0 at the non-secure physical instance */
    bool secure;      /* a partition */
    uint32_t version; /* negotiated, or of the partition's manifest */
    bool buffers_mapped;
    bool rx_full; /* the RX buffer is not the framework's to write to */
    uint64_t tx_pa;
    uint64_t rx_pa;
    uint32_t buffer_size;  /* of each, at most SPMC_MEMORY_BUFFER_SIZE */
    uint8_t space;         /* enum pa_space of both */
    bool ns_bit_requested; /* a 1.0 caller asked for the NS bit by FFA_FEATURES(FFA_MEM_RETRIEVE_REQ) */
    bool s_el0;            /* a partition at S-EL0: it may use FFA_MEM_PERM_* */
    bool initialising;     /* before its first FFA_MSG_WAIT */
};

enum spmc_memory_need {
    SPMC_MEMORY_DONE,      /* the call is over: `frame` is the result */
    SPMC_MEMORY_REFUSED,   /* the call is over: FFA_ERROR with `status`; `check` refused, counted from 1 */
    SPMC_MEMORY_READ,      /* read `size` bytes at `pa` into `buffer` */
    SPMC_MEMORY_WRITE,     /* write `bytes` to `pa` */
    SPMC_MEMORY_OWNERSHIP, /* from now on `endpoint` has `access` to [pa, pa + size) */
};

/* What an endpoint may do to a page. */
enum spmc_memory_right { SPMC_MEMORY_NO_ACCESS, SPMC_MEMORY_READ_ONLY, SPMC_MEMORY_READ_WRITE };

struct spmc_memory_step {
    uint8_t need;  /* enum spmc_memory_need */
    bool fills_rx; /* DONE: the RX buffer belongs to the caller now */
    int32_t status;
    uint32_t check;
    struct smc_frame frame;
    uint64_t pa;
    uint64_t size; /* of reads and writes at most SPMC_MEMORY_BUFFER_SIZE */
    uint8_t space; /* enum pa_space */
    uint8_t *buffer;
    const uint8_t *bytes;
    bool flush; /* WRITE: clean and invalidate what was written to the PoC, as Hafnium does with zeroes */
    uint16_t endpoint; /* OWNERSHIP: 0 the normal world, else a partition */
    uint16_t owner;    /* OWNERSHIP: of the pages, after it */
    uint8_t access;    /* OWNERSHIP: enum spmc_memory_right */
};

/* Private to the core from here on. */

struct spmc_memory_borrower {
    uint16_t endpoint_id;
    uint8_t permissions; /* that the sender gives */
    uint8_t flags;
    uint8_t retrieved_permissions;
    uint8_t retrieved_attributes;
    bool zero_after_relinquish;
    uint32_t retrievals; /* not yet relinquished; above 1 with the EL3 SPMC alone */
    uint64_t implementation_defined[2];
};

struct spmc_memory_transaction {
    bool live;
    bool in_force;     /* all fragments have come and were right: rights follow from it */
    bool dissolving;   /* donated and retrieved; the receiver has not got all of the response */
    bool secure;       /* the pages are in the secure PA space */
    bool zero_pending; /* a borrower asked for zeroes while another one still had the pages */
    uint8_t kind;      /* enum memory_kind */
    uint16_t sender;
    uint16_t attributes;
    uint32_t flags; /* of the send */
    uint64_t handle;
    uint64_t tag;
    uint32_t access_size; /* of the sender's endpoint access descriptors */
    uint32_t length;      /* of the sender's descriptor */
    uint32_t received;
    uint32_t fragment_count;
    uint32_t page_count;
    uint32_t constituents_offset; /* in the sender's descriptor */
    uint32_t constituent_first;   /* in the pool */
    uint32_t constituent_count;
    uint32_t borrower_count;
    struct spmc_memory_borrower borrowers[SPMC_MEMORY_BORROWERS_MAX];
};

/* A retrieve response of which the borrower has not got everything. */
struct spmc_memory_response {
    bool live;
    uint32_t transaction;
    uint32_t borrower; /* in the hypervisor's form none: all are told */
    uint32_t last;     /* offsets of the fragment that was given last, and of the next one */
    uint32_t next;
    uint32_t length;
};

/* The call in progress, and what is still to be done for it. */
struct spmc_memory_operation {
    uint8_t kind;  /* enum memory_operation_kind */
    uint8_t phase; /* of it, in its order */
    bool rolling_back;
    bool zero;
    bool tell;
    uint16_t endpoint; /* whose rights change */
    uint32_t transaction;
    uint32_t borrower;
    uint32_t constituent;
    uint64_t done; /* bytes of the constituent */
    uint32_t fragment_size;
    uint32_t rx_size;
    struct spmc_memory_caller caller;
    struct smc_frame call;
    struct smc_frame result; /* when everything has gone well */
};

struct spmc_memory {
    struct spmc_memory_config config;
    uint64_t handle_next;
    uint32_t constituent_count;
    uint32_t owned_count;
    uint32_t permission_count;
    struct spmc_memory_operation operation;
    struct spmc_memory_response responses[SPMC_MEMORY_ENDPOINTS_MAX];
    struct spmc_memory_transaction transactions[SPMC_MEMORY_TRANSACTIONS_MAX];
    struct ffa_memory_constituent constituents[SPMC_MEMORY_CONSTITUENTS_MAX];
    struct page_range owned[SPMC_MEMORY_RANGES_MAX];
    struct page_range permissions[SPMC_MEMORY_RANGES_MAX];
    uint8_t buffer[SPMC_MEMORY_BUFFER_SIZE];
};

void spmc_memory_init(struct spmc_memory *memory, const struct spmc_memory_config *config);

/* FFA_MEM_SHARE, FFA_MEM_LEND, FFA_MEM_DONATE, of either width. */
struct spmc_memory_step spmc_ffa_mem_send(struct spmc_memory *memory, const struct spmc_memory_caller *caller,
                                          const struct smc_frame *call);
struct spmc_memory_step spmc_ffa_mem_frag_tx(struct spmc_memory *memory,
                                             const struct spmc_memory_caller *caller,
                                             const struct smc_frame *call);
struct spmc_memory_step spmc_ffa_mem_retrieve_req(struct spmc_memory *memory,
                                                  const struct spmc_memory_caller *caller,
                                                  const struct smc_frame *call);
struct spmc_memory_step spmc_ffa_mem_frag_rx(struct spmc_memory *memory,
                                             const struct spmc_memory_caller *caller,
                                             const struct smc_frame *call);
struct spmc_memory_step spmc_ffa_mem_relinquish(struct spmc_memory *memory,
                                                const struct spmc_memory_caller *caller,
                                                const struct smc_frame *call);
struct spmc_memory_step spmc_ffa_mem_reclaim(struct spmc_memory *memory,
                                             const struct spmc_memory_caller *caller,
                                             const struct smc_frame *call);
struct spmc_memory_step spmc_ffa_mem_perm_get(struct spmc_memory *memory,
                                              const struct spmc_memory_caller *caller,
                                              const struct smc_frame *call);
struct spmc_memory_step spmc_ffa_mem_perm_set(struct spmc_memory *memory,
                                              const struct spmc_memory_caller *caller,
                                              const struct smc_frame *call);

/* After READ, WRITE and OWNERSHIP: whether all of it was done. */
struct spmc_memory_step spmc_memory_accessed(struct spmc_memory *memory, bool well);

/*
 * Buffers of `endpoint` that the framework maps (FFA_RXTX_MAP) are not the endpoint's to share while mapped,
 * where the profile says so; true if all pages are the endpoint's own and nobody else's.
 */
bool spmc_memory_exclusive(const struct spmc_memory *memory, uint16_t endpoint, uint64_t pa, uint64_t size);

/* What `endpoint` may do to the page of `pa` now. */
enum spmc_memory_right spmc_memory_right_of(const struct spmc_memory *memory, uint16_t endpoint, uint64_t pa);

#ifdef __cplusplus
}
#endif

#endif
