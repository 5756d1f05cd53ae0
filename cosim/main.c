/* SPDX-License-Identifier: BSD-3-Clause */
/* The program. All that it does is in command.c, which tests may call. */
#include "cosim/command.h"

int main(int argc, char *argv[])
{
    return command_main(argc, argv);
}
