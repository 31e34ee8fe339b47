// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The images of the shared vectors, made again from their payloads: the same bytes as imgtool's,
// but for signatures that have a random part.

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "aiot/toolkit/image_signer.hpp"
#include "aiot/toolkit/image_survey.hpp"
#include "aiot/toolkit/keys.hpp"
#include "tests/golden/image_vectors.hpp"
#include "tests/support/test.hpp"

namespace aiot::test {
namespace {

using crypto::KeyKind;
using toolkit::ImageSpec;
using toolkit::ImageSurvey;
using toolkit::SurveyedTlv;
using toolkit::Trailer;
using toolkit::TrailerMark;
using update::golden::ImageRow;
using Content = std::vector<std::byte>;

Content content_of_image(const std::filesystem::path& path) {
  const std::string text = update::golden::read_file(path);
  const Bytes bytes = as_bytes(text.data(), text.size());
  return {bytes.begin(), bytes.end()};
}

update::Version version_at(Bytes bytes) {
  return {std::to_integer<std::uint8_t>(bytes[0]),
          std::to_integer<std::uint8_t>(bytes[1]),
          load_le16(&bytes[2]),
          load_le32(&bytes[4])};
}

/// Adds what a protected TLV says; false for one that the signer does not write.
bool add_tlv(const SurveyedTlv& tlv, ImageSpec& spec) {
  const Bytes value = tlv.value;
  if (tlv.type == update::kTlvSecurityCounter && value.size() == 4) {
    spec.security_counter = load_le32(value.data());
    return true;
  }
  if (tlv.type == update::kTlvDependency && value.size() == 4 + update::kVersionBytes &&
      std::to_integer<std::size_t>(value[0]) < update::kImageTypes) {
    spec.dependencies.push_back(
        {static_cast<update::ImageType>(value[0]), version_at(value.subspan(4))});
    return true;
  }
  if (tlv.type == update::kTlvProduct) {
    spec.product.assign(reinterpret_cast<const char*>(value.data()), value.size());
    return true;
  }
  if (tlv.type == update::kTlvType && value.size() == 1) {
    spec.type = static_cast<update::ImageType>(value[0]);
    return true;
  }
  if ((tlv.type & 0xFFU) >= 0xA0) {
    spec.vendor.push_back({tlv.type, {value.begin(), value.end()}});
    return true;
  }
  return false;
}

/// The description that `image` was made from, or the name of what the signer does not write.
std::optional<ImageSpec> spec_of(Bytes image, const ImageSurvey& survey, std::string& other) {
  const update::ImageHeader& header = *survey.header;
  ImageSpec spec;
  spec.version = header.version;
  spec.header_bytes = header.header_bytes;
  if (spec.header_bytes > update::kImageHeaderBytes) {
    spec.header_padding = image[update::kImageHeaderBytes];
  }
  const std::uint32_t known = std::uint32_t{update::kImageRomFixed} | update::kImageNotBootable;
  if ((header.flags & ~known) != 0) {
    other = toolkit::flag_names(header.flags & ~known).front();
    return std::nullopt;
  }
  spec.bootable = (header.flags & update::kImageNotBootable) == 0;
  if ((header.flags & update::kImageRomFixed) != 0) {
    spec.load_address = header.load_address;
  }
  for (const SurveyedTlv& tlv : survey.tlvs) {
    const bool plain = tlv.type == update::kTlvSha256 || tlv.type == update::kTlvKeyHash ||
                       tlv.type == update::kTlvRsa2048Pss || tlv.type == update::kTlvEcdsa ||
                       tlv.type == update::kTlvEd25519;
    if (tlv.is_protected ? !add_tlv(tlv, spec) : !plain) {
      other = toolkit::tlv_name(tlv.type);
      return std::nullopt;
    }
  }
  if (survey.trailer && survey.trailer->magic == TrailerMark::kSet) {
    spec.slot_bytes = image.size();
    spec.alignment = survey.trailer->alignment;
    spec.trailer =
        survey.trailer->image_ok == TrailerMark::kSet ? Trailer::kConfirm : Trailer::kPad;
  }
  return spec;
}

/// `image` with another signature in its last TLV: its two lengths change, and the erased bytes
/// behind it make up for them where the image fills a slot.
Content with_signature(Bytes image, const ImageSurvey& survey, Bytes signature) {
  const SurveyedTlv& last = survey.tlvs.back();
  const update::ImageHeader& header = *survey.header;
  const std::size_t area =
      std::size_t{header.header_bytes} + header.payload_bytes + header.protected_bytes;
  const auto put = [](Content& content, std::size_t at, std::size_t value) {
    content[at] = static_cast<std::byte>(value & 0xFFU);
    content[at + 1] = static_cast<std::byte>(value >> 8U);
  };
  Content other(image.begin(), image.begin() + static_cast<std::ptrdiff_t>(last.offset));
  other.insert(other.end(), signature.begin(), signature.end());
  put(other, last.offset - 2, signature.size());
  put(other, area + 2, other.size() - area);
  if (survey.image_bytes == image.size()) {
    return other;
  }
  const Bytes slot_end = image.subspan(survey.image_bytes);
  const auto erased =
      std::ranges::find_if(slot_end, [](std::byte b) { return b != std::byte{0xFF}; });
  other.resize(image.size() - static_cast<std::size_t>(slot_end.end() - erased), std::byte{0xFF});
  other.insert(other.end(), erased, slot_end.end());
  return other;
}

/// Makes the image of one row again; returns false where the signer does not write such ones.
bool rebuild(const std::filesystem::path& folder, const ImageRow& row, std::string& other) {
  const Content image = content_of_image(folder / row.file);
  const ImageSurvey survey = toolkit::survey_image(image);
  EXPECT_TRUE(survey.header.has_value() && !survey.tlvs.empty());
  if (!survey.header || survey.tlvs.empty()) {
    return true;
  }
  const auto spec = spec_of(image, survey, other);
  if (!spec) {
    return false;
  }
  const Bytes payload =
      Bytes(image).subspan(survey.header->header_bytes, survey.header->payload_bytes);
  if (row.key.empty()) {
    const auto made = toolkit::sign_image(payload, *spec, nullptr);
    EXPECT_TRUE(made.ok() && *made == image);
    return true;
  }
  const auto key = toolkit::read_private_key(folder / "keys" / (row.key + ".pem"));
  EXPECT_TRUE(key.ok());
  const auto made = key.ok() ? toolkit::sign_image(payload, *spec, &*key)
                             : toolkit::Loaded<Content>(key.problem());
  EXPECT_TRUE(made.ok()) << made.problem().text;
  if (!made.ok()) {
    return true;
  }
  if (key->kind() == KeyKind::kEd25519) {
    EXPECT_TRUE(*made == image);
    return true;
  }
  const ImageSurvey ours = toolkit::survey_image(*made);
  EXPECT_EQ(ours.tlvs.size(), survey.tlvs.size());
  EXPECT_EQ(ours.tlvs.back().type, survey.tlvs.back().type);
  EXPECT_TRUE(*made == with_signature(image, survey, ours.tlvs.back().value));
  return true;
}

TEST(ImageSignerGolden, MakesTheBytesOfImgtoolFromItsPayloads) {
  const auto folder = update::golden::image_folder();
  if (!folder) {
    GTEST_SKIP() << update::golden::kNoImages;
  }
  // Rows that nobody has bent after they were made.
  const std::set<std::string> whole{"accept",
                                    "accept-if-address-matches",
                                    "verify-ok-not-bootable",
                                    "accept-hwkey",
                                    "accept-pure"};
  std::map<std::string, int> made;
  const std::vector<ImageRow> rows = update::golden::read_image_rows(*folder / "manifest.csv");
  for (const ImageRow& row : rows) {
    if (!row.base.empty() || !whole.contains(row.expect)) {
      continue;
    }
    SCOPED_TRACE(row.file);
    std::string other;
    if (rebuild(*folder, row, other)) {
      ++made[row.key];
    } else {
      std::printf("not made again: %s, it has %s\n", row.file.c_str(), other.c_str());
      // The signer writes all but these.
      const std::set<std::string> kLeftOut{
          "BOOT_RECORD", "UUID_VID", "UUID_CID", "PUBKEY", "SIG_PURE", "SHA384", "SHA512"};
      EXPECT_TRUE(kLeftOut.contains(other)) << other;
    }
  }
  EXPECT_FALSE(made.empty());
  for (const auto& [key, count] : made) {
    std::printf("golden images: %d made again with %s\n",
                count,
                key.empty() ? "a hash only" : ("key " + key).c_str());
  }
}

}  // namespace
}  // namespace aiot::test
