# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""What the tests of delivery over a real broker share; they know the build by AIOT_BUILD."""

import os
import pathlib
import resource
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/demo"))
import broker_rig  # noqa: E402

BUILD = pathlib.Path(os.environ.get("AIOT_BUILD", ROOT / "build/host"))
AIOT = BUILD / "aiot"
DEVICE = "pump-7"


class Process:
    """A child whose output goes to files; it ends with the block."""

    def __init__(self, folder, name, *command, limit=None):
        self.out, self.err = folder / f"{name}.out", folder / f"{name}.err"

        def restrict():  # the size of files; exceeding it is an error, and no signal
            if limit is not None:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

        with open(self.out, "w") as out, open(self.err, "w") as err:
            self.child = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out,
                                          stderr=err, preexec_fn=restrict)

    def said(self):
        return self.out.read_text() + self.err.read_text()

    def wait_for(self, words, seconds=30):
        end = time.monotonic() + seconds
        while words not in self.said():
            if time.monotonic() > end or self.child.poll() is not None and words not in self.said():
                raise AssertionError(f"'{words}' is not said; but: {self.said()}")
            time.sleep(0.02)

    def wait(self, seconds=60):
        return self.child.wait(seconds)

    def terminate(self, seconds=20):
        self.child.terminate()
        return self.child.wait(seconds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()


def archived(path):
    """All records of an archive: {(device, stream, sequence): payload}."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT device, stream, sequence, payload FROM record").fetchall()
    return {tuple(row[:3]): row[3] for row in rows}


def closing(result):
    """The line that is counted; the exit code."""
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad - len(result.skipped)} passed, {bad} failed")
    return 0 if result.wasSuccessful() else 1


def main(module):
    broker_rig.find_mosquitto()
    for needed in (AIOT, BUILD / "tests/forward/forward_device"):
        if not needed.exists():
            sys.exit(f"{needed} is not built; build everything first: cmake --build --preset host")
    tests = unittest.defaultTestLoader.loadTestsFromName(module)
    sys.exit(closing(unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(tests)))
