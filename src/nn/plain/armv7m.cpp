// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "armv7m.hpp"

#include "requantize.hpp"

#if AIOT_PLAIN_ARMV7M

namespace aiot::nn::plain {

/// The channel before `finish.channel`, whose shift is not one of the usual ones, from its sums.
/// Called by the assembly loops only.
extern "C" [[gnu::used, gnu::noinline]] void aiot_nn_plain_write_slowly(
    const Finish& finish) noexcept {
  const Channel& channel = finish.channel[-1];
  for (std::uint32_t i = 6; i-- > 0;) {
    std::int8_t* out = finish.out + (i == 0 ? 0 : finish.offsets[i - 1]);
    const std::uint32_t surplus = i % 2 == 0 ? finish.surplus / 2U : 0U;
    const std::uint32_t sum = finish.sums[i] - surplus;
    write_codes(
        channel, *finish.rules, 1, [sum](std::uint32_t) { return sum; }, out, 0);
  }
}

}  // namespace aiot::nn::plain

#endif
