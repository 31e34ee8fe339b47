// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "aiot/core/check.hpp"

namespace aiot::toolkit {

/// Why something could not be loaded: one line for people, "what is wrong; what to do".
struct Problem {
  std::string text;
};

/// A value or a `Problem`. For host code that reads what people hand in, where an error code can
/// not say which line of which file is wrong.
template <class T>
class [[nodiscard]] Loaded {
 public:
  Loaded(T value) : value_(std::in_place_index<0>, std::move(value)) {}

  Loaded(Problem problem) : value_(std::in_place_index<1>, std::move(problem)) {}

  [[nodiscard]] bool ok() const noexcept { return value_.index() == 0; }

  /// The problem; reading it from a success is a bug of the caller.
  [[nodiscard]] const Problem& problem() const noexcept {
    const auto* problem = std::get_if<1>(&value_);
    AIOT_CHECK(problem != nullptr);
    return *problem;
  }

  /// The value; reading it from a failure is a bug of the caller.
  [[nodiscard]] T& operator*() noexcept {
    auto* value = std::get_if<0>(&value_);
    AIOT_CHECK(value != nullptr);
    return *value;
  }

  [[nodiscard]] const T& operator*() const noexcept {
    const auto* value = std::get_if<0>(&value_);
    AIOT_CHECK(value != nullptr);
    return *value;
  }

  [[nodiscard]] T* operator->() noexcept { return &**this; }

  [[nodiscard]] const T* operator->() const noexcept { return &**this; }

 private:
  std::variant<T, Problem> value_;
};

}  // namespace aiot::toolkit
