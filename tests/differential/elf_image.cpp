// SPDX-License-Identifier: BSD-3-Clause
//
// The ELF64 structures of <elf.h>, little-endian, as the cross linker writes them.
#include "tests/differential/elf_image.hpp"

#include <cassert>
#include <cstring>
#include <elf.h>
#include <fstream>
#include <iterator>

namespace differential {

namespace {

template <typename T> T structure_read(const std::vector<char> &file, uint64_t offset)
{
    assert(offset + sizeof(T) <= file.size());
    T out;
    memcpy(&out, file.data() + offset, sizeof(T));
    return out;
}

void segments_read(const std::vector<char> &file, const Elf64_Ehdr &header, elf_image *image)
{
    for (uint32_t i = 0; i < header.e_phnum; i++) {
        const Elf64_Phdr segment = structure_read<Elf64_Phdr>(file, header.e_phoff + i * sizeof(Elf64_Phdr));
        if (segment.p_type != PT_LOAD || segment.p_memsz == 0) {
            continue;
        }
        assert(segment.p_offset + segment.p_filesz <= file.size());
        elf_segment out = {segment.p_paddr, std::vector<uint8_t>(segment.p_memsz)};
        memcpy(out.bytes.data(), file.data() + segment.p_offset, segment.p_filesz);
        image->segments.push_back(out);
    }
}

void symbols_read(const std::vector<char> &file, const Elf64_Ehdr &header, elf_image *image)
{
    for (uint32_t i = 0; i < header.e_shnum; i++) {
        const Elf64_Shdr section = structure_read<Elf64_Shdr>(file, header.e_shoff + i * sizeof(Elf64_Shdr));
        if (section.sh_type != SHT_SYMTAB) {
            continue;
        }
        const Elf64_Shdr names =
            structure_read<Elf64_Shdr>(file, header.e_shoff + section.sh_link * sizeof(Elf64_Shdr));
        for (uint64_t at = 0; at < section.sh_size; at += sizeof(Elf64_Sym)) {
            const Elf64_Sym symbol = structure_read<Elf64_Sym>(file, section.sh_offset + at);
            image->symbols[file.data() + names.sh_offset + symbol.st_name] = symbol.st_value;
        }
    }
}

} // namespace

elf_image elf_image_read(const std::string &path)
{
    std::ifstream stream(path, std::ios::binary);
    const std::vector<char> file((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    const Elf64_Ehdr header = structure_read<Elf64_Ehdr>(file, 0);
    assert(memcmp(header.e_ident, ELFMAG, SELFMAG) == 0);
    assert(header.e_machine == EM_AARCH64);
    elf_image image = {header.e_entry, {}, {}};
    segments_read(file, header, &image);
    symbols_read(file, header, &image);
    return image;
}

} // namespace differential
