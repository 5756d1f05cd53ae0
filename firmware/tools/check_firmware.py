#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Holds a linked firmware image to what its sources promise.

  * The runtime part and the OS stub refer to nothing outside themselves: no undefined symbol in the relocatable
    object, no branch or adrp that leaves the part in the linked image.
  * The only absolute addresses among the runtime services are the function pointers of the services table:
    SetVirtualAddressMap converts these and nothing else.
  * From the maintenance that precedes the SMC to the SMC itself nothing is read from memory, and the maintenance
    functions touch neither stack nor data: a sweep that drops dirty lines still reaches the partition. Where they
    store (or read, after the SMC), they know no address but the buffer's, which they were given.
  * Every section with contents in memory is one that the layout names.

Usage: check_firmware.py --objdump PROGRAM --runtime RUNTIME.o --os OS.o IMAGE.elf
"""

import argparse
import re
import subprocess
import sys

SECTIONS = {
    ".text.boot", ".boot.rodata", ".efi_runtime.text", ".efi_runtime.rodata", ".os.text", ".os.rodata",
    ".os.noinit", ".os.bss", ".efi_runtime.data", ".boot.data", ".boot.bss", ".boot.stack", ".boot.tables",
    ".boot.noinit", ".os.data",
}
LOADS = re.compile(r"^ld(r|p|ur|ar|apr|xr|axr|xp|axp|nr|np|tr|a|cl|s)")
READS = re.compile(r"^(ld|cas|swp|prfm|stx|stlx)")
STORES = re.compile(r"^st")
OWN_ADDRESSES = {"adr", "adrp"}
CALLS = {"bl", "blr"}
ENDS = {"ret", "b", "br"}


class CheckFailure(Exception):
    """What is wrong with the image, in one sentence."""


class Objdump:
    def __init__(self, program):
        self.program = program

    def lines(self, *arguments):
        result = subprocess.run([self.program, *arguments], check=True, capture_output=True, text=True)
        return result.stdout.splitlines()


class Instruction:
    def __init__(self, address, mnemonic, operands):
        self.address = address
        self.mnemonic = mnemonic
        self.operands = operands

    def target(self):
        """The address that a direct branch or adrp names, None for all else."""
        match = re.search(r"\b([0-9a-f]+) <", self.operands)
        return int(match.group(1), 16) if match else None

    def __str__(self):
        return f"{self.address:#x}: {self.mnemonic} {self.operands}"


def undefined_symbols(objdump, path):
    return [line.split()[-1] for line in objdump.lines("-t", path) if "*UND*" in line and line.split()[-1] != "*UND*"]


def check_closed(objdump, path, part):
    undefined = undefined_symbols(objdump, path)
    if undefined:
        raise CheckFailure(f"{path}: the {part} part refers to what it does not contain: {', '.join(undefined)}")


def symbol_range(objdump, path, name):
    for line in objdump.lines("-t", path):
        fields = line.split()
        if fields and fields[-1] == name and "*UND*" not in line:
            return int(fields[0], 16), int(fields[-2], 16)
    raise CheckFailure(f"{path}: no symbol {name}")


def check_absolute_relocations(objdump, path):
    table_start, table_size = symbol_range(objdump, path, "efi_runtime_services")
    section = ""
    for line in objdump.lines("-r", path):
        header = re.match(r"RELOCATION RECORDS FOR \[(.*)\]:", line)
        if header:
            section = header.group(1)
            continue
        fields = line.split()
        if section.startswith(".debug") or len(fields) < 3 or not fields[1].startswith("R_AARCH64_ABS"):
            continue
        offset = int(fields[0], 16)
        if section != ".data" or not table_start <= offset < table_start + table_size:
            raise CheckFailure(f"{path}: absolute address at {section}+{offset:#x} ({fields[2]}): "
                               "SetVirtualAddressMap does not convert it")


def sections_read(objdump, path):
    """Name -> (start, end) of the sections that occupy memory."""
    sections = {}
    lines = objdump.lines("-h", path)
    for line, flags in zip(lines, lines[1:]):
        fields = line.split()
        if len(fields) >= 7 and fields[0].isdigit() and "ALLOC" in flags:
            start = int(fields[3], 16)
            sections[fields[1]] = (start, start + int(fields[2], 16))
    return sections


def check_sections(sections, path):
    unknown = sorted(set(sections) - SECTIONS)
    if unknown:
        raise CheckFailure(f"{path}: sections that the layout does not name: {', '.join(unknown)}")


def functions_read(objdump, path, section):
    """Name -> instructions, of one section, in order of address."""
    functions = {}
    body = []
    for line in objdump.lines("-d", "--no-show-raw-insn", "-j", section, path):
        header = re.match(r"^[0-9a-f]+ <(.*)>:$", line)
        if header:
            body = functions.setdefault(header.group(1), [])
            continue
        match = re.match(r"^\s*([0-9a-f]+):\s+(\S+)\s*(.*)$", line)
        if match and match.group(2) != ".word" and match.group(2) != "...":
            body.append(Instruction(int(match.group(1), 16), match.group(2), match.group(3)))
    return functions


def check_references(functions, ranges, path, part):
    """Branches and adrp stay within `ranges`, pages rounded outwards: adrp names the page of what it means."""
    pages = [(start & ~0xFFF, (end + 0xFFF) & ~0xFFF) for start, end in ranges]
    for name, body in functions.items():
        for instruction in body:
            target = instruction.target()
            if target is not None and not any(start <= target < end for start, end in pages):
                raise CheckFailure(f"{path}: {name} in the {part} part leaves it: {instruction}")


def maintenance_instructions(functions, name):
    """All instructions that a maintenance function may execute, tail calls followed."""
    pending, seen, result = [name], set(), []
    by_address = {body[0].address: key for key, body in functions.items() if body}
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        if name not in functions:
            raise CheckFailure(f"no function {name} in the runtime part")
        for instruction in functions[name]:
            result.append((name, instruction))
            target = instruction.target()
            if target in by_address:
                pending.append(by_address[target])
    return result


def check_maintenance(functions, path):
    for start in ("maintenance_before_smc", "maintenance_after_smc"):
        instructions = maintenance_instructions(functions, start)
        reads_allowed = start == "maintenance_after_smc"
        stores = any(STORES.match(instruction.mnemonic) or READS.match(instruction.mnemonic)
                     for _, instruction in instructions)
        for name, instruction in instructions:
            reads = READS.match(instruction.mnemonic) and not reads_allowed
            if reads or re.search(r"\bsp\b", instruction.operands):
                raise CheckFailure(f"{path}: {name} reads memory or touches the stack: {instruction}")
            if stores and instruction.mnemonic in OWN_ADDRESSES:
                raise CheckFailure(f"{path}: {name} may store to data of its own: {instruction}")
            if instruction.mnemonic in CALLS:
                raise CheckFailure(f"{path}: {name} calls a function, so it needs a stack: {instruction}")


def path_to_smc(functions):
    """What is executed between the call of maintenance_before_smc and the first SMC, fall-through order."""
    caller = functions.get("mm_communicate")
    callee = functions.get("ffa_direct_message")
    if not caller or not callee:
        raise CheckFailure("mm_communicate or ffa_direct_message is missing: was one inlined into the other?")
    calls = [index for index, instruction in enumerate(caller) if "<maintenance_before_smc>" in instruction.operands]
    sends = [index for index, instruction in enumerate(caller) if "<ffa_direct_message>" in instruction.operands]
    if len(calls) != 1 or len(sends) != 1 or sends[0] < calls[0]:
        raise CheckFailure("mm_communicate does not go from one call of maintenance_before_smc to one message")
    smcs = [index for index, instruction in enumerate(callee) if instruction.mnemonic == "smc"]
    if not smcs:
        raise CheckFailure("ffa_direct_message has no smc")
    return caller[calls[0] + 1:sends[0] + 1] + callee[:smcs[0] + 1]


def check_path_to_smc(functions, path):
    for instruction in path_to_smc(functions):
        if LOADS.match(instruction.mnemonic):
            raise CheckFailure(f"{path}: memory is read between the maintenance and the SMC: {instruction}")


def check(arguments):
    objdump = Objdump(arguments.objdump)
    check_closed(objdump, arguments.runtime, "runtime")
    check_closed(objdump, arguments.os, "os")
    check_absolute_relocations(objdump, arguments.runtime)

    sections = sections_read(objdump, arguments.image)
    check_sections(sections, arguments.image)
    for part, prefix in (("runtime", ".efi_runtime."), ("os", ".os.")):
        ranges = [bounds for name, bounds in sections.items() if name.startswith(prefix)]
        functions = functions_read(objdump, arguments.image, f"{prefix}text")
        check_references(functions, ranges, arguments.image, part)
    runtime = functions_read(objdump, arguments.image, ".efi_runtime.text")
    check_maintenance(runtime, arguments.image)
    check_path_to_smc(runtime, arguments.image)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--objdump", required=True)
    parser.add_argument("--runtime", required=True)
    parser.add_argument("--os", required=True)
    parser.add_argument("image")
    try:
        check(parser.parse_args())
    except CheckFailure as failure:
        print(f"check_firmware: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
