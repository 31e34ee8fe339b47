// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>

#include "ports/sim/disk.hpp"
#include "tests/contract/flash_contract.hpp"
#include "tests/support/test.hpp"

namespace aiot {
namespace {

using sim::DiskCut;
using sim::SimDisk;

constexpr std::uint32_t kSize = 4 * 4096;
constexpr std::uint32_t kPiece = SimDisk::kPieceBytes;
constexpr std::uint32_t kSeeds = 200;
constinit sim::SimDiskMemory<kSize> disk_bytes;

constexpr std::byte kOldByte{0x11};
constexpr std::byte kNewByte{0x22};

class BlankDisk : public SimDisk {
 public:
  BlankDisk() noexcept : SimDisk(make_geometry(kSize, 4096), disk_bytes.seen, disk_bytes.durable) {
    blank();
  }
};

void fill(SimDisk& disk, std::uint32_t offset, std::uint32_t size, std::byte value) {
  std::array<std::byte, kPiece> bytes{};
  bytes.fill(value);
  for (std::uint32_t done = 0; done < size; done += kPiece) {
    ASSERT_TRUE(
        disk.program(offset + done, Bytes{bytes}.first(std::min(kPiece, size - done))).ok());
  }
}

bool all(Bytes bytes, std::byte value) {
  return std::all_of(bytes.begin(), bytes.end(), [value](std::byte b) { return b == value; });
}

/// What has become of a piece that was to turn from old to new.
enum class Fate : std::uint8_t { kOld, kNew, kFrontNew, kBackNew, kOther };

Fate fate_of(Bytes piece) {
  const auto changes = [&piece](std::byte from) {
    return std::find_if(piece.begin(), piece.end(), [from](std::byte b) { return b != from; });
  };
  const auto rest = static_cast<std::size_t>(changes(piece[0]) - piece.begin());
  if (rest == piece.size()) {
    return piece[0] == kOldByte ? Fate::kOld : Fate::kNew;
  }
  if (piece[0] == kNewByte) {
    return all(piece.subspan(rest), kOldByte) ? Fate::kFrontNew : Fate::kOther;
  }
  return piece[0] == kOldByte && all(piece.subspan(rest), kNewByte) ? Fate::kBackNew : Fate::kOther;
}

/// How often each fate was seen in the first `pieces` pieces.
struct Fates {
  std::array<std::uint32_t, 5> seen{};

  void count(SimDisk& disk, std::uint32_t pieces) {
    for (std::uint32_t i = 0; i < pieces; ++i) {
      ++seen[static_cast<std::size_t>(fate_of(disk.memory().subspan(i * kPiece, kPiece)))];
    }
  }

  std::uint32_t of(Fate fate) const { return seen[static_cast<std::size_t>(fate)]; }
};

TEST(SimDisk, KeepsTheContract) {
  for (const std::uint32_t sector : {512U, 4096U}) {
    SimDisk disk(SimDisk::make_geometry(kSize, sector), disk_bytes.seen, disk_bytes.durable);
    contract::check_flash(disk);
    disk.write_back(3);
    contract::check_flash(disk);
  }
}

TEST(SimDisk, WritesAnyBytesOverAnyOthers) {
  BlankDisk disk;
  fill(disk, 100, 300, std::byte{0xFF});
  fill(disk, 200, 100, std::byte{0});
  EXPECT_TRUE(all(disk.memory().subspan(200, 100), std::byte{0}));
  EXPECT_TRUE(all(disk.memory().subspan(300, 100), std::byte{0xFF}));
  EXPECT_EQ(disk.violations(), 0U);
}

TEST(SimDisk, CountsWhatIsDone) {
  BlankDisk disk;
  fill(disk, 0, 2 * kPiece, kNewByte);
  ASSERT_TRUE(disk.erase(4096).ok());
  ASSERT_TRUE(disk.sync().ok());
  std::array<std::byte, 7> bytes{};
  ASSERT_TRUE(disk.read(1, bytes).ok());
  EXPECT_EQ(disk.counters().programs, 2U);
  EXPECT_EQ(disk.counters().programmed_bytes, 2U * kPiece);
  EXPECT_EQ(disk.counters().erases, 1U);
  EXPECT_EQ(disk.counters().syncs, 1U);
  EXPECT_EQ(disk.counters().reads, 1U);
  EXPECT_EQ(disk.counters().read_bytes, 7U);
}

TEST(SimDisk, HasNoPowerBetweenACutAndPowerOn) {
  BlankDisk disk;
  std::array<std::byte, 8> bytes{};
  disk.cut_at(2, DiskCut::kAfter, 1);
  ASSERT_TRUE(disk.program(0, bytes).ok());
  EXPECT_EQ(disk.sync().error(), Error::kIo);
  EXPECT_FALSE(disk.powered());
  EXPECT_EQ(disk.program(0, bytes).error(), Error::kIo);
  EXPECT_EQ(disk.read(0, bytes).error(), Error::kIo);
  EXPECT_EQ(disk.erase(0).error(), Error::kIo);
  EXPECT_EQ(disk.sync().error(), Error::kIo);
  disk.power_on();
  EXPECT_TRUE(disk.read(0, bytes).ok());
  EXPECT_TRUE(disk.program(0, bytes).ok());
}

/// Eight pieces are to turn from old, which is durable, to new; the power fails at `operation`.
void change_and_cut(SimDisk& disk, std::uint64_t operation, DiskCut kind, std::uint32_t seed) {
  disk.blank();
  fill(disk, 0, 8 * kPiece, kOldByte);
  ASSERT_TRUE(disk.sync().ok());
  disk.cut_at(operation, kind, seed);
  std::array<std::byte, kPiece> bytes{};
  bytes.fill(kNewByte);
  for (std::uint32_t i = 0; i < 8 && disk.powered(); ++i) {
    (void)disk.program(i * kPiece, bytes);
  }
  if (disk.powered()) {
    (void)disk.sync();
  }
  ASSERT_FALSE(disk.powered());
  disk.power_on();
  EXPECT_TRUE(std::equal(disk.memory().begin(), disk.memory().end(), disk.durable().begin()));
}

TEST(SimDisk, ACutLosesKeepsOrTearsWhatWasNotSynced) {
  for (const DiskCut kind : sim::kDiskCuts) {
    BlankDisk disk;
    Fates fates;
    for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
      change_and_cut(disk, 8, kind, seed);
      fates.count(disk, 7);
    }
    EXPECT_EQ(fates.of(Fate::kOther), 0U);
    EXPECT_GT(fates.of(Fate::kOld), kSeeds);
    EXPECT_GT(fates.of(Fate::kNew), kSeeds);
    EXPECT_GT(fates.of(Fate::kFrontNew), kSeeds);
    EXPECT_GT(fates.of(Fate::kBackNew), kSeeds);
  }
}

TEST(SimDisk, ALaterPieceCanBeKeptWhenAnEarlierOneIsLost) {
  BlankDisk disk;
  std::uint32_t reordered = 0;
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    change_and_cut(disk, 3, DiskCut::kAfter, seed);
    const bool lost = fate_of(disk.memory().first(kPiece)) == Fate::kOld;
    const bool kept = fate_of(disk.memory().subspan(2 * kPiece, kPiece)) == Fate::kNew;
    reordered += lost && kept ? 1U : 0U;
  }
  EXPECT_GT(reordered, 0U);
}

TEST(SimDisk, ACutProgramIsNotThereOrItsFirstBytesOrAllOfIt) {
  std::array<Fates, 3> fates;
  for (const DiskCut kind : sim::kDiskCuts) {
    BlankDisk disk;
    for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
      change_and_cut(disk, 1, kind, seed);
      fates[static_cast<std::size_t>(kind)].count(disk, 1);
      EXPECT_TRUE(all(disk.memory().subspan(kPiece, 7 * kPiece), kOldByte))
          << "nothing was written";
    }
  }
  EXPECT_EQ(fates[0].of(Fate::kOld), kSeeds);
  EXPECT_GT(fates[1].of(Fate::kFrontNew), 0U);
  EXPECT_GT(fates[1].of(Fate::kOther), 0U) << "the first bytes, torn at the back";
  EXPECT_GT(fates[2].of(Fate::kNew), 0U);
  EXPECT_GT(fates[2].of(Fate::kOld), 0U);
}

TEST(SimDisk, ACutSyncHasMadeNothingOrAPartOrAllDurable) {
  for (const DiskCut kind : sim::kDiskCuts) {
    BlankDisk disk;
    std::uint32_t mixed = 0;
    for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
      change_and_cut(disk, 9, kind, seed);
      Fates fates;
      fates.count(disk, 8);
      EXPECT_EQ(fates.of(Fate::kOther), 0U);
      EXPECT_TRUE(kind != DiskCut::kAfter || fates.of(Fate::kNew) == 8);
      mixed += fates.of(Fate::kNew) != 0 && fates.of(Fate::kNew) != 8 ? 1U : 0U;
    }
    EXPECT_EQ(mixed > kSeeds / 2, kind != DiskCut::kAfter);
  }
}

TEST(SimDisk, WhatWasSyncedIsNeverLost) {
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    BlankDisk disk;
    disk.write_back(seed);
    sim::Random random(seed);
    fill(disk, 0, 8 * kPiece, kNewByte);
    ASSERT_TRUE(disk.sync().ok());
    disk.cut_at(1 + random.below(4), sim::kDiskCuts[seed % 3], seed);
    std::array<std::byte, 64> bytes{};
    while (disk.powered()) {
      // The other bytes of the same pieces are written meanwhile.
      (void)disk.program(random.below(8) * kPiece, bytes);
      (void)disk.erase(4096);
    }
    for (std::uint32_t i = 0; i < 8; ++i) {
      EXPECT_TRUE(all(disk.memory().subspan(i * kPiece + 64, kPiece - 64), kNewByte)) << seed;
    }
  }
}

TEST(SimDisk, ACutEraseLeavesAnyPartOfTheSector) {
  std::uint32_t kept = 0;
  std::uint32_t gone = 0;
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    BlankDisk disk;
    fill(disk, 0, kSize, kNewByte);
    ASSERT_TRUE(disk.sync().ok());
    disk.cut_at(1, DiskCut::kDuring, seed);
    EXPECT_EQ(disk.erase(4096).error(), Error::kIo);
    kept += disk.memory()[4096] == kNewByte ? 1U : 0U;
    gone += disk.memory()[4096] == std::byte{0} ? 1U : 0U;
    EXPECT_TRUE(all(disk.memory().first(4096), kNewByte));
    EXPECT_TRUE(all(disk.memory().subspan(8192), kNewByte));
  }
  EXPECT_EQ(kept + gone, kSeeds);
  EXPECT_GT(kept, 0U);
  EXPECT_GT(gone, 0U);
}

TEST(SimDisk, TheCacheMayWriteContentBackThatIsNotTheLast) {
  constexpr std::byte kBetween{0x33};
  std::uint32_t between = 0;
  for (std::uint32_t seed = 1; seed <= kSeeds; ++seed) {
    BlankDisk disk;
    disk.write_back(seed);
    fill(disk, 0, kPiece, kOldByte);
    ASSERT_TRUE(disk.sync().ok());
    fill(disk, 0, kPiece, kBetween);
    disk.cut_at(1, DiskCut::kAfter, seed);
    std::array<std::byte, kPiece> bytes{};
    bytes.fill(kNewByte);
    EXPECT_EQ(disk.program(0, bytes).error(), Error::kIo);
    between += all(disk.memory().first(kPiece), kBetween) ? 1U : 0U;
  }
  EXPECT_GT(between, 0U);
}

TEST(SimDisk, TheSameSeedsLeaveTheSame) {
  std::array<std::byte, 8 * kPiece> first{};
  for (int round = 0; round < 2; ++round) {
    BlankDisk disk;
    disk.write_back(5);
    change_and_cut(disk, 9, DiskCut::kDuring, 42);
    if (round == 0) {
      std::copy_n(disk.memory().begin(), first.size(), first.begin());
    }
    EXPECT_TRUE(std::equal(first.begin(), first.end(), disk.memory().begin()));
  }
}

}  // namespace
}  // namespace aiot
