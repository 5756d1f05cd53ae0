/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Findings in words: what happened, which contract failed, what repairs it; one sentence each. The contracts
 * are those of the Arm ARM, "Cache maintenance", "Barriers" and "Mismatched memory attributes", as they bind
 * two worlds that share a buffer.
 */
#include <assert.h>
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
    SITUATION_SET_WAY_MISSED,   /* ... or did not reach the line */
    SITUATION_INVALIDATE,       /* DC IVAC dropped the response, dirty in a shared cache */
    SITUATION_INVALIDATE_OWN,   /* ... what the caller had written itself */
    SITUATION_INVALIDATE_OTHER, /* ... what somebody else has in the line */
    SITUATION_LEFT_DIRTY,       /* a line of the bytes themselves was left dirty, and written back later */
    SITUATION_ALIAS_DIRTY,      /* the same, of memory that is no buffer: used through another mapping */
    SITUATION_NEIGHBOUR,        /* other bytes of the line were dirtied */
    SITUATION_BARRIER,          /* an operation was not waited for */
    SITUATION_BARRIER_STORE,    /* a buffered store was not waited for */
    SITUATION_BARRIER_SECURE,   /* ... of the secure side */
    SITUATION_SECURE_READS,     /* the secure side read DRAM, the newest bytes were in a cache */
    SITUATION_SECURE_COPY,      /* the secure side read a copy of its own */
    SITUATION_FILLED_AGAIN,     /* the reader's cache had no copy, and was filled before the bytes came */
    SITUATION_CPU_READS_BUFFER, /* a PE read its old copy of the buffer */
    SITUATION_FETCH,
    SITUATION_WALK,
    SITUATION_OTHER,
};

static bool op_is_set_way(enum access_op op)
{
    return op == ACCESS_DC_ISW || op == ACCESS_DC_CISW || op == ACCESS_DC_CSW;
}

static bool op_is_store(enum access_op op)
{
    return op == ACCESS_WRITE || op == ACCESS_GRANT_WRITE || op == ACCESS_DC_ZVA;
}

static bool agent_is_secure(enum agent_kind agent)
{
    return agent == AGENT_PARTITION || agent == AGENT_SPMC;
}

static bool moves_hold(const struct finding *finding, enum checker_move_kind kind)
{
    for (uint32_t i = 0; i < finding->move_count; i++) {
        if (finding->moves[i].move.kind == kind) {
            return true;
        }
    }
    return false;
}

static bool op_is_invalidate(enum access_op op)
{
    return op == ACCESS_DC_IVAC || op == ACCESS_DC_ISW;
}

/* At the end of a run every loss is a lost-write, also by a store that left a line dirty or by a clean that
 * came late. */
static enum prove_rule rule_of(const struct finding *finding)
{
    if (finding->rule != PROVE_LOST_WRITE || !finding->by.known || op_is_invalidate(finding->by.op_kind)) {
        return finding->rule;
    }
    return op_is_store(finding->by.op_kind) ? PROVE_CLOBBER : PROVE_MISSING_BARRIER;
}

static enum situation situation_invalidated(const struct finding *finding)
{
    if (op_is_set_way(finding->by.op_kind)) {
        return SITUATION_SET_WAY;
    }
    if (finding->owner != OWNER_BUFFER) {
        return SITUATION_INVALIDATE_OTHER;
    }
    const bool own = finding->golden_writer.known && finding->golden_writer.agent_kind == AGENT_PE;
    return own ? SITUATION_INVALIDATE_OWN : SITUATION_INVALIDATE;
}

/* A line was left dirty by the function that wrote the bytes themselves, or by somebody beside them. */
static enum situation situation_clobbered(const struct finding *finding)
{
    const struct finding_writer *old = &finding->observed_writer;
    const bool own = finding->by.known && old->known &&
                     finding_site_equal(&finding->by.code, finding->by.pc, &old->code, old->pc);
    if (!own && finding->by.known && (old->known || old->loaded)) {
        return SITUATION_NEIGHBOUR;
    }
    return finding->owner == OWNER_BUFFER ? SITUATION_LEFT_DIRTY : SITUATION_ALIAS_DIRTY;
}

static enum situation situation_pending(const struct finding *finding)
{
    if (!finding->by.known) {
        return SITUATION_BARRIER;
    }
    if (op_is_set_way(finding->by.op_kind)) {
        return SITUATION_SET_WAY_MISSED;
    }
    if (agent_is_secure(finding->by.agent_kind)) {
        return SITUATION_BARRIER_SECURE;
    }
    return op_is_store(finding->by.op_kind) ? SITUATION_BARRIER_STORE : SITUATION_BARRIER;
}

/* A replay has shown that a stale line of the secure side's own space was there. */
static bool secure_copy_stale(const struct finding *finding)
{
    for (uint32_t i = 0; i < finding->copies_count; i++) {
        const struct golden_copy *copy = &finding->copies[i];
        if (copy->space == PA_SPACE_SECURE && copy->place != GOLDEN_PLACE_DRAM && !copy->fresh) {
            return true;
        }
    }
    return false;
}

static enum situation situation_stale(const struct finding *finding)
{
    if (finding->by.known && op_is_set_way(finding->by.op_kind)) {
        return SITUATION_SET_WAY_MISSED;
    }
    switch (finding->agent_kind) {
    case AGENT_PARTITION:
    case AGENT_SPMC:
        return secure_copy_stale(finding) ? SITUATION_SECURE_COPY : SITUATION_SECURE_READS;
    case AGENT_DEVICE:
        return SITUATION_SECURE_READS;
    case AGENT_FETCH:
        return SITUATION_FETCH;
    case AGENT_WALKER:
        return SITUATION_WALK;
    case AGENT_PE:
        break;
    }
    if (finding->owner != OWNER_BUFFER || finding->at_end) {
        return SITUATION_OTHER;
    }
    return moves_hold(finding, CHECKER_MOVE_FILL) ? SITUATION_FILLED_AGAIN : SITUATION_CPU_READS_BUFFER;
}

static enum situation situation_of(const struct finding *finding)
{
    switch (rule_of(finding)) {
    case PROVE_LOST_WRITE:
        return finding->by.known ? situation_invalidated(finding) : SITUATION_OTHER;
    case PROVE_CLOBBER:
        return situation_clobbered(finding);
    case PROVE_MISSING_BARRIER:
        return situation_pending(finding);
    default:
        return situation_stale(finding);
    }
}

/*
 * Of repairs, a letter behind % stands for: O the culprit's operation, C " in f (file:line)" of the culprit,
 * R the same of the reader or of the SMC that called it, W the same of who wrote the newest bytes, P the
 * bytes by name, A the addresses of their lines, B "the SMC" or "the read", before which
 * something must be complete.
 */
static const struct {
    const char *contract;
    const char *repair;
} sentences[] = {
    [SITUATION_SET_WAY] =
        {"An invalidate by set/way discards every dirty line that it meets, whoever owns it, and reaches "
         "only the caches of its own PE: it belongs to power-down, never between software that is running.",
         "Clean and invalidate the range of the message by address (DC CIVAC, then DSB) before the SMC and "
         "invalidate the range of the response after it; leave the rest of the cache alone."},
    [SITUATION_SET_WAY_MISSED] =
        {"A set/way operation names a place in a cache and no address: while anything can allocate, a line "
         "may be in another way, level or PE when its turn comes, and the sweep is complete only at a DSB.",
         "Maintain the range of %P (%A) by address instead (DC CIVAC, then DSB)%C, before %B%R."},
    [SITUATION_INVALIDATE] =
        {"DC IVAC discards dirty bytes, and a coherent secure side leaves its response dirty in the cache "
         "that it shares with the caller.",
         "Use DC CIVAC instead of DC IVAC after the call%C: it is right however the secure side maps the "
         "buffer."},
    [SITUATION_INVALIDATE_OWN] =
        {"DC IVAC discards dirty bytes: it makes room for what others have written to memory, and what this "
         "CPU has written itself and not cleaned is gone.",
         "Before the SMC clean the range of the message%C with DC CVAC or DC CIVAC, then DSB; DC IVAC has "
         "its place after the SMC alone."},
    [SITUATION_INVALIDATE_OTHER] =
        {"DC IVAC discards all that is dirty in a line, and this line held dirty bytes that nobody meant to "
         "lose.",
         "Use DC CIVAC instead of DC IVAC%C, or keep other bytes out of the lines of the range: align it and "
         "its size to whole cache lines."},
    [SITUATION_LEFT_DIRTY] =
        {"A cache may write a dirty line back at any time, and then puts its old bytes over what others "
         "have written to memory since.",
         "Clean and invalidate every line that the store%C leaves dirty (here %A) by address (DC CIVAC, "
         "then DSB) before the SMC that hands the buffer over, or before it is used through another "
         "mapping."},
    [SITUATION_ALIAS_DIRTY] =
        {"A line that was dirtied through a cacheable mapping may be written back at any time, also over "
         "what has been written past the cache since.",
         "Clean and invalidate %P (%A) by address (DC CIVAC, then DSB) after the store%C and before the "
         "memory is used through another mapping or by another observer."},
    [SITUATION_NEIGHBOUR] =
        {"A write-back writes the whole line: bytes beside a buffer that are dirtied while somebody else "
         "writes the buffer carry the old bytes of the buffer back with them.",
         "Keep everything else out of the lines of %P (%A): align the buffer and pad it to whole lines, or "
         "do not store to them%C while it is the other side's."},
    [SITUATION_BARRIER] =
        {"A maintenance operation is complete only at a DSB of its PE: until then it may take effect at any "
         "time, and neither DMB, SMC nor ERET waits for it.",
         "Issue DSB SY after %O%C on %P (%A), before %B%R."},
    [SITUATION_BARRIER_STORE] =
        {"A store past the cache may wait in a store buffer until a barrier of its PE, and an SMC is none.",
         "Issue DSB ST (or DSB SY) after the last store to %P%C, before %B%R."},
    [SITUATION_BARRIER_SECURE] =
        {"What the secure side has written or maintained is visible only after a DSB of its own: a return "
         "from an SMC is no barrier.",
         "Let the secure side issue DSB SY after its last store to the buffer (%A) and before it returns; "
         "nothing that the normal world does replaces it."},
    [SITUATION_SECURE_READS] =
        {"An observer that does not share the caller's caches sees what stands at the Point of Coherency, "
         "and the caller's bytes had not been cleaned to it.",
         "Clean the range of the message, with %P (%A), by address (DC CVAC or DC CIVAC, then DSB) between "
         "the last store to it%W and the SMC%R."},
    [SITUATION_SECURE_COPY] =
        {"The secure side caches the buffer in its own PA space, which no maintenance of the normal world "
         "reaches: it must maintain its copies itself.",
         "Let the secure side map the buffer in the non-secure PA space, or invalidate its lines (here %A) "
         "before it reads the message and clean them before it returns."},
    [SITUATION_FILLED_AGAIN] =
        {"A cache may fill a line at any moment while it is mapped cacheable: an invalidate before the "
         "other side has written does not keep the old bytes out.",
         "Invalidate the range of the response, with %P (%A), by address (DC IVAC or DC CIVAC, then DSB) "
         "after the SMC and before the first read of it%R; an invalidate before the SMC does not replace "
         "it."},
    [SITUATION_CPU_READS_BUFFER] =
        {"A line that the caller's cache still holds hides what another observer has written to memory "
         "since.",
         "Invalidate the range of the response, with %P (%A), by address (DC IVAC or DC CIVAC, then DSB) "
         "after the SMC and before the first read of it%R."},
    [SITUATION_FETCH] =
        {"Instructions that were written as data are fetched from the Point of Unification, and from "
         "instruction caches that no store updates.",
         "After writing instructions%W: DC CVAU over their range (%A), DSB ISH, IC IVAU over the range, DSB "
         "ISH, ISB."},
    [SITUATION_WALK] =
        {"The table walker reads descriptors with the attributes of TCR_ELx, and these bytes were newer "
         "elsewhere.",
         "Write translation tables%W with the attributes that the walker uses, or clean them to the Point "
         "of Coherency and issue a DSB before they are walked; after a change, TLBI and DSB."},
    [SITUATION_OTHER] =
        {"Every read returns the latest write only where all observers use the same attributes or maintain "
         "the line between their accesses.",
         "Clean the bytes (%A) to the Point of Coherency after writing them%W, or invalidate the reader's "
         "copy before reading%R, by address and followed by DSB."},
};

/* Expansion. */

struct text {
    char *bytes;
    size_t size;
    size_t used;
};

static void text_put(struct text *text, const char *bytes, size_t count)
{
    const size_t room = text->size - 1 - text->used;
    count = count < room ? count : room;
    memcpy(text->bytes + text->used, bytes, count);
    text->used += count;
    text->bytes[text->used] = '\0';
}

static void text_put_code(struct text *text, bool known, const struct symbol_code *code, uint64_t pc)
{
    char place[FINDING_TEXT_MAX];
    if (known) {
        finding_code_text(code, pc, place, sizeof(place));
        text_put(text, " in ", 4);
        text_put(text, place, strlen(place));
    }
}

static void text_put_addresses(struct text *text, const struct finding *finding)
{
    const uint64_t line = finding->line;
    const uint64_t first = finding->pa & ~(line - 1);
    const uint64_t size = finding->size > 0 ? finding->size : 1;
    const uint64_t last = (finding->pa + size - 1) & ~(line - 1);
    char range[64];
    if (first == last) {
        (void)snprintf(range, sizeof(range), "the line 0x%llx", (unsigned long long)first);
    } else {
        (void)snprintf(range, sizeof(range), "the lines 0x%llx to 0x%llx", (unsigned long long)first,
                       (unsigned long long)last);
    }
    text_put(text, range, strlen(range));
}

static void letter_expand(struct text *text, char letter, const struct finding *finding)
{
    const char *before = finding->at_end                        ? "the bytes are needed"
                         : agent_is_secure(finding->agent_kind) ? "the SMC"
                                                                : "the read";
    const char *op = finding->by.known ? finding->by.op : "the operation";
    switch (letter) {
    case 'A':
        text_put_addresses(text, finding);
        return;
    case 'B':
        text_put(text, before, strlen(before));
        return;
    case 'C':
        text_put_code(text, finding->by.known, &finding->by.code, finding->by.pc);
        return;
    case 'O':
        text_put(text, op, strlen(op));
        return;
    case 'P':
        text_put(text, finding->place, strlen(finding->place));
        return;
    case 'R':
        text_put_code(text, !finding->at_end, &finding->code, finding->pc);
        return;
    default:
        assert(letter == 'W');
        text_put_code(text, finding->golden_writer.known, &finding->golden_writer.code,
                      finding->golden_writer.pc);
        return;
    }
}

static void repair_expand(const char *sentence, struct finding *finding)
{
    struct text text = {.bytes = finding->repair, .size = sizeof(finding->repair)};
    finding->repair[0] = '\0';
    while (*sentence != '\0') {
        const size_t plain = strcspn(sentence, "%");
        text_put(&text, sentence, plain);
        sentence += plain;
        if (*sentence == '%') {
            letter_expand(&text, sentence[1], finding);
            sentence += 2;
        }
    }
}

/* What happened. */

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

/* What the culprit has to do with it, as a clause. */
static void blame_text(const struct finding *finding, char *text, size_t size)
{
    char culprit[FINDING_TEXT_MAX];
    finding_code_text(&finding->by.code, finding->by.pc, culprit, sizeof(culprit));
    const char *op = op_is_store(finding->by.op_kind) ? "the store" : finding->by.op;
    if (!finding->by.known) {
        (void)snprintf(text, size, "that %s older than the newest ones", finding->proved ? "are" : "were");
        return;
    }
    switch (rule_of(finding)) {
    case PROVE_LOST_WRITE:
        (void)snprintf(text, size, "whose only fresh copy %s in %s %s", op, culprit,
                       finding->proved ? "may have destroyed" : "had destroyed");
        return;
    case PROVE_CLOBBER:
        (void)snprintf(text, size, "over which the line that %s in %s left dirty may have been written back",
                       op, culprit);
        return;
    case PROVE_MISSING_BARRIER:
        (void)snprintf(text, size,
                       finding->at_end ? "for nothing waited for %s in %s" : "before %s in %s is complete",
                       op, culprit);
        return;
    default:
        (void)snprintf(text, size, "that are older than the newest ones, in spite of %s in %s", op, culprit);
        return;
    }
}

/* Nobody read the bytes before the run ended. */
static void message_fill_at_end(struct finding *finding, const char *blame)
{
    char culprit[FINDING_TEXT_MAX];
    const size_t size = sizeof(finding->message);
    finding_code_text(&finding->by.code, finding->by.pc, culprit, sizeof(culprit));
    if (finding->by.known && rule_of(finding) == PROVE_LOST_WRITE) {
        (void)snprintf(finding->message, size,
                       "%s in %s %s the only fresh copy of %s, and nothing has written these bytes since",
                       finding->by.op, culprit, finding->proved ? "may have destroyed" : "destroyed",
                       finding->place);
        return;
    }
    (void)snprintf(finding->message, size, "at the end of the run %s the newest bytes of %s%s%s",
                   finding->proved ? "it may be that nothing holds" : "no copy held", finding->place,
                   finding->by.known ? ", " : "", finding->by.known ? blame : "");
}

static void message_fill(struct finding *finding)
{
    char reader[FINDING_TEXT_MAX];
    char blame[FINDING_TEXT_MAX];
    blame_text(finding, blame, sizeof(blame));
    if (finding->at_end) {
        message_fill_at_end(finding, blame);
        return;
    }
    reader_text(finding, reader, sizeof(reader));
    (void)snprintf(finding->message, sizeof(finding->message), "%s %s %u byte%s of %s %s%s", reader,
                   finding->proved ? "may read" : "read", finding->size, finding->size == 1 ? "" : "s",
                   finding->place, blame, finding->equal_value ? " (equal value)" : "");
}

void finding_explain(struct finding *finding)
{
    if (!finding_is_data(finding)) {
        finding_explain_contract(finding);
        return;
    }
    if (finding->copy != PROVE_COPY_DATA) {
        finding_explain_copy(finding);
        return;
    }
    const enum situation situation = situation_of(finding);
    finding->contract = sentences[situation].contract;
    repair_expand(sentences[situation].repair, finding);
    message_fill(finding);
}
