// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "aiot/crypto/pool.hpp"
#include "tests/image_vectors/crypto.hpp"

namespace aiot::image_vectors {
namespace {

constexpr std::array kSchemes{crypto::kP256Scheme, crypto::kRsa2048Scheme};
alignas(8) constinit std::array<std::byte, crypto::kRsaPoolBytes> pool{};

}  // namespace

void begin() noexcept {
  crypto::lend_pool(pool);
}

std::span<const crypto::SignatureScheme> schemes() noexcept {
  return kSchemes;
}

}  // namespace aiot::image_vectors
