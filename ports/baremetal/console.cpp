// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/baremetal/console.hpp"

#include <array>
#include <cstddef>

#include "aiot/core/bytes.hpp"

namespace aiot::baremetal {

const Console& Console::operator<<(std::string_view text) const noexcept {
  Bytes rest = as_bytes(text.data(), text.size());
  while (!rest.empty()) {
    rest = rest.subspan(uart_.send(rest).value_or(0));
  }
  return *this;
}

const Console& Console::operator<<(std::uint32_t number) const noexcept {
  std::array<char, 10> digits{};
  std::size_t start = digits.size();
  do {
    digits[--start] = static_cast<char>('0' + static_cast<int>(number % 10U));
    number /= 10U;
  } while (number != 0);
  return *this << std::string_view{&digits[start], digits.size() - start};
}

}  // namespace aiot::baremetal
