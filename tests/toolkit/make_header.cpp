// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "aiot/toolkit/compiler/emit_header.hpp"
#include "tests/toolkit/header_network.hpp"

/// Prints the header of the network of emit_header_test.
int main() {
  const std::string text = aiot::toolkit::emit_header(
      aiot::test::header_network(), aiot::toolkit::ref_target(), "Small network, 8-bit");
  return std::fputs(text.c_str(), stdout) < 0 ? 1 : 0;
}
