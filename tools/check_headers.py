#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Compiles every public header alone and prints the slowest: check_headers.py COMPILER [FLAG...]

A header that needs another one to be included first is a trap for its user, and a slow header is paid
for by every file that includes it.
"""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def compile_alone(header, compiler):
    """(seconds, what the compiler says or nothing) of one header."""
    start = time.monotonic()
    text = f'#include "{header.relative_to(ROOT / "include")}"\n'
    result = subprocess.run([*compiler, "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                             f"-I{ROOT / 'include'}", "-fsyntax-only", "-x", "c++", "-"],
                            input=text, capture_output=True, text=True, check=False)
    return time.monotonic() - start, result.stderr if result.returncode else ""


def main(compiler):
    headers = sorted((ROOT / "include").rglob("*.h*"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = dict(zip(headers, pool.map(lambda header: compile_alone(header, compiler), headers)))
    bad = {header: text for header, (_, text) in results.items() if text}
    for header, text in bad.items():
        print(f"{header.relative_to(ROOT)} does not compile alone:\n{text}")
    print("slowest (ms):")
    for header, (seconds, _) in sorted(results.items(), key=lambda item: -item[1][0])[:5]:
        print(f"{seconds * 1000:7.0f} {header.relative_to(ROOT)}")
    print(f"{len(headers) - len(bad)} passed, {len(bad)} failed")
    return 1 if bad or not headers else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
