#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Small applications, run as a reader would:

    run.py README_EXAMPLE            the decision turns from normal to bearing
    run.py EXAMPLE_REPLAY AIOT       a recording in, decisions out; again on the same store: only what is behind;
                                     another recording in that store: from its begin;
                                     a file that is none: one line, exit code 1;
                                     a sink that is away: it waits, and hardly works
"""

import pathlib
import resource
import subprocess
import sys
import tempfile
import time


def run(folder, *command, expect=0):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    if done.returncode != expect:
        sys.exit(f"{command}: exit code {done.returncode}, not {expect}\n{done.stdout}{done.stderr}")
    return done.stdout if expect == 0 else done.stderr


def expect_turn(output):
    labels = [word for line in output.splitlines() for word in line.split()
              if word in ("normal", "bearing")]
    if not labels or labels[0] != "normal" or labels[-1] != "bearing":
        sys.exit(f"the decision does not turn from normal to bearing:\n{output}")


def seconds(output):
    return [float(line.split()[0]) for line in output.splitlines()]


def expect_whole_second_recording(folder, replay, aiot):
    run(folder, aiot, "run", "--simulate", "--seed", "7", "--export", "other.airs", "--quiet")
    alone = run(folder, replay, "other.airs", "alone.store")
    if not alone or run(folder, replay, "other.airs", "pump.store") != alone:
        sys.exit("a second recording in the same store gives other decisions than in a store of its own")
    if run(folder, replay, "other.airs", "pump.store"):
        sys.exit("the second recording was decided twice")


def expect_rest_without_sink(folder, replay):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    (folder / "away.store.cbor").symlink_to("/dev/full")
    waiting = subprocess.Popen([replay, "pump.airs", "away.store"], cwd=folder,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(3)
    if waiting.poll() is not None:
        sys.exit("a program that can not deliver has ended")
    waiting.kill()
    waiting.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    if used.ru_utime - before.ru_utime + used.ru_stime - before.ru_stime > 2:
        sys.exit("waiting for the sink keeps the processor busy")


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    if len(sys.argv) == 2:
        expect_turn(run(folder, sys.argv[1]))
    else:
        replay, aiot = sys.argv[1:]
        run(folder, aiot, "run", "--simulate", "--export", "pump.airs", "--quiet")
        first = run(folder, replay, "pump.airs", "pump.store")
        expect_turn(first)
        second = run(folder, replay, "pump.airs", "pump.store")
        if second and seconds(second)[0] <= seconds(first)[-1]:
            sys.exit(f"the second run decided again what was durable:\n{second}")
        expect_whole_second_recording(folder, replay, aiot)
        expect_rest_without_sink(folder, replay)
        (folder / "bad.wav").write_bytes(b"no recording")
        lines = run(folder, replay, "bad.wav", "bad.store", expect=1).splitlines()
        if len(lines) != 1 or "bad.wav" not in lines[0]:
            sys.exit(f"wants one line that names the file, got {lines}")
