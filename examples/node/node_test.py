#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of a node firmware on an emulated board: node_test.py MODE BOARD ELF [option]...

  run      a whole recording, the same again on the same flash, a longer one, and three that must fail
  kill     SIGKILL at random moments, started again each time on the same flash; the restart rule
  compare  the records of `aiot run` on this machine, byte for byte: --aiot COMMAND --package FILE (of
           node_monitor those of --monitor COMMAND, with speed and bearing);
           a simulated machine, and recordings of $AIOT_SHARED. Exit code 77 (skipped) without COMMAND
  load     instructions per second of signal, on a minute and more of a machine with a defect; QEMU counts them
"""

import argparse
import json
import math
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RUN_QEMU = ROOT / "ports" / "baremetal" / "run_qemu.sh"
RATE = 12800.0
SCALE = 0.0048
INSTRUCTIONS_PER_US = 15.625  # of the board's time under --icount
BEARING_OUTER = 10  # SPEC, reasons
LOAD_LIMIT = 14e6  # instructions per second of signal
SKIPPED = 77


def check(condition, what, seen):
    if not condition:
        sys.exit(f"not so: {what}; seen {seen}")


def replay_stream(frames):
    """A replay stream (SPEC) of one axis: a shaft at 29.5 Hz, a tone, and a gap of 100 frames."""
    samples = [round(2000 * math.sin(2 * math.pi * 29.5 * i / RATE) +
                     500 * math.sin(2 * math.pi * 1740.0 * i / RATE)) for i in range(frames)]
    half = frames // 2
    return (struct.pack("<4sHBBffQ", b"AIRS", 1, 1, 16, RATE, SCALE, 0) +
            struct.pack("<II", 0, half) + struct.pack(f"<{half}h", *samples[:half]) +
            struct.pack("<II", 100, frames - half) +
            struct.pack(f"<{frames - half}h", *samples[half:]))


def damaged_bearing(seconds):
    """The same of a 6205 at 1797 rpm: shaft lines, noise, and impacts on its outer race that ring at 3.2 kHz."""
    rng = random.Random(7)
    frames = int(seconds * RATE)
    ring = [math.exp(-i / 12) * math.sin(2 * math.pi * 3200.0 * i / RATE) for i in range(96)]
    signal = [300 * math.sin(2 * math.pi * 29.95 * i / RATE) + rng.gauss(0.0, 60.0) for i in range(frames)]
    at = 0.0
    while at < frames:
        for i, value in enumerate(ring[:frames - int(at)]):
            signal[int(at) + i] += 500 * value
        at += RATE / (3.585 * 29.95) * rng.gauss(1.0, 0.005)
    samples = [max(-32000, min(32000, round(value))) for value in signal]
    return (struct.pack("<4sHBBffQ", b"AIRS", 1, 1, 16, RATE, SCALE, 0) +
            struct.pack("<II", 0, frames) + struct.pack(f"<{frames}h", *samples))


class Node:
    """A board in a folder of its own: flash, samples and records are files there."""

    def __init__(self, board, elf, folder):
        self.board, self.elf, self.folder = board, pathlib.Path(elf).resolve(), pathlib.Path(folder)

    def command(self, seconds, samples="samples.bin", icount=False, words=()):
        return [RUN_QEMU, self.board, self.elf, "--flash", "flash.bin", "--timeout", str(seconds),
                *(["--icount"] if icount else []), "--",
                f"samples={samples}", "records=records.cbor", "device=aiot", "firmware_hash=0", *words]

    def run(self, samples, expect=0, **options):
        (self.folder / "samples.bin").write_bytes(samples)
        done = subprocess.run(self.command(120, **options), cwd=self.folder, capture_output=True, text=True)
        check(done.returncode == expect, f"exit code {expect}",
              f"{done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def run_for(self, seconds):
        """True when the run came to its end before it was killed."""
        process = subprocess.Popen(self.command(0), cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            report, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return False
        check(process.returncode == 0, "a run that was not killed succeeds", report)
        return True

    def records(self):
        return (self.folder / "records.cbor").read_bytes()


def numbers(report):
    match = re.search(r"windows (\d+) records (\d+) resumed at frame (\d+) errors (\d+) stack (\d+)", report)
    check(match, "a report", report)
    return tuple(int(text) for text in match.groups())


def decode(data, at):
    """One CBOR item (RFC 8949) of the kinds that records use: (value, end). Tags are dropped."""
    major, info = data[at] >> 5, data[at] & 31
    at += 1
    if info >= 24:
        size = 1 << (info - 24)
        value, at = int.from_bytes(data[at:at + size], "big"), at + size
    else:
        value = info
    if major in (0, 1):
        return (value if major == 0 else -1 - value), at
    if major in (2, 3):
        return data[at:at + value], at + value
    if major == 6:
        return decode(data, at)
    if major == 7:
        return None, at
    items = []
    for _ in range(value * (2 if major == 5 else 1)):
        item, at = decode(data, at)
        items.append(item)
    return items, at


def split_records(data):
    """[(decoded, bytes)] of a CBOR sequence."""
    found, at = [], 0
    while at < len(data):
        value, end = decode(data, at)
        found.append((value, data[at:end]))
        at = end
    return found


def check_restart_rule(data):
    """Nothing accepted is lost, nothing comes twice under another content, no window has two records."""
    by_identity, samples = {}, {}
    for value, raw in split_records(data):
        kind, stream, sequence = value[0], value[2], value[3]
        identity = (stream, sequence)
        check(by_identity.setdefault(identity, raw) == raw, "a record that comes again is the same", identity)
        if kind == 1:
            check(samples.setdefault(value[4], identity) == identity, "a window has one record", value[4])
    for stream in {identity[0] for identity in by_identity}:
        sequences = sorted(sequence for s, sequence in by_identity if s == stream)
        check(sequences == list(range(len(sequences))), f"stream {stream} has every record", sequences)
    return len(by_identity)


def stack_budget(elf):
    path = ROOT / "budget" / "size.json"
    budget = json.loads(path.read_text()) if path.exists() else {}
    return budget.get(pathlib.Path(elf).stem, {}).get("stack")


def test_run(options, folder):
    node = Node(options.board, options.elf, folder)
    whole = replay_stream(80000)
    windows, records, resumed, errors, stack = numbers(node.run(whole))
    check(windows > 30 and records >= 2 and resumed == 0 and errors == 0, "a first run", windows)
    count = check_restart_rule(node.records())
    check(count == records, "every record is delivered", count)
    limit = stack_budget(options.elf)
    if limit is not None and options.board == "qemu_m4":
        check(stack <= limit, f"the stack stays within its budget of {limit} bytes", stack)

    again = numbers(node.run(whole))
    check(again[2] > 0 and again[0] < windows, "a second run goes on behind the last record", again)
    longer = numbers(node.run(replay_stream(160000)))
    check(longer[2] >= again[2] and longer[0] > 10, "a longer recording goes on", longer)
    check_restart_rule(node.records())

    node.run(whole[:-1], expect=1)
    node.run(b"RIFF" + whole[4:], expect=1)
    node.run(b"", expect=1)
    print(f"{windows} windows, {records} records, {stack} bytes of stack")


def test_kill(options, folder):
    kills = 200 if os.environ.get("AIOT_FULL") else options.kills
    print(f"seed {options.seed}", flush=True)
    rng = random.Random(options.seed)
    node = Node(options.board, options.elf, folder)
    (node.folder / "samples.bin").write_bytes(replay_stream(600000))
    done = 0
    while done < kills:
        if node.run_for(rng.uniform(0.03, 0.4)):
            # It came to the end: a new recording on a new flash.
            check_restart_rule(node.records())
            (node.folder / "flash.bin").unlink()
            (node.folder / "records.cbor").unlink()
        else:
            done += 1
    check(node.run_for(120), "the last run comes to its end", done)
    count = check_restart_rule(node.records())
    print(f"{kills} kills with seed {options.seed}, {count} records after the last")


def reasons(data):
    """The codes of all reasons in all decisions."""
    decisions = [value for value, _ in split_records(data) if value[0] == 1]
    return {reason if isinstance(reason, int) else reason[0] for value in decisions for reason in value[9]}


def test_load(options, folder):
    seconds = 80
    signal = damaged_bearing(seconds)
    for name, words in (("watching", []), ("commissioning first", ["commission=120"])):
        place = pathlib.Path(folder, name.split()[0])
        place.mkdir()
        node = Node(options.board, options.elf, place)
        report = node.run(signal, icount=True, words=words)
        load = int(re.search(r"busy (\d+) us", report).group(1)) * INSTRUCTIONS_PER_US / seconds
        windows, records, _, errors, stack = numbers(report)
        print(f"{name}: {load / 1e6:.2f} M instructions per second of signal (at most {LOAD_LIMIT / 1e6:.0f}), "
              f"{windows} windows, {records} records, {stack} bytes of stack", flush=True)
        check(load <= options.limit, f"at most {options.limit:.0f} instructions per second of signal", load)
        check(errors == 0, "no errors", errors)
        check(BEARING_OUTER in reasons(node.records()), "the defect is named", reasons(node.records()))


def recordings():
    shared = os.environ.get("AIOT_SHARED")
    if not shared:
        print("SKIPPED: AIOT_SHARED is not set, no real recordings, the simulated machine only")
        return []
    files = sorted(pathlib.Path(shared, "data").rglob("*.s16"))
    return files[::max(1, len(files) // 4)] if files else []


def monitored(folder):
    """(file, speed, bearing): a made one, and three real bearings, inner race, outer race, healthy."""
    made = pathlib.Path(folder, "made.airs")
    made.write_bytes(damaged_bearing(40))
    sources = [(made, 1797, "6205")]
    shared = os.environ.get("AIOT_SHARED")
    if not shared:
        print("SKIPPED: AIOT_SHARED is not set, no real recordings, the made one only")
        return sources
    cwru = pathlib.Path(shared, "data", "cwru")
    return sources + [(cwru / "cwru_12k_DE_IR007_0hp.s16", 1797, "6205"),
                      (cwru / "cwru_12k_DE_OR007at6_0hp.s16", 1796, "6205"),
                      (cwru / "cwru_48k_DE_normal_first60_0hp_to12k.s16", 1796, "6205")]


def compare_monitor(options, folder):
    for number, (source, rpm, bearing) in enumerate(monitored(folder)):
        place = pathlib.Path(folder, str(number))
        place.mkdir()
        subprocess.run([pathlib.Path(options.monitor).resolve(), source, "samples.airs", "host.cbor", str(rpm), bearing],
                       cwd=place, check=True)
        node = Node(options.board, options.elf, place)
        words = [f"rpm={rpm}", f"bearing={bearing}"]
        subprocess.run(node.command(300, "samples.airs", words=words), cwd=place, check=True,
                       stdout=subprocess.DEVNULL)
        host = (place / "host.cbor").read_bytes()
        check(len(host) > 0 and node.records() == host, f"the same records of {source}",
              f"{len(node.records())} and {len(host)} bytes")
        codes = sorted(reasons(host))
        print(f"{options.board} and host agree on {len(host)} bytes of {source.name}, reasons {codes}")


def test_compare(options, folder):
    if pathlib.Path(options.elf).stem == "node_monitor":
        if not pathlib.Path(options.monitor).exists():
            print(f"skipped: no command {options.monitor} to compare with; ./dev test makes it")
            sys.exit(SKIPPED)
        compare_monitor(options, folder)
        return
    if not pathlib.Path(options.aiot).exists():
        print(f"skipped: no command {options.aiot} to compare with; ./dev build makes it")
        sys.exit(SKIPPED)
    for number, source in enumerate([["--simulate"], *([str(path)] for path in recordings())]):
        place = pathlib.Path(folder, str(number))
        place.mkdir()
        subprocess.run([options.aiot, "run", *source, "--package", options.package, "--store", "store",
                        "--sink", "host.cbor", "--export", "samples.airs", "--quiet"],
                       cwd=place, check=True, stdout=subprocess.DEVNULL)
        node = Node(options.board, options.elf, place)
        subprocess.run(node.command(300, "samples.airs"), cwd=place, check=True, stdout=subprocess.DEVNULL)
        host = (place / "host.cbor").read_bytes()
        check(len(host) > 0 and node.records() == host, f"the same records of {source[-1]}",
              f"{len(node.records())} and {len(host)} bytes")
        print(f"{options.board} and host agree on {len(host)} bytes of {source[-1]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("mode", choices=["run", "kill", "compare", "load"])
    parser.add_argument("board")
    parser.add_argument("elf")
    parser.add_argument("--aiot", default="")
    parser.add_argument("--monitor", default="")
    parser.add_argument("--package", default="")
    parser.add_argument("--limit", type=float, default=LOAD_LIMIT)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        {"run": test_run, "kill": test_kill, "compare": test_compare, "load": test_load}[options.mode](options, folder)


if __name__ == "__main__":
    main()
