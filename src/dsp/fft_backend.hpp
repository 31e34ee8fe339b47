// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

/// Where the work of fft.hpp is done, once for each back-end, without checks of the sizes;
/// cmake/kernels.cmake says which one a build takes. The bits are the same.
///   rfft            as in fft.hpp, not in place
///   real_transform  the same in place, of pairs of samples in bit-reversed order
///   transform       the complex transform, forward and in place, of points in bit-reversed order
namespace aiot::dsp {

/// One number after the other.
namespace scalar {
void rfft(std::span<const float> in, float offset, std::span<float> out) noexcept;
void real_transform(std::span<float> data) noexcept;
void transform(std::span<float> data) noexcept;
}  // namespace scalar

/// Four numbers side by side, for hosts.
namespace lanes {
void rfft(std::span<const float> in, float offset, std::span<float> out) noexcept;
void real_transform(std::span<float> data) noexcept;
void transform(std::span<float> data) noexcept;
}  // namespace lanes

}  // namespace aiot::dsp
