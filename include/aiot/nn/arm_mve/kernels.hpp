// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "aiot/nn/arm_mve/layout.hpp"
#include "aiot/nn/kernels.hpp"
#include "aiot/nn/ref/kernels.hpp"

/// The back-end of cores with the M-profile vector extension (Helium, Cortex-M55): constants packed
/// by the host as layout.hpp says, inner loops in assembly. Same bytes as `ref` for every network
/// whose accumulators stay below 2^30 in magnitude.
namespace aiot::nn::arm_mve {

/// As the kernels of `ref` of the same names; src/nn/arm_mve/ says how. `params` must have passed
/// its check with the needs of layout.hpp.
void fully_connected_s8(const FullyConnectedS8& params, const Memory& memory) noexcept;
void conv_2d_s8(const Conv2dS8& params, const Memory& memory) noexcept;
void depthwise_conv_2d_s8(const DepthwiseConv2dS8& params, const Memory& memory) noexcept;
void average_pool_2d_s8(const Pool2dS8& params, const Memory& memory) noexcept;
void max_pool_2d_s8(const Pool2dS8& params, const Memory& memory) noexcept;
void softmax_s8(const SoftmaxS8& params, const Memory& memory) noexcept;
void add_s8(const AddS8& params, const Memory& memory) noexcept;
void sub_s8(const AddS8& params, const Memory& memory) noexcept;
void mul_s8(const MulS8& params, const Memory& memory) noexcept;
void lookup_8(const Lookup8& params, const Memory& memory) noexcept;

inline constexpr Kernel kFullyConnectedS8 =
    make_kernel<OpCode::kFullyConnectedS8, FullyConnectedS8, fully_connected_s8, needs>();
inline constexpr Kernel kConv2dS8 = make_kernel<OpCode::kConv2dS8, Conv2dS8, conv_2d_s8, needs>();
inline constexpr Kernel kDepthwiseConv2dS8 =
    make_kernel<OpCode::kDepthwiseConv2dS8, DepthwiseConv2dS8, depthwise_conv_2d_s8, needs>();
inline constexpr Kernel kAveragePool2dS8 =
    make_kernel<OpCode::kAveragePool2dS8, Pool2dS8, average_pool_2d_s8, canonical_needs>();
inline constexpr Kernel kMaxPool2dS8 =
    make_kernel<OpCode::kMaxPool2dS8, Pool2dS8, max_pool_2d_s8, canonical_needs>();
inline constexpr Kernel kSoftmaxS8 =
    make_kernel<OpCode::kSoftmaxS8, SoftmaxS8, softmax_s8, canonical_needs>();
inline constexpr Kernel kSoftmaxS8S16 = ref::kSoftmaxS8S16;
inline constexpr Kernel kAddS8 = make_kernel<OpCode::kAddS8, AddS8, add_s8, canonical_needs>();
inline constexpr Kernel kSubS8 = make_kernel<OpCode::kSubS8, AddS8, sub_s8, canonical_needs>();
inline constexpr Kernel kMulS8 = make_kernel<OpCode::kMulS8, MulS8, mul_s8, canonical_needs>();
inline constexpr Kernel kLookup8 =
    make_kernel<OpCode::kLookup8, Lookup8, lookup_8, canonical_needs>();

// Not worth vector code so far: the definition itself.
inline constexpr Kernel kAddBroadcastS8 = ref::kAddBroadcastS8;
inline constexpr Kernel kSubBroadcastS8 = ref::kSubBroadcastS8;
inline constexpr Kernel kMulBroadcastS8 = ref::kMulBroadcastS8;
inline constexpr Kernel kMeanS8 = ref::kMeanS8;
inline constexpr Kernel kCopy = ref::kCopy;
inline constexpr Kernel kFill = ref::kFill;
inline constexpr Kernel kQuantizeF32S8 = ref::kQuantizeF32S8;
inline constexpr Kernel kDequantizeS8F32 = ref::kDequantizeS8F32;

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
inline constexpr KernelSet kernels{"arm_mve", WeightLayout::kArmMve, kAllKernels};

}  // namespace aiot::nn::arm_mve
