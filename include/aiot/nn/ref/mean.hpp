// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/nn/kernels.hpp"
#include "aiot/nn/quant.hpp"

namespace aiot::nn::ref {

/// Int8 mean over the middle axis; shapes in `MeanS8`. `params` must have passed its check.
/// Source: the TFLite reference kernel, MEAN; the division by `count` is in the factor.
inline void mean_s8(const MeanS8& params, const Memory& memory) noexcept {
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  for (std::uint32_t o = 0; o < params.outer; ++o) {
    for (std::uint32_t i = 0; i < params.inner; ++i) {
      std::int32_t sum = 0;
      for (std::uint32_t n = 0; n < params.count; ++n) {
        sum += in[n * params.inner + i] + params.input_offset;
      }
      const std::int32_t code = wrap_add(requantize(sum, params.factor), params.out.zero_point);
      *out++ = static_cast<std::int8_t>(clamp(code, params.out.lo, params.out.hi));
    }
    in += params.count * params.inner;
  }
}

}  // namespace aiot::nn::ref
