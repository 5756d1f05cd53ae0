// SPDX-License-Identifier: BSD-3-Clause
//
// What a request brings into the machine before its first instruction, and takes out of it after its last:
// segments, the device tree, flash and disk. Must not run anything.
#ifndef MODEL_PLATFORM_MACHINE_LOAD_HPP
#define MODEL_PLATFORM_MACHINE_LOAD_HPP

#include "model/platform/board.hpp"
#include "model/platform/machine.h"

// Before the board is made: flash images and the disk have a place on the platform.
enum machine_misfit media_fit(const struct machine_request &request, uint32_t &index);

// Into the memory of the board; `index` is of what does not fit.
enum machine_misfit memory_load(const struct machine_request &request, const board &board, uint32_t &index);

// What the guest has made of flash and disk goes back to the request's owner.
void media_keep(const struct machine_request &request, const board &board);

#endif
