// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// Images and offers in memory. A device that only starts images does not link this.

#include <algorithm>
#include <limits>

#include "aiot/update/image.hpp"
#include "src/update/image_verifier.hpp"

namespace aiot::update {
namespace {

/// Bytes with a hole, as flash that can be read: what an offer leaves out is never asked for.
class Memory {
 public:
  /// `hole`: bytes of the image that are missing behind the first `begin` ones.
  Memory(Bytes bytes, std::uint32_t begin, std::uint32_t hole) noexcept
      : bytes_(bytes), begin_(begin), hole_(hole) {}

  hal::FlashGeometry geometry() const noexcept { return {}; }

  Status read(std::uint32_t offset, MutableBytes out) const noexcept {
    const std::size_t at = offset < begin_ ? offset : offset - hole_;
    if (at > bytes_.size() || out.size() > bytes_.size() - at) {
      return Error::kOutOfRange;
    }
    std::ranges::copy(bytes_.subspan(at, out.size()), out.begin());
    return {};
  }

  Status program(std::uint32_t /*offset*/, Bytes /*in*/) const noexcept {
    return Error::kUnsupported;
  }

  Status erase(std::uint32_t /*offset*/) const noexcept { return Error::kUnsupported; }

  Status sync() const noexcept { return {}; }

 private:
  Bytes bytes_;
  std::uint32_t begin_;
  std::uint32_t hole_;
};

static_assert(hal::FlashDevice<Memory>);

std::uint32_t size_of(Bytes bytes) noexcept {
  constexpr std::size_t kMax = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min(bytes.size(), kMax));
}

/// The first hash of the unprotected area that has the right size, or zeros; whatever is wrong with
/// the areas, the walk that follows says it.
Hash256 claimed_hash(Bytes areas, std::size_t protected_bytes) noexcept {
  Hash256 hash{};
  std::size_t at = protected_bytes + kTlvHeaderBytes;
  while (at < areas.size() && areas.size() - at >= kTlvHeaderBytes) {
    const std::uint16_t type = load_le16(&areas[at]);
    const std::size_t length = load_le16(&areas[at + 2]);
    at += kTlvHeaderBytes;
    if (length > areas.size() - at) {
      break;
    }
    if (type == kTlvSha256 && length == hash.size()) {
      std::ranges::copy(areas.subspan(at, length), hash.begin());
      break;
    }
    at += length;
  }
  return hash;
}

}  // namespace

ImageVerdict verify_image(Bytes image, const VerifyPolicy& policy, MutableBytes buffer) noexcept {
  const std::uint32_t size = size_of(image);
  Memory memory(image, size, 0);
  return verify_image(memory, {0, size}, policy, buffer);
}

ImageVerdict verify_offer(Bytes offer, const VerifyPolicy& policy) noexcept {
  ImageVerdict verdict;
  if (offer.size() > kMaxOfferBytes) {
    verdict.fault = ImageFault::kOfferTooLarge;
    return verdict;
  }
  ImageHeader& header = verdict.image.header;
  verdict.fault = read_header(offer, header);
  if (verdict.fault != ImageFault::kNone) {
    return verdict;
  }
  const Bytes areas = offer.subspan(kImageHeaderBytes);
  const std::uint32_t body = header.header_bytes + header.payload_bytes;
  const std::uint32_t whole = body + static_cast<std::uint32_t>(areas.size());
  if (body < header.payload_bytes || whole < body) {
    verdict.fault = ImageFault::kTooLarge;
    return verdict;
  }
  Memory memory(offer, kImageHeaderBytes, body - static_cast<std::uint32_t>(kImageHeaderBytes));
  const hal::FlashRegion slot{0, whole};
  std::array<std::byte, kMinVerifyBuffer> buffer{};
  ImageVerifier(memory, slot, policy, buffer, verdict)
      .verify_claim(claimed_hash(areas, header.protected_bytes));
  if (verdict.ok() && verdict.image.size_bytes != whole) {
    verdict.fault = ImageFault::kOfferLength;
  }
  return verdict;
}

ImageVerdict read_offer(Bytes offer) noexcept {
  VerifyPolicy policy;
  policy.signature = SignatureRule::kHashOnly;
  policy.boot = BootRule::kNeedNot;
  if (offer.size() >= kImageHeaderBytes) {
    policy.slot_address = load_le32(&offer[kHeaderLoadAddressOffset]);
  }
  return verify_offer(offer, policy);
}

Result<std::size_t> make_offer(Bytes image, MutableBytes out) noexcept {
  ImageHeader header;
  if (read_header(image, header) != ImageFault::kNone) {
    return Error::kCorrupt;
  }
  const std::uint64_t body = std::uint64_t{header.header_bytes} + header.payload_bytes;
  const std::uint64_t area = body + header.protected_bytes;
  if (area + kTlvHeaderBytes > image.size()) {
    return Error::kCorrupt;
  }
  const std::uint16_t total = load_le16(&image[static_cast<std::size_t>(area) + 2]);
  if (total < kTlvHeaderBytes || area + total > image.size()) {
    return Error::kCorrupt;
  }
  const Bytes areas =
      image.subspan(static_cast<std::size_t>(body), std::size_t{header.protected_bytes} + total);
  const std::size_t size = kImageHeaderBytes + areas.size();
  if (size > out.size()) {
    return Error::kNoSpace;
  }
  std::ranges::copy(image.first(kImageHeaderBytes), out.begin());
  std::ranges::copy(areas, out.subspan(kImageHeaderBytes).begin());
  return size;
}

}  // namespace aiot::update
