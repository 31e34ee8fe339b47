// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/spectrum.hpp"

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

}  // namespace

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
                          float bin_hz) noexcept {
  AIOT_CHECK(range.empty() || range.last < mean_square.size());
  const float total = sum(range, [&](std::uint32_t k) noexcept {
    const auto order = static_cast<float>(k);
    return mean_square[k] / (order * order);
  });
  const float omega = 2.0F * kPi * bin_hz;
  return total / (omega * omega);
}

}  // namespace aiot::dsp
