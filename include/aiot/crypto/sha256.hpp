// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"

namespace aiot::crypto {

/// SHA-256 (FIPS 180-4) over data that arrives in pieces. Copies continue independently.
class Sha256 {
 public:
  Sha256() noexcept;

  void update(Bytes data) noexcept;

  /// The hash of all updates; the object then starts anew.
  [[nodiscard]] Hash256 finish() noexcept;

 private:
  // The library's state in place; its size is checked where the library is included.
  alignas(8) std::array<std::byte, 112> state_{};
};

/// SHA-256 of `data`.
[[nodiscard]] Hash256 sha256(Bytes data) noexcept;

}  // namespace aiot::crypto
