// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "src/toolkit/key_der.hpp"

namespace aiot::toolkit {

DerElement take_element(Bytes& rest) noexcept {
  if (rest.size() < 2) {
    return {};
  }
  const auto tag = std::to_integer<std::uint8_t>(rest[0]);
  std::size_t length = std::to_integer<std::size_t>(rest[1]);
  std::size_t begin = 2;
  if (length >= 0x80) {
    const std::size_t count = length - 0x80;
    if (count == 0 || count > 2 || rest.size() < begin + count) {
      return {};
    }
    length = 0;
    for (std::size_t i = 0; i < count; ++i) {
      length = length << 8U | std::to_integer<std::size_t>(rest[begin + i]);
    }
    begin += count;
  }
  if (length > rest.size() - begin) {
    return {};
  }
  const DerElement element{tag, rest.subspan(begin, length)};
  rest = rest.subspan(begin + length);
  return element;
}

std::vector<std::byte> der_element(std::uint8_t tag, Bytes content) {
  std::vector<std::byte> element{std::byte{tag}};
  const std::size_t size = content.size();
  if (size >= 0x100) {
    element.push_back(std::byte{0x82});
    element.push_back(static_cast<std::byte>(size >> 8U));
  } else if (size >= 0x80) {
    element.push_back(std::byte{0x81});
  }
  element.push_back(static_cast<std::byte>(size & 0xFFU));
  element.insert(element.end(), content.begin(), content.end());
  return element;
}

}  // namespace aiot::toolkit
