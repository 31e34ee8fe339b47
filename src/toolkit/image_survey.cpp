// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/image_survey.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>

#include "aiot/crypto/sha256.hpp"
#include "aiot/toolkit/image_signer.hpp"
#include "aiot/update/image_format.hpp"

namespace aiot::toolkit {

namespace {

constexpr std::size_t kMagicBytes = 16;
constexpr std::byte kErased{0xFF};
constexpr std::byte kFlagSet{0x01};

struct Name {
  std::uint32_t number;
  const char* name;
};

constexpr auto kTlvNames = std::to_array<Name>({
    {update::kTlvKeyHash, "KEYHASH"},
    {update::kTlvPublicKey, "PUBKEY"},
    {update::kTlvSha256, "SHA256"},
    {update::kTlvSha384, "SHA384"},
    {update::kTlvSha512, "SHA512"},
    {update::kTlvRsa2048Pss, "RSA2048_PSS"},
    {update::kTlvEcdsa, "ECDSA_SIG"},
    {update::kTlvRsa3072Pss, "RSA3072_PSS"},
    {update::kTlvEd25519, "ED25519"},
    {update::kTlvPureSignature, "SIG_PURE"},
    {0x30, "ENC_RSA2048"},
    {0x31, "ENC_KW"},
    {0x32, "ENC_EC256"},
    {0x33, "ENC_X25519"},
    {0x34, "ENC_X25519_SHA512"},
    {update::kTlvDependency, "DEPENDENCY"},
    {update::kTlvSecurityCounter, "SEC_CNT"},
    {update::kTlvBootRecord, "BOOT_RECORD"},
    {0x70, "DECOMP_SIZE"},
    {0x71, "DECOMP_SHA"},
    {0x72, "DECOMP_SIGNATURE"},
    {0x73, "COMP_DEC_SIZE"},
    {0x74, "UUID_VID"},
    {0x75, "UUID_CID"},
    {update::kTlvProduct, "AIOT_PRODUCT"},
    {update::kTlvType, "AIOT_TYPE"},
});

constexpr auto kFlagNames = std::to_array<Name>({
    {update::kImagePic, "PIC"},
    {update::kImageAes128, "ENCRYPTED_AES128"},
    {update::kImageAes256, "ENCRYPTED_AES256"},
    {update::kImageNotBootable, "NON_BOOTABLE"},
    {update::kImageRamLoad, "RAM_LOAD"},
    {update::kImageRomFixed, "ROM_FIXED"},
    {update::kImageLzma1, "COMPRESSED_LZMA1"},
    {update::kImageLzma2, "COMPRESSED_LZMA2"},
    {update::kImageThumbFilter, "ARM_THUMB_FILTER"},
});

std::string at(std::size_t offset) {
  return " at byte " + std::to_string(offset);
}

TrailerMark mark_of(std::byte flag) {
  return flag == kFlagSet  ? TrailerMark::kSet
         : flag == kErased ? TrailerMark::kErased
                           : TrailerMark::kBad;
}

SurveyedTrailer trailer_of(Bytes file) {
  SurveyedTrailer trailer;
  const Bytes magic = file.last(kMagicBytes);
  if (!std::ranges::all_of(magic, [](std::byte b) { return b == kErased; })) {
    trailer.magic = TrailerMark::kBad;
  }
  for (const std::size_t alignment : {8U, 16U, 32U}) {
    if (std::ranges::equal(magic, trailer_magic(alignment))) {
      trailer.magic = TrailerMark::kSet;
      trailer.alignment = alignment;
    }
  }
  const std::size_t image_ok = image_ok_distance(trailer.alignment);
  const std::size_t copy_done = image_ok + trailer.alignment;
  if (file.size() >= copy_done) {
    trailer.image_ok = mark_of(file[file.size() - image_ok]);
    trailer.copy_done = mark_of(file[file.size() - copy_done]);
  }
  return trailer;
}

/// Reads TLV areas one after the other and notes what is wrong.
class Walk {
 public:
  Walk(Bytes file, ImageSurvey& survey) : file_(file), survey_(survey) {}

  /// Both areas from `begin` on.
  void run(std::size_t begin, std::size_t protected_bytes) {
    offset_ = begin;
    if (protected_bytes != 0) {
      const bool good = area(update::kProtectedTlvMagic, "protected", protected_bytes);
      offset_ = begin + protected_bytes;  // the header's word finds the other area all the same
      if (!good && offset_ > file_.size()) {
        return;
      }
    }
    (void)area(update::kPlainTlvMagic, "unprotected", 0);
    survey_.image_bytes = offset_;
  }

 private:
  bool problem(const std::string& text) {
    survey_.problems.push_back(text);
    return false;
  }

  /// `wanted`: bytes that the area must have; 0: any number.
  bool area(std::uint16_t magic, const std::string& name, std::size_t wanted) {
    const std::size_t begin = offset_;
    if (begin > file_.size() || file_.size() - begin < update::kTlvHeaderBytes) {
      return problem("the file ends before the " + name + " TLV area" + at(begin));
    }
    if (load_le16(&file_[begin]) != magic) {
      return problem("no " + name + " TLV area" + at(begin) + ", where it must begin");
    }
    const std::size_t total = load_le16(&file_[begin + 2]);
    if (wanted != 0 && total != wanted) {
      (void)problem("the " + name + " TLV area says that it has " + std::to_string(total) +
                    " bytes, the header " + std::to_string(wanted));
    }
    if (total < update::kTlvHeaderBytes) {
      return problem("the " + name + " TLV area" + at(begin) + " ends inside of its own header");
    }
    std::size_t end = begin + total;
    if (end > file_.size()) {
      (void)problem("the " + name + " TLV area" + at(begin) + " ends behind the file");
      end = file_.size();
    }
    offset_ = begin + update::kTlvHeaderBytes;
    while (offset_ < end) {
      if (!tlv(end, magic == update::kProtectedTlvMagic)) {
        offset_ = end;
        return false;
      }
    }
    return true;
  }

  bool tlv(std::size_t end, bool is_protected) {
    const std::size_t begin = offset_;
    if (end - begin < update::kTlvHeaderBytes) {
      return problem("a TLV" + at(begin) + " has no room for its header");
    }
    const std::uint16_t type = load_le16(&file_[begin]);
    const std::size_t size = load_le16(&file_[begin + 2]);
    const std::size_t value = begin + update::kTlvHeaderBytes;
    if (size > end - value) {
      return problem(std::string("the TLV ") + tlv_name(type) + at(begin) + " of " +
                     std::to_string(size) + " bytes crosses the end of its area");
    }
    survey_.tlvs.push_back({type, is_protected, value, file_.subspan(value, size)});
    offset_ = value + size;
    return true;
  }

  Bytes file_;
  ImageSurvey& survey_;
  std::size_t offset_ = 0;
};

void compare_hashes(Bytes file, std::size_t covered, ImageSurvey& survey) {
  if (covered > file.size()) {
    return;
  }
  survey.hash = crypto::sha256(file.first(covered));
  for (const SurveyedTlv& tlv : survey.tlvs) {
    if (tlv.type == update::kTlvSha256) {
      survey.hash_matches =
          survey.hash_matches.value_or(true) && std::ranges::equal(tlv.value, Bytes(*survey.hash));
    }
  }
  if (!survey.hash_matches) {
    survey.problems.emplace_back("no SHA-256 to compare with");
  } else if (!*survey.hash_matches) {
    survey.problems.emplace_back("the hash does not match: bytes were changed");
  }
}

}  // namespace

ImageSurvey survey_image(Bytes file) {
  ImageSurvey survey;
  update::ImageHeader header;
  survey.header_fault = update::read_header(file, header);
  if (survey.header_fault != update::ImageFault::kNone) {
    survey.problems.emplace_back(to_string(survey.header_fault));
  }
  if (survey.header_fault != update::ImageFault::kNone &&
      survey.header_fault != update::ImageFault::kHeaderSize) {
    return survey;
  }
  survey.header = header;
  const std::size_t payload_end = std::size_t{header.header_bytes} + header.payload_bytes;
  const std::size_t covered = payload_end + header.protected_bytes;
  if (payload_end > file.size()) {
    survey.problems.push_back("the payload ends" + at(payload_end) + ", behind the file of " +
                              std::to_string(file.size()) + " bytes");
    return survey;
  }
  Walk(file, survey).run(payload_end, header.protected_bytes);
  compare_hashes(file, covered, survey);
  if (survey.image_bytes > 0 && survey.image_bytes + kMagicBytes <= file.size()) {
    survey.trailer = trailer_of(file);
  }
  return survey;
}

const char* tlv_name(std::uint16_t type) noexcept {
  for (const Name& entry : kTlvNames) {
    if (entry.number == type) {
      return entry.name;
    }
  }
  return (type & 0xFFU) >= 0xA0 ? "vendor" : "unknown";
}

std::vector<std::string> flag_names(std::uint32_t flags) {
  std::vector<std::string> names;
  for (const Name& entry : kFlagNames) {
    if ((flags & entry.number) != 0) {
      names.emplace_back(entry.name);
      flags &= ~entry.number;
    }
  }
  if (flags != 0) {
    std::array<char, 16> text{};
    (void)std::snprintf(text.data(), text.size(), "0x%x", static_cast<unsigned>(flags));
    names.emplace_back(text.data());
  }
  return names;
}

}  // namespace aiot::toolkit
