// SPDX-License-Identifier: BSD-3-Clause
//
// The schematic: which modules a platform has, and how they are wired. No behaviour lives here.
//
//     pe0 --data---> guard --> caches --> router --> memory (one port a DRAM region)
//                            (prove: the checker stands in the caches' place; the guards, one a side, are
//                             there with FF-A)
//         --fetch--> guard -->   ^                \-> uart, script, rtc, flash banks
//         --smc---> spmc                 \-> virtio slots, fw_cfg --> caches (they are masters, too)
//                      \--> mm_sp, partitions --> caches (they run on the calling PE)
#ifndef MODEL_PLATFORM_BOARD_HPP
#define MODEL_PLATFORM_BOARD_HPP

#include <memory>
#include <vector>

#include <systemc>

#include "model/bus/memory_module.hpp"
#include "model/bus/page_guard_module.hpp"
#include "model/bus/router_module.hpp"
#include "model/cache/cache_module.hpp"
#include "model/checker/checker_module.hpp"
#include "model/cpu_nsel1/cpu_module.hpp"
#include "model/device/cfi_flash_module.hpp"
#include "model/device/fw_cfg_module.hpp"
#include "model/device/pl011_module.hpp"
#include "model/device/pl031_module.hpp"
#include "model/device/script_module.hpp"
#include "model/device/virtio_mmio_module.hpp"
#include "model/mm_sp/mm_sp_module.hpp"
#include "model/partition/partition_module.hpp"
#include "model/platform/machine.h"
#include "model/spmc/spmc_module.hpp"

class board : public sc_core::sc_module {
public:
    board(sc_core::sc_module_name name, const struct machine_request &request,
          const std::vector<struct script_step> &steps, struct event_log *log);

    memory_module memory;
    router_module router;
    std::unique_ptr<cache_module> caches;           // null in prove
    std::unique_ptr<checker_module> checker;        // of prove alone
    std::unique_ptr<page_guard_module> data_guard;  // null on a platform without FF-A
    std::unique_ptr<page_guard_module> fetch_guard; // likewise
    cpu_module pe0;
    spmc_module spmc;
    std::unique_ptr<mm_sp_module> mm_sp; // null on a platform without the MM partition
    std::vector<std::unique_ptr<partition_module>> partitions;
    std::unique_ptr<pl011_module> uart;
    std::unique_ptr<script_module> script;
    std::unique_ptr<pl031_module> rtc;
    std::unique_ptr<fw_cfg_module> fw_cfg;
    std::unique_ptr<virtio_mmio_module> virtio;
    std::vector<std::unique_ptr<cfi_flash_module>> flashes;

    // The cores behind the memory side; null where the mode has none.
    struct cache *cache_core() const { return caches != nullptr ? caches->core() : nullptr; }
    struct prove *prove_core() const { return checker != nullptr ? checker->core() : nullptr; }

private:
    class hand_over_observer : public tlm::tlm_analysis_if<struct spmc_hand_over> {
    public:
        explicit hand_over_observer(board *owner) : owner_(owner) {}
        void write(const struct spmc_hand_over &edge) override { owner_->hand_over(edge); }

    private:
        board *owner_;
    };
    class ownership_observer : public tlm::tlm_analysis_if<struct spmc_ownership> {
    public:
        explicit ownership_observer(board *owner) : owner_(owner) {}
        void write(const struct spmc_ownership &change) override { owner_->ownership(change); }

    private:
        board *owner_;
    };
    using memory_side = tlm::tlm_base_target_socket_b<>;

    memory_side &data_side();
    memory_side &fetch_side();
    memory_side &unguarded_data_side();
    memory_side &unguarded_fetch_side();
    void make_memory_side(const struct machine_request &request, struct event_log *log);
    void make_guards(struct event_log *log);
    void bind_memory_map(const struct platform_config &platform,
                         const std::vector<struct script_step> &steps);
    template <typename module_type> void bind_device(module_type &device, uint64_t pa, uint64_t size);
    void bind_flashes(const struct machine_request &request);
    void bind_masters(const struct machine_request &request);
    void bind_pe(const struct platform_config &platform);
    void hand_over(const struct spmc_hand_over &edge);
    struct access caller() const;
    void ownership(const struct spmc_ownership &change);
    void allow(uint16_t endpoint, uint64_t pa, uint64_t size, enum page_right right);
    void allow_partition(const struct platform_partition &partition);
    void bind_partition(const struct machine_request &request, uint32_t index, struct event_log *log);
    void bind_secure_side(const struct machine_request &request, struct event_log *log);

    struct event_log *log_;
    uint32_t mm_partition_ = 0; // index of the one that the shared buffer belongs to
    hand_over_observer hand_over_observer_{this};
    ownership_observer ownership_observer_{this};
};

#endif
