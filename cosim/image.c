/* SPDX-License-Identifier: BSD-3-Clause */
#include "cosim/image.h"

#include <assert.h>
#include <gelf.h>
#include <libelf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cosim/media.h"

#define ELF64_HEADER_SIZE         64U
#define ELF64_PROGRAM_HEADER_SIZE 56U

__attribute__((format(printf, 3, 4))) static bool image_fail(const char *path, char error[IMAGE_ERROR_MAX],
                                                             const char *format, ...)
{
    const int length = snprintf(error, IMAGE_ERROR_MAX, "%s: ", path);
    if (length > 0 && length < IMAGE_ERROR_MAX) {
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(error + length, IMAGE_ERROR_MAX - (size_t)length, format, arguments);
        va_end(arguments);
    }
    return false;
}

/* Reading the file. */

static const char image_kind[] = "an AArch64 ELF file or a raw image";

static bool file_read(const char *path, uint64_t size_max, struct image *image, char error[IMAGE_ERROR_MAX])
{
    struct media_bytes file;
    *image = (struct image){0};
    if (!media_read(path, image_kind, size_max, &file, error)) {
        return false;
    }
    image->bytes = file.bytes;
    image->size = file.size;
    return true;
}

bool image_file_is_elf(const char *path)
{
    char magic[SELFMAG] = {0};
    FILE *file = media_is_file(path) ? fopen(path, "rb") : NULL;
    if (file == NULL) {
        return false;
    }
    const size_t size = fread(magic, 1, sizeof(magic), file);
    (void)fclose(file);
    return size == sizeof(magic) && memcmp(magic, ELFMAG, SELFMAG) == 0;
}

void image_free(struct image *image)
{
    free(image->bytes);
    *image = (struct image){0};
}

/* Checks. */

bool image_memory_holds(const struct platform_config *platform, uint64_t pa, uint64_t size)
{
    for (uint32_t i = 0; i < platform->ram_count; i++) {
        const struct platform_region *ram = &platform->ram[i];
        if (pa >= ram->pa && size <= ram->size && pa - ram->pa <= ram->size - size) {
            return true;
        }
    }
    return false;
}

bool image_covers(const struct image *image, uint64_t pa, uint64_t size)
{
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct machine_segment *segment = &image->segments[i];
        if (pa < segment->pa + segment->size_memory && segment->pa < pa + size) {
            return true;
        }
    }
    return false;
}

static void memory_describe(const struct platform_config *platform, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < platform->ram_count && used < size; i++) {
        const struct platform_region *ram = &platform->ram[i];
        const int length =
            snprintf(text + used, size - used, "%s0x%llx-0x%llx", i == 0 ? "" : ", ",
                     (unsigned long long)ram->pa, (unsigned long long)(ram->pa + ram->size - 1));
        used += length > 0 ? (size_t)length : 0;
    }
}

static bool header_check(const char *path, const struct image *image, char error[IMAGE_ERROR_MAX])
{
    const uint8_t *ident = image->bytes;
    if (image->size < SELFMAG || memcmp(ident, ELFMAG, SELFMAG) != 0) {
        return image_fail(path, error, "no ELF magic, expected an AArch64 ELF file");
    }
    if (image->size < ELF64_HEADER_SIZE) {
        return image_fail(path, error, "the ELF header is truncated after %zu bytes, expected %u",
                          image->size, ELF64_HEADER_SIZE);
    }
    if (ident[EI_CLASS] != ELFCLASS64) {
        return image_fail(path, error, "ELF class %u, expected 2 (64 bits)", ident[EI_CLASS]);
    }
    if (ident[EI_DATA] != ELFDATA2LSB) {
        return image_fail(path, error, "ELF data encoding %u, expected 1 (little endian)", ident[EI_DATA]);
    }
    if (ident[EI_VERSION] != EV_CURRENT) {
        return image_fail(path, error, "ELF version %u, expected 1", ident[EI_VERSION]);
    }
    return true;
}

static bool kind_check(const char *path, const struct image *image, const GElf_Ehdr *header,
                       char error[IMAGE_ERROR_MAX])
{
    if (header->e_machine != EM_AARCH64) {
        return image_fail(path, error, "ELF machine %u, expected %u (AArch64)", header->e_machine,
                          EM_AARCH64);
    }
    if (header->e_type != ET_EXEC && header->e_type != ET_DYN) {
        return image_fail(path, error, "ELF type %u, expected 2 or 3 (an executable)", header->e_type);
    }
    if (header->e_phnum == 0) {
        return image_fail(path, error, "no program headers, expected at least one segment to load");
    }
    if (header->e_phentsize != ELF64_PROGRAM_HEADER_SIZE) {
        return image_fail(path, error, "program headers of %u bytes, expected %u", header->e_phentsize,
                          ELF64_PROGRAM_HEADER_SIZE);
    }
    const uint64_t table_size = (uint64_t)header->e_phnum * ELF64_PROGRAM_HEADER_SIZE;
    if (header->e_phoff > image->size || table_size > image->size - header->e_phoff) {
        return image_fail(
            path, error,
            "the program headers are truncated: %u of them at 0x%llx, expected them inside the file "
            "of 0x%zx bytes",
            header->e_phnum, (unsigned long long)header->e_phoff, image->size);
    }
    return true;
}

static bool segment_check(const char *path, const struct platform_config *platform, const struct image *image,
                          uint32_t index, const GElf_Phdr *segment, char error[IMAGE_ERROR_MAX])
{
    if (segment->p_offset > image->size || segment->p_filesz > image->size - segment->p_offset) {
        return image_fail(
            path, error,
            "program header %u: 0x%llx bytes at 0x%llx, expected them inside the file of 0x%zx bytes", index,
            (unsigned long long)segment->p_filesz, (unsigned long long)segment->p_offset, image->size);
    }
    if (segment->p_filesz > segment->p_memsz) {
        return image_fail(
            path, error,
            "program header %u: 0x%llx bytes in the file and 0x%llx in memory, expected no fewer in "
            "memory",
            index, (unsigned long long)segment->p_filesz, (unsigned long long)segment->p_memsz);
    }
    if (!image_memory_holds(platform, segment->p_paddr, segment->p_memsz)) {
        char memory[256];
        memory_describe(platform, memory, sizeof(memory));
        return image_fail(
            path, error,
            "program header %u: 0x%llx bytes at 0x%llx are outside memory, expected a place in %s "
            "(platform %s)",
            index, (unsigned long long)segment->p_memsz, (unsigned long long)segment->p_paddr, memory,
            platform->name);
    }
    return true;
}

static bool overlap_check(const char *path, const struct image *image, char error[IMAGE_ERROR_MAX])
{
    for (uint32_t i = 0; i < image->segment_count; i++) {
        for (uint32_t j = 0; j < i; j++) {
            const struct machine_segment *a = &image->segments[i];
            const struct machine_segment *b = &image->segments[j];
            if (a->pa < b->pa + b->size_memory && b->pa < a->pa + a->size_memory) {
                return image_fail(path, error, "segments at 0x%llx and 0x%llx overlap, expected them apart",
                                  (unsigned long long)b->pa, (unsigned long long)a->pa);
            }
        }
    }
    return true;
}

/* Segments, in the order of the program headers; the entry becomes physical on the way. */
static bool segments_read(const char *path, Elf *elf, const GElf_Ehdr *header,
                          const struct platform_config *platform, struct image *image,
                          char error[IMAGE_ERROR_MAX])
{
    bool entry_found = false;
    for (uint32_t i = 0; i < header->e_phnum; i++) {
        GElf_Phdr segment;
        if (gelf_getphdr(elf, (int)i, &segment) == NULL) {
            return image_fail(path, error, "program header %u: %s, expected a readable one", i,
                              elf_errmsg(-1));
        }
        if (segment.p_type != PT_LOAD || segment.p_memsz == 0) {
            continue;
        }
        if (!segment_check(path, platform, image, i, &segment, error)) {
            return false;
        }
        if (image->segment_count == IMAGE_SEGMENTS_MAX) {
            return image_fail(path, error, "too many segments, expected at most %u", IMAGE_SEGMENTS_MAX);
        }
        image->segments[image->segment_count++] = (struct machine_segment){
            .pa = segment.p_paddr,
            .bytes = image->bytes + segment.p_offset,
            .size_file = segment.p_filesz,
            .size_memory = segment.p_memsz,
        };
        if (header->e_entry >= segment.p_vaddr && header->e_entry - segment.p_vaddr < segment.p_memsz) {
            entry_found = true;
            image->entry = segment.p_paddr + (header->e_entry - segment.p_vaddr);
        }
    }
    if (image->segment_count == 0) {
        return image_fail(path, error, "nothing to load, expected at least one PT_LOAD segment");
    }
    if (!entry_found || image->entry % 4 != 0) {
        return image_fail(path, error, "entry 0x%llx, expected an aligned address inside a loaded segment",
                          (unsigned long long)header->e_entry);
    }
    return overlap_check(path, image, error);
}

static bool elf_read(const char *path, const struct platform_config *platform, struct image *image,
                     char error[IMAGE_ERROR_MAX])
{
    if (!header_check(path, image, error)) {
        return false;
    }
    (void)elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)image->bytes, image->size);
    GElf_Ehdr header;
    if (elf == NULL || gelf_getehdr(elf, &header) == NULL) {
        (void)elf_end(elf);
        return image_fail(path, error, "%s, expected an AArch64 ELF file", elf_errmsg(-1));
    }
    const bool read =
        kind_check(path, image, &header, error) && segments_read(path, elf, &header, platform, image, error);
    (void)elf_end(elf);
    image->is_elf = true;
    return read;
}

bool image_read_elf(const char *path, const struct platform_config *platform, struct image *image,
                    char error[IMAGE_ERROR_MAX])
{
    if (!file_read(path, IMAGE_SIZE_MAX, image, error)) {
        return false;
    }
    if (elf_read(path, platform, image, error)) {
        return true;
    }
    image_free(image);
    return false;
}

/* A file that no memory can hold is not read. */
static uint64_t raw_size_max(const struct platform_config *platform)
{
    uint64_t size = 0;
    for (uint32_t i = 0; i < platform->ram_count; i++) {
        size = platform->ram[i].size > size ? platform->ram[i].size : size;
    }
    return size;
}

static bool raw_check(const char *path, uint64_t load, const struct platform_config *platform,
                      const struct image *image, char error[IMAGE_ERROR_MAX])
{
    if (!image_memory_holds(platform, load, image->size)) {
        char memory[256];
        memory_describe(platform, memory, sizeof(memory));
        return image_fail(path, error,
                          "0x%zx bytes at 0x%llx are outside memory, expected a place in %s (platform %s)",
                          image->size, (unsigned long long)load, memory, platform->name);
    }
    return true;
}

bool image_read_raw(const char *path, uint64_t load, const struct platform_config *platform,
                    struct image *image, char error[IMAGE_ERROR_MAX])
{
    if (!file_read(path, raw_size_max(platform), image, error)) {
        return false;
    }
    if (!raw_check(path, load, platform, image, error)) {
        image_free(image);
        return false;
    }
    image->segments[0] = (struct machine_segment){
        .pa = load, .bytes = image->bytes, .size_file = image->size, .size_memory = image->size};
    image->segment_count = 1;
    image->entry = load;
    return true;
}
