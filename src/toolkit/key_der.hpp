// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "aiot/core/bytes.hpp"

/// What keys.cpp and keys_write.cpp know of DER (X.690) and of PKCS#8 (RFC 5958).
namespace aiot::toolkit {

inline constexpr std::uint8_t kDerInteger = 0x02;
inline constexpr std::uint8_t kDerBitString = 0x03;
inline constexpr std::uint8_t kDerOctetString = 0x04;
inline constexpr std::uint8_t kDerOid = 0x06;
inline constexpr std::uint8_t kDerSequence = 0x30;

/// What a PKCS#8 file of an Ed25519 key (RFC 8410) begins with; the seed follows.
inline constexpr std::uint8_t kEd25519Pkcs8Begin[] = {
    0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};

inline unsigned char* chars(std::byte* data) noexcept {
  return reinterpret_cast<unsigned char*>(data);
}

inline const unsigned char* chars(const std::byte* data) noexcept {
  return reinterpret_cast<const unsigned char*>(data);
}

inline Bytes bytes_of(const std::uint8_t* data, std::size_t size) noexcept {
  return {reinterpret_cast<const std::byte*>(data), size};
}

/// One element: its tag and content; tag 0: there is none.
struct DerElement {
  std::uint8_t tag = 0;
  Bytes content;
};

/// Takes the element at the begin of `rest`; lengths of up to two bytes, which keys do not exceed.
DerElement take_element(Bytes& rest) noexcept;

/// `content` as an element.
std::vector<std::byte> der_element(std::uint8_t tag, Bytes content);

}  // namespace aiot::toolkit
