#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Runs examples/update: good, bad, hanging and failing firmware, kills in the middle of everything.

  run_update.py EXAMPLE EXAMPLE_THAT_DIES AIOT

Firmware is a shell script here. DIES is the example that kills itself at one of its calls that change files
(dies.cpp): every one of them is tried, before and torn, in an offer, a start, a confirmation and a return.
AIOT_SEED is the seed of the random kills.
"""

import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

EXAMPLE, DIES, AIOT = sys.argv[1:]
HEALTHY = f'"{EXAMPLE}" confirm "$1"'
HANGS = "exec sleep 1000"
FAILS = "exit 3"


def run(*command, status=0, env=None):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60,
                          env={**os.environ, **(env or {})}, check=False)
    if status is not None and done.returncode != status:
        sys.exit(f"{command}: exit code {done.returncode}, not {status}\n{done.stdout}{done.stderr}")
    return done


def check(condition, what, seen):
    if not condition:
        sys.exit(f"not so: {what}; seen:\n{seen}")


class Factory:
    """Makes signed images."""

    def __init__(self, folder):
        self.folder = folder
        for key in ("fleet", "stranger"):
            run(AIOT, "keys", "new", folder / key)

    def make(self, version, does, key="fleet", product="gateway", padding=0):
        script = self.folder / "app.sh"
        script.write_bytes(f'#!/bin/sh\necho "app {version} runs"\n{does}\nexit\n#'.encode() + os.urandom(padding))
        image = self.folder / f"{version}-{key}-{product}.img"
        run(AIOT, "image", "sign", script, "-o", image, "--key", self.folder / f"{key}.pem",
            "--version", version, "--product", product)
        return image


class Gateway:
    def __init__(self, path):
        self.path = path

    def verb(self, verb, *words, status=0, program=EXAMPLE, env=None):
        return run(program, verb, self.path, *words, status=status, env=env)

    def current(self):
        return os.readlink(self.path / "current")

    def install(self, image):
        self.verb("offer", image)
        text = self.verb("start").stdout
        check("is confirmed" in text, "a good image confirms itself", text)

    def runs(self, version, app, status=None):
        """Starts: the app of that version runs, and the link names it. What was printed."""
        text = self.verb("start", status=status).stdout
        check(f"app {version} runs" in text and self.current() == app, f"{app}, version {version}, runs",
              text + self.current())
        return text

    def copy(self, path):
        shutil.rmtree(path, ignore_errors=True)
        run("cp", "-a", "--sparse=always", self.path, path)
        return Gateway(path)


def created(factory, path):
    gateway = Gateway(path)
    run(EXAMPLE, "create", path, factory.folder / "fleet.pub.pem")
    return gateway


def check_story(factory, folder):
    gateway = created(factory, folder / "story")
    check("offer an image" in gateway.verb("start", status=1).stderr, "an empty gateway says what to do", "")
    gateway.install(factory.make("1.0.0", HEALTHY))
    gateway.install(factory.make("2.0.0", HEALTHY))
    check(gateway.current() == "app_b", "the second image is in slot B", gateway.current())

    damaged = folder / "damaged.img"
    image = bytearray(factory.make("3.0.0", HEALTHY, padding=100_000).read_bytes())
    image[70_000] ^= 1
    damaged.write_bytes(image)
    for image, reason in ((factory.make("3.0.0", HEALTHY, key="stranger"), "key that is not trusted"),
                          (factory.make("3.0.0", HEALTHY, product="pump"), "another product"),
                          (factory.make("1.5.0", HEALTHY), "older than the confirmed one"),
                          (damaged, "bytes were changed")):
        text = gateway.verb("offer", image, status=1).stderr
        check(reason in text, f"refused for: {reason}", text)
        gateway.runs("2.0.0", "app_b")
    check("is no image" in gateway.verb("offer", AIOT, status=1).stderr, "a program is no image", "")

    gateway.verb("offer", factory.make("4.0.0", HANGS))
    begin = time.monotonic()
    text = gateway.verb("start", "1", status=128 + signal.SIGKILL).stdout
    check("slot A returned: version 4.0.0, not healthy in time" in text and time.monotonic() - begin < 30,
          "one that hangs is returned", text)
    gateway.runs("2.0.0", "app_b")

    gateway.verb("offer", factory.make("5.0.0", FAILS))
    text = gateway.verb("offer", factory.make("6.0.0", HEALTHY), status=1).stderr
    check("trial is not decided" in text, "nothing is taken before a trial is decided", text)
    for left in (2, 1, 0):
        text = gateway.runs("5.0.0", "app_a", status=3)
        check(f"on trial, tries left: {left}" in text, "a trial has three starts", text)
    text = gateway.runs("2.0.0", "app_b")
    check("slot A returned: version 5.0.0, never confirmed" in text, "one that fails is returned", text)

    gateway.verb("offer", factory.make("6.0.0", "exit"))
    gateway.runs("6.0.0", "app_a")
    text = gateway.verb("return").stdout
    check("slot A returned: version 6.0.0, on request" in text, "one on trial can be returned", text)
    check("nothing is on trial" in gateway.verb("return", status=1).stderr, "only one on trial can be returned", "")
    gateway.runs("2.0.0", "app_b")

    story = gateway.verb("log").stdout
    for line in ("verdict 3.0.0: signed by a key that is not trusted", "trial 4.0.0 slot A",
                 "return 4.0.0 slot A: not healthy in time", "return 5.0.0 slot A: never confirmed",
                 "confirm 2.0.0 slot B", "nothing was changed"):
        check(line in story, f"the log says '{line}'", story)
    run(AIOT, "records", "verify", gateway.path / "store", "--device-key", gateway.path / "device.key")


def check_create_again(factory, folder):
    gateway = created(factory, folder / "again")
    key = (gateway.path / "trusted.pub.pem").read_bytes()
    for name in ("stranger", "fleet"):
        done = run(EXAMPLE, "create", gateway.path, factory.folder / f"{name}.pub.pem", status=1)
        check("is a gateway already, and keeps its key" in done.stderr, "a gateway is not made again", done.stderr)
        check((gateway.path / "trusted.pub.pem").read_bytes() == key, "the key is as it was", name)
    gateway.install(factory.make("1.0.0", HEALTHY))


def check_damaged_log(factory, folder):
    """A log that can not be read is said to be so, and stops neither a start, an update nor a return."""
    gateway = created(factory, folder / "log")
    gateway.install(factory.make("1.0.0", HEALTHY))
    store = gateway.path / "store"
    region = dict(line.split() for line in (store / "store.txt").read_text().splitlines()[1:])
    with open(store / "flash.bin", "r+b") as file:
        file.seek(int(region["audit_offset"]))
        file.write(b"?" * int(region["audit_size"]))

    def told(verb, *words, status=0):
        done = gateway.verb(verb, *words, status=status)
        lines = [line for line in done.stderr.splitlines() if "what runs is not on trial" not in line]
        check(lines and all("the audit log can not be read" in line and str(store) in line for line in lines),
              "the log is told of, and nothing else", done.stderr)
        return done.stdout

    text = told("start", status=1)  # the app confirms itself each time
    check("app 1.0.0 runs" in text and gateway.current() == "app_a", "it starts what is confirmed", text)
    check("installed" in told("offer", factory.make("2.0.0", HEALTHY)), "it takes an image", "")
    text = told("start")
    check("app 2.0.0 runs" in text and "slot B is confirmed" in text, "the image is tried and stays", text)
    told("offer", factory.make("3.0.0", "exit"))
    told("start")
    check("version 3.0.0, on request" in told("return"), "a trial can be returned", "")
    check("app 2.0.0 runs" in told("start", status=1), "it starts what is confirmed", "")
    check(told("log", status=1) == "", "there is no log", "")


def check_repairs(factory, folder):
    gateway = created(factory, folder / "repairs")
    for version in ("1.0.0", "2.0.0"):
        gateway.install(factory.make(version, HEALTHY))
    app, link, slot = (gateway.path / name for name in ("app_b", "current", "slot_b"))
    app.write_text("#!/bin/sh\necho strange\n")
    gateway.runs("2.0.0", "app_b")
    app.unlink()
    gateway.runs("2.0.0", "app_b")
    link.unlink()
    gateway.runs("2.0.0", "app_b")
    link.unlink()
    link.symlink_to("app_a")
    gateway.runs("2.0.0", "app_b")
    link.unlink()
    link.symlink_to("/bin/true")
    check("somebody else has made it" in gateway.verb("start", status=1).stderr, "a strange link is not followed", "")
    link.unlink()

    with open(slot, "r+b") as file:
        file.seek(0x200 + 3)
        file.write(b"?")
    gateway.runs("1.0.0", "app_a")
    gateway.install(factory.make("3.0.0", HEALTHY))
    check(gateway.current() == "app_b", "the damaged slot is the one that is written", gateway.current())


def check_app_goes_with_launcher(factory, folder):
    gateway = created(factory, folder / "launcher")
    gateway.install(factory.make("1.0.0", HEALTHY))
    gateway.verb("offer", factory.make("2.0.0", 'echo $$ > "$1/pid"\n' + HANGS))
    launcher = subprocess.Popen([EXAMPLE, "start", gateway.path], stdout=subprocess.DEVNULL)
    pid = gateway.path / "pid"
    for _ in range(1000):
        if pid.exists() and pid.read_text().endswith("\n"):
            break
        time.sleep(0.01)
    launcher.kill()
    launcher.wait()
    app = pathlib.Path("/proc") / pid.read_text().strip() / "stat"
    for _ in range(1000):
        if not app.exists() or app.read_text().split(") ")[-1].startswith("Z"):
            break
        time.sleep(0.01)
    else:
        sys.exit("the app outlives its launcher")
    check("tries left: 1" in gateway.verb("start", "1", status=None).stdout, "a kill costs a try", "")


def check_kills_of_downloads(factory, folder, seed):
    """SIGKILL at random times of a download: the same offer again goes on behind the last line."""
    dice = random.Random(seed)
    gateway = created(factory, folder / "downloads")
    gateway.install(factory.make("1.0.0", HEALTHY))
    image = factory.make("2.0.0", HEALTHY, padding=3_000_000)
    slow = {"DIE_SLOW": "1"}  # or it is over before it can be hit
    begin = time.monotonic()
    gateway.copy(folder / "killed").verb("offer", image, program=DIES, env=slow)
    whole = time.monotonic() - begin
    durable, kills, resumed = 0, 0, 0
    while True:
        offer = subprocess.Popen([DIES, "offer", gateway.path, image], stdout=subprocess.PIPE, text=True,
                                 env={**os.environ, **slow})
        time.sleep(dice.random() * whole / 4 * (1 + kills / 8))  # longer, where starting alone takes so long
        offer.kill()
        lines = offer.communicate()[0].splitlines()
        kills += offer.returncode == -signal.SIGKILL
        if lines and lines[0].startswith("version"):
            wanted = int(re.fullmatch(r"version 2\.0\.0 is wanted from byte (\d+) on, for slot B", lines[0]).group(1))
            check(wanted >= durable, f"goes on at {durable} or behind", wanted)
            resumed += wanted > 0
            durable = max([wanted] + [int(line.split()[0]) for line in lines if line.endswith(" bytes")])
        text = gateway.verb("start", status=None).stdout
        if "app 2.0.0 runs" in text:
            break
        check("app 1.0.0 runs" in text and gateway.current() == "app_a", "what is half there is not started", text)
    gateway.runs("2.0.0", "app_b")
    check(kills >= 2 and resumed >= 1, "it was killed and went on", (kills, resumed))
    check("nothing was changed" in gateway.verb("log").stdout, "the log is good", "")
    print(f"{kills} kills in a download of {image.stat().st_size} bytes, {resumed} went on in it (seed {seed})", flush=True)


def dies_everywhere(name, before, folder, verb, *words, after):
    """Runs a verb on copies of `before`, killed at each of its calls in turn; `after` looks at what is left."""
    points = 0
    for torn in (False, True):
        for at in range(1000):
            gateway = before.copy(folder / "killed")
            env = {"DIE_AT": str(at)} | ({"DIE_TORN": "1"} if torn else {})
            done = gateway.verb(verb, *words, status=None, program=DIES, env=env)
            if done.returncode != -signal.SIGKILL:
                break
            points += 1
            after(gateway)
            log = gateway.verb("log", status=None)
            check(log.returncode == 0 and "nothing was changed" in log.stdout, f"{name} {at}: the log is good",
                  log.stdout + log.stderr)
    check(points >= 10, f"{name}: is killed", points)
    print(f"{points} kills in {name}", flush=True)
    return points


def check_kills_everywhere(factory, folder):
    base = created(factory, folder / "base")
    base.install(factory.make("1.0.0", HEALTHY))
    good = factory.make("2.0.0", HEALTHY, padding=70_000)

    def offered(gateway):
        """The old one, or the new one on trial; in the end the new one, whatever was left."""
        text = gateway.verb("start", status=None).stdout
        check(("app 1.0.0 runs" in text and gateway.current() == "app_a") or
              ("app 2.0.0 runs" in text and "on trial" in text and gateway.current() == "app_b"),
              "old or new runs", text)
        if "app 1.0.0 runs" in text:
            gateway.verb("offer", good)
        gateway.runs("2.0.0", "app_b")

    trial = base.copy(folder / "trial")
    trial.verb("offer", good)

    stale = {"start": 0, "return": 0}  # kills between the boot record and the link

    def started(gateway):
        """At most one try is gone, and the link is made right."""
        stale["start"] += gateway.current() == "app_a" and "trial 2.0.0 slot B" in gateway.verb("log").stdout
        text = gateway.runs("2.0.0", "app_b")
        check(re.search("on trial, tries left: [12]", text) and "is confirmed" in text, "a try at most is gone", text)

    silent = base.copy(folder / "silent")
    silent.verb("offer", factory.make("2.0.0", "exit", padding=5000))
    silent.runs("2.0.0", "app_b")

    def confirmed(gateway):
        """On trial still, or for good."""
        text = gateway.runs("2.0.0", "app_b")
        check("on trial, tries left: 1" in text or "on trial" not in text, "as it was, or confirmed", text)
        story = gateway.verb("log").stdout
        check(story.count("confirm 2.0.0 slot B") == ("on trial" not in text), "what is confirmed is told, once", story)

    failed = base.copy(folder / "failed")
    failed.verb("offer", factory.make("2.0.0", FAILS))
    for _ in range(3):
        failed.runs("2.0.0", "app_b", status=3)

    def returned(gateway):
        """The old one runs, and the log names the reason."""
        stale["return"] += gateway.current() == "app_b" and "return 2.0.0" in gateway.verb("log").stdout
        gateway.runs("1.0.0", "app_a", status=1)
        text = gateway.verb("log").stdout
        check("return 2.0.0 slot B: never confirmed" in text, "the return is told", text)

    points = dies_everywhere("offer", base, folder, "offer", good, after=offered)
    points += dies_everywhere("start", trial, folder, "start", after=started)
    points += dies_everywhere("confirm", silent, folder, "confirm", after=confirmed)
    points += dies_everywhere("return", failed, folder, "start", after=returned)
    check(min(stale.values()) > 0, "some were between the boot record and the link", stale)
    print(f"{points} kills in all, {sum(stale.values())} between boot record and link, each followed by a start of the right firmware", flush=True)


def main():
    seed = int(os.environ.get("AIOT_SEED") or random.SystemRandom().randrange(1 << 32))
    memory = pathlib.Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        folder = pathlib.Path(name)
        factory = Factory(folder)
        check_story(factory, folder)
        check_create_again(factory, folder)
        check_damaged_log(factory, folder)
        check_repairs(factory, folder)
        check_app_goes_with_launcher(factory, folder)
        check_kills_of_downloads(factory, folder, seed)
        check_kills_everywhere(factory, folder)


main()
