// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/nn/quant.hpp"
#include "tests/support/test.hpp"

namespace aiot::nn {

using Quantize = std::int8_t (*)(float, QuantParams);

Quantize quantize_of_quant_test() noexcept;  // quant_test.cpp

namespace {

// One function for both would be the linker's choice: in a program whose own files are built with
// other rules for floats, the library would then compute with theirs.
TEST(Quant, EachFileHasItsOwnFunctions) {
  EXPECT_TRUE(quantize_of_quant_test() != static_cast<Quantize>(&quantize));
}

}  // namespace
}  // namespace aiot::nn
