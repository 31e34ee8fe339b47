// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"

namespace aiot::toolkit {

/// Bytes as lower-case hexadecimal digits.
std::string hex(Bytes bytes);

/// 64 hexadecimal digits as a hash; nothing when it is something else.
std::optional<Hash256> parse_hash(std::string_view text);

}  // namespace aiot::toolkit
