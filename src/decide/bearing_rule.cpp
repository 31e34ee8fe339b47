// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/bearing_rule.hpp"

#include <cstddef>
#include <limits>

#include "aiot/core/math.hpp"

namespace aiot::decide {
namespace {

using Families = std::array<LineFamily, kBearingParts>;

/// The loudest family and the one behind it.
struct Ranking {
  std::size_t part = 0;
  float level = 0.0F;
  float margin = 0.0F;
};

float at_most(float x, float limit) noexcept {
  return x < limit ? x : limit;
}

float at_least(float x, float limit) noexcept {
  return x > limit ? x : limit;
}

float envelope_level(const LineFamily& family) noexcept {
  return family.level_db;
}

Ranking rank(const Families& families, float (*level)(const LineFamily&)) noexcept {
  Ranking ranking;
  float second = -1.0F;
  float first = -1.0F;
  for (std::size_t i = 0; i < families.size(); ++i) {
    const float value = level(families[i]);
    if (value > first) {
      second = first;
      first = value;
      ranking.part = i;
    } else if (value > second) {
      second = value;
    }
  }
  ranking.level = first;
  ranking.margin = first - second;
  return ranking;
}

BearingState state_of(std::size_t part) noexcept {
  constexpr std::array<BearingState, kBearingParts> kStates = {
      BearingState::kOuterRace, BearingState::kInnerRace, BearingState::kElement};
  return kStates[part];
}

/// Shorter transforms do not lift lines as far above the floor.
float shorter_db(float revolutions, float nominal) noexcept {
  return revolutions < nominal ? 10.0F * math::log10(revolutions / nominal) : 0.0F;
}

bool is_positive(float x) noexcept {
  return x > 0.0F && x <= std::numeric_limits<float>::max();
}

}  // namespace

const char* name(BearingState state) noexcept {
  switch (state) {
    case BearingState::kHealthy:
      return "healthy";
    case BearingState::kOuterRace:
      return "outer_race";
    case BearingState::kInnerRace:
      return "inner_race";
    case BearingState::kElement:
      return "element";
    case BearingState::kUnclear:
      return "unclear";
    case BearingState::kUnknown:
      break;
  }
  return "unknown";
}

Status check(const BearingRuleConfig& config) noexcept {
  for (const float value : {config.envelope_db,
                            config.margin_db,
                            config.rival_db,
                            config.direct_db,
                            config.weak_db,
                            config.stranger_db,
                            config.impulsiveness,
                            config.shaft_db,
                            config.shaft_far_db,
                            config.envelope_revolutions,
                            config.direct_revolutions}) {
    if (!is_positive(value)) {
      return Error::kInvalidArgument;
    }
  }
  return {};
}

std::array<float, kBearingParts> bearing_scores(const BearingEvidence& evidence) noexcept {
  constexpr auto kOuter = static_cast<std::size_t>(BearingPart::kOuterRace);
  constexpr auto kInner = static_cast<std::size_t>(BearingPart::kInnerRace);
  constexpr auto kElement = static_cast<std::size_t>(BearingPart::kElement);
  constexpr float kSharpness = 5.0F;
  const auto tens = [](float db) { return 0.1F * db; };
  std::array<float, kBearingParts> scores{};
  scores[kOuter] = at_least(tens(evidence.loudest_db[kOuter]),
                            0.9F * (tens(direct_level_db(evidence.direct[kOuter])) - 1.1F));
  scores[kInner] = tens(evidence.loudest_db[kInner]);
  scores[kElement] = 0.75F + 0.3F * at_least(tens(evidence.loudest_db[kElement]) - 0.3F, 0.0F);
  float top = scores[0];
  for (const float score : scores) {
    top = at_least(score, top);
  }
  float sum = 0.0F;
  for (float& score : scores) {
    score = math::exp(kSharpness * (score - top));
    sum += score;
  }
  for (float& score : scores) {
    score /= sum;
  }
  return scores;
}

BearingVerdict judge(const BearingEvidence& evidence, const BearingRuleConfig& config) noexcept {
  if (!(evidence.envelope_revolutions > 0.0F)) {
    return {};
  }
  constexpr float kMostRelief = -6.0F;
  constexpr std::uint8_t kFewestDirectLines = 6;
  constexpr float kSpan = 8.0F;  // dB from doubtful to certain
  const Ranking envelope = rank(evidence.envelope, envelope_level);
  const float threshold =
      config.envelope_db +
      0.5F * at_least(shorter_db(evidence.envelope_revolutions, config.envelope_revolutions),
                      kMostRelief);
  const bool speed_confirmed =
      at_least(evidence.shaft_db, evidence.shaft_near_db) >= config.shaft_db;
  const bool speed_wrong = evidence.shaft_far_db >=
                           at_least(config.shaft_db, evidence.shaft_near_db + config.shaft_far_db);
  const float trust = speed_confirmed ? 1.0F : 0.7F;
  const auto verdict = [](BearingState state,
                          BearingGround ground,
                          float confidence,
                          std::size_t part,
                          float level) {
    return BearingVerdict{state, ground, confidence, static_cast<std::uint8_t>(part), level};
  };

  const bool lines = envelope.level >= threshold;
  const bool own = evidence.own_db >= evidence.rival_db - config.rival_db;
  if (lines && envelope.margin >= config.margin_db && own && !speed_wrong) {
    const float confidence =
        trust * (0.5F + 0.5F * at_most((envelope.level - threshold) / kSpan, 1.0F) *
                            at_most(envelope.margin / kSpan, 1.0F));
    return verdict(state_of(envelope.part),
                   BearingGround::kEnvelope,
                   confidence,
                   envelope.part,
                   envelope.level);
  }
  const Ranking direct = rank(evidence.direct, direct_level_db);
  const float direct_threshold =
      config.direct_db +
      at_least(shorter_db(evidence.direct_revolutions, config.direct_revolutions), kMostRelief);
  const bool outer = direct.part == static_cast<std::size_t>(BearingPart::kOuterRace);
  if (!lines && evidence.direct_revolutions > 0.0F && outer && direct.level >= direct_threshold &&
      evidence.direct[direct.part].lines >= kFewestDirectLines && speed_confirmed && !speed_wrong) {
    constexpr float kDirectSpan = 6.0F;
    const float confidence =
        0.3F + 0.3F * at_most((direct.level - direct_threshold) / kDirectSpan, 1.0F);
    return verdict(
        BearingState::kOuterRace, BearingGround::kDirect, confidence, direct.part, direct.level);
  }
  const BearingGround unclear = [&] {
    if (speed_wrong) {
      return BearingGround::kWrongSpeed;
    }
    if (lines) {
      return BearingGround::kNotSeparable;
    }
    if (evidence.any_rival_db >= config.stranger_db) {
      return BearingGround::kStranger;
    }
    if (evidence.impulsiveness >= config.impulsiveness) {
      return BearingGround::kImpacts;
    }
    return envelope.level >= config.weak_db ? BearingGround::kWeakLines : BearingGround::kNone;
  }();
  if (unclear != BearingGround::kNone) {
    constexpr float kUnclearConfidence = 0.3F;
    const bool stranger = unclear == BearingGround::kStranger;
    return verdict(BearingState::kUnclear,
                   unclear,
                   kUnclearConfidence,
                   envelope.part,
                   stranger ? evidence.any_rival_db : envelope.level);
  }
  // Silence is no health where the lines of a race can not be seen: beyond the spectrum, or masked.
  constexpr std::uint8_t kFewestLines = 2;
  if (evidence.envelope[static_cast<std::size_t>(BearingPart::kOuterRace)].lines < kFewestLines ||
      evidence.envelope[static_cast<std::size_t>(BearingPart::kInnerRace)].lines < kFewestLines) {
    return {};
  }
  const float clear = at_most(at_least((threshold - envelope.level) / threshold, 0.0F), 1.0F);
  return verdict(BearingState::kHealthy,
                 BearingGround::kNone,
                 trust * (0.5F + 0.5F * clear),
                 envelope.part,
                 envelope.level);
}

}  // namespace aiot::decide
