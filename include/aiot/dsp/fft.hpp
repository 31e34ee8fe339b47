// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <span>

namespace aiot::dsp {

inline constexpr std::uint32_t kMinFft = 64;
inline constexpr std::uint32_t kMaxFft = 8192;
inline constexpr std::uint32_t kMinCfft = 32;

constexpr bool is_fft_size(std::uint64_t size) noexcept {
  return size >= kMinFft && size <= kMaxFft && std::has_single_bit(size);
}

constexpr bool is_cfft_size(std::uint64_t points) noexcept {
  return points >= kMinCfft && points <= kMaxFft && std::has_single_bit(points);
}

enum class Direction : std::uint8_t {
  kForward,  ///< exp(-2 pi i k t / m)
  kInverse,  ///< exp(+2 pi i k t / m)
};

/// Discrete Fourier transform of real samples, unnormalised, forward:
/// X[k] = sum of (in[t] - offset) * exp(-2 pi i k t / n), k = 0..n/2.
///   in [n], a power of two 64..8192;  out [n], `in` itself or without overlap: out[0] = X[0],
///   out[1] = X[n/2] (both real), out[2k] and out[2k+1] the real and imaginary part of X[k]
/// In place takes about a tenth longer.
/// The order of operations is fixed, so the bits are equal on every machine. Error against a double
/// transform: below 1e-6 of the largest magnitude. Other sizes end in AIOT_CHECK.
void rfft(std::span<const float> in, float offset, std::span<float> out) noexcept;

/// The samples behind a spectrum of `rfft`, normalised: irfft(rfft(x)) is x but for rounding.
///   in [n] as `rfft` packs it, n a power of two 64..8192;  out [n], must not overlap `in`
/// Bits and error as `rfft`. Other sizes end in AIOT_CHECK.
void irfft(std::span<const float> in, std::span<float> out) noexcept;

/// Discrete Fourier transform of complex points in place, unnormalised: there and back again is
/// m times what it was.
///   data [2m], real and imaginary parts in turn, m a power of two 32..8192
/// Bits and error as `rfft`. Other sizes end in AIOT_CHECK.
void cfft(std::span<float> data, Direction direction) noexcept;

}  // namespace aiot::dsp
