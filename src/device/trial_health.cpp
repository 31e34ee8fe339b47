// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/trial_health.hpp"

namespace aiot::device {

using update::Cause;

TrialVerdict judge_trial(const TrialRule& rule, const TrialSigns& signs) noexcept {
  if (signs.watchdog_reset) {
    return {TrialState::kFailed, Cause::kWatchdog};
  }
  if (signs.golden == GoldenCheck::kDiffers) {
    return {TrialState::kFailed, Cause::kGoldenWindow};
  }
  const bool enough = signs.windows >= rule.windows;
  if (enough && signs.acknowledged) {
    return {TrialState::kHealthy, Cause::kNone};
  }
  if (signs.age < rule.deadline) {
    return {TrialState::kPending, Cause::kNone};
  }
  if (!enough) {
    return {TrialState::kFailed, Cause::kNoSamples};
  }
  if (signs.link_was_up && !signs.acknowledged) {
    return {TrialState::kFailed, Cause::kNotDelivered};
  }
  return {TrialState::kHealthy, Cause::kNone};
}

}  // namespace aiot::device
