// SPDX-License-Identifier: BSD-3-Clause
//
// Marks are mapped without being reserved: a guest touches few of the lines that its memory has.
#include "model/cpu_nsel1/mark_memory.hpp"

#include <new>

#include <sys/mman.h>

#include "model/cpu_nsel1/cpu.h"

namespace {

const uint64_t MARK_SIZE = 64; // bytes of memory behind one mark

} // namespace

mark_memory::mark_memory() = default;
mark_memory::~mark_memory() = default;

void mark_memory::unmap::operator()(uint8_t *marks) const
{
    munmap(marks, size);
}

uint8_t *mark_memory::of(struct cpu *core, uint64_t pa, uint64_t size)
{
    for (const region &owned : shared_) {
        if (pa >= owned.pa && pa - owned.pa < owned.size && size <= owned.size - (pa - owned.pa)) {
            return owned.marks + (pa - owned.pa) / MARK_SIZE;
        }
    }
    uint8_t *first = cpu_window_mark(core, pa);
    const uint8_t *last = cpu_window_mark(core, pa + size - 1);
    if (first != nullptr && last == first + (size - 1) / MARK_SIZE) {
        return first;
    }
    void *marks = mmap(nullptr, size / MARK_SIZE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (marks == MAP_FAILED) {
        throw std::bad_alloc();
    }
    own_.emplace_back(static_cast<uint8_t *>(marks), unmap{size / MARK_SIZE});
    return own_.back().get();
}
