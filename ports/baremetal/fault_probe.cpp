// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Does what its argument says, so that a test can see what becomes of it: the runner's exit code
// must tell a fault from a panic, and both from a success.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aiot/core/check.hpp"
#include "ports/baremetal/registers.hpp"
#include "ports/baremetal/semihosting.hpp"

namespace {

using aiot::baremetal::reg;
namespace semihosting = aiot::baremetal::semihosting;

/// An address at which the boards of this core have nothing.
constexpr std::uintptr_t kNowhere = __ARM_ARCH == 6 ? 0x9000'0000 : 0xF000'0000;

/// Goes down `depth` levels of at least 160 bytes; each looks at its own, so none is a tail call.
// NOLINTNEXTLINE(misc-no-recursion): running over is the purpose.
[[gnu::noinline]] std::uint32_t run_over(std::uint32_t depth) noexcept {
  std::array<volatile std::uint32_t, 40> level{};
  level[depth % level.size()] = depth;
  return depth == 0 ? 0 : run_over(depth - 1) + level[depth % level.size()];
}

}  // namespace

int main() {
  std::array<char, 256> line{};
  const std::string_view words = semihosting::command_line(line).value_or({});
  const std::string_view what = semihosting::argument(words, "do");
  if (what == "exit") {
    return 7;
  }
  if (what == "panic") {
    AIOT_CHECK(what.empty());
  } else if (what == "stack") {
    return static_cast<int>(run_over(1'000'000));
  } else if (what == "write-code") {
    reg(reinterpret_cast<std::uintptr_t>(&run_over) & ~std::uintptr_t{3}) = 1;
  } else if (what == "no-memory") {
    reg(kNowhere) = 1;
  } else if (what == "instruction") {
    asm volatile("udf #0");
  } else if (what == "hang") {
    while (true) {
    }
  }
  return 0;
}
