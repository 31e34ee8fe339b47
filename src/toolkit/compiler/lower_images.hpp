// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/nn/program.hpp"
#include "src/toolkit/compiler/graph_shapes.hpp"
#include "src/toolkit/compiler/lower_context.hpp"

namespace aiot::toolkit {

/// Image sizes and window of a windowed operator, in the 16 bits that the instructions have.
struct WindowedShapes {
  nn::Images images;
  nn::Window2d window;
};

/// Of `op`, whose output has `channels`. Throws `graph::Refusal` when a number is too large.
WindowedShapes windowed_shapes(const Lowering& lowering,
                               const graph::Operator& op,
                               std::uint32_t channels);

}  // namespace aiot::toolkit
