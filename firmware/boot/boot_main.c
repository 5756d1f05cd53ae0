/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The boot phase: takes steps until ExitBootServices gives the machine to the OS. What fails is undone, so
 * that a failed start leaves neither a mapping with the SPMC nor a hole in the memory map.
 */
#include "firmware/board.h"
#include "firmware/boot/boot_memory.h"
#include "firmware/boot/console.h"
#include "firmware/boot/ffa_discovery.h"
#include "firmware/boot/layout.h"
#include "firmware/boot/loader.h"
#include "firmware/boot/variable_start.h"
#include "firmware/common/arch.h"
#include "firmware/common/ffa_step.h"
#include "firmware/common/litmus.h"
#include "firmware/common/memory.h"
#include "firmware/common/step.h"
#include "firmware/maintenance/maintenance.h"
#include "firmware/runtime/context.h"
#include "firmware/runtime/ffa_status.h"
#include "firmware/runtime/services.h"
#include "model/abi/script.h"

static struct step step __attribute__((section(".noinit")));
static uint64_t private_message[BOARD_MM_BUFFER_SIZE / sizeof(uint64_t)] __attribute__((section(".noinit")));

static struct ffa_discovery discovery;
static struct memory_map memory_map;
static bool started;

static void context_fill(void)
{
    efi_runtime_context.shared_message = (uint8_t *)(uintptr_t)(BOARD_MM_BUFFER + maintenance_message_offset);
    efi_runtime_context.shared_size = BOARD_MM_BUFFER_SIZE - maintenance_message_offset;
    efi_runtime_context.shared_offset = maintenance_message_offset;
    efi_runtime_context.private_message = (uint8_t *)private_message;
    efi_runtime_context.ffa_version = discovery.version;
    efi_runtime_context.own_id = discovery.own_id;
    efi_runtime_context.partition_id = discovery.mm_partition_id;
    efi_runtime_context.phase = EFI_PHASE_BOOT;
    efi_runtime_context.ffa_ready = true;
}

/* The buffer is the OS's to map for us: runtime data, not memory it may use. */
static uint64_t variable_services_start(void)
{
    if (!memory_map_reserve(&memory_map, EFI_RUNTIME_SERVICES_DATA, BOARD_MM_BUFFER, BOARD_MM_BUFFER_SIZE)) {
        return EFI_OUT_OF_RESOURCES;
    }
    memory_map_set_cacheability(&memory_map, BOARD_MM_BUFFER, maintenance_buffer_attribute);
    context_fill();
    const uint64_t status = variable_payload_limit_discover();
    if (status != EFI_SUCCESS) {
        efi_runtime_context.ffa_ready = false;
        memory_map_release(&memory_map, BOARD_MM_BUFFER);
    }
    return status;
}

static uint64_t boot_services_start(void)
{
    if (started) {
        return EFI_UNSUPPORTED; /* once is enough */
    }
    if (!boot_memory_map_build(&memory_map)) {
        return EFI_OUT_OF_RESOURCES;
    }
    loader_load();
    const int32_t error = ffa_discover(&discovery);
    if (error) {
        return ffa_errno_to_efi_status(error);
    }
    ffa_discovery_buffers(&os_ffa_workspace.boot_tx, &os_ffa_workspace.boot_rx);
    os_ffa_workspace.version = discovery.version;
    console_write("EFI: MM partition ID ");
    console_write_hex(discovery.mm_partition_id);
    console_write("\n");
    const uint64_t status = variable_services_start();
    if (status != EFI_SUCCESS) {
        ffa_rxtx_unmap(&discovery);
        ffa_workspace_init(&os_ffa_workspace);
        return status;
    }
    efi_runtime_services_seal();
    started = true;
    return EFI_SUCCESS;
}

/*
 * A buffer that the OS maps otherwise than we do holds nothing of ours that it could find again: it goes
 * empty. What is left of it in the caches is the variant's business.
 */
static void shared_buffer_leave(void)
{
    const uint64_t start = (uint64_t)(uintptr_t)efi_runtime_context.shared_message;

    if (maintenance_buffer_attribute != EFI_MEMORY_WB) {
        memset(efi_runtime_context.shared_message, 0, efi_runtime_context.shared_size);
        maintenance_before_remap(start, start + efi_runtime_context.shared_size);
    }
}

/* Returns only when boot services go on. The OS answers the step. */
static uint64_t exit_boot_services(void)
{
    if (!started) {
        return EFI_NOT_READY;
    }
    const uint64_t status = variable_exit_boot_services_notify();
    if (status != EFI_SUCCESS) {
        return status;
    }
    const int32_t error = ffa_rxtx_unmap(&discovery);
    if (error) {
        return ffa_errno_to_efi_status(error);
    }
    os_ffa_workspace.boot_tx = 0;
    os_ffa_workspace.boot_rx = 0;
    shared_buffer_leave();
    efi_runtime_context.private_message = 0;
    efi_runtime_context.ffa_runtime_ready = true;
    efi_runtime_context.phase = EFI_PHASE_RUNTIME;
    loader_enter(&memory_map);
    return EFI_LOAD_ERROR;
}

/* Before `boot` alone: behind it others have memory of theirs in the caches, too. */
static void litmus(void)
{
    const uint64_t pool = (uint64_t)(uintptr_t)os_ffa_workspace.pool;

    if (started) {
        step_finish(EFI_UNSUPPORTED);
    } else if (!boot_alias_map(pool, sizeof(os_ffa_workspace.pool))) {
        step_finish(EFI_OUT_OF_RESOURCES);
    } else {
        step_do_litmus(&os_ffa_workspace, pool + BOARD_ALIAS_OFFSET, layout_address(__boot_code_start),
                       layout_address(__boot_data_end), &step);
    }
}

static void step_do(void)
{
    if (step_is_variable(&step)) {
        if (started) {
            step_do_variable(&efi_runtime_services, &step);
        } else {
            step_finish(EFI_NOT_READY);
        }
        return;
    }
    if (step_is_ffa(&step)) {
        step_do_ffa(&os_ffa_workspace, &step);
        return;
    }
    switch (step.code) {
    case SCRIPT_STEP_BOOT:
        step_finish(boot_services_start());
        break;
    case SCRIPT_STEP_EXIT_BOOT_SERVICES:
        step_finish(exit_boot_services());
        break;
    case SCRIPT_STEP_SET_VIRTUAL_ADDRESS_MAP: /* a runtime service: refuses by itself at boot */
        step_finish(efi_runtime_services.set_virtual_address_map(0, 0, 0, 0));
        break;
    case SCRIPT_STEP_OS_DIRTY:
    case SCRIPT_STEP_OS_CHECK:
        step_finish(EFI_NOT_READY); /* there is no OS yet */
        break;
    case SCRIPT_STEP_LITMUS:
        litmus();
        break;
    default:
        step_finish(EFI_UNSUPPORTED);
        break;
    }
}

void boot_main(void);

void boot_main(void)
{
    console_start();
    ffa_workspace_init(&os_ffa_workspace);
    console_write(arch_is_el2() ? "ffa-cosim firmware at EL2, maintenance: "
                                : "ffa-cosim firmware at EL1, maintenance: ");
    console_write(maintenance_name);
    console_write("\n");
    for (;;) {
        step_take(&step);
        if (step.code == SCRIPT_STEP_END) {
            step_end();
        }
        step_do();
    }
}
