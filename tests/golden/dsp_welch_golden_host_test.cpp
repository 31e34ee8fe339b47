// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "aiot/dsp/averaged_spectrum.hpp"
#include "tests/golden/dsp_vectors.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp::golden {
namespace {

void run_welch(const Vectors& vectors, const Json& test) {
  const std::map<std::string, TaperKind> kinds = {{"hann", TaperKind::kHann},
                                                  {"blackmanharris", TaperKind::kBlackmanHarris},
                                                  {"flattop", TaperKind::kFlatTop}};
  const auto length = test.at("nperseg").get<std::uint32_t>();
  std::vector<float> bins(length / 2 + 1);
  std::vector<float> scratch(length);
  AveragedSpectrum spectrum({.length = length,
                             .rate_hz = test.at("fs_hz").get<float>(),
                             .taper = kinds.at(test.at("window").get<std::string>())},
                            bins,
                            scratch);
  spectrum.add_all(vectors.floats(test, "in_x"), length - test.at("overlap").get<std::uint32_t>());
  std::vector<float> out(bins.size());
  spectrum.read(SpectrumQuantity::kDensity, out);
  expect_close(out, vectors.array(test, "out_psd"));
  spectrum.read(SpectrumQuantity::kTonePower, out);
  expect_close(out, vectors.array(test, "out_spectrum"));
}

TEST(GoldenDsp, Welch) {
  for_each_case("welch", run_welch);
}

}  // namespace
}  // namespace aiot::dsp::golden
