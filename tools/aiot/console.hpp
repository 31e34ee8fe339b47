// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/model/package.hpp"
#include "aiot/toolkit/hex.hpp"

namespace aiot::cli {

/// Paints only where a terminal shows it (and NO_COLOR is not set); elsewhere the plain text.
enum class Colour : std::uint8_t { kNone, kGood, kBad, kWeak, kStrong };

class Painter {
 public:
  /// `descriptor`: where the text goes, 1 stdout or 2 stderr.
  explicit Painter(int descriptor);

  [[nodiscard]] std::string operator()(Colour colour, const std::string& text) const;

 private:
  bool enabled_;
};

/// A line on stderr that is written over; nothing where stderr is not a terminal.
class Progress {
 public:
  Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  [[nodiscard]] bool enabled() const noexcept { return enabled_; }

  void show(const std::string& text);

  /// Removes the line, so that other output may follow.
  void clear();

 private:
  bool enabled_;
  bool shown_ = false;
};

/// printf for one number, as text; `format` has one conversion, of a double.
std::string printed(const char* format, double value);

/// Right- and left-aligned in `width` columns.
std::string right(const std::string& text, std::size_t width);
std::string left(const std::string& text, std::size_t width);

using toolkit::hex;
using toolkit::parse_hash;

/// Text from a file made safe to print: control characters and bytes that are no UTF-8 become '?'.
std::string printable(std::string_view text);

/// "1.2 MB"
std::string size_text(std::uint64_t bytes);

/// "1 gap", "2 gaps"; a plural that is no -s is given.
std::string counted(std::uint64_t count, const std::string& one);
std::string counted(std::uint64_t count, const std::string& one, const std::string& many);

/// "1.2.3"
std::string version_text(const model::Version& version);

/// "urgent", "routine", "bulk"
const char* stream_name(Stream stream) noexcept;

}  // namespace aiot::cli
