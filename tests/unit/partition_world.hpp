// SPDX-License-Identifier: BSD-3-Clause
// A partition with memory behind it: what its core asks for is done on plain bytes, one page each for TX and
// RX and four pages that can be lent to it.
#ifndef TESTS_UNIT_PARTITION_WORLD_HPP
#define TESTS_UNIT_PARTITION_WORLD_HPP

#include <cstring>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "model/abi/ffa.h"
#include "model/partition/partition.h"

namespace partition_test {

const uint16_t OWN_ID = 0x8002;
const uint16_t OTHER_ID = 0x8003;
const uint64_t TX_PA = 0x10000000;
const uint64_t RX_PA = 0x10001000;
const uint64_t SHARED_PA = 0x80000000;
const uint64_t SHARED_SIZE = 4 * PARTITION_PAGE_SIZE;
const uint32_t DIRECT_REQ2 = 0xC400008D;
const uint32_t DIRECT_RESP2 = 0xC400008E;

class world {
public:
    explicit world(enum partition_behaviour behaviour)
    {
        event_log_init(log.get());
        config.id = OWN_ID;
        config.behaviour = static_cast<uint8_t>(behaviour);
        config.ffa_version = FFA_VERSION_1_2;
        config.tx_pa = TX_PA;
        config.rx_pa = RX_PA;
        config.rxtx_pages = 1;
    }

    void start() { partition_init(partition_.get(), &config, log.get()); }

    // Runs the partition until it is done or dead.
    struct partition_step run(const struct smc_frame &frame)
    {
        struct partition_step step = partition_call(partition_.get(), &frame);
        while (step.need == PARTITION_ACCESS) {
            accesses.push_back(step.access);
            step = partition_continue(partition_.get(), access(step));
        }
        return step;
    }

    struct partition_step request(std::vector<uint64_t> payload,
                                  uint32_t function = FFA_MSG_SEND_DIRECT_REQ_64)
    {
        struct smc_frame frame = {{function, OWN_ID}};
        const size_t first = function == DIRECT_REQ2 ? 4 : 3;
        for (size_t i = 0; i < payload.size(); i++) {
            frame.x[first + i] = payload[i];
        }
        return run(frame);
    }

    struct partition_step error(int32_t status)
    {
        return run({{FFA_ERROR, 0, static_cast<uint32_t>(status)}});
    }
    struct partition_step success() { return run({{FFA_SUCCESS_32}}); }

    uint8_t *host(uint64_t pa)
    {
        if (pa >= TX_PA && pa < TX_PA + sizeof(tx)) {
            return tx + (pa - TX_PA);
        }
        if (pa >= RX_PA && pa < RX_PA + sizeof(rx)) {
            return rx + (pa - RX_PA);
        }
        return pa >= SHARED_PA && pa < SHARED_PA + SHARED_SIZE ? shared + (pa - SHARED_PA) : nullptr;
    }

    struct partition_config config {};
    std::unique_ptr<struct event_log> log = std::make_unique<struct event_log>();
    std::vector<struct access> accesses;
    int refuse_access = -1; // counted from 0
    uint8_t tx[PARTITION_PAGE_SIZE] = {};
    uint8_t rx[PARTITION_PAGE_SIZE] = {};
    uint8_t shared[SHARED_SIZE] = {};

private:
    bool access(const struct partition_step &step)
    {
        if (step.access.op == ACCESS_DSB) {
            EXPECT_EQ(step.access.size, 0U);
            return true;
        }
        uint8_t *bytes = host(step.access.pa);
        if (bytes == nullptr || static_cast<int>(accesses.size()) - 1 == refuse_access) {
            return false;
        }
        if (step.access.op == ACCESS_READ) {
            memcpy(step.bytes, bytes, step.access.size);
        } else {
            EXPECT_EQ(step.access.op, ACCESS_WRITE);
            memcpy(bytes, step.bytes, step.access.size);
        }
        return true;
    }

    std::unique_ptr<struct partition> partition_ = std::make_unique<struct partition>();
};

} // namespace partition_test

#endif
