// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/console.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "aiot/toolkit/report/text.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

constexpr std::size_t kProgressWidth = 78;

const char* code_of(Colour colour) noexcept {
  switch (colour) {
    case Colour::kGood:
      return "\x1b[32m";
    case Colour::kBad:
      return "\x1b[1;31m";
    case Colour::kWeak:
      return "\x1b[2m";
    case Colour::kStrong:
      return "\x1b[1m";
    case Colour::kNone:
      break;
  }
  return "";
}

}  // namespace

ExitCode fail(const std::string& problem) {
  std::fflush(stdout);
  std::fprintf(stderr, "aiot: %s\n", printable(problem).c_str());
  return ExitCode::kBadInput;
}

bool progress_wanted() {
  return ::isatty(STDERR_FILENO) == 1;
}

Painter::Painter(int descriptor)
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the command has one thread
    : enabled_(::isatty(descriptor) == 1 && std::getenv("NO_COLOR") == nullptr) {}

std::string Painter::operator()(Colour colour, const std::string& text) const {
  return enabled_ && colour != Colour::kNone ? code_of(colour) + text + "\x1b[0m" : text;
}

Progress::Progress() : enabled_(progress_wanted()) {}

Progress::~Progress() {
  clear();
}

void Progress::show(const std::string& text) {
  if (!enabled_) {
    return;
  }
  std::fprintf(
      stderr, "\r%-*s", static_cast<int>(kProgressWidth), text.substr(0, kProgressWidth).c_str());
  std::fflush(stderr);
  shown_ = true;
}

void Progress::clear() {
  if (shown_) {
    std::fprintf(stderr, "\r%*s\r", static_cast<int>(kProgressWidth), "");
    std::fflush(stderr);
    shown_ = false;
  }
}

std::string printed(const char* format, double value) {
  std::array<char, 64> text{};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"  // the caller's literal, one number
  (void)std::snprintf(text.data(), text.size(), format, value);
#pragma GCC diagnostic pop
  return text.data();
}

std::string right(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string left(const std::string& text, std::size_t width) {
  return text.size() < width ? text + std::string(width - text.size(), ' ') : text;
}

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = toolkit::report::utf8_length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (length == 0 || first < 0x20U || first == 0x7FU) {
      result += '?';
      text.remove_prefix(1);
    } else {
      result += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return result;
}

std::string size_text(std::uint64_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (bytes < 10'000) {
    return std::to_string(bytes) + " bytes";
  }
  return bytes < 10'000'000 ? printed("%.1f KB", value / 1e3) : printed("%.1f MB", value / 1e6);
}

std::string counted(std::uint64_t count, const std::string& one) {
  return counted(count, one, one + "s");
}

std::string counted(std::uint64_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string version_text(const model::Version& version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
         std::to_string(version.patch);
}

const char* stream_name(Stream stream) noexcept {
  constexpr std::array<const char*, kStreams> kNames{"urgent", "routine", "bulk"};
  return static_cast<std::size_t>(stream) < kStreams ? kNames[static_cast<std::size_t>(stream)]
                                                     : "unknown";
}

}  // namespace aiot::cli
