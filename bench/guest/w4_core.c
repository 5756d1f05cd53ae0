/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What embedded cores are usually judged by: lists found in, reversed and merge-sorted, small integer
 * matrices, a state machine over text, a 16-bit CRC that folds the results.
 */
#include "bench/guest/bench.h"

#define ITEMS 64
#define SIDE  12
#define TEXT  "12,-7,+3.5e2,0x1f,99999,.5,1e-3,abc,4.4.4,-,+0,17e+2,"

const char bench_name[] = "w4_core";
const uint32_t bench_iterations = 18000;
const uint64_t bench_checksum = 0x6b92;

struct item {
    struct item *next;
    int16_t key;
    int16_t order;
};

static struct item items[ITEMS];
static int16_t left[SIDE][SIDE];
static int16_t right[SIDE][SIDE];
static uint32_t product[SIDE][SIDE];

static uint16_t crc16_fold(uint16_t crc, uint32_t value)
{
    for (uint32_t bit = 0; bit < 16; bit++) {
        const uint32_t mix = (crc ^ value) & 1;
        value >>= 1;
        crc >>= 1;
        if (mix) {
            crc ^= 0xa001;
        }
    }
    return crc;
}

static struct item *list_make(void)
{
    uint32_t random = 0xbeef;
    for (uint32_t i = 0; i < ITEMS; i++) {
        items[i].next = i + 1 < ITEMS ? &items[i + 1] : 0;
        items[i].key = (int16_t)(bench_random(&random) & 0x3ff);
        items[i].order = (int16_t)i;
    }
    return &items[0];
}

static struct item *list_reverse(struct item *list)
{
    struct item *reversed = 0;
    while (list) {
        struct item *next = list->next;
        list->next = reversed;
        reversed = list;
        list = next;
    }
    return reversed;
}

static const struct item *list_find(const struct item *list, int16_t key)
{
    while (list && list->key != key) {
        list = list->next;
    }
    return list;
}

static struct item *lists_merge(struct item *a, struct item *b)
{
    struct item head = {0, 0, 0};
    struct item *last = &head;
    while (a && b) {
        struct item **smaller = a->key <= b->key ? &a : &b;
        last->next = *smaller;
        last = *smaller;
        *smaller = last->next;
    }
    last->next = a ? a : b;
    return head.next;
}

/* Bottom-up: runs[n] is empty or a sorted list of 2^n items. */
static struct item *list_sort(struct item *list)
{
    struct item *runs[8] = {0};
    while (list) {
        struct item *run = list;
        list = list->next;
        run->next = 0;
        uint32_t n = 0;
        for (; runs[n]; n++) {
            run = lists_merge(runs[n], run);
            runs[n] = 0;
        }
        runs[n] = run;
    }
    struct item *sorted = 0;
    for (uint32_t n = 0; n < 8; n++) {
        sorted = lists_merge(runs[n], sorted);
    }
    return sorted;
}

static uint16_t matrix_work(uint16_t crc)
{
    for (uint32_t i = 0; i < SIDE; i++) {
        for (uint32_t j = 0; j < SIDE; j++) {
            uint32_t sum = 0;
            for (uint32_t k = 0; k < SIDE; k++) {
                sum += (uint32_t)(left[i][k] * right[k][j]);
            }
            product[i][j] = sum;
        }
    }
    for (uint32_t i = 0; i < SIDE; i++) {
        crc = crc16_fold(crc, product[i][i] >> 2 ^ product[i][SIDE - 1 - i]);
    }
    return crc;
}

enum number_state { START, SIGN, INTEGER, FRACTION, EXPONENT, POWER, BAD };

static enum number_state number_step(enum number_state state, char byte)
{
    const uint32_t digit = (uint32_t)(byte - '0') <= 9;
    switch (state) {
    case START:
    case SIGN:
        if (digit) {
            return INTEGER;
        }
        if (byte == '.') {
            return FRACTION;
        }
        return state == START && (byte == '+' || byte == '-') ? SIGN : BAD;
    case INTEGER:
        return digit ? INTEGER : byte == '.' ? FRACTION : byte == 'e' ? EXPONENT : BAD;
    case FRACTION:
        return digit ? FRACTION : byte == 'e' ? EXPONENT : BAD;
    case EXPONENT:
        return digit || byte == '-' || byte == '+' ? POWER : BAD;
    case POWER:
        return digit ? POWER : BAD;
    case BAD:
        return BAD;
    }
    return BAD;
}

static uint16_t text_work(uint16_t crc)
{
    uint32_t ends[7] = {0};
    enum number_state state = START;
    for (const char *at = TEXT; *at; at++) {
        if (*at == ',') {
            ends[state]++;
            state = START;
        } else {
            state = number_step(state, *at);
        }
    }
    for (uint32_t i = 0; i < 7; i++) {
        crc = crc16_fold(crc, ends[i]);
    }
    return crc;
}

void bench_prepare(void)
{
    uint32_t random = 0x777;
    for (uint32_t i = 0; i < SIDE; i++) {
        for (uint32_t j = 0; j < SIDE; j++) {
            left[i][j] = (int16_t)bench_random(&random);
            right[i][j] = (int16_t)bench_random(&random);
        }
    }
}

uint64_t bench_iteration(void)
{
    uint16_t crc = 0xffff;
    struct item *list = list_reverse(list_make());
    for (int16_t key = 0; key < 32; key++) {
        const struct item *found = list_find(list, (int16_t)(key * 37 & 0x3ff));
        crc = crc16_fold(crc, found ? (uint32_t)found->order : 0xffffU);
    }
    for (list = list_sort(list); list; list = list->next) {
        crc = crc16_fold(crc, (uint32_t)(uint16_t)list->key);
    }
    crc = matrix_work(crc);
    return text_work(crc);
}
