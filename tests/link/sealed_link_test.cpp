// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// The whole way: queue, uplink, seals, and somebody in between who drops, changes, delays and
// repeats messages in both directions. Nothing is lost, nothing foreign gets in, and the time stays
// true.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>

#include "aiot/link/sealed.hpp"
#include "aiot/link/uplink.hpp"
#include "aiot/link/wall_clock.hpp"
#include "aiot/record/record.hpp"
#include "aiot/store/queue.hpp"
#include "ports/sim/flash.hpp"
#include "ports/sim/random.hpp"
#include "tests/crypto/lent_pool.hpp"
#include "tests/link/consumer.hpp"
#include "tests/link/seal_keys.hpp"
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
constexpr std::int64_t kBootMs = 1'750'000'000'000;
constexpr std::size_t kBatch = 512;

std::array<std::byte, kGeometry.size> memory;
std::array<std::byte, kBatch> batch_buffer;
std::array<std::byte, 128> record_buffer;
alignas(Consumer) std::array<std::byte, sizeof(Consumer)> consumer_memory;

/// A message that somebody has kept.
struct Kept {
  std::array<std::byte, kBatch + kBatchSealBytes> bytes{};
  std::size_t size = 0;

  void keep(Bytes message) {
    std::ranges::copy(message, bytes.begin());
    size = message.size();
  }

  [[nodiscard]] Bytes view() const { return Bytes(bytes).first(size); }
};

std::array<Kept, 8> kept_batches;
std::array<Kept, 8> kept_acks;

/// Both ends of a sealed link, and the somebody: a sink of the uplink's.
class HostileWay {
 public:
  HostileWay(Consumer& consumer, std::uint64_t seed, BatchSeal seal)
      : consumer_(consumer), random_(seed), config_{.device = "pump-7", .batches = seal} {
    for (auto* all : {&kept_batches, &kept_acks}) {
      for (Kept& kept : *all) {
        kept.size = 0;
      }
    }
  }

  [[nodiscard]] static bool ready() noexcept { return true; }

  Status offer(const hal::Batch& batch) noexcept {
    times.offered(batch, now);
    const Result<Bytes> message = seal_batch(batch, config_, keys_, out_);
    if (!message.ok()) {
      return message.error();
    }
    Kept& old = kept_batches[random_.below(kept_batches.size())];
    if (old.size > 0 && odds(4)) {
      arrives(old.view());  // in front of it: out of order, and again
    }
    old.keep(*message);
    if (odds(4)) {
      consumer_.lose(batch);
      return {};  // dropped
    }
    if (odds(4)) {
      consumer_.lose(batch);
      damage(*message, out_);
    }
    arrives(*message);
    return {};
  }

  Result<hal::BatchAck> poll() noexcept {
    const Result<hal::BatchAck> said = consumer_.poll();
    Bytes message;
    if (said.ok()) {
      const TimedAck timed{*said, remote_ms()};
      Kept& place = kept_acks[random_.below(kept_acks.size())];
      const Result<Bytes> sealed = seal_ack(timed, config_, keys_, out_);
      if (!sealed.ok()) {
        return Error::kEmpty;  // a stream that does not exist
      }
      place.keep(*sealed);
      message = *sealed;
      if (odds(5)) {
        damage(message, out_);
      }
    } else if (odds(3)) {
      message = kept_acks[random_.below(kept_acks.size())].view();
    }
    if (message.empty()) {
      return Error::kEmpty;
    }
    const OpenedAck opened = open_ack(message, config_, keys_);
    if (!opened.ok()) {
      ++refused_acks;
      return Error::kEmpty;
    }
    if (const Result<Instant> sent = times.of(opened.value.ack); sent.ok()) {
      EXPECT_NE(clock.sight(*sent, now, *opened.value.unix_ms), SightingResult::kJumped);
      ++sightings;
    }
    return opened.value.ack;
  }

  [[nodiscard]] std::int64_t remote_ms() const { return kBootMs + now.us / 1000; }

  Instant now{};
  OfferTimes times;
  WallClock clock{{}};
  std::uint32_t refused_batches = 0;
  std::uint32_t refused_acks = 0;
  std::uint32_t broken_chains = 0;
  std::uint32_t sightings = 0;

 private:
  bool odds(std::uint32_t one_in) noexcept { return random_.below(one_in) == 0; }

  void damage(Bytes message, MutableBytes room) noexcept {
    const auto begin = static_cast<std::size_t>(message.data() - room.data());
    const std::size_t at = begin + random_.below(static_cast<std::uint32_t>(message.size()));
    room[at] ^= static_cast<std::byte>(1U << random_.below(8));
  }

  // The consumer: the seal, then the chain (SPEC, batches).
  void arrives(Bytes message) noexcept {
    const OpenedBatch opened = open_batch(message, config_, keys_, scratch_);
    if (!opened.ok()) {
      ++refused_batches;
      return;
    }
    if (consumer_.place(opened.batch) == Chain::Place::kBroken) {
      ++broken_chains;
      return;
    }
    (void)consumer_.offer(opened.batch);
  }

  Consumer& consumer_;
  sim::Random random_;
  SealConfig config_;
  link_test::SealKeys keys_;
  std::array<std::byte, kBatch + kBatchSealBytes> out_{};
  std::array<std::byte, kBatch + 2 * kBatchSealBytes> scratch_{};
};

static_assert(hal::Sink<HostileWay>);

void push(store::Queue& queue, Stream stream) {
  const float features[] = {1.0F, 2.0F, 3.0F};
  const record::DecisionRecord decision{.stream = stream,
                                        .sequence = queue.next_sequence(stream),
                                        .sample = 4096 * queue.next_sequence(stream),
                                        .features = features};
  EXPECT_TRUE(queue.push(stream, *record::encode(decision, record_buffer)).ok());
}

void run(std::uint64_t seed, BatchSeal seal, int pushes) {
  Consumer& consumer = *new (consumer_memory.data()) Consumer(seed);
  consumer.faults = {.lose_ack = 20, .delay_ack = 20, .duplicate_ack = 20};
  sim::SimFlash flash(kGeometry, sim::SimFlash::Ecc::kNo, memory, {});
  flash.blank();
  store::Queue queue;
  ASSERT_TRUE(queue.mount(flash, kStreamsConfig).ok());
  HostileWay way(consumer, seed, seal);
  std::array<InFlight, kStreams * hal::kMaxBatchesInFlight> window{};
  Uplink uplink(queue, way, batch_buffer, kConfig, window);
  sim::Random random(seed + 1);
  way.now = {1'000'000};
  for (int step = 0; step < pushes || !uplink.drained(); ++step) {
    ASSERT_LT(step, 50 * pushes);
    if (step < pushes) {
      push(queue, static_cast<Stream>(random.below(3)));
    }
    way.now = way.now + Duration::from_ms(random.below(300));
    ASSERT_TRUE(uplink.step(way.now).ok());
    if (way.clock.known()) {
      const Result<WallTime> time = way.clock.at(way.now);
      ASSERT_TRUE(time.ok());
      EXPECT_LE(std::abs(time->unix_ms - way.remote_ms()), time->uncertainty_ms);
    }
  }
  for (std::size_t i = 0; i < kStreams; ++i) {
    const auto stream = static_cast<Stream>(i);
    for (std::uint64_t n = 0; n < queue.next_sequence(stream); ++n) {
      EXPECT_GE(consumer.copies(stream, n), 1U);
    }
  }
  EXPECT_EQ(consumer.broken_chains + consumer.wrong_hashes + consumer.holes + consumer.malformed,
            0U);
  EXPECT_GT(way.sightings, 0U);
  if (pushes > 100) {
    EXPECT_GT(way.refused_batches, 0U);
    EXPECT_GT(way.refused_acks, 0U);
    EXPECT_GT(way.broken_chains, 0U);
    EXPECT_GT(uplink.stats().foreign_acks, 0U);
  }
}

TEST(SealedLink, LosesNothingAndLetsNothingIn) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    run(seed, BatchSeal::kMac, 200);
  }
}

TEST(SealedLink, DoesSoWithSignaturesToo) {
  crypto_test::lend(crypto::kPoolBytes);
  run(5, BatchSeal::kSignature, 1);
}

}  // namespace
}  // namespace aiot::link
