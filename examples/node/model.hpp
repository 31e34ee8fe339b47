// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/core/bytes.hpp"
#include "aiot/nn/kernels.hpp"

namespace node {

/// What a firmware of this example senses and infers: a package, and the operators that it needs.
/// Which of the two is linked decides: model_machine.cpp or model_sense.cpp.
struct Model {
  aiot::Bytes package;
  const aiot::nn::KernelSet* kernels;
};

Model model() noexcept;

}  // namespace node
