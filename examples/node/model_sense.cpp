// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <span>

#include "aiot_packages/sense.hpp"
#include "examples/node/model.hpp"

namespace node {
namespace {

// The package has no network, so no operator is needed.
constexpr aiot::nn::KernelSet kKernels{"none", aiot::nn::WeightLayout::kCanonical, {}};

constexpr aiot::Shape kShape{.window = 2048, .ring = 4096, .scratch = 2048};
constinit aiot::Storage<kShape> storage;

}  // namespace

Model model(std::uint32_t /*rpm*/, std::string_view /*bearing*/) noexcept {
  return {std::as_bytes(std::span{aiot::packages::sense}), &kKernels, storage};
}

}  // namespace node
