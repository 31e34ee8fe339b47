#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Records reach a consumer, whatever breaks on the way: broker.py

Devices deliver over MQTT 5 and TLS to a consumer, through Debian's mosquitto on loopback with mutual TLS
and access rules. Broker and device are killed in the middle, and the consumer has exactly what the devices
decided. Then those come who should not get in. Every step is checked, so this is a test as well (exit code
77, skipped, without mosquitto or the command of the host's build).
"""

import concurrent.futures
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/demo"))
import broker_rig  # noqa: E402

AIOT = pathlib.Path(os.environ.get("AIOT_BUILD", ROOT / "build/host")) / "aiot"
SECONDS = 240  # of simulated vibration; a bearing gets worse in it
PACE = 20  # times as fast as it is


def say(text):
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


def tell(text):
    print(f"   {text}", flush=True)


def check(good, what, found):
    if not good:
        print(f"\nNOT SO: {what}; but: {found}", flush=True)
        sys.exit(1)


class Child:
    """A process whose words are kept; it ends with the story."""

    alive = []

    def __init__(self, folder, name, *command):
        self.words = folder / f"{name}.txt"
        with open(self.words, "a") as out:
            self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=out)
        Child.alive.append(self)

    def wait_for(self, words, seconds=30):
        end = time.monotonic() + seconds
        while words not in self.words.read_text():
            check(time.monotonic() < end, f"it says '{words}'", self.words.read_text())
            time.sleep(0.02)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    @classmethod
    def end_all(cls):
        for child in cls.alive:
            if child.process.poll() is None:
                child.kill()


class Plant:
    """The cast: a CA, a broker, a consumer, two pumps."""

    def __init__(self, folder):
        self.folder = folder
        self.ca = ca = broker_rig.Authority(folder / "pki")
        for server, more in (("broker", ()), ("expired", broker_rig.PAST), ("revoked", ())):
            ca.server(server, *more)
        ca.server("elsewhere", names="DNS:elsewhere.example")
        for file, name in (("consumer", "consumer"), ("pump-7", "pump-7"), ("pump-8", "pump-8"), ("stolen", "pump-7")):
            ca.client(file, name)
        self.crl = ca.revocation_list("revoked-list", "revoked", "stolen")
        self.strange = broker_rig.Authority(folder / "strange", "strange")
        (folder / "keys").mkdir()
        for device in ("pump-7", "pump-8"):
            aiot("keys", "new", folder / f"keys/{device}", "--kind", "device")
        self.archive = folder / "pumps.db"

    def broker(self, name="broker", **more):
        return broker_rig.Broker(self.folder / name, self.ca, **more)

    def device(self, name, identity, store=None, seconds=SECONDS):
        """The command of a device."""
        return (AIOT, "run", "--simulate", "--seconds", seconds, "--store", store or self.folder / f"{name}.store",
                "--device", name, "--device-key", self.folder / f"keys/{name}.key", *identity)

    def identity(self, broker, who):
        return broker_rig.identity(self.ca, who, broker.url)

    def consumer(self, broker):
        child = Child(self.folder, "consumer", AIOT, "consume", self.archive, "--keys", self.folder / "keys",
                      *self.identity(broker, "consumer"))
        child.wait_for(": connected")
        return child

    def held(self, device):
        """The records that the consumer has of a device."""
        done = subprocess.run([AIOT, "records", "decode", "--json", "--device", device, self.archive],
                              capture_output=True, text=True, check=False)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def wait_until_it_has(self, device, count):
        end = time.monotonic() + 60
        while len(self.held(device)) < count:
            check(time.monotonic() < end, f"the consumer has {count} records", len(self.held(device)))
            time.sleep(0.1)
        return len(self.held(device))


def aiot(*arguments, code=0):
    """Runs the command; its output. Ends the story when the exit code is another one."""
    done = subprocess.run([str(part) for part in (AIOT, *arguments)], capture_output=True, text=True, check=False,
                          timeout=120)
    check(done.returncode == code, f"aiot {arguments[0]} exits with {code}",
          f"{done.returncode}: {done.stdout[-500:]}{done.stderr}")
    return done.stdout + done.stderr


def tell_lines(child, broker, about=""):
    """What a process said on standard error."""
    for line in child.words.read_text().splitlines():
        if line.startswith(f"aiot: {about}"):
            tell("  " + without_ports(line, (broker,)))


def without_ports(line, brokers):
    for broker in brokers:
        line = line.replace(f":{broker.port}", "")
    return line


def compare_with_the_store(plant, device):
    same = aiot("records", "compare", plant.archive, plant.folder / f"{device}.store", "--device", device).strip()
    tell(f"The consumer's records beside all that {device} has written to its store: {same}")


def decisions(records):
    """What was decided, in the order of the vibration."""
    decided = [(record["sample"], record["class"], record["confidence"], record["features"], record["flags"],
                record["reasons"]) for record in records if record["kind"] == "decision"]
    return sorted(decided, key=lambda decision: decision[0])


def kill_the_broker(plant, broker):
    say("1. pump-7 delivers, through a broker that keeps nothing and is killed.")
    device = Child(plant.folder, "pump-7", *plant.device("pump-7", plant.identity(broker, "pump-7")), "--pace", PACE)
    count = 0
    for _ in range(2):
        count = plant.wait_until_it_has("pump-7", count + 40)
        if device.process.poll() is not None:
            break  # a slow machine: it has delivered everything since the first kill
        broker.kill()
        tell(f"the consumer has {count} records; kill -9 of the broker")
        time.sleep(0.5)
        check(device.process.poll() in (None, 0), "the device goes on without a broker", device.words.read_text())
        broker.start()
    check(device.process.wait(60) == 0, "the device delivers everything", device.words.read_text())
    tell(device.words.read_text().strip().splitlines()[-1].replace(f":{broker.port}", ""))
    tell_lines(device, broker)
    compare_with_the_store(plant, "pump-7")
    calm = plant.folder / "calm.cbor"
    aiot("run", "--simulate", "--seconds", SECONDS, "--device", "pump-7", "--store", plant.folder / "calm.store",
         "--sink", calm)
    expected = decisions(json.loads(line) for line in aiot("records", "decode", "--json", calm).splitlines())
    check(decisions(plant.held("pump-7")) == expected, "the same decisions as without a broker", len(expected))
    tell(f"The same vibration without a broker, into a file: {len(expected)} decisions, the same one by one")


def kill_the_device(plant, broker):
    say("2. pump-8 is killed, and the broker with it.")
    command = plant.device("pump-8", plant.identity(broker, "pump-8"))
    device = Child(plant.folder, "pump-8", *command, "--pace", PACE)
    count = plant.wait_until_it_has("pump-8", 40)
    device.kill()
    broker.kill()
    tell(f"the consumer has {count} records; kill -9 of both")
    broker.start()
    tell("the device starts again with its store: " +
         aiot(*command[1:]).strip().splitlines()[-1].replace(f":{broker.port}", ""))
    records = plant.held("pump-8")
    contexts = [record["boot"] for record in records if record["kind"] == "context"]
    check(contexts == [1, 2], "two boots of the device", contexts)
    compare_with_the_store(plant, "pump-8")


def look_at_the_archive(plant):
    say("3. The consumer's archive: every record once, no sequence number missing.")
    for device in ("pump-7", "pump-8"):
        sequences = {}
        for record in plant.held(device):
            check(record["kind"] not in ("gap", "missing"), "no gaps", record)
            sequences.setdefault(record["stream"], []).append(record["sequence"])
        for stream, numbers in sequences.items():
            check(numbers == list(range(len(numbers))), f"{device} {stream}: each once, none missing", numbers)
        tell(f"{device}: " + ", ".join(f"{len(numbers)} {stream}" for stream, numbers in sequences.items()))
    print("".join(f"   {line}\n" for line in
                  aiot("records", "decode", plant.archive, "--device", "pump-8").splitlines()[:3]), end="")


def refuse(plant, broker):
    say("4. Who is not trusted does not get in, and is told why. The records stay in the store.")
    servers = {name: plant.broker(name, server=name) for name in ("expired", "elsewhere", "revoked")}
    strict = plant.broker("strict", revoked=plant.crl)
    trust = ("--broker", broker.url, "--ca", plant.ca.certificate)
    pair = ("--cert", plant.ca.path("pump-7"), "--key", plant.ca.path("pump-7", "key"))
    cases = [
        ("a broker of another CA", ("--broker", broker.url, "--ca", plant.strange.certificate, *pair),
         "of a CA that is not trusted here"),
        ("a broker whose certificate has expired", plant.identity(servers["expired"], "pump-7"), "has expired on"),
        ("a broker with the certificate of another host", plant.identity(servers["elsewhere"], "pump-7"),
         "not for 'localhost' but for elsewhere.example"),
        ("a broker whose certificate is on the CRL", (*plant.identity(servers["revoked"], "pump-7"), "--crl", plant.crl),
         "is revoked by the CRL"),
        ("a device without a certificate", trust, "asks for a client certificate"),
        ("a device whose certificate is on the broker's CRL", plant.identity(strict, "stolen"),
         "client certificate is revoked"),
        ("a device that speaks for another", plant.identity(broker, "pump-8"), "not authorised"),
    ]

    def attempt(number, identity):
        command = plant.device("pump-7", identity, store=plant.folder / f"refused{number}.store", seconds=5)
        return subprocess.run([str(part) for part in (*command, "--patience", "2")], capture_output=True, text=True,
                              check=False, timeout=60)

    brokers = (*servers.values(), strict)
    for each in brokers:
        each.start()
    before = plant.held("pump-7")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        done = list(pool.map(attempt, range(len(cases)), (case[1] for case in cases)))
    for (what, _, words), result in zip(cases, done):
        lines = [line for line in result.stderr.splitlines() if words in line]
        check(result.returncode == 1 and lines, f"{what} is refused: '{words}'", result.stdout[-300:] + result.stderr)
        check("stays in the store" in result.stderr, f"{what}: nothing is lost", result.stderr)
        tell(f"{what}:")
        tell("  " + without_ports(lines[0], (broker, *brokers)))
    check(plant.held("pump-7") == before, "the consumer has got nothing of that", len(plant.held("pump-7")))
    for each in brokers:
        each.kill()


def tamper(plant, broker, consumer):
    say("5. The broker is not trusted either: what it changes or repeats is found.")
    listener = broker_rig.Client(plant.ca, "consumer", broker.port, "listener")
    listener.subscribe("aiot/+/batch")
    aiot(*plant.device("pump-7", plant.identity(broker, "pump-7"), seconds=25)[1:])
    topic, batch = listener.message()
    while listener.pending():
        listener.message()
    aiot(*plant.device("pump-7", plant.identity(broker, "pump-7"), seconds=26)[1:])
    before = plant.held("pump-7")
    forger = broker_rig.Client(plant.ca, "pump-7", broker.port, "forger")
    forger.publish(topic, batch[:60] + bytes([batch[60] ^ 1]) + batch[61:])
    consumer.wait_for("not taken: look who may publish there")
    forger.publish(topic, batch)
    consumer.wait_for("an old batch came again")
    check(plant.held("pump-7") == before, "nothing of it was taken", len(plant.held("pump-7")))
    tell("the consumer says:")
    tell_lines(consumer, broker, "pump-7")


def main():
    broker_rig.find_mosquitto()
    if not AIOT.exists():
        print(f"skipped: there is no {AIOT}; ./dev build makes it")
        sys.exit(broker_rig.SKIPPED)
    begin = time.monotonic()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="aiot_broker_"))
    try:
        plant = Plant(folder)
        with plant.broker() as broker:
            consumer = plant.consumer(broker)
            kill_the_broker(plant, broker)
            kill_the_device(plant, broker)
            look_at_the_archive(plant)
            refuse(plant, broker)
            tamper(plant, broker, consumer)
            consumer.process.terminate()
            check(consumer.process.wait(20) == 1, "the consumer says that something was not taken",
                  consumer.words.read_text())
        say("6. What the consumer says of the broker, and what it has in the end.")
        tell_lines(consumer, broker, "localhost")
        for line in consumer.words.read_text().splitlines():
            if not line.startswith("aiot: "):
                tell(line)
        print(f"\nAll of it took {time.monotonic() - begin:.0f} s.")
    finally:
        Child.end_all()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
