// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Mounts a queue on arbitrary bytes: nothing a region can hold may crash it, break a flash rule, or
// keep it from taking records once it has mounted. The first input byte chooses the geometry, the
// second repairs checksums, so that the fuzzer gets behind them.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>

#include "aiot/core/crc32.hpp"
#include "aiot/store/queue.hpp"
#include "ports/sim/disk.hpp"
#include "ports/sim/flash.hpp"

namespace {

using namespace aiot;

constexpr std::uint32_t kSector = 512;
constexpr std::uint32_t kSectors = 6;
constexpr std::uint32_t kSize = kSector * kSectors;

#define REQUIRE(claim)                                         \
  do {                                                         \
    if (!(claim)) {                                            \
      std::fprintf(stderr, "line %d: " #claim "\n", __LINE__); \
      std::abort();                                            \
    }                                                          \
  } while (false)

/// Gives sector headers and the first frame of each sector the checksums that belong to them.
void repair(std::span<std::byte> bytes, const hal::FlashGeometry& geometry) {
  const std::uint32_t mark = geometry.program == 32 ? 32 : 16;
  const std::uint32_t header = mark * 2 + 32;
  const std::uint32_t align = std::max<std::uint32_t>(geometry.program, geometry.overwrite ? 8 : 2);
  const std::uint32_t frame_header = align < 8 ? 6 : 8;
  const std::uint32_t ident =
      store::FrameLog::kFormatVersion | align << 8U | (kSectors ^ kSector >> 4U) << 16U;
  for (std::uint32_t at = 0; at < kSize; at += kSector) {
    std::byte* const sector = &bytes[at];
    std::memcpy(sector, "AIFL", 4);
    store_le32(sector + 4, ident);
    if (!geometry.overwrite) {
      store_le32(sector + 8, 0);
    }
    const std::uint32_t salt = load_le32(sector + 8);
    store_le32(sector + 12, crc32(0, {sector, 12}));
    std::byte* const open = sector + mark;
    const std::uint32_t sequence = load_le32(open) / kSectors * kSectors + at / kSector;
    store_le32(open, sequence);
    store_le32(open + 44, crc32(ident + salt, {open, 44}));
    std::byte* const frame = sector + header;
    const std::uint32_t length = load_le16(frame) & 0x1FFFU;
    if (length <= kSector - header - frame_header) {
      const std::uint32_t crc =
          crc32(crc32(sequence + salt, {frame, 2}), {frame + frame_header, length});
      store_le32(frame + 2, crc + load_le32(open + 8));
      if (frame_header == 8) {
        std::memcpy(frame + 6, open + 8, 2);
      }
    }
  }
}

/// Reads a whole stream: in order, without holes.
void read_all(const store::Queue& queue) {
  std::array<std::byte, kSector> buffer{};
  store::ReadCursor cursor;
  std::uint64_t next = queue.first_unacknowledged(Stream::kUrgent);
  for (;;) {
    const auto entry = queue.read(Stream::kUrgent, cursor, buffer);
    if (!entry.ok()) {
      REQUIRE(entry.error() == Error::kEmpty);
      break;
    }
    REQUIRE(entry->first == next && entry->last >= entry->first);
    REQUIRE(entry->payload.empty() == (entry->kind == store::EntryKind::kGap));
    next = entry->last + 1;
  }
  REQUIRE(next == queue.next_sequence(Stream::kUrgent));
  static_cast<void>(queue.last_record(Stream::kUrgent, buffer));
}

/// `forged`: sectors may have valid headers whose sequences can not come from one ring; then it is
/// not determined which of them is the newest.
template <class Device>
void use(Device& flash, std::span<const store::StreamConfig> configs, bool forged) {
  store::Queue queue;
  if (!queue.mount(flash, configs).ok()) {
    return;
  }
  REQUIRE(flash.counters().programs + flash.counters().erases == 0);
  read_all(queue);
  const std::array<std::byte, 50> record{std::byte{1}};
  for (int i = 0; i < 20; ++i) {
    const std::uint64_t sequence = queue.next_sequence(Stream::kUrgent);
    const Status pushed = queue.push(Stream::kUrgent, record);
    if (pushed.ok()) {
      REQUIRE(queue.next_sequence(Stream::kUrgent) == sequence + 1);
      static_cast<void>(queue.acknowledge(Stream::kUrgent, sequence, BatchHash{}));
    } else {
      REQUIRE(pushed.error() == Error::kNoSpace);
    }
    static_cast<void>(queue.service(static_cast<std::uint32_t>(i) * 100));
  }
  read_all(queue);
  const std::uint64_t sequence = queue.next_sequence(Stream::kUrgent);
  store::Queue again;
  REQUIRE(again.mount(flash, configs).ok());
  REQUIRE(forged || again.next_sequence(Stream::kUrgent) == sequence);
  REQUIRE(flash.violations() == 0);
}

/// Flash whose bits can be cleared again, or with write-once units, some of them torn.
void use_flash(std::span<std::byte> bytes,
               std::uint32_t program,
               std::uint8_t choices,
               std::span<const store::StreamConfig> configs) {
  const hal::FlashGeometry geometry{.size = kSize,
                                    .sector = kSector,
                                    .page = 256,
                                    .program = program,
                                    .erased = std::byte{0xFF},
                                    .reprogram = program < 8};
  if (choices % 2 == 1) {
    repair(bytes, geometry);
  }
  std::array<std::uint8_t, kSize / 8> granules{};
  granules.fill(1);
  for (std::uint32_t i = 0; program >= 8 && i < kSize / program; ++i) {
    // What reads as erased can be written; a granule now and then is torn.
    bool erased = true;
    for (std::uint32_t j = 0; j < program; ++j) {
      erased = erased && bytes[i * program + j] == std::byte{0xFF};
    }
    granules[i] = erased ? 0 : (choices & 2U) != 0 && i % 7 == 3 ? 2 : 1;
  }
  sim::SimFlash flash(geometry,
                      sim::SimFlash::Ecc::kYes,
                      bytes,
                      std::span(granules).first(program < 8 ? 0 : kSize / program));
  use(flash, configs, choices % 2 == 1);
}

/// A file, which is never erased.
void use_disk(std::span<std::byte> bytes,
              std::uint8_t choices,
              std::span<const store::StreamConfig> configs) {
  const hal::FlashGeometry geometry = sim::SimDisk::make_geometry(kSize, kSector);
  if (choices % 2 == 1) {
    repair(bytes, geometry);
  }
  std::array<std::byte, kSize> durable{};
  std::copy(bytes.begin(), bytes.end(), durable.begin());
  sim::SimDisk disk(geometry, bytes, durable);
  use(disk, configs, choices % 2 == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) {
    return 0;
  }
  constexpr std::array<std::uint32_t, 5> kPrograms = {1, 8, 16, 32, 0};  // 0: a file
  const std::uint32_t program = kPrograms[data[0] % kPrograms.size()];
  const std::uint8_t choices = data[1];
  std::array<std::byte, kSize> bytes{};
  bytes.fill(program == 0 ? std::byte{0} : std::byte{0xFF});
  std::memcpy(bytes.data(), data + 2, size - 2 < kSize ? size - 2 : kSize);
  const std::array<store::StreamConfig, 1> configs = {store::StreamConfig{
      {0, kSize},
      (choices & 4U) != 0 ? store::OnFull::kRefuseNewest : store::OnFull::kDropOldest,
      (choices & 8U) != 0 ? store::Retention{.max_records = 5, .max_bytes = 1500, .max_age_s = 300}
                          : store::Retention{}}};
  if (program == 0) {
    use_disk(bytes, choices, configs);
  } else {
    use_flash(bytes, program, choices, configs);
  }
  return 0;
}
