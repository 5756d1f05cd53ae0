// SPDX-License-Identifier: BSD-3-Clause
// The shell of the fw_cfg core: registers by one socket, DMA by another, within the access that asks for it.
#ifndef MODEL_DEVICE_FW_CFG_MODULE_HPP
#define MODEL_DEVICE_FW_CFG_MODULE_HPP

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "model/device/dma_port.hpp"
#include "model/device/fw_cfg.h"

class fw_cfg_module : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<fw_cfg_module> target_socket;
    tlm_utils::simple_initiator_socket<fw_cfg_module> bus_initiator_socket; // to the side of the PEs

    fw_cfg_module(sc_core::sc_module_name name, const struct fw_cfg_config &config, bool coherent,
                  uint32_t line_size);

    // Before the run; false: see fw_cfg_add_file().
    bool add_file(const std::string &name, std::vector<uint8_t> data);

private:
    void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);

    std::unique_ptr<struct fw_cfg> fw_cfg_;
    std::list<std::vector<uint8_t>> files_;
    dma_port dma_;
    bool busy_ = false; // its own DMA is under way: the registers do not answer it
};

#endif
