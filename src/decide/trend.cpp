// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/trend.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"
#include "aiot/core/math.hpp"
#include "finite.hpp"

namespace aiot::decide {
namespace {

constexpr std::uint32_t kMaxWindows = 1U << 20U;

/// Residuals below this (dB) are rounding of the levels: a perfect line has a finite t.
constexpr float kResolutionDb = 1e-4F;

}  // namespace

Status check(const TrendConfig& config) noexcept {
  const bool good = config.smoothing_windows >= 1 && config.smoothing_windows <= kMaxWindows &&
                    config.point_windows >= 1 && config.point_windows <= kMaxWindows &&
                    config.points >= 8 && config.points <= kMaxTrendPoints &&
                    is_positive(config.min_t);
  return good ? Status{} : Error::kInvalidArgument;
}

Trend::Trend(const TrendConfig& config) noexcept : config_(config) {
  AIOT_CHECK(check(config).ok());
}

Status Trend::update(float deviation_db) noexcept {
  if (!is_finite(deviation_db)) {
    return Error::kInvalidArgument;
  }
  if (seen_ < config_.smoothing_windows) {
    ++seen_;
  }
  average_ += (deviation_db - average_) / static_cast<float>(seen_);
  sum_ += deviation_db;
  if (++in_block_ < config_.point_windows) {
    return {};
  }
  ring_[position_] = sum_ / static_cast<float>(in_block_);
  position_ = static_cast<std::uint8_t>(position_ + 1U == config_.points ? 0U : position_ + 1U);
  if (filled_ < config_.points) {
    ++filled_;
  }
  sum_ = 0.0F;
  in_block_ = 0;
  return {};
}

Result<float> Trend::average_db() const noexcept {
  if (seen_ == 0) {
    return Error::kEmpty;
  }
  return average_;
}

float Trend::point(std::size_t age_rank) const noexcept {
  const std::size_t at = position_ + age_rank;
  return ring_[at < config_.points ? at : at - config_.points];
}

Result<TrendEstimate> Trend::estimate() const noexcept {
  if (filled_ < config_.points) {
    return Error::kEmpty;
  }
  const auto count = static_cast<float>(config_.points);
  const float middle = 0.5F * (count - 1.0F);
  float mean = 0.0F;
  for (std::size_t i = 0; i < config_.points; ++i) {
    mean += point(i);
  }
  mean /= count;
  float product = 0.0F;
  for (std::size_t i = 0; i < config_.points; ++i) {
    product += (static_cast<float>(i) - middle) * (point(i) - mean);
  }
  const float spread = count * (count * count - 1.0F) / 12.0F;  // sum of (i - middle)^2
  const float slope = product / spread;

  float squares = 0.0F;
  float neighbours = 0.0F;
  float last = 0.0F;
  for (std::size_t i = 0; i < config_.points; ++i) {
    const float residual = point(i) - mean - slope * (static_cast<float>(i) - middle);
    squares += residual * residual;
    neighbours += residual * last;
    last = residual;
  }
  squares += count * kResolutionDb * kResolutionDb;
  const float seen = neighbours > 0.0F ? neighbours / squares : 0.0F;
  const float correlation = std::min(seen + (1.0F + 4.0F * seen) / count, 0.99F);
  const float freedom = count * (1.0F - correlation) / (1.0F + correlation) - 2.0F;

  TrendEstimate result;
  result.slope_db_per_window = slope / static_cast<float>(config_.point_windows);
  if (freedom > 0.0F) {
    result.t = slope / math::sqrt(squares / (freedom * spread));
  }
  result.significant = result.t >= config_.min_t || result.t <= -config_.min_t;
  return result;
}

void Trend::restart() noexcept {
  *this = Trend(config_);
}

}  // namespace aiot::decide
