/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/platform/symbol_table.h"

#include <assert.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct symbol_table {
    int descriptor;
    Elf *elf;
    Dwarf *dwarf; /* NULL: no DWARF */
    Elf_Data *symbols;
    size_t symbol_count;
    size_t names; /* section index of the symbols' names */
    uint64_t virtual_offset;
    uint32_t place_count;
    struct symbol_place {
        uint64_t address;
        uint64_t size;
        uint64_t pa;
    } places[SYMBOL_PLACES_MAX];
};

static void symbols_find(struct symbol_table *table)
{
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(table->elf, section)) != NULL) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) != NULL && header.sh_type == SHT_SYMTAB && header.sh_entsize > 0) {
            table->symbols = elf_getdata(section, NULL);
            table->symbol_count = table->symbols == NULL ? 0 : header.sh_size / header.sh_entsize;
            table->names = header.sh_link;
            return;
        }
    }
}

static const char *symbol_name(struct symbol_table *table, const GElf_Sym *symbol)
{
    const char *name = elf_strptr(table->elf, table->names, symbol->st_name);
    return name == NULL ? "" : name;
}

static uint64_t virtual_offset_find(struct symbol_table *table)
{
    for (size_t i = 0; i < table->symbol_count; i++) {
        GElf_Sym symbol;
        if (gelf_getsym(table->symbols, (int)i, &symbol) != NULL && symbol.st_shndx == SHN_ABS &&
            strcmp(symbol_name(table, &symbol), SYMBOL_VIRTUAL_OFFSET) == 0) {
            return symbol.st_value;
        }
    }
    return 0;
}

struct symbol_table *symbol_table_open(const char *path)
{
    (void)elf_version(EV_CURRENT);
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return NULL;
    }
    Elf *elf = elf_begin(descriptor, ELF_C_READ_MMAP, NULL);
    if (elf == NULL || elf_kind(elf) != ELF_K_ELF) {
        (void)elf_end(elf);
        (void)close(descriptor);
        return NULL;
    }
    struct symbol_table *table = (struct symbol_table *)calloc(1, sizeof(*table));
    assert(table != NULL);
    table->descriptor = descriptor;
    table->elf = elf;
    table->dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
    symbols_find(table);
    table->virtual_offset = virtual_offset_find(table);
    return table;
}

void symbol_table_close(struct symbol_table *table)
{
    if (table == NULL) {
        return;
    }
    if (table->dwarf != NULL) {
        (void)dwarf_end(table->dwarf);
    }
    (void)elf_end(table->elf);
    (void)close(table->descriptor);
    free(table);
}

/* Places. */

bool symbol_table_extent(struct symbol_table *table, uint64_t *address, uint64_t *size)
{
    uint64_t first = UINT64_MAX;
    uint64_t end = 0;
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(table->elf, section)) != NULL) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == NULL || (header.sh_flags & SHF_ALLOC) == 0 ||
            header.sh_size == 0) {
            continue;
        }
        if (header.sh_type != SHT_NOBITS && header.sh_addr < first) {
            first = header.sh_addr;
        }
        end = header.sh_addr + header.sh_size > end ? header.sh_addr + header.sh_size : end;
    }
    *address = first;
    *size = end - first;
    return first < end;
}

void symbol_table_place(struct symbol_table *table, uint64_t address, uint64_t size, uint64_t pa)
{
    for (uint32_t i = 0; i < table->place_count; i++) {
        if (table->places[i].pa == pa && table->places[i].address == address) {
            return;
        }
    }
    if (table->place_count < SYMBOL_PLACES_MAX) {
        table->places[table->place_count++] =
            (struct symbol_place){.address = address, .size = size, .pa = pa};
    }
}

/* The address that what stands at `pa` was linked for. False: nothing of the file stands there. */
static bool address_of(const struct symbol_table *table, uint64_t pa, uint64_t *address)
{
    *address = pa;
    for (uint32_t i = 0; i < table->place_count; i++) {
        const struct symbol_place *place = &table->places[i];
        if (pa >= place->pa && pa - place->pa < place->size) {
            *address = place->address + (pa - place->pa);
            return true;
        }
    }
    return table->place_count == 0;
}

/* Sections and symbols. */

static const char *section_at(struct symbol_table *table, uint64_t pa)
{
    size_t names = 0;
    if (elf_getshdrstrndx(table->elf, &names) != 0) {
        return NULL;
    }
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(table->elf, section)) != NULL) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) != NULL && (header.sh_flags & SHF_ALLOC) != 0 &&
            pa >= header.sh_addr && pa - header.sh_addr < header.sh_size) {
            return elf_strptr(table->elf, names, header.sh_name);
        }
    }
    return NULL;
}

const char *symbol_table_section(struct symbol_table *table, uint64_t pa)
{
    uint64_t address = 0;
    return table != NULL && address_of(table, pa, &address) ? section_at(table, address) : NULL;
}

enum byte_owner symbol_table_owner(struct symbol_table *table, uint64_t pa)
{
    const char *name = symbol_table_section(table, pa);
    if (name == NULL) {
        return OWNER_UNKNOWN;
    }
    return strncmp(name, ".os", 3) == 0 ? OWNER_OS : OWNER_FIRMWARE;
}

/* How well a symbol of a type answers for code or data; 0: not at all. Labels of assembly have no type. */
static uint32_t symbol_rank(const GElf_Sym *symbol, const char *name, bool code)
{
    const uint32_t type = GELF_ST_TYPE(symbol->st_info);
    if (symbol->st_shndx == SHN_UNDEF || symbol->st_shndx == SHN_ABS || name[0] == '\0' || name[0] == '$') {
        return 0;
    }
    if (type == (code ? STT_FUNC : STT_OBJECT)) {
        return 2;
    }
    return code && type == STT_NOTYPE ? 1 : 0; /* labels around data say little: the section says more */
}

/* The symbol that holds the address: by its size, or the nearest label below it in the same section. */
static bool symbol_find(struct symbol_table *table, uint64_t address, bool code, char name[SYMBOL_NAME_MAX],
                        uint64_t *offset)
{
    const char *section = section_at(table, address);
    uint64_t best_value = 0;
    uint32_t best_rank = 0;
    for (size_t i = 0; section != NULL && i < table->symbol_count; i++) {
        GElf_Sym symbol;
        if (gelf_getsym(table->symbols, (int)i, &symbol) == NULL || symbol.st_value > address) {
            continue;
        }
        const char *candidate = symbol_name(table, &symbol);
        const uint32_t rank = symbol_rank(&symbol, candidate, code);
        const bool holds = symbol.st_size > 0 ? address - symbol.st_value < symbol.st_size
                                              : rank == 1 && section_at(table, symbol.st_value) == section;
        if (rank == 0 || !holds || symbol.st_value < best_value ||
            (symbol.st_value == best_value && rank <= best_rank)) {
            continue;
        }
        best_value = symbol.st_value;
        best_rank = rank;
        (void)snprintf(name, SYMBOL_NAME_MAX, "%s", candidate);
    }
    *offset = address - best_value;
    return best_rank != 0;
}

bool symbol_table_data(struct symbol_table *table, uint64_t pa, char name[SYMBOL_NAME_MAX], uint64_t *offset)
{
    uint64_t address = 0;
    return table != NULL && address_of(table, pa, &address) &&
           symbol_find(table, address, false, name, offset);
}

/* Code. */

static bool unit_find(Dwarf *dwarf, uint64_t pc, Dwarf_Die *unit)
{
    if (dwarf_addrdie(dwarf, pc, unit) != NULL) {
        return true;
    }
    /* No .debug_aranges entry: ask each unit. */
    Dwarf_Off offset = 0;
    Dwarf_Off next = 0;
    size_t header_size = 0;
    while (dwarf_nextcu(dwarf, offset, &next, &header_size, NULL, NULL, NULL) == 0) {
        if (dwarf_offdie(dwarf, offset + header_size, unit) != NULL && dwarf_haspc(unit, pc) == 1) {
            return true;
        }
        offset = next;
    }
    return false;
}

/* Paths as the build wrote them, without the folder in which it was built. */
static const char *path_shorten(Dwarf_Die *unit, const char *path)
{
    Dwarf_Attribute attribute;
    const char *folder = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
    const size_t size = folder == NULL ? 0 : strlen(folder);
    if (size > 1 && strncmp(path, folder, size) == 0 && path[size] == '/') {
        path += size + 1;
    }
    while (strncmp(path, "./", 2) == 0) {
        path += 2;
    }
    return path;
}

static bool path_is_header(const char *path)
{
    const size_t size = strlen(path);
    return size > 2 && strcmp(path + size - 2, ".h") == 0;
}

static void place_set(Dwarf_Die *unit, const char *path, uint64_t line, struct symbol_code *code)
{
    (void)snprintf(code->file, sizeof(code->file), "%s", path == NULL ? "" : path_shorten(unit, path));
    code->line = path == NULL ? 0 : (uint32_t)line;
}

static void line_fill(Dwarf_Die *unit, uint64_t pc, struct symbol_code *code)
{
    Dwarf_Line *line = dwarf_getsrc_die(unit, pc);
    int number = 0;
    const char *path = line == NULL ? NULL : dwarf_linesrc(line, NULL, NULL);
    if (path != NULL && dwarf_lineno(line, &number) == 0 && number > 0) {
        place_set(unit, path, (uint64_t)number, code);
    }
}

static uint64_t number_of(Dwarf_Die *die, unsigned attribute_name)
{
    Dwarf_Attribute attribute;
    Dwarf_Word value = 0;
    return dwarf_formudata(dwarf_attr(die, attribute_name, &attribute), &value) == 0 ? value : 0;
}

/* Where an inlined function is called. */
static void call_fill(Dwarf_Die *unit, Dwarf_Die *inlined, struct symbol_code *code)
{
    Dwarf_Files *files = NULL;
    size_t count = 0;
    const uint64_t file = number_of(inlined, DW_AT_call_file);
    const bool known = dwarf_getsrcfiles(unit, &files, &count) == 0 && file < count;
    place_set(unit, known ? dwarf_filesrc(files, file, NULL, NULL) : NULL,
              number_of(inlined, DW_AT_call_line), code);
}

/* The innermost DIE that holds the address, and those around it: inlined functions, then the function itself.
 */
static int scopes_find(Dwarf_Die *unit, uint64_t pc, Dwarf_Die **scopes)
{
    Dwarf_Die *innermost = NULL;
    *scopes = NULL;
    if (dwarf_getscopes(unit, pc, &innermost) <= 0) {
        return 0;
    }
    const int count = dwarf_getscopes_die(&innermost[0], scopes);
    free(innermost);
    return count;
}

/* Code must hold the place of the innermost function: moves out of headers. */
static void functions_fill(Dwarf_Die *unit, uint64_t pc, struct symbol_code *code)
{
    Dwarf_Die *scopes = NULL;
    const int count = scopes_find(unit, pc, &scopes);
    for (int i = 0; i < count; i++) {
        const int tag = dwarf_tag(&scopes[i]);
        const char *name = dwarf_diename(&scopes[i]);
        if ((tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram) || name == NULL) {
            continue;
        }
        if (tag == DW_TAG_subprogram || !path_is_header(code->file)) {
            (void)snprintf(code->function, sizeof(code->function), "%s", name);
            break;
        }
        if (code->inlined[0] == '\0') {
            (void)snprintf(code->inlined, sizeof(code->inlined), "%s", name);
        }
        call_fill(unit, &scopes[i], code);
    }
    free(scopes);
}

static bool code_find(struct symbol_table *table, uint64_t pc, struct symbol_code *code)
{
    Dwarf_Die unit;
    uint64_t offset = 0;
    memset(code, 0, sizeof(*code));
    if (table->dwarf != NULL && unit_find(table->dwarf, pc, &unit)) {
        line_fill(&unit, pc, code);
        functions_fill(&unit, pc, code);
    }
    if (code->function[0] == '\0') {
        (void)symbol_find(table, pc, true, code->function, &offset);
    }
    return code->function[0] != '\0' || code->line != 0;
}

bool symbol_table_code(struct symbol_table *table, uint64_t pc, struct symbol_code *code)
{
    memset(code, 0, sizeof(*code));
    uint64_t address = 0;
    if (table == NULL) {
        return false;
    }
    return (address_of(table, pc, &address) && code_find(table, address, code)) ||
           (table->virtual_offset != 0 && code_find(table, pc - table->virtual_offset, code));
}
