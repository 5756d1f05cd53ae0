/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the readers of steps share: operands are put together as model/abi/script.h says, each item padded
 * with zeros to a multiple of 8 bytes. Private to scenario_*.c.
 */
#ifndef COSIM_SCENARIO_OPERANDS_H
#define COSIM_SCENARIO_OPERANDS_H

#include "cosim/scenario.h"

#ifdef __cplusplus
extern "C" {
#endif

/* scenario_steps.c */
void operands_append(struct scenario_step *step, const void *bytes, size_t size);
void operands_append_u64(struct scenario_step *step, uint64_t value);
/* Leaves *value as it is when the key is absent. */
bool optional_number(struct yaml_document *document, const struct yaml_node *operands, const char *key,
                     uint64_t min, uint64_t max, uint64_t *value);

/* scenario_litmus.c */
bool scenario_litmus_read(struct scenario *scenario, const struct yaml_node *operands,
                          struct scenario_step *step);

/* scenario_ffa.c */
/* The slot of memory that an earlier step has sent, by its name. */
bool scenario_region_find(struct scenario *scenario, const struct yaml_node *node, uint32_t *slot);
/* Where in the pool the offset of such memory is. */
bool scenario_region_offset(struct scenario *scenario, const struct yaml_node *node, uint32_t slot,
                            uint64_t offset, uint64_t *pool);
/* The result's word `index` must be as the node says; NULL: it is not compared. */
bool scenario_number_expect(struct yaml_document *document, const struct yaml_node *node, const char *name,
                            uint32_t index, struct scenario_step *step);
bool scenario_ffa_read(struct scenario *scenario, const struct yaml_node *operands,
                       struct scenario_step *step);
bool scenario_profiles_read(struct yaml_document *document, const struct yaml_node *list, uint32_t *profiles);

#ifdef __cplusplus
}
#endif

#endif
