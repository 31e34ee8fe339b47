// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <sqlite3.h>
#include <sys/resource.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "aiot/link/uplink.hpp"
#include "aiot/record/cbor.hpp"
#include "aiot/record/record.hpp"
#include "aiot/toolkit/record_archive.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

constexpr Stream kStream = Stream::kRoutine;

/// What a device of the protocol does: batches that follow each other.
class Device {
 public:
  /// A batch of the records [first, last], each with `content` in it.
  hal::Batch batch(std::uint64_t first, std::uint64_t last, std::uint64_t content = 0) {
    payload_.clear();
    for (std::uint64_t i = first; i <= last; ++i) {
      record::DecisionRecord record;
      record.stream = kStream;
      record.sequence = i;
      record.sample = 1024 * i + content;
      append(record);
    }
    return sealed(first, last);
  }

  /// A batch that is one gap.
  hal::Batch gap(std::uint64_t first, std::uint64_t last) {
    payload_.clear();
    append(record::GapRecord{kStream, first, last});
    return sealed(first, last);
  }

  /// A batch of a time record and one of a kind that nobody knows yet.
  hal::Batch times(std::uint64_t first) {
    payload_.clear();
    append(record::TimeRecord{
        .stream = kStream, .sequence = first, .frame = 4711, .unix_ms = 1'798'761'600'000});
    std::array<std::byte, 32> bytes{};
    record::Encoder later(bytes);
    later.array(6);
    later.unsigned_integer(17);
    later.null();
    later.unsigned_integer(static_cast<std::uint64_t>(kStream));
    later.unsigned_integer(first + 1);
    later.unsigned_integer(4711);
    later.text("?");
    const Bytes encoded = *later.finish();
    payload_.insert(payload_.end(), encoded.begin(), encoded.end());
    return sealed(first, first + 1);
  }

  /// The acknowledgement has arrived.
  void acknowledged(const BatchReceipt& receipt) { previous = receipt.ack.hash; }

  BatchHash previous{};

 private:
  template <class Record>
  void append(const Record& record) {
    std::array<std::byte, 256> bytes{};
    const auto encoded = record::encode(record, bytes);
    EXPECT_TRUE(encoded.ok());
    payload_.insert(payload_.end(), encoded->begin(), encoded->end());
  }

  hal::Batch sealed(std::uint64_t first, std::uint64_t last) {
    return {.stream = kStream,
            .first = first,
            .last = last,
            .previous = previous,
            .hash = link::hash_batch(previous, payload_),
            .payload = payload_};
  }

  std::vector<std::byte> payload_;
};

class RecordArchiveTest : public ::testing::Test {
 protected:
  RecordArchive open() {
    auto archive = RecordArchive::open(path());
    EXPECT_TRUE(archive.ok()) << (archive.ok() ? "" : archive.problem().text);
    return std::move(*archive);
  }

  [[nodiscard]] std::string path() const { return (folder_.path() / "records.db").string(); }

  /// Takes, and lets the device know.
  BatchReceipt take(const hal::Batch& batch) {
    BatchReceipt receipt = archive_.take("pump-7", batch, ++now_ms_);
    if (receipt.fault == BatchFault::kNone) {
      EXPECT_EQ(receipt.ack.hash, batch.hash);
      EXPECT_EQ(receipt.ack.last, batch.last);
      device_.acknowledged(receipt);
    }
    return receipt;
  }

  test::TempDir folder_;
  RecordArchive archive_ = open();
  Device device_;
  std::int64_t now_ms_ = 1'790'000'000'000;
};

TEST_F(RecordArchiveTest, KeepsEveryRecordOnceAcrossRestarts) {
  EXPECT_EQ(take(device_.batch(0, 4)).stored, 5U);
  EXPECT_EQ(take(device_.batch(5, 5)).stored, 1U);
  archive_ = open();
  EXPECT_EQ(take(device_.batch(6, 9)).stored, 4U);
  std::vector<std::uint64_t> sequences;
  archive_.visit([&](const ArchivedRecord& record) {
    EXPECT_EQ(record.device, "pump-7");
    EXPECT_TRUE(record::decode_decision(record.payload).ok());
    sequences.push_back(record.sequence);
    return true;
  });
  EXPECT_EQ(sequences, (std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  const auto streams = archive_.streams();
  ASSERT_EQ(streams.size(), 1U);
  EXPECT_EQ(streams[0].last, 9U);
  EXPECT_EQ(streams[0].records, 10U);
  EXPECT_EQ(streams[0].gaps + streams[0].holes, 0U);
}

TEST_F(RecordArchiveTest, KeepsTimesAndKindsOfLaterVersions) {
  EXPECT_EQ(take(device_.batch(0, 1)).stored, 2U);
  EXPECT_EQ(take(device_.times(2)).stored, 2U);
  EXPECT_EQ(take(device_.batch(4, 4)).stored, 1U);
  std::vector<std::uint64_t> kinds;
  archive_.visit([&](const ArchivedRecord& record) {
    kinds.push_back(record::decode_header(record.payload)->kind);
    if (kinds.back() == static_cast<std::uint64_t>(record::Kind::kTime)) {
      EXPECT_EQ(record::decode_time(record.payload)->frame, 4711U);
    }
    return true;
  });
  EXPECT_EQ(kinds, (std::vector<std::uint64_t>{1, 1, 3, 17, 1}));
}

TEST_F(RecordArchiveTest, AcknowledgesAgainWhatIsRepeated) {
  const hal::Batch batch = device_.batch(0, 4);
  EXPECT_TRUE(archive_.take("pump-7", batch, 1).fault == BatchFault::kNone);
  const BatchReceipt again = take(batch);
  EXPECT_TRUE(again.fault == BatchFault::kNone);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.stored, 0U);
}

TEST_F(RecordArchiveTest, TakesABatchThatHasGrownBecauseAnAcknowledgementWasLost) {
  EXPECT_TRUE(archive_.take("pump-7", device_.batch(0, 4), 1).fault == BatchFault::kNone);
  EXPECT_EQ(take(device_.batch(0, 7)).stored, 3U);
  EXPECT_EQ(take(device_.batch(8, 8)).stored, 1U);
}

TEST_F(RecordArchiveTest, TakesABatchWhosePartWasEvictedMeanwhile) {
  EXPECT_TRUE(archive_.take("pump-7", device_.batch(0, 4), 1).fault == BatchFault::kNone);
  EXPECT_EQ(take(device_.gap(0, 9)).stored, 1U);
  EXPECT_EQ(archive_.streams()[0].records, 5U);
  EXPECT_EQ(archive_.streams()[0].gaps, 5U);  // 5 to 9: the others are here
  EXPECT_EQ(archive_.streams()[0].last, 9U);
}

TEST_F(RecordArchiveTest, FindsADroppedBatch) {
  (void)take(device_.batch(0, 4));
  const hal::Batch dropped = device_.batch(5, 6);
  device_.previous = dropped.hash;
  EXPECT_TRUE(archive_.take("pump-7", device_.batch(7, 8), 1).fault == BatchFault::kChain);
}

TEST_F(RecordArchiveTest, FindsABatchThatWasChanged) {
  (void)take(device_.batch(0, 4));
  const hal::Batch sent = device_.batch(5, 6);
  Device forger;
  forger.previous = device_.previous;
  const BatchReceipt changed = archive_.take("pump-7", forger.batch(5, 6, 1), 1);
  EXPECT_TRUE(changed.fault == BatchFault::kNone);
  EXPECT_NE(changed.ack.hash, sent.hash);  // which the device does not take for its batch's
  EXPECT_TRUE(archive_.take("pump-7", sent, 1).fault == BatchFault::kConflict);
}

TEST_F(RecordArchiveTest, FindsReplayedAndReorderedBatches) {
  Device early = device_;
  const hal::Batch first = early.batch(0, 4);
  (void)take(device_.batch(0, 4));
  (void)take(device_.batch(5, 6));
  EXPECT_TRUE(archive_.take("pump-7", first, 1).fault == BatchFault::kReplay);
  (void)take(device_.batch(7, 8));
  EXPECT_TRUE(archive_.take("pump-7", first, 1).fault == BatchFault::kReplay);
  EXPECT_EQ(archive_.streams()[0].records, 9U);
}

TEST_F(RecordArchiveTest, FindsRecordsThatNobodyAccountsFor) {
  (void)take(device_.batch(0, 4));
  const BatchReceipt hole = archive_.take("pump-7", device_.batch(7, 8), 1);
  EXPECT_TRUE(hole.fault == BatchFault::kHole);
  EXPECT_EQ(hole.detail, "records 5 to 6");
}

TEST_F(RecordArchiveTest, RefusesABatchThatIsNotWhatItSays) {
  hal::Batch batch = device_.batch(0, 4);
  batch.last = 5;
  EXPECT_TRUE(archive_.take("pump-7", batch, 1).fault == BatchFault::kRange);
  batch = device_.batch(0, 4);
  batch.first = 1;
  EXPECT_TRUE(archive_.take("pump-7", batch, 1).fault == BatchFault::kRange);
  batch = device_.batch(0, 4);
  batch.stream = Stream::kUrgent;
  EXPECT_TRUE(archive_.take("pump-7", batch, 1).fault == BatchFault::kPayload);
  batch = device_.batch(0, 4);
  batch.payload = batch.payload.first(batch.payload.size() - 1);
  EXPECT_TRUE(archive_.take("pump-7", batch, 1).fault == BatchFault::kPayload);
  batch.payload = {};
  EXPECT_TRUE(archive_.take("pump-7", batch, 1).fault == BatchFault::kRange);
  EXPECT_TRUE(archive_.streams().empty());
}

TEST_F(RecordArchiveTest, ANewPastIsTakenOnlyWhenSomebodySaysSo) {
  (void)take(device_.batch(0, 4));
  Device other;
  other.previous.fill(std::byte{7});
  EXPECT_TRUE(archive_.take("pump-7", other.batch(9, 9), 1).fault == BatchFault::kChain);
  EXPECT_TRUE(archive_.rejoin("pump-7", kStream));
  EXPECT_TRUE(archive_.take("pump-7", other.batch(9, 9), 1).fault == BatchFault::kNone);
  EXPECT_EQ(archive_.streams()[0].holes, 4U);
  other.previous.fill(std::byte{8});
  EXPECT_TRUE(archive_.take("pump-7", other.batch(10, 10), 1).fault == BatchFault::kChain);
}

TEST_F(RecordArchiveTest, DoesNotMixRecordsOfADeviceThatCountsAnew) {
  (void)take(device_.batch(0, 4));
  EXPECT_TRUE(archive_.rejoin("pump-7", kStream));
  Device fresh;
  const BatchReceipt receipt = archive_.take("pump-7", fresh.batch(0, 2, 5), 1);
  EXPECT_TRUE(receipt.fault == BatchFault::kConflict);
  EXPECT_NE(receipt.detail.find("another id"), std::string::npos);
}

TEST_F(RecordArchiveTest, KnowsDevicesAndStreamsApart) {
  (void)take(device_.batch(0, 4));
  Device other;
  EXPECT_TRUE(archive_.take("pump-8", other.batch(0, 2), 1).fault == BatchFault::kNone);
  ASSERT_EQ(archive_.streams().size(), 2U);
  EXPECT_EQ(archive_.streams()[1].last, 2U);
}

TEST_F(RecordArchiveTest, OfAWindowTheFirstBatchHasToComeFirst) {
  Device early = device_;
  const hal::Batch second = early.batch(5, 9);
  // The first batch of the device is still on its way: acknowledging the second would lose it.
  EXPECT_TRUE(archive_.take("pump-7", second, 1).fault == BatchFault::kHole);
  EXPECT_TRUE(archive_.take("pump-7", device_.batch(0, 4), 1).fault == BatchFault::kNone);
  EXPECT_TRUE(archive_.take("pump-7", second, 1).fault == BatchFault::kNone);
  EXPECT_EQ(archive_.streams()[0].records, 10U);
  EXPECT_EQ(archive_.streams()[0].begin, 0U);
}

TEST_F(RecordArchiveTest, AcknowledgesEveryBatchThatMayStillBeInFlight) {
  Device second_device;
  Device third_device;
  const hal::Batch first = device_.batch(0, 4);
  const hal::Batch second = second_device.batch(5, 9);
  const hal::Batch third = third_device.batch(10, 14);
  for (const hal::Batch& batch : {first, second, third}) {
    EXPECT_EQ(archive_.take("pump-7", batch, 1).stored, 5U);
  }
  // Only the acknowledgement of the first came through, then all are offered again.
  Device fourth_device;
  fourth_device.previous = first.hash;
  EXPECT_EQ(archive_.take("pump-7", fourth_device.batch(15, 19), 1).stored, 5U);
  EXPECT_TRUE(archive_.take("pump-7", second, 1).repeated);
  EXPECT_TRUE(archive_.take("pump-7", third, 1).repeated);
  EXPECT_TRUE(archive_.take("pump-7", first, 1).fault == BatchFault::kReplay);
  // A late acknowledgement of the third from the time before.
  Device fifth_device;
  fifth_device.previous = third.hash;
  EXPECT_EQ(archive_.take("pump-7", fifth_device.batch(20, 20), 1).stored, 1U);
  EXPECT_EQ(archive_.streams()[0].records, 21U);
}

// The second batch is repeated with other content, because records of it were evicted; it comes
// behind the third. What the device then calls acknowledged is what ends furthest, not what came
// last.
TEST_F(RecordArchiveTest, TellsWhatIsNewerBySequenceNotByArrival) {
  Device third_device;
  Device again_device;
  const hal::Batch first = device_.batch(0, 4);
  const hal::Batch third = third_device.batch(10, 14);
  EXPECT_EQ(archive_.take("pump-7", first, 1).stored, 5U);
  EXPECT_EQ(archive_.take("pump-7", Device(device_).batch(5, 9), 1).stored, 5U);
  EXPECT_EQ(archive_.take("pump-7", third, 1).stored, 5U);
  again_device.previous = first.hash;
  const hal::Batch again = again_device.gap(5, 9);
  EXPECT_EQ(archive_.take("pump-7", again, 1).stored, 0U);
  // Its acknowledgement arrives, and a new batch names it; then that of the third, which is newer.
  Device fourth_device;
  fourth_device.previous = again.hash;
  EXPECT_EQ(archive_.take("pump-7", fourth_device.batch(15, 15), 1).stored, 1U);
  EXPECT_TRUE(archive_.take("pump-7", third, 1).repeated);
  Device fifth_device;
  fifth_device.previous = third.hash;
  EXPECT_EQ(archive_.take("pump-7", fifth_device.batch(16, 16), 1).stored, 1U);
  EXPECT_TRUE(archive_.take("pump-7", again, 1).fault == BatchFault::kReplay);
  EXPECT_EQ(archive_.streams()[0].records, 17U);
}

TEST_F(RecordArchiveTest, ARecordThatWasGivenUpAndComesAfterAllIsNoGap) {
  EXPECT_TRUE(archive_.take("pump-7", device_.gap(0, 9), 1).fault == BatchFault::kNone);
  EXPECT_EQ(archive_.streams()[0].gaps, 10U);
  // No acknowledgement arrived, and after a restart some of them are readable.
  Device restarted;
  EXPECT_EQ(archive_.take("pump-7", restarted.batch(0, 3), 1).stored, 4U);
  EXPECT_EQ(archive_.streams()[0].gaps, 6U);
  EXPECT_EQ(archive_.streams()[0].records, 4U);
}

TEST_F(RecordArchiveTest, ADeviceThatHasDeliveredElsewhereJoinsOnlyWhenSomebodySaysSo) {
  device_.previous.fill(std::byte{7});
  EXPECT_TRUE(archive_.take("pump-7", device_.batch(9, 9), 1).fault == BatchFault::kChain);
  EXPECT_TRUE(archive_.rejoin("pump-7", kStream));
  EXPECT_TRUE(archive_.streams().empty());
  EXPECT_EQ(take(device_.batch(9, 9)).stored, 1U);
  EXPECT_EQ(take(device_.batch(10, 10)).stored, 1U);
  ASSERT_EQ(archive_.streams().size(), 1U);
  EXPECT_EQ(archive_.streams()[0].begin, 9U);
  EXPECT_EQ(archive_.streams()[0].holes, 0U);
}

TEST_F(RecordArchiveTest, RecordsOfAHoleThatComeAfterAllAreKept) {
  (void)take(device_.batch(0, 4));
  Device late = device_;
  const hal::Batch held_up = late.batch(5, 6);
  EXPECT_TRUE(archive_.rejoin("pump-7", kStream));
  // What comes next is taken; its acknowledgement is still on its way.
  Device ahead = device_;
  EXPECT_EQ(archive_.take("pump-7", ahead.batch(7, 8), 1).stored, 2U);
  EXPECT_EQ(archive_.streams()[0].holes, 2U);
  ASSERT_EQ(archive_.ranges().size(), 1U);
  EXPECT_TRUE(archive_.ranges()[0].is_hole);
  EXPECT_EQ(archive_.take("pump-7", held_up, 1).stored, 2U);
  EXPECT_EQ(archive_.streams()[0].holes, 0U);
  EXPECT_EQ(archive_.streams()[0].records, 9U);
}

TEST_F(RecordArchiveTest, WhatComesBeforeTheFirstOneThatJoinedIsKeptAndTheRestMissed) {
  device_.previous.fill(std::byte{7});
  Device late = device_;
  EXPECT_TRUE(archive_.rejoin("pump-7", kStream));
  EXPECT_EQ(archive_.take("pump-7", device_.batch(9, 9), 1).stored, 1U);
  EXPECT_EQ(archive_.take("pump-7", late.batch(3, 5), 1).stored, 3U);
  EXPECT_EQ(archive_.streams()[0].begin, 3U);
  EXPECT_EQ(archive_.streams()[0].holes, 3U);
  EXPECT_EQ(archive_.take("pump-7", late.batch(6, 8), 1).stored, 3U);
  EXPECT_EQ(archive_.streams()[0].holes, 0U);
}

TEST_F(RecordArchiveTest, RefusesABatchOfWhatItCallsAcknowledged) {
  (void)take(device_.batch(0, 4));
  EXPECT_TRUE(archive_.take("pump-7", device_.batch(3, 6), 1).fault == BatchFault::kReplay);
}

TEST_F(RecordArchiveTest, TwoProcessesShareOneArchive) {
  RecordArchive other = open();
  const hal::Batch batch = device_.batch(0, 4);
  EXPECT_EQ(other.take("pump-7", batch, 1).stored, 5U);
  EXPECT_TRUE(take(batch).repeated);
  EXPECT_EQ(take(device_.batch(5, 6)).stored, 2U);
  EXPECT_EQ(other.streams()[0].records, 7U);
}

TEST_F(RecordArchiveTest, AFullDiskLosesNothing) {
  (void)take(device_.batch(0, 4));

  struct rlimit limit {};

  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  (void)std::signal(SIGXFSZ, SIG_IGN);

  const struct rlimit full { std::filesystem::file_size(path() + "-wal"), limit.rlim_max };

  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
  const BatchReceipt receipt = archive_.take("pump-7", device_.batch(5, 60), 1);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  EXPECT_TRUE(receipt.fault == BatchFault::kDisk);
  EXPECT_FALSE(receipt.detail.empty());
  EXPECT_EQ(archive_.streams()[0].records, 5U);
  EXPECT_EQ(take(device_.batch(5, 60)).stored, 56U);
}

// What can not be read is not unknown: a device would be told to begin anew.
TEST_F(RecordArchiveTest, ADiskThatCanNotBeReadIsNoFaultOfTheDevice) {
  (void)take(device_.batch(0, 4));
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path().c_str(), &database), SQLITE_OK);
  const auto run = [database](const char* sql) {
    return sqlite3_exec(database, sql, nullptr, nullptr, nullptr);
  };
  for (const auto& [away, back] :
       {std::pair{"ALTER TABLE stream RENAME TO away", "ALTER TABLE away RENAME TO stream"},
        std::pair{"ALTER TABLE batch RENAME TO away", "ALTER TABLE away RENAME TO batch"}}) {
    ASSERT_EQ(run(away), SQLITE_OK);
    const BatchReceipt receipt = archive_.take("pump-7", device_.batch(5, 9), 1);
    EXPECT_TRUE(receipt.fault == BatchFault::kDisk) << to_string(receipt.fault);
    EXPECT_NE(receipt.detail.find("no such table"), std::string::npos) << receipt.detail;
    ASSERT_EQ(run(back), SQLITE_OK);
  }
  (void)sqlite3_close(database);
  EXPECT_EQ(take(device_.batch(5, 9)).stored, 5U);
}

// Nor is it a fault of the disk when a device says that it has made more records than can be.
TEST_F(RecordArchiveTest, RefusesSequencesThatItCanNotCount) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 63U;
  for (const std::uint64_t last : {kMost, std::numeric_limits<std::uint64_t>::max()}) {
    for (int again = 0; again < 2; ++again) {
      EXPECT_TRUE(archive_.take("pump-7", device_.gap(0, last), 1).fault == BatchFault::kRange);
    }
  }
  EXPECT_TRUE(archive_.streams().empty());
  EXPECT_EQ(take(device_.gap(0, kMost - 1)).stored, 1U);
  EXPECT_EQ(archive_.streams()[0].last, kMost - 1);
}

TEST_F(RecordArchiveTest, SaysWhyAFileIsNoArchive) {
  const auto problem = [](const std::string& path) {
    const auto archive = RecordArchive::open(path);
    return archive.ok() ? std::string() : archive.problem().text;
  };
  EXPECT_NE(problem((folder_.path() / "no" / "folder").string()).find("unable to open"),
            std::string::npos);
  const std::string text = (folder_.path() / "text").string();
  std::ofstream(text) << std::string(4096, 'x');
  EXPECT_NE(problem(text).find("not a database"), std::string::npos);
  EXPECT_FALSE(RecordArchive::is_archive(text));
  EXPECT_TRUE(RecordArchive::is_archive(path()));
  const std::string other = (folder_.path() / "other.db").string();
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(other.c_str(), &database), SQLITE_OK);
  (void)sqlite3_exec(database, "CREATE TABLE t (x)", nullptr, nullptr, nullptr);
  (void)sqlite3_close(database);
  EXPECT_NE(problem(other).find("something else"), std::string::npos);
  ASSERT_EQ(sqlite3_open(path().c_str(), &database), SQLITE_OK);
  (void)sqlite3_exec(database, "PRAGMA user_version = 9", nullptr, nullptr, nullptr);
  (void)sqlite3_close(database);
  EXPECT_NE(problem(path()).find("newer"), std::string::npos);
  EXPECT_FALSE(RecordArchive::open_to_read((folder_.path() / "none.db").string()).ok());
}

}  // namespace
}  // namespace aiot::toolkit
