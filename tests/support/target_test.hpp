// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Comparisons of mixed signedness are the caller's wish here, as in GoogleTest.
#pragma GCC system_header

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

/// GoogleTest's macros for a Cortex-M: no heap, no exceptions, no stdio. One list of tests built by
/// static constructors; failures are printed when they happen; a test is a plain function.
namespace aiot_test {

/// The board's console, and its way to end a run; defined in tests/support/target_board.cpp.
void write(std::string_view text) noexcept;
[[noreturn]] void leave(int exit_code) noexcept;

/// Runs every registered test, prints the failures and `N passed, N failed`. The number of failed
/// tests; 1 when none is registered, because a run that tested nothing is not a success.
int run_all() noexcept;

/// One test, linked into the list of all when it is constructed.
class Case {
 public:
  Case(const char* suite, const char* name, void (*body)()) noexcept;

  const char* const suite;
  const char* const name;
  void (*const body)();
  Case* next = nullptr;
};

/// A line of context that is printed with each failure while it is in scope.
class Trace {
 public:
  template <class T>
  Trace(const char* file, int line, const T& message) noexcept;
  ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

 private:
  friend void print_traces() noexcept;
  const char* file_;
  int line_;
  std::string_view text_;
  std::int64_t number_ = 0;
  bool is_text_ = false;
  Trace* outer_;
};

inline constinit Trace* innermost_trace = nullptr;

void print(std::string_view text) noexcept;
void print(bool value) noexcept;
void print(std::int64_t value) noexcept;
void print(std::uint64_t value) noexcept;
void print(double value) noexcept;

/// Prints what it knows how to print; other types show as their size in bytes.
template <class T>
void print_value(const T& value) noexcept {
  using Plain = std::remove_cv_t<T>;
  if constexpr (std::is_same_v<Plain, bool>) {
    print(value);
  } else if constexpr (std::is_same_v<Plain, std::byte>) {
    print(std::to_integer<std::uint64_t>(value));
  } else if constexpr (std::is_enum_v<Plain>) {
    print_value(static_cast<std::underlying_type_t<Plain>>(value));
  } else if constexpr (std::is_floating_point_v<Plain>) {
    print(static_cast<double>(value));
  } else if constexpr (std::is_integral_v<Plain> && std::is_signed_v<Plain>) {
    print(static_cast<std::int64_t>(value));
  } else if constexpr (std::is_integral_v<Plain>) {
    print(static_cast<std::uint64_t>(value));
  } else if constexpr (std::is_null_pointer_v<Plain>) {
    print(std::string_view{"nullptr"});
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    print(std::string_view{value});
  } else if constexpr (std::is_pointer_v<Plain>) {
    print(static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(value)));
  } else {
    print(std::string_view{"a value of "});
    print(static_cast<std::uint64_t>(sizeof(T)));
    print(std::string_view{" bytes"});
  }
}

/// Prints where and what failed, and marks the running test as failed.
void fail(const char* file, int line, const char* claim) noexcept;

/// Takes the `<< message` behind a failed check.
class Message {
 public:
  template <class T>
  const Message& operator<<(const T& value) const noexcept {
    print_value(value);
    return *this;
  }
};

/// Swallows the message; `return End{} = Message{} << text` leaves a void function.
struct End {
  void operator=(const Message&) const noexcept { print(std::string_view{"\n"}); }
};

template <class L, class R>
void fail_values(const char* file, int line, const char* claim, const L& l, const R& r) noexcept {
  fail(file, line, claim);
  print(std::string_view{"  left "});
  print_value(l);
  print(std::string_view{", right "});
  print_value(r);
  print(std::string_view{"\n"});
}

inline bool check(bool ok, const char* file, int line, const char* claim) noexcept {
  if (!ok) {
    fail(file, line, claim);
  }
  return ok;
}

// Named like std::equal_to and its siblings; <functional> would cost each test half a second.
#define AIOT_TEST_COMPARISON(name, op)              \
  struct name {                                     \
    template <class L, class R>                     \
    bool operator()(const L& l, const R& r) const { \
      return static_cast<bool>(l op r);             \
    }                                               \
  };
AIOT_TEST_COMPARISON(Equal, ==)
AIOT_TEST_COMPARISON(NotEqual, !=)
AIOT_TEST_COMPARISON(Less, <)
AIOT_TEST_COMPARISON(LessEqual, <=)
AIOT_TEST_COMPARISON(Greater, >)
AIOT_TEST_COMPARISON(GreaterEqual, >=)
#undef AIOT_TEST_COMPARISON

template <class L, class R, class Compare>
bool check(const char* file, int line, const char* claim, const L& l, const R& r, Compare compare) {
  const bool ok = compare(l, r);
  if (!ok) {
    fail_values(file, line, claim, l, r);
  }
  return ok;
}

template <class L, class R, class T>
bool check_near(const char* file, int line, const char* claim, const L& l, const R& r, const T& t) {
  const double distance = static_cast<double>(l) - static_cast<double>(r);
  const bool ok = (distance < 0 ? -distance : distance) <= static_cast<double>(t);
  if (!ok) {
    fail_values(file, line, claim, l, r);
  }
  return ok;
}

template <class T>
Trace::Trace(const char* file, int line, const T& message) noexcept : file_(file), line_(line) {
  if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    text_ = message;
    is_text_ = true;
  } else {
    number_ = static_cast<std::int64_t>(message);
  }
  outer_ = innermost_trace;
  innermost_trace = this;
}

}  // namespace aiot_test

#define AIOT_TEST_JOIN_(a, b) a##b
#define AIOT_TEST_JOIN(a, b) AIOT_TEST_JOIN_(a, b)

#define TEST(suite, name)                                                        \
  static void suite##_##name##_body();                                           \
  static ::aiot_test::Case suite##_##name{#suite, #name, suite##_##name##_body}; \
  static void suite##_##name##_body()

// `switch` keeps an `else` behind the macro from binding to the macro's `if`.
#define AIOT_TEST_UNLESS(ok, leave) \
  switch (0)                        \
  case 0:                           \
  default:                          \
    if (ok) {                       \
    } else                          \
      leave ::aiot_test::End{} = ::aiot_test::Message {}

#define AIOT_TEST_BOOL(ok, claim, leave) \
  AIOT_TEST_UNLESS(::aiot_test::check(static_cast<bool>(ok), __FILE__, __LINE__, claim), leave)
#define AIOT_TEST_BINARY(compare, l, op, r, leave)                                             \
  AIOT_TEST_UNLESS(                                                                            \
      ::aiot_test::check(__FILE__, __LINE__, #l " " #op " " #r, l, r, ::aiot_test::compare{}), \
      leave)
#define AIOT_TEST_NEAR(l, r, t, leave) \
  AIOT_TEST_UNLESS(                    \
      ::aiot_test::check_near(__FILE__, __LINE__, #l " within " #t " of " #r, l, r, t), leave)
#define AIOT_TEST_STREQ(l, r, leave) \
  AIOT_TEST_BINARY(Equal, ::std::string_view{l}, ==, ::std::string_view{r}, leave)

#define EXPECT_TRUE(condition) AIOT_TEST_BOOL(condition, #condition " is true", )
#define EXPECT_FALSE(condition) AIOT_TEST_BOOL(!(condition), #condition " is false", )
#define EXPECT_EQ(l, r) AIOT_TEST_BINARY(Equal, l, ==, r, )
#define EXPECT_NE(l, r) AIOT_TEST_BINARY(NotEqual, l, !=, r, )
#define EXPECT_LT(l, r) AIOT_TEST_BINARY(Less, l, <, r, )
#define EXPECT_LE(l, r) AIOT_TEST_BINARY(LessEqual, l, <=, r, )
#define EXPECT_GT(l, r) AIOT_TEST_BINARY(Greater, l, >, r, )
#define EXPECT_GE(l, r) AIOT_TEST_BINARY(GreaterEqual, l, >=, r, )
#define EXPECT_NEAR(l, r, tolerance) AIOT_TEST_NEAR(l, r, tolerance, )
#define EXPECT_STREQ(l, r) AIOT_TEST_STREQ(l, r, )

#define ASSERT_TRUE(condition) AIOT_TEST_BOOL(condition, #condition " is true", return )
#define ASSERT_FALSE(condition) AIOT_TEST_BOOL(!(condition), #condition " is false", return )
#define ASSERT_EQ(l, r) AIOT_TEST_BINARY(Equal, l, ==, r, return )
#define ASSERT_NE(l, r) AIOT_TEST_BINARY(NotEqual, l, !=, r, return )
#define ASSERT_LT(l, r) AIOT_TEST_BINARY(Less, l, <, r, return )
#define ASSERT_LE(l, r) AIOT_TEST_BINARY(LessEqual, l, <=, r, return )
#define ASSERT_GT(l, r) AIOT_TEST_BINARY(Greater, l, >, r, return )
#define ASSERT_GE(l, r) AIOT_TEST_BINARY(GreaterEqual, l, >=, r, return )
#define ASSERT_NEAR(l, r, tolerance) AIOT_TEST_NEAR(l, r, tolerance, return )
#define ASSERT_STREQ(l, r) AIOT_TEST_STREQ(l, r, return )

#define ADD_FAILURE() AIOT_TEST_BOOL(false, "failure", )
#define FAIL() AIOT_TEST_BOOL(false, "failure", return )
#define SUCCEED() AIOT_TEST_BOOL(true, "", )
#define SCOPED_TRACE(message) \
  const ::aiot_test::Trace AIOT_TEST_JOIN(aiot_trace_, __LINE__)(__FILE__, __LINE__, message)
