// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "aiot/toolkit/random.hpp"
#include "aiot/toolkit/report/labels.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit::report {
namespace {

constexpr double kWidth = 800.0;

bool overlap(const LabelWish& a,
             const LabelPlace& at_a,
             const LabelWish& b,
             const LabelPlace& at_b) {
  return at_a.row == at_b.row && std::fabs(at_a.x - at_b.x) < (a.width + b.width) / 2.0;
}

bool crosses(const LabelWish& line,
             const LabelPlace& of_line,
             const LabelWish& label,
             const LabelPlace& of_label) {
  return of_line.row > of_label.row && std::fabs(line.x - of_label.x) < label.width / 2.0;
}

TEST(Labels, OneStandsOverItsLine) {
  const std::vector<LabelWish> wishes{{100.0, 40.0, 0}};
  const std::vector<LabelPlace> places = place_labels(wishes, kWidth, 3);
  EXPECT_EQ(places[0].row, 0);
  EXPECT_EQ(places[0].x, 100.0);
}

TEST(Labels, AtTheEdgesTheyStayInside) {
  const std::vector<LabelWish> wishes{{0.0, 40.0, 0}, {kWidth, 40.0, 0}};
  const std::vector<LabelPlace> places = place_labels(wishes, kWidth, 3);
  EXPECT_EQ(places[0].x, 20.0);
  EXPECT_EQ(places[1].x, kWidth - 20.0);
}

TEST(Labels, TheMoreImportantOneGetsThePlace) {
  const std::vector<LabelWish> wishes{{100.0, 60.0, 5}, {101.0, 60.0, 1}};
  const std::vector<LabelPlace> places = place_labels(wishes, kWidth, 1);
  EXPECT_EQ(places[1].row, 0);
  EXPECT_EQ(places[1].x, 101.0);
}

TEST(Labels, NeverOverlapOrCross) {
  Random random(7, 1);
  for (int run = 0; run < 200; ++run) {
    std::vector<LabelWish> wishes;
    wishes.reserve(40);
    for (int i = 0; i < 40; ++i) {
      wishes.push_back({random.between(0.0, kWidth),
                        random.between(10.0, 90.0),
                        static_cast<int>(random.below(4))});
    }
    const std::vector<LabelPlace> places = place_labels(wishes, kWidth, 4);
    std::size_t placed = 0;
    for (std::size_t a = 0; a < wishes.size(); ++a) {
      placed += places[a].row >= 0 ? 1U : 0U;
      for (std::size_t b = 0; b < wishes.size(); ++b) {
        if (a != b && places[a].row >= 0 && places[b].row >= 0) {
          ASSERT_FALSE(overlap(wishes[a], places[a], wishes[b], places[b]));
          ASSERT_FALSE(crosses(wishes[a], places[a], wishes[b], places[b]));
        }
      }
    }
    EXPECT_GE(placed, 8U);
  }
}

TEST(Labels, WiderThanThePlotHaveNoPlace) {
  const std::vector<LabelWish> wishes{{100.0, 900.0, 0}};
  EXPECT_EQ(place_labels(wishes, kWidth, 3)[0].row, -1);
}

}  // namespace
}  // namespace aiot::toolkit::report
