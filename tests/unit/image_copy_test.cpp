// SPDX-License-Identifier: BSD-3-Clause
// Where an image has copied itself: found by what stands around a program counter, or not at all.
#include "model/platform/image_copy.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace {

const uint64_t SIZE = 1024;

std::vector<uint8_t> image_made()
{
    std::vector<uint8_t> image(SIZE);
    for (uint64_t i = 0; i < SIZE; i++) {
        image[i] = static_cast<uint8_t>(i * 5 + (i >> 5) * 3 + 1);
    }
    return image;
}

TEST(image_copy, code_is_found_from_the_first_to_the_last_instruction)
{
    const std::vector<uint8_t> image = image_made();
    for (uint64_t at = 0; at + IMAGE_COPY_CODE_SIZE <= SIZE; at += 4) {
        uint64_t offset = UINT64_MAX;
        EXPECT_TRUE(image_copy_offset(image.data(), SIZE, image.data() + at, &offset)) << at;
        EXPECT_EQ(offset, at);
    }
}

TEST(image_copy, code_that_differs_in_its_last_byte_is_not_found)
{
    const std::vector<uint8_t> image = image_made();
    std::vector<uint8_t> code(image.begin() + 64, image.begin() + 64 + IMAGE_COPY_CODE_SIZE);
    code.back() ^= 1;
    uint64_t offset = 0;
    EXPECT_FALSE(image_copy_offset(image.data(), SIZE, code.data(), &offset));
}

TEST(image_copy, code_that_stands_there_twice_tells_nothing)
{
    std::vector<uint8_t> image = image_made();
    memcpy(image.data() + 512, image.data() + 64, IMAGE_COPY_CODE_SIZE);
    uint64_t offset = 0;
    EXPECT_FALSE(image_copy_offset(image.data(), SIZE, image.data() + 64, &offset));
}

TEST(image_copy, an_image_smaller_than_the_code_has_no_place_for_it)
{
    const std::vector<uint8_t> image = image_made();
    uint64_t offset = 0;
    EXPECT_FALSE(image_copy_offset(image.data(), IMAGE_COPY_CODE_SIZE - 1, image.data(), &offset));
    EXPECT_TRUE(image_copy_offset(image.data(), IMAGE_COPY_CODE_SIZE, image.data(), &offset));
}

TEST(image_copy, most_words_must_be_the_same)
{
    const std::vector<uint8_t> image = image_made();
    std::vector<uint8_t> memory = image;
    EXPECT_TRUE(image_copy_is(image.data(), memory.data(), SIZE));
    memset(memory.data() + SIZE / 2 + 8, 0, SIZE / 2 - 8);
    EXPECT_TRUE(image_copy_is(image.data(), memory.data(), SIZE));
    memset(memory.data() + SIZE / 2, 0, SIZE / 2);
    EXPECT_FALSE(image_copy_is(image.data(), memory.data(), SIZE));
}

TEST(image_copy, zeros_prove_nothing)
{
    const std::vector<uint8_t> zeros(SIZE);
    EXPECT_FALSE(image_copy_is(zeros.data(), zeros.data(), SIZE));
}

} // namespace
