// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/time_recorder.hpp"

#include "aiot_packages/sense.hpp"
#include "tests/device/time_rig.hpp"
#include "tests/support/test.hpp"

namespace {

using namespace aiot;
using link::SightingResult;

constexpr Shape kShape{.window = 2048, .ring = 4096};
constexpr Duration kMinute = Duration::from_s(60);
constexpr Duration kHour = Duration::from_s(3600);

std::array<std::byte, test::kTimeNor.size> flash_bytes;
Storage<kShape> storage;

struct Rig {
  explicit Rig(const test::TimeRigOptions& options) : run(flash, sink, storage, options) {
    flash.blank();
    EXPECT_TRUE(run.start().ok());
  }

  sim::SimFlash flash{test::kTimeNor, sim::SimFlash::Ecc::kNo, flash_bytes, {}};
  test::TimeSink sink;
  test::TimeRig<test::TimeSink> run;
};

bool true_within_uncertainty(const test::SparseSensor& sensor, const record::TimeRecord& time) {
  const std::int64_t off = static_cast<std::int64_t>(time.unix_ms) - sensor.taken_ms(time.frame);
  return (off < 0 ? -off : off) <= static_cast<std::int64_t>(time.uncertainty_ms);
}

TEST(TimeRecorder, WritesNothingAsLongAsTheTimeIsNotKnown) {
  Rig rig({});
  rig.run.run_for({3 * kHour.us});
  EXPECT_EQ(rig.sink.time_records, 0U);
  EXPECT_EQ(rig.run.device.metrics().records, 1U) << "the context";
}

TEST(TimeRecorder, RelatesFramesToUtcOnceTheTimeIsKnown) {
  for (const std::int64_t ppm : {0, 10'000, -10'000}) {
    Rig rig({.sensor_ppm = ppm});
    rig.run.run_for({2 * kMinute.us});
    EXPECT_EQ(rig.run.sight(0, 200), SightingResult::kFirst);
    rig.run.run_for(kMinute);
    ASSERT_EQ(rig.sink.time_records, 2U) << "the first arrival, and the one at the first sighting";
    for (const record::TimeRecord& time : rig.sink.times) {
      EXPECT_TRUE(time.context == rig.run.device.context());
      EXPECT_EQ(time.stream, Stream::kBulk);
      EXPECT_EQ(time.clock, 0U);
      EXPECT_TRUE(true_within_uncertainty(rig.run.sensor, time));
      EXPECT_GE(time.uncertainty_ms, 100U) << "half of the way";
      EXPECT_LE(time.uncertainty_ms, 130U);
    }
    EXPECT_LT(rig.sink.times[0].frame, 12'800U * 21U);
    EXPECT_EQ(rig.run.events(EventId::kTimeKnown), 1U);
  }
}

TEST(TimeRecorder, CountsSamplesThatWaitInTheRing) {
  // No step of the device takes the samples that the sensor has put into its ring.
  Rig rig({.samples = 2000});
  rig.run.sight(0, 2);
  test::TimeRig<test::TimeSink>& run = rig.run;
  run.recorder->step(run.clock.now());
  (void)run.device.step(run.clock.now());
  run.clock.advance(Duration::from_ms(100));
  EXPECT_TRUE(run.sensor.service().ok());
  EXPECT_EQ(run.device.pipeline().position(), 25U);
  run.recorder->step(run.clock.now());
  for (int i = 0; i < 5; ++i) {
    (void)run.device.step(run.clock.now());
  }
  ASSERT_EQ(rig.sink.time_records, 1U);
  EXPECT_EQ(rig.sink.times[0].frame, 1304U) << "of 102 ms";
}

TEST(TimeRecorder, IsAsUncertainAsTheLooksAreApart) {
  for (const std::int64_t apart_ms : {1, 100, 3000}) {
    Rig rig({.wake_ms = apart_ms + 1});
    rig.run.sight(0, 0);
    rig.run.clock.advance(Duration::from_ms(10));
    // Looks only before each step: samples arrive just behind one.
    for (int i = 0; i < 4; ++i) {
      rig.run.recorder->step(rig.run.clock.now());
      (void)rig.run.device.step(rig.run.clock.now());
      rig.run.clock.advance(Duration::from_ms(apart_ms));
    }
    ASSERT_GE(rig.sink.time_records, 1U);
    const record::TimeRecord& time = rig.sink.times[0];
    EXPECT_TRUE(true_within_uncertainty(rig.run.sensor, time)) << apart_ms;
    EXPECT_GE(time.uncertainty_ms, static_cast<std::uint64_t>(apart_ms / 2 + 2));
    EXPECT_LE(time.uncertainty_ms, static_cast<std::uint64_t>(apart_ms / 2 + 10));
  }
}

TEST(TimeRecorder, SaysTheTimeAgainEachHour) {
  Rig rig({.sensor_ppm = 10'000});
  rig.run.sight(0, 20);
  rig.run.run_for({5 * kHour.us + kMinute.us});
  ASSERT_EQ(rig.sink.time_records, 6U);
  for (std::size_t i = 0; i < rig.sink.times.size(); ++i) {
    EXPECT_TRUE(true_within_uncertainty(rig.run.sensor, rig.sink.times[i])) << i;
    EXPECT_LT(rig.sink.times[i].uncertainty_ms, 30U + 360U * i) << "the drift of 100 ppm";
  }
  // The real rate shows: 1 % more frames an hour than stated.
  const std::uint64_t frames = rig.sink.times[5].frame - rig.sink.times[0].frame;
  const std::uint64_t ms = rig.sink.times[5].unix_ms - rig.sink.times[0].unix_ms;
  EXPECT_NEAR(static_cast<float>(frames * 1000U / ms), 12'928.0F, 1.0F);
}

TEST(TimeRecorder, SaysItAgainWhenItIsKnownMuchBetterAndNotWhenItIsNot) {
  Rig rig({});
  rig.run.sight(0, 10'000);
  rig.run.run_for(kMinute);
  ASSERT_EQ(rig.sink.time_records, 1U);
  EXPECT_GE(rig.sink.times[0].uncertainty_ms, 5000U);
  EXPECT_EQ(rig.run.sight(0, 8000), SightingResult::kBetter);
  rig.run.run_for(kMinute);
  EXPECT_EQ(rig.sink.time_records, 1U) << "better, but not clearly";
  EXPECT_EQ(rig.run.sight(0, 20), SightingResult::kBetter);
  rig.run.run_for(kMinute);
  ASSERT_EQ(rig.sink.time_records, 3U) << "the first arrival gets a better time, too";
  EXPECT_LE(rig.sink.times[1].uncertainty_ms, 40U);
  EXPECT_LE(rig.sink.times[2].uncertainty_ms, 40U);
  for (int i = 0; i < 30; ++i) {
    rig.run.sight(0, 20 + i % 3);
    rig.run.run_for(kMinute);
  }
  EXPECT_EQ(rig.sink.time_records, 3U) << "sightings like those before are no news";
}

TEST(TimeRecorder, NamesAnotherClockWhenItWasSet) {
  for (const std::int64_t jump_ms : {7'200'000, -86'400'000}) {
    Rig rig({});
    rig.run.run_for(kMinute);
    rig.run.sight(0, 20);
    rig.run.run_for({10 * kMinute.us});
    const std::uint32_t before = rig.sink.time_records;
    const std::uint64_t seen = rig.run.device.pipeline().arrived();
    EXPECT_EQ(rig.run.sight(jump_ms, 20), SightingResult::kJumped);
    rig.run.run_for(kMinute);
    // The first look behind the jump is as long as the device slept.
    ASSERT_EQ(rig.sink.time_records, before + 2) << "what was recorded before stays as it was";
    EXPECT_GE(rig.sink.times[before].frame + 1U, seen) << "nothing from before it is dated anew";
    const record::TimeRecord& last = rig.sink.times[before + 1];
    EXPECT_EQ(rig.sink.times[before - 1].clock, 0U);
    EXPECT_EQ(last.clock, 1U);
    EXPECT_NEAR(static_cast<float>(static_cast<std::int64_t>(last.unix_ms) - jump_ms -
                                   rig.run.sensor.taken_ms(last.frame)),
                0.0F,
                static_cast<float>(last.uncertainty_ms));
    EXPECT_EQ(rig.run.events(EventId::kClockSet), 1U);
    const Event& event = rig.run.device.events()[rig.run.device.events().size() - 1];
    EXPECT_NEAR(static_cast<float>(static_cast<std::int32_t>(event.value)),
                static_cast<float>(jump_ms / 1000),
                1.0F);
  }
}

// Two consumers, say. Each record is acknowledged by both, which sets the clock twice again.
TEST(TimeRecorder, ClocksThatContradictEachOtherFillNoStore) {
  Rig rig({.wake_ms = 1000});
  for (int i = 0; i < 600; ++i) {
    rig.run.sight(i % 2 == 0 ? 0 : 5000, 20);
    rig.run.wake();
  }
  EXPECT_EQ(rig.run.wall.jumps(), 599U);
  EXPECT_GE(rig.sink.time_records, 9U);
  EXPECT_LE(rig.sink.time_records, 25U) << "two a minute: the second one is known better";
  EXPECT_LE(rig.run.events(EventId::kClockSet), 11U);
}

TEST(TimeRecorder, SaysTheTimeInEveryNewContext) {
  Rig rig({});
  rig.run.sight(0, 20);
  rig.run.run_for(kMinute);
  ASSERT_EQ(rig.sink.time_records, 1U);
  const ContextId first = rig.run.device.context();
  ASSERT_TRUE(
      rig.run.device.use_package(std::as_bytes(std::span(packages::sense)), rig.run.clock.now())
          .ok());
  rig.run.run_for(kMinute);
  ASSERT_EQ(rig.sink.time_records, 2U);
  EXPECT_TRUE(rig.sink.times[0].context == first);
  EXPECT_TRUE(rig.sink.times[1].context == rig.run.device.context());
  EXPECT_FALSE(rig.run.device.context() == first);
}

TEST(TimeRecorder, KeepsMomentsOfTheWholeTimeBeforeItIsKnown) {
  Rig rig({.sensor_ppm = -10'000, .wake_ms = 60'000});
  rig.run.run_for({50 * kHour.us});
  rig.run.sight(0, 20);
  rig.run.run_for({10 * kMinute.us});
  const std::size_t count = rig.sink.times.size();
  ASSERT_GE(count, device::TimeRecorder::kKept / 2 + 1);
  ASSERT_LE(count, device::TimeRecorder::kKept + 1);
  std::uint64_t longest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_TRUE(true_within_uncertainty(rig.run.sensor, rig.sink.times[i])) << i;
    if (i > 0) {
      EXPECT_GT(rig.sink.times[i].frame, rig.sink.times[i - 1].frame);
      longest = std::max(longest, rig.sink.times[i].unix_ms - rig.sink.times[i - 1].unix_ms);
    }
  }
  EXPECT_LT(rig.sink.times[0].frame, 12'800U * 61U);
  EXPECT_LE(longest, 2U * 8U * 3'600'000U + 120'000U);
}

TEST(TimeRecorder, LeavesDecisionsAsTheyAre) {
  std::array<std::uint32_t, 2> crcs{};
  for (std::size_t with = 0; with < 2; ++with) {
    Rig rig({.samples = 3000, .with_recorder = with == 1});
    rig.run.run_for(kMinute);
    rig.run.sight(0, 20);
    rig.run.run_for({30 * kMinute.us});
    EXPECT_GT(rig.sink.decisions, 2U);
    EXPECT_EQ(rig.sink.time_records > 0, with == 1);
    crcs[with] = rig.sink.decision_crc;
  }
  EXPECT_EQ(crcs[0], crcs[1]);
}

TEST(TimeRecorder, SaysNothingAboutTheFramesOfARecording) {
  Rig rig({.origin = device::Origin::kReplay});
  rig.run.sight(0, 20);
  rig.run.run_for({2 * kHour.us});
  EXPECT_EQ(rig.sink.time_records, 0U);
  EXPECT_EQ(rig.run.device.record_time({}).error(), Error::kUnsupported);
}

TEST(TimeRecorder, TriesAgainWhatTheQueueDidNotTake) {
  Rig rig({});
  rig.run.sight(0, 20);
  for (int i = 0; i < 4; ++i) {
    rig.flash.cut_at(1, sim::CutKind::kOld, 1);  // whatever is programmed next fails
    rig.run.wake();
    rig.flash.power_on();
  }
  EXPECT_GE(rig.run.events(EventId::kQueueFailed), 1U);
  EXPECT_EQ(rig.run.events(EventId::kTimeKnown), 0U);
  rig.run.run_for(kMinute);
  EXPECT_GE(rig.sink.time_records, 1U);
  EXPECT_EQ(rig.run.events(EventId::kTimeKnown), 1U);
}

TEST(TimeRecorder, IsRefusedByADeviceThatHasNotStarted) {
  Rig rig({});
  test::TimeRig<test::TimeSink> other(rig.flash, rig.sink, storage, {});
  EXPECT_EQ(other.device.record_time({}).error(), Error::kWrongState);
}

}  // namespace
