#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""A device in the field gets new firmware and a new model: update.py BOARD

Real images over the UART of an emulated board, which loses its power in the middle of a download and in
the middle of an installation; bad images of every kind; and the audit log that tells it all. Every step
is checked, so this is a test as well (exit code 77, skipped, without the command of the host's build).
"""

import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ports/baremetal"))
from emulated_board import HEADER_BYTES, SLOT_BYTES, Board, check, slot_address  # noqa: E402

AIOT = ROOT / "build/host/aiot"
KEY = ROOT / "ports/baremetal/boot/keys/DEVELOPMENT-ONLY.pem"
MACHINE = ROOT / "models/machine.aipk"
PRODUCT = "aiot-node"
DEVICE_KEY = "5a" * 32  # examples/update_node/device_key.hpp
HASH_OFFSET, PACKAGE_HEADER = 32, 64  # SPEC, model package
SKIPPED = 77


def say(text):
    print(f"\n\033[1m{text}\033[0m", flush=True)


def tell(text):
    print(f"   {text}", flush=True)


def aiot(*arguments, code=0):
    """Runs the command; its output. Ends the story when the exit code is another one."""
    done = subprocess.run([AIOT, *map(str, arguments)], capture_output=True, text=True, check=False)
    check(done.returncode == code, f"aiot {' '.join(map(str, arguments))} exits with {code}",
          f"{done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


class Factory:
    """Makes images as a vendor does."""

    def __init__(self, board, folder):
        self.board, self.folder = board, folder
        self.binaries = ROOT / f"build/arm-{board.removeprefix('qemu_')}/examples/update_node"
        aiot("keys", "new", folder / "stranger")
        self.stranger = folder / "stranger.pem"

    def firmware(self, version, slot, hangs=False, key=KEY, product=PRODUCT):
        """A firmware for slot 0 or 1; the file."""
        binary = self.binaries / f"update_node{'_hangs' if hangs else ''}_{'ab'[slot]}.bin"
        out = self.folder / f"node-{version}-{'AB'[slot]}.img"
        aiot("image", "sign", binary, "-o", out, "--key", key, "--version", version, "--product", product,
             "--header-size", HEADER_BYTES, "--load-address", hex(slot_address(self.board, slot)))
        return out

    def model(self, version, package, *more):
        out = self.folder / f"model-{version}.img"
        aiot("image", "sign", package, "-o", out, "--key", KEY, "--type", "model", "--version", version,
             "--product", PRODUCT, *more)
        return out

    def package_that_lies(self):
        """A package whose network does not give what its golden window states."""
        golden = json.loads(aiot("model", "inspect", MACHINE, "--json"))["network"]["golden"]
        stated = bytes.fromhex(golden["output"])
        package = bytearray(MACHINE.read_bytes())
        at = package.find(len(stated).to_bytes(4, "little") + stated) + 4
        package[at] ^= 1
        package[HASH_OFFSET:PACKAGE_HEADER] = hashlib.sha256(
            package[:HASH_OFFSET] + package[PACKAGE_HEADER:]).digest()
        out = self.folder / "lies.aipk"
        out.write_bytes(package)
        return out


def with_bit(image, what, at):
    """A copy of an image with one bit changed."""
    out = image.with_name(f"{image.stem}-{what}.img")
    data = bytearray(image.read_bytes())
    data[at] ^= 1
    out.write_bytes(data)
    return out


class Device(Board):
    def send(self, image, code=0):
        """`aiot image send` to the device; what it says."""
        answer = aiot("image", "send", image, "--socket", self.uart, code=code).strip()
        tell(f"aiot image send {image.name}: {answer.splitlines()[-1].removeprefix(f'aiot: {self.uart}: ')}"
             .replace(f"{image}: ", ""))
        return answer

    def send_and_lose_power(self, image, slot, offset):
        """Sends, and kills the board as soon as the bytes at `offset` of the image are in flash."""
        sender = subprocess.Popen([AIOT, "image", "send", image, "--socket", self.uart],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        written = image.read_bytes()[offset:offset + 16]
        end = time.monotonic() + 60
        while self.peek(slot, offset, len(written)) != written:
            check(time.monotonic() < end and sender.poll() is None, "the download goes on", sender.poll())
            time.sleep(0.001)
        self.kill()
        sender.wait()

    def runs(self, version, slot, how=""):
        """Waits until the boot loader starts that firmware."""
        self.expect(rf"{how}slot {slot} version {re.escape(version)}\+0")
        self.expect(rf"node: firmware {re.escape(version)} in slot {slot}")
        tell(f"the device runs firmware {version} from slot {slot}")

    def story(self):
        """The audit log, an entry each."""
        lines = aiot("records", "audit", self.flash, "--json").splitlines()
        return [entry for entry in map(json.loads, lines) if "what" in entry]


def install_in_spite_of_power_cuts(device, factory):
    image = factory.firmware("1.1.0", 1)
    size = image.stat().st_size
    say(f"2. Firmware 1.1.0, {size} bytes, for slot B. Twice the power fails: in the middle of the download, and")
    tell("when the last byte is in flash and the device verifies the image.")
    for offset in (size // 2, size - 16):
        with device:
            device.runs("1.0.0", "A", "power-on; ")
            device.send_and_lose_power(image, 1, offset)
            tell(f"power lost behind byte {offset}")
    with device:
        device.expect("node: firmware")
        answer = device.send(image)
        resumed = int(re.search(r"from byte (\d+) on", answer)[1])
        check(size // 2 < resumed, "the transfer goes on where the flash has everything", answer)
        device.runs("1.1.0", "B", "software reset; ")
        device.expect("node: firmware on trial\n")
        device.expect("node: firmware confirmed\n")
        tell("20 windows and an acknowledged batch later it is confirmed")


def refuse_what_is_not_good(device, factory):
    say("3. What the device does not take. Nothing is erased for an offer that is refused.")
    good = factory.firmware("1.3.0", 0)
    damaged = with_bit(good, "damaged", HEADER_BYTES + 1000)
    wrong_signature = with_bit(good, "wrong-signature", -1)  # which is what an image ends with
    before = device.peek(0, 0, SLOT_BYTES)
    with device:
        device.runs("1.1.0", "B", "power-on; ")
        for image in (wrong_signature, factory.firmware("1.3.1", 0, key=factory.stranger), factory.firmware("1.0.9", 0),
                      factory.firmware("1.3.2", 1), factory.firmware("1.3.3", 0, product="other-node"),
                      factory.model("2.0.0", MACHINE, "--dependency", "firmware:9.0.0")):
            device.send(image, code=1)
        check(device.peek(0, 0, SLOT_BYTES) == before, "slot A is as it was", "other bytes")
        device.send(damaged, code=1)
        tell("(that one had a good offer: only the bytes that came show the damage)")


def return_what_hangs(device, factory):
    say("4. Firmware 1.2.0 is signed and good by all that can be checked before it runs. It hangs.")
    with device:
        device.runs("1.1.0", "B", "power-on; ")
        device.send(factory.firmware("1.2.0", 0, hangs=True))
        device.runs("1.2.0", "A", "software reset; ")
        device.expect("node: firmware on trial\n")
        device.expect("watchdog reset; slot A returned: watchdog")
        tell("the watchdog resets the board, and the boot loader returns the trial")
        device.runs("1.1.0", "B")


def change_models(device, factory):
    say("5. Models change without a reset. The second one does not give what its golden window states.")
    with device:
        device.runs("1.1.0", "B", "power-on; ")
        device.send(factory.model("1.1.0", MACHINE))
        device.expect("node: model on trial\n")
        device.expect("node: model confirmed\n")
        tell("model 1.1.0 is confirmed")
        device.send(factory.model("1.2.0", factory.package_that_lies()))
        device.expect("node: model returned: golden window")
        tell("model 1.2.0 is returned before its first decision; 1.1.0 goes on")
        time.sleep(3)  # decisions go on, and the log is sealed


def read_the_log(device, folder):
    say("6. The audit log in the device's flash tells it all.")
    print(aiot("records", "audit", device.flash), end="", flush=True)
    story = [(entry["what"], entry.get("version"), entry.get("result")) for entry in device.story()]
    told = [line for line in story if line[0] in ("trial", "confirm", "return")]
    check([line[:2] for line in told] == [
        ("trial", "1.1.0"), ("confirm", "1.1.0"), ("trial", "1.2.0"), ("return", "1.2.0"), ("trial", "1.1.0"),
        ("confirm", "1.1.0"), ("trial", "1.2.0"), ("return", "1.2.0")], "trials, confirmations and returns", told)
    key = folder / "device.key"
    key.write_text(DEVICE_KEY)
    key.chmod(0o600)
    tell(aiot("records", "verify", device.flash, "--device-key", key).strip().splitlines()[-1])
    forged = folder / "forged.bin"
    data = bytearray(device.flash.read_bytes())
    at = data.find(bytes.fromhex(device.story()[0]["id"])[:6], 0xD8000)
    data[at] ^= 1
    forged.write_bytes(data)
    tell("One bit of it changed: " +
         aiot("records", "verify", forged, "--device-key", key, code=1).strip().splitlines()[-1])


def look_at_the_records(folder):
    say("7. Every decision says which firmware and which model made it.")
    records = [json.loads(line) for line in
               aiot("records", "decode", folder / "records.cbor", "--json").splitlines()]
    contexts = {record["id"]: record for record in records if record["kind"] == "context"}
    decisions = [record for record in records if record["kind"] == "decision"]
    check(all(decision["context"] in contexts for decision in decisions), "every decision has a context",
          len(decisions))
    sequences = {}
    for record in records:
        sequences.setdefault(record["stream"], set()).add(record["sequence"])
    holes = sum(max(numbers) + 1 - len(numbers) for numbers in sequences.values())
    check(holes == 0, "no record is missing", holes)
    made_by = {}
    for decision in decisions:
        context = contexts[decision["context"]]
        made_by.setdefault((context["firmware"]["version"], context["firmware"]["hash"][:12],
                            context["package"]["hash"][:12]), set()).add((decision["stream"], decision["sequence"]))
    for (version, firmware, package), made in made_by.items():
        tell(f"{len(made):4} decisions by firmware {version} ({firmware}) with package {package}")
    check({key[0] for key in made_by} == {"1.0.0", "1.1.0", "1.2.0"}, "three firmwares decided", made_by.keys())
    lies = hashlib.sha256((folder / "lies.aipk").read_bytes()).hexdigest()
    check(all(lies[:12] != key[2] for key in made_by), "the package that lies decided nothing", made_by.keys())
    tell("No sequence number is missing, through power cuts, resets and a watchdog.")


def main():
    board = sys.argv[1] if len(sys.argv) > 1 else "qemu_m4"
    if not AIOT.exists():
        print(f"skipped: there is no {AIOT}; ./dev build makes it")
        sys.exit(SKIPPED)
    boot = ROOT / f"build/arm-{board.removeprefix('qemu_')}/ports/baremetal/boot/boot.elf"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        factory = Factory(board, folder)
        device = Device(board, boot, folder, ["records=records.cbor"])
        say("1. A new device: boot loader, firmware 1.0.0 in slot A, a model that is built in.")
        device.erase()
        device.put(0, factory.firmware("1.0.0", 0).read_bytes())
        install_in_spite_of_power_cuts(device, factory)
        refuse_what_is_not_good(device, factory)
        return_what_hangs(device, factory)
        change_models(device, factory)
        read_the_log(device, folder)
        look_at_the_records(folder)


if __name__ == "__main__":
    main()
