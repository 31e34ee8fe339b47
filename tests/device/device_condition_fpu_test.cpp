// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A device that learns how its machine sounds, keeps that, and watches by it.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "aiot/core/flags.hpp"
#include "aiot/device/device.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot_packages/sense.hpp"
#include "ports/sim/flash.hpp"
#include "ports/sim/machine.hpp"
#include "ports/sim/sensor.hpp"
#include "tests/support/record_sink.hpp"
#include "tests/support/test.hpp"

namespace {

using namespace aiot;

constexpr std::uint32_t kSector = 4096;
constexpr std::uint32_t kFlashBytes = 32 * kSector;
constexpr hal::FlashGeometry kNor{
    .size = kFlashBytes, .sector = kSector, .page = 256, .program = 1};
constexpr hal::FlashMap kMap{.queue = {{{0, 12 * kSector}, {12 * kSector, 12 * kSector}, {}}},
                             .boot_record = {24 * kSector, 4 * kSector},
                             .baseline = {28 * kSector, 4 * kSector}};
constexpr Shape kShape{.window = 2048, .ring = 4096, .condition = true};
constexpr std::uint32_t kLearnt = 60;  // windows, 5 s

constexpr std::array kHealthy{sim::OperatingPoint{.time_s = 0.0F}};
constexpr std::array kDamaged{sim::OperatingPoint{.time_s = 0.0F, .outer = 0.8F}};

std::array<std::byte, kFlashBytes> flash_bytes;
Storage<kShape> storage;

sim::SimFlash blank_flash() {
  sim::SimFlash flash{kNor, sim::SimFlash::Ecc::kNo, flash_bytes, {}};
  flash.blank();
  return flash;
}

DeviceConfig config_of(const hal::FlashMap& map) {
  return {.device_id = "test",
          .package = std::as_bytes(std::span(packages::sense)),
          .kernels = &nn::ref::kernels,
          .flash = map};
}

/// One power-on at a machine that stays as it is.
struct PowerOn {
  PowerOn(sim::SimFlash& flash,
          test::RecordSink& sink,
          std::span<const sim::OperatingPoint> scenario,
          const hal::FlashMap& map = kMap)
      : machine({.seed = 7, .scenario = scenario}),
        sensor(machine, {.samples = 12800ULL * 120ULL}),
        device(config_of(map), {flash, sensor, sink, {}}, storage),
        started(device.start({0})) {}

  /// Steps until so many windows were decided.
  void windows(std::uint32_t count) {
    for (std::uint32_t left = count; left > 0 && !device.sensor_ended();) {
      if (device.step({now += 1000}) != device::StepOutcome::kIdle) {
        --left;
        const decide::Decision& decision = device.pipeline().decision();
        alarms += (decision.flags & kFlagCondition) != 0 ? 1U : 0U;
        learning += (decision.flags & kFlagCommissioning) != 0 ? 1U : 0U;
      }
    }
  }

  [[nodiscard]] bool has(EventId id) const {
    for (std::size_t i = 0; i < device.events().size(); ++i) {
      if (device.events()[i].id == id && device.events()[i].error == Error::kNone) {
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool failed_baseline() const {
    for (std::size_t i = 0; i < device.events().size(); ++i) {
      if (device.events()[i].id == EventId::kBaselineFailed) {
        return true;
      }
    }
    return false;
  }

  sim::Machine machine;
  sim::SimSensor sensor;
  Device device;
  Status started;
  std::int64_t now = 0;
  std::uint32_t alarms = 0;
  std::uint32_t learning = 0;
};

/// A device that has learnt its healthy machine; the hash of what it found.
Hash256 commission(sim::SimFlash& flash, test::RecordSink& sink, std::uint32_t windows) {
  PowerOn run{flash, sink, kHealthy};
  EXPECT_TRUE(run.started.ok());
  EXPECT_TRUE(run.device.commission(windows).ok());
  run.windows(windows + 1);
  EXPECT_FALSE(run.device.commissioning());
  return run.device.baseline_hash();
}

TEST(DeviceCondition, LearnsItsMachineAndSaysSoInANewContext) {
  sim::SimFlash flash = blank_flash();
  test::RecordSink sink;
  PowerOn run{flash, sink, kHealthy};
  ASSERT_TRUE(run.started.ok());
  EXPECT_EQ(run.device.baseline_hash(), Hash256{});
  const ContextId before = run.device.context();
  ASSERT_TRUE(run.device.commission(kLearnt).ok());
  EXPECT_TRUE(run.device.commissioning());
  run.windows(kLearnt + 40);
  EXPECT_FALSE(run.device.commissioning());
  EXPECT_EQ(run.learning, kLearnt);
  EXPECT_EQ(run.alarms, 0U);
  EXPECT_NE(run.device.baseline_hash(), Hash256{});
  EXPECT_NE(run.device.context(), before);
  EXPECT_TRUE(run.has(EventId::kCommissioned));
  run.windows(40);
  EXPECT_EQ(sink.contexts, 2U);
  EXPECT_EQ(flash.violations(), 0U);
}

TEST(DeviceCondition, RaisesItsFlagWhenTheMachineHasChangedAndKnowsItAfterARestart) {
  sim::SimFlash flash = blank_flash();
  test::RecordSink sink;
  const Hash256 learnt = commission(flash, sink, kLearnt);
  {
    PowerOn same{flash, sink, kHealthy};
    ASSERT_TRUE(same.started.ok());
    EXPECT_EQ(same.device.baseline_hash(), learnt);
    same.windows(300);
    EXPECT_EQ(same.alarms, 0U);
  }
  PowerOn changed{flash, sink, kDamaged};
  ASSERT_TRUE(changed.started.ok());
  EXPECT_EQ(changed.device.baseline_hash(), learnt);
  changed.windows(100);
  EXPECT_GT(changed.alarms, 50U);
  const decide::Decision& decision = changed.device.pipeline().decision();
  EXPECT_TRUE(decision.abnormal);
  const auto* const why =
      std::find_if(decision.reasons.begin(), decision.reasons.end(), [](const Cause& cause) {
        return cause.reason == Reason::kCondition;
      });
  ASSERT_TRUE(why != decision.reasons.end());
  EXPECT_GE(why->numbers[0], 1.0F);  // score
  EXPECT_EQ(why->numbers.size(), 7U);
}

TEST(DeviceCondition, LearnsAnewAndKeepsTheNewest) {
  sim::SimFlash flash = blank_flash();
  test::RecordSink sink;
  const Hash256 first = commission(flash, sink, kLearnt);
  Hash256 last{};
  for (std::uint32_t more = 1; more <= 12; ++more) {  // far more than the region holds at once
    last = commission(flash, sink, kLearnt + more);
  }
  EXPECT_NE(last, first);
  PowerOn again{flash, sink, kHealthy};
  EXPECT_EQ(again.device.baseline_hash(), last);
  EXPECT_EQ(flash.violations(), 0U);
}

TEST(DeviceCondition, HasTheOldOrTheNewOneAfterAPowerCutWhileItIsKept) {
  sim::SimFlash flash = blank_flash();
  test::RecordSink sink;
  const Hash256 before = commission(flash, sink, kLearnt);
  std::uint32_t kept_old = 0;
  std::uint32_t kept_new = 0;
  std::uint32_t seed = 0;
  for (const sim::CutKind kind : sim::kCutKinds) {
    for (std::uint64_t operation = 1; operation <= 6; ++operation) {
      PowerOn run{flash, sink, kHealthy};
      ASSERT_TRUE(run.started.ok());
      const Hash256 old = run.device.baseline_hash();
      ASSERT_NE(old, Hash256{});
      ASSERT_TRUE(run.device.commission(kLearnt + ++seed).ok());
      run.windows(kLearnt + seed - 1);
      ASSERT_TRUE(run.device.commissioning());
      flash.cut_at(operation, kind, seed);
      run.windows(1);
      const Hash256 fresh = run.device.baseline_hash();
      flash.power_on();
      PowerOn after{flash, sink, kHealthy};
      ASSERT_TRUE(after.started.ok());
      const bool is_old = after.device.baseline_hash() == old;
      const bool is_new = after.device.baseline_hash() == fresh;
      EXPECT_TRUE(is_old || is_new) << "cut at operation " << operation;
      EXPECT_FALSE(after.failed_baseline());
      kept_old += is_old ? 1U : 0U;
      kept_new += is_new ? 1U : 0U;
    }
  }
  EXPECT_NE(before, Hash256{});
  EXPECT_GT(kept_old, 0U);  // both happened, so the cut was where it matters
  EXPECT_GT(kept_new, 0U);
}

TEST(DeviceCondition, StartsWithoutABaselineThatIsDamaged) {
  sim::SimFlash flash = blank_flash();
  test::RecordSink sink;
  (void)commission(flash, sink, kLearnt);
  const std::size_t from = kMap.baseline.offset;
  for (std::size_t i = 0; i < kMap.baseline.size; i += 64) {
    flash.memory()[from + i] &= std::byte{0x0F};
  }
  PowerOn run{flash, sink, kHealthy};
  ASSERT_TRUE(run.started.ok());
  EXPECT_EQ(run.device.baseline_hash(), Hash256{});
  run.windows(20);
  EXPECT_EQ(run.alarms, 0U);
}

TEST(DeviceCondition, WatchesUntilTheNextRestartWhereNothingCanBeKept) {
  constexpr hal::FlashMap kNowhere{.queue = kMap.queue, .boot_record = kMap.boot_record};
  sim::SimFlash flash = blank_flash();
  test::RecordSink sink;
  {
    PowerOn run{flash, sink, kHealthy, kNowhere};
    ASSERT_TRUE(run.started.ok());
    ASSERT_TRUE(run.device.commission(kLearnt).ok());
    run.windows(kLearnt + 2);
    EXPECT_FALSE(run.device.commissioning());
    EXPECT_FALSE(run.has(EventId::kCommissioned));  // not without an error
    EXPECT_NE(run.device.baseline_hash(), Hash256{});
  }
  PowerOn again{flash, sink, kHealthy, kNowhere};
  EXPECT_EQ(again.device.baseline_hash(), Hash256{});
}

TEST(DeviceCondition, NeedsRoomAndAStart) {
  sim::SimFlash flash = blank_flash();
  test::RecordSink sink;
  sim::Machine machine{{.seed = 7, .scenario = kHealthy}};
  sim::SimSensor sensor{machine, {}};
  static Storage<Shape{.window = 2048, .ring = 4096}> small;
  Device device{config_of(kMap), {flash, sensor, sink, {}}, small};
  EXPECT_EQ(device.commission(kLearnt).error(), Error::kWrongState);
  ASSERT_TRUE(device.start({0}).ok());
  EXPECT_EQ(device.commission(kLearnt).error(), Error::kUnsupported);
}

/// A sensor whose cable is off from sample `off` to `on`.
struct LooseSensor {
  [[nodiscard]] hal::SensorFormat format() const noexcept {
    return {.rate_hz = machine.rate_hz(), .scale = machine.scale(), .axes = 1, .bits = 16};
  }

  Status start(SampleRing& to) noexcept {
    ring = &to;
    return {};
  }

  Status service() noexcept {
    const std::span<std::int16_t> free = ring->claim();
    const std::span<std::int16_t> samples = free.first(std::min<std::size_t>(free.size(), 512));
    machine.generate(samples);
    for (std::int16_t& sample : samples) {
      sample = position >= off && position < on ? std::int16_t{0} : sample;
      ++position;
    }
    ring->commit(samples.size());
    return {};
  }

  sim::Machine machine{{.seed = 7, .scenario = kHealthy}};
  SampleRing* ring = nullptr;
  std::uint64_t position = 0;
  std::uint64_t off = 0;
  std::uint64_t on = 0;
};

TEST(DeviceCondition, NeitherLearnsNorJudgesWindowsOfALooseCable) {
  sim::SimFlash flash = blank_flash();
  test::RecordSink sink;
  LooseSensor sensor;
  sensor.off = 20480;  // five windows behind the twentieth
  sensor.on = sensor.off + 6144;
  Device device{config_of(kMap), {flash, sensor, sink, {}}, storage};
  ASSERT_TRUE(device.start({0}).ok());
  ASSERT_TRUE(device.commission(kLearnt).ok());
  std::uint32_t flagged = 0;
  std::uint32_t silent = 0;
  std::uint32_t learning = 0;
  for (std::int64_t now = 0; device.commissioning() && now < 1'000'000; now += 1000) {
    if (device.step({now}) == device::StepOutcome::kIdle) {
      continue;
    }
    const decide::Decision& decision = device.pipeline().decision();
    ++learning;
    if ((decision.flags & kFlagsGrave) != 0) {
      ++flagged;
      const bool says_so =
          std::any_of(decision.reasons.begin(), decision.reasons.end(), [](const Cause& cause) {
            return cause.reason == Reason::kBadData || cause.reason == Reason::kFlatLine;
          });
      silent += decision.label == kUnknownLabel && says_so ? 0U : 1U;
    }
  }
  EXPECT_GE(flagged, 5U);
  EXPECT_EQ(silent, 0U);
  EXPECT_EQ(learning, kLearnt + flagged);  // they count for nothing
}

}  // namespace
