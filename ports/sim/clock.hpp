// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/core/check.hpp"
#include "aiot/hal/clock.hpp"

namespace aiot::sim {

/// Time that passes only when it is told to.
class VirtualClock {
 public:
  [[nodiscard]] Instant now() const noexcept { return now_; }

  /// `by` must not be negative: a clock never steps back.
  void advance(Duration by) noexcept {
    AIOT_CHECK(by.us >= 0);
    now_ = now_ + by;
  }

 private:
  Instant now_;
};

static_assert(hal::Clock<VirtualClock>);

}  // namespace aiot::sim
