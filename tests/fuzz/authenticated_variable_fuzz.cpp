// SPDX-License-Identifier: BSD-3-Clause
//
// Any bytes as the data of a SetVariable, and as the lists that are there already: an answer, with its
// content within the data, and nothing read beyond it. The first byte of an input chooses rules, variable,
// mode and append; the second how much of the rest is PK's value, the third how much is the existing one.
// Where data is not what somebody signed, user mode refuses it.
#include <algorithm>
#include <cassert>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/unit/authenticated_variable_world.hpp"

using namespace authentication;

extern const std::vector<std::string> fuzz_seeds;

namespace {

const char *const names[] = {"PK", "KEK", "db", "dbx", "dbt", "dbr", "Private", "PK"};

std::string input(uint8_t choice, const bytes &data)
{
    std::string result = {static_cast<char>(choice), 0, 0};
    result.append(data.begin(), data.end());
    return result;
}

// EDK2 does not look at the revision.
bytes less_revision(bytes data)
{
    if (data.size() >= 22) {
        data[20] = data[21] = 0;
    }
    return data;
}

bool is_signed(const bytes &data)
{
    return std::any_of(fuzz_seeds.begin(), fuzz_seeds.end(), [&](const std::string &seed) {
        return less_revision(data) == less_revision(bytes(seed.begin() + 3, seed.end()));
    });
}

std::vector<std::string> seeds_make()
{
    const people &all = everybody();
    const call db = call_of("db", all.stranger.list());
    const call kek = call_of("KEK", signature_list(TYPE_SHA256_GUID, {bytes(32, 1), bytes(32, 2)}));
    call wrapped = db;
    wrapped.wrapped = true;
    call attributes = db;
    attributes.flags = 0;
    const call other;
    return {input(2, db.signed_by(all.exchange)),
            input(1, kek.signed_by(all.platform)),
            input(3, wrapped.signed_by(all.leaf)),
            input(0x22, attributes.signed_by(all.exchange)),
            input(6, other.signed_by(all.vendor)),
            input(0x16, other.signed_by(all.vendor)),
            input(0x40, db.unsigned_data()),
            input(0x41, all.platform.list()),
            input(2, db.signed_by({&all.exchange, &all.leaf})),
            std::string(3, '\0')};
}

} // namespace

extern const std::vector<std::string> fuzz_seeds = seeds_make();
extern const std::vector<std::string> fuzz_words = {
    std::string("\x30\x82", 2),
    std::string("\x30\x80", 2),
    std::string("\x31\x0f", 2),
    std::string("\x02\x01\x01", 3),
    std::string("\xff\xff\xff\xff", 4),
    std::string("\0\0\0\0", 4),
    std::string("\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01", 11),
    std::string("\xa0\x82", 2),
};

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3) {
        return 0;
    }
    const uint8_t choice = data[0];
    const size_t rest = size - 3;
    const size_t pk_size = std::min<size_t>(data[1] * size_t{4}, rest);
    const size_t value_size = std::min<size_t>(data[2] * size_t{4}, rest - pk_size);
    machine store = (choice & 0x40) != 0 ? setup_mode() : user_mode();
    store.rules =
        (choice & 0x10) != 0 ? AUTHENTICATED_VARIABLE_TRUSTED_SERVICES : AUTHENTICATED_VARIABLE_EDK2;
    store.self_signed_pk = (choice & 0x80) != 0;
    if (pk_size != 0) {
        store.pk.assign(data + 3, data + 3 + pk_size);
        store.kek = store.pk;
    }
    store.exists = value_size != 0;
    store.value.assign(data + 3 + pk_size, data + 3 + pk_size + value_size);
    call what = call_of(names[choice & 7]);
    what.attributes = (choice & 0x20) != 0 ? APPEND : SIGNED;
    const bytes rest_bytes(data + 3 + pk_size + value_size, data + size);
    const uint64_t status = store.check(what, rest_bytes);
    assert(status != EFI_SUCCESS || store.answer.content_offset <= rest_bytes.size());
    assert(status != EFI_SUCCESS ||
           store.answer.content_size <= rest_bytes.size() - store.answer.content_offset);
    const bool names_database = (choice & 7) < 5 || (choice & 7) == 7;
    const bool guarded = names_database && pk_size == 0 && (choice & 0x40) == 0;
    if (status == EFI_SUCCESS && guarded && store.rules == AUTHENTICATED_VARIABLE_EDK2) {
        assert(is_signed(rest_bytes));
    }
    return 0;
}
