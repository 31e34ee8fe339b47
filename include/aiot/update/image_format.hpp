// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// Numbers of the MCUboot image format; everything is little-endian. The layout is in SPEC, image.
namespace aiot::update {

inline constexpr std::uint32_t kImageMagic = 0x96F3B83DU;
inline constexpr std::uint32_t kOldImageMagic = 0x96F3B83CU;  ///< first version of the format
inline constexpr std::size_t kImageHeaderBytes = 32;          ///< of it that are used

/// Offsets of the header's fields.
inline constexpr std::size_t kHeaderMagicOffset = 0;
inline constexpr std::size_t kHeaderLoadAddressOffset = 4;
inline constexpr std::size_t kHeaderSizeOffset = 8;            ///< u16
inline constexpr std::size_t kHeaderProtectedSizeOffset = 10;  ///< u16
inline constexpr std::size_t kHeaderPayloadSizeOffset = 12;
inline constexpr std::size_t kHeaderFlagsOffset = 16;
inline constexpr std::size_t kHeaderVersionOffset = 20;  ///< u8, u8, u16, u32
inline constexpr std::size_t kVersionBytes = 8;

enum ImageFlag : std::uint32_t {
  kImagePic = 0x01,           ///< position independent; without meaning
  kImageAes128 = 0x04,        ///< payload is encrypted
  kImageAes256 = 0x08,        ///< payload is encrypted
  kImageNotBootable = 0x10,   ///< verifies, but is not to be started
  kImageRamLoad = 0x20,       ///< to be copied to its load address
  kImageRomFixed = 0x100,     ///< runs only at its load address
  kImageLzma1 = 0x200,        ///< payload is compressed
  kImageLzma2 = 0x400,        ///< payload is compressed
  kImageThumbFilter = 0x800,  ///< payload was filtered before compression
};

/// Each TLV area begins with u16 magic, u16 bytes including these four; each TLV with u16 type,
/// u16 bytes of its value.
inline constexpr std::uint16_t kPlainTlvMagic = 0x6907;
inline constexpr std::uint16_t kProtectedTlvMagic = 0x6908;
inline constexpr std::size_t kTlvHeaderBytes = 4;

inline constexpr std::uint16_t kTlvKeyHash = 0x01;
inline constexpr std::uint16_t kTlvPublicKey = 0x02;
inline constexpr std::uint16_t kTlvSha256 = 0x10;
inline constexpr std::uint16_t kTlvSha384 = 0x11;
inline constexpr std::uint16_t kTlvSha512 = 0x12;
inline constexpr std::uint16_t kTlvRsa2048Pss = 0x20;
inline constexpr std::uint16_t kTlvEcdsa = 0x22;
inline constexpr std::uint16_t kTlvRsa3072Pss = 0x23;
inline constexpr std::uint16_t kTlvEd25519 = 0x24;
inline constexpr std::uint16_t kTlvPureSignature = 0x25;
inline constexpr std::uint16_t kTlvFirstEncryption = 0x30;
inline constexpr std::uint16_t kTlvLastEncryption = 0x34;
inline constexpr std::uint16_t kTlvDependency = 0x40;  ///< u8 image, 3 zero bytes, version
inline constexpr std::uint16_t kTlvSecurityCounter = 0x50;
inline constexpr std::uint16_t kTlvBootRecord = 0x60;

/// Of aiot, in the range for vendors, protected. The product (hardware) that the image is made for:
/// 1 to 32 bytes of printable ASCII.
inline constexpr std::uint16_t kTlvProduct = 0x41A0;
/// Of aiot, protected. One byte, an `ImageType`; an image without it is firmware.
inline constexpr std::uint16_t kTlvType = 0x41A1;

}  // namespace aiot::update
