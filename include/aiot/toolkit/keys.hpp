// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/crypto/scheme.hpp"
#include "aiot/toolkit/loaded.hpp"

/// Keys of people: in files on a host, as PEM or DER. P-256, RSA-2048 and Ed25519.
namespace aiot::toolkit {

/// "p256", "rsa2048", "ed25519"
const char* key_kind_name(crypto::KeyKind kind) noexcept;

/// The kind of that name, or nothing.
std::optional<crypto::KeyKind> parse_key_kind(std::string_view name) noexcept;

struct PublicKey {
  crypto::KeyKind kind = crypto::KeyKind::kP256;
  /// What images name by its hash: DER SubjectPublicKeyInfo of P-256 (91 bytes) and Ed25519 (44),
  /// DER PKCS#1 RSAPublicKey of RSA.
  std::vector<std::byte> encoding;
};

/// SHA-256 of the encoding: how an image names the key that it is signed with (KEYHASH).
Hash256 key_hash(const PublicKey& key) noexcept;

/// A private key; its memory is wiped when it goes.
class PrivateKey {
 public:
  /// `secret`: 32 bytes of scalar (P-256) or seed (Ed25519), or a DER PKCS#1 RSAPrivateKey; it
  /// belongs to `key`.
  PrivateKey(PublicKey key, std::vector<std::byte> secret) noexcept;
  PrivateKey(PrivateKey&& other) noexcept = default;
  PrivateKey& operator=(PrivateKey&& other) = delete;
  PrivateKey(const PrivateKey&) = delete;
  PrivateKey& operator=(const PrivateKey&) = delete;
  ~PrivateKey();

  [[nodiscard]] crypto::KeyKind kind() const noexcept { return public_key_.kind; }

  [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }

  [[nodiscard]] Bytes secret() const noexcept { return secret_; }

 private:
  PublicKey public_key_;
  std::vector<std::byte> secret_;
};

/// Reads a private key: PEM or DER of SEC1 (P-256), PKCS#1 (RSA) or PKCS#8, not encrypted. `name`
/// is what messages call it. The parts of a key that contradict each other are a problem.
Loaded<PrivateKey> parse_private_key(Bytes content, const std::string& name);

/// Reads a public key: PEM or DER of SubjectPublicKeyInfo, or PKCS#1 (RSA). A private key gives the
/// public one that belongs to it.
Loaded<PublicKey> parse_public_key(Bytes content, const std::string& name);

/// The same from a file.
Loaded<PrivateKey> read_private_key(const std::filesystem::path& path);
Loaded<PublicKey> read_public_key(const std::filesystem::path& path);

/// A new key from the randomness of the system.
Loaded<PrivateKey> generate_key(crypto::KeyKind kind);

/// PKCS#8 and SubjectPublicKeyInfo as PEM.
std::string private_pem(const PrivateKey& key);
std::string public_pem(const PublicKey& key);

/// Writes `<name>.pem` (private, for its owner only) and `<name>.pub.pem`. Files that are there
/// already are never touched: they are a problem, and then nothing is written.
std::optional<Problem> write_key_pair(const std::string& name, const PrivateKey& key);

/// Writes `<name>.key`, a new symmetric key of 32 random bytes as hexadecimal digits, for its owner
/// only: what a device seals with and its consumer verifies with. A file that is there already is a
/// problem.
std::optional<Problem> write_device_key(const std::string& name);

/// The signature of an image with hash `digest`, as its TLV holds it: DER ECDSA-Sig-Value
/// (deterministic, RFC 6979), RSASSA-PSS (SHA-256, salt of 32 random bytes), or Ed25519 whose
/// message is `digest`.
Loaded<std::vector<std::byte>> sign_digest(const PrivateKey& key, const Hash256& digest);

}  // namespace aiot::toolkit
