// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/bearing_corpus.hpp"

#include <string>

#include "tests/support/test.hpp"
#include "tests/toolkit/simulated_bearing.hpp"

namespace aiot::toolkit {
namespace {

BearingRecording look(const Recording& recording, const BearingViewOptions& options) {
  BearingRecording result;
  result.label = "outer";
  result.group = "one";
  const auto problem = look_at_bearing(
      recording, test::kSimulatedRpm, test::simulated_geometry(), options, 3, result);
  EXPECT_FALSE(problem.has_value()) << problem->text;
  return result;
}

dsp::FeaturePlan plan_of(const std::vector<dsp::FeatureSpec>& specs) {
  return {.features = specs, .window = 4096, .hop = 2048, .axes = 1};
}

TEST(BearingCorpus, LooksAtSegmentsAndTheirNoisyCopies) {
  const BearingRecording looked = look(test::simulated_bearing(1, "outer", 7.0), {});
  // 3 s every 1.75 s of 7 s.
  EXPECT_EQ(looked.segments.size(), 3U);
  EXPECT_EQ(looked.noisy.size(), 3U);
  EXPECT_GT(looked.whole.loudest_db[0], 9.0F);
  EXPECT_GT(looked.segments[0].loudest_db[0], 9.0F);
  EXPECT_TRUE(looked.segments[0].loudest_db != looked.noisy[0].loudest_db);
}

TEST(BearingCorpus, AShortRecordingIsOneSegment) {
  const BearingRecording looked = look(test::simulated_bearing(1, "outer", 2.0), {});
  EXPECT_EQ(looked.segments.size(), 1U);
}

TEST(BearingCorpus, SameSeedGivesTheSameNoise) {
  const Recording recording = test::simulated_bearing(1, "outer", 3.0);
  const BearingRecording first = look(recording, {.seed = 5});
  const BearingRecording same = look(recording, {.seed = 5});
  const BearingRecording other = look(recording, {.seed = 6});
  EXPECT_TRUE(first.noisy[0].loudest_db == same.noisy[0].loudest_db);
  EXPECT_TRUE(first.noisy[0].loudest_db != other.noisy[0].loudest_db);
  EXPECT_TRUE(first.segments[0].loudest_db == other.segments[0].loudest_db);
}

TEST(BearingCorpus, WholeOnlyIsWholeOnly) {
  const BearingRecording looked =
      look(test::simulated_bearing(1, "outer", 4.0), {.segments = Segments::kNone});
  EXPECT_TRUE(looked.segments.empty());
  EXPECT_GT(looked.whole.loudest_db[0], 9.0F);
}

TEST(BearingCorpus, ASpeedThatCanNotBeIsAProblem) {
  BearingRecording result;
  EXPECT_TRUE(
      look_at_bearing(
          test::simulated_bearing(1, "outer", 2.0), 1e6, test::simulated_geometry(), {}, 1, result)
          .has_value());
}

TEST(BearingCorpus, FeaturesAreThoseOfTheEvidence) {
  const auto specs = evidence_features();
  ASSERT_EQ(specs.size(), 12U);
  BearingEvidence evidence;
  evidence.loudest_db = {1.0F, 2.0F, 3.0F};
  evidence.sidebands_db = {4.0F, 5.0F, 6.0F};
  evidence.direct[1].level_db = 10.0F;
  evidence.direct[1].first_db = 20.0F;
  const std::vector<float> features = features_of(plan_of(specs), evidence);
  EXPECT_EQ(features, (std::vector<float>{1, 2, 3, 4, 5, 6, 0.0F, 15.0F, 0.0F, 0.0F, 20.0F, 0.0F}));
}

TEST(BearingCorpus, AttenuationWeakensEnvelopeAndDirectByThemselves) {
  const auto specs = evidence_features();
  EvidenceRows rows(plan_of(specs));
  BearingEvidence evidence;
  evidence.loudest_db = {10.0F, 10.0F, 10.0F};
  evidence.sidebands_db = {10.0F, 10.0F, 10.0F};
  for (LineFamily& family : evidence.direct) {
    family.level_db = 10.0F;
    family.first_db = 10.0F;
  }
  for (int i = 0; i < 200; ++i) {
    rows.add(evidence, "outer", "one");
  }
  rows.attenuate({.copies = 2}, 1);
  const Dataset& dataset = rows.dataset();
  ASSERT_EQ(dataset.rows(), 600U);
  std::size_t weaker = 0;
  for (std::size_t i = 200; i < 600; ++i) {
    const auto row = dataset.row(i);
    for (std::size_t f = 1; f < 6; ++f) {
      EXPECT_EQ(row[f], row[0]);
    }
    for (std::size_t f = 7; f < 12; ++f) {
      EXPECT_EQ(row[f], row[6]);
    }
    EXPECT_GE(row[0], 0.5F);
    EXPECT_GE(row[6], 4.0F);
    EXPECT_LE(row[0], 10.0F);
    weaker += row[0] < 10.0F ? 1U : 0U;
  }
  EXPECT_NEAR(static_cast<double>(weaker) / 400.0, 0.8, 0.08);
}

TEST(BearingCorpus, KnowsPartsByTheirUsualNames) {
  EXPECT_TRUE(part_of_label("outer") == BearingPart::kOuterRace);
  EXPECT_TRUE(part_of_label("Inner race") == BearingPart::kInnerRace);
  EXPECT_TRUE(part_of_label("ball") == BearingPart::kElement);
  EXPECT_TRUE(part_of_label("Rollers") == BearingPart::kElement);
  EXPECT_FALSE(part_of_label("imbalance").has_value());
  EXPECT_FALSE(part_of_label("unbalanced shaft").has_value());
}

}  // namespace
}  // namespace aiot::toolkit
