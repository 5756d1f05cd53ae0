// SPDX-License-Identifier: BSD-3-Clause
//
// Two laws of the MM partition. It answers any bytes in the buffer with an architected status, stays inside
// the buffer and never asserts. And its variables are what a naive model (a list of names with values) holds,
// through random sets, appends, deletes, reads and walks, before and after ExitBootServices. MM_SP_MESSAGES
// and MM_SP_SEED change how many messages and which.
#include <cstdlib>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "tests/unit/mm_sp_world.hpp"

namespace {

const uint32_t MESSAGES_DEFAULT = 100000;

uint64_t environment(const char *name, uint64_t otherwise)
{
    const char *text = std::getenv(name);
    return text != nullptr ? std::strtoull(text, nullptr, 0) : otherwise;
}

// A message whose every field may be right or wrong.
class random_sender {
public:
    explicit random_sender(uint64_t seed) : random_(seed), world_(random_config())
    {
        world_.disturb = [this] { // somebody else writes meanwhile
            if (pick(4) == 0 && !world_.accesses.empty() && world_.accesses.back().op == ACCESS_READ) {
                world_.buffer[pick(world_.buffer.size())] = static_cast<uint8_t>(random_());
            }
        };
    }

    void send_once()
    {
        const uint64_t offset = pick(4) != 0 ? 0 : any_size();
        for (uint64_t i = 0; i < pick(16); i++) {
            world_.buffer[pick(world_.buffer.size())] = static_cast<uint8_t>(random_());
        }
        if (offset < world_.buffer.size() - MM_PAYLOAD_OFFSET - 256) {
            lay(offset);
        }
        if (pick(16) == 0) {
            arm();
        }
        world_.refuse_access = pick(32) == 0 ? static_cast<int>(pick(9)) : -1;
        const uint64_t function_id = pick(16) != 0 ? FFA_MSG_SEND_DIRECT_REQ_64 : random_();
        const uint64_t place = world_.standalone() ? mm_sp_world::BUFFER_PA + offset : offset;
        const struct smc_frame out = world_.run({{function_id, 0x8002, 0, place}});
        check(function_id, offset, out);
    }

private:
    uint64_t pick(uint64_t below) { return random_() % below; }

    struct mm_sp_config random_config()
    {
        const uint32_t sizes[] = {MM_SP_BUFFER_SIZE_MIN + 300, 4096, 32768};
        struct mm_sp_config config;
        mm_sp_config_init(&config, mm_sp_world::BUFFER_PA, sizes[pick(3)]);
        config.own_maintenance = pick(2) != 0;
        config.secure_barrier = pick(2) != 0;
        config.dialect = static_cast<uint8_t>(pick(MM_SP_DIALECT_COUNT));
        config.authentication = pick(2) != 0;
        config.piece_size = pick(2) != 0 ? static_cast<uint32_t>(1 + pick(200)) : 0;
        config.maintenance_per_piece = pick(2) != 0;
        config.preemptible = static_cast<uint32_t>(pick(MM_SP_POINTS_ALL + 1));
        return config;
    }

    uint64_t any_size()
    {
        const uint64_t sizes[] = {0,
                                  1,
                                  2,
                                  3,
                                  8,
                                  15,
                                  16,
                                  24,
                                  36,
                                  40,
                                  48,
                                  128,
                                  130,
                                  4020,
                                  4032,
                                  4072,
                                  4096,
                                  UINT64_MAX,
                                  UINT64_MAX - 35,
                                  UINT64_MAX - 40,
                                  1ULL << 32};
        return pick(4) == 0 ? random_() >> pick(64) : sizes[pick(21)];
    }

    void put(uint64_t at, uint64_t value) { memcpy(world_.buffer.data() + at, &value, 8); }

    void lay(uint64_t offset)
    {
        const uint8_t guid[] = MM_VARIABLE_GUID_BYTES;
        const uint64_t payload = offset + MM_PAYLOAD_OFFSET;
        if (pick(16) != 0) {
            memcpy(world_.buffer.data() + offset, guid, sizeof(guid));
        }
        put(offset + 16, pick(3) != 0 ? 16 + pick(200) : any_size());
        put(offset + 24, pick(8) != 0 ? 1 + pick(11) : random_());
        if (pick(2) != 0) {
            memset(world_.buffer.data() + payload, static_cast<int>(pick(2)), 16);
        }
        put(payload + 16, pick(2) != 0 ? pick(32) : any_size());
        put(payload + 24, pick(2) != 0 ? 2 * pick(8) : any_size());
        const uint32_t attributes = static_cast<uint32_t>(pick(4) != 0 ? pick(8) : random_());
        memcpy(world_.buffer.data() + payload + 32, &attributes, 4);
        memset(world_.buffer.data() + payload + 36, 0, 128);
        memcpy(world_.buffer.data() + payload + 36, "F\0o\0", 4);
    }

    void arm()
    {
        mm_sp_arm_fault(world_.core.get(), static_cast<enum mm_sp_fault>(pick(MM_SP_FAULT_COUNT)),
                        static_cast<int64_t>(random_()));
        faulty_ = true;
    }

    void check(uint64_t function_id, uint64_t offset, const struct smc_frame &out)
    {
        for (const struct access &access : world_.accesses) {
            if (access.op != ACCESS_DSB) {
                ASSERT_GE(access.pa, mm_sp_world::BUFFER_PA + offset);
                ASSERT_LE(access.pa + access.size, mm_sp_world::BUFFER_PA + world_.buffer.size());
                ASSERT_GT(access.size, 0U);
            }
        }
        const bool faulty = faulty_;
        if (static_cast<uint32_t>(function_id) != FFA_MSG_SEND_DIRECT_REQ_64) {
            return;
        }
        faulty_ = false;
        if (faulty) {
            return;
        }
        if (world_.standalone()) {
            check_standalone(out);
            return;
        }
        ASSERT_EQ(out.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
        const std::set<int64_t> statuses = {0, -1, -2, -3, -5};
        ASSERT_EQ(statuses.count(static_cast<int64_t>(out.x[3])), 1U) << out.x[3];
        if (out.x[3] == 0) {
            uint64_t length;
            memcpy(&length, world_.buffer.data() + offset + 16, 8);
            ASSERT_GE(length, 16U);
            ASSERT_LE(length, world_.buffer.size() - offset - 24);
        }
    }

    void check_standalone(const struct smc_frame &out)
    {
        if (out.x[0] == FFA_ERROR) {
            const std::set<int32_t> statuses = {FFA_DENIED, FFA_NO_MEMORY};
            ASSERT_EQ(statuses.count(static_cast<int32_t>(out.x[2])), 1U) << out.x[2];
            return;
        }
        ASSERT_EQ(out.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
        ASSERT_EQ(out.x[3], MM_STANDALONE_EVENT_COMPLETE);
        const struct access *read = nullptr;
        uint64_t bytes_read = 0;
        uint64_t bytes_written = 0;
        for (const struct access &access : world_.accesses) {
            read = access.op == ACCESS_READ ? &access : read;
            bytes_read += access.op == ACCESS_READ ? access.size : 0;
            bytes_written += access.op == ACCESS_WRITE ? access.size : 0;
        }
        ASSERT_NE(read, nullptr);
        ASSERT_EQ(bytes_read, bytes_written) << "the original size goes back";
    }

    std::mt19937_64 random_;
    mm_sp_world world_;
    bool faulty_ = false;
};

struct variable {
    std::string name;
    uint8_t guid;
    uint32_t attributes;
    bytes data;
};

// The store as a list, in the order of insertion.
class naive_store {
public:
    variable *find(const std::string &name, uint8_t guid)
    {
        for (variable &candidate : variables_) {
            if (candidate.name == name && candidate.guid == guid) {
                return &candidate;
            }
        }
        return nullptr;
    }

    bool visible(const variable &candidate) const
    {
        return (candidate.attributes & (runtime_ ? EFI_VARIABLE_RUNTIME_ACCESS : BS)) != 0;
    }

    uint64_t set(const variable &value, size_t count_max)
    {
        variable *old = find(value.name, value.guid);
        const bool append = (value.attributes & EFI_VARIABLE_APPEND_WRITE) != 0;
        const uint32_t attributes = value.attributes & ~EFI_VARIABLE_APPEND_WRITE;
        if (old == nullptr) {
            if (value.data.empty()) {
                return EFI_NOT_FOUND;
            }
            if (variables_.size() >= count_max) {
                return EFI_OUT_OF_RESOURCES;
            }
            if (append) {
                return EFI_NOT_FOUND;
            }
            variables_.push_back(value);
            return EFI_SUCCESS;
        }
        if (!visible(*old)) {
            return EFI_NOT_FOUND;
        }
        if ((attributes & BS_RT) == 0 || (value.data.empty() && !append)) {
            variables_.erase(variables_.begin() + (old - variables_.data()));
            return EFI_SUCCESS;
        }
        if (attributes != old->attributes) {
            return EFI_INVALID_PARAMETER;
        }
        const size_t kept = append ? old->data.size() : 0;
        if (kept + value.data.size() > VARIABLE_DATA_SIZE_DEFAULT) {
            return EFI_INVALID_PARAMETER;
        }
        old->data.resize(kept);
        old->data.insert(old->data.end(), value.data.begin(), value.data.end());
        return EFI_SUCCESS;
    }

    void exit_boot_services() { runtime_ = true; }
    bool at_runtime() const { return runtime_; }
    const std::vector<variable> &variables() const { return variables_; }

protected:
    std::vector<variable> variables_;
    bool runtime_ = false;
};

// The same of EDK2, in the order of writing; its stores are large enough here.
class naive_edk2 : public naive_store {
public:
    static constexpr size_t SIZE_MAX_WITH_NAME = 0x400 - 32;
    static constexpr size_t NAME_SIZE = 4;

    uint64_t set(const variable &value)
    {
        variable *old = find(value.name, value.guid);
        if (NAME_SIZE + value.data.size() > SIZE_MAX_WITH_NAME) {
            return EFI_INVALID_PARAMETER;
        }
        return old == nullptr ? create(value) : change(*old, value);
    }

private:
    uint64_t create(variable value)
    {
        const bool append = (value.attributes & EFI_VARIABLE_APPEND_WRITE) != 0;
        if (value.data.empty() && append) {
            return EFI_SUCCESS;
        }
        if (value.data.empty() || (value.attributes & BS_RT) == 0) {
            return EFI_NOT_FOUND;
        }
        value.attributes &= ~EFI_VARIABLE_APPEND_WRITE;
        if (runtime_ && value.attributes != NV_BS_RT) {
            return EFI_INVALID_PARAMETER;
        }
        variables_.push_back(value);
        return EFI_SUCCESS;
    }

    uint64_t change(variable &old, const variable &value)
    {
        const bool append = (value.attributes & EFI_VARIABLE_APPEND_WRITE) != 0;
        if (runtime_ && (old.attributes & EFI_VARIABLE_RUNTIME_ACCESS) == 0) {
            return EFI_WRITE_PROTECTED;
        }
        if (value.attributes != 0 && (value.attributes & ~EFI_VARIABLE_APPEND_WRITE) != old.attributes) {
            return EFI_INVALID_PARAMETER;
        }
        if (runtime_ && (old.attributes & EFI_VARIABLE_NON_VOLATILE) == 0) {
            return EFI_WRITE_PROTECTED;
        }
        variable changed = old;
        const auto place = variables_.begin() + (&old - variables_.data());
        if ((value.data.empty() && !append) || value.attributes == 0) {
            variables_.erase(place);
            return EFI_SUCCESS;
        }
        if (!append && value.data == old.data) {
            return EFI_SUCCESS;
        }
        changed.data.resize(append ? old.data.size() : 0);
        changed.data.insert(changed.data.end(), value.data.begin(), value.data.end());
        if (NAME_SIZE + changed.data.size() > SIZE_MAX_WITH_NAME) {
            return EFI_INVALID_PARAMETER;
        }
        variables_.erase(place);
        variables_.push_back(changed);
        return EFI_SUCCESS;
    }
};

class random_edk2_owner {
public:
    explicit random_edk2_owner(uint64_t seed) : random_(seed), world_(large_store()) {}

    static struct mm_sp_config large_store()
    {
        struct mm_sp_config config = mm_sp_world::default_config(MM_SP_STANDALONE_MM);
        config.limits.store_size = VARIABLE_STORE_SIZE_MAX;
        return config;
    }

    void step()
    {
        const std::string name(1, static_cast<char>('A' + pick(6)));
        const uint8_t guid = static_cast<uint8_t>(1 + pick(2));
        switch (pick(64)) {
        case 0:
            world_.exit_boot_services();
            naive_.exit_boot_services();
            return;
        case 1:
            walk();
            return;
        default:
            pick(2) != 0 ? set(name, guid) : get(name, guid);
            return;
        }
    }

private:
    uint64_t pick(uint64_t below) { return random_() % below; }

    static bool is_volatile(const variable &candidate)
    {
        return (candidate.attributes & EFI_VARIABLE_NON_VOLATILE) == 0;
    }

    bool sees(const variable &candidate) const { return naive_.visible(candidate) || !naive_.at_runtime(); }

    void set(const std::string &name, uint8_t guid)
    {
        const uint32_t choices[] = {BS, BS_RT, NV_BS_RT, NV_BS_RT, 0};
        variable value = {name, guid, choices[pick(5)], bytes(pick(4) == 0 ? 0 : pick(1000))};
        const uint8_t fill = static_cast<uint8_t>(pick(2)); // so that the same data comes again
        std::fill(value.data.begin(), value.data.end(), fill);
        value.attributes |= value.attributes != 0 && pick(3) == 0 ? EFI_VARIABLE_APPEND_WRITE : 0;
        const uint64_t status = world_.set(name, value.attributes, value.data, guid);
        ASSERT_EQ(status, naive_.set(value)) << name;
    }

    void get(const std::string &name, uint8_t guid)
    {
        const variable *expected = naive_.find(name, guid);
        const uint64_t room = pick(1000);
        const mm_sp_world::value value = world_.get(name, room, guid);
        if (expected == nullptr || !sees(*expected)) {
            ASSERT_EQ(value.efi_status, EFI_NOT_FOUND);
            return;
        }
        ASSERT_EQ(value.data_size, expected->data.size());
        ASSERT_EQ(value.attributes, expected->attributes);
        ASSERT_EQ(value.efi_status, expected->data.size() > room ? EFI_BUFFER_TOO_SMALL : EFI_SUCCESS);
        if (value.efi_status == EFI_SUCCESS) {
            ASSERT_EQ(value.data, expected->data);
        }
    }

    void walk()
    {
        std::vector<variable> expected = naive_.variables();
        std::stable_partition(expected.begin(), expected.end(), is_volatile);
        bytes name = utf16("");
        uint8_t guid = 0;
        for (const variable &candidate : expected) {
            if (!sees(candidate)) {
                continue;
            }
            const mm_sp_world::next_name found = world_.next(name, guid);
            ASSERT_EQ(found.efi_status, EFI_SUCCESS);
            ASSERT_EQ(found.name, utf16(candidate.name));
            ASSERT_EQ(found.guid.bytes[0], candidate.guid);
            name = found.name;
            guid = candidate.guid;
        }
        ASSERT_EQ(world_.next(name, guid).efi_status, EFI_NOT_FOUND);
    }

    std::mt19937_64 random_;
    mm_sp_world world_;
    naive_edk2 naive_;
};

class random_owner {
public:
    explicit random_owner(uint64_t seed) : random_(seed)
    {
        struct mm_sp_config config = mm_sp_world::default_config();
        count_max_ = 2 + pick(8);
        config.limits.count_max = static_cast<uint32_t>(count_max_);
        world_ = std::make_unique<mm_sp_world>(config);
    }

    void step()
    {
        const std::string name(1, static_cast<char>('A' + pick(6)));
        const uint8_t guid = static_cast<uint8_t>(1 + pick(2));
        switch (pick(64)) {
        case 0:
            world_->exit_boot_services();
            naive_.exit_boot_services();
            return;
        case 1:
            walk();
            return;
        default:
            pick(2) != 0 ? set(name, guid) : get(name, guid);
            return;
        }
    }

private:
    uint64_t pick(uint64_t below) { return random_() % below; }

    void set(const std::string &name, uint8_t guid)
    {
        const uint32_t choices[] = {BS, BS_RT, NV_BS_RT, NV_BS_RT, 0};
        variable value = {name, guid, choices[pick(5)], bytes(pick(4) == 0 ? 0 : pick(1500))};
        value.attributes |= pick(3) == 0 ? EFI_VARIABLE_APPEND_WRITE : 0;
        if (value.attributes == 0 && naive_.find(name, guid) == nullptr) {
            value.attributes = BS; // a variable that nobody may access is another test's subject
        }
        for (uint8_t &byte : value.data) {
            byte = static_cast<uint8_t>(random_());
        }
        const uint64_t status = world_->set(name, value.attributes, value.data, guid);
        ASSERT_EQ(status, naive_.set(value, count_max_)) << name;
    }

    void get(const std::string &name, uint8_t guid)
    {
        const variable *expected = naive_.find(name, guid);
        const uint64_t room = pick(2) != 0 ? 3900 : pick(1500);
        const mm_sp_world::value value = world_->get(name, room, guid);
        if (expected == nullptr || !naive_.visible(*expected)) {
            ASSERT_EQ(value.efi_status, EFI_NOT_FOUND);
            return;
        }
        ASSERT_EQ(value.data_size, expected->data.size());
        ASSERT_EQ(value.attributes, expected->attributes);
        if (expected->data.size() > std::min<uint64_t>(room, 4096 - 40 - 36 - 4)) {
            ASSERT_EQ(value.efi_status, EFI_BUFFER_TOO_SMALL);
            return;
        }
        ASSERT_EQ(value.efi_status, EFI_SUCCESS);
        ASSERT_EQ(value.data, expected->data);
    }

    void walk()
    {
        bytes name = utf16("");
        uint8_t guid = 0;
        for (const variable &expected : naive_.variables()) {
            if (!naive_.visible(expected)) {
                continue;
            }
            const mm_sp_world::next_name found = world_->next(name, guid);
            ASSERT_EQ(found.efi_status, EFI_SUCCESS);
            ASSERT_EQ(found.name, utf16(expected.name));
            ASSERT_EQ(found.guid.bytes[0], expected.guid);
            name = found.name;
            guid = expected.guid;
        }
        ASSERT_EQ(world_->next(name, guid).efi_status, EFI_NOT_FOUND);
    }

    std::mt19937_64 random_;
    size_t count_max_ = 0;
    std::unique_ptr<mm_sp_world> world_;
    naive_store naive_;
};

} // namespace

TEST(mm_sp_random_messages, are_all_answered_and_stay_in_the_buffer)
{
    const uint64_t seed = environment("MM_SP_SEED", 20260822);
    const uint64_t messages = environment("MM_SP_MESSAGES", MESSAGES_DEFAULT);
    const uint64_t senders = 10;
    for (uint64_t i = 0; i < senders && !HasFailure(); i++) {
        random_sender sender(seed + i);
        for (uint64_t m = 0; m < messages / senders && !HasFailure(); m++) {
            sender.send_once();
            if (HasFailure()) {
                ADD_FAILURE() << "message " << m << " of the sender with seed " << seed + i;
            }
        }
    }
}

namespace {

template <typename owner_type> void own()
{
    const uint64_t seed = environment("MM_SP_SEED", 20260822);
    const uint64_t steps = environment("MM_SP_MESSAGES", MESSAGES_DEFAULT);
    const uint64_t owners = 50;
    for (uint64_t i = 0; i < owners && !testing::Test::HasFailure(); i++) {
        owner_type owner(seed + i);
        for (uint64_t step = 0; step < steps / owners && !testing::Test::HasFailure(); step++) {
            owner.step();
            if (testing::Test::HasFailure()) {
                ADD_FAILURE() << "step " << step << " of the owner with seed " << seed + i;
            }
        }
    }
}

} // namespace

TEST(mm_sp_random_messages, leave_the_variables_that_a_naive_store_holds)
{
    own<random_owner>();
}

TEST(mm_sp_random_messages, leave_the_variables_that_a_naive_log_of_edk2_holds)
{
    own<random_edk2_owner>();
}
