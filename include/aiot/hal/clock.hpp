// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>

#include "aiot/core/time.hpp"

namespace aiot::hal {

/// Microseconds since boot that never step back; the port extends a timer that wraps.
template <class C>
concept Clock = requires(C& clock) {
  { clock.now() } -> std::same_as<Instant>;
};

/// Non-owning reference to a clock; the clock must outlive it.
class ClockRef {
 public:
  // Copying a non-const Ref is a copy, not a Ref to a Ref.
  constexpr ClockRef(ClockRef&) noexcept = default;
  constexpr ClockRef(const ClockRef&) noexcept = default;
  constexpr ClockRef& operator=(const ClockRef&) noexcept = default;

  template <Clock C>
  constexpr ClockRef(C& clock) noexcept
      : object_(&clock), now_([](void* object) { return static_cast<C*>(object)->now(); }) {}

  Instant now() const noexcept { return now_(object_); }

 private:
  void* object_;
  Instant (*now_)(void*);
};

}  // namespace aiot::hal
