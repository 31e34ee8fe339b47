// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/sim/flash.hpp"
#include "tests/contract/flash_contract.hpp"
#include "tests/support/test.hpp"

namespace aiot {
namespace {

constexpr std::uint32_t kSize = 4 * 4096;
constinit sim::SimFlashMemory<kSize, kSize / 8> memory;

/// The contract on one geometry; breaking a rule on purpose is part of it, so `violations` is not
/// 0.
void check(std::uint32_t sector, std::uint32_t page, std::uint32_t program, std::byte erased) {
  const hal::FlashGeometry geometry{.size = kSize,
                                    .sector = sector,
                                    .page = page,
                                    .program = program,
                                    .erased = erased,
                                    .reprogram = program < 8};
  const std::span<std::uint8_t> granules = memory.granules;
  sim::SimFlash flash(geometry,
                      sim::SimFlash::Ecc::kYes,
                      memory.bytes,
                      granules.first(program < 8 ? 0 : kSize / program));
  flash.blank();
  contract::check_flash(flash);
}

TEST(SimFlash, KeepsTheContractAsNor) {
  check(4096, 256, 1, std::byte{0xFF});
}

TEST(SimFlash, KeepsTheContractAsWordWideNor) {
  check(4096, 256, 4, std::byte{0xFF});
}

TEST(SimFlash, KeepsTheContractWithSmallSectors) {
  check(512, 128, 1, std::byte{0xFF});
}

TEST(SimFlash, KeepsTheContractWithWriteOnceUnits) {
  check(4096, 256, 8, std::byte{0xFF});
  check(4096, 16, 16, std::byte{0xFF});
  check(2048, 32, 32, std::byte{0xFF});
}

TEST(SimFlash, KeepsTheContractWhenErasedIsZero) {
  check(4096, 4096, 1, std::byte{0});
}

}  // namespace
}  // namespace aiot
