# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""No record is lost, invented or doubled, whoever is killed.

A device delivers records over TLS to mosquitto, and a consumer takes them, while broker and device are
killed with SIGKILL five times each, and the consumer twice, at random moments. Then the consumer's
archive holds every record that the device's store accepted, with the bytes that it had, each once, and
nothing that was not offered.

AIOT_RECORDS sets how many (20,000), AIOT_SEED which moments.
"""

import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import tempfile
import time
import unittest

import rig
from rig import AIOT, BUILD, DEVICE, Process, archived, broker_rig

RECORDS = int(os.environ.get("AIOT_RECORDS", "20000"))
SEED = int(os.environ.get("AIOT_SEED", "1"))
SECONDS = 600
KILLS = ["broker"] * 5 + ["device"] * 5 + ["consumer"] * 2


def number(major, value):
    """The head of a CBOR item in its shortest form."""
    for size, info in ((1, 24), (2, 25), (4, 26), (8, 27)):
        if value < 24:
            return bytes([major << 5 | value])
        if value < 1 << 8 * size:
            return bytes([major << 5 | info]) + value.to_bytes(size, "big")
    raise ValueError(value)


def record_of(stream, sequence):
    """The bytes of the record, as SPEC describes a decision: device.cpp makes the same."""
    context = ((sequence * 0x9E3779B97F4A7C15 + stream) % (1 << 64)).to_bytes(8, "little")
    features = b"\xd8\x54\x40"  # tag 84, no float16
    return (number(4, 10) + number(0, 1) + number(2, 8) + context + number(0, stream) + number(0, sequence) +
            number(0, sequence * 1024 + stream) + number(0, sequence % 5) + number(0, sequence * 7 % 256) + features +
            number(0, sequence % 3) + number(4, 0))


def ranges(log, what):
    """The (stream, sequence) of all lines of a kind; one that a kill has cut does not count."""
    found = set()
    for stream, first, last in re.findall(rf"^{what} (\d) (\d+) (\d+)\n", log, re.MULTILINE):
        found.update((int(stream), sequence) for sequence in range(int(first), int(last) + 1))
    return found


class Scene:
    """A broker, a consumer and a device that come back when they are killed."""

    def __init__(self, folder):
        self.folder = folder
        self.log = folder / "accepted.log"
        self.archive = folder / "records.db"
        self.ca = broker_rig.Authority(folder / "pki")
        self.ca.server("broker")
        self.ca.client("consumer", "consumer")
        self.ca.client("device", DEVICE)
        (folder / "keys").mkdir()
        self.key = broker_rig.device_key(folder / f"keys/{DEVICE}.key")
        self.broker = broker_rig.Broker(folder / "broker", self.ca)
        self.runs = {"consumer": 0, "device": 0}
        self.child = {}

    def start(self, who):
        if who == "broker":
            self.broker.start()
            return
        self.runs[who] += 1
        options = broker_rig.identity(self.ca, who, self.broker.url)
        command = {
            "consumer": (AIOT, "consume", self.archive, "--keys", self.folder / "keys"),
            "device": (BUILD / "tests/forward/forward_device", "--store", self.folder / "store", "--log", self.log, "--records",
                       RECORDS, "--device", DEVICE, "--device-key", self.key)
        }[who]
        self.child[who] = Process(self.folder, f"{who}{self.runs[who]}", *command, *options)

    def kill(self, who):
        if who == "broker":
            self.broker.kill()
        else:
            self.child[who].child.send_signal(signal.SIGKILL)
            self.child[who].wait()

    def accepted(self):
        """How many, from the last line of each stream."""
        log = self.log.read_text() if self.log.exists() else ""
        last = {stream: int(number) for stream, number in re.findall(r"^a (\d) \d+ (\d+)\n", log, re.MULTILINE)}
        return sum(number + 1 for number in last.values())

    def said(self):
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.err")))

    def end(self):
        self.broker.kill()
        for child in self.child.values():
            if child.child.poll() is None:
                child.child.kill()
                child.wait()


class KillTest(unittest.TestCase):

    def test_no_record_is_lost_or_doubled_when_everybody_is_killed(self):
        chance = random.Random(SEED)
        # A kill leaves the page cache whole, so memory does as well as a disk here.
        memory = pathlib.Path("/dev/shm")
        folder = pathlib.Path(tempfile.mkdtemp(prefix="aiot_kill_", dir=memory if os.access(memory, os.W_OK) else None))
        scene = Scene(folder)
        self.addCleanup(shutil.rmtree, folder)
        self.addCleanup(scene.end)
        kills = list(KILLS)
        chance.shuffle(kills)
        moments = sorted(chance.sample(range(RECORDS // 50, RECORDS * 49 // 50), len(kills)))
        print(f"AIOT_SEED={SEED}: {RECORDS} records, kills at {list(zip(moments, kills))}")
        begin = time.monotonic()
        for who in ("broker", "consumer", "device"):
            scene.start(who)
        for moment, who in zip(moments, kills):
            self.wait(scene, lambda: scene.accepted() >= moment, f"{moment} records are accepted")
            time.sleep(chance.uniform(0, 0.02))
            scene.kill(who)
            time.sleep(chance.uniform(0, 0.3))
            scene.start(who)
        device = scene.child["device"].child
        self.wait(scene, lambda: device.poll() is not None, "the device has delivered everything")
        self.assertEqual(device.returncode, 0, scene.said())
        seconds = time.monotonic() - begin
        self.assertEqual(scene.child["consumer"].terminate(), 0, scene.said())
        self.check(scene)
        print(f"{RECORDS} records in {seconds:.1f} s, {len(kills)} kills: "
              f"{', '.join(f'{KILLS.count(who)} of the {who}' for who in dict.fromkeys(KILLS))}")

    def wait(self, scene, condition, what):
        end = time.monotonic() + SECONDS
        while not condition():
            self.assertLess(time.monotonic(), end, f"{what}; they say: {scene.said()}")
            dead = scene.child["device"].child.poll()
            self.assertIn(dead, (None, 0), scene.said())
            self.assertIsNone(scene.child["consumer"].child.poll(), scene.said())
            time.sleep(0.005)

    def check(self, scene):
        log = scene.log.read_text()
        accepted, offered = ranges(log, "a"), ranges(log, "o")
        self.assertGreaterEqual(len(accepted), RECORDS - 24 * KILLS.count("device"))
        records = archived(scene.archive)
        self.assertEqual({identity[0] for identity in records}, {DEVICE})
        held = {identity[1:]: payload for identity, payload in records.items()}
        self.assertEqual(sorted(accepted - held.keys())[:10], [], "accepted and lost")
        self.assertEqual(sorted(held.keys() - offered)[:10], [], "not offered")
        wrong = [identity for identity, payload in held.items() if payload != record_of(*identity)]
        self.assertEqual(wrong[:10], [], "other bytes than were accepted")
        self.assertGreaterEqual(len(held), RECORDS)
        with sqlite3.connect(f"file:{scene.archive}?mode=ro", uri=True) as database:
            self.assertEqual(database.execute("SELECT count(*) FROM record").fetchone()[0], len(held), "each once")
            for table in ("gap", "hole"):
                self.assertEqual(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0], 0, table)
            batches = database.execute("SELECT count(*) FROM batch").fetchone()[0]
        print(f"archive: {len(held)} records in {batches} batches; {len(accepted)} accepted, {len(offered)} offered")


if __name__ == "__main__":
    rig.main("__main__")
