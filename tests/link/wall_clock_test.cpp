// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/wall_clock.hpp"

#include <limits>

#include "aiot/link/sealed.hpp"
#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::link {
namespace {

constexpr std::int64_t kBoot = 1'750'000'000'000;  // unix ms of the moment 0

constexpr Instant ms(std::int64_t value) {
  return {value * 1000};
}

std::int64_t distance(std::int64_t a, std::int64_t b) {
  return a > b ? a - b : b - a;
}

TEST(WallClock, KnowsNothingAtFirst) {
  const WallClock clock({});
  EXPECT_FALSE(clock.known());
  EXPECT_EQ(clock.at(ms(5)).error(), Error::kEmpty);
}

TEST(WallClock, IsAsUncertainAsTheWayWasLong) {
  WallClock clock({.drift_ppm = 0});
  EXPECT_EQ(clock.sight(ms(1000), ms(1400), kBoot + 1050), SightingResult::kFirst);
  const Result<WallTime> time = clock.at(ms(1200));
  ASSERT_TRUE(time.ok());
  EXPECT_EQ(time->unix_ms, kBoot + 1050);
  EXPECT_GE(time->uncertainty_ms, 200);
  EXPECT_LE(time->uncertainty_ms, 203);
}

TEST(WallClock, DatesWhatWasBeforeIt) {
  WallClock clock({.drift_ppm = 100});
  (void)clock.sight(ms(3'600'000), ms(3'600'000), kBoot + 3'600'000);
  const Result<WallTime> early = clock.at(ms(0));
  ASSERT_TRUE(early.ok());
  EXPECT_EQ(early->unix_ms, kBoot);
  EXPECT_GE(early->uncertainty_ms, 360);  // an hour of 100 ppm
  EXPECT_LE(early->uncertainty_ms, 364);
}

TEST(WallClock, AgesWithinASecondToo) {
  WallClock clock({.drift_ppm = 100'000});
  (void)clock.sight(ms(1000), ms(1000), kBoot + 1000);
  for (const std::int64_t moment : {std::int64_t{100}, std::int64_t{1900}}) {
    const Result<WallTime> time = clock.at(ms(moment));
    ASSERT_TRUE(time.ok());
    EXPECT_GE(time->uncertainty_ms, 90);
    EXPECT_LE(time->uncertainty_ms, 93);
  }
}

TEST(WallClock, KeepsTheBestSightingUntilItHasAged) {
  WallClock clock({.drift_ppm = 100});
  EXPECT_EQ(clock.sight(ms(0), ms(20), kBoot + 10), SightingResult::kFirst);
  EXPECT_EQ(clock.sight(ms(1000), ms(1400), kBoot + 1399), SightingResult::kWorse);
  EXPECT_EQ(clock.at(ms(1000))->unix_ms, kBoot + 1000);
  EXPECT_EQ(clock.sight(ms(2000), ms(2010), kBoot + 2005), SightingResult::kBetter);
  // 400 ms there and back are worth more than 5 ms that are a day old.
  EXPECT_EQ(clock.sight(ms(86'400'000), ms(86'400'400), kBoot + 86'400'200),
            SightingResult::kBetter);
  EXPECT_LE(clock.at(ms(86'400'200))->uncertainty_ms, 203);
  EXPECT_EQ(clock.jumps(), 0U);
}

TEST(WallClock, TellsThatTheOtherClockWasSet) {
  WallClock clock({.drift_ppm = 100, .jump_tolerance = Duration::from_ms(1000)});
  (void)clock.sight(ms(0), ms(20), kBoot + 10);
  EXPECT_EQ(clock.sight(ms(1000), ms(1024), kBoot + 1012 + 900), SightingResult::kWorse);
  EXPECT_EQ(clock.sight(ms(2000), ms(2400), kBoot + 2200 - 7'200'000), SightingResult::kJumped);
  EXPECT_EQ(clock.last_jump_ms(), -7'200'000);
  EXPECT_EQ(clock.at(ms(2200))->unix_ms, kBoot + 2200 - 7'200'000);
  EXPECT_EQ(clock.sight(ms(3000), ms(3020), kBoot + 3010), SightingResult::kJumped);
  EXPECT_EQ(clock.jumps(), 2U);
  EXPECT_GE(clock.last_jump_ms(), 7'199'000);
}

TEST(WallClock, DoesNotTakeADelayForAJump) {
  WallClock clock({.drift_ppm = 100});
  (void)clock.sight(ms(0), ms(20), kBoot + 10);
  // An acknowledgement that somebody held back for a day: the time in it is a day old.
  EXPECT_EQ(clock.sight(ms(1000), ms(86'401'000), kBoot + 1010), SightingResult::kWorse);
  EXPECT_EQ(clock.at(ms(86'401'000))->unix_ms, kBoot + 86'401'000);
}

TEST(WallClock, IgnoresImpossibleTimes) {
  WallClock clock({});
  for (const std::int64_t time : {std::int64_t{-1},
                                  kMaxUnixMs + 1,
                                  std::numeric_limits<std::int64_t>::min(),
                                  std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(clock.sight(ms(0), ms(1), time), SightingResult::kImpossible);
  }
  EXPECT_FALSE(clock.known());
  EXPECT_EQ(clock.sight(ms(0), ms(1), kMaxUnixMs), SightingResult::kFirst);
  EXPECT_EQ(clock.sight(ms(5), ms(6), 0), SightingResult::kJumped);
}

TEST(WallClock, SaysWhenAMomentIsOutOfRange) {
  WallClock clock({});
  (void)clock.sight(ms(5000), ms(5000), 1000);
  EXPECT_EQ(clock.at(ms(3000)).error(), Error::kOutOfRange);  // before 1970
  EXPECT_EQ(clock.at({std::numeric_limits<std::int64_t>::max()}).error(), Error::kOutOfRange);
  EXPECT_TRUE(clock.at(ms(4001)).ok());
}

TEST(WallClock, IsNeverFurtherOffThanItSays) {
  sim::Random random(1970);
  for (int run = 0; run < 50; ++run) {
    // True time runs `ppm` faster than this device's clock.
    const auto ppm = static_cast<std::int64_t>(random.below(201)) - 100;
    const auto truth_us = [ppm](Instant at) {
      return kBoot * 1000 + at.us + at.us / 1000 * ppm / 1000;
    };
    WallClock clock({.drift_ppm = 101});
    Instant now{static_cast<std::int64_t>(random.below(1'000'000'000))};
    for (int i = 0; i < 100; ++i) {
      now.us += static_cast<std::int64_t>(random.next64() % 600'000'000);
      const Instant sent = now;
      const auto way = static_cast<std::int64_t>(random.below(2'000'000));
      const Instant there{sent.us + static_cast<std::int64_t>(random.next64() %
                                                              static_cast<std::uint64_t>(way + 1))};
      now.us += way;
      EXPECT_NE(clock.sight(sent, now, truth_us(there) / 1000), SightingResult::kJumped);
      const Instant asked{static_cast<std::int64_t>(random.next64() % 100'000'000'000)};
      for (const Instant at : {now, asked}) {
        const Result<WallTime> time = clock.at(at);
        ASSERT_TRUE(time.ok());
        EXPECT_LE(distance(time->unix_ms * 1000, truth_us(at)), time->uncertainty_ms * 1000);
      }
    }
  }
}

TEST(OfferTimes, KnowTheFirstOfferOfABatch) {
  OfferTimes times;
  hal::Batch batch{.stream = Stream::kRoutine, .first = 1, .last = 5, .payload = {}};
  batch.hash.fill(std::byte{7});
  const hal::BatchAck ack{Stream::kRoutine, 5, batch.hash};
  EXPECT_EQ(times.of(ack).error(), Error::kEmpty);
  times.offered(batch, ms(100));
  times.offered(batch, ms(900));  // again: the acknowledgement may be that of the first
  EXPECT_EQ(times.of(ack)->us, 100'000);
  EXPECT_EQ(times.of({Stream::kBulk, 5, batch.hash}).error(), Error::kEmpty);
}

TEST(OfferTimes, KnowAsManyBatchesAsMayBeInFlight) {
  OfferTimes times;
  const auto numbered = [](std::size_t number) {
    hal::Batch batch{.stream = Stream::kRoutine, .first = 1, .last = 5, .payload = {}};
    batch.hash.fill(static_cast<std::byte>(number));
    return batch;
  };
  const auto time_of = [&](std::size_t number) {
    return times.of({Stream::kRoutine, 5, numbered(number).hash});
  };
  for (std::size_t i = 0; i <= hal::kMaxBatchesInFlight; ++i) {
    times.offered(numbered(i), ms(100 * static_cast<std::int64_t>(i)));
  }
  EXPECT_EQ(time_of(0).error(), Error::kEmpty);  // an old acknowledgement says no time
  for (std::size_t i = 1; i <= hal::kMaxBatchesInFlight; ++i) {
    EXPECT_EQ(time_of(i)->us, 100'000 * static_cast<std::int64_t>(i));
  }
}

}  // namespace
}  // namespace aiot::link
