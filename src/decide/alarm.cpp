// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/alarm.hpp"

#include <bit>

#include "aiot/core/check.hpp"
#include "finite.hpp"

namespace aiot::decide {

Status check(const Persistence& persistence) noexcept {
  const bool good = persistence.votes >= 1 && persistence.votes <= persistence.windows &&
                    persistence.windows <= kMaxAlarmWindows && persistence.release >= 1;
  return good ? Status{} : Error::kInvalidArgument;
}

Status check(const Level& level) noexcept {
  const bool good =
      is_finite(level.release) && level.release <= level.raise && is_finite(level.raise);
  return good ? Status{} : Error::kInvalidArgument;
}

Status check(const LevelAlarmConfig& config) noexcept {
  AIOT_TRY(check(config.persistence));
  AIOT_TRY(check(config.warning));
  AIOT_TRY(check(config.alarm));
  const bool ascending =
      config.warning.raise <= config.alarm.raise && config.warning.release <= config.alarm.release;
  return ascending ? Status{} : Error::kInvalidArgument;
}

bool Latch::update(float value, const Level& level, const Persistence& persistence) noexcept {
  if (raised_) {
    low_ = static_cast<std::uint8_t>(value < level.release ? low_ + 1U : 0U);
    if (low_ >= persistence.release) {
      restart();  // old votes must not raise the alarm again at the next single one
    }
    return raised_;
  }
  const std::uint32_t kept = UINT32_MAX >> (32U - persistence.windows);
  history_ = ((history_ << 1U) | (value >= level.raise ? 1U : 0U)) & kept;
  raised_ = std::popcount(history_) >= persistence.votes;
  return raised_;
}

void Latch::restart() noexcept {
  *this = Latch{};
}

LevelAlarm::LevelAlarm(const LevelAlarmConfig& config) noexcept : config_(config) {
  AIOT_CHECK(check(config).ok());
}

AlarmState LevelAlarm::update(float value) noexcept {
  (void)warning_.update(value, config_.warning, config_.persistence);
  (void)alarm_.update(value, config_.alarm, config_.persistence);
  return state();
}

void LevelAlarm::restart() noexcept {
  warning_.restart();
  alarm_.restart();
}

}  // namespace aiot::decide
