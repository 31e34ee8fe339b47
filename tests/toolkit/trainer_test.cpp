// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/trainer.hpp"

#include <cmath>

#include "aiot/toolkit/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

/// Three classes: a disc around the origin, and a ring around it that is cut at x = 0. Not
/// separable by straight lines through the features.
Samples rings(std::uint64_t seed, std::size_t rows) {
  Random random(seed, 0);
  Samples samples{.features = 3, .classes = 3};
  while (samples.rows() < rows) {
    const double x = random.between(-2, 2);
    const double y = random.between(-2, 2);
    const double radius = x * x + y * y;
    if (radius > 0.8 && radius < 1.3) {
      continue;
    }
    samples.values.push_back(static_cast<float>(x));
    samples.values.push_back(static_cast<float>(y));
    samples.values.push_back(static_cast<float>(random.between(-1, 1)));
    samples.labels.push_back(radius <= 0.8 ? 0 : x < 0 ? 1 : 2);
  }
  return samples;
}

Fit fit_rings(std::uint64_t seed) {
  return fit(rings(1, 900), rings(2, 300), {.seed = seed}, {});
}

TEST(Trainer, LearnsClassesThatNoStraightLineSeparates) {
  const Fit result = fit_rings(1);
  EXPECT_GT(evaluate(result.network, rings(3, 600)).balanced_accuracy(), 0.95);
}

TEST(Trainer, SameSeedGivesTheSameNetwork) {
  const Fit first = fit_rings(5);
  const Fit second = fit_rings(5);
  EXPECT_TRUE(first.network.hidden.weights == second.network.hidden.weights);
  EXPECT_TRUE(first.network.output.weights == second.network.output.weights);
  EXPECT_TRUE(first.network.output.bias == second.network.output.bias);
}

TEST(Trainer, AnotherSeedGivesAnotherNetwork) {
  EXPECT_TRUE(fit_rings(5).network.hidden.weights != fit_rings(6).network.hidden.weights);
}

TEST(Trainer, StopsEarlyWhenValidationGetsNoBetter) {
  // Validation labels that have nothing to do with the inputs: only the first epochs can help.
  Samples noise = rings(4, 200);
  Random random(9, 0);
  for (std::uint8_t& label : noise.labels) {
    label = static_cast<std::uint8_t>(random.below(3));
  }
  const Fit result = fit(rings(1, 900), noise, {.max_epochs = 100, .patience = 5}, {});
  EXPECT_LT(result.epochs, 60U);
  EXPECT_EQ(result.epochs, result.best.number + 5);
}

TEST(Trainer, RareClassIsNotGivenUp) {
  Samples train = rings(1, 900);
  Samples thin{.features = 3, .classes = 3};
  for (std::size_t i = 0; i < train.rows(); ++i) {
    if (train.labels[i] == 0 && i % 8 != 0) {
      continue;
    }
    const auto row = train.row(i);
    thin.values.insert(thin.values.end(), row.begin(), row.end());
    thin.labels.push_back(train.labels[i]);
  }
  const Fit result = fit(thin, {}, {.max_epochs = 80}, {});
  EXPECT_GT(evaluate(result.network, rings(3, 600)).recall(0), 0.9);
}

TEST(Trainer, ProgressIsReportedForEachEpoch) {
  std::size_t calls = 0;
  const Fit result =
      fit(rings(1, 100), {}, {.max_epochs = 4}, [&](const Epoch& epoch) { calls += epoch.number; });
  EXPECT_EQ(calls, 1U + 2U + 3U + 4U);
  EXPECT_EQ(result.epochs, 4U);
}

TEST(Trainer, InputsBeyondTheLimitCountAsTheLimit) {
  const Fit result = fit_rings(1);
  std::vector<float> at_limit(3);
  std::vector<float> far(3);
  run(result.network, std::vector<float>{kInputLimit, 0.5F, -kInputLimit}, at_limit);
  run(result.network, std::vector<float>{1e6F, 0.5F, -1e6F}, far);
  EXPECT_TRUE(at_limit == far);
}

TEST(Trainer, Int8WeightsAreWithinHalfAStepOfTheFloatOnes) {
  const Fit result = fit_rings(1);
  const QuantMlp quant = to_int8(result.network, rings(1, 900));
  for (const auto& [dense, layer] : {std::pair(result.network.hidden, quant.hidden),
                                     std::pair(result.network.output, quant.output)}) {
    for (std::size_t i = 0; i < dense.weights.size(); ++i) {
      const float step = layer.weight_scales[i / dense.inputs];
      EXPECT_NEAR(dense.weights[i], step * static_cast<float>(layer.weights[i]), 0.501F * step);
    }
  }
}

TEST(Trainer, Int8RangesHoldZeroAndTheCalibratedValues) {
  const Fit result = fit_rings(1);
  const Samples calibration = rings(1, 900);
  const QuantMlp quant = to_int8(result.network, calibration);
  EXPECT_EQ(quant.hidden.in.zero_point, 0);
  EXPECT_EQ(quant.hidden.out.zero_point, -128);
  EXPECT_EQ(quant.output.in.zero_point, -128);
  const Scale logits = quant.output.out;
  const float low = logits.scale * static_cast<float>(-128 - logits.zero_point);
  const float high = logits.scale * static_cast<float>(127 - logits.zero_point);
  std::vector<float> out(3);
  for (std::size_t i = 0; i < calibration.rows(); ++i) {
    run(result.network, calibration.row(i), out);
    for (const float value : out) {
      EXPECT_GE(value, low - logits.scale);
      EXPECT_LE(value, high + logits.scale);
    }
  }
}

TEST(Trainer, SoftmaxSumsToOneForLargeLogits) {
  std::vector<float> logits{1000.0F, 998.0F, -1000.0F};
  softmax(logits);
  EXPECT_NEAR(logits[0], 0.880797F, 1e-5F);
  EXPECT_NEAR(logits[1], 0.119203F, 1e-5F);
  EXPECT_NEAR(logits[2], 0.0F, 1e-6F);
}

TEST(Trainer, MultipleHeadsLearnTheClassesToo) {
  const Fit result = fit(rings(1, 900), rings(2, 300), {.seed = 1, .heads = Heads::kMulti}, {});
  EXPECT_GT(evaluate(result.network, rings(3, 600)).balanced_accuracy(), 0.95);
}

TEST(Trainer, MultipleHeadsMaySayNoAtOnce) {
  // Two classes at the two ends of a line; what lies between was never seen as either.
  Samples ends{.features = 1, .classes = 2};
  Random random(3, 0);
  for (int i = 0; i < 400; ++i) {
    ends.labels.push_back(static_cast<std::uint8_t>(i % 2));
    ends.values.push_back(static_cast<float>(random.between(0.0, 0.5) + (i % 2 == 0 ? -2 : 2)));
  }
  const Fit result = fit(ends, {}, {.seed = 1, .heads = Heads::kMulti}, {});
  std::vector<float> scores(2);
  run(result.network, std::vector<float>{-2.0F}, scores);
  sigmoid(scores);
  EXPECT_GT(scores[0], 0.9F);
  EXPECT_LT(scores[1], 0.1F);
}

TEST(Trainer, SigmoidHoldsForLargeLogits) {
  std::vector<float> logits{1000.0F, 0.0F, -1000.0F, 2.0F};
  sigmoid(logits);
  EXPECT_NEAR(logits[0], 1.0F, 1e-6F);
  EXPECT_NEAR(logits[1], 0.5F, 1e-6F);
  EXPECT_NEAR(logits[2], 0.0F, 1e-6F);
  EXPECT_NEAR(logits[3], 0.880797F, 1e-5F);
}

TEST(Trainer, InputNoiseMakesAnotherNetworkFromTheSameSeed) {
  const Fit plain = fit(rings(1, 300), {}, {.max_epochs = 5}, {});
  const Fit noisy = fit(rings(1, 300), {}, {.max_epochs = 5, .input_noise = 0.3}, {});
  const Fit again = fit(rings(1, 300), {}, {.max_epochs = 5, .input_noise = 0.3}, {});
  EXPECT_TRUE(plain.network.hidden.weights != noisy.network.hidden.weights);
  EXPECT_TRUE(again.network.hidden.weights == noisy.network.hidden.weights);
}

TEST(Trainer, KeepsTheLastEpochWhenAsked) {
  const Fit result =
      fit(rings(1, 300), rings(2, 100), {.max_epochs = 9, .patience = 1, .keep = Keep::kLast}, {});
  EXPECT_EQ(result.epochs, 9U);
  EXPECT_EQ(result.best.number, 9U);
}

TEST(Random, NormalNumbersHaveMeanZeroAndVarianceOne) {
  Random random(7, 1);
  double sum = 0;
  double squares = 0;
  double fourth = 0;
  constexpr int kCount = 100000;
  for (int i = 0; i < kCount; ++i) {
    const double value = random.normal();
    sum += value;
    squares += value * value;
    fourth += value * value * value * value;
  }
  EXPECT_NEAR(sum / kCount, 0.0, 0.02);
  EXPECT_NEAR(squares / kCount, 1.0, 0.02);
  EXPECT_NEAR(fourth / kCount, 3.0, 0.15);
}

TEST(Confusion, CountsRecallAndAccuracy) {
  Confusion confusion(3);
  confusion.add(0, 0);
  confusion.add(0, 0);
  confusion.add(0, 1);
  confusion.add(0, 0);
  confusion.add(1, 0);
  EXPECT_NEAR(confusion.recall(0), 0.75, 1e-12);
  EXPECT_NEAR(confusion.recall(1), 0.0, 1e-12);
  EXPECT_NEAR(confusion.recall(2), 0.0, 1e-12);
  EXPECT_NEAR(confusion.accuracy(), 0.6, 1e-12);
  EXPECT_NEAR(confusion.balanced_accuracy(), 0.375, 1e-12);
}

TEST(LevelRule, PutsThresholdsBetweenTheMedians) {
  const std::vector<float> levels{5, 6, 7, 1, 2, 3, 9, 10, 11};
  const std::vector<std::uint8_t> labels{0, 0, 0, 1, 1, 1, 2, 2, 2};
  const LevelRule rule = fit_level_rule(levels, labels, 3);
  EXPECT_EQ(answer(rule, 0.0F), 1U);
  EXPECT_EQ(answer(rule, 3.9F), 1U);
  EXPECT_EQ(answer(rule, 4.1F), 0U);
  EXPECT_EQ(answer(rule, 8.1F), 2U);
}

TEST(Random, BelowStaysBelowAndReachesAll) {
  Random random(3, 1);
  std::vector<int> seen(7);
  for (int i = 0; i < 1000; ++i) {
    ++seen[random.below(7)];
  }
  for (const int count : seen) {
    EXPECT_GT(count, 90);
  }
}

TEST(Random, NumbersAreThoseOfTheFirstVersion) {
  // Packages are reproducible from their seed: these numbers must never change.
  Random random(1, 1);
  EXPECT_EQ(random.next(), 2569293373224866520U);
}

}  // namespace
}  // namespace aiot::toolkit
