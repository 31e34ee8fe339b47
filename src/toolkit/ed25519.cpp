// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/ed25519.hpp"

#include <sodium.h>

#include <algorithm>

namespace aiot::toolkit {

namespace {

const unsigned char* chars(Bytes bytes) noexcept {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

Status verify_ed25519_image(Bytes key, const Hash256& digest, Bytes signature) noexcept {
  const auto same = [](std::byte a, std::uint8_t b) { return a == std::byte{b}; };
  if (key.size() != kEd25519SpkiBegin.size() + kEd25519KeyBytes ||
      !std::ranges::equal(key.first(kEd25519SpkiBegin.size()), kEd25519SpkiBegin, same)) {
    return Error::kInvalidArgument;
  }
  if (signature.size() != kEd25519SignatureBytes) {
    return Error::kCorrupt;
  }
  if (sodium_init() < 0) {
    return Error::kUnsupported;
  }
  const Bytes point = key.subspan(kEd25519SpkiBegin.size());
  return crypto_sign_verify_detached(
             chars(signature), chars(digest), digest.size(), chars(point)) == 0
             ? Status{}
             : Error::kUnauthentic;
}

}  // namespace aiot::toolkit
