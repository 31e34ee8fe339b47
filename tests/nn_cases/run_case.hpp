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

/// Memory of a run. Arena and weights are put at the end of theirs: what lies behind may be memory
/// that faults.
struct Room {
  MutableBytes arena;                 ///< ends at a multiple of nn::kAlignment
  MutableBytes before;                ///< for what the arena holds before a run
  std::size_t guard_behind = kGuard;  ///< or 0
  MutableBytes weights;               ///< ends there, too; empty: the weights stay in the package
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

/// The memory of one case.
struct Place {
  MutableBytes all;  ///< guard, arena, guard
  Bytes before;
  MutableBytes arena;
};

inline Verdict compare_region(const Place& place, std::size_t from, std::size_t bytes) noexcept {
  for (std::size_t i = from; i < from + bytes; ++i) {
    if (place.all[i] != place.before[i]) {
      return {"written outside of the operands",
              0,
              0,
              static_cast<std::uint32_t>(i),
              std::to_integer<int>(place.before[i]),
              std::to_integer<int>(place.all[i]),
              0};
    }
  }
  return {};
}

inline Verdict compare_memory(const Case& test, const Place& place) noexcept {
  const std::size_t end = kGuard + place.arena.size();
  Verdict verdict = compare_region(place, 0, kGuard);
  if (verdict.problem == nullptr) {
    verdict = compare_region(place, end, place.all.size() - end);
  }
  for (std::uint32_t i = 0; i < test.fixed_count() && verdict.problem == nullptr; ++i) {
    verdict = compare_region(place, kGuard + test.fixed(i).offset, test.fixed(i).bytes);
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

/// `weights` at the end of `room`, where there is one.
inline Bytes place_weights(Bytes weights, MutableBytes room) noexcept {
  const std::size_t size = padded(weights.size());
  if (size == 0 || size > room.size()) {
    return weights;
  }
  const MutableBytes place = room.last(size).first(weights.size());
  std::copy(weights.begin(), weights.end(), place.begin());
  return place;
}

inline void fill_inputs(nn::Executor& executor, Bytes inputs) noexcept {
  for (std::size_t i = 0; i < executor.network().inputs.size(); ++i) {
    const MutableBytes input = executor.input(i);
    std::copy_n(inputs.begin(), input.size(), input.begin());
    inputs = inputs.subspan(input.size());
  }
}

/// One vector of `test`.
template <class Ticks>
Verdict run_vector(const Case& test,
                   const nn::Network& network,
                   const nn::KernelSet& kernels,
                   const Place& place,
                   MutableBytes before,
                   std::uint32_t vector,
                   Ticks ticks) noexcept {
  scribble(place.all, vector);
  nn::Executor executor(network, kernels, place.arena);
  fill_inputs(executor, test.inputs(vector));
  std::copy(place.all.begin(), place.all.end(), before.begin());
  const std::uint64_t start = ticks();
  const Status status = executor.run();
  const std::uint64_t taken = ticks() - start;
  Verdict verdict = status.ok() ? compare_outputs(test, executor, vector) : Verdict{"run refused"};
  if (verdict.problem == nullptr) {
    verdict = compare_memory(test, place);
  }
  verdict.vector = vector;
  verdict.ticks = taken;
  return verdict;
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
  nn::Network network = package->network;
  const nn::KernelSet* set = kernels(network.layout);
  if (set == nullptr) {
    return {"no kernels for this layout"};
  }
  const std::size_t arena = network.arena_bytes;
  const std::size_t all = kGuard + arena + room.guard_behind;
  if (padded(all) > room.arena.size() || all > room.before.size()) {
    return {"the runner has too little memory"};
  }
  network.weights = detail::place_weights(network.weights, room.weights);
  const nn::Diagnosis diagnosis = nn::Executor::diagnose(network, *set, arena);
  if (diagnosis.problem != nn::Problem::kNone) {
    return {nn::to_string(diagnosis.problem), 0, diagnosis.instruction};
  }
  const MutableBytes memory = room.arena.last(padded(all)).first(all);
  const detail::Place place{memory, room.before.first(all), memory.subspan(kGuard, arena)};
  Verdict verdict;
  const std::uint32_t sum = detail::sum_of(test.package());
  for (std::uint32_t v = 0; v < test.vectors() && verdict.problem == nullptr; ++v) {
    verdict = detail::run_vector(test, network, *set, place, room.before, v, ticks);
  }
  if (verdict.problem != nullptr) {
    return verdict;
  }
  if (detail::sum_of(test.package()) != sum) {
    verdict.problem = "the package was written";
  }
  return verdict;
}

}  // namespace aiot::nn_cases
