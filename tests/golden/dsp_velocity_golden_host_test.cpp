// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <complex>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "aiot/dsp/averaged_spectrum.hpp"
#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/math.hpp"
#include "aiot/dsp/spectrum.hpp"
#include "aiot/dsp/velocity.hpp"
#include "tests/golden/dsp_vectors.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp::golden {
namespace {

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

/// As a device does it: averaged spectra of the longest segments that fit, Hann taper.
void run_from_spectrum(const Vectors& vectors, const Json& test) {
  std::vector<float> acceleration = vectors.floats(test, "in_acc_g");
  for (float& x : acceleration) {
    x *= test.at("g0").get<float>();
  }
  const auto rate = test.at("fs_hz").get<float>();
  const std::uint32_t length = acceleration.size() < kMaxFft ? kMaxFft / 2 : kMaxFft;
  std::vector<float> bins(length / 2 + 1);
  std::vector<float> scratch(length);
  AveragedSpectrum spectrum({.length = length, .rate_hz = rate}, bins, scratch);
  EXPECT_GT(spectrum.add_all(acceleration, length / 2), 0U);
  expect_relative("velocity",
                  velocity_rms(spectrum.mean_square(),
                               rate,
                               TaperKind::kHann,
                               test.at("band_lo_hz").get<float>(),
                               test.at("band_hi_hz").get<float>()),
                  test.at("velocity_rms_mm_s"));
}

/// And sample by sample: the tones are inside the band, the filters' edges are what differs.
void run_meter(const Vectors& vectors, const Json& test) {
  VelocityMeter meter({test.at("band_lo_hz").get<float>(), test.at("band_hi_hz").get<float>()},
                      test.at("fs_hz").get<float>());
  std::vector<float> acceleration = vectors.floats(test, "in_acc_g");
  for (float& x : acceleration) {
    x *= test.at("g0").get<float>();
  }
  for (int seconds = 0; seconds < 3; ++seconds) {
    meter.add(acceleration);
  }
  const auto expected = test.at("velocity_rms_mm_s").get<double>();
  EXPECT_NEAR(meter.rms(), expected, 1e-3 * expected);
}

TEST(GoldenDsp, VelocityRms) {
  for_each_case("velocity_rms", run_velocity_rms);
  for_each_case("velocity_rms", run_from_spectrum);
  for_each_case("velocity_rms", run_meter);
}

}  // namespace
}  // namespace aiot::dsp::golden
