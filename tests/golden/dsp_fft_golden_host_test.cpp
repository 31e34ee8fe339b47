// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <span>
#include <vector>

#include "aiot/dsp/fft.hpp"
#include "tests/golden/dsp_vectors.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp::golden {
namespace {

void run_rfft(const Vectors& vectors, const Json& test) {
  const std::vector<float> in = vectors.floats(test, "in_x");
  std::vector<float> packed(in.size() + 2);
  rfft(in, 0.0F, std::span{packed}.first(in.size()));
  packed.at(in.size()) = packed.at(1);  // the Nyquist bin, from where the packed form has it
  packed.at(1) = 0.0F;
  expect_close(packed, vectors.array(test, "out_X"));
}

TEST(GoldenDsp, Rfft) {
  for_each_case("rfft", run_rfft);
}

}  // namespace
}  // namespace aiot::dsp::golden
