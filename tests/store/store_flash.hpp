// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "ports/sim/flash.hpp"
#include "tests/support/test.hpp"

namespace aiot::store_test {

inline constexpr std::uint32_t kMemoryBytes = 64 * 1024;

/// One piece of static memory for the flash of every store test.
inline constinit sim::SimFlashMemory<kMemoryBytes, kMemoryBytes / 8> flash_memory;

inline constexpr hal::FlashGeometry geometry(std::uint32_t size,
                                             std::uint32_t sector,
                                             std::uint32_t program) noexcept {
  return {.size = size,
          .sector = sector,
          .page = sector < 256 ? sector : 256,
          .program = program,
          .erased = std::byte{0xFF},
          .reprogram = program < 8};
}

/// Simulated flash on the static memory, blank; checks at its end that no flash rule was broken.
class TestFlash : public sim::SimFlash {
 public:
  explicit TestFlash(const hal::FlashGeometry& g) noexcept
      : sim::SimFlash(g,
                      sim::SimFlash::Ecc::kYes,
                      std::span<std::byte>(flash_memory.bytes).first(g.size),
                      std::span<std::uint8_t>(flash_memory.granules)
                          .first(g.reprogram ? 0 : g.size / g.program)) {
    blank();
  }

  TestFlash(const TestFlash&) = delete;
  TestFlash& operator=(const TestFlash&) = delete;

  ~TestFlash() { EXPECT_EQ(violations(), 0U) << "a flash rule was broken"; }
};

}  // namespace aiot::store_test
