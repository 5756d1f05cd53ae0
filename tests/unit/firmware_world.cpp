/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/firmware_world.hpp"

#include <cassert>
#include <cstring>

#include "firmware/common/smc.h"
#include "firmware/maintenance/maintenance.h"
#include "model/abi/ffa.h"

namespace {
FirmwareWorld *world;
}

extern "C" smc_result smc_call(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
                               uint64_t a5)
{
    assert(world != nullptr);
    WorldCall call;
    call.what = "smc";
    call.x = {function, a1, a2, a3, a4, a5};
    world->calls.push_back(call);
    const SmcAnswer answer = world->secure(call);
    smc_result result{};
    std::copy(answer.begin(), answer.end(), result.x);
    return result;
}

static void maintenance_record(const char *what, uint64_t start, uint64_t end, efi_phase phase)
{
    assert(world != nullptr);
    WorldCall call;
    call.what = what;
    call.start = start;
    call.end = end;
    call.phase = phase;
    world->calls.push_back(call);
}

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    maintenance_record("before", start, end, phase);
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    maintenance_record("after", start, end, phase);
}

FirmwareWorld::FirmwareWorld() : secure([](const WorldCall &) { return response(); })
{
    assert(world == nullptr);
    world = this;
    boot_phase();
}

FirmwareWorld::~FirmwareWorld()
{
    world = nullptr;
}

void FirmwareWorld::boot_phase()
{
    efi_runtime_context = {};
    efi_runtime_context.shared_message = shared.data();
    efi_runtime_context.shared_size = shared.size();
    efi_runtime_context.private_message = private_message.data();
    efi_runtime_context.payload_max = BUFFER_SIZE - MM_PAYLOAD_OFFSET - 2;
    efi_runtime_context.own_id = OWN_ID;
    efi_runtime_context.partition_id = PARTITION_ID;
    efi_runtime_context.ffa_ready = true;
}

void FirmwareWorld::runtime_phase()
{
    efi_runtime_context.phase = EFI_PHASE_RUNTIME;
    efi_runtime_context.private_message = nullptr;
    efi_runtime_context.ffa_runtime_ready = true;
}

SmcAnswer FirmwareWorld::response(uint64_t x3)
{
    return {FFA_MSG_SEND_DIRECT_RESP_64, uint64_t{PARTITION_ID} << 16 | OWN_ID, 0, x3, 0, 0, 0, 0};
}

mm_communicate_header FirmwareWorld::header() const
{
    mm_communicate_header result;
    std::memcpy(&result, shared.data(), sizeof(result));
    return result;
}

mm_variable_header FirmwareWorld::variable_header() const
{
    mm_variable_header result;
    std::memcpy(&result, shared.data() + MM_COMMUNICATE_HEADER_SIZE, sizeof(result));
    return result;
}

void FirmwareWorld::answer_headers(uint64_t payload_size, uint64_t return_status)
{
    const uint64_t length = payload_size + MM_VARIABLE_HEADER_SIZE;
    std::memcpy(shared.data() + offsetof(mm_communicate_header, message_length), &length, sizeof(length));
    std::memcpy(shared.data() + MM_COMMUNICATE_HEADER_SIZE + offsetof(mm_variable_header, return_status),
                &return_status, sizeof(return_status));
}

std::vector<std::string> FirmwareWorld::order() const
{
    std::vector<std::string> result;
    for (const WorldCall &call : calls) {
        result.push_back(call.what);
    }
    return result;
}
