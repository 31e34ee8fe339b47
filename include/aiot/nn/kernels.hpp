// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/bytes.hpp"
#include "aiot/nn/program.hpp"

namespace aiot::nn {

/// Where the operands of a running program are.
struct Memory {
  std::byte* arena = nullptr;          ///< at a multiple of kAlignment
  const std::byte* weights = nullptr;  ///< at a multiple of kAlignment

  [[nodiscard]] const std::byte* read(Operand operand) const noexcept {
    return (operand.address & kConstantOperand) != 0
               ? weights + (operand.address & ~kConstantOperand)
               : arena + operand.address;
  }

  [[nodiscard]] const std::int8_t* read_s8(Operand operand) const noexcept {
    return reinterpret_cast<const std::int8_t*>(read(operand));
  }

  [[nodiscard]] std::int8_t* write_s8(std::uint32_t offset) const noexcept {
    return reinterpret_cast<std::int8_t*>(arena + offset);
  }

  /// Constants of type T (int8_t, int32_t, Channel, ...) at `offset` of the weights.
  template <class T>
  [[nodiscard]] const T* constants(std::uint32_t offset) const noexcept {
    // Through void*: the check of the program has made sure of the alignment.
    return static_cast<const T*>(static_cast<const void*>(weights + offset));
  }
};

/// Sizes of the two memories, for checks.
struct Bounds {
  std::uint32_t arena_bytes = 0;
  std::uint32_t weights_bytes = 0;
};

/// Bytes that a kernel reads or writes beside input and output; they depend on its weight layout.
/// Asked for before the parameters are checked: any values, 0 as well, must give some number. A sum
/// or product that does not fit may be any that is more than a memory has.
struct Needs {
  std::uint64_t weights = 0;   ///< from `weights` of the parameters on
  std::uint64_t channels = 0;  ///< from `channels` on
  std::uint64_t scratch = 0;
};

/// What the check of an operator decides once so that its kernel may trust its parameters: values
/// in range, operands inside of `bounds`, aligned. Instructions that pass can not make a kernel
/// read or write elsewhere, divide by zero or overflow in its index arithmetic, and end after a
/// number of steps that the sizes of the memories limit. Scratch overlaps neither input nor output;
/// whether these overlap is the compiler's business.
Problem check(const FullyConnectedS8& params, const Needs& needs, const Bounds& bounds) noexcept;
Problem check(const Conv2dS8& params, const Needs& needs, const Bounds& bounds) noexcept;
Problem check(const DepthwiseConv2dS8& params, const Needs& needs, const Bounds& bounds) noexcept;
Problem check(const Pool2dS8& params, const Needs& needs, const Bounds& bounds) noexcept;
Problem check(const SoftmaxS8& params, const Needs& needs, const Bounds& bounds) noexcept;
Problem check(const SoftmaxS8S16& params, const Needs& needs, const Bounds& bounds) noexcept;
Problem check(const AddS8& params, const Needs& needs, const Bounds& bounds) noexcept;
Problem check(const MulS8& params, const Needs& needs, const Bounds& bounds) noexcept;
Problem check(const AddBroadcastS8& params, const Needs& needs, const Bounds& bounds) noexcept;
Problem check(const MulBroadcastS8& params, const Needs& needs, const Bounds& bounds) noexcept;
Problem check(const MeanS8& params, const Needs& needs, const Bounds& bounds) noexcept;
Problem check(const Lookup8& params, const Needs& needs, const Bounds& bounds) noexcept;
Problem check(const Copy& params, const Needs& needs, const Bounds& bounds) noexcept;
Problem check(const Fill& params, const Needs& needs, const Bounds& bounds) noexcept;
Problem check(const QuantizeF32S8& params, const Needs& needs, const Bounds& bounds) noexcept;
Problem check(const DequantizeS8F32& params, const Needs& needs, const Bounds& bounds) noexcept;

/// Needs of kernels that read `WeightLayout::kCanonical` and use no scratch. Products can not
/// overflow: every factor has at most 32 bits, or four have at most 16.
constexpr Needs canonical_needs(const FullyConnectedS8& p) noexcept {
  return {std::uint64_t{p.outputs} * p.depth, std::uint64_t{p.outputs} * sizeof(Channel), 0};
}

constexpr Needs canonical_needs(const Conv2dS8& p) noexcept {
  const std::uint32_t depth = p.groups == 0 ? 0 : std::uint32_t{p.images.in_c} / p.groups;
  const std::uint64_t taps = std::uint64_t{p.window.kernel_h} * p.window.kernel_w;
  return {taps * depth * p.images.out_c, std::uint64_t{p.images.out_c} * sizeof(Channel), 0};
}

constexpr Needs canonical_needs(const DepthwiseConv2dS8& p) noexcept {
  const std::uint64_t taps = std::uint64_t{p.window.kernel_h} * p.window.kernel_w;
  return {taps * p.images.out_c, std::uint64_t{p.images.out_c} * sizeof(Channel), 0};
}

template <class Params>
concept HasWeights = requires(const Params& p) {
  p.weights;
};

/// Operators without weights need nothing.
template <class Params>
constexpr Needs canonical_needs(const Params& /*p*/) noexcept {
  static_assert(!HasWeights<Params>, "a weighted operator says what it needs");
  return {};
}

/// One operator of a kernel set: how to check its instruction and how to run it. Made by
/// `make_kernel` only, so that code, parameters, check and kernel belong together.
struct Kernel {
  OpCode code{};
  std::uint16_t words = 0;  ///< length of the instruction
  Problem (*check)(const std::uint32_t* params, const Bounds& bounds) noexcept = nullptr;
  void (*run)(const std::uint32_t* params, const Memory& memory) noexcept = nullptr;
};

namespace detail {

template <class Params>
const Params& params_at(const std::uint32_t* words) noexcept {
  static_assert(sizeof(Params) % 4 == 0 && alignof(Params) == 4);
  return *static_cast<const Params*>(static_cast<const void*>(words));
}

}  // namespace detail

/// Binds an operator code to its parameter struct, its kernel, and what the kernel needs:
///   `make_kernel<OpCode::kSoftmaxS8, SoftmaxS8, ref::softmax_s8, canonical_needs>()`
template <OpCode code,
          class Params,
          void (*run)(const Params&, const Memory&) noexcept,
          Needs (*needs)(const Params&) noexcept>
constexpr Kernel make_kernel() noexcept {
  return {code,
          static_cast<std::uint16_t>(1 + sizeof(Params) / 4),
          [](const std::uint32_t* words, const Bounds& bounds) noexcept {
            const Params& params = detail::params_at<Params>(words);
            return check(params, needs(params), bounds);
          },
          [](const std::uint32_t* words, const Memory& memory) noexcept {
            run(detail::params_at<Params>(words), memory);
          }};
}

/// A back-end, or the part of it that an application wants: a list of operators and the layout of
/// their weights. What is not in the list is not linked; a program that asks for it is
/// kUnsupported. Every back-end gives the same bytes as `ref`.
///
///   constexpr std::array kMine{nn::ref::kFullyConnectedS8, nn::ref::kSoftmaxS8};
///   constexpr nn::KernelSet kernels{"mine", nn::WeightLayout::kCanonical, kMine};
struct KernelSet {
  const char* name = "";
  WeightLayout layout = WeightLayout::kCanonical;
  std::span<const Kernel> kernels;

  /// The kernel of `code`, or null.
  [[nodiscard]] constexpr const Kernel* find(std::uint16_t code) const noexcept {
    for (const Kernel& kernel : kernels) {
      if (static_cast<std::uint16_t>(kernel.code) == code) {
        return &kernel;
      }
    }
    return nullptr;
  }
};

}  // namespace aiot::nn
