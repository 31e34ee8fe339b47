// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/fft.hpp"

#include <cstddef>

#include "aiot/core/check.hpp"
#include "src/dsp/fft_backend.hpp"
#include "src/dsp/fft_steps.hpp"

namespace aiot::dsp {
namespace {

using namespace fft_steps;
using Number = Complex<float>;

void swap_points(float* a, float* b) noexcept {
  const Number held = load(a);
  store(a, load(b));
  store(b, held);
}

/// Puts every point where its number with reversed bits says.
void permute(std::span<float> data) noexcept {
  const std::size_t points = data.size() / 2;
  float* const base = data.data();
  // Four at a time: with the lowest and the highest bit of the number 0 or 1.
  std::size_t reversed = 0;
  for (std::size_t i = 0; i < points / 2; i += 2) {
    float* const a = base + 2 * i;
    float* const b = base + 4 * reversed;
    swap_points(a + 2, b + points);
    if (a < b) {
      swap_points(a, b);
      swap_points(a + points + 2, b + points + 2);
    }
    reversed = next_reversed(reversed, points / 4);
  }
}

}  // namespace

void rfft(std::span<const float> in, float offset, std::span<float> out) noexcept {
  AIOT_CHECK(is_fft_size(in.size()) && out.size() == in.size());
  if (in.data() != out.data()) {
    AIOT_FFT::rfft(in, offset, out);
    return;
  }
  for (float& x : out) {
    x -= offset;
  }
  permute(out);
  AIOT_FFT::real_transform(out);
}

void cfft(std::span<float> data, Direction direction) noexcept {
  AIOT_CHECK(is_cfft_size(data.size() / 2) && data.size() % 2 == 0);
  if (direction == Direction::kInverse) {
    // Points in the opposite order turn the other way.
    float* low = data.data() + 2;
    float* high = data.data() + data.size() - 2;
    for (; low < high; low += 2, high -= 2) {
      swap_points(low, high);
    }
  }
  permute(data);
  AIOT_FFT::transform(data);
}

void irfft(std::span<const float> in, std::span<float> out) noexcept {
  AIOT_CHECK(is_fft_size(in.size()) && out.size() == in.size());
  const std::size_t points = in.size() / 2;
  const float scale = 0.5F / static_cast<float>(points);
  const std::size_t step = kMaxFft / in.size();
  // Z[k] = E[k] + i O[k] to place m - k: points in the opposite order turn the other way.
  store(out.data(), {(in[0] + in[1]) * scale, (in[0] - in[1]) * scale});
  const float* low = in.data();
  const float* high = low + in.size();
  float* to_low = out.data();
  float* to_high = to_low + out.size();
  for (std::size_t k = step; k <= kQuarter; k += step) {
    low += 2;
    high -= 2;
    to_low += 2;
    to_high -= 2;
    const Number a = load(low);
    const Number b = load(high);
    const Number w = near_root(k);
    const Number even = {(a.re + b.re) * scale, (a.im - b.im) * scale};
    const Number odd = {(a.re - b.re) * scale, (a.im + b.im) * scale};
    // odd * exp(+i) is O[k]
    const Number turned = {odd.re * w.re - odd.im * w.im, odd.im * w.re + odd.re * w.im};
    store(to_low, {even.re + turned.im, turned.re - even.im});
    store(to_high, plus_i(even, turned));
  }
  permute(out);
  AIOT_FFT::transform(out);
}

}  // namespace aiot::dsp
