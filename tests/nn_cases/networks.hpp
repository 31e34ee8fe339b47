// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aiot/toolkit/compiler/target.hpp"
#include "tests/nn_cases/assemble.hpp"

namespace aiot::nn_cases {

/// Whole networks: the .tflite files that the tests write, those whose name holds `only`, and
/// `count` random ones ("network/<number>") from `seed`. They are compiled for `target` as they
/// would be shipped; what must come out is what the reference makes of them with every tensor in a
/// place of its own. Throws std::runtime_error when one does
/// not compile.
std::vector<CaseSpec> make_networks(const toolkit::Target& target,
                                    const std::string& only,
                                    std::uint64_t seed,
                                    std::uint32_t count);

}  // namespace aiot::nn_cases
