// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/crypto/sha256.hpp"
#include "aiot/update/audit_log.hpp"

/// The bytes of entries and seals (SPEC, "Audit log").
namespace aiot::update::audit {

inline constexpr std::uint32_t kSealMark = 0x0153'4100;  // 0, "AS", version 1

inline constexpr std::size_t kSequenceAt = 4;
inline constexpr std::size_t kBootAt = 8;
inline constexpr std::size_t kCodeAt = 12;
inline constexpr std::size_t kTimeAt = 16;
inline constexpr std::size_t kVersionAt = 24;
inline constexpr std::size_t kIdAt = 32;
static_assert(kIdAt + sizeof(ImageId) == kAuditEntryBytes);

inline constexpr std::size_t kNumberAt = 4;
inline constexpr std::size_t kFirstAt = 8;
inline constexpr std::size_t kNextAt = 12;
inline constexpr std::size_t kCompleteAt = 16;
inline constexpr std::size_t kKeptAt = 20;
inline constexpr std::size_t kKeysAt = 24;
inline constexpr std::size_t kChainAt = 40;
inline constexpr std::size_t kMacAt = 72;
static_assert(kMacAt + kAuditMacBytes == kAuditSealBytes);

/// Room for any frame.
using Buffer = std::array<std::byte, kAuditSealBytes>;

inline void extend(Hash256& chain, Bytes frame) noexcept {
  crypto::Sha256 hash;
  hash.update(chain);
  hash.update(frame);
  chain = hash.finish();
}

}  // namespace aiot::update::audit
