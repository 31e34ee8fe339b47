// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/baremetal/nor_flash.hpp"

#include <cstring>

#include "aiot/core/check.hpp"

namespace aiot::baremetal {

NorFlash::NorFlash(std::span<std::uint32_t> memory) noexcept : memory_(memory) {
  AIOT_CHECK(!memory.empty() && memory.size_bytes() % kSectorBytes == 0);
}

hal::FlashGeometry NorFlash::geometry() const noexcept {
  return {.size = static_cast<std::uint32_t>(memory_.size_bytes()),
          .sector = kSectorBytes,
          .page = kPageBytes,
          .program = kProgramBytes,
          .erased = std::byte{0xFF},
          .reprogram = true};
}

bool NorFlash::holds(std::uint32_t offset, std::size_t size) const noexcept {
  return offset <= memory_.size_bytes() && size <= memory_.size_bytes() - offset;
}

Status NorFlash::read(std::uint32_t offset, MutableBytes out) const noexcept {
  if (!holds(offset, out.size())) {
    return Error::kOutOfRange;
  }
  if (!out.empty()) {
    std::memcpy(out.data(), std::as_bytes(memory_).data() + offset, out.size());
  }
  return {};
}

Status NorFlash::program(std::uint32_t offset, Bytes in) noexcept {
  if (!holds(offset, in.size())) {
    return Error::kOutOfRange;
  }
  if (in.empty()) {
    return {};
  }
  const bool one_page = offset / kPageBytes == (offset + in.size() - 1) / kPageBytes;
  if (offset % kProgramBytes != 0 || in.size() % kProgramBytes != 0 || !one_page) {
    return Error::kInvalidArgument;
  }
  // Word by word through volatile, as a controller would: whoever kills the emulator finds a
  // prefix.
  for (std::size_t i = 0; i < in.size(); i += kProgramBytes) {
    volatile std::uint32_t& cell = memory_[(offset + i) / kProgramBytes];
    cell = cell & load_le32(&in[i]);
  }
  return {};
}

Status NorFlash::erase(std::uint32_t offset) noexcept {
  if (!holds(offset, kSectorBytes)) {
    return Error::kOutOfRange;
  }
  if (offset % kSectorBytes != 0) {
    return Error::kInvalidArgument;
  }
  for (volatile std::uint32_t& cell :
       memory_.subspan(offset / kProgramBytes, kSectorBytes / kProgramBytes)) {
    cell = 0xFFFF'FFFFU;
  }
  return {};
}

}  // namespace aiot::baremetal
