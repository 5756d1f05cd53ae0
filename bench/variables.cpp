// SPDX-License-Identifier: BSD-3-Clause
//
// How fast the MM partition's core answers without a machine around it: GetVariable of 64 bytes from a store
// of 40 variables, SetVariable, and the enumeration of 10,000 variables, in both dialects. Each is held
// against what it must reach; the exit status is 1 when one does not. An argument names a file, and the store
// is in it.
#include <cstdio>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

#include "model/abi/ffa.h"
#include "model/abi/mm.h"
#include "model/mm_sp/mm_sp.h"

namespace {

const uint64_t BUFFER_PA = 0x81FFF000;
const uint32_t BUFFER_SIZE = 4096;
const uint32_t DATA_SIZE = 64;
const uint32_t GETS = 200000;
const uint32_t VARIABLES = 10000;
const double GETS_PER_SECOND_MIN = 100000;
const double WALK_SECONDS_MAX = 1;

double cpu_seconds()
{
    struct timespec now {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double wall_seconds()
{
    struct timespec now {};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The caller and its buffer.
class partition {
public:
    partition(enum mm_sp_dialect dialect, const char *path)
    {
        struct mm_sp_config config;
        mm_sp_config_init(&config, BUFFER_PA, BUFFER_SIZE);
        config.dialect = static_cast<uint8_t>(dialect);
        config.limits.count_max = VARIABLES + 40;
        config.limits.store_size = VARIABLE_STORE_SIZE_MAX;
        config.store.path = path;
        event_log_init(log_.get());
        mm_sp_init(core_.get(), &config, log_.get());
        address_ = dialect == MM_SP_STANDALONE_MM ? BUFFER_PA : 0;
    }
    ~partition() { mm_sp_destroy(core_.get()); }
    partition(const partition &) = delete;
    partition &operator=(const partition &) = delete;

    // Sends a message whose payload stands at payload(); returns its EFI_STATUS.
    uint64_t send(uint64_t function, uint64_t payload_size)
    {
        static const uint8_t guid[] = MM_VARIABLE_GUID_BYTES;
        const uint64_t words[] = {MM_VARIABLE_HEADER_SIZE + payload_size, function, 0};
        memcpy(buffer_.data(), guid, sizeof(guid));
        memcpy(buffer_.data() + sizeof(guid), words, sizeof(words));
        event_log_clear(log_.get());
        const struct smc_frame request = {{FFA_MSG_SEND_DIRECT_REQ_64, 0x8002, 0, address_}};
        struct mm_sp_step step = mm_sp_call(core_.get(), &request);
        while (step.need != MM_SP_DONE) {
            uint8_t *at = buffer_.data() + (step.access.pa - BUFFER_PA);
            if (step.access.op == ACCESS_READ) {
                memcpy(step.bytes, at, step.access.size);
            } else if (step.access.op == ACCESS_WRITE) {
                memcpy(at, step.bytes, step.access.size);
            }
            step = mm_sp_continue(core_.get(), true);
        }
        uint64_t status;
        memcpy(&status, buffer_.data() + MM_PAYLOAD_OFFSET - sizeof(status), sizeof(status));
        return status;
    }

    uint64_t access(uint64_t function, uint32_t variable, uint8_t fill)
    {
        const std::vector<uint8_t> name = name_of(variable);
        struct mm_variable_access header = {};
        header.data_size = DATA_SIZE;
        header.name_size = name.size();
        header.attributes = EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS;
        memcpy(payload(), &header, MM_VARIABLE_ACCESS_NAME);
        memcpy(payload() + MM_VARIABLE_ACCESS_NAME, name.data(), name.size());
        memset(payload() + MM_VARIABLE_ACCESS_NAME + name.size(), fill, DATA_SIZE);
        return send(function, MM_VARIABLE_ACCESS_NAME + name.size() + DATA_SIZE);
    }

    // Variables that an enumeration finds.
    uint32_t walk()
    {
        const uint64_t room = 64;
        uint32_t found = 0;
        memset(payload(), 0, sizeof(struct mm_variable_get_next) + room);
        for (;;) {
            memcpy(payload() + offsetof(struct mm_variable_get_next, name_size), &room, sizeof(room));
            if (send(MM_FUNCTION_GET_NEXT_VARIABLE_NAME, sizeof(struct mm_variable_get_next) + room) !=
                EFI_SUCCESS) {
                return found;
            }
            found++;
            uint64_t name_size;
            memcpy(&name_size, payload() + offsetof(struct mm_variable_get_next, name_size),
                   sizeof(name_size));
            memset(payload() + sizeof(struct mm_variable_get_next) + name_size, 0, room - name_size);
        }
    }

private:
    static std::vector<uint8_t> name_of(uint32_t variable)
    {
        std::vector<uint8_t> name;
        for (const char c : "Variable" + std::to_string(variable)) {
            name.push_back(static_cast<uint8_t>(c));
            name.push_back(0);
        }
        name.insert(name.end(), 2, 0);
        return name;
    }

    uint8_t *payload() { return buffer_.data() + MM_PAYLOAD_OFFSET; }

    std::unique_ptr<struct mm_sp> core_ = std::make_unique<struct mm_sp>();
    std::unique_ptr<struct event_log> log_ = std::make_unique<struct event_log>();
    std::vector<uint8_t> buffer_ = std::vector<uint8_t>(BUFFER_SIZE);
    uint64_t address_;
};

bool tell(const char *what, double value, const char *unit, bool good)
{
    printf("  %-44s %12.3f %s%s\n", what, value, unit, good ? "" : "   too slow");
    return good;
}

bool measure_gets(partition &subject)
{
    for (uint32_t i = 0; i < 40; i++) {
        if (subject.access(MM_FUNCTION_SET_VARIABLE, i, 1) != EFI_SUCCESS) {
            return false;
        }
    }
    const double start = cpu_seconds();
    for (uint32_t i = 0; i < GETS; i++) {
        if (subject.access(MM_FUNCTION_GET_VARIABLE, i % 40, 0) != EFI_SUCCESS) {
            return false;
        }
    }
    const double rate = GETS / (cpu_seconds() - start);
    return tell("GetVariable of 64 bytes", rate, "per second", rate >= GETS_PER_SECOND_MIN);
}

// On a disk the time of the wall counts.
bool measure_sets(partition &subject, uint32_t sets)
{
    const double start = wall_seconds();
    for (uint32_t i = 0; i < sets; i++) {
        if (subject.access(MM_FUNCTION_SET_VARIABLE, i % 40, static_cast<uint8_t>(2 + i / 40 % 2)) !=
            EFI_SUCCESS) {
            return false;
        }
    }
    return tell("SetVariable of 64 bytes", sets / (wall_seconds() - start), "per second", true);
}

bool measure_walk(partition &subject)
{
    double start = cpu_seconds();
    for (uint32_t i = 40; i < VARIABLES; i++) {
        if (subject.access(MM_FUNCTION_SET_VARIABLE, i, 1) != EFI_SUCCESS) {
            return false;
        }
    }
    bool good = tell("making 10,000 variables", cpu_seconds() - start, "s of CPU", true);
    start = cpu_seconds();
    const uint32_t found = subject.walk();
    const double seconds = cpu_seconds() - start;
    good = tell("enumerating them", seconds, "s of CPU", seconds < WALK_SECONDS_MAX) && good;
    return good && found == VARIABLES;
}

} // namespace

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : nullptr;
    bool good = true;
    for (const enum mm_sp_dialect dialect : {MM_SP_SMM_GATEWAY, MM_SP_STANDALONE_MM}) {
        if (path != nullptr) {
            unlink(path);
        }
        printf("%s, store %s\n", dialect == MM_SP_STANDALONE_MM ? "StandaloneMM" : "smm-gateway",
               path != nullptr ? "in a file" : "in memory");
        partition subject(dialect, path);
        good = measure_gets(subject) && good;
        good = measure_sets(subject, path != nullptr ? 200 : 100000) && good;
        good = path != nullptr || (measure_walk(subject) && good);
    }
    return good ? 0 : 1;
}
