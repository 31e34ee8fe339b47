// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/statistics.hpp"

#include <algorithm>
#include <cstddef>

#include "aiot/core/check.hpp"
#include "aiot/dsp/math.hpp"

namespace aiot::dsp {
namespace {

constexpr std::size_t kBlock = 128;

/// A variance below this part of the mean square is rounding, not signal: two neighbouring codes of
/// a 16-bit converter at the end of its range are three orders of magnitude above it.
constexpr float kFlat = 1e-13F;

/// Twice rounded when it is above 2^32, and much faster than by a 64-bit conversion.
constexpr float to_float(std::uint64_t count) noexcept {
  return static_cast<float>(static_cast<std::uint32_t>(count >> 32U)) * 0x1p32F +
         static_cast<float>(static_cast<std::uint32_t>(count));
}

constexpr float quotient(float above, float below) noexcept {
  return below > 0.0F ? above / below : 0.0F;
}

/// Calls `visit(block)` for every 128 of `samples`, and for what is left.
template <class Visit>
void for_each_block(std::span<const float> samples, Visit visit) noexcept {
  while (!samples.empty()) {
    const std::size_t size = std::min(kBlock, samples.size());
    visit(samples.first(size));
    samples = samples.subspan(size);
  }
}

/// Sum of (x - centre), in the order of the samples.
float sum_about(std::span<const float> block, float centre) noexcept {
  float sum = 0.0F;
#pragma GCC unroll 4
  for (const float x : block) {
    sum += x - centre;
  }
  return sum;
}

/// Smallest and largest value so far.
struct Extremes {
  float minimum;
  float maximum;

  /// What the square of x - centre has to reach before x can be a new one; rounding is monotonic.
  [[nodiscard]] float limit(float centre) const noexcept {
    const float below = centre - minimum;
    const float above = maximum - centre;
    const float nearer = std::min(below, above);
    return nearer < 0.0F ? 0.0F : nearer * nearer;
  }

  /// Takes x in; returns the new limit. Rare, and not where it is called: the loop stays short.
  [[gnu::noinline]] float add(float x, float centre) noexcept {
    minimum = std::min(minimum, x);
    maximum = std::max(maximum, x);
    return limit(centre);
  }
};

}  // namespace

/// Of one block.
struct StatisticsAccumulator::Moments {
  float first;  // sums of powers of (x - centre)
  float second;
  float third;
  float fourth;
  float magnitude;  // sum of |x|

  Moments(std::span<const float> block, float centre, Extremes& extremes) noexcept;

  /// From those about a centre to those about the mean, which is `e` from it.
  void centralise(float size, float e) noexcept {
    const float e2 = e * e;
    fourth += e * (e * (6.0F * second - 3.0F * size * e2) - 4.0F * third);
    third += e * (2.0F * size * e2 - 3.0F * second);
    second -= size * e2;
  }
};

StatisticsAccumulator::Moments::Moments(std::span<const float> block,
                                        float centre,
                                        Extremes& extremes) noexcept {
  // Not the members, so that they stay in registers.
  float sum1 = 0.0F;
  float sum2 = 0.0F;
  float sum3 = 0.0F;
  float sum4 = 0.0F;
  float sum = 0.0F;
  float limit = extremes.limit(centre);
  const auto take = [&](float x) __attribute__((always_inline)) {
    const float d = x - centre;
    const float square = d * d;
    sum1 += d;
    sum2 += square;
    sum3 += square * d;
    sum4 += square * square;
    sum += __builtin_fabsf(x);
    if (square >= limit) [[unlikely]] {
      limit = extremes.add(x, centre);
    }
  };
  const float* at = block.data();
  for (std::size_t i = block.size() / 4; i != 0; --i) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) {
      take(*at++);
    }
  }
  for (std::size_t i = block.size() % 4; i != 0; --i) {
    take(*at++);
  }
  first = sum1;
  second = sum2;
  third = sum3;
  fourth = sum4;
  magnitude = sum;
}

float StatisticsAccumulator::centre_for(std::span<const float> block) const noexcept {
  return count_ != 0 ? last_ : sum_about(block, 0.0F) / static_cast<float>(block.size());
}

StatisticsAccumulator::Joint StatisticsAccumulator::join_mean(std::uint32_t size,
                                                              float centre,
                                                              float first) noexcept {
  if (count_ == 0) {
    origin_ = centre;
  }
  const auto own = static_cast<float>(size);
  const float e = first / own;
  Joint joint{};
  joint.before = to_float(count_);
  count_ += size;
  const float after = to_float(count_);
  joint.part = own / after;
  joint.rest = joint.before / after;
  joint.distance = (centre - origin_) + (e - mean_.value);
  mean_.add(joint.distance * joint.part);
  last_ = centre + e;
  return joint;
}

void StatisticsAccumulator::join(std::uint32_t size, float centre, const Moments& block) noexcept {
  const Joint joint = join_mean(size, centre, block.first);
  // Of each mean from the common one, and what both means alone have as a second moment.
  const float near = joint.rest * joint.distance;
  const float far = joint.part * joint.distance;
  const float pair = joint.before * joint.distance * far;
  fourth_.add(block.fourth + pair * (near * near - near * far + far * far) +
              6.0F * (near * near * block.second + far * far * second_.value) +
              4.0F * (near * block.third - far * third_.value));
  third_.add(block.third + pair * (near - far) +
             3.0F * (near * block.second - far * second_.value));
  second_.add(block.second + pair);
  magnitude_.add(block.magnitude);
}

void StatisticsAccumulator::add(std::span<const float> samples) noexcept {
  if (samples.empty()) {
    return;
  }
  Extremes extremes{minimum_, maximum_};
  if (count_ == 0) {
    extremes = {samples[0], samples[0]};
  }
  for_each_block(samples, [this, &extremes](std::span<const float> block) noexcept {
    const float centre = centre_for(block);
    const auto size = static_cast<std::uint32_t>(block.size());
    Moments moments(block, centre, extremes);
    moments.centralise(static_cast<float>(size), moments.first / static_cast<float>(size));
    join(size, centre, moments);
  });
  minimum_ = extremes.minimum;
  maximum_ = extremes.maximum;
}

Statistics StatisticsAccumulator::result() const noexcept {
  Statistics result;
  if (count_ == 0) {
    return result;
  }
  const auto count = to_float(count_);
  const float variance = second_.value / count;
  result.mean = origin_ + mean_.value;
  const float mean_square = variance + result.mean * result.mean;
  result.rms = sqrt(mean_square);
  result.minimum = minimum_;
  result.maximum = maximum_;
  result.peak = std::max(maximum_, -minimum_);
  result.mean_magnitude = magnitude_.value / count;
  result.crest_factor = quotient(result.peak, result.rms);
  result.shape_factor = quotient(result.rms, result.mean_magnitude);
  result.impulse_factor = quotient(result.peak, result.mean_magnitude);
  if (variance > kFlat * mean_square) {
    result.deviation = sqrt(variance);
    result.skewness = third_.value / (second_.value * result.deviation);
    result.kurtosis = fourth_.value / (second_.value * variance);
  }
  return result;
}

Statistics statistics(std::span<const float> samples) noexcept {
  AIOT_CHECK(!samples.empty());
  StatisticsAccumulator all;
  all.add(samples);
  return all.result();
}

float mean(std::span<const float> samples) noexcept {
  AIOT_CHECK(!samples.empty());
  StatisticsAccumulator all;
  for_each_block(samples, [&all](std::span<const float> block) noexcept {
    const float centre = all.centre_for(block);
    all.join_mean(static_cast<std::uint32_t>(block.size()), centre, sum_about(block, centre));
  });
  return all.origin_ + all.mean_.value;
}

}  // namespace aiot::dsp
