// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "aiot/toolkit/compiler/lowered.hpp"
#include "aiot/toolkit/compiler/plan.hpp"
#include "aiot/toolkit/compiler/target.hpp"

namespace aiot::toolkit {

/// The planned arena of a network. Block i of the task is buffer i (0 bytes for constants), the
/// blocks behind them are the scratch of the instructions.
struct Arena {
  plan::Task task;
  plan::Plan plan;
  std::uint64_t bound = 0;  ///< bytes below which no plan of the task is
};

/// Plans buffers and scratch of `network` for `target`. Kernels get the scratch with which they are
/// fastest as long as the arena stays near the smallest that is possible.
Arena plan_arena(const lowered::Network& network, const Target& target);

}  // namespace aiot::toolkit
