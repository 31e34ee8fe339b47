// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <span>

namespace aiot::dsp {

inline constexpr std::uint32_t kMinFftQ15 = 64;
inline constexpr std::uint32_t kMaxFftQ15 = 4096;

constexpr bool is_fft_q15_size(std::uint64_t size) noexcept {
  return size >= kMinFftQ15 && size <= kMaxFftQ15 && std::has_single_bit(size);
}

/// Discrete Fourier transform of real int16 samples in block-floating point, for cores without
/// floats and for half the memory:
/// X[k] = sum of in[t] * exp(-2 pi i k t / n) = 2^exponent * (what `out` holds), k = 0..n/2.
///   in [n], any values, n a power of two 64..4096;  out [n], must not overlap `in`: out[0] is
///   X[0], out[1] X[n/2] (both real), out[2k] and out[2k+1] the real and imaginary part of X[k]
/// Returns the exponent, negative for faint samples. Every pass is scaled by the largest point that
/// it finds, so the signal-to-noise ratio does not depend on the level: at 1024 samples above 55 dB
/// for tones at any level. Integers only: the bytes are equal on every machine. Other sizes end
/// in AIOT_CHECK.
[[nodiscard]] std::int32_t rfft_q15(std::span<const std::int16_t> in,
                                    std::span<std::int16_t> out) noexcept;

}  // namespace aiot::dsp
