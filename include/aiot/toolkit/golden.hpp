// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/toolkit/program_builder.hpp"

namespace aiot::toolkit {

/// A golden window as a package states it: the bytes of the network's inputs, one after the other,
/// and those of its outputs.
struct GoldenWindow {
  std::vector<std::byte> input;
  std::vector<std::byte> output;
};

/// Bytes of input and output; a longer window is not worth its place in a package.
inline constexpr std::size_t kMaxGoldenBytes = 4096;

/// What reference kernels answer to `input`, which has the bytes of the inputs. Nothing for a
/// network that they can not run: it is packed for others, or damaged.
std::optional<GoldenWindow> golden_window(const NetworkSpec& network, Bytes input);

/// The same for an input where there is no representative one: a pattern of pseudo-random codes,
/// floating point in [-1, 1). Nothing also when it would be longer than `kMaxGoldenBytes`.
std::optional<GoldenWindow> golden_pattern(const NetworkSpec& network);

}  // namespace aiot::toolkit
