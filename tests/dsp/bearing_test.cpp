// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/bearing.hpp"

#include <array>
#include <limits>
#include <string_view>

#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

constexpr BearingGeometry kPlain = {.balls = 9, .ball_diameter = 0.3126F, .pitch_diameter = 1.537F};

TEST(BearingOrders, AreThoseOfThePublishedTables) {
  // Case Western Reserve University: drive end; the published 4.7135 is twice the spin.
  const BearingOrders drive_end = bearing_orders(kPlain);
  EXPECT_NEAR(drive_end.bpfi, 5.4152F, 1e-4F);
  EXPECT_NEAR(drive_end.bpfo, 3.5848F, 1e-4F);
  EXPECT_NEAR(drive_end.ftf, 0.39828F, 1e-4F);
  EXPECT_NEAR(2.0F * drive_end.bsf, 4.7135F, 1e-4F);
  // Fan end.
  const BearingOrders fan_end = bearing_orders(find_bearing("6203")->geometry);
  EXPECT_NEAR(fan_end.bpfi, 4.9469F, 1e-3F);
  EXPECT_NEAR(fan_end.bpfo, 3.0530F, 1e-3F);
  EXPECT_NEAR(fan_end.ftf, 0.3817F, 1e-3F);
  EXPECT_NEAR(2.0F * fan_end.bsf, 3.9874F, 1e-3F);
}

TEST(BearingOrders, KnowTheContactAngle) {
  // IMS test rig at 2000 rpm: 236.4 Hz outer, 296.9 Hz inner, 139.9 Hz roller, 14.8 Hz cage.
  const BearingOrders orders = bearing_orders(find_bearing("ZA-2115")->geometry);
  EXPECT_NEAR(orders.bpfo * 33.3333F, 236.4F, 0.1F);
  EXPECT_NEAR(orders.bpfi * 33.3333F, 296.9F, 0.1F);
  EXPECT_NEAR(orders.ftf * 33.3333F, 14.77F, 0.02F);
  EXPECT_NEAR(orders.bsf * 33.3333F, 139.9F, 0.1F);
}

TEST(BearingOrders, OfBothRacesAddUpToTheElements) {
  for (const Bearing& bearing : bearing_catalogue()) {
    const BearingOrders orders = bearing_orders(bearing.geometry);
    EXPECT_NEAR(orders.bpfo + orders.bpfi, static_cast<float>(bearing.geometry.balls), 1e-5F);
    EXPECT_NEAR(orders.ftf * static_cast<float>(bearing.geometry.balls), orders.bpfo, 1e-5F);
  }
}

TEST(BearingGeometry, RefusesWhatNoBearingIs) {
  const auto error = [](auto change) {
    BearingGeometry geometry = kPlain;
    change(geometry);
    return check(geometry).error();
  };
  EXPECT_EQ(error([](BearingGeometry&) {}), Error::kNone);
  EXPECT_EQ(error([](BearingGeometry& g) { g.balls = 2; }), Error::kOutOfRange);
  EXPECT_EQ(error([](BearingGeometry& g) { g.balls = 129; }), Error::kOutOfRange);
  EXPECT_EQ(error([](BearingGeometry& g) { g.balls = 16; }), Error::kOutOfRange);  // no room
  EXPECT_EQ(error([](BearingGeometry& g) { g.ball_diameter = 0.0F; }), Error::kInvalidArgument);
  EXPECT_EQ(error([](BearingGeometry& g) { g.ball_diameter = -1.0F; }), Error::kInvalidArgument);
  EXPECT_EQ(error([](BearingGeometry& g) { g.ball_diameter = 7.94F; }), Error::kOutOfRange);
  EXPECT_EQ(error([](BearingGeometry& g) { g.pitch_diameter = 0.0F; }), Error::kInvalidArgument);
  EXPECT_EQ(error([](BearingGeometry& g) { g.contact_deg = 90.0F; }), Error::kInvalidArgument);
  EXPECT_EQ(error([](BearingGeometry& g) { g.contact_deg = -1.0F; }), Error::kInvalidArgument);
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  constexpr float kEndless = std::numeric_limits<float>::infinity();
  EXPECT_EQ(error([](BearingGeometry& g) { g.ball_diameter = kNone; }), Error::kInvalidArgument);
  EXPECT_EQ(error([](BearingGeometry& g) { g.pitch_diameter = kNone; }), Error::kInvalidArgument);
  EXPECT_EQ(error([](BearingGeometry& g) { g.pitch_diameter = kEndless; }),
            Error::kInvalidArgument);
  EXPECT_EQ(error([](BearingGeometry& g) { g.contact_deg = kNone; }), Error::kInvalidArgument);
}

TEST(BearingCatalogue, HoldsBearingsThatCanBe) {
  for (const Bearing& bearing : bearing_catalogue()) {
    EXPECT_TRUE(check(bearing.geometry).ok()) << bearing.name;
    EXPECT_EQ(find_bearing(bearing.name), &bearing) << bearing.name;
  }
}

TEST(BearingCatalogue, UnderstandsWhatNameplatesSay) {
  constexpr std::array<std::string_view, 9> k6205 = {"6205",
                                                     "6205-2RS",
                                                     "SKF 6205 ETN9",
                                                     "skf 6205-2RS JEM",
                                                     "6205ZZ",
                                                     "6205/C3",
                                                     "  6205 ",
                                                     "FAG 6205-C-2HRS",
                                                     "(6205)"};
  for (const std::string_view name : k6205) {
    ASSERT_NE(find_bearing(name), nullptr) << name;
    EXPECT_STREQ(find_bearing(name)->name.data(), "6205") << name;
  }
  for (const std::string_view name : {"ZA-2115", "Rexnord ZA2115", "za 2115 double row"}) {
    ASSERT_NE(find_bearing(name), nullptr) << std::string_view{name};
    EXPECT_STREQ(find_bearing(name)->name.data(), "ZA-2115");
  }
  EXPECT_STREQ(find_bearing("LDK UER204")->name.data(), "UER204");
}

TEST(BearingCatalogue, DoesNotGuess) {
  for (const std::string_view name : {"",
                                      " ",
                                      "-",
                                      "620",
                                      "62055",
                                      "16205",
                                      "NU6205",
                                      "205",
                                      "Z",
                                      "NICER",
                                      "6 bearings",
                                      "9999"}) {
    EXPECT_EQ(find_bearing(name), nullptr) << name;
  }
}

TEST(BearingName, ThatIsEmptyMeansNothing) {
  EXPECT_FALSE(bearing_name_matches("", "6205"));
  EXPECT_FALSE(bearing_name_matches("-", "6205"));
  EXPECT_FALSE(bearing_name_matches("6205", ""));
}

}  // namespace
}  // namespace aiot::dsp
