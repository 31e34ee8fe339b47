// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "tests/golden/dsp_vectors.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp::golden {
namespace {

/// Operations of the shared vectors that a file beside this one runs.
const std::set<std::string> kRun = {
    "bearing_freqs",
    "envelope_spectrum",
    "fir_decimate",
    "hilbert_envelope",
    "mahalanobis",
    "order_track",
    "real_cepstrum",
    "rfft",
    "sos_response",
    "sosfilt",
    "stats",
    "velocity_rms",
    "welch",
    "window",
};

TEST(GoldenDsp, OperationsThatNobodyRunsAreNamed) {
  const std::optional<Vectors> vectors = open_vectors();
  if (!vectors) {
    GTEST_SKIP();
  }
  std::map<std::string, int> missing;
  for (const Json& test : vectors->cases()) {
    const auto operation = test.at("op").get<std::string>();
    missing[operation] += kRun.contains(operation) ? 0 : 1;
  }
  for (const auto& [operation, count] : missing) {
    if (count != 0) {
      std::printf("SKIPPED: golden dsp: %s: %d cases, this version has no such operation\n",
                  operation.c_str(),
                  count);
    }
  }
}

}  // namespace
}  // namespace aiot::dsp::golden
