// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "aiot/core/bytes.hpp"

/// Where the fields of a package's 64-byte header are; see SPEC, model package. For readers and
/// writers of the format; applications use package.hpp.
namespace aiot::model {

inline constexpr std::uint32_t kPackageMagic = 0x4B50'4941;  ///< "AIPK"

inline constexpr std::size_t kMagicOffset = 0;
inline constexpr std::size_t kFormatOffset = 4;
inline constexpr std::size_t kLayoutOffset = 6;
inline constexpr std::size_t kLengthOffset = 8;
inline constexpr std::size_t kRequirementsOffset = 12;
inline constexpr std::size_t kReservedOffset = 16;
inline constexpr std::size_t kHashOffset = 32;

struct Header {
  std::uint32_t magic = 0;
  std::uint16_t format = 0;
  std::uint16_t layout = 0;  ///< nn::WeightLayout
  std::uint32_t length = 0;  ///< of the whole file, in bytes
  std::uint32_t requirements = 0;
  bool reserved_zero = true;
};

/// The header of `file`, which has at least 64 bytes; nothing is checked.
constexpr Header read_header(Bytes file) noexcept {
  Header header;
  header.magic = load_le32(&file[kMagicOffset]);
  header.format = load_le16(&file[kFormatOffset]);
  header.layout = load_le16(&file[kLayoutOffset]);
  header.length = load_le32(&file[kLengthOffset]);
  header.requirements = load_le32(&file[kRequirementsOffset]);
  for (std::size_t i = kReservedOffset; i < kHashOffset; ++i) {
    header.reserved_zero = header.reserved_zero && file[i] == std::byte{0};
  }
  return header;
}

}  // namespace aiot::model
