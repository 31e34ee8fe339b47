// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/store/frame_log.hpp"

#include <algorithm>
#include <array>

#include "aiot/core/crc32.hpp"
#include "tests/store/store_flash.hpp"
#include "tests/support/test.hpp"

namespace aiot {
namespace {

using store::FrameCursor;
using store::FrameLog;
using store::OnFull;
using store_test::geometry;
using store_test::TestFlash;

constexpr std::uint32_t kSector = 512;
constexpr std::uint32_t kSectors = 8;
constexpr hal::FlashGeometry kNor = geometry(kSector * kSectors, kSector, 1);
constexpr hal::FlashRegion kAll{0, kSector* kSectors};

/// `size` bytes that name their frame.
template <std::size_t Size = 40>
std::array<std::byte, Size> payload(std::uint32_t number) {
  std::array<std::byte, Size> bytes{};
  for (std::size_t i = 0; i < Size; ++i) {
    bytes[i] = static_cast<std::byte>((number * 7U + i) & 0xFFU);
  }
  store_le32(bytes.data(), number);
  return bytes;
}

/// Reads all frames from `first` on: true when they are numbered `first`, `first`+1, ... up to
/// `end`.
bool holds(const FrameLog& log, std::uint64_t first, std::uint64_t end) {
  FrameCursor cursor{.sequence = first};
  std::array<std::byte, 64> buffer{};
  for (std::uint64_t i = first; i < end; ++i) {
    const auto frame = log.read(cursor, buffer);
    if (!frame.ok() || frame->sequence != i ||
        load_le32(frame->payload.data()) != static_cast<std::uint32_t>(i)) {
      return false;
    }
  }
  return log.read(cursor, buffer).error() == Error::kEmpty;
}

/// Appends frames until `end` is the next sequence.
void fill(FrameLog& log, std::uint64_t end) {
  while (log.next_sequence() < end) {
    log.protect_from(log.next_sequence());
    ASSERT_TRUE(log.append(payload(static_cast<std::uint32_t>(log.next_sequence()))).ok());
  }
}

TEST(FrameLog, IsEmptyOnABlankRegionAndWritesNothingWhenMounted) {
  TestFlash flash(kNor);
  FrameLog log;
  ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
  FrameCursor cursor;
  std::array<std::byte, 64> buffer{};
  EXPECT_EQ(log.read(cursor, buffer).error(), Error::kEmpty);
  EXPECT_EQ(log.last(buffer).error(), Error::kEmpty);
  EXPECT_EQ(log.next_sequence(), 0U);
  EXPECT_EQ(flash.counters().programs + flash.counters().erases, 0U);
}

TEST(FrameLog, ReadsBackWhatWasAppended) {
  TestFlash flash(kNor);
  FrameLog log;
  ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
  fill(log, 20);
  EXPECT_TRUE(holds(log, 0, 20));
  EXPECT_TRUE(holds(log, 13, 20));
  FrameLog again;
  ASSERT_TRUE(again.mount(flash, kAll, OnFull::kDropOldest).ok());
  EXPECT_TRUE(holds(again, 0, 20));
  EXPECT_EQ(again.next_sequence(), 20U);
}

TEST(FrameLog, KeepsTheNewestFramesWhenTheRingHasGoneAround) {
  for (const std::uint32_t program : {1U, 4U, 8U, 16U, 32U}) {
    TestFlash flash(geometry(kSector * kSectors, kSector, program));
    FrameLog log;
    ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
    for (std::uint64_t end = 30; end < 600; end += 13) {
      fill(log, end);
      FrameLog again;
      ASSERT_TRUE(again.mount(flash, kAll, OnFull::kDropOldest).ok());
      EXPECT_EQ(again.next_sequence(), end) << program;
      EXPECT_EQ(again.oldest_sequence(), log.oldest_sequence()) << program;
      EXPECT_TRUE(holds(again, again.oldest_sequence(), end)) << program;
      EXPECT_GE(end - log.oldest_sequence(), std::min<std::uint64_t>(end, 6 * 6)) << program;
    }
  }
}

TEST(FrameLog, FindsItsStateAgainFromFrameAndFromSectorHeader) {
  TestFlash flash(kNor);
  FrameLog log;
  ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
  store::LogState state{};
  for (std::uint32_t i = 1; i < 200; ++i) {
    fill(log, i);
    state.fill(static_cast<std::byte>(i));
    ASSERT_TRUE(log.set_state(state).ok());
    FrameLog again;
    ASSERT_TRUE(again.mount(flash, kAll, OnFull::kDropOldest).ok());
    EXPECT_TRUE(again.state() == state) << i;
    EXPECT_EQ(again.next_sequence(), i);
  }
}

TEST(FrameLog, KeepsTheNewestFrameReadableWhileOnlyStatesAreWritten) {
  TestFlash flash(kNor);
  FrameLog log;
  ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
  fill(log, 50);
  store::LogState state{};
  std::array<std::byte, 64> buffer{};
  for (std::uint32_t i = 0; i < 50; ++i) {
    state[0] = static_cast<std::byte>(i);
    ASSERT_TRUE(log.set_state(state).ok());
    FrameLog again;
    ASSERT_TRUE(again.mount(flash, kAll, OnFull::kDropOldest).ok());
    const auto last = again.last(buffer);
    ASSERT_TRUE(last.ok()) << i;
    EXPECT_EQ(last->sequence, 49U);
  }
}

TEST(FrameLog, RefusesToDropProtectedFrames) {
  TestFlash flash(kNor);
  FrameLog log;
  ASSERT_TRUE(log.mount(flash, kAll, OnFull::kRefuseNewest).ok());
  std::uint32_t accepted = 0;
  while (log.append(payload(accepted)).ok()) {
    ++accepted;
  }
  EXPECT_EQ(log.append(payload(accepted)).error(), Error::kNoSpace);
  EXPECT_EQ(log.next_sequence(), accepted);
  EXPECT_TRUE(holds(log, 0, accepted));
  EXPECT_GE(accepted, (kSectors - 2) * 9U);
  // One state for each frame that is released always finds room.
  store::LogState state{};
  for (std::uint32_t i = 0; i < accepted; ++i) {
    store_le32(state.data(), i + 1);
    ASSERT_TRUE(log.set_state(state).ok()) << i;
    log.protect_from(i + 1);
  }
  EXPECT_TRUE(log.append(payload(accepted)).ok());
}

TEST(FrameLog, TakesPayloadsUpToItsLimitAndNoEmptyOnes) {
  TestFlash flash(kNor);
  FrameLog log;
  std::array<std::byte, kSector> bytes{};
  EXPECT_EQ(log.append(Bytes{bytes}.first(1)).error(), Error::kWrongState);
  ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
  EXPECT_EQ(log.max_payload(), kSector - 64 - 6);
  EXPECT_EQ(log.append({}).error(), Error::kInvalidArgument);
  EXPECT_EQ(log.append(Bytes{bytes}.first(log.max_payload() + 1)).error(), Error::kNoSpace);
  EXPECT_EQ(flash.counters().programs, 0U);
  ASSERT_TRUE(log.append(Bytes{bytes}.first(log.max_payload())).ok());
  ASSERT_TRUE(log.append(Bytes{bytes}.first(1)).ok());
  FrameCursor cursor;
  std::array<std::byte, 16> small{};
  EXPECT_EQ(log.read(cursor, small).error(), Error::kNoSpace);
  const auto frame = log.read(cursor, bytes);
  ASSERT_TRUE(frame.ok()) << "the cursor must not have moved";
  EXPECT_EQ(frame->payload.size(), log.max_payload());
  EXPECT_EQ(log.read(cursor, small)->payload.size(), 1U);
}

TEST(FrameLog, KnowsWhatFitsIntoTheNewestSector) {
  const std::array<std::byte, kSector> bytes{};
  for (const std::uint32_t program : {1U, 8U, 32U}) {
    TestFlash flash(geometry(kSector * kSectors, kSector, program));
    FrameLog log;
    EXPECT_FALSE(log.fits(1));
    ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
    EXPECT_FALSE(log.fits(1)) << "there is no sector yet";
    for (std::uint32_t i = 0; i < 40; ++i) {
      const std::uint32_t first = 1 + i * 37 % 200;
      const std::uint32_t second = 1 + i * 53 % 150;
      const bool fits = log.fits(first);
      const bool both = log.fits(first, second);
      const std::uint32_t sector = log.newest_sector();
      ASSERT_TRUE(log.append(Bytes{bytes}.first(first)).ok());
      EXPECT_EQ(log.newest_sector() == sector, fits);
      if (fits) {
        EXPECT_EQ(log.fits(second), both);
      } else {
        EXPECT_FALSE(both);
      }
    }
  }
}

TEST(FrameLog, SkipsADamagedFrameAndShowsItByTheSequence) {
  TestFlash flash(kNor);
  FrameLog log;
  ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
  fill(log, 30);
  // The second frame of the second sector: header 64, frames of 48 bytes, 9 in a sector.
  flash.memory()[kSector + 64 + 48 + 20] ^= std::byte{1};
  flash.memory()[kSector + 64 + 48] = std::byte{0};
  FrameLog again;
  ASSERT_TRUE(again.mount(flash, kAll, OnFull::kDropOldest).ok());
  FrameCursor cursor;
  std::array<std::byte, 64> buffer{};
  for (std::uint32_t i = 0; i < 30; ++i) {
    if (i == 10) {
      continue;
    }
    const auto frame = again.read(cursor, buffer);
    ASSERT_TRUE(frame.ok());
    EXPECT_EQ(frame->sequence, i);
  }
  EXPECT_EQ(again.read(cursor, buffer).error(), Error::kEmpty);
}

TEST(FrameLog, MountsWithAnySectorDamagedAndKeepsTheOthers) {
  for (std::uint32_t bad = 0; bad < kSectors; ++bad) {
    TestFlash flash(kNor);
    FrameLog log;
    ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
    fill(log, 100);
    const MutableBytes damaged = flash.memory().subspan(bad * kSector, kSector);
    std::fill(damaged.begin(), damaged.end(), std::byte{0x3C});
    FrameLog again;
    ASSERT_TRUE(again.mount(flash, kAll, OnFull::kDropOldest).ok()) << bad;
    EXPECT_LE(again.next_sequence(), 100U);
    EXPECT_GE(again.next_sequence(), 90U) << "more than one sector is gone";
    FrameCursor cursor;
    std::array<std::byte, 64> buffer{};
    std::uint32_t frames = 0;
    for (auto frame = again.read(cursor, buffer); frame.ok(); frame = again.read(cursor, buffer)) {
      EXPECT_EQ(load_le32(frame->payload.data()), static_cast<std::uint32_t>(frame->sequence));
      ++frames;
    }
    EXPECT_GE(frames, 6U * 9 - 9) << bad;
    fill(again, 200);
    EXPECT_TRUE(holds(again, 190, 200));
  }
}

TEST(FrameLog, PutsABadSectorAside) {
  for (std::uint32_t bad = 0; bad < kSectors; ++bad) {
    TestFlash flash(kNor);
    FrameLog log;
    ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
    fill(log, 100);
    std::array<sim::BadSector, 1> worn = {sim::BadSector{.sector = bad}};
    flash.set_bad_sectors(worn);
    fill(log, 400);
    EXPECT_TRUE(holds(log, 360, 400)) << bad;
    FrameLog again;
    ASSERT_TRUE(again.mount(flash, kAll, OnFull::kDropOldest).ok()) << bad;
    EXPECT_EQ(again.next_sequence(), 400U) << bad;
    EXPECT_TRUE(holds(again, 360, 400)) << bad;
    fill(again, 500);
    EXPECT_TRUE(holds(again, 460, 500)) << bad;
  }
}

TEST(FrameLog, FindsTheNewestSectorPastOneThatKeptAnOldHeader) {
  for (const std::uint32_t sectors : {3U, 4U, 8U}) {
    for (std::uint32_t bad = 0; bad < sectors; ++bad) {
      TestFlash flash(geometry(sectors * kSector, kSector, 1));
      std::array<sim::BadSector, 1> worn = {
          sim::BadSector{.sector = bad, .fails = sim::Fails::kErases, .good = 1}};
      flash.set_bad_sectors(worn);
      FrameLog log;
      ASSERT_TRUE(log.mount(flash, {0, sectors * kSector}, OnFull::kDropOldest).ok());
      for (std::uint64_t end = 1; end < sectors * 30U; ++end) {
        fill(log, end);
        FrameLog again;
        ASSERT_TRUE(again.mount(flash, {0, sectors * kSector}, OnFull::kDropOldest).ok());
        ASSERT_EQ(again.next_sequence(), end) << sectors << " sectors, bad " << bad;
      }
    }
  }
}

TEST(FrameLog, LosesNothingBehindAnOpeningThatOnlySeemedToFail) {
  for (const std::uint32_t sectors : {4U, 8U}) {
    TestFlash flash(geometry(sectors * kSector, kSector, 1));
    FrameLog log;
    ASSERT_TRUE(log.mount(flash, {0, sectors * kSector}, OnFull::kDropOldest).ok());
    fill(log, sectors * 12U);
    // Every program is done and reported as failed.
    std::array<sim::BadSector, 8> worn{};
    for (std::uint32_t i = 0; i < sectors; ++i) {
      worn[i] = {.sector = i, .fails = sim::Fails::kPrograms, .leaves = sim::CutKind::kNew};
    }
    flash.set_bad_sectors(std::span(worn).first(sectors));
    const std::array<std::byte, 300> large{std::byte{1}};
    EXPECT_FALSE(log.append(large).ok());
    flash.set_bad_sectors({});
    const std::uint64_t end = log.next_sequence() + 1;
    log.protect_from(log.next_sequence());
    ASSERT_TRUE(log.append(payload(7)).ok());
    FrameLog again;
    ASSERT_TRUE(again.mount(flash, {0, sectors * kSector}, OnFull::kDropOldest).ok());
    EXPECT_EQ(again.next_sequence(), end);
    std::array<std::byte, 64> buffer{};
    const auto last = again.last(buffer);
    ASSERT_TRUE(last.ok());
    EXPECT_EQ(load_le32(last->payload.data()), 7U);
  }
}

TEST(FrameLog, DoesNotEraseInAppendWhenServiceHasPreparedASpare) {
  TestFlash flash(kNor);
  FrameLog log;
  ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
  for (std::uint32_t i = 0; i < 300; ++i) {
    const std::uint64_t before = flash.counters().erases;
    while (*log.service()) {
    }
    EXPECT_LE(flash.counters().erases, before + 1);
    flash.reset_counters();
    fill(log, i + 1);
    EXPECT_EQ(flash.counters().erases, 0U) << i;
    EXPECT_LE(flash.counters().programs, 3U) << i;
  }
  EXPECT_TRUE(holds(log, 260, 300));
}

/// Counts the erases of each sector.
struct CountingFlash {
  TestFlash& device;
  std::array<std::uint32_t, kSectors> erases{};

  hal::FlashGeometry geometry() const noexcept { return device.geometry(); }

  Status read(std::uint32_t at, MutableBytes out) noexcept { return device.read(at, out); }

  Status program(std::uint32_t at, Bytes in) noexcept { return device.program(at, in); }

  Status erase(std::uint32_t at) noexcept {
    ++erases[at / kSector];
    return device.erase(at);
  }

  Status sync() noexcept { return device.sync(); }
};

TEST(FrameLog, WearsItsSectorsLevel) {
  TestFlash flash(kNor);
  CountingFlash counting{flash};
  FrameLog log;
  ASSERT_TRUE(log.mount(counting, kAll, OnFull::kDropOldest).ok());
  fill(log, 9 * kSectors * 5 + 30);
  const auto [least, most] = std::minmax_element(counting.erases.begin(), counting.erases.end());
  EXPECT_LE(*most - *least, 1U);
  EXPECT_EQ(*most, log.erase_count());
}

/// Spoils the header of the sector that holds frame `newest`; `at`: which of its bytes.
void spoil_header(TestFlash& flash, std::uint64_t newest, std::uint32_t at) {
  const auto bytes = payload(static_cast<std::uint32_t>(newest));
  const auto memory = flash.memory();
  const auto found = std::search(memory.begin(), memory.end(), bytes.begin(), bytes.end());
  ASSERT_TRUE(found != memory.end());
  const auto place = static_cast<std::uint32_t>(found - memory.begin()) / kSector;
  memory[place * kSector + at] ^= std::byte{0x10};
}

TEST(FrameLog, NeverGivesOutASequenceTwiceWhenTheNewestHeaderIsDamaged) {
  std::uint32_t lost_states = 0;  // those that stood in the header
  for (const std::uint32_t program : {1U, 8U}) {
    for (std::uint32_t end = 1; end < 220; end += 5) {
      for (const std::uint32_t at : {0U, 13U, 16U, 30U, 62U}) {
        TestFlash flash(geometry(kSector * kSectors, kSector, program));
        FrameLog log;
        ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
        fill(log, end - 1);
        store::LogState state{};
        state[0] = std::byte{77};
        ASSERT_TRUE(log.set_state(state).ok());
        fill(log, end);
        const std::uint64_t oldest = log.oldest_sequence();
        spoil_header(flash, end - 1, at);
        for (int i = 0; i < 2; ++i) {
          ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
          ASSERT_EQ(log.next_sequence(), end) << at;
          lost_states += log.state() == state ? 0U : 1U;
          EXPECT_TRUE(holds(log, oldest, end)) << end;
          std::array<std::byte, 64> buffer{};
          ASSERT_TRUE(log.last(buffer).ok());
        }
        fill(log, end + 3);
        EXPECT_TRUE(holds(log, end, end + 3)) << end;
        ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
        EXPECT_TRUE(holds(log, end, end + 3)) << end;
        EXPECT_EQ(log.next_sequence(), end + 3);
        fill(log, end + 100);
        EXPECT_TRUE(holds(log, end + 60, end + 100)) << end;
      }
    }
  }
  EXPECT_LT(lost_states, 2 * 2 * 5 * 44U / 5);
}

TEST(FrameLog, NeverGivesOutASequenceTwiceWhenThePowerFailsBehindADamagedHeader) {
  for (const std::uint32_t end : {3U, 40U, 130U, 143U}) {
    for (std::uint64_t operation = 1; operation < 12; ++operation) {
      for (const sim::CutKind kind : sim::kCutKinds) {
        TestFlash flash(kNor);
        FrameLog log;
        ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
        fill(log, end);
        spoil_header(flash, end - 1, 20);
        ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
        flash.cut_at(operation, kind, end + static_cast<std::uint32_t>(operation));
        std::uint64_t accepted = end;
        while (flash.powered() && accepted < end + 15) {
          log.protect_from(accepted);
          const bool done = log.append(payload(static_cast<std::uint32_t>(accepted))).ok();
          accepted += done ? 1U : 0U;
        }
        flash.power_on();
        ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
        EXPECT_GE(log.next_sequence(), accepted) << end << ", " << operation;
        EXPECT_LE(log.next_sequence(), accepted + 1) << end << ", " << operation;
        EXPECT_TRUE(holds(log, end, log.next_sequence())) << end << ", " << operation;
      }
    }
  }
}

TEST(FrameLog, ReadsNothingInIdleCallsWhileNothingChanges) {
  for (const OnFull on_full : {OnFull::kDropOldest, OnFull::kRefuseNewest}) {
    TestFlash flash(kNor);
    FrameLog log;
    ASSERT_TRUE(log.mount(flash, kAll, on_full).ok());
    for (std::uint32_t i = 0; i < 9 * kSectors + 2 && log.append(payload(i)).ok(); ++i) {
    }
    while (on_full == OnFull::kRefuseNewest && log.set_state({}).ok()) {
    }
    EXPECT_FALSE(*log.service()) << "all frames are protected";
    flash.reset_counters();
    for (int i = 0; i < 5; ++i) {
      EXPECT_FALSE(*log.service());
    }
    EXPECT_EQ(flash.counters().reads, 0U);
    log.protect_from(log.next_sequence());
    EXPECT_TRUE(*log.service()) << "the oldest sector is free now";
  }
}

TEST(FrameLog, RefusesRegionsItCanNotUse) {
  TestFlash flash(kNor);
  FrameLog log;
  const auto mount = [&](hal::FlashRegion region) {
    return log.mount(flash, region, OnFull::kDropOldest).error();
  };
  EXPECT_EQ(mount({0, 2 * kSector}), Error::kInvalidArgument);
  EXPECT_EQ(mount({1, 4 * kSector}), Error::kInvalidArgument);
  EXPECT_EQ(mount({0, 4 * kSector + 1}), Error::kInvalidArgument);
  EXPECT_EQ(mount({kSector, kSectors * kSector}), Error::kInvalidArgument);
  EXPECT_FALSE(log.mounted());
  TestFlash tiny(geometry(1024, 64, 1));
  EXPECT_EQ(log.mount(tiny, {0, 1024}, OnFull::kDropOldest).error(), Error::kUnsupported);
  TestFlash wide(geometry(kSector * kSectors, kSector, 64));
  EXPECT_EQ(log.mount(wide, kAll, OnFull::kDropOldest).error(), Error::kUnsupported);
}

TEST(FrameLog, RefusesAnotherGeometryANewerFormatAndForeignBytes) {
  TestFlash flash(kNor);
  FrameLog log;
  ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
  fill(log, 100);
  const hal::FlashRegion half{0, kSector * kSectors / 2};
  EXPECT_EQ(log.mount(flash, half, OnFull::kDropOldest).error(), Error::kInvalidArgument);
  EXPECT_EQ(log.append(payload(0)).error(), Error::kWrongState);

  for (std::uint32_t i = 0; i < kSectors; ++i) {
    std::byte* const mark = flash.memory().data() + i * kSector;
    mark[4] = std::byte{FrameLog::kFormatVersion + 1};
    store_le32(mark + 12, crc32(0, {mark, 12}));
  }
  EXPECT_EQ(log.mount(flash, kAll, OnFull::kDropOldest).error(), Error::kUnsupported);

  std::fill(flash.memory().begin(), flash.memory().end(), std::byte{0x42});
  EXPECT_EQ(log.mount(flash, kAll, OnFull::kDropOldest).error(), Error::kCorrupt);
  ASSERT_TRUE(FrameLog::format(flash, kAll).ok());
  ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
  fill(log, 10);
  EXPECT_TRUE(holds(log, 0, 10));
}

TEST(FrameLog, ReportsADeadDevice) {
  TestFlash flash(kNor);
  FrameLog log;
  ASSERT_TRUE(log.mount(flash, kAll, OnFull::kDropOldest).ok());
  fill(log, 10);
  flash.cut_at(1, sim::CutKind::kOld, 1);
  EXPECT_EQ(log.append(payload(10)).error(), Error::kIo);
  FrameCursor cursor;
  std::array<std::byte, 64> buffer{};
  EXPECT_EQ(log.read(cursor, buffer).error(), Error::kIo);
  EXPECT_EQ(log.sync().error(), Error::kIo);
  EXPECT_EQ(log.mount(flash, kAll, OnFull::kDropOldest).error(), Error::kIo);
}

TEST(FrameLog, KeepsToItsRegion) {
  TestFlash flash(kNor);
  std::fill(flash.memory().begin(), flash.memory().end(), std::byte{0x42});
  const hal::FlashRegion region{2 * kSector, 4 * kSector};
  ASSERT_TRUE(FrameLog::format(flash, region).ok());
  FrameLog log;
  ASSERT_TRUE(log.mount(flash, region, OnFull::kDropOldest).ok());
  fill(log, 200);
  const auto memory = flash.memory();
  const auto untouched = [](std::byte b) { return b == std::byte{0x42}; };
  EXPECT_TRUE(std::all_of(memory.begin(), memory.begin() + 2 * kSector, untouched));
  EXPECT_TRUE(std::all_of(memory.begin() + 6 * kSector, memory.end(), untouched));
}

TEST(FrameLog, ReadsAFewHeadersAndOneSectorToMountAFullRing) {
  constexpr std::uint32_t kMany = 128;
  TestFlash flash(geometry(kMany * kSector, kSector, 1));
  FrameLog log;
  ASSERT_TRUE(log.mount(flash, {0, kMany * kSector}, OnFull::kDropOldest).ok());
  for (std::uint64_t end = 9 * kMany + 5; end < 9 * kMany * 2; end += 61) {
    fill(log, end);
    flash.reset_counters();
    FrameLog again;
    ASSERT_TRUE(again.mount(flash, {0, kMany * kSector}, OnFull::kDropOldest).ok());
    EXPECT_EQ(again.next_sequence(), end);
    EXPECT_EQ(again.oldest_sequence(), log.oldest_sequence());
    // log2(128) + 3 headers of 64 bytes; frames are read in pieces of at most 96 bytes.
    EXPECT_LE(flash.counters().read_bytes, (7 + 3) * 64U + 10 * 96U) << end;
  }
}

}  // namespace
}  // namespace aiot
