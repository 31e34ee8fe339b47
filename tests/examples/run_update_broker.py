#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Images for a gateway over a broker: examples/update listens, aiot command offers and sends.

  run_update_broker.py EXAMPLE AIOT

A download in which everything is killed, the gateway several times, ends with the image that runs, and moves
little more than its bytes. What no command offers, a replayed command and a forged one are refused and in the
audit log. AIOT_SEED is the seed of the moments. Ends with 77 where mosquitto is not installed.
"""

import os
import pathlib
import random
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "demo"))
import broker_rig  # noqa: E402

EXAMPLE, AIOT = sys.argv[1:]
DEVICE = "gw-1"
PADDING = 1_000_000
SECTOR = 64 << 10  # progress of a download is durable at the end of each
PATIENCE = 60

# Somebody who sees the commands go by, and may say them again.
ACCESS = broker_rig.ACCESS + """
user thief
topic readwrite {prefix}/+/command
"""


def check(condition, what, seen):
    if not condition:
        sys.exit(f"not so: {what}; seen:\n{seen}")


def run(*command, status=0):
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=300, check=False)
    if status is not None and done.returncode != status:
        sys.exit(f"{command}: exit code {done.returncode}, not {status}\n{done.stdout}{done.stderr}")
    return done


def wait_for(what, holds, seen=lambda: ""):
    end = time.monotonic() + PATIENCE
    while not holds():
        check(time.monotonic() < end, what, seen())
        time.sleep(0.005)


class Relay:
    """The wire between the gateway and the broker. Counts what reaches the gateway, TLS included."""

    def __init__(self, port):
        self.to_gateway, self.broker = 0, port
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            threading.Thread(target=self._serve, args=(self.server.accept()[0],), daemon=True).start()

    def _serve(self, gateway):
        with gateway:
            try:
                with socket.create_connection(("127.0.0.1", self.broker)) as broker:
                    for side in (gateway, broker):
                        side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    while True:
                        for side in select.select([gateway, broker], [], [])[0]:
                            data = side.recv(65536)
                            if not data:
                                return
                            self.to_gateway += len(data) if side is broker else 0
                            (gateway if side is broker else broker).sendall(data)
            except OSError:
                return  # one of them was killed, or is not there


class Child:
    """A process whose lines are read as they come."""

    def __init__(self, *command):
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def text(self):
        return "\n".join(self.lines)

    def says(self, words, count=1):
        wait_for(f"it says '{words}'", lambda: self.text().count(words) >= count, self.text)

    def end(self, how):
        """Its exit code."""
        self.process.send_signal(how)
        code = self.process.wait(timeout=PATIENCE)
        self.reader.join(timeout=PATIENCE)
        return code


class World:

    def __init__(self, folder):
        self.folder = folder
        self.ca = broker_rig.Authority(folder / "ca")
        self.ca.server("broker")
        for name in (DEVICE, "operator", "thief"):
            self.ca.client(name, name)
        self.broker = broker_rig.Broker(folder / "broker", self.ca, access=ACCESS, more="set_tcp_nodelay true\n")
        self.relay = Relay(self.broker.port)
        for key in ("fleet", "stranger", "op", "forger"):
            run(AIOT, "keys", "new", folder / key)
        self.path = folder / "gateway"
        run(EXAMPLE, "create", self.path, folder / "fleet.pub.pem")
        self.children = []

    def image(self, version, key="fleet", padding=0):
        script = self.folder / "app.sh"
        script.write_bytes(f'#!/bin/sh\necho "app {version} runs"\n"{EXAMPLE}" confirm "$1"\nexit\n#'.encode() +
                           os.urandom(padding))
        path = self.folder / f"{version}-{key}.img"
        run(AIOT, "image", "sign", script, "-o", path, "--key", self.folder / f"{key}.pem", "--version", version,
            "--product", "gateway")
        return path

    def verb(self, verb, *words, status=0):
        return run(EXAMPLE, verb, self.path, *words, status=status).stdout

    def child(self, *command):
        self.children.append(Child(*command))
        return self.children[-1]

    def listen_words(self, *more, path=None, device=DEVICE):
        return (EXAMPLE, "listen", path or self.path, f"mqtts://localhost:{self.relay.port}", self.ca.certificate,
                self.ca.path(DEVICE), self.ca.path(DEVICE, "key"), device, self.folder / "op.pub.pem", *more)

    def listen(self):
        child = self.child(*self.listen_words("2"))  # the clock of a test machine may be nobody's
        child.says("connected to")
        return child

    def command_words(self, verb, *more, key="op", timeout=60):
        return (AIOT, "command", verb, *more, "--device", DEVICE, "--operator-key", self.folder / f"{key}.pem",
                "--device-key", self.path / "device.key", "--timeout", timeout,
                *broker_rig.identity(self.ca, "operator", self.broker.url))

    def command(self, verb, *more, status=0, **options):
        done = run(*self.command_words(verb, *more, **options), status=status)
        return done.stdout + done.stderr

    def client(self, who):
        return broker_rig.Client(self.ca, who, self.broker.port)

    def logged(self, words, count=1):
        text = self.verb("log")
        check(text.count(words) >= count and "nothing was changed" in text, f"the log says '{words}'", text)

    def sends_without_a_command(self, image):
        """Somebody with the operator's certificate sends an image: what the gateway says."""
        path = self.folder / "wire.sock"
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
            server.listen(1)
            sender = self.child(AIOT, "image", "send", image, "--socket", path)
            with server.accept()[0] as wire:
                client = self.client("operator")
                client.subscribe(f"aiot/{DEVICE}/image/out")
                while sender.process.poll() is None:
                    if select.select([wire], [], [], 0.01)[0]:
                        client.send(f"aiot/{DEVICE}/image/in", wire.recv(512))
                    while client.pending(0.01):
                        wire.sendall(client.message()[1])
        check(sender.end(0) == 1, "the gateway does not take it", sender.text())
        return sender.text()

    def end(self):
        for child in self.children:
            if child.process.poll() is None:
                child.end(signal.SIGKILL)
        self.broker.kill()


def wanted(listener):
    return [int(at) for at in re.findall(r"is wanted from byte (\d+) on", listener.text())]


def written(listener):
    """Bytes that are durable, as far as it has said."""
    return max([0] + wanted(listener) + [int(at) for at in re.findall(r"^(\d+) of", listener.text(), re.M)])


def check_download(world, dice):
    """Everything is killed in the middle; returns the message of the first command."""
    image = world.image("2.0.0", padding=PADDING)
    size = image.stat().st_size
    ear = world.client("thief")
    ear.subscribe(f"aiot/{DEVICE}/command")
    listener = world.listen()
    before, begin = world.relay.to_gateway, time.monotonic()
    sender = world.child(*world.command_words("offer-image", image))
    message = ear.message()[1]
    breaks = 0

    def goes_on(at):
        """It goes on at `at` or behind, and writes more than that."""
        wait_for(f"goes on behind {at}", lambda: written(listener) > at, listener.text)
        check(min(wanted(listener)[-1:], default=-1) >= 0, "the image is wanted", listener.text())

    # The gateway is killed, three times.
    for _ in range(3):
        goes_on(written(listener) + SECTOR)
        time.sleep(dice.random() * 0.2)
        check(listener.end(signal.SIGKILL) == -signal.SIGKILL, "it is killed", listener.text())
        durable = written(listener)
        breaks += 1
        listener = world.listen()
        goes_on(durable)
        check(wanted(listener)[0] >= durable, f"it goes on at {durable} or behind", listener.text())

    # The broker is killed: nothing of the gateway's is lost, whatever was on the way.
    time.sleep(dice.random() * 0.2)
    world.broker.kill()
    breaks += 1
    at = written(listener)
    world.broker.start()
    goes_on(at)
    check(len(wanted(listener)) == 1, "the same download goes on", listener.text())

    # The operator's tool is killed and started again, with another command.
    sender.end(signal.SIGKILL)
    breaks += 1
    at = written(listener)
    sender = world.child(*world.command_words("offer-image", image))
    goes_on(at)

    # The store is for others, too: the app of the gateway is started meanwhile.
    at = written(listener)
    check("app 1.0.0 runs" in world.verb("start", status=1), "the app can be started", "")
    breaks += 1
    check("nothing was changed" in world.verb("log"), "the log can be looked at", "")
    breaks += 1
    check(sender.process.poll() is None, "that was in the middle", sender.text())
    goes_on(at)

    check(sender.process.wait(timeout=PATIENCE) == 0, "the operator is told that it is done", sender.text())
    listener.says("installed; it is tried at the next start")
    moved, seconds = world.relay.to_gateway - before, time.monotonic() - begin
    # At most what is not durable goes over the wire again, and a connection costs a handshake.
    check(moved <= 1.2 * size + breaks * (SECTOR + (16 << 10)), "little is sent twice", moved)
    text = world.verb("start")
    check("app 2.0.0 runs" in text and "is confirmed" in text, "the image runs, and stays", text)
    world.logged("command: offer-image", 2)
    world.logged("install 2.0.0 slot B")
    check("nothing was changed" in world.verb("log"), "the log is good", "")
    print(f"{size} bytes of image, {moved} to the gateway in {seconds:.1f} s, {breaks} interruptions", flush=True)
    return listener, message


def check_refusals(world, listener, message):
    state = world.verb("start", status=1)
    check("app 2.0.0 runs" in state, "the image is confirmed", state)
    other = world.image("3.0.0", padding=50_000)

    text = world.sends_without_a_command(other)
    check("no image was offered" in text, "what no command names is refused", text)
    world.logged("verdict 3.0.0: no image was offered")

    # Another image than the one of the command, of the same size and as well signed.
    twin = world.image("3.0.1", padding=50_000)
    while twin.stat().st_size != other.stat().st_size:  # signatures differ by a byte or two
        twin = world.image("3.0.1", padding=50_000)
    count = listener.text().count("command: offer-image")
    sender = world.child(*world.command_words("offer-image", other))
    listener.says("command: offer-image", count + 1)
    sender.end(signal.SIGKILL)
    text = world.sends_without_a_command(twin)
    check("another image arrived" in text, "the other one is refused", text)
    world.logged("verdict 3.0.1 slot A: another image arrived than was offered")

    thief = world.client("thief")
    count = listener.text().count("refused command")
    thief.publish(f"aiot/{DEVICE}/command", message)
    listener.says("refused command: ", count + 1)
    world.logged("refused command: replayed: its counter is not above that of a command before")

    text = world.command("offer-image", other, key="forger", timeout=3, status=1)
    check("has not answered" in text, "a forged command is not answered", text)
    world.logged("refused command: the signature does not match")

    text = world.command("request-context", status=1)
    check("could not do it: unsupported" in text, "a gateway has no context, and says so", text)
    text = world.command("offer-image", world.image("4.0.0", key="stranger"), status=1)
    check("not trusted" in text, "the operator's word does not make an image trusted", text)
    world.logged("key that is not trusted")

    state = world.verb("start", status=1)
    check("app 2.0.0 runs" in state and "on trial" not in state, "nothing of that is installed", state)

    # The operator's image still comes, and is there after another start of all.
    check(listener.end(signal.SIGTERM) == 0, "SIGTERM ends it well", listener.text())
    listener = world.listen()
    text = run(*world.listen_words("2"), status=1).stderr
    check("another process listens" in text, "there is one listener", text)
    text = world.command("offer-image", other)
    check("verified and installed" in text, "the operator's image comes", text)
    state = world.verb("start")
    check("app 3.0.0 runs" in state, "and runs", state)
    run(AIOT, "records", "verify", world.path / "store", "--device-key", world.path / "device.key")
    return listener


def check_clock(world, listener):
    """Without a word on the clock the kernel's counts: commands are carried out, or it says why not."""
    listener.end(signal.SIGTERM)
    listener = world.child(*world.listen_words())
    listener.says("connected to")
    text = world.command("request-context", timeout=3, status=1)
    synchronised = "nothing synchronises the clock" not in listener.text()
    words = "could not do it: unsupported" if synchronised else "does not know the time"
    check(words in text, f"the answer to a command says '{words}'", text)
    check(listener.end(signal.SIGTERM) == 0, "SIGTERM ends it well", listener.text())


def check_mistakes(world):
    """What is set up wrongly is told, with what to do."""
    text = run(*world.listen_words(device="gw/2"), status=1).stderr
    check("without /, + and #" in text, "a name is a part of topics", text)

    old = world.folder / "old"
    run("cp", "-a", "--sparse=always", world.path, old)
    layout = old / "store" / "store.txt"
    lines = layout.read_text().splitlines(keepends=True)
    layout.write_text("".join(line for line in lines if not line.startswith("commands_")))
    text = run(*world.listen_words(path=old), status=1).stderr
    check("was made before there were commands" in text, "an old folder takes no commands", text)

    text = run(EXAMPLE, "listen", world.path, "mqtt://localhost", *world.listen_words()[4:], status=1).stderr
    check("over TLS" in text, "there is no listening without TLS", text)


def main():
    broker_rig.find_mosquitto()
    seed = int(os.environ.get("AIOT_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        world = World(pathlib.Path(name))
        try:
            world.broker.start()
            world.verb("offer", world.image("1.0.0"))
            check("is confirmed" in world.verb("start"), "the first image is confirmed", "")
            listener, message = check_download(world, random.Random(seed))
            listener = check_refusals(world, listener, message)
            check_clock(world, listener)
            check_mistakes(world)
        finally:
            world.end()


main()
