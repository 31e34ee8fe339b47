// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/decide/decider.hpp"

namespace aiot::decide {

/// Which changes of the label are recorded.
enum class Changes : std::uint8_t { kNone = 0, kToAbnormal = 1, kAll = 2 };

/// What is worth a record.
struct PolicyConfig {
  std::uint32_t heartbeat_windows = 0;  ///< a record at least every so many windows; 0 never
  std::uint32_t abnormal_windows = 0;   ///< while abnormal, one every so many windows; 0 never
  Changes changes = Changes::kAll;
  Stream change_stream = Stream::kUrgent;
  Stream abnormal_stream = Stream::kUrgent;
  Stream heartbeat_stream = Stream::kRoutine;
};

static_assert(sizeof(PolicyConfig) == 12 && alignof(PolicyConfig) == 4);

/// Ranges of a configuration from outside. Errors: `kInvalidArgument`.
Status check(const PolicyConfig& config) noexcept;

/// What to do about a decision.
struct Action {
  bool record = false;
  Stream stream = Stream::kRoutine;  ///< where to, when `record`
};

/// Decides what is recorded. Deterministic by the count of windows, no clock. One window gives at
/// most one record: a change goes before an abnormal window, and that before the heartbeat.
class Policy {
 public:
  /// `config` must have passed `check`.
  explicit Policy(const PolicyConfig& config) noexcept;

  /// One call for each window, in order. The first window counts as a heartbeat that is due.
  Action on(const Decision& decision) noexcept;

 private:
  PolicyConfig config_;
  std::uint32_t since_heartbeat_;
  std::uint32_t since_abnormal_ = 0;
};

}  // namespace aiot::decide
