// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Signal-to-noise ratio of the transform in 16 bits: power of all bins of a direct sum in double of
// the same int16 samples, over the power of the differences.

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>
#include <vector>

#include "aiot/dsp/fft_q15.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

using Samples = std::vector<std::int16_t>;

double signal_to_noise_db(const Samples& in) {
  const std::size_t n = in.size();
  Samples out(n);
  const std::int32_t exponent = rfft_q15(in, out);
  std::vector<std::complex<double>> roots(n);
  for (std::size_t t = 0; t < n; ++t) {
    roots[t] = std::polar(
        1.0, -2.0 * 3.14159265358979323846 * static_cast<double>(t) / static_cast<double>(n));
  }
  double signal = 0.0;
  double noise = 0.0;
  for (std::size_t k = 0; k <= n / 2; ++k) {
    std::complex<double> sum = 0.0;
    for (std::size_t t = 0; t < n; ++t) {
      sum += static_cast<double>(in[t]) * roots[k * t % n];
    }
    const bool real = k == 0 || k == n / 2;
    const std::complex<double> got(std::ldexp(k == n / 2 ? out[1] : out[2 * k], exponent),
                                   real ? 0.0 : std::ldexp(out[2 * k + 1], exponent));
    signal += std::norm(sum);
    noise += std::norm(got - sum);
  }
  return 10.0 * std::log10(signal / noise);
}

std::int16_t quantised(double x) {
  return static_cast<std::int16_t>(std::clamp(std::round(x), -32768.0, 32767.0));
}

/// Two tones between bins, and noise; together they just reach full scale at 0 dBFS.
Samples tones(std::size_t size, double level_db, double phase) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> noise(-1.0, 1.0);
  const double amplitude = 32767.0 * std::pow(10.0, level_db / 20.0);
  Samples out(size);
  for (std::size_t t = 0; t < size; ++t) {
    const auto time = static_cast<double>(t);
    out[t] = quantised(amplitude * (0.60 * std::cos(0.448 * time + phase) +
                                    0.39 * std::cos(1.331 * time) + 0.01 * noise(random)));
  }
  return out;
}

TEST(FftQ15Noise, IsBelowTheSignalBy55DecibelsAtEveryLevel) {
  for (const double level : {0.0, -1.0, -10.0, -20.0, -40.0, -60.0}) {
    const double found = signal_to_noise_db(tones(1024, level, 0.0));
    std::printf("rfft_q15 1024, two tones and noise at %3.0f dBFS: %.1f dB\n", level, found);
    EXPECT_GE(found, 55.0) << level << " dBFS";
  }
}

TEST(FftQ15Noise, OfManyLevelsHasNoWorseCorner) {
  double worst = 1000.0;
  for (int step = 0; step <= 240; ++step) {
    worst = std::min(worst, signal_to_noise_db(tones(1024, -0.25 * step, 0.1 * step)));
  }
  std::printf("rfft_q15 1024, worst of 241 levels from 0 to -60 dBFS: %.1f dB\n", worst);
  EXPECT_GE(worst, 55.0);
}

TEST(FftQ15Noise, OfOtherSizesIsAsStated) {
  for (std::size_t n = kMinFftQ15; n <= kMaxFftQ15; n *= 2) {
    for (const double level : {0.0, -30.0, -60.0}) {
      EXPECT_GE(signal_to_noise_db(tones(n, level, 0.0)), 55.0) << n << " at " << level;
    }
  }
}

TEST(FftQ15Noise, OfASingleToneInItsBinIsAsStated) {
  double worst = 1000.0;
  for (int step = 0; step <= 60; ++step) {
    Samples in(1024);
    for (std::size_t t = 0; t < in.size(); ++t) {
      in[t] = quantised(
          32767.0 * std::pow(10.0, -step / 20.0) *
          std::cos(6.28318530717958647692 * 37.0 * static_cast<double>(t) / 1024.0 + 0.1 * step));
    }
    worst = std::min(worst, signal_to_noise_db(in));
  }
  std::printf("rfft_q15 1024, worst of 61 levels of one tone: %.1f dB\n", worst);
  EXPECT_GE(worst, 55.0);
}

}  // namespace
}  // namespace aiot::dsp
