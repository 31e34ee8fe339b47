// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/bearing_analysis.hpp"

#include <algorithm>
#include <vector>

#include "ports/sim/random.hpp"
#include "tests/support/simulated_recording.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

dsp::BearingGeometry bearing() {
  return dsp::find_bearing("6205")->geometry;
}

TEST(BearingAnalysis, HearsTheOuterRace) {
  const auto analysis = analyse_bearing(test::outer_recording(), test::kSimulatedRpm, bearing());
  ASSERT_TRUE(analysis.ok()) << analysis.problem().text;
  const auto& envelope = analysis->evidence.envelope;
  EXPECT_GT(envelope[0].level_db, 12.0F);
  EXPECT_GT(envelope[0].level_db, envelope[1].level_db + 3.0F);
  EXPECT_EQ(analysis->frames, analysis->frames_used);
  EXPECT_FALSE(analysis->envelope_curve.level_db.empty());
}

TEST(BearingAnalysis, ImpactsAreImpulsiveAndNoiseIsNot) {
  const auto faulty = analyse_bearing(test::outer_recording(), test::kSimulatedRpm, bearing());
  const auto healthy = analyse_bearing(test::healthy_recording(), test::kSimulatedRpm, bearing());
  ASSERT_TRUE(faulty.ok() && healthy.ok());
  EXPECT_LT(healthy->evidence.impulsiveness, 0.5F);
  EXPECT_GT(faulty->evidence.impulsiveness, healthy->evidence.impulsiveness + 0.5F);
}

TEST(BearingAnalysis, LeavesOutFramesThatAreFlat) {
  Recording recording = test::outer_recording(12.0);
  std::fill(recording.samples.begin() + 50000, recording.samples.begin() + 70000, std::int16_t{3});
  const auto analysis = analyse_bearing(recording, test::kSimulatedRpm, bearing());
  ASSERT_TRUE(analysis.ok());
  EXPECT_LT(analysis->frames_used, analysis->frames - 8);
  EXPECT_GT(analysis->evidence.envelope[0].level_db, 12.0F) << "what remains is heard as before";
  EXPECT_LT(analysis->evidence.impulsiveness, 20.0F) << "the step into silence is no impact";
}

TEST(BearingAnalysis, DoesNotLookAtBandsBeyondAFilter) {
  // Noise below a tenth of the rate, by ten means of four, and nothing but rounding above.
  Recording recording = test::healthy_recording();
  sim::Random random(1);
  std::vector<double> values(recording.samples.size());
  for (double& value : values) {
    value = static_cast<double>(random.normal());
  }
  for (int pass = 0; pass < 10; ++pass) {
    for (std::size_t i = values.size() - 1; i >= 3; --i) {
      values[i] = 0.25 * (values[i] + values[i - 1] + values[i - 2] + values[i - 3]);
    }
  }
  const double largest = *std::max_element(values.begin(), values.end());
  for (std::size_t i = 0; i < values.size(); ++i) {
    recording.samples[i] = static_cast<std::int16_t>(10000.0 * values[i] / largest);
  }
  const auto analysis = analyse_bearing(recording, test::kSimulatedRpm, bearing());
  ASSERT_TRUE(analysis.ok()) << analysis.problem().text;
  EXPECT_EQ(analysis->bands.front().revolutions, 0.0F) << "3 to 6 kHz is empty";
  EXPECT_GT(analysis->bands.back().revolutions, 0.0F);
  EXPECT_LT(analysis->evidence.hi_hz, 5000.0F);
}

TEST(BearingAnalysis, SaysWhatItCanNotLookAt) {
  EXPECT_FALSE(analyse_bearing(test::healthy_recording(0.2), test::kSimulatedRpm, bearing()).ok());
  EXPECT_FALSE(analyse_bearing(test::healthy_recording(1.0), 60000.0, bearing()).ok());
  EXPECT_FALSE(analyse_bearing(test::healthy_recording(1.0), 0.0, bearing()).ok());
  Recording flat = test::healthy_recording(1.0);
  std::fill(flat.samples.begin(), flat.samples.end(), std::int16_t{5});
  const auto analysis = analyse_bearing(flat, test::kSimulatedRpm, bearing());
  ASSERT_FALSE(analysis.ok());
  EXPECT_NE(analysis.problem().text.find("flat"), std::string::npos);
}

}  // namespace
}  // namespace aiot::toolkit
