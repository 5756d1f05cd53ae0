// SPDX-License-Identifier: BSD-3-Clause
#include "model/device/fw_cfg_module.hpp"

#include <utility>

fw_cfg_module::fw_cfg_module(sc_core::sc_module_name name, const struct fw_cfg_config &config, bool coherent,
                             uint32_t line_size)
    : sc_core::sc_module(name), target_socket("target_socket"), bus_initiator_socket("bus_initiator_socket"),
      fw_cfg_(std::make_unique<struct fw_cfg>()), dma_(coherent, line_size)
{
    fw_cfg_init(fw_cfg_.get(), &config);
    target_socket.register_b_transport(this, &fw_cfg_module::b_transport);
}

bool fw_cfg_module::add_file(const std::string &name, std::vector<uint8_t> data)
{
    files_.push_back(std::move(data));
    const std::vector<uint8_t> &kept = files_.back();
    return fw_cfg_add_file(fw_cfg_.get(), name.c_str(), kept.data(), static_cast<uint32_t>(kept.size()));
}

void fw_cfg_module::b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    if (busy_ || payload.get_byte_enable_ptr() != nullptr) {
        payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        return;
    }
    const uint64_t offset = payload.get_address();
    const uint32_t size = payload.get_data_length();
    enum fw_cfg_result result = FW_CFG_ABORT;
    if (payload.is_read()) {
        result = fw_cfg_read(fw_cfg_.get(), offset, payload.get_data_ptr(), size);
    } else if (payload.is_write()) {
        result = fw_cfg_write(fw_cfg_.get(), offset, payload.get_data_ptr(), size);
    }
    if (result == FW_CFG_WORK) {
        busy_ = true;
        dma_.caused_by(payload);
        struct dma_step step = fw_cfg_start(fw_cfg_.get());
        while (step.need != DMA_NOTHING) {
            step =
                fw_cfg_continue(fw_cfg_.get(), dma_.provide(step, *bus_initiator_socket.operator->(), delay));
        }
        busy_ = false;
    }
    payload.set_response_status(result == FW_CFG_ABORT ? tlm::TLM_ADDRESS_ERROR_RESPONSE
                                                       : tlm::TLM_OK_RESPONSE);
}
