// SPDX-License-Identifier: BSD-3-Clause
//
// Prologue and epilogue of random bodies. TPIDR_EL0 is the one register that a program at EL0 may use as a
// scratch, so its value after the body is not compared; a body that reads it shows it in a general register.
#include "tests/differential/body_frame.hpp"

#include <cassert>
#include <cstddef>

#include "tests/differential/a64_encode.hpp"

namespace differential {

namespace {

constexpr uint32_t SP = offsetof(body_state, sp);
constexpr uint32_t FLAGS = offsetof(body_state, nzcv);
constexpr uint32_t TPIDR = offsetof(body_state, tpidr);
constexpr uint32_t EXIT = offsetof(body_state, exit_pc);

void prologue_put(std::vector<uint32_t> *out)
{
    out->push_back(a64::ldr(0, 30, SP));
    out->push_back(a64::add_immediate(a64::SP_OR_ZR, 0, 0));
    out->push_back(a64::ldr(0, 30, FLAGS));
    out->push_back(a64::msr(a64::NZCV, 0));
    out->push_back(a64::ldr(0, 30, TPIDR));
    out->push_back(a64::msr(a64::TPIDR_EL0, 0));
    out->push_back(a64::CLREX);
    for (uint32_t i = 0; i < 30; i += 2) {
        out->push_back(a64::ldp(i, i + 1, 30, 8 * i));
    }
    out->push_back(a64::ldr(30, 30, 8 * 30));
}

void epilogue_put(std::vector<uint32_t> *out, uint64_t state)
{
    out->push_back(a64::msr(a64::TPIDR_EL0, 30));
    out->push_back(a64::movz(30, static_cast<uint16_t>(state), 0));
    out->push_back(a64::movk(30, static_cast<uint16_t>(state >> 16), 1));
    for (uint32_t i = 0; i < 30; i += 2) {
        out->push_back(a64::stp(i, i + 1, 30, 8 * i));
    }
    out->push_back(a64::mrs(0, a64::TPIDR_EL0));
    out->push_back(a64::str(0, 30, 8 * 30));
    out->push_back(a64::add_immediate(0, a64::SP_OR_ZR, 0));
    out->push_back(a64::str(0, 30, SP));
    out->push_back(a64::mrs(0, a64::NZCV));
    out->push_back(a64::str(0, 30, FLAGS));
    out->push_back(a64::ldr(0, 30, EXIT));
    out->push_back(a64::br(0));
}

} // namespace

uint64_t body_slot_address(uint32_t number)
{
    assert(number < BODIES_PER_BATCH_MAX);
    return BODY_CODE_BASE + uint64_t{BODY_SLOT_SIZE} * number;
}

uint64_t body_state_address(uint32_t number)
{
    assert(number < BODIES_PER_BATCH_MAX);
    return BODY_STATE_BASE + sizeof(body_state) * number;
}

body_slot body_slot_make(const body &which, uint32_t number)
{
    std::vector<uint32_t> words;
    prologue_put(&words);
    assert(words.size() == PROLOGUE_WORDS);
    words.insert(words.end(), which.words.begin(), which.words.end());
    epilogue_put(&words, body_state_address(number));
    assert(words.size() == PROLOGUE_WORDS + BODY_WORDS + EPILOGUE_WORDS);
    body_slot slot;
    slot.fill(0); // UDF #0: nothing may run past the epilogue
    assert(words.size() <= slot.size());
    for (size_t i = 0; i < words.size(); i++) {
        slot[i] = words[i];
    }
    return slot;
}

body_state body_state_make(const body &which)
{
    body_state state = {};
    for (size_t i = 0; i < which.x.size(); i++) {
        state.x[i] = which.x[i];
    }
    state.sp = which.sp;
    state.nzcv = which.nzcv;
    state.tpidr = which.tpidr;
    state.data_seed = which.data_seed;
    return state;
}

} // namespace differential
