// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Host: writes the packages without a network of this folder. models/sense.aipk only says what to
// measure and how often to record it; a decision then has features and no label.
// models/monitor.aipk also looks at a bearing, whose state is the label.
//
//   node_package sense|monitor OUTPUT

#include <array>
#include <cstddef>
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

aiot::toolkit::PackageSpec sense() {
  aiot::toolkit::PackageSpec spec;
  spec.name = "sense";
  spec.version = {1, 0, 0};
  spec.sensor = {.rate_min_hz = 10'000.0F, .rate_max_hz = 27'000.0F, .axes = 1, .full_scale = 0.0F};
  spec.window = 2048;
  spec.hop = 1024;
  spec.features = {
      {FeatureId::kRms, 0, Transform::kLinear},
      {FeatureId::kVelocityRms, 0, Transform::kLinear, 10.0F, 1000.0F},
      {FeatureId::kPeak, 0, Transform::kLinear},
      {FeatureId::kCrestFactor, 0, Transform::kLinear},
      {FeatureId::kKurtosis, 0, Transform::kLinear},
      {FeatureId::kBandRms, 0, Transform::kLinear, 10.0F, 200.0F},
      {FeatureId::kBandRms, 0, Transform::kLinear, 200.0F, 1000.0F},
      {FeatureId::kBandRms, 0, Transform::kLinear, 1000.0F, 5000.0F},
  };
  spec.policy.heartbeat_windows = 4;
  spec.created_by = "examples/node";
  return spec;
}

aiot::toolkit::PackageSpec monitor() {
  aiot::toolkit::PackageSpec spec;
  spec.name = "monitor";
  spec.version = {1, 0, 0};
  spec.sensor = {.rate_min_hz = 10'000.0F, .rate_max_hz = 27'000.0F, .axes = 1, .full_scale = 0.0F};
  spec.window = 4096;
  spec.hop = 2048;
  spec.features = {
      {FeatureId::kRms, 0, Transform::kLinear},
      {FeatureId::kVelocityRms, 0, Transform::kLinear, 10.0F, 1000.0F},
      {FeatureId::kPeak, 0, Transform::kLinear},
      {FeatureId::kCrestFactor, 0, Transform::kLinear},
      {FeatureId::kKurtosis, 0, Transform::kLinear},
  };
  constexpr std::array kEdges = {
      10.0F, 40.0F, 100.0F, 250.0F, 630.0F, 1000.0F, 1600.0F, 2500.0F, 5000.0F};
  for (std::size_t i = 0; i + 1 < kEdges.size(); ++i) {
    spec.features.push_back({FeatureId::kBandRms, 0, Transform::kLinear, kEdges[i], kEdges[i + 1]});
  }
  for (const FeatureId id : {FeatureId::kEnvelopeOuter,
                             FeatureId::kEnvelopeInner,
                             FeatureId::kEnvelopeElement,
                             FeatureId::kDirectOuter,
                             FeatureId::kDirectInner,
                             FeatureId::kDirectElement}) {
    spec.features.push_back({id, 0, Transform::kLinear});
  }
  spec.bearing = aiot::dsp::BearingPlan{.transform = 2048, .slots = 1, .averages = 6};
  spec.labels = {"normal", "outer", "inner", "ball", "unclear"};
  // Every ten seconds, which is how long a spectrum is averaged.
  spec.policy.heartbeat_windows = 62;
  spec.policy.abnormal_windows = 62;
  spec.created_by = "examples/node";
  return spec;
}

}  // namespace

/// A broken contract of the library ends the program.
void aiot::panic(const char* file, std::uint32_t line) noexcept {
  std::cerr << "node_package: " << file << ':' << line << '\n';
  std::abort();
}

int main(int argc, char** argv) {
  const std::string which = argc == 3 ? argv[1] : "";
  if (which != "sense" && which != "monitor") {
    std::cerr << "usage: node_package sense|monitor OUTPUT\n";
    return 2;
  }
  std::string problem;
  const auto bytes = aiot::toolkit::write_package(which == "sense" ? sense() : monitor(), problem);
  if (!bytes.has_value()) {
    std::cerr << "node_package: " << problem << '\n';
    return 1;
  }
  std::ofstream out(argv[2], std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes->data()),
            static_cast<std::streamsize>(bytes->size()));
  out.close();
  if (!out) {
    std::cerr << "node_package: " << argv[2] << " can not be written\n";
    return 1;
  }
  return 0;
}
