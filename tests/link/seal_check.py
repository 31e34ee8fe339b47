#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Checks the seal of a COSE message with Python's hmac or the command openssl.

seal_check.py mac KEY-HEX AAD FILE
seal_check.py sign PUBLIC-DER AAD FILE
Exits 0 when the seal of the one message in FILE matches. Independent of the C++ code on purpose.
"""
import hashlib
import hmac
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "record"))
import cddl_check  # noqa: E402


def head(major, size):
    if size < 24:
        return bytes([major << 5 | size])
    width = 1 if size < 1 << 8 else 2 if size < 1 << 16 else 4
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26}[width]]) + size.to_bytes(width, "big")


def string(major, data):
    return head(major, len(data)) + data


def der_integer(raw):
    raw = raw.lstrip(b"\0") or b"\0"
    raw = b"\0" + raw if raw[0] & 0x80 else raw
    return b"\x02" + bytes([len(raw)]) + raw


def main():
    kind, key, aad, path = sys.argv[1:]
    with open(path, "rb") as file:
        data = file.read()
    tag, end = cddl_check.decode(data, 0)
    protected, unprotected, payload, seal = tag.value
    if end != len(data) or unprotected:
        return 1
    context = {17: b"MAC0", 18: b"Signature1"}[tag.number]
    structure = (head(4, 4) + string(3, context) + string(2, protected)
                 + string(2, aad.encode()) + string(2, payload))
    if kind == "mac":
        code = hmac.new(bytes.fromhex(key), structure, hashlib.sha256).digest()
        return 0 if tag.number == 17 and code == seal else 1
    numbers = der_integer(seal[:32]) + der_integer(seal[32:])
    der = b"\x30" + bytes([len(numbers)]) + numbers
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, name) for name in ("structure", "signature")]
        for name, content in zip(names, (structure, der)):
            with open(name, "wb") as file:
                file.write(content)
        verified = subprocess.run(["openssl", "dgst", "-sha256", "-keyform", "DER", "-verify", key,
                                   "-signature", names[1], names[0]],
                                  capture_output=True, check=False)
    return 0 if tag.number == 18 and verified.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
