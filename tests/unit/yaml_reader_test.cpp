// SPDX-License-Identifier: BSD-3-Clause
// The YAML helper: positions, refusals and overrides. Stands alone: no platform, no scenario.
#include "model/platform/yaml_reader.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>

namespace {

class yaml_reader : public ::testing::Test {
  protected:
    bool read(const std::string &text)
    {
        return yaml_read_text(&document, "file.yaml", text.data(), text.size());
    }
    void TearDown() override { yaml_free(&document); }
    yaml_document document = {};
};

TEST_F(yaml_reader, every_node_knows_where_it_stands)
{
    ASSERT_TRUE(read("about: text\nsteps:\n  - boot\n  - {name: Foo,  size: 3}\n")) << document.error;
    const yaml_node *steps = yaml_get(document.root, "steps");
    ASSERT_NE(steps, nullptr);
    EXPECT_EQ(steps->kind, YAML_SEQUENCE);
    EXPECT_EQ(steps->count, 2u);
    EXPECT_EQ(steps->first->line, 3u);
    EXPECT_EQ(steps->first->column, 5u);
    const yaml_node *size = yaml_get(steps->first->next, "size");
    ASSERT_NE(size, nullptr);
    EXPECT_EQ(size->line, 4u);
    EXPECT_EQ(size->column, 24u);
    EXPECT_EQ(size->key->column, 18u);
}

TEST_F(yaml_reader, a_key_that_stands_twice_is_refused_at_its_second_place)
{
    EXPECT_FALSE(read("a: 1\nb: 2\na: 3\n"));
    EXPECT_STREQ(document.error, "file.yaml:3:1: key 'a' stands twice, expected once (first in line 1)");
}

TEST_F(yaml_reader, a_syntax_error_has_a_position)
{
    EXPECT_FALSE(read("a: [1, 2\nb: 3\n"));
    EXPECT_EQ(std::string(document.error).rfind("file.yaml:", 0), 0u) << document.error;
    EXPECT_NE(std::string(document.error).find("not YAML"), std::string::npos) << document.error;
}

TEST_F(yaml_reader, anchors_aliases_tags_and_second_documents_are_refused)
{
    for (const char *text : {"a: &x 1\nb: *x\n", "a: !!str 1\n", "a: 1\n---\nb: 2\n", "a: *nothing\n"}) {
        EXPECT_FALSE(read(text)) << text;
        EXPECT_NE(document.error[0], '\0') << text;
        yaml_free(&document);
    }
}

TEST_F(yaml_reader, empty_and_absent_files_are_refused)
{
    EXPECT_FALSE(read(""));
    EXPECT_STREQ(document.error, "file.yaml:1:1: the file is empty, expected a mapping of keys");
    yaml_free(&document);
    EXPECT_FALSE(yaml_read_file(&document, "/nonexistent/file.yaml"));
    EXPECT_STREQ(document.error,
                 "/nonexistent/file.yaml: cannot be opened (No such file or directory), expected a "
                 "readable file");
}

TEST_F(yaml_reader, bytes_that_are_no_text_are_refused_where_they_stand)
{
    EXPECT_FALSE(read(std::string("a: 1\nb: \xff\n")));
    EXPECT_STREQ(document.error, "file.yaml:2:4: byte 0xff is no text, expected UTF-8");
    yaml_free(&document);
    EXPECT_FALSE(read(std::string("a: \0\n", 5)));
    EXPECT_STREQ(document.error, "file.yaml:1:4: byte 0x00 is no text, expected UTF-8");
}

TEST_F(yaml_reader, numbers_have_limits_and_no_other_spelling)
{
    ASSERT_TRUE(read("[10, 0x1F, '10', 1e3, -1, 18446744073709551616, 010, 11]")) << document.error;
    uint64_t value = 0;
    const yaml_node *node = document.root->first;
    EXPECT_TRUE(yaml_u64(&document, node, 0, 10, &value));
    EXPECT_EQ(value, 10u);
    node = node->next;
    EXPECT_TRUE(yaml_u64(&document, node, 0, 0x1F, &value));
    EXPECT_EQ(value, 31u);
    for (node = node->next; strcmp(node->text, "010") != 0; node = node->next) {
        document.error[0] = '\0';
        EXPECT_FALSE(yaml_u64(&document, node, 0, UINT64_MAX, &value)) << node->text;
    }
    EXPECT_TRUE(yaml_u64(&document, node, 0, 10, &value)); // decimal, never octal
    EXPECT_EQ(value, 10u);
    document.error[0] = '\0';
    EXPECT_FALSE(yaml_u64(&document, node->next, 0, 10, &value));
    EXPECT_STREQ(document.error, "file.yaml:1:54: '11' is wrong, expected a number from 0 to 10");
}

TEST_F(yaml_reader, sizes_take_units_and_do_not_overflow)
{
    ASSERT_TRUE(read("[2 GiB, 32KiB, 17179869184 GiB, 3 KB, 1]")) << document.error;
    uint64_t value = 0;
    const yaml_node *node = document.root->first;
    EXPECT_TRUE(yaml_size(&document, node, 0, UINT64_MAX, &value));
    EXPECT_EQ(value, 2ull << 30);
    EXPECT_TRUE(yaml_size(&document, node->next, 0, UINT64_MAX, &value));
    EXPECT_EQ(value, 32768u);
    EXPECT_FALSE(yaml_size(&document, node->next->next, 0, UINT64_MAX, &value));
    EXPECT_FALSE(yaml_size(&document, node->next->next->next, 0, UINT64_MAX, &value));
}

TEST_F(yaml_reader, unknown_keys_name_what_was_expected)
{
    static const char *const keys[] = {"name", "data", "size", nullptr};
    ASSERT_TRUE(read("name: a\ndate: b\n"));
    EXPECT_FALSE(yaml_keys_check(&document, document.root, keys));
    EXPECT_STREQ(document.error, "file.yaml:2:1: unknown key 'date', expected name, data or size");
}

TEST_F(yaml_reader, a_setting_replaces_makes_and_carries_its_own_position)
{
    ASSERT_TRUE(read("cache: {line: 64, ways: 2}\nother: 1\n"));
    ASSERT_TRUE(yaml_set(&document, "--set", "cache.line=128")) << document.error;
    ASSERT_TRUE(yaml_set(&document, "--set", "new.deep.key=[1, 2]")) << document.error;
    uint64_t value = 0;
    const yaml_node *line = yaml_get(yaml_get(document.root, "cache"), "line");
    ASSERT_TRUE(yaml_u64(&document, line, 0, 1000, &value));
    EXPECT_EQ(value, 128u);
    EXPECT_EQ(yaml_get(document.root, "cache")->count, 2u);
    EXPECT_NE(yaml_get(yaml_get(document.root, "cache"), "ways"), nullptr);
    EXPECT_NE(yaml_get(document.root, "other"), nullptr);
    EXPECT_EQ(yaml_get(yaml_get(yaml_get(document.root, "new"), "deep"), "key")->count, 2u);
    EXPECT_FALSE(yaml_u64(&document, line, 0, 100, &value));
    EXPECT_STREQ(document.error, "--set cache.line=128: '128' is wrong, expected a number from 0 to 100");
}

TEST_F(yaml_reader, settings_that_name_no_key_are_refused)
{
    for (const char *setting :
         {"", "=", "cache", "cache=", "=1", "a..b=1", ".=1", "cache.line.deeper=1", "a=[", "a={b"}) {
        ASSERT_TRUE(read("cache: {line: 64}\n"));
        EXPECT_FALSE(yaml_set(&document, "--set", setting)) << setting;
        EXPECT_NE(document.error[0], '\0') << setting;
        yaml_free(&document);
    }
}

TEST_F(yaml_reader, depth_and_size_have_limits)
{
    EXPECT_FALSE(read(std::string(1000, '[')));
    yaml_free(&document);
    EXPECT_FALSE(read(std::string(YAML_DEPTH_MAX + 1, '[') + std::string(YAML_DEPTH_MAX + 1, ']')));
    EXPECT_NE(std::string(document.error).find("nested too deep"), std::string::npos) << document.error;
    yaml_free(&document);
    EXPECT_FALSE(read(std::string(YAML_FILE_SIZE_MAX + 1, ' ')));
    EXPECT_NE(std::string(document.error).find("too large"), std::string::npos) << document.error;
}

// Random text: a refusal with one line, or a tree. A crash or a hang fails the test.
TEST_F(yaml_reader, random_text_is_a_tree_or_one_line)
{
    static const char alphabet[] = "ab: -[]{},\n\n  '\"|>#&*!%@`?x0=.~\t\\";
    const uint32_t seed = 20260730;
    std::mt19937 random(seed);
    unsigned refused = 0;
    for (int round = 0; round < 20000; round++) {
        std::string text(random() % 60, ' ');
        for (char &character : text) {
            character =
                round % 4 == 0 ? static_cast<char>(random()) : alphabet[random() % (sizeof(alphabet) - 1)];
        }
        const bool accepted = read(text);
        EXPECT_EQ(accepted, document.error[0] == '\0') << "seed " << seed << " round " << round;
        EXPECT_EQ(accepted, document.root != nullptr && document.error[0] == '\0');
        EXPECT_EQ(strchr(document.error, '\n'), nullptr);
        refused += accepted ? 0 : 1;
        yaml_free(&document);
    }
    EXPECT_GT(refused, 1000u);
    EXPECT_LT(refused, 20000u);
}

} // namespace
