// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Samples in, records out, as a gateway sees it.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "aiot/aiot.h"
#include "aiot/crypto/sha256.hpp"
#include "aiot/record/record.hpp"
#include "tests/capi/rig.hpp"

namespace aiot::test {
namespace {

constexpr std::uint32_t kSecond = 25 * Rig::kChunk;

/// The chain of hashes as aiot.h says it.
BatchHash chain(const BatchHash& before, const std::string& bytes) {
  crypto::Sha256 sha;
  sha.update(before);
  sha.update(as_bytes(bytes.data(), bytes.size()));
  const Hash256 full = sha.finish();
  BatchHash hash{};
  std::copy_n(full.begin(), hash.size(), hash.begin());
  return hash;
}

aiot_cursor cursor_of(Rig& rig, int stream) {
  auto cursor = made<aiot_cursor>();
  EXPECT_EQ(aiot_get_cursor(rig.device(), stream, &cursor), AIOT_OK);
  return cursor;
}

std::vector<Given> of_stream(const std::vector<Given>& all, int stream) {
  std::vector<Given> some;
  for (const Given& given : all) {
    if (given.stream == stream) {
      some.push_back(given);
    }
  }
  return some;
}

TEST(CApiRecords, GivesEveryRecordOnceMostUrgentStreamFirstAndInOrder) {
  CFlash flash;
  Rig rig(flash.store());
  ASSERT_EQ(rig.load(), AIOT_OK);
  ASSERT_GT(rig.listen(40 * kSecond), AIOT_IDLE);
  const std::vector<Given> all = rig.take_all();
  EXPECT_EQ(all.size(), rig.stats().records);
  EXPECT_EQ(rig.stats().waiting, all.size()) << "given is not acknowledged";
  for (std::size_t i = 1; i < all.size(); ++i) {
    const bool next_stream = all[i].stream > all[i - 1].stream;
    EXPECT_TRUE(next_stream
                    ? all[i].first == 0
                    : all[i].stream == all[i - 1].stream && all[i].first == all[i - 1].last + 1);
  }
  EXPECT_EQ(all.back().kind, AIOT_KIND_CONTEXT);
  EXPECT_EQ(all.back().stream, AIOT_STREAM_BULK);
  EXPECT_TRUE(rig.take_all().empty()) << "once";
}

TEST(CApiRecords, ADecisionCanBeReadWithoutADecoder) {
  CFlash flash;
  Rig rig(flash.store());
  ASSERT_EQ(rig.load(), AIOT_OK);
  ASSERT_GT(rig.listen(40 * kSecond), AIOT_IDLE);
  std::string last;
  for (const Given& given : of_stream(rig.take_all(), AIOT_STREAM_URGENT)) {
    auto decision = made<aiot_decision>();
    ASSERT_EQ(aiot_read_decision(given.bytes.data(), given.bytes.size(), &decision), AIOT_OK);
    EXPECT_EQ(decision.stream, given.stream);
    EXPECT_EQ(decision.sequence, given.first);
    const auto view = record::decode_decision(as_bytes(given.bytes.data(), given.bytes.size()));
    ASSERT_TRUE(view.ok());
    EXPECT_EQ(decision.frame, view->sample);
    EXPECT_EQ(decision.flags, view->flags);
    ASSERT_EQ(decision.features, view->features());
    EXPECT_GT(decision.features, 0U);
    EXPECT_EQ(decision.feature[0], view->feature(0));
    last = aiot_label(rig.device(), decision.label);
  }
  EXPECT_EQ(last, "bearing");
}

TEST(CApiRecords, WhatWasNotAcknowledgedComesAgainAfterARestartWithTheSameBytes) {
  CFlash flash;
  std::vector<Given> given;
  {
    Rig rig(flash.store());
    ASSERT_EQ(rig.load(), AIOT_OK);
    ASSERT_GT(rig.listen(40 * kSecond), AIOT_IDLE);
    given = of_stream(rig.take_all(), AIOT_STREAM_URGENT);
    ASSERT_GT(given.size(), 10U);
    EXPECT_EQ(aiot_acknowledge(rig.device(), AIOT_STREAM_URGENT, 4), AIOT_OK);
  }
  Rig rig(flash.store());
  ASSERT_EQ(rig.load(), AIOT_OK);
  EXPECT_EQ(rig.stats().starts, 2U);
  const std::vector<Given> again = of_stream(rig.take_all(), AIOT_STREAM_URGENT);
  EXPECT_EQ(again, std::vector<Given>(given.begin() + 5, given.end()));
  EXPECT_GT(rig.listen(4 * kSecond), AIOT_IDLE);
  const std::vector<Given> newer = rig.take_all();
  ASSERT_FALSE(newer.empty());
  EXPECT_EQ(newer[0].first, given.size()) << "sequences go on";
}

TEST(CApiRecords, RewindGivesTheUnacknowledgedOnesAgain) {
  CFlash flash;
  Rig rig(flash.store());
  ASSERT_EQ(rig.load(), AIOT_OK);
  ASSERT_GT(rig.listen(40 * kSecond), AIOT_IDLE);
  const std::vector<Given> all = rig.take_all();
  EXPECT_EQ(aiot_rewind(rig.device()), AIOT_OK);
  EXPECT_EQ(rig.take_all(), all);
  EXPECT_EQ(aiot_acknowledge(rig.device(), AIOT_STREAM_URGENT, 2), AIOT_OK);
  EXPECT_EQ(aiot_rewind(rig.device()), AIOT_OK);
  EXPECT_EQ(rig.take_all(), std::vector<Given>(all.begin() + 3, all.end()));
}

TEST(CApiRecords, AnAcknowledgementAheadOfTheReaderMovesItOn) {
  CFlash flash;
  {
    Rig rig(flash.store());
    ASSERT_EQ(rig.load(), AIOT_OK);
    ASSERT_GT(rig.listen(40 * kSecond), AIOT_IDLE);
  }
  Rig rig(flash.store());
  ASSERT_EQ(rig.load(), AIOT_OK);
  EXPECT_EQ(aiot_acknowledge(rig.device(), AIOT_STREAM_URGENT, 7), AIOT_OK)
      << "given before the restart";
  const std::vector<Given> urgent = of_stream(rig.take_all(), AIOT_STREAM_URGENT);
  ASSERT_FALSE(urgent.empty());
  EXPECT_EQ(urgent[0].first, 8U);
}

TEST(CApiRecords, AcknowledgesNothingThatDoesNotExistAndNothingTwice) {
  CFlash flash;
  aiot_store store = flash.store();
  store.queue[AIOT_STREAM_BULK].size = 0;
  Rig rig(store);
  ASSERT_EQ(rig.load(), AIOT_OK);
  ASSERT_GT(rig.listen(40 * kSecond), AIOT_IDLE);
  const std::uint64_t end = of_stream(rig.take_all(), AIOT_STREAM_URGENT).back().last;
  EXPECT_EQ(aiot_acknowledge(rig.device(), AIOT_STREAM_URGENT, end + 1), AIOT_OUT_OF_RANGE);
  EXPECT_EQ(aiot_acknowledge(rig.device(), AIOT_STREAM_URGENT, UINT64_MAX), AIOT_OUT_OF_RANGE);
  EXPECT_EQ(aiot_acknowledge(rig.device(), AIOT_STREAM_BULK, 0), AIOT_UNSUPPORTED);
  EXPECT_EQ(cursor_of(rig, AIOT_STREAM_URGENT).next, 0U);
  EXPECT_EQ(aiot_acknowledge(rig.device(), AIOT_STREAM_URGENT, 3), AIOT_OK);
  const aiot_cursor before = cursor_of(rig, AIOT_STREAM_URGENT);
  EXPECT_EQ(before.next, 4U);
  EXPECT_EQ(aiot_acknowledge(rig.device(), AIOT_STREAM_URGENT, 3), AIOT_OK);
  EXPECT_EQ(aiot_acknowledge(rig.device(), AIOT_STREAM_URGENT, 1), AIOT_OK);
  const aiot_cursor after = cursor_of(rig, AIOT_STREAM_URGENT);
  EXPECT_EQ(after.next, 4U);
  EXPECT_EQ(std::memcmp(before.hash, after.hash, sizeof before.hash), 0);
}

TEST(CApiRecords, TheChainOfHashesIsThatOfTheRecordsThatWereGiven) {
  CFlash flash;
  Rig rig(flash.store());
  ASSERT_EQ(rig.load(), AIOT_OK);
  ASSERT_GT(rig.listen(40 * kSecond), AIOT_IDLE);
  const std::vector<Given> urgent = of_stream(rig.take_all(), AIOT_STREAM_URGENT);
  BatchHash head{};
  std::size_t at = 0;
  for (const std::size_t end : {std::size_t{1}, std::size_t{6}, urgent.size()}) {
    std::string bytes;
    for (; at < end; ++at) {
      bytes += urgent[at].bytes;
    }
    head = chain(head, bytes);
    ASSERT_EQ(aiot_acknowledge(rig.device(), AIOT_STREAM_URGENT, urgent[at - 1].last), AIOT_OK);
    const aiot_cursor cursor = cursor_of(rig, AIOT_STREAM_URGENT);
    EXPECT_EQ(std::memcmp(cursor.hash, head.data(), head.size()), 0);
  }
}

TEST(CApiRecords, DroppedRecordsAreAGapThatCanBeAcknowledged) {
  CFlash flash;
  aiot_store store = flash.store();
  store.queue[AIOT_STREAM_URGENT].size = 3 * CFlash::kSector;
  Rig rig(store);
  ASSERT_EQ(rig.load(), AIOT_OK);
  ASSERT_GT(rig.listen(140 * kSecond), AIOT_IDLE);
  const std::vector<Given> urgent = of_stream(rig.take_all(), AIOT_STREAM_URGENT);
  ASSERT_GT(urgent.size(), 1U);
  EXPECT_EQ(urgent[0].kind, AIOT_KIND_GAP);
  EXPECT_EQ(urgent[0].first, 0U);
  EXPECT_EQ(urgent[1].first, urgent[0].last + 1);
  const auto gap = record::decode_gap(as_bytes(urgent[0].bytes.data(), urgent[0].bytes.size()));
  ASSERT_TRUE(gap.ok());
  EXPECT_EQ(gap->last, urgent[0].last);
  auto stats = made<aiot_stream_stats>();
  ASSERT_EQ(aiot_get_stream_stats(rig.device(), AIOT_STREAM_URGENT, &stats), AIOT_OK);
  EXPECT_EQ(stats.dropped, urgent[0].last + 1);
  EXPECT_EQ(stats.next_sequence, urgent.back().last + 1);

  EXPECT_EQ(aiot_acknowledge(rig.device(), AIOT_STREAM_URGENT, urgent[0].last - 1), AIOT_OK);
  std::array<std::byte, record::kMaxGapBytes> room{};
  const auto part = record::encode(record::GapRecord{Stream::kUrgent, 0, gap->last - 1}, room);
  ASSERT_TRUE(part.ok());
  const BatchHash head = chain({}, {reinterpret_cast<const char*>(part->data()), part->size()});
  const aiot_cursor cursor = cursor_of(rig, AIOT_STREAM_URGENT);
  EXPECT_EQ(std::memcmp(cursor.hash, head.data(), head.size()), 0);
  EXPECT_EQ(aiot_rewind(rig.device()), AIOT_OK);
  const std::vector<Given> rest = of_stream(rig.take_all(), AIOT_STREAM_URGENT);
  EXPECT_EQ(rest[0].kind, AIOT_KIND_GAP);
  EXPECT_EQ(rest[0].first, urgent[0].last) << "a gap can be acknowledged in parts";
  EXPECT_EQ(aiot_acknowledge(rig.device(), AIOT_STREAM_URGENT, urgent.back().last), AIOT_OK);
  EXPECT_EQ(cursor_of(rig, AIOT_STREAM_URGENT).next, urgent.back().last + 1);
}

TEST(CApiRecords, ABufferThatIsTooSmallKeepsTheRecordAndSaysWhatIsEnough) {
  CFlash flash;
  Rig rig(flash.store());
  ASSERT_EQ(rig.load(), AIOT_OK);
  auto record = made<aiot_record>();
  std::string small(10, '\0');
  EXPECT_EQ(aiot_next_record(rig.device(), nullptr, 0, &record), AIOT_NO_SPACE);
  EXPECT_EQ(aiot_next_record(rig.device(), small.data(), small.size(), &record), AIOT_NO_SPACE);
  EXPECT_EQ(record.size, aiot_max_record_size(rig.device()));
  std::string enough(record.size, '\0');
  EXPECT_EQ(aiot_next_record(rig.device(), enough.data(), enough.size(), &record), AIOT_OK);
  EXPECT_EQ(record.kind, AIOT_KIND_CONTEXT);
  EXPECT_EQ(record.first, 0U);
  const std::size_t size = record.size;
  EXPECT_EQ(aiot_next_record(rig.device(), enough.data(), enough.size(), &record), AIOT_EMPTY);
  EXPECT_EQ(record.size, size) << "where there is none, the last one stays";
  EXPECT_EQ(record.stream, AIOT_STREAM_BULK);
}

TEST(CApiRecords, AnAcknowledgementThatCanNotBeKeptChangesNothing) {
  CFlash flash;
  Rig rig(flash.store());
  ASSERT_EQ(rig.load(), AIOT_OK);
  ASSERT_GT(rig.listen(40 * kSecond), AIOT_IDLE);
  flash.fails = AIOT_IO;
  EXPECT_EQ(aiot_acknowledge(rig.device(), AIOT_STREAM_URGENT, 3), AIOT_IO);
  auto record = made<aiot_record>();
  std::string buffer(aiot_max_record_size(rig.device()), '\0');
  EXPECT_EQ(aiot_next_record(rig.device(), buffer.data(), buffer.size(), &record), AIOT_IO);
  flash.fails = AIOT_OK;
  EXPECT_EQ(aiot_acknowledge(rig.device(), AIOT_STREAM_URGENT, 3), AIOT_OK);
  EXPECT_EQ(of_stream(rig.take_all(), AIOT_STREAM_URGENT)[0].first, 4U);
}

TEST(CApiSamples, AStoreThatFailsIsToldAndTheRecordIsTriedAgain) {
  CFlash flash;
  Rig rig(flash.store());
  ASSERT_EQ(rig.load(), AIOT_OK);
  flash.fails = AIOT_IO;
  while (rig.stats().pipeline_errors == 0) {
    ASSERT_NE(rig.listen(Rig::kChunk), AIOT_RECORDED);
  }
  EXPECT_EQ(rig.stats().last_error, AIOT_IO);
  flash.fails = AIOT_OK;
  EXPECT_EQ(aiot_step(rig.device(), rig.now()), AIOT_RECORDED);
}

TEST(CApiSamples, AFullStreamThatRefusesIsToldAndGoesOnWhenItIsAcknowledged) {
  CFlash flash;
  aiot_store store = flash.store();
  store.queue[AIOT_STREAM_URGENT].size = 3 * CFlash::kSector;
  Rig rig(store,
          [](aiot_config& config) { config.on_full[AIOT_STREAM_URGENT] = AIOT_REFUSE_NEWEST; });
  ASSERT_EQ(rig.load(), AIOT_OK);
  EXPECT_EQ(rig.listen(200 * kSecond), AIOT_NO_SPACE);
  const std::vector<Given> urgent = of_stream(rig.take_all(), AIOT_STREAM_URGENT);
  EXPECT_EQ(urgent[0].kind, AIOT_KIND_DECISION) << "nothing was dropped";
  EXPECT_EQ(aiot_acknowledge(rig.device(), AIOT_STREAM_URGENT, urgent.back().last), AIOT_OK);
  EXPECT_EQ(aiot_step(rig.device(), rig.now()), AIOT_RECORDED);
}

TEST(CApiSamples, TakesWhatFitsAndNoHalfFrame) {
  CFlash flash;
  Rig rig(flash.store(), [](aiot_config& config) {
    config.axes = 3;
    const_cast<aiot_limits*>(config.limits)->ring_frames = 100;
  });
  // No package for three axes is shipped: of one that has another number of axes nothing is taken.
  EXPECT_EQ(rig.load(), AIOT_INVALID_ARGUMENT);

  CFlash other;
  Rig narrow(other.store(), [](aiot_config& config) {
    const_cast<aiot_limits*>(config.limits)->ring_frames = 1000;
  });
  ASSERT_EQ(narrow.load(), AIOT_OK);
  const std::vector<std::int16_t> samples(5000, 7);
  EXPECT_EQ(aiot_push(narrow.device(), samples.data(), samples.size()), 1024);
  EXPECT_EQ(aiot_push(narrow.device(), samples.data(), samples.size()), 0);
  EXPECT_EQ(aiot_step(narrow.device(), 0), AIOT_IDLE) << "half of a window";
  EXPECT_EQ(aiot_push(narrow.device(), samples.data(), 10), 10);
}

TEST(CApiSamples, LostFramesAreAGapAndCount) {
  CFlash flash;
  Rig rig(flash.store());
  ASSERT_EQ(rig.load(), AIOT_OK);
  ASSERT_GT(rig.listen(2 * kSecond), AIOT_IDLE);
  EXPECT_EQ(aiot_lost(rig.device(), 1000), AIOT_OK);
  ASSERT_GT(rig.listen(2 * kSecond), AIOT_IDLE);
  EXPECT_EQ(rig.stats().gaps, 1U);
  EXPECT_EQ(rig.stats().frames % Rig::kChunk, 1000U % Rig::kChunk);
}

TEST(CApiSamples, OneThreadMayPushWhileAnotherSteps) {
  CFlash flash;
  Rig rig(flash.store());
  ASSERT_EQ(rig.load(), AIOT_OK);
  constexpr std::size_t kFrames = 200'000;
  std::atomic<bool> done{false};
  std::thread producer([&rig, &done] {
    const std::vector<std::int16_t> samples(1000, 100);
    for (std::size_t sent = 0; sent < kFrames;) {
      const int taken = aiot_push(rig.device(), samples.data(), samples.size());
      sent += taken > 0 ? static_cast<std::size_t>(taken) : 0;
      std::this_thread::yield();
    }
    done = true;
  });
  int result = AIOT_IDLE;
  while (!done || result > 0) {
    result = aiot_step(rig.device(), 0);
  }
  producer.join();
  while (aiot_step(rig.device(), 0) > 0) {
  }
  EXPECT_GE(rig.stats().frames, kFrames);
}

TEST(CApiTime, SaysWhichFrameWasTakenWhenOnceItIsTold) {
  constexpr std::int64_t kThen = 1'800'000'000'000;  // UTC of time 0 of this process
  CFlash flash;
  Rig rig(flash.store());
  ASSERT_EQ(rig.load(), AIOT_OK);
  ASSERT_GT(rig.listen(5 * kSecond), AIOT_IDLE);
  for (const Given& given : rig.take_all()) {
    EXPECT_NE(given.kind, AIOT_KIND_TIME);
  }
  EXPECT_EQ(aiot_set_time(rig.device(), rig.now(), kThen + rig.now() / 1000, 20), AIOT_OK);
  ASSERT_GT(rig.listen(kSecond), AIOT_IDLE);
  std::size_t times = 0;
  for (const Given& given : rig.take_all()) {
    if (given.kind == AIOT_KIND_TIME) {
      ++times;
      const auto time = record::decode_time(as_bytes(given.bytes.data(), given.bytes.size()));
      ASSERT_TRUE(time.ok());
      const double ms = static_cast<double>(time->frame) / 12.8;
      const double told = static_cast<double>(time->unix_ms) - static_cast<double>(kThen);
      const auto give_or_take = static_cast<double>(time->uncertainty_ms);
      EXPECT_GE(give_or_take, 20.0);
      EXPECT_LE(give_or_take, 100.0);
      EXPECT_NEAR(told, ms, give_or_take);
    }
  }
  EXPECT_GE(times, 1U);
}

TEST(CApiDevice, AnotherPackageTakesOverWithoutARestart) {
  CFlash flash;
  Rig rig(flash.store(), [](aiot_config& config) { config.site = "hall 3"; });
  ASSERT_EQ(rig.load(), AIOT_OK);
  ASSERT_GT(rig.listen(2 * kSecond), AIOT_IDLE);
  EXPECT_STREQ(aiot_label(rig.device(), 1), "imbalance");
  EXPECT_EQ(rig.load(shipped_package("sense")), AIOT_OK);
  EXPECT_EQ(rig.load("garbage"), AIOT_CORRUPT) << "and what runs goes on";
  ASSERT_GT(rig.listen(2 * kSecond), AIOT_IDLE);
  EXPECT_EQ(rig.load(), AIOT_OK);
  ASSERT_GT(rig.listen(2 * kSecond), AIOT_IDLE);
  EXPECT_EQ(rig.stats().starts, 1U);
  std::size_t contexts = 0;
  for (const Given& given : rig.take_all()) {
    contexts += given.kind == AIOT_KIND_CONTEXT ? 1 : 0;
    EXPECT_TRUE(given.kind != AIOT_KIND_CONTEXT || given.bytes.find("hall 3") != std::string::npos);
  }
  EXPECT_EQ(contexts, 3U);
}

TEST(CApiDevice, LearnsTheMachineAndKnowsItAfterARestart) {
  CFlash flash;
  {
    Rig rig(flash.store());
    ASSERT_EQ(rig.load(), AIOT_OK);
    EXPECT_EQ(rig.stats().has_baseline, 0U);
    EXPECT_EQ(aiot_commission(rig.device(), 50), AIOT_OK);
    EXPECT_EQ(rig.stats().commissioning, 1U);
    EXPECT_EQ(rig.load(), AIOT_WOULD_BLOCK);
    ASSERT_GE(rig.listen(40 * kSecond), AIOT_IDLE);
    EXPECT_EQ(rig.stats().commissioning, 0U);
    EXPECT_EQ(rig.stats().has_baseline, 1U);
  }
  Rig rig(flash.store());
  ASSERT_EQ(rig.load(), AIOT_OK);
  EXPECT_EQ(rig.stats().has_baseline, 1U);
}

TEST(CApiDevice, APackageThatLooksAtABearingGetsIt) {
  CFlash flash;
  auto machine = made<aiot_machine>();
  machine.bearing_name = "6205";
  machine.speed_rpm = 1797.0F;
  machine.balls = 9;
  machine.ball_diameter = 7.94F;
  machine.pitch_diameter = 39.04F;
  Rig rig(flash.store(), [&machine](aiot_config& config) { config.machine = &machine; });
  ASSERT_EQ(rig.load(shipped_package("bearing")), AIOT_OK);
  EXPECT_GE(rig.listen(10 * kSecond), AIOT_IDLE);
  const std::vector<Given> all = rig.take_all();
  EXPECT_NE(all.back().bytes.find("6205"), std::string::npos);
}

TEST(CApiDevice, TwoDevicesShareNothing) {
  CFlash first_flash;
  CFlash second_flash;
  Rig first(first_flash.store());
  Rig second(second_flash.store(), [](aiot_config& config) { config.device_id = "other"; });
  ASSERT_EQ(first.load(), AIOT_OK);
  ASSERT_EQ(second.load(), AIOT_OK);
  ASSERT_GT(first.listen(30 * kSecond), AIOT_IDLE);
  EXPECT_EQ(second.stats().windows, 0U);
  EXPECT_EQ(second.take_all().size(), 1U);
  CFlash alone_flash;
  Rig alone(alone_flash.store());
  ASSERT_EQ(alone.load(), AIOT_OK);
  ASSERT_GT(alone.listen(30 * kSecond), AIOT_IDLE);
  EXPECT_EQ(first.take_all(), alone.take_all()) << "same in, same out, whatever else is there";
}

TEST(CApiDirectory, KeepsRecordsThatTheCommandCanRead) {
  const TempDir folder;
  const std::string path = folder / "store";
  std::vector<unsigned char> memory(aiot_directory_size() + 1);
  for (std::uint32_t start = 1; start <= 2; ++start) {
    auto store = made<aiot_store>();
    aiot_directory* directory = nullptr;
    ASSERT_EQ(aiot_directory_open(&memory[1],
                                  aiot_directory_size(),
                                  path.c_str(),
                                  100'000,
                                  &store,
                                  &directory,
                                  nullptr,
                                  0),
              AIOT_OK);
    EXPECT_EQ(store.queue[0].size, 102'400U);
    {
      Rig rig(store);
      ASSERT_EQ(rig.load(), AIOT_OK);
      EXPECT_EQ(rig.stats().starts, start);
      ASSERT_GT(rig.listen(30 * kSecond), AIOT_IDLE);
      const std::vector<Given> urgent = of_stream(rig.take_all(), AIOT_STREAM_URGENT);
      EXPECT_EQ(urgent[0].first, start == 1 ? 0U : 3U);
      EXPECT_EQ(aiot_acknowledge(rig.device(), AIOT_STREAM_URGENT, 2), AIOT_OK);
    }
    EXPECT_EQ(aiot_directory_close(directory), AIOT_OK);
  }
}

}  // namespace
}  // namespace aiot::test
