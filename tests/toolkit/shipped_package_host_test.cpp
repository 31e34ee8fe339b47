// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The shipped package on simulated machines that are not in its training data. AIOT_SEEDS=200 runs
// as many machines (the figures of models/README.md); the default is quick.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <vector>

#include "aiot/decide/decider.hpp"
#include "aiot/model/package.hpp"
#include "aiot/toolkit/dataset.hpp"
#include "aiot/toolkit/files.hpp"
#include "aiot/toolkit/package_runner.hpp"
#include "aiot/toolkit/package_writer.hpp"
#include "ports/sim/machine.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

constexpr double kHealthySeconds = 20.0;
constexpr double kSeconds = 60.0;

std::vector<std::byte> shipped_bytes() {
  std::filesystem::path path = AIOT_SOURCE_DIR;
  return *read_file(path / "models" / "machine.aipk");
}

/// What became of one run of the demo scenario.
struct Story {
  bool false_alarm = false;  ///< a known label that is not `normal`, while healthy
  bool turned_back = false;  ///< not `bearing` any more after it was decided
  double found_s = -1;       ///< first `bearing` after the healthy part
};

Story run_demo(const model::Package& package, std::uint64_t seed, float rate_hz) {
  sim::Machine machine({.seed = seed, .rate_hz = rate_hz, .scenario = sim::demo_scenario()});
  std::vector<std::int16_t> samples(static_cast<std::size_t>(kSeconds) *
                                    static_cast<std::size_t>(rate_hz));
  machine.generate(samples);
  Dataset windows;
  windows.labels = {"?"};
  windows.groups = {"machine"};
  const Signal signal{samples, machine.scale(), rate_hz};
  EXPECT_TRUE(add_windows(windows, package.plan, signal, 0, 0).ok());
  PackageRunner runner(package);
  decide::Decider decider(package.decider);
  Story story;
  for (std::size_t i = 0; i < windows.rows(); ++i) {
    const auto end = static_cast<double>(i * package.plan.hop + package.plan.window);
    const double time_s = end / static_cast<double>(rate_hz);
    const auto decision = decider.update(runner.scores(windows.row(i)), {}, 0);
    const bool bearing = package.label(decision.label) == std::string_view("bearing");
    if (time_s <= kHealthySeconds) {
      story.false_alarm = story.false_alarm || decision.abnormal;
    } else if (story.found_s < 0 && bearing) {
      story.found_s = time_s;
    }
    story.turned_back = story.turned_back || (story.found_s > 0 && !bearing);
  }
  return story;
}

TEST(ShippedPackage, FindsTheGrowingFaultOfOtherMachinesWithoutFalseAlarm) {
  const char* text = std::getenv("AIOT_SEEDS");
  const auto seeds = static_cast<std::uint64_t>(text != nullptr ? std::atoi(text) : 8);
  const AlignedBytes file(shipped_bytes());
  const auto package = model::load(file.view());
  ASSERT_TRUE(package.ok());
  int false_alarms = 0;
  int turned_back = 0;
  int found = 0;
  double sum_s = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Story story = run_demo(*package, seed, 12800.0F);
    false_alarms += story.false_alarm ? 1 : 0;
    turned_back += story.turned_back ? 1 : 0;
    found += story.found_s > 0 ? 1 : 0;
    sum_s += story.found_s;
    EXPECT_LT(story.found_s, 26.0) << "seed " << seed;
  }
  if (text != nullptr) {
    std::printf("%d machines: %d false alarms, %d found, on average at %.1f s, %d turned back\n",
                static_cast<int>(seeds),
                false_alarms,
                found,
                sum_s / static_cast<double>(seeds),
                turned_back);
  }
  EXPECT_EQ(false_alarms, 0);
  EXPECT_EQ(turned_back, 0);
  EXPECT_EQ(found, static_cast<int>(seeds));
}

}  // namespace
}  // namespace aiot::toolkit
