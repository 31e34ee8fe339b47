// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "board.hpp"

namespace aiot::bench {

/// Instructions between two points, without those of the measurement. Right under
/// `run_qemu.sh --icount` only, where an instruction takes 64 ns of the board's timer.
class Counter {
 public:
  explicit Counter(const baremetal::board::Clock& clock) noexcept : clock_(clock) {
    for (int i = 0; i < 2; ++i) {  // the second time: what the first one left behind is there
      const std::uint64_t start = clock_.ticks();
      overhead_ticks_ = clock_.ticks() - start;
    }
  }

  template <class Work>
  std::uint64_t count(Work work) const noexcept {
    const std::uint64_t start = clock_.ticks();
    work();
    return instructions(clock_.ticks() - start - overhead_ticks_);
  }

 private:
  static std::uint64_t instructions(std::uint64_t ticks) noexcept {
    constexpr std::uint64_t kPerSecond = 15'625'000;  // 64 ns each
    return (ticks * kPerSecond + baremetal::board::kCoreHz / 2) / baremetal::board::kCoreHz;
  }

  const baremetal::board::Clock& clock_;
  std::uint64_t overhead_ticks_ = 0;
};

/// `times` rounds of two instructions, and one before: what a count must show to be believed.
inline void known_loop(std::uint32_t times) noexcept {
  asm volatile(
      ".syntax unified\n"
      "mov r3, %0\n"
      "1: subs r3, r3, #1\n"
      "bne 1b\n"
      :
      : "r"(times)
      : "r3", "cc");
}

}  // namespace aiot::bench
