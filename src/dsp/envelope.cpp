// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/envelope.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>

#include "aiot/core/check.hpp"
#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/math.hpp"
#include "aiot/dsp/statistics.hpp"
#include "aiot/dsp/taper.hpp"

namespace aiot::dsp {
namespace {

constexpr std::uint32_t kHighestLevel = 7;

/// Deviation of the kurtosis of noise from `values` values: 2 / sqrt(values), times the root of
/// <w^8> / <w^4>^2 for the Hann taper w.
constexpr float kChance = 3.2F;

std::uint32_t bins_of(BinRange band) noexcept {
  return band.last - band.first + 1;
}

void write_magnitudes(std::span<const float> points, float scale, std::span<float> out) noexcept {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const float re = points[2 * i] * scale;
    const float im = points[2 * i + 1] * scale;
    out[i] = sqrt(re * re + im * im);
  }
}

void write_squares(std::span<const float> points, float scale, std::span<float> out) noexcept {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const float re = points[2 * i] * scale;
    const float im = points[2 * i + 1] * scale;
    out[i] = re * re + im * im;
  }
}

struct Bin {
  float re;
  float im;
};

/// Bin k of a packed spectrum, -1 <= k <= n/2 + 1 by its symmetry.
Bin bin(std::span<const float> spectrum, std::size_t k) noexcept {
  const std::size_t nyquist = spectrum.size() / 2;
  if (k == 0) {
    return {spectrum[0], 0.0F};
  }
  if (k == nyquist) {
    return {spectrum[1], 0.0F};
  }
  if (k > nyquist) {
    return {spectrum[2 * (2 * nyquist - k)], -spectrum[2 * (2 * nyquist - k) + 1]};
  }
  return {spectrum[2 * k], spectrum[2 * k + 1]};
}

/// The rest of a base band is zero; back to time.
void finish_base_band(std::span<float> points, std::uint32_t bins) noexcept {
  std::fill(points.begin() + 2 * static_cast<std::ptrdiff_t>(bins), points.end(), 0.0F);
  cfft(points, Direction::kInverse);
}

/// The last bin has no mirror image, so it counts half of the others.
void halve_last_bin(std::span<float> points, BinRange band, std::size_t length) noexcept {
  if (band.last == length / 2) {
    const std::size_t at = 2 * std::size_t{band.last - band.first};
    points[at] *= 0.5F;
    points[at + 1] *= 0.5F;
  }
}

/// Moves a band to the front of `points`, the rest zero, and transforms it back.
void shift_to_base_band(std::span<const float> spectrum,
                        BinRange band,
                        std::span<float> points) noexcept {
  for (std::uint32_t k = band.first; k <= band.last; ++k) {
    const Bin x = bin(spectrum, k);
    points[2 * std::size_t{k - band.first}] = x.re;
    points[2 * std::size_t{k - band.first} + 1] = x.im;
  }
  halve_last_bin(points, band, spectrum.size());
  finish_base_band(points, bins_of(band));
}

/// The same of the block times a periodic Hann taper, which is a sum of three neighbours here.
void shift_tapered_to_base_band(std::span<const float> spectrum,
                                BinRange band,
                                std::span<float> points) noexcept {
  Bin before = bin(spectrum, band.first - 1);
  Bin here = bin(spectrum, band.first);
  for (std::uint32_t k = band.first; k <= band.last; ++k) {
    const Bin after = bin(spectrum, k + 1);
    points[2 * std::size_t{k - band.first}] = 0.5F * here.re - 0.25F * (before.re + after.re);
    points[2 * std::size_t{k - band.first} + 1] = 0.5F * here.im - 0.25F * (before.im + after.im);
    before = here;
    here = after;
  }
  halve_last_bin(points, band, spectrum.size());
  finish_base_band(points, bins_of(band));
}

bool is_within(BinRange band, std::size_t length) noexcept {
  return !band.empty() && band.first >= 1 && band.last <= length / 2;
}

}  // namespace

void hilbert_envelope(std::span<const float> samples,
                      float offset,
                      std::span<float> work,
                      std::span<float> out) noexcept {
  const std::size_t length = samples.size();
  AIOT_CHECK(is_fft_size(length) && work.size() == 2 * length && out.size() == length);
  rfft(samples, offset, work.first(length));
  // Bins 1 to n/2 - 1 are where they belong; they count twice, bins 0 and n/2 once.
  work[0] *= 0.5F;
  std::fill(work.begin() + static_cast<std::ptrdiff_t>(length), work.end(), 0.0F);
  work[length] = 0.5F * work[1];
  work[1] = 0.0F;
  cfft(work, Direction::kInverse);
  write_magnitudes(work, 2.0F / static_cast<float>(length), out);
}

std::uint32_t envelope_points(BinRange band) noexcept {
  AIOT_CHECK(!band.empty());
  return std::max(kMinCfft, std::bit_ceil(bins_of(band)));
}

void band_envelope(std::span<const float> spectrum,
                   BinRange band,
                   EnvelopeKind kind,
                   std::span<float> work,
                   std::span<float> out) noexcept {
  const std::size_t length = spectrum.size();
  AIOT_CHECK(is_fft_size(length) && is_within(band, length));
  AIOT_CHECK(is_cfft_size(out.size()) && out.size() >= bins_of(band) && out.size() <= length);
  AIOT_CHECK(work.size() == 2 * out.size());
  shift_to_base_band(spectrum, band, work);
  const float scale = 2.0F / static_cast<float>(length);
  if (kind == EnvelopeKind::kMagnitude) {
    write_magnitudes(work, scale, out);
  } else {
    write_squares(work, scale, out);
  }
}

void envelope_spectrum(std::span<const float> envelope, std::span<float> out) noexcept {
  mean_square_spectrum(envelope, mean(envelope), out);
  // The amplitude of a tone is the root of twice its mean square, all of which would be in one bin
  // if the taper did not spread it. The ends of the spectrum have one side only.
  constexpr float kInner = 2.0F * kHannGain.enbw;
  constexpr float kEnds = 2.0F * kInner;
  const std::size_t last = out.size() / 2;
  out[0] = sqrt(kEnds * out[0]);
  for (std::size_t k = 1; k < last; ++k) {
    out[k] = sqrt(kInner * out[k]);
  }
  out[last] = sqrt(kEnds * out[last]);
}

std::size_t make_band_grid(std::uint32_t length,
                           std::uint32_t first_level,
                           std::uint32_t last_level,
                           std::span<BandMoments> out) noexcept {
  AIOT_CHECK(is_fft_size(length) && first_level <= last_level && last_level <= kHighestLevel);
  const std::uint32_t half = length / 2;
  AIOT_CHECK((half >> last_level) >= 2);
  std::size_t bands = 0;
  for (std::uint32_t level = first_level; level <= last_level; ++level) {
    const std::uint32_t width = half >> level;
    for (std::uint32_t first = 1; first <= half; first += width) {
      AIOT_CHECK(bands < out.size());
      out[bands++] = {.band = {first, first + width - 1}};
    }
  }
  return bands;
}

void add_block(std::span<const float> spectrum,
               std::span<BandMoments> bands,
               std::span<float> work) noexcept {
  // Means of the second and fourth power of the taper.
  constexpr float kSecond = 3.0F / 8.0F;
  constexpr float kFourth = 35.0F / 128.0F;
  AIOT_CHECK(is_fft_size(spectrum.size()));
  const float scale = 2.0F / static_cast<float>(spectrum.size());
  for (BandMoments& moments : bands) {
    AIOT_CHECK(is_within(moments.band, spectrum.size()));
    const std::size_t size = envelope_points(moments.band);
    AIOT_CHECK(work.size() >= 2 * size);
    const std::span<float> points = work.first(2 * size);
    shift_tapered_to_base_band(spectrum, moments.band, points);
    float second = 0.0F;
    float fourth = 0.0F;
    for (std::size_t i = 0; i < points.size(); i += 2) {
      const float re = points[i] * scale;
      const float im = points[i + 1] * scale;
      const float square = re * re + im * im;
      second += square;
      fourth += square * square;
    }
    moments.second += second / (kSecond * static_cast<float>(size));
    moments.fourth += fourth / (kFourth * static_cast<float>(size));
    ++moments.blocks;
  }
}

float kurtosis_of(const BandMoments& moments) noexcept {
  if (!(moments.second > 0.0F)) {
    return 0.0F;
  }
  const auto blocks = static_cast<float>(moments.blocks);
  return moments.fourth * blocks / (moments.second * moments.second) - 2.0F;
}

BandChoice choose_band(std::span<const BandMoments> bands, float least) noexcept {
  BandChoice best;
  float highest = kChance * least;
  for (const BandMoments& moments : bands) {
    const float kurtosis = kurtosis_of(moments);
    const auto values = static_cast<float>(bins_of(moments.band) * moments.blocks);
    const float merit = kurtosis * sqrt(values);
    if (merit > highest) {
      highest = merit;
      best = {moments.band, kurtosis};
    }
  }
  return best;
}

void add_power(std::span<const float> mean_square,
               std::span<float> second,
               std::span<float> fourth) noexcept {
  AIOT_CHECK(second.size() == mean_square.size() && fourth.size() == mean_square.size());
  for (std::size_t k = 0; k < mean_square.size(); ++k) {
    second[k] += mean_square[k];
    fourth[k] += mean_square[k] * mean_square[k];
  }
}

void spectral_kurtosis(std::span<const float> second,
                       std::span<const float> fourth,
                       std::uint32_t blocks,
                       std::span<float> out) noexcept {
  AIOT_CHECK(blocks >= 2 && second.size() >= 2);
  AIOT_CHECK(second.size() == fourth.size() && second.size() == out.size());
  const auto count = static_cast<float>(blocks);
  const float unbiased = count / (count - 1.0F);
  out.front() = 0.0F;
  for (std::size_t k = 1; k + 1 < out.size(); ++k) {
    const float power = second[k];
    out[k] =
        power > 0.0F ? unbiased * ((count + 1.0F) * (fourth[k] / (power * power)) - 2.0F) : 0.0F;
  }
  out.back() = 0.0F;
}

BandChoice choose_band(std::span<const float> kurtosis, std::uint32_t width) noexcept {
  AIOT_CHECK(width >= 1 && width < kurtosis.size());
  // Each run is summed anew: a running sum would carry the rounding of large values along.
  BandChoice best;
  for (std::size_t first = 1; first + width <= kurtosis.size(); ++first) {
    float sum = 0.0F;
    for (const float value : kurtosis.subspan(first, width)) {
      sum += value;
    }
    const float mean_kurtosis = sum / static_cast<float>(width);
    if (best.band.empty() || mean_kurtosis > best.kurtosis) {
      const auto begin = static_cast<std::uint32_t>(first);
      best = {{begin, begin + width - 1}, mean_kurtosis};
    }
  }
  return best;
}

}  // namespace aiot::dsp
