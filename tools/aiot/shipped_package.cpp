// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <span>

#include "tools/aiot/package_file.hpp"

// The package is made by `aiot train`, so a tree without one has to build the command all the same.
#include "aiot_packages/machine.hpp"

namespace aiot::cli {

Bytes shipped_package() noexcept {
  return std::as_bytes(std::span(packages::machine));
}

}  // namespace aiot::cli
