// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "aiot/toolkit/loaded.hpp"

namespace aiot::toolkit {

/// The whole content of a file or pipe, at most 2 GiB.
Loaded<std::vector<std::byte>> read_file(const std::filesystem::path& path);

}  // namespace aiot::toolkit
