// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aiot {

/// Called when a caller broke a contract (a span of the wrong size, a value that was never set).
/// The application defines it, and it must not return: reset the device, abort the process, fail
/// the test. `file` is the source file, `line` the line of the check.
[[noreturn]] void panic(const char* file, std::uint32_t line) noexcept;

}  // namespace aiot

/// A bug of the caller ends here; what the world may do is an `Error` instead.
#define AIOT_CHECK(condition)                                        \
  do {                                                               \
    if (!(condition)) {                                              \
      ::aiot::panic(__FILE__, static_cast<std::uint32_t>(__LINE__)); \
    }                                                                \
  } while (false)
