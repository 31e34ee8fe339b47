#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""The shared images on a board: image_vectors.py BOARD ELF KIND...

Every row of $AIOT_SHARED/vectors/mcuboot/manifest.csv whose key is of one of the KINDs, or that names no key,
has the verdict that the manifest demands. Exit code 77, skipped, without AIOT_SHARED.
"""

import csv
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

RUN_QEMU = pathlib.Path(__file__).resolve().parents[2] / "ports/baremetal/run_qemu.sh"
SKIPPED = 77
# Of `expect`: must be accepted. Everything else must be refused but for what may be either.
ACCEPTED = {"accept"}
EITHER = {"accept-or-reject"}


def cases(folder, kinds):
    """(row, address of the slot or None, accepted or refused or None) for each verification."""
    with open(folder / "manifest.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["key"] and row["key"] not in kinds:
                continue
            expect = row["expect"]
            yield row, None, None if expect in EITHER else expect in ACCEPTED
            if expect == "accept-if-address-matches":
                address = struct.unpack_from("<I", (folder / row["file"]).read_bytes(), 4)[0]
                yield row, address, True
                yield row, address + 4, False


def line(folder, row, address):
    key = folder / "keys" / f"{row['key']}.pub.der" if row["key"] else "-"
    return "\t".join(map(str, (row["key"] or "-", row["stored_counter"] or "-", "-" if address is None else address,
                               key, folder / row["file"])))


def main():
    board, elf, *kinds = sys.argv[1:]
    shared = os.environ.get("AIOT_SHARED")
    if not shared:
        print("skipped: AIOT_SHARED is not set, no shared image was verified")
        sys.exit(SKIPPED)
    folder = pathlib.Path(shared).resolve() / "vectors/mcuboot"
    asked = list(cases(folder, kinds))
    with tempfile.TemporaryDirectory() as place:
        (pathlib.Path(place) / "list").write_text("".join(line(folder, row, address) + "\n"
                                                          for row, address, _ in asked), encoding="utf-8")
        done = subprocess.run([RUN_QEMU, board, pathlib.Path(elf).resolve(), "--timeout", "600", "--", "list=list"], cwd=place, check=False,
                              stdout=subprocess.PIPE, text=True)
    faults = done.stdout.split()
    if done.returncode != 0 or len(faults) != len(asked) or not asked:
        sys.exit(f"{len(asked)} images, {len(faults)} verdicts, exit code {done.returncode}: {done.stdout[-300:]}")
    wrong = [f"{row['file']} (address {address}): {row['expect']} expected, fault {fault}"
             for (row, address, accepted), fault in zip(asked, faults)
             if accepted is not None and accepted != (fault == "0")]
    print("\n".join(wrong))
    print(f"{len(asked) - len(wrong)} passed, {len(wrong)} failed")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
