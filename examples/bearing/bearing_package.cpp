// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Host: writes models/bearing.aipk, a package without a network that looks at a rolling bearing:
// physics names the part that is damaged, and a baseline, where there is one, says whether the
// machine is as it was commissioned.
//
//   bearing_package OUTPUT

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include "aiot/core/check.hpp"
#include "aiot/toolkit/package_writer.hpp"

namespace {

using aiot::FeatureId;
using aiot::dsp::Transform;

aiot::toolkit::PackageSpec bearing() {
  aiot::toolkit::PackageSpec spec;
  spec.name = "bearing";
  spec.version = {1, 0, 0};
  spec.sensor = {.rate_min_hz = 10'000.0F, .rate_max_hz = 27'000.0F, .axes = 1, .full_scale = 0.0F};
  spec.window = 2048;
  spec.hop = 1024;
  spec.features = {
      {FeatureId::kRms, 0, Transform::kLinear},
      {FeatureId::kVelocityRms, 0, Transform::kLinear, 10.0F, 1000.0F},
      {FeatureId::kCrestFactor, 0, Transform::kLinear},
      {FeatureId::kKurtosis, 0, Transform::kLinear},
      {FeatureId::kEnvelopeOuter, 0, Transform::kLinear},
      {FeatureId::kEnvelopeInner, 0, Transform::kLinear},
      {FeatureId::kEnvelopeElement, 0, Transform::kLinear},
      {FeatureId::kDirectOuter, 0, Transform::kLinear},
      {FeatureId::kDirectInner, 0, Transform::kLinear},
      {FeatureId::kDirectElement, 0, Transform::kLinear},
  };
  // One view after the other: 14 KB instead of ten times that.
  spec.bearing = aiot::dsp::BearingPlan{.transform = 2048, .slots = 1, .averages = 6};
  spec.labels = {"normal", "outer", "inner", "ball", "unclear"};
  spec.decider.normal_label = 0;
  spec.policy.heartbeat_windows = 60;
  spec.created_by = "examples/bearing";
  return spec;
}

}  // namespace

/// A broken contract of the library ends the program.
void aiot::panic(const char* file, std::uint32_t line) noexcept {
  std::cerr << "bearing_package: " << file << ':' << line << '\n';
  std::abort();
}

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: bearing_package OUTPUT\n";
    return 2;
  }
  std::string problem;
  const auto bytes = aiot::toolkit::write_package(bearing(), problem);
  if (!bytes.has_value()) {
    std::cerr << "bearing_package: " << problem << '\n';
    return 1;
  }
  std::ofstream out(argv[1], std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes->data()),
            static_cast<std::streamsize>(bytes->size()));
  out.close();
  if (!out) {
    std::cerr << "bearing_package: " << argv[1] << " can not be written\n";
    return 1;
  }
  return 0;
}
