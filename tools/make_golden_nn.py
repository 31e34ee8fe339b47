#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/nn/golden_nn.hpp: what int8 kernels must give for given inputs.

Written from the formulas of the TFLite quantisation specification with exact fractions and big
integers, not from the C++. Standard library only.
  tools/make_golden_nn.py > tests/nn/golden_nn.hpp
  tools/make_golden_nn.py --check            fails when the committed header is another one
"""
import contextlib
import io
import itertools
import math
import pathlib
import struct as binary
import sys
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


def softmax_row(row, m, shift, diff_min, width):
    """Codes of `width` bits: 8 or 16."""
    top = max(row)
    exps = [exp_q5(high_multiply((q - top) * 2**shift, m)) if q - top >= diff_min else None for q in row]
    total = sum(divide_by_power(e, 12) for e in exps if e is not None)
    zeros = 32 - total.bit_length()
    scale = reciprocal(total * 2**zeros - 2**31)
    half = 2**(width - 1)
    return [-half if e is None else clamp(
        divide_by_power(high_multiply(scale, e), 43 - width - zeros) - half, -half, half - 1) for e in exps]


# --- elementwise, mean, movement, floats ---------------------------------------------------------------


def f32(x):
    """The nearest float32 of a double, as a double; infinite beyond float32."""
    try:
        return binary.unpack("<f", binary.pack("<f", x))[0]
    except OverflowError:
        return math.copysign(math.inf, x)


def bits(x):
    return binary.unpack("<I", binary.pack("<f", x))[0]


def add_factors(s1, s2, s_out, shift, single):
    """The three factors of ADD (ratios in double) or SUB (`single`: in float32)."""
    cast = f32 if single else float
    twice = cast(2 * max(s1, s2))
    ratios = (cast(s1 / twice), cast(s2 / twice), cast(twice / cast(2**shift * s_out)))
    return [multiplier(r) for r in ratios]


def add_element(case, a, b, sign):
    scaled = [divide_by_power(high_multiply((q + case[side + "_offset"]) * 2 ** case["left_shift"],
                                            case[side + "_factor"]["multiplier"]),
                              -case[side + "_factor"]["shift"])
              for q, side in ((a, "input"), (b, "other"))]
    factor = case["output_factor"]
    code = requantize(scaled[0] + sign * scaled[1], factor["multiplier"], factor["shift"])
    return clamp(code + case["out"]["zero_point"], case["out"]["lo"], case["out"]["hi"])


def mul_element(case, a, b):
    product = (a + case["input_offset"]) * (b + case["other_offset"])
    code = requantize(product, case["factor"]["multiplier"], case["factor"]["shift"])
    return clamp(code + case["out"]["zero_point"], case["out"]["lo"], case["out"]["hi"])


def indices(extent):
    return itertools.product(*(range(e) for e in extent))


def position(index, step):
    return sum(i * s for i, s in zip(index, step))


def mean_factor(s_in, s_out, count):
    """The factor of the scales, divided by the count: not normalised again."""
    m, e = multiplier(s_in / s_out)
    shift = min(int(math.log2(count)), 32, 31 + e)
    return {"multiplier": (m * 2**shift) // count, "shift": e - shift}


def mean(case, values):
    result = []
    for o in range(case["outer"]):
        for i in range(case["inner"]):
            total = sum(values[(o * case["count"] + n) * case["inner"] + i] + case["input_offset"]
                        for n in range(case["count"]))
            code = requantize(total, case["factor"]["multiplier"], case["factor"]["shift"])
            result.append(clamp(code + case["out"]["zero_point"], case["out"]["lo"], case["out"]["hi"]))
    return result


def copy(case, values, size):
    result = [0x55] * size
    for index in indices(case["extent"]):
        source = case["input_start"] + position(index, case["input_step"])
        target = case["output_start"] + position(index, case["output_step"])
        for i in range(case["element_bytes"]):
            result[target + i] = values[source + i]
    return result


def quantize_f32(value, scale, zero_point):
    if math.isnan(value):
        return zero_point  # not a rule of TFLite's, but of ours
    ratio = f32(value / scale)  # of float32 operands: as if it had been rounded once
    if math.isinf(ratio):
        return -128 if ratio < 0 else 127
    return clamp(half_away(Fraction(ratio)) + zero_point, -128, 127)


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


def factor(pair):
    return {"multiplier": pair[0], "shift": pair[1]}


def add_case(name, elements, s1, z1, s2, z2, s_out, o, single=False):
    a, b, c_ = add_factors(f32(s1), f32(s2), f32(s_out), 20, single)
    return {"name": name, "elements": elements, "left_shift": 20, "input_factor": factor(a),
            "other_factor": factor(b), "output_factor": factor(c_), "input_offset": -z1,
            "other_offset": -z2, "out": o}


def mul_case(name, elements, s1, z1, s2, z2, s_out, o):
    return {"name": name, "elements": elements,
            "factor": factor(multiplier(f32(s1) * f32(s2) / f32(s_out))),
            "input_offset": -z1, "other_offset": -z2, "out": o}


def steps(shape):
    """Row-major steps of a shape, 0 where it is repeated; both padded to six dims in front."""
    shape = [1] * (6 - len(shape)) + list(shape)
    result, step = [], 1
    for size in reversed(shape):
        result.insert(0, 0 if size == 1 else step)
        step *= size
    return shape, result


def broadcast_case(case, shape, other):
    shape, input_step = steps(shape)
    other, other_step = steps(other)
    extent = [max(a, b) for a, b in zip(shape, other)]
    op = {k: v for k, v in case.items() if k != "name"}
    op["elements"] = math.prod(extent)
    return {"name": case["name"], "op": op,
            "walk": {"extent": extent, "input_step": input_step, "other_step": other_step}}


def mean_case(name, outer, count, inner, s_in, z_in, s_out, o):
    return {"name": name, "outer": outer, "count": count, "inner": inner,
            "factor": mean_factor(f32(s_in), f32(s_out), count), "input_offset": -z_in, "out": o}


def copy_case(name, extent, input_step, output_step, element_bytes=1, input_start=0, output_start=0):
    def pad(values, filler):
        return [filler] * (6 - len(values)) + list(values)
    return {"name": name, "input_start": input_start, "output_start": output_start,
            "element_bytes": element_bytes, "extent": pad(extent, 1),
            "input_step": pad(input_step, 0), "output_step": pad(output_step, 0)}


ADD = [
    add_case("ordinary", 37, 0.05, 3, 0.07, -20, 0.1, out(-4)),
    add_case("extreme zero points, ReLU", 24, 0.1, 127, 0.03, -128, 0.09, out(-30, -30)),
    add_case("both ends saturate", 40, 0.4, 0, 0.6, 5, 0.011, out(1)),
    add_case("scales far apart, clamped", 21, 0.8, -9, 0.0004, 7, 0.7, out(11, -40, 50)),
]
SUB = [
    add_case("ordinary", 37, 0.05, 3, 0.07, -20, 0.1, out(-4), single=True),
    add_case("extreme zero points", 24, 0.013, -128, 0.3, 127, 0.2, out(25), single=True),
    add_case("one element", 1, 0.01, 1, 0.01, 1, 0.02, out(), single=True),
]
MUL = [
    mul_case("ordinary", 37, 0.05, 3, 0.07, -20, 0.02, out(-4)),
    mul_case("extreme zero points", 24, 0.02, 127, 0.03, -128, 0.3, out(9)),
    mul_case("factor above one: saturates", 33, 1.3, 0, 0.9, 5, 0.1, out(-1)),
    mul_case("tiny factor, ReLU6", 12, 0.001, 0, 0.002, 0, 0.5, out(-10, -10, 60)),
]
ADD_BROADCAST = [
    broadcast_case(add_case("a channel each", 0, 0.05, 3, 0.07, -20, 0.1, out(-4)), (2, 3, 5), (5,)),
    broadcast_case(add_case("six dims, both repeat", 0, 0.02, -7, 0.05, 9, 0.06, out(2)),
                   (2, 1, 3, 1, 2, 2), (1, 2, 1, 3, 2, 1)),
]
SUB_BROADCAST = [
    broadcast_case(add_case("one from all", 0, 0.03, 0, 0.04, 11, 0.05, out(), single=True), (3, 4), (1,)),
    broadcast_case(add_case("all from one", 0, 0.03, 0, 0.04, 11, 0.05, out(), single=True), (1,), (3, 4)),
    broadcast_case(add_case("rows from columns", 0, 0.02, -9, 0.04, 1, 0.05, out(3), single=True),
                   (4, 1, 3), (5, 1)),
]
MUL_BROADCAST = [
    broadcast_case(mul_case("a gate for each channel", 0, 0.05, 3, 1 / 256, -128, 0.05, out(3)),
                   (2, 2, 3, 4), (2, 1, 1, 4)),
    broadcast_case(mul_case("six dims, both repeat", 0, 0.05, 3, 0.07, -20, 0.03, out(-4)),
                   (2, 1, 3, 1, 2, 2), (1, 2, 1, 3, 2, 1)),
]
MEAN = [
    mean_case("global, three channels", 1, 20, 3, 0.05, -3, 0.04, out(5)),
    mean_case("last axis", 7, 11, 1, 0.05, 127, 0.05, out(127)),
    mean_case("one element", 2, 1, 6, 0.05, 9, 0.07, out(-9)),
    mean_case("a power of two", 2, 16, 4, 0.05, 0, 0.05, out(0)),
    mean_case("many, saturates", 1, 317, 2, 0.9, 20, 0.01, out(0)),
    mean_case("output finer than sums, clamped", 3, 5, 4, 0.02, -128, 0.9, out(-100, -99, 90)),
]
COPY = [  # (case, input bytes, output bytes)
    (copy_case("one byte", [1], [0], [0]), 1, 1),
    (copy_case("transposed 3x5", [5, 3], [1, 5], [3, 1]), 15, 15),
    (copy_case("six dims reversed", [2, 3, 1, 2, 3, 2], [1, 2, 0, 6, 12, 36], [36, 12, 0, 6, 2, 1]),
     72, 72),
    (copy_case("backwards, two bytes", [9], [-2], [2], 2, input_start=16), 18, 18),
    (copy_case("every third of three bytes, backwards over rows", [3, 2], [-27, 9], [6, 3], 3,
               input_start=54 + 3), 81, 18),
    (copy_case("columns of four bytes into a wider image", [3, 2], [8, 4], [20, 4], 4, output_start=5),
     24, 60),
    (copy_case("seven bytes, odd places", [2, 2], [20, 9], [14, 7], 7, input_start=3, output_start=1),
     40, 31),
    (copy_case("one element everywhere", [4, 3], [0, 0], [3, 1]), 1, 12),
    (copy_case("a long row", [1], [0], [0], 130, input_start=2, output_start=3), 133, 136),
]
QUANTIZE_SCALES = ((0.1, -5), (1.0, 0), (0.007843138, -1), (3.7e-39, 10), (2.5e38, 127))
QUANTIZE = [(f32(s), z, f32(v)) for s, z in QUANTIZE_SCALES for v in
            [f32(s) * k for k in (0.0, -0.0, 0.49, 0.5, -0.5, 1.5, -2.5, 0.49999997, 13.7, -100.2)]
            + [1e-45, 1e9, -1e9, 3.4e38, -3.4e38, math.inf, -math.inf, math.nan]]
DEQUANTIZE = [(f32(s), z, q) for s, z in QUANTIZE_SCALES + ((1.1e-38, -128), (0.333333, 7))
              for q in (-128, -127, -3, 0, 1, 100, 127)]


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
        if isinstance(value, dict):
            inner = struct(value)
        elif isinstance(value, list):
            inner = "{" + ", ".join(map(str, value)) + "}"
        else:
            inner = str(value)
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


def emit_unweighted(kind, params, rows):
    """rows: (case, seed, expected output)."""
    for i, (_, _, expected) in enumerate(rows):
        print(f"inline constexpr std::int8_t k{kind}Out{i}[] = {{\n{numbers(expected)}\n}};")
    print(f"inline constexpr Case<{params}> k{kind}[] = {{")
    for i, (case, seed, _) in enumerate(rows):
        fields = {k: v for k, v in case.items() if k != "name"}
        print(f'    {{"{case["name"]}", k{kind}Out{i}, {struct(fields)}, {seed}U}},')
    print("};\n")


def corners(a, b):
    """The extremes of both operands where there is room."""
    if len(a) >= 4:
        a[:4], b[:4] = [-128, -128, 127, 127], [-128, 127, -128, 127]
    return a, b


def emit_pairs(kind, params, cases, element):
    rows = []
    for i, case in enumerate(cases):
        random = Random(2000 * len(kind) + i)
        a, b = corners(random.bytes(case["elements"]), random.bytes(case["elements"]))
        rows.append((case, 2000 * len(kind) + i, [element(case, p, q) for p, q in zip(a, b)]))
    emit_unweighted(kind, params, rows)


def emit_broadcast(kind, params, cases, element):
    rows = []
    for i, case in enumerate(cases):
        walk = case["walk"]
        random = Random(3000 * len(kind) + i)
        last = [e - 1 for e in walk["extent"]]
        a = random.bytes(position(last, walk["input_step"]) + 1)
        b = random.bytes(position(last, walk["other_step"]) + 1)
        expected = [element(case["op"], a[position(index, walk["input_step"])],
                            b[position(index, walk["other_step"])])
                    for index in indices(walk["extent"])]
        rows.append((case, 3000 * len(kind) + i, expected))
    emit_unweighted(kind, params, rows)


def emit_elementwise():
    add = lambda case, a, b: add_element(case, a, b, 1)
    subtract = lambda case, a, b: add_element(case, a, b, -1)
    emit_pairs("Add", "AddS8", ADD, add)
    emit_pairs("Sub", "AddS8", SUB, subtract)
    emit_pairs("Mul", "MulS8", MUL, mul_element)
    emit_broadcast("AddBroadcast", "AddBroadcastS8", ADD_BROADCAST, add)
    emit_broadcast("SubBroadcast", "AddBroadcastS8", SUB_BROADCAST, subtract)
    emit_broadcast("MulBroadcast", "MulBroadcastS8", MUL_BROADCAST, mul_element)


def emit_mean_and_copy():
    rows = []
    for i, case in enumerate(MEAN):
        size = case["outer"] * case["count"] * case["inner"]
        rows.append((case, 4000 + i, mean(case, Random(4000 + i).bytes(size))))
    emit_unweighted("Mean", "MeanS8", rows)
    rows = []
    for i, (case, size, out_size) in enumerate(COPY):
        rows.append((case, 5000 + i, copy(case, Random(5000 + i).bytes(size), out_size)))
    emit_unweighted("Copy", "Copy", rows)


def emit_floats():
    print("inline constexpr FloatCase kQuantize[] = {  // scale, zero point, value (bits), code")
    for scale, zero_point, value in QUANTIZE:
        code = quantize_f32(value, scale, zero_point)
        print(f"    {{{bits(scale)}U, {zero_point}, {bits(value)}U, {code}}},  // {value} / {scale}")
    print("};\n")
    print("inline constexpr FloatCase kDequantize[] = {")
    for scale, zero_point, code in DEQUANTIZE:
        value = bits(f32(scale * (code - zero_point)))
        print(f"    {{{bits(scale)}U, {zero_point}, {value}U, {code}}},  // {scale}")
    print("};\n")


def image_size(images):
    return images["batch"] * images["in_h"] * images["in_w"] * images["in_c"]


def emit_softmax():
    for i, (name, rows, depth, scale, beta, seed) in enumerate(SOFTMAX):
        m, e, diff_min = softmax_params(scale, beta)
        values = Random(seed).bytes(rows * depth)
        expected, fine = [], []
        for r in range(rows):
            row = values[r * depth:(r + 1) * depth]
            codes = softmax_row(row, m, e, diff_min, 8)
            fine += softmax_row(row, m, e, diff_min, 16)
            total = sum(math.exp(beta * scale * (q - max(row))) for q in row)
            for q, code in zip(row, codes):
                real = math.exp(beta * scale * (q - max(row))) / total * 256 - 128
                assert abs(min(real, 127) - code) <= 1.0, (name, q, code, real)
            expected += codes
        print(f"inline constexpr std::int8_t kSoftmaxOut{i}[] = {{\n{numbers(expected)}\n}};")
        print(f"inline constexpr std::int16_t kSoftmaxFine{i}[] = {{\n{numbers(fine)}\n}};")
    print("inline constexpr SoftmaxCase kSoftmax[] = {")
    for i, (name, rows, depth, scale, beta, seed) in enumerate(SOFTMAX):
        m, e, diff_min = softmax_params(scale, beta)
        fields = {"rows": rows, "depth": depth, "multiplier": m, "left_shift": e, "diff_min": diff_min}
        print(f'    {{"{name}", kSoftmaxOut{i}, kSoftmaxFine{i}, {struct(fields)}, {seed}U}},')
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
  const char* name = ""; std::span<const std::int8_t> expected;
  std::span<const std::int16_t> fine; SoftmaxS8 params; std::uint32_t seed = 0;
};
template <class Params>
struct Case {
  const char* name = ""; std::span<const std::int8_t> expected; Params params; std::uint32_t seed = 0;
};
struct FloatCase {
  std::uint32_t scale_bits = 0; std::int32_t zero_point = 0; std::uint32_t value_bits = 0; std::int8_t code = 0;
};
"""


def reorder(case, order):
    return {k: case[k] for k in order if k in case}


def emit_all():
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
    emit_elementwise()
    emit_mean_and_copy()
    emit_floats()
    print("}  // namespace aiot::nn::golden\n\n// clang-format on")


def header():
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        emit_all()
    return text.getvalue()


def main(arguments):
    if arguments == ["--check"]:
        committed = pathlib.Path(__file__).parent.parent / "tests" / "nn" / "golden_nn.hpp"
        if committed.read_text(encoding="utf-8") == header():
            return 0
        print(f"{committed} is not what this script writes: run it and look at the difference", file=sys.stderr)
        return 1
    print(header(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
