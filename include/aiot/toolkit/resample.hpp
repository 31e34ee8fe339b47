// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/toolkit/recording.hpp"

namespace aiot::toolkit {

/// The smallest whole factor by which `rate_hz` has to be divided to lie within [min_hz, max_hz]; 1
/// when it does already, 0 when there is none.
std::uint32_t decimation_factor(double rate_hz, double min_hz, double max_hz) noexcept;

/// Keeps every `factor`-th frame (factor 2..64) behind a linear-phase low-pass: windowed sinc with
/// a Kaiser window, 64 * factor + 1 taps, flat within 0.01 dB to 0.8 of the new band, below -80 dB
/// from the new Nyquist frequency on. Frame k of the result is at the time of frame k * factor.
/// Gaps are kept, each piece between them is filtered by itself and mirrored at its ends. The
/// result's scale is a power of two finer where its peak leaves room. The arithmetic is + - * / in
/// double in a fixed order: the same samples on every machine.
Recording decimate(const Recording& recording, std::uint32_t factor);

}  // namespace aiot::toolkit
