// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/training.hpp"

#include <string>

#include "aiot/model/package.hpp"
#include "aiot/toolkit/package_writer.hpp"
#include "aiot/toolkit/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

/// Machines of different gain, quiet or with a crest factor that tells the fault: what a network
/// can learn and a threshold on the level can not.
Dataset machines(std::size_t per_class) {
  Dataset dataset;
  dataset.labels = {"normal", "worn"};
  dataset.features = 2;
  Random random(11, 0);
  for (std::size_t m = 0; m < 2 * per_class; ++m) {
    const auto label = static_cast<std::uint8_t>(m % 2);
    const std::uint32_t group = index_of(dataset.groups, "machine " + std::to_string(m));
    const double gain = random.between(0.1, 5.0);
    for (int i = 0; i < 12; ++i) {
      dataset.values.push_back(static_cast<float>(gain * random.between(0.9, 1.1)));
      dataset.values.push_back(
          static_cast<float>((label == 0 ? 3.0 : 6.0) + random.between(-0.8, 0.8)));
      dataset.row_label.push_back(label);
      dataset.row_group.push_back(group);
    }
  }
  return dataset;
}

TrainingRequest request() {
  TrainingRequest request;
  request.name = "test";
  request.version = {1, 2, 3};
  request.normal_label = "normal";
  request.specs = {{FeatureId::kRms, 0, dsp::Transform::kLog},
                   {FeatureId::kCrestFactor, 0, dsp::Transform::kLinear}};
  request.window = 256;
  request.hop = 128;
  request.rate_min_hz = 8000.0F;
  request.rate_max_hz = 13000.0F;
  request.decider = {.votes = 2, .windows = 3};
  return request;
}

TEST(Training, GivesAPackageThatLoads) {
  auto training = train_package(machines(12), request(), {});
  ASSERT_TRUE(training.ok());
  const AlignedBytes file(training->package);
  ASSERT_TRUE(model::verify(file.view()).ok());
  const auto package = model::load(file.view());
  ASSERT_TRUE(package.ok());
  EXPECT_TRUE(package->name == "test");
  EXPECT_EQ(package->version.minor, 2U);
  EXPECT_EQ(package->labels, 2U);
  EXPECT_TRUE(package->label(1) == "worn");
  EXPECT_EQ(package->decider.normal_label, 0U);
  EXPECT_EQ(package->plan.features.size(), 2U);
  EXPECT_TRUE(package->training_hash == content_hash(machines(12)));
}

TEST(Training, LearnsWhatTheLevelDoesNotTell) {
  auto training = train_package(machines(12), request(), {});
  ASSERT_TRUE(training.ok());
  const TrainingReport& report = training->report;
  EXPECT_GT(report.int8_windows.balanced_accuracy(), 0.98);
  EXPECT_LT(report.level_windows.balanced_accuracy(), 0.9);
  EXPECT_GT(report.int8_agreement, 0.98);
  EXPECT_EQ(report.train.groups + report.validation.groups + report.test.groups, 24U);
}

TEST(Training, SameDataAndSeedGiveTheSameBytes) {
  auto first = train_package(machines(12), request(), {});
  auto second = train_package(machines(12), request(), {});
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_TRUE(first->package == second->package);
}

TEST(Training, AnotherSeedGivesOtherBytes) {
  auto first = train_package(machines(12), request(), {});
  TrainingRequest other = request();
  other.fit.seed = 2;
  auto second = train_package(machines(12), other, {});
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_TRUE(first->package != second->package);
}

TEST(Training, ClassOfOneMachineIsNamed) {
  Dataset dataset = machines(12);
  dataset.labels.push_back("odd");
  index_of(dataset.groups, "odd one");
  dataset.values.insert(dataset.values.end(), {1.0F, 9.0F});
  dataset.row_label.push_back(2);
  dataset.row_group.push_back(24);
  auto training = train_package(dataset, request(), {});
  ASSERT_FALSE(training.ok());
  EXPECT_TRUE(training.problem().text.find("one only: odd") != std::string::npos);
}

TEST(Training, MissingNormalClassIsNamed) {
  TrainingRequest other = request();
  other.normal_label = "healthy";
  auto training = train_package(machines(12), other, {});
  ASSERT_FALSE(training.ok());
  EXPECT_TRUE(training.problem().text.find("'healthy'") != std::string::npos);
}

TEST(Training, CostOfFalseAlarmsMovesTheBorder) {
  Dataset dataset = machines(16);
  for (std::size_t i = 0; i < dataset.rows(); ++i) {  // classes that overlap
    float& crest = dataset.values[2 * i + 1];
    crest = 4.5F + (crest - 4.5F) * 0.5F + (i % 3 == 0 ? 0.6F : -0.3F);
  }
  TrainingRequest cheap = request();
  cheap.false_alarm_cost = 0.2;
  TrainingRequest dear = request();
  dear.false_alarm_cost = 20.0;
  auto with_cheap = train_package(dataset, cheap, {});
  auto with_dear = train_package(dataset, dear, {});
  ASSERT_TRUE(with_cheap.ok() && with_dear.ok());
  EXPECT_GE(with_dear->report.int8_windows.recall(0), with_cheap->report.int8_windows.recall(0));
  EXPECT_LE(with_dear->report.int8_windows.recall(1), with_cheap->report.int8_windows.recall(1));
}

}  // namespace
}  // namespace aiot::toolkit
