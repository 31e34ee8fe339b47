// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include "aiot/core/bytes.hpp"
#include "aiot/core/check.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/core/static_vector.hpp"
#include "aiot/crypto/scheme.hpp"
#include "aiot/hal/flash.hpp"
#include "aiot/update/image_format.hpp"

namespace aiot::update {

/// What an image is; the number is also the image id of dependencies (SPEC, image).
enum class ImageType : std::uint8_t { kFirmware = 0, kModel = 1 };

inline constexpr std::size_t kImageTypes = 2;

/// Ordered by major, minor, revision, build.
struct Version {
  std::uint8_t major = 0;
  std::uint8_t minor = 0;
  std::uint16_t revision = 0;
  std::uint32_t build = 0;

  // clang-tidy takes the 0 that the compiler compares with for ours.
  friend constexpr auto operator<=>(const Version&,
                                    const Version&) noexcept = default;  // NOLINT(*-use-nullptr)
};

struct ImageHeader {
  std::uint32_t load_address = 0;
  std::uint16_t header_bytes = 0;     ///< where the payload begins
  std::uint16_t protected_bytes = 0;  ///< protected TLV area; 0: there is none
  std::uint32_t payload_bytes = 0;
  std::uint32_t flags = 0;  ///< of `ImageFlag`
  Version version;
};

/// The image needs at least this version of another one.
struct Dependency {
  ImageType image = ImageType::kFirmware;
  Version minimum;
};

inline constexpr std::size_t kMaxProductBytes = 32;
inline constexpr std::size_t kMaxDependencies = 4;

/// Name of a product: printable ASCII.
class ProductName {
 public:
  constexpr ProductName() noexcept = default;

  /// A name longer than `kMaxProductBytes` is a bug of the caller.
  constexpr ProductName(std::string_view name) noexcept
      : size_(static_cast<std::uint8_t>(name.size())) {
    AIOT_CHECK(name.size() <= text_.size());
    for (std::size_t i = 0; i < name.size(); ++i) {
      text_[i] = name[i];
    }
  }

  [[nodiscard]] constexpr std::string_view view() const noexcept { return {text_.data(), size_}; }

  [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }

 private:
  std::array<char, kMaxProductBytes> text_{};
  std::uint8_t size_ = 0;
};

/// Tells images apart: the first bytes of an image's SHA-256.
using ImageId = std::array<std::byte, 16>;

/// What an image says of itself. Nothing in it is worth more than the verdict that it came with.
struct Image {
  ImageHeader header;
  Hash256 hash{};                        ///< SHA-256 of header, payload and protected TLVs
  std::optional<std::uint32_t> counter;  ///< security counter
  ImageType type = ImageType::kFirmware;
  ProductName product;  ///< empty: not stated
  StaticVector<Dependency, kMaxDependencies> dependencies;
  std::uint32_t size_bytes = 0;  ///< from the header to the end of the TLVs
};

static_assert(std::is_trivially_copyable_v<Image>);

/// Why an image is not accepted. Of several faults the first one that is met counts.
enum class ImageFault : std::uint8_t {
  kNone = 0,
  kRead,               ///< the flash failed
  kTooShort,           ///< slot, file or offer is shorter than a header
  kEmpty,              ///< the slot is erased
  kMagic,              ///< the slot is not erased, and what is in it is no image
  kOldFormat,          ///< first version of the format
  kHeaderSize,         ///< payload would begin inside of the header
  kTooLarge,           ///< header, payload and protected area do not fit into the slot
  kEncrypted,          ///< payload is encrypted
  kCompressed,         ///< payload is compressed
  kUnknownFlags,       ///< flags that this version does not know
  kRamLoad,            ///< is to be copied to RAM, and must run where it lies
  kNotBootable,        ///< is not to be started, and must be
  kAddress,            ///< runs only at another address
  kAddressUnknown,     ///< runs only at its address, and the slot's one is not known
  kTlvMagic,           ///< no TLV area where the header says
  kProtectedSize,      ///< protected area has another size than the header says: areas overlap
  kTlvAreaSize,        ///< a TLV area ends behind the slot, or inside of its own header
  kTlvLength,          ///< a TLV crosses the end of its area
  kTlvNotAllowed,      ///< a type that must not be in the unprotected area
  kTlvMisplaced,       ///< hash, key or signature in the protected area
  kTlvTwice,           ///< counter, product or type is there twice
  kDependency,         ///< a dependency of the wrong size, or on an image that does not exist
  kDependencies,       ///< more dependencies than `kMaxDependencies`
  kProduct,            ///< product is empty, too long or not printable
  kType,               ///< type of the image is of the wrong size or unknown
  kHashKind,           ///< the hash is not SHA-256
  kHashLength,         ///< hash of the wrong size
  kHashMismatch,       ///< bytes were changed, or the image is not whole
  kHashMissing,        ///< no hash
  kPureSignature,      ///< signature over the bytes, not over their hash
  kPublicKey,          ///< carries its own key
  kKeyHashLength,      ///< hash of the key is not of 32 bytes
  kTooManySignatures,  ///< more than `kMaxSignatures` of trusted keys do not match
  // From here on, the best of all signatures counts; the later, the nearer it was.
  kSignatureMissing,      ///< no signature
  kSignatureUnsupported,  ///< signatures of algorithms only that the policy does not have
  kKeyMissing,            ///< no hash of a key in front of the signature
  kKeyUnknown,            ///< signed by a key that is not trusted
  kKeyKind,               ///< the signature is of another algorithm than its key
  kKeyInvalid,            ///< the trusted key is no key of its kind; another curve, for example
  kSignatureForm,         ///< the signature does not have the form of one
  kSignatureMismatch,     ///< the signature does not match
  kCryptoMemory,          ///< the pool of the signature functions is too small
  // What a good signature does not help against.
  kCounterLength,   ///< security counter is not of 4 bytes
  kCounterMissing,  ///< no security counter in the protected area, where one is demanded
  kCounterOld,      ///< security counter is below the stored one
  // Of offers.
  kOfferTooLarge,  ///< more than `kMaxOfferBytes`
  kOfferLength,    ///< bytes behind the TLV area
  kNotFixed,       ///< names no address, and images run where they lie
};

/// What is wrong, in one sentence for tools and logs; never null.
const char* to_string(ImageFault fault) noexcept;

/// The error that stands for `fault` (kNone excepted).
Error to_error(ImageFault fault) noexcept;

struct TrustedKey {
  crypto::KeyKind kind = crypto::KeyKind::kP256;
  Bytes encoding;  ///< as `crypto::SignatureScheme::verify` takes it; its SHA-256 is the key hash
};

enum class SignatureRule : std::uint8_t {
  kRequired,
  kHashOnly,  ///< signatures are not looked at: for what comes on another trusted way
};

enum class BootRule : std::uint8_t {
  kMustBoot,  ///< images that say that they can not be started are refused
  kNeedNot,
};

/// For images that run in place: one that is linked for the other slot and does not say for which
/// would run what lies there, which nobody has verified.
enum class AddressRule : std::uint8_t {
  kAny,
  kFixed,  ///< the image has to name its address
};

struct VerifyPolicy {
  std::span<const TrustedKey> keys;
  std::span<const crypto::SignatureScheme> schemes;
  SignatureRule signature = SignatureRule::kRequired;
  std::optional<std::uint32_t> stored_counter;  ///< empty: anti-rollback is off
  std::optional<std::uint32_t> slot_address;    ///< empty: images for one address are refused
  BootRule boot = BootRule::kMustBoot;
  AddressRule address = AddressRule::kAny;
};

struct ImageVerdict {
  ImageFault fault = ImageFault::kNone;
  Image image;  ///< as far as it was read when `fault` was met

  [[nodiscard]] constexpr bool ok() const noexcept { return fault == ImageFault::kNone; }
};

/// Least size of the buffer of `verify_image`: the longest signature.
inline constexpr std::size_t kMinVerifyBuffer = 256;

/// Signatures of trusted keys that are tried, so that an image can not keep a device busy.
inline constexpr std::size_t kMaxSignatures = 4;
/// The same of offers, which anybody can send at any time.
inline constexpr std::size_t kMaxOfferSignatures = 2;

/// Largest offer that is taken.
inline constexpr std::size_t kMaxOfferBytes = 1024;

/// Verifies the image at the begin of `slot`: structure, hash, signature, policy. Each byte is read
/// once and in order, so what is judged is what was hashed; what follows the TLVs is not read.
/// `buffer`: at least `kMinVerifyBuffer` bytes; it bounds the size of reads. No heap.
[[nodiscard]] ImageVerdict verify_image(hal::FlashRef flash,
                                        const hal::FlashRegion& slot,
                                        const VerifyPolicy& policy,
                                        MutableBytes buffer) noexcept;

/// The same for an image in memory; bytes behind its TLVs do not matter.
[[nodiscard]] ImageVerdict verify_image(Bytes image,
                                        const VerifyPolicy& policy,
                                        MutableBytes buffer) noexcept;

/// Judges an image before it is sent: an offer is its first 32 bytes, then its protected and
/// unprotected TLV area exactly as they are in it. Everything is checked as `verify_image` does,
/// but the hash: the signature is checked over the hash that the offer claims, so nothing is erased
/// for an image of a stranger. Whether the payload has that hash, `verify_image` finds out.
/// Whether the image fits into a slot is for the caller, by `Image::size_bytes`.
[[nodiscard]] ImageVerdict verify_offer(Bytes offer, const VerifyPolicy& policy) noexcept;

/// What an offer says of itself, whoever signed it and wherever it is to run: for the choice of a
/// policy and for logs. Errors of its form alone.
[[nodiscard]] ImageVerdict read_offer(Bytes offer) noexcept;

/// Cuts the offer out of an image (bytes behind the TLVs do not matter) into `out`; its size.
/// Errors: `kCorrupt` the bytes are no image, or it is cut; `kNoSpace` `out` is too small.
[[nodiscard]] Result<std::size_t> make_offer(Bytes image, MutableBytes out) noexcept;

/// Reads a header from the first 32 bytes of `bytes` into `header`, and what is wrong with it by
/// itself: too short, erased, no magic, old format, size. Flags are for the policy.
[[nodiscard]] ImageFault read_header(Bytes bytes, ImageHeader& header) noexcept;

}  // namespace aiot::update
