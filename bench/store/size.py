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

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import code_size  # noqa: E402

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


def code(found, names):
    """The symbols with such names that are code or constants."""
    return [entry for entry in found if entry[1] in "tTwWrRvV" and names.search(entry[2])]


def ram(found):
    return sum(size for size, kind, name in found if kind in "bBdD" and (name == code_size.RAM or OURS.search(name)))


def main():
    arguments = code_size.parse_arguments(__doc__)
    missed = 0
    for firmware, (title, bound, streams) in FIRMWARES.items():
        elf = arguments.build / "bench" / "store" / f"{firmware}.elf"
        if not elf.exists():
            sys.exit(f"size.py: there is no {elf}; build it with ./dev bench store")
        found = code_size.symbols(elf)
        counted = code(found, OURS)
        crc = code(found, CRC)
        if not counted or len(crc) != 2:
            sys.exit(f"size.py: {elf} has no store or no CRC-32; correct the names that are counted")
        code_size.head(title)
        missed += not code_size.show("bytes of code", code_size.total(counted), bound, arguments.percent)
        print(f"  {'bytes of CRC-32 and its table':<50} {code_size.total(crc):>10}")
        missed += not code_size.show("bytes of RAM of a stream", -(-ram(found) // streams), RAM_OF_A_STREAM,
                                     arguments.percent)
        if arguments.functions:
            code_size.list_functions(counted)
    return code_size.exit_code(missed, arguments.smoke)


if __name__ == "__main__":
    sys.exit(main())
