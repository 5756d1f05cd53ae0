/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Findings in words: what happened, which contract failed, what repairs it; one sentence each. The contracts
 * are those of the Arm ARM, "Cache maintenance" and "Mismatched memory attributes", as they bind two worlds
 * that share a buffer.
 */
#include <stdio.h>
#include <string.h>

#include "cosim/finding.h"

void finding_code_text(const struct symbol_code *code, uint64_t pc, char *text, size_t size)
{
    if (code->function[0] != '\0' && code->line != 0) {
        (void)snprintf(text, size, "%s (%s:%u)", code->function, code->file, code->line);
    } else if (code->function[0] != '\0') {
        (void)snprintf(text, size, "%s (0x%llx)", code->function, (unsigned long long)pc);
    } else {
        (void)snprintf(text, size, "0x%llx", (unsigned long long)pc);
    }
}

/* Which of the situations below a finding is in. */
enum situation {
    SITUATION_SET_WAY,          /* a set/way operation dropped dirty bytes */
    SITUATION_INVALIDATE,       /* DC IVAC dropped dirty bytes of the shared buffer */
    SITUATION_INVALIDATE_OTHER, /* ... of somebody else in the line */
    SITUATION_SECURE_READS,     /* the secure side read DRAM, the newest bytes were in a cache */
    SITUATION_CPU_READS_BUFFER, /* a PE read its old copy of the buffer */
    SITUATION_FETCH,
    SITUATION_WALK,
    SITUATION_OTHER,
};

static bool op_is_set_way(const char *op)
{
    return strcmp(op, "DC ISW") == 0 || strcmp(op, "DC CISW") == 0 || strcmp(op, "DC CSW") == 0;
}

static enum situation situation_of(const struct finding *finding)
{
    if (finding->by.known) {
        if (op_is_set_way(finding->by.op)) {
            return SITUATION_SET_WAY;
        }
        return finding->owner == OWNER_BUFFER ? SITUATION_INVALIDATE : SITUATION_INVALIDATE_OTHER;
    }
    if (finding->at_end) {
        return SITUATION_OTHER;
    }
    switch (finding->agent_kind) {
    case AGENT_PARTITION:
    case AGENT_SPMC:
    case AGENT_DEVICE:
        return SITUATION_SECURE_READS;
    case AGENT_FETCH:
        return SITUATION_FETCH;
    case AGENT_WALKER:
        return SITUATION_WALK;
    case AGENT_PE:
        return finding->owner == OWNER_BUFFER ? SITUATION_CPU_READS_BUFFER : SITUATION_OTHER;
    }
    return SITUATION_OTHER;
}

static const struct {
    const char *contract;
    const char *repair;
} sentences[] = {
    [SITUATION_SET_WAY] =
        {"An invalidate by set/way discards every dirty line that it meets, whoever owns it, and reaches "
         "only the "
         "caches of its own PE: it belongs to power-down, never between software that is running.",
         "Clean and invalidate the range of the message by address (DC CIVAC, then DSB) before the SMC and "
         "invalidate "
         "the range of the response after it; leave the rest of the cache alone."},
    [SITUATION_INVALIDATE] = {"DC IVAC discards dirty bytes, and a coherent secure side leaves its response "
                              "dirty in the cache that it "
                              "shares with the caller.",
                              "Use DC CIVAC instead of DC IVAC after the call: it is right however the "
                              "secure side maps the buffer."},
    [SITUATION_INVALIDATE_OTHER] = {"DC IVAC discards a whole line, and this line also held dirty bytes that "
                                    "do not belong to the range.",
                                    "Align the buffer and its size to whole cache lines, or use DC CIVAC for "
                                    "the first and the last line."},
    [SITUATION_SECURE_READS] = {"An observer that does not share the caller's caches sees what stands at the "
                                "Point of Coherency, and the "
                                "caller's bytes had not been cleaned to it.",
                                "Clean the range of the message by address (DC CVAC or DC CIVAC, then DSB) "
                                "between the last store to it and "
                                "the SMC."},
    [SITUATION_CPU_READS_BUFFER] = {"A line that the caller's cache still holds hides what another observer "
                                    "has written to memory since.",
                                    "Invalidate the range of the response by address (DC IVAC or DC CIVAC, "
                                    "then DSB) after the SMC and before the "
                                    "first read of it."},
    [SITUATION_FETCH] = {"Instructions that were written as data are fetched from the Point of Unification, "
                         "and from instruction "
                         "caches that no store updates.",
                         "After writing instructions: DC CVAU over their range, DSB ISH, IC IVAU over the "
                         "range, DSB ISH, ISB."},
    [SITUATION_WALK] = {"The table walker reads descriptors with the attributes of TCR_ELx, and these bytes "
                        "were newer elsewhere.",
                        "Write translation tables with the attributes that the walker uses, or clean them to "
                        "the Point of Coherency "
                        "and issue a DSB before they are walked."},
    [SITUATION_OTHER] = {"Every read returns the latest write only where all observers use the same "
                         "attributes or maintain the line "
                         "between their accesses.",
                         "Clean the bytes to the Point of Coherency after writing them, or invalidate the "
                         "reader's copy before reading, "
                         "by address and followed by DSB."},
};

static void reader_text(const struct finding *finding, char *text, size_t size)
{
    char place[FINDING_TEXT_MAX];
    finding_code_text(&finding->code, finding->pc, place, sizeof(place));
    switch (finding->agent_kind) {
    case AGENT_PARTITION:
        (void)snprintf(text, size, "the MM partition, called by %s,", place);
        return;
    case AGENT_SPMC:
        (void)snprintf(text, size, "the SPMC, called by %s,", place);
        return;
    case AGENT_DEVICE:
        (void)snprintf(text, size, "a device");
        return;
    case AGENT_FETCH:
        (void)snprintf(text, size, "the instruction fetch of %s", place);
        return;
    case AGENT_WALKER:
        (void)snprintf(text, size, "the table walk for %s", place);
        return;
    case AGENT_PE:
        (void)snprintf(text, size, "%s", place);
        return;
    }
}

void finding_explain(struct finding *finding)
{
    const enum situation situation = situation_of(finding);
    char reader[FINDING_TEXT_MAX];
    char culprit[FINDING_TEXT_MAX];
    finding->contract = sentences[situation].contract;
    finding->repair = sentences[situation].repair;
    reader_text(finding, reader, sizeof(reader));
    finding_code_text(&finding->by.code, finding->by.pc, culprit, sizeof(culprit));
    if (finding->at_end && finding->by.known) {
        (void)snprintf(
            finding->message, sizeof(finding->message),
            "%s in %s destroyed the only fresh copy of %s, and nothing has written these bytes since",
            finding->by.op, culprit, finding->place);
    } else if (finding->at_end) {
        (void)snprintf(finding->message, sizeof(finding->message),
                       "at the end of the run no copy held the newest bytes of %s", finding->place);
    } else if (finding->by.known) {
        (void)snprintf(finding->message, sizeof(finding->message),
                       "%s read %u bytes of %s whose only fresh copy %s in %s had destroyed", reader,
                       finding->size, finding->place, finding->by.op, culprit);
    } else {
        (void)snprintf(finding->message, sizeof(finding->message),
                       "%s read %u bytes of %s that were older than the newest ones", reader, finding->size,
                       finding->place);
    }
}
