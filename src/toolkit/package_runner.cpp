// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/package_runner.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"
#include "aiot/nn/quant.hpp"
#include "aiot/nn/ref/kernels.hpp"

namespace aiot::toolkit {

PackageRunner::PackageRunner(const model::Package& package)
    : plan_(package.plan),
      arena_(package.network.arena_bytes / sizeof(Block) + 1),
      executor_(package.network, nn::ref::kernels, std::as_writable_bytes(std::span(arena_))),
      inputs_(package.plan.features.size()) {}

std::span<const std::int8_t> PackageRunner::scores(std::span<const float> features) {
  dsp::normalise(plan_, features, inputs_);
  nn::quantize(inputs_, executor_.network().input_params(0), executor_.input_s8(0));
  AIOT_CHECK(executor_.run().ok());
  return executor_.output_s8(0);
}

std::size_t PackageRunner::answer(std::span<const float> features) {
  const std::span<const std::int8_t> all = scores(features);
  return static_cast<std::size_t>(std::max_element(all.begin(), all.end()) - all.begin());
}

}  // namespace aiot::toolkit
