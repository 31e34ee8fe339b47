// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/crypto/sha256.hpp"
#include "aiot/update/image.hpp"

namespace aiot::update {

/// One walk through an image, from its first byte to its last.
class ImageVerifier {
 public:
  /// All must outlive the walk. `buffer`: at least `kMinVerifyBuffer` bytes.
  ImageVerifier(hal::FlashRef flash,
                const hal::FlashRegion& slot,
                const VerifyPolicy& policy,
                MutableBytes buffer,
                ImageVerdict& verdict) noexcept;

  /// The whole image.
  void verify() noexcept;

  /// Its header and TLVs only; `claimed` stands for the hash of what is not read.
  void verify_claim(const Hash256& claimed) noexcept;

 private:
  bool fail(ImageFault fault) noexcept;
  bool fetch(std::uint32_t bytes) noexcept;
  bool skip(std::uint32_t bytes) noexcept;
  bool header() noexcept;
  bool flags() noexcept;
  bool areas(const Hash256* claimed) noexcept;
  bool area(bool guarded) noexcept;
  bool protected_tlv(std::uint16_t type, std::uint16_t length) noexcept;
  bool counter(std::uint16_t length) noexcept;
  bool dependency(std::uint16_t length) noexcept;
  bool product(std::uint16_t length) noexcept;
  bool type(std::uint16_t length) noexcept;
  bool plain_tlv(std::uint16_t type, std::uint16_t length) noexcept;
  bool hash(std::uint16_t length) noexcept;
  bool key_hash(std::uint16_t length) noexcept;
  bool signature(std::uint16_t type, std::uint16_t length) noexcept;
  ImageFault check_signature(const crypto::SignatureScheme& scheme,
                             const TrustedKey& key,
                             Bytes signature) const noexcept;
  bool judge() noexcept;

  hal::FlashRef flash_;
  const hal::FlashRegion& slot_;
  const VerifyPolicy& policy_;
  MutableBytes buffer_;
  ImageVerdict& verdict_;
  crypto::Sha256 sha_;
  std::uint32_t at_ = 0;             // next byte of the slot
  const TrustedKey* key_ = nullptr;  // that the last key hash names
  bool key_named_ = false;           // a key hash stands before the next signature
  bool hashing_ = true;              // what is fetched belongs to the hash
  bool hash_matched_ = false;        // at least one hash was there
  bool verified_ = false;            // a signature of a trusted key matched
  std::uint8_t tried_ = 0;           // signatures
  std::uint8_t seen_ = 0;            // bits of types that are there once
  ImageFault counter_fault_ = ImageFault::kCounterMissing;
  ImageFault signature_fault_ = ImageFault::kSignatureMissing;
};

}  // namespace aiot::update
