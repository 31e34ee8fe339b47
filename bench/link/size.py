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

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import code_size  # noqa: E402

FIRMWARE = "link_size_mqtt"
CODE_BOUND = 8192
RAM_BOUND = 4096
OURS = re.compile(r"\baiot::(link::mqtt::|Result<aiot::link::mqtt::)")
WORDS = re.compile(r"\baiot::link::mqtt::to_string\(")
UTF8 = re.compile(r"^aiot::record::is_utf8\(")


def main():
    arguments = code_size.parse_arguments(__doc__)
    elf = arguments.build / "bench" / "link" / f"{FIRMWARE}.elf"
    if not elf.exists():
        sys.exit(f"size.py: there is no {elf}; build the target {FIRMWARE}")
    found = code_size.symbols(elf)
    # Constants that are initialised data are code too: there is nothing of the session in RAM but its object.
    counted = [entry for entry in found if OURS.search(entry[2]) and not WORDS.search(entry[2])]
    words = sum(size for size, _, name in found if WORDS.search(name))
    utf8 = sum(size for size, _, name in found if UTF8.search(name))
    ram = sum(size for size, kind, name in found if kind in "bBdD" and name == code_size.RAM)
    if not counted or not words or not utf8 or not ram:
        sys.exit(f"size.py: {elf} does not hold what is measured; correct the names that are counted")
    code_size.head("MQTT session")
    missed = not code_size.show("bytes of code", code_size.total(counted), CODE_BOUND, arguments.percent)
    print(f"  {'bytes of words for people, without their text':<50} {words:>10}")
    print(f"  {'bytes of the check of UTF-8':<50} {utf8:>10}")
    missed += not code_size.show("bytes of RAM without buffers", ram, RAM_BOUND, arguments.percent)
    if arguments.functions:
        code_size.list_functions(counted)
    return code_size.exit_code(missed, arguments.smoke)


if __name__ == "__main__":
    sys.exit(main())
