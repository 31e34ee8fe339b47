// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Counts the instructions of a network on an emulated board: argument `package=FILE`. Right under
// `run_qemu.sh --icount` only, where an instruction takes 64 ns of the board's timer. Prints lines
// of a word and numbers for bench.py:
//   loop EXPECTED COUNTED   instructions of a loop of known length: the method checks itself
//   load N, check N, run N  model::load, Executor::check, Executor::run of one inference
//   op INDEX CODE N         the same inference, kernel by kernel
//   stack N                 bytes that `run` needed below its caller, those of the timer's
//   interrupt
//                           included where one came
//   sum N                   FNV-1a of all outputs, for a comparison with the reference

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "aiot/model/package.hpp"
#include "aiot/nn/executor.hpp"
#include "bench/board_counter.hpp"
#include "bench/nn/backend.hpp"
#include "bench/nn/pattern.hpp"
#include "board.hpp"
#include "ports/baremetal/semihosting.hpp"

namespace aiot::bench {
namespace {

namespace host = baremetal::semihosting;

alignas(model::kPackageAlignment) constinit std::array<std::byte, 2U << 20U> package_memory{};
alignas(nn::kAlignment) constinit std::array<std::byte, 1U << 20U> arena_memory{};

void print_line(const char* word, std::initializer_list<std::uint64_t> numbers) noexcept {
  host::print(word);
  for (const std::uint64_t number : numbers) {
    host::print(" ");
    host::print(static_cast<std::uint32_t>(number));
  }
  host::print("\n");
}

constexpr std::uint32_t kPaint = 0x5AFE'57AC;
constexpr std::size_t kPaintedWords = 2048;

std::uint32_t* stack_pointer() noexcept {
  std::uint32_t* pointer = nullptr;
  asm volatile("mov %0, sp" : "=r"(pointer));
  return pointer;
}

/// Bytes of stack that `work` uses, up to 8 KiB.
template <class Work>
std::uint32_t stack_of(Work work) noexcept {
  volatile std::uint32_t* const top = stack_pointer();
  for (std::size_t i = 1; i <= kPaintedWords; ++i) {
    *(top - i) = kPaint;
  }
  work();
  std::size_t untouched = kPaintedWords;
  while (untouched > 0 && *(top - untouched) == kPaint) {
    --untouched;
  }
  return static_cast<std::uint32_t>(untouched * sizeof(std::uint32_t));
}

Bytes read_package(std::string_view path) noexcept {
  host::File file;
  if (!file.open(path, host::OpenMode::kRead).ok()) {
    return {};
  }
  const auto size = file.size();
  if (!size.ok() || *size > package_memory.size()) {
    return {};
  }
  const auto read = file.read(MutableBytes{package_memory}.first(*size));
  return read.ok() && *read == *size ? Bytes{package_memory}.first(*size) : Bytes{};
}

void fill_inputs(nn::Executor& executor) noexcept {
  for (std::size_t i = 0; i < executor.network().inputs.size(); ++i) {
    fill_pattern(executor.input(i), static_cast<std::uint32_t>(i));
  }
}

/// The inference again, with a count around every kernel; the loop of Executor::run.
void count_kernels(const Counter& counter, const nn::Network& network) noexcept {
  const nn::Memory memory{arena_memory.data(), network.weights.data()};
  std::uint32_t index = 0;
  for (std::size_t at = 0; at < network.program.size(); ++index) {
    const nn::OpHeader header = nn::instruction_at(network.program, at);
    const nn::Kernel* kernel = backend().find(header.code);
    if (kernel == nullptr) {
      return;
    }
    const std::uint64_t count =
        counter.count([&] { kernel->run(&network.program[at + 1], memory); });
    print_line("op", {index, header.code, count});
    at += header.words;
  }
}

int run(std::string_view path) noexcept {
  const Bytes file = read_package(path);
  if (file.empty()) {
    host::print("no package; say package=FILE\n");
    return 1;
  }
  const baremetal::board::Clock clock(baremetal::board::kCoreHz);
  const Counter counter(clock);
  constexpr std::uint32_t kTimes = 100'000;
  print_line("loop", {2 * kTimes + 1, counter.count([] { known_loop(kTimes); })});

  Result<model::Package> package = Error::kEmpty;
  print_line("load", {counter.count([&] { package = model::load(file); })});
  if (!package.ok() || !package->has_network) {
    host::print("the package does not load\n");
    return 1;
  }
  const nn::Network& network = package->network;
  Status checked;
  print_line("check", {counter.count([&] {
               checked = nn::Executor::check(network, backend(), arena_memory.size());
             })});
  if (!checked.ok()) {
    host::print("the network does not fit: ");
    host::print(
        nn::to_string(nn::Executor::diagnose(network, backend(), arena_memory.size()).problem));
    host::print("\n");
    return 1;
  }
  nn::Executor executor(network, backend(), arena_memory);
  fill_inputs(executor);
  print_line("run", {counter.count([&] { (void)executor.run(); })});
  std::uint32_t sum = kNoSum;
  for (std::size_t i = 0; i < network.outputs.size(); ++i) {
    sum = sum_of(executor.output(i), sum);
  }
  print_line("sum", {sum});
  print_line("stack", {stack_of([&] { (void)executor.run(); })});
  fill_inputs(executor);
  count_kernels(counter, network);
  return 0;
}

}  // namespace
}  // namespace aiot::bench

int main() {
  namespace host = aiot::baremetal::semihosting;
  std::array<char, 512> text{};
  const auto line = host::command_line(text);
  return line.ok() ? aiot::bench::run(host::argument(*line, "package")) : 1;
}
