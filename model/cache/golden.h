/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a cached run found: reads that returned other bytes than the newest ones, and bytes that were lost for
 * good.
 *
 * The golden copy is the memory of a machine in which every read returns the latest write. Beside real caches
 * it is kept only for lines where some copy differs from it (`suspect` lines); everywhere else the caches'
 * own newest copy is the golden one. Each read of a suspect line is compared; each that differs is recorded
 * here, told as a lost write when an invalidate had destroyed the only fresh copy of one of the bytes.
 */
#ifndef MODEL_CACHE_GOLDEN_H
#define MODEL_CACHE_GOLDEN_H

#include <stdbool.h>
#include <stdint.h>

#include "model/bus/access.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GOLDEN_VALUE_MAX    16   /* bytes of a value in a finding; longer reads tell the first that differ */
#define GOLDEN_FINDINGS_MAX 1024 /* distinct records of one run; more are counted as dropped */
#define GOLDEN_COPIES_MAX   8

enum golden_rule { GOLDEN_RULE_STALE_READ, GOLDEN_RULE_LOST_WRITE };

/* Who wrote a value. Known only for lines that the run was told to track (see struct cache_config). */
struct golden_writer {
    uint64_t pc;
    uint64_t position;
    uint8_t agent; /* enum agent_kind */
    bool known;    /* false: not tracked, or the bytes stand as they were loaded */
    bool loaded;   /* the bytes stand as the loader left them */
};

/* The maintenance operation that destroyed the only fresh copy. */
struct golden_culprit {
    uint64_t pc;
    uint64_t position;
    uint8_t op; /* enum access_op */
    uint8_t agent;
    bool known;
};

/* Where copies of the line stood when the read was made. */
enum golden_place {
    GOLDEN_PLACE_L1D,
    GOLDEN_PLACE_L1I,
    GOLDEN_PLACE_L2,
    GOLDEN_PLACE_SYSTEM_CACHE,
    GOLDEN_PLACE_DRAM,
};
struct golden_copy {
    uint8_t place; /* enum golden_place */
    uint8_t pe;    /* of private caches */
    uint8_t space; /* enum pa_space of the line's tag */
    bool dirty;
    bool fresh; /* the read bytes are the golden ones here */
};

struct golden_finding {
    uint64_t pa; /* of the first byte that differs */
    uint64_t va;
    uint64_t pc; /* of the reader; 0 for bytes that nobody read before the run ended */
    uint64_t position;
    uint64_t count; /* reading events merged into this record; lines, for `at_end` */
    uint32_t size;  /* bytes of golden and observed */
    uint8_t rule;   /* enum golden_rule */
    uint8_t agent;  /* enum agent_kind of the reader */
    uint8_t pe;
    uint8_t space;
    bool at_end; /* told by the audit at the end of the run: nobody read the bytes */
    uint8_t copies_count;
    uint8_t golden[GOLDEN_VALUE_MAX];
    uint8_t observed[GOLDEN_VALUE_MAX];
    struct golden_writer golden_writer;
    struct golden_writer observed_writer;
    struct golden_culprit by;
    struct golden_copy copies[GOLDEN_COPIES_MAX];
};

#ifdef __cplusplus
}
#endif

#endif
