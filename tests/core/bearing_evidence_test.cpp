// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/core/bearing_evidence.hpp"

#include "tests/support/test.hpp"

namespace aiot {
namespace {

TEST(PartOfLabel, FindsTheWordInWhateverPeopleWrite) {
  EXPECT_TRUE(part_of_label("outer") == BearingPart::kOuterRace);
  EXPECT_TRUE(part_of_label("Outer race") == BearingPart::kOuterRace);
  EXPECT_TRUE(part_of_label("INNER_RACE") == BearingPart::kInnerRace);
  EXPECT_TRUE(part_of_label("ball-2") == BearingPart::kElement);
  EXPECT_TRUE(part_of_label("rolling element") == BearingPart::kElement);
  EXPECT_TRUE(part_of_label("Rollers") == BearingPart::kElement);
  EXPECT_TRUE(part_of_label("bad roller") == BearingPart::kElement);
}

TEST(PartOfLabel, TakesNoOtherWordForOne) {
  EXPECT_FALSE(part_of_label("router").has_value());
  EXPECT_FALSE(part_of_label("winner").has_value());
  EXPECT_FALSE(part_of_label("balloon").has_value());
  EXPECT_FALSE(part_of_label("").has_value());
  EXPECT_FALSE(part_of_label("normal").has_value());
}

TEST(UnclearLabel, IsUnclearOrAbnormal) {
  EXPECT_TRUE(is_unclear_label("unclear"));
  EXPECT_TRUE(is_unclear_label("Abnormal"));
  EXPECT_FALSE(is_unclear_label("normal"));
}

}  // namespace
}  // namespace aiot
