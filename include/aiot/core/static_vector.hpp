// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "aiot/core/check.hpp"

namespace aiot {

/// A list of at most `Capacity` values, stored in place.
template <class T, std::size_t Capacity>
class StaticVector {
 public:
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }

  [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }

  [[nodiscard]] constexpr bool full() const noexcept { return size_ == Capacity; }

  static constexpr std::size_t capacity() noexcept { return Capacity; }

  /// Appends; false, and nothing changes, when the list is full.
  [[nodiscard]] constexpr bool push_back(const T& value) noexcept {
    if (full()) {
      return false;
    }
    items_[size_++] = value;
    return true;
  }

  constexpr void clear() noexcept { size_ = 0; }

  constexpr const T& operator[](std::size_t i) const noexcept {
    AIOT_CHECK(i < size_);
    return items_[i];
  }

  constexpr T& operator[](std::size_t i) noexcept {
    AIOT_CHECK(i < size_);
    return items_[i];
  }

  constexpr const T* begin() const noexcept { return items_.data(); }

  constexpr const T* end() const noexcept { return items_.data() + size_; }

 private:
  std::array<T, Capacity> items_{};
  std::size_t size_ = 0;
};

}  // namespace aiot
