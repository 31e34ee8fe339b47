// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/update/image.hpp"
#include "tests/update/fast_scheme.hpp"
#include "tests/update/sample_image.hpp"

/// Images for the tests of `verify_image` and `verify_offer`, one at a time, and their verdicts.
namespace aiot::update_test {

using namespace update;  // NOLINT(google-build-using-namespace): names of what is tested

inline constexpr std::uint32_t kPayload = 300;
inline constexpr std::uint16_t kHeader = 64;

inline std::array<std::byte, 8192> image_memory;
inline std::array<std::byte, kMaxOfferBytes + 64> offer_memory;
inline std::array<std::byte, 1024> buffer;

inline constexpr std::array<crypto::SignatureScheme, 1> kFast = {kFastScheme};
inline constexpr std::array<crypto::SignatureScheme, 1> kReal = {crypto::kP256Scheme};

inline const std::array<TrustedKey, 1> kFastKeys = {fast_trusted_key()};
inline const std::array<TrustedKey, 1> kRealKeys = {sample_trusted_key()};

inline VerifyPolicy fast_policy() {
  VerifyPolicy policy;
  policy.keys = kFastKeys;
  policy.schemes = kFast;
  return policy;
}

inline VerifyPolicy real_policy() {
  VerifyPolicy policy;
  policy.keys = kRealKeys;
  policy.schemes = kReal;
  return policy;
}

inline ImageFault fault_of(Bytes image, const VerifyPolicy& policy) {
  return verify_image(image, policy, buffer).fault;
}

inline ImageFault fault_of(Bytes image) {
  return fault_of(image, fast_policy());
}

inline ImageFault fault_of(const SampleSpec& spec, const VerifyPolicy& policy) {
  return fault_of(make_sample(spec, image_memory), policy);
}

inline ImageFault fault_of(const SampleSpec& spec) {
  return fault_of(spec, fast_policy());
}

/// An image up to the end of what is signed.
inline ImageBuilder begin(std::uint16_t protected_bytes = 0) {
  ImageBuilder image(image_memory);
  image
      .header({.load_address = 0,
               .header_bytes = kHeader,
               .protected_bytes = protected_bytes,
               .payload_bytes = kPayload,
               .flags = 0,
               .version = {1, 0, 0, 0}})
      .payload(kPayload, 7);
  return image;
}

/// Signs what was begun, in the usual way.
inline Bytes finish(ImageBuilder& image) {
  return image.seal()
      .begin_area(kPlainTlvMagic)
      .hash()
      .key_hash(fast_key())
      .sign_fast()
      .end_area()
      .image();
}

/// Signed image with one protected TLV.
inline Bytes with_protected(std::uint16_t type, Bytes value) {
  ImageBuilder image = begin(static_cast<std::uint16_t>(8 + value.size()));
  image.begin_area(kProtectedTlvMagic).tlv(type, value).end_area();
  return finish(image);
}

/// Signed image with two protected TLVs.
inline Bytes with_protected_twice(std::uint16_t type, Bytes value) {
  ImageBuilder image = begin(static_cast<std::uint16_t>(12 + 2 * value.size()));
  image.begin_area(kProtectedTlvMagic).tlv(type, value).tlv(type, value).end_area();
  return finish(image);
}

/// Signed image with one more TLV in front of the others of the unprotected area.
inline Bytes with_plain(std::uint16_t type, Bytes value) {
  ImageBuilder image = begin();
  image.seal().begin_area(kPlainTlvMagic).tlv(type, value);
  return image.hash().key_hash(fast_key()).sign_fast().end_area().image();
}

inline constexpr std::array<std::byte, 64> kZeros{};

inline Bytes zeros(std::size_t size) {
  return Bytes(kZeros).first(size);
}

inline SampleSpec short_sample() {
  SampleSpec spec;
  spec.payload_bytes = kPayload;
  return spec;
}

inline constexpr std::size_t kPlainArea = kHeader + kPayload;

}  // namespace aiot::update_test
