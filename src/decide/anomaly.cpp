// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/anomaly.hpp"

#include <algorithm>
#include <utility>

#include "aiot/core/check.hpp"
#include "aiot/core/math.hpp"
#include "finite.hpp"

namespace aiot::decide {
namespace {

using Vector = std::array<float, kMaxAnomalyFeatures>;

bool are_features(std::span<const float> values) noexcept {
  return std::all_of(values.begin(), values.end(), [](float value) noexcept {
    return value >= -kMaxFeatureDb && value <= kMaxFeatureDb;
  });
}

/// Range of a parameter that only must not spoil the arithmetic.
bool is_sane(float value, float least) noexcept {
  return value >= least && value <= 1e6F;
}

/// Median of `values`, which are sorted afterwards. By insertion: there are 64 at most.
float median(std::span<float> values) noexcept {
  for (std::size_t i = 1; i < values.size(); ++i) {
    const float value = values[i];
    std::size_t at = i;
    for (; at > 0 && values[at - 1] > value; --at) {
      values[at] = values[at - 1];
    }
    values[at] = value;
  }
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) * 0.5F;
}

/// The blocks of commissioning, [count][features].
struct Blocks {
  std::span<const float> values{};
  std::span<const AnomalyFeature> about{};
  std::size_t features = 0;
  std::size_t count = 0;

  [[nodiscard]] float at(std::size_t block, std::size_t feature) const noexcept {
    return std::max(values[block * features + feature], about[feature].least_db);
  }
};

/// Limits for one feature beyond which a block is taken for an accident.
struct Range {
  float low = 0.0F;
  float high = 0.0F;
};

Range robust_range(const Blocks& blocks,
                   std::size_t feature,
                   const AnomalyConfig& config) noexcept {
  constexpr float kMadToSigma = 1.4826F;  // of a Gaussian distribution
  std::array<float, kAnomalyBlocks> sorted{};
  const std::span<float> values = std::span(sorted).first(blocks.count);
  for (std::size_t i = 0; i < blocks.count; ++i) {
    values[i] = blocks.at(i, feature);
  }
  const float middle = median(values);
  for (float& value : values) {
    value = value < middle ? middle - value : value - middle;
  }
  const float scatter = kMadToSigma * median(values);
  const float floor = config.about[feature].floor_db;
  const float reach = config.robust * math::sqrt(scatter * scatter + floor * floor);
  return {middle - reach, middle + reach};
}

/// Second moments of the clipped blocks.
struct Moments {
  Vector total{};                                // variance about the mean
  std::array<float, kMaxAnomalyFactor> quick{};  // covariance of half the successive differences:
                                                 // what changes from block to block
};

void collect(const Blocks& blocks,
             const AnomalyConfig& config,
             Vector& mean,
             Moments& moments) noexcept {
  std::array<Range, kMaxAnomalyFeatures> ranges{};
  const auto clipped = [&](std::size_t block, std::size_t feature) noexcept {
    return std::clamp(blocks.at(block, feature), ranges[feature].low, ranges[feature].high);
  };
  const auto count = static_cast<float>(blocks.count);
  for (std::size_t i = 0; i < blocks.features; ++i) {
    ranges[i] = robust_range(blocks, i, config);
    float sum = 0.0F;
    for (std::size_t b = 0; b < blocks.count; ++b) {
      sum += clipped(b, i);
    }
    mean[i] = sum / count;
    float squares = 0.0F;
    for (std::size_t b = 0; b < blocks.count; ++b) {
      const float d = clipped(b, i) - mean[i];
      squares += d * d;
    }
    moments.total[i] = squares / (count - 1.0F);
  }
  for (std::size_t b = 1; b < blocks.count; ++b) {
    Vector step;
    for (std::size_t i = 0; i < blocks.features; ++i) {
      step[i] = clipped(b, i) - clipped(b - 1, i);
      for (std::size_t j = 0; j <= i; ++j) {
        moments.quick[packed_index(i, j)] += step[i] * step[j];
      }
    }
  }
  for (float& value : moments.quick) {
    value = value / (2.0F * (count - 1.0F));
  }
}

/// One block through the smoothing. `smoothed` [features] goes on; `weighted` gets it with
/// decreases weighted down, `whitened` L^-1 of that. The distance.
float advance(const AnomalyModel& model,
              std::span<const float> block,
              std::span<float> smoothed,
              std::span<float> weighted,
              std::span<float> whitened) noexcept {
  for (std::size_t i = 0; i < block.size(); ++i) {
    const float bound = model.clip * model.sigma[i];
    const float value = std::max(block[i], model.least[i]);
    const float deviation = std::clamp(value - model.mean[i], -bound, bound);
    smoothed[i] += model.smooth * (deviation - smoothed[i]);
    weighted[i] = smoothed[i] >= 0.0F ? smoothed[i] : model.drop * smoothed[i];
    whitened[i] = weighted[i];
  }
  const std::span<const float> factor = std::span(model.factor).first(packed_size(block.size()));
  const float distance = math::sqrt(squared_distance(factor, whitened));
  return distance <= kLargest ? distance : kLargest;  // not a number must not hide an alarm
}

/// Largest distance of the commissioning blocks themselves.
float replay(const AnomalyModel& model, const Blocks& blocks) noexcept {
  Vector smoothed{};
  Vector weighted{};
  Vector whitened{};
  float largest = 0.0F;
  for (std::size_t b = 0; b < blocks.count; ++b) {
    largest = std::max(largest,
                       advance(model,
                               blocks.values.subspan(b * blocks.features, blocks.features),
                               std::span(smoothed).first(blocks.features),
                               std::span(weighted).first(blocks.features),
                               std::span(whitened).first(blocks.features)));
  }
  return largest;
}

/// Mean of the squared distance in a healthy machine: the trace of S^-1 V, where `variance` is the
/// diagonal of V and `scale` times `quick` the rest.
float expected_square(const AnomalyModel& model,
                      const Moments& moments,
                      const Vector& variance,
                      float scale) noexcept {
  const std::size_t features = model.features;
  const std::span<const float> factor = std::span(model.factor).first(packed_size(features));
  float trace = 0.0F;
  for (std::size_t j = 0; j < features; ++j) {
    Vector column{};
    Vector unit{};
    for (std::size_t i = 0; i < features; ++i) {
      column[i] = scale * moments.quick[i >= j ? packed_index(i, j) : packed_index(j, i)];
    }
    column[j] = variance[j];
    unit[j] = 1.0F;
    solve_lower(factor, std::span(column).first(features));
    solve_lower(factor, std::span(unit).first(features));
    float sum = 0.0F;
    for (std::size_t i = 0; i < features; ++i) {
      sum += column[i] * unit[i];
    }
    trace += sum;
  }
  return trace;
}

AnomalyGrade grade_of(float score, bool alarm) noexcept {
  if (alarm) {
    return score >= kStrongScore ? AnomalyGrade::kStrong : AnomalyGrade::kAlarm;
  }
  return score >= kAttentionScore ? AnomalyGrade::kAttention : AnomalyGrade::kNormal;
}

/// Fills mean, sigma, factor, threshold and settled of `model`.
Status fit(const Blocks& blocks, const AnomalyConfig& config, AnomalyModel& model) noexcept {
  Moments moments;
  collect(blocks, config, model.mean, moments);

  const auto count = static_cast<float>(blocks.count);
  const auto depth = static_cast<float>(blocks.features);
  // The sample covariance of few blocks is shrunk towards its diagonal.
  const float keep = 1.0F - (depth + 2.0F) / (count + depth + 2.0F);
  const float passed = config.smooth / (2.0F - config.smooth);  // of the variance of one block
  const float quick = passed * (1.0F + config.inflate / count) + 1.0F / count;
  const float common = config.common_db * config.common_db;
  Vector variance{};  // of the smoothed deviation, as commissioning saw it
  float independent = count;
  for (std::size_t i = 0; i < blocks.features; ++i) {
    const float own = moments.quick[packed_index(i, i)];
    const float slow = std::max(moments.total[i] - own, 0.0F);
    const float floor = config.about[i].floor_db * config.about[i].floor_db;
    // A variance far below the floor says nothing about how much of it is slow.
    const float doubt = 0.25F * floor;
    const float share =
        std::clamp((own + doubt) / (std::max(moments.total[i], own) + doubt), 1e-3F, 1.0F);
    const float effective = std::max(2.0F, count * share / (2.0F - share));
    independent = std::min(independent, effective);
    variance[i] = passed * own + slow;
    model.sigma[i] = math::sqrt(own + slow + floor);
    for (std::size_t j = 0; j < i; ++j) {
      const bool both = config.about[i].common && config.about[j].common;
      model.factor[packed_index(i, j)] =
          quick * keep * moments.quick[packed_index(i, j)] + (both ? common : 0.0F);
    }
    model.factor[packed_index(i, i)] = quick * own + slow * (1.0F + config.inflate / effective) +
                                       floor + (config.about[i].common ? common : 0.0F);
  }
  AIOT_TRY(cholesky(std::span(model.factor).first(packed_size(blocks.features)), blocks.features));

  const float mean_square = expected_square(model, moments, variance, passed * keep);
  const float healthy = math::sqrt(mean_square + config.tail * math::sqrt(2.0F * mean_square));
  const float seen = config.replay * replay(model, blocks);
  model.threshold =
      std::max({config.limit, healthy, std::min(seen, config.replay_cap * config.limit)});
  model.settled = seen <= config.limit && independent >= 4.0F;
  return check(model);
}

}  // namespace

Status check(const AnomalyConfig& config) noexcept {
  const bool counts = config.features >= 1 && config.features <= kMaxAnomalyFeatures &&
                      config.min_blocks >= 3 && config.min_blocks <= kAnomalyBlocks;
  const bool numbers = is_sane(config.common_db, 0.0F) && config.smooth > 0.0F &&
                       config.smooth <= 1.0F && is_sane(config.inflate, 0.0F) &&
                       is_sane(config.clip, 1e-3F) && is_sane(config.limit, 1e-3F) &&
                       is_sane(config.tail, 0.0F) && is_sane(config.replay, 0.0F) &&
                       is_sane(config.replay_cap, 1.0F) && config.drop >= 0.0F &&
                       config.drop <= 1.0F && is_sane(config.robust, 1e-3F);
  if (!counts || !numbers) {
    return Error::kInvalidArgument;
  }
  for (std::size_t i = 0; i < config.features; ++i) {
    if (!is_sane(config.about[i].floor_db, 1e-3F) ||
        !is_sane(config.about[i].least_db, -kMaxFeatureDb)) {
      return Error::kInvalidArgument;
    }
  }
  return {};
}

AnomalyCommissioning::AnomalyCommissioning(const AnomalyConfig& config,
                                           std::span<float> memory) noexcept
    : config_(config), blocks_(memory) {
  AIOT_CHECK(memory.size() == commissioning_floats(config.features));
  AIOT_CHECK(check(config).ok());
}

Status AnomalyCommissioning::add(std::span<const float> features) noexcept {
  AIOT_CHECK(features.size() == config_.features);
  if (!are_features(features)) {
    return Error::kInvalidArgument;
  }
  const bool last = in_block_ + 1U == length_;
  if (last && count_ == kAnomalyBlocks && length_ == kMaxBlockLength) {
    return Error::kNoSpace;
  }
  for (std::size_t i = 0; i < features.size(); ++i) {
    sum_[i] += features[i];
  }
  ++in_block_;
  ++windows_;
  if (!last) {
    return {};
  }
  if (count_ == kAnomalyBlocks) {
    // What was just completed is the first half of a block of the new length.
    count_ /= 2;
    length_ *= 2;
    for (std::size_t b = 0; b < count_; ++b) {
      for (std::size_t i = 0; i < features.size(); ++i) {
        blocks_[b * features.size() + i] =
            (blocks_[2 * b * features.size() + i] + blocks_[(2 * b + 1) * features.size() + i]) *
            0.5F;
      }
    }
    return {};
  }
  for (std::size_t i = 0; i < features.size(); ++i) {
    blocks_[count_ * features.size() + i] = sum_[i] / static_cast<float>(length_);
  }
  ++count_;
  sum_.fill(0.0F);
  in_block_ = 0;
  return {};
}

Status AnomalyCommissioning::finish(std::uint16_t state,
                                    std::uint32_t plan,
                                    AnomalyModel& out) const noexcept {
  if (count_ < config_.min_blocks) {
    return Error::kWrongState;
  }
  AnomalyModel model;
  model.features = config_.features;
  model.state = state;
  model.plan = plan;
  model.windows = windows_;
  model.block_length = length_;
  model.smooth = config_.smooth;
  model.clip = config_.clip;
  model.drop = config_.drop;
  for (std::size_t i = 0; i < config_.features; ++i) {
    model.least[i] = config_.about[i].least_db;
    model.common =
        static_cast<std::uint16_t>(model.common | (config_.about[i].common ? 1U << i : 0U));
  }
  AIOT_TRY(fit({blocks_, config_.about, config_.features, count_}, config_, model));
  out = model;
  return {};
}

void AnomalyCommissioning::restart() noexcept {
  sum_.fill(0.0F);
  in_block_ = 0;
  length_ = 1;
  windows_ = 0;
  count_ = 0;
}

Status check(const AnomalyMonitorConfig& config) noexcept {
  AIOT_TRY(check(config.persistence));
  return config.release > 0.0F && config.release <= 1.0F ? Status{} : Error::kInvalidArgument;
}

AnomalyMonitor::AnomalyMonitor(const AnomalyModel& model,
                               const AnomalyMonitorConfig& config) noexcept
    : model_(&model), config_(config) {
  AIOT_CHECK(check(model).ok() && check(config).ok());
}

Result<AnomalyVerdict> AnomalyMonitor::update(std::span<const float> features) noexcept {
  const std::size_t size = model_->features;
  AIOT_CHECK(features.size() == size);
  if (!are_features(features)) {
    return Error::kInvalidArgument;
  }
  for (std::size_t i = 0; i < size; ++i) {
    sum_[i] += features[i];
  }
  verdict_.scored = ++in_block_ == model_->block_length;
  verdict_.changed = false;
  if (!verdict_.scored) {
    return verdict_;
  }
  for (std::size_t i = 0; i < size; ++i) {
    sum_[i] = sum_[i] / static_cast<float>(model_->block_length);
  }
  follow_level(std::span(sum_).first(size));
  Vector weighted{};
  Vector whitened{};
  const float distance = advance(*model_,
                                 std::span(sum_).first(size),
                                 std::span(smoothed_).first(size),
                                 std::span(weighted).first(size),
                                 std::span(whitened).first(size));
  sum_.fill(0.0F);
  in_block_ = 0;
  verdict_.score = distance / model_->threshold;
  const bool alarm = latch_.update(verdict_.score, {1.0F, config_.release}, config_.persistence);
  verdict_.changed = alarm != verdict_.alarm;
  verdict_.alarm = alarm;
  verdict_.grade = grade_of(verdict_.score, alarm);
  explain(std::span(weighted).first(size), std::span(whitened).first(size));
  return verdict_;
}

void AnomalyMonitor::follow_level(std::span<const float> block) noexcept {
  float sum = 0.0F;
  float count = 0.0F;
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (((model_->common >> i) & 1U) != 0) {
      sum += block[i] - model_->mean[i];
      count += 1.0F;
    }
  }
  if (count > 0.0F) {
    verdict_.level_db += model_->smooth * (sum / count - verdict_.level_db);
    verdict_.dropped = verdict_.level_db <= kDroppedDb;
  }
}

// The squared distance is the sum of q_i (S^-1 q)_i: what feature i has in it.
void AnomalyMonitor::explain(std::span<const float> weighted, std::span<float> whitened) noexcept {
  float square = 0.0F;
  for (const float value : whitened) {
    square += value * value;
  }
  square = std::max(square, 1e-12F);
  solve_transposed(std::span(model_->factor).first(packed_size(whitened.size())), whitened);
  verdict_.top = {};
  for (std::size_t i = 0; i < weighted.size(); ++i) {
    Contribution one{
        static_cast<std::uint8_t>(i), weighted[i] * whitened[i] / square, smoothed_[i], 0.0F};
    for (Contribution& place : verdict_.top) {
      if (one.share > place.share) {
        std::swap(one, place);
      }
    }
  }
  for (Contribution& one : verdict_.top) {
    float variance = 0.0F;  // of the feature: the row of the factor has it
    for (std::size_t k = 0; k <= one.feature; ++k) {
      const float value = model_->factor[packed_index(one.feature, k)];
      variance += value * value;
    }
    one.sigmas = one.deviation_db / math::sqrt(variance);
  }
}

std::span<const float> AnomalyMonitor::deviation() const noexcept {
  return std::span(smoothed_).first(model_->features);
}

void AnomalyMonitor::restart() noexcept {
  *this = AnomalyMonitor(*model_, config_);
}

}  // namespace aiot::decide
