// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

/// Where everything lies in the arena: blocks with lifetimes, packed into as few bytes as possible.
/// Pure: the same task gives the same plan on every machine.
namespace aiot::toolkit::plan {

/// Memory that something needs during the instructions first, ..., last.
struct Block {
  std::uint32_t bytes = 0;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

/// Instruction `input.last` == `output.first` reads one block for the last time while it writes the
/// other from its beginning on. They may share memory where the input begins `lead` bytes behind
/// the beginning of the output or later. One per pair of blocks at most.
struct Overlap {
  std::size_t output = 0;
  std::size_t input = 0;
  std::uint32_t lead = 0;
};

struct Task {
  std::vector<Block> blocks;
  std::vector<Overlap> overlaps;
};

struct Plan {
  std::vector<std::uint64_t> offsets;  ///< of the blocks, multiples of the alignment
  std::uint64_t bytes = 0;             ///< of the arena: where the last block ends
};

/// Bytes below which no plan can be while instruction `at` runs, for every instruction of the task.
std::vector<std::uint64_t> lower_bounds(const Task& task, std::uint32_t alignment);

/// A plan of few bytes: blocks are put, one after the other, where they fit lowest or highest
/// below a ceiling; the order is repaired until the ceiling is the lower bound or `effort` (pairs
/// of blocks that were looked at) is used up. Overlaps whose blocks do not meet as described end in
/// AIOT_CHECK.
Plan place(const Task& task, std::uint32_t alignment, std::uint64_t effort);

/// Whether `plan` obeys `task`: blocks that live at the same time share no byte, but for overlaps
/// that keep their lead.
bool is_valid(const Task& task, const Plan& plan, std::uint32_t alignment);

}  // namespace aiot::toolkit::plan
