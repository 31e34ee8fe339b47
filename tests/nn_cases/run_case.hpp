// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "aiot/model/package.hpp"
#include "aiot/nn/executor.hpp"
#include "tests/nn_cases/case_file.hpp"

/// One case on one kernel set, in memory that notices what should not be written.
namespace aiot::nn_cases {

/// Bytes around the arena that a run must leave alone.
inline constexpr std::size_t kGuard = 64;

/// How a case ended.
struct Verdict {
  const char* problem = nullptr;  ///< null: passed
  std::uint32_t vector = 0;
  std::uint32_t output = 0;  ///< where bytes differ
  std::uint32_t at = 0;      ///< byte of the output, or of the arena with its guards
  int expected = 0;
  int got = 0;
  std::uint64_t ticks = 0;  ///< of one inference, the last one
};

/// Memory of a run; both of the same size, at multiples of nn::kAlignment, at least the arena and
/// two guards.
struct Room {
  MutableBytes arena;
  MutableBytes before;  ///< what the arena held before the run
};

namespace detail {

/// Bytes without a pattern that a kernel might write by chance.
inline void scribble(MutableBytes bytes, std::uint32_t seed) noexcept {
  std::uint32_t state = seed * 2654435761U + 1U;
  for (std::byte& byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<std::byte>(state >> 24U);
  }
}

inline Verdict compare_region(const Room& room, std::size_t from, std::size_t bytes) noexcept {
  for (std::size_t i = from; i < from + bytes; ++i) {
    if (room.arena[i] != room.before[i]) {
      return {"written outside of the operands",
              0,
              0,
              static_cast<std::uint32_t>(i),
              std::to_integer<int>(room.before[i]),
              std::to_integer<int>(room.arena[i]),
              0};
    }
  }
  return {};
}

inline Verdict compare_memory(const Case& test, const Room& room, std::size_t arena) noexcept {
  Verdict verdict = compare_region(room, 0, kGuard);
  if (verdict.problem == nullptr) {
    verdict = compare_region(room, kGuard + arena, kGuard);
  }
  for (std::uint32_t i = 0; i < test.fixed_count() && verdict.problem == nullptr; ++i) {
    verdict = compare_region(room, kGuard + test.fixed(i).offset, test.fixed(i).bytes);
  }
  return verdict;
}

inline Verdict compare_outputs(const Case& test,
                               const nn::Executor& executor,
                               std::uint32_t vector) noexcept {
  Bytes expected = test.outputs(vector);
  for (std::uint32_t i = 0; i < test.checked_count(); ++i) {
    const Bytes got = executor.output(test.checked(i));
    for (std::size_t b = 0; b < got.size(); ++b) {
      if (got[b] != expected[b]) {
        return {"output differs",
                vector,
                test.checked(i),
                static_cast<std::uint32_t>(b),
                std::to_integer<std::int8_t>(expected[b]),
                std::to_integer<std::int8_t>(got[b]),
                0};
      }
    }
    expected = expected.subspan(got.size());
  }
  return {};
}

inline std::uint32_t sum_of(Bytes bytes) noexcept {
  std::uint32_t sum = 2166136261U;
  for (const std::byte byte : bytes) {
    sum = (sum ^ std::to_integer<std::uint32_t>(byte)) * 16777619U;
  }
  return sum;
}

}  // namespace detail

/// Runs all vectors of `test`. `kernels(layout)` gives the kernel set for a layout, or null;
/// `ticks()` the time in any unit.
template <class Kernels, class Ticks>
Verdict run_case(const Case& test, const Room& room, Kernels kernels, Ticks ticks) noexcept {
  const auto package = model::load(test.package());
  if (!package.ok() || !package->has_network) {
    return {"the package does not load"};
  }
  const nn::Network& network = package->network;
  const nn::KernelSet* set = kernels(network.layout);
  if (set == nullptr) {
    return {"no kernels for this layout"};
  }
  const std::size_t arena = network.arena_bytes;
  if (arena + 2 * kGuard > room.arena.size()) {
    return {"the runner has too little memory"};
  }
  const nn::Diagnosis diagnosis = nn::Executor::diagnose(network, *set, arena);
  if (diagnosis.problem != nn::Problem::kNone) {
    return {nn::to_string(diagnosis.problem), 0, diagnosis.instruction};
  }
  Verdict verdict;
  const std::uint32_t sum = detail::sum_of(test.package());
  for (std::uint32_t v = 0; v < test.vectors(); ++v) {
    detail::scribble(room.arena.first(arena + 2 * kGuard), v);
    nn::Executor executor(network, *set, room.arena.subspan(kGuard, arena));
    Bytes inputs = test.inputs(v);
    for (std::size_t i = 0; i < network.inputs.size(); ++i) {
      const MutableBytes input = executor.input(i);
      std::copy_n(inputs.begin(), input.size(), input.begin());
      inputs = inputs.subspan(input.size());
    }
    std::copy_n(room.arena.begin(), arena + 2 * kGuard, room.before.begin());
    const std::uint64_t start = ticks();
    const Status status = executor.run();
    const std::uint64_t taken = ticks() - start;
    verdict = status.ok() ? detail::compare_outputs(test, executor, v) : Verdict{"run refused"};
    if (verdict.problem == nullptr) {
      verdict = detail::compare_memory(test, room, arena);
    }
    verdict.vector = v;
    verdict.ticks = taken;
    if (verdict.problem != nullptr) {
      return verdict;
    }
  }
  if (detail::sum_of(test.package()) != sum) {
    verdict.problem = "the package was written";
  }
  return verdict;
}

}  // namespace aiot::nn_cases
