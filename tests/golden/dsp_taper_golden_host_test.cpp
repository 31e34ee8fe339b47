// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "aiot/dsp/taper.hpp"
#include "tests/golden/dsp_vectors.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp::golden {
namespace {

void run_window(const Vectors& vectors, const Json& test) {
  const std::map<std::string, TaperKind> kinds = {{"hann", TaperKind::kHann},
                                                  {"hamming", TaperKind::kHamming},
                                                  {"blackmanharris", TaperKind::kBlackmanHarris},
                                                  {"flattop", TaperKind::kFlatTop}};
  std::vector<float> taper(test.at("n").get<std::size_t>());
  make_taper(kinds.at(test.at("type").get<std::string>()),
             test.at("symmetric").get<int>() != 0 ? TaperEnds::kSymmetric : TaperEnds::kPeriodic,
             taper);
  expect_close(taper, vectors.array(test, "out_w"));
  expect_relative("coherent gain", taper_gain(taper).coherent, test.at("coherent_gain"));
  expect_relative("enbw", taper_gain(taper).enbw, test.at("enbw_bins"));
}

TEST(GoldenDsp, Window) {
  for_each_case("window", run_window);
}

}  // namespace
}  // namespace aiot::dsp::golden
