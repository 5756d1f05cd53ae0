// SPDX-License-Identifier: BSD-3-Clause
//
// What an SMC costs in the SPMC's core without a machine around it: every call that moves no memory, and for
// comparison a page that is shared and reclaimed. Each is held against what it must reach; the exit status is
// 1 when one does not.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "bench/cpu_seconds.hpp"
#include "model/abi/ffa.h"
#include "model/abi/ffa_memory.h"
#include "model/abi/smccc.h"
#include "model/event/event.h"
#include "model/spmc/spmc.h"

namespace {

const uint64_t NS_PA = 0x80000000;
const uint64_t NS_SIZE = 0x100000;
const uint64_t TX_PA = NS_PA;
const uint64_t RX_PA = NS_PA + SPMC_PAGE_SIZE;
const uint16_t PARTITION_ID = 0x8001;
const uint32_t ROUNDS = 200000;
const double MICROSECONDS_MAX = 2;

class secure_side {
public:
    explicit secure_side(enum spmc_profile profile)
    {
        struct spmc_config config;
        spmc_config_init(&config);
        config.profile = static_cast<uint8_t>(profile);
        config.ns_range_count = 1;
        config.ns_ranges[0] = {NS_PA, NS_SIZE};
        spmc_config_add_mm_partition(&config, PARTITION_ID);
        config.partitions[0].properties |=
            FFA_PARTITION_RECEIVES_DIRECT_REQUESTS2 | FFA_PARTITION_NOTIFICATIONS;
        config.partitions[0].ffa_version = FFA_VERSION_1_2;
        event_log_init(log_.get());
        spmc_init(core_.get(), &config, log_.get());
        call({{FFA_VERSION, FFA_VERSION_1_2}});
        call({{FFA_RXTX_MAP_64, TX_PA, RX_PA, 1}});
    }

    // The partition answers at once with the payload that it was given.
    struct smc_frame call(const struct smc_frame &in)
    {
        event_log_clear(log_.get());
        struct spmc_step step = spmc_call(core_.get(), &in);
        while (step.need != SPMC_DONE) {
            if (step.need == SPMC_RUN_PARTITION) {
                struct smc_frame answer = step.frame;
                answer.x[0] =
                    answer.x[0] == FFA_MSG_SEND_DIRECT_REQ2 ? FFA_MSG_SEND_DIRECT_RESP2 : answer.x[0] + 1;
                answer.x[1] = (step.frame.x[1] << 16 | step.frame.x[1] >> 16) & UINT32_MAX;
                answer.x[2] = answer.x[0] == FFA_MSG_SEND_DIRECT_RESP2 ? 0 : answer.x[2];
                answer.x[3] = answer.x[0] == FFA_MSG_SEND_DIRECT_RESP2 ? 0 : answer.x[3];
                spmc_provide_response(core_.get(), &answer);
            } else {
                uint8_t *at = memory_.data() + (step.pa - NS_PA);
                if (step.need != SPMC_OWNERSHIP) {
                    memcpy(step.need == SPMC_READ ? step.bytes : at, step.need == SPMC_READ ? at : step.bytes,
                           step.size);
                }
                spmc_provide_accessed(core_.get(), true);
            }
            step = spmc_continue(core_.get());
        }
        return step.frame;
    }

    uint8_t *tx() { return memory_.data() + (TX_PA - NS_PA); }

private:
    std::unique_ptr<struct spmc> core_ = std::make_unique<struct spmc>();
    std::unique_ptr<struct event_log> log_ = std::make_unique<struct event_log>();
    std::vector<uint8_t> memory_ = std::vector<uint8_t>(NS_SIZE);
};

struct subject {
    const char *name;
    struct smc_frame calls[2]; // one after the other, so that the second undoes the first; x0 0: none
    uint32_t expected;         // x0 of the first one's result; 0: any
};

const struct subject subjects[] = {
    {"PSCI_VERSION", {{{PSCI_VERSION}}}, 0},
    {"SMCCC_VERSION", {{{SMCCC_VERSION}}}, 0},
    {"FFA_ID_GET", {{{FFA_ID_GET}}}, FFA_SUCCESS_32},
    {"FFA_FEATURES", {{{FFA_FEATURES, FFA_RXTX_MAP_64}}}, FFA_SUCCESS_32},
    {"FFA_PARTITION_INFO_GET and FFA_RX_RELEASE",
     {{{FFA_PARTITION_INFO_GET}}, {{FFA_RX_RELEASE}}},
     FFA_SUCCESS_32},
    {"FFA_RXTX_UNMAP and FFA_RXTX_MAP",
     {{{FFA_RXTX_UNMAP}}, {{FFA_RXTX_MAP_64, TX_PA, RX_PA, 1}}},
     FFA_SUCCESS_32},
    {"FFA_MSG_SEND_DIRECT_REQ", {{{FFA_MSG_SEND_DIRECT_REQ_64, PARTITION_ID}}}, FFA_MSG_SEND_DIRECT_RESP_64},
    {"FFA_RUN, refused", {{{FFA_RUN, 0x80050000}}}, FFA_ERROR},
    {"an unknown function", {{{0x840000F0}}}, FFA_ERROR},
};

const struct subject hafnium_subjects[] = {
    {"FFA_MSG_SEND_DIRECT_REQ2", {{{FFA_MSG_SEND_DIRECT_REQ2, PARTITION_ID}}}, FFA_MSG_SEND_DIRECT_RESP2},
    {"FFA_PARTITION_INFO_GET_REGS", {{{FFA_PARTITION_INFO_GET_REGS}}}, FFA_SUCCESS_64},
    {"FFA_NOTIFICATION_BITMAP_CREATE and _DESTROY",
     {{{FFA_NOTIFICATION_BITMAP_CREATE, 1, 1}}, {{FFA_NOTIFICATION_BITMAP_DESTROY, 1}}},
     FFA_SUCCESS_32},
};

bool measure(secure_side &side, const struct subject &subject)
{
    const uint32_t count = subject.calls[1].x[0] != 0 ? 2 : 1;
    const double start = bench::cpu_seconds_now();
    for (uint32_t i = 0; i < ROUNDS; i++) {
        const uint64_t x0 = side.call(subject.calls[0]).x[0];
        if (subject.expected != 0 && x0 != subject.expected) {
            printf("  %-44s answers 0x%llx, expected 0x%x\n", subject.name,
                   static_cast<unsigned long long>(x0), subject.expected);
            return false;
        }
        if (count == 2) {
            side.call(subject.calls[1]);
        }
    }
    const double microseconds = (bench::cpu_seconds_now() - start) * 1e6 / ROUNDS / count;
    const bool good = microseconds < MICROSECONDS_MAX;
    printf("  %-44s %8.3f us%s\n", subject.name, microseconds, good ? "" : "   too slow");
    return good;
}

// One page to one borrower and back: the descriptor is read, ownership told twice.
bool measure_share(secure_side &side)
{
    const struct ffa_memory_transaction_v1_1 header = {
        0, FFA_MEMORY_NORMAL_WB_INNER, 0, 0, 0, 16, 1, sizeof(header), {}};
    const struct ffa_memory_access_v1_0 access = {PARTITION_ID, FFA_MEMORY_DATA_READ_WRITE, 0,
                                                  sizeof(header) + sizeof(access), 0};
    const struct ffa_memory_composite composite = {1, 1, 0};
    const struct ffa_memory_constituent constituent = {NS_PA + 0x10000, 1, 0};
    uint8_t *at = side.tx();
    memcpy(at, &header, sizeof(header));
    memcpy(at + sizeof(header), &access, sizeof(access));
    memcpy(at + sizeof(header) + sizeof(access), &composite, sizeof(composite));
    memcpy(at + sizeof(header) + sizeof(access) + sizeof(composite), &constituent, sizeof(constituent));
    const uint64_t size = sizeof(header) + sizeof(access) + sizeof(composite) + sizeof(constituent);
    const double start = bench::cpu_seconds_now();
    for (uint32_t i = 0; i < ROUNDS; i++) {
        const struct smc_frame sent = side.call({{FFA_MEM_SHARE_32, size, size}});
        const struct smc_frame back = side.call({{FFA_MEM_RECLAIM, sent.x[2], sent.x[3]}});
        if (sent.x[0] != FFA_SUCCESS_32 || back.x[0] != FFA_SUCCESS_32) {
            printf("  FFA_MEM_SHARE or FFA_MEM_RECLAIM was refused: %d, %d\n",
                   static_cast<int32_t>(sent.x[2]), static_cast<int32_t>(back.x[2]));
            return false;
        }
    }
    printf("  %-44s %8.3f us\n", "FFA_MEM_SHARE and FFA_MEM_RECLAIM of a page",
           (bench::cpu_seconds_now() - start) * 1e6 / ROUNDS / 2);
    return true;
}

} // namespace

int main()
{
    static const char *const names[] = {"hafnium", "el3-spmc", "op-tee"};
    bool good = true;
    for (const enum spmc_profile profile :
         {SPMC_PROFILE_HAFNIUM, SPMC_PROFILE_EL3_SPMC, SPMC_PROFILE_OP_TEE}) {
        secure_side side(profile);
        printf("%s\n", names[profile]);
        for (const struct subject &subject : subjects) {
            good = measure(side, subject) && good;
        }
        for (const struct subject &subject : hafnium_subjects) {
            good = (profile != SPMC_PROFILE_HAFNIUM || measure(side, subject)) && good;
        }
        good = measure_share(side) && good;
    }
    return good ? 0 : 1;
}
