/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The world around the firmware's runtime services, for unit tests on the host: what stands behind the SMC,
 * and what the maintenance functions were told. Both are recorded in one list, because their order is what
 * counts.
 */
#ifndef TESTS_UNIT_FIRMWARE_WORLD_HPP
#define TESTS_UNIT_FIRMWARE_WORLD_HPP

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "firmware/runtime/context.h"
#include "model/abi/mm.h"

struct WorldCall {
    std::string what;            // "before", "smc" or "after"
    std::array<uint64_t, 6> x{}; // smc: function and x1..x5
    uint64_t start = 0;          // maintenance: the range
    uint64_t end = 0;
    efi_phase phase = EFI_PHASE_BOOT; // maintenance: as told
};

using SmcAnswer = std::array<uint64_t, 8>;

class FirmwareWorld {
public:
    static constexpr uint16_t OWN_ID = 0x0003;
    static constexpr uint16_t PARTITION_ID = 0x8002;
    static constexpr uint64_t BUFFER_SIZE = 0x1000;

    FirmwareWorld();
    ~FirmwareWorld();
    FirmwareWorld(const FirmwareWorld &) = delete;
    FirmwareWorld &operator=(const FirmwareWorld &) = delete;

    /** As after BOOT, and as after ExitBootServices. */
    void boot_phase();
    void runtime_phase();

    /** What an SMC is answered with; by default the partition answers success and leaves the message alone.
     */
    std::function<SmcAnswer(const WorldCall &)> secure;

    /** The response that ends an exchange well, with `x3` as the MM status. */
    static SmcAnswer response(uint64_t x3 = 0);

    std::vector<WorldCall> calls;
    alignas(64) std::array<uint8_t, BUFFER_SIZE> shared{};
    alignas(64) std::array<uint8_t, BUFFER_SIZE> private_message{};

    mm_communicate_header header() const;
    mm_variable_header variable_header() const;

    /** Writes lengths and status as a partition does. */
    void answer_headers(uint64_t payload_size, uint64_t return_status);

    std::vector<std::string> order() const;
};

#endif
