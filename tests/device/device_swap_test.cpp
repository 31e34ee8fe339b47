// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Another model package while the device runs.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "aiot/core/flags.hpp"
#include "aiot/device/device.hpp"
#include "aiot/model/header.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot_packages/machine.hpp"
#include "aiot_packages/monitor.hpp"
#include "aiot_packages/sense.hpp"
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
constexpr std::array kScenario{sim::OperatingPoint{.time_s = 0.0F}};
constexpr std::uint64_t kSamples = 12800ULL * 6ULL;
constexpr std::uint64_t kWindows = (kSamples - 2048U) / 1024U + 1U;

const Bytes kMachine = std::as_bytes(std::span(packages::machine));
const Bytes kSense = std::as_bytes(std::span(packages::sense));
const Bytes kMonitor = std::as_bytes(std::span(packages::monitor));

std::array<std::byte, kFlashBytes> flash_bytes;
Storage<kShape> storage;
alignas(model::kPackageAlignment) std::array<std::byte, sizeof(packages::machine)> other;

// The shipped package with one byte changed and the hash put right.
Bytes machine_with(const std::byte* at) {
  const Bytes bytes = kMachine;
  std::copy(bytes.begin(), bytes.end(), other.begin());
  other[static_cast<std::size_t>(at - bytes.data())] ^= std::byte{1};
  const Hash256 hash = model::compute_hash(other);
  std::copy(hash.begin(), hash.end(), other.begin() + model::kHashOffset);
  return other;
}

struct Running {
  Running() : device(config(), {flash, sensor, sink, {}}, storage) {
    flash.blank();
    EXPECT_TRUE(device.start({0}).ok());
  }

  static DeviceConfig config() {
    return {.device_id = "test",
            .package = kMachine,
            .kernels = &nn::ref::kernels,
            .flash = kMap,
            .origin = device::Origin::kReplay};
  }

  void steps(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      (void)device.step({now += 1000});
    }
  }

  void to_window(std::uint64_t windows) {
    for (int i = 0; i < 10000 && device.metrics().windows < windows; ++i) {
      steps(1);
    }
    EXPECT_EQ(device.metrics().windows, windows);
  }

  void to_the_end() {
    for (int i = 0; i < 100000 && !(device.sensor_ended() && device.drained()); ++i) {
      steps(1);
    }
  }

  [[nodiscard]] std::uint32_t count(EventId id) const {
    std::uint32_t found = 0;
    for (std::size_t i = 0; i < device.events().size(); ++i) {
      found += device.events()[i].id == id ? 1U : 0U;
    }
    return found;
  }

  Status use(Bytes package) { return device.use_package(package, {now}); }

  sim::SimFlash flash{kNor, sim::SimFlash::Ecc::kNo, flash_bytes, {}};
  test::RecordSink sink;
  sim::Machine machine{{.seed = 7, .scenario = kScenario}};
  sim::SimSensor sensor{machine, {.samples = kSamples}};
  Device device;
  std::int64_t now = 0;
};

TEST(DeviceSwap, LosesNoWindowBetweenPackagesThatCutTheSame) {
  Running run;
  run.to_window(20);
  ASSERT_TRUE(run.use(kSense).ok());
  EXPECT_TRUE(run.device.package().name == "sense");
  run.to_window(21);
  EXPECT_EQ(run.device.pipeline().window().first_sample, 20U * 1024U);
  EXPECT_EQ(run.device.pipeline().window().flags & kFlagGapBefore, 0U);
  run.to_the_end();
  EXPECT_EQ(run.device.metrics().windows, kWindows);
  EXPECT_EQ(run.device.metrics().gaps, 0U);
  EXPECT_EQ(run.device.metrics().pipeline_errors, 0U);
  EXPECT_EQ(run.sink.repeated_samples, 0U);
  EXPECT_EQ(run.sink.out_of_order, 0U);
}

TEST(DeviceSwap, NamesThePackageInAContextBeforeTheNextDecision) {
  Running run;
  run.to_window(20);
  const ContextId before = run.device.context();
  ASSERT_TRUE(run.use(kSense).ok());
  run.steps(1);
  EXPECT_NE(run.device.context(), before);
  run.to_the_end();
  EXPECT_EQ(run.sink.contexts, 2U);
  EXPECT_EQ(run.device.metrics().records, run.sink.contexts + run.sink.decisions);
}

TEST(DeviceSwap, IsAnEventWithTheBeginOfTheHash) {
  Running run;
  ASSERT_TRUE(run.use(kSense).ok());
  const Event& last = run.device.events()[run.device.events().size() - 1];
  EXPECT_TRUE(last.id == EventId::kPackageChanged);
  EXPECT_EQ(last.value, load_le32(run.device.package().hash.data()));
}

TEST(DeviceSwap, RefusesWhatIsNoPackageOrDoesNotFitAndGoesOn) {
  Running run;
  run.to_window(20);
  const ContextId before = run.device.context();
  EXPECT_EQ(run.use(kMachine.first(kMachine.size() - 1)).error(), Error::kCorrupt);
  EXPECT_EQ(run.use(kMonitor).error(), Error::kNoSpace);  // windows of 4096
  const Bytes changed = machine_with(&kMachine[kMachine.size() - 1]);
  other[model::kHashOffset] ^= std::byte{1};
  EXPECT_EQ(run.use(changed).error(), Error::kUnauthentic);
  EXPECT_TRUE(run.device.package().name == "machine");
  EXPECT_EQ(run.count(EventId::kPackageChanged), 0U);
  run.to_the_end();
  EXPECT_EQ(run.device.context(), before);
  EXPECT_EQ(run.sink.contexts, 1U);
  EXPECT_EQ(run.device.metrics().windows, kWindows);
}

TEST(DeviceSwap, WaitsWhileARecordIsOwed) {
  Running run;
  run.to_window(3);
  while (!run.device.pipeline().owes_record() && !run.device.sensor_ended()) {
    run.flash.cut_at(1, sim::CutKind::kOld, 1);  // what is programmed next fails
    run.steps(1);
    run.flash.power_on();
  }
  ASSERT_TRUE(run.device.pipeline().owes_record());
  EXPECT_EQ(run.use(kSense).error(), Error::kWouldBlock);
  run.steps(1);
  EXPECT_FALSE(run.device.pipeline().owes_record());
  EXPECT_TRUE(run.use(kSense).ok());
}

TEST(DevicePolicy, OfTheConfigurationCountsInPlaceOfThePackages) {
  Running run;
  DeviceConfig config = Running::config();
  config.policy = decide::PolicyConfig{.heartbeat_windows = 3, .changes = decide::Changes::kNone};
  sim::SimSensor sensor(run.machine, {.samples = kSamples});
  run.flash.blank();
  Device device(config, {run.flash, sensor, run.sink, {}}, storage);
  ASSERT_TRUE(device.start({0}).ok());
  EXPECT_EQ(device.package().policy.heartbeat_windows, 3U);
  EXPECT_FALSE(device.context() == run.device.context());
}

TEST(DevicePolicy, ThatDoesNotFitIsAnEventAndThePackagesCounts) {
  Running run;
  DeviceConfig config = Running::config();
  config.policy = decide::PolicyConfig{.heartbeat_stream = Stream::kBulk};
  sim::SimSensor sensor(run.machine, {.samples = kSamples});
  run.flash.blank();
  Device device(config, {run.flash, sensor, run.sink, {}}, storage);
  ASSERT_TRUE(device.start({0}).ok());
  EXPECT_TRUE(device.events()[0].id == EventId::kPolicyFailed);
  EXPECT_TRUE(device.context() == run.device.context());
}

TEST(DevicePolicy, CountsBehindARecordThatIsOwedUnderAContextOfItsOwn) {
  Running run;
  run.to_window(3);
  const ContextId before = run.device.context();
  while (!run.device.pipeline().owes_record() && !run.device.sensor_ended()) {
    run.flash.cut_at(1, sim::CutKind::kOld, 1);  // what is programmed next fails
    run.steps(1);
    run.flash.power_on();
  }
  ASSERT_TRUE(run.device.pipeline().owes_record());
  EXPECT_EQ(run.device.use_policy(decide::PolicyConfig{.heartbeat_stream = Stream::kBulk}).error(),
            Error::kInvalidArgument);
  EXPECT_TRUE(run.device.use_policy(decide::PolicyConfig{.heartbeat_windows = 2}).ok());
  run.steps(1);
  EXPECT_FALSE(run.device.pipeline().owes_record());
  EXPECT_TRUE(run.device.context() == before);
  run.steps(1);
  EXPECT_FALSE(run.device.context() == before);
  EXPECT_EQ(run.device.package().policy.heartbeat_windows, 2U);
  // Also for a package that comes later, until it is taken back.
  EXPECT_TRUE(run.use(kSense).ok());
  EXPECT_EQ(run.device.package().policy.heartbeat_windows, 2U);
  EXPECT_TRUE(run.device.use_policy(std::nullopt).ok());
  run.steps(1);
  EXPECT_TRUE(run.device.package().policy.heartbeat_windows != 2U);
}

TEST(DeviceSwap, BeforeTheStartIsTooEarly) {
  sim::SimFlash flash{kNor, sim::SimFlash::Ecc::kNo, flash_bytes, {}};
  test::RecordSink sink;
  sim::Machine machine{{.seed = 7, .scenario = kScenario}};
  sim::SimSensor sensor{machine, {.samples = kSamples}};
  Device device{Running::config(), {flash, sensor, sink, {}}, storage};
  EXPECT_EQ(device.use_package(kSense, {0}).error(), Error::kWrongState);
}

TEST(DeviceSwap, TheGoldenWindowTellsAGoodPackageFromAnother) {
  Running run;
  EXPECT_TRUE(run.device.check_golden() == device::GoldenCheck::kEqual);
  ASSERT_TRUE(run.use(machine_with(run.device.package().golden().output.data())).ok());
  EXPECT_TRUE(run.device.check_golden() == device::GoldenCheck::kDiffers);
  ASSERT_TRUE(run.use(kSense).ok());
  EXPECT_TRUE(run.device.check_golden() == device::GoldenCheck::kNotStated);
}

TEST(DeviceSwap, TheGoldenWindowDoesNotChangeWhatIsDecided) {
  std::array<std::uint32_t, 2> crcs{};
  for (std::size_t checked = 0; checked < 2; ++checked) {
    Running run;
    while (!(run.device.sensor_ended() && run.device.drained())) {
      run.steps(1);
      if (checked == 1) {
        EXPECT_TRUE(run.device.check_golden() == device::GoldenCheck::kEqual);
      }
    }
    crcs[checked] = run.sink.crc[0] ^ run.sink.crc[1];
  }
  EXPECT_EQ(crcs[0], crcs[1]);
}

}  // namespace
