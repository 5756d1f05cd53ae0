// SPDX-License-Identifier: BSD-3-Clause
//
// MM messages: any bytes in the shared buffer, any registers with them, in both dialects, with and without
// authentication, in pieces, and with a normal world that changes the buffer while the partition works. The
// partition keeps to its buffer, reads no byte of it twice in one request, and always answers.
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "model/abi/efi.h"
#include "model/abi/ffa.h"
#include "model/abi/mm.h"
#include "model/mm_sp/mm_sp.h"
#include "tests/fuzz/fuzz_input.hpp"

namespace {

const uint64_t BUFFER_PA = 0x81FFF000;
const uint32_t BUFFER_SIZE = 4096;
const uint32_t MESSAGES_MAX = 24;  // of one input
const uint32_t STEPS_MAX = 100000; // of one message: a page byte by byte, both ways, with maintenance of each

const uint64_t words[] = {
    0,
    1,
    2,
    MM_PAYLOAD_OFFSET,
    BUFFER_PA,
    BUFFER_PA + 8,
    BUFFER_PA + BUFFER_SIZE - MM_COMMUNICATE_HEADER_SIZE,
    BUFFER_SIZE,
    BUFFER_SIZE - MM_COMMUNICATE_HEADER_SIZE,
    UINT32_MAX,
    UINT64_MAX,
    0x80010000,
};

class mm_caller {
public:
    explicit mm_caller(fuzz_input &input) : input_(input)
    {
        struct mm_sp_config config;
        mm_sp_config_init(&config, BUFFER_PA, BUFFER_SIZE);
        const uint8_t options = input.byte();
        config.dialect = options & 1U;
        config.authentication = (options & 2U) != 0;
        config.own_maintenance = (options & 4U) != 0;
        config.maintenance_per_piece = (options & 8U) != 0;
        config.piece_size = (options & 0x10U) != 0 ? 1 + input.byte() : 0;
        config.preemptible = (options & 0x20U) != 0 ? MM_SP_POINTS_ALL : 0;
        event_log_init(log_.get());
        mm_sp_init(mm_sp_.get(), &config, log_.get());
    }

    ~mm_caller() { mm_sp_destroy(mm_sp_.get()); }
    mm_caller(const mm_caller &) = delete;
    mm_caller &operator=(const mm_caller &) = delete;

    void message()
    {
        static const uint64_t functions[] = {FFA_MSG_SEND_DIRECT_REQ_64, FFA_MSG_SEND_DIRECT_REQ_64,
                                             FFA_MSG_SEND_DIRECT_REQ2, FFA_MSG_SEND_DIRECT_REQ_32, FFA_RUN};
        struct smc_frame request = {};
        buffer_fill();
        request.x[0] = functions[input_.byte() % 5];
        request.x[1] = 0x8001;
        const uint64_t where = input_.word(words);
        const bool standalone = mm_sp_->config.dialect == MM_SP_STANDALONE_MM;
        request.x[request.x[0] == FFA_MSG_SEND_DIRECT_REQ2 ? 4 : 3] =
            standalone && where == 0 ? BUFFER_PA : where;
        run(request);
        event_log_clear(log_.get());
    }

private:
    // The header is right unless the input spoils it; the rest is the input's.
    void buffer_fill()
    {
        static const uint8_t guid[] = MM_VARIABLE_GUID_BYTES;
        const uint8_t spoilt = input_.byte();
        const uint32_t size = static_cast<uint32_t>(input_.take(2) % 1024);
        uint64_t length = MM_VARIABLE_HEADER_SIZE + size;
        memcpy(buffer_, guid, sizeof(guid));
        if ((spoilt & 1U) != 0) {
            length = input_.word(words);
        }
        memcpy(buffer_ + 16, &length, sizeof(length));
        const uint64_t function = input_.byte() % 16;
        memcpy(buffer_ + MM_COMMUNICATE_HEADER_SIZE, &function, sizeof(function));
        for (uint32_t i = 0; i < size; i++) {
            buffer_[MM_PAYLOAD_OFFSET + i] = input_.byte();
        }
        if ((spoilt & 2U) != 0) {
            buffer_[input_.take(2) % BUFFER_SIZE] = input_.byte();
        }
        changing_ = (spoilt & 4U) != 0;
    }

    void run(const struct smc_frame &request)
    {
        memset(read_, 0, sizeof(read_));
        uint32_t steps = 0;
        struct mm_sp_step step = mm_sp_call(mm_sp_.get(), &request);
        while (step.need != MM_SP_DONE) {
            fuzz_require(++steps < STEPS_MAX, "a message is answered");
            step = mm_sp_continue(mm_sp_.get(), step.need == MM_SP_PREEMPTIBLE || provide(step));
        }
        const auto function_id = static_cast<uint32_t>(step.frame.x[0]);
        fuzz_require(function_id == FFA_MSG_SEND_DIRECT_RESP_64 ||
                         function_id == FFA_MSG_SEND_DIRECT_RESP_32 ||
                         function_id == FFA_MSG_SEND_DIRECT_RESP2 || function_id == FFA_ERROR ||
                         function_id == FFA_MSG_WAIT,
                     "the answer is one that a partition may give");
    }

    bool provide(const struct mm_sp_step &step)
    {
        const struct access &access = step.access;
        if (access.size == 0) {
            return true; // a barrier
        }
        fuzz_require(access.pa >= BUFFER_PA && access.pa - BUFFER_PA <= BUFFER_SIZE &&
                         access.size <= BUFFER_SIZE - (access.pa - BUFFER_PA),
                     "an access stays in the buffer");
        const auto offset = static_cast<uint32_t>(access.pa - BUFFER_PA);
        for (uint32_t i = offset; access.op == ACCESS_READ && i < offset + access.size; i++) {
            fuzz_require(!read_[i], "no byte is read twice in one request");
            read_[i] = true;
            step.bytes[i - offset] = buffer_[i];
            buffer_[i] = changing_ ? static_cast<uint8_t>(buffer_[i] + 0x55) : buffer_[i];
        }
        for (uint32_t i = 0; access.op == ACCESS_WRITE && i < access.size; i++) {
            buffer_[offset + i] = step.bytes[i];
        }
        return true;
    }

    fuzz_input &input_;
    bool changing_ = false;
    uint8_t buffer_[BUFFER_SIZE] = {};
    bool read_[BUFFER_SIZE] = {};
    std::unique_ptr<struct event_log> log_ = std::make_unique<struct event_log>();
    std::unique_ptr<struct mm_sp> mm_sp_ = std::make_unique<struct mm_sp>();
};

// Seeds

std::string word(uint64_t value, unsigned bytes)
{
    std::string text;
    for (unsigned i = 0; i < bytes; i++) {
        text.push_back(static_cast<char>(i < 8 ? value >> (8 * i) : 0));
    }
    return text;
}

std::string utf16(const std::string &text)
{
    std::string result;
    for (char c : text) {
        result += word(static_cast<uint8_t>(c), 2);
    }
    return result + word(0, 2);
}

std::string guid(uint8_t value)
{
    return std::string(16, static_cast<char>(value));
}

// GetVariable and SetVariable.
std::string variable(uint32_t attributes, const std::string &name, const std::string &data,
                     uint64_t data_size)
{
    const std::string encoded = utf16(name);
    return guid(7) + word(data_size, 8) + word(encoded.size(), 8) + word(attributes, 4) + encoded + data;
}

std::string property(uint16_t flags, const std::string &name)
{
    const std::string encoded = utf16(name);
    return guid(7) + word(encoded.size(), 8) + word(1, 2) + word(flags, 2) + word(7, 4) + word(0, 8) +
           word(64, 8) + encoded;
}

std::string message(uint8_t function, const std::string &payload)
{
    return word(0, 1) + word(payload.size(), 2) + word(function, 1) + payload + word(0, 2);
}

// EFI_VARIABLE_AUTHENTICATION_2 with an empty SignedData, and content.
std::string descriptor(const std::string &content)
{
    static const std::string pkcs7("\x9d\xd2\xaf\x4a\xdf\x68\xee\x49\x8a\xa9\x34\x7d\x37\x56\x65\xa7", 16);
    return word(2026, 2) + "\1\1\1\1\1" + word(0, 9) + word(26, 4) + word(0x0200, 2) + word(0x0EF1, 2) +
           pkcs7 + word(0x0030, 2) + content;
}

const std::string SET_GET = message(MM_FUNCTION_SET_VARIABLE, variable(7, "Foo", "bar", 3)) +
                            message(MM_FUNCTION_GET_VARIABLE, variable(0, "Foo", "", 64));

} // namespace

extern const std::vector<std::string> fuzz_seeds = {
    word(0, 1) + SET_GET + message(MM_FUNCTION_GET_NEXT_VARIABLE_NAME, guid(0) + word(64, 8) + word(0, 2)) +
        message(MM_FUNCTION_EXIT_BOOT_SERVICES, "") + SET_GET,
    word(1, 1) + SET_GET + message(MM_FUNCTION_QUERY_VARIABLE_INFO, word(0, 24) + word(7, 8)) +
        message(MM_FUNCTION_READY_TO_BOOT, "") + SET_GET,
    word(0x34, 1) + word(15, 1) + SET_GET + message(MM_FUNCTION_VAR_CHECK_PROPERTY_SET, property(1, "Foo")) +
        SET_GET,
    word(3, 1) + message(MM_FUNCTION_SET_VARIABLE, variable(0x27, "PK", descriptor("x"), 43)) +
        message(MM_FUNCTION_SET_VARIABLE, variable(0x27, "db", descriptor(""), 42)),
    word(2, 1) + message(MM_FUNCTION_SET_VARIABLE, variable(0x27, "KEK", descriptor("x"), 43)) +
        message(MM_FUNCTION_SET_VARIABLE, variable(0x67, "private", descriptor("more"), 46)),
    word(0x10, 1) + word(0, 1) + message(MM_FUNCTION_VAR_CHECK_PROPERTY_GET, property(0, "Foo")) +
        message(MM_FUNCTION_GET_PAYLOAD_SIZE, word(0, 8)),
};
extern const std::vector<std::string> fuzz_words = {
    SET_GET,
    message(MM_FUNCTION_SET_VARIABLE, variable(0x47, "Foo", "more", 4)),
    message(MM_FUNCTION_SET_VARIABLE, variable(7, "Foo", "", 0)),
    message(MM_FUNCTION_GET_NEXT_VARIABLE_NAME, guid(7) + word(64, 8) + utf16("Foo")),
    message(MM_FUNCTION_EXIT_BOOT_SERVICES, ""),
    message(MM_FUNCTION_READY_TO_BOOT, ""),
    message(MM_FUNCTION_SET_VARIABLE, variable(0x27, "PK", descriptor("x"), 43)),
    word(UINT64_MAX, 8),
    word(0x8000000000000000, 8),
    word(4096, 2),
    word(0x27, 4),
    utf16("SetupMode"),
    guid(0),
};

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input(data, size);
    mm_caller caller(input);
    for (uint32_t messages = 0; messages < MESSAGES_MAX && !input.empty(); messages++) {
        caller.message();
    }
    return 0;
}
