# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""aiot consume at a real broker: what it takes, what it refuses, and how it ends."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import rig
from rig import AIOT, DEVICE, Process, archived, broker_rig

CONNECTED = ": connected"


class ConsumeTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.base = pathlib.Path(tempfile.mkdtemp(prefix="aiot_consume_"))
        cls.ca = ca = broker_rig.Authority(cls.base / "pki")
        ca.server("broker")
        ca.server("expired", *broker_rig.PAST)
        ca.server("elsewhere", names="DNS:elsewhere.example")
        ca.server("revoked")
        for file, name in (("consumer", "consumer"), ("gone", "consumer"), ("device", DEVICE), ("nobody", "nobody")):
            ca.client(file, name)
        ca.client("old", "consumer", *broker_rig.PAST)
        cls.crl = ca.revocation_list("crl", "revoked", "gone")
        cls.stranger = broker_rig.Authority(cls.base / "strange", "stranger")
        cls.stranger.client("consumer", "consumer")
        cls.keys = cls.base / "keys"
        cls.keys.mkdir()
        broker_rig.device_key(cls.keys / f"{DEVICE}.key")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.base)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="t", dir=self.base))
        self.archive = self.folder / "records.db"

    def broker(self, **more):
        return broker_rig.Broker(self.folder / "broker", self.ca, **more)

    def who(self, broker, file="consumer", ca=None):
        return broker_rig.identity(ca or self.ca, file, broker.url)

    def consumer(self, broker, *more, name="consumer", file="consumer", limit=None):
        return Process(self.folder, name, AIOT, "consume", self.archive, "--keys", self.keys,
                       *self.who(broker, file), *more, limit=limit)

    def refusal(self, *options):
        """The one line of a consumer that gives up."""
        done = subprocess.run([str(part) for part in (AIOT, "consume", self.archive, "--keys", self.keys, "--idle", 15,
                                                      *options)],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        return done.stderr

    def run_device(self, broker, seconds=20, store="store", device=DEVICE, key=None, file="device", code=0, more=()):
        """A device that delivers some records; what it says."""
        done = subprocess.run([str(part) for part in
                               (AIOT, "run", "--simulate", "--seconds", seconds, "--store", self.folder / store,
                                "--device", device, "--device-key", key or self.keys / f"{device}.key",
                                *self.who(broker, file), *more)],
                              capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_takes_what_a_device_delivers_and_ends_cleanly_on_sigterm(self):
        with self.broker() as broker, self.consumer(broker, "--json") as consumer:
            consumer.wait_for(CONNECTED)
            self.run_device(broker)
            self.assertEqual(consumer.terminate(), 0, consumer.said())
            lines = [json.loads(line) for line in consumer.out.read_text().splitlines()]
        end = lines[-1]
        self.assertEqual(end["kind"], "end")
        self.assertEqual(end["new_records"], len(archived(self.archive)))
        self.assertGreater(end["new_records"], 10)
        streams = [line for line in lines if line["kind"] == "stream"]
        self.assertTrue(all(line["missing"] == 0 and line["first"] == 0 for line in streams), streams)
        stored = [line for line in lines if line["kind"] == "batch"]
        self.assertEqual({line["outcome"] for line in stored}, {"stored"})
        self.assertEqual(sum(line["new"] for line in stored), end["new_records"])

    def test_ends_by_itself_when_nothing_comes(self):
        with self.broker() as broker, self.consumer(broker, "--idle", 1) as consumer:
            self.assertEqual(consumer.wait(), 0, consumer.said())

    def test_delivers_by_the_commands_that_the_rig_prints(self):
        rig_folder = self.folder / "tried"
        printed = subprocess.run([sys.executable, "-B", broker_rig.__file__, rig_folder, "fan-1"], check=True,
                                 capture_output=True, text=True).stdout
        port = str(broker_rig.free_port())  # 8883 may be in use here
        config = rig_folder / "mosquitto.conf"
        config.write_text(config.read_text().replace("8883", port))
        broker, consume, run = (line.split() for line in printed.replace("8883", port).splitlines())
        broker[0] = broker_rig.find_mosquitto()
        with Process(self.folder, "mosquitto", *broker):
            with Process(self.folder, "consume", AIOT, *consume[1:]) as consumer:
                consumer.wait_for("connected")
                done = subprocess.run([AIOT, *run[1:], "--seconds", "20"], capture_output=True, text=True, check=False,
                                      timeout=120)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertEqual(consumer.terminate(), 0, consumer.said())
        self.assertGreater(len(archived(rig_folder / "records.db")), 10)

    def test_wonders_when_the_access_rules_let_it_hear_nothing(self):
        with self.broker() as broker, Process(self.folder, "deaf", AIOT, "consume", self.archive, "--keys", self.keys,
                                              *self.who(broker, "device")) as deaf:
            deaf.wait_for("access rules let this client read it", 40)

    def test_keeps_trying_without_a_broker_and_says_so_once(self):
        with self.broker() as broker:
            broker.kill()
            with self.consumer(broker) as consumer:
                consumer.wait_for("Connection refused")
                time.sleep(3.5)  # two more attempts
                self.assertEqual(consumer.said().count("\n"), 1, consumer.said())
                broker.start()
                consumer.wait_for(CONNECTED)
                broker.kill()
                consumer.wait_for("the connection is lost", 10)
                broker.start()
                consumer.wait_for("connected again")
                self.run_device(broker)
                self.assertEqual(consumer.terminate(), 0, consumer.said())
        self.assertGreater(len(archived(self.archive)), 10)

    def test_refuses_a_broker_that_can_not_be_trusted(self):
        for server, words in (("expired", "has expired"), ("elsewhere", "is not for 'localhost'"),
                              ("revoked", "is revoked by the CRL")):
            with self.subTest(server), self.broker(server=server) as broker:
                self.assertIn(words, self.refusal(*self.who(broker), "--crl", self.crl))
        with self.broker() as broker:
            options = self.who(broker)
            options[options.index("--ca") + 1] = self.stranger.certificate
            self.assertIn("of a CA that is not trusted here, '/CN=aiot ca'", self.refusal(*options))

    def test_says_why_the_broker_does_not_want_it(self):
        with self.broker(revoked=self.crl) as broker:
            trust = ("--broker", broker.url, "--ca", self.ca.certificate)
            self.assertIn("asks for a client certificate", self.refusal(*trust))
            self.assertIn("does not know the CA of the client certificate",
                          self.refusal(*trust, "--cert", self.stranger.path("consumer"), "--key",
                                       self.stranger.path("consumer", "key")))
            self.assertIn("client certificate is revoked", self.refusal(*self.who(broker, "gone")))
            self.assertIn("has expired", self.refusal(*self.who(broker, "old")))

    def test_says_what_is_wrong_with_a_file(self):
        with self.broker() as broker:
            options = self.who(broker)
            open_key = self.folder / "open.key"
            shutil.copy(self.ca.path("consumer", "key"), open_key)
            open_key.chmod(0o644)
            for option, path, words in (("--ca", "/none", "can not open CA '/none'"),
                                        ("--cert", self.crl, "does not parse"),
                                        ("--key", open_key, "can be read by others; chmod 600 it"),
                                        ("--key", self.ca.path("device", "key"), "does not fit certificate")):
                changed = list(options)
                changed[changed.index(option) + 1] = path
                self.assertIn(words, self.refusal(*changed))
            self.assertIn("CRL", self.refusal(*options, "--crl", self.ca.certificate))
        self.assertIn("unable to open database", self.refusal_of_archive("/none/records.db"))

    def refusal_of_archive(self, path):
        self.archive = path
        return self.refusal("--broker", "mqtt://localhost:1")

    def test_two_consumers_share_an_archive_but_not_a_name(self):
        with self.broker() as broker, self.consumer(broker, name="first") as first:
            first.wait_for(CONNECTED)
            with self.consumer(broker, "--client", "standby", name="standby") as standby:
                standby.wait_for(CONNECTED)
                self.run_device(broker)
                self.assertEqual(standby.terminate(), 0, standby.said())
            with self.consumer(broker, name="thief") as thief:
                first.wait_for("another client may have the name 'aiot-consume'")
                self.assertEqual(first.terminate(), 0, first.said())
                self.run_device(broker, seconds=40)
                self.assertEqual(thief.terminate(), 0, thief.said())
        self.assertGreater(len(archived(self.archive)), 20)

    def test_takes_what_was_published_while_it_was_away(self):
        with self.broker() as broker:
            with self.consumer(broker) as consumer:
                consumer.wait_for(CONNECTED)
                self.assertEqual(consumer.terminate(), 0)
            self.run_device(broker, code=1, more=("--patience", 1))
            with self.consumer(broker, "--idle", 2) as consumer:
                self.assertEqual(consumer.wait(), 0, consumer.said())
            kept = len(archived(self.archive))
            self.assertGreater(kept, 0, "the broker has kept batches for the session")
            # And the device, which was not told, delivers the rest without a record twice.
            with self.consumer(broker) as consumer:
                consumer.wait_for(CONNECTED)
                self.run_device(broker)
                self.assertEqual(consumer.terminate(), 0, consumer.said())
            self.assertGreaterEqual(len(archived(self.archive)), kept)

    def test_tells_a_device_that_it_does_not_know_once_and_serves_it_when_it_does(self):
        with self.broker() as broker, self.consumer(broker) as consumer:
            consumer.wait_for(CONNECTED)
            key = broker_rig.device_key(self.folder / "nobody.key")
            self.run_device(broker, device="nobody", key=key, file="nobody", code=1, more=("--patience", 2))
            self.assertEqual(consumer.said().count("device 'nobody' is not served: "), 1, consumer.said())
            shutil.copy(key, self.keys / "nobody.key")
            self.addCleanup((self.keys / "nobody.key").unlink)
            self.run_device(broker, device="nobody", key=key, file="nobody")
            self.assertEqual(consumer.terminate(), 1, "what was not taken is no success")
        self.assertEqual({identity[0] for identity in archived(self.archive)}, {"nobody"})

    def test_tells_a_changed_and_a_replayed_batch(self):
        with self.broker() as broker, self.consumer(broker) as consumer:
            consumer.wait_for(CONNECTED)
            listener = broker_rig.Client(self.ca, "consumer", broker.port)
            listener.subscribe("aiot/+/batch")
            self.run_device(broker)
            topic, batch = listener.message()
            before = archived(self.archive)
            somebody = broker_rig.Client(self.ca, "device", broker.port)
            changed = bytearray(batch)
            changed[len(batch) // 2] ^= 1
            somebody.publish(topic, bytes(changed))
            consumer.wait_for(f"{DEVICE}: ")
            self.assertIn("the seal does not match", consumer.said())
            self.run_device(broker, seconds=40)  # the chain goes on
            after = archived(self.archive)
            self.assertGreater(len(after), len(before))
            somebody.publish(topic, batch)
            consumer.wait_for("an old batch came again")
            self.assertEqual(consumer.terminate(), 1, "somebody has tried")
            self.assertIn("1 forged", consumer.said())
            self.assertIn("1 not accepted", consumer.said())
        self.assertEqual(archived(self.archive), after)

    def test_a_full_disk_loses_nothing(self):
        with self.broker() as broker:

            # A file that may not grow is a full disk.
            with self.consumer(broker, limit=60_000) as consumer:
                consumer.wait_for(CONNECTED)
                said = self.run_device(broker, seconds=200, code=1, more=("--patience", 3))
                self.assertIn("stays in the store", said)
                consumer.wait_for("the archive could not be written")
                stored = archived(self.archive)
                self.assertGreater(len(stored), 0)
                subprocess.run(["prlimit", f"--pid={consumer.child.pid}", "--fsize=unlimited"], check=True)
                self.run_device(broker, seconds=200)
                consumer.wait_for("the archive can be written again")
                self.assertEqual(consumer.terminate(), 0, consumer.said())
                self.assertEqual(consumer.said().count("could not be written"), 1, consumer.said())
        now = archived(self.archive)
        self.assertEqual({identity: now[identity] for identity in stored}, stored)
        for stream in {identity[1] for identity in now}:
            numbers = sorted(identity[2] for identity in now if identity[1] == stream)
            self.assertEqual(numbers, list(range(len(numbers))))

    def test_a_publish_that_the_access_rules_deny_is_told_and_not_delivered(self):
        with self.broker() as broker, self.consumer(broker) as consumer:
            consumer.wait_for(CONNECTED)
            # The certificate says nobody, so the topics of pump-7 are not his.
            said = self.run_device(broker, file="nobody", code=1, more=("--patience", 3))
            self.assertIn("not authorised", said)
            self.assertIn("does not take what pump-7 publishes", said)
            self.assertIn("stays in the store", said)
            self.assertEqual(consumer.terminate(), 0)
        self.assertEqual(archived(self.archive), {})


if __name__ == "__main__":
    rig.main("__main__")
