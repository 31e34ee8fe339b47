// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/device/machine.hpp"
#include "aiot/device/storage.hpp"
#include "aiot/nn/kernels.hpp"

namespace node {

/// What a firmware of this example senses and infers: a package, the operators that it needs, and
/// memory for it. Which one is linked decides: model_machine.cpp, model_sense.cpp or
/// model_monitor.cpp.
struct Model {
  aiot::Bytes package;
  const aiot::nn::KernelSet* kernels;
  aiot::device::StorageView storage;
  aiot::device::MachineConfig machine{};  ///< what the sensor sits on
};

/// Speed of the shaft and designation of its bearing; only node_monitor asks for them.
Model model(std::uint32_t rpm, std::string_view bearing) noexcept;

}  // namespace node
