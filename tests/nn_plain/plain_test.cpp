// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Kernels of `plain` against those of `ref` on small layers that fit into 16 KB of RAM, packed
// here; tests/nn_cases has many more, packed by the compiler.
#include <array>

#include "aiot/nn/plain/kernels.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "src/nn/plain/requantize.hpp"
#include "tests/nn/pattern.hpp"
#include "tests/support/test.hpp"

namespace aiot::nn {
namespace {

constexpr std::uint32_t kInput = 0;
constexpr std::uint32_t kOutput = 1024;
constexpr std::uint32_t kScratch = 2048;
constexpr std::uint32_t kChannels = 0;
constexpr std::uint32_t kWeights = 256;

struct Room {
  alignas(kAlignment) std::array<std::byte, 3584> arena{};
  alignas(kAlignment) std::array<std::byte, 1024> weights{};
};

/// Too large for the stack of a small core.
constinit Room plain_room{};
constinit Room ref_room{};

Memory memory_of(Room& room) noexcept {
  return {room.arena.data(), room.weights.data()};
}

std::int8_t* weights_of(Room& room) noexcept {
  return reinterpret_cast<std::int8_t*>(&room.weights[kWeights]);
}

Channel* channels_of(Room& room) noexcept {
  return static_cast<Channel*>(static_cast<void*>(&room.weights[kChannels]));
}

/// Equal inputs, and weights and channels for the reference; every fourth factor above one half.
void fill(std::uint32_t seed, std::uint32_t outputs, std::uint32_t weights) {
  Pattern pattern(seed);
  pattern.fill(MutableBytes(plain_room.arena));
  ref_room.arena = plain_room.arena;
  pattern.fill(MutableBytes(ref_room.weights).subspan(kWeights, weights));
  for (std::uint32_t o = 0; o < outputs; ++o) {
    const auto shift = static_cast<std::int32_t>(o % 4 == 3 ? o % 3 : 0U - 5U - o % 4);
    channels_of(ref_room)[o] = {pattern.next() * 50, (1 << 30) + pattern.next() * 4'000'001, shift};
  }
}

/// Channel `o` for `plain`, given the sum of its weights.
void fold(std::uint32_t o, std::int32_t sum, std::int32_t input_offset) {
  channels_of(plain_room)[o] = channels_of(ref_room)[o];
  channels_of(plain_room)[o].bias += sum * input_offset;
}

void expect_equal(std::uint32_t bytes) {
  for (std::uint32_t i = 0; i < bytes; ++i) {
    ASSERT_EQ(std::to_integer<int>(plain_room.arena[kOutput + i]),
              std::to_integer<int>(ref_room.arena[kOutput + i]));
  }
}

template <class Params>
void place(Params& params, std::uint32_t scratch) {
  params.input = {kInput};
  params.output = kOutput;
  params.weights = kWeights;
  params.channels = kChannels;
  params.scratch = {kScratch, scratch};
  params.out = {-3, -100, 120, 0};
}

TEST(PlainKernels, ConvolutionEqualsTheReference) {
  Conv2dS8 params;
  params.images = {1, 5, 4, 3, 5, 4, 5, 0};
  params.window = {3, 3, 1, 1, 1, 1, 1, 1};
  params.input_offset = 5;
  for (const std::uint32_t pixels :
       {plain::kFastPixels, plain::kMiddlePixels, plain::kLeastPixels}) {
    fill(pixels, 5, 135);
    place(params, static_cast<std::uint32_t>(plain::conv_scratch(params, pixels)));
    for (std::uint32_t o = 0; o < 5; ++o) {
      std::int32_t sum = 0;
      for (std::uint32_t k = 0; k < 27; ++k) {
        const std::int8_t weight = weights_of(ref_room)[o * 27 + k];
        weights_of(plain_room)[o * 27 + k] = weight;
        sum += weight;
      }
      fold(o, sum, params.input_offset);
    }
    plain::conv_2d_s8(params, memory_of(plain_room));
    ref::conv_2d_s8(params, memory_of(ref_room));
    expect_equal(100);
  }
}

TEST(PlainKernels, ConvolutionAddsUpMoreTermsThanALaneHolds) {
  Conv2dS8 params;
  params.images = {1, 1, 1, 263, 1, 1, 2, 0};
  params.input_offset = 127;
  fill(9, 2, 526);
  place(params, static_cast<std::uint32_t>(plain::conv_scratch(params, plain::kLeastPixels)));
  for (std::uint32_t o = 0; o < 2; ++o) {
    for (std::uint32_t k = 0; k < 263; ++k) {
      weights_of(ref_room)[o * 263 + k] = o == 0 ? -128 : 127;
      weights_of(plain_room)[o * 263 + k] = o == 0 ? -128 : 127;
    }
    fold(o, o == 0 ? -128 * 263 : 127 * 263, params.input_offset);
    channels_of(plain_room)[o].shift = channels_of(ref_room)[o].shift = -15;
  }
  for (std::uint32_t k = 0; k < 263; ++k) {
    plain_room.arena[k] = ref_room.arena[k] = std::byte{0x80};
  }
  plain::conv_2d_s8(params, memory_of(plain_room));
  ref::conv_2d_s8(params, memory_of(ref_room));
  expect_equal(2);
}

void expect_depthwise(const DepthwiseConv2dS8& shape) {
  DepthwiseConv2dS8 params = shape;
  const std::uint32_t outputs = params.images.out_c;
  const std::uint32_t taps = std::uint32_t{params.window.kernel_h} * params.window.kernel_w;
  params.input_offset = -7;
  fill(taps, outputs, taps * outputs);
  place(params, static_cast<std::uint32_t>(plain::depthwise_scratch(params)));
  for (std::uint32_t o = 0; o < outputs; ++o) {
    std::int32_t sum = 0;
    for (std::uint32_t tap = 0; tap < taps; ++tap) {
      const std::int8_t weight = weights_of(ref_room)[tap * outputs + o];
      weights_of(plain_room)[o * taps + tap] = weight;
      sum += weight;
    }
    fold(o, sum, params.input_offset);
  }
  plain::depthwise_conv_2d_s8(params, memory_of(plain_room));
  ref::depthwise_conv_2d_s8(params, memory_of(ref_room));
  expect_equal(std::uint32_t{params.images.out_h} * params.images.out_w * outputs);
}

TEST(PlainKernels, DepthwiseEqualsTheReference) {
  DepthwiseConv2dS8 params;
  params.images = {1, 4, 14, 4, 4, 14, 4, 0};
  params.window = {3, 3, 1, 1, 1, 1, 1, 1};
  expect_depthwise(params);
  params.images = {1, 7, 10, 4, 4, 5, 4, 0};
  params.window = {3, 3, 2, 2, 1, 1, 1, 1};
  expect_depthwise(params);
  params.images = {1, 6, 7, 3, 3, 4, 6, 0};
  params.window = {4, 2, 2, 2, 1, 2, 1, 0};
  params.multiplier = 2;
  expect_depthwise(params);
}

TEST(PlainKernels, FullyConnectedEqualsTheReference) {
  constexpr std::size_t kOrder[4] = {0, 3, 2, 1};
  for (const std::uint32_t outputs : {1U, 4U, 6U, 15U}) {
    FullyConnectedS8 params;
    params.batch = 2;
    params.depth = 37;
    params.outputs = outputs;
    params.input_offset = 12;
    params.weight_offset = 3;
    fill(outputs, outputs, outputs * 37);
    place(params, 0);
    auto* to = weights_of(plain_room);
    for (std::uint32_t first = 0; first < outputs;) {
      const std::uint32_t panel = outputs - first > 4 ? 8 : 4;
      for (std::uint32_t d = 0; d < 37; ++d) {
        for (std::uint32_t i = 0; i < panel; ++i) {
          const std::size_t o = first + i / 4 * 4 + kOrder[i % 4];
          const std::int32_t weight = o < outputs ? weights_of(ref_room)[o * 37 + d] : 0;
          *to++ = static_cast<std::int8_t>(weight + (o % 2 == 0 ? 128 : 0));
        }
      }
      first += panel;
    }
    for (std::uint32_t o = 0; o < outputs; ++o) {
      std::int32_t sum = 0;
      for (std::uint32_t d = 0; d < 37; ++d) {
        sum += weights_of(ref_room)[o * 37 + d] + params.weight_offset;
      }
      fold(o, sum, params.input_offset);
    }
    plain::fully_connected_s8(params, memory_of(plain_room));
    ref::fully_connected_s8(params, memory_of(ref_room));
    expect_equal(2 * outputs);
  }
}

/// A sum from all sizes, as `Pattern` gives bytes.
std::int32_t any_sum(Pattern& pattern) noexcept {
  std::uint32_t bits = 0;
  for (int i = 0; i < 4; ++i) {
    bits = (bits << 8U) | static_cast<std::uint8_t>(pattern.next());
  }
  const unsigned size = 2U + (static_cast<std::uint8_t>(pattern.next()) % 29U);
  return static_cast<std::int32_t>(bits) >> size;
}

TEST(Rescale, EqualsRequantizeForSumsBelowTwoToThe30) {
  Pattern pattern(3);
  for (int i = 0; i < 20000; ++i) {
    const std::int32_t multiplier = (1 << 30) | (any_sum(pattern) & ((1 << 30) - 1));
    const auto shift = -1 - static_cast<std::int32_t>(static_cast<std::uint8_t>(pattern.next()) %
                                                      plain::Rescale::kMaxExponent);
    const std::int32_t zero_point = pattern.next();
    const plain::Rescale rescale(multiplier, shift, zero_point);
    const std::array<std::int32_t, 6> sums{
        any_sum(pattern), (1 << 30) - 1, -(1 << 30) + 1, -1, 0, 1};
    for (const std::int32_t sum : sums) {
      ASSERT_EQ(rescale(2 * sum), requantize(sum, {multiplier, shift}) + zero_point);
    }
  }
}

TEST(Rescale, EqualsRequantizeAtTies) {
  for (std::uint32_t exponent = 1; exponent <= plain::Rescale::kMaxExponent; ++exponent) {
    const auto shift = -static_cast<std::int32_t>(exponent);
    const plain::Rescale rescale(1 << 30, shift, 0);
    for (std::int32_t k = -9; k <= 9; ++k) {
      const std::int32_t sum = k * (1 << exponent);
      ASSERT_EQ(rescale(2 * sum), requantize(sum, {1 << 30, shift}));
    }
  }
}

TEST(Rescale, KnowsWhatItCanNotDo) {
  EXPECT_TRUE(plain::Rescale::fits(-1));
  EXPECT_TRUE(plain::Rescale::fits(-22));
  EXPECT_FALSE(plain::Rescale::fits(0));
  EXPECT_FALSE(plain::Rescale::fits(-23));
  EXPECT_FALSE(plain::Rescale::fits(3));
}

}  // namespace
}  // namespace aiot::nn
