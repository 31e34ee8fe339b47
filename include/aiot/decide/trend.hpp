// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/core/result.hpp"

namespace aiot::decide {

inline constexpr std::size_t kMaxTrendPoints = 32;

struct TrendConfig {
  std::uint32_t smoothing_windows = 64;  ///< of the slow average, 1 to 2^20
  std::uint32_t point_windows = 16;      ///< windows averaged into one point, 1 to 2^20
  std::uint8_t points = 16;              ///< last points that the line is laid through, 8 to 32
  float min_t = 4.0F;                    ///< slope in standard errors from which it counts; above 0
};

/// Ranges of a configuration from outside. Errors: `kInvalidArgument`.
[[nodiscard]] Status check(const TrendConfig& config) noexcept;

/// Where a level is going.
struct TrendEstimate {
  float slope_db_per_window = 0.0F;
  float t = 0.0F;  ///< slope in its standard errors, with its sign; 0 when the points are too few
                   ///< or depend on each other too much to say
  bool significant = false;  ///< |t| is at least `min_t`
};

/// Follows the deviation of one level from its baseline over a long time: a slow exponential
/// average and the slope of a least-squares line through the means of the last blocks of windows.
///
/// Slow wandering looks like a trend, so the standard error counts only as many points as are worth
/// independent ones, n (1 - r) / (1 + r) (B. D. Santer et al., J. Geophys. Res. 105, 2000), where r
/// is the correlation of neighbouring residuals and an allowance of (1 + 4 r) / n for its bias.
/// With 16 points of 4 windows and a limit of 4, one of 1250 independent lines through white noise
/// counts as a trend, one of 34 when the level remembers about 10 windows (without the correction:
/// one of 8). `point_windows` should therefore span the memory of the machine.
class Trend {
 public:
  /// `config` must have passed `check`.
  explicit Trend(const TrendConfig& config) noexcept;

  /// One window; `deviation_db` is level - baseline of the window's operating state.
  /// Errors: `kInvalidArgument` a deviation that is not finite; nothing changes then.
  Status update(float deviation_db) noexcept;

  /// The slow average, dB: the plain mean until `smoothing_windows` were seen. Errors: `kEmpty` no
  /// window yet.
  [[nodiscard]] Result<float> average_db() const noexcept;

  /// The line through the last points. Errors: `kEmpty` there are not as many points yet.
  [[nodiscard]] Result<TrendEstimate> estimate() const noexcept;

  /// Forgets all windows.
  void restart() noexcept;

 private:
  [[nodiscard]] float point(std::size_t age_rank) const noexcept;

  TrendConfig config_;
  std::array<float, kMaxTrendPoints> ring_{};
  float average_ = 0.0F;
  float sum_ = 0.0F;            // of the block that is being filled
  std::uint32_t seen_ = 0;      // windows, up to smoothing_windows
  std::uint32_t in_block_ = 0;  // windows in the block that is being filled
  std::uint8_t position_ = 0;   // where the next point goes: the oldest one when all are there
  std::uint8_t filled_ = 0;     // points, up to config_.points
};

}  // namespace aiot::decide
