// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/octave_envelope.hpp"

#include <algorithm>
#include <array>

#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/math.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

constexpr std::uint32_t kFrame = 2048;
constexpr float kRate = 12800.0F;

std::array<float, kFrame> frame;
std::array<float, kFrame> spectrum;
std::array<float, kFrame / 2> envelope;

std::span<const float> envelope_of(BinRange band) {
  rfft(frame, 0.0F, spectrum);
  const auto out = std::span(envelope).first(envelope_values(band));
  whitened_envelope(spectrum, band, out);
  return out;
}

TEST(EnvelopeBands, AreOctavesInStepsOfHalfAnOctaveDownToTheShaft) {
  const auto bands = envelope_bands(12000.0F, 30.0F);
  ASSERT_EQ(bands.size(), 5U);  // from 2880, 2036, 1440, 1018, 720; 509 is below 24 orders
  EXPECT_NEAR(bands[0].hi_hz, 5760.0F, 1.0F);
  EXPECT_NEAR(bands[0].lo_hz, 2880.0F, 1.0F);
  EXPECT_NEAR(bands[1].hi_hz, 4073.0F, 1.0F);
  EXPECT_EQ(envelope_bands(12000.0F, 500.0F).size(), 3U);
  EXPECT_EQ(envelope_bands(50000.0F, 2.0F).size(), kMaxEnvelopeBands);
}

TEST(WhitenedEnvelope, HasTheRateOfItsPowerOfTwo) {
  const BinRange band = envelope_bins({3000.0F, 6000.0F}, kRate, kFrame);
  EXPECT_EQ(band.first, 480U);
  EXPECT_EQ(band.last, 959U);
  EXPECT_EQ(envelope_values(band), 256U);
  EXPECT_NEAR(envelope_rate(band, kRate, kFrame), 3200.0F, 0.01F);
}

TEST(WhitenedEnvelope, ShowsTheRhythmOfImpactsUnderAToneThatIsFarLouder) {
  frame.fill(0.0F);
  for (std::uint32_t i = 0; i < kFrame; ++i) {
    frame[i] = 100.0F * sin(2.0F * kPi * 0.3125F * static_cast<float>(i));
  }
  // Not quite periodic, as bearings are.
  for (const std::uint32_t at : {101U, 616U, 1132U, 1655U}) {
    frame[at] += 1.0F;
  }
  const auto out = envelope_of(envelope_bins({3000.0F, 6000.0F}, kRate, kFrame));
  // Value j is at sample 512 + 4 j.
  float sum = 0.0F;
  for (const float value : out) {
    sum += value;
  }
  const float mean = sum / static_cast<float>(out.size());
  EXPECT_GT(out[26], 5.0F * mean);
  EXPECT_GT(out[155], 5.0F * mean);
  EXPECT_LT(out[90], 2.0F * mean);
}

TEST(WhitenedEnvelope, DoesNotDependOnGain) {
  std::uint32_t state = 1;
  for (float& sample : frame) {
    state = state * 1664525U + 1013904223U;
    sample = static_cast<float>(state >> 8U) * 0x1p-24F - 0.5F;
  }
  const BinRange band = envelope_bins({2000.0F, 4000.0F}, kRate, kFrame);
  std::array<float, kFrame / 2> before{};
  const auto first = envelope_of(band);
  std::copy(first.begin(), first.end(), before.begin());
  for (float& sample : frame) {
    sample *= 1024.0F;
  }
  const auto second = envelope_of(band);
  for (std::size_t j = 0; j < second.size(); ++j) {
    EXPECT_EQ(second[j], before[j]);
  }
}

TEST(WhitenedEnvelope, OfSilenceIsSilence) {
  frame.fill(0.0F);
  for (const float value : envelope_of(envelope_bins({2000.0F, 4000.0F}, kRate, kFrame))) {
    EXPECT_EQ(value, 0.0F);
  }
}

}  // namespace
}  // namespace aiot::dsp
