// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aiot/update/image.hpp"

namespace aiot::update {

/// A version in words: "1.2.3", or "1.2.3+4" where build is not zero.
class VersionText {
 public:
  /// Size of the longest one, "255.255.65535+4294967295".
  static constexpr std::size_t kMaxSize = 24;

  explicit VersionText(const Version& version) noexcept;

  /// Points into this object; no zero behind it.
  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

 private:
  void put(std::uint32_t number) noexcept;

  std::array<char, kMaxSize> text_{};
  std::size_t size_ = 0;
};

}  // namespace aiot::update
