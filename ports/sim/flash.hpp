// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"

namespace aiot::sim {

/// What a power cut leaves of the operation in which it happens.
enum class CutKind : std::uint8_t {
  kOld,         ///< nothing of it happened (erase: the sector is as before)
  kPrefix,      ///< its first granules are written, the next one is torn (erase: first part erased)
  kRandomBits,  ///< each bit it would have changed has changed or not (erase: undefined bytes)
  kNew,         ///< all of it happened, but the caller was not told
};

inline constexpr std::array<CutKind, 4> kCutKinds = {
    CutKind::kOld, CutKind::kPrefix, CutKind::kRandomBits, CutKind::kNew};

/// What a bad sector does not do any more.
enum class Fails : std::uint8_t { kPrograms, kErases, kBoth };

/// A sector that is worn out, or will be.
struct BadSector {
  std::uint32_t sector = 0;  ///< index
  Fails fails = Fails::kBoth;
  std::uint32_t good = 0;          ///< so many of the operations that fail still work; counts down
  CutKind leaves = CutKind::kOld;  ///< what a failing one leaves behind, as a cut would
};

/// What was done so far; programs and erases that a cut interrupted or that failed in a bad sector
/// are counted.
struct FlashCounters {
  std::uint64_t reads = 0;
  std::uint64_t read_bytes = 0;
  std::uint64_t programs = 0;
  std::uint64_t programmed_bytes = 0;
  std::uint64_t erases = 0;
  std::uint64_t syncs = 0;
};

/// A flash chip in memory that is stricter than real ones and loses power on demand. No heap: the
/// caller owns the bytes, so it runs in unit tests on a microcontroller too.
///
/// Strict: a program that would set a cleared bit (`geometry.reprogram`), that touches a write-once
/// granule again, that is not aligned, crosses a page or leaves the device fails and counts as a
/// violation; tests expect `violations() == 0`.
class SimFlash {
 public:
  enum class Ecc : std::uint8_t {
    kNo,
    kYes,  ///< reading a torn write-once granule fails with `kIo`
  };

  /// `memory`: `geometry.size` bytes, kept as they are (see `fill`). `granules`: one byte per write
  /// granule when not `geometry.reprogram`, else empty; zeros for an erased device. Bytes of the
  /// wrong number end in AIOT_CHECK.
  SimFlash(const hal::FlashGeometry& geometry,
           Ecc ecc,
           MutableBytes memory,
           std::span<std::uint8_t> granules) noexcept;

  hal::FlashGeometry geometry() const noexcept { return geometry_; }

  /// Errors: `kOutOfRange`; `kIo` without power, or a torn granule with ECC.
  Status read(std::uint32_t offset, MutableBytes out) noexcept;

  /// Errors: `kOutOfRange`, `kInvalidArgument` (violations); `kIo` without power or in a bad
  /// sector.
  Status program(std::uint32_t offset, Bytes in) noexcept;

  /// Errors: as `program`.
  Status erase(std::uint32_t offset) noexcept;

  Status sync() noexcept;

  /// Sets every byte to the erased value, every granule unwritten.
  void blank() noexcept;

  /// The power fails in the `operation`-th program or erase from now (1: the next); 0: never.
  /// `seed` chooses where a prefix ends and which bits are torn. Afterwards every call fails with
  /// `kIo` until `power_on`.
  void cut_at(std::uint64_t operation, CutKind kind, std::uint32_t seed) noexcept;

  /// Power is back; a planned cut that was not reached is forgotten.
  void power_on() noexcept;

  [[nodiscard]] bool powered() const noexcept { return powered_; }

  /// Sectors that fail with `kIo` from now on; empty: none. The caller keeps the entries alive. An
  /// index may be there several times, for programs and erases apart.
  void set_bad_sectors(std::span<BadSector> sectors) noexcept { bad_sectors_ = sectors; }

  [[nodiscard]] const FlashCounters& counters() const noexcept { return counters_; }

  void reset_counters() noexcept { counters_ = {}; }

  /// Broken rules so far; they are bugs of the code under test.
  [[nodiscard]] std::uint32_t violations() const noexcept { return violations_; }

  [[nodiscard]] MutableBytes memory() noexcept { return memory_; }

 private:
  Status violation(Error error) noexcept;
  bool inside(std::uint32_t offset, std::size_t size) const noexcept;
  bool cut_now() noexcept;
  struct Ending;

  const BadSector* failing(std::uint32_t offset, Fails operation) noexcept;
  Ending end_of(std::uint32_t offset, Fails operation) noexcept;
  std::uint32_t random() noexcept;
  bool program_allowed(std::uint32_t offset, Bytes in) const noexcept;
  void write_whole(std::uint32_t offset, Bytes in) noexcept;
  void write_torn(std::uint32_t offset, Bytes in) noexcept;
  void program_partly(std::uint32_t offset, Bytes in, CutKind kind) noexcept;
  void erase_partly(std::uint32_t offset, CutKind kind) noexcept;
  void undefine_sector(std::uint32_t offset) noexcept;
  void scramble_granule(std::uint32_t offset) noexcept;
  void erase_bytes(std::uint32_t offset, std::uint32_t size) noexcept;

  hal::FlashGeometry geometry_;
  MutableBytes memory_;
  std::span<std::uint8_t> granules_;
  FlashCounters counters_{};
  std::uint64_t operations_left_ = 0;  // until the cut; 0: none planned
  std::uint32_t violations_ = 0;
  std::uint32_t random_ = 1;
  std::span<BadSector> bad_sectors_;
  CutKind cut_kind_ = CutKind::kOld;
  Ecc ecc_;
  bool powered_ = true;
};

static_assert(hal::FlashDevice<SimFlash>);

/// Memory for a `SimFlash` with `Granules` write-once granules (0: plain NOR), erased value 0xFF.
template <std::uint32_t Size, std::uint32_t Granules>
struct SimFlashMemory {
  std::array<std::byte, Size> bytes{};
  std::array<std::uint8_t, Granules> granules{};
};

}  // namespace aiot::sim
