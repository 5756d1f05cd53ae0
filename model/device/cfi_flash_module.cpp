// SPDX-License-Identifier: BSD-3-Clause
#include "model/device/cfi_flash_module.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <stdexcept>

#include <sys/mman.h>

cfi_flash_module::cfi_flash_module(sc_core::sc_module_name name, const std::vector<uint8_t> &image,
                                   uint64_t size)
    : sc_core::sc_module(name), target_socket("target_socket"), flash_(std::make_unique<struct cfi_flash>())
{
    if (image.size() > size) {
        throw std::invalid_argument("the image is larger than the flash bank");
    }
    void *bytes =
        mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (bytes == MAP_FAILED) {
        throw std::bad_alloc();
    }
    std::copy(image.begin(), image.end(), static_cast<uint8_t *>(bytes));
    cfi_flash_init(flash_.get(), static_cast<uint8_t *>(bytes), size);
    target_socket.register_b_transport(this, &cfi_flash_module::b_transport);
    target_socket.register_get_direct_mem_ptr(this, &cfi_flash_module::get_direct_mem_ptr);
    target_socket.register_transport_dbg(this, &cfi_flash_module::transport_dbg);
}

cfi_flash_module::~cfi_flash_module()
{
    munmap(flash_->bytes, flash_->size);
}

void cfi_flash_module::b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &)
{
    if (payload.get_byte_enable_ptr() != nullptr ||
        payload.get_streaming_width() < payload.get_data_length()) {
        payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
        return;
    }
    const uint64_t offset = payload.get_address();
    const uint32_t size = payload.get_data_length();
    enum cfi_flash_result result = CFI_FLASH_ABORT;
    if (payload.is_read()) {
        result = cfi_flash_read(flash_.get(), offset, payload.get_data_ptr(), size);
    } else if (payload.is_write()) {
        result = cfi_flash_write(flash_.get(), offset, payload.get_data_ptr(), size);
    }
    if (granted_ && !cfi_flash_is_array(flash_.get())) {
        granted_ = false;
        target_socket->invalidate_direct_mem_ptr(0, flash_->size - 1);
    }
    payload.set_dmi_allowed(payload.is_read() && cfi_flash_is_array(flash_.get()));
    payload.set_response_status(result == CFI_FLASH_ABORT ? tlm::TLM_ADDRESS_ERROR_RESPONSE
                                                          : tlm::TLM_OK_RESPONSE);
}

bool cfi_flash_module::get_direct_mem_ptr(tlm::tlm_generic_payload &payload, tlm::tlm_dmi &dmi)
{
    dmi.init();
    dmi.set_start_address(0);
    dmi.set_end_address(flash_->size - 1);
    if (payload.is_write() || !cfi_flash_is_array(flash_.get())) {
        dmi.allow_none();
        return false;
    }
    granted_ = true;
    dmi.set_dmi_ptr(flash_->bytes);
    dmi.allow_read();
    return true;
}

// The array, in every mode: what a debugger or a loader wants.
unsigned int cfi_flash_module::transport_dbg(tlm::tlm_generic_payload &payload)
{
    const uint64_t offset = payload.get_address();
    const uint32_t size = payload.get_data_length();
    if (offset > flash_->size || size > flash_->size - offset) {
        return 0;
    }
    if (payload.is_read()) {
        memcpy(payload.get_data_ptr(), flash_->bytes + offset, size);
    } else if (payload.is_write()) {
        memcpy(flash_->bytes + offset, payload.get_data_ptr(), size);
    }
    return size;
}
