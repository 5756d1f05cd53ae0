/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A TLB is a copy: after a valid descriptor has been changed or removed, a translation may use the old one
 * until a TLBI that covers it, issued after the change, has been completed by a DSB. Says of an access
 * whether an old entry may translate it, and differently from the tables as they are.
 *
 * Old is what the tables said of an address, in the regime and for the ASID that are current (or globally),
 * while a walker could see it: leaves that were changed, and all that tables hold to which no descriptor
 * leads any more. New registers (TTBR, TCR, MAIR) change translations as new descriptors do. From invalid to
 * valid nothing is old; that such a change needs a DSB and an ISB before it is used is not judged.
 *
 * Different is: another output address; another memory type or shareability; or a permission that the access
 * needs and the old entry denies. Not different: what is identical after all, as a block split into the same
 * pages; software bits, the contiguous hint, nG, and the access flag. Not judged: attributes of table
 * descriptors that restrict permissions, an access that faults now and would not with an old entry, what a
 * TLB may do when break-before-make is violated beyond using the old entry or the new one.
 *
 * Finds its tables as fillable.h does, by which it is made; touches nothing. Arm ARM, "TLB maintenance
 * requirements and the TLB maintenance instructions", "Using break-before-make when updating translation
 * table entries".
 */
#ifndef MODEL_CHECKER_TRANSLATION_SIDE_H
#define MODEL_CHECKER_TRANSLATION_SIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/bus/translation.h"
#include "model/checker/fillable.h"

#ifdef __cplusplus
extern "C" {
#endif

enum translation_side_use { TRANSLATION_SIDE_READ, TRANSLATION_SIDE_WRITE, TRANSLATION_SIDE_EXECUTE };

/* Whose translation: the address as the instruction has it, with its tag. */
struct translation_side_request {
    uint64_t va;
    uint8_t el;        /* of the regime: 1 (EL1&0) or 2 */
    bool unprivileged; /* with the permissions of EL0 */
    uint8_t use;       /* enum translation_side_use; maintenance by VA is a read, DC IVAC and ZVA a write */
};

/* What an old entry makes of it that the tables do not. */
enum translation_side_difference {
    TRANSLATION_SIDE_SAME,
    TRANSLATION_SIDE_ADDRESS,
    TRANSLATION_SIDE_ATTRIBUTES, /* memory type or shareability */
    TRANSLATION_SIDE_PERMISSION, /* the old entry denies this access */
    TRANSLATION_SIDE_REMOVED,    /* the tables no longer translate the address */
};

struct translation_side_old {
    uint64_t pa;        /* that the old entry gives for `va` */
    uint8_t difference; /* enum translation_side_difference */
    uint8_t type;       /* enum memory_type of the old entry */
};

struct translation_side;

/* No regime is live. NULL without host memory. */
struct translation_side *translation_side_create(const struct fillable_window *windows,
                                                 uint32_t window_count);
void translation_side_destroy(struct translation_side *side);

/* As in fillable.h, and for the same tables. DSB: one that waits for loads and stores. */
void translation_side_regime(struct translation_side *side, const struct translation_regime *regime);
void translation_side_table_write(struct translation_side *side, uint64_t pa, uint64_t size);
void translation_side_tlbi(struct translation_side *side, uint32_t encoding, uint64_t operand);
void translation_side_dsb(struct translation_side *side);

/* Some regime that translates may use an old entry: every access has to be asked about. */
bool translation_side_alive(const struct translation_side *side);

/*
 * May an old entry translate this, and differently? Then `*old` says which; another address first. To be
 * asked of an access before what it writes is told. False where the MMU is off.
 */
bool translation_side_differs(const struct translation_side *side,
                              const struct translation_side_request *request,
                              struct translation_side_old *old);

const char *translation_side_difference_text(enum translation_side_difference difference);

/* A limit of fillable.h or the host's memory has been reached: not everything old is told. */
bool translation_side_overflowed(const struct translation_side *side);

#ifdef __cplusplus
}
#endif

#endif
