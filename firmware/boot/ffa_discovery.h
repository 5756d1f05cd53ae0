/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FF-A discovery at boot: who we are, who is there, the RX/TX buffers. FF-A, "Setup and discovery
 * interfaces". Boot only; the results that outlive it go to the runtime context.
 */
#ifndef FIRMWARE_BOOT_FFA_DISCOVERY_H
#define FIRMWARE_BOOT_FFA_DISCOVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/abi/ffa.h"

#define FFA_PARTITIONS_MAX 32

struct ffa_discovery {
    uint32_t version;
    uint16_t own_id;
    bool rxtx_mapped;
    uint32_t partition_count;
    struct ffa_partition_info_v1_0 partitions[FFA_PARTITIONS_MAX]; /* copies: RX belongs to the SPMC again */
    uint16_t mm_partition_id;
};

/* Everything in the order of U-Boot 6073c36b. 0 or a negative errno; then nothing is left mapped. */
int32_t ffa_discover(struct ffa_discovery *discovery);

/* The buffers that discovery maps. */
void ffa_discovery_buffers(uint8_t **tx, uint8_t **rx);

/* FFA_RXTX_UNMAP, if they are mapped. 0 or a negative errno. */
int32_t ffa_rxtx_unmap(struct ffa_discovery *discovery);

#endif
