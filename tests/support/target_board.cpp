// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/baremetal/semihosting.hpp"
#include "tests/support/test.hpp"

namespace aiot_test {

void write(std::string_view text) noexcept {
  aiot::baremetal::semihosting::print(text);
}

void leave(int exit_code) noexcept {
  aiot::baremetal::semihosting::exit(exit_code);
}

}  // namespace aiot_test
