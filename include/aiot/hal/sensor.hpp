// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>

#include "aiot/core/result.hpp"
#include "aiot/core/ring.hpp"

namespace aiot::hal {

/// What the samples of a source mean. A device does not start with a sensor that states a rate or
/// scale that is zero, negative, infinite or not a number, or another number of bits.
struct SensorFormat {
  float rate_hz = 0.0F;    ///< sample frames per second; finite, above 0
  float scale = 0.0F;      ///< m/s^2 per count; finite, above 0
  std::uint8_t axes = 1;   ///< samples per frame, 1 to 8
  std::uint8_t bits = 16;  ///< width of a code, 2 to 16; the end codes mean saturation
};

/// Where samples come from: an interrupt, a DMA channel, a recording, a simulation.
///
/// `start` binds the ring that the source fills from then on. `service` is called by the loop, does
/// a bounded piece of work and returns; sources that are driven by interrupts leave it empty.
/// Errors of `service`: `kEmpty` the source has ended for good (a recording); `kIo` it failed.
template <class S>
concept SensorSource = requires(S& source, SampleRing& ring) {
  { source.format() } -> std::same_as<SensorFormat>;
  { source.start(ring) } -> std::same_as<Status>;
  { source.service() } -> std::same_as<Status>;
};

/// Non-owning reference to a sensor source; the source must outlive it.
class SensorRef {
 public:
  // Not for a Ref itself: copying a non-const one must be a copy, not a Ref to a Ref.
  template <SensorSource S>
  constexpr SensorRef(S& source) noexcept requires(!std::same_as<S, SensorRef>)
      : object_(&source), table_(&kTable<S>) {}

  SensorFormat format() const noexcept { return table_->format(object_); }

  Status start(SampleRing& ring) const noexcept { return table_->start(object_, ring); }

  Status service() const noexcept { return table_->service(object_); }

 private:
  struct Table {
    SensorFormat (*format)(void*);
    Status (*start)(void*, SampleRing&);
    Status (*service)(void*);
  };

  template <class S>
  static constexpr Table kTable = {
      [](void* o) { return static_cast<S*>(o)->format(); },
      [](void* o, SampleRing& ring) { return static_cast<S*>(o)->start(ring); },
      [](void* o) { return static_cast<S*>(o)->service(); },
  };

  void* object_;
  const Table* table_;
};

}  // namespace aiot::hal
