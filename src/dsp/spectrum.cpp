// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/spectrum.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "aiot/core/check.hpp"
#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/math.hpp"
#include "aiot/dsp/taper.hpp"

namespace aiot::dsp {
namespace {

/// Terms that are added up before they go into the total, to keep rounding small.
constexpr std::uint32_t kBlock = 32;

/// Sum of term(k) over `range`, in blocks.
template <class Term>
float sum(BinRange range, Term term) noexcept {
  float total = 0.0F;
  for (std::uint32_t k = range.first; k <= range.last;) {
    float block = 0.0F;
    for (std::uint32_t i = 0; i < kBlock && k <= range.last; ++i, ++k) {
      block += term(k);
    }
    total += block;
  }
  return total;
}

struct Complex {
  float re;
  float im;
};

/// X[k] from what rfft writes, k also a few bins beyond either end.
Complex bin(std::span<const float> packed, std::ptrdiff_t k) noexcept {
  const auto length = static_cast<std::ptrdiff_t>(packed.size());
  const bool mirrored = k < 0 || 2 * k > length;
  if (mirrored) {
    k = k < 0 ? -k : length - k;
  }
  if (k == 0 || 2 * k == length) {
    return {packed[k == 0 ? 0 : 1], 0.0F};
  }
  const auto at = static_cast<std::size_t>(2 * k);
  return {packed[at], mirrored ? -packed[at + 1] : packed[at + 1]};
}

/// |sum over j of weights[j] (X[k-j] + X[k+j]) / 2|^2, with j = 0 once.
template <class Bin>
float tapered_power(const std::array<float, kTaperTerms>& weights, Bin neighbour) noexcept {
  const Complex centre = neighbour(0);
  float re = weights[0] * centre.re;
  float im = weights[0] * centre.im;
  for (std::size_t j = 1; j < kTaperTerms; ++j) {
    const auto distance = static_cast<std::ptrdiff_t>(j);
    const Complex below = neighbour(-distance);
    const Complex above = neighbour(distance);
    re += 0.5F * weights[j] * (below.re + above.re);
    im += 0.5F * weights[j] * (below.im + above.im);
  }
  return re * re + im * im;
}

}  // namespace

void mean_square_spectrum(std::span<const float> samples,
                          float offset,
                          TaperKind taper,
                          std::span<float> out) noexcept {
  if (taper == TaperKind::kHann) {
    mean_square_spectrum(samples, offset, out);
    return;
  }
  rfft(samples, offset, out);
  const std::array<float, kTaperTerms>& weights = taper_weights(taper);
  const TaperGain gain = taper_gain(taper);
  const auto length = static_cast<float>(out.size());
  const float one_side = 1.0F / (length * length * gain.coherent * gain.coherent * gain.enbw);
  const auto power = [&](std::size_t k) noexcept {
    const auto at = static_cast<std::ptrdiff_t>(k);
    return tapered_power(weights,
                         [&](std::ptrdiff_t distance) noexcept { return bin(out, at + distance); });
  };
  // The result of bin k goes to out[k], where bin k / 2 was: from the ninth on nobody needs that
  // any more. The ones before wait.
  constexpr std::size_t kWait = 2 * kTaperTerms - 1;
  std::array<float, kWait> waiting{};
  for (std::size_t k = 0; k < kWait; ++k) {
    waiting[k] = 2.0F * one_side * power(k);
  }
  waiting[0] *= 0.5F;
  const std::size_t last = out.size() / 2;
  for (std::size_t k = kWait; k + kTaperTerms <= last; ++k) {
    const float* const at = &out[2 * k];
    out[k] = 2.0F * one_side * tapered_power(weights, [at](std::ptrdiff_t distance) noexcept {
               return Complex{at[2 * distance], at[2 * distance + 1]};
             });
  }
  for (std::size_t k = last - kTaperTerms + 1; k <= last; ++k) {
    out[k] = (k == last ? 1.0F : 2.0F) * one_side * power(k);
  }
  std::copy(waiting.begin(), waiting.end(), out.begin());
}

void mean_square_spectrum(std::span<const float> samples,
                          float offset,
                          std::span<float> out) noexcept {
  rfft(samples, offset, out);
  const std::size_t last = out.size() / 2;
  // 2 X[k] - X[k-1] - X[k+1] is four times the tapered transform. Both halves of the spectrum
  // count, but at 0 and n/2, which have no mirror image.
  const auto length = static_cast<float>(out.size());
  const float one_side =
      (1.0F / 16.0F) / (length * length * kHannGain.coherent * kHannGain.coherent * kHannGain.enbw);
  const float both_sides = 2.0F * one_side;
  const float nyquist = out[1];
  float before_re = out[0];
  float before_im = 0.0F;
  float re = out[2];
  float im = out[3];
  const float at_zero = 2.0F * (before_re - re);
  out[0] = at_zero * at_zero * one_side;
  // Bin k goes to out[k], which has been read already.
  for (std::size_t k = 1; k < last; ++k) {
    const bool inner = k + 1 < last;
    const float after_re = inner ? out[2 * k + 2] : nyquist;
    const float after_im = inner ? out[2 * k + 3] : 0.0F;
    const float tapered_re = 2.0F * re - before_re - after_re;
    const float tapered_im = 2.0F * im - before_im - after_im;
    out[k] = (tapered_re * tapered_re + tapered_im * tapered_im) * both_sides;
    before_re = re;
    before_im = im;
    re = after_re;
    im = after_im;
  }
  const float at_nyquist = 2.0F * (nyquist - before_re);
  out[last] = at_nyquist * at_nyquist * one_side;
}

BinRange band_bins(std::uint32_t length, float rate_hz, float lo_hz, float hi_hz) noexcept {
  const auto points = static_cast<float>(length);
  const std::uint32_t nyquist = length / 2;
  const float low = lo_hz * points / rate_hz;
  const float high = hi_hz * points / rate_hz;
  if (!(low <= static_cast<float>(nyquist))) {
    return {};
  }
  const auto floor_low = static_cast<std::uint32_t>(low);
  const std::uint32_t first = floor_low + (static_cast<float>(floor_low) < low ? 1U : 0U);
  const std::uint32_t last =
      high < static_cast<float>(nyquist) ? static_cast<std::uint32_t>(high) : nyquist;
  return {first == 0 ? 1U : first, last};
}

float band_sum(std::span<const float> mean_square, BinRange range) noexcept {
  AIOT_CHECK(range.empty() || range.last < mean_square.size());
  return sum(range, [&](std::uint32_t k) noexcept { return mean_square[k]; });
}

float band_sum_integrated(std::span<const float> mean_square,
                          BinRange range,
                          float bin_hz,
                          float spread) noexcept {
  AIOT_CHECK(range.empty() || range.last < mean_square.size());
  const float total = sum(range, [&](std::uint32_t k) noexcept {
    const auto order = static_cast<float>(k);
    return mean_square[k] / (order * order + 3.0F * spread);
  });
  const float omega = 2.0F * kPi * bin_hz;
  return total / (omega * omega);
}

}  // namespace aiot::dsp
