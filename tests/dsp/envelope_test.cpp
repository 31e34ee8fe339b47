// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/envelope.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/math.hpp"
#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

constexpr std::size_t kLength = 1024;

using Block = std::array<float, kLength>;

float turns_sine(float cycles, std::size_t i) {
  return sin_turn(static_cast<std::uint32_t>(cycles * 4194304.0F) * static_cast<std::uint32_t>(i));
}

/// A tone of `carrier` cycles a block whose amplitude swings by `depth` in `modulation` cycles.
Block modulated(float carrier, float modulation, float depth) {
  Block block{};
  for (std::size_t i = 0; i < kLength; ++i) {
    block[i] = (1.0F + depth * turns_sine(modulation, i)) * turns_sine(carrier, i);
  }
  return block;
}

/// Noise, and every `period` samples a shock that rings at `carrier` cycles a block.
void add_shocks(Block& block, std::size_t period, float carrier, float height) {
  for (std::size_t i = 0; i < kLength; ++i) {
    float decay = height;
    for (std::size_t j = 0; j < i % period; ++j) {
      decay *= 0.9F;
    }
    block[i] += decay * turns_sine(carrier, i % period);
  }
}

Block noise(float rms, std::uint64_t seed) {
  sim::Random random(seed);
  Block block{};
  for (float& x : block) {
    x = rms * random.normal();
  }
  return block;
}

TEST(HilbertEnvelope, IsTheAmplitudeOfATone) {
  const Block block = modulated(100.0F, 0.0F, 0.0F);
  std::array<float, 2 * kLength> work{};
  Block envelope{};
  hilbert_envelope(block, 0.0F, work, envelope);
  for (const float value : envelope) {
    EXPECT_NEAR(value, 1.0F, 1e-5F);
  }
}

TEST(HilbertEnvelope, FollowsTheModulationInPlace) {
  Block block = modulated(100.0F, 5.0F, 0.5F);
  for (float& x : block) {
    x += 40.0F;
  }
  std::array<float, 2 * kLength> work{};
  hilbert_envelope(block, 40.0F, work, block);
  for (std::size_t i = 0; i < kLength; ++i) {
    EXPECT_NEAR(block[i], 1.0F + 0.5F * turns_sine(5.0F, i), 1e-4F) << i;
  }
}

TEST(HilbertEnvelope, CountsTheLastBinOnce) {
  Block block{};
  for (std::size_t i = 0; i < kLength; ++i) {
    block[i] = i % 2 == 0 ? 3.0F : -3.0F;
  }
  std::array<float, 2 * kLength> work{};
  hilbert_envelope(block, 0.0F, work, block);
  EXPECT_NEAR(block[17], 3.0F, 1e-5F);
}

TEST(BandEnvelope, TakesItsBandOnlyAndDecimates) {
  Block block = modulated(200.0F, 6.0F, 0.5F);
  for (std::size_t i = 0; i < kLength; ++i) {
    block[i] += 20.0F * turns_sine(60.0F, i) + 5.0F * turns_sine(400.0F, i);
  }
  Block spectrum{};
  rfft(block, 0.0F, spectrum);
  constexpr BinRange kBand = {180, 220};
  ASSERT_EQ(envelope_points(kBand), 64U);
  std::array<float, 128> work{};
  std::array<float, 64> envelope{};
  band_envelope(spectrum, kBand, EnvelopeKind::kMagnitude, work, envelope);
  for (std::size_t i = 0; i < envelope.size(); ++i) {
    EXPECT_NEAR(envelope[i], 1.0F + 0.5F * turns_sine(6.0F, i * 16), 1e-4F) << i;
  }
  std::array<float, 64> squared{};
  band_envelope(spectrum, kBand, EnvelopeKind::kSquared, work, squared);
  for (std::size_t i = 0; i < envelope.size(); ++i) {
    EXPECT_NEAR(squared[i], envelope[i] * envelope[i], 1e-5F) << i;
  }
}

TEST(BandEnvelope, ReachesToTheLastBin) {
  Block block = noise(1.0F, 3);
  Block spectrum{};
  rfft(block, 0.0F, spectrum);
  std::array<float, 2 * kLength> work{};
  Block whole{};
  band_envelope(spectrum, {1, kLength / 2}, EnvelopeKind::kMagnitude, work, whole);
  float mean_value = 0.0F;
  for (const float x : block) {
    mean_value += x / static_cast<float>(kLength);
  }
  Block expected{};
  hilbert_envelope(block, mean_value, work, expected);
  for (std::size_t i = 0; i < kLength; ++i) {
    EXPECT_NEAR(whole[i], expected[i], 2e-5F) << i;
  }
}

TEST(EnvelopePoints, ArePowersOfTwoThatHoldTheBand) {
  EXPECT_EQ(envelope_points({5, 5}), 32U);
  EXPECT_EQ(envelope_points({1, 32}), 32U);
  EXPECT_EQ(envelope_points({1, 33}), 64U);
  EXPECT_EQ(envelope_points({100, 611}), 512U);
}

TEST(EnvelopeSpectrum, HasTheAmplitudeOfTheModulation) {
  const Block block = modulated(300.0F, 25.0F, 0.4F);
  Block spectrum{};
  rfft(block, 0.0F, spectrum);
  std::array<float, 512> work{};
  std::array<float, 256> envelope{};
  std::array<float, 256> amplitudes{};
  band_envelope(spectrum, {260, 340}, EnvelopeKind::kMagnitude, work, envelope);
  envelope_spectrum(envelope, amplitudes);
  EXPECT_NEAR(amplitudes[25], 0.4F, 1e-3F);
  EXPECT_NEAR(amplitudes[0], 0.0F, 1e-3F);
  EXPECT_NEAR(amplitudes[60], 0.0F, 1e-3F);
}

TEST(BandGrid, CoversTheSpectrumAtEachLevel) {
  std::array<BandMoments, 28> bands{};
  ASSERT_EQ(make_band_grid(kLength, 2, 4, bands), 28U);
  EXPECT_EQ(bands[0].band.first, 1U);
  EXPECT_EQ(bands[3].band.last, kLength / 2);
  EXPECT_EQ(bands[4].band.first, 1U);
  for (std::size_t i = 5; i < 12; ++i) {
    EXPECT_EQ(bands[i].band.first, bands[i - 1].band.last + 1);
  }
  EXPECT_EQ(bands[27].band.last, kLength / 2);
  EXPECT_EQ(bands[27].band.first, kLength / 2 - 31);
}

struct Grid {
  std::array<BandMoments, 30> bands{};

  Grid() { (void)make_band_grid(kLength, 1, 4, bands); }

  void add(const Block& block) {
    Block spectrum{};
    std::array<float, 2 * 256> work{};
    rfft(block, 0.0F, spectrum);
    add_block(spectrum, bands, work);
  }
};

TEST(BandChoice, FindsTheResonanceThatShocksExcite) {
  Grid grid;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    Block block = noise(1.0F, seed);
    add_shocks(block, 170, 300.0F, 6.0F);
    for (std::size_t i = 0; i < kLength; ++i) {
      block[i] += 10.0F * turns_sine(70.0F, i);  // loud and harmless
    }
    grid.add(block);
  }
  const BandChoice choice = choose_band(grid.bands, 5.0F);
  ASSERT_FALSE(choice.band.empty());
  EXPECT_LE(choice.band.first, 300U);
  EXPECT_GE(choice.band.last, 300U);
  EXPECT_GT(choice.kurtosis, 1.0F);
}

TEST(BandChoice, RefusesNoise) {
  for (std::uint64_t trial = 0; trial < 8; ++trial) {
    Grid grid;
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
      grid.add(noise(1.0F, 100 + 10 * trial + seed));
    }
    EXPECT_TRUE(choose_band(grid.bands, 5.0F).band.empty()) << trial;
  }
}

TEST(BandKurtosis, TakesTheEndsOfABlockForNoShock) {
  // A slow drift over each block: its jump back would be a shock in every band.
  Grid grid;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    Block block = noise(0.01F, 40 + seed);
    for (std::size_t i = 0; i < kLength; ++i) {
      block[i] += static_cast<float>(i) / static_cast<float>(kLength);
    }
    grid.add(block);
  }
  EXPECT_TRUE(choose_band(std::span{grid.bands}.subspan(2), 5.0F).band.empty());
}

TEST(BandKurtosis, OfNoiseIsZeroAndOfAToneMinusOne) {
  Grid grid;
  for (std::uint64_t seed = 0; seed < 16; ++seed) {
    grid.add(noise(1.0F, 500 + seed));
  }
  EXPECT_NEAR(kurtosis_of(grid.bands[0]), 0.0F, 0.2F);
  EXPECT_NEAR(kurtosis_of(grid.bands[1]), 0.0F, 0.2F);
  Grid tone;
  tone.add(modulated(100.0F, 0.0F, 0.0F));
  EXPECT_NEAR(kurtosis_of(tone.bands[0]), -1.0F, 1e-3F);
  EXPECT_EQ(kurtosis_of({}), 0.0F);
}

TEST(SpectralKurtosis, TellsNoiseToneAndShocksApart) {
  constexpr std::uint32_t kShort = 64;
  constexpr std::size_t kBins = kShort / 2 + 1;
  std::array<float, kBins> second{};
  std::array<float, kBins> fourth{};
  sim::Random random(7);
  std::uint32_t blocks = 0;
  for (; blocks < 400; ++blocks) {
    std::array<float, kShort> block{};
    std::array<float, kShort> out{};
    const bool shock = blocks % 8 == 0;
    for (std::size_t i = 0; i < kShort; ++i) {
      block[i] = random.normal() + 20.0F * turns_sine(128.0F, i) +
                 (shock ? 8.0F * turns_sine(352.0F, i) * random.normal() : 0.0F);
    }
    mean_square_spectrum(block, 0.0F, out);
    add_power(std::span{out}.first(kBins), second, fourth);
  }
  std::array<float, kBins> kurtosis{};
  spectral_kurtosis(second, fourth, blocks, kurtosis);
  EXPECT_NEAR(kurtosis[8], -1.0F, 0.1F);
  EXPECT_GT(kurtosis[22], 2.0F);
  EXPECT_EQ(kurtosis[0], 0.0F);
  EXPECT_EQ(kurtosis[kBins - 1], 0.0F);
}

TEST(SpectralKurtosis, OfNoiseIsUnbiased) {
  constexpr std::uint32_t kShort = 64;
  constexpr std::size_t kBins = kShort / 2 + 1;
  std::array<float, kBins> second{};
  std::array<float, kBins> fourth{};
  sim::Random random(11);
  for (std::uint32_t block = 0; block < 800; ++block) {
    std::array<float, kShort> samples{};
    std::array<float, kShort> out{};
    for (float& x : samples) {
      x = random.normal();
    }
    mean_square_spectrum(samples, 0.0F, out);
    add_power(std::span{out}.first(kBins), second, fourth);
  }
  spectral_kurtosis(second, fourth, 800, second);
  float sum = 0.0F;
  for (std::size_t k = 2; k + 2 < kBins; ++k) {
    EXPECT_NEAR(second[k], 0.0F, 5.0F * 2.0F / 28.3F) << k;
    sum += second[k];
  }
  EXPECT_NEAR(sum / static_cast<float>(kBins - 4), 0.0F, 0.05F);
}

TEST(SpectralKurtosis, ChoosesTheRunWithTheLargestMean) {
  constexpr std::array<float, 12> kKurtosis = {
      99.0F, 0.0F, 3.0F, 0.0F, 0.0F, 2.0F, 2.5F, 2.0F, 0.0F, 0.0F, 1.0F, 0.0F};
  const BandChoice choice = choose_band(kKurtosis, 3);
  EXPECT_EQ(choice.band.first, 5U);
  EXPECT_EQ(choice.band.last, 7U);
  EXPECT_NEAR(choice.kurtosis, 6.5F / 3.0F, 1e-6F);
}

}  // namespace
}  // namespace aiot::dsp
