// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/hal/flash.hpp"

namespace aiot::baremetal {

/// NOR flash that is mapped into memory: programming only clears bits, erasing sets a whole sector.
/// On the QEMU boards the memory is RAM that the emulator can keep in a file; this class gives it
/// the manners of flash. On real flash only `program` and `erase` change, for their controller's
/// commands.
class NorFlash {
 public:
  static constexpr std::uint32_t kSectorBytes = 4096;
  static constexpr std::uint32_t kPageBytes = 256;
  static constexpr std::uint32_t kProgramBytes = 4;

  /// `memory`: whole sectors, in words; its content is kept.
  explicit NorFlash(std::span<std::uint32_t> memory) noexcept;

  hal::FlashGeometry geometry() const noexcept;
  Status read(std::uint32_t offset, MutableBytes out) const noexcept;
  Status program(std::uint32_t offset, Bytes in) noexcept;
  Status erase(std::uint32_t offset) noexcept;

  Status sync() const noexcept { return {}; }

 private:
  bool holds(std::uint32_t offset, std::size_t size) const noexcept;

  std::span<std::uint32_t> memory_;
};

static_assert(hal::FlashDevice<NorFlash>);

}  // namespace aiot::baremetal
