// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// A device that goes on deciding while its link is down for a day, and has room for a part of it:
// queue, uplink, seals, MQTT session, a broker, the consumer and its archive, from a seed, in
// simulated time. Every sequence number is accounted for: as a record, or as a gap.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "aiot/link/mqtt_client.hpp"
#include "aiot/link/mqtt_sink.hpp"
#include "aiot/link/uplink.hpp"
#include "aiot/toolkit/record_consumer.hpp"
#include "ports/sim/flash.hpp"
#include "tests/e2e/ledger.hpp"
#include "tests/link/post_office.hpp"
#include "tests/link/seal_keys.hpp"
#include "tests/support/test.hpp"

namespace aiot::e2e {
namespace {

using PostOffice = link_test::BasicPostOffice<32>;

constexpr std::int64_t kHours = 24;
constexpr Duration kOnlineStep = Duration::from_ms(10);
constexpr Duration kOfflineStep = Duration::from_s(1);
constexpr std::int64_t kUnixMs = 1'790'000'000'000;
constexpr hal::FlashGeometry kGeometry{
    .size = 64 * 1024, .sector = 4096, .page = 256, .program = 1};
constexpr std::array<store::StreamConfig, kStreams> kQueue = {{
    {.region = {0, 16 * 1024}, .retention = {.max_records = 60}},
    {.region = {16 * 1024, 32 * 1024}},
    {.region = {48 * 1024, 16 * 1024},
     .on_full = store::OnFull::kThinOut,
     .retention = {.max_age_s = 6 * 3600}},
}};

/// The consumer: a client of the broker, and the archive.
class Consumer {
 public:
  explicit Consumer(PostOffice& office) : line_(office.line(1)) {
    client_.add(inlet_);
    auto archive = toolkit::RecordArchive::open(":memory:");
    EXPECT_TRUE(archive.ok());
    archive_.emplace(std::move(*archive));
    intake_.emplace(
        *archive_,
        [this](const std::string&, std::string&) { return std::optional(hal::KeyStoreRef(keys_)); },
        "aiot");
  }

  void step(Instant now) {
    (void)client_.step(line_, now);
    while (inlet_.waiting()) {
      const auto result = intake_->take(inlet_.topic(), inlet_.message(), kUnixMs + now.us / 1000);
      ++faults[result.fault];
      if (result.stored > 0) {
        stored_at = now;
      }
      if (result.reply.has_value()) {
        const auto sent = client_.session().publish(result.reply->topic,
                                                    result.reply->bytes,
                                                    link::mqtt::Qos::kAtLeastOnce,
                                                    link::mqtt::Retain::kNo);
        EXPECT_TRUE(sent.ok());
      }
      inlet_.done();
      client_.go_on(now);
    }
  }

  [[nodiscard]] const toolkit::RecordArchive& archive() const { return *archive_; }

  [[nodiscard]] toolkit::ArchivedStream of(Stream stream) const {
    for (const toolkit::ArchivedStream& one : archive_->streams()) {
      if (one.stream == stream) {
        return one;
      }
    }
    return {};
  }

  std::map<toolkit::BatchFault, std::uint64_t> faults;
  Instant stored_at{};  // something that was new

 private:
  PostOffice::Line line_;
  link_test::SealKeys keys_;
  std::array<std::byte, 2048> receive_{};
  std::array<std::byte, 256> transmit_{};
  std::array<std::byte, 16 * 1024> outbox_{};
  link::mqtt::Session session_{{receive_, transmit_, outbox_, {}}};
  link::MqttClient client_{session_, {.client_id = "consumer"}};
  link::MqttInlet inlet_{"aiot", "pump-7", link::leaf::kBatch};
  std::optional<toolkit::RecordArchive> archive_;
  std::optional<toolkit::RecordConsumer> intake_;
};

/// The device: decides on, whatever the link does.
class Device {
 public:
  Device(PostOffice& office, std::uint64_t seed)
      : random_(seed), flash_(kGeometry, sim::SimFlash::Ecc::kNo, memory_, {}) {
    line_.emplace(office.line(0));
    flash_.blank();
    EXPECT_TRUE(queue_.mount(flash_, kQueue).ok());
  }

  void step(Instant now) {
    (void)sink_.step(*line_, now);
    decide(now);
    EXPECT_TRUE(uplink_.step(now).ok());
    EXPECT_TRUE(queue_.service(static_cast<std::uint32_t>(now.us / 1'000'000)).ok());
  }

  void push(Stream stream) {
    const Status pushed = ledger.push(queue_, stream, random_);
    left_out += pushed.error() == Error::kWouldBlock ? 1U : 0U;
    EXPECT_TRUE(pushed.ok() || pushed.error() == Error::kWouldBlock);
  }

  [[nodiscard]] const store::Queue& queue() const { return queue_; }

  [[nodiscard]] const link::Uplink& uplink() const { return uplink_; }

  Ledger ledger{"pump-7"};
  std::uint64_t left_out = 0;  // records that a stream which is thinned out did not take

 private:
  // On average: routine every 10 s, bulk every 30 s, urgent every 10 minutes.
  void decide(Instant now) {
    constexpr std::array<std::int64_t, kStreams> kSeconds = {600, 10, 30};
    for (std::size_t i = 0; i < kStreams; ++i) {
      if (now >= next_[i]) {
        push(static_cast<Stream>(i));
        const auto wait = random_.below(static_cast<std::uint32_t>(2000 * kSeconds[i]));
        next_[i] = now + Duration::from_ms(1 + wait);
      }
    }
  }

  sim::Random random_;
  std::array<std::byte, kGeometry.size> memory_{};
  sim::SimFlash flash_;
  store::Queue queue_;
  std::array<Instant, kStreams> next_{};
  std::optional<PostOffice::Line> line_;
  link_test::SealKeys keys_;
  link::WallClock clock_{{}};
  std::array<std::byte, 512> receive_{};
  std::array<std::byte, 256> transmit_{};
  std::array<std::byte, 4096> outbox_{};
  link::mqtt::Session session_{{receive_, transmit_, outbox_, {}}};
  link::MqttSink sink_{
      session_, keys_, clock_, {.seal = {.device = "pump-7"}, .connect = {.client_id = "pump-7"}}};
  std::array<std::byte, 512> batch_{};
  std::array<link::InFlight, kStreams * hal::kMaxBatchesInFlight> window_{};
  link::Uplink uplink_{queue_, sink_, batch_, {}, window_};
};

/// What the broker does while the device is away.
enum class BrokerIs { kAlive, kKilled };

class Outage {
 public:
  Outage(std::uint64_t seed, BrokerIs broker) : broker_(broker), device_(office_, seed) {}

  void run() {
    run_online(Duration::from_s(300));
    EXPECT_TRUE(device_.uplink().drained());
    break_in_the_middle();
    for (std::size_t i = 0; i < kStreams; ++i) {
      before_[i] = device_.queue().stats(static_cast<Stream>(i));
    }
    const link::UplinkStats at_break = device_.uplink().stats();
    run_offline();
    EXPECT_EQ(device_.uplink().stats().offered, at_break.offered);
    EXPECT_EQ(device_.uplink().stats().refused + device_.uplink().stats().busy, 0U);
    for (std::size_t i = 0; i < kStreams; ++i) {
      after_[i] = device_.queue().stats(static_cast<Stream>(i));
    }
    deliver();
    account();
  }

 private:
  void step(Duration step) {
    now_ = now_ + step;
    device_.step(now_);
    consumer_.step(now_);
  }

  void run_online(Duration time) {
    const Instant end = now_ + time;
    while (now_ < end) {
      step(kOnlineStep);
    }
  }

  // Batches are in flight, the consumer has got none of them yet.
  void break_in_the_middle() {
    for (int i = 0; i < 100; ++i) {
      device_.push(Stream::kRoutine);
    }
    for (int i = 0; i < 8; ++i) {
      now_ = now_ + kOnlineStep;
      device_.step(now_);
    }
    EXPECT_GE(device_.uplink().in_flight(), hal::kMaxBatchesInFlight);
    office_.cut(0);
    if (broker_ == BrokerIs::kKilled) {
      office_.forget();
      consumer_.step(now_);  // which sees that its link is down
      office_.mend(1);
    }
  }

  void run_offline() {
    const Instant end = now_ + Duration::from_s(kHours * 3600);
    while (now_ < end) {
      step(kOfflineStep);
    }
  }

  void deliver() {
    office_.mend(0);
    const Instant up = now_;
    const bool killed = broker_ == BrokerIs::kKilled;
    std::optional<Instant> first;
    while (!device_.uplink().drained() && now_ - up < Duration::from_s(60)) {
      step(kOnlineStep);
      if (!first && consumer_.stored_at > up) {
        first = now_;
      }
    }
    ASSERT_TRUE(first.has_value());
    // The connection takes three steps. What a broker has lost is offered again after the timeout.
    const Duration timeout = Duration::from_s(10);
    EXPECT_LE((*first - up).us, (killed ? timeout.us : 0) + Duration::from_ms(100).us);
    EXPECT_LE((now_ - up).us, (killed ? timeout.us : 0) + Duration::from_s(2).us);
    ::testing::Test::RecordProperty("first_ms", static_cast<int>((*first - up).us / 1000));
    ::testing::Test::RecordProperty("all_ms", static_cast<int>((now_ - up).us / 1000));
  }

  void account() {
    EXPECT_TRUE(device_.uplink().drained());
    EXPECT_EQ(device_.uplink().in_flight(), 0U);
    device_.ledger.expect_accounted(consumer_.archive());
    std::uint64_t entries = 0;
    for (std::size_t i = 0; i < kStreams; ++i) {
      SCOPED_TRACE(i);
      const auto stream = static_cast<Stream>(i);
      const store::StreamStats queue = device_.queue().stats(stream);
      const toolkit::ArchivedStream held = consumer_.of(stream);
      // Of the records that the queue gave up, those that had gone out before came, the others are
      // gaps.
      const std::uint64_t begin = before_[i].first_unacknowledged;
      const std::uint64_t given_up = after_[i].dropped - before_[i].dropped;
      EXPECT_GT(given_up, 0U);
      EXPECT_EQ(queue.dropped, given_up);
      EXPECT_EQ(given_up, held.gaps + held_in(stream, begin, begin + given_up));
      EXPECT_EQ(queue.next_sequence, device_.ledger.accepted(stream));
      EXPECT_EQ(queue.first_unacknowledged, queue.next_sequence);
      EXPECT_EQ(held.records + held.gaps, queue.next_sequence);
      EXPECT_EQ(held.holes, 0U);
      entries += held.records;
    }
    EXPECT_GT(device_.left_out, 0U);
    EXPECT_EQ(device_.left_out, device_.queue().stats(Stream::kBulk).thinned);
    const link::UplinkStats& uplink = device_.uplink().stats();
    if (broker_ == BrokerIs::kAlive) {
      // Nothing went twice but by the session, so the uplink has counted what the archive has.
      EXPECT_EQ(uplink.retries, 0U);
      EXPECT_EQ(uplink.offered, uplink.acknowledged);
      EXPECT_EQ(uplink.records, entries + consumer_.archive().ranges().size());
    } else {
      EXPECT_GT(uplink.retries, 0U);
    }
    for (const auto& [fault, count] : consumer_.faults) {
      const bool expected = fault == toolkit::BatchFault::kNone ||
                            (fault == toolkit::BatchFault::kHole && broker_ == BrokerIs::kKilled);
      EXPECT_TRUE(expected) << to_string(fault) << ", " << count << " times";
    }
  }

  std::uint64_t held_in(Stream stream, std::uint64_t begin, std::uint64_t end) {
    std::uint64_t count = 0;
    consumer_.archive().visit([&](const toolkit::ArchivedRecord& record) {
      count += record.stream == stream && record.sequence >= begin && record.sequence < end;
      return true;
    });
    return count;
  }

  BrokerIs broker_;
  PostOffice office_;
  Device device_;
  Consumer consumer_{office_};
  std::array<store::StreamStats, kStreams> before_{};
  std::array<store::StreamStats, kStreams> after_{};
  Instant now_{};
};

class OutageTest : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(OutageTest, ADayWithoutALinkIsAccountedForToTheLastRecord) {
  Outage(GetParam(), BrokerIs::kAlive).run();
}

TEST_P(OutageTest, SoItIsWhenTheBrokerLosesWhatItHad) {
  Outage(GetParam(), BrokerIs::kKilled).run();
}

INSTANTIATE_TEST_SUITE_P(Seeds, OutageTest, ::testing::Values(1, 2, 3));

}  // namespace
}  // namespace aiot::e2e
