// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/baseline.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"
#include "aiot/core/math.hpp"
#include "finite.hpp"

namespace aiot::decide {
void add(LevelStatistics& statistics, float value) noexcept {
  if (statistics.count >= kMaxBaselineWindows) {
    return;
  }
  ++statistics.count;
  const float before = value - statistics.mean;
  statistics.mean += before / static_cast<float>(statistics.count);
  statistics.squares += before * (value - statistics.mean);
}

float standard_deviation(const LevelStatistics& statistics) noexcept {
  return statistics.count < 2
             ? 0.0F
             : math::sqrt(statistics.squares / static_cast<float>(statistics.count - 1U));
}

Status check(const BaselineConfig& config) noexcept {
  const bool good = config.states >= 1 && config.levels >= 1 && config.min_windows >= 2 &&
                    config.min_windows <= kMaxBaselineWindows && is_positive(config.floor_db);
  return good ? Status{} : Error::kInvalidArgument;
}

Baseline::Baseline(const BaselineConfig& config, std::span<LevelStatistics> storage) noexcept
    : config_(config), storage_(storage) {
  AIOT_CHECK(check(config).ok());
  AIOT_CHECK(storage.size() == std::size_t{config.states} * config.levels);
}

Status Baseline::learn(std::size_t state, std::span<const float> levels_db) noexcept {
  AIOT_CHECK(state < config_.states && levels_db.size() == config_.levels);
  if (!std::all_of(levels_db.begin(), levels_db.end(), is_finite)) {
    return Error::kInvalidArgument;
  }
  for (std::size_t i = 0; i < levels_db.size(); ++i) {
    add(storage_[state * config_.levels + i], levels_db[i]);
  }
  return {};
}

bool Baseline::is_known(std::size_t state) const noexcept {
  return at(state, 0).count >= config_.min_windows;
}

Result<Deviation> Baseline::compare(std::size_t state,
                                    std::size_t level,
                                    float level_db) const noexcept {
  const LevelStatistics& normal = at(state, level);
  if (!is_known(state)) {
    return Error::kEmpty;
  }
  if (!is_finite(level_db)) {
    return Error::kInvalidArgument;
  }
  const float db = level_db - normal.mean;
  return Deviation{db, db / std::max(standard_deviation(normal), config_.floor_db)};
}

const LevelStatistics& Baseline::at(std::size_t state, std::size_t level) const noexcept {
  AIOT_CHECK(state < config_.states && level < config_.levels);
  return storage_[state * config_.levels + level];
}

}  // namespace aiot::decide
