// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/statistics.hpp"

#include <algorithm>
#include <cstddef>

#include "aiot/core/check.hpp"
#include "aiot/dsp/math.hpp"

namespace aiot::dsp {
namespace {

constexpr std::size_t kBlock = 64;

/// A variance below this part of the mean square is rounding, not signal: two neighbouring codes of
/// a 16-bit converter at the end of its range are three orders of magnitude above it.
constexpr float kFlat = 1e-13F;

struct Moments {
  float first = 0.0F;  // sums of powers of (x - centre)
  float second = 0.0F;
  float third = 0.0F;
  float fourth = 0.0F;
};

/// Adds one block to `total`; returns the larger of `peak` and the block's largest magnitude.
float add_block(std::span<const float> block, float centre, float peak, Moments& total) noexcept {
  Moments sum;
  for (const float x : block) {
    const float d = x - centre;
    const float square = d * d;
    sum.first += d;
    sum.second += square;
    sum.third += square * d;
    sum.fourth += square * square;
    const float magnitude = x < 0.0F ? -x : x;
    peak = magnitude > peak ? magnitude : peak;
  }
  total.first += sum.first;
  total.second += sum.second;
  total.third += sum.third;
  total.fourth += sum.fourth;
  return peak;
}

}  // namespace

float mean(std::span<const float> samples) noexcept {
  AIOT_CHECK(!samples.empty());
  float total = 0.0F;
  for (std::size_t at = 0; at < samples.size(); at += kBlock) {
    const std::size_t end = std::min(at + kBlock, samples.size());
    float sum = 0.0F;
    for (std::size_t i = at; i < end; ++i) {
      sum += samples[i];
    }
    total += sum;
  }
  return total / static_cast<float>(samples.size());
}

Statistics statistics(std::span<const float> samples) noexcept {
  const float centre = mean(samples);
  Moments total;
  Statistics result;
  for (std::size_t at = 0; at < samples.size(); at += kBlock) {
    const std::size_t size = std::min(kBlock, samples.size() - at);
    result.peak = add_block(samples.subspan(at, size), centre, result.peak, total);
  }
  const auto count = static_cast<float>(samples.size());
  // `centre` is the mean but for its rounding `e`; moments about it become those about the mean.
  const float e = total.first / count;
  const float second = total.second / count;
  const float third = total.third / count;
  const float fourth = total.fourth / count;
  const float variance = second - e * e;
  const float central_fourth = fourth - e * (4.0F * third - e * (6.0F * second - 3.0F * e * e));
  const float mean_square = variance + (centre + e) * (centre + e);
  result.mean = centre;
  result.rms = sqrt(mean_square);
  result.crest_factor = result.rms > 0.0F ? result.peak / result.rms : 0.0F;
  if (variance > kFlat * mean_square) {
    result.kurtosis = central_fourth / (variance * variance);
  }
  return result;
}

}  // namespace aiot::dsp
