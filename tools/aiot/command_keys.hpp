// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/keys.hpp"
#include "aiot/toolkit/keys.hpp"
#include "ports/linux/key_file.hpp"

namespace aiot::cli {

/// The keys of commands on this machine: the device's own, which seals batches, acknowledgements
/// and answers, and the operator's P-256 key as `KeyId::kCommand`: its public part on a device, all
/// of it where commands are signed.
class CommandKeys {
 public:
  /// The device's key. The problem, or nothing.
  std::optional<std::string> load_device(const std::string& path);

  /// The operator's key to verify with: public or private, PEM or DER. The problem, or nothing.
  std::optional<std::string> load_public(const std::string& path);

  /// The operator's key to sign with, in a file that nobody else can read. The problem, or nothing.
  std::optional<std::string> load_private(const std::string& path);

  /// There is an operator's key.
  [[nodiscard]] bool commanded() const noexcept { return public_.has_value(); }

  // hal::KeyStore
  Result<Bytes> public_key(hal::KeyId id) const noexcept;
  Status sign(hal::KeyId id, Bytes digest, MutableBytes out) const noexcept;
  Status mac(hal::KeyId id, Bytes in, MutableBytes out) const noexcept;

 private:
  linux_port::KeyFile device_;
  std::optional<toolkit::PublicKey> public_;
  std::optional<toolkit::PrivateKey> private_;
};

static_assert(hal::KeyStore<CommandKeys>);

}  // namespace aiot::cli
