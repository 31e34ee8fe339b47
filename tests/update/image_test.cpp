// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/image.hpp"

#include <algorithm>
#include <array>

#include "ports/sim/flash.hpp"
#include "tests/support/test.hpp"
#include "tests/update/image_rig.hpp"

namespace aiot::update_test {
namespace {

TEST(Image, IsAcceptedWhenHashAndSignatureMatch) {
  EXPECT_EQ(fault_of(SampleSpec{}), ImageFault::kNone);
}

TEST(Image, IsAcceptedWithARealSignature) {
  lend_sample_pool();
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
  ASSERT_TRUE(write_sample(flash, slot, image).ok());
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

TEST(ImageFault, EachHasASentenceOfItsOwn) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(ImageFault::kNotFixed); ++i) {
    const std::string_view text = to_string(static_cast<ImageFault>(i));
    EXPECT_TRUE(text != "unknown fault") << i;
    for (std::uint8_t k = 0; k < i; ++k) {
      EXPECT_TRUE(text != to_string(static_cast<ImageFault>(k))) << i;
    }
    EXPECT_EQ(to_error(static_cast<ImageFault>(i)) == Error::kNone, i == 0);
  }
}

}  // namespace
}  // namespace aiot::update_test
