// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/update/image.hpp"

namespace aiot::toolkit {

/// One TLV of an image as it lies there.
struct SurveyedTlv {
  std::uint16_t type = 0;
  bool is_protected = false;
  std::size_t offset = 0;  ///< of its value, in the file
  Bytes value;             ///< inside of the file
};

/// What a byte or a magic of a trailer is.
enum class TrailerMark : std::uint8_t {
  kErased,
  kSet,
  kBad,  ///< something else
};

/// What the end of a slot says to other boot loaders.
struct SurveyedTrailer {
  std::size_t alignment = 8;  ///< by the magic; 8 when it is none
  TrailerMark magic = TrailerMark::kErased;
  TrailerMark image_ok = TrailerMark::kErased;
  TrailerMark copy_done = TrailerMark::kErased;
};

/// What can be read of an image, whatever is wrong with it. For people who look for the reason;
/// nobody may trust it: that is what `update::verify_image` is for.
struct ImageSurvey {
  update::ImageFault header_fault = update::ImageFault::kNone;
  std::optional<update::ImageHeader> header;  ///< empty: there is no header to read
  std::vector<SurveyedTlv> tlvs;              ///< in order
  std::optional<Hash256> hash;                ///< of what it covers; empty: the file is cut
  std::optional<bool> hash_matches;           ///< empty: no SHA-256 to compare, or cut
  std::size_t image_bytes = 0;  ///< up to the end of the TLVs, as far as they could be read
  std::optional<SurveyedTrailer> trailer;  ///< of a file that goes on behind the TLVs
  std::vector<std::string> problems;       ///< each a sentence, in the order of the file
};

/// The survey points into `file`.
ImageSurvey survey_image(Bytes file);

/// "SEC_CNT", "SHA256", ...; "vendor" or "unknown".
const char* tlv_name(std::uint16_t type) noexcept;

/// The names of the flags that are set, and of those that nobody knows "0x...".
std::vector<std::string> flag_names(std::uint32_t flags);

}  // namespace aiot::toolkit
