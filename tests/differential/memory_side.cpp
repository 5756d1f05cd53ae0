// SPDX-License-Identifier: BSD-3-Clause
//
// Flat memory. With the policy `erratic` grants come and go at every access: a core that relied on one of
// them, or on a decoded instruction, would compute something else than with `always`.
#include "tests/differential/memory_side.hpp"

#include <cassert>
#include <cstring>

namespace differential {

flat_memory::flat_memory(uint64_t ram_base, std::vector<uint8_t> *bytes, uint32_t line_bytes,
                         grant_policy how, uint64_t seed)
    : base(ram_base), ram(bytes), line_size(line_bytes), policy(how), random(seed)
{
}

void flat_memory::attach(struct cpu *attached)
{
    cpu = attached;
    table = cpu_grants(attached);
}

// NULL when the range is not all RAM.
uint8_t *flat_memory::host(uint64_t pa, uint64_t size)
{
    if (pa < base || pa - base > ram->size() || size > ram->size() - (pa - base)) {
        return nullptr;
    }
    return ram->data() + (pa - base);
}

bool flat_memory::allows()
{
    switch (policy) {
    case grant_policy::always:
        return true;
    case grant_policy::never:
        return false;
    case grant_policy::erratic:
        return !random.one_in(3);
    }
    return false;
}

// A write grant makes the line readable too; a read grant is only for reads.
void flat_memory::grant(struct access *access)
{
    access->granted = 0;
    if (!allows()) {
        return;
    }
    const uint64_t line_va = access->va & ~uint64_t{line_size - 1};
    const uint64_t line_pa = access->pa & ~uint64_t{line_size - 1};
    const struct grant granted = {line_va, host(line_pa, line_size)};
    assert(granted.host != nullptr);
    assert(access->grant_slot == grant_slot(table, line_va));
    table->read[access->grant_slot] = granted;
    if (access->op == ACCESS_GRANT_WRITE) {
        table->write[access->grant_slot] = granted;
    }
    access->granted = 1;
}

void flat_memory::disturb(uint64_t pa)
{
    if (policy != grant_policy::erratic) {
        return;
    }
    const uint32_t slot = random.below(table->count);
    switch (random.below(8)) {
    case 0:
        grant_clear_all(table);
        break;
    case 1:
        grant_clear_write(table, slot);
        break;
    case 2:
        cpu_code_line_invalidate(cpu, pa & ~uint64_t{line_size - 1});
        break;
    case 3:
        if (random.one_in(16)) {
            cpu_code_invalidate_all(cpu);
        }
        break;
    }
}

access_status flat_memory::serve(struct access *access, uint8_t *data)
{
    switch (static_cast<access_op>(access->op)) {
    case ACCESS_READ:
    case ACCESS_WRITE:
    case ACCESS_GRANT_READ:
    case ACCESS_GRANT_WRITE:
    case ACCESS_DC_ZVA:
        break;
    case ACCESS_DC_IVAC:
    case ACCESS_DC_CVAC:
    case ACCESS_DC_CVAU:
    case ACCESS_DC_CVAP:
    case ACCESS_DC_CVADP:
    case ACCESS_DC_CIVAC:
    case ACCESS_DC_ISW:
    case ACCESS_DC_CSW:
    case ACCESS_DC_CISW:
    case ACCESS_DSB:
    case ACCESS_DMB:
    case ACCESS_ISB:
        return ACCESS_OK;
    case ACCESS_IC_IALLU:
    case ACCESS_IC_IALLUIS:
        cpu_code_invalidate_all(cpu);
        return ACCESS_OK;
    case ACCESS_IC_IVAU:
        cpu_code_line_invalidate(cpu, access->pa);
        return ACCESS_OK;
    }
    uint8_t *bytes = host(access->pa, access->size);
    if (bytes == nullptr) {
        return ACCESS_EXTERNAL_ABORT;
    }
    disturb(access->pa);
    if (access->op == ACCESS_GRANT_READ || access->op == ACCESS_GRANT_WRITE) {
        grant(access);
    } else if (access->op == ACCESS_READ) {
        memcpy(data, bytes, access->size);
        access->granted = access->agent == AGENT_FETCH && allows() ? 1 : 0;
    } else if (access->op == ACCESS_WRITE) {
        memcpy(bytes, data, access->size);
    } else {
        memset(bytes, 0, access->size);
    }
    return ACCESS_OK;
}

} // namespace differential
