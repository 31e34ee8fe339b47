// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "src/link/sign1.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "aiot/crypto/der.hpp"
#include "aiot/crypto/sha256.hpp"
#include "aiot/crypto/signature.hpp"

namespace aiot::link {
namespace {

using record::CoseKind;

// Headers of ours are shorter; those of others are refused.
constexpr std::size_t kMaxStructure = 192;

Result<Hash256> digest_of(Bytes headers, std::string_view aad, Bytes payload) noexcept {
  std::array<std::byte, kMaxStructure> room{};
  AIOT_TRY_ASSIGN(
      const Bytes head,
      record::encode_cose_structure(CoseKind::kSign1, headers, aad, payload.size(), room));
  crypto::Sha256 sha;
  sha.update(head);
  sha.update(payload);
  return sha.finish();
}

}  // namespace

Result<Bytes> seal_sign1(Bytes headers,
                         std::string_view aad,
                         Bytes payload,
                         hal::KeyId key,
                         hal::KeyStoreRef keys,
                         MutableBytes out) noexcept {
  std::array<std::byte, kMaxStructure> room{};
  AIOT_TRY_ASSIGN(const Bytes head,
                  record::encode_cose_message(CoseKind::kSign1, headers, payload.size(), room));
  const std::size_t end = head.size() + payload.size();
  if (out.size() < end + 2 + crypto::kP256SignatureBytes) {
    return Error::kNoSpace;
  }
  AIOT_TRY_ASSIGN(const Hash256 digest, digest_of(headers, aad, payload));
  crypto::P256Signature signature{};
  AIOT_TRY(keys.sign(key, digest, signature));
  if (!payload.empty()) {
    std::memmove(&out[head.size()], payload.data(), payload.size());
  }
  std::ranges::copy(head, out.begin());
  AIOT_TRY_ASSIGN(const Bytes tail, record::encode_cose_seal(signature, out.subspan(end)));
  return Bytes(out.first(end + tail.size()));
}

SealFault check_sign1(const record::CoseView& view,
                      std::string_view aad,
                      hal::KeyId key,
                      hal::KeyStoreRef keys) noexcept {
  const Result<Bytes> stored = keys.public_key(key);
  if (!stored.ok()) {
    return SealFault::kKey;
  }
  const Result<Bytes> point =
      stored->size() == crypto::kP256PublicKeyBytes ? stored : crypto::point_of_spki(*stored);
  if (!point.ok()) {
    return SealFault::kKey;
  }
  const Result<Hash256> digest = digest_of(view.protected_headers, aad, view.payload);
  if (!digest.ok()) {
    return SealFault::kHeader;  // longer than any of ours
  }
  const Status verified = crypto::verify_p256(*point, *digest, view.seal);
  if (verified.ok()) {
    return SealFault::kNone;
  }
  return verified.error() == Error::kUnauthentic ? SealFault::kSeal : SealFault::kKey;
}

}  // namespace aiot::link
