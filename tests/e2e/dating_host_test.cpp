// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A device that starts without a link and decides for hours; then the link comes, and the time with
// the acknowledgements. Sensor and clock of the device are off, as real ones are. What it decided
// before has a date afterwards, true within what is said of it.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "aiot/toolkit/record_dates.hpp"
#include "tests/device/time_rig.hpp"
#include "tests/support/test.hpp"

namespace {

using namespace aiot;
using toolkit::RecordDate;
using toolkit::RecordDates;
using toolkit::Undated;

constexpr Shape kShape{.window = 2048, .ring = 4096};
constexpr Duration kHour = Duration::from_s(3600);
constexpr std::int64_t kClockPpm = 60;     // UTC runs faster than the device's clock by so much
constexpr std::int64_t kSensorPpm = 7000;  // the sensor is faster than it says
constexpr std::int64_t kWayMs = 300;       // of a batch, and as much of its acknowledgement

struct Decision {
  ContextId context{};
  std::uint64_t sample = 0;
};

/// The way to a consumer and back. It acknowledges with its time, from which the device learns.
class FarConsumer {
 public:
  void attach(const sim::VirtualClock& clock, link::WallClock& wall) {
    clock_ = &clock;
    wall_ = &wall;
  }

  Status offer(const hal::Batch& batch) noexcept {
    if (!up) {
      return Error::kWouldBlock;
    }
    times_.offered(batch, clock_->now());
    acks_.push_back({clock_->now() + Duration::from_ms(2 * kWayMs),
                     {batch.stream, batch.last, batch.hash},
                     utc_ms(clock_->now() + Duration::from_ms(kWayMs)) + jump_ms});
    record::Decoder in(batch.payload);
    while (!in.at_end()) {
      const Bytes record = *in.skip();
      if (const auto decision = record::decode_decision(record); decision.ok()) {
        const auto key = std::pair{batch.stream, decision->header.sequence};
        decisions[key] = {decision->header.context, decision->sample};
      } else if (const auto time = record::decode_time(record); time.ok()) {
        newest_clock = time->clock;
      }
      dates.add("pump-7", record);
    }
    return {};
  }

  Result<hal::BatchAck> poll() noexcept {
    if (acks_.empty() || clock_->now() < acks_.front().due) {
      return Error::kEmpty;
    }
    const Pending pending = acks_.front();
    acks_.pop_front();
    const Result<Instant> sent = times_.of(pending.ack);
    if (sent.ok()) {
      (void)wall_->sight(*sent, clock_->now(), pending.unix_ms);
    }
    return pending.ack;
  }

  [[nodiscard]] bool ready() const noexcept { return up; }

  static std::int64_t utc_ms(Instant now) {
    return test::kBootMs + now.us / 1000 + now.us / 1000 * kClockPpm / 1'000'000;
  }

  bool up = false;
  std::int64_t jump_ms = 0;
  std::uint64_t newest_clock = 0;  // of the newest time record
  std::map<std::pair<Stream, std::uint64_t>, Decision> decisions;
  RecordDates dates;

 private:
  struct Pending {
    Instant due{};
    hal::BatchAck ack{};
    std::int64_t unix_ms = 0;
  };

  const sim::VirtualClock* clock_ = nullptr;
  link::WallClock* wall_ = nullptr;
  link::OfferTimes times_;
  std::deque<Pending> acks_;
};

using Rig = test::TimeRig<FarConsumer>;

class DatingTest : public ::testing::Test {
 protected:
  DatingTest() { flash_.blank(); }

  /// One power-on of the same device.
  std::unique_ptr<Rig> power_on() {
    auto rig = std::make_unique<Rig>(
        flash_,
        consumer_,
        *storage_,
        test::TimeRigOptions{.sensor_ppm = kSensorPpm, .samples = 3000, .wake_ms = 2000});
    consumer_.attach(rig->clock, rig->wall);
    EXPECT_TRUE(rig->start().ok());
    return rig;
  }

  /// UTC at which a frame of that power-on was taken.
  static std::int64_t truth_ms(const Rig& rig, std::uint64_t frame) {
    const std::int64_t own = rig.sensor.taken_ms(frame) - test::kBootMs;
    return test::kBootMs + own + own * kClockPpm / 1'000'000;
  }

  std::vector<std::byte> bytes_ = std::vector<std::byte>(test::kTimeNor.size);
  sim::SimFlash flash_{test::kTimeNor, sim::SimFlash::Ecc::kNo, bytes_, {}};
  std::unique_ptr<Storage<kShape>> storage_ = std::make_unique<Storage<kShape>>();
  FarConsumer consumer_;
};

TEST_F(DatingTest, HoursWithoutALinkAreDatedAfterwards) {
  const auto rig = power_on();
  rig->run_for({6 * kHour.us});
  EXPECT_EQ(consumer_.decisions.size(), 0U);
  consumer_.up = true;
  rig->run_for(kHour);
  std::size_t before_link = 0;
  std::int64_t before_ms = 0;
  std::int64_t most_ms = 0;
  for (const auto& [identity, decision] : consumer_.decisions) {
    const RecordDate date = consumer_.dates.date("pump-7", decision.context, decision.sample);
    ASSERT_TRUE(date.ok());
    EXPECT_LE(std::abs(date.unix_ms - truth_ms(*rig, decision.sample)), date.uncertainty_ms);
    const bool before = date.unix_ms < test::kBootMs + 6 * 3'600'000;
    before_link += before ? 1U : 0U;
    std::int64_t& most = before ? before_ms : most_ms;
    most = std::max(most, date.uncertainty_ms);
  }
  EXPECT_GT(before_link, 10U);
  EXPECT_LT(before_ms, 8000) << "by the stated rate alone it would be minutes";
  EXPECT_LT(most_ms, 17'000) << "up to an hour behind the newest time";
}

TEST_F(DatingTest, AClockThatIsSetChangesNoDateThatWasThere) {
  const auto rig = power_on();
  consumer_.up = true;
  rig->run_for({3 * kHour.us});
  std::map<std::pair<Stream, std::uint64_t>, RecordDate> before;
  for (const auto& [identity, decision] : consumer_.decisions) {
    before[identity] = consumer_.dates.date("pump-7", decision.context, decision.sample);
    ASSERT_TRUE(before[identity].ok());
  }
  ASSERT_GT(before.size(), 5U);
  const std::uint64_t set_at = rig->device.pipeline().arrived();
  for (const std::int64_t jump : {7'200'000, -3'600'000}) {
    consumer_.jump_ms = jump;
    rig->run_for({2 * kHour.us});
  }
  EXPECT_EQ(consumer_.newest_clock, 2U);
  std::size_t behind = 0;
  for (const auto& [identity, decision] : consumer_.decisions) {
    const RecordDate date = consumer_.dates.date("pump-7", decision.context, decision.sample);
    ASSERT_TRUE(date.ok());
    const std::int64_t off = date.unix_ms - truth_ms(*rig, decision.sample);
    if (const auto found = before.find(identity); found != before.end()) {
      EXPECT_LE(std::abs(off), date.uncertainty_ms);
      EXPECT_LE(std::abs(date.unix_ms - found->second.unix_ms),
                date.uncertainty_ms + found->second.uncertainty_ms);
    }
    if (decision.sample > set_at + 12'928ULL * 3600U / 2U) {
      ++behind;
      const bool by_a_set_clock = std::abs(off - 7'200'000) <= date.uncertainty_ms ||
                                  std::abs(off + 3'600'000) <= date.uncertainty_ms;
      EXPECT_TRUE(by_a_set_clock) << off;
    }
  }
  EXPECT_GT(behind, 3U);
}

TEST_F(DatingTest, ARunThatNeverGotTheTimeStaysWithoutDates) {
  {
    const auto rig = power_on();
    rig->run_for({2 * kHour.us});
  }
  consumer_.up = true;
  const auto rig = power_on();
  const ContextId second = rig->device.context();
  rig->run_for({2 * kHour.us});
  std::size_t dated = 0;
  std::size_t undated = 0;
  for (const auto& [identity, decision] : consumer_.decisions) {
    const RecordDate date = consumer_.dates.date("pump-7", decision.context, decision.sample);
    if (decision.context == second) {
      ++dated;
      EXPECT_LE(std::abs(date.unix_ms - truth_ms(*rig, decision.sample)), date.uncertainty_ms);
    } else {
      ++undated;
      EXPECT_TRUE(date.undated == Undated::kNoTime);
    }
  }
  EXPECT_GT(dated, 3U);
  EXPECT_GT(undated, 3U);
}

}  // namespace
