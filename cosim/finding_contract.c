/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rules that are contracts, in words: what an instruction did, why it is wrong though nothing may have
 * been read stale for it, what repairs it. What a record of each rule holds is told in
 * model/checker/contract.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cosim/finding.h"
#include "model/checker/contract.h"

static const struct {
    const char *contract;
    const char *repair;
} contracts[PROVE_RULE_COUNT] = {
    [PROVE_DIRTY_AT_HANDOFF] =
        {"A buffer that is handed over clean is right however the other side maps it; a dirty one is right "
         "on some platforms only.",
         "Clean and invalidate the whole buffer by address (DC CIVAC, then DSB) after the last store to it "
         "and before the SMC."},
    [PROVE_FOREIGN_MAINTENANCE] =
        {"Only who owns the bytes may maintain them: what the other side has dirty in a shared cache is "
         "written back, or lost, at a moment that it does not know.",
         "Maintain the buffer before the SMC that hands it over and after the one that brings it back, never "
         "between."},
    [PROVE_EDGE] =
        {"Maintenance acts on whole lines: what else is in the first and the last line of a range goes the "
         "same way.",
         "Align the buffer and pad it to whole cache lines, so that nothing else is in them."},
    [PROVE_MISMATCHED_ATTRIBUTES] =
        {"Memory that is used through mappings of different cacheability, shareability or PA space is "
         "coherent only with maintenance and a barrier between the uses.",
         "Use one set of attributes for the memory, or clean and invalidate it by address (DC CIVAC, then "
         "DSB) each time it goes from one to the other; no exclusives on non-cacheable memory."},
    [PROVE_SET_WAY_AT_RUNTIME] =
        {"Set/way operations reach the caches of one PE and no address in particular: while an operating "
         "system or another PE runs they promise nothing.",
         "Maintain ranges by address (DC CIVAC, then DSB); keep set/way operations for the power-down of "
         "the PE."},
    [PROVE_REDUNDANT_MAINTENANCE] =
        {"Maintenance that can change nothing costs time and hides which operation is the one that counts.",
         "Leave it out."},
    [PROVE_PROTOCOL] =
        {"What the secure side refuses has not happened, whatever the caller makes of the answer.",
         "Correct the call, and do not go on as if it had succeeded."},
};

static void before_text(const struct finding *finding, const char *words, char *text, size_t size)
{
    char place[FINDING_TEXT_MAX];
    text[0] = '\0';
    if (finding->before.known) {
        finding_code_text(&finding->before.code, finding->before.pc, place, sizeof(place));
        (void)snprintf(text, size, "%s%s", words, place);
    }
}

static void protocol_fill(struct finding *finding, const char *actor)
{
    char status[32];
    const char *name = contract_protocol_mm_status(finding->detail) ? NULL : ffa_status_text(finding->status);
    if (name != NULL) {
        (void)snprintf(status, sizeof(status), "%s", name);
    } else {
        (void)snprintf(status, sizeof(status), "%" PRId64, finding->status);
    }
    (void)snprintf(finding->message, sizeof(finding->message),
                   "the secure side refused the %s 0x%08" PRIx32 " of %s with %s: %s%s",
                   contract_protocol_message(finding->detail) ? "message in the call" : "call",
                   contract_protocol_function_id(finding->detail), actor, status,
                   contract_protocol_text(finding->detail),
                   finding->severity == FINDING_ERROR ? ", and the firmware went on as if it had succeeded"
                                                      : "");
}

static void message_fill(struct finding *finding, const char *actor)
{
    char before[FINDING_TEXT_MAX];
    char *text = finding->message;
    const size_t size = sizeof(finding->message);
    const char *place = finding->place;
    switch (finding->rule) {
    case PROVE_DIRTY_AT_HANDOFF:
        before_text(finding, ", by the store in ", before, sizeof(before));
        (void)snprintf(text, size,
                       "%s hands the shared buffer over while %u bytes from %s on may be dirty in a cache%s",
                       actor, finding->size, place, before);
        return;
    case PROVE_FOREIGN_MAINTENANCE:
        before_text(finding, " since ", before, sizeof(before));
        (void)snprintf(text, size, "%s in %s maintains %u bytes of %s that are the other side's%s",
                       finding->by.op, actor, finding->size, place, before);
        return;
    case PROVE_EDGE:
        (void)snprintf(text, size, "%s in %s also reaches %u bytes beside the buffer, at %s%s",
                       finding->by.op, actor, finding->size, place,
                       finding->severity == FINDING_WARNING ? ", which may be dirty" : "");
        return;
    case PROVE_MISMATCHED_ATTRIBUTES:
        before_text(finding, " than ", before, sizeof(before));
        (void)snprintf(text, size, "%s uses %u bytes of %s with %s%s", actor, finding->size, place,
                       finding->before.known ? "other attributes" : "an exclusive on non-cacheable memory",
                       before);
        return;
    case PROVE_SET_WAY_AT_RUNTIME:
        (void)snprintf(text, size, "%s in %s %s", finding->by.op, actor,
                       finding->severity == FINDING_ERROR ? "after ExitBootServices, at run time"
                                                          : "while more than one PE is on");
        return;
    case PROVE_REDUNDANT_MAINTENANCE:
        (void)snprintf(text, size, "%s in %s changes nothing that any cache can hold of %s", finding->by.op,
                       actor, place);
        return;
    default:
        protocol_fill(finding, actor);
        return;
    }
}

void finding_explain_contract(struct finding *finding)
{
    char actor[FINDING_TEXT_MAX];
    finding_code_text(&finding->code, finding->pc, actor, sizeof(actor));
    finding->contract = contracts[finding->rule].contract;
    (void)snprintf(finding->repair, sizeof(finding->repair), "%s", contracts[finding->rule].repair);
    message_fill(finding, actor);
}
