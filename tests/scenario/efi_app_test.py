#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The EFI application, its disk, and both under U-Boot in QEMU.

Run by ctest as `efi_app.*`; by hand: efi_app_test.py --qemu PATH --build DIR [CLASS...]. Exits 77, which ctest calls
skipped, where Debian's u-boot-qemu is not installed.
"""
import argparse
import os
import select
import struct
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MAKE_DISK = os.path.join(ROOT, "firmware", "efi_app", "tools", "make_disk.py")
EXPECTED = os.path.join(ROOT, "tests", "scenario", "efi_app_console.txt")
UBOOT = None
QEMU = None
BUILD = None
SECONDS_MAX = 120

# What a person does at the console; after the last line the application speaks, and the machine goes off. U-Boot asks
# the terminal for its size when EFI starts, and waits for the answer.
DIALOGUE = [
    (b"Hit any key", b" "),
    (b"=> ", b"load virtio 0:1 ${kernel_addr_r} EFI/BOOT/BOOTAA64.EFI\n"),
    (b"=> ", b"bootefi ${kernel_addr_r}\n"),
    (b"\x1b[6n", b"\x1b[24;80R"),
]


def disk_path():
    return os.path.join(BUILD, "firmware", "efi_app.img")


def application_path():
    return os.path.join(BUILD, "firmware", "efi_app.efi")


class Machine:
    """QEMU's virt machine with U-Boot in its flash; the disk is never written."""

    def __init__(self, machine, *arguments):
        self.process = subprocess.Popen(
            [QEMU, "-M", machine, "-cpu", "cortex-a57", "-m", "1G", "-nographic", "-net", "none", "-bios", UBOOT,
             "-drive", f"if=none,file={disk_path()},format=raw,id=disk,snapshot=on",
             "-device", "virtio-blk-device,drive=disk", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.end = time.monotonic() + SECONDS_MAX
        self.console = b""
        self.seen = 0

    def more(self):
        """False when the machine is off or the time is up."""
        output = self.process.stdout
        ready = select.select([output], [], [], max(0, self.end - time.monotonic()))[0]
        data = os.read(output.fileno(), 65536) if ready else b""
        self.console += data
        return bool(data)

    def expect(self, text):
        while text not in self.console[self.seen:]:
            if not self.more():
                return False
        self.seen = self.console.index(text, self.seen) + len(text)
        return True

    def send(self, text):
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def finish(self):
        """The exit status, None when it did not switch itself off in time."""
        while self.more():
            pass
        try:
            return self.process.wait(max(1, self.end - time.monotonic()))
        except subprocess.TimeoutExpired:
            return None

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class EfiAppQemu(unittest.TestCase):
    machine = "virt,virtualization=on"

    def setUp(self):
        if not os.path.exists(UBOOT):
            self.skipTest(f"{UBOOT}: not there. On Debian: apt-get install u-boot-qemu")
        self.maxDiff = None

    def test_says_what_is_expected_and_switches_off(self):
        machine = Machine(self.machine)
        self.addCleanup(machine.close)
        for text, answer in DIALOGUE:
            self.assertTrue(machine.expect(text), f"no {text!r} in {machine.console!r}")
            machine.send(answer)
        status = machine.finish()
        lines = [line for line in machine.console.decode(errors="replace").splitlines() if "efi-app: " in line]
        with open(EXPECTED, encoding="utf-8") as file:
            self.assertEqual(file.read().splitlines(), lines)
        self.assertEqual(0, status)


class EfiAppQemuEl1(EfiAppQemu):
    machine = "virt"


class EfiAppDisk(unittest.TestCase):
    def test_two_disks_are_the_same_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            disk = os.path.join(folder, "elsewhere.img")
            subprocess.run([sys.executable, MAKE_DISK, application_path(), disk],
                           env=dict(os.environ, TZ="Asia/Tokyo", SOURCE_DATE_EPOCH="1"), check=True)
            with open(disk, "rb") as left, open(disk_path(), "rb") as right:
                self.assertTrue(left.read() == right.read())

    def test_the_partition_holds_the_application(self):
        with open(disk_path(), "rb") as file:
            record = file.read(512)
        start, sectors = struct.unpack_from("<II", record, 446 + 8)
        self.assertEqual(b"\x55\xaa", record[510:])
        self.assertEqual(os.path.getsize(disk_path()), (start + sectors) * 512)
        held = subprocess.run(["mtype", "-i", f"{disk_path()}@@{start * 512}", "::/EFI/BOOT/BOOTAA64.EFI"],
                              stdout=subprocess.PIPE, check=True).stdout
        with open(application_path(), "rb") as file:
            self.assertTrue(file.read() == held)

    def test_the_application_is_one_for_aarch64(self):
        """PE/COFF, "Optional Header": machine, magic of PE32+, subsystem; nothing imported."""
        with open(application_path(), "rb") as file:
            image = file.read()
        header = struct.unpack_from("<I", image, 0x3C)[0]
        self.assertEqual(b"PE\0\0", image[header:header + 4])
        optional = header + 24
        self.assertEqual(0xAA64, struct.unpack_from("<H", image, header + 4)[0])
        self.assertEqual(0x20B, struct.unpack_from("<H", image, optional)[0])
        self.assertEqual(10, struct.unpack_from("<H", image, optional + 68)[0])
        self.assertEqual((0, 0), struct.unpack_from("<II", image, optional + 112 + 8))


CLASSES = {"disk": EfiAppDisk, "qemu_el2": EfiAppQemu, "qemu_el1": EfiAppQemuEl1}


def main():
    global QEMU, UBOOT, BUILD
    parser = argparse.ArgumentParser()
    parser.add_argument("--qemu", required=True)
    parser.add_argument("--uboot", default="/usr/lib/u-boot/qemu_arm64/u-boot.bin")
    parser.add_argument("--build", required=True)
    parser.add_argument("classes", nargs="*", metavar="CLASS", help=", ".join(CLASSES))
    options = parser.parse_args()
    QEMU, UBOOT, BUILD = options.qemu, options.uboot, os.path.abspath(options.build)
    suite = unittest.TestSuite()
    for name in options.classes or CLASSES:
        suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(CLASSES[name]))
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    if not result.wasSuccessful() or result.testsRun == 0:
        return 1
    return 77 if len(result.skipped) == result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
