// SPDX-License-Identifier: BSD-3-Clause
//
// The shell of a flash bank: a target socket that grants DMI for reads and fetches while the bank reads as an
// array, and takes it back when a command changes that. The bytes live here. Nothing is written to a file.
#ifndef MODEL_DEVICE_CFI_FLASH_MODULE_HPP
#define MODEL_DEVICE_CFI_FLASH_MODULE_HPP

#include <cstdint>
#include <memory>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "model/device/cfi_flash.h"

class cfi_flash_module : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<cfi_flash_module> target_socket; // addresses relative to the bank

    // The image stands at the start of the bank; what follows it reads as zeros, as in QEMU with `-bios` and
    // with no drive at all. std::invalid_argument: the image is larger than the bank.
    cfi_flash_module(sc_core::sc_module_name name, const std::vector<uint8_t> &image,
                     uint64_t size = CFI_FLASH_BANK_SIZE);
    ~cfi_flash_module() override;

    // The guest has programmed or erased: whoever wants to keep it writes bytes() back.
    bool dirty() const { return flash_->dirty; }
    const uint8_t *bytes() const { return flash_->bytes; }
    // For loaders, before the run.
    uint8_t *bytes() { return flash_->bytes; }
    uint64_t size() const { return flash_->size; }

private:
    void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    bool get_direct_mem_ptr(tlm::tlm_generic_payload &payload, tlm::tlm_dmi &dmi);
    unsigned int transport_dbg(tlm::tlm_generic_payload &payload);

    std::unique_ptr<struct cfi_flash> flash_;
    bool granted_ = false; // somebody may hold a pointer
};

#endif
