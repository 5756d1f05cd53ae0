/* SPDX-License-Identifier: BSD-3-Clause */
/* Devicetree Specification 0.4, "Flattened Devicetree (DTB) Format". */
#include "firmware/payloads/ffa_tree.h"

#include <stddef.h>

#define MAGIC          0xD00DFEEDU
#define OFF_DT_STRUCT  8
#define OFF_DT_STRINGS 12
#define FDT_BEGIN_NODE 1U
#define FDT_END_NODE   2U
#define FDT_PROP       3U
#define FDT_NOP        4U

static uint32_t word_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint64_t aligned(uint64_t size)
{
    return (size + 3) & ~3ULL;
}

static uint64_t length_of(const char *text)
{
    uint64_t length = 0;

    while (text[length] != '\0') {
        length++;
    }
    return length;
}

bool ffa_text_equal(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

bool ffa_tree_present(const uint8_t *tree)
{
    return word_at(tree) == MAGIC;
}

const char *ffa_tree_property(const uint8_t *tree, const char *node, const char *property)
{
    const char *strings = (const char *)tree + word_at(tree + OFF_DT_STRINGS);
    const uint8_t *at = tree + word_at(tree + OFF_DT_STRUCT);
    uint32_t depth = 0;
    bool inside = false;

    for (;;) {
        const uint32_t token = word_at(at);

        at += 4;
        if (token == FDT_BEGIN_NODE) {
            const char *name = (const char *)at;

            depth++;
            inside = inside || (depth == 2 && ffa_text_equal(name, node));
            at += aligned(length_of(name) + 1);
        } else if (token == FDT_END_NODE) {
            depth--;
            inside = inside && depth >= 2;
        } else if (token == FDT_PROP) {
            if (inside && depth == 2 && ffa_text_equal(strings + word_at(at + 4), property)) {
                return (const char *)at + 8;
            }
            at += 8 + aligned(word_at(at));
        } else if (token != FDT_NOP) {
            return NULL;
        }
    }
}
