// SPDX-License-Identifier: BSD-3-Clause
// Tokens: one text for one token, exact refusals, and a hash that knows what a run is made of.
#include "cosim/token.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "model/platform/platform_file.h"

namespace {

const char *const EXAMPLE =
    "v1:variables-nc.no-invalidate:fvp-nc:00c0ffee12345678:pe0@123456.fill.ns.0x80201fc0;"
    "partition@17.hold.s.0x0;pe0@123460.2.writeback.ns.0x80201fc0;pe0@123999.read";

struct refusal {
    bool refused;
    size_t offset;
    std::string text;
};

refusal refusal_of(const std::string &text)
{
    struct token token;
    struct token_error error;
    const bool read = token_parse(text.c_str(), &token, &error);
    return {!read, error.offset, error.text};
}

std::string printed(const struct token &token)
{
    char text[TOKEN_TEXT_MAX];
    const size_t size = token_print(&token, text);
    EXPECT_EQ(strlen(text), size);
    return text;
}

TEST(token, reads_every_field)
{
    struct token token;
    struct token_error error;
    ASSERT_TRUE(token_parse(EXAMPLE, &token, &error)) << error.offset << ": " << error.text;
    EXPECT_STREQ("variables-nc.no-invalidate", token.scenario);
    EXPECT_STREQ("fvp-nc", token.platform);
    EXPECT_EQ(0x00c0ffee12345678U, token.hash);
    ASSERT_EQ(3U, token.move_count);
    EXPECT_EQ(AGENT_PE, token.moves[0].position.agent);
    EXPECT_EQ(0U, token.moves[0].position.pe);
    EXPECT_EQ(123456U, token.moves[0].position.count);
    EXPECT_EQ(0U, token.moves[0].position.ordinal);
    EXPECT_EQ(CHECKER_MOVE_FILL, token.moves[0].kind);
    EXPECT_EQ(PA_SPACE_NON_SECURE, token.moves[0].space);
    EXPECT_EQ(0x80201fc0U, token.moves[0].pa);
    EXPECT_EQ(AGENT_PARTITION, token.moves[1].position.agent);
    EXPECT_EQ(PA_SPACE_SECURE, token.moves[1].space);
    EXPECT_EQ(0U, token.moves[1].pa);
    EXPECT_EQ(2U, token.moves[2].position.ordinal);
    EXPECT_EQ(123999U, token.read.count);
    EXPECT_EQ(EXAMPLE, printed(token));
}

TEST(token, every_agent_and_move_has_a_name)
{
    const char *agents[] = {"pe0",     "pe3",  "fetch0",    "fetch2", "walker0",
                            "walker1", "spmc", "partition", "device"};
    const char *moves[] = {"fill", "drop", "writeback", "hold", "complete", "miss", "drain"};
    for (const char *agent : agents) {
        for (const char *move : moves) {
            const std::string text = std::string("v1:boot:p:0123456789abcdef:") + agent +
                                     "@18446744073709551615.1." + move + ".s.0xffffffffffffffff;" + agent +
                                     "@0.read";
            struct token token;
            struct token_error error;
            ASSERT_TRUE(token_parse(text.c_str(), &token, &error)) << text << ": " << error.text;
            EXPECT_EQ(text, printed(token));
        }
    }
}

TEST(token, may_have_no_moves_and_as_many_as_it_holds)
{
    std::string text = "v1:boot:p:0000000000000000:";
    EXPECT_FALSE(refusal_of(text + "pe0@1.read").refused);
    for (int i = 0; i < TOKEN_MOVES_MAX; i++) {
        text += "pe0@" + std::to_string(UINT64_MAX) + ".4294967295.writeback.ns.0xffffffffffffffff;";
    }
    EXPECT_FALSE(refusal_of(text + "device@1.read").refused);
    const refusal refused = refusal_of(text + "pe0@1.drop.ns.0x40;pe0@1.read");
    EXPECT_TRUE(refused.refused);
    EXPECT_EQ(text.size(), refused.offset);
    EXPECT_EQ("expected at most 32 moves", refused.text);
}

TEST(token, the_longest_one_fits_its_buffer)
{
    struct token token {};
    memset(token.scenario, 'a', TOKEN_NAME_MAX - 1);
    memset(token.platform, 'b', TOKEN_NAME_MAX - 1);
    token.hash = UINT64_MAX;
    token.move_count = TOKEN_MOVES_MAX;
    const struct token_position last = {UINT64_MAX, UINT32_MAX, AGENT_WALKER, 3};
    for (struct token_move &move : token.moves) {
        move = {last, UINT64_MAX, CHECKER_MOVE_WRITEBACK, PA_SPACE_NON_SECURE};
    }
    token.read = last;
    const std::string text = printed(token);
    EXPECT_FALSE(refusal_of(text).refused);
}

TEST(token, refusals_name_the_place_and_what_was_expected)
{
    const struct {
        const char *text;
        size_t offset;
        const char *expected;
    } rows[] = {
        {"", 0, "expected a token of version 1, which begins with v1:"},
        {"v2:boot", 1, "expected a token of version 1, which begins with v1:"},
        {"v1:", 3, "expected the name of a scenario, or boot"},
        {"v1::p:", 3, "expected the name of a scenario, or boot"},
        {"v1:a b:", 4, "expected ':' after a name of at most 63 bytes"},
        {"v1:a", 4, "expected ':' after a name of at most 63 bytes"},
        {"v1:a:", 5, "expected the name of a platform"},
        {"v1:a:b:", 7, "expected a hash of 16 hexadecimal digits in lower case"},
        {"v1:a:b:0123456789abcdeF:", 22, "expected a hash of 16 hexadecimal digits in lower case"},
        {"v1:a:b:0123456789abcdef0:", 23, "expected ':' after the hash"},
        {"v1:a:b:0123456789abcdef:", 24,
         "expected an agent: pe0, fetch0, walker0, spmc, partition or device"},
        {"v1:a:b:0123456789abcdef:cpu@1.read", 24,
         "expected an agent: pe0, fetch0, walker0, spmc, partition or device"},
        {"v1:a:b:0123456789abcdef:pe@1.read", 26, "expected the number of a PE, 0 to 3"},
        {"v1:a:b:0123456789abcdef:pe4@1.read", 26, "expected the number of a PE, 0 to 3"},
        {"v1:a:b:0123456789abcdef:pe00@1.read", 26, "expected a number without leading zeros"},
        {"v1:a:b:0123456789abcdef:spmc0@1.read", 28, "expected '@' after the agent"},
        {"v1:a:b:0123456789abcdef:pe0@.read", 28, "expected a decimal number below 2^64"},
        {"v1:a:b:0123456789abcdef:pe0@18446744073709551616.read", 28, "expected a decimal number below 2^64"},
        {"v1:a:b:0123456789abcdef:pe0@1", 29, "expected '.' after the position"},
        {"v1:a:b:0123456789abcdef:pe0@1.0.read", 30,
         "expected the number of an access from 1: the first has none"},
        {"v1:a:b:0123456789abcdef:pe0@1.4294967296.read", 30, "expected the number of an access, below 2^32"},
        {"v1:a:b:0123456789abcdef:pe0@1.evict.ns.0x0;", 30,
         "expected fill, drop, writeback, hold, complete, miss, drain, or read at the end"},
        {"v1:a:b:0123456789abcdef:pe0@1.fill", 34, "expected '.' after the move"},
        {"v1:a:b:0123456789abcdef:pe0@1.fill.l2.0x0;", 35, "expected a copy: ns or s"},
        {"v1:a:b:0123456789abcdef:pe0@1.fill.sec.0x0;", 36, "expected '.' after the copy"},
        {"v1:a:b:0123456789abcdef:pe0@1.fill.s.80;", 37, "expected an address: 0x and hexadecimal digits"},
        {"v1:a:b:0123456789abcdef:pe0@1.fill.s.0x;", 39,
         "expected hexadecimal digits in lower case, at most 16"},
        {"v1:a:b:0123456789abcdef:pe0@1.fill.s.0x080;", 39, "expected a number without leading zeros"},
        {"v1:a:b:0123456789abcdef:pe0@1.fill.s.0x10000000000000000;", 39,
         "expected hexadecimal digits in lower case, at most 16"},
        {"v1:a:b:0123456789abcdef:pe0@1.fill.s.0x40", 41, "expected ';' after a move"},
        {"v1:a:b:0123456789abcdef:pe0@1.fill.s.0x40;", 42,
         "expected an agent: pe0, fetch0, walker0, spmc, partition or device"},
        {"v1:a:b:0123456789abcdef:pe0@1.read;", 34, "expected the end of the token after read"},
        {"v1:a:b:0123456789abcdef:pe0@1.read ", 34, "expected the end of the token after read"},
    };
    for (const auto &row : rows) {
        const refusal refused = refusal_of(row.text);
        EXPECT_TRUE(refused.refused) << row.text;
        EXPECT_EQ(row.offset, refused.offset) << row.text;
        EXPECT_EQ(row.expected, refused.text) << row.text;
    }
}

TEST(token, names_that_fit)
{
    EXPECT_TRUE(token_name_fits("variables-nc.no-invalidate"));
    EXPECT_TRUE(token_name_fits(std::string(TOKEN_NAME_MAX - 1, 'x').c_str()));
    EXPECT_FALSE(token_name_fits(std::string(TOKEN_NAME_MAX, 'x').c_str()));
    for (const char *name : {"", "a b", "a:b", "a;b", "a\n", "\x7f", "\xc3\xa9"}) {
        EXPECT_FALSE(token_name_fits(name)) << name;
    }
    const std::string text = "v1:" + std::string(TOKEN_NAME_MAX, 'x') + ":p:0123456789abcdef:pe0@1.read";
    EXPECT_EQ(3U + TOKEN_NAME_MAX - 1, refusal_of(text).offset);
}

// Whatever is read prints as it was; whatever is refused is refused inside the text.
TEST(token, mutated_and_random_texts_are_read_back_or_refused)
{
    std::mt19937_64 random(1);
    const std::string alphabet = std::string(EXAMPLE) + "0123456789abcdefpsx@.;: \n\xff";
    uint32_t read = 0, refused = 0;
    for (int round = 0; round < 200000; round++) {
        std::string text = round % 10 == 0 ? "" : EXAMPLE;
        for (uint64_t changes = 1 + random() % 3; changes > 0; changes--) {
            const size_t place = random() % (text.size() + 1);
            const size_t size = random() % 4;
            std::string bytes;
            for (size_t i = random() % 4; i > 0; i--) {
                bytes += random() % 8 == 0 ? static_cast<char>(1 + random() % 255)
                                           : alphabet[random() % alphabet.size()];
            }
            text.replace(place, size, bytes);
        }
        struct token token;
        struct token_error error;
        if (token_parse(text.c_str(), &token, &error)) {
            ASSERT_EQ(text, printed(token));
            read++;
        } else {
            ASSERT_LE(error.offset, text.size()) << text;
            ASSERT_EQ(0U, std::string(error.text).find("expected ")) << text;
            refused++;
        }
    }
    EXPECT_GT(read, 5000U);
    EXPECT_GT(refused, 50000U);
}

// A run with something of everything.
struct run_parts {
    struct platform_config platform;
    std::vector<uint8_t> code = {1, 2, 3, 4};
    std::vector<uint8_t> operands = {5, 6};
    struct machine_segment segment {};
    struct machine_step step {};
    struct machine_console_line line {};
    struct machine_request request {};

    run_parts()
    {
        memset(&platform, 0, sizeof(platform));
        segment = {0x80000000, code.data(), code.size(), 0x1000};
        step.code = 3;
        step.operands = operands.data();
        step.operands_size = static_cast<uint32_t>(operands.size());
        line = {"=>", "boot\n", 100};
        request.platform = &platform;
        request.segments = &segment;
        request.segment_count = 1;
        request.entry = 0x80000000;
        request.steps = &step;
        request.step_count = 1;
        request.console = &line;
        request.console_count = 1;
        request.stop_text = "done";
    }
    uint64_t hash() const { return token_run_hash(&request); }
};

TEST(token_run_hash, is_the_same_for_the_same_run)
{
    run_parts a, b;
    EXPECT_EQ(a.hash(), b.hash());
    snprintf(b.platform.name, sizeof(b.platform.name), "other");
    snprintf(b.platform.about, sizeof(b.platform.about), "texts for people");
    b.request.instructions_max = 1000;
    b.request.mode = MACHINE_MODE_CACHED;
    b.line.within_instructions = 5;
    EXPECT_EQ(a.hash(), b.hash());
}

TEST(token_run_hash, differs_when_anything_differs)
{
    const uint64_t before = run_parts().hash();
    const auto changed = [&](const std::function<void(run_parts &)> &change) {
        run_parts parts;
        change(parts);
        return parts.hash() != before;
    };
    EXPECT_TRUE(changed([](run_parts &parts) { parts.code[3] ^= 1; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.segment.pa += 64; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.segment.size_memory += 64; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.segment.size_file--; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.request.segment_count = 0; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.request.entry += 4; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.request.entry_x0 = 1; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.step.code++; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.operands[0]++; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.step.operands_size--; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.step.interrupts++; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.step.fault_kind++; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.step.fault_value--; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.request.step_count = 0; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.line.send = "boot"; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.line.expect = nullptr; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.line.expect = ""; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.request.console_count = 0; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.request.stop_text = nullptr; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.platform.secure_mapping = SECURE_MAPPING_NORMAL_WB; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.platform.cache.line = 64; }));
    EXPECT_TRUE(changed([](run_parts &parts) { parts.platform.owners[PLATFORM_OWNERS_MAX - 1].owner = 1; }));
}

// Bytes may not move from one part to the next unseen.
TEST(token_run_hash, knows_where_parts_end)
{
    run_parts a, b;
    a.line = {"ab", "c", 0};
    b.line = {"a", "bc", 0};
    EXPECT_NE(a.hash(), b.hash());
}

// Media are parts of a run: their bytes, their sizes, and which of them they are.
class token_media_hash : public ::testing::Test {
protected:
    // The hash of a run with these bytes as ...
    uint64_t flash(uint32_t bank, uint64_t size = sizeof(bytes_))
    {
        run_parts parts;
        parts.request.flashes[bank] = {bytes_, size, nullptr};
        return parts.hash();
    }

    uint64_t disk(bool read_only = false, uint64_t size = sizeof(bytes_))
    {
        run_parts parts;
        parts.request.disk = {bytes_, size, read_only, nullptr};
        return parts.hash();
    }

    uint64_t device_tree(uint64_t pa = 0, uint64_t size = sizeof(bytes_))
    {
        run_parts parts;
        parts.request.device_tree = bytes_;
        parts.request.device_tree_size = size;
        parts.request.device_tree_pa = pa;
        return parts.hash();
    }

    std::vector<uint64_t> each() { return {flash(0), flash(1), disk(), device_tree()}; }

    uint8_t bytes_[512] = {};
};

TEST_F(token_media_hash, tells_none_from_zeros_and_one_medium_from_another)
{
    std::vector<uint64_t> hashes = each();
    hashes.push_back(run_parts().hash());
    for (size_t i = 0; i < hashes.size(); i++) {
        for (size_t j = 0; j < i; j++) {
            EXPECT_NE(hashes[i], hashes[j]) << i << " " << j;
        }
    }
    EXPECT_EQ(each(), each());
}

TEST_F(token_media_hash, knows_every_byte)
{
    const std::vector<uint64_t> before = each();
    for (const size_t index : {size_t{0}, size_t{255}, sizeof(bytes_) - 1}) {
        bytes_[index] ^= 0x80;
        const std::vector<uint64_t> after = each();
        for (size_t i = 0; i < before.size(); i++) {
            EXPECT_NE(before[i], after[i]) << index << " " << i;
        }
        bytes_[index] ^= 0x80;
    }
    EXPECT_EQ(before, each());
}

TEST_F(token_media_hash, knows_sizes_places_and_what_may_be_written)
{
    EXPECT_NE(flash(0), flash(0, sizeof(bytes_) - 1));
    EXPECT_NE(disk(), disk(false, sizeof(bytes_) - 1));
    EXPECT_NE(disk(), disk(true));
    EXPECT_NE(device_tree(), device_tree(0, sizeof(bytes_) - 1));
    EXPECT_NE(device_tree(), device_tree(0x48000000));
}

TEST_F(token_media_hash, does_not_ask_what_becomes_of_them)
{
    uint8_t after[sizeof(bytes_)];
    run_parts parts;
    parts.request.flashes[1] = {bytes_, sizeof(bytes_), after};
    EXPECT_EQ(parts.hash(), flash(1));
    parts.request.flashes[1] = {};
    parts.request.disk = {bytes_, sizeof(bytes_), false, after};
    EXPECT_EQ(parts.hash(), disk());
}

// What the reader of platform files leaves in the padding is nothing.
TEST(token_run_hash, is_the_same_for_a_platform_read_twice)
{
    uint64_t hashes[2];
    for (int i = 0; i < 2; i++) {
        run_parts parts;
        memset(&parts.platform, 0x55 + i, sizeof(parts.platform));
        char error[YAML_ERROR_MAX];
        ASSERT_TRUE(platform_file_read(PLATFORMS "/corstone1000-nc.yaml", nullptr, 0, &parts.platform, error))
            << error;
        hashes[i] = parts.hash();
    }
    EXPECT_EQ(hashes[0], hashes[1]);
}

} // namespace
