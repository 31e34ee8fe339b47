// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/cepstrum.hpp"

#include <cstddef>

#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/math.hpp"

namespace aiot::dsp {
namespace {

float log_magnitude(float re, float im) noexcept {
  return log(sqrt(re * re + im * im) + kCepstrumFloor);
}

}  // namespace

void real_cepstrum(std::span<const float> samples,
                   float offset,
                   std::span<float> spectrum,
                   std::span<float> out) noexcept {
  rfft(samples, offset, spectrum);
  // 2 X[k] - X[k-1] - X[k+1] is four times the tapered transform; see mean_square_spectrum. The
  // logarithm takes the place of its bin, as a real part.
  constexpr float kQuarter = 0.25F;
  const std::size_t last = spectrum.size() / 2;
  const float nyquist = spectrum[1];
  float before_re = spectrum[0];
  float before_im = 0.0F;
  float re = spectrum[2];
  float im = spectrum[3];
  spectrum[0] = log_magnitude(0.5F * (before_re - re), 0.0F);
  for (std::size_t k = 1; k < last; ++k) {
    const bool inner = k + 1 < last;
    const float after_re = inner ? spectrum[2 * k + 2] : nyquist;
    const float after_im = inner ? spectrum[2 * k + 3] : 0.0F;
    spectrum[2 * k] = log_magnitude((2.0F * re - before_re - after_re) * kQuarter,
                                    (2.0F * im - before_im - after_im) * kQuarter);
    spectrum[2 * k + 1] = 0.0F;
    before_re = re;
    before_im = im;
    re = after_re;
    im = after_im;
  }
  spectrum[1] = log_magnitude(0.5F * (nyquist - before_re), 0.0F);
  irfft(spectrum, out);
}

}  // namespace aiot::dsp
