// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/core/event.hpp"

#include <array>

#include "tests/support/test.hpp"

namespace {

using namespace aiot;

TEST(EventRing, KeepsTheNewestAndCountsAll) {
  std::array<Event, 3> storage{};
  EventRing ring{storage};
  for (std::uint32_t i = 0; i < 5; ++i) {
    ring.push({EventId::kGapBefore, Error::kNone, i, {}});
  }
  EXPECT_EQ(ring.size(), 3U);
  EXPECT_EQ(ring.total(), 5U);
  EXPECT_EQ(ring[0].value, 2U);
  EXPECT_EQ(ring[2].value, 4U);
}

TEST(EventRing, CountsWhatRepeatsInsteadOfForgettingWhatWasBefore) {
  std::array<Event, 2> storage{};
  EventRing ring{storage};
  ring.push({EventId::kStarted, Error::kNone, 1, {}});
  for (std::int64_t i = 0; i < 100; ++i) {
    ring.push({EventId::kQueueFailed, Error::kIo, 0, {i}});
  }
  EXPECT_EQ(ring.size(), 2U);
  EXPECT_TRUE(ring[0].id == EventId::kStarted);
  EXPECT_EQ(ring[1].repeats, 99U);
  EXPECT_EQ(ring[1].at.us, 0);
  EXPECT_EQ(ring.total(), 101U);
}

TEST(EventRing, CountsWithoutStorage) {
  EventRing ring{{}};
  ring.push({EventId::kStarted, Error::kNone, 1, {}});
  EXPECT_EQ(ring.size(), 0U);
  EXPECT_EQ(ring.total(), 1U);
}

}  // namespace
