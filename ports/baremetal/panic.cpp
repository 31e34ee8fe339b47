// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/core/check.hpp"
#include "ports/baremetal/semihosting.hpp"

/// Says where the contract was broken and ends the run. A file of its own: an application that
/// defines `aiot::panic` itself does not get this one.
void aiot::panic(const char* file, std::uint32_t line) noexcept {
  namespace host = baremetal::semihosting;
  host::print("panic: ");
  host::print(std::string_view{file});
  host::print(":");
  host::print(line);
  host::print("\n");
  host::exit(host::kExitPanic);
}
