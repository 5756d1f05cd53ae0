/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_MEM_PERM_GET and FFA_MEM_PERM_SET: DEN0077, "Memory management interfaces", by which a partition at
 * S-EL0 sets up its own mapping while it is initialised. Virtual and physical addresses of such a partition
 * are equal here. A page has the permissions of its home until they are set.
 */
#include <assert.h>

#include "model/abi/ffa.h"
#include "model/bus/access.h"
#include "model/spmc/memory_internal.h"

static int32_t caller_refusal(const struct spmc_memory_caller *caller)
{
    if (!caller->secure) {
        return FFA_NOT_SUPPORTED; /* the SPMD knows the call from the secure world alone */
    }
    return caller->s_el0 && caller->initialising ? MEMORY_PASSED : FFA_DENIED;
}

static bool permission_allowed(uint32_t permission)
{
    const uint32_t data = permission & FFA_MEM_PERM_DATA;
    const bool executable = (permission & FFA_MEM_PERM_NOT_EXECUTABLE) == 0;
    if ((permission & FFA_MEM_PERM_MBZ) != 0) {
        return false;
    }
    return data == FFA_MEM_PERM_READ_ONLY || (data == FFA_MEM_PERM_READ_WRITE && !executable);
}

static uint32_t permission_of_home(const struct spmc_memory_home *home)
{
    if ((home->permissions & FFA_MEMORY_DATA_ACCESS) == FFA_MEMORY_DATA_READ_WRITE) {
        return FFA_MEM_PERM_READ_WRITE | FFA_MEM_PERM_NOT_EXECUTABLE;
    }
    const bool executable = (home->permissions & FFA_MEMORY_INSTRUCTION_ACCESS) == FFA_MEMORY_EXECUTABLE;
    return FFA_MEM_PERM_READ_ONLY | (executable ? 0 : FFA_MEM_PERM_NOT_EXECUTABLE);
}

static bool pages_own(const struct spmc_memory *memory, uint64_t va, uint64_t pages)
{
    return va % SPMC_MEMORY_PAGE_SIZE == 0 && pages != 0 &&
           memory_home_of(memory, memory->operation.caller.id, va, pages * SPMC_MEMORY_PAGE_SIZE) !=
               MEMORY_NONE;
}

struct spmc_memory_step spmc_ffa_mem_perm_get(struct spmc_memory *memory,
                                              const struct spmc_memory_caller *caller,
                                              const struct smc_frame *call)
{
    memory_begin(memory, caller, call);
    const bool wide = ((uint32_t)call->x[0] & FFA_FUNCTION_64BIT) != 0;
    const uint64_t va = wide ? call->x[1] : (uint32_t)call->x[1];
    const int32_t status = caller_refusal(caller);
    if (status != MEMORY_PASSED) {
        return memory_refused(memory, status, 1);
    }
    if (!pages_own(memory, va, 1)) {
        return memory_refused(memory, FFA_INVALID_PARAMETERS, 2);
    }
    const struct page_range set = page_ranges_find(memory->permissions, memory->permission_count, va);
    const uint32_t home = memory_home_of(memory, caller->id, va, SPMC_MEMORY_PAGE_SIZE);
    const uint64_t permission = set.value != 0 ? set.value : permission_of_home(&memory->config.homes[home]);
    const struct smc_frame frame = {.x = {FFA_SUCCESS_32, 0, permission}};
    return memory_done(memory, &frame);
}

struct spmc_memory_step spmc_ffa_mem_perm_set(struct spmc_memory *memory,
                                              const struct spmc_memory_caller *caller,
                                              const struct smc_frame *call)
{
    memory_begin(memory, caller, call);
    const bool wide = ((uint32_t)call->x[0] & FFA_FUNCTION_64BIT) != 0;
    const uint64_t va = wide ? call->x[1] : (uint32_t)call->x[1];
    const uint32_t pages = (uint32_t)call->x[2];
    const uint32_t permission = (uint32_t)call->x[3];
    const int32_t status = caller_refusal(caller);
    if (status != MEMORY_PASSED) {
        return memory_refused(memory, status, 1);
    }
    if (!permission_allowed(permission)) {
        return memory_refused(memory, FFA_INVALID_PARAMETERS, 2);
    }
    if (!pages_own(memory, va, pages)) {
        return memory_refused(memory, FFA_INVALID_PARAMETERS, 3);
    }
    const uint64_t size = (uint64_t)pages * SPMC_MEMORY_PAGE_SIZE;
    if (!page_ranges_set(memory->permissions, &memory->permission_count, SPMC_MEMORY_RANGES_MAX, va,
                         va + (size - 1), permission)) {
        return memory_refused(memory, FFA_NO_MEMORY, 4);
    }
    const uint32_t home = memory_home_of(memory, caller->id, va, size);
    const bool writable = (permission & FFA_MEM_PERM_DATA) == FFA_MEM_PERM_READ_WRITE;
    memory->operation.kind = MEMORY_OPERATION_PERMISSION;
    memory->operation.result = (struct smc_frame){.x = {FFA_SUCCESS_32}};
    return (struct spmc_memory_step){
        .need = SPMC_MEMORY_OWNERSHIP,
        .pa = va,
        .size = size,
        .space = memory->config.homes[home].secure ? PA_SPACE_SECURE : PA_SPACE_NON_SECURE,
        .endpoint = caller->id,
        .owner = caller->id,
        .access = writable ? SPMC_MEMORY_READ_WRITE : SPMC_MEMORY_READ_ONLY,
    };
}
