// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Host: writes models/sense.aipk, a package without a network. It only says what to measure and how
// often to record it; a decision then has features and no label.
//
//   node_sense_package OUTPUT

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

}  // namespace

/// A broken contract of the library ends the program.
void aiot::panic(const char* file, std::uint32_t line) noexcept {
  std::cerr << "node_sense_package: " << file << ':' << line << '\n';
  std::abort();
}

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: node_sense_package OUTPUT\n";
    return 2;
  }
  std::string problem;
  const auto bytes = aiot::toolkit::write_package(sense(), problem);
  if (!bytes.has_value()) {
    std::cerr << "node_sense_package: " << problem << '\n';
    return 1;
  }
  std::ofstream out(argv[1], std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes->data()),
            static_cast<std::streamsize>(bytes->size()));
  out.close();
  if (!out) {
    std::cerr << "node_sense_package: " << argv[1] << " can not be written\n";
    return 1;
  }
  return 0;
}
