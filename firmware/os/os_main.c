/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The OS stub: takes the machine over, then does the steps of a scenario. Boot services are gone, so the boot
 * steps are unsupported here; variable steps go through the runtime services table at its present address.
 */
#include "firmware/common/arch.h"
#include "firmware/common/ffa_step.h"
#include "firmware/common/step.h"
#include "firmware/os/os.h"
#include "firmware/os/os_lines.h"
#include "firmware/os/os_memory.h"
#include "model/abi/script.h"

struct os_image os_image;
struct os_handover os_handover;
struct ffa_workspace os_ffa_workspace __attribute__((section(".noinit.os_ffa")));

static struct step step __attribute__((section(".noinit")));
static struct efi_runtime_services *services;
static struct efi_memory_descriptor virtual_map[OS_MEMORY_DESCRIPTORS_MAX];
static bool running; /* false after a failed start: only `end` is left */

static uint32_t virtual_map_build(void)
{
    uint32_t count = 0;

    for (uint32_t index = 0; index < os_handover.descriptor_count; index++) {
        const struct efi_memory_descriptor *descriptor = &os_handover.descriptors[index];
        if (descriptor->attribute & EFI_MEMORY_RUNTIME) {
            virtual_map[count] = *descriptor;
            virtual_map[count].virtual_start = descriptor->physical_start + OS_VIRTUAL_OFFSET;
            count++;
        }
    }
    return count;
}

/* Called identity-mapped, as UEFI asks, with both maps in place; the old one goes only when the firmware has
 * moved. */
static uint64_t virtual_address_map_set(void)
{
    static bool mapped;

    if (!(os_handover.services_supported & EFI_RT_SUPPORTED_SET_VIRTUAL_ADDRESS_MAP)) {
        return EFI_UNSUPPORTED;
    }
    const uint32_t count = virtual_map_build();
    if (!mapped && !os_memory_map_virtual(virtual_map, count)) {
        return EFI_OUT_OF_RESOURCES;
    }
    mapped = true;
    const uint64_t status = services->set_virtual_address_map(
        count * sizeof(virtual_map[0]), sizeof(virtual_map[0]), EFI_MEMORY_DESCRIPTOR_VERSION, virtual_map);
    if (status == EFI_SUCCESS) {
        services = (struct efi_runtime_services *)((uintptr_t)services + OS_VIRTUAL_OFFSET);
        os_memory_drop_identity(virtual_map, count);
    }
    return status;
}

static void os_dirty_do(void)
{
    if (step.length < 2 * sizeof(uint64_t)) {
        step_finish(EFI_INVALID_PARAMETER);
        return;
    }
    step_finish(os_lines_dirty(step.operands[0], step.operands[1]) ? EFI_SUCCESS : EFI_INVALID_PARAMETER);
}

static void os_check_do(void)
{
    uint64_t words[2];

    os_lines_check(&words[0], &words[1]);
    step_finish_with(EFI_SUCCESS, words, sizeof(words));
}

static uint32_t step_service(void)
{
    switch (step.code) {
    case SCRIPT_STEP_GET_VARIABLE:
        return EFI_RT_SUPPORTED_GET_VARIABLE;
    case SCRIPT_STEP_SET_VARIABLE:
        return EFI_RT_SUPPORTED_SET_VARIABLE;
    case SCRIPT_STEP_GET_NEXT_VARIABLE_NAME:
        return EFI_RT_SUPPORTED_GET_NEXT_VARIABLE_NAME;
    default:
        return EFI_RT_SUPPORTED_QUERY_VARIABLE_INFO;
    }
}

static void step_do(void)
{
    if (!running) {
        step_finish(EFI_NOT_READY);
    } else if (step_is_variable(&step)) {
        if (os_handover.services_supported & step_service()) {
            step_do_variable(services, &step);
        } else {
            step_finish(EFI_UNSUPPORTED);
        }
    } else if (step_is_ffa(&step)) {
        step_do_ffa(&os_ffa_workspace, &step);
    } else if (step.code == SCRIPT_STEP_SET_VIRTUAL_ADDRESS_MAP) {
        step_finish(virtual_address_map_set());
    } else if (step.code == SCRIPT_STEP_OS_DIRTY) {
        os_dirty_do();
    } else if (step.code == SCRIPT_STEP_OS_CHECK) {
        os_check_do();
    } else {
        step_finish(
            EFI_UNSUPPORTED); /* boot steps, for boot services are gone, and what this stub does not know */
    }
}

/* Answers the step exit_boot_services, which brought us here. */
static uint64_t os_start(void)
{
    if (os_image.magic != OS_IMAGE_MAGIC || !os_handover.services ||
        os_handover.services->header.signature != EFI_RUNTIME_SERVICES_SIGNATURE) {
        return EFI_LOAD_ERROR;
    }
    services = os_handover.services;
    running = os_memory_start(&os_handover);
    return running ? EFI_SUCCESS : EFI_OUT_OF_RESOURCES;
}

void os_main(void);

void os_main(void)
{
    step_finish(os_start());
    for (;;) {
        step_take(&step);
        if (step.code == SCRIPT_STEP_END) {
            step_end();
        }
        step_do();
    }
}
