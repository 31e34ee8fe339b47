// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"

namespace aiot::hal {

/// What a flash device is made of; all sizes in bytes.
struct FlashGeometry {
  std::uint32_t size = 0;     ///< whole device, a multiple of `sector`
  std::uint32_t sector = 0;   ///< erase unit
  std::uint32_t page = 0;     ///< largest single program; a program never crosses a page
  std::uint32_t program = 0;  ///< write granule: offsets and sizes of programs are multiples
  std::byte erased{0xFF};     ///< value of an erased byte
  bool reprogram = true;      ///< bits of a written granule may be cleared again (plain NOR)
  bool overwrite = false;     ///< any byte can be written again without an erase (file, FRAM)
  /// Of a device behind a write cache that a cut empties in any order: a random number, drawn each
  /// time it is opened. So what was on its way before a cut is never taken for later data.
  std::uint32_t session = 0;
};

/// A part of a flash device: whole sectors, offsets in bytes from the start of the device.
struct FlashRegion {
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
};

/// Raw flash. Calls may block for one sector at most.
///
/// A power cut leaves the granule being programmed old, new or torn (with ECC flash, reading a torn
/// granule may fail with `kIo`), or the sector being erased undefined; nothing else changes. After
/// `sync` everything that was programmed or erased before survives (NOR: nothing to do).
/// Errors: `kOutOfRange` past the end, `kInvalidArgument` not aligned to the geometry, `kIo`.
template <class F>
concept FlashDevice = requires(F& flash, std::uint32_t offset, MutableBytes out, Bytes in) {
  { flash.geometry() } -> std::same_as<FlashGeometry>;
  { flash.read(offset, out) } -> std::same_as<Status>;
  { flash.program(offset, in) } -> std::same_as<Status>;
  { flash.erase(offset) } -> std::same_as<Status>;  // the whole sector that starts at `offset`
  { flash.sync() } -> std::same_as<Status>;
};

/// Non-owning reference to a flash device, two words; the device must outlive it.
class FlashRef {
 public:
  // Not for a Ref itself: copying a non-const one must be a copy, not a Ref to a Ref.
  template <FlashDevice F>
  constexpr FlashRef(F& device) noexcept requires(!std::same_as<F, FlashRef>)
      : object_(&device), table_(&kTable<F>) {}

  FlashGeometry geometry() const noexcept { return table_->geometry(object_); }

  Status read(std::uint32_t offset, MutableBytes out) const noexcept {
    return table_->read(object_, offset, out);
  }

  Status program(std::uint32_t offset, Bytes in) const noexcept {
    return table_->program(object_, offset, in);
  }

  Status erase(std::uint32_t offset) const noexcept { return table_->erase(object_, offset); }

  Status sync() const noexcept { return table_->sync(object_); }

 private:
  struct Table {
    FlashGeometry (*geometry)(void*);
    Status (*read)(void*, std::uint32_t, MutableBytes);
    Status (*program)(void*, std::uint32_t, Bytes);
    Status (*erase)(void*, std::uint32_t);
    Status (*sync)(void*);
  };

  template <class F>
  static constexpr Table kTable = {
      [](void* o) { return static_cast<F*>(o)->geometry(); },
      [](void* o, std::uint32_t at, MutableBytes out) { return static_cast<F*>(o)->read(at, out); },
      [](void* o, std::uint32_t at, Bytes in) { return static_cast<F*>(o)->program(at, in); },
      [](void* o, std::uint32_t at) { return static_cast<F*>(o)->erase(at); },
      [](void* o) { return static_cast<F*>(o)->sync(); },
  };

  void* object_;
  const Table* table_;
};

}  // namespace aiot::hal
