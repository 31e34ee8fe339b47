// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "aiot/core/bytes.hpp"

namespace aiot::toolkit {

/// Nothing when the elements of a MATLAB file (level 5 or 4) fill it without one that is cut off,
/// else what is wrong. libmatio gives zeros for what is missing, so this is asked first. Level 7.3
/// files (HDF5) are left to their library. Source: MATLAB MAT-File Format, R2023b, chapters 1
/// and 2.
std::optional<std::string> mat_problem(Bytes file);

}  // namespace aiot::toolkit
