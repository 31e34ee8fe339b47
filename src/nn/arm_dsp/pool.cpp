// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "aiot/nn/arm_dsp/kernels.hpp"
#include "src/nn/arm_dsp/dsp.hpp"

namespace aiot::nn::arm_dsp {

void average_pool_2d_s8(const Pool2dS8& params, const Memory& memory) noexcept {
  ref::average_pool_2d_s8(params, memory);
}

void max_pool_2d_s8(const Pool2dS8& params, const Memory& memory) noexcept {
  ref::max_pool_2d_s8(params, memory);
}

}  // namespace aiot::nn::arm_dsp
