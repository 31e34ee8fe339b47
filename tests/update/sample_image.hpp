// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/check.hpp"
#include "aiot/crypto/der.hpp"
#include "aiot/crypto/pool.hpp"
#include "aiot/crypto/sha256.hpp"
#include "aiot/crypto/signature.hpp"
#include "aiot/hal/flash.hpp"
#include "aiot/update/image.hpp"
#include "tests/support/hex.hpp"
#include "tests/update/fast_scheme.hpp"

/// Small images in the caller's memory, on host and boards, signed with keys that everybody knows.
/// `make_sample` for whole ones; `ImageBuilder` for those with parts that nobody would write.
namespace aiot::update_test {

/// RFC 6979, A.2.5.
inline constexpr Hex<32> kSampleSecret(
    "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
inline constexpr Hex<91> kSampleKey(
    "3059301306072A8648CE3D020106082A8648CE3D030107034200"
    "04 60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299");

/// A key that nobody trusts: the secret is 1, so its point is the base point of the curve.
inline constexpr Hex<32> kStrangerSecret(
    "0000000000000000000000000000000000000000000000000000000000000001");
inline constexpr Hex<91> kStrangerKey(
    "3059301306072A8648CE3D020106082A8648CE3D030107034200"
    "04 6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
    "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5");

/// `kSampleKey` as a policy names it.
inline update::TrustedKey sample_trusted_key() noexcept {
  return {crypto::KeyKind::kP256, kSampleKey};
}

/// Lends the signature functions their memory; once before the first image with a real signature.
inline void lend_sample_pool() noexcept {
  alignas(8) static std::array<std::byte, crypto::kPoolBytes> pool;
  crypto::lend_pool(pool);
}

/// Writes the parts of an image one after the other. Memory that is too small ends in AIOT_CHECK.
class ImageBuilder {
 public:
  explicit ImageBuilder(MutableBytes memory) noexcept : memory_(memory) {}

  /// 32 bytes, and zeros up to `header_bytes` if it is larger.
  ImageBuilder& header(const update::ImageHeader& header,
                       std::uint32_t magic = update::kImageMagic) noexcept {
    const MutableBytes out = grow(update::kImageHeaderBytes);
    std::ranges::fill(out, std::byte{0});
    store_le32(&out[update::kHeaderMagicOffset], magic);
    store_le32(&out[update::kHeaderLoadAddressOffset], header.load_address);
    store_le16(&out[update::kHeaderSizeOffset], header.header_bytes);
    store_le16(&out[update::kHeaderProtectedSizeOffset], header.protected_bytes);
    store_le32(&out[update::kHeaderPayloadSizeOffset], header.payload_bytes);
    store_le32(&out[update::kHeaderFlagsOffset], header.flags);
    put_version(header.version, &out[update::kHeaderVersionOffset]);
    while (size_ < header.header_bytes) {
      grow(1)[0] = std::byte{0};
    }
    return *this;
  }

  ImageBuilder& append(Bytes bytes) noexcept {
    std::ranges::copy(bytes, grow(bytes.size()).begin());
    return *this;
  }

  /// `size` bytes that look random, others for each seed.
  ImageBuilder& payload(std::uint32_t size, std::uint32_t seed) noexcept {
    std::uint32_t state = seed * 2654435761U + 12345U;
    for (std::byte& b : grow(size)) {
      state = state * 1664525U + 1013904223U;
      b = static_cast<std::byte>(state >> 24U);
    }
    return *this;
  }

  /// Begins a TLV area; `end_area` puts its size in.
  ImageBuilder& begin_area(std::uint16_t magic) noexcept {
    area_ = size_;
    const MutableBytes out = grow(update::kTlvHeaderBytes);
    store_le16(out.data(), magic);
    store_le16(&out[2], 0);
    return *this;
  }

  ImageBuilder& end_area() noexcept {
    store_le16(&memory_[area_ + 2], static_cast<std::uint16_t>(size_ - area_));
    return *this;
  }

  ImageBuilder& tlv(std::uint16_t type, Bytes value) noexcept {
    const MutableBytes out = grow(update::kTlvHeaderBytes);
    store_le16(out.data(), type);
    store_le16(&out[2], static_cast<std::uint16_t>(value.size()));
    return append(value);
  }

  ImageBuilder& tlv_u32(std::uint16_t type, std::uint32_t value) noexcept {
    std::array<std::byte, 4> bytes{};
    store_le32(bytes.data(), value);
    return tlv(type, bytes);
  }

  ImageBuilder& dependency(std::uint8_t image, const update::Version& minimum) noexcept {
    std::array<std::byte, 12> bytes{};
    bytes[0] = std::byte{image};
    put_version(minimum, &bytes[4]);
    return tlv(update::kTlvDependency, bytes);
  }

  /// Ends what is hashed and signed: everything so far.
  ImageBuilder& seal() noexcept {
    digest_ = crypto::sha256(memory_.first(size_));
    return *this;
  }

  ImageBuilder& hash() noexcept { return tlv(update::kTlvSha256, digest_); }

  ImageBuilder& key_hash(Bytes key) noexcept {
    return tlv(update::kTlvKeyHash, crypto::sha256(key));
  }

  ImageBuilder& sign_p256(Bytes secret) noexcept {
    std::array<std::byte, crypto::kMaxEcdsaDerBytes> der{};
    const auto signature = crypto::sign_p256(secret, digest_);
    const std::size_t size = crypto::encode_ecdsa(*signature, der);
    return tlv(update::kTlvEcdsa, Bytes(der).first(size));
  }

  ImageBuilder& sign_fast() noexcept { return tlv(update::kTlvEcdsa, fast_sign(digest_)); }

  [[nodiscard]] const Hash256& digest() const noexcept { return digest_; }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  [[nodiscard]] MutableBytes image() const noexcept { return memory_.first(size_); }

 private:
  static void put_version(const update::Version& version, std::byte* out) noexcept {
    out[0] = std::byte{version.major};
    out[1] = std::byte{version.minor};
    store_le16(out + 2, version.revision);
    store_le32(out + 4, version.build);
  }

  MutableBytes grow(std::size_t size) noexcept {
    AIOT_CHECK(size <= memory_.size() - size_);
    size_ += size;
    return memory_.subspan(size_ - size, size);
  }

  MutableBytes memory_;
  std::size_t size_ = 0;
  std::size_t area_ = 0;
  Hash256 digest_{};
};

enum class Signer : std::uint8_t {
  kFast,      ///< `fast_scheme.hpp`
  kP256,      ///< `kSampleSecret`; `lend_sample_pool` first
  kStranger,  ///< `kStrangerSecret`; `lend_sample_pool` first
  kNobody,    ///< hash only
  kTwice,     ///< by somebody unknown, then as `kFast`
};

/// A well-formed image.
struct SampleSpec {
  std::uint16_t header_bytes = 64;
  std::uint32_t payload_bytes = 500;
  std::uint32_t seed = 1;  ///< of the payload
  Bytes payload;           ///< instead of `payload_bytes` and `seed`
  std::uint32_t load_address = 0;
  std::uint32_t flags = 0;
  update::Version version{1, 2, 3, 4};
  std::optional<std::uint32_t> counter;
  std::optional<update::ImageType> type;
  std::string_view product;
  std::span<const update::Dependency> dependencies;
  Signer signer = Signer::kFast;
};

inline std::uint16_t protected_size(const SampleSpec& spec) noexcept {
  std::size_t size = spec.counter ? 8U : 0U;
  size += spec.type ? 5U : 0U;
  size += spec.product.empty() ? 0 : 4 + spec.product.size();
  size += 16 * spec.dependencies.size();
  return static_cast<std::uint16_t>(size == 0 ? 0 : size + 4);
}

inline void put_protected(ImageBuilder& image, const SampleSpec& spec) noexcept {
  if (protected_size(spec) == 0) {
    return;
  }
  image.begin_area(update::kProtectedTlvMagic);
  if (spec.counter) {
    image.tlv_u32(update::kTlvSecurityCounter, *spec.counter);
  }
  for (const update::Dependency& dependency : spec.dependencies) {
    image.dependency(static_cast<std::uint8_t>(dependency.image), dependency.minimum);
  }
  if (!spec.product.empty()) {
    image.tlv(update::kTlvProduct, as_bytes(spec.product.data(), spec.product.size()));
  }
  if (spec.type) {
    const std::array<std::byte, 1> type = {static_cast<std::byte>(*spec.type)};
    image.tlv(update::kTlvType, type);
  }
  image.end_area();
}

/// The image of `spec`, at the begin of `memory`.
inline MutableBytes make_sample(const SampleSpec& spec, MutableBytes memory) noexcept {
  ImageBuilder image(memory);
  const auto payload_bytes = static_cast<std::uint32_t>(spec.payload.size());
  image.header({.load_address = spec.load_address,
                .header_bytes = spec.header_bytes,
                .protected_bytes = protected_size(spec),
                .payload_bytes = spec.payload.empty() ? spec.payload_bytes : payload_bytes,
                .flags = spec.flags,
                .version = spec.version});
  if (spec.payload.empty()) {
    image.payload(spec.payload_bytes, spec.seed);
  } else {
    image.append(spec.payload);
  }
  put_protected(image, spec);
  image.seal().begin_area(update::kPlainTlvMagic).hash();
  switch (spec.signer) {
    case Signer::kFast:
      image.key_hash(fast_key()).sign_fast();
      break;
    case Signer::kP256:
      image.key_hash(kSampleKey).sign_p256(kSampleSecret);
      break;
    case Signer::kStranger:
      image.key_hash(kStrangerKey).sign_p256(kStrangerSecret);
      break;
    case Signer::kNobody:
      break;
    case Signer::kTwice:
      image.key_hash(kStrangerKey).sign_fast().key_hash(fast_key()).sign_fast();
      break;
  }
  return image.end_area().image();
}

/// Erases the sectors that `image` takes in `slot` and writes it there. Errors: of the flash.
inline Status write_sample(hal::FlashRef flash,
                           const hal::FlashRegion& slot,
                           Bytes image) noexcept {
  const hal::FlashGeometry geometry = flash.geometry();
  for (std::uint32_t at = 0; at < image.size(); at += geometry.sector) {
    AIOT_TRY(flash.erase(slot.offset + at));
  }
  std::array<std::byte, 256> piece{};
  const std::size_t step = std::min<std::size_t>(geometry.page, piece.size());
  for (std::uint32_t at = 0; at < image.size(); at += static_cast<std::uint32_t>(step)) {
    const Bytes part = image.subspan(at, std::min<std::size_t>(step, image.size() - at));
    std::ranges::fill(piece, geometry.erased);
    std::ranges::copy(part, piece.begin());
    const std::size_t size =
        (part.size() + geometry.program - 1) / geometry.program * geometry.program;
    AIOT_TRY(flash.program(slot.offset + at, Bytes(piece).first(size)));
  }
  return flash.sync();
}

}  // namespace aiot::update_test
