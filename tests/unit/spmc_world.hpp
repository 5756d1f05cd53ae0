// SPDX-License-Identifier: BSD-3-Clause
//
// A caller at the non-secure physical instance for tests of the SPMC core: makes calls, provides what the
// core needs, and keeps what went in and out. Registers that a call must not write hold a pattern of the
// caller's.
#ifndef TESTS_UNIT_SPMC_WORLD_HPP
#define TESTS_UNIT_SPMC_WORLD_HPP

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <vector>

#include "model/abi/ffa.h"
#include "model/abi/mm.h"
#include "model/abi/smccc.h"
#include "model/event/event.h"
#include "model/spmc/spmc.h"

class spmc_world {
public:
    static constexpr uint16_t MM_ID = 0x8002;
    static constexpr uint64_t DRAM_PA = 0x80000000;
    static constexpr uint64_t DRAM_SIZE = 0x100000;
    static constexpr uint64_t TX_PA = 0x80010000;
    static constexpr uint64_t RX_PA = 0x80020000;

    enum class partition_does { RESPONDS, ANSWERS, BREAKS };

    static struct spmc_config default_config()
    {
        struct spmc_config config;
        spmc_config_init(&config);
        config.ns_range_count = 1;
        config.ns_ranges[0] = {DRAM_PA, DRAM_SIZE};
        spmc_config_add_mm_partition(&config, MM_ID);
        return config;
    }

    explicit spmc_world(const struct spmc_config &config = default_config())
        : spmc(std::make_unique<struct spmc>()), log(std::make_unique<struct event_log>())
    {
        event_log_init(log.get());
        spmc_init(spmc.get(), &config, log.get());
    }

    // Registers not given are zero, as U-Boot passes them.
    struct smc_frame call(std::initializer_list<uint64_t> registers)
    {
        struct smc_frame frame = {};
        size_t i = 0;
        for (uint64_t value : registers) {
            frame.x[i++] = value;
        }
        return call_frame(frame);
    }

    struct smc_frame call_frame(const struct smc_frame &in)
    {
        struct smc_frame out = in;
        event_log_clear(log.get());
        registers_written = 0;
        powered = 0;
        struct spmc_step step = spmc_call(spmc.get(), &in);
        while (step.need != SPMC_DONE && step.need != SPMC_POWER) {
            provide(step);
            step = spmc_continue(spmc.get());
        }
        if (step.need == SPMC_POWER) {
            powered = step.function_id;
            return out;
        }
        registers_written = step.registers;
        for (uint32_t i = 0; i < step.registers; i++) {
            out.x[i] = step.frame.x[i];
        }
        return out;
    }

    struct smc_frame map() { return call({FFA_RXTX_MAP_64, TX_PA, RX_PA, 1}); }
    struct smc_frame version(uint32_t requested) { return call({FFA_VERSION, requested}); }
    struct smc_frame request(uint64_t payload)
    {
        return call({FFA_MSG_SEND_DIRECT_REQ_64, MM_ID, 0, payload});
    }
    struct smc_frame run() { return call({FFA_RUN, static_cast<uint64_t>(MM_ID) << 16}); }

    uint32_t events(enum event_kind kind) const
    {
        uint32_t count = 0;
        for (uint32_t i = 0; i < log->count; i++) {
            count += log->events[i].kind == kind;
        }
        return count;
    }

    // The check that refused the last call; 0: none did.
    uint64_t refused_by() const
    {
        for (uint32_t i = 0; i < log->count; i++) {
            if (log->events[i].kind == EVENT_SPMC_REFUSED) {
                return log->events[i].args[2];
            }
        }
        return 0;
    }

    std::unique_ptr<struct spmc> spmc;
    std::unique_ptr<struct event_log> log;
    uint32_t registers_written = 0;
    uint32_t powered = 0;
    bool rx_writable = true;
    uint64_t rx_written_pa = 0;
    std::vector<uint8_t> rx;           // the last write
    std::vector<struct smc_frame> ran; // what the partition was run with
    partition_does behaviour = partition_does::RESPONDS;
    struct smc_frame answer = {}; // ANSWERS: this, whatever it was asked

private:
    void provide(const struct spmc_step &step)
    {
        if (step.need == SPMC_WRITE) {
            rx_written_pa = step.pa;
            rx.assign(step.bytes, step.bytes + step.size);
            spmc_provide_accessed(spmc.get(), rx_writable);
            return;
        }
        ran.push_back(step.frame);
        switch (behaviour) {
        case partition_does::RESPONDS: {
            const struct smc_frame response = respond(step.frame);
            spmc_provide_response(spmc.get(), &response);
            return;
        }
        case partition_does::ANSWERS:
            spmc_provide_response(spmc.get(), &answer);
            return;
        case partition_does::BREAKS:
            spmc_provide_abort(spmc.get());
            return;
        }
    }

    // Echoes x3-x7 inverted.
    static struct smc_frame respond(const struct smc_frame &message)
    {
        struct smc_frame response = {};
        if (message.x[0] == FFA_RUN) {
            response.x[0] = FFA_MSG_WAIT;
            return response;
        }
        response.x[0] = message.x[0] + 1;
        response.x[1] = (message.x[1] << 16 | message.x[1] >> 16) & 0xFFFFFFFF;
        response.x[2] = message.x[2];
        for (int i = 3; i < 8; i++) {
            response.x[i] = ~message.x[i];
        }
        return response;
    }
};

inline uint64_t ffa_status(const struct smc_frame &frame)
{
    return frame.x[0] == FFA_ERROR ? frame.x[2] : 0;
}

constexpr uint64_t w(int32_t status)
{
    return static_cast<uint32_t>(status);
}

#endif
