#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Looks for what a device must not use: check_symbols.py BUILD...

Every firmware (*.elf) and every device library (libaiot_*.a) of a build folder is searched for symbols
of the heap, of exceptions, of guarded local statics and of the printf family. Defined or only referred
to: both fail.
"""

import argparse
import pathlib
import re
import subprocess
import sys

FORBIDDEN = re.compile(
    r"^("
    r"malloc|calloc|realloc|free|memalign|aligned_alloc|_(malloc|calloc|realloc|free)_r|_?sbrk(_r)?"
    r"|_Zn[wa][jmy].*|_Zd[la]P.*"                    # operator new, operator delete
    r"|__cxa_(throw|rethrow|allocate_exception|begin_catch|guard_acquire|guard_release)"
    r"|_?v?(f|s|sn|d|as)?i?printf(_r)?|_?(puts|putchar|fputs|fwrite)(_r)?"
    r")$")

# Host modules may use the heap; they are not part of a firmware.
HOST_LIBRARIES = {"libaiot_toolkit.a", "libaiot_gateway.a", "libaiot_port_linux.a", "libaiot_test_main.a"}


def forbidden(nm_output):
    """[(symbol, where)] of an `nm -A` output."""
    found = []
    for line in nm_output.splitlines():
        words = line.split()
        if len(words) >= 2 and FORBIDDEN.match(words[-1]):
            found.append((words[-1], words[0].rstrip(":").split("/")[-1]))
    return found


def nm_for(build):
    """The nm that reads the objects of this build folder."""
    cache = (build / "CMakeCache.txt").read_text()
    match = re.search(r"^CMAKE_NM:FILEPATH=(.*)$", cache, re.MULTILINE)
    return match.group(1) if match else "nm"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("builds", nargs="+", type=pathlib.Path, metavar="BUILD")
    options = parser.parse_args()
    files = bad = 0
    for build in options.builds:
        nm = nm_for(build)
        for file in sorted([*build.rglob("*.elf"), *build.rglob("libaiot_*.a")]):
            if file.name in HOST_LIBRARIES:
                continue
            files += 1
            result = subprocess.run([nm, "-A", str(file)], capture_output=True, text=True, check=True)
            for symbol, where in forbidden(result.stdout):
                bad += 1
                print(f"{file}: {symbol} ({where})")
    print(f"{files} files, {bad} forbidden symbols")
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())
