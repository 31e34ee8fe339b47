// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "src/toolkit/recording_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <system_error>

namespace aiot::toolkit {

namespace {

constexpr double kLargestRate = 10e6;

bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t';
}

bool is_space(char c) noexcept {
  return is_blank(c) || c == '\r' || c == '\n';
}

}  // namespace

bool SeparatedText::skip_line_end() noexcept {
  const std::size_t before = at_;
  if (at_ < text_.size() && text_[at_] == '\r') {
    ++at_;
  }
  if (at_ < text_.size() && text_[at_] == '\n') {
    ++at_;
  }
  line_ += at_ != before ? 1U : 0U;
  return at_ != before;
}

void SeparatedText::skip_blank_lines() noexcept {
  while (at_ < text_.size()) {
    std::size_t end = at_;
    while (end < text_.size() && is_blank(text_[end])) {
      ++end;
    }
    if (end < text_.size() && text_[end] != '\r' && text_[end] != '\n') {
      return;
    }
    at_ = end;
    (void)skip_line_end();
  }
}

bool SeparatedText::read_quoted(std::string& field) {
  ++at_;
  while (at_ < text_.size()) {
    const char c = text_[at_++];
    if (c != '"') {
      line_ += c == '\n' ? 1U : 0U;
      field.push_back(c);
      continue;
    }
    if (at_ < text_.size() && text_[at_] == '"') {
      field.push_back('"');
      ++at_;
      continue;
    }
    return true;
  }
  return false;
}

void SeparatedText::read_plain(std::string& field) {
  const std::size_t from = at_;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    const bool ends = c == separator_ || (separator_ == ' ' && c == '\t');
    if (ends || c == '\r' || c == '\n') {
      break;
    }
    ++at_;
  }
  field.append(text_.substr(from, at_ - from));
}

SeparatedText::Next SeparatedText::next(std::vector<std::string>& fields) {
  skip_blank_lines();
  if (at_ >= text_.size()) {
    return Next::kEnd;
  }
  record_line_ = line_;
  std::size_t count = 0;
  while (true) {
    while (at_ < text_.size() && is_blank(text_[at_]) && text_[at_] != separator_) {
      ++at_;
    }
    while (separator_ == ' ' && at_ < text_.size() && is_blank(text_[at_])) {
      ++at_;
    }
    if (count == fields.size()) {
      fields.emplace_back();
    }
    std::string& field = fields[count];
    field.clear();
    if (at_ < text_.size() && text_[at_] == '"') {
      if (!read_quoted(field)) {
        return Next::kOpenQuote;
      }
    }
    read_plain(field);
    ++count;
    if (separator_ == ' ') {
      while (at_ < text_.size() && is_blank(text_[at_])) {
        ++at_;
      }
      if (at_ < text_.size() && text_[at_] != '\r' && text_[at_] != '\n') {
        continue;
      }
    } else if (at_ < text_.size() && text_[at_] == separator_) {
      ++at_;
      continue;
    }
    (void)skip_line_end();
    fields.resize(count);
    return Next::kRecord;
  }
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_space(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return result;
}

std::optional<double> number_of(std::string_view text) noexcept {
  text = trimmed(text);
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') {
    text.remove_prefix(1);
  }
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  if (stop != end || text.empty()) {
    return std::nullopt;
  }
  if (code == std::errc::result_out_of_range) {
    // Too small is zero; too large is not finite, which every caller refuses.
    const bool tiny = text.find("e-") != std::string_view::npos ||
                      text.find("E-") != std::string_view::npos ||
                      text.find_first_of("eE") == std::string_view::npos;
    return tiny ? 0.0 : std::nan("");
  }
  if (code != std::errc{}) {
    return std::nullopt;
  }
  return value;
}

std::optional<std::uint64_t> count_of(std::string_view text) noexcept {
  text = trimmed(text);
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  if (stop != end || code != std::errc{} || text.empty()) {
    return std::nullopt;
  }
  return value;
}

std::string shown(double value) {
  std::array<char, 32> text{};
  (void)std::snprintf(text.data(), text.size(), "%.7g", value);
  return text.data();
}

Problem problem_in(std::string_view name, const std::string& what) {
  return {std::string(name) + ": " + what};
}

std::vector<std::string> channel_list(std::string_view option) {
  std::vector<std::string> parts;
  while (!trimmed(option).empty()) {
    const std::size_t comma = option.find(',');
    const std::string_view part = trimmed(option.substr(0, comma));
    if (!part.empty()) {
      parts.emplace_back(part);
    }
    option = comma == std::string_view::npos ? std::string_view{} : option.substr(comma + 1);
  }
  return parts;
}

std::optional<std::string> rate_problem(double rate_hz) {
  if (std::isfinite(rate_hz) && rate_hz > 0.0 && rate_hz <= kLargestRate) {
    return std::nullopt;
  }
  return "the sample rate " + shown(rate_hz) + " Hz can not be right (above 0, at most 10 MHz)";
}

}  // namespace aiot::toolkit
