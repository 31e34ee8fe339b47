// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/averaged_spectrum.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"
#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/math.hpp"
#include "aiot/dsp/statistics.hpp"

namespace aiot::dsp {

AveragedSpectrum::AveragedSpectrum(const AveragedSpectrumConfig& config,
                                   std::span<float> bins,
                                   std::span<float> scratch) noexcept
    : config_(config), bins_(bins), scratch_(scratch) {
  AIOT_CHECK(is_fft_size(config.length) && config.rate_hz > 0.0F);
  AIOT_CHECK(config.weight > 0.0F && config.weight <= 1.0F);
  AIOT_CHECK(bins.size() == config.length / 2 + 1 && scratch.size() == config.length);
  reset();
}

void AveragedSpectrum::reset() noexcept {
  std::fill(bins_.begin(), bins_.end(), 0.0F);
  count_ = 0;
}

void AveragedSpectrum::add(std::span<const float> segment) noexcept {
  AIOT_CHECK(segment.size() == config_.length);
  mean_square_spectrum(segment, mean(segment), config_.taper, scratch_);
  ++count_;
  if (config_.averaging == Averaging::kPeakHold) {
    for (std::size_t k = 0; k < bins_.size(); ++k) {
      bins_[k] = std::max(bins_[k], scratch_[k]);
    }
    return;
  }
  const bool equal = config_.averaging == Averaging::kLinear || count_ == 1;
  const float weight = equal ? 1.0F / static_cast<float>(count_) : config_.weight;
  for (std::size_t k = 0; k < bins_.size(); ++k) {
    bins_[k] += weight * (scratch_[k] - bins_[k]);
  }
}

std::size_t AveragedSpectrum::add_all(std::span<const float> samples, std::uint32_t hop) noexcept {
  AIOT_CHECK(hop > 0);
  std::size_t added = 0;
  while (samples.size() >= config_.length) {
    add(samples.first(config_.length));
    ++added;
    samples = samples.subspan(std::min<std::size_t>(hop, samples.size()));
  }
  return added;
}

void AveragedSpectrum::read(SpectrumQuantity quantity, std::span<float> out) const noexcept {
  AIOT_CHECK(out.size() == bins_.size());
  float factor = 1.0F;
  if (quantity == SpectrumQuantity::kDensity) {
    factor = 1.0F / bin_hz();
  } else if (quantity != SpectrumQuantity::kMeanSquare) {
    factor = taper_gain(config_.taper).enbw;
  }
  const bool root =
      quantity == SpectrumQuantity::kToneRms || quantity == SpectrumQuantity::kToneAmplitude;
  for (std::size_t k = 0; k < out.size(); ++k) {
    const float value = bins_[k] * factor;
    out[k] = root ? sqrt(value) : value;
  }
  if (quantity == SpectrumQuantity::kToneAmplitude) {
    // What is constant, or alternates, is its own peak.
    for (std::size_t k = 1; k + 1 < out.size(); ++k) {
      out[k] *= 1.41421356F;
    }
  }
}

}  // namespace aiot::dsp
