// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/nn/kernels.hpp"

/// Where a network with float inputs or outputs meets its int8 body. Compiled into the library, not
/// inline: an application that was built with other rules for floats gets the library's bytes.
namespace aiot::nn::ref {

/// Floats to int8; ranges in `QuantizeF32S8`. NaN gives the zero point. The output may begin where
/// the input does. `params` must have passed its check. Source: the TFLite reference kernel,
/// QUANTIZE.
void quantize_f32_s8(const QuantizeF32S8& params, const Memory& memory) noexcept;

/// Int8 to floats; ranges in `DequantizeS8F32`. `params` must have passed its check. Source: the
/// TFLite reference kernel, DEQUANTIZE.
void dequantize_s8_f32(const DequantizeS8F32& params, const Memory& memory) noexcept;

}  // namespace aiot::nn::ref
