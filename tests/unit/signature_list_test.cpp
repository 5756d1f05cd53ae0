// SPDX-License-Identifier: BSD-3-Clause
//
// What is a list of signatures, what is in it, and what is left of one that is appended.
#include <gtest/gtest.h>

#include "tests/unit/authenticated_variable_world.hpp"

using namespace authentication;

namespace {

enum signature_list_status sizes(const bytes &list)
{
    const auto exact = std::make_unique<uint8_t[]>(list.size());
    std::copy(list.begin(), list.end(), exact.get());
    return signature_list_check_sizes(exact.get(), static_cast<uint32_t>(list.size()));
}

enum signature_list_status check(const bytes &list, bool one_only = false)
{
    return signature_list_check(list.data(), static_cast<uint32_t>(list.size()), one_only);
}

bytes hash_list(const std::vector<uint8_t> &values)
{
    std::vector<bytes> hashes;
    for (const uint8_t value : values) {
        hashes.push_back(bytes(32, value));
    }
    return signature_list(TYPE_SHA256_GUID, hashes);
}

bytes filtered(const bytes &present, bytes added)
{
    const uint32_t left = signature_list_filter(present.data(), static_cast<uint32_t>(present.size()),
                                                added.data(), static_cast<uint32_t>(added.size()));
    added.resize(left);
    return added;
}

bytes with_field(bytes list, size_t at, uint32_t value)
{
    const bytes field = number(value, 4);
    std::copy(field.begin(), field.end(), list.begin() + static_cast<std::ptrdiff_t>(at));
    return list;
}

} // namespace

TEST(signature_list, no_bytes_are_no_lists)
{
    EXPECT_EQ(SIGNATURE_LIST_OK, sizes({}));
    EXPECT_EQ(SIGNATURE_LIST_OK, check({}, true));
}

TEST(signature_list, sizes_must_fit_the_bytes_and_each_other)
{
    const bytes list = hash_list({1, 2});
    EXPECT_EQ(SIGNATURE_LIST_OK, sizes(list));
    EXPECT_EQ(SIGNATURE_LIST_OK, sizes(list + list));
    for (size_t size = 1; size < list.size(); size++) {
        EXPECT_EQ(SIGNATURE_LIST_TRUNCATED,
                  sizes(bytes(list.begin(), list.begin() + static_cast<long>(size))));
    }
    EXPECT_EQ(SIGNATURE_LIST_TRUNCATED, sizes(list + bytes{0}));
    EXPECT_EQ(SIGNATURE_LIST_TRUNCATED, sizes(with_field(list, 16, 0)));
    EXPECT_EQ(SIGNATURE_LIST_TRUNCATED, sizes(with_field(list, 16, 27)));
    EXPECT_EQ(SIGNATURE_LIST_TRUNCATED, sizes(with_field(list, 16, 0xFFFFFFFF)));
    EXPECT_EQ(SIGNATURE_LIST_TRUNCATED, sizes(with_field(list, 20, 97)));
    EXPECT_EQ(SIGNATURE_LIST_TRUNCATED, sizes(with_field(list, 20, 0xFFFFFFFF)));
    EXPECT_EQ(SIGNATURE_LIST_UNEVEN, sizes(with_field(list, 24, 0)));
    EXPECT_EQ(SIGNATURE_LIST_UNEVEN, sizes(with_field(list, 24, 15)));
    EXPECT_EQ(SIGNATURE_LIST_UNEVEN, sizes(with_field(list, 24, 47)));
    EXPECT_EQ(SIGNATURE_LIST_UNEVEN, sizes(with_field(list, 24, 0xFFFFFFFF)));
    EXPECT_EQ(SIGNATURE_LIST_UNEVEN, sizes(with_field(list, 20, 1)));
}

TEST(signature_list, each_type_has_its_size)
{
    const struct {
        const char *guid;
        size_t size;
    } types[] = {
        {"c1c41626-504c-4092-aca9-41f936934328", 32},  {"3c5766e8-269c-4e34-aa14-ed776e85b3b6", 256},
        {"e2b36190-879b-4a3d-ad8d-f2e7bba32784", 256}, {"826ca512-cf10-4ac9-b187-be01496631bd", 20},
        {"67f8444f-8743-48f1-a328-1eaab8736080", 256}, {"0b6e5233-a65c-44c9-9407-d9ab83bfc8bd", 28},
        {"ff3e5307-9fd0-48c9-85f1-8ad56c701e01", 48},  {"093e0fae-a6c4-4f50-9f1b-d41e2b89c19a", 64},
        {"3bd2a492-96c0-4079-b420-fcf98ef103ed", 48},  {"7076876e-80c2-4ee6-aad2-28b349a6865b", 64},
        {"446dbf63-2502-4cda-bcfa-2465d2b0fe9d", 80},
    };
    for (const auto &type : types) {
        EXPECT_EQ(SIGNATURE_LIST_OK, check(signature_list(guid(type.guid), {bytes(type.size, 1)})))
            << type.guid;
        EXPECT_EQ(SIGNATURE_LIST_SIZE, check(signature_list(guid(type.guid), {bytes(type.size + 1, 1)})));
        EXPECT_EQ(SIGNATURE_LIST_SIZE, check(signature_list(guid(type.guid), {bytes(type.size - 1, 1)})));
    }
    EXPECT_EQ(SIGNATURE_LIST_TYPE, check(signature_list(PRIVATE, {bytes(32, 1)})));
}

TEST(signature_list, a_header_is_of_no_type)
{
    bytes list = with_field(hash_list({1}), 20, 4);
    list = with_field(list, 16, static_cast<uint32_t>(list.size() + 4)) + bytes(4, 0);
    EXPECT_EQ(SIGNATURE_LIST_OK, sizes(list));
    EXPECT_EQ(SIGNATURE_LIST_SIZE, check(list));
}

TEST(signature_list, a_certificate_must_have_an_rsa_key)
{
    EXPECT_EQ(SIGNATURE_LIST_OK, check(everybody().platform.list()));
    EXPECT_EQ(SIGNATURE_LIST_CERTIFICATE, check(everybody().curve.list()));
    EXPECT_EQ(SIGNATURE_LIST_CERTIFICATE, check(signature_list(TYPE_X509_GUID, {text("no certificate")})));
    EXPECT_EQ(SIGNATURE_LIST_CERTIFICATE, check(signature_list(TYPE_X509_GUID, {})));
}

TEST(signature_list, one_may_be_all_there_are)
{
    EXPECT_EQ(SIGNATURE_LIST_OK, check(hash_list({1}), true));
    EXPECT_EQ(SIGNATURE_LIST_COUNT, check(hash_list({1, 2}), true));
    EXPECT_EQ(SIGNATURE_LIST_COUNT, check(hash_list({1}) + hash_list({2}), true));
}

TEST(signature_list, a_walk_meets_the_signatures_of_all_lists)
{
    const bytes lists =
        hash_list({1, 2}) + signature_list(TYPE_SHA256_GUID, {}) + everybody().platform.list();
    struct signature_walk walk;
    struct signature signature;
    std::string met;
    signature_walk_start(&walk, lists.data(), static_cast<uint32_t>(lists.size()));
    while (signature_walk_next(&walk, &signature)) {
        met += signature_is_x509(&signature) ? "x509 " : "hash" + std::to_string(signature.data[0]) + " ";
        EXPECT_EQ(0, memcmp(signature.owner, OWNER.data(), OWNER.size()));
    }
    EXPECT_EQ("hash1 hash2 x509 ", met);
}

TEST(signature_list, a_filter_keeps_what_is_new)
{
    EXPECT_EQ(hash_list({3}), filtered(hash_list({1, 2}), hash_list({1, 3, 2})));
    EXPECT_EQ(bytes(), filtered(hash_list({1, 2}), hash_list({2, 1})));
    EXPECT_EQ(
        hash_list({4}) + hash_list({5}),
        filtered(hash_list({1}) + hash_list({2, 3}), hash_list({4, 1}) + hash_list({2}) + hash_list({3, 5})));
    EXPECT_EQ(hash_list({1}), filtered({}, hash_list({1})));
    EXPECT_EQ(bytes(), filtered(hash_list({1}), {}));
    // The same bytes of another owner or type are another signature.
    bytes other = hash_list({1});
    other[28] ^= 1;
    EXPECT_EQ(other, filtered(hash_list({1}), other));
}
