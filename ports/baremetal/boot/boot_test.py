#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Test of the boot loader on an emulated board: boot_test.py BOARD BOOT_ELF PROBES

PROBES is the folder with probe_<what>_<slot>.bin (probe.cpp). Images are made here, with openssl for the
signatures (exit code 77, skipped, without it), and sent by a sender of its own, so that both formats are
written down twice. Everything is read from the UART.
"""

import hashlib
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from emulated_board import (BOOT_RECORD, BOOT_RECORD_BYTES, HEADER_BYTES as HEADER, Board, check,  # noqa: E402
                            slot_address)

KEY = HERE / "keys" / "DEVELOPMENT-ONLY.pem"
SKIPPED = 77


class Images:
    """Signed images of the probes for a board."""

    def __init__(self, board, probes, folder):
        self.board, self.probes, self.folder = board, pathlib.Path(probes), pathlib.Path(folder)
        self.other = self.folder / "other.pem"
        subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.other],
                       check=True, stderr=subprocess.DEVNULL)

    def make(self, what, slot, version, key=KEY, product=b"aiot-node", linked_for=None, flags=0x100, counter=None):
        """`linked_for`: the other slot, as a mistake of the one who signs."""
        linked = slot if linked_for is None else linked_for
        payload = (self.probes / f"probe_{what}_{'ab'[linked]}.bin").read_bytes()
        tlvs = struct.pack("<HHI", 0x50, 4, counter) if counter is not None else b""
        tlvs += struct.pack("<HH", 0x41A0, len(product)) + product
        protected = struct.pack("<HH", 0x6908, len(tlvs) + 4) + tlvs
        header = struct.pack("<IIHHIIBBHII", 0x96F3B83D, slot_address(self.board, slot), HEADER, len(protected),
                             len(payload), flags, version, 0, 0, 0, 0)
        signed = header.ljust(HEADER, b"\0") + payload + protected
        public = subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"], check=True,
                                capture_output=True).stdout
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=signed, check=True,
                                   capture_output=True).stdout
        plain = b"".join(struct.pack("<HH", kind, len(value)) + value for kind, value in (
            (0x10, hashlib.sha256(signed).digest()), (0x01, hashlib.sha256(public).digest()), (0x22, signature)))
        return signed + struct.pack("<HH", 0x6907, len(plain) + 4) + plain


def damaged(image):
    return image[:HEADER + 100] + bytes([image[HEADER + 100] ^ 1]) + image[HEADER + 101:]


def cobs(data):
    out, block = bytearray(), bytearray()
    for byte in data:
        if byte:
            block.append(byte)
        if byte == 0 or len(block) == 254:
            out += bytes([len(block) + 1]) + block
            block.clear()
    return bytes(out + bytes([len(block) + 1]) + block)


def uncobs(data):
    out, at = bytearray(), 0
    while at < len(data):
        code = data[at]
        out += data[at + 1:at + code]
        at += code
        if code < 255 and at < len(data):
            out.append(0)
    return bytes(out)


class Target(Board):
    """A board that images can be sent to."""

    def send(self, image):
        """Sends an image; (status, reason) of the answer that ended it."""
        wire = socket.socket(socket.AF_UNIX)
        wire.connect(str(self.uart))
        wire.settimeout(20)
        session, number, pending = os.urandom(4), 0, bytearray()

        def ask(kind, body):
            nonlocal number
            number += 1
            message = struct.pack("<BBH", 1, kind, number) + session + body
            wire.sendall(b"\0" + cobs(message + struct.pack("<I", zlib.crc32(message))) + b"\0")
            while True:
                while 0 not in pending:
                    pending.extend(wire.recv(4096))
                frame, _, rest = bytes(pending).partition(b"\0")
                pending[:] = rest
                answer = uncobs(frame)
                if len(answer) < 20 or struct.unpack("<I", answer[-4:])[0] != zlib.crc32(answer[:-4]):
                    continue
                _, answered, of, _, status, reason, room, offset = struct.unpack("<BBHIBBHI", answer[:16])
                if answered == kind | 0x80 and of == number and status != 1:
                    return status, reason, room, offset

        try:
            _, _, room, _ = ask(1, b"")
            end = struct.unpack("<H", image[8:10])[0] + struct.unpack("<I", image[12:16])[0]
            status, reason, _, offset = ask(2, image[:32] + image[end:])
            while status == 0 and offset < len(image):
                size = (room - 12) // 64 * 64
                status, reason, _, offset = ask(3, struct.pack("<I", offset) + image[offset:offset + size])
            if status == 0:
                status, reason, _, _ = ask(4, struct.pack("<I", len(image)))
            return status, reason
        finally:
            wire.close()


def test_factory(board, images):
    good, better = images.make("nothing", 0, 1), images.make("nothing", 1, 2)
    for what, slots, expected in (
            ("the newer one", (good, better), r"slot B version 2\.0\.0\+0\nprobe: slot B"),
            ("the other one when the newer one is damaged", (good, damaged(better)),
             r"power-on; slot A version 1\.0\.0\+0\nprobe: slot A"),
            ("none of a strange key", (good, images.make("nothing", 1, 2, key=images.other)), "probe: slot A"),
            ("none of another product", (good, images.make("nothing", 1, 2, product=b"pump")), "probe: slot A"),
            ("none that is linked for the other slot", (good, images.make("nothing", 0, 2)), "probe: slot A")):
        board.erase()
        for slot, image in enumerate(slots):
            board.put(slot, image)
        with board:
            board.expect(expected)
        print(f"a new board starts {what}", flush=True)


def test_recovery(board, images):
    good = images.make("nothing", 0, 1)
    board.erase()
    board.put(0, damaged(good))
    with board:
        for _ in range(2):
            board.expect("no slot can be started; waiting for an image", 30)
        for what, image in (("of a stranger", images.make("hang", 1, 2, key=images.other)),
                            ("of another product", images.make("hang", 1, 2, product=b"pump")),
                            ("that is damaged", damaged(images.make("hang", 1, 2)))):
            status = board.send(image)
            check(status[0] == 4, f"an image {what} is refused", status)
        status = board.send(images.make("hang", 1, 2))
        check(status == (0, 0), "a good image is taken", status)
        board.expect(r"software reset; slot B version 2\.0\.0\+0 trial, tries left 2\nprobe: slot B does hang")
        board.expect("watchdog reset; slot B returned: .*watchdog")
        board.expect("no slot can be started")
        print("an image that hangs is returned by the watchdog", flush=True)
        status = board.send(images.make("reset", 1, 3))
        check(status == (0, 0), "another image is taken", status)
        for left in (2, 1, 0):
            board.expect(rf"software reset; slot B version 3\.0\.0\+0 trial, tries left {left}\nprobe: slot B does reset")
        board.expect("software reset; slot B returned: ")
        board.expect("no slot can be started")
        print("an image that is never confirmed is returned after its tries", flush=True)
        status = board.send(images.make("confirm", 1, 4))
        check(status == (0, 0), "another image is taken", status)
        board.expect(r"slot B version 4\.0\.0\+0 trial, tries left 2\nprobe: slot B does confirm, cause 3\nprobe: confirmed")
    with board:
        board.expect(r"power-on; slot B version 4\.0\.0\+0\nprobe: slot B")
    print("a confirmed image is started without a trial", flush=True)


def test_return(board, images):
    """A trial beside a confirmed image: killed, hanging, returned; the confirmed one runs again."""
    good = images.make("nothing", 0, 1)
    board.erase()
    board.put(0, good)
    with board:
        board.expect("probe: slot A")
    board.put(0, damaged(good))
    with board:
        board.expect("no slot can be started")
        status = board.send(images.make("hang", 1, 2))
        check(status == (0, 0), "an image is taken", status)
        board.expect("slot B .* trial, tries left 2\nprobe: slot B does hang")
    board.put(0, good)
    with board:
        board.expect("power-on; slot B .* trial, tries left 1\nprobe: slot B does hang")
        board.expect(r"watchdog reset; slot B returned: .*; slot A version 1\.0\.0\+0\nprobe: slot A")
    with board:
        board.expect(r"boot: power-on; slot A version 1\.0\.0\+0\nprobe: slot A")
    print("a trial that hangs gives way to the confirmed image", flush=True)


def test_lost_record(board, images):
    """The boot record can not be read: nothing is taken for a new device's, nor forgotten that the slots tell."""
    board.erase()
    board.put(0, images.make("nothing", 0, 1, counter=7))
    board.fill(BOOT_RECORD, b"\x5a" * BOOT_RECORD_BYTES)
    with board:
        board.expect("boot: power-on; boot record unreadable\nboot: no slot can be started")
        for what, image in (("of a stranger", images.make("hang", 1, 2, key=images.other, counter=7)),
                            ("that is older", images.make("hang", 1, 2, counter=6))):
            status = board.send(image)
            check(status[0] == 4, f"an image {what} is refused", status)
            check(board.look(BOOT_RECORD, BOOT_RECORD_BYTES) == b"\x5a" * BOOT_RECORD_BYTES,
                  "for an offer that is refused the record is not touched", "other bytes")
        board.expect("waiting for an image")
    with board:
        board.expect("power-on; boot record unreadable\n")
        status = board.send(images.make("confirm", 1, 2, counter=7))
        check(status == (0, 0), "a good image is taken", status)
        board.expect(r"software reset; slot B version 2\.0\.0\+0 trial, tries left 2\nprobe: slot B does confirm")
        board.expect("probe: confirmed")
    with board:
        board.expect(r"boot: power-on; slot B version 2\.0\.0\+0\nprobe: slot B")
    print("a record that can not be read is made anew for a good image, and for nothing else", flush=True)


def test_wrong_link(board, images):
    """Signed for one slot and linked for the other: what would run was never verified."""
    board.erase()
    board.put(0, damaged(images.make("nothing", 0, 1)))
    with board:
        board.expect("waiting for an image")
        status = board.send(images.make("nothing", 1, 2, flags=0))
        check(status[0] == 4, "an image that does not say for which slot it is, is refused", status)
        status = board.send(images.make("nothing", 1, 2, linked_for=0))
        check(status == (0, 0), "what is in it does not show before it is there", status)
        for left in (2, 1, 0):
            board.expect(rf"software reset; slot B version 2\.0\.0\+0 trial, tries left {left}\n")
        board.expect("software reset; slot B returned: never confirmed\nboot: no slot can be started")
        check("probe:" not in board.whole(), "nothing was run", board.whole()[-300:])
    print("an image that is linked for the other slot never runs", flush=True)


def main():
    board, elf, probes = sys.argv[1:]
    if not shutil.which("openssl"):
        print("skipped: no openssl to sign images with")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory() as folder:
        images = Images(board, probes, folder)
        machine = Target(board, pathlib.Path(elf).resolve(), folder)
        test_factory(machine, images)
        test_recovery(machine, images)
        test_return(machine, images)
        test_lost_record(machine, images)
        test_wrong_link(machine, images)


if __name__ == "__main__":
    main()
