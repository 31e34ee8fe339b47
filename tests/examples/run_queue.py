#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Runs examples/queue: what is pushed is taken once, also over restarts and a kill; too much is dropped, oldest first.

  run_queue.py EXAMPLE
"""

import pathlib
import subprocess
import sys
import tempfile


def run(*command, text="", status=0):
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)
    assert done.returncode == status, (command, done.returncode, done.stderr)
    return done.stdout, done.stderr


def main():
    example = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        store = str(pathlib.Path(folder) / "lines.store")
        assert run(example, "push", store, text="one\ntwo\n")[0] == "0\n1\n"
        assert run(example, "take", store)[0] == "one\ntwo\n"
        assert run(example, "take", store)[0] == ""

        pushing = subprocess.Popen([example, "push", store], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        pushing.stdin.write("three\n")
        pushing.stdin.flush()
        pushing.stdin.close()
        assert pushing.stdout.readline() == "2\n"
        pushing.kill()
        pushing.wait()
        assert run(example, "take", store)[0] == "three\n", "a line whose number was printed is lost"

        run(example, "push", store, text="".join(f"line {i}\n" for i in range(1200)))
        taken = run(example, "take", store)[0].splitlines()
        assert taken[0] == "(3 to 202 were dropped)", taken[0]
        assert taken[1:] == [f"line {i}" for i in range(200, 1200)]

        assert "not a directory" in run(example, "push", example, text="x\n", status=1)[1]
        run(example, "push", status=2)


main()
