// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdio>
#include <cstdlib>

#include "aiot/core/check.hpp"

// In a static library: an application that defines its own is not given this one.
void aiot::panic(const char* file, std::uint32_t line) noexcept {
  (void)std::fprintf(stderr, "aiot: broken contract at %s:%u\n", file, static_cast<unsigned>(line));
  std::abort();
}
