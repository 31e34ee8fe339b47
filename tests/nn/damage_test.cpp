// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Damaged instructions in the kernels of this core's back-end: what the check lets through writes
// nothing beside its arena.
#include "tests/nn/damage.hpp"

#include <algorithm>

#include "tests/support/test.hpp"
// The back-end of this build; see cmake/kernels.cmake.
#include AIOT_BACKEND_HEADER

namespace aiot::nn {
namespace {

constexpr std::size_t kRounds = 60;
constexpr std::byte kUntouched{0xC3};

class Guarded {
 public:
  Guarded() noexcept {
    std::fill(std::begin(before_), std::end(before_), kUntouched);
    std::fill(std::begin(between_), std::end(between_), kUntouched);
    std::fill(std::begin(after_), std::end(after_), kUntouched);
  }

  [[nodiscard]] damage::Memories memories() noexcept { return {arena_, weights_}; }

  [[nodiscard]] bool is_intact() const noexcept {
    const auto untouched = [](std::byte byte) { return byte == kUntouched; };
    return std::all_of(std::begin(before_), std::end(before_), untouched) &&
           std::all_of(std::begin(between_), std::end(between_), untouched) &&
           std::all_of(std::begin(after_), std::end(after_), untouched);
  }

 private:
  alignas(kAlignment) std::byte before_[64]{};
  alignas(kAlignment) std::byte arena_[damage::kArenaBytes]{};
  std::byte between_[64]{};
  alignas(kAlignment) std::byte weights_[damage::kWeightsBytes]{};
  std::byte after_[64]{};
};

Guarded guarded;

template <class Params>
void expect_inside(OpCode code, const Params& params) {
  const auto number = static_cast<std::uint16_t>(code);
  const Kernel* kernel = AIOT_BACKEND::kernels.find(number);
  ASSERT_TRUE(kernel != nullptr) << number;
  damage::Damaged damaged(*kernel, params, guarded.memories());
  EXPECT_TRUE(damaged.is_good()) << "operator " << number;
  damaged.flip_every_bit();
  damaged.replace_words(kRounds);
  EXPECT_TRUE(guarded.is_intact()) << "operator " << number;
}

constexpr auto kExpectInside = [](OpCode code, const auto& params) { expect_inside(code, params); };

TEST(Damage, WeightedOperatorsStayInside) {
  damage::for_each_weighted(kExpectInside);
}

TEST(Damage, PoolsAndElementwiseOperatorsStayInside) {
  damage::for_each_pool_and_pair(kExpectInside);
}

TEST(Damage, OtherOperatorsStayInside) {
  damage::for_each_other(kExpectInside);
}

}  // namespace
}  // namespace aiot::nn
