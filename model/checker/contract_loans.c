/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * foreign-maintenance of memory that was lent or donated: whose pages they are, from the SMC that gave them
 * away to the one that brings them back. DEN0077, "Memory management interfaces": who has no access to memory
 * must not touch it, and a lender's maintenance reaches what the borrower has in a shared cache.
 */
#include "model/checker/contract.h"

#include "model/checker/contract_state.h"

static void loan_put(struct contract *contract, uint64_t pa, uint64_t size, const struct prove_site *by)
{
    if (size != 0 && contract->loan_count < CONTRACT_LOANS_MAX) {
        contract->loans[contract->loan_count++] = (struct contract_loan){.pa = pa, .size = size, .by = *by};
    }
}

/* What of the loan lies outside [first, last] stays lent. */
static void loan_cut(struct contract *contract, uint32_t index, uint64_t first, uint64_t last)
{
    const struct contract_loan loan = contract->loans[index];
    const uint64_t loan_last = loan.pa + (loan.size - 1);
    contract->loans[index] = contract->loans[--contract->loan_count];
    if (loan.pa < first) {
        loan_put(contract, loan.pa, first - loan.pa, &loan.by);
    }
    if (loan_last > last) {
        loan_put(contract, last + 1, loan_last - last, &loan.by);
    }
}

void contract_lend(struct contract *contract, uint64_t pa, uint64_t size, bool lent,
                   const struct prove_site *by)
{
    const uint64_t last = pa + (size - 1);
    for (uint32_t i = contract->loan_count; i-- > 0;) {
        const struct contract_loan *loan = &contract->loans[i];
        if (loan->pa <= last && pa <= loan->pa + (loan->size - 1)) {
            loan_cut(contract, i, pa, last);
        }
    }
    if (lent) {
        loan_put(contract, pa, size, by);
    }
}

/* Pages are made of whole lines: of a line all is lent or nothing. */
void contract_loans_maintained(struct contract *contract, const struct access *access,
                               const struct prove_site *site)
{
    if (contract->loan_count == 0 || contract_agent_is_secure(access) ||
        access->space != PA_SPACE_NON_SECURE) {
        return;
    }
    for (uint32_t i = 0; i < contract->loan_count; i++) {
        const struct contract_loan *loan = &contract->loans[i];
        if (access->pa < loan->pa || access->pa - loan->pa >= loan->size) {
            continue;
        }
        const struct contract_breach breach = {
            .rule = PROVE_FOREIGN_MAINTENANCE,
            .severity = access->op == ACCESS_DC_IVAC ? PROVE_WARNING : PROVE_NOTE,
            .space = access->space,
            .pa = access->pa & ~(uint64_t)(contract->config.line - 1),
            .bytes = contract->config.line,
            .va = access->va,
            .count = 1,
            .site = *site,
            .by = loan->by,
        };
        contract_breach_put(contract, &breach);
        return;
    }
}
