// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <span>

#include "aiot_packages/sense.hpp"
#include "examples/node/model.hpp"

namespace node {
namespace {

// The package has no network, so no operator is needed.
constexpr aiot::nn::KernelSet kKernels{"none", aiot::nn::WeightLayout::kCanonical, {}};

}  // namespace

Model model() noexcept {
  return {std::as_bytes(std::span{aiot::packages::sense}), &kKernels};
}

}  // namespace node
