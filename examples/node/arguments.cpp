// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "examples/node/arguments.hpp"

#include "aiot/crypto/sha256.hpp"
#include "ports/baremetal/image.hpp"
#include "ports/baremetal/semihosting.hpp"

namespace node {

namespace semihosting = aiot::baremetal::semihosting;

aiot::Status Arguments::read() noexcept {
  AIOT_TRY_ASSIGN(line_, semihosting::command_line(buffer_));
  return {};
}

std::string_view Arguments::word(std::string_view key, std::string_view fallback) const noexcept {
  const std::string_view value = semihosting::argument(line_, key);
  return value.empty() ? fallback : value;
}

aiot::Hash256 Arguments::firmware_hash() const noexcept {
  const std::string_view hex = word("firmware_hash", {});
  if (hex.empty()) {
    return aiot::crypto::sha256(aiot::baremetal::image());
  }
  aiot::Hash256 hash{};
  for (std::size_t i = 0; i < hex.size() && i < 2 * hash.size(); ++i) {
    const char digit = hex[i];
    const int value = digit >= 'a' ? digit - 'a' + 10 : digit - '0';
    hash[i / 2] |= static_cast<std::byte>(i % 2 == 0 ? value << 4 : value);
  }
  return hash;
}

std::uint32_t Arguments::number(std::string_view key, std::uint32_t fallback) const noexcept {
  const std::string_view digits = word(key, {});
  std::uint32_t value = 0;
  for (const char digit : digits) {
    value = 10 * value + static_cast<std::uint32_t>(digit - '0');
  }
  return digits.empty() ? fallback : value;
}

}  // namespace node
