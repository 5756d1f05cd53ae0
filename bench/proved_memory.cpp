// SPDX-License-Identifier: BSD-3-Clause
#include "bench/proved_memory.hpp"

#include <cassert>
#include <cstring>

namespace bench {

proved_memory::proved_memory(uint64_t base, std::vector<uint8_t> *ram) : base_(base), ram_(ram)
{
    struct prove_config config {};
    config.line = 64;
    config.levels[0] = {128, 4};
    config.levels[1] = {1024, 16};
    config.window_count = 1;
    config.windows[0] = {base, ram->size()};
    prove_ = prove_create(&config);
    assert(prove_ != nullptr);
    prove_memory_is(prove_, 0, ram->data());
}

proved_memory::~proved_memory()
{
    prove_destroy(prove_);
}

// False: nothing is there.
bool proved_memory::serve_bytes(const struct access *access, uint8_t *data)
{
    if (access->op > ACCESS_WRITE && access->op != ACCESS_DC_ZVA) {
        return true;
    }
    if (access->pa < base_ || access->pa - base_ > ram_->size() - access->size) {
        return false;
    }
    uint8_t *bytes = ram_->data() + (access->pa - base_);
    if (access->op == ACCESS_READ) {
        memcpy(data, bytes, access->size);
    } else if (access->op == ACCESS_WRITE) {
        memcpy(bytes, data, access->size);
    } else {
        memset(bytes, 0, access->size);
    }
    return true;
}

void proved_memory::revoke()
{
    struct prove_revoke taken {};
    while (prove_revoked(prove_, &taken)) {
        if (!taken.code) {
            cpu_window_remove(cpu_, taken.pa, taken.size);
        } else if (taken.size == UINT64_MAX) {
            cpu_code_invalidate_all(cpu_);
        } else {
            cpu_code_line_invalidate(cpu_, taken.pa);
        }
    }
}

void proved_memory::grant(const struct access *access)
{
    uint64_t first = 0, last = 0;
    bool writable = false;
    if (access->op > ACCESS_WRITE || access->agent == AGENT_FETCH ||
        !prove_grant(prove_, access->pa, &first, &last, &writable) ||
        (access->op == ACCESS_WRITE && !writable)) {
        return;
    }
    cpu_window_add(cpu_, first, last - first + 1, ram_->data() + (first - base_), writable,
                   prove_marks(prove_, 0) + (first - base_) / 64);
}

access_status proved_memory::serve(struct access *access, uint8_t *data)
{
    if (!serve_bytes(access, data)) {
        return ACCESS_EXTERNAL_ABORT;
    }
    prove_take(prove_, access, data);
    revoke();
    access->granted = access->agent == AGENT_FETCH && prove_keep(prove_);
    grant(access);
    return ACCESS_OK;
}

uint32_t proved_memory::error_count() const
{
    const struct prove_finding *findings = nullptr;
    uint64_t dropped = 0;
    const uint32_t count = prove_findings(prove_, &findings, &dropped);
    uint32_t errors = 0;
    for (uint32_t i = 0; i < count; i++) {
        errors += findings[i].severity == PROVE_ERROR ? 1 : 0;
    }
    return errors;
}

} // namespace bench
