/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The contracts of a buffer that two worlds share: who may maintain it when, what else its lines hold, which
 * attributes it is used with, what the secure side refuses, and set/way operations at run time. Rules that no
 * set of cache states decides: breaking one need not make a read stale on the platform at hand.
 *
 * Told accesses, hand-overs and events; steers nothing. Must not touch memory, caches and PEs, nor know how
 * the secure side is modelled: it reads the events that the secure side appends (event.h) and their statuses
 * (ffa.h, mm.h). After DEN0077 ("Messaging", "Setup and discovery", "CPU cycle management"), DEN0022, and the
 * Arm ARM, "Mismatched memory attributes", "Synchronization and semaphores", "Cache maintenance".
 *
 * Never says more than it was told. Accesses that a fast path makes untold are not seen. Maintenance,
 * barriers and hand-overs are always told, so that what is missed can only make this silent:
 *  - mismatched-attributes needs both accesses of a pair to be told: one to a line that was canonical at the
 *    time is missed, and so are exclusives that hit granted memory;
 *  - no more than CONTRACT_VIEWS_MAX attributes of one line are told apart, and only the first
 *    CONTRACT_TRACKED_MAX bytes of the buffer are tracked for this rule (for the others all of it is).
 * redundant-maintenance is found by the caller, who knows the reachable states; it fits contract_breach.
 */
#ifndef MODEL_CHECKER_CONTRACT_H
#define MODEL_CHECKER_CONTRACT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/bus/access.h"
#include "model/checker/prove.h"
#include "model/event/event.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CONTRACT_TRACKED_MAX  65536 /* bytes of the buffer whose attributes are compared */
#define CONTRACT_VIEWS_MAX    4     /* attributes that one line is used with */
#define CONTRACT_SWEEPS_MAX   8     /* call sites of set/way operations that wait for their PE's next SMC */
#define CONTRACT_FAILURES_MAX 8     /* failed calls that wait for the end of their step */
#define CONTRACT_BREACHES_MAX 32    /* between two drains */
#define CONTRACT_LOANS_MAX    64    /* ranges of pages */

struct contract_config {
    uint32_t line;     /* bytes */
    uint32_t pe_count; /* that are on */
    uint64_t buffer_pa;
    uint64_t buffer_size; /* 0: no buffer; only exclusives, set/way and refused calls are judged */
};

/*
 * What was found.
 *
 *  - foreign-maintenance: `pa` and `bytes` of the buffer, or of pages that were lent; `by`: the SMC that made
 *    the other side owner.
 *  - edge: `pa` and `bytes` beside the buffer; `detail`: whether they may be dirty.
 *  - mismatched-attributes: of the line, `by`: the earlier use, `detail`: the attributes of both
 *    (access_attributes()), the earlier one's shifted by 32, `count` lines from the first on. An exclusive:
 *    of the access, `by` unknown.
 *  - set-way-at-runtime: an error at run time, else a warning; `count` operations in a row at one call site,
 *    `detail`: the first operand.
 *  - protocol: `detail`: contract_protocol_text(); a message's `pa` and `bytes` are where it said it was.
 */
struct contract_breach {
    uint8_t rule;     /* enum prove_rule */
    uint8_t severity; /* enum prove_severity */
    uint8_t space;    /* enum pa_space */
    uint32_t bytes;
    uint64_t pa;
    uint64_t va; /* of the access */
    uint64_t count;
    struct prove_site site; /* of an event: where the SMC stood; it has no op */
    struct prove_site by;
    uint64_t detail;
    int64_t status; /* protocol: what the call was answered, or the message */
};

struct contract;

/* NULL when the host has no memory. The non-secure side owns the buffer; boot services run. */
struct contract *contract_create(const struct contract_config *config);
void contract_destroy(struct contract *contract);

/*
 * Any access, in the order of the run; `site` is its own. Maintenance of the buffer by the side that does not
 * own it is foreign: an invalidate drops what the owner has dirty in a cache that both share, a warning. One
 * that cleans first (DC CIVAC) destroys nothing of the owner's and is a clean, a note: what else its
 * write-back may do any cache may do at any time, and that is judged elsewhere (clobber, dirty-at-handoff).
 *
 * `outside_may_be_dirty`: of a line that holds bytes beside the buffer, whether these may be dirty. Then an
 * invalidate that does not clean is a warning, all other maintenance of such a line a note.
 */
void contract_access(struct contract *contract, const struct access *access, const struct prove_site *site,
                     bool outside_may_be_dirty);

/*
 * The buffer changes hands by the SMC at `by`: to the secure side before the partition's first access for a
 * direct request or an FFA_RUN, back before the caller has the answer. FFA_INTERRUPT and FFA_YIELD are no
 * answer, the request goes on.
 */
void contract_hand_over(struct contract *contract, bool to_secure, const struct prove_site *by);
bool contract_secure_owns(const struct contract *contract);

/*
 * Whole pages of non-secure memory belong to the secure side alone (FFA_MEM_LEND, FFA_MEM_DONATE) from the
 * SMC at `by` on, or come back, perhaps in parts. Until then maintenance of them by the non-secure side is
 * foreign, as that of a buffer which has been handed over. Of more than CONTRACT_LOANS_MAX at a time the
 * newest are not judged.
 */
void contract_lend(struct contract *contract, uint64_t pa, uint64_t size, bool lent,
                   const struct prove_site *by);

/*
 * Any event, in the order of the run; the others of its kinds are ignored. Tells of
 *  - refused calls and messages (spmc.call, .refused, .result, mm.request, .reply), and of
 *    the steps that they belong to (script.step, .result);
 *  - ExitBootServices, when the MM partition is told of it (mm.request);
 *  - PSCI: set/way operations are held back until their PE's next SMC, and not told if that powers it down
 *    (spmc.call); a reset ends the run time and all that is known (spmc.power).
 *
 * A refusal is a mistake, a warning, where the call or message was malformed or named what is not the
 * caller's (contract_protocol_text() lists them). Ordinary answers are none: NOT_SUPPORTED to whom asks what
 * exists, BUSY, RETRY, ABORTED, NO_MEMORY, a UUID that nobody has, what a partition answers by itself.
 *
 * It is an error when the firmware goes on as if the call had succeeded. Decided in the steps whose success
 * only the partition can give, the four variable services: a direct message failed (it or the FFA_RUN that
 * resumes it was answered with an error, whatever the status, or with an MM status other than SUCCESS), no
 * later one of the step made that good, and the step reports EFI_SUCCESS. Made good by: a response, for a
 * failed call; a response without a failure to the same MM function, for a failed message, whose error is an
 * MM status or, of StandaloneMM, an FF-A status. An MM
 * function that the partition does not know is an ordinary answer.
 */
void contract_event(struct contract *contract, const struct event *event);

/* ExitBootServices was called, as known from elsewhere. */
void contract_exit_boot_services(struct contract *contract);

/* The run is over: what was waiting is told. */
void contract_finish(struct contract *contract);

/* What was found since; call until it returns false after each of the calls above. */
bool contract_next(struct contract *contract, struct contract_breach *breach);
/* Breaches that found the queue full. */
uint64_t contract_dropped(const struct contract *contract);

/* Set/way operations were not judged, because nobody ever told of ExitBootServices. */
bool contract_set_way_unjudged(const struct contract *contract);

/* `detail` of protocol. */
static inline uint32_t contract_protocol_function_id(uint64_t detail)
{
    return (uint32_t)detail;
}
/* The message was refused, not the call that brought it. */
static inline bool contract_protocol_message(uint64_t detail)
{
    return detail >> 63 != 0;
}
/* `status` is an MM status, not one of FF-A: the message was smm-gateway's. */
static inline bool contract_protocol_mm_status(uint64_t detail)
{
    return contract_protocol_message(detail) && (detail >> 62 & 1) == 0;
}
/* What is wrong with the call or message, one clause: of a warning the mistake. Never NULL. */
const char *contract_protocol_text(uint64_t detail);

#ifdef __cplusplus
}
#endif

#endif
