// SPDX-License-Identifier: BSD-3-Clause
#include "bench/cached_memory.hpp"

namespace bench {

namespace {

struct cache_config corstone1000()
{
    struct cache_config config {};
    config.pe_count = 1;
    config.line = 64;
    config.l1d = {32 * 1024, 4, true};
    config.l1i = {32 * 1024, 2, false};
    config.l2 = {1024 * 1024, 16, true};
    return config;
}

} // namespace

cached_memory::cached_memory(uint64_t base, std::vector<uint8_t> *ram)
    : log_(std::make_unique<struct event_log>())
{
    event_log_init(log_.get());
    const struct cache_config config = corstone1000();
    cache_ = cache_create(&config, log_.get());
    cache_window_add(cache_, base, ram->size(), ram->data());
}

cached_memory::~cached_memory()
{
    cache_destroy(cache_);
}

void cached_memory::attach(struct cpu *cpu)
{
    cpu_ = cpu;
    cache_grants_set(cache_, 0, cpu_grants(cpu));
}

access_status cached_memory::serve(struct access *access, uint8_t *data)
{
    if (cache_access(cache_, access, data) == CACHE_PASS && access->op <= ACCESS_WRITE) {
        return ACCESS_EXTERNAL_ABORT;
    }
    event_log_clear(log_.get());
    uint64_t lines[CACHE_CODE_LINES_MAX];
    bool all = false;
    const uint32_t count = cache_code_lines_taken(cache_, lines, &all);
    for (uint32_t i = 0; i < count; i++) {
        cpu_code_line_invalidate(cpu_, lines[i]);
    }
    if (all) {
        cpu_code_invalidate_all(cpu_);
    }
    return ACCESS_OK;
}

uint32_t cached_memory::finding_count() const
{
    const struct golden_finding *findings = nullptr;
    uint64_t dropped = 0;
    return cache_findings(cache_, &findings, &dropped);
}

} // namespace bench
