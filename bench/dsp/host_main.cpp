// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Times signal operations on this machine, and what other libraries take for the same. All of them
// in turn, many times over, so that a disturbance meets all alike; the medians are shown.
//   dsp_bench           exit code 1 when a bound against another library is not kept
//   dsp_bench --smoke   a few turns and no bounds: does the bench work?

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

#include "bench/dsp/bench.hpp"

namespace aiot::bench {
namespace {

/// One thing that is timed.
struct Timed {
  void (*run)();
  int times = 1;                      ///< calls between two looks at the clock
  std::vector<double> nanoseconds{};  ///< of one call, a value a turn
};

double time_of(const Timed& one) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < one.times; ++i) {
    one.run();
  }
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start)
             .count() /
         one.times;
}

/// So many calls that the clock's own time does not count.
void choose_times(Timed& one) {
  constexpr double kLongEnough = 100'000.0;
  while (time_of(one) * one.times < kLongEnough) {
    one.times *= 2;
  }
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Measured {
  const Case* what;
  Timed own;
  std::vector<const Rival*> rivals{};
  std::vector<Timed> theirs{};
};

std::vector<Measured> everything() {
  std::vector<Measured> all;
  Group::for_each([&](const Case& one) { all.push_back({&one, {one.run}}); });
  Rivals::for_each([&](const Rival& rival) {
    for (Measured& one : all) {
      if (std::string_view(one.what->name) == rival.of) {
        one.rivals.push_back(&rival);
        one.theirs.push_back({rival.run});
      }
    }
  });
  return all;
}

/// One turn of a case and its rivals.
void take_turn(Measured& one) {
  one.what->prepare();
  one.own.nanoseconds.push_back(time_of(one.own));
  for (std::size_t i = 0; i < one.rivals.size(); ++i) {
    one.rivals[i]->prepare();
    one.theirs[i].nanoseconds.push_back(time_of(one.theirs[i]));
  }
}

void get_ready(Measured& one) {
  one.what->prepare();
  choose_times(one.own);
  for (std::size_t i = 0; i < one.rivals.size(); ++i) {
    one.rivals[i]->prepare();
    choose_times(one.theirs[i]);
  }
}

/// The lines of a case; how many bounds it broke.
int show(const Measured& one) {
  int over = 0;
  const double own = median(one.own.nanoseconds);
  std::printf("%-34s %10.0f ns %10.2f ns per %s\n",
              one.what->name,
              own,
              own / one.what->units,
              one.what->unit);
  for (std::size_t i = 0; i < one.rivals.size(); ++i) {
    const double theirs = median(one.theirs[i].nanoseconds);
    std::printf("  %-32s %10.0f ns %9.2fx our time", one.rivals[i]->library, theirs, theirs / own);
    const auto bound = static_cast<double>(one.rivals[i]->times);
    if (bound != 0.0) {
      const bool kept = theirs >= bound * own;
      over += kept ? 0 : 1;
      std::printf("; at least %.2fx: %s", bound, kept ? "ok" : "OVER");
    }
    std::printf("\n");
  }
  return over;
}

int run(bool smoke) {
  constexpr int kTurns = 101;
  std::vector<Measured> all = everything();
  for (Measured& one : all) {
    get_ready(one);
  }
  for (int turn = 0; turn < (smoke ? 3 : kTurns); ++turn) {
    for (Measured& one : all) {
      take_turn(one);
    }
  }
  int over = 0;
  for (const Measured& one : all) {
    over += show(one);
  }
#ifdef AIOT_BENCH_MISSING
  std::printf("Not compared with %s: not found when the build was configured.\n",
              AIOT_BENCH_MISSING);
#endif
  return over == 0 || smoke ? 0 : 1;
}

}  // namespace
}  // namespace aiot::bench

int main(int argc, char** argv) {
  return aiot::bench::run(argc > 1 && std::strcmp(argv[1], "--smoke") == 0);
}
