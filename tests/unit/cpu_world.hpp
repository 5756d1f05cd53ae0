// SPDX-License-Identifier: BSD-3-Clause
//
// One PE with a mebibyte of RAM, for tests of the A64 core: puts words into memory, runs, answers what the
// core asks and remembers it. No caches: a read sees the last write. What lies outside RAM answers with an
// external abort, but for one page that stands for a device.
#ifndef TESTS_UNIT_CPU_WORLD_HPP
#define TESTS_UNIT_CPU_WORLD_HPP

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "model/cpu_nsel1/cpu.h"
#include "model/event/event.h"
#include "tests/unit/cpu_assembler.hpp"

class cpu_world {
public:
    static constexpr uint64_t RAM = 0x40000000;
    static constexpr uint64_t RAM_SIZE = 0x100000;
    static constexpr uint64_t DEVICE = 0x09000000;
    static constexpr uint64_t CODE = RAM;
    static constexpr uint64_t VECTORS = RAM + 0x8000;
    static constexpr uint64_t TABLES = RAM + 0x10000;
    static constexpr uint64_t DATA = RAM + 0x20000;
    static constexpr uint64_t STACK = RAM + 0x30000;

    static struct cpu_config default_config(cpu_memory_mode mode, uint8_t entry_el)
    {
        struct cpu_config config = {};
        config.mode = mode;
        config.entry_el = entry_el;
        config.entry_pc = CODE;
        config.midr_el1 = 0x410fd040;
        config.mpidr_el1 = 0x80000000;
        config.ctr_el0 = 0x84448004; // 64-byte lines, ERG and CWG 64 bytes
        config.clidr_el1 = 0x0a200023;
        config.ccsidr_el1[0][0] = 0x700fe01a;
        config.ccsidr_el1[0][1] = 0x201fe00a;
        config.ccsidr_el1[1][0] = 0x707fe07a;
        config.dczid_el0 = 4;
        config.cntfrq_el0 = 62500000;
        config.ns_per_instruction = 1;
        config.line_size = 64;
        return config;
    }

    explicit cpu_world(cpu_memory_mode mode = CPU_MEMORY_GOLDEN, uint8_t entry_el = 1)
        : cpu_world(default_config(mode, entry_el))
    {
    }

    explicit cpu_world(const struct cpu_config &config)
        : ram(RAM_SIZE), marks(RAM_SIZE / 64), log(std::make_unique<struct event_log>())
    {
        event_log_init(log.get());
        cpu = cpu_create(&config, log.get());
        if (config.mode == CPU_MEMORY_GOLDEN) {
            cpu_window_add(cpu, RAM, RAM_SIZE, ram.data(), true, marks.data());
        }
        for (uint64_t offset = 0; offset < 0x800; offset += 0x80) {
            words(VECTORS + offset, {a64::smc(0xE)});
        }
        cpu_register_set(cpu, 31, STACK);
    }
    ~cpu_world() { cpu_destroy(cpu); }
    cpu_world(const cpu_world &) = delete;
    cpu_world &operator=(const cpu_world &) = delete;

    uint8_t *at(uint64_t pa) { return ram.data() + (pa - RAM); }
    void words(uint64_t pa, const std::vector<uint32_t> &list)
    {
        memcpy(at(pa), list.data(), list.size() * 4);
    }
    void put64(uint64_t pa, uint64_t value) { memcpy(at(pa), &value, 8); }
    uint64_t get64(uint64_t pa)
    {
        uint64_t value;
        memcpy(&value, at(pa), 8);
        return value;
    }

    // Runs until something other than an access is needed, or `instructions` more have retired.
    cpu_need run(uint64_t instructions = 100000)
    {
        const uint64_t end = cpu_retired(cpu) + instructions;
        for (;;) {
            const cpu_need need = cpu_run(cpu, end - cpu_retired(cpu));
            drain();
            if (need == CPU_NEED_ACCESS) {
                answer();
            } else if (need != CPU_NEED_NOTHING || cpu_retired(cpu) >= end) {
                return need;
            }
        }
    }

    // Runs `program` from CODE until its SMC.
    cpu_need run_program(const a64::program &program)
    {
        words(CODE, program.words());
        cpu_code_invalidate_all(cpu);
        cpu_pc_set(cpu, CODE);
        return run();
    }

    bool in_vectors() const { return cpu_pc(cpu) - VECTORS < 0x800 + 4; }
    uint64_t vector_offset() const { return cpu_pc(cpu) - 4 - VECTORS; }
    uint64_t x(uint32_t index) const { return cpu_register(cpu, index); }

    // By name: "ESR" of EL1 or EL2.
    uint64_t sysreg(uint32_t reg) const
    {
        uint64_t value = 0;
        const bool found = cpu_system_register(cpu, reg >> 5, &value);
        return found ? value : UINT64_MAX;
    }

    // The accesses of one kind since the start.
    std::vector<struct access> accesses_of(access_op op, agent_kind agent = AGENT_PE) const
    {
        std::vector<struct access> found;
        for (const struct access &access : accesses) {
            if (access.op == op && access.agent == agent) {
                found.push_back(access);
            }
        }
        return found;
    }

    std::vector<struct event> events_of(event_kind kind) const
    {
        std::vector<struct event> found;
        for (const struct event &event : events) {
            if (event.kind == kind) {
                found.push_back(event);
            }
        }
        return found;
    }

    std::vector<uint8_t> ram;
    std::vector<uint8_t> marks;
    std::unique_ptr<struct event_log> log;
    struct cpu *cpu;
    bool grants = false;   // cached mode: whether grants are given
    bool code_kept = true; // whether fetched lines may be kept
    std::vector<struct access> accesses;
    std::vector<struct event> events;
    std::vector<uint64_t> device_writes;

private:
    void drain()
    {
        events.insert(events.end(), log->events, log->events + log->count);
        event_log_clear(log.get());
    }

    void answer()
    {
        struct access *access = cpu_access(cpu);
        uint8_t *data = cpu_access_data(cpu);
        accesses.push_back(*access);
        cpu_provide(cpu, serve(access, data));
    }

    access_status serve(struct access *access, uint8_t *data)
    {
        const bool in_ram = access->pa >= RAM && access->pa + access->size <= RAM + RAM_SIZE;
        const bool in_device = access->pa >= DEVICE && access->pa < DEVICE + 0x1000;
        switch (access->op) {
        case ACCESS_READ:
            if (in_device) {
                memset(data, 0xD5, access->size);
            } else if (in_ram) {
                memcpy(data, at(access->pa), access->size);
                access->granted = access->agent == AGENT_FETCH && code_kept;
            }
            return in_ram || in_device ? ACCESS_OK : ACCESS_EXTERNAL_ABORT;
        case ACCESS_WRITE:
            if (in_device) {
                uint64_t value = 0;
                memcpy(&value, data, access->size);
                device_writes.push_back(value);
            } else if (in_ram) {
                memcpy(at(access->pa), data, access->size);
            }
            return in_ram || in_device ? ACCESS_OK : ACCESS_EXTERNAL_ABORT;
        case ACCESS_DC_ZVA:
            if (in_ram) {
                memset(at(access->pa), 0, access->size);
            }
            return in_ram ? ACCESS_OK : ACCESS_EXTERNAL_ABORT;
        case ACCESS_GRANT_READ:
        case ACCESS_GRANT_WRITE:
            if (grants && in_ram) {
                grant(access);
            }
            return ACCESS_OK;
        default:
            return ACCESS_OK;
        }
    }

    void grant(struct access *access)
    {
        struct grant_table *table = cpu_grants(cpu);
        struct grant *arrays = access->op == ACCESS_GRANT_READ ? table->read : table->write;
        arrays[access->grant_slot] = {access->va, at(access->pa)};
        access->granted = 1;
    }
};

#endif
