// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "instance.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <span>

#include "aiot/dsp/bearing.hpp"
#include "aiot/dsp/bearing_monitor.hpp"
#include "aiot/dsp/fft.hpp"
#include "aiot/model/header.hpp"
#include "aiot/record/cbor.hpp"
#include "aiot/record/record.hpp"
#include "structs.hpp"

namespace aiot::capi {
namespace {

constexpr std::uint32_t kMiB = 1U << 20U;
constexpr std::uint32_t kMinWindow = 16;
constexpr std::uint32_t kMaxAxes = 8;
constexpr std::uint32_t kMaxRingFrames = 1U << 24U;
constexpr std::uint32_t kRingWindows = 4;
constexpr std::size_t kRecordBytes = 4096;                        // of a record of this device
constexpr std::size_t kBatchBytes = record::kMaxRecordBytes + 1;  // of any in the store
constexpr std::size_t kEvents = 32;
constexpr float kMaxSpeedRpm = 1e6F;

/// One of the limits: `value` where it is said, in its range. False: it is none.
bool set_limit(std::uint32_t& value,
               std::uint32_t least,
               std::uint32_t most,
               std::uint32_t otherwise) noexcept {
  value = value == 0 ? otherwise : value;
  return value >= least && value <= most;
}

Status read_limits(const aiot_limits* from, aiot_limits& limits) noexcept {
  if (from != nullptr) {
    AIOT_TRY(take(from, limits));
  }
  const bool good =
      set_limit(limits.package_bytes, model::kHeaderBytes, 64 * kMiB, kMiB) &&
      set_limit(limits.window_frames, kMinWindow, dsp::kMaxFft, dsp::kMaxFft) &&
      set_limit(limits.arena_bytes, 1, 1024 * kMiB, 4 * kMiB) &&
      set_limit(limits.ring_frames, 1, kMaxRingFrames, kRingWindows * limits.window_frames) &&
      set_limit(limits.bearing_views, 1, dsp::kMaxBearingViews, dsp::kMaxBearingViews) &&
      limits.reserved == 0;
  return good ? Status{} : Error::kInvalidArgument;
}

/// Copies a text; no more of it is read than may be there. False: it is too long, not UTF-8, or has
/// control characters.
template <std::size_t kMax>
bool read_text(const char* from, Text<kMax>& text) noexcept {
  if (from == nullptr) {
    return true;
  }
  std::size_t size = 0;
  for (; from[size] != '\0'; ++size) {
    const auto byte = static_cast<unsigned char>(from[size]);
    if (size == kMax || byte < 0x20 || byte == 0x7F) {
      return false;
    }
    text.bytes[size] = from[size];
  }
  text.size = static_cast<std::uint8_t>(size);
  return record::is_utf8(as_bytes(text.bytes.data(), size));
}

constexpr bool is_positive(float value) noexcept {
  return value > 0.0F && value <= std::numeric_limits<float>::max();
}

Status read_machine(const aiot_machine* from, Settings& settings) noexcept {
  if (from == nullptr) {
    return {};
  }
  aiot_machine& machine = settings.machine;
  AIOT_TRY(take(from, machine));
  const bool speed_ok = machine.speed_rpm >= 0.0F && machine.speed_rpm < kMaxSpeedRpm;
  if (!speed_ok || machine.reserved != 0 ||
      !read_text(machine.bearing_name, settings.bearing_name)) {
    return Error::kInvalidArgument;
  }
  const dsp::BearingGeometry geometry{
      machine.balls, machine.ball_diameter, machine.pitch_diameter, machine.contact_deg};
  if (machine.balls == 0) {
    // Nothing of a bearing that is not known goes into a record.
    machine.ball_diameter = machine.pitch_diameter = machine.contact_deg = 0.0F;
    return {};
  }
  return dsp::check(geometry).ok() ? Status{} : Error::kInvalidArgument;
}

/// Takes pieces of the caller's memory, one behind the other; without memory it only counts.
class Cutter {
 public:
  explicit Cutter(std::byte* begin) noexcept : begin_(begin) {}

  template <class T>
  std::span<T> cut(std::size_t count) noexcept {
    static_assert(alignof(T) <= kAlignment);
    used_ = (used_ + kAlignment - 1) / kAlignment * kAlignment;
    const std::uint64_t at = used_;
    used_ += std::uint64_t{count} * sizeof(T);
    if (begin_ == nullptr) {
      return {};
    }
    // Aligned, whatever its type says.
    void* const place = begin_ + static_cast<std::size_t>(at);
    return {static_cast<T*>(place), count};
  }

  [[nodiscard]] std::uint64_t used() const noexcept { return used_; }

 private:
  std::byte* begin_;
  std::uint64_t used_ = 0;
};

/// Objects need to be made; numbers do not.
std::span<Event> make_events(std::span<Event> memory) noexcept {
  for (Event& event : memory) {
    new (&event) Event{};
  }
  return memory;
}

}  // namespace

Status read_sizes(const aiot_config* config, Settings& settings) noexcept {
  if (!sized(config) || config->axes < 1 || config->axes > kMaxAxes) {
    return Error::kInvalidArgument;
  }
  settings.format.axes = static_cast<std::uint8_t>(config->axes);
  return read_limits(config->limits, settings.limits);
}

Status read_settings(const aiot_config* from, Settings& settings) noexcept {
  aiot_config config{};
  AIOT_TRY(take(from, config));
  AIOT_TRY(read_sizes(&config, settings));
  AIOT_TRY(take(config.store, settings.store));
  AIOT_TRY(check(settings.store));
  AIOT_TRY(read_machine(config.machine, settings));
  const bool texts = read_text(config.device_id, settings.device_id) &&
                     read_text(config.site, settings.site) &&
                     read_text(config.firmware_version, settings.firmware_version);
  const bool format = is_positive(config.rate_hz) && is_positive(config.scale) &&
                      config.bits >= 2 && config.bits <= 16;
  if (!texts || settings.device_id.size == 0 || !format || config.reserved != 0) {
    return Error::kInvalidArgument;
  }
  settings.format.rate_hz = config.rate_hz;
  settings.format.scale = config.scale;
  settings.format.bits = static_cast<std::uint8_t>(config.bits);
  if (config.firmware_hash != nullptr) {
    std::memcpy(settings.firmware_hash.data(), config.firmware_hash, settings.firmware_hash.size());
  }
  for (std::size_t i = 0; i < kStreams; ++i) {
    if (config.on_full[i] > AIOT_THIN_OUT) {
      return Error::kInvalidArgument;
    }
    settings.queue[i].on_full = static_cast<store::OnFull>(config.on_full[i]);
  }
  return {};
}

MemoryPlan plan_memory(const Settings& settings, std::byte* begin) noexcept {
  const aiot_limits& limits = settings.limits;
  const std::size_t axes = settings.format.axes;
  const std::size_t window = limits.window_frames * axes;
  const dsp::BearingPlan bearing{.transform = dsp::kMaxFft,
                                 .slots = static_cast<std::uint8_t>(limits.bearing_views)};
  Cutter cutter(begin);
  MemoryPlan plan;
  plan.begin = cutter.cut<std::byte>(sizeof(aiot_device)).data();
  plan.storage.ring = cutter.cut<std::int16_t>(std::bit_ceil(limits.ring_frames * axes));
  plan.storage.window = cutter.cut<std::int16_t>(window);
  plan.storage.scratch =
      cutter.cut<float>(window + dsp::bearing_scratch(bearing, limits.window_frames));
  plan.storage.features = cutter.cut<float>(record::kMaxFeatures);
  plan.storage.inputs = cutter.cut<float>(record::kMaxFeatures);
  plan.storage.arena = cutter.cut<std::byte>(limits.arena_bytes);
  plan.storage.record = cutter.cut<std::byte>(kRecordBytes);
  plan.storage.batch = cutter.cut<std::byte>(kBatchBytes);
  plan.storage.events = make_events(cutter.cut<Event>(kEvents));
  plan.storage.bearing = cutter.cut<float>(dsp::bearing_floats(bearing));
  plan.learning = cutter.cut<float>(device::kLearningFloats);
  for (MutableBytes& package : plan.packages) {
    package = cutter.cut<std::byte>(limits.package_bytes);
  }
  plan.size = cutter.used();
  return plan;
}

}  // namespace aiot::capi

aiot_device::aiot_device(const aiot::capi::Settings& from,
                         const aiot::capi::MemoryPlan& plan) noexcept
    : settings(from),
      flash(settings.store),
      sensor(settings.format),
      storage(plan.storage),
      packages(plan.packages) {
  condition.learning = plan.learning;
  storage.condition = &condition;
  storage.listener = &aiot::device::kMachineListener;
  storage.listener_memory = &listener;
}
