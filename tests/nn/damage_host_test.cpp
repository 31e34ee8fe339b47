// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Damaged instructions on memories of their own that have not one byte too many, so that
// AddressSanitizer sees every read and write beside them.
#include <gtest/gtest.h>

#include <new>

#include "aiot/nn/plain/kernels.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "tests/nn/damage.hpp"

namespace aiot::nn {
namespace {

constexpr std::size_t kRounds = 500;

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

/// Everything that `for_each` gives, in the kernels of one back-end.
template <class ForEach>
void expect_inside(const KernelSet& kernels, ForEach for_each) {
  Block arena(damage::kArenaBytes);
  Block weights(damage::kWeightsBytes);
  for_each([&](OpCode code, const auto& params) {
    const Kernel* kernel = kernels.find(static_cast<std::uint16_t>(code));
    ASSERT_TRUE(kernel != nullptr);
    damage::Damaged damaged(*kernel, params, {arena.bytes(), weights.bytes()});
    EXPECT_TRUE(damaged.is_good()) << kernels.name << ", operator " << static_cast<int>(code);
    damaged.flip_every_bit();
    damaged.replace_words(kRounds);
  });
}

void expect_inside(const KernelSet& kernels) {
  expect_inside(kernels, [](auto use) { damage::for_each_weighted(use); });
  expect_inside(kernels, [](auto use) { damage::for_each_pool_and_pair(use); });
  expect_inside(kernels, [](auto use) { damage::for_each_other(use); });
}

TEST(DamageOnTheHost, RefStaysInside) {
  expect_inside(ref::kernels);
}

TEST(DamageOnTheHost, PlainStaysInside) {
  expect_inside(plain::kernels);
}

}  // namespace
}  // namespace aiot::nn
