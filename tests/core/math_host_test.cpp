// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>

#include "aiot/core/math.hpp"
#include "tests/support/test.hpp"

namespace aiot {
namespace {

/// Distance of `value` to `exact` in units in the last place of a float of that size.
double ulps(float value, long double exact) {
  int exponent = 0;
  (void)std::frexp(static_cast<double>(exact), &exponent);
  const int last = std::max(exponent - 24, -149);
  return static_cast<double>(std::fabs(std::ldexp(static_cast<long double>(value) - exact, -last)));
}

struct Worst {
  double error = 0.0;
  float at = 0.0F;

  void see(float x, float value, long double exact) {
    const double e = ulps(value, exact);
    if (!(e <= error)) {
      error = e;
      at = x;
    }
  }
};

/// Every `stride`-th float of [low, high], both positive.
template <class F>
void for_floats(float low, float high, std::uint32_t stride, F visit) {
  const auto last = std::bit_cast<std::uint32_t>(high);
  for (auto bits = std::bit_cast<std::uint32_t>(low); bits <= last; bits += stride) {
    visit(std::bit_cast<float>(bits));
  }
}

constexpr std::uint32_t kStride = 997;

TEST(MathBounds, SineAndCosineOfRadians) {
  Worst sine;
  Worst cosine;
  for_floats(0x1p-149F, std::numeric_limits<float>::max(), kStride, [&](float x) {
    sine.see(x, math::sin(x), std::sin(static_cast<long double>(x)));
    sine.see(-x, math::sin(-x), std::sin(static_cast<long double>(-x)));
    cosine.see(x, math::cos(x), std::cos(static_cast<long double>(x)));
  });
  std::printf("sin %.3f ulp at %a, cos %.3f ulp at %a\n",
              sine.error,
              static_cast<double>(sine.at),
              cosine.error,
              static_cast<double>(cosine.at));
  EXPECT_LE(sine.error, 2.0);
  EXPECT_LE(cosine.error, 2.0);
}

TEST(MathBounds, SineAndCosineOfTurns) {
  Worst sine;
  Worst cosine;
  const long double radians = 2.0L * 3.14159265358979323846264338327950288L / 4294967296.0L;
  for (std::uint64_t phase = 0; phase < (1ULL << 32U); phase += 1021) {
    const auto p = static_cast<std::uint32_t>(phase);
    const long double angle = radians * static_cast<long double>(p);
    sine.see(static_cast<float>(p), math::sin_turn(p), std::sin(angle));
    cosine.see(static_cast<float>(p), math::cos_turn(p), std::cos(angle));
  }
  std::printf("sin_turn %.3f ulp, cos_turn %.3f ulp\n", sine.error, cosine.error);
  EXPECT_LE(sine.error, 2.0);
  EXPECT_LE(cosine.error, 2.0);
}

TEST(MathBounds, Logarithm) {
  Worst natural;
  Worst decimal;
  for_floats(0x1p-149F, std::numeric_limits<float>::max(), kStride, [&](float x) {
    natural.see(x, math::log(x), std::log(static_cast<long double>(x)));
    decimal.see(x, math::log10(x), std::log10(static_cast<long double>(x)));
  });
  for_floats(0.5F, 2.0F, 13, [&](float x) {
    natural.see(x, math::log(x), std::log(static_cast<long double>(x)));
    decimal.see(x, math::log10(x), std::log10(static_cast<long double>(x)));
  });
  std::printf("log %.3f ulp at %a, log10 %.3f ulp at %a\n",
              natural.error,
              static_cast<double>(natural.at),
              decimal.error,
              static_cast<double>(decimal.at));
  EXPECT_LE(natural.error, 1.0);
  EXPECT_LE(decimal.error, 2.0);
}

TEST(MathBounds, Exponential) {
  Worst normal;
  Worst subnormal;
  for_floats(0x1p-30F, 88.72F, 101, [&](float x) {
    normal.see(x, math::exp(x), std::exp(static_cast<long double>(x)));
    Worst& worst = x > 87.3F ? subnormal : normal;
    worst.see(-x, math::exp(-x), std::exp(static_cast<long double>(-x)));
  });
  for_floats(87.3F, 104.5F, 1, [&](float x) {
    subnormal.see(-x, math::exp(-x), std::exp(static_cast<long double>(-x)));
  });
  std::printf("exp %.3f ulp at %a, subnormal %.3f ulp at %a\n",
              normal.error,
              static_cast<double>(normal.at),
              subnormal.error,
              static_cast<double>(subnormal.at));
  EXPECT_LE(normal.error, 1.0);
  EXPECT_LE(subnormal.error, 2.0);
}

TEST(MathBounds, ArcTangentOfPoints) {
  Worst worst;
  std::uint32_t state = 12345;
  const auto next = [&state] { return state = state * 1664525U + 1013904223U; };
  for (int i = 0; i < 2'000'000; ++i) {
    // Any two finite floats, and two of similar size, where the octants meet.
    const std::uint32_t a = next() ^ (next() >> 16U);
    std::uint32_t b = next() ^ (next() >> 16U);
    if (i % 2 == 0) {
      b = (a + (b & 0x01FFFFFFU) - 0x01000000U) ^ (next() & 0x80000000U);
    }
    const auto y = std::bit_cast<float>(a);
    const auto x = std::bit_cast<float>(b);
    if (!std::isfinite(x) || !std::isfinite(y)) {
      continue;
    }
    const long double exact = std::atan2(static_cast<long double>(y), static_cast<long double>(x));
    worst.see(y, math::atan2(y, x), exact);
  }
  std::printf("atan2 %.3f ulp at y = %a\n", worst.error, static_cast<double>(worst.at));
  EXPECT_LE(worst.error, 2.0);
}

TEST(MathBounds, SpecialArgumentsAnswerAsInC) {
  const float inf = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const float y : {0.0F, -0.0F, 1.0F, -1.0F, inf, -inf}) {
    for (const float x : {0.0F, -0.0F, 1.0F, -1.0F, inf, -inf}) {
      EXPECT_NEAR(math::atan2(y, x), std::atan2(y, x), 3e-7F) << y << " " << x;
      EXPECT_EQ(std::signbit(math::atan2(y, x)), std::signbit(std::atan2(y, x))) << y << " " << x;
    }
  }
  EXPECT_TRUE(std::isnan(math::atan2(nan, 1.0F)) && std::isnan(math::atan2(1.0F, nan)));
  EXPECT_TRUE(std::isnan(math::log(-1.0F)) && std::isnan(math::log(nan)));
  EXPECT_EQ(math::log(0.0F), -inf);
  EXPECT_EQ(math::log(-0.0F), -inf);
  EXPECT_EQ(math::log(inf), inf);
  EXPECT_EQ(math::exp(inf), inf);
  EXPECT_EQ(math::exp(-inf), 0.0F);
  EXPECT_EQ(math::exp(88.8F), inf);
  EXPECT_TRUE(std::isnan(math::exp(nan)));
  EXPECT_TRUE(std::isnan(math::sin(inf)) && std::isnan(math::cos(-inf)) &&
              std::isnan(math::sin(nan)));
}

}  // namespace
}  // namespace aiot
