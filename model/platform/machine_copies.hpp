// SPDX-License-Identifier: BSD-3-Clause
//
// Where the image of a run stands when the run is over: told to who gives addresses names (image_copy.h).
#ifndef MODEL_PLATFORM_MACHINE_COPIES_HPP
#define MODEL_PLATFORM_MACHINE_COPIES_HPP

#include "model/platform/board.hpp"
#include "model/platform/machine.h"

// Fills result.copies from the program counters that the result holds.
void copies_collect(const struct machine_request &request, const board &board, struct machine_result &result);

#endif
