// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/bearing.hpp"

#include <array>
#include <cstddef>

#include "aiot/dsp/math.hpp"

namespace aiot::dsp {
namespace {

constexpr std::uint32_t kFewest = 3;
constexpr std::uint32_t kMost = 128;

constexpr float inches(float value) noexcept {
  return 25.4F * value;
}

/// Sources: 6203 and 6205 (SKF), Case Western Reserve University Bearing Data Center; 6204, 6206
/// and 6207, balls of standard size on the circle half-way between bore and outside; 6804 (NSK),
/// PRONOSTIA, Nectoux and others (2012); ER16K (Rexnord), Huang and Baddour (2018); UER204 (LDK),
/// XJTU-SY, Wang and others (2018); NICE, Bechhoefer, MFPT (2013); ZA-2115 (Rexnord), Qiu and
/// others (2006).
constexpr std::array<Bearing, 10> kCatalogue = {{
    {"6203", {8, inches(0.2656F), inches(1.122F), 0.0F}},
    {"6204", {8, 7.938F, 33.5F, 0.0F}},
    {"6205", {9, inches(0.3126F), inches(1.537F), 0.0F}},
    {"6206", {9, 9.525F, 46.0F, 0.0F}},
    {"6207", {9, 11.112F, 53.5F, 0.0F}},
    {"6804", {13, 3.5F, 25.6F, 0.0F}},
    {"ER16K", {9, 7.94F, 38.52F, 0.0F}},
    {"UER204", {8, 7.92F, 34.55F, 0.0F}},
    {"NICE", {8, inches(0.235F), inches(1.245F), 0.0F}},
    {"ZA-2115", {16, inches(0.331F), inches(2.815F), 15.17F}},
}};

bool is_positive(float value) noexcept {
  return value > 0.0F && value <= 3.402823466e+38F;
}

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

constexpr char upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// Bytes beyond ASCII are parts of words.
constexpr bool is_word(char c) noexcept {
  const char u = upper(c);
  return is_digit(c) || (u >= 'A' && u <= 'Z') || static_cast<unsigned char>(c) >= 0x80U;
}

/// Whether `text` goes on with `name`, what is no word left out on both sides.
bool begins_with(std::string_view text, std::string_view name) noexcept {
  std::size_t at = 0;
  char last = '\0';
  for (const char c : name) {
    if (!is_word(c)) {
      continue;
    }
    while (last != '\0' && at < text.size() && !is_word(text[at])) {
      ++at;
    }
    if (at == text.size() || upper(text[at]) != upper(c)) {
      return false;
    }
    ++at;
    last = c;
  }
  return last != '\0' && (at == text.size() || !is_digit(text[at]) || !is_digit(last)) &&
         (is_digit(last) || at == text.size() || !is_word(text[at]));
}

}  // namespace

/// Elements smaller than this part of the pitch circle are two units mixed up.
constexpr float kSmallest = 1e-3F;

Status check(const BearingGeometry& geometry) noexcept {
  if (!is_positive(geometry.ball_diameter) || !is_positive(geometry.pitch_diameter) ||
      !(geometry.contact_deg >= 0.0F && geometry.contact_deg < 90.0F)) {
    return Error::kInvalidArgument;
  }
  if (geometry.balls < kFewest || geometry.balls > kMost) {
    return Error::kOutOfRange;
  }
  // Neighbours touch when the chord between their centres is a diameter.
  const float chord = sin(kPi / static_cast<float>(geometry.balls));
  const float ratio = geometry.ball_diameter / geometry.pitch_diameter;
  const bool fit = ratio <= chord && ratio >= kSmallest;
  return fit ? Status{} : Status{Error::kOutOfRange};
}

BearingOrders bearing_orders(const BearingGeometry& geometry) noexcept {
  const float plain = geometry.ball_diameter / geometry.pitch_diameter;
  const float ratio = plain * cos(geometry.contact_deg * (kPi / 180.0F));
  const auto balls = static_cast<float>(geometry.balls);
  return {
      .ftf = 0.5F * (1.0F - ratio),
      .bpfo = 0.5F * balls * (1.0F - ratio),
      .bpfi = 0.5F * balls * (1.0F + ratio),
      .bsf = 0.5F * (1.0F - ratio * ratio) / plain,
  };
}

std::span<const Bearing> bearing_catalogue() noexcept {
  return kCatalogue;
}

const Bearing* find_bearing(std::string_view name) noexcept {
  for (const Bearing& bearing : kCatalogue) {
    if (bearing_name_matches(bearing.name, name)) {
      return &bearing;
    }
  }
  return nullptr;
}

bool bearing_name_matches(std::string_view name, std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins_word = is_word(text[at]) && (at == 0 || !is_word(text[at - 1]));
    if (begins_word && begins_with(text.substr(at), name)) {
      return true;
    }
  }
  return false;
}

}  // namespace aiot::dsp
