// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/toolkit/keys.hpp"
#include "aiot/toolkit/loaded.hpp"
#include "aiot/update/image.hpp"

namespace aiot::toolkit {

/// Bytes in front of firmware: a multiple of what vector tables of Cortex-M are aligned to.
inline constexpr std::size_t kFirmwareHeaderBytes = 512;
/// Bytes in front of a model package; keeps the alignment of packages.
inline constexpr std::size_t kModelHeaderBytes = 32;

/// What a trailer asks other boot loaders for; aiot's own never reads one.
enum class Trailer : std::uint8_t {
  kNone,
  kPad,      ///< magic: try the image once
  kConfirm,  ///< magic and image_ok: keep it
};

/// A TLV of a vendor, protected.
struct VendorTlv {
  std::uint16_t type = 0;  ///< low byte 0xA0 to 0xFF
  std::vector<std::byte> value;
};

/// Everything that an image says, and how it lies in its slot.
struct ImageSpec {
  update::Version version;
  std::size_t header_bytes = kFirmwareHeaderBytes;  ///< 32 to 65535
  std::optional<update::ImageType> type;            ///< as TLV; without, firmware
  std::string product;                              ///< as TLV; empty: not stated
  std::optional<std::uint32_t> security_counter;
  std::vector<update::Dependency> dependencies;  ///< at most update::kMaxDependencies
  std::vector<VendorTlv> vendor;
  std::optional<std::uint32_t> load_address;  ///< the image runs only there (ROM_FIXED)
  bool bootable = true;
  std::size_t slot_bytes = 0;  ///< 0: not stated, so the size is not checked
  Trailer trailer = Trailer::kNone;
  std::size_t alignment = 8;  ///< of the trailer's writes: 8, 16 or 32
};

/// The bytes of an MCUboot image (SPEC, image) around `payload`, signed by `key`, or with a hash
/// only when it is null. TLVs in the order of imgtool: counter, dependencies, product, type,
/// vendor; hash, hash of the key, signature. What it returns passes `update::verify_image`.
Loaded<std::vector<std::byte>> sign_image(Bytes payload,
                                          const ImageSpec& spec,
                                          const PrivateKey* key);

/// "1.2.3", "1.2.3+4" or "1.2"; nothing when it is something else or a number is too large.
std::optional<update::Version> parse_version(std::string_view text);

/// "1.2.3", or "1.2.3+4" where build is not zero.
std::string version_text(const update::Version& version);

/// "firmware", "model"
const char* image_type_name(update::ImageType type) noexcept;

/// The type of that name, or nothing.
std::optional<update::ImageType> parse_image_type(std::string_view name) noexcept;

/// The 16 bytes that end a trailer whose writes have this alignment (8, 16 or 32).
std::vector<std::byte> trailer_magic(std::size_t alignment);

/// Where image_ok lies, counted back from the end of the slot.
std::size_t image_ok_distance(std::size_t alignment);

}  // namespace aiot::toolkit
