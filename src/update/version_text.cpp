// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/version_text.hpp"

namespace aiot::update {

VersionText::VersionText(const Version& version) noexcept {
  put(version.major);
  text_[size_++] = '.';
  put(version.minor);
  text_[size_++] = '.';
  put(version.revision);
  if (version.build != 0) {
    text_[size_++] = '+';
    put(version.build);
  }
}

void VersionText::put(std::uint32_t number) noexcept {
  std::size_t digits = 1;
  for (std::uint32_t rest = number / 10; rest != 0; rest /= 10) {
    ++digits;
  }
  size_ += digits;
  for (std::size_t i = 1; i <= digits; ++i) {
    text_[size_ - i] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
}

}  // namespace aiot::update
