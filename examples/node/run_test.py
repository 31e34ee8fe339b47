#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Runs a node on an emulated board: run_test.py RUN_QEMU BOARD ELF

A whole recording, the same again on the same flash (nothing is left to do), a longer one on the same
flash (goes on behind the last record), and three that must fail.
"""

import json
import math
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

RATE = 12800.0
SCALE = 0.0048


def replay_stream(frames):
    """A replay stream (SPEC) of one axis: a shaft at 29.5 Hz, a tone, and a gap of 100 frames."""
    samples = [round(2000 * math.sin(2 * math.pi * 29.5 * i / RATE) +
                     500 * math.sin(2 * math.pi * 1740.0 * i / RATE)) for i in range(frames)]
    half = frames // 2
    return (struct.pack("<4sHBBffQ", b"AIRS", 1, 1, 16, RATE, SCALE, 0) +
            struct.pack("<II", 0, half) + struct.pack(f"<{half}h", *samples[:half]) +
            struct.pack("<II", 100, frames - half) +
            struct.pack(f"<{frames - half}h", *samples[half:]))


class Board:
    def __init__(self, run_qemu, board, elf, folder):
        self.command = [run_qemu, board, elf, "--timeout", "120"]
        self.folder = pathlib.Path(folder)

    def run(self, samples, *, flash="flash.bin", expect=0):
        (self.folder / "samples.bin").write_bytes(samples)
        command = [*self.command, "--flash", flash, "--", "samples=samples.bin", "records=records.cbor",
                   "device=test-node"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        if done.returncode != expect:
            sys.exit(f"exit code {done.returncode}, not {expect}: {done.stdout}{done.stderr}")
        return done.stdout

    def records_bytes(self):
        return (self.folder / "records.cbor").stat().st_size


def numbers(report):
    match = re.search(r"windows (\d+) records (\d+) resumed at frame (\d+) errors (\d+) stack (\d+)", report)
    if not match:
        sys.exit(f"no report: {report}")
    return tuple(int(text) for text in match.groups())


def stack_budget(board, elf):
    """The computed worst case in bytes, where budget/size.json has one for this board."""
    budget = pathlib.Path(__file__).resolve().parents[2] / "budget" / "size.json"
    sizes = json.loads(budget.read_text()) if board == "qemu_m4" and budget.exists() else {}
    return sizes.get(pathlib.Path(elf).stem, {}).get("stack", 1 << 20)


def check(condition, what, seen):
    if not condition:
        sys.exit(f"not so: {what}; seen {seen}")


def main(run_qemu, board, elf):
    whole = replay_stream(80000)
    with tempfile.TemporaryDirectory() as folder:
        node = Board(run_qemu, board, elf, folder)
        windows, records, resumed, errors, stack = numbers(node.run(whole))
        check(windows > 30 and records >= 2 and resumed == 0 and errors == 0, "a first run", windows)
        delivered = node.records_bytes()
        check(delivered > 0, "records are delivered", delivered)

        again = numbers(node.run(whole))
        check(again[2] > 0 and again[0] < windows, "a second run goes on behind the last record", again)
        longer = numbers(node.run(replay_stream(160000)))
        check(longer[2] >= again[2] and longer[0] > 10, "a longer recording goes on", longer)

        node.run(whole[:-1], expect=1)
        node.run(b"RIFF" + whole[4:], expect=1)
        node.run(b"", expect=1)
        computed = stack_budget(board, elf)
        check(stack <= computed, f"the stack stays below the computed {computed} bytes", stack)
        print(f"{windows} windows, {records} records, {delivered} bytes, {stack} bytes of stack")


if __name__ == "__main__":
    main(*sys.argv[1:])
