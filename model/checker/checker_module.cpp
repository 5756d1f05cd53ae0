// SPDX-License-Identifier: BSD-3-Clause
#include "model/checker/checker_module.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>

#include "model/bus/access_extension.hpp"

checker_module::checker_module(sc_core::sc_module_name name, const struct prove_config &config)
    : sc_core::sc_module(name), target_socket("target_socket"), fetch_target_socket("fetch_target_socket"),
      initiator_socket("initiator_socket"), core_(prove_create(&config)),
      windows_(config.windows, config.windows + config.window_count)
{
    if (core_ == nullptr) {
        throw std::bad_alloc();
    }
    for (auto *socket : {&target_socket, &fetch_target_socket}) {
        socket->register_b_transport(this, &checker_module::b_transport);
        socket->register_get_direct_mem_ptr(this, &checker_module::get_direct_mem_ptr);
        socket->register_transport_dbg(this, &checker_module::transport_dbg);
    }
    initiator_socket.register_invalidate_direct_mem_ptr(this, &checker_module::invalidate_direct_mem_ptr);
}

void checker_module::start_of_simulation()
{
    for (uint32_t i = 0; i < windows_.size(); i++) {
        tlm::tlm_generic_payload payload;
        payload.set_command(tlm::TLM_WRITE_COMMAND);
        payload.set_address(windows_[i].pa);
        tlm::tlm_dmi dmi;
        if (!initiator_socket->get_direct_mem_ptr(payload, dmi) || !dmi.is_read_write_allowed() ||
            dmi.get_start_address() > windows_[i].pa ||
            dmi.get_end_address() - windows_[i].pa < windows_[i].size - 1) {
            throw std::logic_error("DRAM behind the checker must grant DMI to whole regions");
        }
        prove_memory_is(core_.get(), i, dmi.get_dmi_ptr() + (windows_[i].pa - dmi.get_start_address()));
    }
}

// What is no read and no write has nothing to do on golden memory, but for DC ZVA.
void checker_module::pass(const struct access &access, tlm::tlm_generic_payload &payload,
                          sc_core::sc_time &delay)
{
    const bool zeroes = access.op == ACCESS_DC_ZVA;
    if (payload.get_command() == tlm::TLM_IGNORE_COMMAND && !zeroes) {
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
        return;
    }
    if (zeroes) {
        static uint8_t zeros[LINE_SIZE_MAX];
        payload.set_command(tlm::TLM_WRITE_COMMAND);
        payload.set_data_ptr(zeros);
    }
    initiator_socket->b_transport(payload, delay);
}

bool checker_module::in_memory(uint64_t pa) const
{
    return std::any_of(windows_.begin(), windows_.end(),
                       [pa](const prove_window &window) { return pa - window.pa < window.size; });
}

// The bytes stay as they are until whoever has them takes DMI back.
bool checker_module::steady(tlm::tlm_generic_payload &payload)
{
    tlm::tlm_dmi dmi;
    return payload.is_dmi_allowed() && initiator_socket->get_direct_mem_ptr(payload, dmi);
}

void checker_module::take(const struct access &access, const uint8_t *data)
{
    prove_take(core_.get(), &access, data);
    revoke();
}

// What a device does because of a write to it comes behind the write.
void checker_module::b_transport(int, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    access_extension *extension = payload.get_extension<access_extension>();
    struct access access = extension != nullptr ? extension->access : access_of_device(payload);
    const bool memory = in_memory(access.pa);
    const bool told_first = payload.is_write() && !memory;
    if (told_first) {
        take(access, payload.get_data_ptr());
    }
    pass(access, payload, delay);
    if (!payload.is_response_ok()) {
        if (!told_first) {
            prove_failed(core_.get(), &access);
        }
        return;
    }
    if (!told_first) {
        take(access, payload.get_data_ptr());
    }
    if (extension != nullptr && access.agent == AGENT_FETCH) {
        extension->access.granted = prove_keep(core_.get()) && (memory || steady(payload)) ? 1 : 0;
    }
    uint64_t first = 0, last = 0;
    bool writable = false;
    const bool granted =
        payload.is_dmi_allowed() && prove_grant(core_.get(), access.pa, &first, &last, &writable);
    payload.set_dmi_allowed(granted && (writable || payload.is_read()));
}

void checker_module::hand_over(uint32_t function_id, bool to_secure, const struct access &by)
{
    prove_hand_over(core_.get(), function_id, to_secure, &by);
    revoke();
}

void checker_module::lend(uint64_t pa, uint64_t size, bool lent, const struct access &by)
{
    prove_lend(core_.get(), pa, size, lent, &by);
}

void checker_module::revoke()
{
    struct prove_revoke taken {};
    while (prove_revoked(core_.get(), &taken)) {
        auto &socket = taken.code ? fetch_target_socket : target_socket;
        const uint64_t last = taken.size == UINT64_MAX ? UINT64_MAX : taken.pa + taken.size - 1;
        for (unsigned int i = 0; i < socket.size(); i++) {
            socket[i]->invalidate_direct_mem_ptr(taken.pa, last);
        }
    }
}

bool checker_module::get_direct_mem_ptr(int, tlm::tlm_generic_payload &payload, tlm::tlm_dmi &dmi)
{
    uint64_t first = 0, last = 0;
    bool writable = false;
    dmi.init();
    if (!initiator_socket->get_direct_mem_ptr(payload, dmi) ||
        !prove_grant(core_.get(), payload.get_address(), &first, &last, &writable)) {
        dmi.allow_none();
        return false;
    }
    const uint64_t start = std::max<uint64_t>(dmi.get_start_address(), first);
    dmi.set_dmi_ptr(dmi.get_dmi_ptr() + (start - dmi.get_start_address()));
    dmi.set_start_address(start);
    dmi.set_end_address(std::min<uint64_t>(dmi.get_end_address(), last));
    if (!writable) {
        dmi.set_granted_access(tlm::tlm_dmi::DMI_ACCESS_READ);
    }
    return true;
}

// The golden bytes.
unsigned int checker_module::transport_dbg(int, tlm::tlm_generic_payload &payload)
{
    return initiator_socket->transport_dbg(payload);
}

void checker_module::invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end)
{
    for (auto *socket : {&target_socket, &fetch_target_socket}) {
        for (unsigned int i = 0; i < socket->size(); i++) {
            (*socket)[i]->invalidate_direct_mem_ptr(start, end);
        }
    }
}
