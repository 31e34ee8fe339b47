// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/toolkit/files.hpp"
#include "aiot/toolkit/loaded.hpp"

namespace aiot::toolkit {

/// Steps through the records of a separated text (RFC 4180, with LF or CRLF): quoted fields may
/// hold separators, doubled quotes and line ends. Separator ' ' means runs of blanks and tabs.
class SeparatedText {
 public:
  SeparatedText(std::string_view text, char separator) noexcept
      : text_(text), separator_(separator) {}

  enum class Next : std::uint8_t { kRecord, kEnd, kOpenQuote };

  /// The next record that is not blank; `fields` is overwritten.
  Next next(std::vector<std::string>& fields);

  /// Line on which the last record began, from 1.
  [[nodiscard]] std::uint32_t line() const noexcept { return record_line_; }

 private:
  bool read_quoted(std::string& field);
  void read_plain(std::string& field);
  bool skip_line_end() noexcept;
  void skip_blank_lines() noexcept;

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::uint32_t record_line_ = 0;
  char separator_;
};

/// The text without blanks at its ends.
std::string_view trimmed(std::string_view text) noexcept;

/// ASCII letters in lower case.
std::string lowered(std::string_view text);

/// The whole of `text` as a number (infinities and NaN included); nothing when it is not one.
std::optional<double> number_of(std::string_view text) noexcept;

/// The whole of `text` as a count.
std::optional<std::uint64_t> count_of(std::string_view text) noexcept;

/// A number as people write it: up to 7 significant digits.
std::string shown(double value);

/// "name: what", the start of every message about a file.
Problem problem_in(std::string_view name, const std::string& what);

/// The comma-separated parts of a channel option, trimmed.
std::vector<std::string> channel_list(std::string_view option);

inline std::string_view text_of(Bytes bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Nothing, or why a sample rate can not be right.
std::optional<std::string> rate_problem(double rate_hz);

}  // namespace aiot::toolkit
