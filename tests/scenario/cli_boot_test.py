#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Images of other people on the command line: flash, disk, device tree, and what is refused.

Run by ctest as `cli.*`; by hand: cli_boot_test.py --program PATH --build DIR [CLASS...].
"""
import json
import os
import random
import re
import shutil
import struct
import subprocess
import unittest

import cli_base
from cli_base import SEED, cli, firmware

UBOOT = "/usr/lib/u-boot/qemu_arm64/u-boot.bin"
IN_MEMORY = "0x60000000"
PROMPT = ["--expect", "Hit any key", "--send", " ", "--until", "\n=> "]
KIB = 1024
MIB = 1024 * KIB

# Prints what stands at an address as eight hexadecimal digits on the PL011, then powers off: x19 is the address.
PRINT_WORD = [
    0xB9400274,              # ldr w20, [x19]
    0xD2A12015,              # movz x21, #0x0900, lsl #16
    0x52800396,              # mov w22, #28
    0x1AD62697,              # lsr w23, w20, w22
    0x12000EF7,              # and w23, w23, #15
    0x1100C2F8,              # add w24, w23, #48
    0x7100E71F,              # cmp w24, #57
    0x54000049,              # b.ls .+8
    0x11009F18,              # add w24, w24, #39
    0xB90002B8,              # str w24, [x21]
    0x710012D6,              # subs w22, w22, #4
    0x54FFFF0A,              # b.ge .-32
    0xD2800100, 0xF2B08000,  # PSCI SYSTEM_OFF
    0xD4000003,
]


def words(*values):
    return struct.pack(f"<{len(values)}I", *values)


def moved(register, value):
    """movz and movk: a 32-bit value in a register."""
    return [0xD2800000 | (value & 0xFFFF) << 5 | register, 0xF2A00000 | (value >> 16) << 5 | register]


def printer(address):
    return words(*moved(19, address), *PRINT_WORD)


def tree(memory_size=1 << 30, magic=0xD00DFEED, size_told=None):
    """A device tree by hand: a root with a memory node and nothing else."""
    strings = b"#address-cells\0#size-cells\0device_type\0reg\0"
    offset = {name: strings.index(name.encode()) for name in ("#address-cells", "#size-cells", "device_type", "reg")}

    def name(text):
        data = text.encode() + b"\0"
        return struct.pack(">I", 1) + data + bytes(-len(data) % 4)

    def value(key, data):
        return struct.pack(">III", 3, len(data), offset[key]) + data + bytes(-len(data) % 4)

    structure = (name("") + value("#address-cells", struct.pack(">I", 2)) + value("#size-cells", struct.pack(">I", 2)) +
                 name("memory@40000000") + value("device_type", b"memory\0") +
                 value("reg", struct.pack(">QQ", 0x40000000, memory_size)) + struct.pack(">III", 2, 2, 9))
    at_structure = 40 + 16
    at_strings = at_structure + len(structure)
    size = at_strings + len(strings)
    header = struct.pack(">10I", magic, size_told or size, at_structure, at_strings, 40, 17, 16, 0, len(strings),
                         len(structure))
    return header + bytes(16) + structure + strings


def contents(path):
    with open(path, "rb") as file:
        return file.read()


def uboot_needed(test):
    return unittest.skipUnless(os.path.exists(UBOOT), f"{UBOOT}: not there (package u-boot-qemu)")(test)


class cli_boot_media(cli):
    """Each medium is where the guest looks for it."""

    def boot(self, status, *arguments, platform="virt", **options):
        return self.expect(status, "boot", "--platform", platform, *arguments, **options)

    def test_flash_runs_from_its_start(self):
        flash = self.write("flash.bin", printer(0x0) + words(0x12345678))
        for mode in ("golden", "prove", "replay"):
            self.assertEqual(self.boot(0, "--mode", mode, "--flash0", flash)[0], f"{moved(19, 0)[0]:08x}")

    def test_flash_may_be_entered_elsewhere(self):
        flash = self.write("flash.bin", words(0) + printer(0x4) + words(0x12345678))
        self.assertEqual(self.boot(0, "--flash0", flash, "--entry", "4")[0], f"{moved(19, 4)[0]:08x}")
        self.boot(4, "--flash0", flash, "--max-instructions", "1000")

    def test_a_payload_finds_both_banks(self):
        banks = [self.write(f"bank{i}", words(0xCAFE0000 + i)) for i in range(2)]
        for i, address in enumerate((0x0, 0x04000000)):
            payload = self.write("payload.bin", printer(address))
            stdout, _ = self.boot(0, "--flash0", banks[0], "--flash1", banks[1], "--payload", payload, "--load",
                                  IN_MEMORY)
            self.assertEqual(stdout, f"{0xCAFE0000 + i:08x}")

    def test_code_in_the_second_bank(self):
        flash = self.write("flash.bin", printer(0x04000000))
        payload = self.write("payload.bin", words(0))
        stdout, _ = self.boot(0, "--flash1", flash, "--payload", payload, "--entry", "0x04000000")
        self.assertEqual(stdout, f"{moved(19, 0x04000000)[0]:08x}")

    def test_the_largest_flash_fits(self):
        flash = self.write("flash.bin", printer(0x0))
        os.truncate(flash, 64 * MIB)
        self.boot(0, "--flash0", flash)

    def test_the_tree_is_in_memory_and_x0_tells_where(self):
        """x19 = x0: the first word of a device tree, as a little-endian load sees its magic."""
        payload = self.write("payload.bin", words(0xAA0003F3, *PRINT_WORD))
        magic = struct.unpack("<I", struct.pack(">I", 0xD00DFEED))[0]
        self.assertEqual(self.boot(0, "--payload", payload, "--load", IN_MEMORY)[0], f"{magic:08x}")
        own = self.write("own.dtb", tree())
        self.assertEqual(self.boot(0, "--payload", payload, "--load", IN_MEMORY, "--dtb", own)[0], f"{magic:08x}")
        size = struct.unpack("<I", struct.pack(">I", len(tree())))[0]
        at_size = self.write("at_size.bin", words(0x91001013, *PRINT_WORD))  # add x19, x0, #4
        self.assertEqual(self.boot(0, "--payload", at_size, "--load", IN_MEMORY, "--dtb", own)[0], f"{size:08x}")

    def test_an_image_in_the_place_of_the_tree_does_without_one(self):
        payload = self.write("payload.bin", words(0xAA0003F3, 0xF1000273, 0x54000040, 0x00000000,  # udf unless x0 is 0
                                                  0xD2800100, 0xF2B08000, 0xD4000003))
        self.boot(0, "--payload", payload)
        self.boot(4, "--payload", payload, "--load", IN_MEMORY, "--max-instructions", "10000")

    def test_no_file_is_written(self):
        disk = self.write("disk.img", random.Random(SEED).randbytes(64 * KIB))
        flash = self.write("flash1.bin", b"\xff" * 512 * KIB)
        before = [contents(path) for path in (disk, flash)]
        os.chmod(disk, 0o444)
        self.uboot_session(["mw.b 0x50000000 5a 400", "virtio write 0x50000000 5 2", "setenv told yes", "saveenv",
                            "virtio read 0x50001000 5 1", "md.b 0x50001000 10"],
                           "--disk", disk, "--flash1", flash, told="50001000: 5a 5a 5a 5a")
        self.assertEqual([contents(path) for path in (disk, flash)], before)

    def uboot_session(self, commands, *arguments, told):
        if not os.path.exists(UBOOT):
            self.skipTest("package u-boot-qemu")
        script = ["--expect", "Hit any key", "--send", " "]
        for command in commands:
            script += ["--expect", "\n=> ", "--send", command + "\\r"]
        stdout, _ = self.boot(0, "--flash0", UBOOT, *arguments, *script, "--until", told)
        return stdout


@uboot_needed
class cli_boot_uboot(cli):
    """U-Boot as Debian ships it, in one command."""

    def test_to_its_prompt(self):
        flash, _ = self.expect(0, "boot", "--platform", "virt", "--flash0", UBOOT, *PROMPT)
        memory, _ = self.expect(0, "boot", "--platform", "virt", "--payload", UBOOT, "--load", IN_MEMORY, *PROMPT)
        self.assertIn("U-Boot 20", flash)
        self.assertIn("DRAM:  1 GiB", flash)
        self.assertTrue(flash.endswith("=> "))
        self.assertEqual(flash, memory)

    def test_two_runs_print_the_same_bytes(self):
        runs = [self.expect(0, "boot", "--platform", "virt", "--flash0", UBOOT, *PROMPT, "--json", "-")
                for _ in range(2)]
        self.assertEqual(runs[0], runs[1])

    def test_memory_of_the_platform_is_what_it_sees(self):
        stdout, _ = self.expect(0, "boot", "--platform", "virt", "--set",
                                "memory=[{pa: 0x40000000, size: 256 MiB}]", "--flash0", UBOOT, *PROMPT)
        self.assertIn("DRAM:  256 MiB", stdout)

    def test_a_tree_of_ones_own(self):
        path = self.write("own.dtb", tree(memory_size=512 * MIB))
        stdout, _ = self.expect(4, "boot", "--platform", "virt", "--flash0", UBOOT, "--dtb", path, "--max-instructions",
                                "30000000")
        self.assertNotIn("=> ", stdout)  # no console in it

    def test_trees_that_lie(self):
        """More memory than there is: U-Boot moves to its end and meets nothing there."""
        path = self.write("lie.dtb", tree(memory_size=16 << 30))
        for mode in ("golden", "prove", "replay"):
            self.expect(4, "boot", "--mode", mode, "--platform", "virt", "--flash0", UBOOT, "--dtb", path,
                        "--max-instructions", "100000000")

    def test_a_finding_is_told_and_the_exit_status_is_1(self):
        arguments = ["boot", "--platform", "virt", "--flash0", UBOOT, "--expect", "Hit any key", "--send", " ",
                     "--expect", "\n=> ", "--send", "bootefi selftest\\r", "--expect", "\x1b[6n", "--send",
                     "\\e[24;80R", "--until", "Preparing for reset"]
        _, stderr = self.expect(1, *arguments)
        self.assertIn("error: stale-read unknown by IC IALLUIS", stderr)
        self.assertIn("no DSB after the invalidation of the instruction cache", stderr)
        self.expect(0, *arguments, "--mode", "golden")
        self.expect(0, *arguments, "--mode", "replay")


class cli_boot_refused(cli):
    """A mistake in what is given is exit status 2 and one line; a guest that goes nowhere is 4; no memory is spent."""

    def refused(self, text, *arguments, platform="virt"):
        return self.mistake(text, "boot", "--platform", platform, *arguments)

    def small(self, name="small.bin"):
        return self.write(name, printer(0x0))

    def sparse(self, name, size):
        path = self.write(name, b"")
        os.truncate(path, size)
        return path

    def test_files_that_are_none(self):
        os.mkfifo(os.path.join(self.folder, "fifo"))
        files = {os.path.join(self.folder, "nowhere"): "no such file", self.folder: "not a regular file",
                 "/dev/zero": "not a regular file", os.path.join(self.folder, "fifo"): "not a regular file",
                 self.write("empty", b""): "the file is empty"}
        for path, text in files.items():
            for option in ("--payload", "--flash0", "--flash1", "--disk", "--dtb", "--symbols"):
                if option == "--symbols" and text != "no such file":
                    text = "expected an ELF file with symbols"
                others = [] if option == "--payload" else ["--payload", self.small(), "--load", IN_MEMORY]
                with self.subTest(path=path, option=option):
                    self.refused(text, option, path, *others)

    def test_sizes(self):
        small = ["--payload", self.small(), "--load", IN_MEMORY]
        for size in (64 * MIB + 1, 1 << 40):
            path = self.sparse("flash", size)
            for option in ("--flash0", "--flash1"):
                self.refused("of at most 67108864", option, path, *small)
        for size in ((1 << 30) + 1, 1 << 40):
            self.refused("of at most 1073741824", "--payload", self.sparse("image", size))
        self.refused("outside memory", "--payload", self.small(), "--load", "0x7FFFFFFC")
        self.refused("outside memory", "--payload", self.small(), "--load", "0xFFFFFFFFFFFFFFFC")
        for size in (1, 511, 513, 64 * KIB - 1):
            self.refused("whole sectors", "--disk", self.sparse("disk", size), *small)
        self.refused("of at most", "--disk", self.sparse("disk", 1 << 40), *small)
        self.refused("of at most", "--dtb", self.sparse("tree", 1 << 40), *small)

    def test_a_file_that_is_shorter_than_it_says(self):
        """As a disk that shrinks while it is read: files of the kernel tell a page and hold a line."""
        short = "/sys/kernel/mm/transparent_hugepage/enabled"
        if not os.path.exists(short) or os.stat(short).st_size != 4096:
            self.skipTest("no such file")
        for option in ("--disk", "--flash1"):
            self.refused("bytes can be read, expected 4096", option, short, "--payload", self.small(), "--load",
                         IN_MEMORY)

    def test_entries(self):
        small = ["--payload", self.small(), "--load", IN_MEMORY]
        for entry in ("0x1000", "0x60000002", "0x60001000", "0x40000000", "0xFFFFFFFFFFFFFFFC", "0"):
            self.refused(f"entry 0x{int(entry, 0):x}", *small, "--entry", entry)
        self.refused("entry 0x1000", "--flash0", self.small(), "--entry", "0x1000")
        self.refused("entry 0x4000000", "--flash0", self.small(), "--entry", "0x4000000")
        self.refused("entry 0x60000000", "--payload", firmware("hello"), "--entry", "0x60000000")
        self.refused("--load without an image", "--flash0", self.small(), "--load", IN_MEMORY)
        self.refused("nothing to run", "--flash1", self.small())

    def test_device_trees(self):
        small = ["--payload", self.small(), "--load", IN_MEMORY]
        good = tree()
        bad = {"magic": tree(magic=0xD00DFEEC), "zeros": bytes(4096), "ones": b"\xff" * 4096, "short": good[:39],
               "cut": good[:-1], "half": good[:len(good) // 2], "larger": tree(size_told=1 << 20),
               "smaller": tree(size_told=41), "random": random.Random(SEED).randbytes(4096),
               "text": b"/dts-v1/; / { };\n"}
        for name, data in bad.items():
            with self.subTest(name=name):
                self.refused("no device tree blob", "--dtb", self.write(name + ".dtb", data), *small)
        self.refused("overlap the image", "--dtb", self.write("good.dtb", good), "--payload", self.small())

    def test_platforms_without_a_place_for_it(self):
        tree_path = self.write("good.dtb", tree())
        for option, path, text in (("--flash0", self.small(), "0 flash banks"),
                                   ("--flash1", self.small(), "0 flash banks"),
                                   ("--disk", self.sparse("disk", 512), "no slot for a disk"),
                                   ("--dtb", tree_path, "no place for a device tree")):
            self.refused(text, option, path, "--payload", firmware("hello"), platform="bench")

    def test_the_package_of_a_file(self):
        self.refused("u-boot-qemu", "--flash0", "/usr/lib/u-boot/qemu_arm64/no-such-u-boot.bin")

    def test_payloads_that_are_no_code(self):
        numbers = random.Random(SEED)
        payloads = {"zeros": bytes(4096), "ones": b"\xff" * 4096, "one": b"\x00", "four": bytes(4)}
        payloads.update({f"random{i}": numbers.randbytes(1 << numbers.randint(2, 16)) for i in range(12)})
        for name, data in payloads.items():
            path = self.write(name, data)
            for place in (["--flash0", path], ["--payload", path], ["--payload", path, "--load", IN_MEMORY]):
                for mode in ("golden", "prove", "replay"):
                    with self.subTest(name=name, place=place[0], mode=mode):
                        status = self.call("boot", "--platform", "virt", "--mode", mode, "--max-instructions", "20000",
                                           *place).returncode
                        self.assertIn(status, (2, 4))

    def test_truncated_payloads(self):
        if not os.path.exists(UBOOT):
            self.skipTest("package u-boot-qemu")
        image = contents(UBOOT)
        for size in (4, 64, 4 * KIB, 100 * KIB + 3, len(image) // 2):
            path = self.write("cut.bin", image[:size])
            for place in (["--flash0", path], ["--payload", path, "--load", IN_MEMORY]):
                with self.subTest(size=size, place=place[0]):
                    self.expect(4, "boot", "--platform", "virt", "--max-instructions", "3000000", *place)

    def test_refusals_cost_no_memory(self):
        """A terabyte is refused by its size alone; what is refused has not been read."""
        huge = self.sparse("huge", 1 << 40)
        for option in ("--payload", "--flash0", "--disk", "--dtb"):
            others = [] if option == "--payload" else ["--payload", self.small(), "--load", IN_MEMORY]
            process = subprocess.Popen([cli_base.program(), "boot", "--platform", "virt", option, huge, *others],
                                       stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(process.returncode, 2)
            self.assertLess(usage.ru_maxrss, 512 * KIB)  # in KiB: the program itself, whatever the sanitizers add


class cli_boot_tokens(cli):
    """A token of a boot run names its media: the same options replay it, others are refused."""

    def setUp(self):
        super().setUp()
        # Turns the MMU on with a table of 1 GiB blocks in memory (write-back), stores and invalidates, as LOSER of
        # cli_prove_test.py does; here from memory of `virt`, where its table would stand on the device tree.
        self.loser = self.write("loser.bin", words(
            0xD2820000, 0xF2AC0000, 0xD280E021, 0xF2A80001, 0xF9000401, 0xD2801FE2, 0xD51CA202, 0xD286A402, 0xF2B01002,
            0xD51C2042, 0xD51C2000, 0xD5033F9F, 0xD5033FDF, 0xD53C1003, 0xB2400063, 0xB27E0063, 0xD51C1003, 0xD5033FDF,
            0xD2840004, 0xF2AC0004, 0xD2800B45, 0xF9000085, 0xD5087624, 0xD5033F9F, 0xF9400086, 0xEB0500DF, 0x54000001,
            0xD2800100, 0xF2B08000, 0xD4000003))
        self.flash = self.write("flash.bin", b"\x11" * 1024)
        self.disk = self.write("disk.img", b"\x22" * 1024)
        self.tree = self.write("own.dtb", tree())
        self.options = ["--platform", "virt", "--payload", self.loser, "--load", IN_MEMORY, "--flash1", self.flash,
                        "--disk", self.disk, "--dtb", self.tree]

    def test_replays_with_the_same_media_and_no_others(self):
        finding = self.findings(1, "boot", *self.options)[0]
        token = finding["token"]
        self.assertIsNotNone(token)
        self.expect(1, "replay", token, "--", *self.options)
        for path in (self.flash, self.disk):
            with self.subTest(path=path):
                before = contents(path)
                self.write(os.path.basename(path), before[:-1] + b"\x33")
                self.assertIn("made of another run", self.expect(2, "replay", token, "--", *self.options)[1])
                self.write(os.path.basename(path), before)
        self.write("own.dtb", tree(memory_size=1 << 29))
        self.assertIn("made of another run", self.expect(2, "replay", token, "--", *self.options)[1])
        self.write("own.dtb", tree())
        self.expect(1, "replay", token, "--", *self.options)
        self.assertIn("made of another run", self.expect(2, "replay", token, "--", *self.options[:-2])[1])

    def test_the_line_that_is_told_can_be_typed(self):
        _, stderr = self.expect(1, "boot", *self.options)
        line = re.search(r"ffa-cosim (replay '?v1:boot:virt:.*)", stderr)
        self.assertIsNotNone(line, stderr)
        for option in ("--flash1", "--disk", "--dtb"):
            self.assertIn(option, line.group(1))
        self.assertEqual(self.shell(line.group(1)).returncode, 1)


class cli_boot_symbols(cli):
    """Names for an image that does not stand where it was linked, and moves while it runs."""

    NAMES = ["lose_before_moving", "lose_after_moving"]
    LINES = ["firmware/guests/relocate.S"] * 2

    def setUp(self):
        super().setUp()
        self.elf = firmware(os.path.join("guests", "relocate"))
        self.raw = os.path.join(self.folder, "relocate.bin")
        subprocess.run(["aarch64-linux-gnu-objcopy", "-O", "binary", self.elf, self.raw], check=True)

    def named(self, *arguments, mode="prove"):
        findings = self.findings(1, "boot", "--platform", "bench", "--mode", mode, *arguments)
        found = [finding for finding in findings if finding["rule"] == "lost-write" and finding["pc"] is not None]
        return [finding["function"] for finding in found], [finding["file"] for finding in found]

    def test_at_both_places(self):
        for mode in ("prove", "replay"):
            with self.subTest(mode=mode):
                self.assertEqual(self.named(self.elf, mode=mode), (self.NAMES, self.LINES))
                for load in ("0x40080000", "0x40000000", "0x48001000", "0x50000008"):
                    self.assertEqual(self.named(self.raw, "--load", load, "--symbols", self.elf, mode=mode),
                                     (self.NAMES, self.LINES), load)

    def test_none_without_symbols(self):
        self.assertEqual(self.named(self.raw, "--load", "0x48000000"), ([None, None], [None, None]))

    def test_none_for_another_image(self):
        """The image is larger than its symbols: names where it was loaded, for the user said so, and none elsewhere."""
        other = self.write("other.bin", contents(self.raw) + random.Random(SEED).randbytes(4 * KIB))
        self.assertEqual(self.named(other, "--load", "0x48000000", "--symbols", self.elf)[0], [self.NAMES[0], None])

    def test_in_a_scenario(self):
        text = ("about: x\nplatform: bench\npayload: {image: relocate.bin, load: 0x48000000, symbols: relocate.elf}\n"
                "expect:\n  findings:\n    - {rule: lost-write, function: lose_before_moving}\n"
                "    - {rule: lost-write, function: lose_after_moving}\n")
        shutil.copy(self.elf, self.folder)
        for mode in ("prove", "replay"):
            self.expect(0, "run", "--mode", mode, self.write("p.yaml", text))

    @uboot_needed
    def test_u_boot_after_it_has_moved(self):
        """Debian's has no symbols; here it gets one, where its only IC IALLUIS stands."""
        at = contents(UBOOT).index(words(0xD508711F, 0xD5033FDF, 0xD65F03C0))
        symbols = os.path.join(self.folder, "u-boot.elf")
        subprocess.run(["aarch64-linux-gnu-objcopy", "-I", "binary", "-O", "elf64-littleaarch64", "--rename-section",
                        ".data=.text,alloc,load,code", "--add-symbol", f"invalidate_icache_all=.text:0x{at:x}", UBOOT,
                        symbols], check=True)
        session = ["--expect", "Hit any key", "--send", " ", "--expect", "\n=> ", "--send", "bootefi hello\\r",
                   "--expect", "\x1b[6n", "--send", "\\e[24;80R", "--until", "Hello, world!"]
        for place in (["--flash0", UBOOT], ["--payload", UBOOT, "--load", IN_MEMORY]):
            _, stderr = self.expect(0, "boot", "--platform", "virt", *place, "--symbols", symbols, *session)
            self.assertIn("stale-read unknown by invalidate_icache_all", stderr)


SCENARIO = """about: x
platform: virt
payload: {PAYLOAD}
expect:
  findings: []
"""


class cli_boot_scenario(cli):
    """The key `payload` of a scenario file."""

    def scenario(self, payload, more=""):
        return self.write("p.yaml", SCENARIO.replace("{PAYLOAD}", payload) + more)

    def test_files_are_looked_up_beside_the_scenario(self):
        self.write("flash.bin", printer(0x0))
        self.write("image.bin", printer(0x04000000))
        self.write("disk.img", bytes(1024))
        self.write("own.dtb", tree())
        self.expect(0, "run", self.scenario("{flash: [flash.bin]}"), cwd="/")
        self.expect(0, "run", self.scenario("{image: image.bin, load: 0x60000000, flash: [none, flash.bin], "
                                            "disk: disk.img, dtb: own.dtb, el: 1}"), cwd="/")
        self.expect(0, "run", self.scenario(f"{{flash: [{self.folder}/flash.bin]}}"), cwd="/")

    def test_what_the_console_says_is_compared(self):
        self.write("flash.bin", printer(0x04000000))
        self.write("other.bin", words(0x600DF00D))
        text = "stop: {after: '600df00d'}\n"
        self.expect(0, "run", self.scenario("{flash: [flash.bin, other.bin]}", text))
        self.expect(1, "run", self.scenario("{flash: [flash.bin]}", text))

    def test_the_builds_firmware_has_the_disk(self):
        self.write("flash.bin", printer(0x0))
        self.assertTrue(os.path.exists(os.path.join(cli_base.build(), "firmware", "efi_app.img")))
        self.expect(0, "run", self.scenario("{flash: [flash.bin], disk: efi_app.img}"))
        self.mistake("folder/efi_app.img: no such file", "run",
                     self.scenario("{flash: [flash.bin], disk: folder/efi_app.img}"))

    def test_none_is_no_tree(self):
        payload = words(0xF1000000, 0x54000040, 0x00000000, 0xD2800100, 0xF2B08000, 0xD4000003)  # udf unless x0 is 0
        self.write("image.bin", payload)
        self.expect(0, "run", self.scenario("{image: image.bin, load: 0x60000000, dtb: none}"))
        self.expect(4, "run", self.scenario("{image: image.bin, load: 0x60000000, dtb: generated}",
                                            "stop: {instructions: 10000}\n"))

    def test_mistakes_have_a_position(self):
        self.write("flash.bin", printer(0x0))
        self.write("empty.bin", b"")
        self.write("odd.img", bytes(100))
        for payload, word, text in (
                ("{flash: [nowhere.bin]}", "nowhere", "no such file"),
                ("{flash: [empty.bin]}", "empty", "the file is empty"),
                ("{flash: [flash.bin, empty.bin]}", "empty", "the file is empty"),
                ("{flash: [flash.bin, none, none]}", "[", "at most 2 files"),
                ("{flash: flash.bin}", "flash.bin", "expected a list"),
                ("{flash: [none]}", "{", "key 'image' is missing"),
                ("{disk: odd.img}", "{", "key 'image' is missing"),
                ("{flash: [flash.bin], disk: odd.img}", "odd", "whole sectors"),
                ("{flash: [flash.bin], dtb: odd.img}", "odd", "no device tree blob"),
                ("{flash: [flash.bin], entry: 0x10000}", "0x10000", "entry 0x10000"),
                ("{flash: [flash.bin], load: 0}", "0}", "load address without an image"),
                ("{flash: [flash.bin], symbols: flash.bin}", "flash.bin}", "ELF file with symbols"),
                ("{flash: [flash.bin], image: ''}", "'}", "an empty file name"),
                ("{flash: [/usr/lib/u-boot/qemu_arm64/none.bin]}", "/usr", "from the package u-boot-qemu"),
                ("{flash: [flash.bin], floppy: x}", "floppy", "floppy")):
            with self.subTest(payload=payload):
                stderr = self.mistake(text, "run", self.scenario(payload))
                column = len("payload: ") + payload.index(word) + 1
                self.assertTrue(stderr.startswith(f"{self.folder}/p.yaml:3:{column}: "), stderr)

    def test_two_modes_agree(self):
        shutil.copy(firmware("hello"), os.path.join(self.folder, "hello.elf"))
        path = self.scenario("{image: hello.elf}", "stop: {after: EL2}\n")
        for mode in ("prove", "replay"):
            stdout, _ = self.expect(0, "run", "--mode", mode, "--json", "-", path)
            self.assertEqual(json.loads(stdout[stdout.index("[\n"):])[0]["verdict"], "pass")


if __name__ == "__main__":
    cli_base.main(__name__)
