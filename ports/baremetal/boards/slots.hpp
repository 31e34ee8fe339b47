// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "aiot/hal/flash_map.hpp"
#include "board.hpp"
#include "ports/baremetal/image.hpp"
#include "ports/baremetal/nor_flash.hpp"

/// Where an updatable node keeps what, in the board's memory-mapped flash.
namespace aiot::baremetal::slots {

/// Firmware runs in place. A slot starts at a multiple of its size, so that one region of the
/// memory protection unit covers it. CMake reads both numbers for the linker.
inline constexpr std::uint32_t kFirmwareOffset = 0x00100000;
inline constexpr std::uint32_t kFirmwareBytes = 0x00080000;

inline constexpr std::uint32_t kModelBytes = 0x00010000;

/// Bytes before a firmware's vectors: the image header, padded to what vectors are aligned to.
inline constexpr std::uint32_t kHeaderBytes = 0x400;

/// Slots A and B of the firmware. These and the boot record by themselves, so that a boot loader
/// does without the whole map.
inline constexpr std::array<hal::FlashRegion, 2> kFirmwareSlots{
    {{kFirmwareOffset, kFirmwareBytes}, {kFirmwareOffset + kFirmwareBytes, kFirmwareBytes}}};

inline constexpr hal::FlashRegion kBootRecord{0xD0000, 0x4000};

inline constexpr hal::FlashMap kFlashMap{
    .queue = {{{0x00000, 0x40000}, {0x40000, 0x80000}, {0xC0000, 0x10000}}},
    .boot_record = kBootRecord,
    .audit = {0xD8000, 0x8000},
    .baseline = {0xD4000, 0x4000},
    .firmware = kFirmwareSlots,
    .model = {{{0xE0000, kModelBytes}, {0xE0000 + kModelBytes, kModelBytes}}}};

/// Address of a firmware slot: the load address of the images for it.
constexpr std::uint32_t address(std::size_t slot) noexcept {
  return static_cast<std::uint32_t>(board::kFlashAddress) + kFirmwareSlots[slot].offset;
}

/// The slot that the firmware which asks was linked for, and runs in.
inline std::uint8_t running() noexcept {
  return reinterpret_cast<std::uintptr_t>(image().data()) >= address(1) ? 1 : 0;
}

/// A region as the core reads it.
inline Bytes bytes(const hal::FlashRegion& region) noexcept {
  return std::as_bytes(board::flash()).subspan(region.offset, region.size);
}

static_assert(hal::check(kFlashMap,
                         {.size = board::kFlashBytes,
                          .sector = NorFlash::kSectorBytes,
                          .page = NorFlash::kPageBytes,
                          .program = NorFlash::kProgramBytes})
                  .ok());
static_assert(address(0) % kFirmwareBytes == 0 && address(1) % kFirmwareBytes == 0);

}  // namespace aiot::baremetal::slots
