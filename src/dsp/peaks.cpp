// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/peaks.hpp"

#include <algorithm>

#include "aiot/dsp/math.hpp"

namespace aiot::dsp {
namespace {

void fit_gaussian(float below, float above, SpectralPeak& peak) noexcept {
  if (!(below > 0.0F) || !(above > 0.0F)) {
    return;
  }
  // Of ratios, so that nothing depends on the unit.
  const float left = log(below / peak.value);
  const float right = log(above / peak.value);
  const float curvature = left + right;
  if (curvature < 0.0F) {
    const float shift = 0.5F * (left - right) / curvature;
    peak.position += shift;
    peak.value *= exp(-0.25F * (left - right) * shift);
  }
}

/// A tone between bins k and k + 1, `shift` from k, has the magnitudes w(shift) and w(1 - shift)
/// there, w(d) = sin(pi d) / (pi d (1 - d^2)): their ratio is (1 + shift) / (2 - shift).
void fit_hann(float below, float above, SpectralPeak& peak) noexcept {
  const float ratio = sqrt(std::max(below, above) / peak.value);
  const float shift = std::max((2.0F * ratio - 1.0F) / (1.0F + ratio), 0.0F);
  peak.position += above > below ? shift : -shift;
  if (shift > 0.0F) {
    const float w = sin(kPi * shift) / (kPi * shift * (1.0F - shift * shift));
    peak.value /= w * w;
  }
}

SpectralPeak interpolate(std::span<const float> spectrum,
                         std::uint32_t k,
                         PeakShape shape) noexcept {
  SpectralPeak peak{k, static_cast<float>(k), spectrum[k]};
  if (shape == PeakShape::kHann) {
    fit_hann(spectrum[k - 1], spectrum[k + 1], peak);
  } else {
    fit_gaussian(spectrum[k - 1], spectrum[k + 1], peak);
  }
  return peak;
}

bool is_close(std::span<const SpectralPeak> found,
              std::uint32_t k,
              std::uint32_t distance) noexcept {
  return std::any_of(found.begin(), found.end(), [&](const SpectralPeak& peak) noexcept {
    return (k > peak.bin ? k - peak.bin : peak.bin - k) < distance;
  });
}

}  // namespace

std::size_t find_peaks(std::span<const float> spectrum,
                       const PeakRules& rules,
                       std::span<SpectralPeak> out) noexcept {
  const std::uint32_t first = std::max<std::uint32_t>(rules.range.first, 1);
  const std::uint32_t distance = std::max<std::uint32_t>(rules.min_distance, 1);
  std::size_t found = 0;
  for (; found < out.size(); ++found) {
    std::uint32_t best = 0;
    float height = rules.threshold;
    for (std::uint32_t k = first; k <= rules.range.last && k + 1 < spectrum.size(); ++k) {
      const float value = spectrum[k];
      if (value > height && value > spectrum[k - 1] && value >= spectrum[k + 1] &&
          !is_close(out.first(found), k, distance)) {
        best = k;
        height = value;
      }
    }
    if (best == 0) {
      break;
    }
    out[found] = interpolate(spectrum, best, rules.shape);
  }
  return found;
}

}  // namespace aiot::dsp
