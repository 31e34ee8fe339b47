// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/filter.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/dsp/math.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

std::span<const Section> as_span(const Sections& sections) {
  return {sections.begin(), sections.end()};
}

Sections design(FilterKind kind, std::uint32_t order, float lo_hz, float hi_hz, float rate_hz) {
  const Result<Sections> designed = design_butterworth({kind, order, lo_hz, hi_hz}, rate_hz);
  EXPECT_TRUE(designed.ok());
  return designed.value_or({});
}

Error refusal(FilterKind kind, std::uint32_t order, float lo_hz, float hi_hz, float rate_hz) {
  return design_butterworth({kind, order, lo_hz, hi_hz}, rate_hz).error();
}

/// 1 / sqrt(1 + ratio^(2 order)), what a Butterworth filter is.
float butterworth(float ratio, std::uint32_t order) {
  float power = 1.0F;
  for (std::uint32_t i = 0; i < order; ++i) {
    power *= ratio * ratio;
  }
  return 1.0F / sqrt(1.0F + power);
}

float warped(float hz, float rate_hz) {
  const float angle = kPi * (hz / rate_hz);
  return sin(angle) / cos(angle);
}

constexpr float kRate = 25600.0F;
constexpr float kNoNumber = __builtin_nanf("");

TEST(Butterworth, HasItsMagnitudeAtEveryOrderDownToAThousandthOfTheRate) {
  for (std::uint32_t order = 1; order <= kMaxOrder; ++order) {
    for (const float edge : {25.6F, 1000.0F, 9000.0F}) {
      const Sections low = design(FilterKind::kLowPass, order, 0.0F, edge, kRate);
      const Sections high = design(FilterKind::kHighPass, order, edge, 0.0F, kRate);
      EXPECT_EQ(low.size(), (order + 1) / 2);
      for (const float part : {0.1F, 0.5F, 0.9F, 1.0F, 1.1F, 1.4F}) {
        const float hz = part * edge;
        const float ratio = warped(hz, kRate) / warped(edge, kRate);
        EXPECT_NEAR(magnitude_at(as_span(low), hz, kRate), butterworth(ratio, order), 1e-5F)
            << order << " " << edge << " " << part;
        EXPECT_NEAR(magnitude_at(as_span(high), hz, kRate), butterworth(1.0F / ratio, order), 1e-5F)
            << order << " " << edge << " " << part;
      }
    }
  }
}

TEST(Butterworth, BandHasItsOrderOnBothSides) {
  for (std::uint32_t order = 1; order <= kMaxOrder; ++order) {
    for (const auto& [lo, hi] :
         {std::array{10.0F, 1000.0F}, std::array{25.6F, 40.0F}, std::array{3000.0F, 9000.0F}}) {
      const Sections band = design(FilterKind::kBandPass, order, lo, hi, kRate);
      EXPECT_EQ(band.size(), order);
      const float a = warped(lo, kRate);
      const float b = warped(hi, kRate);
      for (const float hz : {0.5F * lo, lo, 1.1F * lo, sqrt(lo * hi), 0.9F * hi, hi, 1.2F * hi}) {
        const float w = warped(hz, kRate);
        EXPECT_NEAR(magnitude_at(as_span(band), hz, kRate),
                    butterworth((w * w - a * b) / ((b - a) * w), order),
                    2e-5F)
            << order << " " << lo << " " << hz;
      }
    }
  }
}

TEST(Butterworth, RefusesWhatCanNotBe) {
  using enum FilterKind;
  EXPECT_EQ(refusal(kLowPass, 0, 0.0F, 100.0F, kRate), Error::kInvalidArgument);
  EXPECT_EQ(refusal(kLowPass, 9, 0.0F, 100.0F, kRate), Error::kInvalidArgument);
  EXPECT_EQ(refusal(kLowPass, 2, 0.0F, 100.0F, 0.0F), Error::kInvalidArgument);
  EXPECT_EQ(refusal(kLowPass, 2, 0.0F, 0.0F, kRate), Error::kInvalidArgument);
  EXPECT_EQ(refusal(kHighPass, 2, kNoNumber, 0.0F, kRate), Error::kInvalidArgument);
  EXPECT_EQ(refusal(kHighPass, 2, -1.0F, 0.0F, kRate), Error::kInvalidArgument);
  EXPECT_EQ(refusal(kBandPass, 2, 200.0F, 100.0F, kRate), Error::kInvalidArgument);
  EXPECT_EQ(refusal(static_cast<FilterKind>(7), 2, 10.0F, 100.0F, kRate), Error::kInvalidArgument);
  EXPECT_EQ(refusal(kLowPass, 2, 0.0F, 12800.0F, kRate), Error::kOutOfRange);
  EXPECT_EQ(refusal(kHighPass, 2, 0.2F, 0.0F, kRate), Error::kOutOfRange);
  EXPECT_EQ(refusal(kBandPass, 2, 100.0F, 100.5F, kRate), Error::kOutOfRange);
  EXPECT_EQ(refusal(kBandPass, 2, 100.0F, 13000.0F, kRate), Error::kOutOfRange);
}

TEST(Butterworth, IsStableOverItsWholeRange) {
  for (std::uint32_t order = 1; order <= kMaxOrder; ++order) {
    for (const float edge : {0.26F, 2.0F, 300.0F, 12300.0F}) {
      EXPECT_TRUE(check(as_span(design(FilterKind::kLowPass, order, 0.0F, edge, kRate))).ok());
      EXPECT_TRUE(check(as_span(design(FilterKind::kHighPass, order, edge, 0.0F, kRate))).ok());
      EXPECT_TRUE(
          check(as_span(design(FilterKind::kBandPass, order, edge, 1.012F * edge, kRate))).ok());
    }
  }
}

TEST(Filter, CheckRefusesPolesThatAreNotInsideTheUnitCircle) {
  const auto verdict = [](double a1, double a2) {
    const Section one = section(Biquad<double>{1.0, 0.0, 0.0, a1, a2});
    return check({&one, 1}).error();
  };
  EXPECT_EQ(verdict(-1.9, 0.95), Error::kNone);
  EXPECT_EQ(verdict(0.0, 1.0), Error::kOutOfRange);   // on the circle
  EXPECT_EQ(verdict(-2.0, 1.0), Error::kOutOfRange);  // two integrators
  EXPECT_EQ(verdict(-1.5, 0.5), Error::kOutOfRange);  // one integrator
  EXPECT_EQ(verdict(1.51, 0.5), Error::kOutOfRange);  // beyond -1
  EXPECT_EQ(verdict(0.0, -1.01), Error::kOutOfRange);
  Section broken;
  broken.n2 = kNoNumber;
  EXPECT_EQ(check({&broken, 1}).error(), Error::kInvalidArgument);
}

/// The difference equation itself, with numerators of each kind.
TEST(Filter, DoesWhatTheUsualCoefficientsSay) {
  for (const Biquad<float>& b : {Biquad<float>{0.5F, 0.25F, -0.125F, -0.75F, 0.5F},
                                 Biquad<float>{0.5F, 1.0F, 0.5F, -0.75F, 0.5F},
                                 Biquad<float>{0.5F, -1.0F, 0.5F, 0.5F, 0.25F},
                                 Biquad<float>{2.0F, 0.0F, -2.0F, 0.5F, 0.25F},
                                 Biquad<float>{0.0F, 1.0F, 0.0F, -0.5F, 0.0F}}) {
    const Section one = section(b);
    SosFilter filter({&one, 1});
    std::array<float, 3> x{};
    std::array<float, 3> y{};
    std::uint32_t state = 7;
    for (int i = 0; i < 40; ++i) {
      state = state * 1664525U + 1013904223U;
      x = {static_cast<float>(state >> 24U) * 0x1p-8F, x[0], x[1]};
      const float expected = b.b0 * x[0] + b.b1 * x[1] + b.b2 * x[2] - b.a1 * y[0] - b.a2 * y[1];
      y = {expected, y[0], y[1]};
      std::array<float, 1> sample = {x[0]};
      filter.run(sample, sample);
      EXPECT_NEAR(sample[0], expected, 1e-5F) << i;
    }
  }
}

TEST(Filter, WithoutSectionsCopies) {
  SosFilter filter({});
  const std::array<float, 3> in = {1.0F, 2.0F, 3.0F};
  std::array<float, 3> out{};
  filter.run(in, out);
  EXPECT_EQ(out, in);
}

TEST(Filter, BitsDoNotDependOnHowTheStreamIsCut) {
  const Sections sections = design(FilterKind::kBandPass, 3, 500.0F, 3000.0F, kRate);
  SosFilter whole(as_span(sections));
  SosFilter cut(as_span(sections));
  std::array<float, 200> x{};
  for (std::uint32_t i = 0; i < x.size(); ++i) {
    x[i] = sin_turn(i * i * 40503U * 1021U);
  }
  std::array<float, 200> expected{};
  std::array<float, 200> got{};
  whole.run(x, expected);
  std::size_t size = 1;
  for (std::size_t at = 0; at < x.size();) {
    const std::size_t count = size < x.size() - at ? size : x.size() - at;
    cut.run(std::span{x}.subspan(at, count), std::span{got}.subspan(at, count));
    at += count;
    size += 4;
  }
  EXPECT_EQ(got, expected);
  // And again from the start.
  cut.reset();
  cut.run(x, x);
  EXPECT_EQ(x, expected);
}

TEST(Filter, SettledOnAnOffsetShowsNoTransient) {
  const Sections high = design(FilterKind::kHighPass, 4, 2.0F, 0.0F, kRate);
  const Sections low = design(FilterKind::kLowPass, 5, 0.0F, 100.0F, kRate);
  std::array<float, 64> x{};
  x.fill(9.81F);
  SosFilter filter(as_span(high));
  filter.settle(9.81F);
  filter.run(x, x);
  for (const float y : x) {
    EXPECT_NEAR(y, 0.0F, 1e-5F);
  }
  x.fill(9.81F);
  SosFilter smooth(as_span(low));
  smooth.settle(9.81F);
  smooth.run(x, x);
  for (const float y : x) {
    EXPECT_NEAR(y, 9.81F, 1e-4F);
  }
}

/// Error of a tone's amplitude behind a high-pass at a thousandth of the rate, offset removed too.
TEST(Filter, KeepsAToneUnderALargeOffset) {
  const Sections high = design(FilterKind::kHighPass, 4, 25.6F, 0.0F, kRate);
  SosFilter filter(as_span(high));
  filter.settle(100.0F);
  std::array<float, 64> block{};
  float worst = 0.0F;
  for (std::uint32_t i = 0; i < 12800; i += 64) {
    for (std::uint32_t j = 0; j < block.size(); ++j) {
      block[j] = 100.0F + 0.01F * sin_turn((i + j) << 26U);  // 400 Hz
    }
    filter.run(block, block);
    for (const float y : block) {
      worst = i >= 6400 && y > worst ? y : worst;
    }
  }
  EXPECT_NEAR(worst, 0.01F, 1e-4F);
}

}  // namespace
}  // namespace aiot::dsp
