// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/result.hpp"
#include "aiot/decide/alarm.hpp"

namespace aiot::decide {

inline constexpr std::size_t kMaxBands = 8;

/// What the numbers of `BandLevels` mean.
enum class LevelUnit : std::uint8_t {
  kAbsolute = 0,  ///< the unit of the band values
  kFactor = 1,    ///< times the baseline of the band
  kDecibel = 2,   ///< 20 log10 above the baseline of the band
};

struct BandLevels {
  float warning = 0.0F;
  float alarm = 0.0F;  ///< not below `warning`
};

struct BandAlarmConfig {
  std::array<BandLevels, kMaxBands> levels{};  ///< [bands]
  std::uint8_t bands = 0;                      ///< 1 to 8
  LevelUnit unit = LevelUnit::kAbsolute;
  float release = 0.8F;  ///< above 0, up to 1: part of a level below which it is released
  Persistence persistence{};
};

/// Ranges of a configuration from outside: levels finite and, as amplitudes, positive.
/// Errors: `kInvalidArgument`.
[[nodiscard]] Status check(const BandAlarmConfig& config) noexcept;

/// What is known after one window.
struct BandVerdict {
  std::array<AlarmState, kMaxBands> states{};  ///< [bands]
  std::uint8_t changed = 0;                    ///< bit b: the state of band b is another one now
  std::uint8_t worst = 0;  ///< band of the highest state; of several, the furthest over its warning
                           ///< level; of equal ones, the first
  AlarmState state = AlarmState::kNormal;  ///< of the worst band
  float ratio = 0.0F;                      ///< value / warning level of the worst band
};

/// Watches the RMS of up to eight bands at two levels each, with hysteresis and persistence.
/// Deterministic, counts windows.
class BandAlarm {
 public:
  /// `config` must have passed `check`.
  explicit BandAlarm(const BandAlarmConfig& config) noexcept;

  /// What relative levels refer to, [bands] in the unit of the values, positive; restarts. Without
  /// effect on absolute levels. Errors: `kInvalidArgument` a baseline that is not positive and
  /// finite, or so large that its levels are not finite; nothing changes then.
  Status set_baseline(std::span<const float> baseline) noexcept;

  /// One window, `values` [bands]. A value that is not a number neither votes nor counts as low.
  /// Errors: `kWrongState` relative levels without a baseline.
  Result<BandVerdict> update(std::span<const float> values) noexcept;

  /// Forgets all windows, not the baseline; every state is normal.
  void restart() noexcept;

 private:
  struct Band {
    Level warning{};
    Level alarm{};
    Latch warning_latch{};
    Latch alarm_latch{};
    AlarmState state = AlarmState::kNormal;
  };

  BandAlarmConfig config_;
  std::array<Band, kMaxBands> bands_{};
  bool ready_ = false;
};

}  // namespace aiot::decide
