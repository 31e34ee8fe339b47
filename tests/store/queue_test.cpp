// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/store/queue.hpp"

#include <array>

#include "tests/store/queue_rig.hpp"
#include "tests/store/store_flash.hpp"
#include "tests/support/test.hpp"

namespace aiot {
namespace {

using store::Entry;
using store::EntryKind;
using store::OnFull;
using store::Queue;
using store::ReadCursor;
using store::StreamConfig;
using store_test::geometry;
using store_test::make_hash;
using store_test::TestFlash;

constexpr std::uint32_t kSector = 512;
constexpr std::uint32_t kSectors = 6;
constexpr std::uint32_t kRegion = kSector * kSectors;
constexpr hal::FlashGeometry kNor = geometry(3 * kRegion, kSector, 1);
constexpr std::array<StreamConfig, 3> kStreamConfigs = {
    StreamConfig{{0, kRegion}, OnFull::kDropOldest},
    StreamConfig{{kRegion, kRegion}, OnFull::kDropOldest},
    StreamConfig{{2 * kRegion, kRegion}, OnFull::kRefuseNewest},
};

std::array<std::byte, 40> record(std::uint64_t number) {
  std::array<std::byte, 40> bytes{};
  store_le64(bytes.data(), number);
  return bytes;
}

void push(Queue& queue, Stream stream, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) {
    ASSERT_TRUE(queue.push(stream, record(queue.next_sequence(stream))).ok());
  }
}

/// The next entry is the record with this sequence and its own bytes.
void expect_record(const Result<Entry>& entry, std::uint64_t sequence) {
  ASSERT_TRUE(entry.ok());
  EXPECT_EQ(entry->kind, EntryKind::kRecord);
  EXPECT_EQ(entry->first, sequence);
  EXPECT_EQ(entry->last, sequence);
  ASSERT_EQ(entry->payload.size(), 40U);
  EXPECT_EQ(load_le64(entry->payload.data()), sequence);
}

TEST(Queue, GivesRecordsInOrderAndKeepsThemUntilAcknowledged) {
  TestFlash flash(kNor);
  Queue queue;
  ASSERT_TRUE(queue.mount(flash, kStreamConfigs).ok());
  push(queue, Stream::kRoutine, 20);
  std::array<std::byte, 64> buffer{};
  for (int round = 0; round < 2; ++round) {
    ReadCursor cursor;
    for (std::uint64_t i = 0; i < 20; ++i) {
      expect_record(queue.read(Stream::kRoutine, cursor, buffer), i);
    }
    EXPECT_EQ(queue.read(Stream::kRoutine, cursor, buffer).error(), Error::kEmpty);
  }
  ASSERT_TRUE(queue.acknowledge(Stream::kRoutine, 14, make_hash(14)).ok());
  ReadCursor cursor;
  expect_record(queue.read(Stream::kRoutine, cursor, buffer), 15);
}

TEST(Queue, ResumesFromTheAcknowledgedCursorAfterARestart) {
  TestFlash flash(kNor);
  {
    Queue queue;
    ASSERT_TRUE(queue.mount(flash, kStreamConfigs).ok());
    push(queue, Stream::kUrgent, 12);
    ASSERT_TRUE(queue.acknowledge(Stream::kUrgent, 6, make_hash(6)).ok());
  }
  Queue queue;
  ASSERT_TRUE(queue.mount(flash, kStreamConfigs).ok());
  EXPECT_EQ(queue.first_unacknowledged(Stream::kUrgent), 7U);
  EXPECT_TRUE(queue.acknowledged_hash(Stream::kUrgent) == make_hash(6));
  EXPECT_EQ(queue.next_sequence(Stream::kUrgent), 12U);
  ReadCursor cursor;
  std::array<std::byte, 64> buffer{};
  expect_record(queue.read(Stream::kUrgent, cursor, buffer), 7);
}

TEST(Queue, AcknowledgesOnlyWhatExistsAndEachThingOnce) {
  TestFlash flash(kNor);
  Queue queue;
  ASSERT_TRUE(queue.mount(flash, kStreamConfigs).ok());
  EXPECT_EQ(queue.acknowledge(Stream::kUrgent, 0, make_hash(0)).error(), Error::kOutOfRange);
  push(queue, Stream::kUrgent, 3);
  EXPECT_EQ(queue.acknowledge(Stream::kUrgent, 3, make_hash(3)).error(), Error::kOutOfRange);
  ASSERT_TRUE(queue.acknowledge(Stream::kUrgent, 2, make_hash(2)).ok());
  flash.reset_counters();
  EXPECT_TRUE(queue.acknowledge(Stream::kUrgent, 2, make_hash(7)).ok());
  EXPECT_TRUE(queue.acknowledge(Stream::kUrgent, 0, make_hash(0)).ok());
  EXPECT_EQ(flash.counters().programs, 0U);
  EXPECT_TRUE(queue.acknowledged_hash(Stream::kUrgent) == make_hash(2));
}

TEST(Queue, SequencesNeverRestartAlsoWhenTheRingWasEmptiedOrHasWrapped) {
  TestFlash flash(kNor);
  std::uint64_t expected = 0;
  for (int boot = 0; boot < 40; ++boot) {
    Queue queue;
    ASSERT_TRUE(queue.mount(flash, kStreamConfigs).ok());
    EXPECT_EQ(queue.next_sequence(Stream::kUrgent), expected);
    push(queue, Stream::kUrgent, 7);
    expected += 7;
    ASSERT_TRUE(queue.acknowledge(Stream::kUrgent, expected - 1, make_hash(expected - 1)).ok());
    ReadCursor cursor;
    std::array<std::byte, 64> buffer{};
    EXPECT_EQ(queue.read(Stream::kUrgent, cursor, buffer).error(), Error::kEmpty);
  }
}

TEST(Queue, TheNewestRecordStaysReadableWhenAcknowledged) {
  TestFlash flash(kNor);
  std::array<std::byte, 64> buffer{};
  Queue queue;
  ASSERT_TRUE(queue.mount(flash, kStreamConfigs).ok());
  EXPECT_EQ(queue.last_record(Stream::kBulk, buffer).error(), Error::kEmpty);
  for (std::uint64_t i = 0; i < 150; ++i) {
    push(queue, Stream::kBulk, 1);
    ASSERT_TRUE(queue.acknowledge(Stream::kBulk, i, make_hash(i)).ok());
    while (*queue.service(0)) {
    }
    expect_record(queue.last_record(Stream::kBulk, buffer), i);
    Queue again;
    ASSERT_TRUE(again.mount(flash, kStreamConfigs).ok());
    expect_record(again.last_record(Stream::kBulk, buffer), i);
  }
}

TEST(Queue, ShowsEvictedRecordsAsAGapThatCanBeAcknowledged) {
  TestFlash flash(kNor);
  Queue queue;
  ASSERT_TRUE(queue.mount(flash, kStreamConfigs).ok());
  push(queue, Stream::kRoutine, 100);
  const auto stats = queue.stats(Stream::kRoutine);
  EXPECT_GT(stats.oldest_sequence, 0U);
  EXPECT_EQ(stats.dropped, stats.oldest_sequence);
  EXPECT_GE(100 - stats.oldest_sequence, 4U * 9) << "less than the region can hold is kept";
  ReadCursor cursor;
  std::array<std::byte, 64> buffer{};
  const auto gap = queue.read(Stream::kRoutine, cursor, buffer);
  ASSERT_TRUE(gap.ok());
  EXPECT_EQ(gap->kind, EntryKind::kGap);
  EXPECT_EQ(gap->first, 0U);
  EXPECT_EQ(gap->last, stats.oldest_sequence - 1);
  EXPECT_TRUE(gap->payload.empty());
  for (std::uint64_t i = stats.oldest_sequence; i < 100; ++i) {
    expect_record(queue.read(Stream::kRoutine, cursor, buffer), i);
  }
  ASSERT_TRUE(queue.acknowledge(Stream::kRoutine, gap->last, make_hash(gap->last)).ok());
  Queue again;
  ASSERT_TRUE(again.mount(flash, kStreamConfigs).ok());
  EXPECT_EQ(again.stats(Stream::kRoutine).dropped, stats.dropped) << "lost is lost for ever";
  cursor = {};
  expect_record(again.read(Stream::kRoutine, cursor, buffer), stats.oldest_sequence);
}

TEST(Queue, ACursorThatIsOvertakenByEvictionContinuesBehindAGap) {
  TestFlash flash(kNor);
  Queue queue;
  ASSERT_TRUE(queue.mount(flash, kStreamConfigs).ok());
  push(queue, Stream::kRoutine, 10);
  ReadCursor cursor;
  std::array<std::byte, 64> buffer{};
  expect_record(queue.read(Stream::kRoutine, cursor, buffer), 0);
  push(queue, Stream::kRoutine, 150);
  const auto gap = queue.read(Stream::kRoutine, cursor, buffer);
  ASSERT_TRUE(gap.ok());
  EXPECT_EQ(gap->kind, EntryKind::kGap);
  EXPECT_EQ(gap->first, 1U);
  expect_record(queue.read(Stream::kRoutine, cursor, buffer), gap->last + 1);
}

TEST(Queue, ARefusingStreamKeepsEverythingAndOthersAreNotTouched) {
  TestFlash flash(kNor);
  Queue queue;
  ASSERT_TRUE(queue.mount(flash, kStreamConfigs).ok());
  push(queue, Stream::kUrgent, 5);
  std::uint32_t accepted = 0;
  while (queue.push(Stream::kBulk, record(accepted)).ok()) {
    ++accepted;
  }
  EXPECT_EQ(queue.push(Stream::kBulk, record(accepted)).error(), Error::kNoSpace);
  EXPECT_EQ(queue.stats(Stream::kBulk).refused, 2U);
  EXPECT_EQ(queue.next_sequence(Stream::kBulk), accepted);
  push(queue, Stream::kUrgent, 100);
  ReadCursor cursor;
  std::array<std::byte, 64> buffer{};
  for (std::uint64_t i = 0; i < accepted; ++i) {
    expect_record(queue.read(Stream::kBulk, cursor, buffer), i);
  }
  EXPECT_EQ(queue.stats(Stream::kBulk).dropped, 0U);
  ASSERT_TRUE(queue.acknowledge(Stream::kBulk, accepted - 1, make_hash(accepted - 1)).ok());
  push(queue, Stream::kBulk, 5);
}

/// One stream with a policy, in the second region.
std::array<StreamConfig, 2> routine(OnFull on_full, store::Retention retention) {
  return {StreamConfig{}, StreamConfig{{kRegion, kRegion}, on_full, retention}};
}

/// Reads a stream to its end; `gaps` and `records`: how many sequences of each kind it showed.
void count(const Queue& queue, Stream stream, std::uint64_t& gaps, std::uint64_t& records) {
  ReadCursor cursor;
  std::array<std::byte, 64> buffer{};
  gaps = records = 0;
  std::uint64_t next = queue.first_unacknowledged(stream);
  for (auto entry = queue.read(stream, cursor, buffer); entry.ok();
       entry = queue.read(stream, cursor, buffer)) {
    EXPECT_EQ(entry->first, next);
    (entry->kind == EntryKind::kGap ? gaps : records) += entry->last - entry->first + 1;
    next = entry->last + 1;
  }
  EXPECT_EQ(next, queue.next_sequence(stream));
}

TEST(Queue, KeepsNoMoreRecordsThanItsLimit) {
  TestFlash flash(kNor);
  Queue queue;
  const auto config = routine(OnFull::kDropOldest, {.max_records = 7});
  ASSERT_TRUE(queue.mount(flash, config).ok());
  std::uint64_t gaps = 0;
  std::uint64_t records = 0;
  for (std::uint64_t i = 1; i < 60; ++i) {
    push(queue, Stream::kRoutine, 1);
    count(queue, Stream::kRoutine, gaps, records);
    EXPECT_EQ(records, std::min<std::uint64_t>(i, 7));
    EXPECT_EQ(gaps, i - records);
    EXPECT_EQ(queue.stats(Stream::kRoutine).dropped, gaps);
  }
  Queue again;
  ASSERT_TRUE(again.mount(flash, config).ok());
  count(again, Stream::kRoutine, gaps, records);
  EXPECT_EQ(records, 7U);
  EXPECT_EQ(again.stats(Stream::kRoutine).dropped, 52U);
}

TEST(Queue, RefusesAboveItsLimitWhenThatIsItsPolicy) {
  TestFlash flash(kNor);
  Queue queue;
  ASSERT_TRUE(queue.mount(flash, routine(OnFull::kRefuseNewest, {.max_records = 7})).ok());
  push(queue, Stream::kRoutine, 7);
  EXPECT_EQ(queue.push(Stream::kRoutine, record(7)).error(), Error::kNoSpace);
  EXPECT_EQ(queue.next_sequence(Stream::kRoutine), 7U);
  ASSERT_TRUE(queue.acknowledge(Stream::kRoutine, 2, make_hash(2)).ok());
  push(queue, Stream::kRoutine, 3);
  EXPECT_EQ(queue.push(Stream::kRoutine, record(10)).error(), Error::kNoSpace);
  const auto stats = queue.stats(Stream::kRoutine);
  EXPECT_EQ(stats.refused, 2U);
  EXPECT_EQ(stats.dropped, 0U);
}

TEST(Queue, KeepsNoMoreSectorsThanItsLimitOfBytes) {
  TestFlash flash(kNor);
  Queue queue;
  const auto config = routine(OnFull::kDropOldest, {.max_bytes = 3 * kSector + 100});
  ASSERT_TRUE(queue.mount(flash, config).ok());
  std::uint64_t gaps = 0;
  std::uint64_t records = 0;
  for (int i = 0; i < 100; ++i) {
    push(queue, Stream::kRoutine, 1);
    count(queue, Stream::kRoutine, gaps, records);
    EXPECT_LE(records, 3 * 9U);
    EXPECT_GE(records, std::min<std::uint64_t>(static_cast<std::uint64_t>(i) + 1, 2 * 9U));
    EXPECT_EQ(queue.stats(Stream::kRoutine).dropped, gaps);
  }
}

TEST(Queue, TakesEverySecondRecordAboveThreeQuarters) {
  TestFlash flash(kNor);
  Queue queue;
  ASSERT_TRUE(queue.mount(flash, routine(OnFull::kThinOut, {})).ok());
  std::uint32_t offered = 0;
  while (queue.stats(Stream::kRoutine).thinned == 0) {
    const Status pushed = queue.push(Stream::kRoutine, record(offered++));
    EXPECT_TRUE(pushed.ok() || pushed.error() == Error::kWouldBlock);
  }
  // 9 records a sector, 5 sectors beside the spare.
  EXPECT_GE(offered, 3 * 9U);
  EXPECT_LE(offered, 4 * 9U + 1);
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(queue.push(Stream::kRoutine, record(0)).ok());
    EXPECT_EQ(queue.push(Stream::kRoutine, record(0)).error(), Error::kWouldBlock);
  }
  EXPECT_EQ(queue.stats(Stream::kRoutine).thinned, 11U);
  const std::uint64_t next = queue.next_sequence(Stream::kRoutine);
  EXPECT_EQ(next, offered - 1 + 10);
  ASSERT_TRUE(queue.acknowledge(Stream::kRoutine, next - 1, make_hash(next - 1)).ok());
  push(queue, Stream::kRoutine, 10);
  EXPECT_EQ(queue.stats(Stream::kRoutine).thinned, 11U) << "there is room again";
}

TEST(Queue, DropsWhatIsTooOldSectorBySector) {
  TestFlash flash(kNor);
  Queue queue;
  const auto config = routine(OnFull::kRefuseNewest, {.max_age_s = 100});
  ASSERT_TRUE(queue.mount(flash, config).ok());
  std::uint64_t gaps = 0;
  std::uint64_t records = 0;
  for (std::uint32_t now = 0; now < 30; ++now) {
    ASSERT_TRUE(queue.service(now).ok());
    push(queue, Stream::kRoutine, 1);
  }
  ASSERT_TRUE(queue.service(100).ok());
  count(queue, Stream::kRoutine, gaps, records);
  EXPECT_EQ(records, 30U) << "none is older than 100 s";
  ASSERT_TRUE(queue.service(110).ok());
  count(queue, Stream::kRoutine, gaps, records);
  EXPECT_EQ(gaps, 9U) << "the first sector was full at 9 s";
  ASSERT_TRUE(queue.service(130).ok());
  count(queue, Stream::kRoutine, gaps, records);
  EXPECT_EQ(gaps, 30U) << "the last one came at 29 s";
  EXPECT_EQ(queue.stats(Stream::kRoutine).dropped, 30U);
  push(queue, Stream::kRoutine, 1);
  count(queue, Stream::kRoutine, gaps, records);
  EXPECT_EQ(records, 1U);
}

TEST(Queue, OnlyStepsOfTheClockMakeRecordsOlder) {
  TestFlash flash(kNor);
  const auto config = routine(OnFull::kDropOldest, {.max_age_s = 100});
  std::uint64_t gaps = 0;
  std::uint64_t records = 0;
  {
    Queue queue;
    ASSERT_TRUE(queue.mount(flash, config).ok());
    push(queue, Stream::kRoutine, 20);
    ASSERT_TRUE(queue.service(1'790'000'000).ok());
    count(queue, Stream::kRoutine, gaps, records);
    EXPECT_EQ(records, 20U) << "pushed before the clock was known";
    ASSERT_TRUE(queue.service(5).ok());
    ASSERT_TRUE(queue.service(1'790'000'000).ok());
    count(queue, Stream::kRoutine, gaps, records);
    EXPECT_EQ(records, 20U) << "the clock was set";
    ASSERT_TRUE(queue.service(1'790'000'060).ok());
    push(queue, Stream::kRoutine, 1);
  }
  Queue queue;
  ASSERT_TRUE(queue.mount(flash, config).ok());
  ASSERT_TRUE(queue.service(3).ok());
  ASSERT_TRUE(queue.service(90).ok());
  count(queue, Stream::kRoutine, gaps, records);
  EXPECT_EQ(records, 21U) << "time without power does not count";
  ASSERT_TRUE(queue.service(110).ok());
  count(queue, Stream::kRoutine, gaps, records);
  EXPECT_EQ(gaps, 21U);
}

TEST(Queue, AccountsForEverySequence) {
  TestFlash flash(kNor);
  store_test::Random random(5);
  Queue queue;
  const auto config = routine(OnFull::kDropOldest, {.max_records = 25, .max_age_s = 50});
  ASSERT_TRUE(queue.mount(flash, config).ok());
  std::uint64_t delivered = 0;
  std::uint64_t shown_lost = 0;
  for (std::uint32_t now = 0; now < 400; ++now) {
    push(queue, Stream::kRoutine, random.below(4));
    if (random.below(9) == 0) {
      std::uint64_t gaps = 0;
      std::uint64_t records = 0;
      count(queue, Stream::kRoutine, gaps, records);
      delivered += records;
      shown_lost += gaps;
      const std::uint64_t next = queue.next_sequence(Stream::kRoutine);
      if (next != 0) {
        ASSERT_TRUE(queue.acknowledge(Stream::kRoutine, next - 1, make_hash(next - 1)).ok());
      }
    }
    ASSERT_TRUE(queue.service(now).ok());
    if (random.below(20) == 0) {
      ASSERT_TRUE(queue.mount(flash, config).ok());
    }
  }
  std::uint64_t gaps = 0;
  std::uint64_t records = 0;
  count(queue, Stream::kRoutine, gaps, records);
  EXPECT_GT(shown_lost + gaps, 0U);
  EXPECT_EQ(delivered + records + shown_lost + gaps, queue.next_sequence(Stream::kRoutine));
  EXPECT_EQ(queue.stats(Stream::kRoutine).dropped, shown_lost + gaps);
}

TEST(Queue, AFullStreamThatRefusesGoesOnWhenTheFlashFailsInAnAcknowledgement) {
  TestFlash flash(kNor);
  Queue queue;
  ASSERT_TRUE(queue.mount(flash, kStreamConfigs).ok());
  std::uint64_t accepted = 0;
  while (queue.push(Stream::kBulk, record(accepted)).ok()) {
    ++accepted;
  }
  std::array<sim::BadSector, kSectors> worn{};
  for (std::uint32_t i = 0; i < kSectors; ++i) {
    worn[i] = {.sector = 2 * kSectors + i, .fails = sim::Fails::kPrograms};
  }
  flash.set_bad_sectors(worn);
  EXPECT_FALSE(queue.acknowledge(Stream::kBulk, 0, make_hash(0)).ok());
  flash.set_bad_sectors({});
  ASSERT_TRUE(queue.acknowledge(Stream::kBulk, accepted - 1, make_hash(accepted - 1)).ok());
  EXPECT_LE(queue.stats(Stream::kBulk).dropped, 1U) << "only the one that found no room may count";
  push(queue, Stream::kBulk, 5);
}

TEST(Queue, ShowsAReaderOnlyWhatIsAccepted) {
  TestFlash flash(kNor);
  Queue queue;
  ASSERT_TRUE(queue.mount(flash, kStreamConfigs).ok());
  ASSERT_TRUE(queue.append(Stream::kUrgent, record(0)).ok());
  ASSERT_TRUE(queue.append(Stream::kUrgent, record(1)).ok());
  ReadCursor cursor;
  std::array<std::byte, 64> buffer{};
  EXPECT_EQ(queue.read(Stream::kUrgent, cursor, buffer).error(), Error::kEmpty);
  EXPECT_EQ(queue.acknowledge(Stream::kUrgent, 0, make_hash(0)).error(), Error::kOutOfRange);
  ASSERT_TRUE(queue.sync().ok());
  expect_record(queue.read(Stream::kUrgent, cursor, buffer), 0);
  expect_record(queue.read(Stream::kUrgent, cursor, buffer), 1);
}

TEST(Queue, RefusesRecordsThatAreTooLongAndChangesNothing) {
  TestFlash flash(kNor);
  Queue queue;
  ASSERT_TRUE(queue.mount(flash, kStreamConfigs).ok());
  std::array<std::byte, kSector> large{};
  flash.reset_counters();
  const std::uint32_t most = queue.max_record(Stream::kUrgent);
  EXPECT_EQ(queue.push(Stream::kUrgent, Bytes{large}.first(most + 1)).error(), Error::kNoSpace);
  EXPECT_EQ(queue.push(Stream::kUrgent, {}).error(), Error::kInvalidArgument);
  EXPECT_EQ(flash.counters().programs, 0U);
  EXPECT_EQ(queue.next_sequence(Stream::kUrgent), 0U);
  EXPECT_TRUE(queue.push(Stream::kUrgent, Bytes{large}.first(most)).ok());
}

TEST(Queue, ASmallBufferLosesNothing) {
  TestFlash flash(kNor);
  Queue queue;
  ASSERT_TRUE(queue.mount(flash, kStreamConfigs).ok());
  push(queue, Stream::kUrgent, 2);
  ReadCursor cursor;
  std::array<std::byte, 64> buffer{};
  EXPECT_EQ(queue.read(Stream::kUrgent, cursor, MutableBytes{buffer}.first(39)).error(),
            Error::kNoSpace);
  expect_record(queue.read(Stream::kUrgent, cursor, buffer), 0);
}

TEST(Queue, KnowsWhichStreamsAreUsed) {
  TestFlash flash(kNor);
  Queue queue;
  std::array<std::byte, 64> buffer{};
  EXPECT_EQ(queue.push(Stream::kUrgent, record(0)).error(), Error::kWrongState);
  EXPECT_EQ(queue.sync().error(), Error::kWrongState);
  EXPECT_EQ(queue.service(0).error(), Error::kWrongState);
  EXPECT_EQ(queue.last_record(Stream::kUrgent, buffer).error(), Error::kWrongState);
  const std::array<StreamConfig, 2> configs = {StreamConfig{}, kStreamConfigs[1]};
  ASSERT_TRUE(queue.mount(flash, configs).ok());
  EXPECT_FALSE(queue.used(Stream::kUrgent));
  EXPECT_TRUE(queue.used(Stream::kRoutine));
  EXPECT_FALSE(queue.used(Stream::kBulk));
  EXPECT_EQ(queue.push(Stream::kUrgent, record(0)).error(), Error::kUnsupported);
  EXPECT_EQ(queue.push(Stream::kBulk, record(0)).error(), Error::kUnsupported);
  EXPECT_EQ(queue.max_record(Stream::kBulk), 0U);
  push(queue, Stream::kRoutine, 1);
}

TEST(Queue, AFailedMountLeavesItUnmounted) {
  TestFlash flash(kNor);
  Queue queue;
  ASSERT_TRUE(queue.mount(flash, kStreamConfigs).ok());
  push(queue, Stream::kUrgent, 3);
  const std::array<StreamConfig, 1> wrong = {StreamConfig{{0, kRegion + 1}, OnFull::kDropOldest}};
  EXPECT_EQ(queue.mount(flash, wrong).error(), Error::kInvalidArgument);
  EXPECT_EQ(queue.push(Stream::kUrgent, record(3)).error(), Error::kWrongState);
  ASSERT_TRUE(queue.mount(flash, kStreamConfigs).ok());
  EXPECT_EQ(queue.next_sequence(Stream::kUrgent), 3U);
}

TEST(Queue, FormatMakesEveryStreamEmpty) {
  TestFlash flash(kNor);
  Queue queue;
  ASSERT_TRUE(queue.mount(flash, kStreamConfigs).ok());
  push(queue, Stream::kUrgent, 100);
  ASSERT_TRUE(Queue::format(flash, kStreamConfigs).ok());
  ASSERT_TRUE(queue.mount(flash, kStreamConfigs).ok());
  EXPECT_EQ(queue.next_sequence(Stream::kUrgent), 0U);
  EXPECT_EQ(queue.stats(Stream::kUrgent).used_sectors, 0U);
}

TEST(Queue, NeedsLittleRam) {
  // Pointers are wider on a 64-bit host.
  EXPECT_LE(sizeof(Queue), kStreams * 256 + sizeof(void*));
}

/// Random pushes, group commits, acknowledgements, idle work and restarts against the model.
void run_property(std::uint32_t program, std::uint32_t seed, std::uint32_t steps) {
  TestFlash flash(geometry(3 * kRegion, kSector, program));
  static_assert(sizeof(store_test::QueueRig) < 32 * 1024);
  store_test::QueueRig rig(flash, kStreamConfigs);
  store_test::Random random(seed);
  rig.mount();
  for (std::uint32_t i = 0; i < steps && rig.wrong() == nullptr; ++i) {
    rig.step(random);
    if (random.below(40) == 0) {
      rig.mount();
    }
  }
  rig.mount();
  EXPECT_STREQ(rig.wrong() == nullptr ? "" : rig.wrong(), "")
      << "program " << program << " seed " << seed;
}

TEST(Queue, DoesWhatItsModelDoes) {
  for (const std::uint32_t program : {1U, 4U, 8U, 16U, 32U}) {
    for (std::uint32_t seed = 1; seed <= 4; ++seed) {
      run_property(program, seed, 400);
    }
  }
}

}  // namespace
}  // namespace aiot
