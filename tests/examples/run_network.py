#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""examples/network, run as a reader would:

    run_network.py EXAMPLE_NETWORK AIOT PACKAGE    the same bytes as `aiot model run`; what can not be used:
                                                   one line that names the file, exit code 1
"""

import pathlib
import subprocess
import sys
import tempfile


def run(*command, expect=0):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.returncode != expect:
        sys.exit(f"{command}: exit code {done.returncode}, not {expect}\n{done.stdout}{done.stderr}")
    return done.stdout if expect == 0 else done.stderr


def expect_refusal(example, package, data, named):
    lines = run(example, package, data, expect=1).splitlines()
    if len(lines) != 1 or named.name not in lines[0]:
        sys.exit(f"wants one line that names {named.name}, got {lines}")


example, aiot, package = sys.argv[1:]
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    data, output = folder / "in.bin", folder / "out.bin"
    data.write_bytes(bytes([0, 16, 240, 127, 128, 64, 192, 1]))
    run(aiot, "model", "run", package, "--input", data, "--output", output)
    wanted = [byte - 256 if byte > 127 else byte for byte in output.read_bytes()]
    got = [int(line.split()[0]) for line in run(example, package, data).splitlines()]
    if got != wanted:
        sys.exit(f"wants {wanted}, got {got}")
    short, text = folder / "short.bin", folder / "text.aipk"
    short.write_bytes(b"short")
    text.write_text("no package")
    expect_refusal(example, package, short, short)
    expect_refusal(example, package, folder / "missing.bin", folder / "missing.bin")
    expect_refusal(example, text, data, text)
    expect_refusal(example, folder / "missing.aipk", data, folder / "missing.aipk")
    run(example, expect=2)
