// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/operating_state.hpp"

#include "aiot/core/check.hpp"
#include "finite.hpp"

namespace aiot::decide {
namespace {

/// Class of `value` when the last one was `present` (0: none). Class c lies between the edges c - 2
/// and c - 1.
std::uint8_t classify(const ClassEdges& edges, float value, std::uint8_t present) noexcept {
  if (!is_finite(value)) {
    return 0;
  }
  const float margin = present == 0 ? 0.0F : edges.margin;
  std::uint8_t found = present == 0 ? std::uint8_t{1} : present;
  while (found <= edges.count && value >= edges.edges[found - 1U] + margin) {
    ++found;
  }
  while (found > 1 && value < edges.edges[found - 2U] - margin) {
    --found;
  }
  return found;
}

}  // namespace

Status check(const ClassEdges& edges) noexcept {
  if (edges.count > kMaxClassEdges || !(edges.margin >= 0.0F) || !is_finite(edges.margin)) {
    return Error::kInvalidArgument;
  }
  for (std::size_t i = 0; i < edges.count; ++i) {
    if (!is_finite(edges.edges[i])) {
      return Error::kInvalidArgument;
    }
    if (i > 0 && !(2.0F * edges.margin < edges.edges[i] - edges.edges[i - 1])) {
      return Error::kInvalidArgument;
    }
  }
  return {};
}

Status check(const OperatingStateConfig& config) noexcept {
  AIOT_TRY(check(config.speed));
  return check(config.load);
}

OperatingStateTracker::OperatingStateTracker(const OperatingStateConfig& config) noexcept
    : config_(config) {
  AIOT_CHECK(check(config).ok());
}

OperatingState OperatingStateTracker::update(float speed, float load) noexcept {
  state_.speed = classify(config_.speed, speed, state_.speed);
  state_.load = classify(config_.load, load, state_.load);
  return state_;
}

}  // namespace aiot::decide
