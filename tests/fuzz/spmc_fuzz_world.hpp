// SPDX-License-Identifier: BSD-3-Clause
//
// A normal world, partitions and memory that do what a fuzz input says, around the SPMC core. It holds the
// core to its contract: every access stays in buffers that were given to it, every call ends, and what comes
// back is a frame that the specification knows.
#ifndef TESTS_FUZZ_SPMC_FUZZ_WORLD_HPP
#define TESTS_FUZZ_SPMC_FUZZ_WORLD_HPP

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "model/event/event.h"
#include "model/spmc/spmc.h"
#include "tests/fuzz/fuzz_input.hpp"

class spmc_fuzz_world {
public:
    static constexpr uint64_t NS_PA = 0x80000000;
    static constexpr uint64_t NS_SIZE = 0x40000;
    static constexpr uint64_t SECURE_PA = 0x0E000000; // RX and TX of partitions
    static constexpr uint64_t SECURE_SIZE = 0x10000;
    static constexpr uint64_t TX_PA = NS_PA + 0x1000;
    static constexpr uint64_t RX_PA = NS_PA + 0x3000;
    static constexpr uint16_t PARTITION_ID = 0x8001; // the first of PARTITIONS
    static constexpr uint32_t PARTITIONS = 3;

    // Takes the profile, the version and the options from the input.
    explicit spmc_fuzz_world(fuzz_input &input);

    // A call of the normal world, with whatever partitions do about it taken from the input.
    struct smc_frame call(const struct smc_frame &in);

    // What a partition does at its next run, and at those after it, before the input is asked.
    void act_next(uint32_t partition, const struct smc_frame &act) { acts_[partition].push_back(act); }

    // Registers from the input.
    struct smc_frame frame();

    uint8_t *memory(uint64_t pa, uint64_t size, uint8_t space); // nullptr: not all of it is there

    struct spmc &core() { return *spmc_; }

private:
    void provide(const struct spmc_step &step);
    void partition_act(const struct spmc_step &step);
    void access_check(const struct spmc_step &step) const;
    void result_check(const struct smc_frame &in, const struct spmc_step &step) const;

    fuzz_input &input_;
    bool ran_ = false; // a partition, during this call
    std::deque<struct smc_frame> acts_[PARTITIONS];
    std::unique_ptr<struct spmc> spmc_ = std::make_unique<struct spmc>();
    std::unique_ptr<struct event_log> log_ = std::make_unique<struct event_log>();
    std::vector<uint8_t> ns_ = std::vector<uint8_t>(NS_SIZE);
    std::vector<uint8_t> secure_ = std::vector<uint8_t>(SECURE_SIZE);
};

// A frame as spmc_fuzz_world::frame() reads it from an input: for seeds.
std::string fuzz_frame(std::initializer_list<uint64_t> registers);

#endif
