/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DEN0077, chapter "Notifications": bitmaps of the normal world's endpoints, binding, setting and getting,
 * what the scheduler is told, and the schedule receiver interrupt, which is an event and a flag of the step.
 * Hafnium 21bfbdc1 and OP-TEE d5001fe0 have them.
 *
 * A notification is bound by its receiver to one sender; secure senders and those of the normal world have
 * bitmaps of their own. Bitmaps of VMs other than the caller are known by FFA_NOTIFICATION_BITMAP_CREATE
 * alone.
 */
#include <stddef.h>

#include "model/abi/ffa.h"
#include "model/spmc/spmc_internal.h"

void spmc_notifications_init(struct spmc *spmc)
{
    for (uint32_t i = 0; i < spmc->config.partition_count; i++) {
        const struct spmc_partition_config *partition = &spmc->config.partitions[i];
        spmc->notified[i].id = partition->id;
        spmc->notified[i].vcpu_count = partition->execution_context_count;
        spmc->notified[i].enabled = (partition->properties & FFA_PARTITION_NOTIFICATIONS) != 0 &&
                                    partition->ffa_version >= FFA_VERSION_1_1;
    }
}

static bool id_is_secure(uint32_t endpoint_id)
{
    return (endpoint_id & SPMC_ENDPOINT_SECURE) != 0;
}

/* The endpoint's notifications; NULL for a VM that has no bitmap, and for a partition that does not exist. */
static struct spmc_notified *notified_find(struct spmc *spmc, uint32_t endpoint_id)
{
    if (id_is_secure(endpoint_id)) {
        const uint32_t index = spmc_partition_find(spmc, endpoint_id);
        return index == SPMC_NONE ? NULL : &spmc->notified[index];
    }
    for (uint32_t i = SPMC_NORMAL_WORLD; i < SPMC_NOTIFIED_MAX; i++) {
        if (spmc->notified[i].enabled && spmc->notified[i].id == endpoint_id) {
            return &spmc->notified[i];
        }
    }
    return NULL;
}

static struct spmc_notifications_from *notifications_from(struct spmc_notified *notified, uint32_t sender)
{
    return id_is_secure(sender) ? &notified->secure : &notified->normal_world;
}

static uint64_t pending_of(const struct spmc_notifications_from *from)
{
    uint64_t pending = from->pending;
    for (uint32_t i = 0; i < SPMC_VCPUS_MAX; i++) {
        pending |= from->pending_vcpu[i];
    }
    return pending;
}

static uint64_t bitmap_of(const struct spmc *spmc)
{
    return (uint32_t)spmc->call.x[3] | (uint64_t)(uint32_t)spmc->call.x[4] << 32;
}

static bool registers_used(const struct spmc *spmc, uint32_t first)
{
    uint64_t any = 0;
    for (uint32_t i = first; i <= 7; i++) {
        any |= (uint32_t)spmc->call.x[i];
    }
    return any != 0;
}

/* The schedule receiver interrupt */

static void schedule_receiver(struct spmc *spmc, bool delayed)
{
    event_log_append(spmc->log, EVENT_SPMC_SCHEDULE_RECEIVER, AGENT_SPMC, 0, spmc->config.sri_interrupt_id,
                     delayed, 0, 0);
    spmc->sri_raised = true;
}

static void schedule_receiver_or_delay(struct spmc *spmc, bool delay)
{
    if (delay) {
        spmc->sri_delayed = true;
        return;
    }
    schedule_receiver(spmc, false);
}

void spmc_schedule_receiver_if_delayed(struct spmc *spmc)
{
    if (spmc->sri_delayed) {
        spmc->sri_delayed = false;
        schedule_receiver(spmc, true);
    }
}

void spmc_notify_rx_full(struct spmc *spmc, uint32_t receiver, bool delay_sri)
{
    if (!spmc->notified[receiver].enabled) {
        return; /* it polls */
    }
    spmc->notified[receiver].spm_rx_full = true;
    spmc->notified[receiver].told = false;
    schedule_receiver_or_delay(spmc, delay_sri);
}

bool spmc_rx_full_is_pending(const struct spmc *spmc, uint32_t receiver)
{
    return spmc->notified[receiver].spm_rx_full;
}

/* FFA_NOTIFICATION_BITMAP_CREATE and _DESTROY */

enum bitmap_check {
    BITMAP_RESERVED = 1,
    BITMAP_OF_PARTITION,
    BITMAP_VM_UNKNOWN, /* OP-TEE without virtualisation knows the caller alone */
    BITMAP_VCPUS,
    BITMAP_EXISTS,
    BITMAP_NO_ROOM,
    BITMAP_MISSING,
    BITMAP_PENDING,
    BITMAP_BOUND,
};

static const struct spmc_check create_orders[SPMC_PROFILE_COUNT][SPMC_CHECKS_MAX] = {
    [SPMC_PROFILE_HAFNIUM] = {{BITMAP_OF_PARTITION, FFA_INVALID_PARAMETERS},
                              {BITMAP_EXISTS, FFA_DENIED},
                              {BITMAP_VCPUS, FFA_INVALID_PARAMETERS},
                              {BITMAP_NO_ROOM, FFA_NO_MEMORY}},
    [SPMC_PROFILE_OP_TEE] = {{BITMAP_RESERVED, FFA_INVALID_PARAMETERS},
                             {BITMAP_OF_PARTITION, FFA_INVALID_PARAMETERS},
                             {BITMAP_VM_UNKNOWN, FFA_INVALID_PARAMETERS},
                             {BITMAP_EXISTS, FFA_DENIED}},
};

static const struct spmc_check destroy_orders[SPMC_PROFILE_COUNT][SPMC_CHECKS_MAX] = {
    [SPMC_PROFILE_HAFNIUM] = {{BITMAP_OF_PARTITION, FFA_INVALID_PARAMETERS},
                              {BITMAP_MISSING, FFA_DENIED},
                              {BITMAP_PENDING, FFA_DENIED}},
    [SPMC_PROFILE_OP_TEE] = {{BITMAP_RESERVED, FFA_INVALID_PARAMETERS},
                             {BITMAP_OF_PARTITION, FFA_INVALID_PARAMETERS},
                             {BITMAP_VM_UNKNOWN, FFA_INVALID_PARAMETERS},
                             {BITMAP_MISSING, FFA_DENIED},
                             {BITMAP_PENDING, FFA_DENIED},
                             {BITMAP_BOUND, FFA_DENIED}},
};

static struct spmc_notified *bitmap_room(struct spmc *spmc)
{
    for (uint32_t i = SPMC_NORMAL_WORLD; i < SPMC_NOTIFIED_MAX; i++) {
        /* the first is the caller's own */
        const bool fits =
            (i == SPMC_NORMAL_WORLD) == ((spmc->call.x[1] & 0xFFFFU) == SPMC_ENDPOINT_NS_CALLER);
        if (fits && !spmc->notified[i].enabled) {
            return &spmc->notified[i];
        }
    }
    return NULL;
}

static uint64_t bitmap_failures(const struct spmc *spmc, const struct spmc_notified *notified,
                                uint32_t first_reserved)
{
    const uint32_t vm = (uint32_t)spmc->call.x[1] & 0xFFFFU;
    const bool reserved = (uint32_t)spmc->call.x[1] >> 16 != 0 || registers_used(spmc, first_reserved);
    uint64_t failed = spmc_failed(BITMAP_RESERVED, reserved) |
                      spmc_failed(BITMAP_OF_PARTITION, id_is_secure(vm)) |
                      spmc_failed(BITMAP_VM_UNKNOWN, vm != SPMC_ENDPOINT_NS_CALLER);
    if (notified != NULL) {
        const uint64_t pending = pending_of(&notified->secure) | pending_of(&notified->normal_world);
        failed |= spmc_failed(BITMAP_PENDING, pending != 0 || notified->spm_rx_full) |
                  spmc_failed(BITMAP_BOUND, (notified->secure.bound | notified->normal_world.bound) != 0);
    }
    return failed | spmc_failed(notified != NULL ? BITMAP_EXISTS : BITMAP_MISSING, true);
}

struct spmc_step spmc_ffa_notification_bitmap_create(struct spmc *spmc)
{
    const uint32_t vm = (uint32_t)spmc->call.x[1] & 0xFFFFU;
    const uint32_t vcpu_count = (uint32_t)spmc->call.x[2];
    struct spmc_notified *room = bitmap_room(spmc);
    const uint64_t failed = bitmap_failures(spmc, notified_find(spmc, vm), 3) |
                            spmc_failed(BITMAP_VCPUS, vcpu_count > SPMC_VCPUS_MAX) |
                            spmc_failed(BITMAP_NO_ROOM, room == NULL);
    uint32_t check = 0;
    const int32_t status = spmc_first_failed(create_orders[spmc->config.profile], failed, &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    const uint32_t known = vcpu_count > SPMC_VCPUS_MAX ? SPMC_VCPUS_MAX : vcpu_count;
    *room = (struct spmc_notified){.enabled = true, .id = (uint16_t)vm, .vcpu_count = known};
    return spmc_success(spmc, 0, 0);
}

struct spmc_step spmc_ffa_notification_bitmap_destroy(struct spmc *spmc)
{
    struct spmc_notified *notified = notified_find(spmc, (uint32_t)spmc->call.x[1] & 0xFFFFU);
    const uint64_t failed = bitmap_failures(spmc, notified, 2);
    uint32_t check = 0;
    const int32_t status = spmc_first_failed(destroy_orders[spmc->config.profile], failed, &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    *notified = (struct spmc_notified){.enabled = false};
    return spmc_success(spmc, 0, 0);
}

/* FFA_NOTIFICATION_BIND and _UNBIND */

enum bind_check {
    BIND_RESERVED = 1,
    BIND_FLAGS,
    BIND_IDS,
    BIND_EMPTY,
    BIND_SENDER_UNKNOWN,
    BIND_NOT_ENABLED,
    BIND_ELSEWHERE, /* bound already, to somebody else (OP-TEE: to anybody) */
    BIND_NOT_BOUND, /* to that sender */
    BIND_PENDING,
};

static const struct spmc_check bind_orders[SPMC_PROFILE_COUNT][SPMC_CHECKS_MAX] = {
    [SPMC_PROFILE_HAFNIUM] = {{BIND_FLAGS, FFA_INVALID_PARAMETERS},
                              {BIND_IDS, FFA_INVALID_PARAMETERS},
                              {BIND_EMPTY, FFA_INVALID_PARAMETERS},
                              {BIND_SENDER_UNKNOWN, FFA_INVALID_PARAMETERS},
                              {BIND_NOT_ENABLED, FFA_NOT_SUPPORTED},
                              {BIND_ELSEWHERE, FFA_DENIED},
                              {BIND_PENDING, FFA_DENIED}},
    [SPMC_PROFILE_OP_TEE] = {{BIND_RESERVED, FFA_INVALID_PARAMETERS},
                             {BIND_FLAGS, FFA_DENIED},
                             {BIND_IDS, FFA_INVALID_PARAMETERS},
                             {BIND_SENDER_UNKNOWN, FFA_INVALID_PARAMETERS},
                             {BIND_NOT_ENABLED, FFA_DENIED},
                             {BIND_ELSEWHERE, FFA_DENIED}},
};

static const struct spmc_check unbind_orders[SPMC_PROFILE_COUNT][SPMC_CHECKS_MAX] = {
    [SPMC_PROFILE_HAFNIUM] = {{BIND_FLAGS, FFA_INVALID_PARAMETERS},
                              {BIND_IDS, FFA_INVALID_PARAMETERS},
                              {BIND_EMPTY, FFA_INVALID_PARAMETERS},
                              {BIND_SENDER_UNKNOWN, FFA_INVALID_PARAMETERS},
                              {BIND_NOT_ENABLED, FFA_NOT_SUPPORTED},
                              {BIND_NOT_BOUND, FFA_DENIED},
                              {BIND_PENDING, FFA_DENIED}},
    [SPMC_PROFILE_OP_TEE] = {{BIND_RESERVED, FFA_INVALID_PARAMETERS},
                             {BIND_FLAGS, FFA_INVALID_PARAMETERS},
                             {BIND_IDS, FFA_INVALID_PARAMETERS},
                             {BIND_SENDER_UNKNOWN, FFA_INVALID_PARAMETERS},
                             {BIND_NOT_ENABLED, FFA_DENIED},
                             {BIND_PENDING, FFA_DENIED}},
};

/* A partition receives for itself; the normal world's caller for itself and, a hypervisor, for its VMs. */
static bool receiver_is_wrong(const struct spmc *spmc, uint32_t receiver)
{
    return spmc_caller_is_partition(spmc) ? receiver != spmc->callers[spmc->caller].id
                                          : id_is_secure(receiver);
}

/* The normal world binds to partitions; how it binds to itself is the hypervisor's business. */
static bool bind_ids_are_wrong(const struct spmc *spmc, uint32_t sender, uint32_t receiver)
{
    const bool inside = !spmc_caller_is_partition(spmc) && !id_is_secure(sender);
    return receiver_is_wrong(spmc, receiver) || sender == receiver || inside;
}

static uint64_t bound_to(const struct spmc_notifications_from *from, uint64_t bitmap, uint32_t sender)
{
    uint64_t result = 0;
    for (uint32_t i = 0; i < SPMC_NOTIFICATIONS; i++) {
        if ((bitmap & from->bound) >> i & 1 && from->senders[i] == sender) {
            result |= 1ULL << i;
        }
    }
    return result;
}

static uint64_t bind_failures(struct spmc *spmc, struct spmc_notified *notified, uint32_t sender,
                              uint32_t receiver)
{
    const uint64_t bitmap = bitmap_of(spmc);
    const bool unknown = id_is_secure(sender) && spmc_partition_find(spmc, sender) == SPMC_NONE;
    uint64_t failed = spmc_failed(BIND_RESERVED, registers_used(spmc, 5)) |
                      spmc_failed(BIND_IDS, bind_ids_are_wrong(spmc, sender, receiver)) |
                      spmc_failed(BIND_EMPTY, bitmap == 0) | spmc_failed(BIND_SENDER_UNKNOWN, unknown);
    if (notified == NULL || !notified->enabled || spmc_caller(spmc)->version < FFA_VERSION_1_1) {
        return failed | spmc_failed(BIND_NOT_ENABLED, true);
    }
    const struct spmc_notifications_from *from = notifications_from(notified, sender);
    const uint64_t own = bound_to(from, bitmap, sender);
    const bool op_tee = spmc->config.profile == SPMC_PROFILE_OP_TEE;
    const uint64_t elsewhere = bitmap & from->bound & ~(op_tee ? 0 : own);
    return failed | spmc_failed(BIND_ELSEWHERE, elsewhere != 0) | spmc_failed(BIND_NOT_BOUND, own != bitmap) |
           spmc_failed(BIND_PENDING, (pending_of(from) & bitmap) != 0);
}

struct spmc_step spmc_ffa_notification_bind(struct spmc *spmc)
{
    const uint32_t sender = (uint32_t)spmc->call.x[1] >> 16;
    const uint32_t receiver = (uint32_t)spmc->call.x[1] & 0xFFFFU;
    const uint32_t flags = (uint32_t)spmc->call.x[2];
    const uint32_t allowed = spmc->config.per_vcpu_notifications ? FFA_NOTIFICATION_PER_VCPU : 0;
    struct spmc_notified *notified = notified_find(spmc, receiver);
    const uint64_t failed =
        bind_failures(spmc, notified, sender, receiver) | spmc_failed(BIND_FLAGS, (flags & ~allowed) != 0);
    uint32_t check = 0;
    const int32_t status = spmc_first_failed(bind_orders[spmc->config.profile], failed, &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    struct spmc_notifications_from *from = notifications_from(notified, sender);
    const uint64_t bitmap = bitmap_of(spmc);
    from->bound |= bitmap;
    from->per_vcpu =
        (flags & FFA_NOTIFICATION_PER_VCPU) != 0 ? from->per_vcpu | bitmap : from->per_vcpu & ~bitmap;
    for (uint32_t i = 0; i < SPMC_NOTIFICATIONS; i++) {
        if ((bitmap >> i & 1) != 0) {
            from->senders[i] = (uint16_t)sender;
        }
    }
    return spmc_success(spmc, 0, 0);
}

struct spmc_step spmc_ffa_notification_unbind(struct spmc *spmc)
{
    const uint32_t sender = (uint32_t)spmc->call.x[1] >> 16;
    const uint32_t receiver = (uint32_t)spmc->call.x[1] & 0xFFFFU;
    struct spmc_notified *notified = notified_find(spmc, receiver);
    const uint64_t failed = bind_failures(spmc, notified, sender, receiver) |
                            spmc_failed(BIND_FLAGS, (uint32_t)spmc->call.x[2] != 0);
    uint32_t check = 0;
    const int32_t status = spmc_first_failed(unbind_orders[spmc->config.profile], failed, &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    struct spmc_notifications_from *from = notifications_from(notified, sender);
    from->bound &= ~bound_to(from, bitmap_of(spmc), sender);
    return spmc_success(spmc, 0, 0);
}

/* FFA_NOTIFICATION_SET */

enum set_check { SET_FLAGS = 1, SET_IDS, SET_EMPTY, SET_DELAY, SET_VCPU, SET_NOT_ENABLED, SET_NOT_BOUND };

static const struct spmc_check set_order[SPMC_CHECKS_MAX] = {
    {SET_FLAGS, FFA_INVALID_PARAMETERS}, {SET_IDS, FFA_INVALID_PARAMETERS},
    {SET_EMPTY, FFA_INVALID_PARAMETERS}, {SET_DELAY, FFA_INVALID_PARAMETERS},
    {SET_NOT_ENABLED, FFA_DENIED},       {SET_VCPU, FFA_INVALID_PARAMETERS},
    {SET_NOT_BOUND, FFA_DENIED},
};

#define SET_FLAGS_DEFINED (FFA_NOTIFICATION_PER_VCPU | FFA_NOTIFICATION_DELAY_SRI)

/* w2: flags, and in [31:16] the vCPU of a per-vCPU notification. */
static uint64_t set_failures(struct spmc *spmc, struct spmc_notified *notified, uint32_t sender,
                             uint32_t receiver)
{
    const uint32_t w2 = (uint32_t)spmc->call.x[2];
    const uint32_t vcpu = w2 >> 16;
    const bool per_vcpu = (w2 & FFA_NOTIFICATION_PER_VCPU) != 0;
    const bool partition = spmc_caller_is_partition(spmc);
    const bool flags_wrong = (w2 & 0xFFFFU & ~SET_FLAGS_DEFINED) != 0 ||
                             (per_vcpu && !spmc->config.per_vcpu_notifications) || (!per_vcpu && vcpu != 0);
    const bool sender_wrong =
        partition ? sender != spmc_caller(spmc)->id : id_is_secure(sender) || !id_is_secure(receiver);
    const bool unknown = id_is_secure(receiver) && notified == NULL;
    uint64_t failed = spmc_failed(SET_FLAGS, flags_wrong) |
                      spmc_failed(SET_IDS, sender_wrong || sender == receiver || unknown) |
                      spmc_failed(SET_EMPTY, bitmap_of(spmc) == 0) |
                      spmc_failed(SET_DELAY, !partition && (w2 & FFA_NOTIFICATION_DELAY_SRI) != 0);
    if (notified == NULL || !notified->enabled) {
        return failed | spmc_failed(SET_NOT_ENABLED, true);
    }
    const struct spmc_notifications_from *from = notifications_from(notified, sender);
    const uint64_t bitmap = bitmap_of(spmc);
    const uint64_t other_kind = bitmap & (per_vcpu ? ~from->per_vcpu : from->per_vcpu);
    const bool bound = bound_to(from, bitmap, sender) == bitmap && other_kind == 0;
    return failed | spmc_failed(SET_VCPU, per_vcpu && vcpu >= notified->vcpu_count) |
           spmc_failed(SET_NOT_BOUND, !bound);
}

static void pending_set(struct spmc_notified *notified, struct spmc_notifications_from *from, uint32_t w2,
                        uint64_t bitmap)
{
    const uint32_t vcpu = w2 >> 16;
    if ((w2 & FFA_NOTIFICATION_PER_VCPU) != 0) {
        from->pending_vcpu[vcpu] |= bitmap;
        notified->told_vcpus &= (uint8_t) ~(1U << vcpu);
        return;
    }
    from->pending |= bitmap;
    notified->told = false;
}

struct spmc_step spmc_ffa_notification_set(struct spmc *spmc)
{
    const uint32_t sender = (uint32_t)spmc->call.x[1] >> 16;
    const uint32_t receiver = (uint32_t)spmc->call.x[1] & 0xFFFFU;
    const uint32_t w2 = (uint32_t)spmc->call.x[2];
    struct spmc_notified *notified = notified_find(spmc, receiver);
    uint32_t check = 0;
    const int32_t status =
        spmc_first_failed(set_order, set_failures(spmc, notified, sender, receiver), &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    const uint64_t bitmap = bitmap_of(spmc);
    pending_set(notified, notifications_from(notified, sender), w2, bitmap);
    event_log_append(spmc->log, EVENT_SPMC_NOTIFICATION, AGENT_SPMC, 0, sender, receiver, bitmap, w2 >> 16);
    schedule_receiver_or_delay(spmc, (w2 & FFA_NOTIFICATION_DELAY_SRI) != 0);
    return spmc_success(spmc, 0, 0);
}

/* FFA_NOTIFICATION_GET */

enum get_check { GET_FLAGS = 1, GET_FLAGS_AT_PHYSICAL, GET_RECEIVER, GET_NOT_ENABLED, GET_VCPU };

static const struct spmc_check get_orders[SPMC_PROFILE_COUNT][SPMC_CHECKS_MAX] = {
    [SPMC_PROFILE_HAFNIUM] = {{GET_FLAGS, FFA_INVALID_PARAMETERS},
                              {GET_FLAGS_AT_PHYSICAL, FFA_INVALID_PARAMETERS},
                              {GET_RECEIVER, FFA_INVALID_PARAMETERS},
                              {GET_NOT_ENABLED, FFA_DENIED},
                              {GET_VCPU, FFA_INVALID_PARAMETERS}},
    [SPMC_PROFILE_OP_TEE] = {{GET_FLAGS, FFA_INVALID_PARAMETERS},
                             {GET_RECEIVER, FFA_INVALID_PARAMETERS},
                             {GET_NOT_ENABLED, FFA_INVALID_PARAMETERS},
                             {GET_VCPU, FFA_INVALID_PARAMETERS}},
};

/* The pending bits of a vCPU, global ones among them; they are pending no more. */
static uint64_t pending_take(struct spmc_notifications_from *from, uint32_t vcpu)
{
    const uint64_t taken = from->pending | from->pending_vcpu[vcpu];
    from->pending = 0;
    from->pending_vcpu[vcpu] = 0;
    return taken;
}

static struct spmc_step get_result(struct spmc *spmc, struct spmc_notified *notified, uint32_t flags,
                                   uint32_t vcpu)
{
    struct smc_frame frame = {.x = {FFA_SUCCESS_32}};
    if ((flags & FFA_NOTIFICATION_GET_FROM_SP) != 0) {
        const uint64_t taken = pending_take(&notified->secure, vcpu);
        frame.x[2] = (uint32_t)taken;
        frame.x[3] = taken >> 32;
    }
    if ((flags & FFA_NOTIFICATION_GET_FROM_VM) != 0) {
        const uint64_t taken = pending_take(&notified->normal_world, vcpu);
        frame.x[4] = (uint32_t)taken;
        frame.x[5] = taken >> 32;
    }
    if ((flags & FFA_NOTIFICATION_GET_FROM_SPM) != 0) {
        frame.x[6] = notified->spm_rx_full ? FFA_NOTIFICATION_SPM_RX_FULL : 0;
        notified->spm_rx_full = false;
    }
    return spmc_done_ffa(spmc, &frame);
}

/* w1: vCPU and receiver. The bitmaps of VMs and of a hypervisor are not the SPMC's at the physical instance.
 */
struct spmc_step spmc_ffa_notification_get(struct spmc *spmc)
{
    const uint32_t vcpu = (uint32_t)spmc->call.x[1] >> 16;
    const uint32_t receiver = (uint32_t)spmc->call.x[1] & 0xFFFFU;
    const uint32_t flags = (uint32_t)spmc->call.x[2];
    const uint32_t of_the_hypervisor = FFA_NOTIFICATION_GET_FROM_VM | FFA_NOTIFICATION_GET_FROM_HYPERVISOR;
    struct spmc_notified *notified = notified_find(spmc, receiver);
    const bool enabled = notified != NULL && notified->enabled;
    const bool physical = !spmc_caller_is_partition(spmc);
    /* a global notification has no vCPU: an endpoint with one context may have been created with none */
    const uint32_t vcpu_count = enabled && notified->vcpu_count != 0 ? notified->vcpu_count : 1;
    const uint64_t failed = spmc_failed(GET_FLAGS, (flags & ~FFA_NOTIFICATION_GET_FLAGS) != 0) |
                            spmc_failed(GET_FLAGS_AT_PHYSICAL, physical && (flags & of_the_hypervisor) != 0) |
                            spmc_failed(GET_RECEIVER, receiver_is_wrong(spmc, receiver)) |
                            spmc_failed(GET_NOT_ENABLED, !enabled) |
                            spmc_failed(GET_VCPU, vcpu >= vcpu_count);
    uint32_t check = 0;
    const int32_t status = spmc_first_failed(get_orders[spmc->config.profile], failed, &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    return get_result(spmc, notified, flags, vcpu);
}

/* FFA_NOTIFICATION_INFO_GET: lists of an endpoint and up to three of its vCPUs, packed as 16-bit IDs. */

#define INFO_LIST_VCPUS 3U
#define INFO_IDS_PER_W  2U
#define INFO_IDS_PER_X  4U
#define INFO_REGISTERS  5U  /* x3-x7 */
#define INFO_IDS_MAX    20U /* as many lists have sizes in x2[63:12], ten of a 32-bit call in w2[31:12] */

struct info {
    uint16_t ids[INFO_IDS_MAX];
    uint32_t ids_max;
    uint32_t id_count;
    uint32_t list_count;
    uint64_t sizes; /* two bits each: how many vCPUs follow the endpoint */
    bool more;
};

/* False when the list does not fit. */
static bool info_add(struct info *info, uint16_t endpoint_id, const uint16_t *vcpus, uint32_t vcpu_count)
{
    if (info->id_count + 1 + vcpu_count > info->ids_max) {
        info->more = true;
        return false;
    }
    info->ids[info->id_count++] = endpoint_id;
    for (uint32_t i = 0; i < vcpu_count; i++) {
        info->ids[info->id_count++] = vcpus[i];
    }
    info->sizes |= (uint64_t)vcpu_count << (2 * info->list_count);
    info->list_count++;
    return true;
}

static bool vcpu_waits(const struct spmc_notified *notified, uint32_t vcpu)
{
    const uint64_t pending = notified->secure.pending_vcpu[vcpu] | notified->normal_world.pending_vcpu[vcpu];
    return pending != 0 && (notified->told_vcpus >> vcpu & 1) == 0;
}

/* The vCPUs that wait and have not been told, in lists of three. */
static void info_add_vcpus(struct info *info, struct spmc_notified *notified)
{
    uint32_t next = 0;
    while (next < SPMC_VCPUS_MAX) {
        uint16_t vcpus[INFO_LIST_VCPUS];
        uint8_t told = 0;
        uint32_t count = 0;
        for (; next < SPMC_VCPUS_MAX && count < INFO_LIST_VCPUS; next++) {
            if (vcpu_waits(notified, next)) {
                told |= (uint8_t)(1U << next);
                vcpus[count++] = (uint16_t)next;
            }
        }
        if (count == 0 || !info_add(info, notified->id, vcpus, count)) {
            return;
        }
        notified->told_vcpus |= told;
    }
}

static void info_add_endpoint(struct info *info, struct spmc_notified *notified)
{
    const uint64_t global = notified->secure.pending | notified->normal_world.pending;
    if ((global != 0 || notified->spm_rx_full) && !notified->told) {
        notified->told = info_add(info, notified->id, NULL, 0);
    }
    info_add_vcpus(info, notified);
}

static struct spmc_step info_result(const struct spmc *spmc, const struct info *info, bool wide)
{
    const uint32_t per_register = wide ? INFO_IDS_PER_X : INFO_IDS_PER_W;
    struct smc_frame frame = {.x = {wide ? FFA_SUCCESS_64 : FFA_SUCCESS_32}};
    frame.x[2] = (info->more ? FFA_NOTIFICATION_INFO_MORE : 0) |
                 (uint64_t)info->list_count << FFA_NOTIFICATION_INFO_COUNT_SHIFT |
                 info->sizes << FFA_NOTIFICATION_INFO_SIZES_SHIFT;
    for (uint32_t i = 0; i < info->id_count; i++) {
        frame.x[3 + i / per_register] |= (uint64_t)info->ids[i] << (i % per_register * 16);
    }
    return spmc_done_ffa(spmc, &frame);
}

struct spmc_step spmc_ffa_notification_info_get(struct spmc *spmc)
{
    const bool wide = (spmc->call.x[0] & FFA_FUNCTION_64BIT) != 0;
    struct info info = {.ids_max = INFO_REGISTERS * (wide ? INFO_IDS_PER_X : INFO_IDS_PER_W)};
    for (uint32_t i = 0; i < SPMC_NOTIFIED_MAX && !info.more; i++) {
        if (spmc->notified[i].enabled) {
            info_add_endpoint(&info, &spmc->notified[i]);
        }
    }
    if (info.list_count == 0) {
        return spmc_refused(spmc, FFA_NO_DATA, 1);
    }
    return info_result(spmc, &info, wide);
}
