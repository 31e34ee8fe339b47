// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/link/commands.hpp"

namespace aiot::link {

/// What `CommandGuard` does behind the signature: `kNone`, or one of `kPayload` to `kArguments`.
[[nodiscard]] CommandFault judge_command(Bytes payload,
                                         std::string_view device_name,
                                         std::uint64_t last_counter,
                                         const Result<WallTime>& now,
                                         Command& command) noexcept;

}  // namespace aiot::link
