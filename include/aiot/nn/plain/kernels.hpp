// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "aiot/nn/kernels.hpp"
#include "aiot/nn/plain/layout.hpp"
#include "aiot/nn/ref/kernels.hpp"

/// Kernels for cores without SIMD: Cortex-M0 and M3, and every host. Constants are packed as in
/// plain/layout.hpp. The same bytes as `ref` for every network whose accumulators stay below 2^30
/// in magnitude; for any other (only a damaged one) still nothing outside of its memories.
namespace aiot::nn::plain {

/// Shapes in the parameter structs. `params` must have passed its check with `needs`.
/// Convolution works through the output pixels in blocks of kFastPixels, kMiddlePixels or
/// kLeastPixels, the most for which its scratch has conv_scratch(params, pixels): a block is read
/// before it is written.
void conv_2d_s8(const Conv2dS8& params, const Memory& memory) noexcept;

/// Row by row of the output; what a row reads is in scratch before it is written.
void depthwise_conv_2d_s8(const DepthwiseConv2dS8& params, const Memory& memory) noexcept;

/// Input and output must not overlap.
void fully_connected_s8(const FullyConnectedS8& params, const Memory& memory) noexcept;

/// Pixel by pixel, channel by channel, in order.
void average_pool_2d_s8(const Pool2dS8& params, const Memory& memory) noexcept;
void max_pool_2d_s8(const Pool2dS8& params, const Memory& memory) noexcept;

/// Element by element, in order: the output may be either operand.
void add_s8(const AddS8& params, const Memory& memory) noexcept;
void sub_s8(const AddS8& params, const Memory& memory) noexcept;
void mul_s8(const MulS8& params, const Memory& memory) noexcept;

inline constexpr Kernel kFullyConnectedS8 =
    make_kernel<OpCode::kFullyConnectedS8, FullyConnectedS8, fully_connected_s8, needs>();
inline constexpr Kernel kConv2dS8 = make_kernel<OpCode::kConv2dS8, Conv2dS8, conv_2d_s8, needs>();
inline constexpr Kernel kDepthwiseConv2dS8 =
    make_kernel<OpCode::kDepthwiseConv2dS8, DepthwiseConv2dS8, depthwise_conv_2d_s8, needs>();
inline constexpr Kernel kAveragePool2dS8 =
    make_kernel<OpCode::kAveragePool2dS8, Pool2dS8, average_pool_2d_s8, canonical_needs>();
inline constexpr Kernel kMaxPool2dS8 =
    make_kernel<OpCode::kMaxPool2dS8, Pool2dS8, max_pool_2d_s8, canonical_needs>();
inline constexpr Kernel kAddS8 = make_kernel<OpCode::kAddS8, AddS8, add_s8, canonical_needs>();
inline constexpr Kernel kSubS8 = make_kernel<OpCode::kSubS8, AddS8, sub_s8, canonical_needs>();
inline constexpr Kernel kMulS8 = make_kernel<OpCode::kMulS8, MulS8, mul_s8, canonical_needs>();

using ref::kAddBroadcastS8;
using ref::kCopy;
using ref::kDequantizeS8F32;
using ref::kFill;
using ref::kLookup8;
using ref::kMeanS8;
using ref::kMulBroadcastS8;
using ref::kQuantizeF32S8;
using ref::kSoftmaxS8;
using ref::kSoftmaxS8S16;
using ref::kSubBroadcastS8;

// The type is spelt out because gcc 12 puts a deduced one into RAM.
inline constexpr std::array<Kernel, 19> kAllKernels{kFullyConnectedS8,
                                                    kConv2dS8,
                                                    kDepthwiseConv2dS8,
                                                    kAveragePool2dS8,
                                                    kMaxPool2dS8,
                                                    kSoftmaxS8,
                                                    kAddS8,
                                                    kSubS8,
                                                    kMulS8,
                                                    kAddBroadcastS8,
                                                    kSubBroadcastS8,
                                                    kMulBroadcastS8,
                                                    kMeanS8,
                                                    kLookup8,
                                                    kCopy,
                                                    kFill,
                                                    kQuantizeF32S8,
                                                    kDequantizeS8F32,
                                                    kSoftmaxS8S16};

/// All operators.
inline constexpr KernelSet kernels{"plain", WeightLayout::kArmPlain, kAllKernels};

}  // namespace aiot::nn::plain
