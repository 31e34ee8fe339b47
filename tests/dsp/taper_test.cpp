// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/taper.hpp"

#include <array>
#include <cstddef>
#include <span>

#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

TEST(Taper, HannIsExactWhereItIsRational) {
  std::array<float, 12> taper{};
  make_taper(TaperKind::kHann, TaperEnds::kPeriodic, taper);
  EXPECT_EQ(taper[0], 0.0F);
  EXPECT_NEAR(taper[2], 0.25F, 1e-7F);
  EXPECT_NEAR(taper[3], 0.5F, 1e-7F);
  EXPECT_EQ(taper[6], 1.0F);
}

TEST(Taper, SymmetricOnesEndAsTheyBegin) {
  for (const TaperKind kind :
       {TaperKind::kHann, TaperKind::kHamming, TaperKind::kBlackmanHarris, TaperKind::kFlatTop}) {
    std::array<float, 101> taper{};
    make_taper(kind, TaperEnds::kSymmetric, taper);
    for (std::size_t i = 0; i < taper.size(); ++i) {
      EXPECT_NEAR(taper[i], taper[taper.size() - 1 - i], 1e-6F) << i;
    }
    EXPECT_NEAR(taper[50], 1.0F, 1e-6F);
  }
}

TEST(Taper, GainsAreThoseOfTheTextbook) {
  std::array<float, 512> taper{};
  make_taper(TaperKind::kHann, TaperEnds::kPeriodic, taper);
  EXPECT_NEAR(taper_gain(taper).coherent, kHannGain.coherent, 1e-6F);
  EXPECT_NEAR(taper_gain(taper).enbw, kHannGain.enbw, 1e-5F);
  make_taper(TaperKind::kBlackmanHarris, TaperEnds::kPeriodic, taper);
  EXPECT_NEAR(taper_gain(taper).enbw, 2.00435F, 1e-5F);
}

}  // namespace
}  // namespace aiot::dsp
