/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The FF-A bus as far as it is resident: direct messages, one implementation for boot and runtime. FF-A,
 * "Partition messaging" and "CPU cycle management". Discovery and the RX/TX buffers belong to the boot phase.
 */
#ifndef FIRMWARE_RUNTIME_FFA_BUS_H
#define FIRMWARE_RUNTIME_FFA_BUS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Times that an interrupted partition is run on. A manager that preempts for ever must not hang the OS. */
#define FFA_RUNS_MAX 4096

/* Returned in registers: ffa_direct_message() must not need memory before its SMC. */
struct ffa_response {
    int64_t error; /* 0 or a negative errno of the transport */
    uint64_t x3;   /* first payload register of the response */
};

/*
 * w1 of a direct message from us to the MM partition: sender [31:16], receiver [15:0]. Negative: an errno,
 * -EPERM before the bus is ready for the phase, -ENOSYS without a partition. One value, so that it stays in a
 * register.
 */
int64_t ffa_route_to_mm_partition(void);

/* FFA_MSG_SEND_DIRECT_REQ, SMC64, with one payload register; the partition is run on when it is interrupted.
 */
struct ffa_response ffa_direct_message(uint32_t endpoints, uint64_t x3);

#ifdef __cplusplus
}
#endif

#endif
