/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A body in its slot: a prologue that loads every register from the body's state, the body, an epilogue that
 * stores every register there and leaves through state.exit_pc. The same words run under QEMU and on our
 * core.
 */
#ifndef TESTS_DIFFERENTIAL_BODY_FRAME_HPP
#define TESTS_DIFFERENTIAL_BODY_FRAME_HPP

#include <array>
#include <cstdint>
#include <vector>

#include "tests/differential/a64_generator.hpp"
#include "tests/differential/guest/body_layout.h"

namespace differential {

constexpr uint32_t PROLOGUE_WORDS = 23;
constexpr uint32_t EPILOGUE_WORDS = 26;

using body_slot = std::array<uint32_t, BODY_SLOT_WORDS>;
using body_data = std::array<uint8_t, BODY_DATA_SIZE>;

/* What a batch leaves behind, body by body. */
struct batch_result {
    std::vector<body_state> states;
    std::vector<body_data> data;
};

uint64_t body_slot_address(uint32_t number);
uint64_t body_state_address(uint32_t number);

/* The slot of body `number` of a batch. x30 holds body_state_address(number) at its entry. */
body_slot body_slot_make(const body &which, uint32_t number);
body_state body_state_make(const body &which);

} // namespace differential

#endif
