#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Code and RAM of the store in the firmwares store_size_one and store_size_all, held to bounds.

  size.py BUILD [--percent N | --smoke] [--functions]

BUILD is a build for a Cortex-M with -Os. Code: all that the linker kept of namespace aiot::store; the
CRC-32 with its table, which others use too, is shown beside it. RAM: the object of the store; it has no buffers elsewhere. Exit code 1 when a bound
is missed; --percent: with N percent of each bound; --smoke: no bounds, does the measuring work?;
--functions lists the symbols.
"""

import argparse
import pathlib
import re
import subprocess
import sys

NM = "arm-none-eabi-nm"
RAM = "probe_ram"
STREAMS = 3
# Firmware -> bound of its code, bytes; how many streams its object holds.
FIRMWARES = {
    "store_size_one": ("one stream", 4096, 1),
    "store_size_all": ("all streams, retention, counters", 7168, STREAMS),
}
RAM_OF_A_STREAM = 256
# `kTable` without a class before it is that of crc32.cpp.
OURS = re.compile(r"\baiot::store::")
CRC = re.compile(r"\baiot::crc32\(|^aiot::\(anonymous namespace\)::kTable$")


def symbols(elf):
    """[(bytes, kind, name)] of the sized symbols, largest first."""
    listing = subprocess.run([NM, "-S", "--size-sort", "-r", "-C", str(elf)], capture_output=True, text=True,
                             check=True).stdout
    found = []
    for line in listing.splitlines():
        _, size, kind, name = line.split(" ", 3)
        found.append((int(size, 16), kind, name))
    return found


def code(found, names):
    """The symbols with such names that are code or constants."""
    return [entry for entry in found if entry[1] in "tTwWrRvV" and names.search(entry[2])]


def ram(found):
    return sum(size for size, kind, name in found if kind in "bBdD" and (name == RAM or OURS.search(name)))


def show(name, figure, bound, percent):
    """Prints the line; whether the bound is kept."""
    kept = figure <= bound * percent / 100
    print(f"  {name:<50} {figure:>10} {'<=':>3} {bound:>8} {'<=':>3} {bound:>8}{'' if kept else '  MISSED'}")
    return kept


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--percent", type=float, default=100.0)
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--functions", action="store_true")
    arguments = parser.parse_args()
    missed = 0
    for firmware, (title, bound, streams) in FIRMWARES.items():
        elf = arguments.build / "bench" / "store" / f"{firmware}.elf"
        if not elf.exists():
            sys.exit(f"size.py: there is no {elf}; build it with ./dev bench store")
        found = symbols(elf)
        counted = code(found, OURS)
        crc = code(found, CRC)
        if not counted or len(crc) != 2:
            sys.exit(f"size.py: {elf} has no store or no CRC-32; correct the names that are counted")
        print(f"\n{title:<52} {'figure':>10} {'bound':>12} {'goal':>12}")
        missed += not show("bytes of code", sum(size for size, _, _ in counted), bound, arguments.percent)
        print(f"  {'bytes of CRC-32 and its table':<50} {sum(size for size, _, _ in crc):>10}")
        missed += not show("bytes of RAM of a stream", -(-ram(found) // streams), RAM_OF_A_STREAM,
                           arguments.percent)
        if arguments.functions:
            for size, kind, name in counted:
                print(f"{size:8} {kind} {name[:120]}")
    if missed:
        print(f"\n{missed} bounds are missed")
    return 1 if missed and not arguments.smoke else 0


if __name__ == "__main__":
    sys.exit(main())
