// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// An audit log on arbitrary bytes: nothing a region can hold may crash the log or its verifier, or
// break a flash rule. The input is either the raw region, or frames that a log with good checksums
// holds: length byte, then so many bytes; a length byte above 200 stands for an entry or a seal
// that a real log made, with one byte changed.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>

#include "aiot/update/audit_log.hpp"
#include "ports/sim/flash.hpp"
#include "tests/update/audit_rig.hpp"

namespace {

using namespace aiot;

constexpr std::uint32_t kSector = 512;
constexpr std::uint32_t kSize = kSector * 6;
constexpr hal::FlashRegion kRegion{0, kSize};
constexpr hal::FlashGeometry kGeometry{.size = kSize, .sector = kSector, .page = 256, .program = 1};

#define REQUIRE(claim)                                         \
  do {                                                         \
    if (!(claim)) {                                            \
      std::fprintf(stderr, "line %d: %s\n", __LINE__, #claim); \
      std::abort();                                            \
    }                                                          \
  } while (false)

using Memory = std::array<std::byte, kSize>;

/// Frames of `input` in a frame log.
void write_frames(sim::SimFlash& flash, std::span<const std::uint8_t> input) {
  // What a real device would have written there.
  Memory other_memory;
  sim::SimFlash other(kGeometry, sim::SimFlash::Ecc::kNo, other_memory, {});
  other.blank();
  update_test::TestKeys keys;
  update::AuditLog real;
  REQUIRE(real.mount(other, kRegion, keys, 0).ok());
  for (std::uint32_t i = 0; i < 12; ++i) {
    REQUIRE(real.append(update_test::sample_entry(i)).ok());
    REQUIRE(i % 3 != 2 || real.seal().ok());
  }
  store::FrameLog log;
  REQUIRE(log.mount(flash, kRegion, store::OnFull::kDropOldest).ok());
  while (input.size() >= 4) {
    const std::size_t length = input[0];
    input = input.subspan(1);
    if (length <= 200) {
      const std::size_t taken = std::min(length, input.size());
      static_cast<void>(log.append(std::as_bytes(input.first(taken))));
      input = input.subspan(taken);
      continue;
    }
    store::FrameCursor cursor;
    std::array<std::byte, update::kAuditSealBytes> frame{};
    for (std::size_t i = 0; i <= input[0] % 16U; ++i) {
      if (!real.log().advance(cursor, frame).ok()) {
        break;
      }
    }
    frame[input[1] % cursor.length] ^= static_cast<std::byte>(input[2]);
    static_cast<void>(log.append(Bytes(frame).first(cursor.length)));
    input = input.subspan(3);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) {
    return 0;
  }
  Memory memory;
  sim::SimFlash flash(kGeometry, sim::SimFlash::Ecc::kNo, memory, {});
  flash.blank();
  const std::span<const std::uint8_t> input(data + 2, size - 2);
  if (data[0] % 2 == 0) {
    std::memcpy(memory.data(), input.data(), std::min(input.size(), memory.size()));
  } else {
    write_frames(flash, input);
  }
  const std::uint32_t known_seal = data[1] % 8U;
  update_test::TestKeys keys;
  store::FrameLog reader;
  update::AuditReport before;
  if (reader.mount(flash, kRegion, store::OnFull::kDropOldest).ok()) {
    before = update::verify_audit(reader, hal::KeyStoreRef(keys), known_seal);
    REQUIRE(before.unsealed <= before.entries && before.unchecked <= before.entries);
    static_cast<void>(update::verify_audit(reader, {}, known_seal));
  }
  update::AuditLog log;
  flash.reset_counters();
  if (!log.mount(flash, kRegion, keys, known_seal).ok()) {
    return 0;
  }
  REQUIRE(flash.counters().programs + flash.counters().erases == 0);
  const bool good = before.fault == update::AuditFault::kNone;
  for (std::uint32_t i = 0; i < 30; ++i) {
    const std::uint32_t next = log.next_sequence();
    const Status appended = log.append(update_test::sample_entry(next));
    REQUIRE(!appended.ok() || log.next_sequence() == next + 1);
    REQUIRE(appended.ok() || !good);
    if (i % 7 == 6) {
      static_cast<void>(log.seal());
    }
  }
  const update::AuditReport after =
      update::verify_audit(log.log(), hal::KeyStoreRef(keys), log.newest_seal());
  REQUIRE(!good || after.fault == update::AuditFault::kNone);
  REQUIRE(flash.violations() == 0);
  return 0;
}
