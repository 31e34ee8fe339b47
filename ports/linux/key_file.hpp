// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/keys.hpp"

namespace aiot::linux_port {

/// The device's symmetric key in a file: 32 bytes, or 64 hexadecimal digits and white space behind
/// them. Has no other key.
///
/// The file must not be readable by anybody but its owner. Where permissions are none (a pipe),
/// they are not looked at.
class KeyFile {
 public:
  KeyFile() noexcept = default;
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;
  ~KeyFile();

  /// Errors: `kEmpty` no such file; `kUnauthentic` others can read it; `kCorrupt` not a key;
  /// `kIo`. `message`: one line, what is wrong; what to do.
  Status load(const std::string& path, std::string& message);

  /// Errors of all: `kEmpty` there is no such key; `kNoSpace` `out` is not of 32 bytes.
  Result<Bytes> public_key(hal::KeyId id) const noexcept;
  Status sign(hal::KeyId id, Bytes digest, MutableBytes out) const noexcept;
  Status mac(hal::KeyId id, Bytes in, MutableBytes out) const noexcept;

 private:
  std::array<std::byte, 32> key_{};
  bool loaded_ = false;
};

static_assert(hal::KeyStore<KeyFile>);

}  // namespace aiot::linux_port
