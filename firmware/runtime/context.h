/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the runtime services remember. Resident: it is all that is left of the boot phase after
 * ExitBootServices, when no driver, no allocator and no console can be asked any more.
 *
 * The boot phase fills it during discovery; from ExitBootServices on only the services themselves change it.
 */
#ifndef FIRMWARE_RUNTIME_CONTEXT_H
#define FIRMWARE_RUNTIME_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum efi_phase { EFI_PHASE_BOOT, EFI_PHASE_RUNTIME };

struct efi_runtime_context {
    uint8_t
        *shared_message;  /* the message in the buffer shared with the MM partition, as this regime maps it */
    uint64_t shared_size; /* bytes from there to the end of the buffer */
    uint64_t shared_offset;   /* of the message in the buffer: what x3 of a direct request says */
    uint8_t *private_message; /* boot: messages are built here and copied; NULL at runtime: they are built in
                                 place */
    uint64_t payload_max;     /* bytes of a message after its two headers */
    uint32_t ffa_version;     /* as negotiated */
    uint16_t own_id;
    uint16_t partition_id;  /* of the MM partition; 0 is unknown, for secure partitions have bit 15 set */
    uint32_t phase;         /* enum efi_phase */
    bool ffa_ready;         /* discovery found FF-A */
    bool ffa_runtime_ready; /* ExitBootServices has prepared runtime use */
    bool virtual_map_set;
};

extern struct efi_runtime_context efi_runtime_context;

#ifdef __cplusplus
}
#endif

#endif
