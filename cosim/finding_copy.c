/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copies that are no data, in words: instructions in an instruction cache or fetched ahead, translations in a
 * TLB. After Arm ARM, "Caches and memory hierarchy" (instruction caches, the Point of Unification) and "TLB
 * maintenance requirements".
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cosim/finding.h"
#include "model/checker/code_side.h"
#include "model/checker/translation_side.h"

/*
 * The link to put in, by what is missing first. %A: the line of the instruction; %B: the operation that was
 * made, and where.
 */
static const char *const missing_links[CODE_SIDE_FAULT_COUNT] = {
    [CODE_SIDE_OK] = "Nothing",
    [CODE_SIDE_NOT_CLEANED] = "Clean the line %A to the PoU (DC CVAU) after the last store to it",
    [CODE_SIDE_STORE_INCOMPLETE] =
        "Put a DSB between the last store to the line %A and the invalidation of the instruction cache",
    [CODE_SIDE_CLEAN_INCOMPLETE] =
        "Put a DSB behind %B, before the instruction cache is invalidated and before the line %A is executed",
    [CODE_SIDE_NOT_INVALIDATED] =
        "Invalidate the instruction cache for the line %A (IC IVAU, or IC IALLUIS) behind the DSB that "
        "completes the clean",
    [CODE_SIDE_INVALIDATED_EARLY] =
        "Move %B behind the DSB that brings the line %A to the PoU, or repeat it there",
    [CODE_SIDE_IC_INCOMPLETE] = "Put a DSB between %B and the context synchronisation (ISB) behind it",
    [CODE_SIDE_NOT_SYNCHRONISED] = "Put an ISB behind %B and before the line %A is executed",
};

static void link_fill(const struct finding *finding, const char *link, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (const char *from = link; *from != '\0' && used + 1 < size; from++) {
        char code[FINDING_TEXT_MAX];
        if (from[0] != '%') {
            text[used++] = *from;
            text[used] = '\0';
            continue;
        }
        if (*++from == 'A') {
            (void)snprintf(text + used, size - used, "0x%" PRIx64,
                           finding->pa & ~(uint64_t)(finding->line - 1));
        } else if (finding->by.known) {
            finding_code_text(&finding->by.code, finding->by.pc, code, sizeof(code));
            (void)snprintf(text + used, size - used, "%s in %s", finding->by.op, code);
        } else {
            (void)snprintf(text + used, size - used, "the last store");
        }
        used = strlen(text);
    }
}

static void instruction_explain(struct finding *finding, const char *reader)
{
    const enum code_side_fault fault = (enum code_side_fault)finding->detail;
    char link[FINDING_TEXT_MAX];
    assert((unsigned)fault < CODE_SIDE_FAULT_COUNT);
    finding->contract = "Instructions that were written as data reach the fetch only through the Point of "
                        "Unification, past instruction caches that no store updates.";
    link_fill(finding, missing_links[fault], link, sizeof(link));
    (void)snprintf(finding->repair, sizeof(finding->repair),
                   "%s. The whole order is: store, DC CVAU, DSB ISH, IC IVAU, DSB ISH, ISB, jump.", link);
    /* No error where only the line is known to have been written: data may stand beside instructions. */
    (void)snprintf(finding->message, sizeof(finding->message),
                   "the fetch of %s may execute older bytes of %s: %s%s", reader, finding->place,
                   code_side_fault_text(fault),
                   finding->severity == FINDING_WARNING
                       ? "; its line was written, whether this instruction was is not known"
                       : "");
}

static void translation_explain(struct finding *finding, const char *reader)
{
    finding->contract = "A TLB is a copy of the tables: what it holds of a descriptor may be used until TLBI "
                        "and DSB have ended it, however the descriptor was changed.";
    (void)snprintf(finding->repair, sizeof(finding->repair),
                   "Between the change of the descriptor of va 0x%" PRIx64 " and its use in %s: DSB ISHST, "
                   "TLBI of the address, DSB ISH, ISB; where output address or memory type change, make the "
                   "descriptor invalid first.",
                   finding->va, reader);
    (void)snprintf(finding->message, sizeof(finding->message),
                   "%s may use an old translation of va 0x%" PRIx64 ", to pa 0x%" PRIx64 ": %s", reader,
                   finding->va, finding->detail,
                   translation_side_difference_text((enum translation_side_difference)finding->status));
}

void finding_explain_copy(struct finding *finding)
{
    char reader[FINDING_TEXT_MAX];
    finding_code_text(&finding->code, finding->pc, reader, sizeof(reader));
    if (finding->copy == PROVE_COPY_INSTRUCTION) {
        instruction_explain(finding, reader);
    } else {
        translation_explain(finding, reader);
    }
}
