# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""aiot command against aiot run over a real broker: what is carried out, what is refused and why.

    command_broker.py AIOT

Ends with 77 where mosquitto is not installed.
"""

import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "demo"))
import broker_rig  # noqa: E402

DEVICE = "pump-7"


def check(holds, *words):
    if not holds:
        raise AssertionError(" ".join(str(word) for word in words))


class World:

    def __init__(self, aiot, folder):
        self.aiot, self.folder = aiot, pathlib.Path(folder)
        self.ca = broker_rig.Authority(self.folder / "ca")
        self.ca.server("broker")
        for name in (DEVICE, "consumer", "operator", "stranger"):
            self.ca.client(name, name)
        self.broker = broker_rig.Broker(self.folder / "broker", self.ca)
        (self.folder / "keys").mkdir()
        self.device_key = broker_rig.device_key(self.folder / "keys" / f"{DEVICE}.key")
        for name in ("op", "thief"):
            subprocess.run([aiot, "keys", "new", self.folder / name], check=True, stdout=subprocess.DEVNULL)
        self.children = []

    def start(self, *arguments):
        child = subprocess.Popen([self.aiot, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, text=True)
        self.children.append(child)
        return child

    def device(self):
        return self.start("run", "--simulate", "--seconds", "3600", "--pace", "20", "--patience", "3", "--store", self.folder / "store",
                          "--device", DEVICE, "--device-key", self.device_key, "--operator-key",
                          self.folder / "op.pub.pem", *broker_rig.identity(self.ca, DEVICE, self.broker.url))

    def consumer(self):
        return self.start("consume", self.folder / "archive.db", "--keys", self.folder / "keys",
                          *broker_rig.identity(self.ca, "consumer", self.broker.url))

    def command(self, verb, *more, key="op", who="operator", timeout=60):
        done = subprocess.run([
            self.aiot, "command", verb, *more, "--device", DEVICE, "--operator-key", self.folder / f"{key}.pem",
            "--device-key", self.device_key, "--timeout", str(timeout), "--json",
            *broker_rig.identity(self.ca, who, self.broker.url)
        ], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        check(done.stderr.count("\n") == (0 if done.returncode == 0 else 1), "one clear line:", done.stderr)
        answer = json.loads(done.stdout) if done.stdout else {}
        check(not answer or answer["done"] == (done.returncode == 0), answer)
        return done.returncode, answer, done.stderr

    def done(self, verb, *more, **options):
        code, answer, err = self.command(verb, *more, **options)
        check(code == 0 and answer["result"] == 0, verb, "is carried out:", answer, err)
        return answer

    def refused(self, words, verb, *more, **options):
        code, answer, err = self.command(verb, *more, **options)
        check(code == 1 and words in err, verb, "is refused with", repr(words), answer, err)

    def end(self):
        for child in self.children:
            child.terminate()
        for child in self.children:
            try:
                child.wait(timeout=30)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.broker.kill()


def policies(world):
    """The policies that the contexts in the archive name."""
    shown = subprocess.run([world.aiot, "records", "decode", world.folder / "archive.db", "--json"], check=True,
                           capture_output=True, text=True).stdout
    lines = [json.loads(line) for line in shown.splitlines()]
    return {line["policy_hash"] for line in lines if line.get("kind") == "context"}


def story(world):
    world.broker.start()
    device = world.device()
    world.refused("consumer", "request-context", timeout=12)
    world.consumer()
    first = world.done("request-context")
    check(first["counter"] > 1_600_000_000_000, "the counter is the time:", first)

    world.refused("has not answered", "request-context", key="thief", timeout=6)
    world.refused("not authorised", "request-context", who="stranger", timeout=20)
    world.refused("--counter", "request-context", "--counter", "5")
    world.refused("takes no images", "offer-image", image(world))
    world.done("commission", "20")

    before = policies(world)
    world.done("set-policy", "--heartbeat", "7", "--abnormal", "0", "--changes", "none")
    end = time.monotonic() + 60
    while policies(world) == before:
        check(time.monotonic() < end, "a context names the new policy:", before)
        time.sleep(0.2)

    # The device stands still and the broker is killed while the answer is waited for: it is said again.
    device.send_signal(signal.SIGSTOP)
    answers = []
    waits = threading.Thread(target=lambda: answers.append(world.command("request-context", timeout=90)))
    waits.start()
    time.sleep(3)
    world.broker.kill()
    world.broker.start()
    device.send_signal(signal.SIGCONT)
    waits.join()
    check(answers and answers[0][0] == 0, "a command outlives the broker:", answers)

    device.terminate()
    device.wait(timeout=30)
    again = world.device()
    world.done("request-context", timeout=90)
    world.done("set-policy", "--package")
    check(again.poll() is None, "the device runs")
    again.terminate()
    again.wait(timeout=30)
    audited(world)


def audited(world):
    """What was carried out and what was refused is in the sealed log of the store."""
    shown = subprocess.run([world.aiot, "records", "audit", world.folder / "store", "--json"], check=True,
                           capture_output=True, text=True).stdout
    told = [line.get("what") for line in map(json.loads, shown.splitlines())]
    check(told.count("command") >= 5, "commands are in the audit log:", shown)
    check(told.count("refused command") >= 1, "and refused ones:", shown)
    verified = subprocess.run([world.aiot, "records", "verify", world.folder / "store", "--device-key",
                               world.device_key], capture_output=True, text=True, check=False)
    check(verified.returncode == 0, "the log is sealed:", verified.stdout, verified.stderr)


def image(world):
    path = world.folder / "app.img"
    if not path.exists():
        (world.folder / "app.bin").write_bytes(bytes(range(256)) * 40)
        subprocess.run([
            world.aiot, "image", "sign", world.folder / "app.bin", "-o", path, "--key", world.folder / "op.pem",
            "--version", "1.2.3"
        ], check=True, stdout=subprocess.DEVNULL)
    return path


def main():
    broker_rig.find_mosquitto()
    with tempfile.TemporaryDirectory() as folder:
        world = World(sys.argv[1], folder)
        try:
            story(world)
        finally:
            world.end()
    print("commands over a broker: good")


if __name__ == "__main__":
    main()
