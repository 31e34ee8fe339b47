// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/nn/program.hpp"
#include "aiot/nn/quant.hpp"

namespace aiot::nn::plain {

/// Sums wrap as accumulators do; unsigned, so that they may.
constexpr std::uint32_t as_unsigned(std::int32_t value) noexcept {
  return static_cast<std::uint32_t>(value);
}

constexpr std::int32_t as_signed(std::uint32_t value) noexcept {
  return static_cast<std::int32_t>(value);
}

/// value * 2^exponent, wrapped.
constexpr std::int32_t shift_left(std::int32_t value, unsigned exponent) noexcept {
  return as_signed(as_unsigned(value) << exponent);
}

/// High word of a * b + 2^31 + addend * 2^32, wrapped.
constexpr std::uint32_t high_word(std::int32_t a, std::int32_t b, std::int32_t addend) noexcept {
  const auto product = static_cast<std::uint64_t>(static_cast<std::int64_t>(a) * b);
  const std::uint64_t start = (std::uint64_t{as_unsigned(addend)} << 32U) | 0x8000'0000U;
  return static_cast<std::uint32_t>((product + start) >> 32U);
}

/// A `Channel` ready for sums: `requantize`, the zero point and both roundings in one long
/// multiply-accumulate and one shift.
///
/// With a = 2 * sum the high word of 2^31 + a * multiplier is the doubling high multiply of the
/// reference for |sum| < 2^30. Dividing that by 2^e with ties away from zero is adding 2^(e-1),
/// less one for negative values, and shifting; the sign of `a` may stand for the sign of the
/// product, because they only differ where the product is 0 and rounds to 0 either way. `addend` is
/// 2^(e-1) and the zero point times 2^e, so that the shift leaves it added.
struct Rescale {
  static constexpr std::uint32_t kMaxExponent = 22;  ///< so that the addend stays below 2^30

  std::int32_t multiplier;
  std::uint32_t exponent;
  std::int32_t addend;

  /// Whether a channel's shift is one of [-kMaxExponent, -1]: every usual one.
  static constexpr bool fits(std::int32_t shift) noexcept {
    return ~as_unsigned(shift) < kMaxExponent;
  }

  constexpr Rescale(std::int32_t channel_multiplier,
                    std::int32_t shift,
                    std::int32_t zero_point) noexcept
      : multiplier(channel_multiplier),
        exponent(0U - as_unsigned(shift)),
        addend(shift_left(2 * zero_point + 1, exponent - 1U)) {}

  /// Code of a sum, given twice the sum; not clamped.
  constexpr std::int32_t operator()(std::int32_t twice) const noexcept {
    const std::uint32_t high = high_word(twice, multiplier, addend);
    return as_signed(high + as_unsigned(twice >> 31)) >> exponent;
  }
};

/// Codes of `count` sums of a channel, each written `step` bytes behind the last. `sums` are
/// without the channel's bias.
template <class Sum>
inline void write_codes(const Channel& channel,
                        const OutputS8& rules,
                        std::uint32_t count,
                        Sum sum,
                        std::int8_t* out,
                        std::uint32_t step) noexcept {
  if (Rescale::fits(channel.shift)) {
    const Rescale rescale(channel.multiplier, channel.shift, rules.zero_point);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t total = sum(i) + as_unsigned(channel.bias);
      const std::int32_t code = rescale(as_signed(total * 2U));
      out[i * step] = static_cast<std::int8_t>(clamp(code, rules.lo, rules.hi));
    }
    return;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::int32_t total = as_signed(sum(i) + as_unsigned(channel.bias));
    const std::int32_t scaled = requantize(total, {channel.multiplier, channel.shift});
    const std::int32_t code = clamp(wrap_add(scaled, rules.zero_point), rules.lo, rules.hi);
    out[i * step] = static_cast<std::int8_t>(code);
  }
}

}  // namespace aiot::nn::plain
