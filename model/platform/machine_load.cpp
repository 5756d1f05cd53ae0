// SPDX-License-Identifier: BSD-3-Clause
#include "model/platform/machine_load.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "model/platform/device_tree.h"

namespace {

struct placed_tree {
    const uint8_t *bytes;
    uint64_t size;
    uint64_t pa;
};

bool overlaps(const placed_tree &tree, const struct machine_segment &segment)
{
    return tree.pa < segment.pa + segment.size_memory && segment.pa < tree.pa + tree.size;
}

bool in_the_way(const struct machine_request &request, const placed_tree &tree)
{
    for (uint32_t i = 0; i < request.segment_count; i++) {
        if (overlaps(tree, request.segments[i])) {
            return true;
        }
    }
    return false;
}

bool tree_put(const board &board, const placed_tree &tree)
{
    uint8_t *host = board.memory.host(tree.pa, tree.size);
    if (host == nullptr) {
        return false;
    }
    memcpy(host, tree.bytes, tree.size);
    return true;
}

// An image that stands where the platform puts its tree does without one; the user's own must have its place.
enum machine_misfit tree_load(const struct machine_request &request, const board &board)
{
    const struct platform_config &platform = *request.platform;
    if (request.device_tree == nullptr && !platform.has_device_tree) {
        return MACHINE_FITS;
    }
    uint8_t made[DEVICE_TREE_SIZE_MAX];
    placed_tree tree = {request.device_tree, request.device_tree_size, request.device_tree_pa};
    if (tree.pa == 0 && !platform.has_device_tree) {
        return MACHINE_MISFIT_DEVICE_TREE;
    }
    if (tree.pa == 0) {
        tree.pa = platform.device_tree_pa;
    }
    if (tree.bytes == nullptr) {
        tree.size = device_tree_make(&platform, made);
        tree.bytes = made;
        if (in_the_way(request, tree)) {
            return MACHINE_FITS;
        }
    }
    return !in_the_way(request, tree) && tree_put(board, tree) ? MACHINE_FITS : MACHINE_MISFIT_DEVICE_TREE;
}

constexpr uint64_t PAGE_SIZE = 4096;

// Memory is zeros before the first segment, so zeros need not be written, and cost the host no memory.
void bytes_put(uint8_t *host, const uint8_t *bytes, uint64_t size)
{
    static const uint8_t zeros[PAGE_SIZE] = {};
    for (uint64_t offset = 0; offset < size; offset += PAGE_SIZE) {
        const uint64_t part = std::min(PAGE_SIZE, size - offset);
        if (memcmp(bytes + offset, zeros, part) != 0) {
            memcpy(host + offset, bytes + offset, part);
        }
    }
}

bool segment_load(const struct machine_segment &segment, const board &board)
{
    assert(segment.size_file <= segment.size_memory);
    uint8_t *host = board.memory.host(segment.pa, segment.size_memory);
    if (host == nullptr) {
        return false;
    }
    bytes_put(host, segment.bytes, segment.size_file);
    return true;
}

} // namespace

enum machine_misfit media_fit(const struct machine_request &request, uint32_t &index)
{
    const struct platform_config &platform = *request.platform;
    for (index = 0; index < MACHINE_FLASHES_MAX; index++) {
        const struct machine_flash &flash = request.flashes[index];
        const uint64_t room = index < platform.flash_count ? platform.flash[index].size : 0;
        if (flash.bytes != nullptr && (room == 0 || flash.size > room)) {
            return MACHINE_MISFIT_FLASH;
        }
    }
    index = 0;
    const bool disk = request.disk.bytes != nullptr;
    if (disk && (platform.virtio_count == 0 || request.disk.size == 0 ||
                 request.disk.size % VIRTIO_BLK_SECTOR_SIZE != 0)) {
        return MACHINE_MISFIT_DISK;
    }
    return MACHINE_FITS;
}

enum machine_misfit memory_load(const struct machine_request &request, const board &board, uint32_t &index)
{
    for (index = 0; index < request.segment_count; index++) {
        if (request.segments[index].size_memory != 0 && !segment_load(request.segments[index], board)) {
            return MACHINE_MISFIT_SEGMENT;
        }
    }
    index = 0;
    return tree_load(request, board);
}

void media_keep(const struct machine_request &request, const board &board)
{
    for (size_t i = 0; i < board.flashes.size(); i++) {
        const struct machine_flash &flash = request.flashes[i];
        if (flash.after != nullptr) {
            memcpy(flash.after, board.flashes[i]->bytes(), flash.size);
        }
    }
    if (request.disk.bytes != nullptr && request.disk.after != nullptr) {
        memcpy(request.disk.after, board.virtio->bytes(0).data(), request.disk.size);
    }
}
