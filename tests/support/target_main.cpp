// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The run of the tests on a Cortex-M: the list, the printing, and the closing line. The board gives
// `aiot_test::write` and turns what `main` returns into the emulator's exit code.

#include <array>

#include "aiot/core/check.hpp"
#include "tests/support/test.hpp"

namespace aiot_test {
namespace {

constinit Case* first_case = nullptr;
constinit bool running_test_failed = false;

void print_where(const char* file, int line) noexcept {
  print(std::string_view{file});
  print(std::string_view{":"});
  print(static_cast<std::int64_t>(line));
  print(std::string_view{": "});
}

}  // namespace

Case::Case(const char* suite_name, const char* case_name, void (*case_body)()) noexcept
    : suite(suite_name), name(case_name), body(case_body), next(first_case) {
  first_case = this;
}

Trace::~Trace() {
  innermost_trace = outer_;
}

void print_traces() noexcept {
  for (const Trace* trace = innermost_trace; trace != nullptr; trace = trace->outer_) {
    print(std::string_view{"  with "});
    print_where(trace->file_, trace->line_);
    if (trace->is_text_) {
      print(trace->text_);
    } else {
      print(trace->number_);
    }
    print(std::string_view{"\n"});
  }
}

void print(std::string_view text) noexcept {
  write(text);
}

void print(bool value) noexcept {
  write(value ? "true" : "false");
}

void print(std::uint64_t value) noexcept {
  std::array<char, 20> digits{};
  std::size_t start = digits.size();
  do {
    --start;
    digits[start] = static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  write({&digits[start], digits.size() - start});
}

void print(std::int64_t value) noexcept {
  if (value < 0) {
    write("-");
    print(std::uint64_t{0} - static_cast<std::uint64_t>(value));
  } else {
    print(static_cast<std::uint64_t>(value));
  }
}

/// Nine significant digits, enough to tell any two floats apart.
void print(double value) noexcept {
  if (value != value) {
    return write("nan");
  }
  if (value < 0) {
    write("-");
    value = -value;
  }
  if (value > 1.7e308) {
    return write("inf");
  }
  std::int64_t exponent = 0;
  while (value >= 1e9) {
    value /= 10;
    ++exponent;
  }
  while (value != 0 && value < 1e8) {
    value *= 10;
    --exponent;
  }
  print(static_cast<std::uint64_t>(value + 0.5));
  if (exponent != 0) {
    write("e");
    print(exponent);
  }
}

void fail(const char* file, int line, const char* claim) noexcept {
  running_test_failed = true;
  print_where(file, line);
  print(std::string_view{"not so: "});
  print(std::string_view{claim});
  print(std::string_view{"\n"});
  print_traces();
}

int run_all() noexcept {
  int passed = 0;
  int failed = 0;
  for (const Case* test = first_case; test != nullptr; test = test->next) {
    running_test_failed = false;
    test->body();
    if (running_test_failed) {
      ++failed;
      for (const char* part : {"FAILED ", test->suite, ".", test->name, "\n"}) {
        print(std::string_view{part});
      }
    } else {
      ++passed;
    }
  }
  print(static_cast<std::int64_t>(passed));
  print(std::string_view{" passed, "});
  print(static_cast<std::int64_t>(failed));
  print(std::string_view{" failed\n"});
  return passed + failed == 0 ? 1 : failed;
}

}  // namespace aiot_test

/// A broken contract ends the run as a failure, whatever had passed.
void aiot::panic(const char* file, std::uint32_t line) noexcept {
  aiot_test::fail(file, static_cast<int>(line), "AIOT_CHECK");
  aiot_test::write("0 passed, 1 failed\n");
  aiot_test::leave(1);
}

int main() {
  return aiot_test::run_all() == 0 ? 0 : 1;
}
