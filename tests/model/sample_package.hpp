// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "aiot/toolkit/package_writer.hpp"

namespace aiot::model {

/// A copy that begins aligned and ends exactly where the sanitizers notice a read beyond it.
class ExactBytes {
 public:
  explicit ExactBytes(Bytes bytes)
      : data_(static_cast<std::byte*>(::operator new(bytes.size(), kAlign))), size_(bytes.size()) {
    if (!bytes.empty()) {
      std::memcpy(data_, bytes.data(), bytes.size());
    }
  }

  ~ExactBytes() { ::operator delete(data_, kAlign); }

  ExactBytes(const ExactBytes&) = delete;
  ExactBytes& operator=(const ExactBytes&) = delete;

  [[nodiscard]] Bytes view() const { return {data_, size_}; }

 private:
  static constexpr std::align_val_t kAlign{kPackageAlignment};

  std::byte* data_;
  std::size_t size_;
};

/// features [3] -> 4 units with ReLU -> 2 classes -> softmax
inline toolkit::NetworkSpec small_network() {
  toolkit::LayerWeights hidden;
  hidden.values = {10, -20, 30, 40, 50, -60, -70, 80, 90, 5, 15, 25};
  hidden.scales = {0.01F, 0.02F, 0.03F, 0.04F};
  hidden.bias = {100, -100, 50, 0};
  toolkit::LayerWeights last;
  last.values = {100, -50, 25, 10, -100, 50, -25, 127};
  last.scales = {0.02F};
  last.bias = {};
  toolkit::ProgramBuilder builder(1, 3, {1.0F / 32.0F, 0});
  builder.fully_connected(4, hidden, {0.05F, -128}, toolkit::Activation::kRelu)
      .fully_connected(2, last, {0.1F, 4}, toolkit::Activation::kNone)
      .softmax(1.0F);
  return builder.finish();
}

inline toolkit::PackageSpec small_package() {
  toolkit::PackageSpec spec;
  spec.name = "small";
  spec.version = {1, 2, 3};
  spec.sensor = {11000.0F, 13000.0F, 1, 160.0F};
  spec.window = 1024;
  spec.hop = 512;
  spec.features = {
      {FeatureId::kRms, 0, dsp::Transform::kLog, 0.0F, 0.0F, 1.0F, 2.0F},
      {FeatureId::kKurtosis, 0, dsp::Transform::kLinear, 0.0F, 0.0F, 3.0F, 0.5F},
      {FeatureId::kBandRms, 0, dsp::Transform::kLog, 500.0F, 2000.0F, 0.0F, 1.0F},
  };
  spec.network = small_network();
  spec.labels = {"normal", "fault"};
  spec.decider.votes = 3;
  spec.decider.windows = 5;
  spec.decider.min_confidence = 100;
  spec.policy.heartbeat_windows = 60;
  spec.policy.abnormal_windows = 10;
  spec.training_hash.fill(std::byte{0x5A});
  spec.created_by = "a test";
  return spec;
}

/// The same with a golden window.
inline toolkit::PackageSpec golden_package() {
  toolkit::PackageSpec spec = small_package();
  spec.golden = toolkit::golden_pattern(*spec.network);
  return spec;
}

/// The bytes of `spec`; a spec that the writer refuses fails the test by an exception.
inline std::vector<std::byte> written(const toolkit::PackageSpec& spec) {
  std::string problem;
  auto file = toolkit::write_package(spec, problem);
  if (!file) {
    throw std::runtime_error(problem);
  }
  return *file;
}

/// What the writer says about a spec; "" if it writes it.
inline std::string refused(const toolkit::PackageSpec& spec) {
  std::string problem;
  const auto file = toolkit::write_package(spec, problem);
  return file ? "" : problem;
}

}  // namespace aiot::model
