// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "aiot/dsp/filter.hpp"
#include "tests/golden/dsp_vectors.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp::golden {
namespace {

Sections read_sections(const Vectors& vectors, const Json& test) {
  const std::vector<double> values = vectors.array(test, "in_sos");
  Sections sections;
  for (std::size_t i = 0; i + 6 <= values.size(); i += 6) {
    const double* const at = &values[i];
    EXPECT_EQ(at[3], 1.0);
    EXPECT_TRUE(sections.push_back(section(Biquad<double>{at[0], at[1], at[2], at[4], at[5]})));
  }
  return sections;
}

std::span<const Section> as_span(const Sections& sections) {
  return {sections.begin(), sections.end()};
}

Sections own_design(const Json& test) {
  const std::map<std::string, FilterKind> kinds = {{"lowpass", FilterKind::kLowPass},
                                                   {"highpass", FilterKind::kHighPass},
                                                   {"bandpass", FilterKind::kBandPass}};
  FilterSpec spec;
  spec.kind = kinds.at(test.at("btype").get<std::string>());
  spec.order = test.at("order").get<std::uint32_t>();
  spec.lo_hz = test.at("f1_hz").get<float>();
  spec.hi_hz = spec.kind == FilterKind::kBandPass ? test.at("f2_hz").get<float>()
                                                  : test.at("f1_hz").get<float>();
  const Result<Sections> designed = design_butterworth(spec, test.at("fs_hz").get<float>());
  EXPECT_TRUE(designed.ok());
  return designed.value_or({});
}

/// In pieces of odd sizes: what comes of it may not depend on them.
std::vector<float> filtered(const Sections& sections, std::vector<float> x) {
  SosFilter filter(as_span(sections));
  std::size_t size = 1;
  for (std::size_t at = 0; at < x.size(); at += size, size = size % 97 + 1) {
    const std::span<float> piece = std::span{x}.subspan(at, std::min(size, x.size() - at));
    filter.run(piece, piece);
    size = piece.size();
  }
  return x;
}

void run_sosfilt(const Vectors& vectors, const Json& test) {
  const std::vector<double> expected = vectors.array(test, "out_y");
  expect_close(filtered(read_sections(vectors, test), vectors.floats(test, "in_x")), expected);
  expect_close(filtered(own_design(test), vectors.floats(test, "in_x")), expected);
}

/// The case of operation sosfilt with the same sections names the design: biquad_x for
/// butter_resp_x.
Sections design_of_response(const Vectors& vectors, const Json& test) {
  const std::string name =
      test.at("case").get<std::string>().substr(std::string("butter_resp_").size());
  for (const Json& other : vectors.cases()) {
    if (other.at("case").get<std::string>() == "biquad_" + name) {
      return own_design(other);
    }
  }
  ADD_FAILURE() << "nobody says how " << name << " was designed";
  return {};
}

void run_sos_response(const Vectors& vectors, const Json& test) {
  const std::vector<double> expected = vectors.array(test, "out_mag");
  const Sections designed = design_of_response(vectors, test);
  const Sections given = read_sections(vectors, test);
  std::vector<float> of_given;
  std::vector<float> of_designed;
  for (const float hz : vectors.floats(test, "out_f_hz")) {
    of_given.push_back(magnitude_at(as_span(given), hz, test.at("fs_hz").get<float>()));
    of_designed.push_back(magnitude_at(as_span(designed), hz, test.at("fs_hz").get<float>()));
  }
  expect_close(of_given, expected);
  expect_close(of_designed, expected);
}

TEST(GoldenDsp, SosFilter) {
  for_each_case("sosfilt", run_sosfilt);
}

TEST(GoldenDsp, SosResponse) {
  for_each_case("sos_response", run_sos_response);
}

}  // namespace
}  // namespace aiot::dsp::golden
