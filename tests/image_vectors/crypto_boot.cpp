// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "tests/image_vectors/crypto.hpp"

namespace aiot::image_vectors {
namespace {

constexpr std::array kSchemes{crypto::kP256Scheme};

}  // namespace

void begin() noexcept {}

std::span<const crypto::SignatureScheme> schemes() noexcept {
  return kSchemes;
}

}  // namespace aiot::image_vectors
