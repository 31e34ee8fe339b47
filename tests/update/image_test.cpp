// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/image.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "ports/sim/flash.hpp"
#include "tests/support/test.hpp"
#include "tests/update/fast_scheme.hpp"
#include "tests/update/sample_image.hpp"

namespace aiot::update {
namespace {

using update_test::ImageBuilder;
using update_test::make_sample;
using update_test::SampleSpec;
using update_test::Signer;

constexpr std::uint32_t kPayload = 300;
constexpr std::uint16_t kHeader = 64;

std::array<std::byte, 8192> image_memory;
std::array<std::byte, kMaxOfferBytes + 64> offer_memory;
std::array<std::byte, 1024> buffer;

constexpr std::array<crypto::SignatureScheme, 1> kFast = {update_test::kFastScheme};
constexpr std::array<crypto::SignatureScheme, 1> kReal = {crypto::kP256Scheme};

const std::array<TrustedKey, 1> kFastKeys = {update_test::fast_trusted_key()};
const std::array<TrustedKey, 1> kRealKeys = {update_test::sample_trusted_key()};

VerifyPolicy fast_policy() {
  VerifyPolicy policy;
  policy.keys = kFastKeys;
  policy.schemes = kFast;
  return policy;
}

VerifyPolicy real_policy() {
  VerifyPolicy policy;
  policy.keys = kRealKeys;
  policy.schemes = kReal;
  return policy;
}

ImageFault fault_of(Bytes image, const VerifyPolicy& policy) {
  return verify_image(image, policy, buffer).fault;
}

ImageFault fault_of(Bytes image) {
  return fault_of(image, fast_policy());
}

ImageFault fault_of(const SampleSpec& spec, const VerifyPolicy& policy) {
  return fault_of(make_sample(spec, image_memory), policy);
}

ImageFault fault_of(const SampleSpec& spec) {
  return fault_of(spec, fast_policy());
}

/// An image up to the end of what is signed.
ImageBuilder begin(std::uint16_t protected_bytes = 0) {
  ImageBuilder image(image_memory);
  image
      .header({.load_address = 0,
               .header_bytes = kHeader,
               .protected_bytes = protected_bytes,
               .payload_bytes = kPayload,
               .flags = 0,
               .version = {1, 0, 0, 0}})
      .payload(kPayload, 7);
  return image;
}

/// Signs what was begun, in the usual way.
Bytes finish(ImageBuilder& image) {
  return image.seal()
      .begin_area(kPlainTlvMagic)
      .hash()
      .key_hash(update_test::fast_key())
      .sign_fast()
      .end_area()
      .image();
}

/// Signed image with one protected TLV.
Bytes with_protected(std::uint16_t type, Bytes value) {
  ImageBuilder image = begin(static_cast<std::uint16_t>(8 + value.size()));
  image.begin_area(kProtectedTlvMagic).tlv(type, value).end_area();
  return finish(image);
}

/// Signed image with two protected TLVs.
Bytes with_protected_twice(std::uint16_t type, Bytes value) {
  ImageBuilder image = begin(static_cast<std::uint16_t>(12 + 2 * value.size()));
  image.begin_area(kProtectedTlvMagic).tlv(type, value).tlv(type, value).end_area();
  return finish(image);
}

/// Signed image with one more TLV in front of the others of the unprotected area.
Bytes with_plain(std::uint16_t type, Bytes value) {
  ImageBuilder image = begin();
  image.seal().begin_area(kPlainTlvMagic).tlv(type, value);
  return image.hash().key_hash(update_test::fast_key()).sign_fast().end_area().image();
}

constexpr std::array<std::byte, 64> kZeros{};

Bytes zeros(std::size_t size) {
  return Bytes(kZeros).first(size);
}

SampleSpec short_sample() {
  SampleSpec spec;
  spec.payload_bytes = kPayload;
  return spec;
}

constexpr std::size_t kPlainArea = kHeader + kPayload;

TEST(Image, IsAcceptedWhenHashAndSignatureMatch) {
  EXPECT_EQ(fault_of(SampleSpec{}), ImageFault::kNone);
}

TEST(Image, IsAcceptedWithARealSignature) {
  update_test::lend_sample_pool();
  SampleSpec spec;
  spec.signer = Signer::kP256;
  EXPECT_EQ(fault_of(spec, real_policy()), ImageFault::kNone);
  MutableBytes image = make_sample(spec, image_memory);
  image[image.size() - 1] ^= std::byte{1};
  EXPECT_EQ(fault_of(image, real_policy()), ImageFault::kSignatureMismatch);
  spec.signer = Signer::kStranger;
  EXPECT_EQ(fault_of(spec, real_policy()), ImageFault::kKeyUnknown);
}

TEST(Image, SaysWhatItIs) {
  const std::array<Dependency, 2> needs = {Dependency{ImageType::kFirmware, {1, 2, 3, 4}},
                                           Dependency{ImageType::kModel, {5, 6, 7, 8}}};
  SampleSpec spec;
  spec.load_address = 0x20000;
  spec.version = {9, 8, 7, 6};
  spec.counter = 5;
  spec.type = ImageType::kModel;
  spec.product = "node-1 rev B";
  spec.dependencies = needs;
  const Bytes bytes = make_sample(spec, image_memory);
  const ImageVerdict verdict = verify_image(bytes, fast_policy(), buffer);
  ASSERT_TRUE(verdict.ok());
  const Image& image = verdict.image;
  EXPECT_EQ(image.header.load_address, 0x20000U);
  EXPECT_EQ(image.header.header_bytes, spec.header_bytes);
  EXPECT_EQ(image.header.payload_bytes, spec.payload_bytes);
  EXPECT_TRUE(image.header.version == spec.version);
  ASSERT_TRUE(image.counter.has_value());
  EXPECT_EQ(*image.counter, 5U);
  EXPECT_EQ(image.type, ImageType::kModel);
  EXPECT_TRUE(image.product.view() == "node-1 rev B");
  ASSERT_EQ(image.dependencies.size(), 2U);
  EXPECT_EQ(image.dependencies[1].image, ImageType::kModel);
  EXPECT_TRUE(image.dependencies[1].minimum == needs[1].minimum);
  EXPECT_EQ(image.size_bytes, bytes.size());
  const std::size_t hashed = kHeader + spec.payload_bytes + image.header.protected_bytes;
  EXPECT_TRUE(image.hash == crypto::sha256(bytes.first(hashed)));
}

TEST(Image, WithoutATypeIsFirmwareForNoStatedProduct) {
  const ImageVerdict verdict =
      verify_image(make_sample(SampleSpec{}, image_memory), fast_policy(), buffer);
  EXPECT_EQ(verdict.image.type, ImageType::kFirmware);
  EXPECT_TRUE(verdict.image.product.empty());
  EXPECT_FALSE(verdict.image.counter.has_value());
}

TEST(Image, VersionsAreOrderedByTheirNumbersFromTheLeft) {
  EXPECT_TRUE((Version{1, 2, 3, 4} < Version{2, 0, 0, 0}));
  EXPECT_TRUE((Version{1, 2, 3, 4} < Version{1, 3, 0, 0}));
  EXPECT_TRUE((Version{1, 2, 3, 4} < Version{1, 2, 4, 0}));
  EXPECT_TRUE((Version{1, 2, 3, 4} < Version{1, 2, 3, 5}));
}

TEST(Image, MayBeFollowedByAnything) {
  const std::size_t size = make_sample(SampleSpec{}, image_memory).size();
  image_memory[size] = std::byte{0x5A};
  EXPECT_EQ(fault_of(Bytes(image_memory).first(size + 100)), ImageFault::kNone);
}

TEST(Image, MayHaveNoPayload) {
  ImageBuilder image(image_memory);
  image.header({.load_address = 0,
                .header_bytes = 32,
                .protected_bytes = 0,
                .payload_bytes = 0,
                .flags = 0,
                .version = {}});
  EXPECT_EQ(fault_of(finish(image)), ImageFault::kNone);
}

TEST(Image, IsRefusedWhereverItIsCut) {
  SampleSpec spec;
  spec.counter = 5;
  const Bytes image = make_sample(spec, image_memory);
  for (std::size_t size = 0; size < image.size(); ++size) {
    ASSERT_NE(fault_of(image.first(size)), ImageFault::kNone) << size;
  }
  EXPECT_EQ(fault_of(image.first(31)), ImageFault::kTooShort);
  EXPECT_EQ(fault_of(image.first(100)), ImageFault::kTooLarge);
  EXPECT_EQ(fault_of(image.first(image.size() - 1)), ImageFault::kTlvAreaSize);
}

TEST(Image, IsReadOnceAndInOrderInPiecesOfTheBuffer) {
  class Watched {
   public:
    explicit Watched(Bytes bytes) : bytes_(bytes) {}

    hal::FlashGeometry geometry() const { return {}; }

    Status read(std::uint32_t offset, MutableBytes out) {
      EXPECT_EQ(offset, 1000 + next);
      largest = std::max(largest, out.size());
      std::ranges::copy(bytes_.subspan(next, out.size()), out.begin());
      next += static_cast<std::uint32_t>(out.size());
      return {};
    }

    Status program(std::uint32_t, Bytes) { return Error::kIo; }

    Status erase(std::uint32_t) { return Error::kIo; }

    Status sync() { return Error::kIo; }

    std::uint32_t next = 0;
    std::size_t largest = 0;

   private:
    Bytes bytes_;
  };

  SampleSpec spec;
  spec.payload_bytes = 3000;
  spec.product = "node";
  const Bytes image = make_sample(spec, image_memory);
  Watched flash(image_memory);
  const auto verdict = verify_image(
      flash, {1000, 6000}, fast_policy(), MutableBytes(buffer).first(kMinVerifyBuffer));
  EXPECT_TRUE(verdict.ok());
  EXPECT_EQ(flash.next, image.size());
  EXPECT_EQ(flash.largest, kMinVerifyBuffer);
}

TEST(Image, IsVerifiedInASlotOfFlash) {
  static std::array<std::byte, 8192> chip;
  const hal::FlashGeometry geometry{.size = 8192, .sector = 1024, .page = 256, .program = 4};
  sim::SimFlash flash(geometry, sim::SimFlash::Ecc::kYes, chip, {});
  flash.blank();
  const hal::FlashRegion slot{2048, 4096};
  EXPECT_EQ(verify_image(flash, slot, fast_policy(), buffer).fault, ImageFault::kEmpty);
  const Bytes image = make_sample(SampleSpec{}, image_memory);
  ASSERT_TRUE(update_test::write_sample(flash, slot, image).ok());
  EXPECT_EQ(verify_image(flash, slot, fast_policy(), buffer).fault, ImageFault::kNone);
  flash.cut_at(1, sim::CutKind::kOld, 1);
  EXPECT_FALSE(flash.erase(0).ok());
  EXPECT_EQ(verify_image(flash, slot, fast_policy(), buffer).fault, ImageFault::kRead);
}

// Header.

TEST(ImageHeader, NeedsTheMagic) {
  MutableBytes image = make_sample(SampleSpec{}, image_memory);
  image[0] ^= std::byte{0x80};
  EXPECT_EQ(fault_of(image), ImageFault::kMagic);
  store_le32(image.data(), kOldImageMagic);
  EXPECT_EQ(fault_of(image), ImageFault::kOldFormat);
  store_le32(image.data(), 0xFFFFFFFF);
  EXPECT_EQ(fault_of(image), ImageFault::kEmpty);
  store_le32(image.data(), 0);
  EXPECT_EQ(fault_of(image), ImageFault::kEmpty);
}

TEST(ImageHeader, IsNotLongerThanWhereThePayloadBegins) {
  MutableBytes image = make_sample(SampleSpec{}, image_memory);
  for (const std::uint16_t bytes : {std::uint16_t{0}, std::uint16_t{31}}) {
    store_le16(&image[kHeaderSizeOffset], bytes);
    EXPECT_EQ(fault_of(image), ImageFault::kHeaderSize);
  }
}

TEST(ImageHeader, SizesThatPassTheSlotOrOverflowAreRefused) {
  MutableBytes image = make_sample(SampleSpec{}, image_memory);
  for (const std::uint32_t bytes : {0xFFFFFFFFU, 0xFFFFFFC0U, 0xFFFFFFBFU, 0x7FFFFFFFU, 8192U}) {
    store_le32(&image[kHeaderPayloadSizeOffset], bytes);
    EXPECT_EQ(fault_of(image), ImageFault::kTooLarge) << bytes;
  }
  image = make_sample(SampleSpec{}, image_memory);
  store_le16(&image[kHeaderProtectedSizeOffset], 0xFFFF);
  EXPECT_EQ(fault_of(image), ImageFault::kTooLarge);
}

TEST(ImageFlags, EncryptedAndCompressedImagesAreRefused) {
  SampleSpec spec;
  for (const std::uint32_t flag : {kImageAes128, kImageAes256}) {
    spec.flags = flag;
    EXPECT_EQ(fault_of(spec), ImageFault::kEncrypted);
  }
  for (const std::uint32_t flag : {kImageLzma1, kImageLzma2, kImageThumbFilter}) {
    spec.flags = flag;
    EXPECT_EQ(fault_of(spec), ImageFault::kCompressed);
  }
}

TEST(ImageFlags, UnknownOnesAreRefused) {
  SampleSpec spec;
  for (const std::uint32_t flag : {0x02U, 0x40U, 0x80U, 0x1000U, 0x80000000U}) {
    spec.flags = flag;
    EXPECT_EQ(fault_of(spec), ImageFault::kUnknownFlags);
  }
  spec.flags = kImagePic;
  EXPECT_EQ(fault_of(spec), ImageFault::kNone);
}

TEST(ImageFlags, WhatCanNotBeStartedIsRefusedWhereItMustBe) {
  VerifyPolicy policy = fast_policy();
  SampleSpec spec;
  spec.flags = kImageNotBootable;
  EXPECT_EQ(fault_of(spec, policy), ImageFault::kNotBootable);
  policy.boot = BootRule::kNeedNot;
  EXPECT_EQ(fault_of(spec, policy), ImageFault::kNone);
  spec.flags = kImageRamLoad;
  EXPECT_EQ(fault_of(spec, policy), ImageFault::kNone);
  policy.boot = BootRule::kMustBoot;
  EXPECT_EQ(fault_of(spec, policy), ImageFault::kRamLoad);
}

TEST(ImageFlags, AnImageForOneAddressIsForThatSlotOnly) {
  VerifyPolicy policy = fast_policy();
  SampleSpec spec;
  spec.flags = kImageRomFixed;
  spec.load_address = 0x8000;
  EXPECT_EQ(fault_of(spec, policy), ImageFault::kAddressUnknown);
  policy.slot_address = 0x10000;
  EXPECT_EQ(fault_of(spec, policy), ImageFault::kAddress);
  policy.slot_address = 0x8000;
  EXPECT_EQ(fault_of(spec, policy), ImageFault::kNone);
}

// TLV areas.

TEST(ImageAreas, BeginWhereTheHeaderSays) {
  MutableBytes image = make_sample(SampleSpec{}, image_memory);
  store_le32(&image[kHeaderPayloadSizeOffset], 496);
  EXPECT_EQ(fault_of(image), ImageFault::kTlvMagic);
  SampleSpec spec;
  spec.counter = 1;
  image = make_sample(spec, image_memory);
  store_le16(&image[kHeaderProtectedSizeOffset], 0);  // a protected area that is not announced
  EXPECT_EQ(fault_of(image), ImageFault::kTlvMagic);
}

TEST(ImageAreas, ProtectedOneHasTheSizeThatTheHeaderSays) {
  SampleSpec spec;
  spec.counter = 1;
  for (const int change : {-1, 1}) {
    MutableBytes image = make_sample(spec, image_memory);
    const auto size = static_cast<std::uint16_t>(protected_size(spec) + change);
    store_le16(&image[kHeaderProtectedSizeOffset], size);
    EXPECT_EQ(fault_of(image), ImageFault::kProtectedSize);
  }
}

TEST(ImageAreas, EndInTheSlotAndBehindTheirOwnHeader) {
  MutableBytes image = make_sample(short_sample(), image_memory);
  const std::uint16_t good = load_le16(&image[kPlainArea + 2]);
  for (const int total : {0, 3, good + 1, 0xFFFF}) {
    store_le16(&image[kPlainArea + 2], static_cast<std::uint16_t>(total));
    EXPECT_EQ(fault_of(image), ImageFault::kTlvAreaSize) << total;
  }
  store_le16(&image[kPlainArea + 2], 4);  // nothing in it
  EXPECT_EQ(fault_of(image), ImageFault::kHashMissing);
}

TEST(ImageAreas, TlvsEndInTheirArea) {
  MutableBytes image = make_sample(short_sample(), image_memory);
  const std::uint16_t good = load_le16(&image[kPlainArea + 2]);
  store_le16(&image[kPlainArea + 2], static_cast<std::uint16_t>(good - 1));
  EXPECT_EQ(fault_of(image), ImageFault::kTlvLength);
  store_le16(&image[kPlainArea + 2], 4 + 36 + 3);  // cuts the header of the second one
  EXPECT_EQ(fault_of(image), ImageFault::kTlvLength);
  store_le16(&image[kPlainArea + 2], good);
  store_le16(&image[kPlainArea + 6], 0xFFFF);
  EXPECT_EQ(fault_of(image), ImageFault::kTlvLength);
}

TEST(ImageAreas, UnprotectedOneTakesOnlyWhatIsOnTheList) {
  for (const std::uint16_t type : {std::uint16_t{0x00A0},
                                   std::uint16_t{0x1010},
                                   kTlvSecurityCounter,
                                   kTlvDependency,
                                   kTlvBootRecord,
                                   kTlvProduct,
                                   kTlvType,
                                   std::uint16_t{0x26},
                                   std::uint16_t{0x35}}) {
    EXPECT_EQ(fault_of(with_plain(type, zeros(4))), ImageFault::kTlvNotAllowed) << type;
  }
  for (std::uint16_t type = kTlvFirstEncryption; type <= kTlvLastEncryption; ++type) {
    EXPECT_EQ(fault_of(with_plain(type, zeros(40))), ImageFault::kNone) << type;
  }
}

TEST(ImageAreas, ProtectedOneMayHoldWhatNobodyKnows) {
  for (const std::uint16_t type :
       {std::uint16_t{0x00A0}, std::uint16_t{0x74}, kTlvBootRecord, std::uint16_t{0x7FFF}}) {
    EXPECT_EQ(fault_of(with_protected(type, zeros(40))), ImageFault::kNone) << type;
  }
}

TEST(ImageAreas, HashKeyAndSignatureAreNotProtected) {
  for (const std::uint16_t type : {kTlvKeyHash,
                                   kTlvPublicKey,
                                   kTlvSha256,
                                   kTlvSha384,
                                   kTlvSha512,
                                   kTlvRsa2048Pss,
                                   kTlvEcdsa,
                                   kTlvEd25519,
                                   kTlvPureSignature}) {
    EXPECT_EQ(fault_of(with_protected(type, zeros(32))), ImageFault::kTlvMisplaced) << type;
  }
}

// Hash.

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
  image.seal().begin_area(kPlainTlvMagic).key_hash(update_test::fast_key()).sign_fast().end_area();
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
  image.begin_area(kPlainTlvMagic).hash().key_hash(update_test::fast_key()).sign_fast();
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
  EXPECT_EQ(fault_of(after.key_hash(update_test::fast_key()).end_area().image()),
            ImageFault::kKeyMissing);
}

TEST(ImageSignature, OneKeyHashIsForOneSignature) {
  ImageBuilder image = begin();
  image.seal().begin_area(kPlainTlvMagic).hash().key_hash(update_test::fast_key());
  image.tlv(kTlvEcdsa, zeros(32)).sign_fast().end_area();
  EXPECT_EQ(fault_of(image.image()), ImageFault::kSignatureMismatch);
}

TEST(ImageSignature, KeyHashHas32Bytes) {
  const Hash256 hash = crypto::sha256(update_test::fast_key());
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
    image.seal().begin_area(kPlainTlvMagic).hash().key_hash(update_test::fast_key());
    image.tlv(type, zeros(64)).end_area();
    EXPECT_EQ(fault_of(image.image()), ImageFault::kSignatureUnsupported);
  }
}

TEST(ImageSignature, IsOfTheAlgorithmOfItsKey) {
  VerifyPolicy policy = fast_policy();
  const std::array<TrustedKey, 1> keys = {
      TrustedKey{crypto::KeyKind::kRsa2048, update_test::fast_key()}};
  policy.keys = keys;
  EXPECT_EQ(fault_of(SampleSpec{}, policy), ImageFault::kKeyKind);
}

TEST(ImageSignature, WithATrustedKeyThatIsNoneDoesNotCount) {
  update_test::lend_sample_pool();
  VerifyPolicy policy = real_policy();  // the policy trusts bytes that are no key of P-256
  policy.keys = kFastKeys;
  EXPECT_EQ(fault_of(SampleSpec{}, policy), ImageFault::kKeyInvalid);
}

TEST(ImageSignature, ThatIsNoSignatureDoesNotCount) {
  update_test::lend_sample_pool();
  for (const std::size_t size : {0U, 64U}) {
    ImageBuilder image = begin();
    image.seal().begin_area(kPlainTlvMagic).hash().key_hash(update_test::kSampleKey);
    image.tlv(kTlvEcdsa, zeros(size)).end_area();
    EXPECT_EQ(fault_of(image.image(), real_policy()), ImageFault::kSignatureForm);
  }
}

TEST(ImageSignature, OneThatMatchesIsEnough) {
  for (const bool good_first : {false, true}) {
    ImageBuilder image = begin();
    image.seal().begin_area(kPlainTlvMagic).hash();
    if (good_first) {
      image.key_hash(update_test::fast_key()).sign_fast();
    }
    image.key_hash(zeros(5)).tlv(kTlvEcdsa, zeros(32));
    image.key_hash(update_test::fast_key()).tlv(kTlvEcdsa, zeros(32));
    if (!good_first) {
      image.key_hash(update_test::fast_key()).sign_fast();
    }
    EXPECT_EQ(fault_of(image.end_area().image()), ImageFault::kNone);
  }
}

TEST(ImageSignature, OnlySoManyAreTried) {
  ImageBuilder image = begin();
  image.seal().begin_area(kPlainTlvMagic).hash();
  for (std::size_t i = 0; i < kMaxSignatures; ++i) {
    image.key_hash(update_test::fast_key()).tlv(kTlvEcdsa, zeros(32));
  }
  image.key_hash(update_test::fast_key()).sign_fast().end_area();
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
  update_test::lend_sample_pool();
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

TEST(ImageFault, EachHasASentenceOfItsOwn) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(ImageFault::kOfferLength); ++i) {
    const std::string_view text = to_string(static_cast<ImageFault>(i));
    EXPECT_TRUE(text != "unknown fault") << i;
    for (std::uint8_t k = 0; k < i; ++k) {
      EXPECT_TRUE(text != to_string(static_cast<ImageFault>(k))) << i;
    }
    EXPECT_EQ(to_error(static_cast<ImageFault>(i)) == Error::kNone, i == 0);
  }
}

}  // namespace
}  // namespace aiot::update
