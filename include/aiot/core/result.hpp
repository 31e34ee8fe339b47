// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <type_traits>

#include "aiot/core/check.hpp"
#include "aiot/core/error.hpp"

namespace aiot {

/// A value or an `Error`. `T` is trivially copyable: values here are numbers, spans and small
/// structs; whatever owns a resource lives elsewhere, so `Result` needs no special members.
template <class T = void>
class [[nodiscard]] Result {
  static_assert(std::is_trivially_copyable_v<T>,
                "Result<T>: T must be trivially copyable; return owning types by reference");

 public:
  constexpr Result(T value) noexcept : value_(value) {}

  /// `error` must not be `kNone`: a success without a value does not exist.
  constexpr Result(Error error) noexcept : error_(error) { AIOT_CHECK(error != Error::kNone); }

  [[nodiscard]] constexpr bool ok() const noexcept { return error_ == Error::kNone; }

  [[nodiscard]] constexpr Error error() const noexcept { return error_; }

  /// The value; reading it from a failed result is a bug of the caller.
  [[nodiscard]] constexpr const T& operator*() const noexcept {
    AIOT_CHECK(ok());
    return value_;
  }

  [[nodiscard]] constexpr const T* operator->() const noexcept { return &**this; }

  [[nodiscard]] constexpr T value_or(T fallback) const noexcept { return ok() ? value_ : fallback; }

 private:
  T value_{};
  Error error_ = Error::kNone;
};

/// Success or an `Error`.
template <>
class [[nodiscard]] Result<void> {
 public:
  constexpr Result() noexcept = default;

  constexpr Result(Error error) noexcept : error_(error) {}

  [[nodiscard]] constexpr bool ok() const noexcept { return error_ == Error::kNone; }

  [[nodiscard]] constexpr Error error() const noexcept { return error_; }

 private:
  Error error_ = Error::kNone;
};

using Status = Result<>;

}  // namespace aiot

#define AIOT_DETAIL_CONCAT_(a, b) a##b
#define AIOT_DETAIL_CONCAT(a, b) AIOT_DETAIL_CONCAT_(a, b)

/// Evaluates an expression of type `Result<T>`; returns its error, if any, from the function.
#define AIOT_TRY(expression)                   \
  do {                                         \
    const auto aiot_try_result = (expression); \
    if (!aiot_try_result.ok()) {               \
      return aiot_try_result.error();          \
    }                                          \
  } while (false)

/// `AIOT_TRY_ASSIGN(const auto header, parse(bytes));` binds the value or returns the error.
// NOLINTBEGIN(bugprone-macro-parentheses): a declaration can not stand in parentheses.
#define AIOT_TRY_ASSIGN(declaration, expression)                            \
  const auto AIOT_DETAIL_CONCAT(aiot_try_result_, __LINE__) = (expression); \
  if (!AIOT_DETAIL_CONCAT(aiot_try_result_, __LINE__).ok()) {               \
    return AIOT_DETAIL_CONCAT(aiot_try_result_, __LINE__).error();          \
  }                                                                         \
  declaration = *AIOT_DETAIL_CONCAT(aiot_try_result_, __LINE__)
// NOLINTEND(bugprone-macro-parentheses)
