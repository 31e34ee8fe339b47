// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/core/bearing_evidence.hpp"

#include <utility>

namespace aiot {
namespace {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_letter(char c) noexcept {
  return lower(c) >= 'a' && lower(c) <= 'z';
}

bool begins_with(std::string_view text, std::size_t at, std::string_view word) noexcept {
  if (text.size() - at < word.size()) {
    return false;
  }
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (lower(text[at + i]) != word[i]) {
      return false;
    }
  }
  return true;
}

bool has_word(std::string_view text, std::string_view word) noexcept {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!begins_with(text, at, word)) {
      continue;
    }
    std::size_t end = at + word.size();
    end += end < text.size() && lower(text[end]) == 's' ? 1U : 0U;  // a plural
    if ((at == 0 || !is_letter(text[at - 1])) && (end == text.size() || !is_letter(text[end]))) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<BearingPart> part_of_label(std::string_view label) noexcept {
  using Word = std::pair<std::string_view, BearingPart>;
  constexpr std::array<Word, 5> kWords = {Word{"outer", BearingPart::kOuterRace},
                                          Word{"inner", BearingPart::kInnerRace},
                                          Word{"ball", BearingPart::kElement},
                                          Word{"roller", BearingPart::kElement},
                                          Word{"element", BearingPart::kElement}};
  for (const auto& [word, part] : kWords) {
    if (has_word(label, word)) {
      return part;
    }
  }
  return std::nullopt;
}

bool is_unclear_label(std::string_view label) noexcept {
  return has_word(label, "unclear") || has_word(label, "abnormal");
}

const char* name(BearingPart part) noexcept {
  switch (part) {
    case BearingPart::kOuterRace:
      return "outer_race";
    case BearingPart::kInnerRace:
      return "inner_race";
    case BearingPart::kElement:
      return "element";
  }
  return "unknown";
}

}  // namespace aiot
