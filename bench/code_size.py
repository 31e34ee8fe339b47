# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""What the measurements of code and RAM in linked firmwares share."""

import argparse
import pathlib
import subprocess

NM = "arm-none-eabi-nm"
RAM = "probe_ram"  # the object of what is measured


def symbols(elf):
    """[(bytes, kind, name)] of the sized symbols, largest first; those of two names once."""
    listing = subprocess.run([NM, "-S", "--size-sort", "-r", "-C", str(elf)], capture_output=True, text=True,
                             check=True).stdout
    found = {}
    for line in listing.splitlines():
        address, size, kind, name = line.split(" ", 3)
        found.setdefault(address, (int(size, 16), kind, name))
    return list(found.values())


def total(entries):
    return sum(size for size, _, _ in entries)


def head(title):
    print(f"\n{title:<52} {'figure':>10} {'bound':>12}")


def show(name, figure, bound, percent):
    """Prints the line; whether the bound is kept."""
    kept = figure <= bound * percent / 100
    print(f"  {name:<50} {figure:>10} {'<=':>3} {bound:>8}{'' if kept else '  MISSED'}")
    return kept


def list_functions(entries):
    for size, kind, name in entries:
        print(f"{size:8} {kind} {name[:120]}")


def parse_arguments(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--percent", type=float, default=100.0)
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--functions", action="store_true")
    return parser.parse_args()


def exit_code(missed, smoke):
    if missed:
        print(f"\n{missed} bounds are missed")
    return 1 if missed and not smoke else 0
