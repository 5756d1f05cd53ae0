#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A raw disk with an MBR and one FAT partition that holds /EFI/BOOT/BOOTAA64.EFI: make_disk.py APPLICATION DISK

The partition's type is plain FAT, not the EFI system partition: U-Boot would write its variables to a file there, and
a run would change the disk. Nothing in the bytes depends on when or where they are made: the serial numbers are fixed,
and mtools takes its time from SOURCE_DATE_EPOCH.
"""
import os
import struct
import subprocess
import sys

SECTOR = 512
PARTITION_START = 2048  # sectors: 1 MiB, where partitions begin nowadays
PARTITION_SIZE = 8192
TYPE_FAT16_LBA = 0x0E
DISK_SERIAL = 0xFFA0C051
VOLUME_SERIAL = "FFA0C051"
EPOCH = "1672531200"  # 2023-01-01: FAT knows no time before 1980


def boot_record():
    no_chs = b"\xfe\xff\xff"  # beyond what cylinders, heads and sectors can say: read the sector numbers
    entry = struct.pack("<B3sB3sII", 0x80, no_chs, TYPE_FAT16_LBA, no_chs, PARTITION_START, PARTITION_SIZE)
    return bytes(440) + struct.pack("<IH", DISK_SERIAL, 0) + entry + bytes(48) + b"\x55\xaa"


def mtools(command, disk, *arguments):
    environment = dict(os.environ, SOURCE_DATE_EPOCH=EPOCH, TZ="UTC", MTOOLS_SKIP_CHECK="1", MTOOLSRC=os.devnull)
    subprocess.run([command, "-i", f"{disk}@@{PARTITION_START * SECTOR}", *arguments], env=environment, check=True)


def main(application, disk):
    partial = disk + ".partial"
    with open(partial, "wb") as file:
        file.write(boot_record())
        file.truncate((PARTITION_START + PARTITION_SIZE) * SECTOR)
    mtools("mformat", partial, "-T", str(PARTITION_SIZE), "-h", "16", "-s", "32", "-H", str(PARTITION_START),
           "-N", VOLUME_SERIAL, "-v", "FFA-COSIM", "::")
    mtools("mmd", partial, "::/EFI", "::/EFI/BOOT")
    mtools("mcopy", partial, application, "::/EFI/BOOT/BOOTAA64.EFI")
    os.replace(partial, disk)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
