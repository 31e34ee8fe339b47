// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/nn/kernels.hpp"

#include <cstdint>

namespace aiot::nn {
namespace {

constexpr bool in_range(std::int32_t value, std::int32_t lo, std::int32_t hi) noexcept {
  return value >= lo && value <= hi;
}

constexpr bool fits(std::uint32_t offset, std::uint64_t bytes, std::uint32_t size) noexcept {
  return offset % kOperandAlignment == 0 && offset <= size && bytes <= size - offset;
}

bool readable(Operand operand, std::uint64_t bytes, const Bounds& bounds) noexcept {
  const bool constant = (operand.address & kConstantOperand) != 0;
  return fits(operand.address & ~kConstantOperand,
              bytes,
              constant ? bounds.weights_bytes : bounds.arena_bytes);
}

bool scratch_suffices(const Scratch& scratch, const Needs& needs, const Bounds& bounds) noexcept {
  return needs.scratch <= scratch.bytes && fits(scratch.offset, scratch.bytes, bounds.arena_bytes);
}

constexpr bool output_ok(const OutputS8& out) noexcept {
  return in_range(out.zero_point, -128, 127) && out.lo >= -128 && out.hi <= 127 && out.lo <= out.hi;
}

constexpr bool offset_ok(std::int16_t offset) noexcept {
  return in_range(offset, -127, 128);
}

/// Four factors of 16 bits: the product fits 64.
constexpr std::uint64_t elements(std::uint16_t batch,
                                 std::uint16_t height,
                                 std::uint16_t width,
                                 std::uint16_t channels) noexcept {
  return std::uint64_t{batch} * height * (std::uint64_t{width} * channels);
}

/// One axis of a window: nothing is 0, and positions stay far inside of int32.
constexpr bool axis_ok(std::uint16_t in,
                       std::uint16_t out,
                       std::uint16_t kernel,
                       std::uint16_t stride,
                       std::uint16_t dilation) noexcept {
  constexpr std::uint32_t kFar = 1U << 30U;
  if (in == 0 || out == 0 || kernel == 0 || stride == 0 || dilation == 0) {
    return false;
  }
  return (out - 1U) * stride < kFar && (kernel - 1U) * dilation < kFar;
}

bool windows_ok(const Images& images, const Window2d& window) noexcept {
  return images.batch != 0 && images.in_c != 0 && images.out_c != 0 &&
         axis_ok(images.in_h, images.out_h, window.kernel_h, window.stride_h, window.dilation_h) &&
         axis_ok(images.in_w, images.out_w, window.kernel_w, window.stride_w, window.dilation_w);
}

/// Every window of this axis covers at least one cell of the image, so no average divides by 0.
constexpr bool always_covers(std::uint16_t in,
                             std::uint16_t out,
                             std::uint16_t kernel,
                             std::uint16_t stride,
                             std::uint16_t pad) noexcept {
  return pad < kernel && (out - 1U) * stride < std::uint32_t{in} + pad;
}

bool operands_ok(Operand input,
                 std::uint32_t output,
                 const Images& images,
                 const Bounds& bounds) noexcept {
  return readable(input, elements(images.batch, images.in_h, images.in_w, images.in_c), bounds) &&
         fits(output,
              elements(images.batch, images.out_h, images.out_w, images.out_c),
              bounds.arena_bytes);
}

/// What fully connected and convolutions share: constants, scratch, output rules.
template <class Params>
Problem check_weighted(const Params& params, const Needs& needs, const Bounds& bounds) noexcept {
  if (!offset_ok(params.input_offset) || !output_ok(params.out)) {
    return Problem::kParameter;
  }
  const bool inside = fits(params.weights, needs.weights, bounds.weights_bytes) &&
                      fits(params.channels, needs.channels, bounds.weights_bytes) &&
                      scratch_suffices(params.scratch, needs, bounds);
  return inside ? Problem::kNone : Problem::kOperandRange;
}

}  // namespace

Problem check(const FullyConnectedS8& params, const Needs& needs, const Bounds& bounds) noexcept {
  if (params.batch == 0 || params.depth == 0 || params.outputs == 0 ||
      !offset_ok(params.weight_offset)) {
    return Problem::kParameter;
  }
  const bool inside =
      readable(params.input, std::uint64_t{params.batch} * params.depth, bounds) &&
      fits(params.output, std::uint64_t{params.batch} * params.outputs, bounds.arena_bytes);
  return inside ? check_weighted(params, needs, bounds) : Problem::kOperandRange;
}

Problem check(const Conv2dS8& params, const Needs& needs, const Bounds& bounds) noexcept {
  if (!windows_ok(params.images, params.window) || params.groups == 0 ||
      params.images.in_c % params.groups != 0 || params.images.out_c % params.groups != 0) {
    return Problem::kParameter;
  }
  return operands_ok(params.input, params.output, params.images, bounds)
             ? check_weighted(params, needs, bounds)
             : Problem::kOperandRange;
}

Problem check(const DepthwiseConv2dS8& params, const Needs& needs, const Bounds& bounds) noexcept {
  if (!windows_ok(params.images, params.window) ||
      std::uint32_t{params.images.in_c} * params.multiplier != params.images.out_c) {
    return Problem::kParameter;
  }
  return operands_ok(params.input, params.output, params.images, bounds)
             ? check_weighted(params, needs, bounds)
             : Problem::kOperandRange;
}

Problem check(const Pool2dS8& params, const Needs& /*needs*/, const Bounds& bounds) noexcept {
  const Images& images = params.images;
  const Window2d& window = params.window;
  if (!windows_ok(images, window) || images.in_c != images.out_c || !output_ok(params.out) ||
      window.dilation_h != 1 || window.dilation_w != 1) {
    return Problem::kParameter;
  }
  const bool covered =
      always_covers(images.in_h, images.out_h, window.kernel_h, window.stride_h, window.pad_top) &&
      always_covers(images.in_w, images.out_w, window.kernel_w, window.stride_w, window.pad_left);
  if (!covered) {
    return Problem::kParameter;
  }
  return operands_ok(params.input, params.output, images, bounds) ? Problem::kNone
                                                                  : Problem::kOperandRange;
}

Problem check(const SoftmaxS8& params, const Needs& /*needs*/, const Bounds& bounds) noexcept {
  // diff << left_shift is Q5: at most 31 in magnitude, so that it stays inside of int32.
  constexpr std::int64_t kLimit = std::int64_t{31} << 26;
  if (params.rows == 0 || params.depth == 0 || params.depth > kMaxSoftmaxDepth ||
      params.multiplier < (1 << 30) || !in_range(params.left_shift, 0, 31) ||
      !in_range(params.diff_min, -255, 0) ||
      (std::int64_t{-params.diff_min} << params.left_shift) > kLimit) {
    return Problem::kParameter;
  }
  const std::uint64_t bytes = std::uint64_t{params.rows} * params.depth;
  const bool inside =
      readable(params.input, bytes, bounds) && fits(params.output, bytes, bounds.arena_bytes);
  return inside ? Problem::kNone : Problem::kOperandRange;
}

}  // namespace aiot::nn
