// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// "Same in, same out" stands on this: + - * / and sqrt give the same bits on a host, in a
// soft-float library and in the FPU of a Cortex-M, subnormals included. A core that flushes them to
// zero, a fused multiply-add or another rounding mode changes the sums below.

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>

#include "aiot/core/bytes.hpp"
#include "aiot/core/crc32.hpp"
#include "tests/support/test.hpp"

namespace aiot {
namespace {

constexpr int kPairs = 20'000;

class BitSource {
 public:
  std::uint32_t next() {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 17U;
    state_ ^= state_ << 5U;
    return state_;
  }

  /// Any finite float of either sign, every fourth of them subnormal.
  float next_float() {
    std::uint32_t bits = next();
    const std::uint32_t exponent = (bits >> 23U) & 0xFFU;
    if ((next() & 3U) == 0) {
      bits &= 0x807F'FFFFU;
    } else if (exponent == 0xFFU) {
      bits ^= 0x4000'0000U;
    }
    return std::bit_cast<float>(bits);
  }

  /// A float near `other` in size, so that sums cancel and products stay in range.
  float next_near(float other) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(other) & 0x7F80'0000U;
    const std::uint32_t step = (next() & 7U) << 23U;
    const std::uint32_t low = next() & 0x807F'FFFFU;
    return std::bit_cast<float>(bits > step ? (bits - step) | low : bits | low);
  }

 private:
  std::uint32_t state_ = 0x2545'F491;
};

class BitSum {
 public:
  void add(float value) {
    // Any NaN counts as one: its payload is not defined by IEEE 754.
    const std::uint32_t bits = value != value ? 0x7FC0'0000U : std::bit_cast<std::uint32_t>(value);
    std::array<std::byte, 4> bytes{};
    store_le32(bytes.data(), bits);
    crc_ = crc32(crc_, bytes);
  }

  std::uint32_t value() const { return crc_; }

 private:
  std::uint32_t crc_ = 0;
};

template <class Operation>
std::uint32_t sum_over_pairs(Operation operation) {
  BitSource source;
  BitSum sum;
  for (int i = 0; i < kPairs; ++i) {
    const float a = source.next_float();
    sum.add(operation(a, source.next_float()));
    sum.add(operation(a, source.next_near(a)));
  }
  return sum.value();
}

}  // namespace

TEST(FloatBits, SubnormalsAreKept) {
  volatile float smallest_normal = std::bit_cast<float>(0x0080'0000U);
  const float half = smallest_normal * 0.5F;
  EXPECT_EQ(std::bit_cast<std::uint32_t>(half), 0x0040'0000U);
  volatile float smallest = std::bit_cast<float>(1U);
  const float twice = smallest + smallest;
  EXPECT_EQ(std::bit_cast<std::uint32_t>(twice), 2U);
}

TEST(FloatBits, SumsAreTheSameEverywhere) {
  EXPECT_EQ(sum_over_pairs([](float a, float b) { return a + b; }), 0xE977'5716U);
}

TEST(FloatBits, DifferencesAreTheSameEverywhere) {
  EXPECT_EQ(sum_over_pairs([](float a, float b) { return a - b; }), 0x9C05'16E7U);
}

TEST(FloatBits, ProductsAreTheSameEverywhere) {
  EXPECT_EQ(sum_over_pairs([](float a, float b) { return a * b; }), 0x37D8'59D4U);
}

TEST(FloatBits, QuotientsAreTheSameEverywhere) {
  EXPECT_EQ(sum_over_pairs([](float a, float b) { return a / b; }), 0xB607'50E5U);
}

TEST(FloatBits, RootsAreTheSameEverywhere) {
  EXPECT_EQ(sum_over_pairs([](float a, float b) { return std::sqrt(a < 0 ? b : a); }),
            0x2820'BF30U);
}

TEST(FloatBits, NothingIsFused) {
  EXPECT_EQ(sum_over_pairs([](float a, float b) { return a * b + a; }), 0xD818'66D3U);
}

TEST(FloatBits, ConversionsAreTheSameEverywhere) {
  EXPECT_EQ(sum_over_pairs([](float a, float b) {
              const float unit = a - a == 0 && std::fabs(a) < 2e9F ? a : b;
              const float bounded = std::fabs(unit) < 2e9F ? unit : 1.0F;
              return static_cast<float>(static_cast<std::int32_t>(bounded)) +
                     static_cast<float>(std::bit_cast<std::uint32_t>(a));
            }),
            0xB33B'EC24U);
}

}  // namespace aiot
