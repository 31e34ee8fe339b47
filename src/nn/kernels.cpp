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

constexpr std::uint64_t input_bytes(const Images& images) noexcept {
  return elements(images.batch, images.in_h, images.in_w, images.in_c);
}

constexpr std::uint64_t output_bytes(const Images& images) noexcept {
  return elements(images.batch, images.out_h, images.out_w, images.out_c);
}

/// Whether scratch shares a byte with [offset, offset + bytes); both inside of the arena, so that
/// no sum overflows.
constexpr bool meets(const Scratch& scratch, std::uint32_t offset, std::uint64_t bytes) noexcept {
  return scratch.bytes != 0 && scratch.offset < offset + static_cast<std::uint32_t>(bytes) &&
         offset < scratch.offset + scratch.bytes;
}

/// What fully connected and convolutions share: operands, constants, scratch, output rules. Kernels
/// copy between operands and scratch: these do not overlap.
template <class Params>
Problem check_weighted(const Params& params,
                       std::uint64_t read_bytes,
                       std::uint64_t written_bytes,
                       const Needs& needs,
                       const Bounds& bounds) noexcept {
  if (!offset_ok(params.input_offset) || !output_ok(params.out)) {
    return Problem::kParameter;
  }
  const bool inside = readable(params.input, read_bytes, bounds) &&
                      fits(params.output, written_bytes, bounds.arena_bytes) &&
                      fits(params.weights, needs.weights, bounds.weights_bytes) &&
                      fits(params.channels, needs.channels, bounds.weights_bytes) &&
                      scratch_suffices(params.scratch, needs, bounds);
  if (!inside) {
    return Problem::kOperandRange;
  }
  const bool constant = (params.input.address & kConstantOperand) != 0;
  const bool met = (!constant && meets(params.scratch, params.input.address, read_bytes)) ||
                   meets(params.scratch, params.output, written_bytes);
  return met ? Problem::kParameter : Problem::kNone;
}

/// Factors in an instruction are not negative: scales are not.
constexpr bool factor_ok(const Multiplier& factor, std::int32_t highest_shift) noexcept {
  return factor.multiplier >= 0 && in_range(factor.shift, -31, highest_shift);
}

/// Both operands and the output of an elementwise operator; the operands have their own sizes.
template <class Params>
bool pair_inside(const Params& params,
                 std::uint64_t input_bytes,
                 std::uint64_t other_bytes,
                 const Bounds& bounds) noexcept {
  return readable(params.input, input_bytes, bounds) &&
         readable(params.other, other_bytes, bounds) &&
         fits(params.output, params.elements, bounds.arena_bytes);
}

constexpr bool values_ok(const AddS8& params) noexcept {
  return params.elements != 0 && params.left_shift <= 22 && factor_ok(params.input_factor, 0) &&
         factor_ok(params.other_factor, 0) && factor_ok(params.output_factor, 0) &&
         offset_ok(params.input_offset) && offset_ok(params.other_offset) && output_ok(params.out);
}

constexpr bool values_ok(const MulS8& params) noexcept {
  return params.elements != 0 && factor_ok(params.factor, 30) && offset_ok(params.input_offset) &&
         offset_ok(params.other_offset) && output_ok(params.out);
}

/// Far more than any memory has, far less than what overflows 64 bits.
constexpr std::uint64_t kBeyond = std::uint64_t{1} << 40U;

/// Product of the extents; 0 when one is 0, kBeyond when it is more than any memory has.
constexpr std::uint64_t count(const std::uint32_t (&extent)[6]) noexcept {
  std::uint64_t product = 1;
  for (const std::uint32_t e : extent) {
    if (e == 0) {
      return 0;
    }
    product *= e;
    if (product >= UINT32_MAX) {  // before the next factor of 32 bits can overflow
      product = kBeyond;
      break;
    }
  }
  return product;
}

/// Largest sum of (extent - 1) * step; kBeyond when it is more than any memory has. No extent is 0.
constexpr std::uint64_t reach(const std::uint32_t (&extent)[6],
                              const std::uint32_t (&step)[6]) noexcept {
  std::uint64_t farthest = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    const std::uint64_t far = std::uint64_t{extent[i] - 1U} * step[i];
    if (far >= kBeyond) {
      return kBeyond;
    }
    farthest += far;
  }
  return farthest;
}

template <class Params>
Problem check_pair(const Params& params, const Bounds& bounds) noexcept {
  if (!values_ok(params)) {
    return Problem::kParameter;
  }
  return pair_inside(params, params.elements, params.elements, bounds) ? Problem::kNone
                                                                       : Problem::kOperandRange;
}

template <class Params>
Problem check_walk(const Params& params, const Bounds& bounds) noexcept {
  if (!values_ok(params.op) || count(params.walk.extent) != params.op.elements) {
    return Problem::kParameter;
  }
  const std::uint64_t input = reach(params.walk.extent, params.walk.input_step) + 1U;
  const std::uint64_t other = reach(params.walk.extent, params.walk.other_step) + 1U;
  return pair_inside(params.op, input, other, bounds) ? Problem::kNone : Problem::kOperandRange;
}

/// The bytes of `Copy` that are read lie in [0, size) of the memory behind the operand.
bool input_inside(const Copy& params, const Bounds& bounds) noexcept {
  std::uint32_t down[6] = {};
  std::uint32_t up[6] = {};
  for (std::size_t i = 0; i < 6; ++i) {
    const std::int64_t step = params.input_step[i];
    down[i] = static_cast<std::uint32_t>(step < 0 ? -step : 0);
    up[i] = static_cast<std::uint32_t>(step > 0 ? step : 0);
  }
  const std::uint64_t end =
      params.input_start + reach(params.extent, up) + std::uint64_t{params.element_bytes};
  return reach(params.extent, down) <= params.input_start && readable(params.input, end, bounds);
}

template <class Params>
bool float_edge_ok(const Params& params) noexcept {
  // Compared this way round, a scale that is not a number fails as well.
  return params.elements != 0 && params.scale > 0.0F && params.scale <= 3.4e38F &&
         in_range(params.zero_point, -128, 127);
}

Problem check_softmax(const SoftmaxS8& params,
                      std::uint32_t output_bytes,
                      const Bounds& bounds) noexcept {
  // diff << left_shift is Q5: at most 31 in magnitude, so that it stays inside of int32.
  constexpr std::int64_t kLimit = std::int64_t{31} << 26;
  if (params.rows == 0 || params.depth == 0 || params.depth > kMaxSoftmaxDepth ||
      params.multiplier < (1 << 30) || !in_range(params.left_shift, 0, 31) ||
      !in_range(params.diff_min, -255, 0) ||
      (std::int64_t{-params.diff_min} << params.left_shift) > kLimit) {
    return Problem::kParameter;
  }
  // 44 bits: depth has at most 12.
  const std::uint64_t elements = std::uint64_t{params.rows} * params.depth;
  const bool inside = readable(params.input, elements, bounds) &&
                      fits(params.output, elements * output_bytes, bounds.arena_bytes);
  return inside ? Problem::kNone : Problem::kOperandRange;
}

}  // namespace

Problem check(const FullyConnectedS8& params, const Needs& needs, const Bounds& bounds) noexcept {
  if (params.batch == 0 || params.depth == 0 || params.outputs == 0 ||
      !offset_ok(params.weight_offset)) {
    return Problem::kParameter;
  }
  return check_weighted(params,
                        std::uint64_t{params.batch} * params.depth,
                        std::uint64_t{params.batch} * params.outputs,
                        needs,
                        bounds);
}

Problem check(const Conv2dS8& params, const Needs& needs, const Bounds& bounds) noexcept {
  if (!windows_ok(params.images, params.window) || params.groups == 0 ||
      params.images.in_c % params.groups != 0 || params.images.out_c % params.groups != 0) {
    return Problem::kParameter;
  }
  return check_weighted(
      params, input_bytes(params.images), output_bytes(params.images), needs, bounds);
}

Problem check(const DepthwiseConv2dS8& params, const Needs& needs, const Bounds& bounds) noexcept {
  if (!windows_ok(params.images, params.window) ||
      std::uint32_t{params.images.in_c} * params.multiplier != params.images.out_c) {
    return Problem::kParameter;
  }
  return check_weighted(
      params, input_bytes(params.images), output_bytes(params.images), needs, bounds);
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
  const bool inside = readable(params.input, input_bytes(images), bounds) &&
                      fits(params.output, output_bytes(images), bounds.arena_bytes);
  return inside ? Problem::kNone : Problem::kOperandRange;
}

Problem check(const SoftmaxS8& params, const Needs& /*needs*/, const Bounds& bounds) noexcept {
  return check_softmax(params, 1, bounds);
}

Problem check(const SoftmaxS8S16& params, const Needs& /*needs*/, const Bounds& bounds) noexcept {
  return check_softmax(params.op, sizeof(std::int16_t), bounds);
}

Problem check(const AddS8& params, const Needs& /*needs*/, const Bounds& bounds) noexcept {
  return check_pair(params, bounds);
}

Problem check(const MulS8& params, const Needs& /*needs*/, const Bounds& bounds) noexcept {
  return check_pair(params, bounds);
}

Problem check(const AddBroadcastS8& params, const Needs& /*needs*/, const Bounds& bounds) noexcept {
  return check_walk(params, bounds);
}

Problem check(const MulBroadcastS8& params, const Needs& /*needs*/, const Bounds& bounds) noexcept {
  return check_walk(params, bounds);
}

Problem check(const MeanS8& params, const Needs& /*needs*/, const Bounds& bounds) noexcept {
  constexpr std::uint32_t kMaxCount = 1U << 23U;  // of 255 each: below 2^31
  const std::uint32_t extent[6] = {params.outer, params.count, params.inner, 1, 1, 1};
  const std::uint64_t input = count(extent);
  if (input == 0 || params.count > kMaxCount || !factor_ok(params.factor, 30) ||
      !offset_ok(params.input_offset) || !output_ok(params.out)) {
    return Problem::kParameter;
  }
  const std::uint64_t output = std::uint64_t{params.outer} * params.inner;
  const bool inside =
      readable(params.input, input, bounds) && fits(params.output, output, bounds.arena_bytes);
  return inside ? Problem::kNone : Problem::kOperandRange;
}

Problem check(const Lookup8& params, const Needs& /*needs*/, const Bounds& bounds) noexcept {
  if (params.elements == 0) {
    return Problem::kParameter;
  }
  const bool inside = readable(params.input, params.elements, bounds) &&
                      fits(params.output, params.elements, bounds.arena_bytes) &&
                      fits(params.table, 256, bounds.weights_bytes);
  return inside ? Problem::kNone : Problem::kOperandRange;
}

Problem check(const Copy& params, const Needs& /*needs*/, const Bounds& bounds) noexcept {
  const std::uint64_t moves = count(params.extent);
  if (moves == 0 || params.element_bytes == 0) {
    return Problem::kParameter;
  }
  // Steps may be 0 and the regions still fit: without this a walk could take for ever.
  if (moves > bounds.arena_bytes || moves * params.element_bytes > bounds.arena_bytes) {
    return Problem::kOperandRange;
  }
  const std::uint64_t end = params.output_start + reach(params.extent, params.output_step) +
                            std::uint64_t{params.element_bytes};
  return input_inside(params, bounds) && fits(params.output, end, bounds.arena_bytes)
             ? Problem::kNone
             : Problem::kOperandRange;
}

Problem check(const Fill& params, const Needs& /*needs*/, const Bounds& bounds) noexcept {
  if (params.bytes == 0 || params.value > 255) {
    return Problem::kParameter;
  }
  return fits(params.output, params.bytes, bounds.arena_bytes) ? Problem::kNone
                                                               : Problem::kOperandRange;
}

Problem check(const QuantizeF32S8& params, const Needs& /*needs*/, const Bounds& bounds) noexcept {
  if (!float_edge_ok(params)) {
    return Problem::kParameter;
  }
  const bool inside = readable(params.input, std::uint64_t{params.elements} * 4U, bounds) &&
                      fits(params.output, params.elements, bounds.arena_bytes);
  return inside ? Problem::kNone : Problem::kOperandRange;
}

Problem check(const DequantizeS8F32& params,
              const Needs& /*needs*/,
              const Bounds& bounds) noexcept {
  if (!float_edge_ok(params)) {
    return Problem::kParameter;
  }
  const bool inside = readable(params.input, params.elements, bounds) &&
                      fits(params.output, std::uint64_t{params.elements} * 4U, bounds.arena_bytes);
  return inside ? Problem::kNone : Problem::kOperandRange;
}

}  // namespace aiot::nn
