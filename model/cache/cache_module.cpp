// SPDX-License-Identifier: BSD-3-Clause
#include "model/cache/cache_module.hpp"

#include <new>
#include <stdexcept>
#include <utility>

#include "model/bus/access_extension.hpp"

namespace {

struct cache *core_of_moves(const struct cache_config &config, const cache_module::moves &moves,
                            struct event_log *log)
{
    std::vector<uint64_t> lines;
    for (const struct cache_script_move &move : moves) {
        lines.push_back(move.pa);
    }
    return cache_create_replay(&config, log, lines.data(), static_cast<uint32_t>(lines.size()));
}

} // namespace

cache_module::cache_module(sc_core::sc_module_name name, const struct cache_config *config,
                           const std::vector<memory_region> &dram, struct event_log *log,
                           std::optional<moves> script)
    : sc_core::sc_module(name), target_socket("target_socket"), fetch_target_socket("fetch_target_socket"),
      initiator_socket("initiator_socket"), dram_(dram), scripted_(script.has_value()),
      moves_(std::move(script).value_or(moves()))
{
    cache_script_init(&script_, moves_.data(), static_cast<uint32_t>(moves_.size()));
    if (config != nullptr) {
        core_.reset(scripted_ ? core_of_moves(*config, moves_, log) : cache_create(config, log));
        if (core_ == nullptr) {
            throw std::bad_alloc();
        }
        line_ = config->line;
    }
    for (auto *socket : {&target_socket, &fetch_target_socket}) {
        socket->register_b_transport(this, &cache_module::b_transport);
        socket->register_get_direct_mem_ptr(this, &cache_module::get_direct_mem_ptr);
        socket->register_transport_dbg(this, &cache_module::transport_dbg);
    }
    initiator_socket.register_invalidate_direct_mem_ptr(this, &cache_module::invalidate_direct_mem_ptr);
}

// The core reads and writes DRAM through host memory that the bus grants.
void cache_module::start_of_simulation()
{
    if (core_ == nullptr) {
        return;
    }
    for (const memory_region &region : dram_) {
        tlm::tlm_generic_payload payload;
        payload.set_command(tlm::TLM_WRITE_COMMAND);
        payload.set_address(region.pa);
        tlm::tlm_dmi dmi;
        if (!initiator_socket->get_direct_mem_ptr(payload, dmi) || !dmi.is_read_write_allowed() ||
            dmi.get_start_address() > region.pa || dmi.get_end_address() - region.pa < region.size - 1) {
            throw std::logic_error("DRAM behind the caches must grant DMI to whole regions");
        }
        cache_window_add(core_.get(), region.pa, region.size,
                         dmi.get_dmi_ptr() + (region.pa - dmi.get_start_address()));
    }
}

void cache_module::golden_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    const access_extension *extension = payload.get_extension<access_extension>();
    const bool zeroes = extension != nullptr && extension->access.op == ACCESS_DC_ZVA;
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

enum cache_result cache_module::core_access(struct access *access, uint8_t *data)
{
    if (!scripted_) {
        return cache_access(core_.get(), access, data);
    }
    cache_script_before(&script_, core_.get(), access);
    const enum cache_result result = cache_access(core_.get(), access, data);
    cache_script_after(&script_, core_.get());
    return result;
}

void cache_module::script_finish(uint64_t instructions)
{
    if (scripted_) {
        cache_script_finish(&script_, core_.get(), instructions);
    }
}

// What is not cached may be kept decoded until its owner takes DMI back: flash.
bool cache_module::steady(tlm::tlm_generic_payload &payload)
{
    tlm::tlm_dmi dmi;
    return payload.is_response_ok() && payload.is_dmi_allowed() &&
           initiator_socket->get_direct_mem_ptr(payload, dmi);
}

void cache_module::b_transport(int, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    if (core_ == nullptr) {
        golden_transport(payload, delay);
        return;
    }
    access_extension *extension = payload.get_extension<access_extension>();
    struct access plain {};
    if (extension == nullptr) {
        plain = access_of_device(payload);
    }
    struct access *access = extension != nullptr ? &extension->access : &plain;
    const enum cache_result result = core_access(access, payload.get_data_ptr());
    code_lines_tell();
    if (result == CACHE_DONE) {
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
    } else if (access->op == ACCESS_GRANT_READ || access->op == ACCESS_GRANT_WRITE) {
        payload.set_response_status(tlm::TLM_OK_RESPONSE); /* declined: `granted` is 0 */
    } else {
        golden_transport(payload, delay);
        if (access->agent == AGENT_FETCH) {
            access->granted = steady(payload) ? 1 : 0;
        }
        payload.set_dmi_allowed(false);
    }
}

// What an instruction cache gave up goes back to the PEs as an invalidation of what they decoded from it.
void cache_module::code_lines_tell()
{
    uint64_t lines[CACHE_CODE_LINES_MAX];
    bool all = false;
    const uint32_t count = cache_code_lines_taken(core_.get(), lines, &all);
    for (unsigned int pe = 0; pe < fetch_target_socket.size(); pe++) {
        if (all) {
            fetch_target_socket[pe]->invalidate_direct_mem_ptr(0, UINT64_MAX);
            continue;
        }
        for (uint32_t i = 0; i < count; i++) {
            fetch_target_socket[pe]->invalidate_direct_mem_ptr(lines[i], lines[i] + line_ - 1);
        }
    }
}

bool cache_module::get_direct_mem_ptr(int, tlm::tlm_generic_payload &payload, tlm::tlm_dmi &dmi)
{
    if (core_ != nullptr) {
        dmi.allow_none();
        return false;
    }
    return initiator_socket->get_direct_mem_ptr(payload, dmi);
}

// The golden bytes: what a debugger wants to see, whatever the caches hold. Debug writes would have to choose
// a copy.
unsigned int cache_module::transport_dbg(int, tlm::tlm_generic_payload &payload)
{
    if (core_ == nullptr) {
        return initiator_socket->transport_dbg(payload);
    }
    if (!payload.is_read()) {
        return 0;
    }
    uint8_t line[LINE_SIZE_MAX];
    for (unsigned int i = 0; i < payload.get_data_length(); i++) {
        const uint64_t pa = payload.get_address() + i;
        if (!cache_golden_line(core_.get(), pa & ~static_cast<uint64_t>(line_ - 1), line)) {
            return i;
        }
        payload.get_data_ptr()[i] = line[pa & (line_ - 1)];
    }
    return payload.get_data_length();
}

void cache_module::invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end)
{
    for (unsigned int i = 0; i < target_socket.size(); i++) {
        target_socket[i]->invalidate_direct_mem_ptr(start, end);
    }
    for (unsigned int i = 0; i < fetch_target_socket.size(); i++) {
        fetch_target_socket[i]->invalidate_direct_mem_ptr(start, end);
    }
}
