// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/image.hpp"

#include <algorithm>

#include "aiot/crypto/compare.hpp"
#include "src/update/image_verifier.hpp"

namespace aiot::update {
namespace {

constexpr std::uint32_t kHashBytes = 32;
constexpr std::uint32_t kCounterBytes = 4;
constexpr std::uint32_t kDependencyBytes = 12;
constexpr std::uint32_t kKnownFlags = kImagePic | kImageAes128 | kImageAes256 | kImageNotBootable |
                                      kImageRamLoad | kImageRomFixed | kImageLzma1 | kImageLzma2 |
                                      kImageThumbFilter;

/// Bits of `seen_`.
enum Once : std::uint8_t { kOnceCounter = 1, kOnceProduct = 2, kOnceType = 4 };

Version version_at(const std::byte* p) noexcept {
  return {std::to_integer<std::uint8_t>(p[0]),
          std::to_integer<std::uint8_t>(p[1]),
          load_le16(p + 2),
          load_le32(p + 4)};
}

bool is_signature(std::uint16_t type) noexcept {
  return type >= kTlvRsa2048Pss && type <= kTlvEd25519;
}

/// The key that makes signatures of TLV `type`; false: none that this library knows.
bool kind_of(std::uint16_t type, crypto::KeyKind& kind) noexcept {
  switch (type) {
    case kTlvEcdsa:
      kind = crypto::KeyKind::kP256;
      return true;
    case kTlvRsa2048Pss:
      kind = crypto::KeyKind::kRsa2048;
      return true;
    case kTlvEd25519:
      kind = crypto::KeyKind::kEd25519;
      return true;
    default:
      return false;
  }
}

const crypto::SignatureScheme* scheme_for(std::uint16_t type, const VerifyPolicy& policy) noexcept {
  crypto::KeyKind kind{};
  if (kind_of(type, kind)) {
    for (const crypto::SignatureScheme& scheme : policy.schemes) {
      if (scheme.kind == kind) {
        return &scheme;
      }
    }
  }
  return nullptr;
}

}  // namespace

ImageFault read_header(Bytes bytes, ImageHeader& header) noexcept {
  if (bytes.size() < kImageHeaderBytes) {
    return ImageFault::kTooShort;
  }
  const std::byte* const p = bytes.data();
  header = {load_le32(p + kHeaderLoadAddressOffset),
            load_le16(p + kHeaderSizeOffset),
            load_le16(p + kHeaderProtectedSizeOffset),
            load_le32(p + kHeaderPayloadSizeOffset),
            load_le32(p + kHeaderFlagsOffset),
            version_at(p + kHeaderVersionOffset)};
  switch (load_le32(p + kHeaderMagicOffset)) {
    case kImageMagic:
      break;
    case kOldImageMagic:
      return ImageFault::kOldFormat;
    case 0xFFFFFFFFU:  // erased flash, or a file that was never written
    case 0:
      return ImageFault::kEmpty;
    default:
      return ImageFault::kMagic;
  }
  return header.header_bytes < kImageHeaderBytes ? ImageFault::kHeaderSize : ImageFault::kNone;
}

ImageVerifier::ImageVerifier(hal::FlashRef flash,
                             const hal::FlashRegion& slot,
                             const VerifyPolicy& policy,
                             MutableBytes buffer,
                             ImageVerdict& verdict) noexcept
    : flash_(flash), slot_(slot), policy_(policy), buffer_(buffer), verdict_(verdict) {
  AIOT_CHECK(buffer.size() >= kMinVerifyBuffer);
}

void ImageVerifier::verify() noexcept {
  (void)(header() && areas(nullptr) && judge());
}

void ImageVerifier::verify_claim(const Hash256& claimed) noexcept {
  tried_ = kMaxSignatures - kMaxOfferSignatures;
  (void)(header() && areas(&claimed) && judge());
}

bool ImageVerifier::fail(ImageFault fault) noexcept {
  verdict_.fault = fault;
  return false;
}

/// The next `bytes` of the slot into the begin of the buffer. The caller has checked the sizes.
bool ImageVerifier::fetch(std::uint32_t bytes) noexcept {
  const MutableBytes out = buffer_.first(bytes);
  if (!flash_.read(slot_.offset + at_, out).ok()) {
    return fail(ImageFault::kRead);
  }
  at_ += bytes;
  if (hashing_) {
    sha_.update(out);
  }
  return true;
}

bool ImageVerifier::skip(std::uint32_t bytes) noexcept {
  while (bytes > 0) {
    const auto piece = std::min(bytes, static_cast<std::uint32_t>(buffer_.size()));
    if (!fetch(piece)) {
      return false;
    }
    bytes -= piece;
  }
  return true;
}

bool ImageVerifier::header() noexcept {
  if (slot_.size < kImageHeaderBytes) {
    return fail(ImageFault::kTooShort);
  }
  if (!fetch(kImageHeaderBytes)) {
    return false;
  }
  ImageHeader& header = verdict_.image.header;
  const ImageFault fault = read_header(buffer_.first(kImageHeaderBytes), header);
  if (fault != ImageFault::kNone) {
    return fail(fault);
  }
  // The sum of the small ones can not overflow, and what is left of the slot is compared.
  const std::uint32_t around = header.header_bytes + std::uint32_t{header.protected_bytes};
  if (slot_.size <= around || slot_.size - around <= header.payload_bytes) {
    return fail(ImageFault::kTooLarge);
  }
  return flags();
}

bool ImageVerifier::flags() noexcept {
  const ImageHeader& header = verdict_.image.header;
  const std::uint32_t flags = header.flags;
  if ((flags & ~kKnownFlags) != 0) {
    return fail(ImageFault::kUnknownFlags);
  }
  if ((flags & (kImageAes128 | kImageAes256)) != 0) {
    return fail(ImageFault::kEncrypted);
  }
  if ((flags & (kImageLzma1 | kImageLzma2 | kImageThumbFilter)) != 0) {
    return fail(ImageFault::kCompressed);
  }
  if (policy_.boot == BootRule::kMustBoot) {
    if ((flags & kImageNotBootable) != 0) {
      return fail(ImageFault::kNotBootable);
    }
    if ((flags & kImageRamLoad) != 0) {
      return fail(ImageFault::kRamLoad);
    }
  }
  if ((flags & kImageRomFixed) != 0) {
    if (!policy_.slot_address) {
      return fail(ImageFault::kAddressUnknown);
    }
    if (*policy_.slot_address != header.load_address) {
      return fail(ImageFault::kAddress);
    }
  } else if (policy_.address == AddressRule::kFixed) {
    return fail(ImageFault::kNotFixed);
  }
  return true;
}

bool ImageVerifier::areas(const Hash256* claimed) noexcept {
  const ImageHeader& header = verdict_.image.header;
  Hash256& hash = verdict_.image.hash;
  const std::uint32_t body = header.header_bytes + header.payload_bytes;
  if (claimed != nullptr) {
    hash = *claimed;
    hashing_ = false;
    at_ = body;
  } else if (!skip(body - at_)) {
    return false;
  }
  if (header.protected_bytes != 0 && !area(true)) {
    return false;
  }
  if (claimed == nullptr) {
    hash = sha_.finish();
    hashing_ = false;
  }
  return area(false);
}

/// One TLV area with its four bytes; `guarded`: the protected one.
bool ImageVerifier::area(bool guarded) noexcept {
  const std::uint32_t left = slot_.size - at_;
  if (left < kTlvHeaderBytes) {
    return fail(ImageFault::kTlvAreaSize);
  }
  if (!fetch(kTlvHeaderBytes)) {
    return false;
  }
  if (load_le16(buffer_.data()) != (guarded ? kProtectedTlvMagic : kPlainTlvMagic)) {
    return fail(ImageFault::kTlvMagic);
  }
  const std::uint32_t total = load_le16(&buffer_[2]);
  if (guarded && total != verdict_.image.header.protected_bytes) {
    return fail(ImageFault::kProtectedSize);
  }
  if (total < kTlvHeaderBytes || total > left) {
    return fail(ImageFault::kTlvAreaSize);
  }
  const std::uint32_t end = at_ - static_cast<std::uint32_t>(kTlvHeaderBytes) + total;
  while (at_ != end) {
    if (end - at_ < kTlvHeaderBytes) {
      return fail(ImageFault::kTlvLength);
    }
    if (!fetch(kTlvHeaderBytes)) {
      return false;
    }
    const std::uint16_t type = load_le16(buffer_.data());
    const std::uint16_t length = load_le16(&buffer_[2]);
    if (length > end - at_) {
      return fail(ImageFault::kTlvLength);
    }
    if (!(guarded ? protected_tlv(type, length) : plain_tlv(type, length))) {
      return false;
    }
  }
  verdict_.image.size_bytes = end;
  return true;
}

bool ImageVerifier::protected_tlv(std::uint16_t type, std::uint16_t length) noexcept {
  std::uint8_t once = 0;
  switch (type) {
    case kTlvSecurityCounter:
      once = kOnceCounter;
      break;
    case kTlvProduct:
      once = kOnceProduct;
      break;
    case kTlvType:
      once = kOnceType;
      break;
    case kTlvDependency:
      return dependency(length);
    case kTlvKeyHash:
    case kTlvPublicKey:
    case kTlvSha256:
    case kTlvSha384:
    case kTlvSha512:
    case kTlvPureSignature:
      return fail(ImageFault::kTlvMisplaced);
    default:
      // Boot record, UUIDs, what vendors add: signed, and nothing to this library.
      return is_signature(type) ? fail(ImageFault::kTlvMisplaced) : skip(length);
  }
  if ((seen_ & once) != 0) {
    return fail(ImageFault::kTlvTwice);
  }
  seen_ = static_cast<std::uint8_t>(seen_ | once);
  return once == kOnceCounter   ? counter(length)
         : once == kOnceProduct ? product(length)
                                : this->type(length);
}

bool ImageVerifier::counter(std::uint16_t length) noexcept {
  if (length != kCounterBytes) {
    // Matters only to who asks for a counter.
    counter_fault_ = ImageFault::kCounterLength;
    return skip(length);
  }
  if (!fetch(length)) {
    return false;
  }
  verdict_.image.counter = load_le32(buffer_.data());
  return true;
}

bool ImageVerifier::dependency(std::uint16_t length) noexcept {
  if (length != kDependencyBytes) {
    return fail(ImageFault::kDependency);
  }
  if (!fetch(length)) {
    return false;
  }
  const auto image = std::to_integer<std::uint8_t>(buffer_[0]);
  if (image >= kImageTypes) {
    return fail(ImageFault::kDependency);
  }
  const Dependency dependency{static_cast<ImageType>(image), version_at(&buffer_[4])};
  return verdict_.image.dependencies.push_back(dependency) || fail(ImageFault::kDependencies);
}

bool ImageVerifier::product(std::uint16_t length) noexcept {
  if (length == 0 || length > kMaxProductBytes) {
    return fail(ImageFault::kProduct);
  }
  if (!fetch(length)) {
    return false;
  }
  const std::string_view name(reinterpret_cast<const char*>(buffer_.data()), length);
  for (const char c : name) {
    if (c < ' ' || c > '~') {
      return fail(ImageFault::kProduct);
    }
  }
  verdict_.image.product = name;
  return true;
}

bool ImageVerifier::type(std::uint16_t length) noexcept {
  if (length != 1) {
    return fail(ImageFault::kType);
  }
  if (!fetch(length)) {
    return false;
  }
  const auto type = std::to_integer<std::uint8_t>(buffer_[0]);
  if (type >= kImageTypes) {
    return fail(ImageFault::kType);
  }
  verdict_.image.type = static_cast<ImageType>(type);
  return true;
}

/// Nobody signs the unprotected area: only what is needed to check the rest is allowed there.
bool ImageVerifier::plain_tlv(std::uint16_t type, std::uint16_t length) noexcept {
  switch (type) {
    case kTlvKeyHash:
      return key_hash(length);
    case kTlvPublicKey:
      return fail(ImageFault::kPublicKey);
    case kTlvSha256:
      return hash(length);
    case kTlvSha384:
    case kTlvSha512:
      return fail(ImageFault::kHashKind);
    case kTlvPureSignature:
      return fail(ImageFault::kPureSignature);
    default:
      break;
  }
  if (is_signature(type)) {
    return signature(type, length);
  }
  const bool wrapped_key = type >= kTlvFirstEncryption && type <= kTlvLastEncryption;
  return wrapped_key ? skip(length) : fail(ImageFault::kTlvNotAllowed);
}

bool ImageVerifier::hash(std::uint16_t length) noexcept {
  if (length != kHashBytes) {
    return fail(ImageFault::kHashLength);
  }
  if (!fetch(length)) {
    return false;
  }
  hash_matched_ = crypto::equal_constant_time(buffer_.first(kHashBytes), verdict_.image.hash);
  return hash_matched_ || fail(ImageFault::kHashMismatch);
}

bool ImageVerifier::key_hash(std::uint16_t length) noexcept {
  if (length != kHashBytes) {
    return fail(ImageFault::kKeyHashLength);
  }
  if (!fetch(length)) {
    return false;
  }
  key_named_ = true;
  key_ = nullptr;
  for (const TrustedKey& key : policy_.keys) {
    if (crypto::equal_constant_time(buffer_.first(kHashBytes), crypto::sha256(key.encoding))) {
      key_ = &key;
      break;
    }
  }
  return true;
}

/// One signature that matches is enough: there may be others, by other signers.
bool ImageVerifier::signature(std::uint16_t type, std::uint16_t length) noexcept {
  const TrustedKey* const key = key_;
  const bool key_named = key_named_;
  key_ = nullptr;
  key_named_ = false;
  if (verified_ || policy_.signature == SignatureRule::kHashOnly) {
    return skip(length);
  }
  const crypto::SignatureScheme* const scheme = scheme_for(type, policy_);
  ImageFault fault = ImageFault::kNone;
  if (scheme == nullptr) {
    fault = ImageFault::kSignatureUnsupported;
  } else if (!key_named) {
    fault = ImageFault::kKeyMissing;
  } else if (key == nullptr) {
    fault = ImageFault::kKeyUnknown;
  } else if (key->kind != scheme->kind) {
    fault = ImageFault::kKeyKind;
  } else if (length > kMinVerifyBuffer) {
    fault = ImageFault::kSignatureForm;
  }
  if (fault == ImageFault::kNone) {
    if (tried_ == kMaxSignatures) {
      return fail(ImageFault::kTooManySignatures);
    }
    ++tried_;
    if (!fetch(length)) {
      return false;
    }
    fault = check_signature(*scheme, *key, buffer_.first(length));
    verified_ = fault == ImageFault::kNone;
  } else if (!skip(length)) {
    return false;
  }
  signature_fault_ = std::max(signature_fault_, fault);
  return true;
}

ImageFault ImageVerifier::check_signature(const crypto::SignatureScheme& scheme,
                                          const TrustedKey& key,
                                          Bytes signature) const noexcept {
  const Status status = scheme.verify(key.encoding, verdict_.image.hash, signature);
  switch (status.error()) {
    case Error::kNone:
      return ImageFault::kNone;
    case Error::kUnauthentic:
      return ImageFault::kSignatureMismatch;
    case Error::kCorrupt:
      return ImageFault::kSignatureForm;
    case Error::kNoSpace:
      return ImageFault::kCryptoMemory;
    case Error::kUnsupported:
      return ImageFault::kSignatureUnsupported;
    default:
      return ImageFault::kKeyInvalid;
  }
}

bool ImageVerifier::judge() noexcept {
  if (!hash_matched_) {
    return fail(ImageFault::kHashMissing);
  }
  if (!verified_ && policy_.signature != SignatureRule::kHashOnly) {
    return fail(signature_fault_);
  }
  if (policy_.stored_counter) {
    const auto& counter = verdict_.image.counter;
    if (!counter) {
      return fail(counter_fault_);
    }
    if (*counter < *policy_.stored_counter) {
      return fail(ImageFault::kCounterOld);
    }
  }
  return true;
}

ImageVerdict verify_image(hal::FlashRef flash,
                          const hal::FlashRegion& slot,
                          const VerifyPolicy& policy,
                          MutableBytes buffer) noexcept {
  ImageVerdict verdict;
  ImageVerifier(flash, slot, policy, buffer, verdict).verify();
  return verdict;
}

}  // namespace aiot::update
