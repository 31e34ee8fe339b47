// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <vector>

#include "aiot/dsp/cepstrum.hpp"
#include "tests/golden/dsp_vectors.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp::golden {
namespace {

void run_cepstrum(const Vectors& vectors, const Json& test) {
  const std::vector<float> in = vectors.floats(test, "in_x");
  std::vector<float> spectrum(in.size());
  std::vector<float> out(in.size());
  real_cepstrum(in, 0.0F, spectrum, out);
  out.resize(in.size() / 2);
  expect_close(out, vectors.array(test, "out_c"));
}

TEST(GoldenDsp, RealCepstrum) {
  for_each_case("real_cepstrum", run_cepstrum);
}

}  // namespace
}  // namespace aiot::dsp::golden
