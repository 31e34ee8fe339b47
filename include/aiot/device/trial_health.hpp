// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/core/time.hpp"
#include "aiot/device/golden.hpp"
#include "aiot/update/boot_record.hpp"

namespace aiot::device {

/// What is asked of an image on trial.
struct TrialRule {
  std::uint32_t windows = 10;                 ///< that must have been through the pipeline
  Duration deadline = Duration::from_s(600);  ///< since the trial began to run
};

/// What was seen of a trial since it began to run in this boot.
struct TrialSigns {
  std::uint64_t windows = 0;                     ///< that went through the pipeline
  GoldenCheck golden = GoldenCheck::kNotStated;  ///< of the package that decides
  bool link_was_up = false;                      ///< the sink took a batch
  bool acknowledged = false;                     ///< a batch was acknowledged
  bool watchdog_reset = false;                   ///< it ended a boot of the trial
  Duration age{};
};

enum class TrialState : std::uint8_t { kPending, kHealthy, kFailed };

struct TrialVerdict {
  TrialState state = TrialState::kPending;
  update::Cause cause = update::Cause::kNone;  ///< of `kFailed`

  friend bool operator==(const TrialVerdict&, const TrialVerdict&) noexcept = default;
};

/// Whether an image on trial is healthy; the whole decision, and nothing else. The first that
/// applies:
///
///  1. A watchdog reset: failed (`kWatchdog`).
///  2. Another output for the golden window: failed (`kGoldenWindow`).
///  3. Enough windows, and a batch acknowledged: healthy.
///  4. Before the deadline: pending. A link that has not been up yet is waited for: confirming at
///     once would make an image with a broken link permanent.
///  5. Not enough windows: failed (`kNoSamples`).
///  6. A link that was up, and nothing acknowledged: failed (`kNotDelivered`).
///  7. Healthy: a link that never was up is not the image's fault.
[[nodiscard]] TrialVerdict judge_trial(const TrialRule& rule, const TrialSigns& signs) noexcept;

}  // namespace aiot::device
