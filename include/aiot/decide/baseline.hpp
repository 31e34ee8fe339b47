// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/result.hpp"

namespace aiot::decide {

/// Mean and scatter of one level, updated value by value (B. P. Welford, Technometrics 4, 1962).
/// Plain data: an application may keep it across restarts.
struct LevelStatistics {
  float mean = 0.0F;
  float squares = 0.0F;  ///< sum of squared deviations from the mean
  std::uint32_t count = 0;
};

/// Beyond so many windows a mean in float32 no longer moves by what one window adds; the statistics
/// stay as they are then.
inline constexpr std::uint32_t kMaxBaselineWindows = 1U << 20U;

/// One more value; finite.
void add(LevelStatistics& statistics, float value) noexcept;

/// Sample standard deviation (n - 1); 0 for less than two values.
[[nodiscard]] float standard_deviation(const LevelStatistics& statistics) noexcept;

/// How far a level is from what is normal in its state.
struct Deviation {
  float db = 0.0F;      ///< level - mean
  float sigmas = 0.0F;  ///< the same in standard deviations of the state, or of the floor
};

struct BaselineConfig {
  std::uint32_t states = 1;       ///< operating states, at least 1
  std::uint32_t levels = 1;       ///< levels per window, at least 1
  std::uint32_t min_windows = 2;  ///< windows from which a state counts as commissioned; 2 to 2^20
  float floor_db = 0.5F;  ///< smallest standard deviation: below it scatter is luck; above 0
};

/// Ranges of a configuration from outside. Errors: `kInvalidArgument`.
[[nodiscard]] Status check(const BaselineConfig& config) noexcept;

/// What the levels of a machine (dB) are in each of its operating states.
class Baseline {
 public:
  /// `storage` is [states][levels], outlives the baseline, and holds zeroes or what an earlier
  /// baseline left there. Another size, or a configuration that did not pass `check`, ends in
  /// AIOT_CHECK.
  Baseline(const BaselineConfig& config, std::span<LevelStatistics> storage) noexcept;

  /// One window of commissioning in `state` (below `states`), `levels_db` [levels].
  /// Errors: `kInvalidArgument` a level that is not finite; nothing is learned then.
  Status learn(std::size_t state, std::span<const float> levels_db) noexcept;

  /// Whether `state` has been seen for `min_windows`.
  [[nodiscard]] bool is_known(std::size_t state) const noexcept;

  /// How far a level of the present window is off. Errors: `kEmpty` the state was never
  /// commissioned, so nobody knows what is normal in it; `kInvalidArgument` a level that is not
  /// finite.
  [[nodiscard]] Result<Deviation> compare(std::size_t state,
                                          std::size_t level,
                                          float level_db) const noexcept;

  /// Statistics of one level in one state.
  [[nodiscard]] const LevelStatistics& at(std::size_t state, std::size_t level) const noexcept;

 private:
  BaselineConfig config_;
  std::span<LevelStatistics> storage_;
};

}  // namespace aiot::decide
