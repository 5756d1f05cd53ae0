// SPDX-License-Identifier: BSD-3-Clause
//
// The loop that every shell around the core has: run, provide, again. The identification registers are those
// of a Cortex-A53 where both sides of a comparison show them.
#include "tests/differential/bare_machine.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace differential {

namespace {

constexpr uint64_t UART_SIZE = 0x1000;
constexpr uint64_t UART_DR = 0x00;
constexpr uint64_t UART_FR = 0x18;
constexpr uint32_t UART_FR_IDLE = 0x90; // TXFE, RXFE: PL011 TRM, "UARTFR"
constexpr uint64_t PSCI_SYSTEM_OFF = 0x84000008;

struct cpu_config config_make(const machine_options &options, uint64_t entry_pc)
{
    struct cpu_config config = {};
    config.mode = options.mode;
    config.observed = options.observed;
    config.entry_el = options.entry_el;
    config.entry_pc = entry_pc;
    config.midr_el1 = 0x410fd034;
    config.mpidr_el1 = 0x80000000;
    config.ctr_el0 = 0x84448004;
    config.clidr_el1 = 0x0a200023;
    config.ccsidr_el1[0][0] = 0x700fe01a;
    config.ccsidr_el1[0][1] = 0x201fe00a;
    config.ccsidr_el1[1][0] = 0x707fe07a;
    config.dczid_el0 = 4;
    config.lse = options.lse;
    config.hcr_el2 = options.entry_el == 1 ? 1U << 31 : 0; // RW: EL1 is AArch64
    config.cntfrq_el0 = 62500000;
    config.ns_per_instruction = 1;
    config.line_size = LINE_SIZE;
    return config;
}

} // namespace

bare_machine::bare_machine(const machine_options &chosen)
    : options(chosen), memory(chosen.ram_size), may_be_dirty(chosen.ram_size / 64),
      flat(std::make_unique<flat_memory>(RAM_BASE, &memory, LINE_SIZE, chosen.policy, chosen.seed)),
      side(flat.get()), log(std::make_unique<struct event_log>())
{
}

bare_machine::~bare_machine()
{
    if (core != nullptr) {
        cpu_destroy(core);
    }
}

void bare_machine::memory_side_use(memory_side *other)
{
    assert(core == nullptr);
    side = other;
}

void bare_machine::start(uint64_t entry_pc)
{
    assert(core == nullptr);
    event_log_init(log.get());
    const struct cpu_config config = config_make(options, entry_pc);
    core = cpu_create(&config, log.get());
    assert(core != nullptr);
    if (options.mode == CPU_MEMORY_GOLDEN && !options.observed) {
        const bool added = cpu_window_add(core, RAM_BASE, memory.size(), memory.data(), true,
                                          options.marks ? may_be_dirty.data() : nullptr);
        assert(added);
    }
    side->attach(core);
}

void bare_machine::load(const elf_image &image)
{
    for (const elf_segment &segment : image.segments) {
        assert(segment.pa >= RAM_BASE);
        assert(segment.pa - RAM_BASE + segment.bytes.size() <= memory.size());
        memcpy(ram_at(segment.pa), segment.bytes.data(), segment.bytes.size());
    }
}

uint8_t *bare_machine::ram_at(uint64_t pa)
{
    assert(pa >= RAM_BASE && pa - RAM_BASE < memory.size());
    return memory.data() + (pa - RAM_BASE);
}

uint64_t bare_machine::marked_lines() const
{
    return static_cast<uint64_t>(std::count(may_be_dirty.begin(), may_be_dirty.end(), 1));
}

access_status bare_machine::uart_serve(const struct access *access, uint8_t *data)
{
    const uint64_t offset = access->pa - UART_BASE;
    if (access->op == ACCESS_WRITE && offset == UART_DR) {
        printed.push_back(static_cast<char>(data[0]));
        return ACCESS_OK;
    }
    if (access->op == ACCESS_READ && offset == UART_FR && access->size == sizeof(UART_FR_IDLE)) {
        memcpy(data, &UART_FR_IDLE, sizeof(UART_FR_IDLE));
        return ACCESS_OK;
    }
    return ACCESS_EXTERNAL_ABORT;
}

access_status bare_machine::serve(struct access *access, uint8_t *data)
{
    const bool uart = access->pa >= UART_BASE && access->pa - UART_BASE < UART_SIZE;
    if (uart && (access->op == ACCESS_READ || access->op == ACCESS_WRITE)) {
        return uart_serve(access, data);
    }
    return side->serve(access, data);
}

// True: this was SYSTEM_OFF. No register changes: what the call means is the caller's business.
bool bare_machine::smc_serve()
{
    struct smc_frame frame;
    cpu_smc_frame(core, &frame);
    cpu_smc_return(core, &frame, 0);
    return (frame.x[0] & UINT32_MAX) == PSCI_SYSTEM_OFF;
}

machine_end bare_machine::run(uint64_t instructions_max)
{
    const uint64_t end = cpu_retired(core) + instructions_max;
    for (;;) {
        // The log serves no purpose here, but it must not run full.
        event_log_clear(log.get());
        const uint64_t retired = cpu_retired(core);
        if (retired >= end) {
            return machine_end::running;
        }
        switch (cpu_run(core, end - retired)) {
        case CPU_NEED_NOTHING:
            return machine_end::running;
        case CPU_NEED_ACCESS:
            cpu_provide(core, serve(cpu_access(core), cpu_access_data(core)));
            break;
        case CPU_NEED_SMC:
            return smc_serve() ? machine_end::power_off : machine_end::smc;
        case CPU_NEED_TIME:
            if (cpu_wakes_in(core) == UINT64_MAX) {
                return machine_end::idle;
            }
            cpu_advance_time(core, cpu_wakes_in(core));
            break;
        case CPU_NEED_STOP:
            return machine_end::stopped;
        }
    }
}

} // namespace differential
