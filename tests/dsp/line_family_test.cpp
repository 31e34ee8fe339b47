// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/line_family.hpp"

#include <algorithm>
#include <array>

#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

constexpr std::size_t kBins = 1024;
constexpr float kStep = 1.0F / 64.0F;  // orders per bin
constexpr float kOuter = 3.585F;
constexpr float kInner = 5.415F;

/// A flat spectrum at 0 dB with lines put on it.
class Spectrum {
 public:
  void line(float order, float level_db) {
    const auto bin = static_cast<std::size_t>(order / kStep + 0.5F);
    if (bin < kBins) {
      levels_[bin] = level_db;
    }
  }

  void family(float order, int harmonics, float level_db) {
    for (int h = 1; h <= harmonics; ++h) {
      line(static_cast<float>(h) * order, level_db);
    }
  }

  [[nodiscard]] ProminenceSpectrum view() const { return {levels_, kStep}; }

 private:
  std::array<float, kBins> levels_{};
};

TEST(Prominence, OfAConstantSpectrumIsTheBiasOfTheMedianAlone) {
  std::array<float, 256> power{};
  power.fill(3.0F);
  std::array<float, 256> level{};
  std::array<float, 33> sorted{};
  prominence(power, 4, 16, sorted, level);
  // Shape 3: the median is (26/27)^3 of the mean, -0.49 dB.
  for (const float value : level) {
    EXPECT_NEAR(value, -0.4917F, 1e-3F);
  }
}

TEST(Prominence, MeasuresALineAboveASlopingFloor) {
  std::array<float, 256> power{};
  for (std::size_t k = 0; k < power.size(); ++k) {
    power[k] = 1.0F / static_cast<float>(k + 64);
  }
  power[100] *= 100.0F;
  std::array<float, 256> level{};
  std::array<float, 17> sorted{};
  prominence(power, 1000, 8, sorted, level);
  EXPECT_NEAR(level[100], 20.0F, 0.05F);
  EXPECT_NEAR(level[99], 0.0F, 0.2F);
  EXPECT_NEAR(level[0], 0.3F, 0.3F);  // mirrored at the end
}

TEST(Prominence, OfSilenceIsNoLine) {
  std::array<float, 64> power{};
  std::array<float, 64> level{};
  std::array<float, 9> sorted{};
  prominence(power, 2, 4, sorted, level);
  for (const float value : level) {
    EXPECT_EQ(value, 0.0F);
  }
}

TEST(LineLevel, DoesNotCountBesideAHarmonicOfTheShaft) {
  Spectrum spectrum;
  spectrum.line(4.0F, 15.0F);
  EXPECT_LT(line_level(spectrum.view(), 4.0F, kEnvelopeSearch), 0.0F);
  EXPECT_LT(line_level(spectrum.view(), 3.99F, kEnvelopeSearch), 0.0F);
  EXPECT_EQ(line_level(spectrum.view(), 4.25F, kEnvelopeSearch), 0.0F);
}

TEST(LineLevel, IsLimitedAndOutOfRangeBehindTheLastBins) {
  Spectrum spectrum;
  spectrum.line(3.5F, 60.0F);
  EXPECT_EQ(line_level(spectrum.view(), 3.5F, kEnvelopeSearch), kEnvelopeSearch.limit_db);
  EXPECT_LT(line_level(spectrum.view(), 16.5F, kEnvelopeSearch), 0.0F);
  EXPECT_LT(line_level(spectrum.view(), 0.1F, kEnvelopeSearch), 0.0F);
}

TEST(FindFamily, FindsHarmonicsAndTheSlipBetweenThem) {
  Spectrum spectrum;
  spectrum.family(kOuter * 0.991F, 4, 12.0F);
  const LineFamily family = find_family(spectrum.view(), kOuter, 1.0F, kEnvelopeSearch);
  EXPECT_NEAR(family.level_db, 12.0F, 0.01F);
  EXPECT_NEAR(family.slip, -0.009F, 0.003F);
  EXPECT_EQ(family.lines, 4);
  EXPECT_NEAR(family.harmonics_db[2], 12.0F, 0.01F);
}

TEST(FindFamily, TakesOneLineForNoFamily) {
  Spectrum spectrum;
  spectrum.line(2.0F * kInner, 20.0F);
  EXPECT_LE(find_family(spectrum.view(), kInner, 1.0F, kEnvelopeSearch).level_db, 0.01F);
}

TEST(FindFamily, SeesSidebandsAtTheDistanceItIsTold) {
  Spectrum spectrum;
  spectrum.family(kInner, 3, 10.0F);
  for (const float side : {-0.4F, 0.4F}) {
    spectrum.line(kInner + side, 8.0F);
    spectrum.line(2.0F * kInner + side, 8.0F);
  }
  EXPECT_NEAR(find_family(spectrum.view(), kInner, 0.4F, kEnvelopeSearch).sidebands_db, 8.0F, 0.1F);
  EXPECT_NEAR(find_family(spectrum.view(), kInner, 1.0F, kEnvelopeSearch).sidebands_db, 0.0F, 0.1F);
}

TEST(FindFamily, DoesNotTakeAHealthyShaftForA6203WithABadBall) {
  // Twice the spin of its balls is 3.99 times the shaft.
  Spectrum spectrum;
  spectrum.family(1.0F, 15, 18.0F);
  EXPECT_EQ(find_family(spectrum.view(), 3.9875F, 0.382F, kEnvelopeSearch).level_db, 0.0F);
}

TEST(LoudestRival, IsAFamilyOfAnyFrequencyButTheShafts) {
  Spectrum spectrum;
  spectrum.family(1.0F, 15, 18.0F);
  EXPECT_EQ(loudest_rival(spectrum.view(), 1.5F, 10.0F, kEnvelopeSearch).level_db, 0.0F);
  spectrum.family(2.3F, 4, 11.0F);
  EXPECT_NEAR(loudest_rival(spectrum.view(), 1.5F, 10.0F, kEnvelopeSearch).level_db, 11.0F, 0.01F);
}

TEST(FindShaft, TellsTheStatedSpeedFromAnother) {
  Spectrum right;
  right.family(1.0F, 12, 15.0F);
  const ShaftLines confirmed = find_shaft(right.view());
  EXPECT_NEAR(confirmed.nominal_db, 15.0F, 0.01F);
  EXPECT_LT(confirmed.far_db, 12.0F);

  Spectrum wrong;
  wrong.family(0.88F, 12, 15.0F);
  const ShaftLines elsewhere = find_shaft(wrong.view());
  EXPECT_LT(elsewhere.near_db, 8.0F);
  EXPECT_NEAR(elsewhere.far_db, 15.0F, 0.01F);
  EXPECT_NEAR(elsewhere.far_slip, -0.12F, 0.01F);
}

}  // namespace
}  // namespace aiot::dsp
