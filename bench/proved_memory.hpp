// SPDX-License-Identifier: BSD-3-Clause
//
// The checker beside golden memory behind the bench machine, without SystemC: what prove costs. It gives and
// takes windows as checker_module does with DMI.
#ifndef BENCH_PROVED_MEMORY_HPP
#define BENCH_PROVED_MEMORY_HPP

#include <vector>

#include "model/checker/prove.h"
#include "tests/differential/memory_side.hpp"

namespace bench {

class proved_memory : public differential::memory_side {
public:
    proved_memory(uint64_t base, std::vector<uint8_t> *ram);
    ~proved_memory() override;

    void attach(struct cpu *cpu) override { cpu_ = cpu; }
    access_status serve(struct access *access, uint8_t *data) override;

    // Findings that are errors: a right program has none.
    uint32_t error_count() const;

private:
    bool serve_bytes(const struct access *access, uint8_t *data);
    void revoke();
    void grant(const struct access *access);

    uint64_t base_;
    std::vector<uint8_t> *ram_;
    struct prove *prove_;
    struct cpu *cpu_ = nullptr;
};

} // namespace bench

#endif
