// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "aiot/nn/kernels.hpp"
#include "aiot/nn/ref/elementwise.hpp"
#include "aiot/nn/ref/float_edges.hpp"
#include "aiot/nn/ref/fully_connected.hpp"
#include "aiot/nn/ref/lookup.hpp"
#include "aiot/nn/ref/mean.hpp"
#include "aiot/nn/ref/movement.hpp"
#include "aiot/nn/ref/pool.hpp"
#include "aiot/nn/ref/softmax.hpp"
#include "aiot/nn/ref/windowed.hpp"

/// The reference back-end: slow and clear, the definition of every operator. Other back-ends give
/// the same bytes.
namespace aiot::nn::ref {

inline constexpr Kernel kFullyConnectedS8 =
    make_kernel<OpCode::kFullyConnectedS8, FullyConnectedS8, fully_connected_s8, canonical_needs>();
inline constexpr Kernel kConv2dS8 =
    make_kernel<OpCode::kConv2dS8, Conv2dS8, conv_2d_s8, canonical_needs>();
inline constexpr Kernel kDepthwiseConv2dS8 = make_kernel<OpCode::kDepthwiseConv2dS8,
                                                         DepthwiseConv2dS8,
                                                         depthwise_conv_2d_s8,
                                                         canonical_needs>();
inline constexpr Kernel kAveragePool2dS8 =
    make_kernel<OpCode::kAveragePool2dS8, Pool2dS8, average_pool_2d_s8, canonical_needs>();
inline constexpr Kernel kMaxPool2dS8 =
    make_kernel<OpCode::kMaxPool2dS8, Pool2dS8, max_pool_2d_s8, canonical_needs>();
inline constexpr Kernel kSoftmaxS8 =
    make_kernel<OpCode::kSoftmaxS8, SoftmaxS8, softmax_s8, canonical_needs>();
inline constexpr Kernel kSoftmaxS8S16 =
    make_kernel<OpCode::kSoftmaxS8S16, SoftmaxS8S16, softmax_s8_s16, canonical_needs>();

inline constexpr Kernel kAddS8 = make_kernel<OpCode::kAddS8, AddS8, add_s8, canonical_needs>();
inline constexpr Kernel kSubS8 = make_kernel<OpCode::kSubS8, AddS8, sub_s8, canonical_needs>();
inline constexpr Kernel kMulS8 = make_kernel<OpCode::kMulS8, MulS8, mul_s8, canonical_needs>();
inline constexpr Kernel kAddBroadcastS8 =
    make_kernel<OpCode::kAddBroadcastS8, AddBroadcastS8, add_broadcast_s8, canonical_needs>();
inline constexpr Kernel kSubBroadcastS8 =
    make_kernel<OpCode::kSubBroadcastS8, AddBroadcastS8, sub_broadcast_s8, canonical_needs>();
inline constexpr Kernel kMulBroadcastS8 =
    make_kernel<OpCode::kMulBroadcastS8, MulBroadcastS8, mul_broadcast_s8, canonical_needs>();
inline constexpr Kernel kMeanS8 = make_kernel<OpCode::kMeanS8, MeanS8, mean_s8, canonical_needs>();
inline constexpr Kernel kLookup8 =
    make_kernel<OpCode::kLookup8, Lookup8, lookup_8, canonical_needs>();
inline constexpr Kernel kCopy = make_kernel<OpCode::kCopy, Copy, copy, canonical_needs>();
inline constexpr Kernel kFill = make_kernel<OpCode::kFill, Fill, fill, canonical_needs>();
inline constexpr Kernel kQuantizeF32S8 =
    make_kernel<OpCode::kQuantizeF32S8, QuantizeF32S8, quantize_f32_s8, canonical_needs>();
inline constexpr Kernel kDequantizeS8F32 =
    make_kernel<OpCode::kDequantizeS8F32, DequantizeS8F32, dequantize_s8_f32, canonical_needs>();

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
inline constexpr KernelSet kernels{"ref", WeightLayout::kCanonical, kAllKernels};

}  // namespace aiot::nn::ref
