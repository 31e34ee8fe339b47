// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aiot::device {

/// What the device did since it started. Counters only rise.
struct Metrics {
  std::uint64_t windows = 0;  ///< windows that went through the pipeline
  std::uint64_t records = 0;  ///< records that the queue accepted, contexts included
  std::uint64_t gaps = 0;     ///< runs of lost samples
  std::uint32_t sensor_errors = 0;
  std::uint32_t pipeline_errors = 0;  ///< windows that gave no decision, or no accepted record
  std::uint32_t uplink_errors = 0;
};

}  // namespace aiot::device
