/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pointers, comparisons and a table: a binary tree, an insertion sort, CRC-32 over the result.
 */
#include "bench/guest/bench.h"

#define NODES        500
#define SORTED       200
#define LOOKUPS      1000
#define CRC_REVERSED 0xedb88320U

const char bench_name[] = "w1_mixed";
const uint32_t bench_iterations = 2500;
const uint64_t bench_checksum = 0x4ef7b445cad12fac;

struct node {
    struct node *left;
    struct node *right;
    uint32_t key;
    uint32_t hits;
};

static struct node nodes[NODES];
static uint32_t node_count;
static uint32_t sorted[SORTED];
static uint32_t crc_table[256];

static void tree_insert(struct node **root, uint32_t key)
{
    while (*root) {
        if ((*root)->key == key) {
            (*root)->hits++;
            return;
        }
        root = key < (*root)->key ? &(*root)->left : &(*root)->right;
    }
    struct node *fresh = &nodes[node_count];
    node_count++;
    fresh->left = 0;
    fresh->right = 0;
    fresh->key = key;
    fresh->hits = 1;
    *root = fresh;
}

static uint32_t tree_find(const struct node *root, uint32_t key)
{
    uint32_t depth = 0;
    while (root && root->key != key) {
        root = key < root->key ? root->left : root->right;
        depth++;
    }
    return root ? depth + root->hits : depth;
}

static void insertion_sort(uint32_t *values, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        const uint32_t value = values[i];
        uint32_t j = i;
        while (j > 0 && values[j - 1] > value) {
            values[j] = values[j - 1];
            j--;
        }
        values[j] = value;
    }
}

static uint32_t crc32_bytes(const uint8_t *bytes, uint32_t count)
{
    uint32_t crc = ~0U;
    for (uint32_t i = 0; i < count; i++) {
        crc = crc_table[(crc ^ bytes[i]) & 0xff] ^ (crc >> 8);
    }
    return ~crc;
}

void bench_prepare(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (uint32_t bit = 0; bit < 8; bit++) {
            crc = (crc & 1) ? (crc >> 1) ^ CRC_REVERSED : crc >> 1;
        }
        crc_table[i] = crc;
    }
}

uint64_t bench_iteration(void)
{
    uint32_t random = 0x1234567;
    struct node *root = 0;
    uint64_t found = 0;
    node_count = 0;
    for (uint32_t i = 0; i < NODES; i++) {
        tree_insert(&root, bench_random(&random) >> 8);
    }
    for (uint32_t i = 0; i < LOOKUPS; i++) {
        found =
            found * 3 + tree_find(root, i % 3 == 0 ? nodes[i % node_count].key : bench_random(&random) >> 8);
    }
    for (uint32_t i = 0; i < SORTED; i++) {
        sorted[i] = bench_random(&random);
    }
    insertion_sort(sorted, SORTED);
    return found ^ (uint64_t)crc32_bytes((const uint8_t *)sorted, sizeof(sorted)) << 32;
}
