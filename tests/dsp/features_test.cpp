// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/features.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "tests/dsp/features_golden.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

constexpr FeatureSpec spec(FeatureId id, float lo_hz, float hi_hz) {
  return {.id = id, .lo_hz = lo_hz, .hi_hz = hi_hz};
}

constexpr std::array<FeatureSpec, 9> kAll = {
    spec(FeatureId::kMean, 0.0F, 0.0F),
    spec(FeatureId::kRms, 0.0F, 0.0F),
    spec(FeatureId::kPeak, 0.0F, 0.0F),
    spec(FeatureId::kCrestFactor, 0.0F, 0.0F),
    spec(FeatureId::kKurtosis, 0.0F, 0.0F),
    spec(FeatureId::kVelocityRms, golden::kBands[0][0], golden::kBands[0][1]),
    spec(FeatureId::kBandRms, golden::kBands[0][0], golden::kBands[0][1]),
    spec(FeatureId::kBandRms, golden::kBands[1][0], golden::kBands[1][1]),
    spec(FeatureId::kBandRms, golden::kBands[2][0], golden::kBands[2][1]),
};

constexpr FeaturePlan kPlan = {.features = kAll, .window = 256, .hop = 128, .axes = 1};

std::array<float, 512> samples;
std::array<float, 512> scratch;

Error check_one(const FeatureSpec& one) {
  const FeaturePlan plan = {.features = {&one, 1}, .window = 256, .hop = 128, .axes = 2};
  return check(plan, 2000.0F).error();
}

TEST(Features, MeanWhatTheirFormulasSay) {
  ASSERT_TRUE(check(kPlan, golden::kRateHz).ok());
  for (const golden::FeatureCase& test : golden::kFeatureCases) {
    SCOPED_TRACE(test.name);
    for (std::size_t i = 0; i < 256; ++i) {
      samples[i] = static_cast<float>(test.codes[i]) * golden::kScale;
    }
    const Window window = {.samples = std::span{samples}.first(256),
                           .axes = 1,
                           .length = 256,
                           .rate_hz = golden::kRateHz};
    std::array<float, 9> out{};
    ASSERT_TRUE(extract(kPlan, window, {}, scratch, out).ok());
    for (std::size_t i = 0; i < out.size(); ++i) {
      const float expected = test.expected[i];
      const float size = expected < 0.0F ? -expected : expected;
      // A mean near 0 and a band without signal are small differences of large sums.
      const float tolerance = 1e-5F * size + 1e-7F * test.expected[1];
      EXPECT_NEAR(out[i], expected, tolerance) << i;
    }
  }
}

TEST(Features, OfEachAxisAreItsOwn) {
  constexpr std::array<FeatureSpec, 4> kSpecs = {{
      {.id = FeatureId::kPeak, .axis = 1},
      {.id = FeatureId::kBandRms, .axis = 0, .lo_hz = 1.0F, .hi_hz = 1000.0F},
      {.id = FeatureId::kPeak, .axis = 0},
      {.id = FeatureId::kBandRms, .axis = 1, .lo_hz = 1.0F, .hi_hz = 1000.0F},
  }};
  const FeaturePlan plan = {.features = kSpecs, .window = 256, .hop = 256, .axes = 2};
  for (std::size_t i = 0; i < 256; ++i) {
    samples[i] = i % 2 == 0 ? 1.0F : -1.0F;
    samples[256 + i] = i % 8 < 4 ? 3.0F : -3.0F;
  }
  const Window window = {.samples = samples, .axes = 2, .length = 256, .rate_hz = 2000.0F};
  std::array<float, 4> out{};
  ASSERT_TRUE(extract(plan, window, {}, scratch, out).ok());
  EXPECT_EQ(out[0], 3.0F);
  EXPECT_EQ(out[2], 1.0F);
  EXPECT_NEAR(out[3], 3.0F, 1e-4F);
  EXPECT_GT(out[1], 0.9F);
}

TEST(Features, ScratchIsAskedForOnlyWhereATransformNeedsIt) {
  EXPECT_EQ(scratch_floats(kPlan), 256U);
  const FeaturePlan plan = {.features = std::span{kAll}.first(5), .window = 256, .hop = 128};
  EXPECT_EQ(scratch_floats(plan), 0U);
}

TEST(Features, ExtractRefusesSizesThatDoNotBelongTogether) {
  Window window = {
      .samples = std::span{samples}.first(256), .axes = 1, .length = 256, .rate_hz = 2000.0F};
  std::array<float, 9> out{};
  EXPECT_EQ(extract(kPlan, window, {}, std::span{scratch}.first(255), out).error(),
            Error::kInvalidArgument);
  EXPECT_EQ(extract(kPlan, window, {}, scratch, std::span{out}.first(8)).error(),
            Error::kInvalidArgument);
  window.length = 128;
  EXPECT_EQ(extract(kPlan, window, {}, scratch, out).error(), Error::kInvalidArgument);
  window.length = 256;
  window.rate_hz = 0.0F;
  EXPECT_EQ(extract(kPlan, window, {}, scratch, out).error(), Error::kInvalidArgument);
}

TEST(Features, CheckRefusesPlansThatCanNotBeComputed) {
  FeaturePlan plan = kPlan;
  plan.window = 100;
  EXPECT_EQ(check(plan, 2000.0F).error(), Error::kInvalidArgument);
  plan.window = 16384;
  EXPECT_EQ(check(plan, 2000.0F).error(), Error::kInvalidArgument);
  plan = kPlan;
  plan.hop = 0;
  EXPECT_EQ(check(plan, 2000.0F).error(), Error::kInvalidArgument);
  plan = kPlan;
  plan.axes = 9;
  EXPECT_EQ(check(plan, 2000.0F).error(), Error::kInvalidArgument);
  EXPECT_EQ(check(kPlan, -1.0F).error(), Error::kInvalidArgument);
}

TEST(Features, CheckRefusesFeaturesThatMakeNoSense) {
  EXPECT_EQ(check_one({.id = FeatureId::kRms, .axis = 1}), Error::kNone);
  EXPECT_EQ(check_one({.id = FeatureId::kRms, .axis = 2}), Error::kInvalidArgument);
  EXPECT_EQ(check_one({.id = FeatureId::kNone}), Error::kUnsupported);
  EXPECT_EQ(check_one({.id = static_cast<FeatureId>(999)}), Error::kUnsupported);
  EXPECT_EQ(check_one({.id = FeatureId::kRms, .transform = static_cast<Transform>(7)}),
            Error::kUnsupported);
  EXPECT_EQ(check_one({.id = FeatureId::kRms, .scale = 0.0F}), Error::kInvalidArgument);
  EXPECT_EQ(check_one({.id = FeatureId::kRms, .offset = __builtin_inff()}),
            Error::kInvalidArgument);
  EXPECT_EQ(check_one(spec(FeatureId::kBandRms, 100.0F, 50.0F)), Error::kInvalidArgument);
  EXPECT_EQ(check_one(spec(FeatureId::kBandRms, -1.0F, 50.0F)), Error::kInvalidArgument);
  EXPECT_EQ(check_one(spec(FeatureId::kBandRms, 0.0F, __builtin_nanf(""))),
            Error::kInvalidArgument);
}

TEST(Features, CheckRefusesBandsBeyondNyquistAndCutsThoseThatReachIt) {
  EXPECT_EQ(check_one(spec(FeatureId::kVelocityRms, 10.0F, 5000.0F)), Error::kNone);
  EXPECT_EQ(check_one(spec(FeatureId::kVelocityRms, 1000.0F, 5000.0F)), Error::kOutOfRange);
  EXPECT_EQ(check_one(spec(FeatureId::kVelocityRms, 8.0F, 15.0F)), Error::kOutOfRange);
}

TEST(Features, NormaliseTransformsThenScales) {
  constexpr std::array<FeatureSpec, 3> kSpecs = {{
      {.id = FeatureId::kRms, .offset = 1.0F, .scale = 2.0F},
      {.id = FeatureId::kRms, .transform = Transform::kLog, .offset = 0.5F, .scale = 4.0F},
      {.id = FeatureId::kRms, .transform = Transform::kLog},
  }};
  const FeaturePlan plan = {.features = kSpecs, .window = 256, .hop = 256};
  std::array<float, 3> values = {3.0F, 2.71828183F, -5.0F};
  normalise(plan, values, values);
  EXPECT_EQ(values[0], 4.0F);
  EXPECT_NEAR(values[1], 2.0F, 1e-6F);
  EXPECT_NEAR(values[2], -20.7232658F, 1e-5F);  // log(kLogFloor)
}

TEST(Features, OfABearingAreReadOffItsEvidence) {
  BearingEvidence evidence;
  evidence.loudest_db = {1.0F, 2.0F, 3.0F};
  evidence.sidebands_db = {4.0F, 5.0F, 6.0F};
  evidence.direct[1].level_db = 8.0F;
  evidence.direct[1].first_db = 10.0F;
  const std::array<FeatureSpec, 4> specs{FeatureSpec{.id = FeatureId::kEnvelopeElement},
                                         FeatureSpec{.id = FeatureId::kSidebandsOuter},
                                         FeatureSpec{.id = FeatureId::kDirectInner},
                                         FeatureSpec{.id = FeatureId::kDirectFirstInner}};
  const FeaturePlan plan{.features = specs, .window = 256, .hop = 128, .axes = 1};
  const std::array<float, 256> silence{};
  const Window window{.samples = silence, .axes = 1, .length = 256, .rate_hz = 1000.0F};
  std::array<float, 4> out{};
  EXPECT_TRUE(check(plan, 1000.0F).ok());
  EXPECT_TRUE(needs_evidence(plan));
  EXPECT_EQ(scratch_floats(plan), 0U);
  ASSERT_TRUE(extract(plan, window, evidence, {}, out).ok());
  EXPECT_EQ(out[0], 3.0F);
  EXPECT_EQ(out[1], 4.0F);
  EXPECT_EQ(out[2], 9.0F);
  EXPECT_EQ(out[3], 10.0F);
}

}  // namespace
}  // namespace aiot::dsp
