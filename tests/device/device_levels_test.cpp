// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstdint>
#include <span>

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
constexpr Shape kShape{.window = 2048, .ring = 4096, .spectrum = true, .condition = true};
constexpr std::uint32_t kAverage = 125;  // windows in ten seconds at 12.8 kHz, hop 1024

// So low that any machine is over it.
constexpr device::MachineLimits kLimits{.bands = {{{10.0F, 5000.0F}}},
                                        .levels = {.levels = {{{1e-4F, 1e-3F}}}, .bands = 1}};

constexpr std::array kHealthy{sim::OperatingPoint{.time_s = 0.0F}};

std::array<std::byte, kFlashBytes> flash_bytes;
Storage<kShape> storage;

struct PowerOn {
  explicit PowerOn(const device::StorageView& view, const device::MachineLimits* limits)
      : flash{kNor, sim::SimFlash::Ecc::kNo, flash_bytes, {}},
        machine({.seed = 7, .scenario = kHealthy}),
        sensor(machine, {.samples = 12800ULL * 60ULL}),
        device({.device_id = "test",
                .package = std::as_bytes(std::span(packages::sense)),
                .machine = {.limits = limits},
                .kernels = &nn::ref::kernels,
                .flash = kMap},
               {flash, sensor, sink, {}},
               view) {
    flash.blank();
  }

  void windows(std::uint32_t count) {
    for (std::uint32_t left = count; left > 0 && !device.sensor_ended();) {
      left -= device.step({now += 1000}) != device::StepOutcome::kIdle ? 1U : 0U;
    }
  }

  [[nodiscard]] bool says(Reason reason) const {
    for (const Cause& cause : device.pipeline().decision().reasons) {
      if (cause.reason == reason) {
        return true;
      }
    }
    return false;
  }

  /// Windows in the average; 0 also without one.
  [[nodiscard]] std::uint32_t averaged() const {
    const device::SpectrumWatch* const spectrum = device.pipeline().spectrum();
    return spectrum != nullptr ? spectrum->average().count() : 0U;
  }

  sim::SimFlash flash;
  test::RecordSink sink;
  sim::Machine machine;
  sim::SimSensor sensor;
  Device device;
  std::int64_t now = 0;
};

TEST(DeviceLevels, AreJudgedWhenTenSecondsAreAveraged) {
  PowerOn run{storage, &kLimits};
  ASSERT_TRUE(run.device.start({0}).ok());
  run.windows(kAverage - 1);
  EXPECT_FALSE(run.says(Reason::kBandAlarm));
  EXPECT_FALSE(run.device.pipeline().decision().abnormal);
  run.windows(1);
  EXPECT_TRUE(run.says(Reason::kBandAlarm));
  EXPECT_TRUE(run.device.pipeline().decision().abnormal);
  EXPECT_EQ(run.averaged(), kAverage);
}

TEST(DeviceLevels, RestWhileTheMachineIsCommissionedAndBeginAnewThen) {
  PowerOn run{storage, &kLimits};
  ASSERT_TRUE(run.device.start({0}).ok());
  run.windows(kAverage);
  EXPECT_TRUE(run.says(Reason::kBandAlarm));
  ASSERT_TRUE(run.device.commission(30).ok());
  run.windows(29);
  EXPECT_FALSE(run.says(Reason::kBandAlarm));
  EXPECT_EQ(run.device.pipeline().spectrum(), nullptr) << "its memory is in use";
  run.windows(1);
  EXPECT_FALSE(run.device.commissioning());
  EXPECT_NE(run.device.baseline_hash(), Hash256{});
  run.windows(kAverage);
  EXPECT_EQ(run.averaged(), kAverage);
  EXPECT_TRUE(run.says(Reason::kBandAlarm));
}

TEST(DeviceLevels, LearnTheSameInSharedMemoryAsInTheirOwn) {
  static Storage<Shape{.window = 2048, .ring = 4096, .condition = true}> alone;
  std::array<Hash256, 2> hashes{};
  for (const bool shared : {false, true}) {
    PowerOn run{shared ? device::StorageView(storage) : device::StorageView(alone), nullptr};
    ASSERT_TRUE(run.device.start({0}).ok());
    ASSERT_TRUE(run.device.commission(30).ok());
    run.windows(30);
    hashes[shared ? 1 : 0] = run.device.baseline_hash();
  }
  EXPECT_NE(hashes[0], Hash256{});
  EXPECT_EQ(hashes[0], hashes[1]);
}

TEST(DeviceLevels, NeedAnAveragedSpectrum) {
  static Storage<Shape{.window = 2048, .ring = 4096}> small;
  PowerOn run{small, &kLimits};
  EXPECT_EQ(run.device.start({0}).error(), Error::kNoSpace);
}

}  // namespace
