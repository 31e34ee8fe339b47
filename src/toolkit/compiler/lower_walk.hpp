// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "aiot/nn/program.hpp"
#include "src/toolkit/compiler/graph_shapes.hpp"

/// Strided walks with as few dims as they can have: kernels spend most of their time in the loops
/// around the innermost one.
namespace aiot::toolkit {

/// One dim of a walk over two operands; steps in bytes or elements.
struct WalkDim {
  std::uint32_t extent = 1;
  std::int64_t first_step = 0;
  std::int64_t second_step = 0;
};

/// The same walk without dims of extent 1, neighbours that continue each other made one.
std::vector<WalkDim> collapsed(const std::vector<WalkDim>& dims);

/// A copy before it is an instruction: first is the input, second the output, all in bytes.
struct CopyWalk {
  std::uint64_t input_start = 0;
  std::uint64_t output_start = 0;
  std::uint32_t element_bytes = 1;
  std::vector<WalkDim> dims;  ///< outermost first

  /// Dims of extent 1 and those that continue each other taken out, contiguous ones moved at once.
  void simplify();

  /// Whether it moves `bytes` bytes from the beginning of one buffer to that of another; after
  /// `simplify`.
  [[nodiscard]] bool is_whole(std::uint64_t bytes) const;

  [[nodiscard]] nn::Copy params() const;
};

/// Distance between neighbours along each dim of a dense tensor whose elements have `unit` bytes.
std::vector<std::int64_t> dense_steps(const graph::Dims& dims, std::uint32_t unit);

/// A walk over two operands that broadcast to `out`, as the parameters of an instruction.
nn::Broadcast broadcast_walk(const graph::Dims& out,
                             const graph::Dims& input,
                             const graph::Dims& other);

}  // namespace aiot::toolkit
