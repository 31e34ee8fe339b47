// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/decider.hpp"

#include "aiot/core/check.hpp"
#include "aiot/core/flags.hpp"

namespace aiot::decide {
namespace {

// Int8 softmax has zero point -128 and scale 1/256.
constexpr int kScoreZero = -128;

struct Best {
  std::uint8_t label = kUnknownLabel;
  std::uint8_t confidence = 0;
};

std::uint8_t confidence_of(std::int8_t score) noexcept {
  return static_cast<std::uint8_t>(score - kScoreZero);
}

// The first of the largest, so that a tie has the same outcome everywhere.
Best best_of(std::span<const std::int8_t> scores) noexcept {
  Best best;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const std::uint8_t confidence = confidence_of(scores[i]);
    if (best.label == kUnknownLabel || confidence > best.confidence) {
      best = {static_cast<std::uint8_t>(i), confidence};
    }
  }
  return best;
}

void add(Decision& decision, const Cause& reason) noexcept {
  // Not more reasons apply at once than the list holds.
  AIOT_CHECK(decision.reasons.push_back(reason));
}

}  // namespace

Status check(const DeciderConfig& config) noexcept {
  const bool vote =
      config.votes >= 1 && config.votes <= config.windows && config.windows <= kMaxVoteWindows;
  const bool labels =
      config.labels <= kMaxLabels &&
      (config.labels == 0 ? config.normal_label == 0 : config.normal_label < config.labels);
  const bool rest =
      config.on_gap <= OnGap::kKeep && config.reserved[0] == 0 && config.reserved[1] == 0;
  return vote && labels && rest ? Status{} : Error::kInvalidArgument;
}

Decider::Decider(const DeciderConfig& config) noexcept : config_(config) {
  AIOT_CHECK(check(config).ok());
  restart();
}

void Decider::restart() noexcept {
  history_.fill(kUnknownLabel);
  counts_.fill(0);
  position_ = 0;
  seen_ = 0;
  label_ = kUnknownLabel;
}

Decision Decider::update(std::span<const std::int8_t> scores,
                         std::span<const float> /*features*/,
                         std::uint32_t window_flags) noexcept {
  AIOT_CHECK(scores.empty() || scores.size() == config_.labels);
  const bool gap = config_.on_gap == OnGap::kRestart && (window_flags & kFlagGapBefore) != 0;
  if (gap) {
    restart();
  }
  Decision decision;
  decision.flags = window_flags | (first_ ? std::uint32_t{kFlagFirst} : 0U);
  first_ = false;
  const bool flat = (window_flags & kFlagFlatLine) != 0;
  if (scores.empty() || flat) {
    decision.flags |= kFlagUnknown;
    if (gap) {
      add(decision, Reason::kGapRestart);
    }
    add(decision, flat ? Reason::kFlatLine : Reason::kNoNetwork);
    if (flat) {
      restart();  // what a dead sensor shows says nothing, and what it showed is over
    }
    return decision;
  }

  const Best best = best_of(scores);
  const bool votes = best.confidence >= config_.min_confidence;
  vote(votes ? best.label : kUnknownLabel);
  label_ = winner(votes ? best.label : kUnknownLabel);

  decision.label = label_;
  decision.confidence = label_ == kUnknownLabel ? best.confidence : confidence_of(scores[label_]);
  decision.changed = label_ != kUnknownLabel && label_ != last_;
  decision.abnormal = label_ != kUnknownLabel && label_ != config_.normal_label;
  decision.flags |= decision.changed ? std::uint32_t{kFlagChanged} : 0U;
  decision.flags |= label_ == kUnknownLabel ? std::uint32_t{kFlagUnknown} : 0U;
  decision.flags |= seen_ < config_.votes ? std::uint32_t{kFlagVoting} : 0U;
  explain(decision, gap);
  if (!votes) {
    add(decision, Reason::kLowConfidence);
  }
  if (label_ != kUnknownLabel) {
    last_ = label_;
  }
  return decision;
}

void Decider::vote(std::uint8_t label) noexcept {
  const std::uint8_t oldest = history_[position_];
  if (oldest != kUnknownLabel) {
    --counts_[oldest];
  }
  history_[position_] = label;
  if (label != kUnknownLabel) {
    ++counts_[label];
  }
  position_ = static_cast<std::uint8_t>(position_ + 1U == config_.windows ? 0U : position_ + 1U);
  if (seen_ < config_.windows) {
    ++seen_;
  }
}

// The present label stays unless another one has enough votes, and more than it. Between several
// such labels the one with most votes wins, then the one that the newest window voted for, then the
// lowest.
std::uint8_t Decider::winner(std::uint8_t newest) const noexcept {
  std::uint8_t best = label_;
  std::uint8_t best_votes = label_ == kUnknownLabel ? std::uint8_t{0} : counts_[label_];
  for (std::uint8_t label = 0; label < config_.labels; ++label) {
    const std::uint8_t votes = counts_[label];
    const bool beats =
        votes > best_votes || (votes == best_votes && label == newest && best != label_);
    if (votes >= config_.votes && beats) {
      best = label;
      best_votes = votes;
    }
  }
  return best;
}

void Decider::explain(Decision& decision, bool gap) const noexcept {
  const bool enough = seen_ >= config_.votes;
  if (gap) {
    add(decision, Reason::kGapRestart);
  } else if (label_ == kUnknownLabel && !enough) {
    add(decision, Reason::kStart);
  }
  if (label_ == kUnknownLabel) {
    if (enough) {
      add(decision, Reason::kNoMajority);
    }
    return;
  }
  add(decision, counts_[label_] >= config_.votes ? Reason::kVoteWon : Reason::kLabelHeld);
  if (decision.changed) {
    add(decision, Reason::kLabelChanged);
  }
}

}  // namespace aiot::decide
