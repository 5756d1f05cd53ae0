/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The smallest machine that runs a bare-metal program on the A64 core: RAM, a PL011 that prints, PSCI
 * SYSTEM_OFF. The addresses are those of QEMU's `virt` machine, so that the same ELF runs on both.
 *
 * No SystemC, no caches, no checker; what stands behind RAM is a memory_side.
 */
#ifndef TESTS_DIFFERENTIAL_BARE_MACHINE_HPP
#define TESTS_DIFFERENTIAL_BARE_MACHINE_HPP

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/cpu_nsel1/cpu.h"
#include "model/event/event.h"
#include "tests/differential/elf_image.hpp"
#include "tests/differential/memory_side.hpp"

namespace differential {

constexpr uint64_t RAM_BASE = 0x40000000;
constexpr uint64_t RAM_SIZE = 0x08000000;
constexpr uint64_t UART_BASE = 0x09000000;
constexpr uint32_t LINE_SIZE = 64;

struct machine_options {
    cpu_memory_mode mode = CPU_MEMORY_GOLDEN;
    grant_policy policy = grant_policy::always; /* cached mode, flat memory */
    bool marks = true;                          /* golden mode: stores mark may_be_dirty */
    bool observed = false;                      /* golden mode: windows are the memory side's to give */
    bool lse = false;                           /* a PE with FEAT_LSE */
    uint8_t entry_el = 2;
    uint64_t ram_size = RAM_SIZE;
    uint64_t seed = 1; /* of the erratic policy */
};

enum class machine_end {
    running,   /* the budget is used up */
    power_off, /* PSCI SYSTEM_OFF */
    smc,       /* an SMC that is no PSCI call: the caller looks at the registers */
    idle,      /* WFI: nothing here could wake the core */
    stopped,   /* the core ended the run: cpu_stop_told() */
};

class bare_machine {
public:
    explicit bare_machine(const machine_options &options);
    ~bare_machine();
    bare_machine(const bare_machine &) = delete;
    bare_machine &operator=(const bare_machine &) = delete;

    /* Replaces the flat memory. `side` must outlive the machine. Before start(). */
    void memory_side_use(memory_side *side);

    /* Creates the core at `entry_pc`. What RAM holds then is what it executes. */
    void start(uint64_t entry_pc);
    void load(const elf_image &image);

    machine_end run(uint64_t instructions_max);

    struct cpu *cpu() { return core; }
    std::vector<uint8_t> *ram() { return &memory; }
    uint8_t *ram_at(uint64_t pa);
    const std::string &console() const { return printed; }

    /* Lines of RAM that golden mode marked. */
    uint64_t marked_lines() const;

private:
    access_status serve(struct access *access, uint8_t *data);
    access_status uart_serve(const struct access *access, uint8_t *data);
    bool smc_serve();

    machine_options options;
    std::vector<uint8_t> memory;
    std::vector<uint8_t> may_be_dirty;
    std::unique_ptr<flat_memory> flat;
    memory_side *side;
    std::unique_ptr<struct event_log> log;
    struct cpu *core = nullptr;
    std::string printed;
};

} // namespace differential

#endif
