// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/device.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <span>

#include "aiot/nn/ref/kernels.hpp"
#include "aiot/record/record.hpp"
#include "aiot_packages/machine.hpp"
#include "ports/sim/flash.hpp"
#include "ports/sim/machine.hpp"
#include "ports/sim/sensor.hpp"
#include "tests/support/record_sink.hpp"
#include "tests/support/test.hpp"

namespace {

using namespace aiot;

constexpr std::uint32_t kSector = 4096;
constexpr std::uint32_t kFlashBytes = 64 * kSector;
constexpr hal::FlashGeometry kNor{
    .size = kFlashBytes, .sector = kSector, .page = 256, .program = 1};
constexpr hal::FlashMap kMap{.queue = {{{0, 24 * kSector}, {24 * kSector, 24 * kSector}, {}}},
                             .boot_record = {48 * kSector, 4 * kSector}};
constexpr Shape kShape{.window = 2048, .ring = 4096};

// Healthy for two seconds, then a defect of the outer race that is there at once.
constexpr std::array kScenario{
    sim::OperatingPoint{.time_s = 0.0F},
    sim::OperatingPoint{.time_s = 2.0F},
    sim::OperatingPoint{.time_s = 2.5F, .outer = 0.8F},
};
constexpr std::uint64_t kSamples = 12800ULL * 6ULL;

std::array<std::byte, kFlashBytes> flash_bytes;
Storage<kShape> storage;

// One power-on of a device on `flash` with a sensor that plays `samples` of the scenario; `steps`
// is where its power is taken away (0: it runs to the end).
DeviceConfig replay_config(const hal::FlashMap& map) {
  return {.device_id = "test",
          .firmware_version = "1.2.3",
          .package = std::as_bytes(std::span(packages::machine)),
          .kernels = &nn::ref::kernels,
          .flash = map,
          .origin = device::Origin::kReplay};
}

struct PowerOn {
  PowerOn(sim::SimFlash& flash,
          test::RecordSink& sink,
          std::uint64_t samples,
          std::span<const sim::SensorGap> gaps,
          const hal::FlashMap& map)
      : sensor(machine, {.samples = samples, .gaps = gaps}),
        device(replay_config(map), {flash, sensor, sink, {}}, storage) {}

  Status start() { return device.start({0}); }

  void steps(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      (void)device.step({now += 1000});
    }
  }

  void to_the_end() {
    for (int i = 0; i < 100000 && !(device.sensor_ended() && device.drained()); ++i) {
      steps(1);
    }
  }

  sim::Machine machine{{.seed = 7, .scenario = kScenario}};
  sim::SimSensor sensor;
  Device device;
  std::int64_t now = 0;
};

sim::SimFlash blank_flash() {
  sim::SimFlash flash{kNor, sim::SimFlash::Ecc::kNo, flash_bytes, {}};
  flash.blank();
  return flash;
}

TEST(Device, TurnsItsDecisionWhenTheMachineDoes) {
  sim::SimFlash flash = blank_flash();
  test::RecordSink sink;
  PowerOn run{flash, sink, kSamples, {}, kMap};
  ASSERT_TRUE(run.start().ok());
  run.to_the_end();
  EXPECT_EQ(sink.contexts, 1U);
  EXPECT_GT(sink.decisions, 2U);
  EXPECT_EQ(sink.out_of_order, 0U);
  EXPECT_EQ(sink.repeated_samples, 0U);
  EXPECT_TRUE(run.device.package().label(sink.last_label) == "bearing");
  EXPECT_EQ(run.device.metrics().windows, (kSamples - 2048U) / 1024U + 1U);
  EXPECT_EQ(run.device.metrics().records, sink.contexts + sink.decisions);
  EXPECT_EQ(flash.violations(), 0U);
}

TEST(Device, GivesTheSameBytesInEveryRun) {
  std::array<std::uint32_t, 2> crcs{};
  for (std::uint32_t& crc : crcs) {
    sim::SimFlash flash = blank_flash();
    test::RecordSink sink;
    PowerOn run{flash, sink, kSamples, {}, kMap};
    ASSERT_TRUE(run.start().ok());
    run.to_the_end();
    crc = sink.crc[0] ^ sink.crc[1];
  }
  EXPECT_EQ(crcs[0], crcs[1]);
}

TEST(Device, GoesOnBehindTheLastDurableRecordAfterPowerLoss) {
  sim::SimFlash flash = blank_flash();
  test::RecordSink sink;
  std::uint32_t boots = 0;
  for (const std::uint32_t steps : {3U, 40U, 1U, 55U, 20U}) {
    PowerOn run{flash, sink, kSamples, {}, kMap};
    ASSERT_TRUE(run.start().ok());
    EXPECT_EQ(run.device.boot_count(), ++boots);
    run.steps(steps);
  }
  PowerOn run{flash, sink, kSamples, {}, kMap};
  ASSERT_TRUE(run.start().ok());
  EXPECT_GT(run.device.resumed_at(), 0U);
  run.to_the_end();
  EXPECT_EQ(sink.contexts, boots + 1U);
  EXPECT_EQ(sink.repeated_samples, 0U);
  EXPECT_EQ(sink.out_of_order, 0U);
  EXPECT_EQ(sink.gaps, 0U);
}

TEST(Device, KeepsRecordsWhileTheSinkIsAwayAndDeliversThemLater) {
  sim::SimFlash flash = blank_flash();
  test::RecordSink sink;
  sink.refuse = true;
  PowerOn run{flash, sink, kSamples, {}, kMap};
  ASSERT_TRUE(run.start().ok());
  for (int i = 0; i < 2000 && !run.device.sensor_ended(); ++i) {
    run.steps(1);
  }
  EXPECT_EQ(sink.decisions, 0U);
  const std::uint64_t accepted = run.device.metrics().records;
  EXPECT_GT(accepted, 2U);
  sink.refuse = false;
  run.now += 1'000'000'000;  // past every back-off
  run.to_the_end();
  EXPECT_EQ(sink.contexts + sink.decisions, accepted);
  EXPECT_EQ(sink.out_of_order, 0U);
}

TEST(Device, MakesNoWindowAcrossLostSamplesAndSaysSo) {
  sim::SimFlash flash = blank_flash();
  test::RecordSink sink;
  constexpr std::array kGaps{sim::SensorGap{20000, 3000}};
  PowerOn run{flash, sink, kSamples, kGaps, kMap};
  ASSERT_TRUE(run.start().ok());
  run.to_the_end();
  EXPECT_EQ(run.device.metrics().gaps, 1U);
  // Windows at 18432 + 2048 > 20000 and before 23552 (the first multiple of the hop behind the
  // gap) do not exist.
  EXPECT_EQ(run.device.metrics().windows, (kSamples - 2048U) / 1024U + 1U - 5U);
}

// Small rings: three sectors a stream, about 200 decisions.
constexpr hal::FlashMap kSmallMap{.queue = {{{0, 3 * kSector}, {24 * kSector, 3 * kSector}, {}}},
                                  .boot_record = {48 * kSector, 4 * kSector}};
constexpr hal::FlashMap kSmallMapWithBulk{
    .queue = {{{0, 3 * kSector}, {24 * kSector, 3 * kSector}, {36 * kSector, 3 * kSector}}},
    .boot_record = {48 * kSector, 4 * kSector}};

TEST(Device, TellsItsContextAgainWhenItWasEvictedBeforeDelivery) {
  sim::SimFlash flash = blank_flash();
  test::RecordSink sink;
  sink.refuse = true;
  PowerOn run{flash, sink, 12800ULL * 120ULL, {}, kSmallMap};
  ASSERT_TRUE(run.start().ok());
  for (int i = 0; i < 5000 && !run.device.sensor_ended(); ++i) {
    run.steps(1);
  }
  ASSERT_GT(run.device.queue().stats(Stream::kUrgent).oldest_sequence, 0U);
  sink.refuse = false;
  run.now += 1'000'000'000;
  run.to_the_end();
  EXPECT_GT(sink.gaps, 0U);
  EXPECT_GE(sink.contexts, 1U);
  EXPECT_GT(sink.decisions, 50U);
}

// Records that one boot of `steps` steps made.
std::uint64_t boot_and_run(sim::SimFlash& flash, test::RecordSink& sink, std::uint32_t steps) {
  PowerOn run{flash, sink, kSamples, {}, kSmallMapWithBulk};
  EXPECT_TRUE(run.start().ok());
  run.steps(steps);
  return run.device.metrics().records;
}

TEST(Device, KeepsDecisionsThroughAnyNumberOfBoots) {
  sim::SimFlash flash = blank_flash();
  test::RecordSink sink;
  sink.refuse = true;
  const std::uint64_t decisions = boot_and_run(flash, sink, 200) - 1U;
  ASSERT_GT(decisions, 2U);
  for (int boot = 0; boot < 60; ++boot) {  // 600 bytes of context each, far beyond the ring
    (void)boot_and_run(flash, sink, 0);
  }
  sink.refuse = false;
  PowerOn run{flash, sink, kSamples, {}, kSmallMapWithBulk};
  ASSERT_TRUE(run.start().ok());
  run.now += 1'000'000'000;
  run.to_the_end();
  EXPECT_GE(sink.decisions, decisions);
  EXPECT_EQ(run.device.queue().stats(Stream::kUrgent).dropped, 0U);
  EXPECT_EQ(run.device.queue().stats(Stream::kRoutine).dropped, 0U);
}

TEST(Device, RecordsAChangeAlsoWhenTheFlashFailsForAMoment) {
  std::array<std::uint32_t, 2> decisions{};
  for (std::size_t faulty = 0; faulty < 2; ++faulty) {
    sim::SimFlash flash = blank_flash();
    test::RecordSink sink;
    PowerOn run{flash, sink, kSamples, {}, kMap};
    ASSERT_TRUE(run.start().ok());
    for (int i = 0; i < 100000 && !(run.device.sensor_ended() && run.device.drained()); ++i) {
      // Whatever is programmed next fails once, again and again.
      if (faulty == 1 && i % 7 == 0) {
        flash.cut_at(1, sim::CutKind::kOld, 1);
      }
      run.steps(1);
      flash.power_on();
    }
    decisions[faulty] = sink.decisions;
    if (faulty == 1) {
      EXPECT_GT(run.device.metrics().pipeline_errors, 0U);
    }
  }
  EXPECT_EQ(decisions[0], decisions[1]);
}

struct CountingWatchdog {
  Status start(Duration timeout) noexcept {
    started = timeout;
    return {};
  }

  void feed() noexcept { ++fed; }

  Duration started{};
  std::uint32_t fed = 0;
};

struct DeadSensor {
  static hal::SensorFormat format() noexcept {
    return {.rate_hz = 12800.0F, .scale = 0.01F, .axes = 1, .bits = 16};
  }

  static Status start(SampleRing& /*ring*/) noexcept { return {}; }

  static Status service() noexcept { return {}; }
};

TEST(Device, FeedsTheWatchdogWhileSamplesArriveAndNoLonger) {
  sim::SimFlash flash = blank_flash();
  test::RecordSink sink;
  DeadSensor sensor;
  CountingWatchdog watchdog;
  Device device{{.device_id = "test",
                 .package = std::as_bytes(std::span(packages::machine)),
                 .kernels = &nn::ref::kernels,
                 .flash = kMap,
                 .watchdog_timeout = Duration::from_s(3)},
                {flash, sensor, sink, hal::WatchdogRef{watchdog}},
                storage};
  ASSERT_TRUE(device.start({0}).ok());
  EXPECT_EQ(watchdog.started.us, 3'000'000);
  for (std::int64_t ms = 0; ms < 60'000; ++ms) {
    (void)device.step({ms * 1000});
  }
  EXPECT_GT(watchdog.fed, 0U);
  EXPECT_LT(watchdog.fed, 2000U);  // eight windows of 2048 samples at 12.8 kHz: 1.28 s
  const Event& last = device.events()[device.events().size() - 1];
  EXPECT_TRUE(last.id == EventId::kSensorFailed && last.error == Error::kTimeout);
}

TEST(Device, RefusesWhatCanNotRun) {
  sim::SimFlash flash = blank_flash();
  test::RecordSink sink;
  sim::Machine machine{{.seed = 7, .scenario = kScenario}};
  sim::SimSensor sensor{machine, {}};
  const Ports ports{flash, sensor, sink, {}};
  const DeviceConfig good{.device_id = "test",
                          .firmware_version = "1.2.3",
                          .package = std::as_bytes(std::span(packages::machine)),
                          .kernels = &nn::ref::kernels,
                          .flash = kMap};

  DeviceConfig nameless = good;
  nameless.device_id = {};
  EXPECT_EQ((Device{nameless, ports, storage}.start({0}).error()), Error::kInvalidArgument);

  DeviceConfig no_flash = good;
  no_flash.flash.queue[0] = {};
  EXPECT_EQ((Device{no_flash, ports, storage}.start({0}).error()), Error::kInvalidArgument);

  DeviceConfig uncounted = good;
  uncounted.flash.boot_record = {};
  EXPECT_EQ((Device{uncounted, ports, storage}.start({0}).error()), Error::kInvalidArgument);

  DeviceConfig overlapping = good;
  overlapping.flash.boot_record = overlapping.flash.queue[0];
  EXPECT_EQ((Device{overlapping, ports, storage}.start({0}).error()), Error::kInvalidArgument);

  DeviceConfig cut = good;
  cut.package = cut.package.first(cut.package.size() - 1);
  EXPECT_EQ((Device{cut, ports, storage}.start({0}).error()), Error::kCorrupt);

  static Storage<Shape{.window = 1024, .ring = 2048}> small;
  EXPECT_EQ((Device{good, ports, small}.start({0}).error()), Error::kNoSpace);
}

TEST(Device, RefusesASensorWithoutARateOrScale) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const auto package = model::load(std::as_bytes(std::span(packages::machine)));
  ASSERT_TRUE(package.ok());
  const auto check = [&](float rate_hz, float scale, std::uint8_t bits) {
    const hal::SensorFormat format{.rate_hz = rate_hz, .scale = scale, .axes = 1, .bits = bits};
    return device::Pipeline::check(*package, nn::ref::kernels, format, {}, storage).error();
  };
  EXPECT_EQ(check(12800.0F, 0.005F, 16), Error::kNone);
  EXPECT_EQ(check(12800.0F, 0.005F, 1), Error::kInvalidArgument);
  EXPECT_EQ(check(12800.0F, 0.005F, 17), Error::kInvalidArgument);
  for (const float wrong : {0.0F, -1.0F, kInfinity, -kInfinity, kNan}) {
    EXPECT_EQ(check(wrong, 0.005F, 16), Error::kInvalidArgument) << wrong;
    EXPECT_EQ(check(12800.0F, wrong, 16), Error::kInvalidArgument) << wrong;
  }
}

TEST(Device, RefusesMoreFeaturesThanARecordHolds) {
  static std::array<dsp::FeatureSpec, record::kMaxFeatures + 1> specs;
  static std::array<float, record::kMaxFeatures + 1> room;
  specs.fill({FeatureId::kRms, 0, dsp::Transform::kLinear});
  device::StorageView view = storage;
  view.features = room;
  view.inputs = room;
  model::Package package;
  package.has_plan = true;
  const hal::SensorFormat format{.rate_hz = 12800.0F, .scale = 0.01F};
  const auto check = [&](std::size_t features) {
    package.plan = {std::span{specs}.first(features), 2048, 1024, 1};
    return device::Pipeline::check(package, nn::ref::kernels, format, {}, view).error();
  };
  EXPECT_EQ(check(record::kMaxFeatures), Error::kNone);
  EXPECT_EQ(check(record::kMaxFeatures + 1), Error::kUnsupported);
}

}  // namespace
