// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "aiot/nn/kernels.hpp"
#include "aiot/nn/ref/fully_connected.hpp"
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

inline constexpr std::array kAllKernels{
    kFullyConnectedS8, kConv2dS8, kDepthwiseConv2dS8, kAveragePool2dS8, kMaxPool2dS8, kSoftmaxS8};

/// All operators.
inline constexpr KernelSet kernels{"ref", WeightLayout::kCanonical, kAllKernels};

}  // namespace aiot::nn::ref
