#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Runs examples/embed_c: what it decides; what was not acknowledged comes again, also after a kill.

  run_embed_c.py EXAMPLE PACKAGE AIOT

The command AIOT looks at the store, too: it has to find what the C program left there.
"""

import json
import pathlib
import signal
import subprocess
import sys
import tempfile

STREAMS = ("urgent", "routine", "bulk")


def run(*command, status=0):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
    assert done.returncode == status, (command, done.returncode, done.stderr)
    return done.stdout, done.stderr


def parse(lines):
    """({(stream, sequence): bytes}, {stream: last acknowledged}) of complete lines of output."""
    records, acknowledged = {}, {}
    for line in lines:
        words = line.split()
        if words[0] == "acknowledged":
            acknowledged[words[1]] = int(words[2])
            continue
        key = (words[0], int(words[1]))
        assert key not in records, f"{line}: twice in one run"
        assert words[0] in STREAMS and words[2] == "kind", line
        records[key] = words[4]
    return records, acknowledged


def check_whole(records):
    for stream in STREAMS:
        sequences = sorted(number for name, number in records if name == stream)
        assert sequences == list(range(len(sequences))), f"{stream} has holes: {sequences}"


def main():
    example, package, aiot = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        store = pathlib.Path(folder) / "store"

        # The cloud is away: everything is printed, nothing acknowledged.
        out, err = run(example, package, store, 30, "offline")
        first, acknowledged = parse(out.splitlines())
        assert not acknowledged and len(first) > 20
        check_whole(first)
        assert "374 windows" in err, err
        decisions = [line.split() for line in out.splitlines() if " kind 1 " in line]
        labels = [words[-2] for words in decisions if words[0] == "urgent"]
        assert "normal" in labels and labels[-1] == "bearing", labels

        # It is back: the same records come first, with the same bytes, and then those of this run.
        lines = run(example, package, store, 30)[0].splitlines()
        again, acknowledged = parse(lines)
        check_whole(again)
        assert all(again[key] == value for key, value in first.items()), "a record came back changed"
        assert len(again) > len(first)
        newest = {stream: max(number for name, number in again if name == stream) for stream in STREAMS}
        assert acknowledged == newest, (acknowledged, newest)

        # What was acknowledged does not come again, and sequences go on.
        third, acknowledged = parse(run(example, package, store, 30)[0].splitlines())
        assert not set(third) & set(again)
        assert min(number for name, number in third if name == "urgent") == newest["urgent"] + 1

        # Killed again and again: each record comes, and comes with the same bytes whenever it comes.
        seen, promised = dict(again) | dict(third), dict(acknowledged)
        for kill_after in (1, 5, 20, 21, 40, 60):
            process = subprocess.Popen([example, package, str(store), "600"], stdout=subprocess.PIPE, text=True,
                                       stderr=subprocess.DEVNULL)
            lines = [process.stdout.readline() for _ in range(kill_after)]
            process.send_signal(signal.SIGKILL)
            lines += process.stdout.readlines()
            process.wait()
            records, acknowledged = parse(line for line in lines if line.endswith("\n"))
            for key, value in records.items():
                assert seen.setdefault(key, value) == value, f"{key} changed"
                assert key[1] > promised.get(key[0], -1), f"{key} was acknowledged"
            promised |= acknowledged
        records, acknowledged = parse(run(example, package, store, 1)[0].splitlines())
        for key, value in records.items():
            assert seen.setdefault(key, value) == value, f"{key} changed"
            assert key[1] > promised.get(key[0], -1), f"{key} was acknowledged"
        # Printed before the kill, or after it: no sequence is missing.
        check_whole(seen)

        for line in run(aiot, "queue", "inspect", store, "--json")[0].splitlines():
            found = json.loads(line)
            if found["kind"] == "stream":
                count = sum(1 for name, _ in seen if name == found["stream"])
                assert found["accepted"] == found["acknowledged"] == count, found
        assert "nothing is lost" in run(aiot, "queue", "verify", store)[0]

        assert "not a store" in run(example, package, folder, 1, status=1)[1]
        assert "corrupt" in run(example, store / "store.txt", store, 1, status=1)[1]
        assert "can not be read" in run(example, store / "none", store, 1, status=1)[1]
        run(example, status=2)


main()
