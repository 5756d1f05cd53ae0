#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What payloads leave behind and what bad ones cost: files that are written back, files that change, memory.

Run by ctest as `cli.*`; by hand: cli_payload_test.py --program PATH --build DIR [CLASS...].
"""
import os
import pty
import random
import select
import shutil
import signal
import stat
import struct
import subprocess

import cli_base
from cli_base import SEED, cli, firmware
from cli_boot_test import IN_MEMORY, KIB, MIB, UBOOT, contents, moved, printer, tree, uboot_needed, words

BANK = 64 * MIB
FLASH1 = 0x04000000
DATA = 0x600DCAFE
POWER_OFF = [0xD2800100, 0xF2B08000, 0xD4000003]
STAY = [0x14000000]
SAY_A = [0xD2A12015, 0x52800836, 0xB90002B6,              # 'A' to the PL011
         0x52800156, 0xB90002B6]                          # and the end of the line, so that it is told at once


def programmer(offset=0, then=None):
    """Programs one word of the second flash bank: two chips of 16 bits side by side, command 0x40."""
    return words(*moved(19, FLASH1 + offset), *moved(20, 0x00400040), 0xB9000274, *moved(21, DATA), 0xB9000275,
                 *moved(20, 0x00FF00FF), 0xB9000274, *(then or POWER_OFF))


def uboot_script(commands, until):
    script = ["--expect", "Hit any key", "--send", " "]
    for command in commands:
        script += ["--expect", "\n=> ", "--send", command + "\\r"]
    return script + ["--until", until]


class cli_boot_write_back(cli):
    """Files hold what the guest has made of them where that was asked for, all of it or nothing."""

    def setUp(self):
        super().setUp()
        self.flash = self.bank("flash1.bin")
        self.payload = self.write("payload.bin", programmer())

    def bank(self, name):
        path = self.write(name, b"\xff" * 4096)
        os.truncate(path, BANK)
        return path

    def boot(self, status, *arguments, payload=None, **options):
        return self.expect(status, "boot", "--platform", "virt", "--payload", payload or self.payload, "--load",
                           IN_MEMORY, "--flash1", self.flash, *arguments, **options)

    def begin(self, payload, *arguments):
        """A run in a process group of its own that has said something: it is under way."""
        process = subprocess.Popen([cli_base.program(), "boot", "--platform", "virt", "--payload", payload, "--load",
                                    IN_MEMORY, "--flash1", self.flash, *arguments], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, start_new_session=True)
        self.assertEqual(process.stdout.readline(), b"A\n")
        return process

    def word(self, offset=0):
        with open(self.flash, "rb") as file:
            file.seek(offset)
            return struct.unpack("<I", file.read(4))[0]

    def names(self):
        return sorted(os.listdir(self.folder))

    def test_not_unless_asked(self):
        before = os.stat(self.flash)
        self.boot(0)
        self.assertEqual(self.word(), 0xFFFFFFFF)
        self.assertEqual(os.stat(self.flash).st_mtime_ns, before.st_mtime_ns)

    def test_in_every_mode(self):
        for mode in ("golden", "prove", "replay"):
            self.bank("flash1.bin")
            os.chmod(self.flash, 0o640)
            self.boot(0, "--mode", mode, "--write-back", "flash1")
            with self.subTest(mode=mode):
                self.assertEqual(self.word(), DATA)
                self.assertEqual(stat.S_IMODE(os.stat(self.flash).st_mode), 0o640)
                self.assertEqual(os.path.getsize(self.flash), BANK)
        self.assertEqual(self.names(), ["flash1.bin", "payload.bin"])

    def test_all_but_what_was_programmed_stays(self):
        self.boot(0, "--write-back", "flash1", payload=self.write("p.bin", programmer(offset=8 * MIB)))
        with open(self.flash, "rb") as file:
            data = file.read()
        self.assertEqual(data[8 * MIB:8 * MIB + 4], struct.pack("<I", DATA))
        self.assertEqual(data[:4096], b"\xff" * 4096)
        self.assertEqual(data.count(0), BANK - 4096 - 4)

    def test_what_stays_the_same_is_not_written(self):
        before = os.stat(self.flash)
        self.boot(0, "--write-back", "flash1", payload=self.write("off.bin", words(*POWER_OFF)))
        after = os.stat(self.flash)
        self.assertEqual((before.st_ino, before.st_mtime_ns), (after.st_ino, after.st_mtime_ns))

    def test_a_link_stays_one(self):
        link = os.path.join(self.folder, "link")
        os.symlink(self.flash, link)
        self.expect(0, "boot", "--platform", "virt", "--payload", self.payload, "--load", IN_MEMORY, "--flash1", link,
                    "--write-back", "flash1")
        self.assertTrue(os.path.islink(link))
        self.assertEqual(self.word(), DATA)

    def test_a_limit_is_an_end(self):
        self.boot(4, "--write-back", "flash1", "--max-instructions", "1000",
                  payload=self.write("stay.bin", programmer(then=STAY)))
        self.assertEqual(self.word(), DATA)

    def test_ctrl_c_is_an_end(self):
        process = self.begin(self.write("stay.bin", programmer(then=SAY_A + STAY)), "--write-back", "flash1")
        os.killpg(process.pid, signal.SIGINT)
        self.assertEqual((process.communicate(timeout=60), process.returncode)[1], 130)
        self.assertEqual(self.word(), DATA)

    def test_a_killed_run_leaves_the_old_file(self):
        process = self.begin(self.write("stay.bin", programmer(then=SAY_A + STAY)), "--write-back", "flash1")
        process.kill()
        process.communicate(timeout=60)
        self.assertEqual(self.word(), 0xFFFFFFFF)
        self.assertEqual(self.names(), ["flash1.bin", "payload.bin", "stay.bin"])

    def test_a_machine_that_is_killed_leaves_the_old_file(self):
        process = self.begin(self.write("stay.bin", programmer(then=SAY_A + STAY)), "--write-back", "flash1")
        for child in contents(f"/proc/{process.pid}/task/{process.pid}/children").split():
            os.kill(int(child), signal.SIGKILL)
        self.assertIn(b"ended by signal 9", process.communicate(timeout=60)[1])
        self.assertEqual(process.returncode, 3)
        self.assertEqual(self.word(), 0xFFFFFFFF)

    def test_a_file_that_somebody_else_has_changed(self):
        process = self.begin(self.write("stay.bin", programmer(then=SAY_A + STAY)), "--write-back", "flash1")
        with open(self.flash, "r+b") as file:
            file.write(b"mine")
        os.killpg(process.pid, signal.SIGINT)
        self.assertIn(b"changed by somebody else during the run", process.communicate(timeout=60)[1])
        with open(self.flash, "rb") as file:
            self.assertEqual(file.read(4), b"mine")

    def test_each_pass_begins_with_the_old_bytes(self):
        """A finding brings a second pass and a replay: they see what the first one saw."""
        loser = words(*moved(19, FLASH1), 0xB9400277,                     # w23: what stands in flash
                      *moved(20, 0x00400040), 0xB9000274, 0x110006F5, 0xB9000275, *moved(20, 0x00FF00FF), 0xB9000274)
        tail = words(0xD2820000, 0xF2AC0000, 0xD280E021, 0xF2A80001, 0xF9000401, 0xD2801FE2, 0xD51CA202, 0xD286A402,
                     0xF2B01002, 0xD51C2042, 0xD51C2000, 0xD5033F9F, 0xD5033FDF, 0xD53C1003, 0xB2400063, 0xB27E0063,
                     0xD51C1003, 0xD5033FDF, 0xD2840004, 0xF2AC0004, 0xD2800B45, 0xF9000085, 0xD5087624, 0xD5033F9F,
                     0xF9400086, *POWER_OFF)
        os.truncate(self.flash, 0)
        os.truncate(self.flash, BANK)
        payload = self.write("loser.bin", loser + tail)
        for number in (1, 2):
            self.boot(1, "--write-back", "flash1", payload=payload)
            self.assertEqual(self.word(), number)

    def test_refused_before_the_run(self):
        flash = ["--flash1", self.flash]
        cases = [("no medium, expected flash0, flash1, disk or store", ["--write-back", "flash2"]),
                 ("no disk, expected --disk FILE", ["--write-back", "disk"]),
                 ("no flash0, expected --flash0 FILE", ["--write-back", "flash0"]),
                 ("are one file", ["--flash0", self.flash, "--write-back", "flash0", "--write-back", "flash1"])]
        for text, arguments in cases:
            self.mistake(text, "boot", "--platform", "virt", "--payload", self.payload, "--load", IN_MEMORY, *flash,
                         *arguments)
        os.chmod(self.flash, 0o444)
        self.mistake("the file is read-only", "boot", "--platform", "virt", "--payload", self.payload, "--load",
                     IN_MEMORY, *flash, "--write-back", "flash1")
        self.boot(0)  # to be read it need not be
        os.chmod(self.flash, 0o644)
        os.truncate(self.flash, BANK // 2)
        self.mistake("expected all 67108864 of the bank", "boot", "--platform", "virt", "--payload", self.payload,
                     "--load", IN_MEMORY, *flash, "--write-back", "flash1")
        self.assertEqual(self.word(), 0xFFFFFFFF)

    def test_a_folder_that_cannot_be_written(self):
        if os.geteuid() == 0:
            self.skipTest("root writes everywhere")
        os.chmod(self.folder, 0o555)
        self.addCleanup(os.chmod, self.folder, 0o755)
        self.mistake("its folder cannot be written", "boot", "--platform", "virt", "--payload", self.payload, "--load",
                     IN_MEMORY, "--flash1", self.flash, "--write-back", "flash1")

    def test_no_part_of_a_replay(self):
        token = "v1:boot:virt:0123456789abcdef:pe0@1.read"
        self.mistake("--write-back: expected those options of boot that make the run", "replay", token, "--",
                     "--platform", "virt", "--payload", self.payload, "--flash1", self.flash, "--write-back", "flash1")

    @uboot_needed
    def test_u_boot_saves_its_environment(self):
        flash = ["--platform", "virt", "--flash0", UBOOT, "--flash1", self.flash]
        self.expect(0, "boot", *flash, "--write-back", "flash1",
                    *uboot_script(["setenv told yes", "saveenv"], "\nProtected 2 sectors"))
        stdout, _ = self.expect(0, "boot", *flash, *uboot_script(["printenv told"], "told=yes"))
        self.assertNotIn("bad CRC", stdout)

    @uboot_needed
    def test_u_boot_writes_to_its_disk(self):
        disk = self.write("disk.img", random.Random(SEED).randbytes(64 * KIB))
        before = contents(disk)
        self.expect(0, "boot", "--platform", "virt", "--flash0", UBOOT, "--disk", disk, "--write-back", "disk",
                    *uboot_script(["mw.b 0x50000000 5a 400", "virtio write 0x50000000 5 2"], "2 blocks written: OK"))
        self.assertEqual(contents(disk), before[:2560] + b"\x5a" * 1024 + before[3584:])

    @uboot_needed
    def test_u_boot_writes_to_a_file_system(self):
        if shutil.which("mtype") is None:
            self.skipTest("package mtools")
        disk = os.path.join(self.folder, "disk.img")
        shutil.copy(os.path.join(cli_base.build(), "firmware", "efi_app.img"), disk)
        self.expect(0, "boot", "--platform", "virt", "--flash0", UBOOT, "--disk", disk, "--write-back", "disk",
                    *uboot_script(["mw.b 0x50000000 41 10", "fatwrite virtio 0:1 0x50000000 told.txt 10"],
                                  "16 bytes written"))
        with open(disk, "rb") as file:
            start = struct.unpack("<I", file.read(512)[454:458])[0] * 512  # of the first partition
        told = subprocess.run(["mtype", "-i", f"{disk}@@{start}", "::told.txt"], capture_output=True, check=True)
        self.assertEqual(told.stdout, b"A" * 16)


class cli_boot_ffa(cli):
    """The SMCs of U-Boot with FF-A, from where U-Boot is loaded; the scenarios `payload.ffa-*` run the ELF files."""

    STEPS = ("device tree at 0x40000000", "device tree in x0", "psci method smc", "FFA_RXTX_MAP", "the MM partition",
             "ping", "payload size is enough", "get SecureBoot", "get Foo", "exit boot services", "FFA_RXTX_UNMAP")

    def raw(self, name):
        path = os.path.join(self.folder, name + ".bin")
        subprocess.run(["aarch64-linux-gnu-objcopy", "-O", "binary", firmware(name), path], check=True)
        return path

    def test_as_a_raw_image_at_both_levels(self):
        for platform in ("virt", "virt-el1"):
            for mode in ("golden", "prove", "replay"):
                stdout, _ = self.expect(0, "boot", "--platform", platform, "--mode", mode, "--payload",
                                        self.raw("ffa-range"), "--load", IN_MEMORY, "--expect", "=> ", "--send", "p")
                with self.subTest(platform=platform, mode=mode):
                    for step in self.STEPS:
                        self.assertIn(f"ffa: {step}: ok\n", stdout)
                    self.assertTrue(stdout.endswith("=> "), stdout)

    def test_what_is_lost_is_named(self):
        """A deterministic cache that drops: the first request does not arrive, and the program says so."""
        stdout, stderr = self.expect(1, "boot", "--platform", "virt", "--mode", "replay", "--payload",
                                     self.raw("ffa-set-way"), "--load", IN_MEMORY, "--symbols",
                                     firmware("ffa-set-way"))
        self.assertIn("ffa: payload size: FAILED", stdout)
        self.assertIn("lost-write buffer by invalidate_dcache_all", stderr)

    def test_without_psci_in_the_tree_it_is_told(self):
        stdout, _ = self.expect(0, "boot", "--platform", "virt", "--dtb",
                                self.write("bare.dtb", tree()), "--payload", self.raw("ffa-range"), "--load", IN_MEMORY)
        self.assertIn("ffa: psci method smc: FAILED", stdout)


class cli_boot_cost(cli):
    """Bad payloads end with a message, 2 or 4, and never cost more memory than the platform has."""

    FIXED = 160 * MIB  # the program itself, symbols, the checker
    BAD_TREES = {"nothing": (0x40000000, 0), "all there is": (0, (1 << 64) - 1), "over the flash": (0, 2 << 30),
                 "one byte": (0x40000000, 1), "the end": ((1 << 64) - 4096, 4096), "elsewhere": (0x200000000, 1 << 30),
                 "larger": (0x40000000, 64 << 30), "before and in": (0x3FFFF000, 1 << 30)}

    def peak(self, statuses, *arguments):
        """Bytes of resident memory that the program or one of its children had at most, and what it said."""
        told = os.path.join(self.folder, "told")
        with open(told, "wb") as file:
            process = subprocess.Popen([cli_base.program(), *arguments], stdout=file, stderr=file)
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        text = contents(told).decode(errors="replace")
        self.assertIn(process.returncode, statuses, text[-2000:])
        return usage.ru_maxrss * KIB, text

    def below(self, limit, peak):
        if "FFA_COSIM_FEW_SCENARIOS" not in os.environ:  # the sanitizers' own memory is none of ours
            self.assertLess(peak, limit)

    def sparse(self, head, size):
        path = self.write("sparse.bin", head)
        os.truncate(path, size)
        return path

    def test_an_image_as_large_as_memory(self):
        path = self.sparse(words(*POWER_OFF), 1 << 30)
        for mode in ("golden", "prove", "replay"):
            peak, _ = self.peak([0], "boot", "--platform", "virt", "--mode", mode, "--payload", path)
            self.below(self.FIXED, peak)
        path = self.write("dense.bin", words(*POWER_OFF) + random.Random(SEED).randbytes(32 * MIB - 12))
        peak, _ = self.peak([0], "boot", "--platform", "virt", "--set", "memory=[{pa: 0x40000000, size: 32 MiB}]",
                            "--set", "secure.buffer.pa=0x41F00000", "--payload", path)
        self.below(self.FIXED + 2 * 32 * MIB, peak)  # the file and what is made of it

    def test_a_guest_that_writes_everywhere(self):
        """A word of each page to the end of memory and on: the abort behind it is the end of the run."""
        payload = self.write("everywhere.bin", words(*moved(19, 0x40001000), 0xF9000273, 0x91400673, 0x17FFFFFE))
        for mode, size in (("golden", 128 * MIB), ("prove", 128 * MIB), ("replay", 128 * MIB)):
            peak, text = self.peak([4], "boot", "--platform", "virt", "--mode", mode, "--set",
                                   f"memory=[{{pa: 0x40000000, size: {size // MIB} MiB}}]", "--payload", payload)
            self.assertIn("the same exception over and over", text)
            self.below(self.FIXED + 2 * size, peak)

    def test_no_room_on_the_host(self):
        if "FFA_COSIM_FEW_SCENARIOS" in os.environ:
            self.skipTest("the sanitizers reserve more than there is")
        payload = self.write("off.bin", words(*POWER_OFF))
        for kib in (1000000, 500000, 200000):
            result = subprocess.run(["sh", "-c", f"ulimit -v {kib}; exec '{cli_base.program()}' boot --platform virt "
                                     f"--payload '{payload}'"], capture_output=True, check=False)
            self.assertEqual((result.returncode, result.stdout), (2, b""), result.stderr)
            self.assertEqual(result.stderr.count(b"\n"), 1, result.stderr)
            self.assertIn(b"this host has no memory for the platform, expected", result.stderr)

    def test_payloads_that_are_no_code_say_where_they_ended(self):
        numbers = random.Random(SEED)
        for name, data in (("zeros", bytes(4096)), ("ones", b"\xff" * 4096), ("text", b"#!/bin/sh\nexit 0\n"),
                           ("x86", b"\x55\x48\x89\xe5\x31\xc0\x5d\xc3" * 512), ("random", numbers.randbytes(8192))):
            for place in (["--flash0"], ["--load", IN_MEMORY, "--payload"]):
                with self.subTest(name=name, place=place[0]):
                    peak, text = self.peak([2, 4], "boot", "--platform", "virt", "--max-instructions", "20000", *place,
                                           self.write(name, data))
                    self.assertTrue("the guest was at 0x" in text or ", expected" in text, text)
                    self.below(self.FIXED, peak)

    def test_an_elf_file_of_another_machine(self):
        data = bytearray(contents(firmware("hello")))
        for machine in (3, 40, 62, 243):
            struct.pack_into("<H", data, 18, machine)
            self.mistake(f"ELF machine {machine}, expected 183", "boot", "--platform", "virt", "--payload",
                         self.write("other.elf", bytes(data)))

    @uboot_needed
    def test_trees_that_lie_about_memory(self):
        """U-Boot believes them; whatever comes of it, the run ends at a limit and costs what the platform has."""
        good = tree()
        for name, (pa, size) in self.BAD_TREES.items():
            lie = good.replace(struct.pack(">QQ", 0x40000000, 1 << 30), struct.pack(">QQ", pa, size))
            self.assertNotEqual(lie, good)
            path = self.write("lie.dtb", lie)
            for mode in ("golden", "prove"):
                with self.subTest(name=name, mode=mode):
                    peak, text = self.peak([4], "boot", "--platform", "virt", "--mode", mode, "--flash0", UBOOT,
                                           "--dtb", path, "--max-instructions", "10000000")
                    self.assertIn("the guest was at 0x", text)
                    self.below(1 << 30, peak)

    @uboot_needed
    def test_a_tree_without_memory(self):
        path = self.write("none.dtb", tree().replace(b"memory\0", b"nemory\0").replace(b"memory@", b"nemory@"))
        _, text = self.peak([4], "boot", "--platform", "virt", "--flash0", UBOOT, "--dtb", path, "--max-instructions",
                            "10000000")
        self.assertIn("the guest was at 0x", text)

    @uboot_needed
    def test_a_disk_that_shrinks(self):
        """The run has a copy: what becomes of the file under it is nothing to it."""
        data = random.Random(SEED).randbytes(64 * KIB)
        disk = self.write("disk.img", data)
        process = subprocess.Popen([cli_base.program(), "boot", "--platform", "virt", "--flash0", UBOOT, "--disk",
                                    disk, *uboot_script(["virtio read 0x50000000 7f 1", "crc32 0x50000000 200"],
                                                        "==> ")], stdout=subprocess.PIPE, start_new_session=True)
        while b"U-Boot" not in process.stdout.readline():
            pass
        os.killpg(process.pid, signal.SIGSTOP)
        os.truncate(disk, 512)
        os.killpg(process.pid, signal.SIGCONT)
        stdout, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        self.assertIn(b"1 blocks read: OK", stdout)
        self.assertEqual(os.path.getsize(disk), 512)


class cli_boot_terminal(cli):
    """The terminal is the keyboard, and shows what has no end of line yet."""

    def session(self, flash, answers, seconds=20):
        """Types each answer when the text before it has come; ends with Ctrl-C."""
        try:
            terminal, side = pty.openpty()
        except OSError as error:
            self.skipTest(f"no terminal to be had here: {error}")
        self.addCleanup(os.close, terminal)
        process = subprocess.Popen([cli_base.program(), "boot", "--platform", "virt", "--flash0", flash], stdin=side,
                                   stdout=side, stderr=side)
        os.close(side)
        self.addCleanup(process.kill)
        shown = b""
        for text, answer in answers:
            while text not in shown:
                self.assertTrue(select.select([terminal], [], [], seconds)[0], shown[-500:])
                shown += os.read(terminal, 4096)
            shown = shown[shown.index(text) + len(text):]
            os.write(terminal, answer)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=60), 130)

    def test_a_prompt_and_its_answer(self):
        """It waits there until somebody types."""
        echo = words(*moved(19, 0x09000000), 0x528007F4, 0xB9000274,        # '?', and no end of line
                     0xB9401A75, 0x3727FFF5, 0xB9400276, 0xB9000276, 0x17FFFFFC)  # each key that comes is printed
        self.session(self.write("echo.bin", echo), [(b"?", b"a"), (b"a", b"b"), (b"b", b"")])

    @uboot_needed
    def test_u_boot(self):
        self.session(UBOOT, [(b"Hit any key", b" "), (b"=> ", b"version\r"), (b"U-Boot 20", b""), (b"=> ", b"")])


class cli_boot_twice(cli):
    """Two runs print the same bytes: console, events, JSON."""

    NAMES = ("payload.u-boot-commands", "payload.u-boot-el1", "payload.efi-app", "payload.ffa-set-way")

    @uboot_needed
    def test_payload_scenarios(self):
        for name in self.NAMES:
            with self.subTest(name=name):
                runs = [self.expect(0, "run", "--json", "-", "--events", os.path.join(self.folder, str(i)),
                                    cli_base.scenario(name)) for i in range(2)]
                self.assertEqual(runs[0], runs[1])
                events = [contents(os.path.join(self.folder, str(i))) for i in range(2)]
                self.assertEqual(events[0], events[1])
                self.assertGreater(len(events[0]), 10000)

    @uboot_needed
    def test_the_console(self):
        arguments = ["boot", "--platform", "virt", "--flash0", UBOOT, "--json", "-", "--events",
                     os.path.join(self.folder, "events"), *uboot_script(["bdinfo", "md 0 40"], "000000f0: ")]
        runs = []
        for _ in range(2):
            runs.append(self.expect(0, *arguments) + (contents(os.path.join(self.folder, "events")),))
        self.assertEqual(runs[0], runs[1])


if __name__ == "__main__":
    cli_base.main(__name__)
