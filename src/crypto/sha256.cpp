// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/crypto/sha256.hpp"

#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>

#include <new>
#include <type_traits>

#include "aiot/core/check.hpp"

namespace aiot::crypto {
namespace {

using State = mbedtls_sha256_context;

State* state_in(std::byte* storage) noexcept {
  return std::launder(static_cast<State*>(static_cast<void*>(storage)));
}

const unsigned char* chars(Bytes data) noexcept {
  return reinterpret_cast<const unsigned char*>(data.data());
}

void start(State* state) noexcept {
  // Software SHA-256 can not fail; another implementation that does leaves no way to go on.
  AIOT_CHECK(mbedtls_sha256_starts_ret(state, 0) == 0);
}

}  // namespace

Sha256::Sha256() noexcept {
  static_assert(sizeof(State) <= sizeof(state_) && alignof(State) <= 8,
                "Sha256::state_ is too small for this Mbed TLS");
  static_assert(std::is_trivially_copyable_v<State>, "copies of Sha256 copy its bytes");
  auto* state = new (state_.data()) State;
  mbedtls_sha256_init(state);
  start(state);
}

void Sha256::update(Bytes data) noexcept {
  AIOT_CHECK(mbedtls_sha256_update_ret(state_in(state_.data()), chars(data), data.size()) == 0);
}

Hash256 Sha256::finish() noexcept {
  State* state = state_in(state_.data());
  Hash256 hash{};
  AIOT_CHECK(mbedtls_sha256_finish_ret(state, reinterpret_cast<unsigned char*>(hash.data())) == 0);
  mbedtls_platform_zeroize(state, sizeof(State));
  mbedtls_sha256_init(state);
  start(state);
  return hash;
}

Hash256 sha256(Bytes data) noexcept {
  Sha256 hash;
  hash.update(data);
  return hash.finish();
}

}  // namespace aiot::crypto
