#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Code and RAM of the MQTT session in the firmware link_size_mqtt, held to bounds.

  size.py BUILD [--percent N | --smoke] [--functions]

BUILD is a build for a Cortex-M with -Os. Code: all that the linker kept of namespace aiot::link::mqtt but its
words for people, which are shown beside it as the check of UTF-8 is. RAM: the object of the session without
the buffers that it is given. Exit code 1 when a bound is missed; --percent: with N percent of each bound;
--smoke: no bounds, does the measuring work?; --functions lists the symbols.
"""

import argparse
import pathlib
import re
import subprocess
import sys

NM = "arm-none-eabi-nm"
RAM = "probe_ram"
FIRMWARE = "link_size_mqtt"
CODE_BOUND = 8192
RAM_BOUND = 4096
OURS = re.compile(r"\baiot::(link::mqtt::|Result<aiot::link::mqtt::)")
WORDS = re.compile(r"\baiot::link::mqtt::to_string\(")
UTF8 = re.compile(r"^aiot::record::is_utf8\(")


def symbols(elf):
    """[(bytes, kind, name)] of the sized symbols, largest first; those of two names once."""
    listing = subprocess.run([NM, "-S", "--size-sort", "-r", "-C", str(elf)], capture_output=True, text=True,
                             check=True).stdout
    found = {}
    for line in listing.splitlines():
        address, size, kind, name = line.split(" ", 3)
        found.setdefault(address, (int(size, 16), kind, name))
    return list(found.values())


def show(name, figure, bound, percent):
    """Prints the line; whether the bound is kept."""
    kept = figure <= bound * percent / 100
    print(f"  {name:<50} {figure:>10} {'<=':>3} {bound:>8}{'' if kept else '  MISSED'}")
    return kept


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--percent", type=float, default=100.0)
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--functions", action="store_true")
    arguments = parser.parse_args()
    elf = arguments.build / "bench" / "link" / f"{FIRMWARE}.elf"
    if not elf.exists():
        sys.exit(f"size.py: there is no {elf}; build the target {FIRMWARE}")
    found = symbols(elf)
    # Constants that are initialised data are code too: there is nothing of the session in RAM but its object.
    counted = [entry for entry in found if OURS.search(entry[2]) and not WORDS.search(entry[2])]
    words = sum(size for size, _, name in found if WORDS.search(name))
    utf8 = sum(size for size, _, name in found if UTF8.search(name))
    ram = sum(size for size, kind, name in found if kind in "bBdD" and name == RAM)
    if not counted or not words or not utf8 or not ram:
        sys.exit(f"size.py: {elf} does not hold what is measured; correct the names that are counted")
    print(f"\n{'MQTT session':<52} {'figure':>10} {'bound':>12}")
    missed = not show("bytes of code", sum(size for size, _, _ in counted), CODE_BOUND, arguments.percent)
    print(f"  {'bytes of words for people, without their text':<50} {words:>10}")
    print(f"  {'bytes of the check of UTF-8':<50} {utf8:>10}")
    missed += not show("bytes of RAM without buffers", ram, RAM_BOUND, arguments.percent)
    if arguments.functions:
        for size, kind, name in counted:
            print(f"{size:8} {kind} {name[:120]}")
    if missed:
        print(f"\n{missed} bounds are missed")
    return 1 if missed and not arguments.smoke else 0


if __name__ == "__main__":
    sys.exit(main())
