// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/nn/kernels.hpp"
#include "aiot/nn/program.hpp"

namespace aiot::nn {

/// Runs a network in an arena of the application. No heap, no planning, no copies: weights and
/// program stay where they are, and must outlive the executor, as must kernels and arena.
class Executor {
 public:
  /// Whether `network` can run with `kernels` in `arena_bytes`; pure, for any content of `network`.
  /// Whoever takes a network from outside calls it once, before an executor is made.
  /// Errors: `kNoSpace` the arena must have `network.arena_bytes`; `kUnsupported` weights packed
  /// for another kernel set, or an operator that is not in it; `kInvalidArgument` weights not
  /// aligned; `kCorrupt` anything else. `diagnose` says more.
  [[nodiscard]] static Status check(const Network& network,
                                    const KernelSet& kernels,
                                    std::size_t arena_bytes) noexcept;

  /// The first problem, and the instruction that has it.
  [[nodiscard]] static Diagnosis diagnose(const Network& network,
                                          const KernelSet& kernels,
                                          std::size_t arena_bytes) noexcept;

  /// `network` must have passed `check` with the same kernels and an arena of this size. The arena
  /// begins at a multiple of kAlignment. Anything else ends in AIOT_CHECK. Variables are reset.
  Executor(const Network& network, const KernelSet& kernels, MutableBytes arena) noexcept;

  /// Memory of input `index`, to be filled before every `run`: operators reuse it.
  [[nodiscard]] MutableBytes input(std::size_t index) noexcept;

  /// The same as int8, for `quantize`.
  [[nodiscard]] std::span<std::int8_t> input_s8(std::size_t index) noexcept;

  /// One inference, from inputs to outputs.
  /// Errors: `kUnsupported` an operator is not in the kernel set: `check` was left out.
  Status run() noexcept;

  /// Memory of output `index`, valid until the inputs are filled again.
  [[nodiscard]] Bytes output(std::size_t index) const noexcept;

  /// The same as int8, for deciders.
  [[nodiscard]] std::span<const std::int8_t> output_s8(std::size_t index) const noexcept;

  /// Variables back to their initial values: for streaming networks, after a gap in the input.
  void reset() noexcept;

  [[nodiscard]] const Network& network() const noexcept { return network_; }

 private:
  Network network_;
  KernelSet kernels_;
  MutableBytes arena_;
};

}  // namespace aiot::nn
