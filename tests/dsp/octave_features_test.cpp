// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/octave_features.hpp"

#include <array>

#include "aiot/dsp/math.hpp"
#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

constexpr std::size_t kLength = 2048;

std::array<float, kLength> samples;
std::array<float, kLength> scratch;
std::array<float, kOctaveFeatures> features;

void measure() {
  octave_features(samples, scratch, features);
}

/// Adds a tone of `cycles` periods in the window.
void add_tone(float cycles, float amplitude) {
  for (std::size_t i = 0; i < kLength; ++i) {
    samples[i] += amplitude * sin(2.0F * kPi * cycles * static_cast<float>(i) / kLength);
  }
}

void add_noise(float amplitude) {
  sim::Random random(5);
  for (float& sample : samples) {
    float sum = 0.0F;
    for (int i = 0; i < 12; ++i) {
      sum += sim::uniform(random, -0.5F, 0.5F);
    }
    sample += amplitude * sum;
  }
}

TEST(OctaveFeatures, GiveTheLevelOfAToneInItsOctave) {
  samples.fill(3.0F);
  add_tone(300.0F, 2.0F);  // between fs/8 and fs/4: octave 1
  measure();
  EXPECT_NEAR(features[1], 3.0103F, 0.001F);  // mean square 2
  EXPECT_LT(features[0], -60.0F);
  EXPECT_LT(features[3], -60.0F);
  EXPECT_NEAR(features[kCrestFeature], 3.0103F, 0.01F);
  EXPECT_NEAR(features[kKurtosisFeature], 1.7609F, 0.01F);  // 1.5
}

TEST(OctaveFeatures, MoveByTheGainInLevelsAndNotAtAllElsewhere) {
  samples.fill(0.0F);
  add_noise(1.0F);
  measure();
  const auto before = features;
  for (float& sample : samples) {
    sample *= 10.0F;
  }
  measure();
  for (std::size_t i = 0; i < kOctaves; ++i) {
    EXPECT_NEAR(features[i], before[i] + 20.0F, 1e-3F);
  }
  for (std::size_t i = kOctaves; i < kOctaveFeatures; ++i) {
    EXPECT_NEAR(features[i], before[i], 1e-3F);
  }
}

TEST(OctaveFeatures, OfGaussianNoiseAreThoseOfGaussianNoise) {
  samples.fill(0.0F);
  add_noise(1.0F);
  measure();
  EXPECT_NEAR(features[0], -3.0F, 0.6F);  // half of the spectrum
  EXPECT_NEAR(features[2], -9.0F, 1.0F);
  EXPECT_NEAR(features[kKurtosisFeature], 4.77F, 0.5F);
  EXPECT_NEAR(features[kEnvelopeFeature], 3.01F, 0.6F);
  EXPECT_NEAR(features[kEnvelopeFeature + 1], 3.01F, 0.9F);
}

TEST(OctaveFeatures, SeeImpactsInAnEnvelopeBeforeTheKurtosisOfTheSamplesDoes) {
  samples.fill(0.0F);
  add_noise(0.02F);
  add_tone(7.0F, 1.0F);
  for (std::size_t at = 100; at + 40 < kLength; at += 256) {
    for (std::size_t i = 0; i < 40; ++i) {  // rings at 0.35 of the rate: octave 0
      const auto t = static_cast<float>(i);
      samples[at + i] += 0.3F * exp(-0.15F * t) * sin(2.2F * t);
    }
  }
  measure();
  EXPECT_LT(features[kKurtosisFeature], 3.0F);
  EXPECT_GT(features[kEnvelopeFeature], 8.0F);
}

TEST(OctaveFeatures, OfSilenceAreAtTheLowerEnd) {
  samples.fill(0.0F);
  measure();
  for (const float feature : features) {
    EXPECT_LE(feature, -299.0F);
  }
}

}  // namespace
}  // namespace aiot::dsp
