// SPDX-License-Identifier: BSD-3-Clause
#include "model/platform/machine_copies.hpp"

#include <algorithm>
#include <vector>

namespace {

// A part of the image as it was loaded.
struct loaded_part {
    uint64_t pa;
    const uint8_t *bytes;
    uint64_t size;
};

std::vector<loaded_part> parts_of(const struct machine_request &request)
{
    std::vector<loaded_part> parts;
    for (uint32_t i = 0; i < request.segment_count; i++) {
        parts.push_back({request.segments[i].pa, request.segments[i].bytes, request.segments[i].size_file});
    }
    for (uint32_t i = 0; i < request.platform->flash_count; i++) {
        if (request.flashes[i].bytes != nullptr) {
            parts.push_back(
                {request.platform->flash[i].pa, request.flashes[i].bytes, request.flashes[i].size});
        }
    }
    return parts;
}

// All that a finding may be asked the name of, each once.
std::vector<uint64_t> counters_of(const struct machine_result &result)
{
    std::vector<uint64_t> counters = {result.pc};
    for (uint32_t i = 0; i < result.proof_count; i++) {
        const struct prove_finding &proof = result.proofs[i];
        counters.insert(counters.end(),
                        {proof.site.pc, proof.by.pc, proof.golden_writer.pc, proof.superseded_writer.pc});
    }
    for (uint32_t i = 0; i < result.finding_count; i++) {
        const struct golden_finding &finding = result.findings[i];
        counters.insert(counters.end(),
                        {finding.pc, finding.by.pc, finding.golden_writer.pc, finding.observed_writer.pc});
    }
    std::sort(counters.begin(), counters.end());
    counters.erase(std::unique(counters.begin(), counters.end()), counters.end());
    return counters;
}

bool holds(uint64_t start, uint64_t size, uint64_t pc)
{
    return pc >= start && pc - start < size;
}

bool is_known(const std::vector<loaded_part> &parts, const struct machine_result &result, uint64_t pc)
{
    const auto *end = result.copies + result.copy_count;
    return std::any_of(parts.begin(), parts.end(),
                       [pc](const loaded_part &part) { return holds(part.pa, part.size, pc); }) ||
           std::any_of(static_cast<const struct image_copy *>(result.copies), end,
                       [pc](const struct image_copy &copy) { return holds(copy.to, copy.size, pc); });
}

void copy_find(const std::vector<loaded_part> &parts, const board &board, uint64_t pc,
               struct machine_result &result)
{
    const uint8_t *code = pc % 4 == 0 ? board.memory.host(pc, IMAGE_COPY_CODE_SIZE) : nullptr;
    for (const loaded_part &part : parts) {
        uint64_t offset = 0;
        if (code == nullptr || !image_copy_offset(part.bytes, part.size, code, &offset)) {
            continue;
        }
        const uint64_t to = pc - offset;
        const uint8_t *memory = board.memory.host(to, part.size);
        if (memory != nullptr && image_copy_is(part.bytes, memory, part.size)) {
            result.copies[result.copy_count++] = {part.pa, to, part.size};
            return;
        }
    }
}

} // namespace

void copies_collect(const struct machine_request &request, const board &board, struct machine_result &result)
{
    if (!request.copies_wanted) {
        return;
    }
    const std::vector<loaded_part> parts = parts_of(request);
    uint32_t lookups = 0;
    for (const uint64_t pc : counters_of(result)) {
        if (result.copy_count == IMAGE_COPIES_MAX || lookups == IMAGE_COPY_LOOKUPS_MAX) {
            return;
        }
        if (!is_known(parts, result, pc)) {
            lookups++;
            copy_find(parts, board, pc, result);
        }
    }
}
