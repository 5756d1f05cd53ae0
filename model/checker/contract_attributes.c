/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mismatched-attributes: what software owes between two uses of one location with different attributes, Arm
 * ARM, "Mismatched memory attributes", as far as told accesses show it.
 *
 *  - After a write through a write-back mapping a use through any other needs the line cleaned or invalidated
 *    first: else it misses the write, or the line's write-back comes over it.
 *  - After a write through any mapping a cacheable use through another needs the line invalidated (cleaned or
 *    not) in its own PA space first: else it may find a copy from before the write.
 *
 * Both complete by a DSB of the PE that issued them, or by its own cacheable use of the line in that space,
 * which waits for them. A read owes nothing to later uses: what it may leave
 * behind is a clean copy, which is the business of the next cacheable use. So a clean before a hand-over and
 * an invalidate after it are enough, whichever lines the two cover besides.
 *
 * Lenient where it cannot be sure: maintenance counts whatever its shareability, a DSB whatever its scope,
 * set/way operations whatever line they hit. Of a PE that changes its translation regime between two uses of
 * its own (the data cache goes on) no copy from before the write is expected.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "model/checker/contract_state.h"

#define ATTRIBUTES_EARLIER_SHIFT 32

bool contract_lines_create(struct contract *contract)
{
    const struct contract_config *config = &contract->config;
    if (config->buffer_size == 0) {
        return true;
    }
    const uint64_t size =
        config->buffer_size < CONTRACT_TRACKED_MAX ? config->buffer_size : CONTRACT_TRACKED_MAX;
    const uint64_t last_pa = config->buffer_pa + (size - 1);
    contract->tracked_pa = config->buffer_pa & ~(uint64_t)(config->line - 1);
    contract->line_count = (uint32_t)((last_pa - contract->tracked_pa) / config->line + 1);
    contract->lines = calloc(contract->line_count, sizeof(contract->lines[0]));
    return contract->lines != NULL;
}

void contract_lines_forget(struct contract *contract)
{
    if (contract->line_count != 0) {
        memset(contract->lines, 0, contract->line_count * sizeof(contract->lines[0]));
    }
}

static struct contract_line *line_find(struct contract *contract, uint64_t pa)
{
    const uint64_t index = (pa - contract->tracked_pa) / contract->config.line; /* below: huge */
    return index < contract->line_count ? &contract->lines[index] : NULL;
}

/* ---- maintenance ---- */

static void maintained_settle(const struct contract *contract, struct contract_maintained *maintained)
{
    if (maintained->issued != 0 && contract->barriers[maintained->pe] != maintained->barriers) {
        maintained->complete = maintained->issued;
        maintained->issued = 0;
    }
}

/* Two PEs that wait for each their own DSB are more than is kept: the first is taken for complete. */
static void maintained_issue(const struct contract *contract, struct contract_maintained *maintained,
                             uint8_t pe)
{
    maintained_settle(contract, maintained);
    if (maintained->issued != 0 && maintained->pe != pe) {
        maintained->complete = maintained->issued;
    }
    maintained->issued = contract->sequence;
    maintained->barriers = contract->barriers[pe];
    maintained->pe = pe;
}

/* `waits`: the use waits for what its PE has issued for the line. */
static bool maintained_since(const struct contract *contract, struct contract_maintained *maintained,
                             uint64_t sequence, const struct access *use, bool waits)
{
    maintained_settle(contract, maintained);
    const bool ordered = waits && maintained->issued != 0 && maintained->pe == use->pe;
    return maintained->complete > sequence || (ordered && maintained->issued > sequence);
}

static bool op_is_set_way(const struct access *access)
{
    return access->op == ACCESS_DC_ISW || access->op == ACCESS_DC_CSW || access->op == ACCESS_DC_CISW;
}

/* A clean to the Point of Unification need not reach memory. */
void contract_maintain(struct contract *contract, const struct access *access)
{
    if (op_is_set_way(access)) {
        maintained_issue(contract, &contract->swept, access->pe);
        return;
    }
    struct contract_line *line = line_find(contract, access->pa);
    if (line == NULL || access->op == ACCESS_DC_CVAU) {
        return;
    }
    assert(access->space < CONTRACT_SPACES);
    maintained_issue(contract, &line->cleaned[access->space], access->pe);
    if (access->op == ACCESS_DC_IVAC || access->op == ACCESS_DC_CIVAC) {
        maintained_issue(contract, &line->invalidated[access->space], access->pe);
    }
}

/* Only a DSB of loads and stores completes maintenance. Without types it is SSBB or PSSBB, or reserved and
 * then a full one. */
void contract_barrier(struct contract *contract, const struct access *access)
{
    const uint64_t types = access->operand & 3;
    if (types == 3 || (types == 0 && access->operand >= 8)) {
        contract->barriers[access->pe]++;
    }
}

/* ---- uses ---- */

static enum contract_cacheability cacheability_of(enum memory_type type)
{
    if (!memory_type_cacheable(type)) {
        return CONTRACT_NON_CACHEABLE;
    }
    return type == MEMORY_NORMAL_WT ? CONTRACT_WRITE_THROUGH : CONTRACT_WRITE_BACK;
}

/* NULL: the line is used in more ways than are told apart. */
static struct contract_view *view_of(struct contract_line *line, const struct access *access)
{
    const enum contract_cacheability cacheability = cacheability_of((enum memory_type)access->type);
    const uint8_t shareability =
        cacheability == CONTRACT_NON_CACHEABLE ? SHAREABILITY_OUTER : access->shareability;
    for (uint32_t i = 0; i < line->view_count; i++) {
        struct contract_view *view = &line->views[i];
        if (view->cacheability == cacheability && view->shareability == shareability &&
            view->space == access->space) {
            return view;
        }
    }
    if (line->view_count == CONTRACT_VIEWS_MAX) {
        return NULL;
    }
    struct contract_view *view = &line->views[line->view_count++];
    *view = (struct contract_view){
        .cacheability = (uint8_t)cacheability,
        .shareability = shareability,
        .space = access->space,
    };
    return view;
}

static bool agent_is_of_pe(const struct access *access)
{
    return access->agent == AGENT_PE || access->agent == AGENT_FETCH || access->agent == AGENT_WALKER;
}

static bool regime_changed_since(const struct contract *contract, const struct contract_view *earlier,
                                 const struct access *access)
{
    return earlier->by_pe && agent_is_of_pe(access) && earlier->pe == access->pe &&
           contract->translated[access->pe] > earlier->sequence;
}

/* What is owed to the write of `earlier` before this use, and has not been done. */
static bool pair_broken(struct contract *contract, struct contract_line *line,
                        const struct contract_view *earlier, const struct contract_view *view,
                        const struct access *access)
{
    const uint64_t written = earlier->sequence;
    const bool cacheable = view->cacheability != CONTRACT_NON_CACHEABLE;
    if (maintained_since(contract, &contract->swept, written, access, false)) {
        return false;
    }
    const bool clean_waits = cacheable && earlier->space == view->space;
    const bool dirty =
        earlier->cacheability == CONTRACT_WRITE_BACK &&
        !maintained_since(contract, &line->cleaned[earlier->space], written, access, clean_waits);
    const bool stale = cacheable && !regime_changed_since(contract, earlier, access) &&
                       !maintained_since(contract, &line->invalidated[view->space], written, access, true);
    return dirty || stale;
}

/* Lines of one DC ZVA are one breach where the earlier uses are one call site's. */
static void pair_tell(struct contract *contract, const struct access *access, const struct prove_site *site,
                      uint64_t line_pa, const struct contract_view *earlier)
{
    const uint64_t detail = access_attributes(access) | earlier->attributes << ATTRIBUTES_EARLIER_SHIFT;
    for (uint32_t i = contract->breach_next; i < contract->breach_count; i++) {
        struct contract_breach *before = &contract->breaches[i];
        if (before->rule == PROVE_MISMATCHED_ATTRIBUTES && before->detail == detail &&
            before->by.pc == earlier->site.pc && access_where_equal(&before->site.where, &site->where)) {
            before->bytes += contract->config.line;
            before->count++;
            return;
        }
    }
    const struct contract_breach breach = {
        .rule = PROVE_MISMATCHED_ATTRIBUTES,
        .severity = PROVE_WARNING,
        .space = access->space,
        .bytes = contract->config.line,
        .pa = line_pa,
        .va = access->va,
        .count = 1,
        .site = *site,
        .by = earlier->site,
        .detail = detail,
    };
    contract_breach_put(contract, &breach);
}

static void line_use(struct contract *contract, struct contract_line *line, uint64_t line_pa,
                     const struct access *access, const struct prove_site *site)
{
    struct contract_view *view = view_of(line, access);
    if (view == NULL) {
        return;
    }
    const uint8_t view_bit = (uint8_t)(1U << (view - line->views));
    for (uint32_t i = 0; i < line->view_count; i++) {
        struct contract_view *earlier = &line->views[i];
        if (earlier == view || !earlier->written || (earlier->told & view_bit) != 0 ||
            !pair_broken(contract, line, earlier, view, access)) {
            continue;
        }
        earlier->told |= view_bit;
        pair_tell(contract, access, site, line_pa, earlier);
    }
    if (access->op != ACCESS_READ) {
        view->written = true;
        view->told = 0;
        view->pe = access->pe;
        view->by_pe = agent_is_of_pe(access);
        view->sequence = contract->sequence;
        view->attributes = access_attributes(access);
        view->site = *site;
    }
}

/* Only a DC ZVA has more than one line. */
void contract_use(struct contract *contract, const struct access *access, const struct prove_site *site)
{
    const uint32_t line_size = contract->config.line;
    const uint64_t first = access->pa & ~(uint64_t)(line_size - 1);
    const uint64_t last = access->pa + (access->size != 0 ? access->size - 1 : 0);
    for (uint64_t line_pa = first; line_pa - first <= last - first; line_pa += line_size) {
        struct contract_line *line = line_find(contract, line_pa);
        if (line != NULL) {
            line_use(contract, line, line_pa, access, site);
        }
    }
}

/*
 * "Synchronization and semaphores": monitors and atomics are only sure of Normal write-back memory, and among
 * PEs only of shareable memory.
 */
void contract_exclusive(struct contract *contract, const struct access *access, const struct prove_site *site)
{
    const bool alone = contract->config.pe_count == 1;
    const bool shared = alone || access->shareability != SHAREABILITY_NON;
    if (!access->exclusive || (access->type == MEMORY_NORMAL_WB && shared)) {
        return;
    }
    const struct contract_breach breach = {
        .rule = PROVE_MISMATCHED_ATTRIBUTES,
        .severity = PROVE_WARNING,
        .space = access->space,
        .bytes = access->size,
        .pa = access->pa,
        .va = access->va,
        .count = 1,
        .site = *site,
        .detail = access_attributes(access),
    };
    contract_breach_put(contract, &breach);
}
