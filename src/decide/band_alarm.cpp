// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/band_alarm.hpp"

#include "aiot/core/check.hpp"
#include "aiot/core/math.hpp"
#include "finite.hpp"

namespace aiot::decide {
namespace {

/// A configured level as an amplitude: absolute, or a factor over the baseline.
float amplitude(float level, LevelUnit unit) noexcept {
  constexpr float kLog10Over20 = 0.115129255F;
  return unit == LevelUnit::kDecibel ? math::exp(level * kLog10Over20) : level;
}

/// Not a number is the smallest of all.
bool exceeds(float ratio, float other) noexcept {
  return ratio > other || (other != other && ratio == ratio);
}

}  // namespace

Status check(const BandAlarmConfig& config) noexcept {
  AIOT_TRY(check(config.persistence));
  if (config.bands < 1 || config.bands > kMaxBands || config.unit > LevelUnit::kDecibel ||
      !(config.release > 0.0F && config.release <= 1.0F)) {
    return Error::kInvalidArgument;
  }
  for (std::size_t i = 0; i < config.bands; ++i) {
    const BandLevels& levels = config.levels[i];
    if (!is_positive(amplitude(levels.warning, config.unit)) ||
        !is_positive(amplitude(levels.alarm, config.unit)) || !(levels.warning <= levels.alarm)) {
      return Error::kInvalidArgument;
    }
  }
  return {};
}

BandAlarm::BandAlarm(const BandAlarmConfig& config) noexcept : config_(config) {
  AIOT_CHECK(check(config).ok());
  for (std::size_t i = 0; i < config_.bands; ++i) {
    const float warning = amplitude(config_.levels[i].warning, config_.unit);
    const float alarm = amplitude(config_.levels[i].alarm, config_.unit);
    bands_[i].warning = level_with_ratio(warning, config_.release);
    bands_[i].alarm = level_with_ratio(alarm, config_.release);
    config_.levels[i] = {warning, alarm};
  }
  ready_ = config_.unit == LevelUnit::kAbsolute;
}

Status BandAlarm::set_baseline(std::span<const float> baseline) noexcept {
  AIOT_CHECK(baseline.size() == config_.bands);
  if (config_.unit == LevelUnit::kAbsolute) {
    return {};
  }
  for (std::size_t i = 0; i < config_.bands; ++i) {
    if (!is_positive(baseline[i]) || !is_positive(baseline[i] * config_.levels[i].alarm) ||
        !is_positive(baseline[i] * config_.levels[i].warning)) {
      return Error::kInvalidArgument;
    }
  }
  for (std::size_t i = 0; i < config_.bands; ++i) {
    const BandLevels& factors = config_.levels[i];
    bands_[i].warning = level_with_ratio(baseline[i] * factors.warning, config_.release);
    bands_[i].alarm = level_with_ratio(baseline[i] * factors.alarm, config_.release);
  }
  ready_ = true;
  restart();
  return {};
}

Result<BandVerdict> BandAlarm::update(std::span<const float> values) noexcept {
  AIOT_CHECK(values.size() == config_.bands);
  if (!ready_) {
    return Error::kWrongState;
  }
  BandVerdict verdict;
  for (std::size_t i = 0; i < config_.bands; ++i) {
    Band& band = bands_[i];
    (void)band.warning_latch.update(values[i], band.warning, config_.persistence);
    (void)band.alarm_latch.update(values[i], band.alarm, config_.persistence);
    const AlarmState state = alarm_state(band.warning_latch, band.alarm_latch);
    if (state != band.state) {
      verdict.changed = static_cast<std::uint8_t>(verdict.changed | (1U << i));
    }
    band.state = state;
    verdict.states[i] = state;
    const float ratio = values[i] / band.warning.raise;
    if (i == 0 || state > verdict.state ||
        (state == verdict.state && exceeds(ratio, verdict.ratio))) {
      verdict.worst = static_cast<std::uint8_t>(i);
      verdict.state = state;
      verdict.ratio = ratio;
    }
  }
  return verdict;
}

void BandAlarm::restart() noexcept {
  for (Band& band : bands_) {
    band.warning_latch.restart();
    band.alarm_latch.restart();
    band.state = AlarmState::kNormal;
  }
}

}  // namespace aiot::decide
