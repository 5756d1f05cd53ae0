/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A platform file as data: what platform_file.c reads and machine.h assembles. Plain data, no pointers, so
 * that it can be copied, compared and hashed.
 */
#ifndef MODEL_PLATFORM_PLATFORM_CONFIG_H
#define MODEL_PLATFORM_PLATFORM_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "model/bus/access.h"
#include "model/cache/cache_config.h"
#include "model/partition/partition.h"
#include "model/spmc/spmc.h"

#define PLATFORM_NAME_MAX       64
#define PLATFORM_ABOUT_MAX      256
#define PLATFORM_REGIONS_MAX    8
#define PLATFORM_OWNERS_MAX     16
#define PLATFORM_STORE_MAX      256 /* characters of a file name */
#define PLATFORM_FLASHES_MAX    2
#define PLATFORM_EMPTIES_MAX    4
#define PLATFORM_VIRTIO_MAX     32
#define PLATFORM_PARTITIONS_MAX SPMC_PARTITIONS_MAX
#define PLATFORM_MM_ID                                                                                       \
    0x8003U /* of the MM partition where the file does not say: as Corstone-1000 numbers it */
#define PLATFORM_VIRTIO_SIZE 0x200U /* bytes of a slot, as QEMU's virt machine spaces them */

struct platform_region {
    uint64_t pa;
    uint64_t size;
};

/* How the secure side maps the shared buffer. */
enum secure_mapping {
    SECURE_MAPPING_NORMAL_NC,
    SECURE_MAPPING_DEVICE,
    SECURE_MAPPING_NORMAL_WB,       /* NS PA space, inner shareable: coherent with the calling PE */
    SECURE_MAPPING_WB_SECURE_ALIAS, /* secure PA space: lines of its own */
};

enum byte_owner { OWNER_UNKNOWN, OWNER_BUFFER, OWNER_FIRMWARE, OWNER_OS, OWNER_SECURE };

struct platform_owner {
    struct platform_region region;
    uint8_t owner; /* enum byte_owner */
};

enum platform_mm_dialect { PLATFORM_MM_SMM_GATEWAY, PLATFORM_MM_STANDALONE_MM };

/* A secure partition: what the framework knows of it, and what it does. */
struct platform_partition {
    bool is_mm; /* the MM partition; else `behaviour` tells */
    struct spmc_partition_config framework;
    struct partition_config behaviour;
};

struct platform_config {
    char name[PLATFORM_NAME_MAX];
    char about[PLATFORM_ABOUT_MAX];
    uint32_t cores;    /* 1 */
    uint32_t entry_el; /* 1 or 2 */
    uint32_t ram_count;
    struct platform_region ram[PLATFORM_REGIONS_MAX];
    bool has_uart, has_script,
        has_secure; /* has_secure: SPMC with an MM partition; without it PSCI alone answers */
    bool has_rtc, has_fw_cfg, has_device_tree;
    bool virtio_legacy; /* version 1 of the transport's registers */
    bool dma_coherent;  /* what masters on the bus read and write goes through the PEs' data caches */
    uint64_t uart_pa;
    uint64_t script_pa;
    uint64_t rtc_pa;
    uint64_t rtc_start; /* seconds since 1970 at the first instruction */
    uint64_t fw_cfg_pa;
    uint64_t device_tree_pa;
    uint32_t flash_count;
    struct platform_region flash[PLATFORM_FLASHES_MAX];
    uint32_t virtio_count; /* slots, PLATFORM_VIRTIO_SIZE apart; 0: none */
    uint32_t virtio_disk;  /* the slot of the disk */
    uint64_t virtio_pa;
    uint32_t empty_count; /* where reads return ones and writes are lost: a bus without devices */
    struct platform_region empty[PLATFORM_EMPTIES_MAX];
    uint64_t counter_hz;
    uint64_t ns_per_instruction;
    uint64_t midr_el1;
    uint64_t hcr_el2; /* at entry: the upgrades <DC,VM> and SWIO */
    bool lse;         /* FEAT_LSE: atomic memory operations */
    bool ccidx;       /* CCSIDR_EL1 in the FEAT_CCIDX format */
    struct cache_config cache;
    uint8_t secure_mapping;        /* enum secure_mapping */
    bool secure_maintenance;       /* the partition invalidates before it reads and cleans after it writes */
    bool secure_barrier;           /* DSB SY before the secure side returns */
    struct platform_region buffer; /* the shared MM buffer */
    uint64_t buffer_offset;        /* of the message in it */
    uint32_t ffa_version;          /* the SPMC's own, FFA_VERSION encoding */
    uint8_t profile;               /* enum spmc_profile */
    uint8_t mm_dialect;            /* enum platform_mm_dialect */
    uint32_t mm_piece_size;        /* bytes that the MM partition reads or writes at a time; 0: all at once */
    bool mm_maintenance_per_piece; /* its own maintenance, too */
    bool mm_authentication;        /* authenticated variables */
    bool mm_self_signed_pk;        /* standalone-mm: PK must be signed with itself */
    uint32_t mm_preemptible;       /* enum mm_sp_point: where an interrupt takes the PE from it */
    char store[PLATFORM_STORE_MAX]; /* the file with the variables of the MM partition; empty: in memory */
    bool per_vcpu_notifications;
    bool interrupt_stays_pending; /* the live-lock hazard of FFA_RUN */
    bool aborted_is_busy;         /* hafnium: an aborted partition is BUSY instead of ABORTED */
    uint32_t secure_ram_count;    /* memory that only the secure PA space shows */
    struct platform_region secure_ram[PLATFORM_REGIONS_MAX];
    uint32_t partition_count;
    struct platform_partition partitions[PLATFORM_PARTITIONS_MAX];
    uint32_t owner_count;
    struct platform_owner owners[PLATFORM_OWNERS_MAX];
};

#endif
