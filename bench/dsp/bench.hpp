// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

/// What ./dev bench dsp measures. A file `bench/dsp/<group>_bench.cpp` defines an array of `Case`
/// and one `const Group`; CMake finds it, the board counts its instructions and a host times it.
namespace aiot::bench {

struct Case {
  const char* name;
  const char* unit;     ///< what is counted in a run: "sample", "transform"
  std::uint32_t units;  ///< how many of them a run has
  float bound;          ///< most instructions for each on a Cortex-M4; 0: none
  void (*prepare)();    ///< fills the inputs; not counted
  void (*run)();
};

/// What somebody else's library takes for the work of a case; on a host only.
struct Rival {
  const char* library;
  const char* of;     ///< name of the case
  float times;        ///< our time must be at most its time divided by this; 0: no bound
  void (*prepare)();  ///< its plan and inputs; not timed
  void (*run)();
};

/// Cases or rivals that a file adds to the list; lives as long as the program.
template <class Entry>
class List {
 public:
  explicit List(std::span<const Entry> entries) noexcept : entries_(entries), next_(first_) {
    first_ = this;
  }

  List(const List&) = delete;
  List& operator=(const List&) = delete;

  /// Calls `visit(entry)` for every entry of every list.
  template <class Visit>
  static void for_each(Visit visit) {
    for (const List* list = first_; list != nullptr; list = list->next_) {
      for (const Entry& entry : list->entries_) {
        visit(entry);
      }
    }
  }

 private:
  static inline constinit const List* first_ = nullptr;

  std::span<const Entry> entries_;
  const List* next_;
};

using Group = List<Case>;
using Rivals = List<Rival>;

/// Samples without order in -1..1, from `seed`.
inline void fill_noise(std::span<float> out, std::uint32_t seed) noexcept {
  std::uint32_t state = seed;
  for (float& x : out) {
    state = state * 1664525U + 1013904223U;
    x = static_cast<float>(static_cast<std::int32_t>(state >> 16U) - 32768) * 0x1p-15F;
  }
}

}  // namespace aiot::bench
