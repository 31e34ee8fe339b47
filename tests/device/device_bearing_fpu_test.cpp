// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A device that looks at the bearing of its machine: no network, physics alone.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "aiot/core/flags.hpp"
#include "aiot/device/device.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot_packages/bearing.hpp"
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
                             .boot_record = {24 * kSector, 4 * kSector}};
constexpr dsp::BearingPlan kPlan{.transform = 2048, .slots = 1, .averages = 6};
constexpr Shape kShape{.window = 2048, .ring = 4096, .bearing = dsp::bearing_floats(kPlan)};

// What the simulated machine has.
constexpr device::MachineConfig kMachine{
    .speed_rpm = 1797.0F,
    .bearing_name = "6205",
    .bearing = {.balls = 9, .ball_diameter = 0.3126F, .pitch_diameter = 1.537F}};

constexpr std::array kHealthy{sim::OperatingPoint{.time_s = 0.0F}};
constexpr std::array kOuterRace{sim::OperatingPoint{.time_s = 0.0F, .outer = 0.8F}};
constexpr std::array kGrowing{sim::OperatingPoint{.time_s = 0.0F},
                              sim::OperatingPoint{.time_s = 25.0F},
                              sim::OperatingPoint{.time_s = 26.0F, .outer = 0.8F}};

std::array<std::byte, kFlashBytes> flash_bytes;
Storage<kShape> storage;

DeviceConfig config_of(const device::MachineConfig& machine) {
  return {.device_id = "test",
          .package = std::as_bytes(std::span(packages::bearing)),
          .machine = machine,
          .kernels = &nn::ref::kernels,
          .flash = kMap,
          .origin = device::Origin::kReplay};
}

/// The whole walk of a machine, and what is known at its end.
struct Walk {
  Walk(std::span<const sim::OperatingPoint> scenario,
       double seconds,
       std::span<const sim::SensorGap> gaps = {})
      : machine({.seed = 7, .scenario = scenario}),
        sensor(machine, {.samples = static_cast<std::uint64_t>(seconds) * 12800U, .gaps = gaps}),
        device(config_of(kMachine), {flash, sensor, sink, {}}, storage) {
    flash.blank();
    started = device.start({0});
    std::int64_t now = 0;
    for (int i = 0; i < 100000 && started.ok() && !(device.sensor_ended() && device.drained());
         ++i) {
      if (device.step({now += 1000}) != device::StepOutcome::kIdle) {
        look();
      }
    }
  }

  void look() {
    const decide::Decision& decision = device.pipeline().decision();
    ++windows;
    abnormal += decision.abnormal ? 1U : 0U;
    if (first_abnormal == 0 && decision.abnormal) {
      first_abnormal = device.pipeline().window().first_sample;
    }
  }

  [[nodiscard]] bool ends_with(Reason reason) const {
    const auto& reasons = device.pipeline().decision().reasons;
    return std::any_of(reasons.begin(), reasons.end(), [reason](const Cause& cause) {
      return cause.reason == reason;
    });
  }

  [[nodiscard]] bool ends_as(std::string_view label) const {
    return device.package().label(device.pipeline().decision().label) == label;
  }

  sim::SimFlash flash{kNor, sim::SimFlash::Ecc::kNo, flash_bytes, {}};
  test::RecordSink sink;
  sim::Machine machine;
  sim::SimSensor sensor;
  Device device;
  Status started;
  std::uint32_t windows = 0;
  std::uint32_t abnormal = 0;
  std::uint64_t first_abnormal = 0;
};

TEST(DeviceBearing, NamesTheOuterRaceAndSaysWhy) {
  const Walk walk(kOuterRace, 60);
  ASSERT_TRUE(walk.started.ok());
  EXPECT_TRUE(walk.ends_as("outer"));
  EXPECT_TRUE(walk.device.pipeline().decision().abnormal);
  const auto& reasons = walk.device.pipeline().decision().reasons;
  const auto* const why = std::find_if(reasons.begin(), reasons.end(), [](const Cause& cause) {
    return cause.reason == Reason::kBearingOuter;
  });
  ASSERT_TRUE(why != reasons.end());
  ASSERT_EQ(why->numbers.size(), kMaxReasonNumbers);
  EXPECT_GE(why->numbers[0], 9.0F);            // dB above the floor
  EXPECT_NEAR(why->numbers[4], 1797, 36);      // rpm
  EXPECT_LE(std::abs(why->numbers[5]), 2.0F);  // percent of slip
}

TEST(DeviceBearing, LeavesAHealthyMachineNormal) {
  const Walk walk(kHealthy, 60);
  ASSERT_TRUE(walk.started.ok());
  EXPECT_TRUE(walk.ends_as("normal"));
  EXPECT_TRUE(walk.ends_with(Reason::kBearingHealthy));
  EXPECT_EQ(walk.abnormal, 0U);
}

TEST(DeviceBearing, TurnsWhenTheBearingDoesAndNotBefore) {
  const Walk walk(kGrowing, 90);
  ASSERT_TRUE(walk.started.ok());
  EXPECT_TRUE(walk.ends_as("outer"));
  EXPECT_GE(walk.first_abnormal + 2048U, 25U * 12800U);
}

TEST(DeviceBearing, GivesTheSameBytesInEveryRun) {
  std::array<std::uint32_t, 2> crcs{};
  for (std::uint32_t& crc : crcs) {
    const Walk walk(kOuterRace, 20);
    ASSERT_TRUE(walk.started.ok());
    EXPECT_GT(walk.sink.decisions, 1U);
    crc = walk.sink.crc[0] ^ walk.sink.crc[1];
  }
  EXPECT_EQ(crcs[0], crcs[1]);
}

TEST(DeviceBearing, IsFoundAcrossLostSamplesToo) {
  constexpr std::array kGaps{sim::SensorGap{100000, 5000}, sim::SensorGap{300000, 20000}};
  const Walk walk(kOuterRace, 60, kGaps);
  ASSERT_TRUE(walk.started.ok());
  EXPECT_EQ(walk.device.metrics().gaps, 2U);
  EXPECT_TRUE(walk.ends_as("outer"));
}

TEST(DeviceBearing, RefusesAPackageThatLooksAtABearingItKnowsNothingOf) {
  sim::SimFlash flash{kNor, sim::SimFlash::Ecc::kNo, flash_bytes, {}};
  flash.blank();
  test::RecordSink sink;
  sim::Machine machine{{.seed = 7, .scenario = kHealthy}};
  sim::SimSensor sensor{machine, {}};
  const Ports ports{flash, sensor, sink, {}};
  const auto start = [&](const device::MachineConfig& config) {
    return Device{config_of(config), ports, storage}.start({0}).error();
  };
  EXPECT_EQ(start(kMachine), Error::kNone);
  EXPECT_EQ(start({}), Error::kInvalidArgument);
  device::MachineConfig wrong = kMachine;
  wrong.speed_rpm = 0.0F;
  EXPECT_EQ(start(wrong), Error::kInvalidArgument);
  wrong = kMachine;
  wrong.bearing.balls = 0;
  EXPECT_EQ(start(wrong), Error::kInvalidArgument);
  wrong = kMachine;
  wrong.bearing.ball_diameter = 1.0F;  // nine of them do not fit side by side
  EXPECT_EQ(start(wrong), Error::kOutOfRange);

  static Storage<Shape{.window = 2048, .ring = 4096}> small;
  EXPECT_EQ((Device{config_of(kMachine), ports, small}.start({0}).error()), Error::kNoSpace);
}

}  // namespace
