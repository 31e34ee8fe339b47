#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/nn/golden_nn.hpp: what int8 kernels must give for given inputs.

Written from the formulas of the TFLite quantisation specification with exact fractions and big
integers, not from the C++. Standard library only: tools/make_golden_nn.py > tests/nn/golden_nn.hpp
"""
import math
from fractions import Fraction


# --- primitives ------------------------------------------------------------------------------------


def half_away(x):
    """Nearest integer of a Fraction, ties away from zero."""
    x = Fraction(x)
    return math.floor(x + Fraction(1, 2)) if x >= 0 else -math.floor(-x + Fraction(1, 2))


def high_multiply(a, b):
    """a * b / 2^31, ties up, saturated."""
    return min(math.floor(Fraction(a * b, 2**31) + Fraction(1, 2)), 2**31 - 1)


def divide_by_power(x, e):
    return half_away(Fraction(x, 2**e))


def multiplier(real):
    """A real factor as (m, e): m / 2^31 * 2^e."""
    if real == 0:
        return 0, 0
    fraction, exponent = math.frexp(real)
    m = half_away(Fraction(fraction) * 2**31)
    if m == 2**31:
        m, exponent = 2**30, exponent + 1
    return (0, 0) if exponent < -31 else (m, exponent)


def requantize(x, m, e):
    return divide_by_power(high_multiply(x * 2 ** max(e, 0), m), max(-e, 0))


def clamp(x, lo, hi):
    return max(lo, min(hi, x))


class Random:
    """The same numbers as `Pattern` in tests/nn/pattern.hpp."""

    def __init__(self, seed):
        self.state = seed

    def byte(self):
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return (self.state >> 24) - 128

    def bytes(self, count):
        return [self.byte() for _ in range(count)]


# --- operators ---------------------------------------------------------------------------------------


def finish(total, channel, out):
    bias, m, e = channel
    del bias
    return clamp(requantize(total, m, e) + out["zero_point"], out["lo"], out["hi"])


def fully_connected(case, values, weights):
    result = []
    for b in range(case["batch"]):
        for o in range(case["outputs"]):
            total = case["channels"][o][0]
            for d in range(case["depth"]):
                total += (values[b * case["depth"] + d] + case["input_offset"]) * (
                    weights[o * case["depth"] + d] + case["weight_offset"])
            result.append(finish(total, case["channels"][o], case["out"]))
    return result


def cells(images, window, row, column):
    """(y, x, tap) of the cells below a window that lie inside of the image."""
    for ky in range(window["kernel_h"]):
        for kx in range(window["kernel_w"]):
            y = row * window["stride_h"] - window["pad_top"] + ky * window["dilation_h"]
            x = column * window["stride_w"] - window["pad_left"] + kx * window["dilation_w"]
            if 0 <= y < images["in_h"] and 0 <= x < images["in_w"]:
                yield y, x, ky * window["kernel_w"] + kx


def pixels(images):
    for b in range(images["batch"]):
        for row in range(images["out_h"]):
            for column in range(images["out_w"]):
                yield b, row, column


def at(images, b, y, x, c):
    return ((b * images["in_h"] + y) * images["in_w"] + x) * images["in_c"] + c


def conv(case, values, weights):
    images, window = case["images"], case["window"]
    depth = images["in_c"] // case["groups"]
    outputs_per_group = images["out_c"] // case["groups"]
    taps = window["kernel_h"] * window["kernel_w"]
    result = []
    for b, row, column in pixels(images):
        for o in range(images["out_c"]):
            total = case["channels"][o][0]
            for y, x, tap in cells(images, window, row, column):
                for d in range(depth):
                    c = o // outputs_per_group * depth + d
                    total += (values[at(images, b, y, x, c)] + case["input_offset"]) * weights[
                        (o * taps + tap) * depth + d]
            result.append(finish(total, case["channels"][o], case["out"]))
    return result


def depthwise(case, values, weights):
    images, window = case["images"], case["window"]
    result = []
    for b, row, column in pixels(images):
        for o in range(images["out_c"]):
            total = case["channels"][o][0]
            for y, x, tap in cells(images, window, row, column):
                value = values[at(images, b, y, x, o // case["multiplier"])]
                total += (value + case["input_offset"]) * weights[tap * images["out_c"] + o]
            result.append(finish(total, case["channels"][o], case["out"]))
    return result


def pool(case, values, average):
    images, window = case["images"], case["window"]
    result = []
    for b, row, column in pixels(images):
        for c in range(images["in_c"]):
            below = [values[at(images, b, y, x, c)] for y, x, _ in cells(images, window, row, column)]
            value = half_away(Fraction(sum(below), len(below))) if average else max(below)
            result.append(clamp(value, case["out"]["lo"], case["out"]["hi"]))
    return result


# --- softmax: fixed point, as the TFLite reference kernel defines it -----------------------------------


def saturate(x):
    return clamp(x, -2**31, 2**31 - 1)


def exp_quarter(a):
    x = a + 2**28
    x2 = high_multiply(x, x)
    x3 = high_multiply(x2, x)
    x4 = high_multiply(x2, x2)
    p = divide_by_power(high_multiply(divide_by_power(x4, 2) + x3, 715827883) + x2, 1)
    return 1895147668 + high_multiply(1895147668, x + p)


def exp_q5(a):
    if a == 0:
        return 2**31 - 1
    quarter = 2**24
    below = a % quarter - quarter
    rest = below - a
    result = exp_quarter(saturate(below * 32))
    for j in range(-2, 5):
        if (rest >> (26 + j)) & 1:
            factor = half_away(Fraction(math.exp(-(2.0**j))) * 2**31)
            result = high_multiply(result, factor)
    return result


def reciprocal(a):
    half = (a + 2**31) // 2
    x = 1515870810 + high_multiply(half, -1010580540)
    for _ in range(3):
        x += saturate(high_multiply(x, 2**29 - high_multiply(half, x)) * 4)
    return saturate(2 * x)


def softmax_params(scale, beta):
    m, e = multiplier(min(beta * scale * 2**26, 2.0**31 - 1))
    return m, e, -min(255, math.floor(31 * 2**26 / 2**e))


def softmax_row(row, m, shift, diff_min):
    top = max(row)
    exps = [exp_q5(high_multiply((q - top) * 2**shift, m)) if q - top >= diff_min else None for q in row]
    total = sum(divide_by_power(e, 12) for e in exps if e is not None)
    zeros = 32 - total.bit_length()
    scale = reciprocal(total * 2**zeros - 2**31)
    return [-128 if e is None else clamp(
        divide_by_power(high_multiply(scale, e), 35 - zeros) - 128, -128, 127) for e in exps]


# --- cases -------------------------------------------------------------------------------------------


def out(zero_point=0, lo=-128, hi=127):
    return {"zero_point": zero_point, "lo": lo, "hi": hi}


def channels(count, seed, depth, loud=1.0, bias=True):
    """Requantisation rules that use the output range well; `loud` above 1 saturates."""
    random = Random(seed)
    result = []
    for _ in range(count):
        factor = loud * (1.0 + (random.byte() + 128) / 256.0) / (128.0 * math.sqrt(depth))
        result.append((random.byte() * 37 if bias else 0,) + multiplier(factor))
    return result


def axis(size, kernel, stride, dilation, same):
    """(output size, padding in front) by TFLite's rules."""
    reach = (kernel - 1) * dilation + 1
    if not same:
        return (size - reach) // stride + 1, 0
    count = -(-size // stride)
    return count, max(0, (count - 1) * stride + reach - size) // 2


def windowed(in_shape, out_c, kernel, stride=(1, 1), dilation=(1, 1), same=True):
    batch, h, w, c = in_shape
    out_h, top = axis(h, kernel[0], stride[0], dilation[0], same)
    out_w, left = axis(w, kernel[1], stride[1], dilation[1], same)
    return ({"batch": batch, "in_h": h, "in_w": w, "in_c": c,
             "out_h": out_h, "out_w": out_w, "out_c": out_c},
            {"kernel_h": kernel[0], "kernel_w": kernel[1], "stride_h": stride[0],
             "stride_w": stride[1], "dilation_h": dilation[0], "dilation_w": dilation[1],
             "pad_top": top, "pad_left": left})


def fc_case(name, batch, depth, outputs, zero_in, o, weight_offset=0, loud=1.0, bias=True):
    return {"name": name, "batch": batch, "depth": depth, "outputs": outputs,
            "input_offset": -zero_in, "weight_offset": weight_offset, "out": o,
            "channels": channels(outputs, depth * 7 + outputs, depth, loud, bias)}


def conv_case(name, shape, out_c, kernel, zero_in, o, groups=1, loud=1.0, **rest):
    images, window = windowed(shape, out_c, kernel, **rest)
    depth = kernel[0] * kernel[1] * shape[3] // groups
    return {"name": name, "images": images, "window": window, "input_offset": -zero_in,
            "groups": groups, "out": o, "channels": channels(out_c, depth + out_c, depth, loud)}


def depthwise_case(name, shape, multiplier_, kernel, zero_in, o, loud=1.0, **rest):
    out_c = shape[3] * multiplier_
    images, window = windowed(shape, out_c, kernel, **rest)
    depth = kernel[0] * kernel[1]
    return {"name": name, "images": images, "window": window, "input_offset": -zero_in,
            "multiplier": multiplier_, "out": o,
            "channels": channels(out_c, depth + out_c, depth, loud)}


def pool_case(name, shape, kernel, o, **rest):
    images, window = windowed(shape, shape[3], kernel, **rest)
    return {"name": name, "images": images, "window": window, "out": o}


FULLY_CONNECTED = [
    fc_case("one batch", 1, 7, 5, 3, out(-4)),
    fc_case("three batches, ReLU", 3, 16, 4, -128, out(-20, -20)),
    fc_case("weights with a zero point", 2, 33, 3, -9, out(11), weight_offset=-6),
    fc_case("both ends saturate", 1, 40, 8, 127, out(0), loud=60.0),
    fc_case("one weight, no bias", 1, 1, 1, 0, out(1), bias=False),
    fc_case("tiny factors", 1, 9, 4, 5, out(7), loud=1e-7),
]
CONV = [
    conv_case("1x1", (1, 3, 3, 4), 5, (1, 1), -11, out(3)),
    conv_case("3x3 same", (1, 5, 4, 2), 3, (3, 3), 17, out(-9)),
    conv_case("3x2 stride 2x1 valid", (1, 6, 5, 3), 2, (3, 2), -128, out(-128),
              stride=(2, 1), same=False),
    conv_case("dilation 2x3", (1, 7, 8, 2), 2, (3, 2), 5, out(0), dilation=(2, 3)),
    conv_case("two groups", (1, 4, 3, 4), 6, (2, 3), -1, out(12), groups=2),
    conv_case("two batches, 1x5", (2, 1, 9, 2), 3, (1, 5), 9, out(-3, -3)),
    conv_case("odd padding, stride 2, saturates", (1, 6, 6, 1), 4, (4, 2), -128, out(5),
              stride=(2, 2), loud=40.0),
    conv_case("stride beyond the window, ReLU6", (1, 7, 7, 2), 2, (2, 2), 0, out(-10, -10, 60),
              stride=(3, 3)),
]
DEPTHWISE = [
    depthwise_case("3x3 same", (1, 5, 4, 3), 1, (3, 3), -7, out(2)),
    depthwise_case("multiplier 3, stride 2", (1, 6, 5, 2), 3, (3, 3), 19, out(-30, -30),
                   stride=(2, 2)),
    depthwise_case("dilation 2, valid", (1, 7, 6, 2), 1, (2, 3), -128, out(0),
                   dilation=(2, 2), same=False),
    depthwise_case("two batches, 1x4, saturates", (2, 1, 8, 2), 2, (1, 4), 44, out(-1), loud=50.0),
]
POOL = [
    pool_case("2x2 stride 2", (1, 4, 6, 3), (2, 2), out(), stride=(2, 2), same=False),
    pool_case("3x3 same", (1, 5, 4, 2), (3, 3), out()),
    pool_case("3x2 stride 2x3 same, clamped, two batches", (2, 5, 7, 2), (3, 2), out(0, -20, 35),
              stride=(2, 3)),
    pool_case("global", (1, 5, 3, 4), (5, 3), out(), same=False),
    pool_case("one cell", (1, 1, 1, 3), (1, 1), out()),
]
SOFTMAX = [
    ("one element", 3, 1, 0.1, 1.0, 1),
    ("two", 4, 2, 0.05, 1.0, 2),
    ("rows of five", 3, 5, 0.0234, 1.0, 3),
    ("wide, beta 0.5", 2, 37, 0.11, 0.5, 4),
    ("large scale: all or nothing", 2, 6, 3.7, 1.0, 5),
    ("small scale: nearly equal", 2, 11, 0.0004, 1.0, 6),
]


# --- output ------------------------------------------------------------------------------------------


def numbers(values):
    lines, line = [], "     "
    for value in values:
        text = f" {value},"
        if len(line) + len(text) > 98:
            lines.append(line)
            line = "     "
        line += text
    return "\n".join(lines + [line])


def struct(fields):
    parts = []
    for key, value in fields.items():
        inner = struct(value) if isinstance(value, dict) else str(value)
        parts.append(f".{key} = {inner}")
    return "{" + ", ".join(parts) + "}"


def emit_table(kind, params, cases, run, weights_of, sizes):
    for i, case in enumerate(cases):
        random = Random(1000 * len(kind) + i)
        inputs, weights = sizes(case)
        values = random.bytes(inputs)
        constants = random.bytes(weights) if weights_of else []
        expected = run(case, values, constants) if weights_of else run(case, values)
        print(f"inline constexpr std::int8_t k{kind}Out{i}[] = {{\n{numbers(expected)}\n}};")
        if weights_of:
            rows = ", ".join("{%d, %d, %d}" % c for c in case["channels"])
            print(f"inline constexpr Channel k{kind}Channels{i}[] = {{{rows}}};")
    print(f"inline constexpr {params}Case k{kind}[] = {{")
    for i, case in enumerate(cases):
        fields = {k: v for k, v in case.items() if k not in ("name", "channels")}
        constants = f"k{kind}Channels{i}, " if weights_of else ""
        print(f'    {{"{case["name"]}", {constants}k{kind}Out{i}, {struct(fields)}, '
              f"{1000 * len(kind) + i}U}},")
    print("};\n")


def image_size(images):
    return images["batch"] * images["in_h"] * images["in_w"] * images["in_c"]


def emit_softmax():
    for i, (name, rows, depth, scale, beta, seed) in enumerate(SOFTMAX):
        m, e, diff_min = softmax_params(scale, beta)
        values = Random(seed).bytes(rows * depth)
        expected = []
        for r in range(rows):
            row = values[r * depth:(r + 1) * depth]
            codes = softmax_row(row, m, e, diff_min)
            total = sum(math.exp(beta * scale * (q - max(row))) for q in row)
            for q, code in zip(row, codes):
                real = math.exp(beta * scale * (q - max(row))) / total * 256 - 128
                assert abs(min(real, 127) - code) <= 1.0, (name, q, code, real)
            expected += codes
        print(f"inline constexpr std::int8_t kSoftmaxOut{i}[] = {{\n{numbers(expected)}\n}};")
    print("inline constexpr SoftmaxCase kSoftmax[] = {")
    for i, (name, rows, depth, scale, beta, seed) in enumerate(SOFTMAX):
        m, e, diff_min = softmax_params(scale, beta)
        fields = {"rows": rows, "depth": depth, "multiplier": m, "left_shift": e, "diff_min": diff_min}
        print(f'    {{"{name}", kSoftmaxOut{i}, {struct(fields)}, {seed}U}},')
    print("};\n")


def emit_primitives():
    lowest, highest = -2**31, 2**31 - 1
    edges = [lowest, lowest + 1, -2**30 - 1, -2**30, -3, -2, -1, 0, 1, 2, 3, 2**30, highest - 1, highest]
    print("inline constexpr std::int32_t kHighMultiply[][3] = {  // a, b, result")
    for a in edges:
        print("    " + " ".join(f"{{{c(a)}, {c(b)}, {c(high_multiply(a, b))}}}," for b in (lowest, -1, 1, 2**30, highest)))
    print("};\n")
    print("inline constexpr std::int32_t kDivide[][3] = {  // value, exponent, result")
    for x in (lowest, -7, -6, -5, -3, -2, -1, 0, 1, 2, 3, 5, 6, 7, highest):
        print("    " + " ".join(f"{{{c(x)}, {e}, {c(divide_by_power(x, e))}}}," for e in (0, 1, 2, 30, 31)))
    print("};\n")
    print("inline constexpr std::int32_t kRequantize[][4] = {  // value, multiplier, shift, result")
    random = Random(99)
    for m, e in ((2**30, 0), (2**30, 1), (2**30, -1), (2**30, -6), (1518500250, -4), (highest, 0),
                 (highest, -8), (1073741825, -15), (1500000000, 3), (0, 0), (2**30, -31)):
        values = [-100001, -97, -96, -33, -32, -2, -1, 0, 1, 2, 31, 32, 33, 96, 97, 100001]
        values += [random.byte() * 8191 + random.byte() for _ in range(4)]
        print("    " + " ".join(f"{{{x}, {m}, {e}, {requantize(x, m, e)}}}," for x in values))
    print("};\n")
    print("inline constexpr RealFactor kFactors[] = {")
    for real in (1.0, 0.5, 0.75, 0.9999999999, 1.5, 3.999999, 1e-3, 7.3e-5, 2.0**-31, 2.0**-33, 1e-12, 0.0,
                 123456.789, -0.3, 2.0**29):
        m, e = multiplier(abs(real))
        print(f"    {{{real.hex()}, {{{-m if real < 0 else m}, {e}}}}},  // {real}")
    print("};\n")


def c(value):
    return "INT32_MIN" if value == -2**31 else str(value)


HEADER = """// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// Made by tools/make_golden_nn.py; do not edit.
#pragma once

#include <cstdint>
#include <span>

#include "aiot/nn/program.hpp"

// clang-format off
namespace aiot::nn::golden {

struct RealFactor { double real = 0.0; Multiplier expected; };
struct FullyConnectedCase {
  const char* name = ""; std::span<const Channel> channels;
  std::span<const std::int8_t> expected; FullyConnectedS8 params; std::uint32_t seed = 0;
};
struct Conv2dCase {
  const char* name = ""; std::span<const Channel> channels;
  std::span<const std::int8_t> expected; Conv2dS8 params; std::uint32_t seed = 0;
};
struct DepthwiseConv2dCase {
  const char* name = ""; std::span<const Channel> channels;
  std::span<const std::int8_t> expected; DepthwiseConv2dS8 params; std::uint32_t seed = 0;
};
struct Pool2dCase {
  const char* name = ""; std::span<const std::int8_t> expected; Pool2dS8 params; std::uint32_t seed = 0;
};
struct SoftmaxCase {
  const char* name = ""; std::span<const std::int8_t> expected; SoftmaxS8 params; std::uint32_t seed = 0;
};
"""


def reorder(case, order):
    return {k: case[k] for k in order if k in case}


def main():
    print(HEADER)
    emit_primitives()
    order = ("name", "batch", "depth", "outputs", "images", "window", "input_offset",
             "weight_offset", "groups", "multiplier", "out", "channels")
    emit_table("FullyConnected", "FullyConnected", [reorder(x, order) for x in FULLY_CONNECTED],
               fully_connected, True,
               lambda x: (x["batch"] * x["depth"], x["outputs"] * x["depth"]))
    taps = lambda x: x["window"]["kernel_h"] * x["window"]["kernel_w"] * x["images"]["out_c"]
    emit_table("Conv2d", "Conv2d", [reorder(x, order) for x in CONV], conv, True,
               lambda x: (image_size(x["images"]),
                          taps(x) * (x["images"]["in_c"] // x["groups"])))
    emit_table("DepthwiseConv2d", "DepthwiseConv2d", [reorder(x, order) for x in DEPTHWISE],
               depthwise, True, lambda x: (image_size(x["images"]), taps(x)))
    emit_table("AveragePool2d", "Pool2d", [reorder(x, order) for x in POOL],
               lambda case, values: pool(case, values, True), False,
               lambda x: (image_size(x["images"]), 0))
    emit_table("MaxPool2d", "Pool2d", [reorder(x, order) for x in POOL],
               lambda case, values: pool(case, values, False), False,
               lambda x: (image_size(x["images"]), 0))
    emit_softmax()
    print("}  // namespace aiot::nn::golden\n\n// clang-format on")


if __name__ == "__main__":
    main()
