// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>

namespace aiot::decide {

inline constexpr float kLargest = std::numeric_limits<float>::max();

constexpr bool is_finite(float value) noexcept {
  return value >= -kLargest && value <= kLargest;
}

/// Above 0 and finite.
constexpr bool is_positive(float value) noexcept {
  return value > 0.0F && value <= kLargest;
}

}  // namespace aiot::decide
