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
  // Not for a Ref itself: copying a non-const one must be a copy, not a Ref to a Ref.
  template <Clock C>
  constexpr ClockRef(C& clock) noexcept requires(!std::same_as<C, ClockRef>)
      : object_(&clock), now_([](void* object) { return static_cast<C*>(object)->now(); }) {}

  Instant now() const noexcept { return now_(object_); }

 private:
  void* object_;
  Instant (*now_)(void*);
};

}  // namespace aiot::hal
