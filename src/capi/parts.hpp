// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "aiot/aiot.h"
#include "aiot/core/result.hpp"
#include "aiot/core/ring.hpp"
#include "aiot/hal/flash.hpp"
#include "aiot/hal/flash_map.hpp"
#include "aiot/hal/sensor.hpp"
#include "aiot/hal/sink.hpp"

namespace aiot::capi {

/// The caller's functions as a flash device; `store` passed `check`.
class CallbackFlash {
 public:
  explicit CallbackFlash(const aiot_store& store) noexcept : store_(store) {}

  [[nodiscard]] hal::FlashGeometry geometry() const noexcept;
  Status read(std::uint32_t offset, MutableBytes out) noexcept;
  Status program(std::uint32_t offset, Bytes in) noexcept;
  Status erase(std::uint32_t offset) noexcept;
  Status sync() noexcept;

 private:
  aiot_store store_;
};

static_assert(hal::FlashDevice<CallbackFlash>);

/// What a caller may leave out or get wrong in a store. Errors: `kInvalidArgument`; `kOutOfRange` a
/// region that ends behind the device.
Status check(const aiot_store& store) noexcept;

hal::FlashMap flash_map(const aiot_store& store) noexcept;

/// Samples that the caller pushes.
class PushSensor {
 public:
  explicit PushSensor(const hal::SensorFormat& format) noexcept : format_(format) {}

  [[nodiscard]] hal::SensorFormat format() const noexcept { return format_; }

  Status start(SampleRing& ring) noexcept {
    ring_ = &ring;
    return {};
  }

  Status service() noexcept { return {}; }

  /// Whole frames that the ring had room for.
  std::size_t push(const std::int16_t* samples, std::size_t frames) noexcept;

  void lost(std::size_t frames) noexcept { ring_->lost(frames * format_.axes); }

 private:
  hal::SensorFormat format_;
  SampleRing* ring_ = nullptr;
};

static_assert(hal::SensorSource<PushSensor>);

/// Records are pulled, so nothing is ever sent.
class NoSink {
 public:
  /// Never: no batch needs to be built.
  [[nodiscard]] bool ready() const noexcept { return false; }

  Status offer(const hal::Batch& /*batch*/) noexcept { return Error::kWouldBlock; }

  Result<hal::BatchAck> poll() noexcept { return Error::kEmpty; }
};

static_assert(hal::Sink<NoSink>);

}  // namespace aiot::capi
