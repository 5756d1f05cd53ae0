/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an ELF file and its DWARF say about an address: function, file and line of code, the symbol of data,
 * the owner of bytes. Answers "unknown" for what the file does not tell; must not guess.
 *
 * Firmware that runs at an alias of its addresses after SetVirtualAddressMap exports the absolute symbol
 * SYMBOL_VIRTUAL_OFFSET, whose value is the alias minus the linked address: code addresses are tried as they
 * are and then minus that offset.
 */
#ifndef MODEL_PLATFORM_SYMBOL_TABLE_H
#define MODEL_PLATFORM_SYMBOL_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/platform/platform_config.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SYMBOL_NAME_MAX       128
#define SYMBOL_FILE_MAX       256
#define SYMBOL_VIRTUAL_OFFSET "runtime_virtual_offset"

struct symbol_table;

/*
 * The image need not stand where it was linked, and may stand at several places. Once a place is told, only
 * addresses inside a place have names.
 */
#define SYMBOL_PLACES_MAX 8

/*
 * Where an instruction stands. Empty strings and line 0: unknown. An inline function of a header is an
 * accessor, as for DC IVAC: then the function is the one that uses it, and file and line are those of the
 * use.
 */
struct symbol_code {
    char function[SYMBOL_NAME_MAX]; /* whose source is no header, inlined or not */
    char inlined[SYMBOL_NAME_MAX];  /* the innermost function inlined into it; empty: none */
    char file[SYMBOL_FILE_MAX];
    uint32_t line;
};

/* NULL when the file cannot be read as ELF. A file without symbols or DWARF is fine: it answers "unknown". */
struct symbol_table *symbol_table_open(const char *path);
void symbol_table_close(struct symbol_table *table);

/* The addresses that the file was linked for, as a raw image made of it has them: from the first byte that is
 * loaded to the last that is reserved. False: nothing is loaded. */
bool symbol_table_extent(struct symbol_table *table, uint64_t *address, uint64_t *size);
/* What was linked for `address` stands at `pa`. More than SYMBOL_PLACES_MAX places are forgotten, and a place
 * that is known already stays one. */
void symbol_table_place(struct symbol_table *table, uint64_t address, uint64_t size, uint64_t pa);

/* All take a NULL table: everything is unknown then. */
bool symbol_table_code(struct symbol_table *table, uint64_t pc, struct symbol_code *code);
bool symbol_table_data(struct symbol_table *table, uint64_t pa, char name[SYMBOL_NAME_MAX], uint64_t *offset);

/* Owner by section: names that start with ".os" are the OS's, other loaded sections the firmware's. */
enum byte_owner symbol_table_owner(struct symbol_table *table, uint64_t pa);
/* The loaded section at an address; NULL: none. */
const char *symbol_table_section(struct symbol_table *table, uint64_t pa);

#ifdef __cplusplus
}
#endif

#endif
