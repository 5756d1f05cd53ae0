// SPDX-License-Identifier: BSD-3-Clause
#include "model/platform/board.hpp"

#include <string>

namespace {

std::vector<memory_region> dram_of(const struct platform_config &platform)
{
    std::vector<memory_region> regions;
    for (uint32_t i = 0; i < platform.ram_count; i++) {
        regions.push_back({platform.ram[i].pa, platform.ram[i].size});
    }
    for (uint32_t i = 0; i < platform.secure_ram_count; i++) {
        regions.push_back({platform.secure_ram[i].pa, platform.secure_ram[i].size});
    }
    return regions;
}

bool has_caches(const struct machine_request &request)
{
    return request.mode == MACHINE_MODE_CACHED || request.mode == MACHINE_MODE_TOKEN;
}

enum cache_script_kind script_kind_of(enum checker_move_kind kind)
{
    switch (kind) {
    case CHECKER_MOVE_FILL:
        return CACHE_SCRIPT_FILL;
    case CHECKER_MOVE_DROP:
        return CACHE_SCRIPT_DROP;
    case CHECKER_MOVE_WRITEBACK:
        return CACHE_SCRIPT_WRITEBACK;
    case CHECKER_MOVE_HOLD:
        return CACHE_SCRIPT_HOLD;
    case CHECKER_MOVE_COMPLETE:
        return CACHE_SCRIPT_COMPLETE;
    case CHECKER_MOVE_MISS:
        return CACHE_SCRIPT_MISS;
    case CHECKER_MOVE_DRAIN:
        break;
    }
    return CACHE_SCRIPT_DRAIN;
}

// The moves of a token, for caches that it drives; none in other modes.
std::optional<cache_module::moves> moves_of(const struct machine_request &request)
{
    if (request.mode != MACHINE_MODE_TOKEN) {
        return std::nullopt;
    }
    cache_module::moves moves;
    for (uint32_t i = 0; i < request.move_count; i++) {
        const struct prove_move &move = request.moves[i];
        const bool of_pe = move.pe < request.platform->cache.pe_count;
        struct cache_script_move made {};
        made.where = move.where;
        made.pa = move.pa;
        made.kind = static_cast<uint8_t>(script_kind_of(static_cast<enum checker_move_kind>(move.kind)));
        made.space = move.space;
        made.observer = of_pe ? move.pe : CACHE_OBSERVER_DEVICE;
        moves.push_back(made);
    }
    return moves;
}

void prove_level_set(struct prove_config &config, uint32_t level, const struct cache_geometry &geometry,
                     uint32_t line)
{
    if (geometry.size != 0 && geometry.set_way) {
        config.levels[level] = {geometry.size / line / geometry.ways, geometry.ways};
    }
}

struct prove_config prove_config_of(const struct platform_config &platform)
{
    const struct cache_config &cache = platform.cache;
    struct prove_config config {};
    config.line = cache.line;
    config.elsewhere = cache.system_cache.size != 0;
    config.idc = cache.idc;
    config.dic = cache.dic;
    prove_level_set(config, 0, cache.l1d, cache.line);
    prove_level_set(config, 1, cache.l2, cache.line);
    if (platform.has_secure) {
        config.secure_alias = platform.secure_mapping == SECURE_MAPPING_WB_SECURE_ALIAS;
        config.secure_coherent = platform.secure_mapping == SECURE_MAPPING_NORMAL_WB;
        config.buffer_pa = platform.buffer.pa;
        config.buffer_size = platform.buffer.size;
    }
    for (uint32_t i = 0; i < platform.ram_count; i++) {
        config.windows[config.window_count++] = {platform.ram[i].pa, platform.ram[i].size};
    }
    return config;
}

struct cpu_config cpu_config_of(const struct machine_request &request)
{
    const struct platform_config &platform = *request.platform;
    struct cpu_config config {};
    config.mode = has_caches(request) ? CPU_MEMORY_CACHED : CPU_MEMORY_GOLDEN;
    config.observed = request.mode == MACHINE_MODE_PROVE;
    config.entry_el = static_cast<uint8_t>(platform.entry_el);
    config.entry_pc = request.entry;
    config.entry_x[0] = request.entry_x0;
    config.midr_el1 = platform.midr_el1;
    config.lse = platform.lse;
    config.mpidr_el1 = 1ULL << 31;
    config.ctr_el0 = cache_ctr_el0(&platform.cache);
    config.clidr_el1 = cache_clidr_el1(&platform.cache);
    for (uint32_t level = 1; level <= CPU_CACHE_LEVELS_MAX; level++) {
        for (uint32_t instruction = 0; instruction < 2; instruction++) {
            config.ccsidr_el1[level - 1][instruction] =
                cache_ccsidr_el1(&platform.cache, level, instruction != 0, platform.ccidx);
        }
    }
    config.ccidx = platform.ccidx;
    config.dczid_el0 = cache_dczid_el0(&platform.cache);
    config.hcr_el2 = platform.hcr_el2;
    config.cntfrq_el0 = platform.counter_hz;
    config.ns_per_instruction = platform.ns_per_instruction;
    config.line_size = platform.cache.line;
    return config;
}

struct spmc_config spmc_config_of(const struct platform_config &platform)
{
    struct spmc_config config {};
    spmc_config_init(&config);
    config.ffa_present = platform.has_secure;
    config.mpidr = 1ULL << 31;
    for (uint32_t i = 0; i < platform.ram_count; i++) {
        config.ns_ranges[config.ns_range_count++] = {platform.ram[i].pa, platform.ram[i].size};
    }
    if (platform.has_secure) {
        config.ffa_version = platform.ffa_version;
        config.profile = platform.profile;
        config.per_vcpu_notifications = platform.per_vcpu_notifications;
        config.interrupt_stays_pending = platform.interrupt_stays_pending;
        config.lifecycle_support = platform.aborted_is_busy;
    }
    for (uint32_t i = 0; i < platform.partition_count; i++) {
        config.partitions[config.partition_count++] = platform.partitions[i].framework;
    }
    return config;
}

struct mm_sp_config mm_sp_config_of(const struct machine_request &request)
{
    const struct platform_config &platform = *request.platform;
    struct mm_sp_config config {};
    mm_sp_config_init(&config, platform.buffer.pa, static_cast<uint32_t>(platform.buffer.size));
    config.dialect =
        platform.mm_dialect == PLATFORM_MM_STANDALONE_MM ? MM_SP_STANDALONE_MM : MM_SP_SMM_GATEWAY;
    config.piece_size = platform.mm_piece_size;
    config.maintenance_per_piece = platform.mm_maintenance_per_piece;
    config.preemptible = platform.mm_preemptible;
    config.authentication = platform.mm_authentication;
    config.self_signed_pk = platform.mm_self_signed_pk;
    config.store = {request.store_path, request.store_image, request.store_image_size};
    config.own_maintenance = platform.secure_maintenance;
    config.secure_barrier = platform.secure_barrier;
    switch (static_cast<enum secure_mapping>(platform.secure_mapping)) {
    case SECURE_MAPPING_NORMAL_NC:
        config.memory_type = MEMORY_NORMAL_NC;
        config.shareability = SHAREABILITY_OUTER;
        break;
    case SECURE_MAPPING_DEVICE:
        config.memory_type = MEMORY_DEVICE_NGNRNE;
        config.shareability = SHAREABILITY_OUTER;
        break;
    case SECURE_MAPPING_NORMAL_WB:
        config.memory_type = MEMORY_NORMAL_WB;
        config.shareability = SHAREABILITY_INNER;
        break;
    case SECURE_MAPPING_WB_SECURE_ALIAS:
        config.memory_type = MEMORY_NORMAL_WB;
        config.shareability = SHAREABILITY_INNER;
        config.pa_space = PA_SPACE_SECURE;
        break;
    }
    return config;
}

std::vector<uint8_t> bytes_of(const uint8_t *bytes, uint64_t size)
{
    return bytes != nullptr ? std::vector<uint8_t>(bytes, bytes + size) : std::vector<uint8_t>();
}

std::vector<virtio_disk> disks_of(const struct machine_request &request)
{
    std::vector<virtio_disk> disks;
    if (request.disk.bytes != nullptr) {
        disks.push_back({request.platform->virtio_disk, bytes_of(request.disk.bytes, request.disk.size),
                         request.disk.read_only, "disk"});
    }
    return disks;
}

struct fw_cfg_config fw_cfg_config_of(const struct platform_config &platform)
{
    struct fw_cfg_config config {};
    for (uint32_t i = 0; i < platform.ram_count; i++) {
        config.ram_size += platform.ram[i].size;
    }
    config.cpus = static_cast<uint16_t>(platform.cores);
    return config;
}

static_assert(PLATFORM_VIRTIO_SIZE == VIRTIO_MMIO_SIZE && PLATFORM_VIRTIO_MAX == VIRTIO_MMIO_SLOTS,
              "the platform file and the transport agree on slots");

} // namespace

board::board(sc_core::sc_module_name name, const struct machine_request &request,
             const std::vector<struct script_step> &steps, struct event_log *log)
    : sc_core::sc_module(name), memory("memory", dram_of(*request.platform)), router("router", log),
      pe0("pe0", cpu_config_of(request), request.instructions_max, log),
      spmc("spmc", spmc_config_of(*request.platform), log, request.platform->cache.line), log_(log)
{
    make_memory_side(request, log);
    if (request.platform->has_secure) {
        make_guards(log);
    }
    bind_memory_map(*request.platform, steps);
    bind_flashes(request);
    bind_masters(request);
    bind_pe(*request.platform);
    bind_secure_side(request, log);
}

// What stands between the agents and the bus.
void board::make_memory_side(const struct machine_request &request, struct event_log *log)
{
    if (request.mode == MACHINE_MODE_PROVE) {
        checker = std::make_unique<checker_module>("checker", prove_config_of(*request.platform));
        checker->initiator_socket.bind(router.target_socket);
        return;
    }
    caches =
        std::make_unique<cache_module>("caches", has_caches(request) ? &request.platform->cache : nullptr,
                                       dram_of(*request.platform), log, moves_of(request));
    caches->initiator_socket.bind(router.target_socket);
}

// Who may touch which page is asked before the caches: what they hold stays theirs.
void board::make_guards(struct event_log *log)
{
    data_guard = std::make_unique<page_guard_module>("data_guard", log);
    data_guard->initiator_socket.bind(unguarded_data_side());
    fetch_guard = std::make_unique<page_guard_module>("fetch_guard", log);
    fetch_guard->initiator_socket.bind(unguarded_fetch_side());
}

board::memory_side &board::unguarded_data_side()
{
    return checker != nullptr ? static_cast<memory_side &>(checker->target_socket) : caches->target_socket;
}

board::memory_side &board::unguarded_fetch_side()
{
    return checker != nullptr ? static_cast<memory_side &>(checker->fetch_target_socket)
                              : caches->fetch_target_socket;
}

board::memory_side &board::data_side()
{
    return data_guard != nullptr ? static_cast<memory_side &>(data_guard->target_socket)
                                 : unguarded_data_side();
}

board::memory_side &board::fetch_side()
{
    return fetch_guard != nullptr ? static_cast<memory_side &>(fetch_guard->target_socket)
                                  : unguarded_fetch_side();
}

void board::bind_memory_map(const struct platform_config &platform,
                            const std::vector<struct script_step> &steps)
{
    for (const memory_region &region : dram_of(platform)) {
        router.map(region.pa, region.size, false);
        router.initiator_socket.bind(memory.target_socket);
    }
    for (uint32_t i = 0; i < platform.empty_count; i++) {
        router.map_empty(platform.empty[i].pa, platform.empty[i].size);
    }
    if (platform.has_uart) {
        uart = std::make_unique<pl011_module>("uart");
        bind_device(*uart, platform.uart_pa, PL011_SIZE);
    }
    if (platform.has_script) {
        script = std::make_unique<script_module>("script", steps, MACHINE_RESULT_DATA_MAX);
        bind_device(*script, platform.script_pa, SCRIPT_PAGE_SIZE);
    }
    if (platform.has_rtc) {
        rtc = std::make_unique<pl031_module>("rtc", static_cast<uint32_t>(platform.rtc_start),
                                             platform.ns_per_instruction);
        bind_device(*rtc, platform.rtc_pa, PL031_SIZE);
    }
}

template <typename module_type> void board::bind_device(module_type &device, uint64_t pa, uint64_t size)
{
    router.map(pa, size, true);
    router.initiator_socket.bind(device.target_socket);
}

void board::bind_flashes(const struct machine_request &request)
{
    const struct platform_config &platform = *request.platform;
    for (uint32_t i = 0; i < platform.flash_count; i++) {
        const struct machine_flash &image = request.flashes[i];
        const std::string name = "flash" + std::to_string(i);
        flashes.push_back(std::make_unique<cfi_flash_module>(name.c_str(), bytes_of(image.bytes, image.size),
                                                             platform.flash[i].size));
        bind_device(*flashes.back(), platform.flash[i].pa, platform.flash[i].size);
    }
}

// Devices that read and write memory themselves do it where the PEs do.
void board::bind_masters(const struct machine_request &request)
{
    const struct platform_config &platform = *request.platform;
    if (platform.has_fw_cfg) {
        fw_cfg = std::make_unique<fw_cfg_module>("fw_cfg", fw_cfg_config_of(platform), platform.dma_coherent,
                                                 platform.cache.line);
        bind_device(*fw_cfg, platform.fw_cfg_pa, FW_CFG_SIZE);
        fw_cfg->bus_initiator_socket.bind(data_side());
    }
    if (platform.virtio_count != 0) {
        virtio = std::make_unique<virtio_mmio_module>("virtio", disks_of(request), platform.virtio_legacy,
                                                      platform.dma_coherent, platform.cache.line);
        bind_device(*virtio, platform.virtio_pa,
                    static_cast<uint64_t>(platform.virtio_count) * PLATFORM_VIRTIO_SIZE);
        virtio->bus_initiator_socket.bind(data_side());
    }
}

void board::bind_pe(const struct platform_config &platform)
{
    pe0.data_initiator_socket.bind(data_side());
    pe0.fetch_initiator_socket.bind(fetch_side());
    pe0.smc_initiator_socket.bind(spmc.smc_target_socket);
    if (cache_core() != nullptr) {
        cache_grants_set(cache_core(), 0, cpu_grants(pe0.core()));
    }
    for (uint32_t i = 0; prove_core() != nullptr && i < platform.ram_count; i++) {
        pe0.share_marks(platform.ram[i].pa, platform.ram[i].size, prove_marks(prove_core(), i));
    }
}

void board::bind_secure_side(const struct machine_request &request, struct event_log *log)
{
    const struct platform_config &platform = *request.platform;
    if (!platform.has_secure) {
        return;
    }
    spmc.bus_initiator_socket.bind(data_side());
    for (uint32_t i = 0; i < platform.secure_ram_count; i++) {
        allow(PAGE_ACCESS_NORMAL_WORLD, platform.secure_ram[i].pa, platform.secure_ram[i].size,
              PAGE_NO_ACCESS);
    }
    for (uint32_t i = 0; i < platform.partition_count; i++) {
        bind_partition(request, i, log);
    }
    spmc.hand_over_port.bind(hand_over_observer_);
    spmc.ownership_port.bind(ownership_observer_);
}

void board::bind_partition(const struct machine_request &request, uint32_t index, struct event_log *log)
{
    const struct platform_config &platform = *request.platform;
    const struct platform_partition &partition = platform.partitions[index];
    auto &message_socket = spmc.partition_initiator_sockets[index];
    allow_partition(partition);
    if (partition.is_mm) {
        mm_partition_ = index;
        mm_sp = std::make_unique<mm_sp_module>("mm_sp", mm_sp_config_of(request), log, platform.cache.line);
        message_socket.bind(mm_sp->message_target_socket);
        mm_sp->bus_initiator_socket.bind(data_side());
        return;
    }
    const std::string name = "partition" + std::to_string(index);
    partitions.push_back(
        std::make_unique<partition_module>(name.c_str(), partition.behaviour, log, platform.cache.line));
    message_socket.bind(partitions.back()->message_target_socket);
    partitions.back()->bus_initiator_socket.bind(data_side());
}

void board::allow(uint16_t endpoint, uint64_t pa, uint64_t size, enum page_right right)
{
    data_guard->allow(endpoint, pa, size, right);
    fetch_guard->allow(endpoint, pa, size, right);
}

// What its manifest gives it; the rest comes by FFA_MEM_RETRIEVE_REQ.
void board::allow_partition(const struct platform_partition &partition)
{
    const struct spmc_partition_config &manifest = partition.framework;
    data_guard->add(manifest.id);
    fetch_guard->add(manifest.id);
    for (uint32_t i = 0; i < manifest.memory_region_count; i++) {
        const struct spmc_memory_region &region = manifest.memory_regions[i];
        const bool writable = (region.permissions & FFA_MEMORY_DATA_ACCESS) == FFA_MEMORY_DATA_READ_WRITE;
        allow(manifest.id, region.pa, region.size, writable ? PAGE_READ_WRITE : PAGE_READ_ONLY);
    }
    const uint64_t buffer_size = static_cast<uint64_t>(manifest.rxtx_pages) * SPMC_PAGE_SIZE;
    if (buffer_size != 0) {
        allow(manifest.id, manifest.rx_pa, buffer_size, PAGE_READ_WRITE);
        allow(manifest.id, manifest.tx_pa, buffer_size, PAGE_READ_WRITE);
    }
}

static_assert(static_cast<int>(PAGE_READ_ONLY) == SPMC_MEMORY_READ_ONLY &&
                  static_cast<int>(PAGE_READ_WRITE) == SPMC_MEMORY_READ_WRITE,
              "the SPMC's words for rights are the bus's");

// Grants of lines are the caches' to give; the PE asks for them again, and the guard decides.
void board::ownership(const struct spmc_ownership &change)
{
    allow(change.endpoint, change.pa, change.size, static_cast<enum page_right>(change.access));
    if (cache_core() != nullptr) {
        grant_clear_all(cpu_grants(pe0.core()));
    }
    if (checker != nullptr && change.endpoint == 0 && change.space == PA_SPACE_NON_SECURE) {
        checker->lend(change.pa, change.size, change.access == SPMC_MEMORY_NO_ACCESS, caller());
    }
}

// The PE that has made the call under way.
struct access board::caller() const
{
    struct access by {};
    by.agent = AGENT_PE;
    by.pc = log_->pc;
    by.position = log_->position;
    return by;
}

// The checker judges the shared buffer, which is the MM partition's, at the moment of the call.
void board::hand_over(const struct spmc_hand_over &edge)
{
    if (checker == nullptr || edge.partition != mm_partition_) {
        return;
    }
    checker->hand_over(edge.function_id, edge.to_secure, caller());
}
