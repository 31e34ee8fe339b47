// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "aiot/nn/kernels.hpp"
#include "tests/nn/golden_nn.hpp"
#include "tests/nn/pattern.hpp"

/// Instructions with damaged parameters, for any back-end: weights and channels are bytes without
/// meaning, so no packing is needed.
namespace aiot::nn::damage {

/// The memories of a damaged instruction. Whoever gives them must see accesses beside them.
struct Memories {
  MutableBytes arena;    ///< kArenaBytes
  MutableBytes weights;  ///< kWeightsBytes
};

inline constexpr std::uint32_t kArenaBytes = 2560;
inline constexpr std::uint32_t kWeightsBytes = 2048;

// Where the good instructions have their operands.
inline constexpr std::uint32_t kOther = 512;
inline constexpr std::uint32_t kOutput = 1024;
inline constexpr Scratch kScratch{1536, 1024};
inline constexpr std::uint32_t kChannels = 1024;

/// Runs changed copies of one instruction as often as the check lets them through.
class Damaged {
 public:
  static constexpr std::size_t kMaxWords = 32;

  template <class Params>
  Damaged(const Kernel& kernel, const Params& params, Memories memories) noexcept
      : kernel_(kernel), words_(sizeof(Params) / 4), memories_(memories) {
    static_assert(sizeof(Params) / 4 <= kMaxWords);
    std::memcpy(good_.data(), &params, sizeof params);
    pattern_.fill(memories_.weights);
  }

  /// Whether the instruction is good as it is.
  [[nodiscard]] bool is_good() const noexcept {
    return kernel_.check(good_.data(), {kArenaBytes, kWeightsBytes}) == Problem::kNone;
  }

  void flip_every_bit() noexcept {
    for (std::size_t bit = 0; bit < words_ * 32; ++bit) {
      Words damaged = good_;
      damaged[bit / 32] ^= 1U << (bit % 32);
      run(damaged);
    }
  }

  void replace_words(std::size_t rounds) noexcept {
    for (std::size_t i = 0; i < rounds; ++i) {
      Words damaged = good_;
      for (std::size_t changes = 1 + byte() % 3; changes != 0; --changes) {
        damaged[byte() % words_] = odd_word();
      }
      run(damaged);
    }
  }

 private:
  using Words = std::array<std::uint32_t, kMaxWords>;

  std::uint32_t byte() noexcept { return static_cast<std::uint8_t>(pattern_.next()); }

  std::uint32_t odd_word() noexcept {
    constexpr std::array<std::uint32_t, 16> kOdd{0,
                                                 1,
                                                 2,
                                                 3,
                                                 31,
                                                 32,
                                                 255,
                                                 1020,
                                                 2048,
                                                 0xFFFF,
                                                 0x1'0000,
                                                 0x7FFF'FFFF,
                                                 0x8000'0000,
                                                 0x8000'0001,
                                                 0xFFFF'FFFE,
                                                 0xFFFF'FFFF};
    const std::uint32_t which = byte() % 24;
    if (which < kOdd.size()) {
      return kOdd[which];
    }
    if (which < 20) {
      return byte() % 64 << 16U | byte() % 64;  // two small members of 16 bits
    }
    return byte() << 24U | byte() << 16U | byte() << 8U | byte();
  }

  void run(const Words& words) noexcept {
    if (kernel_.check(words.data(), {kArenaBytes, kWeightsBytes}) == Problem::kNone) {
      pattern_.fill(memories_.arena.first(64));
      kernel_.run(words.data(), {memories_.arena.data(), memories_.weights.data()});
    }
  }

  Kernel kernel_;
  Words good_{};
  std::size_t words_;
  Memories memories_;
  Pattern pattern_{7};
};

constexpr Conv2dS8 conv(Images images, Window2d window) noexcept {
  Conv2dS8 params;
  params.images = images;
  params.window = window;
  return params;
}

constexpr DepthwiseConv2dS8 depthwise(Images images, Window2d window, std::uint16_t multiplier) {
  DepthwiseConv2dS8 params;
  params.images = images;
  params.window = window;
  params.multiplier = multiplier;
  return params;
}

/// Shapes that have paths of their own in fast back-ends.
inline constexpr std::array kConvolutions{
    conv({1, 4, 4, 16, 4, 4, 16, 0}, {1, 1, 1, 1, 1, 1, 0, 0}),
    conv({1, 7, 7, 8, 4, 4, 12, 0}, {1, 1, 2, 2, 1, 1, 0, 0}),
    conv({1, 6, 6, 4, 6, 6, 8, 0}, {3, 3, 1, 1, 1, 1, 1, 1}),
    conv({1, 9, 9, 3, 5, 5, 8, 0}, {3, 3, 2, 2, 1, 1, 1, 1}),
    conv({1, 13, 10, 1, 7, 5, 8, 0}, {5, 4, 2, 2, 1, 1, 2, 1})};
inline constexpr std::array kDepthwise{
    depthwise({1, 6, 5, 8, 6, 5, 8, 0}, {3, 3, 1, 1, 1, 1, 1, 1}, 1),
    depthwise({1, 7, 7, 8, 4, 4, 8, 0}, {3, 3, 2, 2, 1, 1, 1, 1}, 1),
    depthwise({1, 13, 10, 1, 7, 5, 8, 0}, {5, 4, 2, 2, 1, 1, 2, 1}, 8)};
inline constexpr std::array<std::array<std::uint32_t, 3>, 3> kConnected{
    {{1, 64, 16}, {3, 17, 9}, {1, 200, 4}}};

template <class Params>
constexpr Params placed(Params params) noexcept {
  params.output = kOutput;
  if constexpr (HasWeights<Params>) {
    params.channels = kChannels;
    params.scratch = kScratch;
  }
  if constexpr (requires { params.other; }) {
    params.other = {kOther};
  }
  return params;
}

template <class Params>
constexpr Params placed_walk(Params params) noexcept {
  params.op = placed(params.op);
  return params;
}

constexpr AddBroadcastS8 placed(AddBroadcastS8 params) noexcept {
  return placed_walk(params);
}

constexpr MulBroadcastS8 placed(MulBroadcastS8 params) noexcept {
  return placed_walk(params);
}

constexpr SoftmaxS8S16 placed(SoftmaxS8S16 params) noexcept {
  return placed_walk(params);
}

/// Calls `use(code, params)` for good instructions of all operators with weights.
template <class Use>
void for_each_weighted(Use use) noexcept {
  for (const auto& one : golden::kConv2d) {
    use(OpCode::kConv2dS8, placed(one.params));
  }
  for (const auto& params : kConvolutions) {
    use(OpCode::kConv2dS8, placed(params));
  }
  for (const auto& one : golden::kDepthwiseConv2d) {
    use(OpCode::kDepthwiseConv2dS8, placed(one.params));
  }
  for (const auto& params : kDepthwise) {
    use(OpCode::kDepthwiseConv2dS8, placed(params));
  }
  for (const auto& one : golden::kFullyConnected) {
    use(OpCode::kFullyConnectedS8, placed(one.params));
  }
  for (const auto& [batch, depth, outputs] : kConnected) {
    FullyConnectedS8 params;
    params.batch = batch;
    params.depth = depth;
    params.outputs = outputs;
    use(OpCode::kFullyConnectedS8, placed(params));
  }
}

template <class Cases, class Use>
void for_each_case(OpCode code, const Cases& cases, Use use) noexcept {
  for (const auto& one : cases) {
    use(code, placed(one.params));
  }
}

/// The same for pools, softmax and elementwise operators.
template <class Use>
void for_each_pool_and_pair(Use use) noexcept {
  for_each_case(OpCode::kAveragePool2dS8, golden::kAveragePool2d, use);
  for_each_case(OpCode::kMaxPool2dS8, golden::kMaxPool2d, use);
  for_each_case(OpCode::kSoftmaxS8, golden::kSoftmax, use);
  for (const auto& one : golden::kSoftmax) {
    use(OpCode::kSoftmaxS8S16, placed(SoftmaxS8S16{one.params}));
  }
  for_each_case(OpCode::kAddS8, golden::kAdd, use);
  for_each_case(OpCode::kSubS8, golden::kSub, use);
  for_each_case(OpCode::kMulS8, golden::kMul, use);
  for_each_case(OpCode::kAddBroadcastS8, golden::kAddBroadcast, use);
  for_each_case(OpCode::kSubBroadcastS8, golden::kSubBroadcast, use);
  for_each_case(OpCode::kMulBroadcastS8, golden::kMulBroadcast, use);
}

/// The same for everything else.
template <class Use>
void for_each_other(Use use) noexcept {
  for_each_case(OpCode::kMeanS8, golden::kMean, use);
  for_each_case(OpCode::kCopy, golden::kCopy, use);
  use(OpCode::kLookup8, Lookup8{{0}, 0, kWeightsBytes - 256, kArenaBytes});
  use(OpCode::kFill, Fill{kArenaBytes - 24, 24, 255});
  use(OpCode::kQuantizeF32S8, QuantizeF32S8{{0}, kArenaBytes - 200, 200, 0.1F, 3});
  use(OpCode::kDequantizeS8F32, DequantizeS8F32{{kArenaBytes - 200}, 0, 200, 0.1F, 3});
}

}  // namespace aiot::nn::damage
