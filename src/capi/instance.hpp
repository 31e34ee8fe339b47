// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "aiot/aiot.h"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/device/device.hpp"
#include "aiot/device/time_recorder.hpp"
#include "aiot/link/wall_clock.hpp"
#include "aiot/store/queue.hpp"
#include "parts.hpp"

namespace aiot::capi {

inline constexpr std::size_t kMaxIdBytes = 64;
inline constexpr std::size_t kMaxVersionBytes = 32;

/// A text of the caller, copied.
template <std::size_t kMax>
struct Text {
  std::array<char, kMax> bytes{};
  std::uint8_t size = 0;

  [[nodiscard]] std::string_view view() const noexcept { return {bytes.data(), size}; }
};

/// A checked configuration, with everything that it pointed to but the store's functions.
struct Settings {
  Text<kMaxIdBytes> device_id{};
  Text<kMaxIdBytes> site{};
  Text<kMaxIdBytes> bearing_name{};
  Text<kMaxVersionBytes> firmware_version{};
  Hash256 firmware_hash{};
  aiot_store store{};
  aiot_machine machine{};
  aiot_limits limits{};  ///< no zeros
  hal::SensorFormat format{};
  std::array<store::StreamPolicy, kStreams> queue{};
};

/// Errors: those of `aiot_init`.
Status read_settings(const aiot_config* config, Settings& settings) noexcept;

/// The part of `read_settings` that `plan_memory` needs: limits and axes. Errors: as above.
Status read_sizes(const aiot_config* config, Settings& settings) noexcept;

/// Where the parts of a device are in the memory of the caller.
struct MemoryPlan {
  std::uint64_t size = 0;  ///< bytes, from `begin` on
  std::byte* begin = nullptr;
  device::StorageView storage{};
  std::span<float> learning{};
  std::array<MutableBytes, 2> packages{};
};

/// What a device is aligned to.
inline constexpr std::size_t kAlignment = 64;

/// `begin` is aligned to `kAlignment`, or null: then only the size counts.
MemoryPlan plan_memory(const Settings& settings, std::byte* begin) noexcept;

}  // namespace aiot::capi

/// What a handle of the C interface points to.
struct aiot_device {
  aiot_device(const aiot::capi::Settings& from, const aiot::capi::MemoryPlan& plan) noexcept;

  static constexpr std::uint64_t kAlive = 0x61696F74'64657669U;

  /// The device decides and keeps records.
  [[nodiscard]] bool runs() const noexcept { return device.has_value(); }

  std::uint64_t alive = kAlive;
  aiot::capi::Settings settings;
  aiot::capi::CallbackFlash flash;
  aiot::capi::PushSensor sensor;
  aiot::capi::NoSink sink{};
  aiot::device::ConditionState condition{};
  aiot::device::ListenerMemory listener{};
  aiot::device::StorageView storage;
  std::array<aiot::MutableBytes, 2> packages;
  std::size_t next_package = 0;  // of the two rooms, the one that is free
  std::int64_t now_us = 0;
  std::array<aiot::store::ReadCursor, aiot::kStreams> cursors{};
  aiot::link::WallClock clock{aiot::link::WallClockConfig{}};
  std::optional<aiot::Device> device{};
  std::optional<aiot::device::TimeRecorder> time{};  // beside `device`
};
