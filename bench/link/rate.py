#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Records per second over TLS to a mosquitto on loopback: aiot's session beside libmosquitto.

  rate.py LINK_RATE_BENCH [RECORDS [ROUNDS]]

Exit code 1 when the bound is missed, 77 when mosquitto or openssl is not installed.
"""

import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "demo"))
import broker_rig  # noqa: E402


def main():
    if not 2 <= len(sys.argv) <= 4:
        print(__doc__, file=sys.stderr)
        return 2
    records = sys.argv[2] if len(sys.argv) > 2 else "20000"
    rounds = sys.argv[3] if len(sys.argv) > 3 else "7"
    broker_rig.find_mosquitto()
    with tempfile.TemporaryDirectory(prefix="aiot_rate_") as folder:
        ca = broker_rig.Authority(folder)
        ca.server("broker")
        ca.client("rate", "rate")
        with broker_rig.Broker(folder, ca) as broker:
            return subprocess.run([
                sys.argv[1], "localhost", str(broker.port), ca.certificate, ca.path("rate"), ca.path("rate", "key"),
                records, rounds
            ], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
