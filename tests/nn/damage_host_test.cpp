// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// What the check of an operator lets through can not leave its memories, whatever else the
// parameters and constants say. Both memories are blocks of their own and have not one byte too
// many, so that AddressSanitizer sees every access beside them.
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include "aiot/nn/ref/kernels.hpp"
#include "tests/nn/golden_nn.hpp"
#include "tests/nn/pattern.hpp"

namespace aiot::nn {
namespace {

class Block {
 public:
  explicit Block(std::size_t bytes)
      : bytes_(static_cast<std::byte*>(::operator new (bytes, std::align_val_t{kAlignment}))),
        size_(bytes) {}

  ~Block() { ::operator delete (bytes_, std::align_val_t{kAlignment}); }

  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  [[nodiscard]] MutableBytes bytes() { return {bytes_, size_}; }

 private:
  std::byte* bytes_;
  std::size_t size_;
};

/// Runs damaged instructions of one kernel and counts those that the check let through.
class Damage {
 public:
  Damage(const Kernel& kernel, std::span<const std::uint32_t> params)
      : kernel_(kernel), params_(params.begin(), params.end()), pattern_(7) {
    pattern_.fill(weights_.bytes());
  }

  void flip_every_bit() {
    for (std::size_t bit = 0; bit < params_.size() * 32; ++bit) {
      std::vector<std::uint32_t> damaged = params_;
      damaged[bit / 32] ^= 1U << (bit % 32);
      run(damaged);
    }
  }

  void replace_words(std::size_t rounds) {
    for (std::size_t i = 0; i < rounds; ++i) {
      std::vector<std::uint32_t> damaged = params_;
      for (std::size_t words = 1 + byte() % 3; words != 0; --words) {
        damaged[byte() % damaged.size()] = odd_word();
      }
      run(damaged);
    }
  }

  [[nodiscard]] std::size_t runs() const { return runs_; }

 private:
  static constexpr std::uint32_t kBytes = Bench::kBytes;

  std::uint32_t byte() { return static_cast<std::uint8_t>(pattern_.next()); }

  std::uint32_t odd_word() {
    constexpr std::array<std::uint32_t, 14> kOdd{0,
                                                 1,
                                                 2,
                                                 31,
                                                 32,
                                                 255,
                                                 1020,
                                                 0xFFFF,
                                                 0x1'0000,
                                                 0x7FFF'FFFF,
                                                 0x8000'0000,
                                                 0x8000'0001,
                                                 0xFFFF'FFFE,
                                                 0xFFFF'FFFF};
    const std::uint32_t which = byte() % (kOdd.size() + 2);
    if (which < kOdd.size()) {
      return kOdd[which];
    }
    return which == kOdd.size() ? byte() : byte() << 24U | byte() << 16U | byte() << 8U | byte();
  }

  void run(const std::vector<std::uint32_t>& params) {
    if (kernel_.check(params.data(), {kBytes, kBytes}) != Problem::kNone) {
      return;
    }
    ++runs_;
    pattern_.fill(arena_.bytes());
    kernel_.run(params.data(), {arena_.bytes().data(), weights_.bytes().data()});
  }

  Kernel kernel_;
  std::vector<std::uint32_t> params_;
  Pattern pattern_;
  Block arena_{kBytes};
  Block weights_{kBytes};
  std::size_t runs_ = 0;
};

template <class Cases>
void damage(const Cases& cases, const Kernel& kernel) {
  for (const auto& one : cases) {
    std::vector<std::uint32_t> words(sizeof one.params / 4);
    std::memcpy(words.data(), &one.params, sizeof one.params);
    Damage damaged(kernel, words);
    damaged.flip_every_bit();
    damaged.replace_words(500);
    EXPECT_GT(damaged.runs(), 0U) << one.name;
  }
}

TEST(Damage, WeightedOperatorsStayInside) {
  damage(golden::kFullyConnected, ref::kFullyConnectedS8);
  damage(golden::kConv2d, ref::kConv2dS8);
  damage(golden::kDepthwiseConv2d, ref::kDepthwiseConv2dS8);
}

TEST(Damage, PoolsAndSoftmaxStayInside) {
  damage(golden::kAveragePool2d, ref::kAveragePool2dS8);
  damage(golden::kMaxPool2d, ref::kMaxPool2dS8);
  damage(golden::kSoftmax, ref::kSoftmaxS8);
}

TEST(Damage, ElementwiseOperatorsStayInside) {
  damage(golden::kAdd, ref::kAddS8);
  damage(golden::kSub, ref::kSubS8);
  damage(golden::kMul, ref::kMulS8);
  damage(golden::kAddBroadcast, ref::kAddBroadcastS8);
  damage(golden::kSubBroadcast, ref::kSubBroadcastS8);
  damage(golden::kMulBroadcast, ref::kMulBroadcastS8);
}

TEST(Damage, MeansAndCopiesStayInside) {
  damage(golden::kMean, ref::kMeanS8);
  damage(golden::kCopy, ref::kCopy);
}

template <class Params>
struct Named {
  const char* name;
  Params params;
};

TEST(Damage, TablesFillsAndFloatEdgesStayInside) {
  damage(std::array{Named<Lookup8>{"lookup", {{0}, 0, 768, 1024}}}, ref::kLookup8);
  damage(std::array{Named<Fill>{"fill", {1000, 24, 255}}}, ref::kFill);
  damage(std::array{Named<QuantizeF32S8>{"quantize", {{0}, 800, 200, 0.1F, 3}}},
         ref::kQuantizeF32S8);
  damage(std::array{Named<DequantizeS8F32>{"dequantize", {{800}, 0, 200, 0.1F, 3}}},
         ref::kDequantizeS8F32);
}

}  // namespace
}  // namespace aiot::nn
