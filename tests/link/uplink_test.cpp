// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/uplink.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <span>

#include "aiot/crypto/sha256.hpp"
#include "aiot/record/record.hpp"
#include "aiot/store/queue.hpp"
#include "ports/sim/flash.hpp"
#include "tests/link/consumer.hpp"
#include "tests/support/test.hpp"

namespace aiot::link {
namespace {

constexpr hal::FlashGeometry kGeometry{
    .size = 48 * 1024, .sector = 4096, .page = 256, .program = 1};
constexpr std::array<store::StreamConfig, kStreams> kStreamsConfig = {{
    {.region = {0, 16 * 1024}},
    {.region = {16 * 1024, 16 * 1024}},
    {.region = {32 * 1024, 16 * 1024}},
}};
constexpr UplinkConfig kConfig{.max_records = 16,
                               .ack_timeout = Duration::from_s(2),
                               .backoff_min = Duration::from_ms(100),
                               .backoff_max = Duration::from_s(5),
                               .jitter_seed = 7};

std::array<std::byte, kGeometry.size> memory;
std::array<std::byte, 1024> batch_buffer;
std::array<std::byte, 128> record_buffer;

// Flash, queue and uplink of one device; `restart` is a reset.
class Bench {
 public:
  explicit Bench(hal::SinkRef sink,
                 const UplinkConfig& config = kConfig,
                 std::size_t in_flight = hal::kMaxBatchesInFlight)
      : flash_(kGeometry, sim::SimFlash::Ecc::kNo, memory, {}),
        window_size_(in_flight * kStreams),
        sink_(sink),
        config_(config) {
    flash_.blank();
    restart();
  }

  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void restart() {
    queue_ = new (queue_memory_) store::Queue;
    EXPECT_TRUE(queue_->mount(flash_, kStreamsConfig).ok());
    uplink_ = new (uplink_memory_)
        Uplink(*queue_, sink_, batch_buffer, config_, std::span(window_).first(window_size_));
  }

  void push(Stream stream) {
    const float features[] = {1.0F, 2.0F, 3.0F};
    const record::DecisionRecord decision{.stream = stream,
                                          .sequence = queue_->next_sequence(stream),
                                          .sample = 4096 * queue_->next_sequence(stream),
                                          .features = features};
    EXPECT_TRUE(queue_->push(stream, *record::encode(decision, record_buffer)).ok());
  }

  void push(Stream stream, int count) {
    for (int i = 0; i < count; ++i) {
      push(stream);
    }
  }

  void step(std::int64_t ms) {
    now_ = now_ + Duration::from_ms(ms);
    EXPECT_TRUE(uplink_->step(now_).ok());
  }

  void run(int steps, std::int64_t ms) {
    for (int i = 0; i < steps; ++i) {
      step(ms);
    }
  }

  [[nodiscard]] store::Queue& queue() { return *queue_; }

  [[nodiscard]] std::uint64_t flash_reads() const { return flash_.counters().reads; }

  [[nodiscard]] Uplink& uplink() { return *uplink_; }

  [[nodiscard]] std::uint64_t acknowledged(Stream stream) const {
    return queue_->first_unacknowledged(stream);
  }

 private:
  sim::SimFlash flash_;
  std::array<InFlight, kStreams * hal::kMaxBatchesInFlight> window_{};
  std::size_t window_size_;
  hal::SinkRef sink_;
  UplinkConfig config_;
  alignas(store::Queue) std::byte queue_memory_[sizeof(store::Queue)] = {};
  alignas(Uplink) std::byte uplink_memory_[sizeof(Uplink)] = {};
  store::Queue* queue_ = nullptr;
  Uplink* uplink_ = nullptr;
  Instant now_{1'000'000};
};

// A sink that does what a test says, and remembers what it was offered.
class Desk {
 public:
  [[nodiscard]] bool ready() const noexcept { return up; }

  Status offer(const hal::Batch& batch) noexcept {
    ++asked;
    if (answer != Error::kNone) {
      return answer;
    }
    EXPECT_TRUE(up);
    EXPECT_TRUE(batches.push_back(batch));
    return {};
  }

  Result<hal::BatchAck> poll() noexcept {
    if (next_ == acks_.size()) {
      return Error::kEmpty;
    }
    return acks_[next_++];
  }

  /// The consumer says that it has the batch that was offered as the `i`-th.
  void acknowledge(std::size_t i) noexcept {
    EXPECT_TRUE(acks_.push_back({batches[i].stream, batches[i].last, batches[i].hash}));
  }

  [[nodiscard]] bool same(std::size_t a, std::size_t b) const noexcept {
    return batches[a].first == batches[b].first && batches[a].last == batches[b].last &&
           batches[a].hash == batches[b].hash;
  }

  bool up = true;
  Error answer = Error::kNone;
  std::uint32_t asked = 0;
  StaticVector<hal::Batch, 64> batches;  // their payload is gone

 private:
  StaticVector<hal::BatchAck, 32> acks_;
  std::size_t next_ = 0;
};

static_assert(hal::Sink<Desk>);

// One at a time: it is large.
alignas(Consumer) std::array<std::byte, sizeof(Consumer)> consumer_memory;

Consumer& fresh_consumer(std::uint64_t seed) {
  return *new (consumer_memory.data()) Consumer(seed);
}

void expect_sound(const Consumer& consumer) {
  EXPECT_EQ(consumer.broken_chains, 0U);
  EXPECT_EQ(consumer.wrong_hashes, 0U);
  EXPECT_EQ(consumer.holes, 0U);
  EXPECT_EQ(consumer.malformed, 0U);
  EXPECT_EQ(consumer.while_down, 0U);
}

TEST(Uplink, DeliversTheMostUrgentStreamFirst) {
  Consumer& consumer = fresh_consumer(1);
  Bench bench(consumer);
  bench.push(Stream::kBulk);
  bench.push(Stream::kRoutine);
  bench.push(Stream::kUrgent);
  for (const Stream stream : {Stream::kUrgent, Stream::kRoutine, Stream::kBulk}) {
    bench.step(1);
    EXPECT_EQ(consumer.last_batch.stream, stream);
  }
  EXPECT_FALSE(bench.uplink().drained()) << "the last acknowledgement is not taken yet";
  bench.step(1);
  EXPECT_TRUE(bench.uplink().drained());
  EXPECT_EQ(bench.uplink().stats().acknowledged, 3U);
  expect_sound(consumer);
}

TEST(Uplink, MovesTheCursorOnlyOnAnAcknowledgement) {
  Consumer& consumer = fresh_consumer(2);
  Bench bench(consumer);
  consumer.faults.lose_ack = 100;
  bench.push(Stream::kUrgent, 5);
  bench.run(100, 100);
  EXPECT_EQ(bench.acknowledged(Stream::kUrgent), 0U);
  EXPECT_GT(bench.uplink().stats().retries, 0U);
  consumer.faults.lose_ack = 0;
  bench.run(100, 100);
  EXPECT_EQ(bench.acknowledged(Stream::kUrgent), 5U);
  expect_sound(consumer);
}

TEST(Uplink, IgnoresAcknowledgementsOfOtherBatches) {
  Consumer& consumer = fresh_consumer(3);
  Bench bench(consumer);
  consumer.faults.lose_batch = 100;
  bench.push(Stream::kUrgent, 3);
  bench.step(1);
  const hal::Batch sent = consumer.last_batch;

  // A sink that answers what a test tells it to.
  struct Liar {
    Result<hal::BatchAck> next = Error::kEmpty;

    [[nodiscard]] static bool ready() noexcept { return true; }

    Status offer(const hal::Batch&) noexcept { return {}; }

    Result<hal::BatchAck> poll() noexcept {
      const Result<hal::BatchAck> said = next;
      next = Error::kEmpty;
      return said;
    }
  } liar;

  Uplink uplink(bench.queue(), liar, batch_buffer, kConfig);
  const Instant now{1};
  ASSERT_TRUE(uplink.step(now).ok());
  hal::BatchAck wrong[4];
  for (hal::BatchAck& ack : wrong) {
    ack = {sent.stream, sent.last, sent.hash};
  }
  wrong[0].stream = Stream::kRoutine;
  wrong[1].last = sent.last - 1;
  wrong[2].hash[15] ^= std::byte{1};
  wrong[3].stream = static_cast<Stream>(3);
  for (const hal::BatchAck& ack : wrong) {
    liar.next = ack;
    ASSERT_TRUE(uplink.step(now).ok());
    EXPECT_EQ(bench.acknowledged(Stream::kUrgent), 0U);
  }
  EXPECT_EQ(uplink.stats().foreign_acks, 4U);
  liar.next = hal::BatchAck{sent.stream, sent.last, sent.hash};
  ASSERT_TRUE(uplink.step(now).ok());
  EXPECT_EQ(bench.acknowledged(Stream::kUrgent), 3U);
}

TEST(Uplink, RepeatsTheSameBytesAlthoughMoreRecordsHaveCome) {
  Consumer& consumer = fresh_consumer(4);
  Bench bench(consumer);
  consumer.faults.lose_ack = 100;
  bench.push(Stream::kUrgent, 3);
  bench.step(1);
  const hal::Batch first = consumer.last_batch;
  bench.push(Stream::kUrgent, 3);
  bench.run(2, 5000);
  ASSERT_GE(consumer.offers, 2U);
  EXPECT_EQ(consumer.last_batch.last, first.last);
  EXPECT_TRUE(consumer.last_batch.hash == first.hash);
}

TEST(Uplink, ContinuesTheChainAfterARestart) {
  Consumer& consumer = fresh_consumer(5);
  Bench bench(consumer);
  bench.push(Stream::kUrgent, 40);
  bench.run(2, 1);
  const BatchHash acknowledged = bench.queue().acknowledged_hash(Stream::kUrgent);
  bench.restart();
  bench.run(1, 1);
  EXPECT_TRUE(consumer.last_batch.previous == acknowledged);
  bench.run(10, 3000);
  EXPECT_TRUE(bench.uplink().drained());
  expect_sound(consumer);
}

TEST(Uplink, HashesThePreviousHashAndThePayload) {
  Consumer& consumer = fresh_consumer(6);
  Bench bench(consumer);
  bench.push(Stream::kUrgent);
  bench.run(1, 1);
  const float features[] = {1.0F, 2.0F, 3.0F};
  std::array<std::byte, 16 + 64> data{};
  const Bytes record =
      *record::encode(record::DecisionRecord{.features = features}, MutableBytes(data).subspan(16));
  const Hash256 expected = crypto::sha256(Bytes(data).first(16 + record.size()));
  for (std::size_t i = 0; i < consumer.last_batch.hash.size(); ++i) {
    EXPECT_EQ(consumer.last_batch.hash[i], expected[i]);
  }
}

TEST(Uplink, AsksAFailingSinkLessAndLessOften) {
  Consumer& consumer = fresh_consumer(7);
  Bench bench(consumer);
  consumer.faults.refuse = 100;
  bench.push(Stream::kUrgent);
  bench.run(1000, 10);  // 10 s; the waits double from 50..100 ms up to 2.5..5 s
  EXPECT_GE(consumer.offers, 6U);
  EXPECT_LE(consumer.offers, 12U);
  EXPECT_EQ(bench.uplink().stats().refused, consumer.offers);
  const std::uint32_t before = consumer.offers;
  bench.run(6000, 10);  // one minute at the maximum
  EXPECT_GE(consumer.offers - before, 60U / 5U - 1U);
  EXPECT_LE(consumer.offers - before, 60U * 2U / 5U + 1U);
  consumer.faults.refuse = 0;
  bench.run(2, 5000);
  EXPECT_TRUE(bench.uplink().drained());
}

TEST(Uplink, SeveralBatchesAreInFlight) {
  Desk desk;
  Bench bench(desk);
  bench.push(Stream::kRoutine, 100);
  bench.run(10, 1);
  ASSERT_EQ(desk.batches.size(), hal::kMaxBatchesInFlight);
  EXPECT_EQ(bench.uplink().in_flight(), hal::kMaxBatchesInFlight);
  for (std::uint64_t i = 0; i < desk.batches.size(); ++i) {
    const hal::Batch& batch = desk.batches[static_cast<std::size_t>(i)];
    EXPECT_EQ(batch.first, 16 * i);
    EXPECT_EQ(batch.last, 16 * i + 15);
    EXPECT_TRUE(batch.previous == BatchHash{}) << "none is acknowledged";
  }
  desk.acknowledge(0);
  bench.run(10, 1);
  ASSERT_EQ(desk.batches.size(), 5U);
  EXPECT_EQ(desk.batches[4].first, 64U);
  EXPECT_TRUE(desk.batches[4].previous == desk.batches[0].hash);
  EXPECT_EQ(bench.acknowledged(Stream::kRoutine), 16U);
  EXPECT_EQ(bench.uplink().stats().retries, 0U);
}

TEST(Uplink, AsManyAsThereIsRoomForAndOneWithoutRoom) {
  for (std::size_t room = 0; room <= hal::kMaxBatchesInFlight; ++room) {
    Desk desk;
    Bench bench(desk, kConfig, room);
    bench.push(Stream::kBulk, 100);
    bench.push(Stream::kUrgent, 100);
    bench.run(20, 1);
    EXPECT_EQ(desk.batches.size(), 2 * std::max<std::size_t>(room, 1));
  }
}

TEST(Uplink, AnAcknowledgementStandsForTheBatchesBefore) {
  Desk desk;
  Bench bench(desk);
  bench.push(Stream::kRoutine, 100);
  bench.run(4, 1);
  desk.acknowledge(2);
  desk.acknowledge(0);  // late, and out of order
  desk.acknowledge(2);
  bench.step(1);
  EXPECT_EQ(bench.acknowledged(Stream::kRoutine), 48U);
  EXPECT_TRUE(bench.queue().acknowledged_hash(Stream::kRoutine) == desk.batches[2].hash);
  EXPECT_EQ(bench.uplink().stats().acknowledged, 3U);
  EXPECT_EQ(bench.uplink().stats().records, 48U);
  desk.acknowledge(1);
  desk.acknowledge(2);
  bench.step(1);
  EXPECT_EQ(bench.acknowledged(Stream::kRoutine), 48U) << "the cursor does not go back";
  EXPECT_EQ(bench.uplink().stats().foreign_acks, 2U);
}

TEST(Uplink, AnUrgentRecordGoesNextWhileOthersAreInFlight) {
  Desk desk;
  Bench bench(desk);
  bench.push(Stream::kRoutine, 100);
  bench.run(2, 1);
  bench.push(Stream::kUrgent);
  bench.step(1);
  ASSERT_EQ(desk.batches.size(), 3U);
  EXPECT_EQ(desk.batches[2].stream, Stream::kUrgent);
}

TEST(Uplink, RepeatsTheOldestAloneUntilTheWayWorks) {
  Desk desk;
  Bench bench(desk);
  bench.push(Stream::kRoutine, 100);
  bench.run(4, 1);
  bench.run(10, 1000);  // 2 s, 2 s and 50 to 100 ms, 2 s and 100 to 200 ms, ...
  ASSERT_GE(desk.batches.size(), 4U + 3U);
  ASSERT_LE(desk.batches.size(), 4U + 5U);
  for (std::size_t i = 4; i < desk.batches.size(); ++i) {
    EXPECT_TRUE(desk.same(i, 0));
  }
  const std::size_t before = desk.batches.size();
  desk.acknowledge(0);
  bench.run(4, 1);
  ASSERT_EQ(desk.batches.size(), before + 4);
  EXPECT_TRUE(desk.same(before, 1));
  EXPECT_TRUE(desk.same(before + 1, 2));
  EXPECT_TRUE(desk.same(before + 2, 3));
  EXPECT_EQ(desk.batches[before + 3].first, 64U) << "then new ones";
  EXPECT_EQ(bench.uplink().stats().retries, before - 4 + 3);
}

TEST(Uplink, AnAcknowledgementOfTheFirstCopyCounts) {
  Desk desk;
  Bench bench(desk);
  bench.push(Stream::kRoutine, 64);
  bench.run(4, 1);
  bench.run(2, 3000);
  desk.acknowledge(3);
  bench.step(1);
  EXPECT_TRUE(bench.uplink().drained());
  EXPECT_EQ(bench.uplink().in_flight(), 0U);
}

// A consumer forgets what is older than the newest previous hash that it has seen.
TEST(Uplink, ARepetitionFollowsTheNewestAcknowledgedBatchOnceOthersDo) {
  Desk desk;
  Bench bench(desk);
  bench.push(Stream::kRoutine, 80);
  bench.run(4, 1);
  desk.acknowledge(0);
  bench.run(2, 1);
  ASSERT_EQ(desk.batches.size(), 5U);
  ASSERT_TRUE(desk.batches[4].previous == desk.batches[0].hash);
  bench.run(1, 3000);
  ASSERT_EQ(desk.batches.size(), 6U);
  EXPECT_EQ(desk.batches[5].first, desk.batches[1].first);
  EXPECT_EQ(desk.batches[5].last, desk.batches[1].last);
  EXPECT_TRUE(desk.batches[5].previous == desk.batches[0].hash);
  desk.acknowledge(2);  // of the first copy of the one behind it
  bench.step(1);
  EXPECT_EQ(bench.acknowledged(Stream::kRoutine), 48U);
}

TEST(Uplink, AGapSwallowsTheBatchesThatItCovers) {
  Desk desk;
  Bench bench(desk);
  bench.push(Stream::kRoutine, 64);
  bench.run(4, 1);
  bench.push(Stream::kRoutine, 600);  // evicts all of them
  ASSERT_GT(bench.queue().stats(Stream::kRoutine).oldest_sequence, 64U);
  bench.run(1, 3000);
  ASSERT_EQ(desk.batches.size(), 5U);
  EXPECT_EQ(desk.batches[4].first, 0U);
  EXPECT_GT(desk.batches[4].last, 64U);
  EXPECT_EQ(bench.uplink().in_flight(), 1U);
  desk.acknowledge(4);
  bench.run(2, 1);
  EXPECT_EQ(desk.batches[5].first, desk.batches[4].last + 1);
  EXPECT_EQ(bench.acknowledged(Stream::kRoutine), desk.batches[5].first);
}

TEST(Uplink, AnAcknowledgementOfRecordsThatWereEvictedCounts) {
  Desk desk;
  Bench bench(desk);
  bench.push(Stream::kRoutine, 64);
  bench.run(4, 1);
  bench.push(Stream::kRoutine, 600);
  desk.acknowledge(3);
  bench.step(1);
  EXPECT_EQ(bench.acknowledged(Stream::kRoutine), 64U);
  EXPECT_EQ(desk.batches[4].first, 64U);
}

TEST(Uplink, NothingIsReadWhileTheSinkIsNotReady) {
  Desk desk;
  Bench bench(desk);
  desk.up = false;
  bench.push(Stream::kUrgent, 50);
  const std::uint64_t reads = bench.flash_reads();
  bench.run(1000, 1000);
  EXPECT_EQ(desk.asked, 0U);
  EXPECT_EQ(bench.flash_reads(), reads);
  desk.up = true;
  bench.step(1);
  EXPECT_EQ(desk.batches.size(), 1U) << "at once";
}

TEST(Uplink, OffersAtOnceWhenTheLinkIsUpAgainWhateverFailedBefore) {
  Desk desk;
  Bench bench(desk);
  bench.push(Stream::kUrgent);
  desk.answer = Error::kIo;
  bench.run(60, 1000);  // the back-off is at its most
  const std::uint32_t asked = desk.asked;
  desk.up = false;
  desk.answer = Error::kNone;
  bench.run(10, 20);
  EXPECT_EQ(desk.asked, asked);
  desk.up = true;
  bench.step(1);
  EXPECT_EQ(desk.batches.size(), 1U);
}

// A session sends by itself again what it has.
TEST(Uplink, BatchesUnderWayAreNotDoubledWhenTheLinkIsUpAgain) {
  Desk desk;
  Bench bench(desk);
  desk.up = false;  // as after a start
  bench.push(Stream::kUrgent, 16);
  bench.step(1);
  desk.up = true;
  bench.step(1);
  bench.run(1, 1900);  // of 2000
  desk.up = false;
  bench.run(100, 60'000);
  desk.up = true;
  bench.push(Stream::kUrgent);
  bench.run(19, 100);
  ASSERT_EQ(desk.batches.size(), 2U);
  EXPECT_EQ(desk.batches[1].first, 16U) << "the new one came at once, the old one not again";
  bench.run(2, 100);
  ASSERT_EQ(desk.batches.size(), 3U) << "it is lost after all";
  EXPECT_TRUE(desk.same(2, 0));
}

TEST(Uplink, ALinkThatComesAndGoesDoesNotPutOffTheRepetition) {
  Desk desk;
  Bench bench(desk);
  bench.push(Stream::kUrgent);
  bench.step(1);
  for (int i = 0; i < 6; ++i) {
    desk.up = false;
    bench.run(10, 100);
    desk.up = true;
    bench.run(10, 100);  // half of the timeout
  }
  EXPECT_GE(desk.batches.size(), 2U);
}

TEST(Uplink, ABusySinkIsAskedAgainSoonAndNothingOvertakes) {
  Desk desk;
  Bench bench(desk);
  bench.push(Stream::kRoutine);
  desk.answer = Error::kWouldBlock;
  bench.run(1000, 10);  // each 100 ms
  EXPECT_GE(desk.asked, 90U);
  EXPECT_LE(desk.asked, 100U);
  EXPECT_EQ(bench.uplink().stats().busy, desk.asked);
  EXPECT_EQ(bench.uplink().stats().refused, 0U);
  bench.run(1, 100);
  const std::uint32_t asked = desk.asked;
  bench.push(Stream::kBulk);
  bench.run(5, 10);
  EXPECT_EQ(desk.asked, asked);
  desk.answer = Error::kNone;
  bench.run(1, 100);
  EXPECT_EQ(desk.batches[0].stream, Stream::kRoutine);
}

TEST(Uplink, SpreadsTheRetriesOfAFleet) {
  std::uint32_t different = 0;
  std::uint32_t offers[2] = {};
  for (int i = 0; i < 20; ++i) {
    for (std::uint32_t device = 0; device < 2; ++device) {
      Consumer& consumer = fresh_consumer(8);
      UplinkConfig config = kConfig;
      config.jitter_seed = 100 + device;
      Bench bench(consumer, config);
      consumer.faults.refuse = 100;
      bench.push(Stream::kUrgent);
      bench.run(1 + 10 * i, 10);
      offers[device] = consumer.offers;
    }
    different += offers[0] != offers[1] ? 1U : 0U;
  }
  EXPECT_GT(different, 0U);
}

TEST(Uplink, SendsGapMarkersForEvictedRecords) {
  Consumer& consumer = fresh_consumer(9);
  Bench bench(consumer);
  bench.push(Stream::kRoutine, 600);  // more than 16 KB of frames
  const std::uint64_t oldest = bench.queue().stats(Stream::kRoutine).oldest_sequence;
  ASSERT_GT(oldest, 0U);
  bench.run(200, 10);
  EXPECT_TRUE(bench.uplink().drained());
  for (std::uint64_t i = 0; i < 600; ++i) {
    ASSERT_EQ(consumer.in_gap(Stream::kRoutine, i), i < oldest) << i;
    ASSERT_EQ(consumer.copies(Stream::kRoutine, i), i < oldest ? 0U : 1U) << i;
  }
  expect_sound(consumer);
}

TEST(Uplink, ReportsARecordThatDoesNotFitAndServesTheOtherStreams) {
  Consumer& consumer = fresh_consumer(10);
  Bench bench(consumer);
  const std::array<std::byte, 100> large{};
  ASSERT_TRUE(bench.queue().push(Stream::kUrgent, large).ok());
  bench.push(Stream::kBulk, 3);
  Uplink uplink(bench.queue(), consumer, MutableBytes(batch_buffer).first(64), kConfig);
  for (std::int64_t i = 0; i < 20; ++i) {
    EXPECT_EQ(uplink.step({i}).error(), Error::kNoSpace);
  }
  EXPECT_EQ(bench.acknowledged(Stream::kBulk), 3U);
  EXPECT_EQ(bench.acknowledged(Stream::kUrgent), 0U);
}

// Every record and every gap arrives whatever happens on the way, and the cursor never runs ahead.
void run_rough(std::uint64_t seed, const Faults& faults) {
  SCOPED_TRACE(seed);
  Consumer& consumer = fresh_consumer(seed);
  Bench bench(consumer);
  sim::Random random(seed);
  consumer.faults = faults;
  for (int i = 0; i < 1500; ++i) {
    const auto stream = static_cast<Stream>(random.below(kStreams));
    if (random.below(3) == 0 && bench.queue().next_sequence(stream) < Consumer::kMaxRecords) {
      bench.push(stream);
    }
    if (random.below(200) == 0) {
      bench.restart();
    }
    if (random.below(50) == 0) {
      consumer.up = !consumer.up;
    }
    bench.step(1 + random.below(400));
  }
  consumer.faults = {};
  consumer.up = true;
  bench.run(400, 1000);
  EXPECT_TRUE(bench.uplink().drained());
  for (std::size_t s = 0; s < kStreams; ++s) {
    const auto stream = static_cast<Stream>(s);
    for (std::uint64_t i = 0; i < bench.queue().next_sequence(stream); ++i) {
      const bool there = consumer.copies(stream, i) > 0 || consumer.in_gap(stream, i);
      ASSERT_TRUE(there) << "stream " << s << " sequence " << i;
    }
  }
  expect_sound(consumer);
}

TEST(Uplink, LosesNothingOnARoughWay) {
  const Faults every{.refuse = 20,
                     .busy = 20,
                     .lose_batch = 20,
                     .lose_ack = 20,
                     .delay_ack = 30,
                     .duplicate_ack = 20,
                     .wrong_ack = 20,
                     .poll_fails = 10};
  const Faults late{.delay_ack = 80, .duplicate_ack = 50};
  for (std::uint64_t seed = 100; seed < 110; ++seed) {
    run_rough(seed, every);
    run_rough(seed, late);
  }
}

}  // namespace
}  // namespace aiot::link
