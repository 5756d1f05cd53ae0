/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the variable services need only while booting: asking the partition for its payload limit, and telling
 * it that boot services are over, after which it hides what is for boot time only.
 */
#ifndef FIRMWARE_BOOT_VARIABLE_START_H
#define FIRMWARE_BOOT_VARIABLE_START_H

#include <stdint.h>

/* Stores the limit in the runtime context. An EFI status. */
uint64_t variable_payload_limit_discover(void);

/* MM function 6. An EFI status: a partition that has not heard it would keep its boot-time policy. */
uint64_t variable_exit_boot_services_notify(void);

#endif
