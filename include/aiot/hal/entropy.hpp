// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"

namespace aiot::hal {

/// Random bytes of cryptographic quality, or an error; never a guess.
template <class E>
concept Entropy = requires(E& entropy, MutableBytes out) {
  { entropy.fill(out) } -> std::same_as<Status>;
};

}  // namespace aiot::hal
