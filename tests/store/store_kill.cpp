// SPDX-License-Identifier: BSD-3-Clause
//
// Kills a process (SIGKILL) that writes variables to a file, again and again, and looks after each time at
// what the file holds. The writer follows a sequence that is known: operation n sets, replaces, appends to,
// deletes, or does the first to two variables at once; a value tells of which operation it is. The writer
// says each number after the store has promised it. So the file must hold exactly the state after the last
// number that was heard, or after the next one: name, order, attributes, every byte, and the record of a
// signature.
//
//     store_kill [-kills=N] [-seed=N] [-messages]
//
// -messages: the writer sends MM variable messages to the service instead of calling the store itself (no
// pairs, no records: a message has neither).
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/abi/efi.h"
#include "model/abi/mm.h"
#include "model/mm_sp/variable_service.h"
#include "model/mm_sp/variable_store.h"
#include "model/mm_sp/variable_store_file.h"

namespace {

using bytes = std::vector<uint8_t>;

constexpr uint32_t NV_BS = EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS;
constexpr uint64_t VARIABLES = 24;
constexpr uint32_t VALUE_MAX = 12000;

struct options {
    uint32_t kills = 40;
    uint64_t seed = 20260730;
    bool messages = false;
};

enum action { SET, SET_PAIR, SET_SIGNED, APPEND, DELETE, SET_VOLATILE };

struct operation {
    enum action action;
    uint64_t variable;
    bytes value;
};

struct variable {
    uint32_t attributes = 0;
    bytes value;
    bytes timestamp; // empty: no record
};

uint64_t mix(uint64_t value)
{
    value = (value ^ value >> 31) * 0x9E3779B97F4A7C15ULL;
    return value ^ value >> 29;
}

// Of a size that takes one page or several, with its number in every eight bytes.
bytes value_of(uint64_t number, uint64_t salt)
{
    bytes value(8 + mix(number + salt) % (number % 9 == 0 ? VALUE_MAX : 300));
    for (size_t i = 0; i < value.size(); i++) {
        value[i] = static_cast<uint8_t>(i % 8 == 7 ? salt : number >> (8 * (i % 4)));
    }
    return value;
}

operation operation_at(uint64_t number, bool messages)
{
    static const enum action actions[] = {SET,    SET_PAIR, SET,    SET_SIGNED, SET,         APPEND,
                                          DELETE, SET,      APPEND, SET_PAIR,   SET_VOLATILE};
    operation result = {actions[number % 11], mix(number) % VARIABLES, value_of(number, 0)};
    if (messages && (result.action == SET_PAIR || result.action == SET_SIGNED)) {
        result.action = SET;
    }
    if (result.action == APPEND) {
        result.value.resize(std::min<size_t>(result.value.size(), 64));
    }
    return result;
}

bytes name_of(uint64_t variable, bool is_volatile)
{
    const std::string text = (is_volatile ? "Volatile" : "Variable") + std::to_string(variable);
    bytes name;
    for (const char c : text) {
        name.push_back(static_cast<uint8_t>(c));
        name.push_back(0);
    }
    name.resize(name.size() + 2);
    return name;
}

struct efi_guid name_space()
{
    struct efi_guid guid;
    memset(guid.bytes, 0x33, sizeof(guid.bytes));
    return guid;
}

bytes timestamp_of(uint64_t number)
{
    bytes result(16, 0);
    memcpy(result.data(), &number, sizeof(number));
    return result;
}

// The state that the operations lead to, in the order of enumeration.
class expectation {
public:
    explicit expectation(bool messages) : messages_(messages) {}

    void advance(uint64_t number)
    {
        const operation step = operation_at(number, messages_);
        switch (step.action) {
        case SET:
        case SET_SIGNED:
            put(step.variable, step.value, step.action == SET_SIGNED ? timestamp_of(number) : bytes());
            return;
        case SET_PAIR:
            put(step.variable, step.value, {});
            put((step.variable + 1) % VARIABLES, value_of(number, 1), {});
            return;
        case APPEND:
            append(step.variable, step.value);
            return;
        case DELETE:
            erase(step.variable);
            return;
        case SET_VOLATILE:
            return;
        }
    }

    std::vector<uint64_t> order;
    std::map<uint64_t, variable> variables;

private:
    void put(uint64_t which, const bytes &value, const bytes &timestamp)
    {
        if (variables.find(which) == variables.end()) {
            order.push_back(which);
        }
        variables[which] = {NV_BS, value, timestamp};
    }
    void append(uint64_t which, const bytes &value)
    {
        const auto found = variables.find(which);
        if (found == variables.end() || found->second.value.size() + value.size() > VALUE_MAX) {
            return;
        }
        found->second.value.insert(found->second.value.end(), value.begin(), value.end());
        found->second.timestamp.clear();
    }
    void erase(uint64_t which)
    {
        variables.erase(which);
        order.erase(std::remove(order.begin(), order.end(), which), order.end());
    }

    bool messages_;
};

// The writer that calls the store.
class store_writer {
public:
    explicit store_writer(const std::string &path) : path_(path)
    {
        variable_store_init(&store_);
        const struct variable_store_config config = {path_.c_str(), nullptr, 0};
        variable_store_configure(&store_, &config);
    }

    bool execute(uint64_t number)
    {
        const operation step = operation_at(number, false);
        bool good = variable_store_begin(&store_) == VARIABLE_STORE_OK;
        switch (step.action) {
        case SET:
            good = good && put(step.variable, step.value, nullptr);
            break;
        case SET_SIGNED: {
            struct variable_record record = {};
            memcpy(record.timestamp, timestamp_of(number).data(), sizeof(record.timestamp));
            good = good && put(step.variable, step.value, &record);
            break;
        }
        case SET_PAIR:
            good = good && put(step.variable, step.value, nullptr) &&
                   put((step.variable + 1) % VARIABLES, value_of(number, 1), nullptr);
            break;
        case APPEND:
            good = good && append(step.variable, step.value);
            break;
        case DELETE:
            good = good && erase(step.variable);
            break;
        case SET_VOLATILE:
            good = good && put(step.variable, step.value, nullptr, true);
            break;
        }
        return good && variable_store_commit(&store_) == VARIABLE_STORE_OK;
    }

private:
    bool find(uint64_t variable, bool is_volatile, struct variable_entry *entry)
    {
        const bytes name = name_of(variable, is_volatile);
        const struct efi_guid guid = name_space();
        return variable_store_find(&store_, &guid, name.data(), static_cast<uint32_t>(name.size()), entry) ==
               VARIABLE_STORE_OK;
    }
    bool put(uint64_t variable, const bytes &value, const struct variable_record *record,
             bool is_volatile = false)
    {
        struct variable_entry entry;
        const bytes name = name_of(variable, is_volatile);
        const struct efi_guid guid = name_space();
        if (!find(variable, is_volatile, &entry) &&
            variable_store_add(&store_, &guid, name.data(), static_cast<uint32_t>(name.size()), &entry) !=
                VARIABLE_STORE_OK) {
            return false;
        }
        const uint32_t attributes = is_volatile ? EFI_VARIABLE_BOOTSERVICE_ACCESS : NV_BS;
        return variable_store_write_signed(&store_, entry.id, attributes, value.data(),
                                           static_cast<uint32_t>(value.size()), record) == VARIABLE_STORE_OK;
    }
    bool append(uint64_t variable, const bytes &value)
    {
        struct variable_entry entry;
        if (!find(variable, false, &entry) || entry.data_size + value.size() > VALUE_MAX) {
            return true;
        }
        bytes whole(entry.data_size);
        if (variable_store_read(&store_, entry.id, whole.data(), entry.data_size) != VARIABLE_STORE_OK) {
            return false;
        }
        whole.insert(whole.end(), value.begin(), value.end());
        return variable_store_write(&store_, entry.id, NV_BS, whole.data(),
                                    static_cast<uint32_t>(whole.size())) == VARIABLE_STORE_OK;
    }
    bool erase(uint64_t variable)
    {
        struct variable_entry entry;
        if (!find(variable, false, &entry)) {
            return true;
        }
        return variable_store_delete_value(&store_, entry.id) == VARIABLE_STORE_OK &&
               variable_store_remove_unused(&store_, entry.id) == VARIABLE_STORE_OK;
    }

    struct variable_store store_;
    std::string path_;
};

// The writer that sends messages.
class message_writer {
public:
    explicit message_writer(const std::string &path)
        : service_(std::make_unique<struct variable_service>()), path_(path)
    {
        struct variable_config config = {};
        variable_limits_init(&config.limits);
        config.dialect = VARIABLE_DIALECT_SMM_GATEWAY;
        config.limits.count_max = 4 * VARIABLES;
        config.limits.data_size_max = VALUE_MAX;
        config.store.path = path_.c_str();
        variable_service_init(service_.get(), &config);
    }

    bool execute(uint64_t number)
    {
        const operation step = operation_at(number, true);
        switch (step.action) {
        case SET:
        case SET_SIGNED:
        case SET_PAIR:
            return set(step.variable, NV_BS, step.value) == EFI_SUCCESS;
        case APPEND: {
            const uint64_t status = set(step.variable, NV_BS | EFI_VARIABLE_APPEND_WRITE, step.value);
            return status == EFI_SUCCESS || status == EFI_NOT_FOUND || status == EFI_INVALID_PARAMETER;
        }
        case DELETE: {
            const uint64_t status = set(step.variable, NV_BS, {});
            return status == EFI_SUCCESS || status == EFI_NOT_FOUND;
        }
        case SET_VOLATILE:
            return set(step.variable, EFI_VARIABLE_BOOTSERVICE_ACCESS, step.value, true) == EFI_SUCCESS;
        }
        return false;
    }

private:
    uint64_t set(uint64_t variable, uint32_t attributes, const bytes &value, bool is_volatile = false)
    {
        bytes payload(65536);
        const bytes name = name_of(variable, is_volatile);
        struct mm_variable_access header = {};
        header.guid = name_space();
        header.data_size = value.size();
        header.name_size = name.size();
        header.attributes = attributes;
        memcpy(payload.data(), &header, MM_VARIABLE_ACCESS_NAME);
        std::copy(name.begin(), name.end(), payload.begin() + MM_VARIABLE_ACCESS_NAME);
        std::copy(value.begin(), value.end(),
                  payload.begin() + MM_VARIABLE_ACCESS_NAME + static_cast<std::ptrdiff_t>(name.size()));
        struct variable_call call = {};
        call.function = MM_FUNCTION_SET_VARIABLE;
        call.size = static_cast<uint32_t>(MM_VARIABLE_ACCESS_NAME + name.size() + value.size());
        call.capacity = static_cast<uint32_t>(payload.size());
        call.payload = payload.data();
        (void)variable_service_invoke(service_.get(), &call);
        return call.return_status;
    }

    std::unique_ptr<struct variable_service> service_;
    std::string path_;
};

// In the child: never returns. Says each number when it is done.
template <typename writer>
[[noreturn]] void write_until_killed(const std::string &path, uint64_t next, int out)
{
    writer pen(path);
    for (uint64_t number = next;; number++) {
        if (!pen.execute(number)) {
            fprintf(stderr, "store_kill: operation %llu failed\n", static_cast<unsigned long long>(number));
            _exit(1);
        }
        if (write(out, &number, sizeof(number)) != static_cast<ssize_t>(sizeof(number))) {
            _exit(1);
        }
    }
}

// Empty: the file holds this state; else what is wrong.
std::string difference(const std::string &path, const expectation &expected)
{
    struct variable_store store;
    variable_store_init(&store);
    const struct variable_store_config config = {path.c_str(), nullptr, 0};
    variable_store_configure(&store, &config);
    std::string wrong;
    struct variable_entry entry = {};
    size_t place = 0;
    for (; wrong.empty() && variable_store_next(&store, entry.id, &entry) == VARIABLE_STORE_OK; place++) {
        const bytes name(entry.name, entry.name + entry.name_size);
        if (place >= expected.order.size() || name != name_of(expected.order[place], false)) {
            wrong = "another variable in place " + std::to_string(place);
            break;
        }
        const variable &what = expected.variables.at(expected.order[place]);
        bytes value(entry.data_size);
        if (variable_store_read(&store, entry.id, value.data(), entry.data_size) != VARIABLE_STORE_OK) {
            wrong = "unreadable";
        } else if (value != what.value) {
            wrong = "another value of variable " + std::to_string(expected.order[place]);
        } else if (entry.attributes != what.attributes) {
            wrong = "other attributes";
        } else if (!std::equal(entry.record.timestamp, entry.record.timestamp + 16,
                               (what.timestamp.empty() ? bytes(16, 0) : what.timestamp).begin())) {
            wrong = "another record";
        }
    }
    if (wrong.empty() && place != expected.order.size()) {
        wrong = "only " + std::to_string(place) + " variables";
    }
    variable_store_close(&store);
    return wrong;
}

struct tally {
    uint32_t kept = 0;     // kills after which the operation under way had not happened
    uint32_t done = 0;     // after which it had
    uint32_t journals = 0; // in the middle of a transaction: there was something to roll back
    uint64_t operations = 0;
};

// A journal that a transaction has not ended with zeros begins with a magic number (SQLite, "The Rollback
// Journal").
bool journal_is_hot(const std::string &path)
{
    std::ifstream file(path + "-journal", std::ios::binary);
    return file.get() == 0xd9 && file.get() == 0xd5;
}

// One life and death of a writer. Returns the number of the operation to go on with.
bool kill_once(const options &choice, const std::string &path, std::mt19937_64 &random, expectation &state,
               tally &counts)
{
    int ends[2];
    if (pipe(ends) != 0) {
        perror("pipe");
        return false;
    }
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        if (choice.messages) {
            write_until_killed<message_writer>(path, counts.operations, ends[1]);
        }
        write_until_killed<store_writer>(path, counts.operations, ends[1]);
    }
    close(ends[1]);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 100000));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    uint64_t heard = 0;
    while (read(ends[0], &heard, sizeof(heard)) == static_cast<ssize_t>(sizeof(heard))) {
        state.advance(heard);
        counts.operations = heard + 1;
    }
    close(ends[0]);
    if (!WIFSIGNALED(status)) {
        fprintf(stderr, "store_kill: the writer ended by itself\n");
        return false;
    }
    counts.journals += journal_is_hot(path) ? 1 : 0;
    const std::string before = difference(path, state);
    expectation next = state;
    next.advance(counts.operations);
    const bool same = before.empty();
    const std::string after = difference(path, next);
    if (!same && !after.empty()) {
        fprintf(stderr, "store_kill: after operation %llu neither the old state (%s) nor the new one (%s)\n",
                static_cast<unsigned long long>(counts.operations), before.c_str(), after.c_str());
        return false;
    }
    counts.kept += same ? 1 : 0;
    counts.done += same ? 0 : 1;
    if (!same) {
        state = next;
        counts.operations++;
    }
    return true;
}

bool option(const char *argument, const char *name, uint64_t &value)
{
    const size_t length = strlen(name);
    if (strncmp(argument, name, length) != 0) {
        return false;
    }
    value = strtoull(argument + length, nullptr, 10);
    return true;
}

} // namespace

int main(int argc, char *argv[])
{
    options choice;
    uint64_t kills = choice.kills;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-messages") == 0) {
            choice.messages = true;
        } else if (!option(argv[i], "-kills=", kills) && !option(argv[i], "-seed=", choice.seed)) {
            fprintf(stderr, "usage: store_kill [-kills=N] [-seed=N] [-messages]\n");
            return 2;
        }
    }
    std::string folder = (std::filesystem::temp_directory_path() / "ffa-cosim-kill-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) {
        perror("mkdtemp");
        return 1;
    }
    const std::string path = folder + "/store";
    char error[VARIABLE_STORE_ERROR_MAX] = "";
    if (!variable_store_file_check(path.c_str(), true, error)) {
        fprintf(stderr, "store_kill: %s\n", error);
        return 1;
    }
    std::mt19937_64 random(choice.seed);
    expectation state(choice.messages);
    tally counts;
    bool good = true;
    uint64_t done = 0;
    for (; good && done < kills; done++) {
        good = kill_once(choice, path, random, state, counts);
    }
    printf("%llu kills, %llu operations: %u times the old state, %u times the new one, %u times in the "
           "middle of a "
           "transaction\n",
           static_cast<unsigned long long>(done), static_cast<unsigned long long>(counts.operations),
           counts.kept, counts.done, counts.journals);
    std::filesystem::remove_all(folder);
    return good ? 0 : 1;
}
