/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/bus/access_where.h"

#include <assert.h>

struct access_where access_where_next(struct access_counter *counter, const struct access *access)
{
    struct access_where where = {.agent = access->agent};
    switch ((enum agent_kind)access->agent) {
    case AGENT_PE:
    case AGENT_FETCH:
    case AGENT_WALKER:
        where.count = access->position;
        where.ordinal = access->ordinal;
        where.pe = access->pe;
        return where;
    case AGENT_SPMC:
    case AGENT_PARTITION:
    case AGENT_DEVICE:
        break;
    }
    assert(access->agent < AGENT_KIND_COUNT);
    where.count = counter->made[access->agent]++;
    return where;
}
