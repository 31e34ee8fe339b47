// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/report/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace aiot::toolkit::report {
namespace {

constexpr const char* kReplacement = "\xEF\xBF\xBD";
constexpr const char* kMinus = "\xE2\x88\x92";
constexpr const char* kDash = "\xE2\x80\x93";
constexpr const char* kEllipsis = "\xE2\x80\xA6";

/// Exponents of the numbers that are written without a power of ten.
constexpr int kLowestPlain = -4;
constexpr int kHighestPlain = 6;

/// As `utf8_length`, and 0 for characters that XML does not allow: control characters, U+FFFE and
/// U+FFFF.
std::size_t character_length(std::string_view text) noexcept {
  const std::size_t length = utf8_length(text);
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const bool bad = (length == 1 && (byte(0) < 0x20U || byte(0) == 0x7FU)) ||
                   (length == 3 && byte(0) == 0xEFU && byte(1) == 0xBFU && byte(2) > 0xBDU);
  return bad ? 0 : length;
}

/// The digits of a number as std::to_chars gives them.
std::string digits_of(double value, std::chars_format format, int precision) {
  std::array<char, 400> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, format, precision).ptr;
  return {text.data(), end};
}

void drop_trailing_zeros(std::string& text) {
  if (text.find('.') == std::string::npos) {
    return;
  }
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') {
    text.pop_back();
  }
}

std::string superscript(int exponent) {
  constexpr std::array<const char*, 10> kDigits{"\xE2\x81\xB0",
                                                "\xC2\xB9",
                                                "\xC2\xB2",
                                                "\xC2\xB3",
                                                "\xE2\x81\xB4",
                                                "\xE2\x81\xB5",
                                                "\xE2\x81\xB6",
                                                "\xE2\x81\xB7",
                                                "\xE2\x81\xB8",
                                                "\xE2\x81\xB9"};
  std::string text = exponent < 0 ? "\xE2\x81\xBB" : "";
  for (const char digit : std::to_string(exponent < 0 ? -exponent : exponent)) {
    text += kDigits[static_cast<std::size_t>(digit - '0')];
  }
  return text;
}

std::string with_sign(double value, const std::string& text) {
  const bool zero = text.find_first_not_of("0.") == std::string::npos;
  return value < 0.0 && !zero ? kMinus + text : text;
}

/// Width of a character in thousandths of the font size.
unsigned character_width(std::string_view character) noexcept {
  if (character.size() > 1) {
    // Marks, Latin, Greek, Cyrillic; whatever follows U+0800 may be as wide as it is high.
    return character.size() > 2 && static_cast<unsigned char>(character[0]) != 0xE2U ? 1000 : 840;
  }
  const char c = character[0];
  if (std::string_view(" .,:;'|!ijlI()[]").find(c) != std::string_view::npos) {
    return 400;
  }
  if (std::string_view("mwMW%@&").find(c) != std::string_view::npos) {
    return 1000;
  }
  return c >= 'A' && c <= 'Z' ? 740 : c >= '0' && c <= '9' ? 637 : 640;
}

}  // namespace

std::size_t utf8_length(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t length = byte(0) < 0x80U   ? 1
                             : byte(0) < 0xC2U ? 0
                             : byte(0) < 0xE0U ? 2
                             : byte(0) < 0xF0U ? 3
                             : byte(0) < 0xF5U ? 4
                                               : 0;
  if (length == 0 || length > text.size()) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) {
      return 0;
    }
  }
  // C1 control characters, too long forms, surrogates, beyond the last code point.
  const bool bad = (byte(0) == 0xC2U && byte(1) < 0xA0U) || (byte(0) == 0xE0U && byte(1) < 0xA0U) ||
                   (byte(0) == 0xEDU && byte(1) > 0x9FU) || (byte(0) == 0xF0U && byte(1) < 0x90U) ||
                   (byte(0) == 0xF4U && byte(1) > 0x8FU);
  return bad ? 0 : length;
}

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char c = text.front();
    if (c == '\n' || c == '\r' || c == '\t') {
      out += ' ';
      text.remove_prefix(1);
      continue;
    }
    const std::size_t length = character_length(text);
    if (length == 0) {
      out += kReplacement;
      text.remove_prefix(1);
      continue;
    }
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out;
}

std::string number(double value, int digits) {
  if (!std::isfinite(value)) {
    return kDash;
  }
  if (value == 0.0) {
    return "0";
  }
  const double size = value < 0.0 ? -value : value;
  const int kept = std::clamp(digits, 1, 17);
  // Rounded first: 9.99 with two digits is 10, one exponent higher.
  const std::string scientific = digits_of(size, std::chars_format::scientific, kept - 1);
  const std::size_t mark = scientific.find('e');
  const char* const first = scientific.c_str() + mark + (scientific[mark + 1] == '+' ? 2 : 1);
  int exponent = 0;
  std::from_chars(first, scientific.c_str() + scientific.size(), exponent);
  if (exponent < kLowestPlain || exponent > kHighestPlain) {
    std::string text = scientific.substr(0, mark);
    drop_trailing_zeros(text);
    return with_sign(value,
                     text +
                         "\xC3\x97"
                         "10" +
                         superscript(exponent));
  }
  std::string text = digits_of(size, std::chars_format::fixed, std::max(0, kept - 1 - exponent));
  drop_trailing_zeros(text);
  return with_sign(value, text);
}

std::string fixed(double value, int decimals) {
  if (!std::isfinite(value)) {
    return kDash;
  }
  const double size = value < 0.0 ? -value : value;
  if (size >= 1e15) {
    return number(value, 6);
  }
  return with_sign(value, digits_of(size, std::chars_format::fixed, std::clamp(decimals, 0, 17)));
}

double text_width(std::string_view text, double size) {
  std::uint64_t thousandths = 0;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(1, character_length(text));
    thousandths += character_width(text.substr(0, length));
    text.remove_prefix(length);
  }
  return static_cast<double>(thousandths) / 1000.0 * size;
}

std::string shortened(std::string_view text, double width, double size) {
  if (text_width(text, size) <= width) {
    return std::string(text);
  }
  const double room = width - text_width(kEllipsis, size);
  std::size_t kept = 0;
  double used = 0.0;
  while (kept < text.size()) {
    const std::size_t length = std::max<std::size_t>(1, character_length(text.substr(kept)));
    used += text_width(text.substr(kept, length), size);
    if (used > room) {
      break;
    }
    kept += length;
  }
  return std::string(text.substr(0, kept)) + kEllipsis;
}

}  // namespace aiot::toolkit::report
