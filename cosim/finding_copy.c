/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copies that are no data, in words: instructions in an instruction cache or fetched ahead, translations in a
 * TLB. After Arm ARM, "Caches and memory hierarchy" (instruction caches, the Point of Unification) and "TLB
 * maintenance requirements".
 */
#include <inttypes.h>
#include <stdio.h>

#include "cosim/finding.h"
#include "model/checker/code_side.h"
#include "model/checker/translation_side.h"

static void instruction_explain(struct finding *finding, const char *reader)
{
    const uint64_t line = finding->pa & ~(uint64_t)(finding->line - 1);
    finding->contract = "Instructions that were written as data reach the fetch only through the Point of "
                        "Unification, past instruction caches that no store updates.";
    (void)snprintf(
        finding->repair, sizeof(finding->repair),
        "After the last store to the instructions (here the line 0x%" PRIx64
        ") and before they are executed: DC CVAU over their range, DSB ISH, IC IVAU over the range, "
        "DSB ISH, ISB.",
        line);
    (void)snprintf(finding->message, sizeof(finding->message),
                   "the fetch of %s may execute older bytes of %s: %s", reader, finding->place,
                   code_side_fault_text((enum code_side_fault)finding->detail));
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
