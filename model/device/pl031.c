/* SPDX-License-Identifier: BSD-3-Clause */
/* The registers of the PL031 and its match interrupt; see pl031.h. */
#include "model/device/pl031.h"

#define NS_PER_SECOND 1000000000ULL
#define ID_FIRST      0xFE0

/* RTCPeriphID0-3 and RTCPCellID0-3. */
static const uint8_t identification[8] = {0x31, 0x10, 0x14, 0x00, 0x0D, 0xF0, 0x05, 0xB1};

void pl031_init(struct pl031 *rtc, uint32_t start)
{
    *rtc = (struct pl031){.base = start, .match_at = UINT64_MAX};
}

static uint32_t counter(const struct pl031 *rtc, uint64_t seconds)
{
    return rtc->base + (uint32_t)seconds;
}

/* The counter next equals MR so many seconds from now; at once if it does so already. */
static void match_set(struct pl031 *rtc, uint64_t seconds)
{
    rtc->match_at = seconds + (uint32_t)(rtc->match - counter(rtc, seconds));
}

/* What has happened by now: a match raises the interrupt, and the next one is a wrap of the counter away. */
static void advance(struct pl031 *rtc, uint64_t seconds)
{
    if (seconds >= rtc->match_at) {
        rtc->raised = true;
        rtc->match_at += ((seconds - rtc->match_at) / (1ULL << 32) + 1) << 32;
    }
}

static bool access_fits(uint64_t offset, uint32_t size)
{
    return offset < PL031_SIZE && offset % 4 == 0 && (size == 1 || size == 2 || size == 4);
}

enum pl031_result pl031_read(struct pl031 *rtc, uint64_t now_ns, uint64_t offset, uint32_t size,
                             uint32_t *value)
{
    if (!access_fits(offset, size)) {
        return PL031_ABORT;
    }
    const uint64_t seconds = now_ns / NS_PER_SECOND;
    advance(rtc, seconds);
    *value = 0;
    if (offset >= ID_FIRST) {
        *value = identification[(offset - ID_FIRST) / 4];
        return PL031_OK;
    }
    switch (offset) {
    case PL031_DR:
        *value = counter(rtc, seconds);
        break;
    case PL031_MR:
        *value = rtc->match;
        break;
    case PL031_LR:
        *value = rtc->load;
        break;
    case PL031_CR:
        *value = 1;
        break;
    case PL031_IMSC:
        *value = rtc->mask;
        break;
    case PL031_RIS:
        *value = rtc->raised;
        break;
    case PL031_MIS:
        *value = rtc->raised && rtc->mask;
        break;
    default: /* reserved, or write only */
        break;
    }
    return PL031_OK;
}

enum pl031_result pl031_write(struct pl031 *rtc, uint64_t now_ns, uint64_t offset, uint32_t size,
                              uint32_t value)
{
    if (!access_fits(offset, size)) {
        return PL031_ABORT;
    }
    const uint64_t seconds = now_ns / NS_PER_SECOND;
    advance(rtc, seconds);
    switch (offset) {
    case PL031_MR:
        rtc->match = value;
        match_set(rtc, seconds);
        break;
    case PL031_LR:
        rtc->load = value;
        rtc->base = value - (uint32_t)seconds;
        match_set(rtc, seconds);
        break;
    case PL031_IMSC:
        rtc->mask = (value & 1) != 0;
        break;
    case PL031_ICR:
        rtc->raised = rtc->raised && (value & 1) == 0;
        break;
    default: /* reserved, read only, or RTCCR, which cannot stop the clock */
        return PL031_OK;
    }
    advance(rtc, seconds);
    return PL031_OK;
}
