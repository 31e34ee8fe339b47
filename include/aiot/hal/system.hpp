// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>

#include "aiot/core/result.hpp"
#include "aiot/core/time.hpp"

namespace aiot::hal {

/// Resets the device when it is not fed in time. It is fed in exactly one place: at the end of a
/// `Device::step` in which every part made progress.
template <class W>
concept Watchdog = requires(W& watchdog, Duration timeout) {
  { watchdog.start(timeout) } -> std::same_as<Status>;
  { watchdog.feed() } -> std::same_as<void>;
};

enum class ResetCause : std::uint8_t { kUnknown, kPowerOn, kPin, kSoftware, kWatchdog };

/// Why the device started, and a way to start it again. `reset` does not return.
template <class R>
concept ResetControl = requires(R& control) {
  { control.cause() } -> std::same_as<ResetCause>;
  control.reset();
};

/// Non-owning reference to a watchdog; the watchdog must outlive it.
class WatchdogRef {
 public:
  // Not for a Ref itself: copying a non-const one must be a copy, not a Ref to a Ref.
  template <Watchdog W>
  constexpr WatchdogRef(W& watchdog) noexcept requires(!std::same_as<W, WatchdogRef>)
      : object_(&watchdog), table_(&kTable<W>) {}

  Status start(Duration timeout) const noexcept { return table_->start(object_, timeout); }

  void feed() const noexcept { table_->feed(object_); }

 private:
  struct Table {
    Status (*start)(void*, Duration);
    void (*feed)(void*);
  };

  template <class W>
  static constexpr Table kTable = {
      [](void* o, Duration timeout) { return static_cast<W*>(o)->start(timeout); },
      [](void* o) { static_cast<W*>(o)->feed(); },
  };

  void* object_;
  const Table* table_;
};

}  // namespace aiot::hal
