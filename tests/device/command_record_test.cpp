// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/command_record.hpp"

#include <array>
#include <cstdint>

#include "ports/sim/flash.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::device {
namespace {

constexpr decide::PolicyConfig kPolicy{.heartbeat_windows = 9, .abnormal_windows = 2};

CommandState state_of(std::uint64_t counter) {
  CommandState state;
  state.counter = counter;
  state.id = {std::byte{1}, std::byte{2}, std::byte{3}};
  state.result = static_cast<std::uint16_t>(counter % 300);
  if (counter % 2 != 0) {
    state.policy = kPolicy;
    state.policy->heartbeat_windows = static_cast<std::uint32_t>(counter);
  }
  if (counter % 3 == 0) {
    state.file = OfferedFile{static_cast<std::uint32_t>(counter), {}};
    state.file->hash.fill(static_cast<std::byte>(counter));
  }
  return state;
}

bool same(const CommandState& a, const CommandState& b) {
  return encode(a) == encode(b);
}

template <std::uint32_t kSector, std::uint32_t kProgram>
struct Bench {
  static constexpr std::uint32_t kBytes = 3 * kSector;
  static constexpr bool kOnce = kProgram >= 8;
  static constexpr hal::FlashRegion kRegion{0, kBytes};

  std::array<std::byte, kBytes> bytes{};
  std::array<std::uint8_t, kOnce ? kBytes / kProgram : 0> granules{};
  sim::SimFlash flash{{.size = kBytes,
                       .sector = kSector,
                       .page = 64,
                       .program = kProgram,
                       .erased = std::byte{0xFF},
                       .reprogram = !kOnce},
                      sim::SimFlash::Ecc::kYes,
                      bytes,
                      granules};
};

TEST(CommandRecord, IsLaidOutAsTheSpecificationSays) {
  CommandState state = state_of(0x0102030405060709);  // odd, and a multiple of three
  state.result = 0x0140;
  state.file = OfferedFile{0x11223344, {}};
  state.file->hash.fill(std::byte{0x77});
  state.policy = kPolicy;
  const auto bytes = encode(state);
  EXPECT_TRUE(same_bytes(Bytes(bytes).first(24),
                         Hex<24>("01 03 4001 0907060504030201 0102030000000000 44332211")));
  EXPECT_TRUE(same_bytes(Bytes(bytes).subspan(56), decide::encode_policy(kPolicy)));
}

TEST(CommandRecord, DecodesWhatItEncodesAndNothingElse) {
  for (std::uint64_t i = 0; i < 6; ++i) {
    const auto read = decode_commands(encode(state_of(i)));
    ASSERT_TRUE(read.ok());
    EXPECT_TRUE(same(*read, state_of(i)));
  }
  auto bytes = encode(state_of(3));
  EXPECT_EQ(decode_commands(Bytes(bytes).first(68)).error(), Error::kCorrupt);
  EXPECT_EQ(decode_commands({}).error(), Error::kCorrupt);
  bytes[0] = std::byte{2};
  EXPECT_EQ(decode_commands(bytes).error(), Error::kUnsupported);
  bytes = encode(state_of(3));
  bytes[1] |= std::byte{4};
  EXPECT_EQ(decode_commands(bytes).error(), Error::kCorrupt);
  bytes = encode(state_of(0));
  bytes[1] = std::byte{0};  // what the flags do not say must not be there
  bytes[30] = std::byte{1};
  EXPECT_EQ(decode_commands(bytes).error(), Error::kCorrupt);
  bytes = encode(state_of(2));
  bytes[60] = std::byte{1};
  EXPECT_EQ(decode_commands(bytes).error(), Error::kCorrupt);
}

TEST(CommandRecord, ABlankRegionIsThatOfANewDevice) {
  static Bench<256, 1> bench;
  bench.flash.blank();
  CommandRecord record;
  EXPECT_EQ(record.write(state_of(1)).error(), Error::kWrongState);
  EXPECT_EQ(record.mount(bench.flash, {}).error(), Error::kInvalidArgument);
  EXPECT_FALSE(record.mounted());
  ASSERT_TRUE(record.mount(bench.flash, bench.kRegion).ok());
  EXPECT_EQ(record.state().counter, 0U);
}

TEST(CommandRecord, AStateThatHasBecomeUnreadableIsNotThatOfANewDevice) {
  static Bench<256, 1> bench;
  bench.flash.blank();
  CommandRecord record;
  ASSERT_TRUE(record.mount(bench.flash, bench.kRegion).ok());
  for (std::uint64_t i = 1; i < 8; ++i) {
    ASSERT_TRUE(record.write(state_of(i)).ok());
  }
  // The newest frame, in whichever sector it is: every one is damaged.
  for (std::size_t at = 64; at < bench.bytes.size(); at += 16) {
    bench.bytes[at] = std::byte{0};
  }
  EXPECT_FALSE(record.mount(bench.flash, bench.kRegion).ok());
  EXPECT_FALSE(record.mounted());
}

/// Writes states one after the other, with a cut at every operation: the old or the new one is
/// there, and never one before an acknowledged one.
template <std::uint32_t kSector, std::uint32_t kProgram>
void cut_everywhere(Bench<kSector, kProgram>& bench) {
  constexpr std::uint64_t kWrites = 10;  // goes around the ring
  for (const sim::CutKind kind : sim::kCutKinds) {
    for (std::uint64_t operation = 1; operation < 200; ++operation) {
      bench.flash.power_on();
      bench.flash.blank();
      CommandRecord record;
      ASSERT_TRUE(record.mount(bench.flash, bench.kRegion).ok());
      bench.flash.cut_at(operation, kind, static_cast<std::uint32_t>(operation));
      std::uint64_t stored = 0;
      while (stored < kWrites && record.write(state_of(stored + 1)).ok()) {
        ++stored;
      }
      if (stored == kWrites) {
        break;  // there are no more operations
      }
      bench.flash.power_on();
      ASSERT_TRUE(record.mount(bench.flash, bench.kRegion).ok());
      const std::uint64_t found = record.state().counter;
      EXPECT_TRUE(found == stored || found == stored + 1);
      EXPECT_TRUE(found == 0 || same(record.state(), state_of(found)));
      for (std::uint64_t next = found + 1; next <= kWrites; ++next) {
        ASSERT_TRUE(record.write(state_of(next)).ok());
        ASSERT_TRUE(record.mount(bench.flash, bench.kRegion).ok());
        EXPECT_TRUE(same(record.state(), state_of(next)));
      }
    }
  }
  EXPECT_EQ(bench.flash.violations(), 0U);
}

TEST(CommandRecord, SurvivesAPowerCutAtEveryOperationOfPlainNor) {
  static Bench<256, 1> bench;
  cut_everywhere(bench);
}

TEST(CommandRecord, SurvivesAPowerCutAtEveryOperationOfFlashThatIsWrittenOnce) {
  static Bench<512, 16> bench;
  cut_everywhere(bench);
}

}  // namespace
}  // namespace aiot::device
