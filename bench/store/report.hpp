// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>

/// How ./dev bench store shows what it measured: a line a figure, with its bound and its goal.
namespace aiot::bench {

enum class Side { kAtMost, kAtLeast };

/// What a figure is held to. The bench fails when a bound is missed; a goal is only shown.
struct Limit {
  Side side;
  double bound;
  double goal;
};

class Report {
 public:
  /// `percent`: how much of each bound counts; less than 100 shows that the bench can fail. 0: no
  /// bound counts.
  explicit Report(double percent) noexcept : part_(percent / 100.0) {}

  void title(const char* text) const {
    std::printf("\n%-52s %10s %12s %12s\n", text, "figure", "bound", "goal");
  }

  void show(const char* name, double figure) const {
    std::printf("  %-50s %10.2f %12s %12s\n", name, figure, "-", "-");
  }

  void show(const char* name, double figure, const Limit& limit) {
    const bool most = limit.side == Side::kAtMost;
    const double bound = most ? limit.bound * part_ : limit.bound / part_;
    const bool kept = part_ == 0.0 || (most ? figure <= bound : figure >= bound);
    missed_ += kept ? 0 : 1;
    const char* const sign = most ? "<=" : ">=";
    std::printf("  %-50s %10.2f %3s %8.2f %3s %8.2f%s\n",
                name,
                figure,
                sign,
                limit.bound,
                sign,
                limit.goal,
                kept ? "" : "  MISSED");
  }

  /// Says how it went; the exit code.
  [[nodiscard]] int finish() const {
    if (missed_ != 0) {
      std::printf("\n%d bounds are missed\n", missed_);
    }
    return missed_ == 0 ? 0 : 1;
  }

 private:
  double part_;
  int missed_ = 0;
};

}  // namespace aiot::bench
