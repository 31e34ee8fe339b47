// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/bearing_diagnosis.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "tests/support/simulated_recording.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

using decide::BearingState;

Loaded<BearingDiagnosis> diagnose(const Recording& recording,
                                  std::optional<double> rpm = test::kSimulatedRpm) {
  return diagnose_bearing(recording, dsp::find_bearing("6205")->geometry, rpm);
}

std::string refusal_of(const Recording& recording,
                       std::optional<double> rpm = test::kSimulatedRpm) {
  const auto diagnosis = diagnose(recording, rpm);
  return diagnosis.ok() ? "" : diagnosis.problem().text;
}

constexpr double kPi = 3.14159265358979323846;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(BearingDiagnosis, NamesTheRaceThatIsDamaged) {
  const auto outer = diagnose(test::outer_recording());
  ASSERT_TRUE(outer.ok()) << outer.problem().text;
  EXPECT_EQ(outer->verdict.state, BearingState::kOuterRace);
  EXPECT_GT(outer->confidence, 0.8F);
  EXPECT_TRUE(outer->warnings.empty()) << outer->warnings.front();
  const auto inner = diagnose(test::inner_recording());
  ASSERT_TRUE(inner.ok()) << inner.problem().text;
  EXPECT_EQ(inner->verdict.state, BearingState::kInnerRace);
}

TEST(BearingDiagnosis, CallsAHealthyMachineHealthy) {
  const auto diagnosis = diagnose(test::healthy_recording());
  ASSERT_TRUE(diagnosis.ok());
  EXPECT_EQ(diagnosis->verdict.state, BearingState::kHealthy);
  EXPECT_GT(diagnosis->confidence, 0.6F);
}

TEST(BearingDiagnosis, TrustsAnEstimatedSpeedLess) {
  const auto stated = diagnose(test::outer_recording());
  const auto estimated = diagnose(test::outer_recording(), std::nullopt);
  ASSERT_TRUE(stated.ok() && estimated.ok());
  EXPECT_EQ(estimated->verdict.state, BearingState::kOuterRace);
  EXPECT_NEAR(estimated->confidence, kTrustInEstimate * estimated->verdict.confidence, 1e-6F);
  const auto healthy = diagnose(test::healthy_recording(), std::nullopt);
  ASSERT_TRUE(healthy.ok());
  EXPECT_EQ(healthy->verdict.state, BearingState::kHealthy);
  EXPECT_LE(healthy->confidence, kMostHealthy);
  ASSERT_FALSE(healthy->warnings.empty());
  EXPECT_TRUE(contains(healthy->warnings.front(), "estimate"));
}

TEST(BearingDiagnosis, IsNotSureOfHealthAtASpeedThatNothingConfirms) {
  const auto wrong = diagnose(test::outer_recording(), 6.1 * test::kSimulatedRpm);
  ASSERT_TRUE(wrong.ok()) << wrong.problem().text;
  if (wrong->verdict.state == BearingState::kHealthy) {
    EXPECT_LE(wrong->confidence, kMostHealthy);
  }
  ASSERT_EQ(wrong->warnings.size(), 2U);
  EXPECT_TRUE(contains(wrong->warnings[0], "check --rpm")) << wrong->warnings[0];
  EXPECT_TRUE(contains(wrong->warnings[1], "samples a revolution")) << wrong->warnings[1];
}

TEST(BearingDiagnosis, RefusesWhatIsNoVibration) {
  Recording flat = test::healthy_recording(3.0);
  std::fill(flat.samples.begin(), flat.samples.end(), std::int16_t{5});
  EXPECT_TRUE(contains(refusal_of(flat), "not diagnosed: 100 % of the windows"))
      << refusal_of(flat);
  EXPECT_TRUE(contains(refusal_of(flat), "flat"));
  Recording saturated = test::healthy_recording(3.0);
  for (std::size_t i = 0; i < saturated.samples.size(); i += 10) {
    saturated.samples[i] = -32768;
  }
  EXPECT_TRUE(contains(refusal_of(saturated), "saturated"));
  Recording alternating = test::healthy_recording(3.0);
  for (std::size_t i = 0; i < alternating.samples.size(); ++i) {
    alternating.samples[i] = i % 2 == 0 ? std::int16_t{9000} : std::int16_t{-9000};
  }
  EXPECT_TRUE(contains(refusal_of(alternating), "alternating"));
}

TEST(BearingDiagnosis, RefusesARateThatIsSuspectUnlessTheShaftConfirmsIt) {
  Recording held = test::healthy_recording();
  for (std::size_t i = 0; i < held.samples.size(); ++i) {
    const double turns = static_cast<double>(i) / held.rate_hz * test::kSimulatedRpm / 60.0;
    double lines = 0.0;
    for (int h = 1; h <= 12; ++h) {
      lines += std::sin(2.0 * kPi * h * turns);
    }
    held.samples[i] = static_cast<std::int16_t>(held.samples[i] + std::lround(100.0 * lines));
    held.samples[i] = held.samples[i - i % 2];
  }
  const auto confirmed = diagnose(held);
  ASSERT_TRUE(confirmed.ok()) << confirmed.problem().text;
  ASSERT_FALSE(confirmed->warnings.empty());
  EXPECT_LT(confirmed->confidence, confirmed->verdict.confidence);
  // The same samples with a rate that is stated too high by a third: no shaft turns at --rpm.
  held.rate_hz *= 1.3;
  EXPECT_TRUE(contains(refusal_of(held), "every sample is there 2 times")) << refusal_of(held);
}

TEST(BearingDiagnosis, RefusesWhatIsTooShort) {
  EXPECT_TRUE(contains(refusal_of(test::healthy_recording(0.1)), "not diagnosed"));
  EXPECT_TRUE(contains(refusal_of(test::healthy_recording(0.33)), "not diagnosed"));
  Recording one = test::healthy_recording(0.1);
  one.samples.resize(1);
  EXPECT_TRUE(contains(refusal_of(one), "record longer"));
  const auto brief = diagnose(test::healthy_recording(1.5));
  ASSERT_TRUE(brief.ok()) << brief.problem().text;
  EXPECT_LE(brief->confidence, kMostHealthy);
}

TEST(BearingDiagnosis, LeavesOutADropoutAndSaysSo) {
  Recording recording = test::outer_recording();
  std::fill(recording.samples.begin() + 50000, recording.samples.begin() + 70000, std::int16_t{0});
  const auto diagnosis = diagnose(recording);
  ASSERT_TRUE(diagnosis.ok()) << diagnosis.problem().text;
  EXPECT_EQ(diagnosis->verdict.state, BearingState::kOuterRace);
  ASSERT_EQ(diagnosis->warnings.size(), 1U);
  EXPECT_TRUE(contains(diagnosis->warnings[0], "left out")) << diagnosis->warnings[0];
  EXPECT_NEAR(diagnosis->confidence, kTrustWithWarning * diagnosis->verdict.confidence, 1e-6F);
}

TEST(BearingDiagnosis, ATouchOfSaturationIsSaidAndMoreCostsTrust) {
  Recording recording = test::healthy_recording();
  recording.samples[50000] = 32767;
  const auto touched = diagnose(recording);
  ASSERT_TRUE(touched.ok());
  ASSERT_EQ(touched->warnings.size(), 1U);
  EXPECT_EQ(touched->confidence, touched->verdict.confidence);
  for (std::size_t i = 0; i < recording.samples.size(); i += 200) {
    recording.samples[i] = 32767;
  }
  const auto more = diagnose(recording);
  ASSERT_TRUE(more.ok()) << more.problem().text;
  EXPECT_NEAR(more->confidence, kTrustWithWarning * more->verdict.confidence, 1e-6F);
}

TEST(BearingDiagnosis, DoesNotDependOnTheGainButSaysWhenItIsImplausible) {
  Recording recording = test::outer_recording();
  const auto plain = diagnose(recording);
  recording.scale *= 1e6;
  const auto loud = diagnose(recording);
  ASSERT_TRUE(plain.ok() && loud.ok());
  EXPECT_EQ(loud->verdict.state, plain->verdict.state);
  EXPECT_NEAR(loud->confidence, plain->confidence, 1e-3F);
  ASSERT_EQ(loud->warnings.size(), 1U);
  EXPECT_TRUE(contains(loud->warnings[0], "implausible"));
}

TEST(BearingDiagnosis, ThresholdIsThatOfTheRule) {
  for (const float revolutions : {8.0F, 20.0F, 64.0F, 200.0F}) {
    BearingEvidence evidence;
    evidence.envelope_revolutions = revolutions;
    evidence.shaft_db = 20.0F;
    evidence.own_db = 30.0F;
    const auto threshold = static_cast<float>(envelope_threshold_db(evidence));
    evidence.envelope[0].level_db = threshold + 0.01F;
    EXPECT_EQ(decide::judge(evidence, {}).state, BearingState::kOuterRace) << revolutions;
    evidence.envelope[0].level_db = threshold - 0.01F;
    EXPECT_EQ(decide::judge(evidence, {}).state, BearingState::kUnclear) << revolutions;
  }
}

}  // namespace
}  // namespace aiot::toolkit
