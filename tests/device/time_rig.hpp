// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "aiot/core/static_vector.hpp"
#include "aiot/device/time_recorder.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/record/cbor.hpp"
#include "aiot/record/record.hpp"
#include "aiot_packages/machine.hpp"
#include "ports/sim/clock.hpp"
#include "ports/sim/flash.hpp"
#include "tests/support/record_sink.hpp"

/// A live device in virtual time, whose sensor does not keep the rate that it states.
namespace aiot::test {

inline constexpr std::int64_t kBootMs = 1'798'761'600'000;  // UTC of moment 0

/// Gives a few of the samples that are due and loses the rest, so that hours pass quickly.
class SparseSensor {
 public:
  static constexpr float kRateHz = 12800.0F;

  /// `ppm`: how much faster than stated it really samples.
  SparseSensor(const sim::VirtualClock& clock, std::int64_t ppm, std::uint32_t most) noexcept
      : clock_(clock), rate_uhz_(12'800'000'000 + 12'800 * ppm), most_(most) {}

  static hal::SensorFormat format() noexcept {
    return {.rate_hz = kRateHz, .scale = 0.005F, .axes = 1, .bits = 16};
  }

  Status start(SampleRing& ring) noexcept {
    ring_ = &ring;
    started_ = clock_.now();
    return {};
  }

  Status service() noexcept {
    const auto elapsed = static_cast<std::uint64_t>((clock_.now() - started_).us);
    const std::uint64_t rate = static_cast<std::uint64_t>(rate_uhz_);
    const std::uint64_t due = elapsed / 1'000'000U * rate / 1'000'000U +
                              elapsed % 1'000'000U * (rate / 1000U) / 1'000'000'000U;
    if (due <= done_) {
      return {};
    }
    if (due - done_ > most_) {
      ring_->lost(static_cast<std::size_t>(due - done_ - most_));
      done_ = due - most_;
    }
    while (done_ < due) {
      const std::span<std::int16_t> room = ring_->claim();
      const auto count =
          static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), due - done_));
      if (count == 0) {
        ring_->lost(static_cast<std::size_t>(due - done_));
        done_ = due;
        break;
      }
      for (std::size_t i = 0; i < count; ++i) {
        room[i] = static_cast<std::int16_t>((done_ + i) * 7919U % 2000U);
      }
      ring_->commit(count);
      done_ += count;
    }
    return {};
  }

  /// UTC at which `frame` was taken, in milliseconds.
  [[nodiscard]] std::int64_t taken_ms(std::uint64_t frame) const noexcept {
    const std::int64_t rate_mhz = rate_uhz_ / 1000;
    const auto count = static_cast<std::int64_t>(frame);
    return kBootMs + started_.us / 1000 + count / rate_mhz * 1'000'000 +
           count % rate_mhz * 1'000'000 / rate_mhz;
  }

 private:
  const sim::VirtualClock& clock_;
  std::int64_t rate_uhz_;
  std::uint32_t most_;
  SampleRing* ring_ = nullptr;
  Instant started_{};
  std::uint64_t done_ = 0;
};

/// Acknowledges all and keeps the times, and a checksum of the decisions.
class TimeSink {
 public:
  Status offer(const hal::Batch& batch) noexcept {
    record::Decoder in(batch.payload);
    while (!in.at_end()) {
      const Result<Bytes> bytes = in.skip();
      if (!bytes.ok()) {
        return Error::kCorrupt;
      }
      if (const auto time = record::decode_time(*bytes); time.ok()) {
        ++time_records;
        (void)times.push_back(*time);
      } else if (const auto decision = record::decode_decision(*bytes); decision.ok()) {
        ++decisions;
        decision_crc = crc32(decision_crc, *bytes);
      }
    }
    return records_.offer(batch);
  }

  Result<hal::BatchAck> poll() noexcept { return records_.poll(); }

  [[nodiscard]] static bool ready() noexcept { return true; }

  StaticVector<record::TimeRecord, 64> times;
  std::uint32_t time_records = 0;
  std::uint32_t decisions = 0;
  std::uint32_t decision_crc = 0;

 private:
  RecordSink records_;
};

inline constexpr std::uint32_t kTimeSector = 4096;
inline constexpr hal::FlashGeometry kTimeNor{
    .size = 32 * kTimeSector, .sector = kTimeSector, .page = 256, .program = 1};
inline constexpr hal::FlashMap kTimeMap{.queue = {{{0, 8 * kTimeSector},
                                                   {8 * kTimeSector, 8 * kTimeSector},
                                                   {16 * kTimeSector, 8 * kTimeSector}}},
                                        .boot_record = {24 * kTimeSector, 4 * kTimeSector}};

struct TimeRigOptions {
  std::int64_t sensor_ppm = 0;
  std::uint32_t samples = 64;  // of each wake; less than a window: no decisions
  device::Origin origin = device::Origin::kLive;
  std::int64_t wake_ms = 20'000;
  bool with_recorder = true;
};

/// One power-on. It wakes each `wake_ms`, and looks at the ring a millisecond later.
template <class Sink>
class TimeRig {
 public:
  TimeRig(sim::SimFlash& flash,
          Sink& sink_in,
          device::StorageView storage,
          const TimeRigOptions& options)
      : sink(sink_in),
        sensor(clock, options.sensor_ppm, options.samples),
        device({.device_id = "pump-7",
                .firmware_version = "1.2.3",
                .package = std::as_bytes(std::span(packages::machine)),
                .kernels = &nn::ref::kernels,
                .flash = kTimeMap,
                .origin = options.origin},
               {flash, sensor, sink, {}},
               storage),
        options_(options) {
    recorder.emplace(device, wall, device::TimeRecorderConfig{});
  }

  Status start() { return device.start(clock.now()); }

  void wake() {
    look();
    (void)device.step(clock.now());
    clock.advance(Duration::from_ms(1));
    look();
    (void)device.step(clock.now());
    clock.advance(Duration::from_ms(options_.wake_ms - 1));
  }

  void run_for(Duration time) {
    const Instant end = clock.now() + time;
    while (clock.now() < end) {
      wake();
    }
  }

  /// The other side shows `off_ms` more than UTC; the answer took `way_ms` to arrive.
  link::SightingResult sight(std::int64_t off_ms, std::int64_t way_ms) {
    const Instant sent = clock.now();
    clock.advance(Duration::from_ms(way_ms));
    const std::int64_t shown = kBootMs + clock.now().us / 1000 + off_ms;
    return wall.sight(sent, clock.now(), shown);
  }

  std::uint32_t events(EventId id) const {
    std::uint32_t count = 0;
    for (std::size_t i = 0; i < device.events().size(); ++i) {
      count += device.events()[i].id == id ? 1U + device.events()[i].repeats : 0U;
    }
    return count;
  }

  sim::VirtualClock clock;
  Sink& sink;
  SparseSensor sensor;
  link::WallClock wall{{}};
  Device device;
  std::optional<device::TimeRecorder> recorder;

 private:
  void look() {
    if (options_.with_recorder) {
      recorder->step(clock.now());
    }
  }

  TimeRigOptions options_;
};

}  // namespace aiot::test
