// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/dataset.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "aiot/toolkit/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

constexpr std::array<dsp::FeatureSpec, 2> kSpecs{
    dsp::FeatureSpec{FeatureId::kRms, 0, dsp::Transform::kLog},
    dsp::FeatureSpec{FeatureId::kCrestFactor, 0, dsp::Transform::kLinear},
};

dsp::FeaturePlan plan_of(std::span<const dsp::FeatureSpec> specs) {
  return {.features = specs, .window = 256, .hop = 128, .axes = 1};
}

std::vector<std::int16_t> noise(std::uint64_t seed, std::size_t count, std::uint32_t level) {
  Random random(seed, 0);
  std::vector<std::int16_t> samples(count);
  for (std::int16_t& sample : samples) {
    sample = static_cast<std::int16_t>(static_cast<int>(random.below(2 * level + 1)) -
                                       static_cast<int>(level));
  }
  return samples;
}

Dataset two_classes() {
  Dataset dataset;
  dataset.labels = {"quiet", "loud"};
  return dataset;
}

/// `machines` groups a class, two rows each; machines of class 0 are named a0, a1, ...
Dataset toy(std::array<std::size_t, 2> machines) {
  Dataset dataset = two_classes();
  dataset.features = 2;
  for (std::uint8_t label = 0; label < 2; ++label) {
    for (std::size_t m = 0; m < machines[label]; ++m) {
      const std::uint32_t group =
          index_of(dataset.groups, std::string(1, label == 0 ? 'a' : 'b') + std::to_string(m));
      for (int i = 0; i < 2; ++i) {
        dataset.values.push_back(1.0F + static_cast<float>(m));
        dataset.values.push_back(label == 0 ? 3.0F : 5.0F);
        dataset.row_label.push_back(label);
        dataset.row_group.push_back(group);
      }
    }
  }
  return dataset;
}

TEST(Dataset, OneRowForEachWindow) {
  Dataset dataset = two_classes();
  index_of(dataset.groups, "m");
  const auto samples = noise(1, 256 + 5 * 128 + 60, 1000);
  const auto added = add_windows(dataset, plan_of(kSpecs), {samples, 0.01F, 12000.0F}, 1, 0);
  ASSERT_TRUE(added.ok());
  EXPECT_EQ(*added, 6U);
  EXPECT_EQ(dataset.rows(), 6U);
  EXPECT_EQ(dataset.values.size(), 12U);
  // Uniform noise in +-1000 counts of 0.01: RMS 10 / sqrt(3).
  EXPECT_NEAR(dataset.row(0)[0], 5.77F, 0.5F);
}

TEST(Dataset, ScaleIsAppliedToTheSamples) {
  Dataset dataset = two_classes();
  index_of(dataset.groups, "m");
  const auto samples = noise(1, 256, 1000);
  ASSERT_TRUE(add_windows(dataset, plan_of(kSpecs), {samples, 0.01F, 12000.0F}, 0, 0).ok());
  ASSERT_TRUE(add_windows(dataset, plan_of(kSpecs), {samples, 0.04F, 12000.0F}, 0, 0).ok());
  EXPECT_NEAR(dataset.row(1)[0], 4.0F * dataset.row(0)[0], 1e-4F);
  EXPECT_NEAR(dataset.row(1)[1], dataset.row(0)[1], 1e-5F);
}

TEST(Dataset, FlatWindowsAreLeftOut) {
  Dataset dataset = two_classes();
  index_of(dataset.groups, "m");
  auto samples = noise(1, 256 * 3, 1000);
  std::fill(samples.begin(), samples.begin() + 256, std::int16_t{7});
  const auto added = add_windows(dataset, plan_of(kSpecs), {samples, 0.01F, 12000.0F}, 0, 0);
  ASSERT_TRUE(added.ok());
  EXPECT_EQ(*added, 4U);
}

TEST(Dataset, ShortSignalsAndBadScalesAreRefused) {
  Dataset dataset = two_classes();
  index_of(dataset.groups, "m");
  const auto samples = noise(1, 255, 1000);
  const auto plan = plan_of(kSpecs);
  EXPECT_EQ(add_windows(dataset, plan, {samples, 0.01F, 12000.0F}, 0, 0).error(), Error::kEmpty);
  EXPECT_EQ(add_windows(dataset, plan, {samples, 0.0F, 12000.0F}, 0, 0).error(),
            Error::kInvalidArgument);
  EXPECT_EQ(add_windows(dataset, plan, {samples, NAN, 12000.0F}, 0, 0).error(),
            Error::kInvalidArgument);
  EXPECT_FALSE(add_windows(dataset, plan, {samples, 0.01F, 0.0F}, 0, 0).ok());
  EXPECT_EQ(dataset.rows(), 0U);
}

TEST(Dataset, NoWindowGoesAcrossAGap) {
  Dataset dataset = two_classes();
  index_of(dataset.groups, "m");
  Recording recording;
  recording.rate_hz = 12000.0;
  recording.scale = 0.01;
  recording.samples = noise(1, 256 + 128 + 300 + 100, 1000);
  recording.gaps = {{.frame = 384, .lost = 50}, {.frame = 684, .lost = 9}};
  const auto added = add_recording(dataset, plan_of(kSpecs), recording, 0, 0);
  ASSERT_TRUE(added.ok());
  EXPECT_EQ(*added, 2U + 1U + 0U);
  recording.axes = 2;
  EXPECT_EQ(add_recording(dataset, plan_of(kSpecs), recording, 0, 0).error(), Error::kUnsupported);
}

TEST(Split, NoGroupIsInTwoPartsAndNoneIsLost) {
  const Dataset dataset = toy({13, 9});
  Split split;
  ASSERT_TRUE(split_by_group(dataset, {}, 1, split).ok());
  std::vector<std::uint32_t> all = split.train;
  all.insert(all.end(), split.validation.begin(), split.validation.end());
  all.insert(all.end(), split.test.begin(), split.test.end());
  std::sort(all.begin(), all.end());
  ASSERT_EQ(all.size(), 22U);
  for (std::uint32_t i = 0; i < 22; ++i) {
    EXPECT_EQ(all[i], i);
  }
}

TEST(Split, EachClassIsTrainedAndJudged) {
  const Dataset dataset = toy({13, 2});
  Split split;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    ASSERT_TRUE(split_by_group(dataset, {}, seed, split).ok());
    for (const auto& part : {split.train, split.test}) {
      std::array<bool, 2> seen{};
      for (const std::size_t row : rows_of(dataset, part)) {
        seen[dataset.row_label[row]] = true;
      }
      EXPECT_TRUE(seen[0] && seen[1]);
    }
  }
}

TEST(Split, ClassWithOneGroupIsRefused) {
  Split split;
  EXPECT_EQ(split_by_group(toy({13, 1}), {}, 1, split).error(), Error::kEmpty);
}

TEST(Split, DependsOnTheSeedOnly) {
  const Dataset dataset = toy({13, 9});
  Split first;
  Split second;
  Split other;
  ASSERT_TRUE(split_by_group(dataset, {}, 1, first).ok());
  ASSERT_TRUE(split_by_group(dataset, {}, 1, second).ok());
  ASSERT_TRUE(split_by_group(dataset, {}, 2, other).ok());
  EXPECT_TRUE(first.test == second.test && first.train == second.train);
  EXPECT_TRUE(first.test != other.test || first.train != other.train);
}

TEST(Normalisation, TrainingRowsGetMeanZeroAndVarianceOne) {
  const Dataset dataset = toy({8, 8});
  std::vector<dsp::FeatureSpec> specs(kSpecs.begin(), kSpecs.end());
  std::vector<std::uint32_t> groups{0, 1, 2, 3, 8, 9, 10, 11};
  fit_normalisation(dataset, groups, 0.0, specs);
  const Samples samples = normalised(dataset, groups, plan_of(specs));
  ASSERT_EQ(samples.rows(), 16U);
  for (std::size_t f = 0; f < 2; ++f) {
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 0; i < samples.rows(); ++i) {
      const auto value = static_cast<double>(samples.row(i)[f]);
      sum += value;
      squares += value * value;
    }
    EXPECT_NEAR(sum / 16, 0.0, 1e-6);
    EXPECT_NEAR(squares / 16, 1.0, 1e-5);
  }
}

TEST(Normalisation, IgnoresOtherGroups) {
  Dataset dataset = toy({8, 8});
  std::vector<dsp::FeatureSpec> before(kSpecs.begin(), kSpecs.end());
  std::vector<dsp::FeatureSpec> after = before;
  const std::vector<std::uint32_t> groups{0, 1, 8, 9};
  fit_normalisation(dataset, groups, 0.0, before);
  dataset.values[2 * 2 * 5] = 1e6F;  // a row of group 5
  fit_normalisation(dataset, groups, 0.0, after);
  EXPECT_EQ(before[0].offset, after[0].offset);
  EXPECT_EQ(before[0].scale, after[0].scale);
}

TEST(Normalisation, ConstantFeatureKeepsScaleOne) {
  Dataset dataset = toy({2, 2});
  for (std::size_t i = 1; i < dataset.values.size(); i += 2) {
    dataset.values[i] = 4.0F;
  }
  std::vector<dsp::FeatureSpec> specs(kSpecs.begin(), kSpecs.end());
  fit_normalisation(dataset, std::vector<std::uint32_t>{0, 1, 2, 3}, 0.0, specs);
  EXPECT_EQ(specs[1].offset, 4.0F);
  EXPECT_EQ(specs[1].scale, 1.0F);
}

TEST(ContentHash, ChangesWithEveryPart) {
  const Dataset dataset = toy({3, 3});
  const Hash256 hash = content_hash(dataset);
  EXPECT_TRUE(content_hash(dataset) == hash);
  Dataset other = dataset;
  other.values[3] += 1e-6F;
  EXPECT_TRUE(content_hash(other) != hash);
  other = dataset;
  other.row_label[0] = 1;
  EXPECT_TRUE(content_hash(other) != hash);
  other = dataset;
  other.row_group[0] = 1;
  EXPECT_TRUE(content_hash(other) != hash);
  other = dataset;
  other.labels[0] += "x";
  EXPECT_TRUE(content_hash(other) != hash);
}

}  // namespace
}  // namespace aiot::toolkit
