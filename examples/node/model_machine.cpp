// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <span>

#include "aiot/nn/ref/kernels.hpp"
#include "aiot_packages/machine.hpp"
#include "examples/node/model.hpp"

namespace node {
namespace {

// The operators of this package; what is not listed is not linked.
constexpr std::array kOperators{aiot::nn::ref::kFullyConnectedS8, aiot::nn::ref::kSoftmaxS8};
constexpr aiot::nn::KernelSet kKernels{"ref", aiot::nn::WeightLayout::kCanonical, kOperators};

constexpr aiot::Shape kShape{.window = 2048, .ring = 4096, .scratch = 2048};
constinit aiot::Storage<kShape> storage;

}  // namespace

Model model(std::uint32_t /*rpm*/, std::string_view /*bearing*/) noexcept {
  return {std::as_bytes(std::span{aiot::packages::machine}), &kKernels, storage};
}

}  // namespace node
