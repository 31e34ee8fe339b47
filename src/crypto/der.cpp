// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/crypto/der.hpp"

#include <algorithm>

namespace aiot::crypto {
namespace {

constexpr std::byte kInteger{0x02};
constexpr std::byte kSequence{0x30};
constexpr std::byte kSign{0x80};

constexpr std::size_t kScalarBytes = 32;

/// SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING of 65 bytes }: the value never
/// differs, so it is compared and not parsed. The last byte says that the point is uncompressed.
constexpr std::array<std::uint8_t, kP256SpkiBytes - kP256PublicKeyBytes + 1> kSpkiBegin = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06,
    0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};

constexpr std::size_t kPointOffset = kSpkiBegin.size() - 1;

/// Takes one element of type `tag` from the begin of `rest`: its content; an empty span when it is
/// no such element, or empty.
Bytes take(Bytes& rest, std::byte tag) noexcept {
  if (rest.size() < 2 || rest[0] != tag) {
    return {};
  }
  std::size_t length = std::to_integer<std::size_t>(rest[1]);
  std::size_t begin = 2;
  if (length >= 0x80) {
    // Long form, of one or two bytes; nothing longer is needed. Only where the short one is not
    // enough.
    const std::size_t count = length - 0x80;
    if (count == 0 || count > 2 || rest.size() < begin + count || rest[begin] == std::byte{0}) {
      return {};
    }
    length = 0;
    for (std::size_t i = 0; i < count; ++i) {
      length = length << 8U | std::to_integer<std::size_t>(rest[begin + i]);
    }
    begin += count;
    if (length < 0x80) {
      return {};
    }
  }
  if (length > rest.size() - begin) {
    return {};
  }
  const Bytes content = rest.subspan(begin, length);
  rest = rest.subspan(begin + length);
  return content;
}

/// Takes an INTEGER that is not negative, without the zero byte that keeps it so; empty when it is
/// none, or not minimal. Zero is one zero byte.
Bytes take_number(Bytes& rest) noexcept {
  Bytes number = take(rest, kInteger);
  if (number.empty() || (number[0] & kSign) != std::byte{0}) {
    return {};
  }
  if (number.size() > 1 && number[0] == std::byte{0}) {
    number = number.subspan(1);
    if ((number[0] & kSign) == std::byte{0}) {
      return {};
    }
  }
  return number;
}

std::byte* put_number(Bytes number, std::byte* out) noexcept {
  while (number.size() > 1 && number[0] == std::byte{0}) {
    number = number.subspan(1);
  }
  const bool pad = (number[0] & kSign) != std::byte{0};
  *out++ = kInteger;
  *out++ = static_cast<std::byte>(number.size() + (pad ? 1 : 0));
  if (pad) {
    *out++ = std::byte{0};
  }
  return std::ranges::copy(number, out).out;
}

}  // namespace

Result<Bytes> point_of_spki(Bytes spki) noexcept {
  if (spki.size() != kP256SpkiBytes ||
      !std::ranges::equal(spki.first(kSpkiBegin.size()), kSpkiBegin, [](std::byte a, auto b) {
        return a == std::byte{b};
      })) {
    return Error::kInvalidArgument;
  }
  return spki.subspan(kPointOffset);
}

P256Spki spki_of_point(const P256PublicKey& point) noexcept {
  P256Spki spki{};
  std::ranges::transform(kSpkiBegin, spki.begin(), [](auto b) { return std::byte{b}; });
  std::ranges::copy(point, spki.begin() + kPointOffset);
  return spki;
}

Result<P256Signature> decode_ecdsa(Bytes der) noexcept {
  Bytes numbers = take(der, kSequence);
  const Bytes r = take_number(numbers);
  const Bytes s = take_number(numbers);
  if (r.empty() || s.empty() || r.size() > kScalarBytes || s.size() > kScalarBytes ||
      !numbers.empty() || der.size() > kMaxEcdsaPadding ||
      std::ranges::any_of(der, [](std::byte b) { return b != std::byte{0}; })) {
    return Error::kCorrupt;
  }
  P256Signature signature{};
  std::ranges::copy_backward(r, signature.begin() + kScalarBytes);
  std::ranges::copy_backward(s, signature.end());
  return signature;
}

std::size_t encode_ecdsa(const P256Signature& signature,
                         std::array<std::byte, kMaxEcdsaDerBytes>& out) noexcept {
  const Bytes numbers = signature;
  std::byte* end = out.data() + 2;
  end = put_number(numbers.first(kScalarBytes), end);
  end = put_number(numbers.subspan(kScalarBytes), end);
  const auto size = static_cast<std::size_t>(end - out.data());
  out[0] = kSequence;
  out[1] = static_cast<std::byte>(size - 2);
  return size;
}

Result<RsaPublicKey> decode_rsa_key(Bytes der) noexcept {
  Bytes numbers = take(der, kSequence);
  const Bytes modulus = take_number(numbers);
  const Bytes exponent = take_number(numbers);
  if (modulus.empty() || exponent.empty() || !numbers.empty() || !der.empty()) {
    return Error::kInvalidArgument;
  }
  return RsaPublicKey{modulus, exponent};
}

}  // namespace aiot::crypto
