/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the behaviours share: how a partition answers, calls and dies. Private to model/partition. FF-A
 * (DEN0077), "Direct messages" and "Partition runtime models".
 */
#ifndef MODEL_PARTITION_PARTITION_INTERNAL_H
#define MODEL_PARTITION_PARTITION_INTERNAL_H

#include "model/abi/ffa.h"
#include "model/partition/partition.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PAYLOAD_MAX 14U /* registers: x4-x17 of FFA_MSG_SEND_DIRECT_REQ2 */

/* The payload registers of the present request: where they begin, and how many there are. */
uint32_t partition_payload_first(const struct partition *partition);
uint32_t partition_payload_count(const struct partition *partition);
uint64_t partition_payload(const struct partition *partition, uint32_t index);

/* The response to the present request without a payload: endpoints swapped, form of the request. */
struct smc_frame partition_response(const struct partition *partition);

/* Ends the run: the response, with `count` payload registers. */
struct partition_step partition_respond(struct partition *partition, const uint64_t *payload, uint32_t count);
struct partition_step partition_respond_with(struct partition *partition, const struct smc_frame *frame);
struct partition_step partition_wait(struct partition *partition);

/* Makes a call; its result comes as the next frame. Too many of them for one message are the partition's end.
 */
struct partition_step partition_make_call(struct partition *partition, enum partition_stage stage,
                                          const struct smc_frame *frame);
struct partition_step partition_yield(struct partition *partition);
struct partition_step partition_die(struct partition *partition);

bool partition_frame_is_error(const struct smc_frame *frame);

/* Behaviours: `frame` is a request (partition->request is a copy) or the result of a call. */
struct partition_step partition_echo(struct partition *partition);
struct partition_step partition_borrower_command(struct partition *partition);
struct partition_step partition_borrower_result(struct partition *partition, const struct smc_frame *frame);
struct partition_step partition_borrower_accessed(struct partition *partition);
struct partition_step partition_forwarder_request(struct partition *partition);
struct partition_step partition_forwarder_result(struct partition *partition, const struct smc_frame *frame);
struct partition_step partition_silent_request(struct partition *partition);
struct partition_step partition_silent_result(struct partition *partition, const struct smc_frame *frame);
struct partition_step partition_preempted_continue(struct partition *partition,
                                                   const struct smc_frame *frame);
struct partition_step partition_scripted_frame(struct partition *partition, const struct smc_frame *frame);

/* borrower_descriptor.c: bytes in partition->transfer. */
uint32_t borrower_retrieve_encode(struct partition *partition, uint64_t handle, uint32_t flags,
                                  uint64_t access, uint64_t tag);
uint32_t borrower_relinquish_encode(struct partition *partition, uint64_t handle, uint32_t flags);
/* Of `size` bytes; false: no response that makes sense to the handle that was asked for. */
bool borrower_response_decode(const struct partition *partition, uint32_t size, struct partition_loan *loan);

#ifdef __cplusplus
}
#endif

#endif
