// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/condition.hpp"

#include "aiot/core/check.hpp"
#include "aiot/core/flags.hpp"

namespace aiot::device {
namespace {

/// In front of the window's length in a plan's number: the first set of octave features.
constexpr std::uint32_t kOctaveSet = 1U << 24U;

constexpr decide::AnomalyMonitorConfig kMonitor{};

}  // namespace

decide::AnomalyConfig condition_config(std::uint32_t window) noexcept {
  decide::AnomalyConfig config;
  config.features = dsp::kOctaveFeatures;
  for (std::size_t i = 0; i < dsp::kOctaves; ++i) {
    config.about[i] = decide::kLevelFeature;
  }
  config.about[dsp::kKurtosisFeature] = decide::kKurtosisFeature;
  for (std::size_t i = 0; i < dsp::kEnvelopeOctaves; ++i) {
    config.about[dsp::kEnvelopeFeature + i] = decide::kEnvelopeKurtosisFeature;
  }
  config.about[dsp::kCrestFeature] = decide::crest_feature(window);
  return config;
}

std::uint32_t condition_plan(std::uint32_t window) noexcept {
  return kOctaveSet | window;
}

ConditionWatch::ConditionWatch(ConditionState& state,
                               std::uint32_t window,
                               Observation observation) noexcept
    : state_(&state), window_(window), observation_(observation) {
  state.commissioning.reset();
  state.monitor.reset();
}

Status ConditionWatch::load(Bytes model) noexcept {
  AIOT_TRY(decide::decode(model, dsp::kOctaveFeatures, condition_plan(window_), state_->model));
  state_->monitor.emplace(state_->model, kMonitor);
  verdict_.reset();
  return {};
}

void ConditionWatch::commission(std::uint32_t observations) noexcept {
  const decide::AnomalyConfig config = condition_config(window_);
  constexpr std::uint32_t kMost = decide::kAnomalyBlocks * decide::kMaxBlockLength / 2;
  wanted_ = observations < config.min_blocks ? config.min_blocks
            : observations > kMost           ? kMost
                                             : observations;
  state_->monitor.reset();
  state_->commissioning.emplace(config, state_->learning);
  verdict_.reset();
  in_snapshot_ = 0;
  sum_ = {};
}

bool ConditionWatch::learnt() const noexcept {
  return commissioning() && state_->commissioning->windows() >= wanted_;
}

Result<Bytes> ConditionWatch::finish(MutableBytes out) noexcept {
  if (!commissioning()) {
    return Error::kWrongState;
  }
  AIOT_TRY(state_->commissioning->finish(0, condition_plan(window_), state_->model));
  AIOT_TRY_ASSIGN(const Bytes bytes, decide::encode(state_->model, out));
  state_->commissioning.reset();
  state_->monitor.emplace(state_->model, kMonitor);
  return bytes;
}

void ConditionWatch::add(std::span<const float> octaves, std::uint32_t flags) noexcept {
  AIOT_CHECK(octaves.size() == dsp::kOctaveFeatures);
  if ((flags & kFlagGapBefore) != 0) {
    end_snapshot();
  }
  if ((flags & (kFlagsGrave | kFlagsMild)) != 0) {
    return;
  }
  if (observation_ == Observation::kWindow) {
    observe(octaves);
    return;
  }
  for (std::size_t i = 0; i < sum_.size(); ++i) {
    sum_[i] += octaves[i];
  }
  if (++in_snapshot_ == kSnapshotWindows) {
    end_snapshot();
  }
}

void ConditionWatch::end_snapshot() noexcept {
  if (in_snapshot_ == 0) {
    return;
  }
  const float share = 1.0F / static_cast<float>(in_snapshot_);
  for (float& value : sum_) {
    value *= share;
  }
  observe(sum_);
  sum_ = {};
  in_snapshot_ = 0;
}

void ConditionWatch::observe(std::span<const float> octaves) noexcept {
  if (commissioning()) {
    // What can not be learnt (no number, or more windows than blocks hold) is left out.
    (void)state_->commissioning->add(octaves);
    return;
  }
  if (state_->monitor.has_value()) {
    const Result<decide::AnomalyVerdict> verdict = state_->monitor->update(octaves);
    if (verdict.ok()) {
      verdict_ = *verdict;
    }
  }
}

}  // namespace aiot::device
