// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/anomaly.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <span>

#include "aiot/core/crc32.hpp"
#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::decide {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::size_t kDepth = 14;
constexpr std::uint16_t kState = 7;
constexpr std::uint32_t kPlan = 0xC0FFEE01;

// Eight levels, the kurtosis of the signal and of four envelopes, the crest factor.
AnomalyConfig make_config() {
  AnomalyConfig config;
  config.features = kDepth;
  for (std::size_t i = 0; i < kDepth; ++i) {
    config.about[i] = i < 8 ? kLevelFeature : i == 8 ? kKurtosisFeature : kEnvelopeKurtosisFeature;
  }
  config.about[13] = crest_feature(1024);
  return config;
}

constexpr std::size_t kRoom = commissioning_floats(kMaxAnomalyFeatures);

struct Window {
  float values[kDepth] = {};
};

// A window of a machine whose levels share a gain; `step_db` on level 2, `kurtosis_db` on the
// kurtosis of envelope 1.
Window make_window(sim::Random& random, float step_db, float kurtosis_db) {
  Window window;
  const float common = random.normal();
  for (std::size_t i = 0; i < kDepth; ++i) {
    const float noise = random.normal();
    if (i < 8) {
      window.values[i] = (-20.0F - 3.0F * static_cast<float>(i)) + 0.5F * common + noise;
    } else if (i < 13) {
      window.values[i] = (i == 8 ? 5.0F : 3.0F) + 0.2F * noise;
    } else {
      window.values[i] = 12.0F + 0.5F * noise;
    }
  }
  window.values[2] += step_db;
  window.values[10] += kurtosis_db;
  return window;
}

AnomalyModel make_model(sim::Random& random, int windows) {
  std::array<float, kRoom> commissioning_room{};
  AnomalyCommissioning commissioning(
      make_config(), std::span(commissioning_room).first(commissioning_floats(kDepth)));
  for (int i = 0; i < windows; ++i) {
    EXPECT_TRUE(commissioning.add(make_window(random, 0.0F, 0.0F).values).ok());
  }
  AnomalyModel model;
  EXPECT_TRUE(commissioning.finish(kState, kPlan, model).ok());
  return model;
}

// Expected values here and below: the same algorithm in numpy.
TEST(AnomalyCommissioning, HasTheModelOfAnIndependentComputation) {
  sim::Random random(2026);
  const AnomalyModel model = make_model(random, 300);
  EXPECT_EQ(model.features, kDepth);
  EXPECT_EQ(model.state, kState);
  EXPECT_EQ(model.plan, kPlan);
  EXPECT_EQ(model.windows, 300U);
  EXPECT_EQ(model.block_length, 8U);
  EXPECT_EQ(model.common, 0x00FF);
  EXPECT_TRUE(model.settled);
  EXPECT_EQ(model.threshold, 3.3F);
  EXPECT_NEAR(model.mean[0], -19.923313F, 1e-4F);
  EXPECT_NEAR(model.mean[7], -41.05526F, 1e-4F);
  EXPECT_NEAR(model.mean[8], 4.9811506F, 1e-5F);
  EXPECT_NEAR(model.mean[10], 3.0363991F, 1e-5F);
  EXPECT_NEAR(model.mean[13], 12.030386F, 1e-5F);
  EXPECT_NEAR(model.sigma[0], 1.5675272F, 1e-5F);
  EXPECT_NEAR(model.sigma[8], 0.30901286F, 1e-5F);
  EXPECT_NEAR(model.sigma[13], 0.5189637F, 1e-5F);
  EXPECT_NEAR(model.factor[packed_index(0, 0)], 2.1264167F, 1e-5F);
  EXPECT_NEAR(model.factor[packed_index(7, 0)], 1.0579765F, 1e-5F);
  EXPECT_NEAR(model.factor[packed_index(13, 13)], 0.5027146F, 1e-5F);
}

TEST(AnomalyMonitor, HasTheScoresOfAnIndependentComputation) {
  sim::Random random(2026);
  const AnomalyModel model = make_model(random, 300);
  AnomalyMonitor monitor(model, {});
  float scores[50] = {};
  int count = 0;
  int first_alarm = -1;
  AnomalyVerdict verdict;
  for (int i = 0; i < 400; ++i) {
    const bool faulty = i >= 160;
    const Window window = make_window(random, faulty ? 8.0F : 0.0F, faulty ? 1.5F : 0.0F);
    verdict = *monitor.update(window.values);
    EXPECT_EQ(verdict.scored, i % 8 == 7);
    if (verdict.scored) {
      scores[count++] = verdict.score;
    }
    if (verdict.alarm && first_alarm < 0) {
      first_alarm = i;
      EXPECT_TRUE(verdict.changed);
    }
  }
  EXPECT_NEAR(scores[0], 0.02095273F, 1e-5F);
  EXPECT_NEAR(scores[19], 0.06510315F, 1e-5F);
  EXPECT_NEAR(scores[20], 0.2325963F, 1e-5F);
  EXPECT_NEAR(scores[26], 1.037527F, 1e-4F);
  EXPECT_NEAR(scores[49], 1.667174F, 1e-4F);
  EXPECT_EQ(first_alarm, 231) << "the third block above the threshold";
  EXPECT_EQ(verdict.grade, AnomalyGrade::kStrong);
  EXPECT_EQ(verdict.top[0].feature, 10);
  EXPECT_NEAR(verdict.top[0].share, 0.51983213F, 1e-4F);
  EXPECT_NEAR(verdict.top[0].deviation_db, 1.191768F, 1e-4F);
  EXPECT_NEAR(verdict.top[0].sigmas, 3.966725F, 1e-3F);
  EXPECT_EQ(verdict.top[1].feature, 2);
  EXPECT_NEAR(verdict.top[1].share, 0.48029965F, 1e-4F);
  EXPECT_NEAR(verdict.top[1].deviation_db, 6.092974F, 1e-3F);
  EXPECT_EQ(verdict.top[2].feature, 4);
  EXPECT_NEAR(verdict.top[2].deviation_db, -0.13312906F, 1e-4F);
  EXPECT_FALSE(verdict.dropped);
}

TEST(AnomalyCommissioning, NeedsItsBlocks) {
  sim::Random random(1);
  std::array<float, kRoom> commissioning_room{};
  AnomalyCommissioning commissioning(
      make_config(), std::span(commissioning_room).first(commissioning_floats(kDepth)));
  AnomalyModel model;
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(commissioning.finish(0, 0, model).error(), Error::kWrongState) << "block " << i;
    ASSERT_TRUE(commissioning.add(make_window(random, 0.0F, 0.0F).values).ok());
  }
  EXPECT_EQ(model.features, 0) << "nothing was written before";
  EXPECT_TRUE(commissioning.finish(0, 0, model).ok());
  commissioning.restart();
  EXPECT_EQ(commissioning.windows(), 0U);
  EXPECT_EQ(commissioning.finish(0, 0, model).error(), Error::kWrongState);
}

TEST(AnomalyCommissioning, MergesItsBlocksInsteadOfGrowing) {
  AnomalyConfig config;
  config.features = 1;
  std::array<float, kRoom> commissioning_room{};
  AnomalyCommissioning commissioning(
      config, std::span(commissioning_room).first(commissioning_floats(config.features)));
  const auto feed = [&](int windows) {
    for (int i = 0; i < windows; ++i) {
      const float value[1] = {static_cast<float>(commissioning.windows())};
      (void)commissioning.add(value);
    }
  };
  feed(64);
  EXPECT_EQ(commissioning.blocks(), 64U);
  feed(1);
  EXPECT_EQ(commissioning.blocks(), 32U);
  feed(1);
  EXPECT_EQ(commissioning.blocks(), 33U) << "the 65th window was half of a block of two";
  feed(62);
  EXPECT_EQ(commissioning.blocks(), 64U);
  AnomalyModel model;
  ASSERT_TRUE(commissioning.finish(0, 0, model).ok());
  EXPECT_EQ(model.block_length, 2U);
  EXPECT_EQ(model.windows, 128U);
  EXPECT_NEAR(model.mean[0], 63.5F, 1e-4F) << "the mean of 0 to 127: none is lost or counted twice";
  EXPECT_FALSE(model.settled) << "that machine does not stay as it is";
}

TEST(AnomalyCommissioning, LearnsNothingFromAWindowThatIsNotUsable) {
  AnomalyConfig config;
  config.features = 2;
  std::array<float, kRoom> commissioning_room{};
  AnomalyCommissioning commissioning(
      config, std::span(commissioning_room).first(commissioning_floats(config.features)));
  for (const float bad : {kNan, kInfinity, -kInfinity, 1.1e6F, -1.1e6F}) {
    const float features[2] = {1.0F, bad};
    EXPECT_EQ(commissioning.add(features).error(), Error::kInvalidArgument);
  }
  EXPECT_EQ(commissioning.windows(), 0U);
}

TEST(AnomalyCommissioning, DoesNotLetAShockIntoTheModel) {
  sim::Random random(3);
  sim::Random again(3);
  std::array<float, kRoom> clean_room{};
  AnomalyCommissioning clean(make_config(),
                             std::span(clean_room).first(commissioning_floats(kDepth)));
  std::array<float, kRoom> shocked_room{};
  AnomalyCommissioning shocked(make_config(),
                               std::span(shocked_room).first(commissioning_floats(kDepth)));
  for (int i = 0; i < 48; ++i) {
    ASSERT_TRUE(clean.add(make_window(random, 0.0F, 0.0F).values).ok());
    Window window = make_window(again, 0.0F, 0.0F);
    window.values[3] += i == 20 ? 40.0F : 0.0F;
    ASSERT_TRUE(shocked.add(window.values).ok());
  }
  AnomalyModel a;
  AnomalyModel b;
  ASSERT_TRUE(clean.finish(0, 0, a).ok());
  ASSERT_TRUE(shocked.finish(0, 0, b).ok());
  EXPECT_NEAR(a.mean[3], b.mean[3], 0.25F) << "40 dB / 48 would be 0.83";
  EXPECT_LT(b.sigma[3], 1.3F * a.sigma[3]);
}

TEST(AnomalyCommissioning, HasAModelOfFeaturesThatNeverMove) {
  AnomalyConfig config;
  config.features = kMaxAnomalyFeatures;
  config.about.fill(kLevelFeature);
  std::array<float, kRoom> commissioning_room{};
  AnomalyCommissioning commissioning(
      config, std::span(commissioning_room).first(commissioning_floats(config.features)));
  float features[kMaxAnomalyFeatures] = {};
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(commissioning.add(features).ok());
  }
  AnomalyModel model;
  ASSERT_TRUE(commissioning.finish(0, 0, model).ok());
  AnomalyMonitor monitor(model, {});
  EXPECT_EQ(monitor.update(features)->score, 0.0F);
}

TEST(AnomalyMonitor, StaysQuietOnAHealthyMachine) {
  sim::Random random(77);
  const AnomalyModel model = make_model(random, 60);
  AnomalyMonitor monitor(model, {});
  float largest = 0.0F;
  for (int i = 0; i < 3000; ++i) {
    const AnomalyVerdict verdict = *monitor.update(make_window(random, 0.0F, 0.0F).values);
    EXPECT_FALSE(verdict.alarm);
    largest = verdict.score > largest ? verdict.score : largest;
  }
  EXPECT_LT(largest, 0.75F);
}

// One level whose smoothed deviation is that of the last block; 4 dB are the threshold.
AnomalyModel simple_model() {
  AnomalyModel model;
  model.features = 1;
  model.common = 1;
  model.threshold = 2.0F;
  model.smooth = 1.0F;
  model.clip = 10.0F;
  model.drop = 0.5F;
  model.least[0] = -100.0F;
  model.mean[0] = -40.0F;
  model.sigma[0] = 1.0F;
  model.factor[0] = 2.0F;
  return model;
}

AnomalyVerdict feed(AnomalyMonitor& monitor, float value, int windows) {
  AnomalyVerdict verdict;
  const float features[1] = {value};
  for (int i = 0; i < windows; ++i) {
    verdict = *monitor.update(features);
  }
  return verdict;
}

TEST(AnomalyMonitor, WeighsADecreaseLessThanAnIncrease) {
  const AnomalyModel model = simple_model();
  AnomalyMonitor monitor(model, {});
  EXPECT_EQ(feed(monitor, -36.0F, 1).score, 1.0F);
  EXPECT_EQ(feed(monitor, -44.0F, 1).score, 0.5F);
  EXPECT_EQ(monitor.deviation()[0], -4.0F);
}

TEST(AnomalyMonitor, ClipsWhatOneBlockMayDo) {
  const AnomalyModel model = simple_model();
  AnomalyMonitor monitor(model, {});
  const AnomalyVerdict verdict = feed(monitor, 1000.0F, 1);
  EXPECT_EQ(verdict.score, 2.5F);
  EXPECT_EQ(verdict.top[0].deviation_db, 10.0F);
  EXPECT_EQ(verdict.top[0].sigmas, 5.0F);
}

TEST(AnomalyMonitor, CountsABlockBelowTheLeastValueAsThatValue) {
  AnomalyModel model = simple_model();
  model.least[0] = -41.0F;
  AnomalyMonitor monitor(model, {});
  EXPECT_EQ(feed(monitor, -90.0F, 1).top[0].deviation_db, -1.0F);
}

TEST(AnomalyMonitor, SaysThatTheSignalDropped) {
  const AnomalyModel model = simple_model();
  AnomalyMonitor monitor(model, {});
  EXPECT_FALSE(feed(monitor, -45.9F, 1).dropped);
  const AnomalyVerdict verdict = feed(monitor, -60.0F, 1);
  EXPECT_TRUE(verdict.dropped);
  EXPECT_EQ(verdict.level_db, -20.0F) << "not clipped";
  EXPECT_FALSE(feed(monitor, -40.0F, 1).dropped);
}

TEST(AnomalyMonitor, GradesItsScores) {
  const AnomalyModel model = simple_model();
  AnomalyMonitor monitor(model, {});
  EXPECT_EQ(feed(monitor, -37.1F, 1).grade, AnomalyGrade::kNormal);
  EXPECT_EQ(feed(monitor, -37.0F, 1).grade, AnomalyGrade::kAttention);
  EXPECT_EQ(feed(monitor, -35.0F, 2).grade, AnomalyGrade::kAttention);
  EXPECT_EQ(feed(monitor, -35.0F, 1).grade, AnomalyGrade::kAlarm);
  EXPECT_EQ(feed(monitor, -34.0F, 1).grade, AnomalyGrade::kStrong);
  EXPECT_EQ(feed(monitor, -40.0F, 5).grade, AnomalyGrade::kAlarm) << "held";
  const AnomalyVerdict end = feed(monitor, -40.0F, 1);
  EXPECT_EQ(end.grade, AnomalyGrade::kNormal);
  EXPECT_TRUE(end.changed);
  EXPECT_EQ(confidence_of(0.0F), 0.0F);
  EXPECT_EQ(confidence_of(1.0F), 0.5F);
  EXPECT_NEAR(confidence_of(2.0F), 0.8F, 1e-6F);
}

TEST(AnomalyMonitor, LeavesOutAWindowThatIsNotUsable) {
  AnomalyModel model = simple_model();
  model.block_length = 2;
  AnomalyMonitor monitor(model, {});
  (void)feed(monitor, -36.0F, 1);
  for (const float bad : {kNan, kInfinity, -1e7F}) {
    const float features[1] = {bad};
    EXPECT_EQ(monitor.update(features).error(), Error::kInvalidArgument);
  }
  const AnomalyVerdict verdict = feed(monitor, -36.0F, 1);
  EXPECT_TRUE(verdict.scored);
  EXPECT_EQ(verdict.score, 1.0F);
}

TEST(AnomalyMonitor, ForgetsEverythingAtARestart) {
  const AnomalyModel model = simple_model();
  AnomalyMonitor monitor(model, {});
  EXPECT_TRUE(feed(monitor, -20.0F, 3).alarm);
  monitor.restart();
  EXPECT_EQ(monitor.deviation()[0], 0.0F);
  EXPECT_FALSE(feed(monitor, -20.0F, 2).alarm);
  EXPECT_TRUE(feed(monitor, -20.0F, 1).alarm);
}

TEST(AnomalyModel, ComesBackFromItsBytes) {
  sim::Random random(4);
  const AnomalyModel model = make_model(random, 100);
  std::byte buffer[kMaxAnomalyModelBytes];
  const Result<Bytes> bytes = encode(model, buffer);
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(bytes->size(), 632U);
  AnomalyModel copy;
  ASSERT_TRUE(decode(*bytes, kDepth, kPlan, copy).ok());
  EXPECT_EQ(copy.state, kState);
  EXPECT_EQ(copy.common, model.common);
  EXPECT_EQ(copy.windows, 100U);
  EXPECT_EQ(copy.block_length, 2U);
  EXPECT_EQ(copy.settled, model.settled);
  EXPECT_EQ(copy.threshold, model.threshold);
  std::byte again[kMaxAnomalyModelBytes];
  ASSERT_TRUE(encode(copy, again).ok());
  for (std::size_t i = 0; i < bytes->size(); ++i) {
    ASSERT_EQ(again[i], buffer[i]) << "byte " << i;
  }
}

TEST(AnomalyModel, HasTheSameBytesOnEveryMachine) {
  sim::Random random(2026);
  std::byte buffer[kMaxAnomalyModelBytes];
  const Result<Bytes> bytes = encode(make_model(random, 300), buffer);
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(crc32(0, bytes->first(bytes->size() - 4)), 0x4B3DCB1DU);
}

TEST(AnomalyConfig, ChecksItsRanges) {
  EXPECT_TRUE(check(make_config()).ok());
  AnomalyConfig bad[16];
  for (AnomalyConfig& config : bad) {
    config = make_config();
  }
  bad[0].features = 0;
  bad[1].features = kMaxAnomalyFeatures + 1;
  bad[2].min_blocks = 2;
  bad[3].min_blocks = kAnomalyBlocks + 1;
  bad[4].about[3].floor_db = 0.0F;
  bad[5].about[3].least_db = kNan;
  bad[6].common_db = -1.0F;
  bad[7].smooth = 0.0F;
  bad[8].inflate = kNan;
  bad[9].clip = 0.0F;
  bad[10].limit = kInfinity;
  bad[11].tail = -0.1F;
  bad[12].replay = -1.0F;
  bad[13].replay_cap = 0.9F;
  bad[14].drop = 1.1F;
  bad[15].robust = 0.0F;
  for (std::size_t i = 0; i < 16; ++i) {
    EXPECT_EQ(check(bad[i]).error(), Error::kInvalidArgument) << "configuration " << i;
  }
  EXPECT_TRUE(check(AnomalyMonitorConfig{}).ok());
  EXPECT_FALSE(check(AnomalyMonitorConfig{.persistence = {.votes = 0}}).ok());
  EXPECT_FALSE(check(AnomalyMonitorConfig{.release = 0.0F}).ok());
  EXPECT_FALSE(check(AnomalyMonitorConfig{.release = 1.1F}).ok());
}

}  // namespace
}  // namespace aiot::decide
