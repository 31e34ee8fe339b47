// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// All single-bit changes of a signed image. A signature is checked only for those that the hash
// does not notice, so that real ECDSA can be had for every one of them.

#include <array>
#include <cstdio>

#include "aiot/update/image.hpp"
#include "tests/support/test.hpp"
#include "tests/update/sample_image.hpp"

namespace aiot::update {
namespace {

constexpr std::uint32_t kPayload = 4096;
constexpr std::array kSchemes = {crypto::kP256Scheme};
constexpr std::array kDependencies = {Dependency{ImageType::kModel, {1, 0, 0, 0}}};

std::array<std::byte, kPayload + 1024> memory;
std::array<std::byte, 1024> buffer;

/// With everything that a header and a protected area can hold.
MutableBytes signed_sample() {
  update_test::lend_sample_pool();
  update_test::SampleSpec spec;
  spec.payload_bytes = kPayload;
  spec.counter = 7;
  spec.type = ImageType::kFirmware;
  spec.product = "pump";
  spec.dependencies = kDependencies;
  spec.signer = update_test::Signer::kP256;
  return update_test::make_sample(spec, memory);
}

TEST(ImageFlip, EveryFlippedBitOfASignedImageIsRefused) {
  const MutableBytes image = signed_sample();
  const std::array keys = {update_test::sample_trusted_key()};
  VerifyPolicy policy;
  policy.keys = keys;
  policy.schemes = kSchemes;
  policy.stored_counter = 7;
  ASSERT_TRUE(verify_image(image, policy, buffer).ok());
  std::size_t flips = 0;
  std::size_t by_signature = 0;
  for (std::size_t bit = 0; bit < 8 * image.size(); ++bit) {
    const auto mask = static_cast<std::byte>(1U << (bit % 8));
    image[bit / 8] ^= mask;
    const ImageFault fault = verify_image(image, policy, buffer).fault;
    image[bit / 8] ^= mask;
    ASSERT_NE(fault, ImageFault::kNone) << "bit " << bit % 8 << " of byte " << bit / 8;
    // Neither the flash nor the memory of the signature functions is to blame.
    ASSERT_NE(fault, ImageFault::kRead);
    ASSERT_NE(fault, ImageFault::kCryptoMemory);
    by_signature += fault == ImageFault::kSignatureMismatch ? 1U : 0U;
    ++flips;
  }
  EXPECT_EQ(flips, 8 * image.size());
  // The rest of the 64 bytes of r and s makes them negative or not minimal.
  EXPECT_GT(by_signature, 400U);
  EXPECT_TRUE(verify_image(image, policy, buffer).ok());
  std::printf("%zu flips refused, %zu of them by the signature\n", flips, by_signature);
}

TEST(ImageFlip, EveryFlippedBitOfTheSignedPartOfAnOfferIsRefused) {
  const MutableBytes image = signed_sample();
  const std::array keys = {update_test::sample_trusted_key()};
  VerifyPolicy policy;
  policy.keys = keys;
  policy.schemes = kSchemes;
  std::array<std::byte, kMaxOfferBytes> out{};
  const auto size = make_offer(image, out);
  ASSERT_TRUE(size.ok());
  const MutableBytes offer = MutableBytes(out).first(*size);
  ASSERT_TRUE(verify_offer(offer, policy).ok());
  // What is signed here is the claimed hash. Header and protected area belong to the image whose
  // hash it is: `verify_image` finds them changed when the payload is there.
  const std::size_t plain = kImageHeaderBytes + load_le16(&offer[kHeaderProtectedSizeOffset]);
  for (std::size_t bit = 8 * plain; bit < 8 * offer.size(); ++bit) {
    const auto mask = static_cast<std::byte>(1U << (bit % 8));
    offer[bit / 8] ^= mask;
    const ImageFault fault = verify_offer(offer, policy).fault;
    offer[bit / 8] ^= mask;
    ASSERT_NE(fault, ImageFault::kNone) << "bit " << bit % 8 << " of byte " << bit / 8;
  }
}

}  // namespace
}  // namespace aiot::update
