// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <bit>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "aiot/dsp/fft.hpp"
#include "src/dsp/fft_backend.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

std::vector<std::uint32_t> bits_of(const std::vector<float>& numbers) {
  std::vector<std::uint32_t> bits;
  bits.reserve(numbers.size());
  for (const float x : numbers) {
    bits.push_back(std::bit_cast<std::uint32_t>(x));
  }
  return bits;
}

/// The bits of a power of two, 2^-20 to 2^19.
std::uint32_t exponent(std::mt19937& random) {
  return static_cast<std::uint32_t>(random() % 40U + 107U) << 23U;
}

void expect_same(const std::vector<float>& in, float offset) {
  std::vector<float> side_by_side(in.size());
  std::vector<float> one_by_one(in.size());
  lanes::rfft(in, offset, side_by_side);
  scalar::rfft(in, offset, one_by_one);
  ASSERT_EQ(bits_of(side_by_side), bits_of(one_by_one)) << in.size();
}

TEST(FftLanes, RealTransformHasTheBitsOfTheScalarOne) {
  std::mt19937 random(5);
  std::uniform_real_distribution<float> noise(-1.0F, 1.0F);
  for (std::size_t n = kMinFft; n <= kMaxFft; n *= 2) {
    for (int round = 0; round < 20; ++round) {
      std::vector<float> in(n);
      for (float& x : in) {
        x = noise(random) * std::bit_cast<float>(exponent(random));
      }
      expect_same(in, noise(random));
    }
  }
}

TEST(FftLanes, RealTransformOfPlainNumbersHasTheBitsOfTheScalarOne) {
  for (std::size_t n = kMinFft; n <= kMaxFft; n *= 2) {
    expect_same(std::vector<float>(n), 0.0F);
    expect_same(std::vector<float>(n, 1.0F), 0.0F);
    expect_same(std::vector<float>(n, -0.0F), 0.0F);
    for (std::size_t place = 0; place < n; place += 1 + n / 37) {
      std::vector<float> in(n);
      in[place] = -3.0F;
      expect_same(in, 0.0F);
      in[place] = 1e-39F;
      expect_same(in, 0.0F);
    }
  }
}

TEST(FftLanes, ComplexTransformHasTheBitsOfTheScalarOne) {
  std::mt19937 random(6);
  std::uniform_real_distribution<float> noise(-1.0F, 1.0F);
  for (std::size_t m = kMinCfft; m <= kMaxFft; m *= 2) {
    for (int round = 0; round < 20; ++round) {
      std::vector<float> side_by_side(2 * m);
      for (float& x : side_by_side) {
        x = noise(random) * std::bit_cast<float>(exponent(random));
      }
      std::vector<float> one_by_one = side_by_side;
      lanes::transform(side_by_side);
      scalar::transform(one_by_one);
      ASSERT_EQ(bits_of(side_by_side), bits_of(one_by_one)) << m;
    }
  }
}

}  // namespace
}  // namespace aiot::dsp
