// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// A property: whatever a way does to batches and acknowledgements that a device and its consumer
// exchange, and whatever happens to the device meanwhile, every record that was accepted is held
// once or told as a gap, and the consumer never takes the device for a stranger.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "aiot/link/uplink.hpp"
#include "aiot/toolkit/record_archive.hpp"
#include "ports/sim/flash.hpp"
#include "tests/e2e/ledger.hpp"
#include "tests/support/test.hpp"

namespace aiot::e2e {
namespace {

constexpr const char* kDevice = "pump-7";
constexpr hal::FlashGeometry kGeometry{
    .size = 12 * 4 * 1024, .sector = 1024, .page = 256, .program = 1};
constexpr std::uint32_t kRegion = kGeometry.size / kStreams;

/// What a way does to one in so many; 0: never.
struct Habits {
  std::uint32_t refuse = 0;     ///< offers fail
  std::uint32_t busy = 0;       ///< offers would block
  std::uint32_t lose = 0;       ///< batches that the broker said it has
  std::uint32_t duplicate = 0;  ///< batches come twice
  std::uint32_t lose_ack = 0;
  std::uint32_t duplicate_ack = 0;
  std::uint32_t strange_ack = 0;   ///< an old one, or one that nobody said
  std::uint32_t cut = 0;           ///< steps
  std::uint32_t mend = 1;          ///< steps without a link
  std::uint32_t delay_ms = 0;      ///< of batches, which stay in order
  std::uint32_t ack_delay_ms = 0;  ///< of acknowledgements, which do not
  bool session = true;  ///< what the broker has not confirmed is sent again after a cut, in order

  static Habits of(sim::Random& random) {
    const auto sometimes = [&random](std::uint32_t from, std::uint32_t to) {
      return random.below(2) == 0 ? 0 : from + random.below(to - from);
    };
    return {.refuse = sometimes(2, 20),
            .busy = sometimes(2, 20),
            .lose = sometimes(3, 30),
            .duplicate = sometimes(2, 20),
            .lose_ack = sometimes(2, 20),
            .duplicate_ack = sometimes(2, 20),
            .strange_ack = sometimes(5, 50),
            .cut = sometimes(10, 200),
            .mend = 1 + random.below(100),
            .delay_ms = sometimes(1, 4000),
            .ack_delay_ms = sometimes(1, 6000),
            .session = random.below(4) != 0};
  }

  [[nodiscard]] bool loses() const { return lose != 0 || (!session && cut != 0); }
};

/// The way between device and consumer, a session's outbox at its begin and the archive at its end.
class Way {
 public:
  Way(const Habits& habits, sim::Random& random) : habits_(habits), random_(random) {
    auto archive = toolkit::RecordArchive::open(":memory:");
    EXPECT_TRUE(archive.ok());
    archive_.emplace(std::move(*archive));
  }

  // hal::Sink
  [[nodiscard]] bool ready() const noexcept { return up_ && outbox_.size() < kOutbox; }

  Status offer(const hal::Batch& batch) noexcept {
    EXPECT_TRUE(ready()) << "offered to a sink that is not ready";
    if (one_in(habits_.refuse)) {
      return Error::kIo;
    }
    if (one_in(habits_.busy)) {
      return Error::kWouldBlock;
    }
    ++taken;
    outbox_.push_back({batch, {batch.payload.begin(), batch.payload.end()}, {}});
    return {};
  }

  Result<hal::BatchAck> poll() noexcept {
    if (one_in(habits_.strange_ack) && !said_.empty()) {
      hal::BatchAck ack = said_[random_.below(static_cast<std::uint32_t>(said_.size()))];
      const std::uint32_t how = random_.below(4);
      ack.last += how == 1 ? 1U : 0U;
      ack.hash[random_.below(16)] ^= how == 2 ? std::byte{1} : std::byte{0};
      ack.stream = how == 3 ? static_cast<Stream>(random_.below(256)) : ack.stream;
      return ack;
    }
    for (auto ack = acks_.begin(); up_ && ack != acks_.end(); ++ack) {
      if (ack->due <= now_) {
        const hal::BatchAck said = ack->ack;
        acks_.erase(ack);
        return said;
      }
    }
    return Error::kEmpty;
  }

  void step(Instant now) {
    now_ = now;
    if (up_ && one_in(habits_.cut)) {
      up_ = false;
      sent_ = 0;
      if (!habits_.session) {
        outbox_.clear();
      }
    } else if (!up_ && random_.below(habits_.mend) == 0) {
      up_ = true;
    }
    if (up_) {
      for (; sent_ < outbox_.size(); ++sent_) {
        forward(outbox_[sent_]);
      }
      while (!outbox_.empty() && random_.below(3) != 0) {  // the broker confirms it
        outbox_.pop_front();
        --sent_;
      }
    }
    for (; !under_way_.empty() && under_way_.front().due <= now; under_way_.pop_front()) {
      arrive(under_way_.front());
    }
  }

  /// The device has lost what it had in memory.
  void restart() {
    outbox_.clear();
    sent_ = 0;
  }

  void heal() {
    habits_ = {};
    up_ = true;
  }

  [[nodiscard]] const toolkit::RecordArchive& archive() const { return *archive_; }

  std::uint64_t taken = 0;
  std::map<toolkit::BatchFault, std::uint64_t> faults;

 private:
  static constexpr std::size_t kOutbox = 6;

  struct Message {
    hal::Batch batch;
    std::vector<std::byte> payload;
    Instant due{};
  };

  struct Answer {
    hal::BatchAck ack;
    Instant due{};
  };

  bool one_in(std::uint32_t count) { return count != 0 && random_.below(count) == 0; }

  Instant later(std::uint32_t most_ms) {
    return now_ + Duration::from_ms(most_ms == 0 ? 0 : random_.below(most_ms));
  }

  void forward(const Message& message) {
    for (int i = one_in(habits_.duplicate) ? 2 : 1; i > 0 && !one_in(habits_.lose); --i) {
      under_way_.push_back(message);
      under_way_.back().due = later(habits_.delay_ms);
      if (under_way_.size() > 1) {
        const Instant before = under_way_[under_way_.size() - 2].due;
        under_way_.back().due = std::max(under_way_.back().due, before);
      }
    }
  }

  void arrive(Message& message) {
    message.batch.payload = message.payload;
    const toolkit::BatchReceipt receipt = archive_->take(kDevice, message.batch, now_.us / 1000);
    const bool old = std::ranges::any_of(
        said_, [&](const hal::BatchAck& ack) { return ack.hash == message.batch.hash; });
    if (receipt.fault == toolkit::BatchFault::kReplay && old && habits_.session) {
      return;  // the session has sent it again, behind others that name a newer one
    }
    ++faults[receipt.fault];
    if (receipt.fault != toolkit::BatchFault::kNone) {
      return;
    }
    said_.push_back(receipt.ack);
    for (int i = one_in(habits_.duplicate_ack) ? 2 : 1; i > 0 && !one_in(habits_.lose_ack); --i) {
      acks_.push_back({receipt.ack, later(habits_.ack_delay_ms)});
    }
  }

  Habits habits_;
  sim::Random& random_;
  std::optional<toolkit::RecordArchive> archive_;
  bool up_ = true;
  Instant now_{};
  std::deque<Message> outbox_;  // until the broker confirms it
  std::size_t sent_ = 0;        // of it, on this connection
  std::deque<Message> under_way_;
  std::deque<Answer> acks_;
  std::vector<hal::BatchAck> said_;
};

static_assert(hal::Sink<Way>);

class World {
 public:
  explicit World(std::uint64_t seed)
      : random_(seed),
        habits_(Habits::of(random_)),
        way_(habits_, random_),
        flash_(kGeometry, sim::SimFlash::Ecc::kNo, memory_, {}) {
    constexpr std::array kPolicies = {
        store::OnFull::kDropOldest, store::OnFull::kRefuseNewest, store::OnFull::kThinOut};
    for (std::uint32_t i = 0; i < kStreams; ++i) {
      streams_[i].region = {i * kRegion, kRegion};
      streams_[i].on_full = kPolicies[random_.below(2) == 0 ? 0 : random_.below(3)];
      streams_[i].retention.max_records = random_.below(3) == 0 ? 20 + random_.below(100) : 0;
      streams_[i].retention.max_age_s = random_.below(4) == 0 ? 60 + random_.below(600) : 0;
    }
    config_ = {.max_records = 1 + random_.below(24),
               .ack_timeout = Duration::from_ms(500 + random_.below(3000)),
               .backoff_min = Duration::from_ms(50),
               .backoff_max = Duration::from_s(5),
               .jitter_seed = seed};
    in_flight_ = random_.below(hal::kMaxBatchesInFlight + 1);
    restarts_ = random_.below(2) == 0 ? 0 : 50 + random_.below(500);
    cuts_ = random_.below(2) == 0 ? 0 : 20 + random_.below(500);
    pushes_ = 1 + random_.below(6);
    flash_.blank();
    start();
  }

  void run() {
    for (int i = 0; i < 1200; ++i) {
      if (cuts_ != 0 && random_.below(cuts_) == 0) {
        flash_.cut_at(1 + random_.below(20),
                      static_cast<sim::CutKind>(random_.below(4)),
                      random_.below(1U << 30U));
      }
      step();
      if (!flash_.powered() || (restarts_ != 0 && random_.below(restarts_) == 0)) {
        restart();
      }
    }
    way_.heal();
    flash_.power_on();
    restart();
    for (int i = 0; i < 2000 && !uplink_->drained(); ++i) {
      beat(100);
    }
    EXPECT_TRUE(uplink_->drained());
    check();
  }

 private:
  void start() {
    queue_.emplace();
    ASSERT_TRUE(queue_->mount(flash_, streams_).ok());
    ledger_.mounted(*queue_);
    uplink_.emplace(
        *queue_, way_, batch_, config_, std::span(window_).first(kStreams * in_flight_));
  }

  void restart() {
    flash_.power_on();
    way_.restart();
    uplink_.reset();
    start();
  }

  void step() {
    if (random_.below(pushes_) == 0) {
      for (std::uint32_t i = random_.below(40) == 0 ? 60 : 1; i > 0 && flash_.powered(); --i) {
        (void)ledger_.push(*queue_, static_cast<Stream>(random_.below(kStreams)), random_);
      }
    }
    beat(1 + random_.below(random_.below(10) == 0 ? 2000 : 100));
  }

  void beat(std::int64_t ms) {
    now_ = now_ + Duration::from_ms(ms);
    way_.step(now_);
    const Status stepped = uplink_->step(now_);
    // A stream that is full and refuses may have no room for its acknowledgement.
    EXPECT_TRUE(stepped.ok() || !flash_.powered() || stepped.error() == Error::kNoSpace);
    if (random_.below(8) == 0) {
      (void)queue_->service(static_cast<std::uint32_t>(now_.us / 1'000'000));
    }
  }

  void check() {
    ledger_.expect_accounted(way_.archive());
    for (const toolkit::ArchivedStream& held : way_.archive().streams()) {
      const store::StreamStats stats = queue_->stats(held.stream);
      EXPECT_EQ(stats.first_unacknowledged, held.last + 1);
      EXPECT_LE(held.gaps, stats.dropped);
    }
    for (const auto& [fault, count] : way_.faults) {
      const bool expected = fault == toolkit::BatchFault::kNone ||
                            (fault == toolkit::BatchFault::kHole && habits_.loses());
      EXPECT_TRUE(expected) << to_string(fault) << ", " << count << " times";
    }
    EXPECT_EQ(flash_.violations(), 0U);
  }

  sim::Random random_;
  Habits habits_;
  Way way_;
  Ledger ledger_{kDevice};
  std::array<std::byte, kGeometry.size> memory_{};
  sim::SimFlash flash_;
  std::array<store::StreamConfig, kStreams> streams_{};
  link::UplinkConfig config_{};
  std::array<std::byte, 600> batch_{};
  std::optional<store::Queue> queue_;
  std::array<link::InFlight, kStreams * hal::kMaxBatchesInFlight> window_{};
  std::size_t in_flight_ = 0;
  std::optional<link::Uplink> uplink_;
  std::uint32_t restarts_ = 0;
  std::uint32_t cuts_ = 0;
  std::uint32_t pushes_ = 1;
  Instant now_{1'000'000};
};

TEST(RoughWay, EveryRecordIsHeldOnceOrToldAsAGap) {
  const std::uint64_t seeds = std::getenv("AIOT_FULL") != nullptr ? 5000 : 150;
  for (std::uint64_t seed = 1; seed <= seeds && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    World(seed).run();
  }
}

}  // namespace
}  // namespace aiot::e2e
