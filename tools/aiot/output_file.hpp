// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "aiot/core/bytes.hpp"

namespace aiot::cli {

/// Writes a file beside `path`, makes it durable and renames it, so that nobody ever meets half a
/// file; a device or pipe is written as it is. The problem with the system's reason, or nothing.
std::optional<std::string> write_file(const std::string& path, Bytes content);

/// What would keep write_file from it, found out before the long work; leaves nothing behind.
std::optional<std::string> write_problem(const std::string& path);

}  // namespace aiot::cli
