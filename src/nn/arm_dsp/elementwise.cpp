// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/nn/arm_dsp/kernels.hpp"
#include "src/nn/arm_dsp/dsp.hpp"

namespace aiot::nn::arm_dsp {

void add_s8(const AddS8& params, const Memory& memory) noexcept {
  ref::add_s8(params, memory);
}

void sub_s8(const AddS8& params, const Memory& memory) noexcept {
  ref::sub_s8(params, memory);
}

void mul_s8(const MulS8& params, const Memory& memory) noexcept {
  ref::mul_s8(params, memory);
}

}  // namespace aiot::nn::arm_dsp
