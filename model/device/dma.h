/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a device that masters the bus asks for: move `size` bytes between guest memory at `pa` and `bytes`.
 * The range may cross lines; the shell (dma_port.hpp) makes one access of AGENT_DEVICE of each line.
 */
#ifndef MODEL_DEVICE_DMA_H
#define MODEL_DEVICE_DMA_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum dma_need {
    DMA_NOTHING, /* the device has come to rest */
    DMA_READ,    /* guest memory to `bytes` */
    DMA_WRITE,   /* `bytes` to guest memory */
};

struct dma_step {
    enum dma_need need;
    uint64_t pa;
    uint64_t size; /* > 0; pa + size does not wrap */
    uint8_t *bytes;
};

#ifdef __cplusplus
}
#endif

#endif
