// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace aiot::dsp {

/// What is added to a magnitude before its logarithm, so that a silent bin has one.
inline constexpr float kCepstrumFloor = 1e-12F;

/// Real cepstrum: the inverse transform of ln(|X[k]| + kCepstrumFloor), where X is the transform of
/// the samples with a periodic Hann taper. A family of harmonics or sidebands becomes a peak at
/// the quefrency q (in samples) of its spacing, rate / q.
///   samples [n], a power of two 64..8192, `offset` (their mean) is subtracted first;
///   spectrum [n] is scratch; out [n] by quefrency, the second half the mirror image of the first;
///   none overlaps another
/// The bits are equal on every machine. Other sizes end in AIOT_CHECK.
void real_cepstrum(std::span<const float> samples,
                   float offset,
                   std::span<float> spectrum,
                   std::span<float> out) noexcept;

}  // namespace aiot::dsp
