// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/severity.hpp"

#include <limits>

#include "tests/support/test.hpp"

namespace aiot::decide {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(Severity, HasTheLimitsOfIso10816Part3) {
  struct Row {
    MachineGroup group = MachineGroup::kGroup1;
    Support support = Support::kRigid;
    ZoneLimits limits;
  };

  const Row rows[] = {
      {MachineGroup::kGroup1, Support::kRigid, {2.3F, 4.5F, 7.1F}},
      {MachineGroup::kGroup1, Support::kFlexible, {3.5F, 7.1F, 11.0F}},
      {MachineGroup::kGroup2, Support::kRigid, {1.4F, 2.8F, 4.5F}},
      {MachineGroup::kGroup2, Support::kFlexible, {2.3F, 4.5F, 7.1F}},
  };
  EXPECT_TRUE(check(kIso10816Part3).ok());
  for (const Row& row : rows) {
    const Result<ZoneLimits> limits = find_limits(kIso10816Part3, row.group, row.support);
    ASSERT_TRUE(limits.ok());
    EXPECT_EQ(limits->a_b, row.limits.a_b);
    EXPECT_EQ(limits->b_c, row.limits.b_c);
    EXPECT_EQ(limits->c_d, row.limits.c_d);
  }
}

TEST(Severity, CountsAValueAtALimitToTheWorseZone) {
  constexpr ZoneLimits kLimits{1.0F, 2.0F, 4.0F};
  EXPECT_EQ(*zone(0.0F, kLimits), Zone::kA);
  EXPECT_EQ(*zone(0.999F, kLimits), Zone::kA);
  EXPECT_EQ(*zone(1.0F, kLimits), Zone::kB);
  EXPECT_EQ(*zone(1.999F, kLimits), Zone::kB);
  EXPECT_EQ(*zone(2.0F, kLimits), Zone::kC);
  EXPECT_EQ(*zone(3.999F, kLimits), Zone::kC);
  EXPECT_EQ(*zone(4.0F, kLimits), Zone::kD);
  EXPECT_EQ(*zone(1e30F, kLimits), Zone::kD);
}

TEST(Severity, NamesNoZoneForWhatIsNoVelocity) {
  constexpr ZoneLimits kLimits{1.0F, 2.0F, 4.0F};
  for (const float velocity : {-0.1F, kInfinity, -kInfinity, kNan}) {
    EXPECT_EQ(zone(velocity, kLimits).error(), Error::kInvalidArgument);
  }
}

TEST(Severity, RefusesLimitsThatDoNotAscend) {
  const ZoneLimits bad[] = {
      {0.0F, 2.0F, 4.0F},
      {-1.0F, 2.0F, 4.0F},
      {2.0F, 2.0F, 4.0F},
      {1.0F, 4.0F, 4.0F},
      {3.0F, 2.0F, 4.0F},
      {1.0F, 2.0F, kInfinity},
      {kNan, 2.0F, 4.0F},
      {1.0F, kNan, 4.0F},
      {1.0F, 2.0F, kNan},
  };
  for (const ZoneLimits& limits : bad) {
    EXPECT_EQ(check(limits).error(), Error::kInvalidArgument);
    SeverityTable table = kIso10816Part3;
    table.limits[1][1] = limits;
    EXPECT_EQ(check(table).error(), Error::kInvalidArgument);
  }
}

TEST(Severity, KnowsNoOtherGroupOrSupport) {
  EXPECT_EQ(find_limits(kIso10816Part3, static_cast<MachineGroup>(2), Support::kRigid).error(),
            Error::kInvalidArgument);
  EXPECT_EQ(find_limits(kIso10816Part3, MachineGroup::kGroup1, static_cast<Support>(2)).error(),
            Error::kInvalidArgument);
}

}  // namespace
}  // namespace aiot::decide
