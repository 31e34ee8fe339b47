// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/cli/command.hpp"
#include "tests/support/test.hpp"

namespace aiot::test {
namespace {

/// The manifest of shared recordings, or empty.
std::string shared_manifest() {
  const char* const shared = std::getenv("AIOT_SHARED");
  const std::filesystem::path path =
      std::filesystem::path(shared == nullptr ? "" : shared) / "data" / "manifest.csv";
  return shared != nullptr && std::filesystem::exists(path) ? path.string() : std::string();
}

TEST(GoldenBearingEvaluation, NamesTheFaultOfBearingsOfASizeThatWasNeverSeen) {
  const std::string manifest = shared_manifest();
  if (manifest.empty()) {
    std::puts("SKIPPED: bearing evaluation (AIOT_SHARED has no data/manifest.csv)");
    return;
  }
  const Outcome run =
      aiot("evaluate --manifest '" + manifest + "' --folds fault_size_in --seeds 10 --json");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  const auto& folds = json["folds"];
  ASSERT_EQ(folds.size(), 4U);  // three sizes and their mean
  for (const auto& fold : folds) {
    EXPECT_GE(fold["network"].get<double>(), 0.85) << fold.dump();
    EXPECT_GE(fold["network_worst"].get<double>(), 0.70) << fold.dump();
    EXPECT_GE(fold["fused_worst"].get<double>(), 0.90) << fold.dump();
  }
  EXPECT_EQ(folds[3]["recordings"], 36);
  EXPECT_EQ(json["recordings"].size(), 36U);
  // What a leaky split of the same data says is better than the truth.
  EXPECT_GT(json["leaky"]["network"]["macro_auroc"].get<double>(),
            json["honest"]["network"]["macro_auroc"].get<double>());
}

}  // namespace
}  // namespace aiot::test
