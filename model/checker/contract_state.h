/* SPDX-License-Identifier: BSD-3-Clause */
/* The state of the contracts, shared by the contract*.c files and by nobody else. */
#ifndef MODEL_CHECKER_CONTRACT_STATE_H
#define MODEL_CHECKER_CONTRACT_STATE_H

#include "model/checker/contract.h"

#define CONTRACT_PES    256 /* access.pe is a byte */
#define CONTRACT_SPACES 2

/* What cacheability means to a pair of uses. Device memory is cached no more than Normal Non-cacheable. */
enum contract_cacheability { CONTRACT_NON_CACHEABLE, CONTRACT_WRITE_THROUGH, CONTRACT_WRITE_BACK };

/* One way in which a line is used, and the newest write through it. */
struct contract_view {
    uint8_t cacheability; /* enum contract_cacheability */
    uint8_t shareability; /* of cacheable memory; everything else is outer shareable */
    uint8_t space;        /* enum pa_space */
    bool written;
    uint8_t told; /* bit by view: this pair has been reported since the write */
    uint8_t pe;
    bool by_pe;        /* the PE itself wrote, not the secure side on it */
    uint64_t sequence; /* of the write */
    uint64_t attributes;
    struct prove_site site;
};

/* Maintenance of one kind: the newest that is complete, and the newest that waits for a DSB of its PE. */
struct contract_maintained {
    uint64_t complete; /* sequence of its issue; 0: none */
    uint64_t issued;   /* likewise */
    uint64_t barriers; /* of the PE, when it was issued */
    uint8_t pe;
};

struct contract_line {
    struct contract_maintained cleaned[CONTRACT_SPACES];     /* or invalidated */
    struct contract_maintained invalidated[CONTRACT_SPACES]; /* cleaned or not */
    uint8_t view_count;
    struct contract_view views[CONTRACT_VIEWS_MAX];
};

/* Set/way operations in a row at one call site. */
struct contract_sweep {
    struct contract_breach breach;
    uint8_t pe;
};

/* A direct message that failed. */
struct contract_failure {
    struct contract_breach breach;
    bool mistake;
    bool mended;
    bool message;
    uint64_t mm_function; /* of a message */
};

/* Pages that the secure side has alone. */
struct contract_loan {
    uint64_t pa;
    uint64_t size;
    struct prove_site by;
};

/* The call under way, as its events have told it so far. */
struct contract_call {
    uint32_t function_id;
    uint64_t x1;
    bool refused;
    bool requested; /* the partition has read a message */
    uint64_t mm_function;
    uint64_t message_length;
    uint64_t offset;
};

struct contract {
    struct contract_config config;
    bool secure_owns;
    struct prove_site handed_over;
    uint32_t loan_count;
    struct contract_loan loans[CONTRACT_LOANS_MAX];

    uint64_t sequence; /* counts accesses */
    uint64_t barriers[CONTRACT_PES];
    uint64_t translated[CONTRACT_PES]; /* sequence of the PE's last change of translation */
    struct contract_maintained swept;  /* every line, by set/way */
    uint64_t tracked_pa;               /* of lines[0] */
    uint32_t line_count;
    struct contract_line *lines;

    bool runtime;
    bool exit_boot_services_told;
    bool set_way_seen;
    uint32_t sweep_count;
    struct contract_sweep sweeps[CONTRACT_SWEEPS_MAX];

    struct contract_call call;
    bool service_step; /* its success is the partition's to give */
    uint32_t failure_count;
    struct contract_failure failures[CONTRACT_FAILURES_MAX];

    uint32_t breach_next;
    uint32_t breach_count;
    struct contract_breach breaches[CONTRACT_BREACHES_MAX];
    uint64_t dropped;
};

/* contract.c */
bool contract_agent_is_secure(const struct access *access);
void contract_breach_put(struct contract *contract, const struct contract_breach *breach);
/* What the PE did by set/way since its last SMC: told, or (`excused`) not. */
void contract_sweeps_end(struct contract *contract, uint8_t pe, bool excused);
void contract_reset(struct contract *contract);

/* contract_attributes.c: mismatched-attributes. */
bool contract_lines_create(struct contract *contract);
void contract_lines_forget(struct contract *contract);
void contract_use(struct contract *contract, const struct access *access, const struct prove_site *site);
void contract_exclusive(struct contract *contract, const struct access *access,
                        const struct prove_site *site);
void contract_maintain(struct contract *contract, const struct access *access);
void contract_barrier(struct contract *contract, const struct access *access);

/* contract_loans.c: maintenance of pages that were lent. */
void contract_loans_maintained(struct contract *contract, const struct access *access,
                               const struct prove_site *site);

/* contract_protocol.c: what waits for the end of the step is told. */
void contract_failures_end(struct contract *contract, bool success);

#endif
