// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "aiot/dsp/features.hpp"
#include "aiot/model/package.hpp"
#include "aiot/nn/executor.hpp"

namespace aiot::toolkit {

/// The network of a package on the host, without ring, windows and votes: what a window's features
/// score. Reference kernels, so the scores are those of every device.
class PackageRunner {
 public:
  /// `package` has a network, and its file outlives the runner.
  explicit PackageRunner(const model::Package& package);

  PackageRunner(const PackageRunner&) = delete;
  PackageRunner& operator=(const PackageRunner&) = delete;

  /// One score a label, scale 1/256 and zero point -128; valid until the next call.
  ///   features [plan.features.size()], physical units
  std::span<const std::int8_t> scores(std::span<const float> features);

  /// The label with the highest score, the first one of equals.
  std::size_t answer(std::span<const float> features);

 private:
  struct alignas(nn::kAlignment) Block {
    std::byte bytes[nn::kAlignment];
  };

  dsp::FeaturePlan plan_;
  std::vector<Block> arena_;
  nn::Executor executor_;
  std::vector<float> inputs_;
};

}  // namespace aiot::toolkit
