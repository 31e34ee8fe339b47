// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>

#include "aiot/update/image.hpp"
#include "tests/support/test.hpp"
#include "tests/update/image_rig.hpp"

namespace aiot::update_test {
namespace {

Bytes offer_of(Bytes image) {
  const auto size = make_offer(image, offer_memory);
  return Bytes(offer_memory).first(size.value_or(0));
}

TEST(ImageOffer, SaysWhatTheImageSaysWithoutItsPayload) {
  SampleSpec spec;
  spec.payload_bytes = 5000;
  spec.counter = 3;
  spec.product = "node";
  const Bytes image = make_sample(spec, image_memory);
  const Bytes offer = offer_of(image);
  EXPECT_EQ(offer.size(), image.size() - spec.payload_bytes - spec.header_bytes + 32);
  const ImageVerdict whole = verify_image(image, fast_policy(), buffer);
  const ImageVerdict verdict = verify_offer(offer, fast_policy());
  EXPECT_EQ(verdict.fault, ImageFault::kNone);
  EXPECT_TRUE(verdict.image.hash == whole.image.hash);
  EXPECT_EQ(verdict.image.size_bytes, whole.image.size_bytes);
  EXPECT_TRUE(verdict.image.product.view() == "node");
}

TEST(ImageOffer, OfAStrangerIsRefused) {
  lend_sample_pool();
  SampleSpec spec;
  spec.signer = Signer::kStranger;
  const Bytes offer = offer_of(make_sample(spec, image_memory));
  EXPECT_EQ(verify_offer(offer, real_policy()).fault, ImageFault::kKeyUnknown);
}

TEST(ImageOffer, KeepsTheRulesOfImages) {
  VerifyPolicy policy = fast_policy();
  policy.stored_counter = 4;
  SampleSpec spec;
  spec.counter = 3;
  const Bytes offer = offer_of(make_sample(spec, image_memory));
  EXPECT_EQ(verify_offer(offer, policy).fault, ImageFault::kCounterOld);
  EXPECT_EQ(verify_offer(offer.first(31), policy).fault, ImageFault::kTooShort);
  EXPECT_EQ(verify_offer(offer.first(offer.size() - 1), policy).fault, ImageFault::kTlvAreaSize);
  offer_memory[offer.size() - 1] ^= std::byte{1};
  EXPECT_EQ(verify_offer(offer, policy).fault, ImageFault::kSignatureMismatch);
}

TEST(ImageOffer, SignsTheHashThatItClaims) {
  const Bytes offer = offer_of(make_sample(SampleSpec{}, image_memory));
  offer_memory[32 + 8] ^= std::byte{1};  // first byte of the hash
  EXPECT_EQ(verify_offer(offer, fast_policy()).fault, ImageFault::kSignatureMismatch);
}

TEST(ImageOffer, HasALimitAndAnEnd) {
  const Bytes offer = offer_of(make_sample(SampleSpec{}, image_memory));
  EXPECT_EQ(verify_offer(Bytes(offer_memory).first(offer.size() + 1), fast_policy()).fault,
            ImageFault::kOfferLength);
  EXPECT_EQ(verify_offer(Bytes(offer_memory).first(kMaxOfferBytes + 1), fast_policy()).fault,
            ImageFault::kOfferTooLarge);
}

TEST(ImageOffer, OfAnImageLargerThanAnythingIsRefused) {
  const Bytes offer = offer_of(make_sample(SampleSpec{}, image_memory));
  store_le32(&offer_memory[kHeaderPayloadSizeOffset], 0xFFFFFFF0U);
  EXPECT_EQ(verify_offer(offer, fast_policy()).fault, ImageFault::kTooLarge);
}

TEST(ImageOffer, IsNotMadeOfWhatIsNoImage) {
  const Bytes image = make_sample(SampleSpec{}, image_memory);
  EXPECT_EQ(make_offer(image.first(image.size() - 1), offer_memory).error(), Error::kCorrupt);
  EXPECT_EQ(make_offer(image.first(10), offer_memory).error(), Error::kCorrupt);
  EXPECT_EQ(make_offer(image, MutableBytes(offer_memory).first(64)).error(), Error::kNoSpace);
}

// Faults.

}  // namespace
}  // namespace aiot::update_test
