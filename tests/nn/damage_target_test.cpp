// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Damaged instructions in the kernels of this core's back-end: what the check lets through touches
// nothing beside its memories. One ends where a fence begins, the other begins where it ends; where
// the core has no memory protection, at least no byte of the fence may change.
#include <algorithm>

#include "ports/baremetal/fence.hpp"
#include "tests/nn/damage.hpp"
#include "tests/support/test.hpp"
// The back-end of this build; see cmake/kernels.cmake.
#include AIOT_BACKEND_HEADER

namespace aiot::nn {
namespace {

using baremetal::kFenceBytes;

constexpr std::size_t kRounds = 60;
constexpr std::byte kUntouched{0xC3};

/// Memory, fence, memory.
class Fenced {
 public:
  enum class First { kArena, kWeights };

  explicit Fenced(First first) noexcept : first_(first) {
    std::fill(fence().begin(), fence().end(), kUntouched);
    raised_ = baremetal::raise_fence(fence().data());
  }

  ~Fenced() { baremetal::lower_fence(); }

  Fenced(const Fenced&) = delete;
  Fenced& operator=(const Fenced&) = delete;

  [[nodiscard]] damage::Memories memories() const noexcept {
    const MutableBytes all{bytes_};
    const auto before = [&](std::size_t size) { return all.subspan(kBefore - size, size); };
    const auto behind = [&](std::size_t size) { return all.subspan(kBefore + kFenceBytes, size); };
    if (first_ == First::kArena) {
      return {before(damage::kArenaBytes), behind(damage::kWeightsBytes)};
    }
    return {behind(damage::kArenaBytes), before(damage::kWeightsBytes)};
  }

  [[nodiscard]] bool is_untouched() const noexcept {
    return raised_ || std::all_of(fence().begin(), fence().end(), [](std::byte byte) {
             return byte == kUntouched;
           });
  }

 private:
  static constexpr std::size_t kBefore = 3 * kFenceBytes;
  static_assert(kBefore >= damage::kArenaBytes && kBefore >= damage::kWeightsBytes);

  [[nodiscard]] static MutableBytes fence() noexcept {
    return MutableBytes{bytes_}.subspan(kBefore, kFenceBytes);
  }

  alignas(kFenceBytes) static std::byte bytes_[kBefore + kFenceBytes + damage::kArenaBytes];
  First first_;
  bool raised_ = false;
};

alignas(kFenceBytes) std::byte Fenced::bytes_[];

template <class Params>
void expect_inside(OpCode code, const Params& params, const Fenced& fenced) {
  const auto number = static_cast<std::uint16_t>(code);
  const Kernel* kernel = AIOT_BACKEND::kernels.find(number);
  ASSERT_TRUE(kernel != nullptr) << number;
  damage::Damaged damaged(*kernel, params, fenced.memories());
  EXPECT_TRUE(damaged.is_good()) << "operator " << number;
  damaged.flip_every_bit();
  damaged.replace_words(kRounds);
  EXPECT_TRUE(fenced.is_untouched()) << "operator " << number;
}

/// What `for_each` gives, with either memory in front of the fence.
template <class ForEach>
void expect_all_inside(ForEach for_each) {
  for (const auto first : {Fenced::First::kArena, Fenced::First::kWeights}) {
    const Fenced fenced(first);
    for_each([&](OpCode code, const auto& params) { expect_inside(code, params, fenced); });
  }
}

TEST(Damage, WeightedOperatorsStayInside) {
  expect_all_inside([](auto use) { damage::for_each_weighted(use); });
}

TEST(Damage, PoolsAndElementwiseOperatorsStayInside) {
  expect_all_inside([](auto use) { damage::for_each_pool_and_pair(use); });
}

TEST(Damage, OtherOperatorsStayInside) {
  expect_all_inside([](auto use) { damage::for_each_other(use); });
}

}  // namespace
}  // namespace aiot::nn
