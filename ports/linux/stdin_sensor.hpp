// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "aiot/core/result.hpp"
#include "aiot/core/ring.hpp"
#include "aiot/hal/sensor.hpp"

namespace aiot::linux_port {

/// Raw little-endian int16 samples from a pipe, a serial device or standard input; the descriptor
/// stays the caller's. Never waits: what has not arrived yet is read by a later `service`.
class StdinSensor {
 public:
  StdinSensor(const hal::SensorFormat& format, int descriptor) noexcept;

  hal::SensorFormat format() const noexcept { return format_; }

  Status start(SampleRing& ring) noexcept;

  /// Reads at most what the ring takes in one run. Errors: `kEmpty` the writer has closed its end;
  /// `kIo` reading failed; `kCorrupt` it closed within a sample or frame; `kWrongState` not
  /// started.
  Status service() noexcept;

  /// Samples that were delivered.
  [[nodiscard]] std::uint64_t samples() const noexcept { return samples_; }

 private:
  hal::SensorFormat format_;
  int descriptor_;
  SampleRing* ring_ = nullptr;
  std::uint64_t samples_ = 0;
  std::byte half_{};  // first byte of a sample whose second one has not arrived
  bool has_half_ = false;
  bool ended_ = false;
};

static_assert(hal::SensorSource<StdinSensor>);

}  // namespace aiot::linux_port
