// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/core/result.hpp"

namespace aiot::decide {

inline constexpr std::uint8_t kMaxAlarmWindows = 32;

enum class AlarmState : std::uint8_t { kNormal = 0, kWarning = 1, kAlarm = 2 };

/// How long a level has to be exceeded before it counts, in windows: no clock.
struct Persistence {
  std::uint8_t votes = 1;    ///< k, 1 to windows: so many of the last `windows` raise the alarm
  std::uint8_t windows = 1;  ///< n, 1 to 32
  std::uint8_t release = 1;  ///< m, at least 1: so many in a row below the release level end it
};

/// One level with hysteresis, in the unit of the value. A window votes at or above `raise`; only
/// one below `release` counts for the end of the alarm.
struct Level {
  float raise = 0.0F;
  float release = 0.0F;  ///< at most `raise`
};

/// A level that is released below the part `ratio` of it, for values that are not negative.
[[nodiscard]] constexpr Level level_with_ratio(float raise, float ratio) noexcept {
  return {raise, raise * ratio};
}

/// Ranges of what comes from outside. Errors: `kInvalidArgument`.
[[nodiscard]] Status check(const Persistence& persistence) noexcept;
[[nodiscard]] Status check(const Level& level) noexcept;

/// Memory of one level: whether it is raised, and the windows that matter for it.
class Latch {
 public:
  /// One window; whether the level is raised after it. `level` and `persistence` must have passed
  /// `check`, and be the same for every window since the start. A value that is not a number
  /// neither votes nor counts as low.
  bool update(float value, const Level& level, const Persistence& persistence) noexcept;

  [[nodiscard]] constexpr bool raised() const noexcept { return raised_; }

  /// Forgets all windows; the level is not raised.
  void restart() noexcept;

 private:
  std::uint32_t history_ = 0;  // a bit for each window, the newest lowest: it voted
  std::uint8_t low_ = 0;       // windows in a row below the release level, while raised
  bool raised_ = false;
};

/// The state that two levels of one value amount to.
[[nodiscard]] constexpr AlarmState alarm_state(const Latch& warning, const Latch& alarm) noexcept {
  if (alarm.raised()) {
    return AlarmState::kAlarm;
  }
  return warning.raised() ? AlarmState::kWarning : AlarmState::kNormal;
}

/// Two levels above each other.
struct LevelAlarmConfig {
  Level warning{};
  Level alarm{};  ///< neither of its values below that of `warning`
  Persistence persistence{};
};

/// Ranges of a configuration from outside. Errors: `kInvalidArgument`.
[[nodiscard]] Status check(const LevelAlarmConfig& config) noexcept;

/// Watches one value at two levels. Deterministic, counts windows.
class LevelAlarm {
 public:
  /// `config` must have passed `check`.
  explicit LevelAlarm(const LevelAlarmConfig& config) noexcept;

  /// One window; the state after it.
  AlarmState update(float value) noexcept;

  [[nodiscard]] AlarmState state() const noexcept { return alarm_state(warning_, alarm_); }

  /// Forgets all windows; the state is normal.
  void restart() noexcept;

 private:
  LevelAlarmConfig config_;
  Latch warning_;
  Latch alarm_;
};

}  // namespace aiot::decide
