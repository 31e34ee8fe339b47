// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/core/math.hpp"
#include "tests/support/test.hpp"

namespace aiot {

using Function = float (*)(float);

Function log_of_math_test() noexcept;  // math_test.cpp

namespace {

// One function for both would be the linker's choice: in a program whose own files are built with
// contraction, the library would then compute with theirs.
TEST(Math, EachFileHasItsOwnFunctions) {
  EXPECT_TRUE(log_of_math_test() != static_cast<Function>(&math::log));
}

}  // namespace
}  // namespace aiot
