// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/nn/kernels.hpp"

namespace aiot::nn {
namespace {

std::uint64_t out_elements(const Images& images) noexcept {
  return std::uint64_t{images.batch} * images.out_h * (std::uint64_t{images.out_w} * images.out_c);
}

std::uint64_t taps(const Window2d& window) noexcept {
  return std::uint64_t{window.kernel_h} * window.kernel_w;
}

std::uint64_t macs(const FullyConnectedS8& p) noexcept {
  return std::uint64_t{p.batch} * p.outputs * p.depth;
}

std::uint64_t macs(const Conv2dS8& p) noexcept {
  return out_elements(p.images) * taps(p.window) * (std::uint32_t{p.images.in_c} / p.groups);
}

std::uint64_t macs(const DepthwiseConv2dS8& p) noexcept {
  return out_elements(p.images) * taps(p.window);
}

std::uint64_t macs(const Pool2dS8& p) noexcept {
  return out_elements(p.images) * taps(p.window);
}

std::uint64_t macs(const SoftmaxS8& p) noexcept {
  return std::uint64_t{p.rows} * p.depth;
}

std::uint64_t macs(const MeanS8& p) noexcept {
  return std::uint64_t{p.outer} * p.count * p.inner;
}

std::uint64_t macs_of(OpCode code, const std::uint32_t* words) noexcept {
  switch (code) {
    case OpCode::kFullyConnectedS8:
      return macs(detail::params_at<FullyConnectedS8>(words));
    case OpCode::kConv2dS8:
      return macs(detail::params_at<Conv2dS8>(words));
    case OpCode::kDepthwiseConv2dS8:
      return macs(detail::params_at<DepthwiseConv2dS8>(words));
    case OpCode::kAveragePool2dS8:
    case OpCode::kMaxPool2dS8:
      return macs(detail::params_at<Pool2dS8>(words));
    case OpCode::kSoftmaxS8:
      return macs(detail::params_at<SoftmaxS8>(words));
    case OpCode::kSoftmaxS8S16:
      return macs(detail::params_at<SoftmaxS8S16>(words).op);
    case OpCode::kAddS8:
    case OpCode::kSubS8:
    case OpCode::kAddBroadcastS8:
    case OpCode::kSubBroadcastS8:
      return detail::params_at<AddS8>(words).elements;
    case OpCode::kMulS8:
    case OpCode::kMulBroadcastS8:
      return detail::params_at<MulS8>(words).elements;
    case OpCode::kMeanS8:
      return macs(detail::params_at<MeanS8>(words));
    case OpCode::kLookup8:
      return detail::params_at<Lookup8>(words).elements;
    case OpCode::kCopy:
    case OpCode::kFill:
    case OpCode::kQuantizeF32S8:
    case OpCode::kDequantizeS8F32:
      return 0;
  }
  return 0;
}

}  // namespace

std::uint64_t count_macs(std::span<const std::uint32_t> program) noexcept {
  std::uint64_t total = 0;
  for (std::size_t at = 0; at < program.size();) {
    const OpHeader header = instruction_at(program, at);
    if (header.words == 0) {
      return total;
    }
    total += macs_of(static_cast<OpCode>(header.code), program.data() + at + 1);
    at += header.words;
  }
  return total;
}

}  // namespace aiot::nn
