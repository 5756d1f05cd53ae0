/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A partition that does what a list of rules says: the first rule that matches the frame and is not used up
 * decides. Every frame is looked up, results of its own calls too, so that a list can say what follows a
 * call. A request that no rule matches is answered FFA_NOT_SUPPORTED; any other frame makes it wait, or
 * answer with an empty payload when a request is still open.
 *
 * It may break the rules of the framework: that is what it is for.
 */
#include <assert.h>
#include <stddef.h>

#include "model/partition/partition_internal.h"

static bool rule_matches(const struct partition_rule *rule, const struct smc_frame *frame)
{
    for (uint32_t i = 0; i < rule->condition_count; i++) {
        const struct partition_condition *condition = &rule->conditions[i];
        assert(condition->register_index < SMC_FRAME_REGISTERS);
        if ((frame->x[condition->register_index] & condition->mask) != condition->value) {
            return false;
        }
    }
    return true;
}

static const struct partition_rule *rule_find(struct partition *partition, const struct smc_frame *frame)
{
    for (uint32_t i = 0; i < partition->config.rule_count; i++) {
        const struct partition_rule *rule = &partition->config.rules[i];
        const bool left = rule->times == 0 || partition->rules_used[i] < rule->times;
        if (left && rule_matches(rule, frame)) {
            partition->rules_used[i]++;
            return rule;
        }
    }
    return NULL;
}

static struct smc_frame frame_fill(const struct partition_rule *rule, struct smc_frame frame)
{
    for (uint32_t i = 0; i < SMC_FRAME_REGISTERS; i++) {
        if ((rule->given >> i & 1) != 0) {
            frame.x[i] = rule->values[i];
        }
    }
    return frame;
}

static struct partition_step unmatched(struct partition *partition, const struct smc_frame *frame)
{
    if (!partition->answering) {
        return partition_frame_is_error(frame) ? partition_die(partition) : partition_wait(partition);
    }
    if (partition->stage != PARTITION_IDLE) {
        return partition_respond(partition, NULL, 0);
    }
    const struct smc_frame error = {.x = {FFA_ERROR, 0, (uint32_t)FFA_NOT_SUPPORTED}};
    return partition_respond_with(partition, &error);
}

/* Which calls end the run for good, so that the frame that comes next is a message and no result. */
static bool ends_run(uint32_t function)
{
    return function == FFA_MSG_WAIT || function == FFA_ERROR || function == FFA_MSG_SEND_DIRECT_RESP_32 ||
           function == FFA_MSG_SEND_DIRECT_RESP_64 || function == FFA_MSG_SEND_DIRECT_RESP2;
}

struct partition_step partition_scripted_frame(struct partition *partition, const struct smc_frame *frame)
{
    const struct partition_rule *rule = rule_find(partition, frame);
    if (rule == NULL) {
        return unmatched(partition, frame);
    }
    switch ((enum partition_action)rule->action) {
    case PARTITION_DIE:
        return partition_die(partition);
    case PARTITION_REPLY: {
        const struct smc_frame reply = frame_fill(rule, partition_response(partition));
        return partition_respond_with(partition, &reply);
    }
    case PARTITION_SEND:
        break;
    }
    const struct smc_frame call = frame_fill(rule, (struct smc_frame){.x = {0}});
    const bool ends = ends_run((uint32_t)call.x[0]);
    partition->answering = partition->answering && !ends;
    return partition_make_call(partition, ends ? PARTITION_IDLE : PARTITION_CALLING, &call);
}
