// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>

#include "ports/sim/flash.hpp"
#include "tests/contract/flash_contract.hpp"
#include "tests/support/test.hpp"

namespace aiot {
namespace {

constexpr std::uint32_t kSize = 4 * 4096;
constinit sim::SimFlashMemory<kSize, kSize / 8> flash_bytes;

/// The contract on one geometry; breaking a rule on purpose is part of it, so `violations` is not
/// 0.
void check(std::uint32_t sector, std::uint32_t page, std::uint32_t program, std::byte erased) {
  const hal::FlashGeometry geometry{.size = kSize,
                                    .sector = sector,
                                    .page = page,
                                    .program = program,
                                    .erased = erased,
                                    .reprogram = program < 8};
  const std::span<std::uint8_t> granules = flash_bytes.granules;
  sim::SimFlash flash(geometry,
                      sim::SimFlash::Ecc::kYes,
                      flash_bytes.bytes,
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

constexpr hal::FlashGeometry kNor{
    .size = kSize, .sector = 4096, .page = 256, .program = 1, .erased = std::byte{0xFF}};
constexpr std::array<std::byte, 256> kZeros{};

/// Plain NOR, blank.
class Nor : public sim::SimFlash {
 public:
  Nor() noexcept : sim::SimFlash(kNor, Ecc::kNo, flash_bytes.bytes, {}) { blank(); }
};

TEST(SimFlash, BadSectorsFailInProgramsOrErasesOrBoth) {
  Nor flash;
  std::array<sim::BadSector, 3> bad = {sim::BadSector{.sector = 0, .fails = sim::Fails::kPrograms},
                                       sim::BadSector{.sector = 1, .fails = sim::Fails::kErases},
                                       sim::BadSector{.sector = 2}};
  flash.set_bad_sectors(bad);
  const std::array<std::array<bool, 2>, 4> works = {
      {{false, true}, {true, false}, {false, false}, {true, true}}};
  for (std::uint32_t i = 0; i < 4; ++i) {
    EXPECT_EQ(flash.program(i * 4096, kZeros).ok(), works[i][0]) << i;
    EXPECT_EQ(flash.memory()[i * 4096] == std::byte{0}, works[i][0]) << i;
    EXPECT_EQ(flash.erase(i * 4096).ok(), works[i][1]) << i;
  }
  EXPECT_EQ(flash.memory()[4096], std::byte{0});
  EXPECT_EQ(flash.violations(), 0U);
  EXPECT_EQ(flash.counters().programs, 4U);
  flash.set_bad_sectors({});
  EXPECT_TRUE(flash.program(0, kZeros).ok());
}

TEST(SimFlash, ASectorWearsOutAfterSomeProgramsAndLeavesATornOne) {
  Nor flash;
  std::array<sim::BadSector, 1> bad = {sim::BadSector{
      .sector = 1, .fails = sim::Fails::kPrograms, .good = 2, .leaves = sim::CutKind::kPrefix}};
  flash.set_bad_sectors(bad);
  EXPECT_TRUE(flash.program(4096, kZeros).ok());
  EXPECT_TRUE(flash.program(0, kZeros).ok());
  EXPECT_TRUE(flash.program(4096 + 256, kZeros).ok());
  EXPECT_EQ(flash.program(4096 + 512, kZeros).error(), Error::kIo);
  const Bytes torn = flash.memory().subspan(4096 + 512, 256);
  const auto left = std::count(torn.begin(), torn.end(), std::byte{0});
  EXPECT_LT(left, 256);
  EXPECT_TRUE(std::all_of(torn.begin(), torn.begin() + left, [](std::byte b) {
    return b == std::byte{0};
  })) << "not the first bytes";
  EXPECT_TRUE(flash.powered());
  EXPECT_EQ(flash.program(4096 + 768, kZeros).error(), Error::kIo);
  EXPECT_TRUE(flash.erase(4096).ok());
  EXPECT_EQ(flash.program(4096, kZeros).error(), Error::kIo);
}

TEST(SimFlash, ThePowerCanFailInABadSector) {
  Nor flash;
  std::array<sim::BadSector, 1> bad = {sim::BadSector{.sector = 0}};
  flash.set_bad_sectors(bad);
  flash.cut_at(1, sim::CutKind::kNew, 1);
  EXPECT_EQ(flash.program(0, kZeros).error(), Error::kIo);
  EXPECT_FALSE(flash.powered());
  EXPECT_EQ(flash.memory()[0], std::byte{0xFF});
}

}  // namespace
}  // namespace aiot
