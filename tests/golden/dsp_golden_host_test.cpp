// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The vectors of the folder $AIOT_SHARED/vectors/dsp, made with numpy and scipy in double. Every
// case whose operation exists here is run; the others are named.

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aiot/dsp/features.hpp"
#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/math.hpp"
#include "aiot/dsp/spectrum.hpp"
#include "aiot/dsp/statistics.hpp"
#include "aiot/dsp/taper.hpp"
#include "ports/sim/machine.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

using Json = nlohmann::json;

/// Of the largest reference magnitude (arrays) or of the value (scalars).
constexpr double kTolerance = 1e-5;

class Vectors {
 public:
  explicit Vectors(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::ifstream(folder_ / "index.json") >> index_;
  }

  [[nodiscard]] const Json& cases() const { return index_.at("cases"); }

  /// Little-endian float64.
  [[nodiscard]] std::vector<double> array(const Json& test, const std::string& key) const {
    static_assert(std::endian::native == std::endian::little);
    std::ifstream file(folder_ / test.at(key).get<std::string>(), std::ios::binary);
    std::vector<double> values;
    for (double value = 0.0; file.read(reinterpret_cast<char*>(&value), sizeof value);) {
      values.push_back(value);
    }
    EXPECT_EQ(values.size(), test.at(key + "_n").get<std::size_t>());
    return values;
  }

  [[nodiscard]] std::vector<float> floats(const Json& test, const std::string& key) const {
    const std::vector<double> values = array(test, key);
    return {values.begin(), values.end()};
  }

 private:
  std::filesystem::path folder_;
  Json index_;
};

/// Largest difference as a part of the largest expected magnitude.
void expect_close(const std::vector<float>& got, const std::vector<double>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  double worst = 0.0;
  double peak = 0.0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    worst = std::max(worst, std::fabs(static_cast<double>(got[i]) - expected[i]));
    peak = std::max(peak, std::fabs(expected[i]));
  }
  EXPECT_LE(worst, kTolerance * peak);
}

void expect_relative(const char* name, float got, double expected) {
  EXPECT_LE(std::fabs(static_cast<double>(got) - expected), kTolerance * std::fabs(expected))
      << name << ": " << got << " instead of " << expected;
}

void run_rfft(const Vectors& vectors, const Json& test) {
  const std::vector<float> in = vectors.floats(test, "in_x");
  std::vector<float> packed(in.size() + 2);
  rfft(in, 0.0F, std::span{packed}.first(in.size()));
  packed.at(in.size()) = packed.at(1);  // the Nyquist bin, from where the packed form has it
  packed.at(1) = 0.0F;
  expect_close(packed, vectors.array(test, "out_X"));
}

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

void run_stats(const Vectors& vectors, const Json& test) {
  const Statistics s = statistics(vectors.floats(test, "in_x"));
  expect_relative("mean", s.mean, test.at("mean"));
  expect_relative("rms", s.rms, test.at("rms"));
  expect_relative("peak", s.peak, test.at("peak"));
  expect_relative("crest", s.crest_factor, test.at("crest"));
  expect_relative("kurtosis", s.kurtosis, test.at("kurtosis_pearson"));
}

/// The vectors are a second long, which is no power of two: the Fourier sum is the test's own here
/// (direct, in double, no taper), and what is judged is the choice of bins and the integration.
void run_velocity_rms(const Vectors& vectors, const Json& test) {
  const std::vector<double> acceleration = vectors.array(test, "in_acc_g");
  const std::size_t n = acceleration.size();
  const auto rate = test.at("fs_hz").get<float>();
  const BinRange bins = band_bins(static_cast<std::uint32_t>(n),
                                  rate,
                                  test.at("band_lo_hz").get<float>(),
                                  test.at("band_hi_hz").get<float>());
  std::vector<std::complex<double>> roots(n);
  for (std::size_t t = 0; t < n; ++t) {
    roots[t] = std::polar(
        1.0, -2.0 * 3.14159265358979323846 * static_cast<double>(t) / static_cast<double>(n));
  }
  std::vector<float> mean_square(n / 2 + 1);
  for (std::size_t k = bins.first; k <= bins.last; ++k) {
    std::complex<double> sum = 0.0;
    for (std::size_t t = 0; t < n; ++t) {
      sum += acceleration[t] * test.at("g0").get<double>() * roots[k * t % n];
    }
    mean_square[k] = static_cast<float>(2.0 * std::norm(sum) / static_cast<double>(n * n));
  }
  const float integrated = band_sum_integrated(mean_square, bins, rate / static_cast<float>(n));
  expect_relative("velocity", 1000.0F * sqrt(integrated), test.at("velocity_rms_mm_s"));
}

void run_bearing_freqs(const Vectors&, const Json& test) {
  const sim::BearingOrders orders =
      sim::bearing_orders({.balls = test.at("balls").get<float>(),
                           .ball_diameter = test.at("ball_d_in").get<float>(),
                           .pitch_diameter = test.at("pitch_d_in").get<float>(),
                           .contact_cos = cos(test.at("angle_deg").get<float>() * kPi / 180.0F)});
  expect_relative("ftf", orders.cage, test.at("ftf_mult"));
  expect_relative("bpfo", orders.outer, test.at("bpfo_mult"));
  expect_relative("bpfi", orders.inner, test.at("bpfi_mult"));
  expect_relative("bsf", orders.ball, test.at("bsf_mult"));
}

TEST(GoldenDsp, EveryCaseOfTheSharedVectors) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the test has one thread
  const char* const shared = std::getenv("AIOT_SHARED");
  if (shared == nullptr) {
    std::printf("SKIPPED: AIOT_SHARED is not set, no shared vector was run\n");
    GTEST_SKIP();
  }
  const std::filesystem::path folder = std::filesystem::path(shared) / "vectors" / "dsp";
  ASSERT_TRUE(std::filesystem::is_regular_file(folder / "index.json")) << folder;
  const std::map<std::string, void (*)(const Vectors&, const Json&)> runners = {
      {"rfft", run_rfft},
      {"window", run_window},
      {"stats", run_stats},
      {"velocity_rms", run_velocity_rms},
      {"bearing_freqs", run_bearing_freqs},
  };
  const Vectors vectors(folder);
  std::map<std::string, int> run;
  std::map<std::string, int> missing;
  for (const Json& test : vectors.cases()) {
    const auto operation = test.at("op").get<std::string>();
    const auto runner = runners.find(operation);
    if (runner == runners.end()) {
      ++missing[operation];
      continue;
    }
    SCOPED_TRACE(test.at("case").get<std::string>());
    runner->second(vectors, test);
    ++run[operation];
  }
  for (const auto& [operation, count] : run) {
    std::printf("golden dsp: %s: %d cases run\n", operation.c_str(), count);
  }
  for (const auto& [operation, count] : missing) {
    std::printf("SKIPPED: golden dsp: %s: %d cases, this version has no such operation\n",
                operation.c_str(),
                count);
  }
  EXPECT_FALSE(run.empty());
}

}  // namespace
}  // namespace aiot::dsp
