// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <string_view>

#include "aiot/update/image.hpp"
#include "tests/support/test.hpp"
#include "tests/update/image_rig.hpp"

namespace aiot::update_test {
namespace {

TEST(ImageHash, CoversHeaderPayloadAndProtectedArea) {
  SampleSpec spec;
  spec.counter = 5;
  const std::size_t hashed = kHeader + spec.payload_bytes + protected_size(spec);
  for (const std::size_t at : {std::size_t{28}, std::size_t{40}, std::size_t{64}, hashed - 1}) {
    MutableBytes image = make_sample(spec, image_memory);
    image[at] ^= std::byte{1};
    EXPECT_EQ(fault_of(image), ImageFault::kHashMismatch) << at;
  }
}

TEST(ImageHash, MustBeThereAndOfTheRightSize) {
  ImageBuilder image = begin();
  image.seal().begin_area(kPlainTlvMagic).key_hash(fast_key()).sign_fast().end_area();
  EXPECT_EQ(fault_of(image.image()), ImageFault::kHashMissing);
  for (const std::size_t size : {0U, 31U, 33U}) {
    EXPECT_EQ(fault_of(with_plain(kTlvSha256, zeros(size))), ImageFault::kHashLength);
  }
}

TEST(ImageHash, OfAnotherKindIsRefused) {
  EXPECT_EQ(fault_of(with_plain(kTlvSha384, zeros(48))), ImageFault::kHashKind);
  EXPECT_EQ(fault_of(with_plain(kTlvSha512, zeros(64))), ImageFault::kHashKind);
}

TEST(ImageHash, OfSeveralEveryOneMustMatch) {
  ImageBuilder image = begin();
  image.seal();
  const Hash256 good = image.digest();
  image.begin_area(kPlainTlvMagic).hash().key_hash(fast_key()).sign_fast();
  ImageBuilder twice = image;
  EXPECT_EQ(fault_of(twice.tlv(kTlvSha256, good).end_area().image()), ImageFault::kNone);
  EXPECT_EQ(fault_of(image.tlv(kTlvSha256, zeros(32)).end_area().image()),
            ImageFault::kHashMismatch);
}

// Signature.

TEST(ImageSignature, MustBeThereUnlessThePolicySaysOtherwise) {
  SampleSpec spec;
  spec.signer = Signer::kNobody;
  VerifyPolicy policy = fast_policy();
  EXPECT_EQ(fault_of(spec, policy), ImageFault::kSignatureMissing);
  policy.signature = SignatureRule::kHashOnly;
  EXPECT_EQ(fault_of(spec, policy), ImageFault::kNone);
  MutableBytes image = make_sample(spec, image_memory);
  image[100] ^= std::byte{1};
  EXPECT_EQ(fault_of(image, policy), ImageFault::kHashMismatch);
}

TEST(ImageSignature, MustMatch) {
  MutableBytes image = make_sample(SampleSpec{}, image_memory);
  image[image.size() - 1] ^= std::byte{1};
  EXPECT_EQ(fault_of(image), ImageFault::kSignatureMismatch);
}

TEST(ImageSignature, NeedsTheHashOfItsKeyInFront) {
  ImageBuilder image = begin();
  image.seal().begin_area(kPlainTlvMagic).hash().sign_fast();
  ImageBuilder after = image;
  EXPECT_EQ(fault_of(image.end_area().image()), ImageFault::kKeyMissing);
  EXPECT_EQ(fault_of(after.key_hash(fast_key()).end_area().image()), ImageFault::kKeyMissing);
}

TEST(ImageSignature, OneKeyHashIsForOneSignature) {
  ImageBuilder image = begin();
  image.seal().begin_area(kPlainTlvMagic).hash().key_hash(fast_key());
  image.tlv(kTlvEcdsa, zeros(32)).sign_fast().end_area();
  EXPECT_EQ(fault_of(image.image()), ImageFault::kSignatureMismatch);
}

TEST(ImageSignature, KeyHashHas32Bytes) {
  const Hash256 hash = crypto::sha256(fast_key());
  for (const std::size_t size : {0U, 1U, 31U}) {
    EXPECT_EQ(fault_of(with_plain(kTlvKeyHash, Bytes(hash).first(size))),
              ImageFault::kKeyHashLength);
  }
}

TEST(ImageSignature, OfAnUnknownKeyDoesNotCount) {
  VerifyPolicy policy = fast_policy();
  policy.keys = {};
  EXPECT_EQ(fault_of(SampleSpec{}, policy), ImageFault::kKeyUnknown);
}

TEST(ImageSignature, OfAnAlgorithmThatIsNotThereDoesNotCount) {
  VerifyPolicy policy = fast_policy();
  policy.schemes = {};
  EXPECT_EQ(fault_of(SampleSpec{}, policy), ImageFault::kSignatureUnsupported);
  for (const std::uint16_t type : {kTlvEd25519, kTlvRsa2048Pss, kTlvRsa3072Pss}) {
    ImageBuilder image = begin();
    image.seal().begin_area(kPlainTlvMagic).hash().key_hash(fast_key());
    image.tlv(type, zeros(64)).end_area();
    EXPECT_EQ(fault_of(image.image()), ImageFault::kSignatureUnsupported);
  }
}

TEST(ImageSignature, IsOfTheAlgorithmOfItsKey) {
  VerifyPolicy policy = fast_policy();
  const std::array<TrustedKey, 1> keys = {TrustedKey{crypto::KeyKind::kRsa2048, fast_key()}};
  policy.keys = keys;
  EXPECT_EQ(fault_of(SampleSpec{}, policy), ImageFault::kKeyKind);
}

TEST(ImageSignature, WithATrustedKeyThatIsNoneDoesNotCount) {
  lend_sample_pool();
  VerifyPolicy policy = real_policy();  // the policy trusts bytes that are no key of P-256
  policy.keys = kFastKeys;
  EXPECT_EQ(fault_of(SampleSpec{}, policy), ImageFault::kKeyInvalid);
}

TEST(ImageSignature, ThatIsNoSignatureDoesNotCount) {
  lend_sample_pool();
  for (const std::size_t size : {0U, 64U}) {
    ImageBuilder image = begin();
    image.seal().begin_area(kPlainTlvMagic).hash().key_hash(kSampleKey);
    image.tlv(kTlvEcdsa, zeros(size)).end_area();
    EXPECT_EQ(fault_of(image.image(), real_policy()), ImageFault::kSignatureForm);
  }
}

TEST(ImageSignature, OneThatMatchesIsEnough) {
  for (const bool good_first : {false, true}) {
    ImageBuilder image = begin();
    image.seal().begin_area(kPlainTlvMagic).hash();
    if (good_first) {
      image.key_hash(fast_key()).sign_fast();
    }
    image.key_hash(zeros(5)).tlv(kTlvEcdsa, zeros(32));
    image.key_hash(fast_key()).tlv(kTlvEcdsa, zeros(32));
    if (!good_first) {
      image.key_hash(fast_key()).sign_fast();
    }
    EXPECT_EQ(fault_of(image.end_area().image()), ImageFault::kNone);
  }
}

TEST(ImageSignature, OnlySoManyAreTried) {
  ImageBuilder image = begin();
  image.seal().begin_area(kPlainTlvMagic).hash();
  for (std::size_t i = 0; i < kMaxSignatures; ++i) {
    image.key_hash(fast_key()).tlv(kTlvEcdsa, zeros(32));
  }
  image.key_hash(fast_key()).sign_fast().end_area();
  EXPECT_EQ(fault_of(image.image()), ImageFault::kTooManySignatures);
}

TEST(ImageSignature, OverTheBytesIsRefused) {
  EXPECT_EQ(fault_of(with_plain(kTlvPureSignature, zeros(1))), ImageFault::kPureSignature);
}

TEST(ImageSignature, ByAKeyThatTheImageBringsIsRefused) {
  EXPECT_EQ(fault_of(with_plain(kTlvPublicKey, zeros(64))), ImageFault::kPublicKey);
}

// Protected values.

TEST(ImageCounter, MustNotBeBelowTheStoredOne) {
  VerifyPolicy policy = fast_policy();
  policy.stored_counter = 7;
  SampleSpec spec;
  spec.counter = 6;
  EXPECT_EQ(fault_of(spec, policy), ImageFault::kCounterOld);
  spec.counter = 7;
  EXPECT_EQ(fault_of(spec, policy), ImageFault::kNone);
  spec.counter = 0xFFFFFFFF;
  EXPECT_EQ(fault_of(spec, policy), ImageFault::kNone);
}

TEST(ImageCounter, MustBeThereWhenOneIsStored) {
  VerifyPolicy policy = fast_policy();
  policy.stored_counter = 0;
  EXPECT_EQ(fault_of(SampleSpec{}, policy), ImageFault::kCounterMissing);
  const Bytes image = with_protected(kTlvSecurityCounter, zeros(8));
  EXPECT_EQ(fault_of(image, policy), ImageFault::kCounterLength);
  EXPECT_EQ(fault_of(image), ImageFault::kNone);
}

TEST(ImageProtected, CounterProductAndTypeAreThereOnce) {
  const std::string_view name = "node";
  EXPECT_EQ(fault_of(with_protected_twice(kTlvSecurityCounter, zeros(4))), ImageFault::kTlvTwice);
  EXPECT_EQ(fault_of(with_protected_twice(kTlvProduct, as_bytes(name.data(), name.size()))),
            ImageFault::kTlvTwice);
  EXPECT_EQ(fault_of(with_protected_twice(kTlvType, zeros(1))), ImageFault::kTlvTwice);
}

TEST(ImageProtected, DependenciesAreOnImagesThatExist) {
  EXPECT_EQ(fault_of(with_protected(kTlvDependency, zeros(12))), ImageFault::kNone);
  EXPECT_EQ(fault_of(with_protected(kTlvDependency, zeros(11))), ImageFault::kDependency);
  std::array<std::byte, 12> third{};
  third[0] = std::byte{2};
  EXPECT_EQ(fault_of(with_protected(kTlvDependency, third)), ImageFault::kDependency);
}

TEST(ImageProtected, DependenciesAreNotManyMore) {
  const std::array<Dependency, kMaxDependencies + 1> needs{};
  SampleSpec spec;
  spec.dependencies = std::span(needs).first(kMaxDependencies);
  EXPECT_EQ(fault_of(spec), ImageFault::kNone);
  spec.dependencies = needs;
  EXPECT_EQ(fault_of(spec), ImageFault::kDependencies);
}

TEST(ImageProtected, ProductIsShortPrintableText) {
  SampleSpec spec;
  spec.product = "0123456789abcdef0123456789abcdef";
  EXPECT_EQ(fault_of(spec), ImageFault::kNone);
  spec.product = "0123456789abcdef0123456789abcdef0";
  EXPECT_EQ(fault_of(spec), ImageFault::kProduct);
  spec.product = "node\n";
  EXPECT_EQ(fault_of(spec), ImageFault::kProduct);
  spec.product =
      "n\xC3\xB8"
      "de";
  EXPECT_EQ(fault_of(spec), ImageFault::kProduct);
  EXPECT_EQ(fault_of(with_protected(kTlvProduct, {})), ImageFault::kProduct);
}

TEST(ImageProtected, TypeIsOneOfTwo) {
  const std::array<std::byte, 1> third = {std::byte{2}};
  EXPECT_EQ(fault_of(with_protected(kTlvType, third)), ImageFault::kType);
  EXPECT_EQ(fault_of(with_protected(kTlvType, zeros(2))), ImageFault::kType);
  EXPECT_EQ(fault_of(with_protected(kTlvType, {})), ImageFault::kType);
}

// Offers.

}  // namespace
}  // namespace aiot::update_test
