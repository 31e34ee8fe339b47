// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "aiot/toolkit/files.hpp"
#include "aiot/toolkit/image_signer.hpp"
#include "aiot/toolkit/image_survey.hpp"
#include "aiot/update/image_format.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

using nlohmann::ordered_json;
using toolkit::ImageSurvey;
using toolkit::SurveyedTlv;
using toolkit::TrailerMark;

constexpr const char* kExamples =
    "Shows what an image holds, also of a damaged one as far as it can be read, and what is wrong\n"
    "with it. The hash is compared; signatures need a key: aiot image verify. The exit code is 1\n"
    "when the image is damaged.\n"
    "\n"
    "Examples:\n"
    "  aiot image inspect app.img\n"
    "  aiot image inspect slot.bin --json | jq '.tlvs[].name'";

constexpr std::size_t kShownBytes = 16;

std::string number_text(std::uint32_t number, int digits) {
  char text[16];
  (void)std::snprintf(text, sizeof text, "0x%0*x", digits, static_cast<unsigned>(number));
  return text;
}

const char* mark_name(TrailerMark mark) {
  return mark == TrailerMark::kSet ? "set" : mark == TrailerMark::kErased ? "erased" : "bad";
}

std::string version_of(Bytes bytes) {
  return toolkit::version_text({std::to_integer<std::uint8_t>(bytes[0]),
                                std::to_integer<std::uint8_t>(bytes[1]),
                                load_le16(&bytes[2]),
                                load_le32(&bytes[4])});
}

std::string image_name(std::uint8_t number) {
  return number < update::kImageTypes
             ? toolkit::image_type_name(static_cast<update::ImageType>(number))
             : "image " + std::to_string(number);
}

/// What the value says, in words where it has the size that it must have; else its first bytes.
std::string value_text(const SurveyedTlv& tlv) {
  const Bytes value = tlv.value;
  if (tlv.type == update::kTlvSecurityCounter && value.size() == 4) {
    return std::to_string(load_le32(value.data()));
  }
  if (tlv.type == update::kTlvDependency && value.size() == 4 + update::kVersionBytes) {
    return image_name(std::to_integer<std::uint8_t>(value[0])) + " at least " +
           version_of(value.subspan(4));
  }
  if (tlv.type == update::kTlvProduct) {
    return printable({reinterpret_cast<const char*>(value.data()), value.size()});
  }
  if (tlv.type == update::kTlvType && value.size() == 1) {
    return image_name(std::to_integer<std::uint8_t>(value[0]));
  }
  const bool whole = tlv.type == update::kTlvKeyHash || tlv.type == update::kTlvSha256;
  const std::size_t shown = whole ? value.size() : std::min(value.size(), kShownBytes);
  return hex(value.first(shown)) + (shown < value.size() ? "..." : "");
}

const char* hash_text(const ImageSurvey& survey) {
  return !survey.hash_matches ? "not known" : *survey.hash_matches ? "matches" : "does not match";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text.empty() ? "none" : text;
}

std::string trailer_text(const toolkit::SurveyedTrailer& trailer) {
  if (trailer.magic == TrailerMark::kErased && trailer.image_ok == TrailerMark::kErased &&
      trailer.copy_done == TrailerMark::kErased) {
    return "erased";
  }
  std::string text = std::string("magic ") + mark_name(trailer.magic);
  if (trailer.magic == TrailerMark::kSet) {
    text += " (alignment " + std::to_string(trailer.alignment) + ")";
  }
  return text + ", image_ok " + mark_name(trailer.image_ok) + ", copy_done " +
         mark_name(trailer.copy_done);
}

void print_text(const std::string& path, std::size_t file_bytes, const ImageSurvey& survey) {
  const Painter paint(1);
  std::printf("file        %s, %zu bytes\n", printable(path).c_str(), file_bytes);
  if (survey.header) {
    const update::ImageHeader& header = *survey.header;
    std::printf("version     %s\n", toolkit::version_text(header.version).c_str());
    std::printf("header      %u bytes\n", static_cast<unsigned>(header.header_bytes));
    std::printf("payload     %u bytes\n", static_cast<unsigned>(header.payload_bytes));
    std::printf("protected   %u bytes\n", static_cast<unsigned>(header.protected_bytes));
    std::printf("address     %s\n", number_text(header.load_address, 8).c_str());
    std::printf("flags       %s\n", joined(toolkit::flag_names(header.flags)).c_str());
    const Colour colour = survey.hash_matches.value_or(false) ? Colour::kGood : Colour::kBad;
    std::printf("hash        %s\n", paint(colour, hash_text(survey)).c_str());
    std::printf("trailer     %s\n",
                survey.trailer ? trailer_text(*survey.trailer).c_str() : "none");
  }
  for (const SurveyedTlv& tlv : survey.tlvs) {
    std::printf("%s %s  %s %s  %s\n",
                tlv.is_protected ? "protected " : "plain     ",
                number_text(tlv.type, 4).c_str(),
                left(toolkit::tlv_name(tlv.type), 13).c_str(),
                right(std::to_string(tlv.value.size()), 5).c_str(),
                value_text(tlv).c_str());
  }
}

ordered_json trailer_json(const ImageSurvey& survey) {
  if (!survey.trailer) {
    return nullptr;
  }
  return {{"magic", mark_name(survey.trailer->magic)},
          {"alignment", survey.trailer->alignment},
          {"image_ok", mark_name(survey.trailer->image_ok)},
          {"copy_done", mark_name(survey.trailer->copy_done)}};
}

void print_json(const std::string& path, std::size_t file_bytes, const ImageSurvey& survey) {
  ordered_json value{{"file", path}, {"bytes", file_bytes}};
  value["header"] = nullptr;
  if (survey.header) {
    const update::ImageHeader& header = *survey.header;
    value["header"] = {{"version", toolkit::version_text(header.version)},
                       {"header_bytes", header.header_bytes},
                       {"payload_bytes", header.payload_bytes},
                       {"protected_bytes", header.protected_bytes},
                       {"load_address", header.load_address},
                       {"flags", toolkit::flag_names(header.flags)}};
  }
  value["image_bytes"] = survey.image_bytes;
  value["hash"] = survey.hash ? ordered_json(hex(*survey.hash)) : ordered_json();
  value["hash_matches"] = survey.hash_matches ? ordered_json(*survey.hash_matches) : ordered_json();
  value["tlvs"] = ordered_json::array();
  for (const SurveyedTlv& tlv : survey.tlvs) {
    value["tlvs"].push_back({{"type", tlv.type},
                             {"name", toolkit::tlv_name(tlv.type)},
                             {"protected", tlv.is_protected},
                             {"bytes", tlv.value.size()},
                             {"text", value_text(tlv)},
                             {"value", hex(tlv.value)}});
  }
  value["trailer"] = trailer_json(survey);
  value["problems"] = survey.problems;
  std::printf("%s\n", value.dump(2, ' ', false, ordered_json::error_handler_t::replace).c_str());
}

ExitCode inspect(const std::string& path, bool json) {
  const auto file = toolkit::read_file(path);
  if (!file.ok()) {
    return fail(file.problem().text);
  }
  const ImageSurvey survey = toolkit::survey_image(*file);
  if (json) {
    print_json(path, file->size(), survey);
  } else {
    print_text(path, file->size(), survey);
  }
  for (const std::string& problem : survey.problems) {
    (void)fail(printable(path) + ": " + problem);
  }
  return survey.problems.empty() ? ExitCode::kOk : ExitCode::kBadInput;
}

struct InspectOptions {
  std::string path;
  bool json = false;
};

}  // namespace

void add_image_inspect(CLI::App& image, ExitCode& exit) {
  const auto options = std::make_shared<InspectOptions>();
  CLI::App* const verb = image.add_subcommand("inspect", "What an image holds, also a damaged one");
  verb->footer(kExamples);
  verb->add_option("file", options->path, "Image, or content of a slot")
      ->type_name("FILE")
      ->required();
  verb->add_flag("--json", options->json, "One JSON object instead of text");
  verb->callback([options, &exit] { exit = inspect(options->path, options->json); });
}

}  // namespace aiot::cli
