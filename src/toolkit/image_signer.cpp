// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/image_signer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "aiot/crypto/sha256.hpp"
#include "aiot/update/image_format.hpp"
#include "aiot/update/version_text.hpp"

namespace aiot::toolkit {

namespace {

using update::ImageType;
using update::Version;

constexpr std::size_t kMagicBytes = 16;
/// Sectors that the status area of other boot loaders is made for, and its records for each.
constexpr std::size_t kStatusRecords = std::size_t{128} * 3;
/// Granules of swap size, swap info, copy_done and image_ok.
constexpr std::size_t kTrailerFlags = 4;
constexpr std::byte kErased{0xFF};
constexpr std::byte kFlagSet{0x01};
constexpr std::size_t kLargestU16 = std::numeric_limits<std::uint16_t>::max();

void put16(std::vector<std::byte>& out, std::size_t value) {
  out.push_back(static_cast<std::byte>(value & 0xFFU));
  out.push_back(static_cast<std::byte>(value >> 8U & 0xFFU));
}

void put32(std::vector<std::byte>& out, std::uint32_t value) {
  put16(out, value & 0xFFFFU);
  put16(out, value >> 16U);
}

void put_version(std::vector<std::byte>& out, const Version& version) {
  out.push_back(std::byte{version.major});
  out.push_back(std::byte{version.minor});
  put16(out, version.revision);
  put32(out, version.build);
}

void append(std::vector<std::byte>& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void put_tlv(std::vector<std::byte>& area, std::uint16_t type, Bytes value) {
  put16(area, type);
  put16(area, value.size());
  append(area, value);
}

/// The TLVs that the hash covers, without the header of their area.
std::vector<std::byte> protected_tlvs(const ImageSpec& spec) {
  std::vector<std::byte> area;
  if (spec.security_counter) {
    std::vector<std::byte> value;
    put32(value, *spec.security_counter);
    put_tlv(area, update::kTlvSecurityCounter, value);
  }
  for (const update::Dependency& dependency : spec.dependencies) {
    std::vector<std::byte> value;
    put32(value, static_cast<std::uint32_t>(dependency.image));
    put_version(value, dependency.minimum);
    put_tlv(area, update::kTlvDependency, value);
  }
  if (!spec.product.empty()) {
    put_tlv(area, update::kTlvProduct, as_bytes(spec.product.data(), spec.product.size()));
  }
  if (spec.type) {
    const std::array value{static_cast<std::byte>(*spec.type)};
    put_tlv(area, update::kTlvType, value);
  }
  for (const VendorTlv& tlv : spec.vendor) {
    put_tlv(area, tlv.type, tlv.value);
  }
  return area;
}

void put_area(std::vector<std::byte>& image, std::uint16_t magic, Bytes tlvs) {
  put16(image, magic);
  put16(image, tlvs.size() + update::kTlvHeaderBytes);
  append(image, tlvs);
}

std::uint16_t signature_type(crypto::KeyKind kind) {
  switch (kind) {
    case crypto::KeyKind::kP256:
      return update::kTlvEcdsa;
    case crypto::KeyKind::kRsa2048:
      return update::kTlvRsa2048Pss;
    case crypto::KeyKind::kEd25519:
      break;
  }
  return update::kTlvEd25519;
}

std::size_t align_up(std::size_t value, std::size_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

std::size_t trailer_bytes(std::size_t alignment) {
  return (kStatusRecords + kTrailerFlags) * alignment + align_up(kMagicBytes, alignment);
}

bool printable_ascii(char c) {
  return c >= ' ' && c <= '~';
}

/// What is wrong with what an image shall say, or nothing.
std::optional<Problem> problem_of(Bytes payload, const ImageSpec& spec) {
  if (payload.empty()) {
    return Problem{"the payload is empty; name the file that the image shall carry"};
  }
  if (spec.header_bytes < update::kImageHeaderBytes || spec.header_bytes > kLargestU16) {
    return Problem{"a header has 32 to 65535 bytes; choose another size"};
  }
  if (spec.product.size() > update::kMaxProductBytes ||
      !std::ranges::all_of(spec.product, printable_ascii)) {
    return Problem{"a product is 1 to 32 characters of printable ASCII; choose another name"};
  }
  if (spec.dependencies.size() > update::kMaxDependencies) {
    return Problem{"more than 4 dependencies; name the newest of each image"};
  }
  for (const VendorTlv& tlv : spec.vendor) {
    if ((tlv.type & 0xFFU) < 0xA0 || tlv.type == update::kTlvProduct ||
        tlv.type == update::kTlvType || tlv.value.size() > kLargestU16) {
      return Problem{"a TLV of a vendor has a type of 0xXXA0 to 0xXXFF, and none of aiot's"};
    }
  }
  if (spec.alignment != 8 && spec.alignment != 16 && spec.alignment != 32) {
    return Problem{"the alignment of a trailer is 8, 16 or 32"};
  }
  if (spec.trailer != Trailer::kNone && spec.slot_bytes == 0) {
    return Problem{"a trailer ends the slot; state the size of the slot"};
  }
  if (spec.trailer != Trailer::kNone && spec.slot_bytes % spec.alignment != 0) {
    return Problem{"the size of the slot is no multiple of the alignment; choose another one"};
  }
  return std::nullopt;
}

std::optional<Problem> add_trailer(std::vector<std::byte>& image, const ImageSpec& spec) {
  const bool wanted = spec.trailer != Trailer::kNone;
  const std::size_t trailer = wanted ? trailer_bytes(spec.alignment) : 0;
  if (spec.slot_bytes != 0 && image.size() + trailer > spec.slot_bytes) {
    return Problem{"the image of " + std::to_string(image.size()) + " bytes" +
                   (wanted ? " and its trailer of " + std::to_string(trailer) + " bytes do"
                           : std::string(" does")) +
                   " not fit into a slot of " + std::to_string(spec.slot_bytes) +
                   " bytes; make the payload smaller or the slot larger"};
  }
  if (wanted) {
    image.resize(spec.slot_bytes, kErased);
    std::ranges::copy(trailer_magic(spec.alignment), image.end() - kMagicBytes);
  }
  if (spec.trailer == Trailer::kConfirm) {
    image[image.size() - image_ok_distance(spec.alignment)] = kFlagSet;
  }
  return std::nullopt;
}

/// Takes a decimal number from the begin of `text`.
template <class T>
bool take_number(std::string_view& text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc();
}

bool take_char(std::string_view& text, char c) {
  const bool found = text.starts_with(c);
  text.remove_prefix(found ? 1 : 0);
  return found;
}

}  // namespace

Loaded<std::vector<std::byte>> sign_image(Bytes payload,
                                          const ImageSpec& spec,
                                          const PrivateKey* key) {
  if (auto problem = problem_of(payload, spec)) {
    return *problem;
  }
  const std::vector<std::byte> tlvs = protected_tlvs(spec);
  const std::size_t protected_bytes = tlvs.empty() ? 0 : tlvs.size() + update::kTlvHeaderBytes;
  // All of an image is found by 32-bit numbers.
  constexpr std::size_t kLargest = std::numeric_limits<std::uint32_t>::max() - 4 * kLargestU16;
  if (protected_bytes > kLargestU16 || payload.size() > kLargest) {
    return Problem{"more than an image can hold; make it smaller"};
  }
  std::uint32_t flags = spec.bootable ? 0U : std::uint32_t{update::kImageNotBootable};
  flags |= spec.load_address ? std::uint32_t{update::kImageRomFixed} : 0U;
  std::vector<std::byte> image;
  put32(image, update::kImageMagic);
  put32(image, spec.load_address.value_or(0));
  put16(image, spec.header_bytes);
  put16(image, protected_bytes);
  put32(image, static_cast<std::uint32_t>(payload.size()));
  put32(image, flags);
  put_version(image, spec.version);
  image.resize(update::kImageHeaderBytes);
  image.resize(spec.header_bytes, spec.header_padding);
  append(image, payload);
  if (!tlvs.empty()) {
    put_area(image, update::kProtectedTlvMagic, tlvs);
  }
  const Hash256 hash = crypto::sha256(image);
  std::vector<std::byte> plain;
  put_tlv(plain, update::kTlvSha256, hash);
  if (key != nullptr) {
    const auto signature = sign_digest(*key, hash);
    if (!signature.ok()) {
      return signature.problem();
    }
    put_tlv(plain, update::kTlvKeyHash, key_hash(key->public_key()));
    put_tlv(plain, signature_type(key->kind()), *signature);
  }
  put_area(image, update::kPlainTlvMagic, plain);
  if (auto problem = add_trailer(image, spec)) {
    return *problem;
  }
  return image;
}

std::optional<Version> parse_version(std::string_view text) {
  Version version;
  if (!take_number(text, version.major) || !take_char(text, '.') ||
      !take_number(text, version.minor)) {
    return std::nullopt;
  }
  if (take_char(text, '.') && !take_number(text, version.revision)) {
    return std::nullopt;
  }
  if (take_char(text, '+') && !take_number(text, version.build)) {
    return std::nullopt;
  }
  return text.empty() ? std::optional(version) : std::nullopt;
}

std::string version_text(const Version& version) {
  return std::string(update::VersionText(version).view());
}

const char* image_type_name(ImageType type) noexcept {
  return type == ImageType::kModel ? "model" : "firmware";
}

std::optional<ImageType> parse_image_type(std::string_view name) noexcept {
  for (const ImageType type : {ImageType::kFirmware, ImageType::kModel}) {
    if (name == image_type_name(type)) {
      return type;
    }
  }
  return std::nullopt;
}

std::vector<std::byte> trailer_magic(std::size_t alignment) {
  constexpr auto kMagic8 = std::to_array<std::uint8_t>({0x77,
                                                        0xC2,
                                                        0x95,
                                                        0xF3,
                                                        0x60,
                                                        0xD2,
                                                        0xEF,
                                                        0x7F,
                                                        0x35,
                                                        0x52,
                                                        0x50,
                                                        0x0F,
                                                        0x2C,
                                                        0xB6,
                                                        0x79,
                                                        0x80});
  constexpr auto kMagicEnd = std::to_array<std::uint8_t>(
      {0x2D, 0xE1, 0x5D, 0x29, 0x41, 0x0B, 0x8D, 0x77, 0x67, 0x9C, 0x11, 0x0F, 0x1F, 0x8A});
  std::vector<std::byte> magic;
  if (alignment != 8) {
    put16(magic, alignment);
    append(magic, std::as_bytes(std::span(kMagicEnd)));
  } else {
    append(magic, std::as_bytes(std::span(kMagic8)));
  }
  return magic;
}

std::size_t image_ok_distance(std::size_t alignment) {
  return align_up(kMagicBytes, alignment) + alignment;
}

}  // namespace aiot::toolkit
