/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The FF-A steps of a scenario: calls as they are told, memory of a pool that is sent and touched. FF-A
 * (DEN0077), from the normal world's side. The boot phase and the OS stub do them alike; compiled once into
 * either. It judges no answer: the scenario does.
 *
 * The workspace lies in the OS's memory, so that what was lent at boot is still known at run time. RX and TX
 * are the workspace's own unless the boot phase has mapped its buffers.
 */
#ifndef FIRMWARE_COMMON_FFA_STEP_H
#define FIRMWARE_COMMON_FFA_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "firmware/common/step.h"
#include "model/abi/script.h"

#define FFA_WORKSPACE_PAGE 4096

struct ffa_workspace {
    uint8_t pool[SCRIPT_POOL_PAGES * FFA_WORKSPACE_PAGE] __attribute__((aligned(FFA_WORKSPACE_PAGE)));
    uint8_t tx[FFA_WORKSPACE_PAGE] __attribute__((aligned(FFA_WORKSPACE_PAGE)));
    uint8_t rx[FFA_WORKSPACE_PAGE] __attribute__((aligned(FFA_WORKSPACE_PAGE)));
    uint64_t handles[SCRIPT_SLOTS_MAX];
    uint32_t version; /* negotiated by whoever negotiated last */
    uint8_t *boot_tx; /* NULL: the boot phase has no buffers mapped */
    uint8_t *boot_rx;
};

/* os/os_main.c */
extern struct ffa_workspace os_ffa_workspace;

void ffa_workspace_init(struct ffa_workspace *workspace);

/* True if the code is one of the FF-A steps. */
bool step_is_ffa(const struct step *step);

/* Does such a step and answers it. */
void step_do_ffa(struct ffa_workspace *workspace, const struct step *step);

#endif
