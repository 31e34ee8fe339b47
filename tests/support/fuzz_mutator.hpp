// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

/// libFuzzer's own mutations; defined by its runtime.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace aiot::test {

/// A mutation that keeps every byte where it is, for formats whose parts refer to each other by
/// offset: one aligned number of 1, 2 or 4 bytes becomes another one that is likely to matter.
/// Half of the time libFuzzer mutates as it likes. Returns the new size.
inline std::size_t mutate_in_place(std::uint8_t* data,
                                   std::size_t size,
                                   std::size_t max_size,
                                   unsigned int seed) {
  // A multiplicative generator is enough: the fuzzer chooses the seeds.
  std::uint64_t state = (std::uint64_t{seed} + 1) * 0x9E3779B97F4A7C15U;
  const auto draw = [&state](std::size_t limit) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state >> 33U) % limit;
  };
  constexpr std::size_t kLeast = 8;
  if (size < kLeast || draw(2) == 0) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  constexpr std::uint32_t kValues[] = {
      0,      1,      2,       3,          4,          7,           8,          15,
      16,     31,     32,      127,        128,        255,         256,        0x7FFF,
      0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFFU, 0xFFFFFFFE, 0x40000000};
  for (std::size_t count = 1 + draw(3); count > 0; --count) {
    const std::size_t width = std::size_t{1} << draw(3);
    std::uint8_t* const place = data + draw(size / width) * width;
    std::uint32_t value = 0;
    std::memcpy(&value, place, width);
    switch (draw(4)) {
      case 0:
        value = kValues[draw(sizeof kValues / sizeof kValues[0])];
        break;
      case 1:
        value += static_cast<std::uint32_t>(draw(9)) - 4U;
        break;
      case 2:
        value ^= std::uint32_t{1} << draw(8 * width);
        break;
      default:
        std::memcpy(&value, data + draw(size / width) * width, width);
        break;
    }
    std::memcpy(place, &value, width);
  }
  return size;
}

}  // namespace aiot::test
