// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/nn/arm_dsp/dsp.hpp"

namespace aiot::nn::arm_dsp {
namespace {

/// Exact for every shift, without zero point: the doubling saturates behind the left shift, as the
/// reference's multiply does, and ties round away from zero only where there is a right shift.
std::int32_t requantize_general(std::int32_t doubled, const PackedChannel& channel) noexcept {
  const std::uint32_t left = (channel.shift >> 8U) & 31U;
  const auto shifted = static_cast<std::int32_t>(static_cast<std::uint32_t>(doubled >> 1) << left);
  const std::int32_t both = __qadd(shifted, shifted);
  const std::int32_t high = multiply_high_add(both, channel.multiplier, channel.addend);
  const std::int32_t rounds = static_cast<std::int32_t>(channel.shift) >> 31;
  return wrap_add(high, (both >> 31) & rounds) >> (channel.shift & 31U);
}

}  // namespace

std::int8_t to_code(std::int32_t doubled,
                    const PackedChannel& channel,
                    Mode mode,
                    const OutputS8& out) noexcept {
  if (mode >= Mode::kGeneral) {
    const std::int32_t code = wrap_add(requantize_general(doubled, channel), out.zero_point);
    return static_cast<std::int8_t>(clamp(code, out.lo, out.hi));
  }
  // Of a rectified layer a sum below zero ends at the lowest code, rounded this way or that.
  const std::int32_t high = multiply_high_add(doubled, channel.multiplier, channel.addend);
  const std::int32_t code = wrap_add(high, doubled >> 31) >> (channel.shift & 31U);
  return static_cast<std::int8_t>(saturate(code));
}

}  // namespace aiot::nn::arm_dsp
