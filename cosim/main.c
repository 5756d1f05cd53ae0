/* SPDX-License-Identifier: BSD-3-Clause */
/* The program. All that it does is in command.c, which tests may call. */
#include <malloc.h>

#include "cosim/command.h"

/* From this size on tables are mapped and come cleared, so that a short run pays for what it touches alone.
 */
#define TABLE_SIZE (64 * 1024)

int main(int argc, char *argv[])
{
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, TABLE_SIZE); /* without this call it would grow with what is freed */
#endif
    return command_main(argc, argv);
}
