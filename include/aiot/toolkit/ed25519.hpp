// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/crypto/scheme.hpp"

namespace aiot::toolkit {

inline constexpr std::size_t kEd25519KeyBytes = 32;
inline constexpr std::size_t kEd25519SignatureBytes = 64;

/// What a SubjectPublicKeyInfo of Ed25519 (RFC 8410) begins with; the 32 bytes of the key follow.
inline constexpr std::array<std::uint8_t, 12> kEd25519SpkiBegin = {
    0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00};

/// Pure Ed25519 (RFC 8032) whose message is the 32 bytes of the digest. `key` is
/// SubjectPublicKeyInfo (44 bytes), the signature 64 bytes. Points of small order and values that
/// are not in range do not match. Errors as for `SignatureScheme::verify`.
Status verify_ed25519_image(Bytes key, const Hash256& digest, Bytes signature) noexcept;

/// Ed25519 by libsodium, on hosts.
inline constexpr crypto::SignatureScheme kEd25519Scheme{crypto::KeyKind::kEd25519,
                                                        &verify_ed25519_image};

}  // namespace aiot::toolkit
