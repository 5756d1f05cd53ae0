// SPDX-License-Identifier: BSD-3-Clause
//
// The may-be-dirty marks of a PE's windows (cpu.h), one byte for each line: those that another owns, and
// lazily mapped ones for all other memory. Knows nothing of what a mark means.
#ifndef MODEL_CPU_NSEL1_MARK_MEMORY_HPP
#define MODEL_CPU_NSEL1_MARK_MEMORY_HPP

#include <cstdint>
#include <memory>
#include <vector>

struct cpu;

class mark_memory {
public:
    mark_memory();
    ~mark_memory();
    mark_memory(const mark_memory &) = delete;
    mark_memory &operator=(const mark_memory &) = delete;

    void share(uint64_t pa, uint64_t size, uint8_t *marks) { shared_.push_back({pa, size, marks}); }

    // The mark of the first line. Memory that a window has had before keeps its marks; new memory gets new
    // ones.
    uint8_t *of(struct cpu *core, uint64_t pa, uint64_t size);

private:
    struct region {
        uint64_t pa;
        uint64_t size;
        uint8_t *marks;
    };
    struct unmap {
        uint64_t size = 0;
        void operator()(uint8_t *marks) const;
    };
    std::vector<region> shared_;
    std::vector<std::unique_ptr<uint8_t[], unmap>> own_;
};

#endif
