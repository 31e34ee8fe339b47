// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The drivers of the bare-metal port against the contracts; run_qemu.sh crosses the two UARTs.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string_view>

#include "board.hpp"
#include "ports/baremetal/nor_flash.hpp"
#include "ports/baremetal/registers.hpp"
#include "ports/baremetal/semihosting.hpp"
#include "ports/baremetal/semihosting_sensor.hpp"
#include "ports/baremetal/semihosting_sink.hpp"
#include "ports/baremetal/start.hpp"
#include "tests/contract/clock_contract.hpp"
#include "tests/contract/flash_contract.hpp"
#include "tests/contract/sensor_contract.hpp"
#include "tests/contract/sink_contract.hpp"
#include "tests/contract/transport_contract.hpp"
#include "tests/support/test.hpp"

namespace aiot::baremetal {
namespace {

std::array<std::byte, 24> replay_header(std::uint64_t first_frame) {
  std::array<std::byte, 24> header{};
  store_le32(&header[0], 0x5352'4941);
  store_le16(&header[4], 1);
  header[6] = std::byte{2};
  header[7] = std::byte{16};
  store_le32(&header[8], std::bit_cast<std::uint32_t>(12'800.0F));
  store_le32(&header[12], std::bit_cast<std::uint32_t>(0.5F));
  store_le64(&header[16], first_frame);
  return header;
}

/// Writes a replay stream of two axes: chunks of `frames` frames with counting samples, a loss of 3
/// frames before each but the first.
void write_replay(std::string_view path, std::span<const std::uint32_t> frames) {
  semihosting::File file;
  ASSERT_TRUE(file.open(path, semihosting::OpenMode::kWrite).ok());
  ASSERT_TRUE(file.write(replay_header(0)).ok());
  std::uint16_t next = 0;
  bool first = true;
  for (const std::uint32_t count : frames) {
    std::array<std::byte, 8> chunk{};
    store_le32(&chunk[0], first ? 0 : 6);
    store_le32(&chunk[4], count * 2);
    ASSERT_TRUE(file.write(chunk).ok());
    for (std::uint32_t i = 0; i < count * 2; ++i, ++next) {
      std::array<std::byte, 2> sample{};
      store_le16(&sample[0], next);
      ASSERT_TRUE(file.write(sample).ok());
    }
    first = false;
  }
}

constexpr std::string_view kReplay = "contract_replay.bin";

void with_replay(auto use) {
  constexpr std::array<std::uint32_t, 3> kFrames = {700, 1, 300};
  write_replay(kReplay, kFrames);
  SemihostingSensor sensor;
  ASSERT_TRUE(sensor.open(kReplay).ok());
  use(sensor);
}

}  // namespace

TEST(BoardClock, NeverStepsBackAcrossWraps) {
  board::Clock clock{board::kCoreHz};
  const Instant start = clock.now();
  // Three wraps of the 24-bit timer.
  while ((clock.now() - start).us < 2'100'000) {
    contract::clock_never_steps_back(clock, 1000);
  }
}

TEST(BoardClock, CountsMicroseconds) {
  board::Clock clock{board::kCoreHz};
  const Instant before = clock.now();
  const std::uint64_t ticks = clock.ticks();
  while (clock.ticks() - ticks < board::kCoreHz / 100) {
  }
  const Duration seen = clock.now() - before;
  EXPECT_GE(seen.us, 10'000);
  EXPECT_LT(seen.us, 1'000'000);
}

TEST(NorFlash, KeepsTheContract) {
  NorFlash flash{board::flash()};
  contract::check_flash(flash);
}

TEST(NorFlash, ProgrammingOnlyClearsBits) {
  NorFlash flash{board::flash().first(NorFlash::kSectorBytes / 4)};
  ASSERT_TRUE(flash.erase(0).ok());
  constexpr std::array<std::byte, 4> kFirst = {
      std::byte{0xF0}, std::byte{0x0F}, std::byte{0xAA}, std::byte{0xFF}};
  constexpr std::array<std::byte, 4> kSecond = {
      std::byte{0xFF}, std::byte{0xF8}, std::byte{0x55}, std::byte{0x7F}};
  ASSERT_TRUE(flash.program(8, kFirst).ok());
  ASSERT_TRUE(flash.program(8, kSecond).ok());
  std::array<std::byte, 4> seen{};
  ASSERT_TRUE(flash.read(8, seen).ok());
  EXPECT_EQ(seen[0], std::byte{0xF0});
  EXPECT_EQ(seen[1], std::byte{0x08});
  EXPECT_EQ(seen[2], std::byte{0x00});
  EXPECT_EQ(seen[3], std::byte{0x7F});
  EXPECT_EQ(flash.program(NorFlash::kSectorBytes, kFirst).error(), Error::kOutOfRange);
}

TEST(BoardUart, IsATransport) {
  board::Uart a{board::kUart0, board::kCoreHz, 115'200};
  board::Uart b{board::kUart1, board::kCoreHz, 115'200};
  contract::transport_is_quiet(a, b);
  const auto idle = [](int quiet) { return quiet < 10'000'000; };
  contract::transport_carries_bytes_in_order(a, b, 1000, idle);
  contract::transport_carries_bytes_in_order(b, a, 1000, idle);
  contract::transport_is_quiet(a, b);
}

TEST(SemihostingSensor, KeepsTheContract) {
  const auto with_source = [](auto use) { with_replay(use); };
  contract::sensor_format_is_sane(with_source);
  contract::sensor_waits_for_start(with_source);
  contract::sensor_never_overruns(with_source);
  contract::sensor_end_is_final(with_source);
  const contract::SampleLog log = contract::sensor_waits_for_room(with_source, UINT64_MAX);
  EXPECT_EQ(log.samples, 2002U);
  EXPECT_EQ(log.lost, 12U);
}

TEST(SemihostingSensor, RefusesWhatIsNoReplayStream) {
  SemihostingSensor missing;
  EXPECT_EQ(missing.open("no such file").error(), Error::kIo);
  {
    semihosting::File file;
    ASSERT_TRUE(file.open("contract_bad.bin", semihosting::OpenMode::kWrite).ok());
    ASSERT_TRUE(file.write(as_bytes("RIFF....WAVEfmt ........", 24)).ok());
  }
  SemihostingSensor other;
  EXPECT_EQ(other.open("contract_bad.bin").error(), Error::kCorrupt);
  std::array<std::int16_t, 16> storage{};
  SampleRing ring(storage);
  EXPECT_EQ(other.start(ring).error(), Error::kWrongState);
  EXPECT_EQ(other.service().error(), Error::kWrongState);
}

/// A stream of these bytes, opened; how that went.
Error opened(std::string_view path, Bytes bytes, SemihostingSensor& sensor) {
  semihosting::File file;
  EXPECT_TRUE(file.open(path, semihosting::OpenMode::kWrite).ok());
  EXPECT_TRUE(file.write(bytes).ok());
  EXPECT_TRUE(file.close().ok());
  return sensor.open(path).error();
}

TEST(SemihostingSensor, RefusesAnotherWidthAndABeginBeyond48Bits) {
  std::array<std::byte, 24> header = replay_header(0);
  header[7] = std::byte{12};
  SemihostingSensor narrow;
  EXPECT_EQ(opened("contract_narrow.bin", header, narrow), Error::kUnsupported);
  SemihostingSensor far;
  EXPECT_EQ(opened("contract_far.bin", replay_header(std::uint64_t{1} << 48U), far),
            Error::kUnsupported);
}

TEST(SemihostingSensor, TellsLossesBeyond32Bits) {
  constexpr std::uint64_t kFirst = 5'000'000'000;
  constexpr std::uint32_t kMost = 0xFFFF'FFFE;
  std::array<std::byte, 24 + 8 + 8 + 4> bytes{};
  const std::array<std::byte, 24> header = replay_header(kFirst);
  std::copy(header.begin(), header.end(), bytes.begin());
  store_le32(&bytes[24], kMost);  // a loss that goes on in the next chunk
  store_le32(&bytes[32], kMost);
  store_le32(&bytes[36], 2);
  SemihostingSensor sensor;
  ASSERT_EQ(opened("contract_loss.bin", bytes, sensor), Error::kNone);
  const contract::SampleLog log = contract::drain<16>(sensor, UINT64_MAX);
  EXPECT_TRUE(log.ended);
  EXPECT_EQ(log.samples, 2U);
  EXPECT_EQ(log.lost, 2 * kFirst + 2 * std::uint64_t{kMost});
}

TEST(SemihostingSensor, ACutFileIsAFailureAndNotAnEnd) {
  constexpr std::array<std::uint32_t, 1> kFrames = {100};
  write_replay("contract_whole.bin", kFrames);
  std::array<std::byte, 24 + 8 + 101> head{};
  {
    semihosting::File file;
    ASSERT_TRUE(file.open("contract_whole.bin", semihosting::OpenMode::kRead).ok());
    ASSERT_TRUE(file.read(head).ok());
    semihosting::File cut;
    ASSERT_TRUE(cut.open("contract_cut.bin", semihosting::OpenMode::kWrite).ok());
    ASSERT_TRUE(cut.write(head).ok());
  }
  SemihostingSensor sensor;
  ASSERT_TRUE(sensor.open("contract_cut.bin").ok());
  std::array<std::int16_t, 1024> storage{};
  SampleRing ring(storage);
  ASSERT_TRUE(sensor.start(ring).ok());
  EXPECT_TRUE(sensor.service().ok());
  EXPECT_EQ(sensor.service().error(), Error::kIo);
  EXPECT_EQ(sensor.service().error(), Error::kIo);
}

TEST(SemihostingSink, KeepsTheContract) {
  {
    semihosting::File file;
    ASSERT_TRUE(file.open("contract_sink.bin", semihosting::OpenMode::kWrite).ok());
  }
  SemihostingSink sink;
  ASSERT_TRUE(sink.open("contract_sink.bin").ok());
  contract::sink_acknowledges_each_batch_once(sink);
  semihosting::File file;
  ASSERT_TRUE(file.open("contract_sink.bin", semihosting::OpenMode::kRead).ok());
  EXPECT_EQ(file.size().value_or(0), 15U);
}

TEST(Semihosting, FilesReadWhatWasWritten) {
  semihosting::File file;
  std::array<std::byte, 8> bytes{};
  EXPECT_EQ(file.read(bytes).error(), Error::kWrongState);
  ASSERT_TRUE(file.open("contract_file.bin", semihosting::OpenMode::kWriteUpdate).ok());
  EXPECT_EQ(file.open("x", semihosting::OpenMode::kRead).error(), Error::kWrongState);
  ASSERT_TRUE(file.write(as_bytes("0123456789", 10)).ok());
  EXPECT_EQ(file.size().value_or(0), 10U);
  ASSERT_TRUE(file.seek(7).ok());
  EXPECT_EQ(file.read(bytes).value_or(99), 3U);
  EXPECT_EQ(bytes[0], std::byte{'7'});
  EXPECT_EQ(file.read(bytes).value_or(99), 0U);
  EXPECT_TRUE(file.close().ok());
  EXPECT_EQ(file.close().error(), Error::kWrongState);
}

TEST(Semihosting, AppendingGoesOnAtTheEnd) {
  {
    semihosting::File file;
    ASSERT_TRUE(file.open("contract_append.bin", semihosting::OpenMode::kWrite).ok());
    ASSERT_TRUE(file.write(as_bytes("abc", 3)).ok());
  }
  {
    semihosting::File file;
    ASSERT_TRUE(file.open("contract_append.bin", semihosting::OpenMode::kAppend).ok());
    ASSERT_TRUE(file.write(as_bytes("de", 2)).ok());
  }
  semihosting::File file;
  ASSERT_TRUE(file.open("contract_append.bin", semihosting::OpenMode::kRead).ok());
  std::array<std::byte, 8> bytes{};
  EXPECT_EQ(file.read(bytes).value_or(0), 5U);
  EXPECT_EQ(bytes[0], std::byte{'a'});
  EXPECT_EQ(bytes[4], std::byte{'e'});
}

TEST(Semihosting, ArgumentsAreFoundByKey) {
  constexpr std::string_view kLine = "node.elf samples=a.bin records=b=c empty= last=1";
  EXPECT_EQ(semihosting::argument(kLine, "samples"), "a.bin");
  EXPECT_EQ(semihosting::argument(kLine, "records"), "b=c");
  EXPECT_EQ(semihosting::argument(kLine, "last"), "1");
  EXPECT_TRUE(semihosting::argument(kLine, "empty").empty());
  EXPECT_TRUE(semihosting::argument(kLine, "sample").empty());
  EXPECT_TRUE(semihosting::argument({}, "x").empty());
}

TEST(Stack, IsPaintedAndMeasured) {
  const std::uint32_t before = stack_used_bytes();
  EXPECT_GT(before, 100U);
  EXPECT_LT(before, stack_size_bytes() / 2);
  std::array<volatile std::uint8_t, 16384> deep{};
  deep[0] = 1;
  EXPECT_EQ(deep[0], 1);
  EXPECT_GE(stack_used_bytes(), 16384U);
}

}  // namespace aiot::baremetal
