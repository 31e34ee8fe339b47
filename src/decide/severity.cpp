// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/severity.hpp"

#include "aiot/core/check.hpp"
#include "finite.hpp"

namespace aiot::decide {

Status check(const ZoneLimits& limits) noexcept {
  const bool good = limits.a_b > 0.0F && limits.b_c > limits.a_b && limits.c_d > limits.b_c &&
                    is_finite(limits.c_d);
  return good ? Status{} : Error::kInvalidArgument;
}

Status check(const SeverityTable& table) noexcept {
  for (const auto& group : table.limits) {
    for (const ZoneLimits& limits : group) {
      AIOT_TRY(check(limits));
    }
  }
  return {};
}

Result<ZoneLimits> find_limits(const SeverityTable& table,
                               MachineGroup group,
                               Support support) noexcept {
  if (group > MachineGroup::kGroup2 || support > Support::kFlexible) {
    return Error::kInvalidArgument;
  }
  return table.limits[static_cast<std::size_t>(group)][static_cast<std::size_t>(support)];
}

Result<Zone> zone(float velocity, const ZoneLimits& limits) noexcept {
  AIOT_CHECK(check(limits).ok());
  if (!(velocity >= 0.0F && velocity <= kLargest)) {
    return Error::kInvalidArgument;
  }
  if (velocity >= limits.c_d) {
    return Zone::kD;
  }
  if (velocity >= limits.b_c) {
    return Zone::kC;
  }
  return velocity >= limits.a_b ? Zone::kB : Zone::kA;
}

}  // namespace aiot::decide
