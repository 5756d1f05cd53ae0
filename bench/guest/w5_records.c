/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The systems-programming mix: records copied and linked, strings copied and compared, small procedures with
 * pointer parameters, enumerations, array elements.
 */
#include "bench/guest/bench.h"

#define ROUNDS    1000
#define TEXT_SIZE 32

const char bench_name[] = "w5_records";
const uint32_t bench_iterations = 1000;
const uint64_t bench_checksum = 0xce4e44dbb465b2a3;

enum kind { KIND_FIRST, KIND_SECOND, KIND_THIRD, KIND_FOURTH };

struct record {
    struct record *link;
    enum kind kind;
    int32_t number;
    int32_t price;
    char text[TEXT_SIZE];
};

static struct record records[2];
static int32_t table[64];
static int32_t square[8][8];
static int32_t global_number;

static __attribute__((noinline)) void text_copy(char *to, const char *from)
{
    while ((*to = *from) != '\0') {
        to++;
        from++;
    }
}

static __attribute__((noinline)) int32_t text_compare(const char *a, const char *b)
{
    while (*a == *b && *a != '\0') {
        a++;
        b++;
    }
    return (int32_t)(uint8_t)*a - (int32_t)(uint8_t)*b;
}

static __attribute__((noinline)) void record_copy(struct record *to, const struct record *from)
{
    to->link = from->link;
    to->kind = from->kind;
    to->number = from->number;
    to->price = from->price;
    for (uint32_t i = 0; i < TEXT_SIZE; i++) {
        to->text[i] = from->text[i];
    }
}

static __attribute__((noinline)) enum kind kind_after(enum kind kind, int32_t number)
{
    switch (kind) {
    case KIND_FIRST:
        return number > 100 ? KIND_FIRST : KIND_FOURTH;
    case KIND_SECOND:
        return global_number > 100 ? KIND_FIRST : KIND_THIRD;
    case KIND_THIRD:
        return KIND_SECOND;
    case KIND_FOURTH:
        return KIND_THIRD;
    }
    return KIND_FIRST;
}

static __attribute__((noinline)) void price_add(int32_t a, int32_t b, int32_t *sum)
{
    *sum = a + b + 2;
}

static __attribute__((noinline)) void record_advance(struct record *from)
{
    struct record *next = from->link;
    record_copy(next, from);
    from->number = 5;
    next->number = from->number;
    next->link = from;
    price_add(next->number, 10, &next->price);
    if (next->kind == KIND_FIRST) {
        next->number = 6;
        next->kind = kind_after(from->kind, next->number);
        next->link = from->link;
        price_add(next->number, 10, &next->number);
    } else {
        record_copy(from, next);
        from->link = next;
    }
}

static __attribute__((noinline)) void arrays_store(int32_t index, int32_t value)
{
    const int32_t at = (index & 31) + 5;
    table[at] = value;
    table[at + 1] = table[at];
    table[at + 20] = at;
    for (int32_t i = 0; i < 2; i++) {
        square[at & 7][(at + i) & 7] = at;
    }
    square[at & 7][(at - 1) & 7]++;
    global_number = value & 127;
}

void bench_prepare(void) {}

uint64_t bench_iteration(void)
{
    char first[TEXT_SIZE];
    char second[TEXT_SIZE];
    uint64_t sum = 0;
    records[0].link = &records[1];
    records[0].kind = KIND_FIRST;
    records[0].number = 40;
    records[0].price = 0;
    text_copy(records[0].text, "a record, and some text in it");
    record_copy(&records[1], &records[0]);
    records[1].link = &records[0];
    text_copy(first, "the first of two strings, same");
    for (int32_t i = 0; i < 64; i++) {
        table[i] = 0;
        square[i >> 3][i & 7] = 0;
    }
    for (int32_t round = 1; round <= ROUNDS; round++) {
        int32_t quotient = round * 3;
        text_copy(second, round & 1 ? "the first of two strings, then" : "the first of two strings, same");
        if (text_compare(first, second) > 0) {
            quotient += 7;
        }
        price_add(quotient, round, &quotient);
        arrays_store(round, quotient);
        record_advance(&records[round & 1]);
        records[0].link = &records[1];
        records[1].link = &records[0];
        records[0].kind = kind_after(records[0].kind, quotient / (1 + (round & 15)));
        sum =
            sum * 31 + (uint32_t)(quotient + records[0].number + records[1].price + (int32_t)records[0].kind);
    }
    return sum + (uint32_t)table[30] + (uint32_t)square[3][3];
}
