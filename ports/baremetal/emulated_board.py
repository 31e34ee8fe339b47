# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""An emulated board for scripts: its flash in a file, its UART 0 a socket, and what that sent."""

import pathlib
import re
import subprocess
import sys
import time

RUN_QEMU = pathlib.Path(__file__).resolve().parent / "run_qemu.sh"
FLASH_BYTES = 16 << 20
FLASH_ADDRESS = {"qemu_m3": 0x21000000, "qemu_m4": 0x21000000, "qemu_m55": 0x60000000}

# boards/slots.hpp
BOOT_RECORD = 0xD0000
BOOT_RECORD_BYTES = 0x4000
FIRMWARE_OFFSET = 0x100000
SLOT_BYTES = 0x80000
HEADER_BYTES = 0x400


def slot_address(board, slot):
    """Load address of an image for slot 0 or 1."""
    return FLASH_ADDRESS[board] + FIRMWARE_OFFSET + slot * SLOT_BYTES


def check(condition, what, seen):
    if not condition:
        sys.exit(f"not so: {what}; seen {seen}")


class Board:
    """Runs in a `with`; at its end the emulator is killed, and the flash stays."""

    def __init__(self, board, elf, folder, arguments=()):
        self.board, self.elf, self.folder = board, elf, pathlib.Path(folder)
        self.arguments = arguments
        self.flash, self.uart = self.folder / "flash.bin", self.folder / "uart"
        self.process = None
        self.read_to = 0

    def erase(self):
        with open(self.flash, "wb") as file:
            file.write(b"\xff" * FLASH_BYTES)
            file.truncate((2 << 30) if self.board == "qemu_m55" else FLASH_BYTES)

    def fill(self, offset, content):
        with open(self.flash, "r+b") as file:
            file.seek(offset)
            file.write(content)

    def look(self, offset, size):
        """Bytes of the flash as they are now."""
        with open(self.flash, "rb") as file:
            file.seek(offset)
            return file.read(size)

    def put(self, slot, image):
        """Programs an image into a firmware slot, as a factory does."""
        self.fill(FIRMWARE_OFFSET + slot * SLOT_BYTES, image.ljust(SLOT_BYTES, b"\xff"))

    def peek(self, slot, offset, size):
        """Bytes of a firmware slot as they are in flash now."""
        return self.look(FIRMWARE_OFFSET + slot * SLOT_BYTES + offset, size)

    def __enter__(self):
        for file in (self.uart, pathlib.Path(f"{self.uart}.log")):
            file.unlink(missing_ok=True)
        self.read_to = 0
        command = [RUN_QEMU, self.board, self.elf, "--flash", self.flash, "--uart", self.uart, "--timeout", "0"]
        if self.arguments:
            command += ["--", *self.arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd=self.folder)
        return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        """SIGKILL: for the board the power is gone."""
        self.process.kill()
        self.process.wait()

    def text(self):
        file = pathlib.Path(f"{self.uart}.log")
        return file.read_bytes()[self.read_to:].decode("latin1") if file.exists() else ""

    def whole(self):
        """All that the UART has sent since the board was started."""
        file = pathlib.Path(f"{self.uart}.log")
        return file.read_bytes().decode("latin1") if file.exists() else ""

    def expect(self, pattern, seconds=60):
        """Waits for text that was not looked at yet."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            match = re.search(pattern, self.text())
            if match:
                self.read_to += match.end()
                return match
            check(self.process.poll() is None, "the board runs", self.process.returncode)
            time.sleep(0.05)
        check(False, f"the UART says {pattern!r}", self.text()[-600:])
