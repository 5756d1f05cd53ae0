// SPDX-License-Identifier: BSD-3-Clause
//
// RAM but the code, and the PL011, behind uc_mmio_map(). The callbacks hand every access to a memory_side, as
// bare_machine does with those of our core.
#include "bench/unicorn_engine.hpp"

#include <unicorn/unicorn.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <memory>
#include <vector>

#include "bench/cached_memory.hpp"
#include "bench/cpu_seconds.hpp"
#include "bench/small_cache.hpp"
#include "tests/differential/bare_machine.hpp"
#include "tests/differential/qemu_machine.hpp"

namespace bench {

namespace {

using differential::elf_image;
using differential::elf_segment;
using differential::LINE_SIZE;
using differential::RAM_BASE;
using differential::UART_BASE;

constexpr uint64_t PAGE_SIZE = 4096;
constexpr uint64_t PSCI_SYSTEM_OFF = 0x84000008;
constexpr uint64_t UART_FR = 0x18;
constexpr uint64_t UART_FR_IDLE = 0x90; // TXFE, RXFE: PL011 TRM, "UARTFR"

void must(uc_err error)
{
    assert(error == UC_ERR_OK);
}

class unicorn_machine {
public:
    unicorn_machine(const elf_image &image, uint64_t ram_size, unicorn_memory memory);
    ~unicorn_machine();
    unicorn_machine(const unicorn_machine &) = delete;
    unicorn_machine &operator=(const unicorn_machine &) = delete;

    void parameter_set(uint64_t parameter);
    run_result run();

private:
    // One range of RAM behind callbacks: these are told offsets alone.
    struct ram_range {
        unicorn_machine *machine;
        uint64_t pa;
    };

    static uint64_t ram_read(uc_engine *uc, uint64_t offset, unsigned size, void *range);
    static void ram_write(uc_engine *uc, uint64_t offset, unsigned size, uint64_t value, void *range);
    static uint64_t uart_read(uc_engine *uc, uint64_t offset, unsigned size, void *machine);
    static void uart_write(uc_engine *uc, uint64_t offset, unsigned size, uint64_t value, void *machine);

    void memory_map(const elf_segment &code);
    void ram_map(ram_range *range, uint64_t pa, uint64_t end);
    void serve(access_op op, uint64_t pa, uint32_t size, uint8_t *data);
    void fail();
    bool powered_off();

    const elf_image &image_;
    std::vector<uint8_t> ram_;
    std::unique_ptr<cached_memory> product_caches_;
    std::unique_ptr<small_cache> small_cache_;
    differential::memory_side *side_;
    uc_engine *uc_ = nullptr;
    ram_range below_code_{};
    ram_range above_code_{};
    std::string console_;
    bool failed_ = false; // an access that nothing answers
};

const elf_segment &code_segment(const elf_image &image)
{
    for (const elf_segment &segment : image.segments) {
        if (image.entry >= segment.pa && image.entry - segment.pa < segment.bytes.size()) {
            return segment;
        }
    }
    assert(!"an image whose entry is in no segment");
    return image.segments.front();
}

unicorn_machine::unicorn_machine(const elf_image &image, uint64_t ram_size, unicorn_memory memory)
    : image_(image), ram_(ram_size)
{
    for (const elf_segment &segment : image.segments) {
        assert(segment.pa >= RAM_BASE && segment.pa - RAM_BASE + segment.bytes.size() <= ram_size);
        std::copy(segment.bytes.begin(), segment.bytes.end(),
                  ram_.begin() + static_cast<ptrdiff_t>(segment.pa - RAM_BASE));
    }
    if (memory == unicorn_memory::product_caches) {
        product_caches_ = std::make_unique<cached_memory>(RAM_BASE, &ram_);
        side_ = product_caches_.get();
    } else {
        small_cache_ = std::make_unique<small_cache>(RAM_BASE, &ram_);
        side_ = small_cache_.get();
    }
    must(uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &uc_));
    must(uc_ctl_set_cpu_model(uc_, UC_CPU_ARM64_A53));
    memory_map(code_segment(image));
}

unicorn_machine::~unicorn_machine()
{
    uc_close(uc_);
}

void unicorn_machine::memory_map(const elf_segment &code)
{
    const uint64_t end = (code.pa + code.bytes.size() + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
    assert(code.pa % PAGE_SIZE == 0);
    must(uc_mem_map_ptr(uc_, code.pa, end - code.pa, UC_PROT_READ | UC_PROT_EXEC,
                        ram_.data() + (code.pa - RAM_BASE)));
    ram_map(&below_code_, RAM_BASE, code.pa);
    ram_map(&above_code_, end, RAM_BASE + ram_.size());
    must(uc_mmio_map(uc_, UART_BASE, PAGE_SIZE, uart_read, this, uart_write, this));
}

void unicorn_machine::ram_map(ram_range *range, uint64_t pa, uint64_t end)
{
    *range = {this, pa};
    must(uc_mmio_map(uc_, pa, end - pa, ram_read, range, ram_write, range));
}

void unicorn_machine::parameter_set(uint64_t parameter)
{
    memcpy(ram_.data() + (differential::GUEST_PARAMETER_ADDRESS - RAM_BASE), &parameter, sizeof(parameter));
}

void unicorn_machine::fail()
{
    failed_ = true;
    uc_emu_stop(uc_);
}

// The attributes that the other engines' translation tables give RAM. Nobody tells loads from table walks
// here. Never crosses a line on its way down.
void unicorn_machine::serve(access_op op, uint64_t pa, uint32_t size, uint8_t *data)
{
    while (size > 0) {
        struct access access {};
        access.pa = pa;
        access.va = pa;
        access.size = std::min(size, LINE_SIZE - static_cast<uint32_t>(pa % LINE_SIZE));
        access.op = static_cast<uint8_t>(op);
        access.agent = AGENT_PE;
        access.space = PA_SPACE_NON_SECURE;
        access.type = MEMORY_NORMAL_WB;
        access.shareability = SHAREABILITY_INNER;
        access.el = 1;
        if (side_->serve(&access, data) != ACCESS_OK) {
            fail();
        }
        pa += access.size;
        data += access.size;
        size -= access.size;
    }
}

uint64_t unicorn_machine::ram_read(uc_engine *, uint64_t offset, unsigned size, void *user)
{
    const ram_range *range = static_cast<const ram_range *>(user);
    uint64_t value = 0;
    range->machine->serve(ACCESS_READ, range->pa + offset, size, reinterpret_cast<uint8_t *>(&value));
    return value;
}

void unicorn_machine::ram_write(uc_engine *, uint64_t offset, unsigned size, uint64_t value, void *user)
{
    const ram_range *range = static_cast<const ram_range *>(user);
    range->machine->serve(ACCESS_WRITE, range->pa + offset, size, reinterpret_cast<uint8_t *>(&value));
}

uint64_t unicorn_machine::uart_read(uc_engine *, uint64_t offset, unsigned, void *user)
{
    if (offset != UART_FR) {
        static_cast<unicorn_machine *>(user)->fail();
    }
    return UART_FR_IDLE;
}

void unicorn_machine::uart_write(uc_engine *, uint64_t offset, unsigned, uint64_t value, void *user)
{
    unicorn_machine *machine = static_cast<unicorn_machine *>(user);
    if (offset != 0) {
        machine->fail();
        return;
    }
    machine->console_.push_back(static_cast<char>(value));
}

bool unicorn_machine::powered_off()
{
    uint64_t pc = 0, x0 = 0;
    must(uc_reg_read(uc_, UC_ARM64_REG_PC, &pc));
    must(uc_reg_read(uc_, UC_ARM64_REG_X0, &x0));
    return pc == image_.symbols.at("guest_power_off_smc") && x0 == PSCI_SYSTEM_OFF;
}

// The run ends in front of the SMC of SYSTEM_OFF, which nothing here would take.
run_result unicorn_machine::run()
{
    const double start = cpu_seconds_now();
    const uc_err error = uc_emu_start(uc_, image_.entry, image_.symbols.at("guest_power_off_smc"), 0, 0);
    const double seconds = cpu_seconds_now() - start;
    if (error != UC_ERR_OK) {
        console_ += std::string("Unicorn: ") + uc_strerror(error) + "\n";
    }
    const bool found = product_caches_ != nullptr && product_caches_->finding_count() > 0;
    const bool ok = error == UC_ERR_OK && !failed_ && !found && powered_off() &&
                    console_.find(" ok ") != std::string::npos;
    return {ok, seconds, 0, console_};
}

} // namespace

bool unicorn_built()
{
    return true;
}

run_result unicorn_run(const elf_image &image, uint64_t parameter, uint64_t ram_size, unicorn_memory memory)
{
    unicorn_machine machine(image, ram_size, memory);
    machine.parameter_set(parameter);
    return machine.run();
}

} // namespace bench
