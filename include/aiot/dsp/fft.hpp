// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <span>

namespace aiot::dsp {

inline constexpr std::uint32_t kMinFft = 64;
inline constexpr std::uint32_t kMaxFft = 8192;

constexpr bool is_fft_size(std::uint64_t size) noexcept {
  return size >= kMinFft && size <= kMaxFft && std::has_single_bit(size);
}

/// Discrete Fourier transform of real samples, unnormalised, forward:
/// X[k] = sum of (in[t] - offset) * exp(-2 pi i k t / n), k = 0..n/2.
///   in [n], a power of two 64..8192;  out [n], must not overlap `in`: out[0] = X[0], out[1] =
///   X[n/2] (both real), out[2k] and out[2k+1] the real and imaginary part of X[k]
/// The order of operations is fixed, so the bits are equal on every machine. Error against a double
/// transform: below 1e-6 of the largest magnitude. Other sizes end in AIOT_CHECK.
void rfft(std::span<const float> in, float offset, std::span<float> out) noexcept;

}  // namespace aiot::dsp
