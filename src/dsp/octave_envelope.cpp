// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/octave_envelope.hpp"

#include <algorithm>
#include <bit>

#include "aiot/core/check.hpp"
#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/math.hpp"

namespace aiot::dsp {
namespace {

constexpr std::size_t kFewestPoints = 256;
constexpr std::uint32_t kShortestTaper = 8;

std::size_t points_of(BinRange band) noexcept {
  const std::size_t bins = std::size_t{band.last} - band.first + 1;
  return std::max(kFewestPoints, std::bit_ceil(bins));
}

std::uint32_t rounded(float x) noexcept {
  return static_cast<std::uint32_t>(x + 0.5F);
}

/// Weight of bin `i` of `bins`: raised cosine over an eighth at each end.
class BandTaper {
 public:
  explicit BandTaper(std::uint32_t bins) noexcept
      : bins_(bins),
        reach_(std::max(kShortestTaper, bins / 8)),
        step_(static_cast<std::uint32_t>((std::uint64_t{1} << 31U) / reach_)) {}

  [[nodiscard]] float operator()(std::uint32_t i) const noexcept {
    const std::uint32_t from_end = std::min(i, bins_ - 1 - i);
    return from_end >= reach_ ? 1.0F : 0.5F - 0.5F * cos_turn(from_end * step_ + step_ / 2);
  }

 private:
  std::uint32_t bins_;
  std::uint32_t reach_;
  std::uint32_t step_;  // half a turn over the reach
};

}  // namespace

StaticVector<FrequencyBand, kMaxEnvelopeBands> envelope_bands(float rate_hz,
                                                              float shaft_hz) noexcept {
  AIOT_CHECK(rate_hz > 0.0F && shaft_hz > 0.0F);
  constexpr float kTop = 0.48F;
  constexpr float kHalfOctave = 0.707106781F;
  constexpr float kLowestOrder = 24.0F * 0.98F;
  constexpr std::size_t kAlways = 3;
  StaticVector<FrequencyBand, kMaxEnvelopeBands> bands;
  for (float hi = kTop * rate_hz; !bands.full(); hi *= kHalfOctave) {
    const FrequencyBand band{0.5F * hi, hi};
    if (bands.size() >= kAlways && band.lo_hz < kLowestOrder * shaft_hz) {
      break;
    }
    AIOT_CHECK(bands.push_back(band));
  }
  return bands;
}

BinRange envelope_bins(const FrequencyBand& band, float rate_hz, std::uint32_t length) noexcept {
  const float per_hz = static_cast<float>(length) / rate_hz;
  const std::uint32_t end = std::min(rounded(band.hi_hz * per_hz), length / 2);
  return {rounded(band.lo_hz * per_hz), end - 1};
}

std::size_t envelope_values(BinRange band) noexcept {
  return points_of(band) / 2;
}

float envelope_rate(BinRange band, float rate_hz, std::uint32_t length) noexcept {
  return rate_hz * static_cast<float>(points_of(band)) / static_cast<float>(length);
}

void whitened_envelope(std::span<float> spectrum, BinRange band, std::span<float> out) noexcept {
  const std::size_t points = points_of(band);
  AIOT_CHECK(!band.empty() && band.first >= 1 && 2 * std::size_t{band.last} < spectrum.size());
  AIOT_CHECK(2 * points <= spectrum.size() && out.size() == points / 2);
  const std::uint32_t bins = band.last - band.first + 1;
  const BandTaper taper(bins);
  // The band moves to the front; it lies behind its new place, or begins there.
  for (std::uint32_t i = 0; i < bins; ++i) {
    const float re = spectrum[2 * (band.first + i)];
    const float im = spectrum[2 * (band.first + i) + 1];
    const float magnitude = sqrt(re * re + im * im);
    const float weight = magnitude > 0.0F ? taper(i) / magnitude : 0.0F;
    spectrum[2 * i] = re * weight;
    spectrum[2 * i + 1] = im * weight;
  }
  const std::span<float> work = spectrum.first(2 * points);
  std::fill(work.begin() + 2 * static_cast<std::ptrdiff_t>(bins), work.end(), 0.0F);
  cfft(work, Direction::kInverse);
  for (std::size_t j = 0; j < out.size(); ++j) {
    const float* const at = work.data() + 2 * (points / 4 + j);
    out[j] = sqrt(at[0] * at[0] + at[1] * at[1]);
  }
}

}  // namespace aiot::dsp
