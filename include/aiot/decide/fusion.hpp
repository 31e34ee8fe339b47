// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/core/reason.hpp"
#include "aiot/decide/bearing_rule.hpp"

namespace aiot::decide {

/// Which of a package's labels mean what a bearing can have; kUnknownLabel: the package has none.
struct FaultLabels {
  std::uint8_t normal = kUnknownLabel;
  std::uint8_t outer = kUnknownLabel;
  std::uint8_t inner = kUnknownLabel;
  std::uint8_t element = kUnknownLabel;
  std::uint8_t unclear = kUnknownLabel;  ///< abnormal, cause unclear
};

/// What one source says; kUnknownLabel: nothing.
struct Opinion {
  std::uint8_t label = kUnknownLabel;
  float confidence = 0.0F;  ///< 0..1
};

/// What the machine's own baseline says.
enum class Condition : std::uint8_t { kNotCommissioned, kAsCommissioned, kAlarm };

/// Everything that is known about a window.
struct Opinions {
  Opinion network{};         ///< the vote over the last windows
  BearingVerdict bearing{};  ///< physics; kUnknown without evidence
  Condition condition = Condition::kNotCommissioned;
  float condition_confidence = 0.0F;
};

/// The one answer.
struct Fused {
  Opinion opinion{};
  bool abnormal = false;          ///< also when no label says so
  Reason reason = Reason::kNone;  ///< how the sources go together; kNone: nothing to say about it
};

/// Puts the opinions together. Physics goes first: what it names, it has seen lines of. A network
/// only names the cause of what physics or the baseline calls abnormal; it raises no alarm on its
/// own where one of them is there to ask. Without either, the network's vote is the answer. What
/// is abnormal and has no cause stays without one.
[[nodiscard]] Fused fuse(const Opinions& opinions, const FaultLabels& labels) noexcept;

}  // namespace aiot::decide
