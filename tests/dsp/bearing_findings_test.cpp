// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/bearing_findings.hpp"

#include <array>

#include "aiot/dsp/math.hpp"
#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

constexpr std::uint32_t kLength = 2048;
constexpr BearingGeometry k6205{.balls = 9, .ball_diameter = 7.94F, .pitch_diameter = 39.04F};

std::array<float, kLength> signal;
std::array<float, kLength / 2 + 1> power;
std::array<float, kLength> scratch;
std::array<float, findings_scratch(kLength)> work;

/// Spectrum of a signal at 50 samples a revolution: noise and impulses at `order`, the first one
/// `level` above the noise.
OrderSpectrum impulses(float order, float level, float speed_error) {
  const OrderPlan plan{.factor = 1,
                       .length = kLength,
                       .order_step = 50.0F / kLength,
                       .revolutions = kLength / 50.0F};
  OrderSpectrum spectrum(plan, {.signal = signal, .power = power});
  sim::Random random(3);
  float angle = 0.0F;
  std::array<float, 64> piece{};
  for (int p = 0; p < 160; ++p) {
    for (float& value : piece) {
      value = sim::uniform(random, -0.5F, 0.5F);
      angle += order * (1.0F + speed_error) / 50.0F;
      if (angle >= 1.0F) {
        angle -= 1.0F;
        value += level;
      }
    }
    spectrum.add(piece, scratch);
  }
  return spectrum;
}

TEST(BearingFindings, NameTheFamilyThatIsThere) {
  const BearingOrders orders = bearing_orders(k6205);
  const OrderSpectrum spectrum = impulses(orders.bpfi, 3.0F, 0.005F);
  const BandFindings found = look_at_envelope(spectrum, {2000.0F, 4000.0F}, orders, 0.0F, work);
  EXPECT_GT(found.families[1].level_db, 12.0F);
  EXPECT_LT(found.families[0].level_db, 6.0F);
  EXPECT_LT(found.families[2].level_db, 6.0F);
  EXPECT_NEAR(found.families[1].slip, 0.005F, 0.0016F);
  EXPECT_GE(found.own_db, found.rival.level_db - 0.5F);
}

TEST(BearingFindings, KnowARivalWhenAnotherFrequencyIsLouder) {
  const BearingOrders orders = bearing_orders(k6205);
  const BandFindings found =
      look_at_envelope(impulses(2.2F, 3.0F, 0.0F), {2000.0F, 4000.0F}, orders, 0.0F, work);
  EXPECT_GT(found.rival.level_db, found.own_db + 5.0F);
}

TEST(BearingFindings, FollowTheShaftWhenItsLinesAreBesideTheStatedSpeed) {
  const DirectFindings found =
      look_at_vibration(impulses(1.0F, 3.0F, 0.012F), bearing_orders(k6205), work);
  EXPECT_NEAR(found.correction, 0.012F, 0.001F);
  EXPECT_GT(found.shaft.near_db, 10.0F);
}

TEST(BearingFindings, AreConcludedFromTheLoudestBand) {
  DirectFindings direct;
  direct.correction = 0.01F;
  std::array<BandFindings, 3> bands{};
  bands[0].revolutions = 64.0F;
  bands[0].families[0].level_db = 5.0F;
  bands[0].families[1].sidebands_db = 2.0F;
  bands[1].revolutions = 64.0F;
  bands[1].families[0].level_db = 3.0F;
  bands[1].families[1].level_db = 11.0F;
  bands[1].families[1].sidebands_db = 6.0F;
  bands[1].band = {1000.0F, 2000.0F};
  bands[2].families[2].level_db = 20.0F;  // not looked at: no revolutions
  const BearingEvidence evidence = conclude(direct, bands, 0.5F, 1500.0F);
  EXPECT_EQ(evidence.lo_hz, 1000.0F);
  EXPECT_EQ(evidence.envelope[1].level_db, 11.0F);
  EXPECT_EQ(evidence.loudest_db[0], 5.0F);
  EXPECT_EQ(evidence.loudest_db[2], 0.0F);
  EXPECT_EQ(evidence.sidebands_db[1], 4.0F);
  EXPECT_NEAR(evidence.speed_rpm, 1515.0F, 0.01F);
}

TEST(BearingFindings, AreNoEvidenceBeforeABandWasLookedAt) {
  const std::array<BandFindings, 2> bands{};
  EXPECT_EQ(conclude({}, bands, 0.0F, 1500.0F).envelope_revolutions, 0.0F);
}

}  // namespace
}  // namespace aiot::dsp
