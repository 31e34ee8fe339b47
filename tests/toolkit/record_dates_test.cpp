// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/record_dates.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "aiot/crypto/sha256.hpp"
#include "aiot/record/record.hpp"
#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

using Record = std::vector<std::byte>;

constexpr double kRate = 12800.0;
constexpr std::int64_t kStart = 1'798'761'600'000;
constexpr std::uint64_t kHour = 12800ULL * 3600ULL;  // frames
constexpr std::int64_t kHourMs = 3'600'000;

template <class T>
Record bytes_of(const T& record) {
  std::array<std::byte, 1024> buffer{};
  const auto encoded = record::encode(record, buffer);
  EXPECT_TRUE(encoded.ok());
  return {encoded->begin(), encoded->end()};
}

/// A run of a device: one context, and times in it.
class OneRun {
 public:
  explicit OneRun(std::uint32_t boot,
                  std::string_view package = "p",
                  std::string_view device = "pump-7") {
    record::Context content{.device = device, .boot_count = boot, .package_name = package};
    content.sensor = {.rate_hz = 12800.0F, .scale = 0.01F, .axes = 1};
    std::array<std::byte, 1024> buffer{};
    const Hash256 hash = crypto::sha256(*record::encode_content(content, buffer));
    std::copy_n(hash.begin(), id.size(), id.begin());
    context =
        bytes_of(record::ContextRecord{.id = id, .stream = Stream::kBulk, .content = content});
  }

  Record time(std::uint64_t frame,
              std::int64_t unix_ms,
              std::int64_t uncertainty_ms,
              std::uint64_t clock = 0) {
    return bytes_of(record::TimeRecord{.context = id,
                                       .stream = Stream::kBulk,
                                       .sequence = ++sequence,
                                       .resume = frame,
                                       .frame = frame,
                                       .unix_ms = static_cast<std::uint64_t>(unix_ms),
                                       .uncertainty_ms = static_cast<std::uint64_t>(uncertainty_ms),
                                       .clock = clock});
  }

  ContextId id{};
  Record context;
  std::uint64_t sequence = 0;
};

TEST(RecordDates, DatesWhatWasBeforeAndBehindTheOnlyTime) {
  OneRun run(1);
  RecordDates dates;
  dates.add("", run.context);
  dates.add("", run.time(5 * kHour, kStart, 20));
  const RecordDate before = dates.date("", run.id, 0);
  ASSERT_TRUE(before.ok());
  EXPECT_EQ(before.unix_ms, kStart - 5 * kHourMs);
  EXPECT_GE(before.uncertainty_ms, 180'000) << "1 % of five hours";
  EXPECT_LE(before.uncertainty_ms, 183'000);
  const RecordDate at = dates.date("", run.id, 5 * kHour);
  EXPECT_EQ(at.unix_ms, kStart);
  EXPECT_EQ(at.uncertainty_ms, 21);
  const RecordDate behind = dates.date("", run.id, 6 * kHour);
  EXPECT_EQ(behind.unix_ms, kStart + kHourMs);
  EXPECT_GE(behind.uncertainty_ms, 36'000);
}

TEST(RecordDates, MeasuresTheRateByTwoTimes) {
  OneRun run(1);
  RecordDates dates;
  dates.add("", run.context);
  // Frames take 1 % longer than stated.
  dates.add("", run.time(0, kStart, 10));
  dates.add("", run.time(10 * kHour, kStart + 10 * kHourMs * 101 / 100, 10));
  const RecordDate middle = dates.date("", run.id, 5 * kHour);
  ASSERT_TRUE(middle.ok());
  EXPECT_EQ(middle.unix_ms, kStart + 5 * kHourMs * 101 / 100);
  EXPECT_LE(middle.uncertainty_ms, 37'000) << "half of what the rate may wander by in ten hours";
  const RecordDate late = dates.date("", run.id, 11 * kHour);
  const std::int64_t truth = kStart + 11 * kHourMs * 101 / 100;
  EXPECT_LE(std::abs(late.unix_ms - truth), late.uncertainty_ms);
  EXPECT_LE(late.uncertainty_ms, 16'000) << "and not 36 s, as by the stated rate";
}

TEST(RecordDates, SaysWhyThereIsNoDate) {
  OneRun first(1);
  OneRun second(2);
  RecordDates dates;
  EXPECT_TRUE(dates.date("", first.id, 0).undated == Undated::kNoContext);
  dates.add("", first.context);
  dates.add("", second.context);
  dates.add("", second.time(1000, kStart, 20));
  EXPECT_TRUE(dates.date("", first.id, 0).undated == Undated::kNoTime)
      << "another boot says nothing about this one";
  EXPECT_TRUE(dates.date("", second.id, 0).ok());
  EXPECT_TRUE(dates.date("other", second.id, 0).undated == Undated::kNoContext);
  for (const Undated reason :
       {Undated::kNone, Undated::kNoContext, Undated::kNoTime, Undated::kContradiction}) {
    EXPECT_FALSE(std::string(to_string(reason)).empty());
  }
}

TEST(RecordDates, DatesAllContextsOfOneBoot) {
  OneRun first(3, "before");
  OneRun second(3, "after");
  RecordDates dates;
  dates.add("gateway", first.context);
  dates.add("gateway", second.context);
  dates.add("gateway", second.time(kHour, kStart, 20));
  EXPECT_EQ(dates.date("gateway", first.id, 0).unix_ms, kStart - kHourMs);
}

TEST(RecordDates, KeepsTheDatesOfAClockThatWasSet) {
  for (const std::int64_t jump : {30'000, 7'200'000, -86'400'000}) {
    OneRun run(1);
    RecordDates dates;
    dates.add("", run.context);
    dates.add("", run.time(0, kStart, 20));
    dates.add("", run.time(kHour, kStart + kHourMs, 20));
    std::vector<RecordDate> before;
    for (std::uint64_t at = 0; at <= 2 * kHour; at += kHour / 4) {
      before.push_back(dates.date("", run.id, at));
    }
    dates.add("", run.time(2 * kHour + 1, kStart + 2 * kHourMs + jump, 5000, 1));
    dates.add("", run.time(2 * kHour + 50'000, kStart + 2 * kHourMs + 3906 + jump, 20, 1));
    std::size_t i = 0;
    for (std::uint64_t at = 0; at <= 2 * kHour; at += kHour / 4) {
      const RecordDate after = dates.date("", run.id, at);
      EXPECT_EQ(after.unix_ms, before[i].unix_ms) << at;
      EXPECT_EQ(after.uncertainty_ms, before[i++].uncertainty_ms);
    }
    for (const std::uint64_t at : {2 * kHour + 1, 2 * kHour + 100, 2 * kHour + 50'000, 3 * kHour}) {
      const RecordDate later = dates.date("", run.id, at);
      const auto truth = static_cast<std::int64_t>(static_cast<double>(at) / kRate * 1000.0);
      EXPECT_LE(std::abs(later.unix_ms - kStart - jump - truth), later.uncertainty_ms) << at;
    }
  }
}

TEST(RecordDates, LetsAGoodTimeStandForAPoorOneBesideIt) {
  OneRun run(1);
  RecordDates dates;
  dates.add("", run.context);
  dates.add("", run.time(1000, kStart + 250'000, 300'000));
  dates.add("", run.time(14'800, kStart, 20));
  const RecordDate date = dates.date("", run.id, 2000);
  EXPECT_EQ(date.unix_ms, kStart - 1000);
  EXPECT_LE(date.uncertainty_ms, 35);
}

TEST(RecordDates, RefusesTimesThatAreNotOfOneRun) {
  // A device that has lost its count of boots: the same context, other times.
  OneRun run(1);
  RecordDates dates;
  dates.add("", run.context);
  dates.add("", run.time(100 * kHour, kStart, 20));
  dates.add("", run.time(kHour, kStart + 500 * kHourMs, 20));
  EXPECT_TRUE(dates.date("", run.id, 0).undated == Undated::kContradiction);
}

TEST(RecordDates, BelievesNoContextWhoseIdIsNotItsHash) {
  OneRun run(1);
  Record forged = run.context;
  forged.back() ^= std::byte{1};
  RecordDates dates;
  dates.add("", forged);
  dates.add("", run.time(0, kStart, 20));
  EXPECT_TRUE(dates.date("", run.id, 0).undated == Undated::kNoContext);
}

TEST(RecordDates, GivesNoDateBefore1970) {
  OneRun run(1);
  RecordDates dates;
  dates.add("", run.context);
  dates.add("", run.time(5 * kHour, kHourMs, 20));
  EXPECT_FALSE(dates.date("", run.id, 0).ok());
  EXPECT_TRUE(dates.date("", run.id, 5 * kHour).ok());
  EXPECT_FALSE(dates.date("", run.id, UINT64_MAX).ok()) << "nor behind the year 9999";
}

TEST(RecordDates, DoesNotCareAboutOrderAndCopies) {
  OneRun run(1);
  std::vector<Record> records{run.context};
  for (int i = 0; i < 6; ++i) {
    records.push_back(
        run.time(static_cast<std::uint64_t>(i) * kHour, kStart + i * kHourMs, 20 + i));
  }
  RecordDates sorted;
  for (const Record& record : records) {
    sorted.add("", record);
  }
  sim::Random random(9);
  for (int round = 0; round < 20; ++round) {
    RecordDates shuffled;
    for (std::uint32_t i = 0; i < 60; ++i) {
      shuffled.add("", records[random.below(static_cast<std::uint32_t>(records.size()))]);
    }
    for (const Record& record : records) {
      shuffled.add("", record);
    }
    EXPECT_EQ(shuffled.times(), 6U);
    for (const std::uint64_t frame : {0ULL, 123'456'789ULL, 999'999'999ULL}) {
      EXPECT_EQ(shuffled.date("", run.id, frame).unix_ms, sorted.date("", run.id, frame).unix_ms);
    }
  }
}

/// When frames were really taken: the rate is off, and wanders about its mean from hour to hour.
class Truth {
 public:
  Truth(sim::Random& random, int hours) {
    const double error = static_cast<double>(sim::uniform(random, -0.0075F, 0.0075F));
    std::vector<double> wander;
    double sum = 0.0;
    for (int i = 0; i < hours; ++i) {
      wander.push_back(static_cast<double>(sim::uniform(random, -0.0009F, 0.0009F)));
      sum += wander.back();
    }
    double at = static_cast<double>(kStart);
    for (const double w : wander) {
      at_.push_back(at);
      at += static_cast<double>(kHourMs) / (1.0 + error + w - sum / hours);
    }
    at_.push_back(at);
  }

  [[nodiscard]] double of(std::uint64_t frame) const {
    const std::size_t hour = std::min(static_cast<std::size_t>(frame / kHour), at_.size() - 2);
    const double part = (static_cast<double>(frame) - static_cast<double>(hour * kHour)) /
                        static_cast<double>(kHour);
    return at_[hour] + part * (at_[hour + 1] - at_[hour]);
  }

 private:
  std::vector<double> at_;
};

TEST(RecordDates, AreTrueWithinTheirUncertainty) {
  sim::Random random(2027);
  for (int round = 0; round < 300; ++round) {
    const int hours = 2 + static_cast<int>(random.below(40));
    const Truth truth(random, hours);
    const std::uint64_t end = static_cast<std::uint64_t>(hours) * kHour;
    OneRun run(1);
    RecordDates dates;
    dates.add("", run.context);
    const std::uint32_t times = 1 + random.below(12);
    for (std::uint32_t i = 0; i < times; ++i) {
      const std::uint64_t frame = random.next64() % end;
      const std::int64_t unsure =
          1 + static_cast<std::int64_t>(random.below(random.below(4) == 0 ? 300'000 : 500));
      const double off =
          static_cast<double>(sim::uniform(random, -1.0F, 1.0F)) * static_cast<double>(unsure - 1);
      dates.add("", run.time(frame, std::llround(truth.of(frame) + off), unsure));
    }
    for (int i = 0; i < 50; ++i) {
      const std::uint64_t frame = random.next64() % end;
      const RecordDate date = dates.date("", run.id, frame);
      ASSERT_TRUE(date.ok());
      ASSERT_LE(std::abs(static_cast<double>(date.unix_ms) - truth.of(frame)),
                static_cast<double>(date.uncertainty_ms))
          << "round " << round << ", frame " << frame;
    }
  }
}

TEST(RecordDates, SurviveAnyRecord) {
  sim::Random random(5);
  OneRun run(1);
  const Record time = run.time(kHour, kStart, 20);
  for (int round = 0; round < 20'000; ++round) {
    RecordDates dates;
    dates.add("", run.context);
    dates.add("", time);
    for (int i = 0; i < 3; ++i) {
      Record bad = run.time(random.next64() >> random.below(64),
                            static_cast<std::int64_t>((random.next64() >> random.below(64)) %
                                                      (record::kMaxUnixMs + 1)),
                            static_cast<std::int64_t>((random.next64() >> random.below(64)) %
                                                      (record::kMaxUnixMs + 1)),
                            random.below(3));
      if (random.below(3) == 0) {
        bad[random.below(static_cast<std::uint32_t>(bad.size()))] ^= std::byte{0x10};
      }
      dates.add("", bad);
    }
    for (const std::uint64_t frame : {std::uint64_t{0}, kHour, random.next64()}) {
      const RecordDate date = dates.date("", run.id, frame);
      if (date.ok()) {
        ASSERT_GE(date.unix_ms, 0);
        ASSERT_LE(date.unix_ms, static_cast<std::int64_t>(record::kMaxUnixMs));
        ASSERT_GT(date.uncertainty_ms, 0);
      }
    }
  }
}

TEST(UtcText, WritesMomentsAsPeopleDo) {
  EXPECT_EQ(utc_text(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(utc_text(kStart), "2027-01-01T00:00:00.000Z");
  EXPECT_EQ(utc_text(951'782'400'123), "2000-02-29T00:00:00.123Z");
  EXPECT_EQ(utc_text(static_cast<std::int64_t>(record::kMaxUnixMs)), "9999-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace aiot::toolkit
