// SPDX-License-Identifier: BSD-3-Clause
// Partitions that are data, the core alone: echo, forwarder, silent, preempted, scripted.
#include "tests/unit/partition_world.hpp"

using namespace partition_test;

namespace {

void expect_frame(const struct partition_step &step, const std::vector<uint64_t> &registers)
{
    ASSERT_EQ(step.need, PARTITION_DONE);
    for (size_t i = 0; i < SMC_FRAME_REGISTERS; i++) {
        EXPECT_EQ(step.frame.x[i], i < registers.size() ? registers[i] : 0) << "x" << i;
    }
}

struct partition_rule rule_of(std::vector<struct partition_condition> conditions,
                              enum partition_action action)
{
    struct partition_rule rule = {};
    for (const struct partition_condition &condition : conditions) {
        rule.conditions[rule.condition_count++] = condition;
    }
    rule.action = static_cast<uint8_t>(action);
    return rule;
}

void give(struct partition_rule &rule, uint32_t index, uint64_t value)
{
    rule.given |= 1U << index;
    rule.values[index] = value;
}

void add(world &world, const struct partition_rule &rule)
{
    world.config.rules[world.config.rule_count++] = rule;
}

} // namespace

TEST(partition_echo, a_64_bit_request_is_answered_with_its_payload)
{
    world world(PARTITION_ECHO);
    world.start();
    expect_frame(world.request({1, 2, 3, 4, ~0ULL}),
                 {FFA_MSG_SEND_DIRECT_RESP_64, static_cast<uint64_t>(OWN_ID) << 16, 0, 1, 2, 3, 4, ~0ULL});
    EXPECT_TRUE(world.accesses.empty());
}

TEST(partition_echo, a_32_bit_request_is_answered_in_32_bits)
{
    world world(PARTITION_ECHO);
    world.start();
    expect_frame(world.request({0xFFFFFFFF00000007}, FFA_MSG_SEND_DIRECT_REQ_32),
                 {FFA_MSG_SEND_DIRECT_RESP_32, static_cast<uint64_t>(OWN_ID) << 16, 0, 7});
}

TEST(partition_echo, req2_is_answered_with_fourteen_registers_and_no_uuid)
{
    world world(PARTITION_ECHO);
    world.start();
    struct smc_frame frame = {{DIRECT_REQ2, OWN_ID, 0x1111, 0x2222}};
    std::vector<uint64_t> expected = {DIRECT_RESP2, static_cast<uint64_t>(OWN_ID) << 16, 0, 0};
    for (uint64_t i = 4; i < SMC_FRAME_REGISTERS; i++) {
        frame.x[i] = 100 + i;
        expected.push_back(100 + i);
    }
    expect_frame(world.run(frame), expected);
}

TEST(partition_echo, cycles_without_a_message_are_given_back)
{
    world world(PARTITION_ECHO);
    world.start();
    expect_frame(world.run({{FFA_RUN, 0x80020000}}), {FFA_MSG_WAIT});
}

TEST(partition_echo, a_framework_message_gets_the_framework_response)
{
    world world(PARTITION_ECHO);
    world.start();
    const uint64_t w2 = FFA_DIRECT_MESSAGE_FRAMEWORK | FFA_FRAMEWORK_VM_CREATED;
    expect_frame(world.run({{FFA_MSG_SEND_DIRECT_REQ_32, OWN_ID, w2, 0x12345, 0, 0x0001}}),
                 {FFA_MSG_SEND_DIRECT_RESP_32, static_cast<uint64_t>(OWN_ID) << 16, w2 + 1});
}

TEST(partition_echo, dies_when_its_response_is_refused)
{
    world world(PARTITION_ECHO);
    world.start();
    world.request({1});
    EXPECT_EQ(world.error(FFA_INVALID_PARAMETERS).need, PARTITION_ABORTED);
}

TEST(partition_forwarder, sends_the_request_on_as_its_own_and_the_answer_back)
{
    world world(PARTITION_FORWARDER);
    world.config.forward_to = OTHER_ID;
    world.start();
    expect_frame(world.request({5, 6}),
                 {FFA_MSG_SEND_DIRECT_REQ_64, static_cast<uint64_t>(OWN_ID) << 16 | OTHER_ID, 0, 5, 6});
    expect_frame(
        world.run({{FFA_MSG_SEND_DIRECT_RESP_64, static_cast<uint64_t>(OTHER_ID) << 16 | OWN_ID, 0, 7}}),
        {FFA_MSG_SEND_DIRECT_RESP_64, static_cast<uint64_t>(OWN_ID) << 16, 0, 7});
}

TEST(partition_forwarder, runs_on_who_yields)
{
    world world(PARTITION_FORWARDER);
    world.config.forward_to = OTHER_ID;
    world.start();
    world.request({5});
    expect_frame(world.run({{FFA_YIELD, 0x80030000}}), {FFA_RUN, 0x80030000});
    expect_frame(world.run({{FFA_INTERRUPT, 0x80030001}}), {FFA_RUN, 0x80030001});
    expect_frame(world.run({{FFA_MSG_SEND_DIRECT_RESP_64, 0, 0, 9}}),
                 {FFA_MSG_SEND_DIRECT_RESP_64, static_cast<uint64_t>(OWN_ID) << 16, 0, 9});
}

TEST(partition_forwarder, tells_the_status_when_there_is_no_answer)
{
    world world(PARTITION_FORWARDER);
    world.config.forward_to = OTHER_ID;
    world.start();
    world.request({5});
    expect_frame(world.error(FFA_BUSY), {FFA_MSG_SEND_DIRECT_RESP_64, static_cast<uint64_t>(OWN_ID) << 16, 0,
                                         static_cast<uint64_t>(int64_t{FFA_BUSY}), FFA_ERROR});
}

TEST(partition_forwarder, a_chain_without_end_is_its_end)
{
    world world(PARTITION_FORWARDER);
    world.config.forward_to = OTHER_ID;
    world.start();
    struct partition_step step = world.request({5});
    for (uint32_t i = 1; i < PARTITION_CALLS_MAX; i++) {
        step = world.run({{FFA_YIELD, 0x80030000}});
        ASSERT_EQ(step.need, PARTITION_DONE);
    }
    EXPECT_EQ(world.run({{FFA_YIELD, 0x80030000}}).need, PARTITION_ABORTED);
}

TEST(partition_silent, waits_then_yields_for_ever)
{
    world world(PARTITION_SILENT);
    world.start();
    expect_frame(world.request({1}), {FFA_MSG_WAIT});
    expect_frame(world.error(FFA_DENIED), {FFA_YIELD});
    for (uint32_t i = 0; i < 3 * PARTITION_CALLS_MAX; i++) {
        ASSERT_EQ(world.success().frame.x[0], FFA_YIELD);
    }
}

TEST(partition_silent, dies_where_it_may_neither_wait_nor_yield)
{
    world world(PARTITION_SILENT);
    world.start();
    world.request({1});
    world.error(FFA_DENIED);
    EXPECT_EQ(world.error(FFA_NOT_SUPPORTED).need, PARTITION_ABORTED);
}

TEST(partition_silent, a_wait_that_is_accepted_is_over_with_the_next_message)
{
    world world(PARTITION_SILENT);
    world.start();
    world.request({1});
    expect_frame(world.run({{FFA_RUN, 0x80020000}}), {FFA_MSG_WAIT});
    expect_frame(world.request({2}), {FFA_MSG_WAIT});
}

TEST(partition_preempted, yields_as_often_as_it_is_told_and_then_answers)
{
    world world(PARTITION_PREEMPTED);
    world.config.slices = 3;
    world.start();
    for (int round = 0; round < 2; round++) {
        expect_frame(world.request({42}), {FFA_YIELD});
        expect_frame(world.success(), {FFA_YIELD});
        expect_frame(world.success(), {FFA_YIELD});
        expect_frame(world.success(),
                     {FFA_MSG_SEND_DIRECT_RESP_64, static_cast<uint64_t>(OWN_ID) << 16, 0, 42});
    }
}

TEST(partition_preempted, works_on_where_yielding_is_refused)
{
    world world(PARTITION_PREEMPTED);
    world.config.slices = 3;
    world.start();
    world.request({42});
    expect_frame(world.error(FFA_NOT_SUPPORTED),
                 {FFA_MSG_SEND_DIRECT_RESP_64, static_cast<uint64_t>(OWN_ID) << 16, 0, 42});
}

TEST(partition_scripted, the_first_rule_that_matches_decides)
{
    world world(PARTITION_SCRIPTED);
    struct partition_rule masked = rule_of({{3, 0xF0, 0x10}}, PARTITION_REPLY);
    give(masked, 3, 1);
    struct partition_rule any = rule_of({}, PARTITION_REPLY);
    give(any, 3, 2);
    add(world, masked);
    add(world, any);
    world.start();
    expect_frame(world.request({0x1F}),
                 {FFA_MSG_SEND_DIRECT_RESP_64, static_cast<uint64_t>(OWN_ID) << 16, 0, 1});
    expect_frame(world.request({0x2F}),
                 {FFA_MSG_SEND_DIRECT_RESP_64, static_cast<uint64_t>(OWN_ID) << 16, 0, 2});
}

TEST(partition_scripted, a_rule_that_is_used_up_matches_no_more)
{
    world world(PARTITION_SCRIPTED);
    struct partition_rule once = rule_of({}, PARTITION_REPLY);
    once.times = 1;
    add(world, once);
    world.start();
    EXPECT_EQ(world.request({1}).frame.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    expect_frame(world.request({1}), {FFA_ERROR, 0, static_cast<uint32_t>(FFA_NOT_SUPPORTED)});
}

TEST(partition_scripted, a_call_then_what_its_result_says)
{
    world world(PARTITION_SCRIPTED);
    struct partition_rule call = rule_of({{0, ~0ULL, FFA_MSG_SEND_DIRECT_REQ_64}}, PARTITION_SEND);
    give(call, 0, FFA_ID_GET);
    struct partition_rule then = rule_of({{0, ~0ULL, FFA_SUCCESS_32}}, PARTITION_REPLY);
    give(then, 4, 0x77);
    add(world, call);
    add(world, then);
    world.start();
    expect_frame(world.request({1}), {FFA_ID_GET});
    expect_frame(world.success(),
                 {FFA_MSG_SEND_DIRECT_RESP_64, static_cast<uint64_t>(OWN_ID) << 16, 0, 0, 0x77});
}

TEST(partition_scripted, what_follows_a_call_without_a_rule_is_an_empty_answer)
{
    world world(PARTITION_SCRIPTED);
    struct partition_rule call = rule_of({{0, ~0ULL, FFA_MSG_SEND_DIRECT_REQ_64}}, PARTITION_SEND);
    give(call, 0, FFA_YIELD);
    add(world, call);
    world.start();
    world.request({1});
    expect_frame(world.success(), {FFA_MSG_SEND_DIRECT_RESP_64, static_cast<uint64_t>(OWN_ID) << 16});
}

TEST(partition_scripted, may_break_the_rules_and_mend_it)
{
    world world(PARTITION_SCRIPTED);
    struct partition_rule wrong = rule_of({{0, ~0ULL, FFA_MSG_SEND_DIRECT_REQ_64}}, PARTITION_REPLY);
    give(wrong, 1, 0x80020001);
    struct partition_rule mended = rule_of({{0, ~0ULL, FFA_ERROR}}, PARTITION_REPLY);
    add(world, wrong);
    add(world, mended);
    world.start();
    expect_frame(world.request({1}), {FFA_MSG_SEND_DIRECT_RESP_64, 0x80020001});
    expect_frame(world.error(FFA_INVALID_PARAMETERS),
                 {FFA_MSG_SEND_DIRECT_RESP_64, static_cast<uint64_t>(OWN_ID) << 16});
}

TEST(partition_scripted, dies_when_told_to)
{
    world world(PARTITION_SCRIPTED);
    add(world, rule_of({{3, ~0ULL, 6}}, PARTITION_DIE));
    world.start();
    EXPECT_EQ(world.request({6}).need, PARTITION_ABORTED);
}

TEST(partition_scripted, rules_that_call_for_ever_are_its_end)
{
    world world(PARTITION_SCRIPTED);
    struct partition_rule call = rule_of({}, PARTITION_SEND);
    give(call, 0, FFA_ID_GET);
    add(world, call);
    world.start();
    struct partition_step step = world.request({1});
    uint32_t calls = 1;
    for (; step.need == PARTITION_DONE && calls < 10 * PARTITION_CALLS_MAX; calls++) {
        step = world.success();
    }
    EXPECT_EQ(step.need, PARTITION_ABORTED);
    EXPECT_EQ(calls, PARTITION_CALLS_MAX + 1);
}

TEST(partition_scripted, replies_that_are_refused_for_ever_are_its_end)
{
    world world(PARTITION_SCRIPTED);
    add(world, rule_of({}, PARTITION_REPLY));
    world.start();
    struct partition_step step = world.request({1});
    uint32_t refusals = 0;
    for (; step.need == PARTITION_DONE && refusals < 10 * PARTITION_CALLS_MAX; refusals++) {
        step = world.error(FFA_DENIED);
    }
    EXPECT_EQ(step.need, PARTITION_ABORTED);
}
