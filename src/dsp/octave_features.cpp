// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/octave_features.hpp"

#include <array>

#include "aiot/core/check.hpp"
#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/math.hpp"
#include "aiot/dsp/statistics.hpp"

namespace aiot::dsp {
namespace {

constexpr float kTiny = 1e-30F;

float decibels(float power) noexcept {
  return 10.0F * log10(power + kTiny);
}

struct Point {
  float re = 0.0F;
  float im = 0.0F;
};

/// Bin `k` of a packed spectrum; `k` up to n/2.
Point bin(std::span<const float> packed, std::size_t k) noexcept {
  if (k == 0) {
    return {packed[0], 0.0F};
  }
  return 2 * k == packed.size() ? Point{packed[1], 0.0F} : Point{packed[2 * k], packed[2 * k + 1]};
}

/// Four times what bin `k` would be under a periodic Hann taper.
Point tapered(Point before, Point at, Point after) noexcept {
  return {2.0F * at.re - before.re - after.re, 2.0F * at.im - before.im - after.im};
}

/// Bins of an octave: [first, last).
struct Octave {
  std::size_t first;
  std::size_t last;
};

Octave octave(std::size_t length, std::size_t k) noexcept {
  // Below the last octave there is no band of its own; bins 0 and 1 are left to the mean's leakage.
  return {k + 1 < kOctaves ? length >> (k + 2) : 2, length >> (k + 1)};
}

/// Mean square of an octave, from the transform of samples without a taper.
float mean_square(std::span<const float> packed, Octave bins) noexcept {
  constexpr std::size_t kBlock = 32;
  float total = 0.0F;
  Point before = bin(packed, bins.first - 1);
  Point at = bin(packed, bins.first);
  for (std::size_t k = bins.first; k < bins.last;) {
    float block = 0.0F;
    for (std::size_t i = 0; i < kBlock && k < bins.last; ++i, ++k) {
      const Point after = bin(packed, k + 1);
      const Point value = tapered(before, at, after);
      block += value.re * value.re + value.im * value.im;
      before = at;
      at = after;
    }
    total += block;
  }
  // Two sides, the taper's mean square 3/8, and the factor 4 of `tapered`.
  const auto length = static_cast<float>(packed.size());
  return total * (2.0F / 16.0F / 0.375F) / (length * length);
}

/// Tapers the bins of an octave where they are; `above` is the bin behind them, which the octave
/// above has overwritten. Returns its own first bin as it was.
Point taper_in_place(std::span<float> packed, Octave bins, Point above) noexcept {
  const Point first = bin(packed, bins.first);
  Point before = bin(packed, bins.first - 1);
  Point at = first;
  for (std::size_t k = bins.first; k < bins.last; ++k) {
    const Point after = k + 1 < bins.last ? bin(packed, k + 1) : above;
    const Point value = tapered(before, at, after);
    packed[2 * k] = value.re;
    packed[2 * k + 1] = value.im;
    before = at;
    at = after;
  }
  return first;
}

/// Fourth moment over squared second moment of the envelope behind `bins` (interleaved, tapered).
float envelope_kurtosis(std::span<float> bins) noexcept {
  cfft(bins, Direction::kInverse);
  const std::size_t points = bins.size() / 2;
  const auto turn = static_cast<std::uint32_t>((std::uint64_t{1} << 32U) / points);
  constexpr std::size_t kBlock = 32;
  float second = 0.0F;
  float fourth = 0.0F;
  for (std::size_t j = points / 4; j < points - points / 4;) {
    float block_second = 0.0F;
    float block_fourth = 0.0F;
    for (std::size_t i = 0; i < kBlock && j < points - points / 4; ++i, ++j) {
      const float taper = 0.5F - 0.5F * cos_turn(static_cast<std::uint32_t>(j) * turn);
      const float square =
          (bins[2 * j] * bins[2 * j] + bins[2 * j + 1] * bins[2 * j + 1]) / (taper * taper);
      block_second += square;
      block_fourth += square * square;
    }
    second += block_second;
    fourth += block_fourth;
  }
  const std::size_t edge = points / 4;
  const auto count = static_cast<float>(points - 2 * edge);
  const float mean = second / count;
  return fourth / count / (mean * mean + kTiny);
}

}  // namespace

void octave_features(std::span<const float> samples,
                     std::span<float> scratch,
                     std::span<float> out) noexcept {
  AIOT_CHECK(samples.size() >= kMinOctaveWindow && is_fft_size(samples.size()));
  AIOT_CHECK(scratch.size() == samples.size() && out.size() == kOctaveFeatures);
  const Statistics values = statistics(samples);
  rfft(samples, values.mean, scratch);
  for (std::size_t k = 0; k < kOctaves; ++k) {
    out[k] = decibels(mean_square(scratch, octave(samples.size(), k)));
  }
  out[kKurtosisFeature] = decibels(values.kurtosis);
  const float variance = values.deviation * values.deviation;
  const float high = values.maximum - values.mean;
  const float low = values.mean - values.minimum;
  const float peak = high > low ? high : low;
  out[kCrestFeature] = decibels(peak * peak / (variance + kTiny));
  Point above = bin(scratch, samples.size() / 2);
  for (std::size_t k = 0; k < kEnvelopeOctaves; ++k) {
    const Octave bins = octave(samples.size(), k);
    above = taper_in_place(scratch, bins, above);
    out[kEnvelopeFeature + k] =
        decibels(envelope_kurtosis(scratch.subspan(2 * bins.first, 2 * (bins.last - bins.first))));
  }
}

}  // namespace aiot::dsp
