// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/decide/policy.hpp"

namespace aiot::decide {

/// Size of a policy that travels (SPEC, "Policy").
inline constexpr std::size_t kPolicyBytes = 13;

/// The version alone: the policy of the package.
inline constexpr std::array<std::byte, 1> kPackagePolicy{std::byte{1}};

/// `config` passed `check`.
std::array<std::byte, kPolicyBytes> encode_policy(const PolicyConfig& config) noexcept;

/// Empty: the policy of the package. Errors: `kUnsupported` another version; `kInvalidArgument`
/// another size, or a value out of range.
Result<std::optional<PolicyConfig>> decode_policy(Bytes bytes) noexcept;

}  // namespace aiot::decide
