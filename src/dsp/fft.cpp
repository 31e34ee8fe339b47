// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/fft.hpp"

#include "aiot/core/check.hpp"
#include "src/dsp/fft_backend.hpp"

namespace aiot::dsp {

void rfft(std::span<const float> in, float offset, std::span<float> out) noexcept {
  AIOT_CHECK(is_fft_size(in.size()) && out.size() == in.size());
  AIOT_FFT::rfft(in, offset, out);
}

void cfft(std::span<float> data, Direction direction) noexcept {
  AIOT_CHECK(is_cfft_size(data.size() / 2) && data.size() % 2 == 0);
  AIOT_FFT::cfft(data, direction);
}

void irfft(std::span<const float> in, std::span<float> out) noexcept {
  AIOT_CHECK(is_fft_size(in.size()) && out.size() == in.size());
  AIOT_FFT::irfft(in, out);
}

}  // namespace aiot::dsp
