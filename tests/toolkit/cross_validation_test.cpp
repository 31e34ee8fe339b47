// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/cross_validation.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "aiot/toolkit/package_writer.hpp"
#include "aiot/toolkit/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

const std::vector<std::string> kLabels{"outer", "inner", "ball"};

/// Evidence of a fault: its own lines are strong, by how much depends on the bearing.
BearingEvidence evidence_of(std::size_t part, double strength, Random& random) {
  BearingEvidence evidence;
  for (std::size_t i = 0; i < kBearingParts; ++i) {
    const double own = i == part && part != 2 ? strength : 0.0;
    evidence.loudest_db[i] = static_cast<float>(random.between(1.0, 4.0) + own);
    evidence.sidebands_db[i] = static_cast<float>(random.between(1.0, 4.0));
    evidence.direct[i].level_db = static_cast<float>(random.between(8.0, 12.0) + own / 2);
    evidence.direct[i].first_db = evidence.direct[i].level_db;
  }
  evidence.envelope_revolutions = 64.0F;
  return evidence;
}

/// `sizes` bearings of each class, two loads each; `part` is the size.
std::vector<BearingRecording> corpus(std::size_t sizes) {
  Random random(1, 0);
  std::vector<BearingRecording> recordings;
  for (std::size_t size = 0; size < sizes; ++size) {
    for (std::size_t part = 0; part < kLabels.size(); ++part) {
      for (int load = 0; load < 2; ++load) {
        BearingRecording recording;
        recording.part = "size " + std::to_string(size);
        recording.label = kLabels[part];
        recording.group = recording.label + " " + recording.part;
        recording.file = recording.group + " load " + std::to_string(load);
        const double strength = 8.0 + 4.0 * static_cast<double>(size);
        recording.whole = evidence_of(part, strength, random);
        for (int i = 0; i < 4; ++i) {
          recording.segments.push_back(evidence_of(part, strength, random));
          recording.noisy.push_back(evidence_of(part, strength * 0.8, random));
        }
        recordings.push_back(recording);
      }
    }
  }
  return recordings;
}

TEST(CrossValidation, ScoresEachRecordingOnceByANetworkThatNeverSawItsPart) {
  const auto recordings = corpus(3);
  const auto result =
      cross_validate(recordings, kLabels, bearing_training("test", "normal", 1), {});
  ASSERT_TRUE(result.ok());
  ASSERT_EQ(result->folds.size(), 3U);
  std::set<std::string> files;
  for (const Fold& fold : result->folds) {
    EXPECT_EQ(fold.trained, 12U);
    EXPECT_EQ(fold.scores.network.size(), 6U);
    for (const ScoredRecording& one : fold.scores.network) {
      EXPECT_TRUE(one.group.ends_with(fold.value)) << one.group;
      files.insert(one.file);
    }
  }
  EXPECT_EQ(files.size(), 18U);
  EXPECT_EQ(result->pooled.network.size(), 18U);
  EXPECT_GT(result->areas.network.value_or(0.0), 0.9);
}

TEST(CrossValidation, FusedScoresAreTheMeanOfBoth) {
  const auto result = cross_validate(corpus(2), kLabels, bearing_training("test", "normal", 1), {});
  ASSERT_TRUE(result.ok());
  for (std::size_t i = 0; i < result->pooled.fused.size(); ++i) {
    for (std::size_t c = 0; c < kLabels.size(); ++c) {
      EXPECT_NEAR(result->pooled.fused[i].scores[c],
                  0.5 * (result->pooled.network[i].scores[c] + result->pooled.physics[i].scores[c]),
                  1e-12);
    }
  }
}

TEST(CrossValidation, AValueWithoutEveryFaultIsTrainedOnAndNotHeldOut) {
  auto recordings = corpus(3);
  std::erase_if(recordings, [](const BearingRecording& one) {
    return one.part == "size 1" && one.label == "ball";
  });
  const auto result =
      cross_validate(recordings, kLabels, bearing_training("test", "normal", 1), {});
  ASSERT_TRUE(result.ok());
  ASSERT_EQ(result->folds.size(), 2U);
  EXPECT_EQ(result->folds[0].trained, 10U);
}

TEST(CrossValidation, OneValueIsAProblem) {
  EXPECT_FALSE(cross_validate(corpus(1), kLabels, bearing_training("test", "normal", 1), {}).ok());
}

TEST(CrossValidation, LeakyScoresAreOfSegmentsThatWereHeldOut) {
  const auto recordings = corpus(2);
  const auto result = leaky_validate(recordings, kLabels, bearing_training("test", "normal", 1), 2);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->network.size(), recordings.size() * 4);
}

TEST(BearingTraining, WithoutNormalRowsThePackageLeavesNormalToOthers) {
  const auto trained = train_bearing_package(corpus(3), bearing_training("test", "normal", 1), {});
  ASSERT_TRUE(trained.ok()) << trained.problem().text;
  const AlignedBytes file(trained->package);
  const auto package = model::load(file.view());
  ASSERT_TRUE(package.ok());
  ASSERT_EQ(package->labels, 4U);
  EXPECT_TRUE(package->label(package->normal_label) == "normal");
  EXPECT_EQ(package->training_groups.size(), 9U);
  BearingScorer scorer(*package, {"outer", "inner", "ball", "normal", "other"});
  Random random(9, 0);
  for (std::size_t i = 0; i < 50; ++i) {
    const auto scores = scorer.network(evidence_of(i % 3, random.between(0.0, 12.0), random));
    ASSERT_EQ(scores.size(), 5U);
    EXPECT_LE(scores[3], *std::max_element(scores.begin(), scores.begin() + 3));
    EXPECT_LT(scores[3], 0.1);
    EXPECT_EQ(scores[4], 0.0);
  }
}

TEST(BearingTraining, HoldsOutOneBearingOfEachClassToKnowWhenToStop) {
  const auto recordings = corpus(3);
  const BearingTraining training = bearing_training("test", "normal", 1);
  const Dataset rows = training_rows(recordings, training);
  EXPECT_EQ(rows.rows(), 18U * 8U * 3U);
  const auto parts = deal_into_parts(rows, 5);
  ASSERT_EQ(parts.size(), 3U);
  for (const auto& part : parts) {
    std::set<std::uint8_t> classes;
    for (const std::size_t row : rows_of(rows, part)) {
      classes.insert(rows.row_label[row]);
    }
    EXPECT_EQ(classes.size(), 3U);
  }
  const auto trained = train_bearing_package(recordings, training, {});
  ASSERT_TRUE(trained.ok());
  EXPECT_EQ(trained->report.stops.size(), 3U);
  std::size_t sum = 0;
  for (const std::size_t stop : trained->report.stops) {
    sum += stop;
  }
  EXPECT_EQ(trained->report.fit.epochs, std::max<std::size_t>(5, sum / 3));
}

TEST(BearingTraining, SameSeedSameBytes) {
  const BearingTraining training = bearing_training("test", "normal", 4);
  const auto first = train_bearing_package(corpus(2), training, {});
  const auto second = train_bearing_package(corpus(2), training, {});
  const auto other = train_bearing_package(corpus(2), bearing_training("test", "normal", 5), {});
  ASSERT_TRUE(first.ok() && second.ok() && other.ok());
  EXPECT_TRUE(first->package == second->package);
  EXPECT_TRUE(first->package != other->package);
}

TEST(BearingTraining, MultipleHeadsMakeAPackageThatRuns) {
  BearingTraining training = bearing_training("test", "normal", 1);
  training.request.fit.heads = Heads::kMulti;
  const auto result = cross_validate(corpus(3), kLabels, training, {});
  ASSERT_TRUE(result.ok());
  EXPECT_GT(result->areas.network.value_or(0.0), 0.9);
}

}  // namespace
}  // namespace aiot::toolkit
