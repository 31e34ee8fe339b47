// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "block.hpp"

#include "armv7m.hpp"
#include "requantize.hpp"

namespace aiot::nn::plain {
#if !AIOT_PLAIN_ARMV7M

namespace {

#if AIOT_PLAIN_ARMV6M

/// Sums of one channel. Without a long multiply the lanes are taken apart again.
template <std::uint32_t words>
void add_products(const std::int8_t* weights,
                  const std::int32_t* inputs,
                  std::uint32_t depth,
                  std::uint32_t* sums) noexcept {
  for (std::uint32_t word = 0; word < words; ++word) {
    const std::int32_t* input = inputs + word;
    std::int32_t first = 0;
    std::int32_t second = 0;
    for (std::uint32_t k = 0; k < depth; ++k, input += words) {
      const std::int32_t weight = weights[k];
      first += weight * static_cast<std::int8_t>(*input);
      second += weight * ((*input + 128) >> kLaneBits);
    }
    sums[2 * word] = as_unsigned(first);
    sums[2 * word + 1] = as_unsigned(second);
  }
}

#else

/// Sums of one channel, kLaneTerms terms at a time.
template <std::uint32_t words>
void add_products(const std::int8_t* weights,
                  const std::int32_t* inputs,
                  std::uint32_t depth,
                  std::uint32_t* sums) noexcept {
  constexpr std::uint32_t kMask = (1U << kLaneBits) - 1U;
  for (std::uint32_t i = 0; i < 2 * words; ++i) {
    sums[i] = 0;
  }
  while (depth != 0) {
    const std::uint32_t terms = depth < kLaneTerms ? depth : kLaneTerms;
    std::int64_t lanes[words];
    for (std::int64_t& lane : lanes) {
      lane = kLaneStart;
    }
#pragma GCC unroll 4
    for (std::uint32_t k = 0; k < terms; ++k) {
      const std::int32_t weight{*weights++};
#pragma GCC unroll 3
      for (std::uint32_t word = 0; word < words; ++word) {
        lanes[word] += static_cast<std::int64_t>(weight) * *inputs++;
      }
    }
    for (std::uint32_t word = 0; word < words; ++word) {
      const auto bits = static_cast<std::uint64_t>(lanes[word]);
      sums[2 * word] += (static_cast<std::uint32_t>(bits) & kMask) - kLaneStart;
      sums[2 * word + 1] += static_cast<std::uint32_t>(bits >> kLaneBits);
    }
    depth -= terms;
  }
}

#endif

}  // namespace

template <std::uint32_t words>
void multiply_block(const Block& block) noexcept {
  std::int8_t* out = block.out;
  const std::int8_t* weights = block.weights;
  for (const Channel* channel = block.channels; channel != block.channels_end; ++channel) {
    std::uint32_t sums[2 * words] = {};
    add_products<words>(weights, block.inputs, block.depth, sums);
    write_codes(
        *channel,
        *block.rules,
        block.pixels,
        [&sums](std::uint32_t i) { return sums[i]; },
        out,
        block.out_channels);
    weights += block.depth;
    ++out;
  }
}

template void multiply_block<1>(const Block&) noexcept;
template void multiply_block<2>(const Block&) noexcept;
template void multiply_block<3>(const Block&) noexcept;

#endif

std::int32_t* interleave(const std::int8_t* const* from,
                         std::uint32_t pixels,
                         std::uint32_t count,
                         std::int32_t* inputs) noexcept {
#if AIOT_PLAIN_ARMV7M
  if (pixels == kFastPixels) {
    return interleave_six(from, count, inputs);
  }
#endif
  const std::uint32_t words = pixels / 2U;
  for (std::uint32_t word = 0; word < words; ++word) {
    const std::int8_t* first = from[2 * word];
    const std::int8_t* second = from[2 * word + 1];
    std::int32_t* to = inputs + word;
    for (std::uint32_t k = count; k != 0; --k) {
      *to = *first++ + *second++ * (1 << kLaneBits);
      to += words;
    }
  }
  return inputs + words * count;
}

}  // namespace aiot::nn::plain
