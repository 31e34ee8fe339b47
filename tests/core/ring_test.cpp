// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/core/ring.hpp"

#include <array>
#include <cstdint>

#include "tests/support/test.hpp"

namespace {

using aiot::SampleRing;

// Writes `count` samples counting up from `next`; returns how many found room.
std::size_t produce(SampleRing& ring, std::size_t count, std::int16_t& next) {
  std::size_t written = 0;
  while (written < count) {
    const auto run = ring.claim();
    if (run.empty()) {
      break;
    }
    const std::size_t n = run.size() < count - written ? run.size() : count - written;
    for (std::size_t i = 0; i < n; ++i) {
      run[i] = next++;
    }
    ring.commit(n);
    written += n;
  }
  return written;
}

TEST(SampleRing, GivesBackWhatWasCommittedInOrderAcrossTheWrap) {
  std::array<std::int16_t, 8> storage{};
  SampleRing ring{storage};
  std::int16_t written = 0;
  std::int16_t expected = 0;
  for (int round = 0; round < 50; ++round) {
    EXPECT_EQ(produce(ring, 5, written), 5U);
    while (ring.available() != 0) {
      const auto run = ring.peek(0);
      for (const std::int16_t sample : run) {
        EXPECT_EQ(sample, expected++);
      }
      ring.consume(run.size());
    }
  }
  EXPECT_EQ(written, expected);
}

TEST(SampleRing, ClaimsNothingWhenFullAndAllAgainWhenEmpty) {
  std::array<std::int16_t, 8> storage{};
  SampleRing ring{storage};
  std::int16_t next = 0;
  EXPECT_EQ(produce(ring, 9, next), 8U);
  EXPECT_TRUE(ring.claim().empty());
  ring.consume(8);
  EXPECT_EQ(ring.claim().size(), 8U);
}

TEST(SampleRing, HasRoomForWhatCanBeWrittenInOneRunOrTwo) {
  std::array<std::int16_t, 8> storage{};
  SampleRing ring{storage};
  EXPECT_EQ(ring.room(), 8U);
  std::int16_t next = 0;
  (void)produce(ring, 6, next);
  ring.consume(4);
  EXPECT_EQ(ring.claim().size(), 2U);
  EXPECT_EQ(ring.room(), 6U);
  EXPECT_EQ(produce(ring, 7, next), 6U);
  EXPECT_EQ(ring.room(), 0U);
}

TEST(SampleRing, PeeksBehindTheWrapWithoutConsuming) {
  std::array<std::int16_t, 8> storage{};
  SampleRing ring{storage};
  std::int16_t next = 0;
  (void)produce(ring, 6, next);
  ring.consume(6);
  (void)produce(ring, 6, next);
  EXPECT_EQ(ring.peek(0).size(), 2U);
  EXPECT_EQ(ring.peek(2).size(), 4U);
  EXPECT_EQ(ring.peek(2)[0], 8);
  EXPECT_EQ(ring.available(), 6U);
}

TEST(SampleRing, NoRunGoesAcrossAGap) {
  std::array<std::int16_t, 16> storage{};
  SampleRing ring{storage};
  std::int16_t next = 0;
  (void)produce(ring, 3, next);
  ring.lost(100);
  (void)produce(ring, 4, next);
  EXPECT_EQ(ring.available(), 3U);
  EXPECT_TRUE(ring.gap_waits());
  EXPECT_EQ(ring.take_gap(), 0U);  // not there yet
  ring.consume(3);
  EXPECT_EQ(ring.available(), 0U);
  EXPECT_EQ(ring.take_gap(), 100U);
  EXPECT_EQ(ring.available(), 4U);
  EXPECT_FALSE(ring.gap_waits());
}

TEST(SampleRing, CountsEveryLostSampleWhenMoreGapsWaitThanItCanMark) {
  std::array<std::int16_t, 64> storage{};
  SampleRing ring{storage};
  std::int16_t next = 0;
  std::size_t lost = 0;
  std::size_t committed = 0;
  for (std::size_t i = 1; i <= 20; ++i) {
    ring.lost(i);
    lost += i;
    if (produce(ring, 1, next) == 1) {
      ++committed;
    } else {
      ring.lost(1);  // what the contract asks of a producer that finds no room
      ++lost;
    }
  }
  std::size_t seen = 0;
  std::size_t read = 0;
  for (int i = 0; i < 100; ++i) {
    seen += ring.take_gap();
    read += ring.available();
    ring.consume(ring.available());
    (void)ring.claim();  // publishes what is pending
  }
  EXPECT_EQ(seen, lost);
  EXPECT_EQ(read, committed);
}

TEST(SampleRing, KnowsWhatIsOutstandingBeforeBetweenAndBehindGaps) {
  std::array<std::int16_t, 16> storage{};
  SampleRing ring{storage};
  std::int16_t next = 0;
  EXPECT_EQ(ring.outstanding(), 0U);
  (void)produce(ring, 3, next);
  EXPECT_EQ(ring.outstanding(), 3U);
  ring.lost(100);
  (void)produce(ring, 4, next);
  ring.lost(20);
  EXPECT_EQ(ring.outstanding(), 127U);
  ring.consume(3);
  EXPECT_EQ(ring.outstanding(), 124U);
  EXPECT_EQ(ring.take_gap(), 100U);
  EXPECT_EQ(ring.outstanding(), 24U);
  ring.consume(4);
  EXPECT_EQ(ring.take_gap(), 20U);
  EXPECT_EQ(ring.outstanding(), 0U);
}

}  // namespace
