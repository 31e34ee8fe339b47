// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aiot/toolkit/compiler/graph.hpp"
#include "aiot/toolkit/compiler/instruction.hpp"
#include "aiot/toolkit/compiler/lowered.hpp"
#include "src/toolkit/compiler/tables.hpp"

namespace aiot::toolkit {

/// The network that `lower` builds: which buffer holds which tensor, and the instructions so far.
class Lowering {
 public:
  explicit Lowering(const graph::Graph& graph);

  [[nodiscard]] const graph::Graph& graph() const { return graph_; }

  /// Buffer of tensor `index`, made when it is asked for first.
  std::size_t buffer_of(std::int32_t index);

  /// Buffers of input or output `index` of `op`.
  std::size_t input_of(const graph::Operator& op, std::size_t index);
  std::size_t output_of(const graph::Operator& op, std::size_t index);

  /// A buffer for something between two instructions.
  std::size_t scratch_buffer(std::string name, std::uint64_t bytes);

  /// Tensor `to`, which has no buffer yet, is the buffer of tensor `from`.
  void alias(std::int32_t to, std::int32_t from);

  /// Appends an instruction of one operand, or of two. `params` without addresses.
  template <class Params>
  lowered::Instruction& emit(const graph::Operator& op,
                             nn::OpCode code,
                             const Params& params,
                             const std::vector<std::size_t>& operands,
                             std::size_t output) {
    return append(op, code, words_of(params), operands, output);
  }

  /// Appends a table over `elements` codes.
  void emit_table(const graph::Operator& op,
                  const Table& table,
                  std::size_t input,
                  std::size_t output,
                  std::uint64_t elements);

  /// Counts constants; throws `Refusal` when they are more than any device has.
  void add_constants(std::uint64_t bytes);

  [[nodiscard]] lowered::Network& network() { return network_; }

 private:
  lowered::Instruction& append(const graph::Operator& op,
                               nn::OpCode code,
                               std::vector<std::uint32_t> params,
                               const std::vector<std::size_t>& operands,
                               std::size_t output);
  std::size_t add_buffer(lowered::Buffer buffer);

  const graph::Graph& graph_;
  lowered::Network network_;
  std::vector<std::optional<std::size_t>> buffers_;  ///< by tensor
  std::uint64_t arena_bytes_ = 0;
  std::uint64_t constant_bytes_ = 0;
};

/// `value` as a 32-bit count; sizes have been checked against 2^31.
std::uint32_t narrow32(std::uint64_t value);

}  // namespace aiot::toolkit
