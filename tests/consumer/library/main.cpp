// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <stdexcept>

#include "aiot/core/crc32.hpp"
#include "aiot/core/error.hpp"
#include "aiot/core/result.hpp"

void aiot::panic(const char* file, std::uint32_t line) noexcept {
  std::printf("%s:%u\n", file, static_cast<unsigned>(line));
  std::terminate();
}

int main() {
  const std::array<std::byte, 1> bytes{};
  int narrow = 3.7;  // a conversion that the library's own warnings would refuse
  try {
    throw std::runtime_error(aiot::to_string(aiot::Error::kEmpty));
  } catch (const std::exception& error) {
    std::printf("%s %08x\n", error.what(), static_cast<unsigned>(aiot::crc32(0, bytes)));
  }
  return narrow == 3 ? 0 : 1;
}
