// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as an image and as an offer, once as they are and once with hashes and signatures put
// right, because who can sign is not always who can write a parser. The verdicts on one image must
// agree however it is read, and what is accepted must hold what was checked.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "aiot/crypto/sha256.hpp"
#include "aiot/update/image.hpp"
#include "tests/support/fuzz_mutator.hpp"
#include "tests/update/fast_scheme.hpp"

namespace {

using namespace aiot;

constexpr std::array kSchemes = {update_test::kFastScheme};
constexpr std::size_t kHashBytes = 32;

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

/// Where header, payload and protected area end; 0: not inside of `image`.
std::size_t end_of_signed(Bytes image) {
  update::ImageHeader header;
  if (update::read_header(image, header) != update::ImageFault::kNone) {
    return 0;
  }
  const std::uint64_t end =
      std::uint64_t{header.header_bytes} + header.payload_bytes + header.protected_bytes;
  return end < image.size() ? static_cast<std::size_t>(end) : 0;
}

/// Makes every hash, key hash and signature of the right size a good one.
void repair(MutableBytes image) {
  const std::size_t end = end_of_signed(image);
  if (end == 0) {
    return;
  }
  const Hash256 digest = crypto::sha256(image.first(end));
  std::size_t at = end + update::kTlvHeaderBytes;
  while (at < image.size() && image.size() - at >= update::kTlvHeaderBytes) {
    const std::uint16_t type = load_le16(&image[at]);
    const std::size_t length = load_le16(&image[at + 2]);
    at += update::kTlvHeaderBytes;
    if (length > image.size() - at) {
      return;
    }
    if (length == kHashBytes) {
      const auto out = image.subspan(at).begin();
      if (type == update::kTlvSha256) {
        std::ranges::copy(digest, out);
      } else if (type == update::kTlvKeyHash) {
        std::ranges::copy(crypto::sha256(update_test::fast_key()), out);
      } else if (type == update::kTlvEcdsa) {
        std::ranges::copy(update_test::fast_sign(digest), out);
      }
    }
    at += length;
  }
}

/// What an accepted image says of itself holds.
void check_accepted(Bytes image, const update::Image& said, const update::VerifyPolicy& policy) {
  const std::size_t end = end_of_signed(image);
  require(end != 0 && said.size_bytes > end && said.size_bytes <= image.size());
  require(said.hash == crypto::sha256(image.first(end)));
  require(!policy.stored_counter || (said.counter && *said.counter >= *policy.stored_counter));
  require(said.product.view().size() <= update::kMaxProductBytes);
  // What follows the TLVs does not matter, and nothing of them can be missing.
  std::array<std::byte, update::kMinVerifyBuffer> buffer{};
  require(update::verify_image(image.first(said.size_bytes), policy, buffer).ok());
  require(!update::verify_image(image.first(said.size_bytes - 1U), policy, buffer).ok());
  std::array<std::byte, update::kMaxOfferBytes> memory{};
  const auto size = update::make_offer(image, memory);
  if (!size.ok()) {
    require(size.error() == Error::kNoSpace);
    return;
  }
  const auto offer = update::verify_offer(Bytes(memory).first(*size), policy);
  require(offer.ok() && offer.image.hash == said.hash &&
          offer.image.size_bytes == said.size_bytes && offer.image.counter == said.counter);
}

void use(Bytes image) {
  static const std::array keys = {update_test::fast_trusted_key()};
  for (const bool strict : {false, true}) {
    update::VerifyPolicy policy;
    policy.keys = keys;
    policy.schemes = kSchemes;
    policy.signature = strict ? update::SignatureRule::kRequired : update::SignatureRule::kHashOnly;
    policy.boot = strict ? update::BootRule::kMustBoot : update::BootRule::kNeedNot;
    if (strict) {
      policy.stored_counter = 7;
    } else {
      policy.slot_address = 0x8000;
    }
    std::array<std::byte, update::kMinVerifyBuffer> small{};
    std::array<std::byte, 1000> large{};
    const auto verdict = update::verify_image(image, policy, small);
    require(update::verify_image(image, policy, large).fault == verdict.fault);
    require(update::to_string(verdict.fault) != nullptr);
    if (verdict.ok()) {
      check_accepted(image, verdict.image, policy);
    }
    (void)update::verify_offer(image, policy);
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data,
                                               std::size_t size,
                                               std::size_t max_size,
                                               unsigned int seed) {
  return test::mutate_in_place(data, size, max_size, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Memory of its own size lets the sanitizers notice what reads beyond it.
  const auto* const begin = reinterpret_cast<const std::byte*>(data);
  std::vector<std::byte> image(begin, begin + size);
  use(image);
  repair(image);
  use(image);
  return 0;
}
