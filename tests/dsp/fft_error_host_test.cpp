// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The stated error of the transforms, at every size, against a transform in double.

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "aiot/dsp/fft.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

using Points = std::vector<std::complex<double>>;

/// Radix two by definition; `sign` of the exponent.
// NOLINTNEXTLINE(misc-no-recursion): the stack is the host's, and the definition is plain
Points transform(const Points& in, double sign) {
  const std::size_t size = in.size();
  if (size == 1) {
    return in;
  }
  Points even(size / 2);
  Points odd(size / 2);
  for (std::size_t i = 0; i < size / 2; ++i) {
    even[i] = in[2 * i];
    odd[i] = in[2 * i + 1];
  }
  even = transform(even, sign);
  odd = transform(odd, sign);
  Points out(size);
  for (std::size_t k = 0; k < size / 2; ++k) {
    const std::complex<double> turned =
        std::polar(1.0,
                   sign * 2.0 * 3.14159265358979323846 * static_cast<double>(k) /
                       static_cast<double>(size)) *
        odd[k];
    out[k] = even[k] + turned;
    out[k + size / 2] = even[k] - turned;
  }
  return out;
}

double largest(const Points& points) {
  double found = 0.0;
  for (const std::complex<double>& point : points) {
    found = std::max(found, std::abs(point));
  }
  return found;
}

/// Largest error relative to the largest magnitude.
double error(const Points& got, const Points& expected) {
  Points difference(expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    difference[i] = got[i] - expected[i];
  }
  return largest(difference) / largest(expected);
}

/// Noise, and in every second `round` a tone with its harmonics above it.
std::vector<float> signal(std::size_t size, int round) {
  std::mt19937 random(static_cast<std::uint32_t>(size) + static_cast<std::uint32_t>(round));
  std::uniform_real_distribution<float> noise(-1.0F, 1.0F);
  std::vector<float> out(size);
  for (std::size_t t = 0; t < size; ++t) {
    out[t] = noise(random);
    for (int harmonic = 1; harmonic <= 3 && round % 2 != 0; ++harmonic) {
      out[t] += 30.0F * std::sin(0.21F * static_cast<float>(harmonic) * static_cast<float>(t));
    }
  }
  return out;
}

Points complex_of(const std::vector<float>& interleaved) {
  const std::vector<double> numbers(interleaved.begin(), interleaved.end());
  Points out(interleaved.size() / 2);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = {numbers[2 * i], numbers[2 * i + 1]};
  }
  return out;
}

constexpr int kRounds = 4;
constexpr double kStated = 1e-6;

TEST(FftError, OfTheRealTransformIsAsStated) {
  for (std::size_t n = kMinFft; n <= kMaxFft; n *= 2) {
    for (int round = 0; round < kRounds; ++round) {
      const std::vector<float> in = signal(n, round);
      std::vector<float> packed(n + 2);
      rfft(in, 0.0F, std::span{packed}.first(n));
      packed[n] = packed[1];
      packed[1] = 0.0F;
      Points expected = transform(Points(in.begin(), in.end()), -1.0);
      expected.resize(n / 2 + 1);
      EXPECT_LE(error(complex_of(packed), expected), kStated) << n;
    }
  }
}

TEST(FftError, OfTheComplexTransformIsAsStated) {
  for (std::size_t m = kMinCfft; m <= kMaxFft; m *= 2) {
    for (int round = 0; round < kRounds; ++round) {
      const std::vector<float> in = signal(2 * m, round);
      std::vector<float> data = in;
      cfft(data, Direction::kForward);
      EXPECT_LE(error(complex_of(data), transform(complex_of(in), -1.0)), kStated) << m;
      data = in;
      cfft(data, Direction::kInverse);
      EXPECT_LE(error(complex_of(data), transform(complex_of(in), 1.0)), kStated) << m;
    }
  }
}

TEST(FftError, OfTheInverseRealTransformIsAsStated) {
  for (std::size_t n = kMinFft; n <= kMaxFft; n *= 2) {
    for (int round = 0; round < kRounds; ++round) {
      const std::vector<float> packed = signal(n, round);
      std::vector<float> out(n);
      irfft(packed, out);
      Points whole = complex_of(packed);
      whole.resize(n);
      whole[n / 2] = whole[0].imag();
      whole[0] = whole[0].real();
      for (std::size_t k = 1; k < n / 2; ++k) {
        whole[n - k] = std::conj(whole[k]);
      }
      Points expected = transform(whole, 1.0);
      for (std::complex<double>& point : expected) {
        point /= static_cast<double>(n);
      }
      EXPECT_LE(error(Points(out.begin(), out.end()), expected), kStated) << n;
    }
  }
}

}  // namespace
}  // namespace aiot::dsp
