// SPDX-License-Identifier: BSD-3-Clause
//
// A caller at the non-secure physical instance for tests of the SPMC core, with the partitions and the memory
// behind it: makes calls, provides what the core needs, and keeps what went in and out. A partition acts out
// its script, then answers the request that it has, or waits.
#ifndef TESTS_UNIT_SPMC_WORLD_HPP
#define TESTS_UNIT_SPMC_WORLD_HPP

#include <algorithm>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <map>
#include <memory>
#include <vector>

#include "model/abi/ffa.h"
#include "model/abi/ffa_memory.h"
#include "model/abi/mm.h"
#include "model/abi/smccc.h"
#include "model/bus/access.h"
#include "model/event/event.h"
#include "model/spmc/spmc.h"

class spmc_world {
public:
    static constexpr uint16_t MM_ID = 0x8002;
    static constexpr uint64_t DRAM_PA = 0x80000000;
    static constexpr uint64_t DRAM_SIZE = 0x100000;
    static constexpr uint64_t TX_PA = 0x80010000;
    static constexpr uint64_t RX_PA = 0x80020000;

    enum class partition_does { RESPONDS, BREAKS };

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
        sri = step.sri;
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

    // The acts of partition `index`, in order, each at one run of it.
    std::deque<struct smc_frame> &script(uint32_t index) { return scripts_[index]; }

    // Partition `index` makes a call while it works on a request of the normal world; what it was answered.
    struct smc_frame call_of_partition(uint32_t index, const struct smc_frame &frame)
    {
        script(index) = {frame};
        ran.clear();
        ran_by.clear();
        call({FFA_MSG_SEND_DIRECT_REQ_64, spmc->config.partitions[index].id});
        for (size_t i = 1; i < ran.size(); i++) {
            if (ran_by[i] == index) {
                return ran[i];
            }
        }
        return {};
    }

    void memory_set(uint64_t pa, const void *bytes, size_t size)
    {
        for (size_t i = 0; i < size; i++) {
            memory[pa + i] = static_cast<const uint8_t *>(bytes)[i];
        }
    }

    std::unique_ptr<struct spmc> spmc;
    std::unique_ptr<struct event_log> log;
    uint32_t registers_written = 0;
    uint32_t powered = 0;
    bool sri = false;
    bool rx_writable = true;
    bool tx_readable = true;
    uint64_t rx_written_pa = 0;
    uint8_t rx_written_space = 0;
    std::vector<uint8_t> rx;            // the last write
    std::map<uint64_t, uint8_t> memory; // what is not in it is zero
    std::vector<struct smc_frame> ran;  // what partitions were run with
    std::vector<uint32_t> ran_by;       // and which
    bool managed_exit = false;          // at the last run
    partition_does behaviour = partition_does::RESPONDS;

private:
    void provide(const struct spmc_step &step)
    {
        switch (step.need) {
        case SPMC_WRITE:
            rx_written_pa = step.pa;
            rx_written_space = step.space;
            rx.assign(step.bytes, step.bytes + step.size);
            memory_set(step.pa, step.bytes, step.size);
            spmc_provide_accessed(spmc.get(), rx_writable);
            return;
        case SPMC_READ:
            for (uint32_t i = 0; i < step.size; i++) {
                const auto found = memory.find(step.pa + i);
                step.bytes[i] = found == memory.end() ? 0 : found->second;
            }
            spmc_provide_accessed(spmc.get(), tx_readable);
            return;
        case SPMC_OWNERSHIP:
            spmc_provide_accessed(spmc.get(), true);
            return;
        default:
            run(step);
        }
    }

    void run(const struct spmc_step &step)
    {
        ran.push_back(step.frame);
        ran_by.push_back(step.partition);
        managed_exit = step.managed_exit;
        const auto function_id = static_cast<uint32_t>(step.frame.x[0]);
        if (function_id == FFA_MSG_SEND_DIRECT_REQ_32 || function_id == FFA_MSG_SEND_DIRECT_REQ_64 ||
            function_id == FFA_MSG_SEND_DIRECT_REQ2) {
            requests_[step.partition] = step.frame;
        }
        if (behaviour == partition_does::BREAKS) {
            spmc_provide_abort(spmc.get());
            return;
        }
        std::deque<struct smc_frame> &acts = scripts_[step.partition];
        struct smc_frame act = {{FFA_MSG_WAIT}};
        if (!acts.empty()) {
            act = acts.front();
            acts.pop_front();
        } else if (requests_.count(step.partition) != 0) {
            act = respond(requests_[step.partition]);
            requests_.erase(step.partition);
        }
        spmc_provide_response(spmc.get(), &act);
    }

    // Echoes x3-x7 inverted.
    static struct smc_frame respond(const struct smc_frame &message)
    {
        struct smc_frame response = {};
        response.x[0] = message.x[0] + 1;
        response.x[1] = (message.x[1] << 16 | message.x[1] >> 16) & 0xFFFFFFFF;
        response.x[2] = message.x[2];
        for (int i = 3; i < 8; i++) {
            response.x[i] = ~message.x[i];
        }
        if (message.x[0] == FFA_MSG_SEND_DIRECT_REQ2) {
            response.x[2] = 0;
            response.x[3] = 0;
            response.x[4] = ~message.x[4];
        }
        return response;
    }

    std::map<uint32_t, std::deque<struct smc_frame>> scripts_;
    std::map<uint32_t, struct smc_frame> requests_;
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
