// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Runs a file of cases on a board: arguments `cases=FILE`, and `count=1` to print the instructions
// of each case, right under `run_qemu.sh --icount` only. Says what failed; `verbose=1` also what
// passed. Behind the RAM there is nothing, and whoever reads there faults: the arena of one case
// and the weights of the next end where the RAM ends.

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/nn/ref/kernels.hpp"
#include "board.hpp"
#include "ports/baremetal/fence.hpp"
#include "ports/baremetal/semihosting.hpp"
#include "tests/nn_cases/backend.hpp"
#include "tests/nn_cases/run_case.hpp"

namespace aiot::nn_cases {
namespace {

namespace host = baremetal::semihosting;

constexpr std::size_t kCaseBytes = 1536U << 10U;
constexpr std::size_t kArenaBytes = 640U << 10U;
constexpr std::size_t kEdgeBytes = 1U << 20U;

alignas(nn::kAlignment) constinit std::array<std::byte, kCaseBytes> case_memory{};
alignas(nn::kAlignment) constinit std::array<std::byte, kArenaBytes> arena_memory{};
alignas(nn::kAlignment) constinit std::array<std::byte, kArenaBytes> before_memory{};
constexpr std::size_t kFencedBytes = kEdgeBytes + baremetal::kFenceBytes;
/// Its last bytes are behind the fence.
alignas(baremetal::kFenceBytes) constinit std::array<std::byte, kFencedBytes> edge_memory{};

/// Memory for case `number`: by turns the arena or the weights at the edge.
Room room_for(std::uint32_t number) noexcept {
  const MutableBytes edge = MutableBytes{edge_memory}.first(kEdgeBytes);
  return number % 2 == 0 ? Room{edge, before_memory, 0, {}}
                         : Room{arena_memory, before_memory, kGuard, edge};
}

struct Options {
  bool count = false;
  bool verbose = false;
};

const nn::KernelSet* kernels_for(nn::WeightLayout layout) noexcept {
  if (layout == backend().layout) {
    return &backend();
  }
  return layout == nn::WeightLayout::kCanonical ? &nn::ref::kernels : nullptr;
}

/// Ticks of the core clock as instructions, 64 ns each.
std::uint32_t instructions(std::uint64_t ticks) noexcept {
  constexpr std::uint64_t kPerSecond = 15'625'000;
  return static_cast<std::uint32_t>((ticks * kPerSecond + baremetal::board::kCoreHz / 2) /
                                    baremetal::board::kCoreHz);
}

void print_signed(int value) noexcept {
  if (value < 0) {
    host::print("-");
  }
  host::print(static_cast<std::uint32_t>(value < 0 ? -value : value));
}

void print(const Case& test, const Verdict& verdict, const Options& options) noexcept {
  const bool passed = verdict.problem == nullptr;
  if (passed && !options.verbose && !options.count) {
    return;
  }
  host::print(passed ? "ok " : "FAILED ");
  host::print(test.name());
  if (!passed) {
    host::print(": ");
    host::print(verdict.problem);
    host::print("; vector ");
    host::print(verdict.vector);
    host::print(", output ");
    host::print(verdict.output);
    host::print(", byte ");
    host::print(verdict.at);
    host::print(": ");
    print_signed(verdict.expected);
    host::print(" expected, ");
    print_signed(verdict.got);
    host::print(" found");
  } else if (options.count) {
    host::print("  ");
    host::print(instructions(verdict.ticks));
    host::print(" instructions");
  }
  host::print("\n");
}

/// The next case of `file` in `case_memory`; empty when there is none that fits.
Bytes read_case(host::File& file) noexcept {
  const MutableBytes memory{case_memory};
  const auto header = file.read(memory.first(sizeof(CaseHeader)));
  if (!header.ok() || *header != sizeof(CaseHeader)) {
    return {};
  }
  const std::size_t total = load_le32(memory.data());
  if (total < sizeof(CaseHeader) || total > memory.size()) {
    return {};
  }
  const std::size_t rest = total - sizeof(CaseHeader);
  const auto body = file.read(memory.subspan(sizeof(CaseHeader), rest));
  return body.ok() && *body == rest ? Bytes{memory.first(total)} : Bytes{};
}

int run_file(std::string_view path, const Options& options) noexcept {
  host::File file;
  std::array<std::byte, sizeof(FileHeader)> bytes{};
  if (!file.open(path, host::OpenMode::kRead).ok() ||
      file.read(bytes).value_or(0) != bytes.size()) {
    host::print("no file of cases; say cases=FILE\n0 passed, 1 failed\n");
    return 1;
  }
  FileHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  std::uint32_t passed = 0;
  std::uint32_t failed = 0;
  const baremetal::board::Clock clock(baremetal::board::kCoreHz);
  (void)baremetal::raise_fence(&edge_memory[kEdgeBytes]);
  if (header.magic != kMagic || header.version != kVersion) {
    host::print("not a file of cases that this runner knows\n0 passed, 1 failed\n");
    return 1;
  }
  for (std::uint32_t i = 0; i < header.cases; ++i) {
    const Bytes whole = read_case(file);
    if (whole.empty()) {
      host::print("FAILED: the file of cases is cut, or a case is too large\n");
      ++failed;
      break;
    }
    const Case test(whole);
    const Verdict verdict = run_case(test, room_for(i), kernels_for, [&] { return clock.ticks(); });
    print(test, verdict, options);
    ++(verdict.problem == nullptr ? passed : failed);
  }
  host::print(passed);
  host::print(" passed, ");
  host::print(failed);
  host::print(" failed\n");
  return failed == 0 && passed > 0 ? 0 : 1;
}

}  // namespace
}  // namespace aiot::nn_cases

int main() {
  namespace host = aiot::baremetal::semihosting;
  std::array<char, 512> text{};
  const auto line = host::command_line(text);
  if (!line.ok()) {
    return 1;
  }
  const aiot::nn_cases::Options options{host::argument(*line, "count") == "1",
                                        host::argument(*line, "verbose") == "1"};
  return aiot::nn_cases::run_file(host::argument(*line, "cases"), options);
}
