// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/test.hpp"

/// The vectors of the folder $AIOT_SHARED/vectors/dsp, made with numpy and scipy in double.
namespace aiot::dsp::golden {

using Json = nlohmann::json;

/// Of the largest reference magnitude (arrays) or of the value (scalars).
inline constexpr double kTolerance = 1e-5;

class Vectors {
 public:
  explicit Vectors(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::ifstream(folder_ / "index.json") >> index_;
  }

  [[nodiscard]] const Json& cases() const { return index_.at("cases"); }

  /// Little-endian float64.
  [[nodiscard]] std::vector<double> array(const Json& test, const std::string& key) const {
    static_assert(std::endian::native == std::endian::little);
    std::ifstream file(folder_ / test.at(key).get<std::string>(), std::ios::binary);
    std::vector<double> values;
    for (double value = 0.0; file.read(reinterpret_cast<char*>(&value), sizeof value);) {
      values.push_back(value);
    }
    EXPECT_EQ(values.size(), test.at(key + "_n").get<std::size_t>());
    return values;
  }

  [[nodiscard]] std::vector<float> floats(const Json& test, const std::string& key) const {
    const std::vector<double> values = array(test, key);
    return {values.begin(), values.end()};
  }

 private:
  std::filesystem::path folder_;
  Json index_;
};

/// Largest difference as a part of the largest expected magnitude.
inline void expect_close(const std::vector<float>& got, const std::vector<double>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  double worst = 0.0;
  double peak = 0.0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    worst = std::max(worst, std::fabs(static_cast<double>(got[i]) - expected[i]));
    peak = std::max(peak, std::fabs(expected[i]));
  }
  EXPECT_LE(worst, kTolerance * peak);
}

inline void expect_relative(const char* name, float got, double expected) {
  EXPECT_LE(std::fabs(static_cast<double>(got) - expected), kTolerance * std::fabs(expected))
      << name << ": " << got << " instead of " << expected;
}

/// The folder of vectors, or nothing, said loudly.
inline std::optional<Vectors> open_vectors() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the tests have one thread
  const char* const shared = std::getenv("AIOT_SHARED");
  if (shared == nullptr) {
    std::printf("SKIPPED: AIOT_SHARED is not set, no shared vector was run\n");
    return std::nullopt;
  }
  const std::filesystem::path folder = std::filesystem::path(shared) / "vectors" / "dsp";
  EXPECT_TRUE(std::filesystem::is_regular_file(folder / "index.json")) << folder;
  return Vectors(folder);
}

/// Calls `run(vectors, test)` for every case of `operation`; there has to be at least one.
template <class Run>
void for_each_case(const std::string& operation, Run run) {
  const std::optional<Vectors> vectors = open_vectors();
  if (!vectors) {
    GTEST_SKIP();
  }
  int cases = 0;
  for (const Json& test : vectors->cases()) {
    if (test.at("op").get<std::string>() == operation) {
      SCOPED_TRACE(test.at("case").get<std::string>());
      run(*vectors, test);
      ++cases;
    }
  }
  std::printf("golden dsp: %s: %d cases run\n", operation.c_str(), cases);
  EXPECT_GT(cases, 0);
}

}  // namespace aiot::dsp::golden
