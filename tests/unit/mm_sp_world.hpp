// SPDX-License-Identifier: BSD-3-Clause
//
// A caller with a shared buffer for tests of the MM partition's core: builds messages as U-Boot lays them
// out, provides the core's accesses from a byte array, and keeps a trace of them.
#ifndef TESTS_UNIT_MM_SP_WORLD_HPP
#define TESTS_UNIT_MM_SP_WORLD_HPP

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "model/abi/efi.h"
#include "model/abi/ffa.h"
#include "model/abi/mm.h"
#include "model/mm_sp/mm_sp.h"

constexpr uint32_t NV_BS_RT =
    EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS;
constexpr uint32_t BS = EFI_VARIABLE_BOOTSERVICE_ACCESS;
constexpr uint32_t BS_RT = EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS;

using bytes = std::vector<uint8_t>;

// A name as a variable has it: UTF-16, NUL included.
inline bytes utf16(const std::string &text)
{
    bytes result;
    for (const char c : text) {
        result.push_back(static_cast<uint8_t>(c));
        result.push_back(0);
    }
    result.insert(result.end(), 2, 0);
    return result;
}

inline bytes data_of(const std::string &text)
{
    return bytes(text.begin(), text.end());
}

inline struct efi_guid guid_of(uint8_t value)
{
    struct efi_guid guid;
    memset(guid.bytes, value, sizeof(guid.bytes));
    return guid;
}

class mm_sp_world {
public:
    static constexpr uint64_t BUFFER_PA = 0x81FFF000;
    static constexpr uint32_t BUFFER_SIZE = 4096;

    struct reply {
        uint64_t efi_status;
        uint64_t message_length;
        bytes payload; // message_length bytes, less the variable header
    };

    static struct mm_sp_config default_config(enum mm_sp_dialect dialect = MM_SP_SMM_GATEWAY)
    {
        struct mm_sp_config config;
        mm_sp_config_init(&config, BUFFER_PA, BUFFER_SIZE);
        config.dialect = static_cast<uint8_t>(dialect);
        return config;
    }

    explicit mm_sp_world(const struct mm_sp_config &config = default_config())
        : core(std::make_unique<struct mm_sp>()), log(std::make_unique<struct event_log>()),
          buffer(config.buffer_size, 0)
    {
        event_log_init(log.get());
        mm_sp_init(core.get(), &config, log.get());
    }
    ~mm_sp_world() { mm_sp_destroy(core.get()); }
    mm_sp_world(const mm_sp_world &) = delete;
    mm_sp_world &operator=(const mm_sp_world &) = delete;

    // Runs the partition with a frame and provides what it needs.
    struct smc_frame run(const struct smc_frame &frame)
    {
        event_log_clear(log.get());
        accesses.clear();
        points.clear();
        struct mm_sp_step step = mm_sp_call(core.get(), &frame);
        while (step.need != MM_SP_DONE) {
            step = mm_sp_continue(core.get(), step.need == MM_SP_PREEMPTIBLE ? pause(step) : provide(step));
        }
        return step.frame;
    }

    bool standalone() const { return core->config.dialect == MM_SP_STANDALONE_MM; }

    struct smc_frame doorbell(uint64_t offset = 0)
    {
        return run({{FFA_MSG_SEND_DIRECT_REQ_64, 0x8002, 0, standalone() ? BUFFER_PA + offset : offset}});
    }

    // Lays a message into the buffer.
    void lay(uint64_t function, const bytes &payload, uint64_t offset = 0, uint64_t status = 0)
    {
        const uint8_t guid[] = MM_VARIABLE_GUID_BYTES;
        const uint64_t length = MM_VARIABLE_HEADER_SIZE + payload.size();
        uint8_t *at = buffer.data() + offset;
        memcpy(at, guid, sizeof(guid));
        memcpy(at + 16, &length, 8);
        memcpy(at + 24, &function, 8);
        memcpy(at + 32, &status, 8);
        std::copy(payload.begin(), payload.end(), at + MM_PAYLOAD_OFFSET);
    }

    // One message that the endpoint accepts.
    reply invoke(uint64_t function, const bytes &payload, uint64_t offset = 0, uint64_t status = 0)
    {
        lay(function, payload, offset, status);
        mm_status = static_cast<int64_t>(doorbell(offset).x[3]);
        reply result = {};
        memcpy(&result.message_length, buffer.data() + offset + 16, 8);
        memcpy(&result.efi_status, buffer.data() + offset + 32, 8);
        const uint64_t room = buffer.size() - offset - MM_COMMUNICATE_HEADER_SIZE;
        if (result.message_length >= MM_VARIABLE_HEADER_SIZE && result.message_length <= room) {
            const uint8_t *at = buffer.data() + offset + MM_PAYLOAD_OFFSET;
            result.payload.assign(at, at + result.message_length - MM_VARIABLE_HEADER_SIZE);
        }
        return result;
    }

    static bytes access_payload(const bytes &name, uint32_t attributes, const bytes &data, uint64_t data_size,
                                const struct efi_guid &guid)
    {
        struct mm_variable_access header = {};
        header.guid = guid;
        header.data_size = data_size;
        header.name_size = name.size();
        header.attributes = attributes;
        bytes payload(MM_VARIABLE_ACCESS_NAME);
        memcpy(payload.data(), &header, MM_VARIABLE_ACCESS_NAME);
        payload.insert(payload.end(), name.begin(), name.end());
        payload.insert(payload.end(), data.begin(), data.end());
        return payload;
    }

    uint64_t set(const std::string &name, uint32_t attributes, const bytes &data, uint8_t guid = 1)
    {
        return invoke(MM_FUNCTION_SET_VARIABLE,
                      access_payload(utf16(name), attributes, data, data.size(), guid_of(guid)))
            .efi_status;
    }

    struct value {
        uint64_t efi_status;
        uint64_t data_size;
        uint32_t attributes;
        bytes data;
    };

    // StandaloneMM wants the room for the data in the message.
    static constexpr uint64_t ROOM_DEFAULT = UINT32_MAX;
    value get(const std::string &name, uint64_t room = ROOM_DEFAULT, uint8_t guid = 1)
    {
        const bytes wide = utf16(name);
        if (room == ROOM_DEFAULT) {
            room = standalone() ? 600 : 3000;
        }
        const bytes area(standalone() ? room : 0, 0xEE);
        const reply answer =
            invoke(MM_FUNCTION_GET_VARIABLE, access_payload(wide, 0, area, room, guid_of(guid)));
        value result = {answer.efi_status, 0, 0, {}};
        if (answer.payload.size() >= MM_VARIABLE_ACCESS_NAME + wide.size()) {
            struct mm_variable_access header;
            memcpy(&header, answer.payload.data(), MM_VARIABLE_ACCESS_NAME);
            result.data_size = header.data_size;
            result.attributes = header.attributes;
            result.data.assign(answer.payload.begin() + MM_VARIABLE_ACCESS_NAME +
                                   static_cast<std::ptrdiff_t>(wide.size()),
                               answer.payload.end());
            if (standalone()) { // the whole message comes back
                result.data.resize(answer.efi_status == EFI_SUCCESS ? header.data_size : 0);
            }
        }
        return result;
    }

    struct next_name {
        uint64_t efi_status;
        uint64_t name_size;
        struct efi_guid guid;
        bytes name;
    };

    next_name next(const bytes &name, uint8_t guid, uint64_t room = 128)
    {
        struct mm_variable_get_next header = {guid_of(guid), room};
        bytes payload(MM_VARIABLE_GET_NEXT_NAME + room);
        memcpy(payload.data(), &header, sizeof(header));
        std::copy_n(name.begin(), std::min<uint64_t>(name.size(), room), payload.begin() + sizeof(header));
        const reply answer = invoke(MM_FUNCTION_GET_NEXT_VARIABLE_NAME, payload);
        next_name result = {answer.efi_status, 0, {}, {}};
        if (answer.payload.size() >= sizeof(header)) {
            memcpy(&header, answer.payload.data(), sizeof(header));
            result.name_size = header.name_size;
            result.guid = header.guid;
            result.name.assign(answer.payload.begin() + sizeof(header), answer.payload.end());
            if (standalone() && answer.efi_status == EFI_SUCCESS) {
                result.name.resize(header.name_size);
            }
        }
        return result;
    }

    static bytes property_payload(const bytes &name, const struct mm_variable_property &property)
    {
        struct mm_variable_property header = property;
        header.guid = guid_of(1);
        header.name_size = name.size();
        bytes payload(sizeof(header));
        memcpy(payload.data(), &header, sizeof(header));
        payload.insert(payload.end(), name.begin(), name.end());
        return payload;
    }

    uint64_t set_property(const std::string &name, uint16_t property, uint64_t min, uint64_t max,
                          uint16_t revision = MM_VARIABLE_PROPERTY_REVISION)
    {
        struct mm_variable_property header = {};
        header.revision = revision;
        header.property = property;
        header.size_min = min;
        header.size_max = max;
        return invoke(MM_FUNCTION_VAR_CHECK_PROPERTY_SET, property_payload(utf16(name), header)).efi_status;
    }

    uint64_t exit_boot_services() { return invoke(MM_FUNCTION_EXIT_BOOT_SERVICES, {}).efi_status; }

    uint32_t count(enum access_op op) const
    {
        uint32_t result = 0;
        for (const struct access &access : accesses) {
            result += access.op == op;
        }
        return result;
    }

    std::unique_ptr<struct mm_sp> core;
    std::unique_ptr<struct event_log> log;
    bytes buffer;
    std::vector<struct access> accesses;
    std::vector<uint32_t> points;  // where the partition could have been preempted
    std::function<void()> disturb; // what happens after each access and at each point
    int64_t mm_status = 0;
    int refuse_access = -1; // the index of the access that the bus refuses

private:
    bool pause(const struct mm_sp_step &step)
    {
        points.push_back(step.point);
        if (disturb) {
            disturb();
        }
        return true;
    }

    bool provide(const struct mm_sp_step &step)
    {
        accesses.push_back(step.access);
        if (static_cast<int>(accesses.size()) - 1 == refuse_access) {
            return false;
        }
        if (step.access.op == ACCESS_READ) {
            memcpy(step.bytes, buffer.data() + (step.access.pa - BUFFER_PA), step.access.size);
        } else if (step.access.op == ACCESS_WRITE) {
            memcpy(buffer.data() + (step.access.pa - BUFFER_PA), step.bytes, step.access.size);
        }
        if (disturb) {
            disturb();
        }
        return true;
    }
};

#endif
