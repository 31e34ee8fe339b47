// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "aiot/core/result.hpp"

namespace aiot::decide {

inline constexpr std::size_t kMaxClassEdges = 7;

/// A speed or load that nobody measures: its class is 0.
inline constexpr float kNotMeasured = std::numeric_limits<float>::quiet_NaN();

/// Cuts the range of a value (rpm, kW, %) into `count` + 1 classes, numbered from 1 upwards.
struct ClassEdges {
  std::array<float, kMaxClassEdges> edges{};  ///< ascending; the first `count` are used
  std::uint8_t count = 0;                     ///< 0 to 7; 0: every value that is known is class 1
  float margin = 0.0F;  ///< so far beyond an edge the value must be to leave its class; at least 0
                        ///< and below half the distance of any two edges
};

/// Ranges of what comes from outside. Errors: `kInvalidArgument`.
[[nodiscard]] Status check(const ClassEdges& edges) noexcept;

/// What a machine does: what is normal depends on it.
struct OperatingState {
  std::uint8_t speed = 0;  ///< class; 0 unknown
  std::uint8_t load = 0;   ///< class; 0 unknown

  friend bool operator==(const OperatingState&, const OperatingState&) = default;
};

struct OperatingStateConfig {
  ClassEdges speed{};
  ClassEdges load{};
};

/// Ranges of a configuration from outside. Errors: `kInvalidArgument`.
[[nodiscard]] Status check(const OperatingStateConfig& config) noexcept;

/// Number of states that a configuration can tell apart, the unknown classes included; 4 to 81.
[[nodiscard]] constexpr std::size_t state_count(const OperatingStateConfig& config) noexcept {
  return (config.speed.count + std::size_t{2}) * (config.load.count + std::size_t{2});
}

/// Place of `state` among the states of a configuration, below `state_count(config)`.
[[nodiscard]] constexpr std::size_t state_index(const OperatingStateConfig& config,
                                                OperatingState state) noexcept {
  return state.speed * (config.load.count + std::size_t{2}) + state.load;
}

/// Names the operating state of each window. A value that wanders about an edge does not change its
/// class until it is `margin` beyond the edge.
class OperatingStateTracker {
 public:
  /// `config` must have passed `check`.
  explicit OperatingStateTracker(const OperatingStateConfig& config) noexcept;

  /// The state of a window with this speed and load, in the units of the edges. A value that is not
  /// a number or not finite (`kNotMeasured`) has class 0.
  OperatingState update(float speed, float load) noexcept;

  [[nodiscard]] OperatingState state() const noexcept { return state_; }

  /// Forgets the classes: the next ones are those of the plain edges.
  void restart() noexcept { state_ = {}; }

 private:
  OperatingStateConfig config_;
  OperatingState state_{};
};

}  // namespace aiot::decide
