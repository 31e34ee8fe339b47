// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/policy.hpp"

#include "aiot/core/check.hpp"

namespace aiot::decide {
namespace {

bool is_stream(Stream stream) noexcept {
  return static_cast<std::size_t>(stream) < kStreams;
}

bool is_due(std::uint32_t every, std::uint32_t since) noexcept {
  return every != 0 && since >= every;
}

// Counts windows without ever wrapping round to "just recorded".
std::uint32_t one_more(std::uint32_t windows) noexcept {
  return windows == UINT32_MAX ? windows : windows + 1U;
}

}  // namespace

Status check(const PolicyConfig& config) noexcept {
  const bool good = config.changes <= Changes::kAll && is_stream(config.change_stream) &&
                    is_stream(config.abnormal_stream) && is_stream(config.heartbeat_stream);
  return good ? Status{} : Error::kInvalidArgument;
}

Policy::Policy(const PolicyConfig& config) noexcept
    : config_(config), since_heartbeat_(UINT32_MAX) {
  AIOT_CHECK(check(config).ok());
}

Action Policy::on(const Decision& decision) noexcept {
  since_heartbeat_ = one_more(since_heartbeat_);
  since_abnormal_ = decision.abnormal ? one_more(since_abnormal_) : 0U;

  const bool change =
      decision.changed && (config_.changes == Changes::kAll ||
                           (config_.changes == Changes::kToAbnormal && decision.abnormal));
  Action action;
  if (change) {
    action = {true, config_.change_stream};
  } else if (is_due(config_.abnormal_windows, since_abnormal_)) {
    action = {true, config_.abnormal_stream};
  } else if (is_due(config_.heartbeat_windows, since_heartbeat_)) {
    action = {true, config_.heartbeat_stream};
  }
  if (action.record) {
    // Any record shows that the device lives, and an abnormal one needs no repetition right away.
    since_heartbeat_ = 0;
    since_abnormal_ = 0;
  }
  return action;
}

}  // namespace aiot::decide
