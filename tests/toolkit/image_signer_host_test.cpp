// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "aiot/crypto/sha256.hpp"
#include "aiot/toolkit/ed25519.hpp"
#include "aiot/toolkit/image_signer.hpp"
#include "aiot/toolkit/image_survey.hpp"
#include "tests/support/test.hpp"

namespace aiot::test {
namespace {

using crypto::KeyKind;
using toolkit::ImageSpec;
using toolkit::Trailer;

constexpr std::size_t kPayload = 1000;

std::vector<std::byte> payload() {
  std::vector<std::byte> bytes(kPayload);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>(i * 7 & 0xFFU);
  }
  return bytes;
}

/// A reader of its own: numbers byte by byte, offsets from the description of the format.
class Reader {
 public:
  explicit Reader(Bytes bytes) : bytes_(bytes) {}

  [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t size) const {
    std::uint32_t value = 0;
    for (std::size_t i = size; i-- > 0;) {
      value = value * 256 + std::to_integer<std::uint32_t>(bytes_[at + i]);
    }
    return value;
  }

  /// Types and values of the area at `at`, which moves behind it.
  std::vector<std::pair<std::uint32_t, Bytes>> area(std::size_t& at, std::uint32_t magic) const {
    std::vector<std::pair<std::uint32_t, Bytes>> tlvs;
    EXPECT_EQ(number(at, 2), magic);
    const std::size_t end = at + number(at + 2, 2);
    for (at += 4; at < end;) {
      const std::size_t size = number(at + 2, 2);
      tlvs.emplace_back(number(at, 2), bytes_.subspan(at + 4, size));
      at += 4 + size;
    }
    EXPECT_EQ(at, end);
    return tlvs;
  }

 private:
  Bytes bytes_;
};

ImageSpec full_spec() {
  ImageSpec spec;
  spec.version = {1, 2, 300, 70000};
  spec.header_bytes = 256;
  spec.type = update::ImageType::kModel;
  spec.product = "pump-node";
  spec.security_counter = 7;
  spec.dependencies = {{update::ImageType::kFirmware, {3, 4, 5, 6}}};
  spec.vendor = {{0x12B0, {std::byte{9}}}};
  spec.load_address = 0x08020000;
  return spec;
}

update::ImageVerdict verdict(Bytes image, const toolkit::PublicKey& key) {
  const std::array keys{update::TrustedKey{key.kind, key.encoding}};
  const std::array schemes{crypto::kP256Scheme, crypto::kRsa2048Scheme, toolkit::kEd25519Scheme};
  update::VerifyPolicy policy;
  policy.keys = keys;
  policy.schemes = schemes;
  policy.slot_address = 0x08020000;
  std::array<std::byte, 512> buffer{};
  return update::verify_image(image, policy, buffer);
}

TEST(ImageSigner, EveryByteIsWhereTheFormatHasIt) {
  const auto key = toolkit::generate_key(KeyKind::kEd25519);
  const auto image = toolkit::sign_image(payload(), full_spec(), &*key);
  ASSERT_TRUE(image.ok()) << image.problem().text;
  const Reader read(*image);
  EXPECT_EQ(read.number(0, 4), 0x96F3B83DU);
  EXPECT_EQ(read.number(4, 4), 0x08020000U);
  EXPECT_EQ(read.number(8, 2), 256U);
  EXPECT_EQ(read.number(12, 4), kPayload);
  EXPECT_EQ(read.number(16, 4), 0x100U);
  EXPECT_EQ(read.number(20, 1), 1U);
  EXPECT_EQ(read.number(21, 1), 2U);
  EXPECT_EQ(read.number(22, 2), 300U);
  EXPECT_EQ(read.number(24, 4), 70000U);
  EXPECT_EQ(read.number(28, 4), 0U);
  const Bytes bytes = *image;
  EXPECT_TRUE(std::ranges::all_of(bytes.subspan(32, 224), [](auto b) { return b == std::byte{}; }));
  EXPECT_TRUE(std::ranges::equal(bytes.subspan(256, kPayload), payload()));
  std::size_t at = 256 + kPayload;
  const auto covered = read.area(at, 0x6908);
  EXPECT_EQ(at, 256 + kPayload + read.number(10, 2));
  const Hash256 hash = crypto::sha256(bytes.first(at));
  const auto plain = read.area(at, 0x6907);
  EXPECT_EQ(at, image->size());
  const std::array<std::uint32_t, 5> types{0x50, 0x40, 0x41A0, 0x41A1, 0x12B0};
  ASSERT_EQ(covered.size(), types.size());
  for (std::size_t i = 0; i < types.size(); ++i) {
    EXPECT_EQ(covered[i].first, types[i]);
  }
  EXPECT_EQ(Reader(covered[0].second).number(0, 4), 7U);
  EXPECT_EQ(covered[1].second.size(), 12U);
  EXPECT_EQ(Reader(covered[1].second).number(0, 4), 0U);
  EXPECT_EQ(Reader(covered[1].second).number(6, 2), 5U);
  EXPECT_TRUE(std::ranges::equal(covered[2].second, as_bytes("pump-node", 9)));
  EXPECT_EQ(Reader(covered[3].second).number(0, 1), 1U);
  ASSERT_EQ(plain.size(), 3U);
  EXPECT_EQ(plain[0].first, 0x10U);
  EXPECT_TRUE(std::ranges::equal(plain[0].second, Bytes(hash)));
  EXPECT_EQ(plain[1].first, 0x01U);
  EXPECT_TRUE(std::ranges::equal(plain[1].second, Bytes(toolkit::key_hash(key->public_key()))));
  EXPECT_EQ(plain[2].first, 0x24U);
  EXPECT_TRUE(
      toolkit::verify_ed25519_image(key->public_key().encoding, hash, plain[2].second).ok());
}

TEST(ImageSigner, ItsImagesAreAcceptedAndSayWhatTheyWereTold) {
  for (const KeyKind kind : {KeyKind::kP256, KeyKind::kRsa2048, KeyKind::kEd25519}) {
    const auto key = toolkit::generate_key(kind);
    const auto image = toolkit::sign_image(payload(), full_spec(), &*key);
    ASSERT_TRUE(image.ok());
    const update::ImageVerdict result = verdict(*image, key->public_key());
    ASSERT_TRUE(result.ok()) << to_string(result.fault);
    EXPECT_EQ(result.image.product.view(), "pump-node");
    EXPECT_EQ(result.image.type, update::ImageType::kModel);
    EXPECT_EQ(result.image.counter, 7U);
    EXPECT_EQ(result.image.size_bytes, image->size());
    const auto stranger = toolkit::generate_key(kind);
    EXPECT_EQ(verdict(*image, stranger->public_key()).fault, update::ImageFault::kKeyUnknown);
  }
}

TEST(ImageSigner, TheSameInputGivesTheSameBytes) {
  for (const KeyKind kind : {KeyKind::kP256, KeyKind::kEd25519}) {
    const auto key = toolkit::generate_key(kind);
    EXPECT_EQ(*toolkit::sign_image(payload(), full_spec(), &*key),
              *toolkit::sign_image(payload(), full_spec(), &*key));
  }
}

TEST(ImageSigner, ATrailerEndsTheSlotAtEachAlignment) {
  for (const std::size_t alignment : {8U, 16U, 32U}) {
    ImageSpec spec;
    spec.slot_bytes = 32768;
    spec.alignment = alignment;
    spec.trailer = Trailer::kConfirm;
    const auto image = toolkit::sign_image(payload(), spec, nullptr);
    ASSERT_TRUE(image.ok()) << image.problem().text;
    ASSERT_EQ(image->size(), spec.slot_bytes);
    // Rounded down to the alignment, below a magic that ends the slot.
    const std::size_t image_ok = (32768 - 16 - alignment) / alignment * alignment;
    for (std::size_t i = image->size() - 1000; i < image->size() - 16; ++i) {
      EXPECT_EQ((*image)[i], i == image_ok ? std::byte{1} : std::byte{0xFF}) << i;
    }
    const auto survey = toolkit::survey_image(*image);
    ASSERT_TRUE(survey.trailer.has_value());
    EXPECT_EQ(survey.trailer->alignment, alignment);
    EXPECT_EQ(survey.trailer->image_ok, toolkit::TrailerMark::kSet);
    EXPECT_EQ(survey.trailer->copy_done, toolkit::TrailerMark::kErased);
    spec.trailer = Trailer::kPad;
    EXPECT_EQ((*toolkit::sign_image(payload(), spec, nullptr))[image_ok], std::byte{0xFF});
  }
}

TEST(ImageSigner, WhatNoImageCanHoldIsRefused) {
  const auto refused = [](const ImageSpec& spec) {
    return !toolkit::sign_image(payload(), spec, nullptr).ok();
  };
  ImageSpec spec;
  EXPECT_FALSE(refused(spec));
  EXPECT_FALSE(toolkit::sign_image({}, spec, nullptr).ok());
  for (const std::size_t size : {0U, 31U, 65536U}) {
    ImageSpec header = spec;
    header.header_bytes = size;
    EXPECT_TRUE(refused(header));
  }
  ImageSpec product = spec;
  product.product = std::string(33, 'x');
  EXPECT_TRUE(refused(product));
  product.product = "a\nb";
  EXPECT_TRUE(refused(product));
  ImageSpec many = spec;
  many.dependencies.resize(5);
  EXPECT_TRUE(refused(many));
  ImageSpec vendor = spec;
  vendor.vendor = {{0x0050, {}}};
  EXPECT_TRUE(refused(vendor));
  ImageSpec slot = spec;
  slot.slot_bytes = 512 + kPayload;  // no room for the TLVs
  EXPECT_TRUE(refused(slot));
  slot.slot_bytes = 0;
  slot.trailer = Trailer::kPad;
  EXPECT_TRUE(refused(slot));
}

TEST(ImageSigner, VersionsAreReadAndWritten) {
  const auto version = toolkit::parse_version("1.2.3+4");
  ASSERT_TRUE(version.has_value());
  EXPECT_EQ(*version, (update::Version{1, 2, 3, 4}));
  EXPECT_EQ(toolkit::version_text(*version), "1.2.3+4");
  EXPECT_EQ(toolkit::version_text(*toolkit::parse_version("1.2")), "1.2.0");
  EXPECT_TRUE(toolkit::parse_version("255.255.65535+4294967295").has_value());
  for (const char* const text : {"",
                                 "1",
                                 "1.",
                                 "1.2.",
                                 "1.2.3+",
                                 "256.0.0",
                                 "1.2.65536",
                                 "-1.0",
                                 "1.2.3+4294967296",
                                 "1.2.3 ",
                                 "v1.2.3",
                                 "1.2.3.4"}) {
    EXPECT_FALSE(toolkit::parse_version(text).has_value()) << text;
  }
}

TEST(ImageSurvey, EveryCutOfAnImageIsReadAsFarAsItGoes) {
  const auto key = toolkit::generate_key(KeyKind::kP256);
  const auto image = toolkit::sign_image(payload(), full_spec(), &*key);
  const auto whole = toolkit::survey_image(*image);
  EXPECT_TRUE(whole.problems.empty());
  EXPECT_EQ(whole.hash_matches, true);
  for (std::size_t size = 0; size < image->size(); ++size) {
    const auto survey = toolkit::survey_image(Bytes(*image).first(size));
    EXPECT_FALSE(survey.problems.empty()) << size;
    EXPECT_LE(survey.tlvs.size(), whole.tlvs.size());
  }
}

}  // namespace
}  // namespace aiot::test
