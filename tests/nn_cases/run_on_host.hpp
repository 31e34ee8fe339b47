// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace aiot::nn_cases {

/// Runs a file of cases on this machine: canonical ones with `ref`, those of the build's back-end
/// with that. Prints what failed and `N passed, M failed`; 0 when all passed.
int run_on_host(const std::vector<std::byte>& file);

}  // namespace aiot::nn_cases
