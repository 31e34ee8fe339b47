// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"
#include "ports/sim/flash.hpp"
#include "ports/sim/random.hpp"

namespace aiot::sim {

/// When, seen from the operation in which it happens, the power of a disk fails.
enum class DiskCut : std::uint8_t {
  kBefore,  ///< nothing of it happened
  kDuring,  ///< its first bytes are in the cache (sync: some pieces are durable)
  kAfter,   ///< all of it happened, but the caller was not told
};

inline constexpr std::array<DiskCut, 3> kDiskCuts = {
    DiskCut::kBefore, DiskCut::kDuring, DiskCut::kAfter};

/// A file or block device behind a page cache, in memory: any byte can be written at any time, and
/// what was written since the last `sync` is at the mercy of the cache. No heap: the caller owns
/// the bytes.
///
/// The fault model. The cache and the medium exchange pieces of 512 bytes. A power cut leaves of
/// every piece that differs from its durable content, each on its own and so in any order: the
/// durable one, the one in the cache, or a torn one, of which the bytes up to a random place are
/// new and the rest old, or the other way round. Assumed: a byte that a write does not change does
/// not change in a torn piece either (what SQLite calls powersafe overwrite), pieces that were not
/// written are untouched, and what a `sync` covered that returned stays. A process that dies
/// (SIGKILL) loses nothing: mount again without a cut.
///
/// A program that crosses a page or leaves the device and an erase of half a sector fail and count
/// as violations; tests expect `violations() == 0`.
class SimDisk {
 public:
  static constexpr std::uint32_t kPieceBytes = 512;

  /// `seen`: what the process reads; `durable`: what is on the medium. Both `geometry.size` bytes,
  /// kept as they are (see `blank`). Other sizes and geometries than `geometry` makes end in
  /// AIOT_CHECK.
  SimDisk(const hal::FlashGeometry& geometry, MutableBytes seen, MutableBytes durable) noexcept;

  /// Of a file of `size` bytes, used in sectors.
  static constexpr hal::FlashGeometry make_geometry(std::uint32_t size,
                                                    std::uint32_t sector) noexcept {
    return {.size = size,
            .sector = sector,
            .page = sector,
            .program = 1,
            .erased = std::byte{0},
            .reprogram = true,
            .overwrite = true,
            .session = 1};
  }

  hal::FlashGeometry geometry() const noexcept { return geometry_; }

  /// Errors: `kOutOfRange`; `kIo` without power.
  Status read(std::uint32_t offset, MutableBytes out) noexcept;

  /// Any bytes over any others. Errors: `kOutOfRange`, `kInvalidArgument` (violations); `kIo`
  /// without power.
  Status program(std::uint32_t offset, Bytes in) noexcept;

  /// Fills a sector with zeros. Errors: as `program`.
  Status erase(std::uint32_t offset) noexcept;

  /// Everything that is seen is durable. Errors: `kIo` without power.
  Status sync() noexcept;

  /// Zeros, durable.
  void blank() noexcept;

  /// From now on the cache writes a piece back on its own now and then, as a system does: older
  /// content of a piece than the last may become durable. 0: it waits for `sync`.
  void write_back(std::uint32_t seed) noexcept;

  /// The power fails in the `operation`-th program, erase or sync from now (1: the next); 0: never.
  /// `seed` chooses what becomes of every piece. Afterwards every call fails with `kIo` until
  /// `power_on`.
  void cut_at(std::uint64_t operation, DiskCut kind, std::uint32_t seed) noexcept;

  /// Power is back, another session begins; a planned cut that was not reached is forgotten.
  void power_on() noexcept;

  [[nodiscard]] bool powered() const noexcept { return powered_; }

  /// What was done so far; operations that a cut interrupted are counted.
  [[nodiscard]] const FlashCounters& counters() const noexcept { return counters_; }

  void reset_counters() noexcept { counters_ = {}; }

  /// Broken rules so far; they are bugs of the code under test.
  [[nodiscard]] std::uint32_t violations() const noexcept { return violations_; }

  /// What the process sees.
  [[nodiscard]] MutableBytes memory() noexcept { return seen_; }

  /// What a power cut can not change.
  [[nodiscard]] MutableBytes durable() noexcept { return durable_; }

 private:
  Status violation(Error error) noexcept;
  bool inside(std::uint32_t offset, std::size_t size) const noexcept;
  bool cut_now() noexcept;
  std::uint32_t cut_length(std::uint32_t size) noexcept;
  void write(std::uint32_t offset, Bytes in) noexcept;
  void clear(std::uint32_t offset, std::uint32_t size) noexcept;
  void touch(std::uint32_t offset, std::uint32_t size) noexcept;
  void write_back_one() noexcept;
  void keep(std::uint32_t offset, std::uint32_t size) noexcept;
  void tear_piece(std::uint32_t offset, std::uint32_t size) noexcept;
  void lose_power() noexcept;

  hal::FlashGeometry geometry_;
  MutableBytes seen_;
  MutableBytes durable_;
  FlashCounters counters_{};
  std::uint64_t operations_left_ = 0;  // until the cut; 0: none planned
  // No byte outside of [dirty_begin_, dirty_end_) differs from its durable content; whole pieces.
  std::uint32_t dirty_begin_ = 0;
  std::uint32_t dirty_end_ = 0;
  std::uint32_t violations_ = 0;
  Random fate_{1};
  Random cache_{1};
  DiskCut cut_kind_ = DiskCut::kBefore;
  bool writes_back_ = false;
  bool powered_ = true;
};

static_assert(hal::FlashDevice<SimDisk>);

/// Memory for a `SimDisk`.
template <std::uint32_t Size>
struct SimDiskMemory {
  std::array<std::byte, Size> seen{};
  std::array<std::byte, Size> durable{};
};

}  // namespace aiot::sim
