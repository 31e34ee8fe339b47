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

std::uint8_t byte_of(float confidence) noexcept {
  const float scaled = confidence * 256.0F;
  return scaled >= 255.0F ? std::uint8_t{255}
         : scaled > 0.0F  ? static_cast<std::uint8_t>(scaled)
                          : std::uint8_t{0};
}

Reason reason_of(BearingState state) noexcept {
  switch (state) {
    case BearingState::kOuterRace:
      return Reason::kBearingOuter;
    case BearingState::kInnerRace:
      return Reason::kBearingInner;
    case BearingState::kElement:
      return Reason::kBearingElement;
    case BearingState::kHealthy:
      return Reason::kBearingHealthy;
    default:
      return Reason::kBearingUnclear;
  }
}

/// The numbers behind a verdict of physics: SPEC, reasons.
Cause bearing_cause(const BearingVerdict& verdict, const BearingEvidence& evidence) noexcept {
  constexpr float kStandsOut = 6.0F;
  const bool direct = verdict.ground == BearingGround::kDirect;
  const LineFamily& family =
      direct ? evidence.direct[verdict.part] : evidence.envelope[verdict.part];
  std::uint32_t lines = 0;
  for (std::size_t h = 0; h < family.harmonics_db.size(); ++h) {
    lines |= family.harmonics_db[h] >= kStandsOut ? 1U << h : 0U;
  }
  return Cause(reason_of(verdict.state))
      .with(verdict.level_db)
      .with(static_cast<float>(lines))
      .with(direct ? 0.0F : evidence.lo_hz)
      .with(direct ? 0.0F : evidence.hi_hz)
      .with(evidence.speed_rpm)
      .with(100.0F * family.slip)
      .with(static_cast<float>(verdict.ground));
}

Cause condition_cause(const AnomalyVerdict& verdict) noexcept {
  Cause cause = Cause(Reason::kCondition).with(verdict.score);
  for (const Contribution& part : verdict.top) {
    if (part.share > 0.0F) {
      cause.with(static_cast<float>(part.feature)).with(part.deviation_db);
    }
  }
  return cause;
}

/// Levels say how loud the machine is, not why: they change no label.
void judge_levels(const LevelFindings& levels, Decision& decision) noexcept {
  if (levels.state != AlarmState::kNormal) {
    add(decision,
        Cause(Reason::kBandAlarm)
            .with(static_cast<float>(levels.state))
            .with(levels.lo_hz)
            .with(levels.hi_hz)
            .with(levels.rms)
            .with(levels.limit)
            .with(levels.line_hz)
            .with(levels.line_rms));
  }
  if (levels.zone >= Zone::kC) {
    add(decision,
        Cause(Reason::kZone)
            .with(static_cast<float>(levels.zone))
            .with(levels.velocity)
            .with(levels.zone_limit));
  }
  decision.abnormal = decision.abnormal || levels.abnormal();
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

Decider::Decider(const DeciderConfig& config, const FaultLabels& labels) noexcept
    : config_(config), labels_(labels) {
  AIOT_CHECK(check(config).ok());
  if (config.labels > 0) {
    labels_.normal = config.normal_label;
  }
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
                         const Findings& findings,
                         std::uint32_t window_flags) noexcept {
  AIOT_CHECK(scores.empty() || scores.size() == config_.labels);
  const bool gap = config_.on_gap == OnGap::kRestart && (window_flags & kFlagGapBefore) != 0;
  if (gap) {
    restart();
  }
  Decision decision;
  decision.flags = window_flags | (first_ ? std::uint32_t{kFlagFirst} : 0U);
  first_ = false;
  const bool alone = findings.evidence == nullptr && findings.condition == nullptr;
  const bool grave = (window_flags & kFlagsGrave) != 0;
  if (grave || (scores.empty() && alone)) {
    decision.flags |= kFlagUnknown;
    if (gap) {
      add(decision, Reason::kGapRestart);
    }
    if ((window_flags & kFlagFlatLine) != 0) {
      add(decision, Reason::kFlatLine);
      restart();  // what a dead sensor shows says nothing, and what it showed is over
    } else {
      add(decision,
          grave ? Cause(Reason::kBadData).with(static_cast<float>(window_flags & kFlagsGrave))
                : Cause(Reason::kNoNetwork));
    }
    if (!grave && findings.levels != nullptr) {
      judge_levels(*findings.levels, decision);
    }
    return decision;
  }
  const Opinion network = scores.empty() ? Opinion{} : vote_on(scores, gap, decision);
  put_together(network, findings, decision);
  if (findings.levels != nullptr) {
    judge_levels(*findings.levels, decision);
  }
  decision.changed = decision.label != kUnknownLabel && decision.label != last_;
  decision.flags |= decision.changed ? std::uint32_t{kFlagChanged} : 0U;
  decision.flags |= decision.label == kUnknownLabel ? std::uint32_t{kFlagUnknown} : 0U;
  if (decision.changed) {
    add(decision, Reason::kLabelChanged);
  }
  if (decision.label != kUnknownLabel) {
    last_ = decision.label;
  }
  return decision;
}

/// The vote's opinion, with its reasons and flags; the label and confidence of a network alone.
Opinion Decider::vote_on(std::span<const std::int8_t> scores,
                         bool gap,
                         Decision& decision) noexcept {
  const Best best = best_of(scores);
  const bool votes = best.confidence >= config_.min_confidence;
  vote(votes ? best.label : kUnknownLabel);
  label_ = winner(votes ? best.label : kUnknownLabel);
  decision.label = label_;
  decision.confidence = label_ == kUnknownLabel ? best.confidence : confidence_of(scores[label_]);
  decision.flags |= seen_ < config_.votes ? std::uint32_t{kFlagVoting} : 0U;
  explain(decision, gap);
  if (!votes) {
    add(decision, Reason::kLowConfidence);
  }
  return {label_, static_cast<float>(decision.confidence) / 256.0F};
}

void Decider::put_together(const Opinion& network,
                           const Findings& findings,
                           Decision& decision) noexcept {
  Opinions opinions{.network = network, .bearing = findings.bearing};
  if (findings.condition != nullptr) {
    opinions.condition = findings.condition->alarm ? Condition::kAlarm : Condition::kAsCommissioned;
    opinions.condition_confidence = confidence_of(findings.condition->score);
    decision.flags |= findings.condition->alarm ? std::uint32_t{kFlagCondition} : 0U;
  }
  const Fused fused = fuse(opinions, labels_);
  decision.abnormal = fused.abnormal;
  const bool network_alone =
      findings.condition == nullptr && findings.bearing.state == BearingState::kUnknown;
  if (!network_alone) {
    decision.label = fused.opinion.label;
    decision.confidence = byte_of(fused.opinion.confidence);
  }
  if (findings.evidence != nullptr && findings.bearing.state != BearingState::kUnknown) {
    add(decision, bearing_cause(findings.bearing, *findings.evidence));
  }
  if (findings.condition != nullptr && findings.condition->grade != AnomalyGrade::kNormal) {
    add(decision, condition_cause(*findings.condition));
  }
  if (fused.reason != Reason::kNone) {
    add(decision, fused.reason);
  }
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
}

}  // namespace aiot::decide
