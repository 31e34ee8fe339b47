// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "depthwise_taps.hpp"

#include "armv7m.hpp"
#include "requantize.hpp"

#if !AIOT_PLAIN_ARMV7M

namespace aiot::nn::plain {

template <std::uint32_t outputs, std::uint32_t stride>
void multiply_taps(const Taps& taps) noexcept {
  const std::int8_t* weights = taps.weights;
  for (std::uint32_t c = 0; c < taps.channels; ++c) {
    std::uint32_t sums[outputs] = {};
    const std::int8_t* from = taps.first + c;
    for (std::uint32_t ky = 0; ky < 3; ++ky) {
      for (std::uint32_t i = 0; i < outputs; ++i) {
        const std::int8_t* at = from + i * stride * taps.channels;
        const std::int32_t sum = weights[0] * at[0] + weights[1] * at[taps.channels] +
                                 weights[2] * at[2 * taps.channels];
        sums[i] += as_unsigned(sum);
      }
      from += ky == 0 ? taps.to_second : taps.to_third;
      weights += 3;
    }
    write_codes(
        taps.rules[c],
        *taps.output,
        taps.count,
        [&sums](std::uint32_t i) { return sums[i]; },
        taps.out + c,
        taps.channels);
  }
}

template void multiply_taps<6, 1>(const Taps&) noexcept;
template void multiply_taps<5, 1>(const Taps&) noexcept;
template void multiply_taps<3, 1>(const Taps&) noexcept;
template void multiply_taps<4, 2>(const Taps&) noexcept;

}  // namespace aiot::nn::plain

#endif
