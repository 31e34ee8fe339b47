// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tools/aiot/package_file.hpp"

namespace aiot::cli {

/// What a package holds, for people.
void print_package(const PackageFile& file);

/// The same as one JSON object.
void print_package_json(const PackageFile& file);

}  // namespace aiot::cli
