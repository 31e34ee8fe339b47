// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "aiot/dsp/fft.hpp"

/// The transforms of fft.hpp without its checks, once for each back-end; cmake/kernels.cmake says
/// which one a build takes. The bits are the same.
namespace aiot::dsp {

/// One number after the other.
namespace scalar {
void rfft(std::span<const float> in, float offset, std::span<float> out) noexcept;
void cfft(std::span<float> data, Direction direction) noexcept;
void irfft(std::span<const float> in, std::span<float> out) noexcept;
}  // namespace scalar

/// Four numbers side by side, for hosts.
namespace lanes {
void rfft(std::span<const float> in, float offset, std::span<float> out) noexcept;
using scalar::cfft;
using scalar::irfft;
}  // namespace lanes

}  // namespace aiot::dsp
