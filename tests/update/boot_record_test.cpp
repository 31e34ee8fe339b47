// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/boot_record.hpp"

#include <algorithm>
#include <array>

#include "ports/sim/flash.hpp"
#include "tests/support/test.hpp"

namespace {

using namespace aiot;
using update::BootRecord;
using update::BootState;
using update::Cause;
using update::ImageType;
using update::SlotRecord;
using update::SlotState;

constexpr hal::FlashGeometry kNor{.size = 16384, .sector = 4096, .page = 256, .program = 1};
constexpr hal::FlashRegion kRegion{0, 16384};
std::array<std::byte, 16384> bytes;

constexpr SlotRecord kConfirmed{
    .state = SlotState::kConfirmed, .counter = 4, .version = {1, 2, 3, 4}};
constexpr SlotRecord kTrial{
    .state = SlotState::kTrial, .tries = 2, .counter = 5, .version = {2, 0, 0, 0}};
constexpr SlotRecord kReceiving{.state = SlotState::kReceiving, .progress = 4096};
constexpr SlotRecord kReturned{
    .state = SlotState::kReturned, .cause = Cause::kWatchdog, .told = true};

BootState sample() {
  BootState state{.boots = 77, .seal = 12};
  state.of(ImageType::kFirmware) = {.counter = 4, .active = 0, .slot = {kConfirmed, kTrial}};
  state.of(ImageType::kModel) = {.counter = 9, .active = 1, .slot = {kReceiving, kConfirmed}};
  state.of(ImageType::kFirmware).slot[1].id[15] = std::byte{0xAB};
  return state;
}

sim::SimFlash blank_flash() {
  sim::SimFlash flash{kNor, sim::SimFlash::Ecc::kNo, bytes, {}};
  flash.blank();
  return flash;
}

/// A flash whose sectors from `first` to before `end` can not be read.
struct BlindFlash {
  sim::SimFlash& flash;
  std::uint32_t first = 0;
  std::uint32_t end = 0;

  hal::FlashGeometry geometry() const noexcept { return flash.geometry(); }

  Status read(std::uint32_t offset, MutableBytes out) noexcept {
    const bool blind = offset < end * kNor.sector && offset + out.size() > first * kNor.sector;
    return blind ? Status{Error::kIo} : flash.read(offset, out);
  }

  Status program(std::uint32_t offset, Bytes in) noexcept { return flash.program(offset, in); }

  Status erase(std::uint32_t offset) noexcept { return flash.erase(offset); }

  Status sync() noexcept { return flash.sync(); }
};

TEST(BootState, ComesBackFromItsBytes) {
  const BootState state = sample();
  const auto decoded = update::decode(update::encode(state));
  ASSERT_TRUE(decoded.ok());
  EXPECT_TRUE(*decoded == state);
}

TEST(BootState, HasTheLayoutOfTheSpecification) {
  const auto out = update::encode(sample());
  EXPECT_EQ(out.size(), 163U);
  EXPECT_EQ(load_le32(out.data()), 77U);
  EXPECT_EQ(std::to_integer<int>(out[4]), 1);
  EXPECT_EQ(load_le32(&out[5]), 12U);
  EXPECT_EQ(load_le32(&out[9]), 4U);                 // counter of the firmware
  EXPECT_EQ(std::to_integer<int>(out[13]), 0);       // active
  EXPECT_EQ(std::to_integer<int>(out[14]), 3);       // slot A: confirmed
  EXPECT_EQ(std::to_integer<int>(out[14 + 12]), 1);  // version
  EXPECT_EQ(load_le16(&out[14 + 14]), 3U);
  EXPECT_EQ(std::to_integer<int>(out[50]), 2);          // slot B: trial
  EXPECT_EQ(std::to_integer<int>(out[51]), 2);          // tries
  EXPECT_EQ(load_le32(&out[50 + 8]), 5U);               // counter of the image
  EXPECT_EQ(std::to_integer<int>(out[50 + 35]), 0xAB);  // end of the id
  EXPECT_EQ(load_le32(&out[86]), 9U);                   // counter of the model
  EXPECT_EQ(load_le32(&out[91 + 4]), 4096U);            // progress
}

TEST(BootState, OfADeviceWithoutSlotsIsACountAlone) {
  const std::array<std::byte, 4> count = {std::byte{7}, std::byte{1}};
  const auto state = update::decode(count);
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(state->boots, 0x107U);
  EXPECT_TRUE(update::is_factory(state->pair[0]));
}

TEST(BootState, OfAnotherSizeOrLayoutIsRefused) {
  std::array<std::byte, update::kBootStateBytes + 1> longer{};
  std::ranges::copy(update::encode(sample()), longer.begin());
  for (std::size_t size = 0; size <= longer.size(); ++size) {
    const bool good = size == 4 || size == update::kBootStateBytes;
    ASSERT_EQ(update::decode(Bytes(longer).first(size)).ok(), good);
  }
  longer[4] = std::byte{2};
  EXPECT_TRUE(update::decode(Bytes(longer).first(update::kBootStateBytes)).error() ==
              Error::kUnsupported);
}

TEST(BootState, ThatDecodesIsOneThatEncodes) {
  // Any value in any byte: refused, or the very same bytes again.
  const auto good = update::encode(sample());
  std::uint32_t refused = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      auto bent = good;
      bent[at] = static_cast<std::byte>(value);
      const auto state = update::decode(bent);
      if (!state.ok()) {
        ++refused;
        continue;
      }
      ASSERT_TRUE(update::is_valid(state->pair[0]) && update::is_valid(state->pair[1]));
      ASSERT_TRUE(update::encode(*state) == bent);
    }
  }
  EXPECT_GT(refused, 7500U);
}

TEST(SlotPair, IsValidOnlyAsTheStateMachineMakesIt) {
  const auto valid = [](std::uint8_t active, const SlotRecord& a, const SlotRecord& b) {
    return update::is_valid(update::SlotPair{.counter = 1, .active = active, .slot = {a, b}});
  };
  EXPECT_TRUE(valid(0, kConfirmed, {}));
  EXPECT_TRUE(valid(1, kConfirmed, kConfirmed));
  EXPECT_TRUE(valid(0, kConfirmed, kTrial));
  EXPECT_TRUE(valid(0, kConfirmed, kReceiving));
  EXPECT_TRUE(valid(0, kConfirmed, kReturned));
  EXPECT_TRUE(valid(0, {}, kTrial));
  EXPECT_FALSE(valid(2, kConfirmed, kConfirmed));
  EXPECT_FALSE(valid(1, kConfirmed, kTrial));  // active is not the confirmed one
  EXPECT_FALSE(valid(0, kTrial, kTrial));
  EXPECT_FALSE(valid(0, kTrial, kReceiving));
  EXPECT_FALSE(valid(0, kReceiving, kReceiving));
  EXPECT_FALSE(valid(0, {}, {}));  // a counter of no image
  const auto bent = [&](auto&& change, SlotRecord slot) {
    change(slot);
    return valid(0, kConfirmed, slot);
  };
  EXPECT_FALSE(bent([](SlotRecord& s) { s.tries = update::kTrialTries + 1; }, kTrial));
  EXPECT_FALSE(bent([](SlotRecord& s) { s.tries = 1; }, kConfirmed));
  EXPECT_FALSE(bent([](SlotRecord& s) { s.progress = 1; }, kTrial));
  EXPECT_FALSE(bent([](SlotRecord& s) { s.cause = Cause::kNone; }, kReturned));
  EXPECT_FALSE(bent([](SlotRecord& s) { s.cause = Cause::kWatchdog; }, kTrial));
  EXPECT_FALSE(bent([](SlotRecord& s) { s.told = true; }, kConfirmed));
  EXPECT_FALSE(bent([](SlotRecord& s) { s.version.major = 1; }, SlotRecord{}));
}

TEST(BootRecord, OfABlankRegionIsBlank) {
  sim::SimFlash flash = blank_flash();
  BootRecord record;
  ASSERT_TRUE(record.mount(flash, kRegion).ok());
  EXPECT_TRUE(record.blank());
  EXPECT_TRUE(record.state() == BootState{});
}

TEST(BootRecord, FindsTheNewestState) {
  sim::SimFlash flash = blank_flash();
  BootState state = sample();
  for (std::uint32_t i = 0; i < 300; ++i) {
    state.boots = i;
    state.of(ImageType::kModel).slot[0].progress = i;
    BootRecord record;
    ASSERT_TRUE(record.mount(flash, kRegion).ok());
    ASSERT_TRUE(record.write(state).ok());
    ASSERT_TRUE(record.state() == state);
    BootRecord again;
    ASSERT_TRUE(again.mount(flash, kRegion).ok());
    ASSERT_TRUE(again.state() == state && !again.blank());
  }
  EXPECT_EQ(flash.violations(), 0U);
}

TEST(BootRecord, CountsBootsFromOneAndKeepsTheRest) {
  sim::SimFlash flash = blank_flash();
  for (std::uint32_t boot = 1; boot < 500; ++boot) {
    ASSERT_EQ(*update::count_boot(flash, kRegion), boot);
  }
  EXPECT_EQ(*update::count_boot(flash, {}), 1U);
  BootRecord record;
  ASSERT_TRUE(record.mount(flash, kRegion).ok());
  ASSERT_TRUE(record.write(sample()).ok());
  EXPECT_EQ(*record.count_boot(), 78U);
  EXPECT_TRUE(record.state().pair == sample().pair);
}

TEST(BootRecord, ThatCanNotBeReadIsNeverABlankOne) {
  // Any number of states, any run of sectors that can not be read: the state is found, an older one
  // that was durable is, or none is; the region is never taken for that of a new device.
  for (std::uint32_t states = 2; states < 120; ++states) {
    sim::SimFlash flash = blank_flash();
    BootRecord record;
    ASSERT_TRUE(record.mount(flash, kRegion).ok());
    BootState state = sample();
    for (state.boots = 1; state.boots <= states; ++state.boots) {
      ASSERT_TRUE(record.write(state).ok());
    }
    for (std::uint32_t first = 0; first < 4; ++first) {
      for (std::uint32_t end = first + 1; end <= 4; ++end) {
        BlindFlash blind{flash, first, end};
        BootRecord found;
        const Status mounted = found.mount(blind, kRegion);
        ASSERT_TRUE(!mounted.ok() || !found.blank());
        ASSERT_TRUE(mounted.ok() || !found.mounted());
      }
    }
  }
}

TEST(BootRecord, OfStrangeBytesIsRefusedUntilItIsFormatted) {
  sim::SimFlash flash = blank_flash();
  {
    store::FrameLog log;
    ASSERT_TRUE(log.mount(flash, kRegion, store::OnFull::kDropOldest).ok());
    const std::array<std::byte, 40> other{};
    ASSERT_TRUE(log.append(other).ok());
  }
  BootRecord record;
  EXPECT_TRUE(record.mount(flash, kRegion).error() == Error::kUnsupported);
  EXPECT_TRUE(record.write({}).error() == Error::kWrongState);
}

/// What a region may hold that can not be mounted.
enum class Wreck : std::uint8_t { kNoise, kLaterLayout, kOnlyLastSector, kOnlySecondSector };

void wreck(sim::SimFlash& flash, Wreck how) {
  flash.blank();
  const Bytes sector = Bytes(bytes).first(flash.geometry().sector);
  switch (how) {
    case Wreck::kNoise:
      std::ranges::fill(bytes, std::byte{0x5A});
      break;
    case Wreck::kLaterLayout: {
      store::FrameLog log;
      const std::array<std::byte, 40> other{};
      ASSERT_TRUE(log.mount(flash, kRegion, store::OnFull::kDropOldest).ok());
      ASSERT_TRUE(log.append(other).ok());
      break;
    }
    case Wreck::kOnlyLastSector:
      bytes[kRegion.offset + kRegion.size - sector.size() + 7] = std::byte{0};
      break;
    case Wreck::kOnlySecondSector:
      bytes[kRegion.offset + sector.size() + 7] = std::byte{0};
      break;
  }
}

TEST(BootRecord, ThatIsMadeAnewNeverLooksBlankAfterAPowerCut) {
  for (const Wreck how :
       {Wreck::kNoise, Wreck::kLaterLayout, Wreck::kOnlyLastSector, Wreck::kOnlySecondSector}) {
    std::uint64_t operations = 0;
    for (bool cut = true; cut;) {
      ++operations;
      for (const sim::CutKind kind : sim::kCutKinds) {
        sim::SimFlash flash = blank_flash();
        wreck(flash, how);
        BootRecord record;
        ASSERT_FALSE(record.mount(flash, kRegion).ok());
        record.replace(flash, kRegion, sample());
        ASSERT_TRUE(record.mounted() && record.state() == sample());
        flash.cut_at(operations, kind, static_cast<std::uint32_t>(operations));
        const bool written = record.write(sample()).ok();
        cut = !flash.powered();
        flash.power_on();
        const Status mounted = record.mount(flash, kRegion);
        ASSERT_TRUE(!mounted.ok() || (record.state() == sample() && !record.blank()));
        ASSERT_TRUE(mounted.ok() || !written);
        if (!mounted.ok()) {
          record.replace(flash, kRegion, sample());
        }
        ASSERT_TRUE(record.write(sample()).ok());
        ASSERT_TRUE(record.mount(flash, kRegion).ok());
        ASSERT_TRUE(record.state() == sample());
      }
    }
    EXPECT_GE(operations, 5U);
  }
}

TEST(BootRecord, ThatIsReplacedTouchesNothingBeforeTheFirstWrite) {
  sim::SimFlash flash = blank_flash();
  wreck(flash, Wreck::kNoise);
  const sim::FlashCounters before = flash.counters();
  BootRecord record;
  record.replace(flash, kRegion, sample());
  EXPECT_EQ(flash.counters().erases, before.erases);
  EXPECT_EQ(flash.counters().programs, before.programs);
  EXPECT_FALSE(record.mount(flash, kRegion).ok());
}

TEST(BootRecord, OfAFirstWriteThatWasCutIsStillBlankOrWhole) {
  for (const sim::CutKind kind : sim::kCutKinds) {
    for (std::uint64_t operation = 1; operation < 6; ++operation) {
      sim::SimFlash flash = blank_flash();
      flash.cut_at(operation, kind, static_cast<std::uint32_t>(operation));
      BootRecord record;
      ASSERT_TRUE(record.mount(flash, kRegion).ok());
      (void)record.write(sample());
      flash.power_on();
      ASSERT_TRUE(record.mount(flash, kRegion).ok());
      ASSERT_TRUE(record.blank() || record.state() == sample());
      ASSERT_TRUE(record.write(sample()).ok());
    }
  }
}

TEST(BootRecord, ThatFailsToWriteKeepsItsState) {
  sim::SimFlash flash = blank_flash();
  BootRecord record;
  ASSERT_TRUE(record.mount(flash, kRegion).ok());
  ASSERT_TRUE(record.write(sample()).ok());
  std::array<sim::BadSector, 4> bad = {sim::BadSector{0}, {1}, {2}, {3}};
  flash.set_bad_sectors(bad);
  BootState other = sample();
  other.boots = 1000;
  EXPECT_TRUE(record.write(other).error() == Error::kIo);
  EXPECT_TRUE(record.state() == sample());
  BootRecord again;
  ASSERT_TRUE(again.mount(flash, kRegion).ok());
  EXPECT_TRUE(again.state() == sample());
}

}  // namespace
