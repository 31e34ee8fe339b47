#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Compares what libaiot.so promises with the committed list: check_abi.py LIBRARY CC CXX [--update]

tests/capi/abi.txt holds every exported symbol, every number and every structure with sizes and offsets
of its members. Programs that were compiled before rely on them: lines may be added, never changed, under
one SONAME. Also: aiot.h is plain C99 and C++11, aiot.map and aiot.h name the same functions, and nothing
but them is exported.
"""

import argparse
import difflib
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = ROOT / "include/aiot/aiot.h"
MAP = ROOT / "src/capi/aiot.map"
LIST = pathlib.Path(__file__).with_name("abi.txt")


def declarations():
    """(functions, [(structure, [member])], [(number, name)]) of the header."""
    text = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.DOTALL)
    functions = re.findall(r"AIOT_API[^;{]*?\b(aiot_\w+)\(", text)
    structures = []
    for name, body in re.findall(r"typedef struct (\w+) \{(.*?)\} \w+;", text, flags=re.DOTALL):
        members = [re.search(r"\(\*(\w+)\)\(|(\w+)(?:\[\w+\])?$", member.strip()).groups()
                   for member in body.split(";") if member.strip()]
        structures.append((name, [pointer or plain for pointer, plain in members]))
    numbers = [name for body in re.findall(r"typedef enum \w+ \{(.*?)\}", text, flags=re.DOTALL)
               for name in re.findall(r"\b(AIOT_\w+) =", body)]
    numbers += re.findall(r"#define (AIOT_(?:STREAMS|MAX_FEATURES|LABEL_UNKNOWN))\b", text)
    return functions, structures, numbers


def run(*command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def measured(compiler, structures, numbers):
    """The lines of the list that a C program prints, compiled as a strict caller would."""
    lines = ['#include <stdio.h>', '#include "aiot/aiot.h"', "int main(void) {",
             'printf("pointer %u\\n", (unsigned)sizeof(void*));']
    lines += [f'printf("{name} = %d\\n", (int){name});' for name in numbers]
    for name, members in structures:
        lines.append(f'printf("{name} %u\\n", (unsigned)sizeof({name}));')
        lines += [f'printf("{name}.{member} %u %u\\n", (unsigned)offsetof({name}, {member}),'
                  f' (unsigned)sizeof((({name}*)0)->{member}));' for member in members]
    lines += ["return 0;", "}"]
    with tempfile.TemporaryDirectory() as folder:
        program = str(pathlib.Path(folder) / "layout")
        run(compiler, "-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", f"-I{ROOT / 'include'}",
            "-x", "c", "-", "-o", program, text="\n".join(lines) + "\n")
        return run(program).splitlines()


def exported(library):
    """Names of the dynamic symbols that the library defines, without the node of the map itself."""
    lines = run("nm", "-D", "--defined-only", library).splitlines()
    return sorted(line.split()[2].split("@")[0] for line in lines if line.split()[1] != "A")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library")
    parser.add_argument("cc")
    parser.add_argument("cxx")
    parser.add_argument("--update", action="store_true", help="write the list")
    options = parser.parse_args()

    functions, structures, numbers = declarations()
    run(options.cc, "-std=c99", "-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror", "-fsyntax-only",
        "-x", "c", str(HEADER))
    run(options.cxx, "-std=c++11", "-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only", "-x", "c++",
        str(HEADER))
    symbols = exported(options.library)
    lines = measured(options.cc, structures, numbers)
    in_map = sorted(re.findall(r"^ +(aiot_\w+);", MAP.read_text(), flags=re.MULTILINE))
    problems = []
    if sorted(functions) != in_map:
        problems.append(f"aiot.h and aiot.map differ: {sorted(set(functions) ^ set(in_map))}")
    if symbols != in_map:
        problems.append(f"the library exports other symbols than aiot.map: {sorted(set(symbols) ^ set(in_map))}")
    for name, members in structures:
        sizes = {line.split()[0]: [int(word) for word in line.split()[1:]] for line in lines if line[0] == "a"}
        at, size = sizes[f"{name}.{members[-1]}"]
        if at + size != sizes[name][0]:
            problems.append(f"{name} has padding at its end, where a new member would get garbage")
    soname = re.search(r"SONAME.*\[(.*)\]", run("readelf", "-d", options.library)).group(1)
    lines = [f"soname {soname}", *(f"function {name}" for name in symbols), *lines]
    if options.update:
        LIST.write_text("\n".join(lines) + "\n")
    changes = list(difflib.unified_diff(LIST.read_text().splitlines(), lines, "tests/capi/abi.txt",
                                        "this build", lineterm="", n=0))
    if changes:
        problems.append("\n".join(changes))
    print("\n".join(problems))
    print(f"{len(symbols)} symbols, {len(structures)} structures, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
