// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Counts the instructions of signal operations on an emulated board, under `run_qemu.sh --icount`,
// and prints a table. Bounds are those of a Cortex-M4; one that is passed makes the exit code 1.
// Argument `percent=N` (100): the bounds count N percent of what they are.

#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

#include "bench/board_counter.hpp"
#include "bench/dsp/bench.hpp"
#include "board.hpp"
#include "ports/baremetal/semihosting.hpp"

namespace aiot::bench {
namespace {

namespace host = baremetal::semihosting;

constexpr bool kBounded = AIOT_BENCH_BOUNDED;

void print_spaces(std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    host::print(" ");
  }
}

void print_left(std::string_view text, std::size_t width) noexcept {
  host::print(text);
  print_spaces(width > text.size() ? width - text.size() : 1);
}

void print_right(std::string_view text, std::size_t width) noexcept {
  print_spaces(width > text.size() ? width - text.size() : 0);
  host::print(text);
}

/// A number of tenths, with `decimals` 0 or 1.
void print_right(std::uint64_t tenths, std::size_t decimals, std::size_t width) noexcept {
  std::array<char, 24> text{};
  char* end = std::to_chars(text.begin(), text.end() - 2, tenths / 10).ptr;
  if (decimals != 0) {
    *end++ = '.';
    *end++ = static_cast<char>('0' + tenths % 10);
  }
  print_right({text.data(), static_cast<std::size_t>(end - text.begin())}, width);
}

/// Whether the case kept its bound.
bool measure(const Counter& counter, const Case& one, float percent) noexcept {
  one.prepare();
  const std::uint64_t instructions = counter.count(one.run);
  print_left(one.name, 34);
  print_right(10 * instructions, 0, 12);
  print_right((10 * instructions + one.units / 2) / one.units, 1, 14);
  host::print(" per ");
  if (!kBounded || one.bound == 0.0F) {
    host::print(one.unit);
    host::print("\n");
    return true;
  }
  print_left(one.unit, 20);
  const bool kept = static_cast<float>(instructions) <=
                    one.bound * static_cast<float>(one.units) * percent / 100.0F;
  print_right(static_cast<std::uint64_t>(one.bound * 10.0F + 0.5F), 1, 10);
  host::print(kept ? "  ok\n" : "  OVER\n");
  return kept;
}

float percent_of(std::string_view line) noexcept {
  const std::string_view text = host::argument(line, "percent");
  std::uint32_t percent = 100;
  (void)std::from_chars(text.data(), text.data() + text.size(), percent);
  return static_cast<float>(percent);
}

int run(std::string_view line) noexcept {
  const baremetal::board::Clock clock(baremetal::board::kCoreHz);
  const Counter counter(clock);
  constexpr std::uint32_t kTimes = 100'000;
  const std::uint64_t counted = counter.count([] { known_loop(kTimes); });
  if (counted < 2 * kTimes - 1 || counted > 2 * kTimes + 3) {
    host::print("a loop of known length counts wrong: is this run with --icount?\n");
    return 1;
  }
  print_left("Instructions executed", 34);
  host::print("       a run                                        bound\n");
  std::uint32_t over = 0;
  Group::for_each(
      [&](const Case& one) { over += measure(counter, one, percent_of(line)) ? 0U : 1U; });
  if (over != 0) {
    host::print(over);
    host::print(" over the bound\n");
  }
  return over == 0 ? 0 : 1;
}

}  // namespace
}  // namespace aiot::bench

int main() {
  namespace host = aiot::baremetal::semihosting;
  std::array<char, 512> text{};
  const auto line = host::command_line(text);
  return aiot::bench::run(line.ok() ? *line : std::string_view{});
}
