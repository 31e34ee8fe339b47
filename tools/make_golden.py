#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Golden vectors of meaning: inputs with expected features, by formulas independent of the C++.

    tools/make_golden.py            write the committed tables
    tools/make_golden.py --check    exit 1 when a committed table differs

Python standard library only. Sums are exact rationals (statistics) or a direct Fourier sum in double
with the taper in the time domain (bands), so that no algorithm is shared with the library.
"""
import argparse
import math
import random
import sys
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LENGTH = 256
RATE_HZ = 2048.0
SCALE = 0.0048828125  # m/s^2 per count, exact in binary
BANDS = ((10.0, 1000.0), (100.0, 300.0), (500.0, 5000.0))


def code(value):
    return max(-32768, min(32767, round(value)))


def tone(hz, amplitude, phase=0.0):
    return [amplitude * math.sin(2 * math.pi * hz * t / RATE_HZ + phase) for t in range(LENGTH)]


def signals():
    """Name and int16 codes of each input."""
    chance = random.Random(20261)
    two_tones = [a + b + 700 for a, b in zip(tone(32, 2500), tone(203.7, 900, 0.4))]
    noise = [chance.gauss(0, 1800) for _ in range(LENGTH)]
    ringing = [0.0] * LENGTH
    for start in (11, 74, 139, 201):
        for t in range(start, LENGTH):
            age = t - start
            ringing[t] += 9000 * math.exp(-0.09 * age) * math.sin(1.9 * age)
    impacts = [r + chance.gauss(0, 150) - 40 for r in ringing]
    offset = [30000 + chance.gauss(0, 12) for _ in range(LENGTH)]
    for name, values in (("two tones", two_tones), ("noise", noise), ("impacts", impacts),
                         ("offset", offset)):
        yield name, [code(v) for v in values]


def statistics(codes):
    """mean, rms, peak, crest factor, kurtosis of the scaled codes."""
    x = [Fraction(c) * Fraction(SCALE) for c in codes]
    n = len(x)
    mean = sum(x) / n
    square = sum(v * v for v in x) / n
    second = sum((v - mean) ** 2 for v in x) / n
    fourth = sum((v - mean) ** 4 for v in x) / n
    peak = max(abs(v) for v in x)
    rms = math.sqrt(square)
    return float(mean), rms, float(peak), float(peak) / rms, float(fourth / (second * second))


def band_levels(codes):
    """Velocity RMS in mm/s of the first band, then acceleration RMS in m/s^2 of each band."""
    n = len(codes)
    x = [c * SCALE for c in codes]
    mean = math.fsum(x) / n
    hann = [0.5 - 0.5 * math.cos(2 * math.pi * t / n) for t in range(n)]
    tapered = [(v - mean) * w for v, w in zip(x, hann)]
    power = math.fsum(w * w for w in hann)
    mean_square = []
    for k in range(n // 2 + 1):
        re = math.fsum(v * math.cos(2 * math.pi * k * t / n) for t, v in enumerate(tapered))
        im = math.fsum(v * math.sin(2 * math.pi * k * t / n) for t, v in enumerate(tapered))
        sides = 1 if k in (0, n // 2) else 2
        mean_square.append(sides * (re * re + im * im) / (n * power))

    def bins(low, high):
        return [k for k in range(1, n // 2 + 1) if low <= k * RATE_HZ / n <= high]

    low, high = BANDS[0]
    velocity = math.fsum(mean_square[k] / (2 * math.pi * k * RATE_HZ / n) ** 2
                         for k in bins(low, high))
    levels = [math.sqrt(math.fsum(mean_square[k] for k in bins(*band))) for band in BANDS]
    return [1000 * math.sqrt(velocity)] + levels


def features_header():
    cases = list(signals())
    lines = [
        "// SPDX-FileCopyrightText: 2026 The aiot authors",
        "// SPDX-License-Identifier: Apache-2.0",
        "#pragma once",
        "",
        "// Written by tools/make_golden.py; do not edit.",
        "",
        "#include <array>",
        "#include <cstdint>",
        "",
        "namespace aiot::golden {",
        "// clang-format off",
        "",
        "struct FeatureCase {",
        "  const char* name;",
        f"  std::array<std::int16_t, {LENGTH}> codes;",
        "  /// mean, rms, peak, crest factor, kurtosis; velocity RMS of the first band; band RMS",
        "  std::array<float, 9> expected;",
        "};",
        "",
        f"inline constexpr float kRateHz = {RATE_HZ}F;",
        f"inline constexpr float kScale = {SCALE}F;",
        "inline constexpr std::array<std::array<float, 2>, 3> kBands = {{"
        + ", ".join("{%sF, %sF}" % band for band in BANDS) + "}};",
        "",
        f"inline constexpr std::array<FeatureCase, {len(cases)}> kFeatureCases = {{{{",
    ]
    for name, codes in cases:
        expected = list(statistics(codes)) + band_levels(codes)
        lines.append('  {"%s", {{' % name)
        for at in range(0, LENGTH, 16):
            lines.append("    " + ", ".join(str(c) for c in codes[at:at + 16]) + ",")
        lines.append("  }}, {{" + ", ".join("%.9gF" % v if "." in "%.9g" % v or "e" in "%.9g" % v
                                            else "%.9g.0F" % v for v in expected) + "}}},")
    lines += ["}};", "", "// clang-format on", "}  // namespace aiot::golden", ""]
    return "\n".join(lines)


TABLES = {"tests/dsp/features_golden.hpp": features_header}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed tables")
    check = parser.parse_args().check
    stale = []
    for name, make in TABLES.items():
        path = ROOT / name
        text = make()
        if check:
            if not path.is_file() or path.read_text() != text:
                stale.append(name)
        else:
            path.write_text(text)
    for name in stale:
        print(f"make_golden: {name} differs; run tools/make_golden.py and review it", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
