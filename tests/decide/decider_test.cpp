// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/decider.hpp"

#include "aiot/core/flags.hpp"
#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::decide {
namespace {

constexpr DeciderConfig kThreeOfFive{
    .votes = 3, .windows = 5, .min_confidence = 128, .labels = 3, .normal_label = 0};

// Scores of one window in which `label` has `confidence` / 256 and the others nothing.
struct Scores {
  std::int8_t values[3] = {-128, -128, -128};

  Scores(std::size_t label, int confidence) {
    values[label] = static_cast<std::int8_t>(confidence - 128);
  }
};

Decision window(Decider& decider, std::size_t label, int confidence, std::uint32_t flags) {
  const Scores scores(label, confidence);
  return decider.update(scores.values, {}, flags);
}

Decision sure(Decider& decider, std::size_t label) {
  return window(decider, label, 250, 0);
}

bool has(const Decision& decision, Reason reason) {
  for (const Cause& cause : decision.reasons) {
    if (cause.reason == reason) {
      return true;
    }
  }
  return false;
}

TEST(Decider, IsUnknownUntilALabelHasItsVotes) {
  Decider decider(kThreeOfFive);
  const Decision first = sure(decider, 1);
  EXPECT_EQ(first.label, kUnknownLabel);
  EXPECT_EQ(first.flags, std::uint32_t{kFlagFirst | kFlagVoting | kFlagUnknown});
  EXPECT_TRUE(has(first, Reason::kStart));
  EXPECT_FALSE(first.changed);
  EXPECT_EQ(sure(decider, 1).label, kUnknownLabel);
  const Decision third = sure(decider, 1);
  EXPECT_EQ(third.label, 1);
  EXPECT_EQ(third.confidence, 250);
  EXPECT_TRUE(third.changed);
  EXPECT_TRUE(third.abnormal);
  EXPECT_EQ(third.flags, std::uint32_t{kFlagChanged});
  EXPECT_TRUE(has(third, Reason::kVoteWon));
  EXPECT_TRUE(has(third, Reason::kLabelChanged));
}

TEST(Decider, KeepsTheLabelUntilAnotherOneHasTheVotes) {
  Decider decider(kThreeOfFive);
  for (int i = 0; i < 5; ++i) {
    (void)sure(decider, 0);
  }
  EXPECT_EQ(sure(decider, 1).label, 0);
  EXPECT_EQ(sure(decider, 2).label, 0);
  const Decision held = sure(decider, 1);  // votes: 0 0 1 2 1
  EXPECT_EQ(held.label, 0);
  EXPECT_TRUE(has(held, Reason::kLabelHeld));
  EXPECT_EQ(held.confidence, 0);
  const Decision changed = sure(decider, 1);
  EXPECT_EQ(changed.label, 1);
  EXPECT_TRUE(changed.changed);
  EXPECT_FALSE(sure(decider, 1).changed);
}

TEST(Decider, IgnoresVotesBelowTheMinimumConfidence) {
  Decider decider(kThreeOfFive);
  for (int i = 0; i < 5; ++i) {
    const Decision decision = window(decider, 1, 127, 0);
    EXPECT_EQ(decision.label, kUnknownLabel);
    EXPECT_EQ(decision.confidence, 127);
    EXPECT_TRUE(has(decision, Reason::kLowConfidence));
    EXPECT_EQ(has(decision, Reason::kNoMajority), i >= 2);
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(window(decider, 1, 128, 0).label, i < 2 ? kUnknownLabel : 1);
  }
}

TEST(Decider, StartsTheVoteAnewAfterAGap) {
  Decider decider(kThreeOfFive);
  for (int i = 0; i < 5; ++i) {
    (void)sure(decider, 1);
  }
  const Decision gap = window(decider, 1, 250, kFlagGapBefore);
  EXPECT_EQ(gap.label, kUnknownLabel);
  EXPECT_EQ(gap.flags, std::uint32_t{kFlagGapBefore | kFlagVoting | kFlagUnknown});
  EXPECT_TRUE(has(gap, Reason::kGapRestart));
  (void)sure(decider, 1);
  const Decision back = sure(decider, 1);
  EXPECT_EQ(back.label, 1);
  EXPECT_FALSE(back.changed) << "the same label as before the gap";
}

TEST(Decider, DoesNotClassifyADeadSensor) {
  Decider decider(kThreeOfFive);
  for (int i = 0; i < 5; ++i) {
    (void)sure(decider, 1);
  }
  const Decision dead = window(decider, 2, 250, kFlagFlatLine);
  EXPECT_EQ(dead.label, kUnknownLabel);
  EXPECT_FALSE(dead.abnormal);
  EXPECT_TRUE(has(dead, Reason::kFlatLine));
  EXPECT_TRUE((dead.flags & kFlagUnknown) != 0);
  EXPECT_EQ(sure(decider, 1).label, kUnknownLabel) << "the vote begins anew";
}

TEST(Decider, VotesAcrossSnapshotsWhenGapsDoNotRestartIt) {
  DeciderConfig config = kThreeOfFive;
  config.on_gap = OnGap::kKeep;
  Decider decider(config);
  for (int i = 0; i < 3; ++i) {
    const Decision decision = window(decider, 1, 250, kFlagGapBefore);
    EXPECT_EQ(decision.label, i < 2 ? kUnknownLabel : 1);
    EXPECT_FALSE(has(decision, Reason::kGapRestart));
    EXPECT_TRUE((decision.flags & kFlagGapBefore) != 0);
  }
}

TEST(Decider, ReportsAnotherLabelAfterAGapAsAChange) {
  Decider decider(kThreeOfFive);
  for (int i = 0; i < 3; ++i) {
    (void)sure(decider, 1);
  }
  (void)window(decider, 2, 250, kFlagGapBefore);
  (void)sure(decider, 2);
  EXPECT_TRUE(sure(decider, 2).changed);
}

TEST(Decider, LetsTheFirstOfEqualScoresWin) {
  Decider decider({.votes = 1, .windows = 1, .labels = 3, .normal_label = 2});
  const std::int8_t scores[3] = {-60, 10, 10};
  const Decision decision = decider.update(scores, {}, 0);
  EXPECT_EQ(decision.label, 1);
  EXPECT_EQ(decision.confidence, 138);
  EXPECT_TRUE(decision.abnormal);
}

TEST(Decider, KeepsThePresentLabelWhenTwoHaveEnoughVotes) {
  // 2 of 6: two labels may have the votes at once, and must not alternate.
  Decider decider({.votes = 2, .windows = 6, .labels = 3, .normal_label = 0});
  (void)sure(decider, 0);
  (void)sure(decider, 0);
  (void)sure(decider, 1);
  EXPECT_EQ(sure(decider, 1).label, 0) << "two votes each";
  EXPECT_EQ(sure(decider, 1).label, 1) << "three against two";
  EXPECT_EQ(sure(decider, 0).label, 1) << "three against three";
}

TEST(Decider, NeedsNoNetwork) {
  Decider decider({.votes = 1, .windows = 1, .labels = 0, .normal_label = 0});
  const Decision decision = decider.update({}, {}, kFlagSaturated);
  EXPECT_EQ(decision.label, kUnknownLabel);
  EXPECT_EQ(decision.flags, std::uint32_t{kFlagSaturated | kFlagFirst | kFlagUnknown});
  EXPECT_EQ(decision.reasons.size(), 1U);
  EXPECT_TRUE(has(decision, Reason::kNoNetwork));
  EXPECT_FALSE(decision.abnormal);
}

TEST(Decider, ChecksItsConfiguration) {
  EXPECT_TRUE(check(kThreeOfFive).ok());
  const DeciderConfig bad[] = {
      {.votes = 0, .windows = 1, .labels = 1},
      {.votes = 2, .windows = 1, .labels = 1},
      {.votes = 1, .windows = 33, .labels = 1},
      {.votes = 1, .windows = 1, .labels = 33},
      {.votes = 1, .windows = 1, .labels = 2, .normal_label = 2},
      {.votes = 1, .windows = 1, .labels = 0, .normal_label = 1},
      {.votes = 1, .windows = 1, .labels = 1, .on_gap = static_cast<OnGap>(2)},
      {.votes = 1, .windows = 1, .labels = 1, .reserved = {0, 1}},
  };
  for (const DeciderConfig& config : bad) {
    EXPECT_EQ(check(config).error(), Error::kInvalidArgument);
  }
  EXPECT_TRUE(check(DeciderConfig{.votes = 32, .windows = 32, .labels = 32}).ok());
}

// The rule once more, counted from the whole history in every window.
class Model {
 public:
  explicit Model(const DeciderConfig& config) : config_(config) {}

  std::uint8_t update(std::uint8_t vote) {
    history_[size_++] = vote;
    std::uint8_t counts[kMaxLabels] = {};
    for (std::size_t i = size_ > config_.windows ? size_ - config_.windows : 0; i < size_; ++i) {
      if (history_[i] != kUnknownLabel) {
        ++counts[history_[i]];
      }
    }
    const int present = label_ == kUnknownLabel ? 0 : counts[label_];
    int most = 0;
    for (std::uint8_t i = 0; i < config_.labels; ++i) {
      most = counts[i] > most ? counts[i] : most;
    }
    if (most >= config_.votes && most > present) {
      label_ = vote != kUnknownLabel && counts[vote] == most ? vote : first_with(counts, most);
    }
    return label_;
  }

 private:
  std::uint8_t first_with(const std::uint8_t* counts, int votes) const {
    std::uint8_t label = 0;
    while (counts[label] != votes) {
      ++label;
    }
    return label;
  }

  DeciderConfig config_;
  std::uint8_t history_[400] = {};
  std::size_t size_ = 0;
  std::uint8_t label_ = kUnknownLabel;
};

TEST(Decider, AgreesWithAPlainCountOfTheHistory) {
  sim::Random random(20261);
  for (int round = 0; round < 60; ++round) {
    DeciderConfig config;
    config.windows = static_cast<std::uint8_t>(1 + random.below(32));
    config.votes = static_cast<std::uint8_t>(1 + random.below(config.windows));
    config.labels = static_cast<std::uint8_t>(1 + random.below(3));
    config.min_confidence = 100;
    Decider decider(config);
    Model model(config);
    for (int i = 0; i < 400; ++i) {
      std::int8_t scores[3] = {-128, -128, -128};
      const auto label = static_cast<std::uint8_t>(random.below(config.labels));
      const bool votes = random.below(4) != 0;
      scores[label] = static_cast<std::int8_t>(votes ? 0 : -29);
      const Decision decision = decider.update(std::span(scores).first(config.labels), {}, 0);
      ASSERT_EQ(decision.label, model.update(votes ? label : kUnknownLabel))
          << "round " << round << " window " << i;
    }
  }
}

constexpr FaultLabels kFaults{.outer = 1, .inner = 2};

TEST(Decider, DoesNotClassifyWhatIsNotToBeTrusted) {
  Decider decider(kThreeOfFive);
  const Decision decision = window(decider, 1, 250, kFlagDropout | kFlagSaturated);
  EXPECT_EQ(decision.label, kUnknownLabel);
  ASSERT_EQ(decision.reasons.size(), 1U);
  EXPECT_EQ(decision.reasons[0].reason, Reason::kBadData);
  EXPECT_EQ(decision.reasons[0].numbers[0], static_cast<float>(kFlagDropout));
}

TEST(Decider, SaysHowLoudTheMachineIsWithoutChangingTheLabel) {
  Decider decider({.votes = 1, .windows = 1, .labels = 3, .normal_label = 0}, kFaults);
  const LevelFindings levels{.state = AlarmState::kAlarm,
                             .lo_hz = 1000.0F,
                             .hi_hz = 3000.0F,
                             .rms = 25.0F,
                             .limit = 20.0F,
                             .line_hz = 1740.0F,
                             .line_rms = 12.0F,
                             .zone = Zone::kC,
                             .velocity = 3.0F,
                             .zone_limit = 2.8F};
  const Scores healthy(0, 250);
  const Decision decision = decider.update(healthy.values, {.levels = &levels}, 0);
  EXPECT_EQ(decision.label, 0);
  EXPECT_TRUE(decision.abnormal);
  ASSERT_TRUE(has(decision, Reason::kBandAlarm) && has(decision, Reason::kZone));
  for (const Cause& cause : decision.reasons) {
    if (cause.reason == Reason::kBandAlarm) {
      EXPECT_EQ(cause,
                Cause(Reason::kBandAlarm)
                    .with(2.0F)
                    .with(1000.0F)
                    .with(3000.0F)
                    .with(25.0F)
                    .with(20.0F)
                    .with(1740.0F)
                    .with(12.0F));
    } else if (cause.reason == Reason::kZone) {
      EXPECT_EQ(cause, Cause(Reason::kZone).with(2.0F).with(3.0F).with(2.8F));
    }
  }
}

TEST(Decider, JudgesLevelsWithoutANetworkButNotFromBadData) {
  Decider decider(DeciderConfig{.votes = 1, .windows = 1});
  const LevelFindings levels{.state = AlarmState::kWarning, .zone = Zone::kB};
  const Decision good = decider.update({}, {.levels = &levels}, 0);
  EXPECT_TRUE(has(good, Reason::kBandAlarm));
  EXPECT_FALSE(has(good, Reason::kZone)) << "zone B is fit for unlimited operation";
  EXPECT_FALSE(good.abnormal) << "a warning";
  const Decision bad = decider.update({}, {.levels = &levels}, kFlagDropout);
  EXPECT_FALSE(has(bad, Reason::kBandAlarm));
}

TEST(Decider, PutsThePhysicsOfTheBearingFirstAndSaysWhatItSaw) {
  Decider decider({.votes = 1, .windows = 1, .labels = 3, .normal_label = 0}, kFaults);
  BearingEvidence evidence;
  evidence.lo_hz = 2000.0F;
  evidence.hi_hz = 4000.0F;
  evidence.speed_rpm = 1797.0F;
  evidence.envelope[1].slip = -0.003F;
  evidence.envelope[1].harmonics_db = {14.0F, 12.0F, 3.0F, 9.0F};
  Findings findings{.evidence = &evidence};
  findings.bearing = {BearingState::kInnerRace, BearingGround::kEnvelope, 0.75F, 1, 11.5F};
  const std::int8_t scores[3] = {100, -128, -128};  // a network that hears nothing
  const Decision decision = decider.update(scores, findings, 0);
  EXPECT_EQ(decision.label, 2);
  EXPECT_EQ(decision.confidence, 192);
  EXPECT_TRUE(decision.abnormal);
  const Cause* physics = nullptr;
  for (const Cause& cause : decision.reasons) {
    physics = cause.reason == Reason::kBearingInner ? &cause : physics;
  }
  ASSERT_TRUE(physics != nullptr);
  const float expected[] = {11.5F, 11.0F, 2000.0F, 4000.0F, 1797.0F, -0.3F, 1.0F};
  ASSERT_EQ(physics->numbers.size(), 7U);
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_NEAR(physics->numbers[i], expected[i], 1e-4F);
  }
}

TEST(Decider, ReportsAMachineThatIsNotAsItWasCommissioned) {
  Decider decider({.votes = 1, .windows = 1, .labels = 3, .normal_label = 0}, kFaults);
  AnomalyVerdict condition;
  condition.alarm = true;
  condition.grade = AnomalyGrade::kAlarm;
  condition.score = 2.0F;
  condition.top[0] = {.feature = 3, .share = 0.8F, .deviation_db = 9.5F, .sigmas = 4.0F};
  const std::int8_t scores[3] = {100, -128, -128};
  const Decision decision = decider.update(scores, {.condition = &condition}, 0);
  EXPECT_TRUE(decision.abnormal);
  EXPECT_EQ(decision.label, kUnknownLabel) << "there is no label for an unclear cause";
  EXPECT_TRUE((decision.flags & kFlagCondition) != 0);
  EXPECT_TRUE(has(decision, Reason::kCauseUnclear));
  EXPECT_TRUE(has(decision, Reason::kCondition));
}

}  // namespace
}  // namespace aiot::decide
