// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/model/package.hpp"
#include "aiot/nn/executor.hpp"

namespace aiot::device {

/// What became of a package's golden window.
enum class GoldenCheck : std::uint8_t {
  kNotStated,  ///< the package has none
  kEqual,      ///< the network gives the stated output, to the byte
  kDiffers,    ///< it does not, or does not run
};

/// Runs the golden window of `package` on `executor`, which runs the network of that package. Every
/// kernel set gives the same bytes, so the comparison is exact. The network's variables are reset
/// before and after: a streaming network begins anew, any other one keeps nothing between runs.
[[nodiscard]] GoldenCheck check_golden(const model::Package& package,
                                       nn::Executor& executor) noexcept;

}  // namespace aiot::device
