#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The build's check of the firmware image refuses what it exists to refuse, and accepts the images that were built.

Each case is one small source that completes the runtime part in the place of a maintenance file.
"""
import argparse
import glob
import os
import subprocess
import sys
import tempfile

GOOD = """
#include "firmware/maintenance/maintenance.h"
const char maintenance_name[] = "good";
void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{ (void)start; (void)end; (void)phase; }
void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{ (void)start; (void)end; (void)phase; }
const uint64_t maintenance_message_offset = 0;
const uint64_t maintenance_buffer_attribute = 8;
void maintenance_before_remap(uint64_t start, uint64_t end) { (void)start; (void)end; }
"""
BODY = "{ (void)start; (void)end; (void)phase; }"
# name, what replaces what in GOOD, and what the refusal must say (None: accepted).
CASES = [
    ("good", "", "", None),
    ("stack", BODY, '{ volatile uint64_t spilled = start + end + phase; '
     '(void)spilled; }', "reads memory or touches the stack"),
    ("load", BODY, "{ (void)*(volatile uint64_t *)start; (void)end; (void)phase; }",
     "reads memory or touches the stack"),
    ("store to the buffer", BODY, "{ *(volatile uint64_t *)end = 1; (void)start; (void)phase; }", None),
    ("store to data", BODY, "{ static volatile uint64_t seen; seen = start; (void)end; (void)phase; }",
     "may store to data of its own"),
    ("call", BODY,
     '{ (void)phase; __asm__ volatile("bl flush_dcache_range" : : "r"(start), "r"(end)); }',
     "so it needs a stack"),
    ("outside", BODY,
     "{ extern void log_error(uint64_t); (void)start; (void)end; log_error(phase); }",
     "refers to what it does not contain: log_error"),
    ("pointer", "const char maintenance_name[] = \"good\";",
     "const char maintenance_name[] = \"x\"; static const char *where = maintenance_name; "
     "const char **maintenance_where(void); const char **maintenance_where(void) { return &where; }",
     "absolute address"),
]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True)


def image_build(arguments, source, folder):
    """Compiles, joins and links like firmware/CMakeLists.txt does. The check's arguments."""
    maintenance = os.path.join(folder, "maintenance.o")
    runtime = os.path.join(folder, "runtime.o")
    image = os.path.join(folder, "image.elf")
    parts = os.path.join(arguments.firmware, "parts")
    objects = [path for path in glob.glob(os.path.join(arguments.firmware, "objects/runtime/*.o"))
               if not os.path.basename(path).startswith(("maintenance.", "defects."))]
    commands = [
        [arguments.gcc, "-std=gnu11", "-O2", "-ffreestanding", "-march=armv8-a+crc", "-mgeneral-regs-only", "-fno-pic",
         "-fno-stack-protector", "-fno-asynchronous-unwind-tables", f"-I{arguments.source}", "-c", "-o", maintenance,
         source],
        [arguments.gcc, "-r", "-nostdlib", "-o", runtime, *sorted(objects), maintenance],
        [arguments.objcopy, f"--keep-global-symbols={arguments.source}/firmware/runtime/exports.txt", runtime],
        [arguments.gcc, "-static", "-nostdlib", "-no-pie", "-Wl,--build-id=none,-z,max-page-size=4096",
         "-Wl,--defsym=log_error=_start", f"-Wl,-T,{arguments.firmware}/firmware.ld", "-o", image,
         f"{parts}/boot.o", runtime, f"{parts}/os.o"],
    ]
    for command in commands:
        result = run(*command)
        if result.returncode != 0:
            sys.exit(f"{' '.join(command)}\n{result.stderr}")
    return ["--objdump", arguments.objdump, "--runtime", runtime, "--os", f"{parts}/os.o", image]


def case_check(arguments, name, old, new, refusal):
    """None, or what went otherwise than expected."""
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, f"{name}.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write(GOOD.replace(old, new, 1) if old else GOOD)
        command = image_build(arguments, source, folder)
        result = run(sys.executable, f"{arguments.source}/firmware/tools/check_firmware.py", *command)
    if refusal is None:
        return None if result.returncode == 0 else f"{name}: refused: {result.stderr}"
    if result.returncode != 1 or refusal not in result.stderr:
        return f"{name}: expected a refusal with '{refusal}', got status {result.returncode}: {result.stderr}"
    return None


def main():
    parser = argparse.ArgumentParser()
    for option in ("--source", "--firmware", "--gcc", "--objcopy", "--objdump"):
        parser.add_argument(option, required=True)
    arguments = parser.parse_args()
    failures = [failure for failure in (case_check(arguments, *case) for case in CASES) if failure]
    print("\n".join(failures) if failures else f"{len(CASES)} images judged as expected")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
