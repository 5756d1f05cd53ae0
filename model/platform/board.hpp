// SPDX-License-Identifier: BSD-3-Clause
//
// The schematic: which modules a platform has, and how they are wired. No behaviour lives here.
//
//     pe0 --data---> caches --> router --> memory (one port a DRAM region)
//         --fetch-->   ^                \-> uart
//         --smc---> spmc                 \-> script
//                      \--> mm_sp --> caches (the partition runs on the calling PE)
#ifndef MODEL_PLATFORM_BOARD_HPP
#define MODEL_PLATFORM_BOARD_HPP

#include <memory>
#include <vector>

#include <systemc>

#include "model/bus/memory_module.hpp"
#include "model/bus/router_module.hpp"
#include "model/cache/cache_module.hpp"
#include "model/cpu_nsel1/cpu_module.hpp"
#include "model/device/pl011_module.hpp"
#include "model/device/script_module.hpp"
#include "model/mm_sp/mm_sp_module.hpp"
#include "model/platform/machine.h"
#include "model/spmc/spmc_module.hpp"

class board : public sc_core::sc_module {
public:
    board(sc_core::sc_module_name name, const struct machine_request &request,
          const std::vector<struct script_step> &steps, struct event_log *log);

    memory_module memory;
    router_module router;
    cache_module caches;
    cpu_module pe0;
    spmc_module spmc;
    std::unique_ptr<mm_sp_module> mm_sp;
    std::unique_ptr<pl011_module> uart;
    std::unique_ptr<script_module> script;

private:
    void bind_memory_map(const struct platform_config &platform,
                         const std::vector<struct script_step> &steps);
    void bind_pe();
    void bind_secure_side(const struct platform_config &platform, struct event_log *log);
};

#endif
