/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A static AArch64 ELF file: its loadable segments, entry and symbols. For the guest programs of this
 * project; files from elsewhere are the business of cosim.
 */
#ifndef TESTS_DIFFERENTIAL_ELF_IMAGE_HPP
#define TESTS_DIFFERENTIAL_ELF_IMAGE_HPP

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace differential {

struct elf_segment {
    uint64_t pa;
    std::vector<uint8_t> bytes; /* the zeros after the file's part included */
};

struct elf_image {
    uint64_t entry;
    std::vector<elf_segment> segments;
    std::map<std::string, uint64_t> symbols;
};

/* Asserts on a file that the cross compiler cannot have made. */
elf_image elf_image_read(const std::string &path);

} // namespace differential

#endif
