// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "aiot/link/sealed.hpp"
#include "aiot/link/uplink.hpp"
#include "aiot/record/record.hpp"
#include "aiot/toolkit/record_consumer.hpp"
#include "tests/link/seal_keys.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

constexpr Stream kStream = Stream::kRoutine;
constexpr std::int64_t kNow = 1'790'000'000'000;
constexpr std::uint64_t kRun = 0xFEDC'BA98'7654'3210;
constexpr const char* kTopic = "aiot/pump-7/batch";

bool has(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

/// A device of the protocol: sealed batches that follow each other.
class Device {
 public:
  explicit Device(std::string name = "pump-7") : name_(std::move(name)) {}

  /// The next `count` records, sealed.
  std::vector<std::byte> batch(std::uint64_t count) {
    std::vector<std::byte> payload;
    const std::uint64_t first = next_;
    for (; next_ < first + count; ++next_) {
      record::DecisionRecord decision;
      decision.stream = kStream;
      decision.sequence = next_;
      decision.sample = 1024 * next_;
      std::array<std::byte, 256> memory{};
      const auto bytes = record::encode(decision, memory);
      payload.insert(payload.end(), bytes->begin(), bytes->end());
    }
    std::vector<std::byte> sealed(payload.size() + link::kBatchSealBytes);
    const link::SealConfig config{.device = name_, .run = kRun};
    const auto result = link::seal_batch({.stream = kStream,
                                          .first = first,
                                          .last = next_ - 1,
                                          .previous = previous,
                                          .hash = link::hash_batch(previous, payload),
                                          .payload = payload},
                                         config,
                                         keys,
                                         sealed);
    EXPECT_TRUE(result.ok());
    return {result->begin(), result->end()};
  }

  /// The acknowledgement as the device reads it.
  link::OpenedAck open(const ConsumerReply& reply) {
    const link::SealConfig config{.device = name_};
    return link::open_ack(reply.bytes, config, keys);
  }

  BatchHash previous{};
  link_test::SealKeys keys;

 private:
  std::string name_;
  std::uint64_t next_ = 0;
};

class RecordConsumerTest : public ::testing::Test {
 protected:
  RecordArchive open() {
    auto archive = RecordArchive::open(path());
    EXPECT_TRUE(archive.ok());
    return std::move(*archive);
  }

  [[nodiscard]] std::string path() const { return (folder_.path() / "records.db").string(); }

  std::optional<hal::KeyStoreRef> find(const std::string& device, std::string& problem) {
    if (device != "pump-7" && device != "pump-8") {
      problem = "no key for " + device;
      return {};
    }
    return hal::KeyStoreRef(keys_);
  }

  IntakeResult take(Bytes message, const std::string& topic = kTopic) {
    return consumer_.take(topic, message, kNow);
  }

  /// Takes, and lets the device know.
  IntakeResult deliver(const std::vector<std::byte>& message) {
    IntakeResult result = take(message);
    EXPECT_TRUE(result.reply.has_value()) << result.words;
    if (result.reply) {
      device_.previous = device_.open(*result.reply).value.ack.hash;
    }
    return result;
  }

  [[nodiscard]] std::uint64_t records() const {
    const auto streams = archive_.streams();
    return streams.empty() ? 0 : streams[0].records;
  }

  test::TempDir folder_;
  link_test::SealKeys keys_;
  RecordArchive archive_ = open();
  RecordConsumer consumer_{
      archive_,
      [this](const std::string& device, std::string& problem) { return find(device, problem); },
      "aiot"};
  Device device_;
};

TEST_F(RecordConsumerTest, AnswersABatchWithAnAcknowledgementForItsDevice) {
  EXPECT_EQ(consumer_.filter(), "aiot/+/batch");
  const IntakeResult result = take(device_.batch(5));
  EXPECT_TRUE(result.what == Intake::kStored);
  EXPECT_TRUE(result.words.empty());
  ASSERT_TRUE(result.reply.has_value());
  EXPECT_EQ(result.reply->topic, "aiot/pump-7/ack");
  const link::OpenedAck ack = device_.open(*result.reply);
  ASSERT_TRUE(ack.ok());
  EXPECT_TRUE(ack.value.ack.stream == kStream);
  EXPECT_EQ(ack.value.ack.last, 4U);
  EXPECT_EQ(ack.value.unix_ms, kNow);
  EXPECT_EQ(ack.value.run, kRun);
}

TEST_F(RecordConsumerTest, WhatIsAcknowledgedIsOnTheDisk) {
  const IntakeResult result = take(device_.batch(5));
  ASSERT_TRUE(result.reply.has_value());
  // As another process sees the file at this moment.
  auto other = RecordArchive::open_to_read(path());
  ASSERT_TRUE(other.ok());
  ASSERT_EQ(other->streams().size(), 1U);
  EXPECT_EQ(other->streams()[0].records, 5U);
}

TEST_F(RecordConsumerTest, WithoutRoomNothingIsAcknowledgedUntilThereIsSome) {
  (void)deliver(device_.batch(5));
  const std::vector<std::byte> message = device_.batch(60);

  struct rlimit limit {};

  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  (void)std::signal(SIGXFSZ, SIG_IGN);

  const struct rlimit full { std::filesystem::file_size(path() + "-wal"), limit.rlim_max };

  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
  const IntakeResult refused = take(message);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  EXPECT_TRUE(refused.what == Intake::kNoRoom);
  EXPECT_FALSE(refused.reply.has_value());
  EXPECT_TRUE(has(refused.words, "the archive could not be written")) << refused.words;
  EXPECT_EQ(consumer_.stats().pending, 1U);
  const IntakeResult taken = deliver(message);
  EXPECT_TRUE(taken.what == Intake::kStored);
  EXPECT_EQ(taken.words, "the archive can be written again (1 batch was not taken meanwhile)");
  EXPECT_EQ(consumer_.stats().pending, 0U);
  EXPECT_EQ(records(), 65U);
}

TEST_F(RecordConsumerTest, FindsEveryChangedByte) {
  const std::vector<std::byte> good = device_.batch(3);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::vector<std::byte> changed = good;
    changed[i] ^= std::byte{1};
    const IntakeResult result = take(changed);
    EXPECT_TRUE(result.what == Intake::kForged) << i;
    EXPECT_FALSE(result.reply.has_value()) << i;
  }
  EXPECT_TRUE(archive_.streams().empty());
  EXPECT_EQ(consumer_.stats().of(Intake::kForged), good.size());
  EXPECT_TRUE(take(good).what == Intake::kStored);
}

TEST_F(RecordConsumerTest, TakesNoBatchOfOneDeviceForAnothers) {
  const std::vector<std::byte> message = device_.batch(3);
  const IntakeResult result = take(message, "aiot/pump-8/batch");
  EXPECT_TRUE(result.what == Intake::kForged);
  EXPECT_TRUE(has(result.words, "pump-8: ")) << result.words;
}

TEST_F(RecordConsumerTest, FindsADroppedBatchAndGoesOnWhenItComes) {
  (void)deliver(device_.batch(5));
  const std::vector<std::byte> held_up = device_.batch(2);
  const std::vector<std::byte> next = device_.batch(2);
  const IntakeResult hole = take(next);
  EXPECT_TRUE(hole.fault == BatchFault::kHole);
  EXPECT_FALSE(hole.reply.has_value());
  EXPECT_TRUE(
      has(hole.words, "pump-7:routine: records before the batch are missing (records 5 to 6)"))
      << hole.words;
  EXPECT_TRUE(take(next).words.empty()) << "told once";
  EXPECT_EQ(consumer_.stats().pending, 1U);
  EXPECT_EQ(take(held_up).words, "pump-7:routine: goes on (2 batches were not taken meanwhile)");
  EXPECT_TRUE(take(next).what == Intake::kStored);
  EXPECT_EQ(records(), 9U);
  EXPECT_EQ(consumer_.stats().pending, 0U);
  EXPECT_EQ(consumer_.stats().of(Intake::kNotAccepted), 2U);
}

TEST_F(RecordConsumerTest, FindsReorderedBatches) {
  const std::vector<std::byte> first = device_.batch(2);
  const std::vector<std::byte> second = device_.batch(2);
  EXPECT_TRUE(take(second).fault == BatchFault::kHole);
  EXPECT_TRUE(take(first).what == Intake::kStored);
  EXPECT_TRUE(take(second).what == Intake::kStored);
  EXPECT_EQ(records(), 4U);
}

TEST_F(RecordConsumerTest, FindsADeviceThatCountsFromZeroAgain) {
  (void)deliver(device_.batch(5));
  (void)deliver(device_.batch(5));
  Device fresh;  // lost its store: it counts anew
  const IntakeResult result = take(fresh.batch(7));
  EXPECT_TRUE(result.fault == BatchFault::kRestarted);
  EXPECT_TRUE(has(result.words, "counts from 0 again")) << result.words;
  EXPECT_TRUE(has(result.words, "another name")) << result.words;
}

TEST_F(RecordConsumerTest, FindsAReplayedBatch) {
  const std::vector<std::byte> old = device_.batch(5);
  (void)deliver(old);
  (void)deliver(device_.batch(2));
  const IntakeResult result = take(old);
  EXPECT_TRUE(result.fault == BatchFault::kReplay);
  EXPECT_FALSE(result.reply.has_value());
  EXPECT_TRUE(has(result.words, "an old batch came again")) << result.words;
  EXPECT_EQ(consumer_.stats().pending, 0U) << "nothing is missing";
  EXPECT_EQ(deliver(device_.batch(1)).words, "");
  EXPECT_EQ(records(), 8U);
}

TEST_F(RecordConsumerTest, AcknowledgesAgainWhatComesAgain) {
  const std::vector<std::byte> message = device_.batch(5);
  const IntakeResult first = take(message);
  const IntakeResult again = deliver(message);
  EXPECT_TRUE(again.what == Intake::kRepeated);
  EXPECT_EQ(device_.open(*again.reply).value.ack.hash, device_.open(*first.reply).value.ack.hash);
  EXPECT_EQ(records(), 5U);
}

TEST_F(RecordConsumerTest, TellsAnUnknownDeviceOnce) {
  Device stranger("pump-9");
  const std::vector<std::byte> message = stranger.batch(1);
  EXPECT_EQ(take(message, "aiot/pump-9/batch").words, "no key for pump-9");
  const IntakeResult again = take(message, "aiot/pump-9/batch");
  EXPECT_TRUE(again.what == Intake::kUnknown);
  EXPECT_TRUE(again.words.empty());
  EXPECT_EQ(consumer_.stats().of(Intake::kUnknown), 2U);
}

TEST_F(RecordConsumerTest, RemembersNoMoreMadeUpDevicesThanItHasRoomFor) {
  const std::vector<std::byte> message = device_.batch(1);
  std::uint64_t told = 0;
  constexpr std::uint64_t kNames = 5000;
  for (std::uint64_t i = 0; i < kNames; ++i) {
    told += take(message, "aiot/x" + std::to_string(i) + "/batch").words.empty() ? 0U : 1U;
  }
  EXPECT_EQ(told, 4096U);
  EXPECT_EQ(consumer_.stats().of(Intake::kUnknown), kNames);
  EXPECT_TRUE(take(message).what == Intake::kStored);
}

TEST_F(RecordConsumerTest, LeavesOtherTopicsAlone) {
  const std::vector<std::byte> message = device_.batch(1);
  for (const char* topic : {"",
                            "aiot",
                            "aiot/batch",
                            "aiot//batch",
                            "aiot/pump-7/ack",
                            "aiot/a/b/batch",
                            "other/pump-7/batch",
                            "aiotX/pump-7/batch",
                            "aiot/pump-7/batch/"}) {
    EXPECT_TRUE(take(message, topic).what == Intake::kOtherTopic) << topic;
  }
  EXPECT_TRUE(take(message, "aiot/" + std::string(65, 'x') + "/batch").what == Intake::kOtherTopic);
}

TEST_F(RecordConsumerTest, EveryOutcomeHasItsWords) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < kIntakes; ++i) {
    words.emplace_back(to_string(static_cast<Intake>(i)));
    EXPECT_NE(words.back(), "unknown");
  }
  std::ranges::sort(words);
  EXPECT_TRUE(std::ranges::adjacent_find(words) == words.end());
}

}  // namespace
}  // namespace aiot::toolkit
